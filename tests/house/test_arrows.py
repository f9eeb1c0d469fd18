"""Imports point one way: cli, web, displacement, brief, foresight, ensemble, world, scenario."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, imported, python_files, where

LEVEL = {
    "scenario": 0,
    "world": 1,
    "ensemble": 2,
    "foresight": 3,
    "evidence": 3,
    "forecast": 3,
    "brief": 4,
    "displacement": 5,  # its picture is drawn with the brief's
    "web": 6,
    "cli": 7,  # `afternext serve` starts the web
}
FREE = {"errors", "__version__"}  # importable by all

# Nothing in world/ knows files, screens, Dask or statistics of ensembles.
NOT_IN_WORLD = {
    "json", "rich", "typer", "xarray", "zarr", "dask", "distributed", "matplotlib", "pandas", "statistics",
    "multiprocessing", "concurrent", "subprocess", "logging",
}  # fmt: skip
IN_PROCESSES = {"__future__", "afternext", "collections", "dataclasses", "math", "numba", "numpy", "typing"}


def folders() -> list[str]:
    return sorted(p.name for p in PACKAGE.iterdir() if p.is_dir() and any(p.glob("*.py")))


def files_of(folder: str) -> list[Path]:
    return python_files(PACKAGE / folder)


def test_every_folder_has_its_level() -> None:
    assert set(folders()) <= set(LEVEL)


@pytest.mark.parametrize("folder", folders())
def test_imports_point_down_the_arrows(folder: str) -> None:
    wrong = []
    for path in files_of(folder):
        for line, name in imported(path):
            parts = name.split(".")
            if parts[0] != "afternext" or len(parts) == 1 or parts[1] in FREE or parts[1] == folder:
                continue
            if parts[1] not in LEVEL or LEVEL[parts[1]] >= LEVEL[folder]:
                wrong.append(f"{where(path, line)} imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", ["scenario", "world", "ensemble"])
def test_only_the_outside_uses_the_lazy_front_door(folder: str) -> None:
    """`import afternext` inside the core would hide an arrow."""
    wrong = [
        where(path, line) for path in files_of(folder) for line, name in imported(path) if name == "afternext"
    ]
    used = [spot for spot in wrong if "__version__" not in _text_at(spot)]
    assert not used, "\n".join(used)


def _text_at(spot: str) -> str:
    path, line = spot.rsplit(":", 1)
    return (PACKAGE.parents[1] / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_world_knows_no_files_screens_dask_or_statistics() -> None:
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in files_of("world")
        for line, name in imported(path)
        if name.split(".")[0] in NOT_IN_WORLD
    ]
    assert not wrong, "\n".join(wrong)


def test_processes_know_arrays_and_nothing_else() -> None:
    wrong = [
        f"{where(path, line)} imports {name}"
        for path in python_files(PACKAGE / "world" / "processes")
        for line, name in imported(path)
        if name.split(".")[0] not in IN_PROCESSES
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_pyyaml() -> None:
    """PyYAML reads `no` as False; it may be installed by others and is never used by us."""
    wrong = [
        where(path, line)
        for path in python_files(PACKAGE)
        for line, name in imported(path)
        if name.split(".")[0] == "yaml"
    ]
    assert not wrong, "\n".join(wrong)


def test_importing_the_world_loads_no_storage_and_no_screen() -> None:
    code = (
        "import sys, afternext.world\n"
        "print(*sorted({'xarray', 'zarr', 'matplotlib', 'dask', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_command_line_starts_without_the_heavy_packages() -> None:
    code = (
        "import sys, afternext.cli.main\n"
        "heavy = {'numpy', 'numba', 'scipy', 'xarray', 'zarr', 'pandas', 'matplotlib', 'pydantic'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
