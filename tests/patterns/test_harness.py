"""The rules of judging a pattern, and the words around it."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.harness import Band, Claim, Lab, daily_rate, known, make_claim, read, share, weekly
from patterns.page import bounds, claim_section, number
from patterns.probe import SCRIPTED, crisis, force, place

NOWHERE = read(np.full(30, -1.0), Band(0.0, 2.0))


def claim(values: list[float], **changes: object) -> Claim:
    """Return the claim on safe homes (target 1.0-1.5, evidence 0.7-2.5), measured as these values."""
    base = read(np.array(values), Band(0.7, 2.5))
    cases = {"ablations": {"gone": NOWHERE}, "contraries": {"elsewhere": NOWHERE}} | changes
    return make_claim("return_regimes", "safe", base, **cases)  # type: ignore[arg-type]


def test_a_claim_found_nearly_everywhere_and_centred_is_shown() -> None:
    assert claim([0.9, 1.2, 1.2, 1.3, 9.0]).verdict == "shown"


def test_a_median_outside_the_target_is_shown_in_part() -> None:
    judged = claim([0.8, 0.8, 0.8, 1.2])
    assert judged.verdict == "shown in part"
    assert judged.misses == ["the median future is outside the target"]


def test_a_median_is_judged_at_the_precision_of_the_evidence() -> None:
    assert claim([0.96, 0.96, 0.96]).verdict == "shown"


def test_a_claim_found_in_less_than_a_third_is_not_shown() -> None:
    assert claim([0.1, 0.1, 0.1, 1.2]).verdict == "not shown"


@pytest.mark.parametrize("where", ["ablations", "contraries"])
def test_a_pattern_that_stays_without_its_cause_is_not_fully_shown(where: str) -> None:
    still = read(np.array([1.2, 1.2, 0.0]), Band(0.7, 2.5))
    judged = claim([1.2, 1.2, 1.2], **{where: {"a case": still}})
    assert judged.verdict == "shown in part"
    assert judged.misses == ["67 % of futures still show it under: a case"]


def test_a_future_without_a_number_shows_nothing() -> None:
    reading = read(np.array([np.nan, 1.0]), Band(0.0, 2.0))
    assert reading.share == 0.5
    assert reading.range == (1.0, 1.0, 1.0)


def test_every_claim_known_has_target_evidence_and_origin() -> None:
    for name, pattern in known().items():
        for row in pattern.get("claims", {}).values():
            assert row["target"][0] <= row["target"][1], name
            assert row["evidence"][0] <= row["evidence"][1], name
            assert "built in" in row["origin"] or "emergent" in row["origin"], name


def test_a_miss_is_said_with_numbers_and_a_place_to_look() -> None:
    text = claim_section(claim([0.1, 0.1, 0.1, 1.2]))
    assert "**Not shown.**" in text
    assert "only 25 % of futures are inside the evidence range" in text
    assert "Where to look: `return_safe`" in text


def test_rates_and_shares() -> None:
    assert np.allclose(daily_rate(np.array([0.0]), np.array([75.0]), 2), 50.0)
    assert np.allclose(weekly(np.array([[0.0] * 7 + [7.0]]), 1), 1.0)
    assert np.isnan(share(np.array([1.0]), np.array([0.0]))).all()
    assert number(-0.0001, 1) == "0.00"
    assert number(1234.5, 0) == "1,234"
    assert bounds(3.0, 1e5) == "at least 3"


def test_a_probe_scripts_its_violence() -> None:
    quiet = crisis(
        "still",
        people=["all"],
        forces={"army": force("Army", "army"), "rebels": force("Rebels", "insurgent")},
        hostile=[("army", "rebels")],
        places=[
            place("town", 0, {"all": 50_000}, admin="here"),
            place("den", 30, {"all": 900}, admin="here"),
        ],
        routes=[{"start": "town", "end": "den", "km": 30}],
        holders={"den": "rebels"},
        presence=[{"place": "den", "force": "rebels", "strength": 5000}],
    )
    played = Lab(futures=4, quiet=True).play(quiet, 60)
    assert set(SCRIPTED) <= set(quiet.parameters)
    assert (played.arrays["displaced"] == 0).all()


def test_ablated_futures_keep_the_points_of_the_whole_prior() -> None:
    scenario = crisis(
        "points",
        people=["all"],
        forces={"army": force("Army", "army")},
        hostile=[],
        places=[
            place("town", 0, {"all": 50_000}, admin="here"),
            place("port", 30, {"all": 9000}, admin="here"),
        ],
        routes=[{"start": "town", "end": "port", "km": 30}],
        holders={},
        displaced=[
            {"place": "port", "origin": "town", "community": "all", "persons": 9000, "since": "2019-11-01"}
        ],
    )
    lab = Lab(futures=8, quiet=True)
    plain = lab.play(scenario, 60).arrays["returned"]
    same = lab.play(scenario, 60, {"weight_threat": 1.0}).arrays["returned"]
    assert np.array_equal(plain, same)
