"""Every door through which a file or a text of somebody else comes in: how to make a hostile one and read it.

A door gives an error of afternext's own, or nothing. Whatever else it raises is a defect.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from afternext.errors import AfternextError, InvalidInput, Problem
from afternext.forecast import chain as chains
from afternext.forecast.registry import open_keys, scored_rows
from afternext.forecast.truth import read_truth
from afternext.scenario import Scenario, load
from afternext.scenario.catalogue import SHIPPED
from afternext.scenario.check import check
from afternext.scenario.claims import read_claims
from afternext.scenario.compose import compose
from afternext.scenario.draft import Draft, make_draft, read_rows
from afternext.scenario.extends import find_duplicates, read_document
from afternext.scenario.files import text_of
from afternext.scenario.importers.conflict import import_acled, import_ucdp
from afternext.scenario.importers.flee import import_flee
from afternext.scenario.importers.people import import_dtm, import_hxl
from afternext.scenario.nodes import Node
from afternext.scenario.tables import TABLES, read_table
from afternext.scenario.values import ValueFault, parse_text, read_value
from afternext.scenario.yamldoc import read_yaml
from afternext.web.cases import _unpack
from tests.displacement.folders import FILES as FLEE
from tests.forecast.cases import FILES as TRUTH
from tests.reliability.mutate import DTM, HOSTILE, HXL, mutated, mutated_tree
from tests.scenario.test_data_importers import ACLED, UCDP
from tests.scenario.tiny_folder import FILES, POWERS, write_tiny

Case = Any
STRATEGIES = (
    "none", "open_gates", "sorrel:air_support@30dx0.5", "no:sorrel.air_support", "none=>open_gates@6m",
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One way in.

    make : a hostile case from a seeded generator        read : what the product does with it
    """

    name: str
    make: Callable[[Random], Case]
    read: Callable[[Case], object]


def enter(door: Door, case: Case) -> bool:
    """Send a case through; True if it was refused. Raises what the product should not have raised."""
    refusal: Exception | None = None
    try:
        found = door.read(case)
    except (AfternextError, ValueFault) as error:
        found, refusal = getattr(error, "problems", []), error
    if refusal is not None:
        assert str(refusal).strip(), "refused without a word"
        str(refusal).encode()
    problems = found if isinstance(found, list) else []
    for problem in problems:
        check_problem(problem)
    return bool(problems) or refusal is not None


def check_problem(problem: Problem) -> None:
    """A problem names its file and a place that can be there, in words that can be printed on one line."""
    said = str(problem)
    said.encode()
    json.dumps(problem.to_dict())
    assert problem.file, said
    assert problem.message, said
    assert problem.line >= 0, said
    assert problem.column >= 0, said
    assert "\n" not in said, said
    assert "\x1b" not in said, said


