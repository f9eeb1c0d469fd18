"""The folder that the workbench works in: its own scenarios, its runs, and no way out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from afternext.errors import AfternextError
from afternext.scenario.catalogue import MAIN_FILE, SHIPPED, shipped

CASE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,150}")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(ya?ml|csv|md|geojson)")
INSIDE = "~"  # stands for / in the id of a run that lies deeper
RUN_FOLDERS = ("runs/*", "results/*", "results/*/*")
CACHE = ".afternext-workbench"


class NotFound(AfternextError):
    """There is no such thing in the workspace."""


@dataclass(frozen=True)
class Workspace:
    """A folder; everything that a request names is looked up below it by an id, never by a path."""

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Workspace:
        return cls(folder.resolve())

    def inside(self, path: Path) -> Path:
        """The path itself, if it lies below the root and no link leads out of it."""
        real = path.resolve()
        if not real.is_relative_to(self.root):
            raise NotFound(f"{path.name} lies outside the workspace")
        return path

    def own_cases(self) -> list[str]:
        """Folders here that hold a scenario; shipped names are not hidden by them."""
        taken = set(shipped())
        found = (path.parent for path in self.root.glob(f"*/{MAIN_FILE}"))
        return sorted(
            folder.name
            for folder in found
            if CASE.fullmatch(folder.name) and folder.name not in taken and not folder.is_symlink()
        )

    def case(self, ident: str, own: bool = False) -> Path:
        """Folder of a case. own : shipped ones are not found, since they cannot be written."""
        if ident in shipped() and not own:
            return SHIPPED / ident
        if ident in self.own_cases():
            return self.inside(self.root / ident)
        if ident in shipped():
            raise NotFound(
                f"{ident} is a shipped case and cannot be changed: make a case of your own from it"
            )
        raise NotFound(f"there is no case {ident!r}")

    def fresh_case(self, ident: str) -> Path:
        """Where a new case may be made."""
        if not CASE.fullmatch(ident):
            raise AfternextError(
                "a name starts with a letter and has small letters, digits, - and _ (64 at most)"
            )
        if ident in shipped() or ident in ("runs", "results") or (self.root / ident).exists():
            raise AfternextError(f"{ident} is taken; choose another name")
        return self.inside(self.root / ident)

    def case_file(self, ident: str, name: str, own: bool = False) -> Path:
        """A file of a case by its plain name."""
        if not FILE.fullmatch(name):
            raise NotFound(f"{name!r} is no file of a case")
        path = self.case(ident, own) / name
        if path.is_symlink():
            raise NotFound(f"{name} is a link, and links are not followed")
        return path

    def runs(self) -> Iterator[tuple[str, Path]]:
        """(id, folder) of every run directory, latest first."""
        found = {
            path.parent
            for pattern in RUN_FOLDERS
            for path in self.root.glob(f"{pattern}/manifest.json")
            if not path.parent.is_symlink()
        }
        for folder in sorted(found, key=lambda one: -(one / "manifest.json").stat().st_mtime):
            ident = self.run_id(folder)
            if RUN.fullmatch(ident):
                yield ident, folder

    def run_id(self, folder: Path) -> str:
        inside = folder.relative_to(self.root)
        parts = inside.parts[1:] if inside.parts[0] == "runs" else inside.parts
        return INSIDE.join(parts)

    def run(self, ident: str) -> Path:
        """Folder of a run."""
        if RUN.fullmatch(ident):
            for known, folder in self.runs():
                if known == ident:
                    return self.inside(folder)
        raise NotFound(f"there is no run {ident!r}")

    def fresh_run(self, name: str) -> Path:
        """Where a new run goes."""
        return self.inside(self.root / "runs" / name)

    def documents(self) -> Iterator[tuple[Path, dict[str, object]]]:
        """Results of other analyses that were saved as JSON in `results/` or beside the runs."""
        for pattern in ("results/*.json", "results/*/*.json", "runs/*.json"):
            for path in sorted(self.root.glob(pattern)):
                if path.is_symlink() or path.name == "manifest.json" or path.stat().st_size > 32 * 2**20:
                    continue
                try:
                    content = json.loads(path.read_text(encoding="utf-8"))
                except (ValueError, OSError):
                    continue
                if isinstance(content, dict):
                    yield path, content

    @property
    def cache(self) -> Path:
        """What was computed for a run is kept here, by the digest of the run."""
        return self.root / CACHE
