"""A quick look at each pattern: few futures, loose directions, ablation. `make patterns` judges in full."""

from __future__ import annotations

import numpy as np
import pytest

from patterns import flight_regimes, half_a_million, return_regimes
from patterns.harness import Claim, Lab, Pattern

FUTURES = 24
MODULES = (flight_regimes, half_a_million, return_regimes)


@pytest.fixture(scope="module")
def patterns() -> dict[str, Pattern]:
    lab = Lab(futures=FUTURES, quiet=True)
    return {module.NAME: module.measure(lab)[0] for module in MODULES}


def median(values: np.ndarray) -> float:
    return float(np.nanmedian(values))


def base(claim: Claim) -> float:
    return median(claim.base.values)


def ablated(claim: Claim) -> list[float]:
    return [median(reading.values) for reading in claim.ablations.values()]


def contrary(claim: Claim) -> list[float]:
    return [median(reading.values) for reading in claim.contraries.values()]


def test_every_claim_is_measured_with_ablation_and_contrary_case(patterns: dict[str, Pattern]) -> None:
    for pattern in patterns.values():
        for claim in pattern.claims:
            assert claim.ablations, claim.title
            assert claim.contraries, claim.title
            assert len(claim.base.values) == FUTURES


def test_steady_fighting_drains_a_city_slowly(patterns: dict[str, Pattern]) -> None:
    claim = patterns["flight_regimes"].claim("steady")
    assert 0.2 < base(claim) < 2.0
    assert max(ablated(claim) + contrary(claim)) < 0.1


def test_flight_under_fire_rises_and_then_abates(patterns: dict[str, Pattern]) -> None:
    pattern = patterns["flight_regimes"]
    away = [base(pattern.claim(f"day_{day}")) for day in (25, 43, 153)]
    assert 3.0 < away[0] < away[1] < away[2] < 60.0
    assert (away[2] - away[1]) / 110 < 0.5 * (away[1] - away[0]) / 18
    assert ablated(pattern.claim("rises")) == [1.0]
    assert base(pattern.claim("rises")) >= 2.0


def test_an_announced_assault_empties_most_of_a_city_but_not_all(patterns: dict[str, Pattern]) -> None:
    claim = patterns["flight_regimes"].claim("announced")
    fearless, alike = ablated(claim)
    assert 60.0 < base(claim) < 95.0
    assert fearless < 1.0
    assert alike > 97.0
    assert contrary(claim)[0] < 20.0


def test_the_marked_leave_while_their_neighbours_stay(patterns: dict[str, Pattern]) -> None:
    pattern = patterns["flight_regimes"]
    assert base(pattern.claim("marked")) > 10.0
    assert base(pattern.claim("apart")) > 3.0
    assert ablated(pattern.claim("apart")) == pytest.approx([1.0], abs=0.05)
    assert contrary(pattern.claim("marked_near"))[0] < 1.0


def test_most_stay_under_a_force_that_spares_them(patterns: dict[str, Pattern]) -> None:
    claim = patterns["flight_regimes"].claim("stay")
    assert base(claim) > 75.0
    assert ablated(claim)[0] < 50.0
    assert contrary(claim)[0] < 50.0


def test_a_falling_city_sheds_hundreds_of_thousands_in_a_week(patterns: dict[str, Pattern]) -> None:
    claim = patterns["half_a_million"].claim("shed")
    assert base(claim) > 150.0
    assert ablated(claim)[0] < 100.0
    assert contrary(claim)[0] < 15.0


def test_people_leave_before_the_fall_and_most_stay_near(patterns: dict[str, Pattern]) -> None:
    pattern = patterns["half_a_million"]
    assert base(pattern.claim("before_fall")) > 4.0
    assert ablated(pattern.claim("before_fall"))[0] < 1.0
    assert base(pattern.claim("reach")) > 60.0
    assert ablated(pattern.claim("reach"))[0] < 40.0


def test_checkpoints_catch_people_between_the_lines(patterns: dict[str, Pattern]) -> None:
    claim = patterns["half_a_million"].claim("caught")
    assert base(claim) > 0.5
    assert ablated(claim)[0] < 0.5 * base(claim)


def test_fear_that_never_fades_lets_nobody_go_back(patterns: dict[str, Pattern]) -> None:
    for name in ("back", "back_raid"):
        claim = patterns["half_a_million"].claim(name)
        assert ablated(claim)[0] < 10.0
        assert ablated(claim)[0] <= base(claim) + 5.0


def test_return_differs_by_safety_ruin_and_holder(patterns: dict[str, Pattern]) -> None:
    pattern = patterns["return_regimes"]
    safe, ruined, held = (pattern.claim(name) for name in ("safe", "ruined", "held"))
    assert 0.7 < base(safe) < 2.5
    assert base(safe) > 4.0 * base(ruined) > 0.0
    assert base(safe) > 20.0 * base(held)
    assert ablated(ruined)[0] > 3.0 * base(ruined)
    assert ablated(held)[0] > 0.5
    assert contrary(held)[0] > 0.5
    assert contrary(safe)[0] < 0.3
