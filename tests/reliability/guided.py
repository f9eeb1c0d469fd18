"""Drive one door with atheris: `python -m tests.reliability.guided DOOR FOLDER -runs=1000`.

The bytes that atheris makes are the file itself where a door takes one; where it takes a name too, the first
byte says which. It starts from sound files, which are written to FOLDER, and keeps there what reached new
code. Options are those of libFuzzer; atheris must be on the path (scripts/tools.py).
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found]

sys.modules.pop("zipfile", None)  # so that it is followed, too
with atheris.instrument_imports(include=["afternext", "ruamel.yaml", "openpyxl", "zipfile"]):
    import openpyxl  # noqa: F401  (what the doors import late must be followed from the start)
    import ruamel.yaml  # noqa: F401

    from tests.reliability import doors

TABLES = tuple(sorted(doors.TABLES))
TRUTH = tuple(sorted(doors.TRUTH))
FLEE = tuple(sorted(doors.FLEE))
FILES = tuple(sorted(doors.FILES))
SHEETS = {"ucdp": doors.UCDP, "acled": doors.ACLED, "dtm": doors.DTM, "hxl": doors.HXL}
KINDS = tuple(SHEETS)
MOST_SEEDS = 60


def case_of(door: str, raw: bytes) -> doors.Case:
    """The case that some bytes stand for."""
    first, rest = (raw[0], raw[1:]) if raw else (0, b"")
    match door:
        case "table":
            return TABLES[first % len(TABLES)], rest, doors._drafts()[first // len(TABLES) % 2]
        case "value" | "strategy":
            return raw.decode("utf-8", errors="replace")
        case "truth":
            return with_one(doors.TRUTH, TRUTH[first % len(TRUTH)], rest)
        case "folder":
            return with_one(doors.FILES, FILES[first % len(FILES)], rest)
        case "flee":
            return with_one(doors.FLEE, FLEE[first % len(FLEE)], rest)
        case "registry":
            return raw, None
        case "sheet":
            return KINDS[first % len(KINDS)], "csv", rest
        case "xlsx":
            return "dtm", "xlsx", raw
    return raw


def with_one(files: dict[str, str], name: str, content: bytes) -> dict[str, bytes]:
    """Sound files but for one."""
    return {**{one: text.encode() for one, text in files.items()}, name: content}


def sound(door: str) -> list[bytes]:
    """Bytes that `case_of` makes sound cases of, so that the search does not begin at nothing."""
    match door:
        case "table":
            return [
                bytes([k]) + one for k, name in enumerate(TABLES) for one in doors.seeds()[f"{name}.csv"][:3]
            ]
        case "value":
            return [text.encode("utf-8", "surrogatepass") for text in doors.HOSTILE]
        case "strategy":
            return [text.encode() for text in (*doors.STRATEGIES, *doors.towns().strategies)]
        case "truth":
            return [bytes([k]) + doors.TRUTH[name].encode() for k, name in enumerate(TRUTH)]
        case "folder":
            return [bytes([k]) + doors.FILES[name].encode() for k, name in enumerate(FILES)]
        case "flee":
            return [bytes([k]) + doors.FLEE[name].encode() for k, name in enumerate(FLEE)]
        case "sheet":
            return [bytes([k]) + text.encode() for k, text in enumerate(SHEETS.values())]
        case "registry":
            return [doors._registry()[0]]
        case "xlsx":
            return [doors._workbook()]
        case "upload":
            return [doors._archive()]
        case "claims":
            return list(doors.seeds()["claims.csv"])
    return list(doors.seeds()["scenario.yaml"])


def main() -> None:
    name, folder = sys.argv.pop(1), Path(sys.argv[1])
    door = next(one for one in doors.DOORS if one.name == name)
    doors.enter(door, door.make(doors.Random("first")))  # what is cached belongs to no case
    folder.mkdir(parents=True, exist_ok=True)
    refused = 0
    seeds = doors.Random("sound").sample(found := sound(name), min(MOST_SEEDS, len(found)))
    for number, raw in enumerate(seeds):
        refused += doors.enter(door, case_of(name, raw))
        (folder / f"sound-{number:03}").write_bytes(raw)
    print(f"{len(seeds)} seeds, {refused} of them refused", file=sys.stderr)

    def one(raw: bytes) -> None:
        doors.enter(door, case_of(name, raw))

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
