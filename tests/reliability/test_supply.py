"""What afternext is made of is pinned, licensed and built the same twice; the wheel works alone.

That the lock is complete, hashed and without an address is in tests/house/test_lock.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from scripts.supply import PAGE, PROJECT, Part, bill, copyleft, locked, page, parts
from tests.house.tree import ROOT
from tests.reliability.record import record

EPOCH = "1700000000"  # any moment; the same one twice


@pytest.fixture(scope="module")
def found() -> dict[str, Part]:
    return parts()


def test_every_part_is_locked_and_states_a_licence(found: dict[str, Part]) -> None:
    assert set(found) <= set(locked())
    installed = [part for part in found.values() if part.dist is not None]
    assert len(installed) > 40
    assert not [part.name for part in installed if not part.licence]


def test_nothing_at_run_time_is_under_the_gpl(found: dict[str, Part]) -> None:
    assert copyleft(found) == []


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU Affero General Public License v3", True),
        ("AGPL-3.0", True),
        ("MIT OR GPL-2.0", True),
        ("LGPL-2.1-or-later", False),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("MIT", False),
        ("GNU Lesser General Public License v3", False),
    ],
)
def test_a_licence_that_binds_is_recognised(
    licence: str, binds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Part, "licence", licence)
    assert bool(copyleft({"x": Part("x", None)})) == binds


def test_the_page_of_dependencies_names_what_is_needed(found: dict[str, Part]) -> None:
    written = {
        line.split(" | ")[0].strip("| "): line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if " | " in line
    }
    now = {line.split(" | ")[0].strip("| "): line for line in page(found).splitlines() if " | " in line}
    # Another Python needs another few; what both list must be told alike.
    assert all(part in written for part, one in found.items() if one.dist is not None), "run `make sbom`"
    versions = {name: line.split(" | ")[1] for name, line in now.items()}
    assert {name: line.split(" | ")[1] for name, line in written.items() if name in now} == versions, (
        "run `make sbom`"
    )


def test_the_bill_of_materials_is_whole_and_the_same_twice(found: dict[str, Part]) -> None:
    one = bill(found)
    assert json.dumps(one, sort_keys=True) == json.dumps(bill(found), sort_keys=True)
    assert (one["bomFormat"], one["specVersion"]) == ("CycloneDX", "1.6")
    refs = [part["bom-ref"] for part in one["components"]]
    assert len(refs) == len(set(refs))
    assert {part["name"] for part in one["components"]} == set(found)
    assert all(part["properties"] for part in one["components"])
    known = {*refs, one["metadata"]["component"]["bom-ref"]}
    assert {entry["ref"] for entry in one["dependencies"]} == known
    assert all(ref in known for entry in one["dependencies"] for ref in entry["dependsOn"])
    assert len(one["dependencies"][0]["dependsOn"]) >= len(PROJECT["dependencies"])
    assert "://" not in json.dumps(one)


@pytest.mark.deep
def test_what_the_parts_and_their_licences_are_is_counted(found: dict[str, Part]) -> None:
    installed = [part for part in found.values() if part.dist is not None]
    silent, bound, loose = (
        [part.name for part in installed if not part.licence],
        copyleft(found),
        sorted(set(found) - set(locked())),
    )
    named = {part["name"] for part in bill(found)["components"]}
    whole = named == set(found) and bill(found) == bill(found)
    told = (
        f"{len(found)} packages, {len(installed)} installed here: {len(silent)} without a licence, "
        f"{len(bound)} under the GPL, {len(loose)} not locked; {len(named)} in the bill"
    )
    record("licences", told, met=whole and len(installed) > 40 and not (silent or bound or loose))
    assert whole
    assert silent + bound + loose == []


def copy_of_the_tree(folder: Path, touched: int) -> Path:
    """What a build reads, in another place and with other times of its files."""
    for name in ("src", "tests", "docs"):
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__", ".afternext*", "*.egg-info"),
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "requirements.lock", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    for path in folder.rglob("*"):
        os.utime(path, (touched, touched))
    return folder


def built(tree: Path, epoch: str = EPOCH) -> dict[str, str]:
    """Wheel and sdist of a tree by name, as SHA-256."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "PYTHONHASHSEED": str(len(str(tree)))}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build"],
        cwd=tree,
        env=environment,
        check=True,
        capture_output=True,
    )
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((tree / "dist").iterdir())
    }


