"""Neighbourhood defence: who stands, how long it takes, what it costs, and each reason not to."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import stats

import afternext
from afternext.world.processes.defence import (
    Parameters,
    acts,
    caught_chance,
    net_risk,
    reprisal_factor,
    share_acting,
    share_ready,
    siding_with,
)
from tests.house.tree import ROOT
from tests.world.processes.small import ARMY, NOBODY, REBELS, YEAR, Small, values

SHUT_OUT = (0.8, 0.8)
ORDINARY = (("ordinary", "own"), ("ordinary", "persecuted"))
FRIENDS = (("own", "own"), ("persecuted", "persecuted"))
HARMLESS = {"defender_loss": 0.0, "harm_cost": 0.0}
SWITCHES = ("explain_fatalism", "explain_counterweight", "explain_coordination")


def organised(small: Small, share: float = 1.0, pay: float = 0.0) -> Small:
    small.backing.organiser[:] = share
    small.backing.pay[:] = pay
    return small


def share(small: Small, community: int = 0) -> float:
    """Return the share of men under arms, over all towns."""
    men = values()["men_share"] * (small.people.residents + small.armed)[:, community].sum()
    return float(small.armed[:, community].sum() / men)


def stands(days: int = YEAR, *, organiser: float = 0.0, pay: float = 0.0, **changes) -> float:
    """Return the share of men of community 0 under arms after some days at the rebels' gates."""
    changes = {"places": 6, "residents": 200_000, **changes}
    return share(organised(Small(**changes), organiser, pay).go(days))


@njit
def _acting(push, risk, thresholds, median, spread, out):
    crossed = 0
    for k in range(thresholds.shape[0]):
        crossed += acts(push, risk, thresholds[k])
    out[0] = crossed / thresholds.shape[0]
    out[1] = share_acting(push, risk, median, spread)


@njit
def _risk(aversion, ratio, constant, out):
    out[0] = caught_chance(ratio, constant)
    out[1] = net_risk(aversion, out[0])


@njit
def _ready(seen, risk, p, out):
    for k in range(seen.shape[0]):
        out[k] = share_ready(seen[k], risk, p)


@njit
def _siding(attitudes, counterweight, out):
    out[0] = siding_with(attitudes, 0, 0, 1, counterweight)


@njit
def _factor(defence, p, out):
    out[0] = reprisal_factor(defence, p, 0, 0)


def strength(small: Small) -> tuple[float, float, float]:
    """Return real strength, believed strength and the factor of reprisals at the first town."""
    out = np.zeros(1)
    _factor(small.defence, small.q, out)
    return float(small.defence.worth[0]), float(small.defence.believed[0]), float(out[0])


def test_the_share_that_acts_is_the_mean_of_who_acts() -> None:
    thresholds = np.log(0.25) + 0.6 * np.random.default_rng(1).standard_normal(200_000)
    for push, risk in ((-2.0, 0.0), (-1.0, 0.4), (0.0, 2.0)):
        out = np.zeros(2)
        _acting(push, risk, thresholds, 0.25, 0.6, out)
        assert out[0] == pytest.approx(out[1], abs=4 * 0.5 / np.sqrt(len(thresholds)))
        assert out[1] == pytest.approx(stats.norm.cdf((push - risk - np.log(0.25)) / 0.6))


def test_the_chance_of_punishment_is_epsteins() -> None:
    out = np.zeros(2)
    _risk(0.5, 1.0, 2.3, out)
    assert out[0] == pytest.approx(0.9, abs=0.001)
    assert out[1] == pytest.approx(0.45, abs=0.001)
    _risk(0.5, 0.0, 2.3, out)
    assert out.tolist() == [0.0, 0.0]


def test_readiness_rises_with_what_is_seen_from_those_who_need_nobody_to_all() -> None:
    p = Parameters(*(values()[name] for name in Parameters._fields))
    seen = np.array([0.0, 1e-9, 0.05, 0.1, 0.3, 1.0, 1e9])
    out = np.zeros(len(seen))
    _ready(seen, 0.0, p, out)
    assert (np.diff(out) >= 0.0).all()
    assert out[0] == pytest.approx(p.standing_share)
    assert out[1] == pytest.approx(p.standing_share)
    assert out[-1] == pytest.approx(1.0)


def test_nobody_arms_without_a_threat() -> None:
    small = organised(Small(danger=5.0))
    small.violence.challenger[:] = NOBODY
    assert small.go(200).armed.sum() == 0
    assert organised(Small(danger=0.0)).go(200).armed.sum() == 0


