"""Cases for the workbench: list, read, write, check a draft, make a new one, import one."""

from __future__ import annotations

import io
import lzma
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afternext.ensemble.meanings import in_words, names_of, without_keys
from afternext.errors import AfternextError, InvalidInput, Problem
from afternext.scenario.catalogue import MAIN_FILE, shipped
from afternext.scenario.tables import TABLES
from afternext.web.workspace import FILE, Workspace

if TYPE_CHECKING:
    from afternext.scenario import Scenario

LARGEST_FILE = 4 * 2**20  # bytes of one file that is written or unpacked
LARGEST_ARCHIVE = 32 * 2**20  # bytes of an archive, unpacked
MOST_FILES, MOST_RATIO = 200, 200  # entries of an archive; bytes unpacked for one packed
# What the contents of a damaged archive raise.
_BROKEN = (
    zipfile.BadZipFile,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)
ORDER = (MAIN_FILE, *(spec.file for spec in TABLES.values()))


def load(space: Workspace, ident: str) -> Scenario:
    """The checked scenario of a case; raises InvalidInput with all its problems."""
    return _load(space.case(ident))


def _load(folder: Path) -> Scenario:
    from afternext.scenario import load as read
    from afternext.world import known_parameters

    return read(folder, known_parameters=known_parameters())


def listing(space: Workspace) -> list[dict[str, Any]]:
    """Every case by its id; what is known of it comes with `describe`, which has to read it whole."""
    own = space.own_cases()
    return [{"id": ident, "own": ident in own} for ident in [*own, *reversed(shipped())]]


def _head(scenario: Scenario) -> dict[str, Any]:
    return {
        "title": scenario.title,
        "summary": scenario.summary,
        "fictional": scenario.fictional,
        "freeze": scenario.freeze.isoformat(),
        "years": scenario.years,
        "places": len(scenario.places),
        "powers": len(scenario.powers),
        "people": round(sum(float(scenario.center(place.population)) for place in scenario.places)),
    }


