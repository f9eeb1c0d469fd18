"""Results do not move from version to version unless the changelog says so.

Outputs of small ensembles are compared with stored ones by energy distance, against what seeds would do.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from scripts.baseline import (
    CASES,
    DEEP,
    SAMPLES,
    beyond_noise,
    drift,
    energy_distance,
    p_value,
    results_lines,
    sample,
)
from scripts.reproduce import PAGE, QUANTILES, compare, rerun
from tests.reliability.record import record

REFRESH = "run `make baseline` (scripts/baseline.py)"


def moved(name: str) -> tuple[list[str], dict[str, float], bool]:
    """Outputs beyond the noise of seeds, p-values, and whether the changelog has a new line about results."""
    path = SAMPLES / f"{name}.json"
    assert path.exists(), REFRESH
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["case"] == CASES[name], f"the case is another one now: {REFRESH}"
    found = drift(name, stored, sample(name))
    return beyond_noise(found), found, results_lines() > stored["results_lines"]


def judge(name: str) -> dict[str, float]:
    outputs, found, told = moved(name)
    if outputs and not told:
        pytest.fail(
            f"{name}: {', '.join(outputs)} changed beyond the noise of seeds {found}. If that is meant, "
            f"write a line with **Results** at the top of CHANGELOG.md and {REFRESH}"
        )
    assert not outputs, f"{name}: {', '.join(outputs)} changed, as the changelog says: {REFRESH}"
    return found


@pytest.mark.parametrize("name", [name for name in CASES if name not in DEEP])
def test_results_have_not_moved_beyond_the_noise_of_seeds(name: str) -> None:
    assert len(judge(name)) == 5


@pytest.mark.deep
def test_results_of_every_case_have_not_moved_beyond_the_noise_of_seeds() -> None:
    found = {name: moved(name) for name in CASES}
    worst = {name: min(p.values()) for name, (_, p, _) in found.items()}
    told = ", ".join(
        f"{name}: {len(p)} outputs, smallest p {worst[name]:.3f}" for name, (_, p, _) in found.items()
    )
    record("drift", told, met=not any(outputs for outputs, _, _ in found.values()))
    for name in CASES:
        judge(name)


def test_a_shift_is_found_and_another_seed_is_not() -> None:
    draw = np.random.default_rng(1)
    x, y = draw.lognormal(size=64), draw.lognormal(size=64)
    assert p_value(x, y) > 0.05
    assert p_value(x, 1.8 * y) < 0.002
    assert p_value(x, x) == 1.0
    assert beyond_noise({"a": p_value(x, 1.8 * y), "b": 0.5}) == ["a"]


def test_energy_distance_is_that_of_the_definition() -> None:
    assert energy_distance(np.array([0.0]), np.array([3.0])) == pytest.approx(6.0)
    assert energy_distance(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == pytest.approx(0.0)


def test_an_output_that_is_gone_counts_as_moved() -> None:
    assert beyond_noise(drift("x", {"values": {"a": [1.0, 2.0]}}, {})) == ["a"]


@pytest.mark.deep
def test_published_figures_come_out_again_from_scratch() -> None:
    figures = rerun()
    differs = compare(figures)
    same = figures.digest in PAGE.read_text(encoding="utf-8")
    digest = "equal" if same else "differs"
    told = f"{len(figures.rows) * len(QUANTILES)} figures, {len(differs)} differ; digest {digest}"
    record("reproduce", told, met=not differs)
    assert not differs, differs[:5]
