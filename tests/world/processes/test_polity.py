"""Polity: base rates of going, bargains, the coalition, power sharing and moral hazard, thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from afternext.world.chancellery import (
    CENTRE,
    L_CONFIDENCE,
    L_INCLUSION,
    L_OUST,
    L_PAY,
    L_RULE,
    LOST_ARMY,
    LOST_CENTRE,
    LOST_COALITION,
)
from afternext.world.events import (
    CAUSE_BARGAIN,
    CAUSE_CAPITAL,
    CAUSE_COUP,
    CAUSE_PUSHED_OUT,
    COALITION_LOST,
    COLLAPSE,
    FRACTURE,
    GOVERNMENT_FORMED,
    LEADER_EXIT,
)
from tests.world.processes.court import (
    ARMY,
    BAND,
    GUARD,
    MONTH,
    REGION,
    RIVAL,
    STATE,
    YEAR,
    Court,
    draws,
    fragmentation,
)
from tests.world.processes.small import values as table

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 500
PEACE, MINOR, WAR = 0, 300, 3000  # deaths a year
HALF_MONTH = 14  # what happens in a month is seen at its end


def lose(court: Court) -> None:
    """The rebels take a tenth of the people."""
    court.violence.holder[3] = BAND


def lose_the_war(court: Court) -> None:
    """The rebels take all but the capital and the region."""
    court.violence.holder[[1, 3]] = BAND


def exits(dying: int, event: Callable[[Court], None] | None = None) -> list[list[float]]:
    """Return the days on which heads of government went in 13 months of four weeks, over the whole prior."""
    told = []
    for luck, values in enumerate(draws(COUNT, seed=3)):
        court = Court(values, luck)
        court.months(1, dying)
        if event:
            event(court)
        court.months(13, dying)
        told.append([day for day, _, _ in court.events(LEADER_EXIT)])
    return told


def gone(told: list[list[float]], days: float) -> float:
    return float(np.mean([bool(went) and went[0] <= days for went in told]))


@pytest.mark.parametrize(("dying", "rate"), [(PEACE, 0.19), (MINOR, 0.23), (WAR, 0.28)])
def test_heads_of_government_go_at_the_base_rate_of_the_intensity(dying: int, rate: float) -> None:
    assert gone(exits(dying), YEAR) == pytest.approx(1.0 - np.exp(-rate), abs=0.05)


def test_they_go_within_90_and_365_days_of_a_disaster_at_the_base_rates() -> None:
    told = exits(WAR, lose)
    assert 0.06 <= gone(told, HALF_MONTH + 90) <= 0.19
    assert 0.2 <= gone(told, HALF_MONTH + YEAR) <= 0.38


def test_they_go_within_a_year_of_a_lost_war_at_the_base_rate() -> None:
    assert 0.27 <= gone(exits(WAR, lose_the_war), HALF_MONTH + YEAR) <= 0.52


def test_an_irregular_end_is_three_times_likelier_in_war() -> None:
    values = table()
    assert values["irregular_war"] * values["exit_war"] > 3 * values["irregular_peace"] * values["exit_peace"]


def test_a_bargain_takes_about_five_months_and_counts_the_days_before_the_freeze() -> None:
    fresh, running = [], []
    for luck, values in enumerate(draws(COUNT, seed=4)):
        for told, elapsed in ((fresh, 1), (running, 150)):
            court = Court(values, luck)
            court.polity.forming[0] = -elapsed
            court.months(1)
            told.append(elapsed + court.polity.forming[0])
    assert 110 <= np.median(fresh) <= 210
    assert np.quantile(fresh, 0.05) < 88 < 249 < np.quantile(fresh, 0.95)
    assert min(running) > 150
    assert np.median(running) > np.median(fresh)


def test_the_incumbent_may_lose_the_bargain_and_allies_come_back() -> None:
    lost = 0
    for luck, values in enumerate(draws(COUNT, seed=5)):
        court = Court(values | {"exit_peace": 0.0}, luck)
        court.polity.forming[0] = -100
        court.months(26)
        assert court.events(GOVERNMENT_FORMED) or court.polity.forming[0] > 25 * MONTH
        lost += bool(court.events(LEADER_EXIT))
    assert 0.25 <= lost / COUNT <= 0.65


def test_a_head_of_government_can_be_pushed_out() -> None:
    court = Court()
    court.pressure.polity[L_OUST] = 1.0
    court.months(2)
    assert [cause for _, cause, _ in court.events(LEADER_EXIT)] == [CAUSE_PUSHED_OUT]
    assert court.polity.leaders[0] == court.polity.vacant[0] == 1


def test_a_push_in_a_bargain_waits_for_its_answer_and_makes_a_loss_likelier() -> None:
    def gone(push: float) -> tuple[int, int]:
        before = lost = 0
        for luck, values in enumerate(draws(COUNT, seed=13)):
            court = Court(values | {"formation_days": 200.0, "exit_peace": 0.1}, luck)
            court.polity.forming[0] = -30
            court.months(1)
            court.pressure.polity[L_OUST] = push
            court.months(24)
            formed = [day for day, _, _ in court.events(GOVERNMENT_FORMED)]
            exits = court.events(LEADER_EXIT)
            before += any(cause == CAUSE_PUSHED_OUT and day < formed[0] for day, cause, _ in exits if formed)
            lost += any(cause == CAUSE_BARGAIN for _, cause, _ in exits)
        return before, lost

    calm, pushed = gone(0.0), gone(0.05)
    assert calm[0] == pushed[0] == 0
    assert pushed[1] > calm[1]


def test_confidence_follows_acceptance_and_falls_with_ground() -> None:
    calm, loved, beaten, helped = Court(), Court(), Court(), Court()
    for court in (calm, loved, beaten, helped):
        court.months(1)
    loved.attitudes.tolerance[:] = 0.6
    lose_the_war(beaten)
    helped.pressure.polity[L_CONFIDENCE] = 0.2
    for court in (calm, loved, beaten, helped):
        court.months(3)
    assert calm.polity.confidence[0] == pytest.approx(0.45)
    assert loved.polity.confidence[0] > 0.48
    assert helped.polity.confidence[0] > 0.48
    assert beaten.polity.confidence[0] < 0.35


def test_a_coalition_breaks_when_allies_turn_away() -> None:
    court = Court()
    court.powers.seats[:] = [0.3, 0.0, 0.4, 0.0, 0.3]
    court.months(1)
    court.council.alignment[STATE, [RIVAL, REGION]] = -0.5
    court.months(14)
    assert court.events(COALITION_LOST)
    assert court.polity.coalition[0] < 0.7


def included(years: int = 2, *, pay: float = 0.0, condition: float = 0.0, **changes: float) -> float:
    """Return inclusion after some years of support with or without conditions."""
    court = Court(table(exit_peace=0.0, claim_rate=0.0, **changes))
    court.powers.seats[:] = [0.45, 0.0, 0.3, 0.0, 0.25]
    court.pressure.force[L_PAY, ARMY] = pay
    court.pressure.community[L_INCLUSION, 0] = condition
    court.months(13 * years + 1)
    return float(court.polity.inclusion[0])


def test_conditions_raise_inclusion_and_support_without_them_lowers_it() -> None:
    nothing, free, bound = included(), included(pay=0.8), included(pay=0.8, condition=1.0)
    assert free < nothing < bound


def test_what_moves_say_of_their_terms_counts() -> None:
    ends = []
    for terms in ([0.0, 0.0], [0.8, 0.0], [0.0, 0.8]):
        court = Court(table(exit_peace=0.0))
        court.pressure.terms[:] = terms
        court.months(27)
        ends.append(court.polity.inclusion[0])
    assert ends[2] < ends[0] < ends[1]


def test_conditions_work_as_far_as_they_are_enforced() -> None:
    weak = included(pay=0.8, condition=1.0, condition_enforced=0.05)
    strong = included(pay=0.8, condition=1.0, condition_enforced=0.5)
    assert weak < strong


def test_without_moral_hazard_support_does_no_harm() -> None:
    assert included(pay=0.8, moral_hazard=0.0) >= included(pay=0.8, moral_hazard=1.0)
    assert included(pay=0.8, moral_hazard=0.0) == pytest.approx(included())


def test_support_lets_inclusion_slip_only_while_the_threat_is_far() -> None:
    ends = []
    for centre in (1.0, 0.0):
        court = Court(table(exit_peace=0.0))
        court.council.situation[STATE, CENTRE] = centre
        court.pressure.force[L_PAY, ARMY] = 0.8
        court.months(27)
        ends.append(court.polity.inclusion[0])
    assert ends[0] < ends[1]


def test_exclusion_and_rule_follow_inclusion_and_moves() -> None:
    court = Court(table(exit_peace=0.0))
    court.pressure.rule[ARMY] = [-0.5, 0.1]
    court.months(1)
    court.polity.inclusion[0] = 1.0
    court.pressure.force[L_RULE, ARMY] = 0.1
    court.months(1)
    assert court.attitudes.exclusion[0] < 0.05
    assert court.standing.rule[ARMY, 0] > 0.6
    assert court.standing.rule[ARMY, 1] == pytest.approx(0.2)
    court.polity.inclusion[0] = court.polity.included[0]
    court.pressure.community[L_INCLUSION, 0] = 0.5
    court.months(1)
    assert court.attitudes.exclusion[0] == pytest.approx(0.35, abs=0.02)


def test_the_loss_of_the_capital_is_a_collapse() -> None:
    court = Court()
    court.months(1)
    court.violence.holder[0] = BAND
    court.months(2)
    assert [cause for _, cause, _ in court.events(COLLAPSE)] == [CAUSE_CAPITAL]
    assert court.polity.broken[0] & LOST_CENTRE
    assert court.polity.confidence[0] < 0.25


def test_collapse_is_rare_while_the_capital_stands() -> None:
    count = 0
    for luck, values in enumerate(draws(COUNT, seed=6)):
        court = Court(values, luck)
        court.months(40, WAR)
        count += bool(court.events(COLLAPSE))
    assert 0.004 <= count / COUNT / 3 <= 0.03


def test_an_army_loses_faith_where_confidence_and_majority_are_lost() -> None:
    """Two years at about the rate of the table: over 960 lucks 0.35, and 0.39 were it in force each month."""
    fractured = {}
    for broken in (False, True):
        count = 0
        for luck in range(240):
            court = Court(luck=luck)
            court.months(1)
            for _ in range(26):
                if broken:  # and stays so: a new government brings no majority
                    court.polity.trusted[0] = court.polity.confidence[0] = 0.1
                    court.council.alignment[STATE, :] = -0.8
                    court.council.alignment[STATE, STATE] = 0.0
                court.months(1)
            told = court.events(FRACTURE)
            count += bool(told)
            if told:
                assert court.forces.cohesion[0, ARMY] == pytest.approx(0.6 * 0.75 ** len(told))
                assert court.forces.cohesion[0, GUARD] == 0.6
        fractured[broken] = count / 240
    rate = court.parameters.fracture_rate
    assert fractured[False] < 0.1
    assert fractured[True] == pytest.approx(1.0 - np.exp(-2.0 * rate), abs=0.1)


def test_thresholds_are_linked() -> None:
    """With the army broken, heads of government go sooner."""
    went = []
    for bit in (0, LOST_ARMY | LOST_COALITION):
        count = 0
        for luck in range(200):
            court = Court(luck=luck)
            court.months(1)
            for _ in range(6):
                court.polity.broken[0] |= bit
                court.months(1)
            count += bool(court.events(LEADER_EXIT))
        went.append(count)
    assert went[1] > went[0]


@pytest.mark.parametrize(
    ("holders", "status", "number"),
    [
        ([ARMY, ARMY, ARMY, ARMY], 0, 1.0),
        ([ARMY, ARMY, GUARD, ARMY], 0, 1.0),
        ([ARMY, ARMY, GUARD, ARMY], 2, 1.0 / (0.8**2 + 0.2**2)),
        ([ARMY, ARMY, ARMY, BAND], 0, 1.0 / (0.9**2 + 0.1**2)),
        ([ARMY, -1, -1, BAND], 0, 1.0 / (0.4**2 + 0.5**2 + 0.1**2)),
    ],
)
def test_fragmentation_counts_controllers_by_people(holders: list[int], status: int, number: float) -> None:
    court = Court()
    court.violence.holder[:] = holders
    court.polity.status[0] = status
    found = fragmentation(court.powers, court.polity, court.people, court.violence)
    assert found == pytest.approx(number)


def test_without_a_polity_nothing_happens() -> None:
    court = Court()
    court.powers.government[0] = -1
    court.months(30, WAR)
    assert court.log.used[0] == 0


def test_nobody_is_made_or_lost_and_the_same_luck_gives_the_same_history() -> None:
    told = []
    for _ in range(2):
        court = Court(luck=7)
        people = court.people.residents.sum(), court.forces.present.sum()
        court.months(40, WAR)
        assert (court.people.residents.sum(), court.forces.present.sum()) == people
        told.append((court.log.used[0], court.polity.confidence[0], court.polity.inclusion[0]))
    assert told[0] == told[1]


def test_a_finer_step_keeps_the_rates() -> None:
    went = []
    for per_day in (1, 4):
        count = 0
        for luck, values in enumerate(draws(300, seed=8)):
            court = Court(values, luck, per_day)
            court.months(27, WAR)
            count += bool(court.events(LEADER_EXIT))
        went.append(count / 300)
    assert went[0] == pytest.approx(went[1], abs=0.1)


def test_shares_stay_shares() -> None:
    for luck, values in enumerate(draws(100, seed=10)):
        court = Court(values, luck)
        court.months(1)
        lose_the_war(court)
        court.pressure.force[L_PAY, ARMY] = 3.0
        court.months(60, WAR)
        state = court.polity
        for value in (state.confidence, state.inclusion, state.coalition, state.autonomy, state.shared):
            assert ((value >= 0.0) & (value <= 1.0)).all()
        assert ((court.attitudes.exclusion >= 0.0) & (court.attitudes.exclusion <= 1.0)).all()


def test_what_a_government_does_to_share_power_counts_as_inclusion() -> None:
    court = Court(table(exit_peace=0.0))
    court.months(1)
    court.pressure.community[L_INCLUSION, 0] = 0.5
    court.months(20)
    assert court.polity.inclusive[0] == pytest.approx(1.0 - (1.0 - court.polity.inclusion[0]) * 0.5)
    assert court.polity.shared[0] > court.polity.inclusion[0] + 0.1


def test_in_a_bargain_and_between_elections_only_a_part_of_the_base_rate_applies() -> None:
    """The rate is a mean over years with and without elections; with no calendar it applies as it is."""

    def sooner(setting: str) -> float:
        count = 0
        for luck, values in enumerate(draws(COUNT, seed=9)):
            court = Court(values | {"bargain_exit": 0.0, "formation_days": 900.0}, luck)
            if setting == "bargain":
                court.polity.forming[0] = -30
            court.months(1)
            if setting == "between":
                court.polity.term[0] = 4 * YEAR
            court.months(13, WAR)
            count += bool(court.events(LEADER_EXIT))
        return count / COUNT

    assert sooner("bargain") < sooner("between") < sooner("no calendar")


def test_a_successor_is_found_sooner_than_a_government_after_an_election() -> None:
    days = []
    for luck, values in enumerate(draws(COUNT, seed=11)):
        court = Court(values, luck)
        court.months(1)
        court.pressure.polity[L_OUST] = 1.0
        court.months(1)
        days.append(court.polity.forming[0] - court.events(LEADER_EXIT)[0][0])
    assert 25 <= np.median(days) <= 65
    assert np.quantile(days, 0.95) > 200


@pytest.mark.parametrize("shock", [0.3, 0.0])
def test_an_army_whose_head_of_state_is_overthrown_trusts_its_leaders_less(shock: float) -> None:
    """And one whose head of government goes by the rules does not; nor do those of the region."""
    how = {"by force": 0, "by the rules": 0}
    for luck in range(200):
        court = Court(table(coup_shock=shock, exit_war=2.0), luck)
        court.months(1, WAR)
        court.months(13, WAR)
        causes = [cause for _, cause, _ in court.events(LEADER_EXIT)]
        coups = causes.count(CAUSE_COUP)
        how["by force"] += coups
        how["by the rules"] += len(causes) - coups
        garrisons = [float(court.forces.lead[k]) for k in range(4)]
        assert garrisons == pytest.approx([(1.0 - shock) ** coups] * 2 + [1.0] + [(1.0 - shock) ** coups])
    assert min(how.values()) > 20