def files_of(folder: Path) -> list[dict[str, Any]]:
    """Files of a case in the order in which they are read, with their sizes."""
    names = [
        path.name
        for path in folder.iterdir()
        if path.is_file() and not path.is_symlink() and FILE.fullmatch(path.name)
    ]
    names.sort(key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return [{"name": name, "bytes": (folder / name).stat().st_size} for name in names]


def describe(space: Workspace, ident: str) -> dict[str, Any]:
    """Head, files, strategies and problems of one case."""
    folder = space.case(ident)
    found: dict[str, Any] = {"id": ident, "own": ident not in shipped(), "files": files_of(folder)}
    try:
        scenario = _load(folder)
    except InvalidInput as error:
        return {**found, "ok": False, "title": ident, **_problems(error.problems, error.warnings)}
    titles = {name: f"“{one.title}”" for name, one in scenario.strategies.items()}
    strategies = [
        {"id": name, "title": one.title, "why": without_keys(one.why, titles)}
        for name, one in scenario.strategies.items()
    ]
    return {
        **found,
        "ok": True,
        **_head(scenario),
        "horizons": list(scenario.horizons),
        "hash": scenario.hash,
        "strategies": strategies,
        "measures": list(scenario.measures),
        **_problems([], scenario.warnings),
    }


def _problems(problems: Any, warnings: Any) -> dict[str, list[dict[str, Any]]]:
    def plain(found: Any) -> list[dict[str, Any]]:
        return [one.to_dict() for one in found if isinstance(one, Problem)]

    return {"problems": plain(problems), "warnings": plain(warnings)}


def read_file(space: Workspace, ident: str, name: str) -> str:
    """Text of a file of a case."""
    path = space.case_file(ident, name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AfternextError(f"{ident} has no {name}") from None
    except UnicodeDecodeError:
        raise AfternextError(f"{name} is not UTF-8 text; save it as UTF-8") from None


def write_file(space: Workspace, ident: str, name: str, text: str) -> dict[str, Any]:
    """Write a file of an own case, whole or not at all; what is wrong with the case then is told."""
    if len(text.encode()) > LARGEST_FILE:
        raise AfternextError(f"{name} is larger than {LARGEST_FILE >> 20} MB")
    path = space.case_file(ident, name, own=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=".afternext-", delete=False
    ) as file:
        file.write(text)
    Path(file.name).replace(path)
    return check(space, ident, {})


def check(space: Workspace, ident: str, drafts: Mapping[str, str]) -> dict[str, Any]:
    """What the checker says of a case with some files replaced by drafts; nothing is written to it."""
    folder = space.case(ident)
    for name, text in drafts.items():
        if not FILE.fullmatch(name):
            raise AfternextError(f"{name!r} is no file of a case")
        if len(text.encode()) > LARGEST_FILE:
            raise AfternextError(f"{name} is larger than {LARGEST_FILE >> 20} MB")
    with tempfile.TemporaryDirectory(prefix=".afternext-", dir=space.root) as place:
        draft = Path(place) / ident
        if drafts:
            draft.mkdir()
            for entry in files_of(folder):
                shutil.copyfile(folder / entry["name"], draft / entry["name"])
            for name, text in drafts.items():
                (draft / name).write_text(text, encoding="utf-8", newline="")
        try:
            scenario = _load(draft if drafts else folder)
        except InvalidInput as error:
            return {"ok": False, **_problems(error.problems, error.warnings)}
    return {"ok": True, **_problems([], scenario.warnings)}


def new(space: Workspace, ident: str, source: str) -> dict[str, Any]:
    """A case of one's own as a copy of another."""
    from afternext.scenario.new import new as copy

    copy(space.fresh_case(ident), space.case(source))
    return describe(space, ident)


def uncertain(scenario: Scenario) -> list[dict[str, Any]]:
    """What is not known, as ranges: every value that varies from future to future, with its source.

    Behaviour (rows of the parameters table) and facts of the scenario are told apart.
    """
    from afternext.world import compile_scenario, known_parameters

    behaviour = set(known_parameters())
    names = names_of(scenario)
    rows = []
    for one in compile_scenario(scenario, days=1).experiments:
        words = list(one.categories) if one.categories else None
        low, middle, high = (float(one.value.quantile(q)) for q in (0.05, 0.5, 0.95))
        rows.append(
            {
                "name": one.name,
                "unit": one.unit,
                "meaning": in_words(one.name, one.meaning, names),
                "source": one.source,
                "deep": one.deep,
                "behaviour": one.name in behaviour,
                "words": words,
                "low": None if words else low,
                "middle": None if words else middle,
                "high": None if words else high,
            }
        )
    return rows


def take_archive(space: Workspace, ident: str, kind: str, packed: bytes) -> dict[str, Any]:
    """Make an own case of an uploaded zip: a scenario folder, or a FLEE folder with input_csv."""
    target = space.fresh_case(ident)
    with tempfile.TemporaryDirectory(prefix=".afternext-", dir=space.root) as place:
        folder = _unpack(packed, Path(place) / "unpacked")
        if kind == "flee":
            return _take_flee(space, ident, folder, target)
        found = sorted(folder.rglob(MAIN_FILE), key=lambda path: len(path.parts))
        if not found:
            raise AfternextError(f"there is no {MAIN_FILE} in the archive")
        with tempfile.TemporaryDirectory(prefix=".afternext-", dir=space.root) as other:
            made = Path(other) / ident
            made.mkdir()
            for entry in files_of(found[0].parent):
                shutil.copyfile(found[0].parent / entry["name"], made / entry["name"])
            # A case with mistakes is taken too: the workbench is where they are mended.
            made.replace(target)
    return describe(space, ident)


def _take_flee(space: Workspace, ident: str, folder: Path, target: Path) -> dict[str, Any]:
    from afternext.scenario.importers.flee import import_flee
    from afternext.scenario.writer import write_scenario
    from afternext.world import known_parameters

    inputs = sorted(folder.rglob("input_csv"), key=lambda path: len(path.parts))
    if not inputs:
        raise AfternextError("there is no folder input_csv in the archive; FLEE keeps its tables there")
    made = import_flee(inputs[0].parent, name=ident, known_parameters=known_parameters())
    write_scenario(made.scenario, target)
    return {**describe(space, ident), "notes": list(made.notes)}


def _unpack(packed: bytes, folder: Path) -> Path:
    """Unpack an archive that was checked first: names, number, declared and true sizes."""
    folder.mkdir()
    try:
        archive = zipfile.ZipFile(io.BytesIO(packed))
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, struct.error):
        raise AfternextError("the upload is no zip file") from None
    with archive:
        listed = archive.infolist()
        if not all(entry.filename for entry in listed):  # a name ends at its first zero byte
            raise AfternextError("a file in the archive has no name")
        entries = [entry for entry in listed if not entry.is_dir()]
        size = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_FILES or size > LARGEST_ARCHIVE:
            raise AfternextError(
                f"the archive holds {len(entries)} files and {size >> 20} MB; at most {MOST_FILES} files and "
                f"{LARGEST_ARCHIVE >> 20} MB are taken"
            )
        for entry in entries:
            if entry.file_size > MOST_RATIO * max(entry.compress_size, 1024):
                raise AfternextError(f"{entry.filename} is packed suspiciously well and is not unpacked")
            path = folder / entry.filename
            if not path.resolve().is_relative_to(folder.resolve()) or "\\" in entry.filename:
                raise AfternextError(f"{entry.filename} would lie outside its folder")
            try:
                with archive.open(entry) as source:
                    content = source.read(LARGEST_FILE + 1)
            except _BROKEN as error:
                raise AfternextError(f"{entry.filename} cannot be unpacked: {error}") from None
            if len(content) > LARGEST_FILE:
                raise AfternextError(f"{entry.filename} is larger than {LARGEST_FILE >> 20} MB")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


def pack(space: Workspace, ident: str) -> bytes:
    """A case as a zip file, for a colleague or another machine."""
    folder = space.case(ident)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in files_of(folder):
            archive.write(folder / entry["name"], f"{ident}/{entry['name']}")
    return buffer.getvalue()
