"""One lock for all Pythons: hash-pinned, without any address, small enough, and of permissive licences."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MEGABYTE = 1_000_000
BUDGET = 750 * MEGABYTE  # core dependencies installed (design, section 6)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\b(LGPL|GNU Lesser|GNU Library)", re.IGNORECASE)


def pins() -> list[str]:
    """The lock's requirements, each with its continuation lines joined."""
    text = re.sub(r"\\\n\s*", " ", LOCK)
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def core() -> dict[str, Distribution]:
    """The distributions that afternext needs at run time, found from what is installed."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in PROJECT["dependencies"]]
    environment = {**default_environment(), "extra": ""}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate(environment)):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            pytest.fail(f"{name} is needed but not installed: run `make setup`")
        waiting.extend(Requirement(text) for text in found[name].requires or [])
    return found


def licence(dist: Distribution) -> str:
    """What the metadata states as the licence: SPDX expression, else classifiers, else the short field."""
    meta = dist.metadata
    if "License-Expression" in meta:
        return meta["License-Expression"]
    classifiers = [c for c in meta.get_all("Classifier") or [] if c.startswith("License ::")]
    return "; ".join(classifiers) or (meta["License"] or "").splitlines()[0]


def test_every_pin_is_exact_and_hashed() -> None:
    for pin in pins():
        assert re.match(r"^[a-z0-9-]+(\[[a-z,-]+\])?==\S+", pin), pin[:80]
        assert "--hash=sha256:" in pin, pin[:80]


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml", "Makefile", ".ci/run", "mkdocs.yml"])
def test_no_file_of_the_build_names_a_host(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    without_flag = text.replace("--no-emit-index-url", "")
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", without_flag)


def test_every_declared_dependency_is_locked() -> None:
    locked = {canonicalize_name(re.split(r"[=\[]", pin)[0]) for pin in pins()}
    declared = [
        *PROJECT["dependencies"],
        *(r for extra in PROJECT["optional-dependencies"].values() for r in extra),
    ]
    assert {canonicalize_name(Requirement(text).name) for text in declared} <= locked


def test_run_time_dependencies_carry_no_copyleft_licence() -> None:
    stated = {name: licence(dist) for name, dist in core().items()}
    assert all(stated.values()), [name for name, text in stated.items() if not text]
    assert not [
        f"{name}: {text}"
        for name, text in stated.items()
        if COPYLEFT.search(text) and not LESSER.search(text)
    ]


def test_core_dependencies_stay_within_the_size_budget() -> None:
    sizes = {name: sum(file.size or 0 for file in dist.files or []) for name, dist in core().items()}
    largest = ", ".join(
        f"{name} {size // MEGABYTE}" for name, size in sorted(sizes.items(), key=lambda s: -s[1])[:6]
    )
    assert sum(sizes.values()) <= BUDGET, (
        f"{sum(sizes.values()) // MEGABYTE} MB installed; largest: {largest}"
    )
