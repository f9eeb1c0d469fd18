"""Drive one door with atheris: `python -m tests.reliability.guided DOOR -runs=1000` (options of libFuzzer).

The bytes that atheris makes are the file itself where a door takes one; where it takes a name too, the first
byte says which.
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["afternext", "ruamel.yaml"]):
    from tests.reliability import doors

TABLES = tuple(sorted(doors.TABLES))
TRUTH = tuple(sorted(doors.TRUTH))
KINDS = ("ucdp", "acled", "dtm", "hxl")


def case_of(door: str, raw: bytes) -> doors.Case:
    """The case that some bytes stand for."""
    first, rest = (raw[0], raw[1:]) if raw else (0, b"")
    match door:
        case "table":
            return TABLES[first % len(TABLES)], rest, doors._drafts()[first % 2]
        case "value":
            return raw.decode("utf-8", errors="replace")
        case "truth":
            return {
                **{name: text.encode() for name, text in doors.TRUTH.items()},
                TRUTH[first % len(TRUTH)]: rest,
            }
        case "registry":
            return raw, None
        case "sheet":
            return KINDS[first % len(KINDS)], "csv", rest
    return raw


def main() -> None:
    name = sys.argv.pop(1)
    door = next(one for one in doors.DOORS if one.name == name)
    doors.enter(door, door.make(doors.Random("first")))  # what is cached belongs to no case

    def one(raw: bytes) -> None:
        doors.enter(door, case_of(name, raw))

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