def test_without_an_organiser_only_those_stand_who_need_nobody() -> None:
    p = values()
    felt = 1.0 / (1.0 + p["felt_danger"])
    most = p["pool_share"] * p["standing_share"] * felt * 0.7  # 0.3 accept the rebels
    assert stands(resist_spread=0.3) == pytest.approx(most, rel=0.1)


def test_voluntary_defence_stays_within_what_is_on_record() -> None:
    """0.3-6 % of men 15-49 stood in every voluntary case; the high end with pay and a protector."""
    assert stands(organiser=1.0, danger=4.0) < 0.03
    paid = stands(organiser=1.0, danger=4.0, pay=1.0, words=FRIENDS, garrison=4_000, odds=0.2)
    assert 0.02 < paid < 0.09


def test_it_takes_months_where_flight_takes_days() -> None:
    day, month, four, all_ = (
        stands(days, organiser=1.0, danger=4.0, odds=0.1, hope_start=0.8) for days in (8, 30, 120, 1500)
    )
    assert day < 0.2 * all_
    assert month < 0.6 * all_
    assert 0.5 * all_ < four <= 1.05 * all_


def test_more_of_each_help_makes_more_stand() -> None:
    assert stands(organiser=0.2) < stands(organiser=0.6) < stands(organiser=1.0)
    assert stands(organiser=1.0) < stands(organiser=1.0, pay=1.0)
    assert stands(organiser=1.0, hope_start=0.1) < stands(organiser=1.0, hope_start=0.8)
    assert stands(organiser=1.0, odds=3.0) < stands(organiser=1.0, odds=0.1)
    assert stands(organiser=1.0, danger=0.3) < stands(organiser=1.0, danger=3.0)
    assert stands(organiser=1.0, garrison=0) < stands(organiser=1.0, garrison=5_000, words=FRIENDS)


def test_pay_brings_men_who_do_not_feel_needed_and_only_while_an_enemy_is_near() -> None:
    calm = {"organiser": 1.0, "pay": 1.0, "danger": 0.01}
    assert stands(**calm, pay_motive=0.0) < 0.3 * stands(**calm, pay_motive=0.9)


def test_joining_feeds_on_itself_so_that_little_more_help_tips_it() -> None:
    """Near the critical point a little more help brings most of the defence (Granovetter 1978)."""
    alike = {"resist_spread": 0.25, "danger": 5.0, "odds": 0.0, "hope_start": 1.0, "standing_share": 0.02}
    shares = [stands(3 * YEAR, organiser=x, **alike) for x in np.linspace(0.0, 1.4, 8)]
    gains = np.diff(shares)
    assert gains.max() > 10 * gains[0]
    assert gains.max() > 0.5 * shares[-1]


def test_a_wide_spread_of_thresholds_has_no_such_point() -> None:
    wide = {"resist_spread": 1.1, "danger": 5.0, "odds": 0.0, "hope_start": 1.0, "standing_share": 0.02}
    gains = np.diff([stands(3 * YEAR, organiser=x, **wide) for x in np.linspace(0.0, 1.4, 8)])
    assert gains.max() < 0.5 * gains.sum()


def test_own_people_of_the_insurgent_do_not_arm_against_it() -> None:
    own = (("persecuted", "own"), ("own", "persecuted"))
    small = organised(Small(own, exclusion=(1.0, 0.0))).go(YEAR)
    assert share(small, 0) < 0.4 * share(small, 1)


@pytest.mark.parametrize("switch", SWITCHES)
def test_taking_an_explanation_away_makes_more_stand(switch: str) -> None:
    case = {"exclusion": SHUT_OUT, "organiser": 0.9}
    assert stands(**case, **{switch: 0.0}) > 1.2 * stands(**case)


def test_without_fatalism_hope_does_not_matter() -> None:
    def gap(fatalism: float) -> float:
        return stands(hope_start=0.8, explain_fatalism=fatalism, organiser=0.7) - stands(
            hope_start=0.1, explain_fatalism=fatalism, organiser=0.7
        )

    assert gap(1.0) > 0.0005
    assert gap(0.0) == 0.0


