"""The scenarios that come with afternext, and how a name or a path is understood."""

from __future__ import annotations

from errno import ENAMETOOLONG
from pathlib import Path

from afternext.errors import InvalidInput
from afternext.scenario.nearest import nearest

SHIPPED = Path(__file__).resolve().parent.parent / "scenarios"
MAIN_FILE = "scenario.yaml"


def shipped() -> list[str]:
    """Return the names of the scenarios that come with afternext."""
    return sorted(folder.name for folder in SHIPPED.glob("*/") if (folder / MAIN_FILE).is_file())


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a scenario: a shipped name, a folder, or its scenario.yaml."""
    if isinstance(name_or_path, str) and name_or_path in shipped():
        return SHIPPED / name_or_path
    path = Path(name_or_path).expanduser()
    if not _can_be(path):
        raise InvalidInput(f"{str(name_or_path)[:80]!r} cannot be the name of a folder")
    if path.name == MAIN_FILE and path.is_file():
        return path.parent
    if path.is_dir():
        return path
    names = shipped()
    if path.exists():
        raise InvalidInput(f"{name_or_path} is a file; a scenario is a folder with a {MAIN_FILE}")
    hint = nearest(str(name_or_path), names)
    raise InvalidInput(f"there is no scenario and no folder {name_or_path} ({hint})")


def _can_be(path: Path) -> bool:
    """Whether the system takes a path at all: not too long, no NUL, only characters it can write."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError) as error:
        return isinstance(error, OSError) and error.errno != ENAMETOOLONG
    return True


def shadowed(name_or_path: str | Path) -> bool:
    """Tell whether a shipped name was taken although a folder of that name lies here too."""
    is_name = isinstance(name_or_path, str) and name_or_path in shipped()
    return is_name and Path(name_or_path, MAIN_FILE).is_file()
