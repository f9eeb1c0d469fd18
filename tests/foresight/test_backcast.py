"""Backcasting: what goes with a wanted future, and what brings it about, on toys that are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import binomtest

from afternext.errors import UsageError
from afternext.foresight.backcast import backcast, share_of
from tests.foresight.runs import larger_run
from tests.foresight.toys import NONE, OTHER, ToyComparison, ToyRun

DAYS = np.arange(0, 601, 10)


def toy(futures: int = 800, seed: int = 5):
    """Wanted: fewer than 50 displaced at the end. Attacks above 5 by day 30 come before 4 in 5 of those, and
    1 in 5 of the others; strategy B turns one future in ten into a wanted one.
    """
    rng = np.random.default_rng(seed)
    wanted = rng.random(futures) < 0.4
    shown = np.where(wanted, rng.random(futures) < 0.8, rng.random(futures) < 0.2)
    more = wanted | (rng.random(futures) < 0.1 / 0.6)

    def run(good):
        end = np.where(good, 20.0, 90.0)
        steps = {
            "displaced": np.where(DAYS == 600, end[:, None], 60.0),
            "attacks": np.where(DAYS >= 20, np.where(shown, 9.0, 2.0)[:, None], 1.0),
            "in_effect_power_sharing": np.where(DAYS >= 25, np.where(shown, 1.0, 0.0)[:, None], 0.0),
            "reprisals": rng.normal(size=(futures, len(DAYS))).cumsum(1),
        }
        return ToyRun(steps, DAYS)

    return ToyComparison({NONE: run(wanted), OTHER: run(more)}), wanted, more


@pytest.fixture(scope="module")
def found():
    return backcast(toy()[0], "displaced@end < 50")


def test_a_sign_raises_the_share_by_what_bayes_says(found) -> None:
    near = found.watch[0]
    assert near.sign.measure == "attacks"
    assert near.sign.day == 30
    # 0.8 x 0.4 against 0.2 x 0.6 with it, 0.2 x 0.4 against 0.8 x 0.6 without.
    assert near.having[0] == pytest.approx(0.32 / 0.44, abs=0.06)
    assert near.lacking[0] == pytest.approx(0.08 / 0.56, abs=0.05)
    assert near.having[1] < 0.32 / 0.44 < near.having[2]
    assert not any(one.sign.measure == "reprisals" for one in found.watch)


def test_moves_of_powers_stand_apart_from_what_is_watched(found) -> None:
    assert {one.sign.measure for one in found.moves} == {"in_effect_power_sharing"}
    assert not any(one.sign.measure.startswith("in_effect_") for one in found.watch)


def test_what_is_chosen_is_told_from_the_same_futures(found) -> None:
    _, wanted, more = toy()
    best = found.chosen[0]
    assert best.id == OTHER
    assert best.gain[0] == pytest.approx(more.mean() - wanted.mean())
    assert best.gain[1] < best.gain[0] < best.gain[2]
    assert (best.won, best.lost) == (pytest.approx(more.mean() - wanted.mean()), 0)


def test_it_is_plain_json_and_a_table(found) -> None:
    json.dumps(found.to_dict(), allow_nan=False)
    assert set(found.to_frame()["kind"]) == {"watch", "move", "choose"}


def test_ranges_are_wilsons() -> None:
    wanted = np.arange(100) < 10
    theirs = binomtest(10, 100).proportion_ci(0.9, method="wilson")
    share, low, high = share_of(wanted, np.ones(100, dtype=bool), np.full(100, 0.01))
    assert (share, low, high) == pytest.approx((0.1, theirs.low, theirs.high))


def test_a_family_of_a_run_can_be_wanted_and_of_a_comparison_is_refused() -> None:
    from afternext.foresight.tree import grow

    run = larger_run()
    family = min(grow(run, signposts=False).levels[-1].families, key=lambda one: abs(one.share - 0.5))
    got = backcast(run, family.id)
    assert got.meaning == family.name
    assert got.share[0] == pytest.approx(family.share)
    with pytest.raises(UsageError, match="belongs to the futures of one run"):
        backcast(toy(60)[0], "B1")


def test_what_hardly_ever_comes_is_refused() -> None:
    with pytest.raises(UsageError, match="must not"):
        backcast(toy(100)[0], "displaced@end < 5")
