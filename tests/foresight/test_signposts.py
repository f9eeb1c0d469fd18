"""Signposts on a process whose predictive information is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from afternext.foresight.observed import Observed
from afternext.foresight.signposts import announce, unclear

FUTURES, DEEP = 4000, 365
DAYS = np.arange(0, DEEP + 1, 5)
APART = 2.0  # what the family adds to the observable, in standard deviations of its noise


@pytest.fixture(scope="module")
def known() -> tuple[Observed, np.ndarray]:
    """One observable that says nothing before day 60 and from then on stands two deviations higher in the
    family.

    It is drawn once a future, so looking longer tells no more: the best cut has a hit rate of Phi(1) and a
    false alarm rate of Phi(-1). Nine others are noise.
    """
    rng = np.random.default_rng(5)
    is_it = rng.random(FUTURES) < 0.3
    signal = rng.normal(size=FUTURES) + APART * is_it
    curves = {"dead": (DAYS, np.where(DAYS >= 60, signal[:, None], -10.0))}
    for k in range(9):
        curves[f"noise_{k}"] = (DAYS, np.repeat(rng.normal(size=(FUTURES, 1)), len(DAYS), axis=1))
    return Observed(curves), is_it


@pytest.fixture(scope="module")
def found(known):
    observed, is_it = known
    return announce(observed, is_it, np.full(FUTURES, 1 / FUTURES), DEEP)


def test_nothing_announces_before_the_process_does(found) -> None:
    rules, _ = found
    for rule in rules:
        if rule.signs[0].day < 60:
            assert abs(rule.score) < 0.06


def test_the_rule_has_the_rates_that_theory_gives(found) -> None:
    rules, best = found
    rule = rules[best]
    assert [sign.measure for sign in rule.signs] == ["dead"]
    assert rule.score == pytest.approx(norm.cdf(1) - norm.cdf(-1), abs=0.04)
    assert rule.hits == pytest.approx(norm.cdf(1), abs=0.06)
    assert rule.false_alarms == pytest.approx(norm.cdf(-1), abs=0.06)
    assert rule.signs[0].value == pytest.approx(1.0, abs=0.25)


def test_the_earliest_date_that_tells_is_the_one_to_watch(found) -> None:
    rules, best = found
    assert rules[best].signs[0].day == 60
    assert rules[best].lead == (DEEP - 60, DEEP - 60, DEEP - 60)


def test_families_are_alike_until_the_process_parts_them(known) -> None:
    observed, is_it = known
    pairs = unclear(observed, is_it.astype(np.int64), np.full(FUTURES, 1 / FUTURES), DEEP, ["A", "B"])
    assert [(one.day, one.families) for one in pairs] == [(30, ("A", "B"))]


def test_futures_of_no_weight_change_nothing(known) -> None:
    observed, is_it = known
    weights = np.ones(FUTURES)
    weights[::7] = 0
    spoilt = {name: (days, values.copy()) for name, (days, values) in observed.curves.items()}
    spoilt["dead"][1][::7] *= -1
    one, _ = announce(observed, is_it, weights, DEEP)
    other, _ = announce(Observed(spoilt), is_it, weights, DEEP)
    for a, b in zip(one, other, strict=True):
        if a.signs[0].day >= 60:
            assert a.hits == pytest.approx(b.hits, abs=0.02)


def test_too_few_futures_of_a_family_give_no_rule() -> None:
    observed = Observed({"dead": (DAYS, np.random.default_rng(0).normal(size=(40, len(DAYS))))})
    is_it = np.zeros(40, dtype=bool)
    is_it[:6] = True
    assert announce(observed, is_it, np.full(40, 1 / 40), DEEP) == ((), None)