@pytest.mark.deep
def test_wheel_and_sdist_are_built_the_same_twice(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "elsewhere" / "b").mkdir(parents=True)
    one = built(copy_of_the_tree(tmp_path / "a", 1_600_000_000))
    two = built(copy_of_the_tree(tmp_path / "elsewhere" / "b", 1_650_000_000))
    equal = one == two and len(one) == 2
    record("build", f"{' and '.join(one)}: {'equal bytes' if equal else 'bytes differ'}", met=equal)
    assert equal, (one, two)


def run_time_lock(target: Path) -> Path:
    """The lines of the lock for the core alone: what `pip install afternext` brings."""
    core = {name for name, part in parts().items() if "core" in part.needed}
    kept, keep = [], False
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            keep = line.split("==")[0].split("[")[0] in core
        if keep and not line.lstrip().startswith("#"):
            kept.append(line)
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return target


@pytest.mark.deep
def test_the_wheel_works_where_nothing_else_is(tmp_path: Path) -> None:
    """Minutes: a fresh environment with the locked core and the wheel, and no source in sight."""
    (tmp_path / "tree").mkdir()
    tree = copy_of_the_tree(tmp_path / "tree", 1_600_000_000)
    built(tree)
    wheel = next((tree / "dist").glob("*.whl"))
    clean = tmp_path / "clean"
    subprocess.run([sys.executable, "-m", "venv", str(clean)], check=True)
    python = clean / "bin" / "python"
    lock = run_time_lock(tmp_path / "core.lock")
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*words, "--require-hashes", "--no-deps", "-r", str(lock)], capture_output=True, text=True
    )
    if done.returncode:
        record(
            "install",
            f"not measured: the packages cannot be had here ({done.stderr.strip()[-120:]})",
            met=False,
        )
        pytest.skip(f"packages cannot be had here: {done.stderr[-300:]}")
    subprocess.run([*words, "--no-deps", str(wheel)], check=True)
    shutil.rmtree(tree)
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AFTERNEXT_CACHE_DIR": os.environ.get("AFTERNEXT_CACHE_DIR", str(tmp_path / "cache")),
    }
    tried = {
        "check": [str(python), "-m", "pip", "check"],
        "version": ["afternext", "--version"],
        "scenario": ["afternext", "scenario", "check", "two-towns"],
        "run": [
            "afternext",
            "run",
            "two-towns",
            "--futures",
            "2",
            "--years",
            "0.1",
            "--workers",
            "1",
            "--out",
            "out",
            "--json",
        ],
        "show": ["afternext", "show", "out", "--json"],
        "page": [str(python), "-c", "import afternext.web.app, afternext.brief"],
    }
    failed = []
    for name, call in tried.items():
        program = [str(clean / "bin" / call[0]) if call[0] == "afternext" else call[0], *call[1:]]
        done = subprocess.run(program, cwd=tmp_path, env=bare, capture_output=True, text=True)
        if done.returncode:
            failed.append(f"{name}: {done.stderr.strip()[-300:]}")
    size = sum(
        path.stat().st_size
        for path in Path(sysconfig.get_path("purelib", vars={"base": str(clean)})).rglob("*")
        if path.is_file()
    )
    worked = len(tried) - len(failed)
    told = f"{worked} of {len(tried)} commands work from the wheel, {size // 10**6} MB installed"
    record("install", told, met=not failed)
    assert not failed, failed


@pytest.mark.deep
def test_no_locked_package_has_a_known_weakness() -> None:
    """Where nobody answers nothing is claimed; a pin that was not looked up leaves the promise unkept."""
    done = subprocess.run(
        [sys.executable, "scripts/audit.py", "--json"], cwd=ROOT, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    record("audit", found["words"], met=found["met"])
    if not found["told"]:
        pytest.skip(found["words"])
    assert not found["weak"]