def test_without_counterweight_exclusion_does_not_matter_and_acceptance_still_does() -> None:
    """The switch takes the lesser evil away, not those who like the insurgent for itself."""
    still = {
        "harm_cost": 0.0,
        "organiser": 1.0,
        "fall_blow": 0.0,
        "rule_government": 0.0,
        "protector_lift": 0.0,
    }

    def gap(counterweight: float) -> float:
        inside, outside = (
            stands(exclusion=x, explain_counterweight=counterweight, **still) for x in ((0.0, 0.0), SHUT_OUT)
        )
        return inside - outside

    assert gap(1.0) > 0.0005
    assert gap(0.0) == 0.0
    liked = {"support_ordinary": 0.6, "explain_counterweight": 0.0}
    assert stands(organiser=1.0, **liked) < stands(organiser=1.0, explain_counterweight=0.0)
    small = Small(exclusion=SHUT_OUT)
    with_, without = np.zeros(1), np.zeros(1)
    _siding(small.attitudes, 1.0, with_)
    _siding(small.attitudes, 0.0, without)
    assert with_[0] == pytest.approx(small.attitudes.tolerance[0, 0, REBELS])
    assert without[0] == pytest.approx(small.attitudes.confidence[0, 0, REBELS])


def test_without_coordination_time_organiser_and_fear_of_reprisal_do_not_matter() -> None:
    free = {"explain_coordination": 0.0}
    reference = stands(60, **free)
    assert reference == stands(60, raise_days=170.0, **free)
    assert reference == stands(60, organiser=1.0, **free)
    assert reference == stands(60, reprisal_fear=2.0, **free)
    assert reference == stands(60, odds=5.0, **free)
    assert len({stands(60), stands(60, raise_days=5.0, organiser=1.0), stands(60, organiser=1.0)}) == 3


def test_with_every_explanation_away_those_who_feel_threatened_stand_up_to_the_ceiling() -> None:
    p = values()
    off = dict.fromkeys(SWITCHES, 0.0)
    most = p["pool_share"] * 4.0 / (4.0 + p["felt_danger"]) * 0.7
    assert stands(danger=4.0, resist_median=0.1, resist_spread=0.3, **off) == pytest.approx(most, rel=0.05)


def test_unpaid_defenders_go_home_within_months_and_paid_ones_over_years() -> None:
    left = []
    for pay in (0.0, 1.0):
        small = organised(Small(danger=4.0, odds=0.1), 1.0, pay).go(YEAR)
        before = small.armed.sum()
        small.backing.pay[:] = 0.0
        small.violence.challenger[:] = NOBODY
        left.append(small.go(240).armed.sum() / before)
    assert left[0] == pytest.approx(0.25, abs=0.05)  # two half-lives of 120 days
    assert left[1] == pytest.approx(np.exp(-0.2 * 240 / YEAR), abs=0.03)


def test_pay_puts_volunteers_on_the_payroll() -> None:
    small = organised(Small(danger=4.0)).go(120)
    volunteers = small.defence.unpaid.sum()
    assert volunteers > 0 == small.defence.paid.sum()
    small.backing.pay[:] = 1.0
    small.go(30)
    assert small.defence.unpaid.sum() == 0
    assert small.defence.paid.sum() >= volunteers


def test_defenders_are_worth_little_alone_and_more_with_a_protector_whom_they_accept() -> None:
    def worth(garrison: int, words=FRIENDS) -> float:
        small = organised(Small(words, danger=4.0, garrison=garrison), 1.0).go(120)
        real, believed, _ = strength(small)
        assert 0.0 < real < believed
        return real / believed

    alone, helped, distrusted = worth(0), worth(4_000), worth(4_000, (("persecuted",) * 2, ("ordinary",) * 2))
    assert alone == pytest.approx(values()["alone_worth"])
    assert alone < distrusted < helped


def test_where_nobody_is_armed_nothing_is_added_and_nobody_pays() -> None:
    assert strength(Small()) == (0.0, 0.0, 1.0)
    armed = organised(Small(danger=4.0)).go(120)
    assert strength(armed)[2] == pytest.approx(values()["reprisal_ratio"])


def test_defenders_die_in_fights_at_their_rate() -> None:
    small = organised(Small(FRIENDS, danger=4.0, residents=1_000_000, stand_down_days=1e9), 1.0).go(200)
    before = int(small.armed[0].sum())
    small.attack(0, intensity=1.0)
    small.beliefs.danger[:] = 0.0  # nobody joins any more
    small.go(30)
    lost = small.defence.fallen.sum() / before
    assert lost == pytest.approx(1.0 - np.exp(-0.02 * 30), abs=0.05)
    assert small.people.dead.sum() == 0  # no civilians


