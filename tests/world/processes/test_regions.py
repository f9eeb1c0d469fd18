"""Regions: who claims self-rule, when autonomy prevents, and how rare independence is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from afternext.world.chancellery import AUTONOMOUS, CLAIMS, L_AUTONOMY, L_BUDGET
from afternext.world.chancellery import REFERENDUM as ANNOUNCED
from afternext.world.events import (
    AUTONOMY,
    CAUSE_AUTONOMY_LOST,
    CAUSE_BUDGET,
    CAUSE_SHUT_OUT,
    CAUSE_WINDOW,
    CLAIM,
    REFERENDUM,
    SECESSION,
    VOTED,
)
from tests.world.processes.court import ARMY, BAND, MONTH, YEAR, Court, draws

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 250
THREE_YEARS = 39  # months of four weeks
WAR = 3000  # deaths a year
CLAIMANTS = CLAIM, AUTONOMY, REFERENDUM


def nothing(court: Court) -> None:
    """The region as it is: its people are shut out, power is shared a little."""


def share(court: Court) -> None:
    court.polity.inclusion[0] = 0.95


def include(court: Court) -> None:
    court.polity.exclusion[0] = 0.0


def collapse(court: Court) -> None:
    court.violence.holder[0] = BAND


def autonomy_before(court: Court) -> None:
    court.polity.autonomy[0] = court.polity.granted[0] = court.polity.had[0] = 0.7
    court.polity.status[0] = AUTONOMOUS


def autonomy_after(court: Court) -> None:
    autonomy_before(court)
    court.polity.late[0] = 1


def autonomy_lost(court: Court) -> None:
    autonomy_before(court)
    court.pressure.region[L_AUTONOMY, 0] = -0.7


def budget_cut(court: Court) -> None:
    court.pressure.region[L_BUDGET, 0] = -1.0


def histories(setting: Callable[[Court], None], months: int = THREE_YEARS) -> list[Court]:
    """Return many courts some years on, over the whole prior."""
    courts = []
    for luck, values in enumerate(draws(COUNT, seed=5)):
        court = Court(values, luck)
        setting(court)
        court.months(months, WAR)
        courts.append(court)
    return courts


def often(courts: list[Court], *kinds: int) -> float:
    """Return the share of courts with an event of one of these kinds."""
    return float(np.mean([any(court.events(kind) for kind in kinds) for court in courts]))


def causes(courts: list[Court], kind: int) -> list[int]:
    return [cause for court in courts for _, cause, _ in court.events(kind)]


def test_exclusion_and_collapse_raise_claims_and_power_sharing_lowers_them() -> None:
    usual = often(histories(nothing), *CLAIMANTS)
    fallen = histories(collapse)
    assert often(histories(share), *CLAIMANTS) < usual
    assert often(histories(include), *CLAIMANTS) < usual < often(fallen, *CLAIMANTS)
    assert often(fallen, AUTONOMY) > 2.0 * often(histories(nothing), AUTONOMY)
    assert CAUSE_WINDOW in causes(fallen, CLAIM)


def test_a_budget_cut_pushes_a_region() -> None:
    courts = histories(budget_cut)
    assert often(courts, *CLAIMANTS) > often(histories(nothing), *CLAIMANTS)
    assert CAUSE_BUDGET in causes(courts, CLAIM)


def test_autonomy_before_war_prevents_and_after_war_hardly_and_lost_is_worst() -> None:
    before, after, lost = (
        often(histories(setting), REFERENDUM) for setting in (autonomy_before, autonomy_after, autonomy_lost)
    )
    assert before < 0.7 * after
    assert lost > after
    assert CAUSE_AUTONOMY_LOST in causes(histories(autonomy_lost), REFERENDUM)


def test_power_sharing_works_later() -> None:
    """It is relied on only after it has lasted."""
    court = Court()
    court.months(1)
    court.polity.inclusion[0] = 0.9
    court.months(3)
    early = court.polity.shared[0]
    court.months(26)
    assert early < 0.5 < court.polity.shared[0]


def test_a_threat_of_leaving_rarely_ends_in_independence() -> None:
    def threat(court: Court) -> None:
        court.polity.status[0] = ANNOUNCED
        court.polity.vote[0] = 200

    courts = histories(threat)
    assert often(courts, SECESSION) <= 0.07
    assert 0.3 <= often(courts, VOTED) <= 0.8


def test_about_a_third_of_announced_votes_are_held_within_a_year() -> None:
    held = []
    for court in histories(autonomy_lost, months=80):
        for day, _, _ in court.events(REFERENDUM)[:1]:
            if day < 80 * MONTH - YEAR:
                held.append(any(day < vote <= day + YEAR for vote, _, _ in court.events(VOTED)))
    assert 0.2 <= np.mean(held) <= 0.5


def test_claims_name_their_reason() -> None:
    assert CAUSE_SHUT_OUT in causes(histories(nothing), CLAIM)


def test_a_region_that_does_not_hold_its_ground_announces_no_vote() -> None:
    def occupied(court: Court) -> None:
        autonomy_lost(court)
        court.violence.holder[2] = ARMY

    assert often(histories(occupied), REFERENDUM) == 0.0


def test_a_region_takes_autonomy_while_the_centre_cannot_stop_it() -> None:
    court = Court()
    court.polity.status[0] = CLAIMS
    collapse(court)
    court.months(1)
    court.months(26)
    assert court.polity.autonomy[0] > 0.3
    free = Court()
    free.months(27)
    assert free.polity.autonomy[0] == 0.0


def test_status_only_rises_but_for_votes_that_are_given_up() -> None:
    for luck, values in enumerate(draws(60, seed=11)):
        court = Court(values, luck)
        collapse(court)
        before = 0
        for _ in range(60):
            court.months(1, WAR)
            now = int(court.polity.status[0])
            assert now >= before or before == ANNOUNCED
            before = now


def test_a_region_takes_less_where_power_has_been_shared_for_some_time() -> None:
    taken = []
    for shared in (0.1, 0.9):
        court = Court()
        court.polity.inclusion[0] = shared
        court.months(1)
        court.violence.holder[0] = BAND
        court.months(12)
        taken.append(court.polity.autonomy[0])
    assert taken[0] > taken[1] > 0.0