@cache
def home() -> Path:
    """A scratch folder; in memory where the system has such a place, as there are very many cases."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="afternext-doors-", dir=memory if memory.is_dir() else None))


@cache
def towns() -> Scenario:
    return load("two-towns")


@cache
def seeds() -> Mapping[str, tuple[bytes, ...]]:
    """Every shipped file and those of the tests by name, cut to pieces that take little time to read."""
    found: dict[str, list[bytes]] = {}
    for folder in sorted(SHIPPED.iterdir()):
        for path in sorted(folder.glob("*.csv")):
            head, *lines = path.read_bytes().splitlines(keepends=True)
            pieces = [head + b"".join(lines[k : k + 3]) for k in range(0, len(lines), 3)]
            found.setdefault(path.name, []).extend(pieces)
        if (folder / "scenario.yaml").is_file():
            lines = (folder / "scenario.yaml").read_bytes().splitlines(keepends=True)
            pieces = [b"".join(lines[k : k + 5]) for k in range(0, len(lines), 5)]
            found.setdefault("scenario.yaml", []).extend(pieces)
    for name, text in {**FILES, **POWERS}.items():
        found.setdefault(name, []).append(text.encode())
    return {name: tuple(pieces) for name, pieces in found.items()}


def _value(rng: Random) -> Case:
    text = rng.choice(HOSTILE)
    if rng.random() < 0.7:
        text = mutated(rng, text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
    kind = rng.randrange(6)
    if kind == 0:
        return {text: rng.choice((1, [1, 2], text, None, {}))}
    if kind == 1:
        names = (
            "range",
            "triangular",
            "options",
            "uniform",
            "normal",
            "lognormal",
            "uncertain",
            "within",
            "times",
        )
        pool = (*HOSTILE, 0, 1, -1, 1e300, 10**400, float("nan"), float("inf"), None, True, [], {})
        return {
            rng.choice(names): [rng.choice(pool) for _ in range(rng.randrange(4))]
            for _ in range(rng.choice((1, 1, 2)))
        }
    return text


def _read_value(case: Case) -> None:
    value = read_value(case)
    str(value)
    if isinstance(case, str):
        parse_text(case)


def _yaml(rng: Random) -> bytes:
    return mutated(rng, rng.choice(seeds()["scenario.yaml"]))


def _read_yaml(raw: bytes) -> list[Problem]:
    problems: list[Problem] = []
    text = text_of(raw, "scenario.yaml", problems)
    return problems if text is None else read_yaml(text, "scenario.yaml")[1]


@cache
def _document() -> tuple[Any, ...]:
    """The tutorial and the tiny scenario, read; and entries of every shipped scenario to mix in."""
    documents = [read_document(SHIPPED / "two-towns"), read_document(write_tiny(home() / "powers", POWERS))]
    flagship = read_document(SHIPPED / "iraq-2014")
    assert flagship.root is not None
    pieces = {
        s: list(n.map.items()) or list(n.list)
        for s, n in flagship.root.map.items()
        if isinstance(n.value, dict | list)
    }
    return documents, {section: found for section, found in pieces.items() if found}


def _tree(rng: Random) -> Case:
    documents, pieces = _document()
    document = rng.choice(documents)
    root = Node(document.root.mark, dict(document.root.map))
    if rng.random() < 0.4:
        section = rng.choice(sorted(pieces))
        piece = rng.choice(pieces[section])
        under = root.map.get(section)
        if isinstance(piece, tuple):
            root.value[section] = Node(root.mark, {**(under.map if under else {}), piece[0]: piece[1]})
        else:
            root.value[section] = Node(root.mark, [*(under.list if under else []), piece])
    # One section is damaged, so that the rest can be shared with other cases.
    section = rng.choice(sorted(root.map))
    if rng.random() < 0.9:
        alone = mutated_tree(rng, Node(root.mark, {section: root.map[section]}))
        del root.map[section]
        root.map.update(alone.map)
    else:
        root = mutated_tree(rng, root)
    return document, root


def _read_tree(case: Case) -> list[Problem]:
    document, root = case
    draft, problems = make_draft(root, document.tables, document.columns)
    return [*problems, *check(draft, document.missing, ("flight_rate",)).problems]


@cache
def _drafts() -> tuple[Draft, ...]:
    """Sound scenarios around a damaged table; the small one more often, as it is checked sooner."""
    towns_, tiny = (make_draft(found.root, found.tables, found.columns)[0] for found in _document()[0])
    return towns_, *[tiny] * 9


def _table(rng: Random) -> Case:
    name = rng.choice(sorted(TABLES))
    return name, mutated(rng, rng.choice(seeds()[f"{name}.csv"])), rng.choice(_drafts())


def _read_table(case: Case) -> list[Problem]:
    name, raw, known = case
    problems: list[Problem] = []
    text = text_of(raw, f"{name}.csv", problems)
    if text is None:
        return problems
    table, problems = read_table(text, f"{name}.csv")
    if table is None:
        return problems
    draft = Draft(
        known.root,
        known.head,
        known.maps,
        known.lists,
        known.singles,
        {**known.rows, name: []},
        {**known.tables, name: table},
    )
    problems += find_duplicates(TABLES[name], table)
    problems += read_rows(draft, name, table, set())
    return [*problems, *check(draft, set(), None).problems]


def _folder(rng: Random) -> Case:
    files: dict[str, bytes] = {name: text.encode() for name, text in rng.choice((FILES, POWERS)).items()}
    name = rng.choice(sorted(files))
    files[name] = mutated(rng, files[name])
    if rng.random() < 0.1:
        files[rng.choice(("truth.csv", "place.csv", "notes.txt", ".hidden", "PLACES.CSV"))] = b"x"
    if rng.random() < 0.1:
        del files[rng.choice(sorted(files))]
    return files


def _fresh(name: str) -> Path:
    folder = home() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _read_folder(files: Case) -> None:
    load(write_tiny(_fresh("folder"), files), known_parameters=("flight_rate",))


def _claims(rng: Random) -> bytes:
    return mutated(rng, rng.choice(seeds()["claims.csv"]))


def _read_claims(raw: bytes) -> None:
    path = home() / "claims.csv"
    path.write_bytes(raw)
    read_claims(path, towns())


def _truth(rng: Random) -> Case:
    files = {name: text.encode() for name, text in TRUTH.items()}
    files["outcomes.csv"] = b"id,outcome\nq,yes\n"
    files["violence.csv"] = b"start,end,measure,value\n2031-05-02,2031-06-02,deaths,12\n"
    files["control_initial_2031-05-03.csv"] = b"place_id,controller\nwestford,FRONT\n"
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice(sorted(files))
        files[name] = mutated(rng, files[name])
    if rng.random() < 0.1:
        files[f"control_initial_{rng.choice(('0000-00-00', '9999-12-31', '2031-02-30'))}.csv"] = files.pop(
            rng.choice(sorted(files))
        )
    return files


def _read_truth(files: Case) -> None:
    """What cannot be used of a truth is noted and left out; here a note counts as a refusal."""
    found = read_truth(write_tiny(_fresh("truth"), files), towns())
    if found.notes:
        raise InvalidInput("; ".join(found.notes))


@cache
def _registry() -> tuple[bytes, bytes, tuple[dict[str, Any], ...]]:
    """A registry with two questions asked, forecast, resolved and scored."""
    path = home() / "seed.jsonl"
    lines: list[dict[str, Any]] = []
    about = {"scenario": "two-towns", "freeze": "2031-05-01"}
    questions = {
        "q": {
            "id": "q",
            "text": "Q?",
            "kind": "binary",
            "measure": "holder",
            "place": "westford",
            "equals": "army",
            "on": 30,
        },
        "n": {"id": "n", "text": "N?", "kind": "number", "measure": "displaced", "on": 60},
    }
    forecasts: dict[str, Any] = {"q": {"p": 0.3}, "n": {"values": [1.0, 2.0, 5.0, 9.0]}}
    for name, question in questions.items():
        lines.append({"type": "ask", "key": name, "id": name, **about, "question": question})
        lines.append(
            {
                "type": "issue",
                "key": name,
                "id": name,
                "forecast": forecasts[name],
                "baselines": {"status_quo": forecasts[name]},
            }
        )
        lines.append({"type": "resolve", "key": name, "id": name, "resolution": 1, "words": "yes"})
    lines.append({"type": "note", "text": "é"})
    chain = chains.append(path, lines)
    return path.read_bytes(), path.with_name("seed.jsonl.head").read_bytes(), tuple(chain.records)


def _chain(rng: Random) -> Case:
    raw, head, records = _registry()
    if rng.random() < 0.3:
        return mutated(rng, raw), (mutated(rng, head) if rng.random() < 0.5 else head)
    if rng.random() < 0.1:
        return raw, mutated(rng, head)
    # A forger who knows the hashes: contents are wrong and the chain is right.
    changed = [dict(record) for record in json.loads(json.dumps(records))]
    for _ in range(rng.choice((1, 1, 2))):
        record: Any = rng.choice(changed)
        while isinstance(record, dict) and record:
            key = rng.choice(sorted(record))
            if isinstance(record[key], dict) and rng.random() < 0.7:
                record = record[key]
                continue
            if rng.random() < 0.3:
                del record[key]
            else:
                record[key] = rng.choice(
                    (*HOSTILE[:60], None, [], {}, 0, -1, 2, 1e300, 10**30, True, [None], {"p": "x"}, [1, "a"])
                )
            break
    before = chains.START
    lines = []
    for number, record in enumerate(changed, 1):
        record |= {"n": number, "previous": before}
        record["hash"] = before = chains._seal(record)
        lines.append(json.dumps(record, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"), None


def _read_chain(case: Case) -> None:
    raw, head = case
    path = home() / "book.jsonl"
    path.write_bytes(raw)
    beside = path.with_name("book.jsonl.head")
    beside.unlink(missing_ok=True)
    if head is not None:
        beside.write_bytes(head)
    chain = chains.read_chain(path)
    open_keys(chain)
    scored_rows(chain)


def _sheet(rng: Random) -> Case:
    kind = rng.choice(("ucdp", "acled", "dtm", "hxl"))
    raw = {"ucdp": UCDP, "acled": ACLED, "dtm": DTM, "hxl": HXL}[kind].encode()
    return kind, "csv", mutated(rng, raw)


@cache
def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for line in DTM.splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def _damaged_zip(rng: Random, packed: bytes) -> bytes:
    """An archive damaged outside or inside."""
    if rng.random() < 0.4:
        return mutated(rng, packed)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == chosen:
                if rng.random() < 0.1:
                    continue
                content = mutated(rng, content)
                if rng.random() < 0.2:
                    name = rng.choice(
                        ("../out", "/etc/x", "a/../../b", "x" * 300, "é\u202e", "a\\b", ".", "..", "c:/x")
                    )
            new.writestr(name, content)
    return out.getvalue()


def _xlsx(rng: Random) -> Case:
    return "dtm", "xlsx", _damaged_zip(rng, _workbook())


IMPORTERS = {"ucdp": import_ucdp, "acled": import_acled, "dtm": import_dtm, "hxl": import_hxl}


def _read_sheet(case: Case) -> None:
    kind, suffix, raw = case
    path = home() / f"source.{suffix}"
    path.write_bytes(raw)
    IMPORTERS[kind](path, _fresh("imported"))


def _flee(rng: Random) -> Case:
    files = {name: text.encode() for name, text in FLEE.items()}
    files["input_csv/conflicts.csv"] = b"#Day,Alpha,Town\n0,1,0\n1,1,0.5\n2,0,0\n"
    files["input_csv/sim_period.csv"] = b"StartDate,2020-01-01\nLength,3\n"
    files["input_csv/closures.csv"] += b"country,Homeland,Abroad,1,2\nlink,Alpha,Town,0,-1\n"
    files["input_csv/registration_corrections.csv"] = b"East,2020-02-09\n"
    files["input_csv/flood_level.csv"] = b"#Day,Town\n0,1\n1,4\n2,0\n"
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice(sorted(files))
        files[name] = mutated(rng, files[name])
    return files


def _read_flee(files: Case) -> None:
    import_flee(write_tiny(_fresh("flee"), files))


@cache
def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in FILES.items():
            new.writestr(f"tiny/{name}", text)
    return out.getvalue()


def _upload(rng: Random) -> bytes:
    return _damaged_zip(rng, _archive())


def _read_upload(packed: bytes) -> None:
    folder = home() / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # a name that the file system refuses; the route answers 409
        _unpack(packed, folder)


def _strategy(rng: Random) -> str:
    text = rng.choice((*STRATEGIES, *towns().strategies))
    for _ in range(rng.choice((1, 2, 3))):
        at = rng.randrange(len(text) + 1)
        text = (
            text[:at]
            + rng.choice((*HOSTILE, "+", "=>", "@", "~", "?", ">", "<", ":", "x"))
            + text[at + rng.randrange(4) :]
        )
    return text


def _read_strategy(text: str) -> None:
    compose(towns(), text)


DOORS = (
    Door("value", _value, _read_value),
    Door("table", _table, _read_table),
    Door("yaml", _yaml, _read_yaml),
    Door("tree", _tree, _read_tree),
    Door("folder", _folder, _read_folder),
    Door("claims", _claims, _read_claims),
    Door("truth", _truth, _read_truth),
    Door("registry", _chain, _read_chain),
    Door("sheet", _sheet, _read_sheet),
    Door("xlsx", _xlsx, _read_sheet),
    Door("flee", _flee, _read_flee),
    Door("upload", _upload, _read_upload),
    Door("strategy", _strategy, _read_strategy),
)