def test_a_fall_costs_defenders_and_residents_and_ends_the_defence() -> None:
    small = organised(Small(FRIENDS, danger=4.0, residents=200_000)).go(200)
    before = int(small.armed[0].sum())
    total = small.persons()
    small.fall(0).go(1)
    p = values()
    chance = 1.0 - np.exp(-7.5e-6 * (p["reprisal_ratio"] - 1.0) * 4.0 * p["reprisal_days"])
    assert small.armed[0].sum() == 0
    assert small.defence.fallen.sum() == pytest.approx(p["captured_killed"] * before, abs=4 * np.sqrt(before))
    assert small.defence.reprisals.sum() == pytest.approx(400_000 * chance, abs=4 * np.sqrt(400_000 * chance))
    assert small.persons() == total


def test_a_fall_without_defenders_costs_nothing_of_the_kind() -> None:
    small = Small(FRIENDS, standing_share=0.0).go(60)
    assert small.armed.sum() == 0
    small.fall(0).go(2)
    assert small.people.dead.sum() == small.defence.reprisals.sum() == 0


def test_a_friend_who_takes_the_place_over_leaves_the_defence_standing() -> None:
    small = organised(Small(FRIENDS, danger=4.0)).go(200)
    small.violence.holder[0] = NOBODY
    small.go(1)
    armed = small.armed[0].sum()
    small.violence.holder[0] = ARMY
    small.go(1)
    assert small.armed[0].sum() == armed > 0


@cache
def over_luck(per_day: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the most armed and the dead over many lucks, through a fight and a fall."""
    most, dead = [], []
    for luck in range(40):
        small = Small(FRIENDS, danger=3.0, odds=0.5, per_day=per_day, luck=luck, residents=200_000, places=2)
        organised(small, 0.7).go(150)
        most.append(small.armed.sum())
        small.attack(0, 0.8).go(20)
        small.fall(0).go(3)
        dead.append(small.people.dead.sum() + small.defence.fallen.sum())
    return np.array(most, float), np.array(dead, float)


@pytest.mark.parametrize("what", [0, 1])
def test_the_step_length_does_not_matter(what: int) -> None:
    day, quarter = over_luck(1)[what], over_luck(4)[what]
    assert day.mean() == pytest.approx(quarter.mean(), rel=0.1)
    assert np.quantile(day, 0.9) == pytest.approx(np.quantile(quarter, 0.9), rel=0.1)


def busy(residents: int = 3_000, days: int = 40, per_day: int = 1, luck: int = 0) -> Small:
    """Return a small crisis in which everything happens."""
    small = Small(exclusion=SHUT_OUT, danger=3.0, residents=residents, luck=luck, per_day=per_day)
    organised(small, 0.8).go(days)
    small.attack(0).go(days)
    small.attack(1).fall(0).go(days)
    small.backing.pay[2] = 1.0
    small.repel(1).go(days)
    small.violence.challenger[:] = NOBODY
    return small.go(days)


@settings(max_examples=30)
@given(
    residents=st.integers(0, 100_000),
    days=st.integers(1, 60),
    luck=st.integers(0, 1000),
    per_day=st.sampled_from((1, 4)),
)
def test_people_are_conserved_to_the_unit(residents: int, days: int, luck: int, per_day: int) -> None:
    small = busy(residents, days, per_day, luck)
    assert small.persons() == 6 * residents
    for counts in (small.people.residents, small.defence.unpaid, small.defence.paid, small.people.dead):
        assert counts.min() >= 0
    assert small.defence.armed.tolist() == small.armed.sum(axis=1).tolist()
    assert (small.people.dead == small.defence.reprisals).all()


PLAIN = """
import pickle, sys, warnings
warnings.simplefilter("ignore", RuntimeWarning)  # unsigned integers wrap round, as they are meant to
import numba
assert numba.config.DISABLE_JIT
from tests.world.processes.test_defence import busy
sys.stdout.buffer.write(pickle.dumps(busy().numbers()))
"""


def test_compiling_changes_no_number() -> None:
    paths = [str(Path(afternext.__file__).parents[1]), str(ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    plain, compiled = pickle.loads(done.stdout), busy().numbers()
    assert compiled["defence.fallen"].sum() > 0
    for name, numbers in compiled.items():
        assert numbers == pytest.approx(plain[name], rel=1e-12, abs=1e-15), name
        if numbers.dtype.kind == "i":
            assert np.array_equal(numbers, plain[name]), name
