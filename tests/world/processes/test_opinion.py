"""Opinion: attention and shocks that fade, losses, weariness, false beliefs, and what presses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.world.chancellery import AID, AIR, GROUND, POLITICS
from tests.world.processes.court import PATRON, Court, domestic, draws, pressed, step_opinion
from tests.world.processes.small import values as table

COUNT = 150


def live(
    court: Court,
    weeks: int,
    shock: float = 0.0,
    loss: float = 0.0,
    success: float = 0.5,
    engaged: float = 0.0,
) -> np.ndarray:
    """Return salience and support by class, week by week; the shock comes in the first."""
    told = []
    for week in range(weeks):
        now = shock if week == 0 else 0.0
        step_opinion(court.powers, court.council, court.opinion, PATRON, now, loss, success, engaged)
        told.append([court.council.salience[PATRON], *court.council.support[PATRON]])
    return np.array(told)


def act(court: Court, kind: int, exposure: float) -> float:
    return float(domestic(court.powers, court.council, court.opinion, PATRON, kind, exposure))


def wait(court: Court) -> float:
    return float(pressed(court.powers, court.council, court.opinion, PATRON))


def test_attention_halves_in_ten_days() -> None:
    told = live(Court(), 7, shock=1.0)[:, 0]
    assert told[1:] / told[:-1] == pytest.approx(2 ** (-7 / 10))


def test_support_rises_with_a_shock_and_halves_in_about_two_months() -> None:
    rises, halves = [], []
    for values in draws(COUNT):
        air = live(Court(values), 52, shock=1.0)[:, 1 + AIR] - 0.5
        rises.append(air.max())
        halves.append(7 * int((air[air.argmax() :] > 0.5 * air.max()).sum()))
    assert 0.05 < np.median(rises) < 0.2
    assert 40 <= np.median(halves) <= 90


def test_support_never_moves_more_than_the_limit_in_four_weeks() -> None:
    for values in draws(COUNT, seed=2):
        court = Court(values)
        air = np.concatenate(
            [[0.5], live(court, 20, shock=1.0, loss=500.0, success=0.0, engaged=1.0)[:, 1 + AIR]]
        )
        assert abs(air[4:] - air[:-4]).max() <= court.opinion.swing_limit + 1e-9


def test_leaders_who_speak_against_action_take_from_a_shock() -> None:
    gains = {}
    for elite in (-1.0, 0.0, 1.0):
        court = Court()
        court.powers.elite[PATRON] = elite
        gains[elite] = live(court, 6, shock=1.0)[-1, 1 + AIR] - 0.5
    assert 0.0 < gains[-1.0] < gains[0.0] < gains[1.0]


def test_parties_differ_by_5_to_20_points_when_leaders_agree_and_43_to_62_when_they_are_divided() -> None:
    for polarised, low, high in ((0.0, 0.05, 0.2), (1.0, 0.43, 0.62)):
        for values in draws(40):
            court = Court({**values, "elite_cue": 1.0, "support_needed": 0.45, "domestic_weight": 0.5})
            court.powers.polarised[PATRON] = polarised
            court.powers.public[PATRON] = 1.0
            court.council.salience[PATRON] = 1.0
            sides = []
            for elite in (1.0, -1.0):
                court.powers.elite[PATRON] = elite
                sides.append(act(court, AIR, 0.0))
            assert low <= sides[0] - sides[1] <= high


def test_losses_cost_support_by_their_logarithm() -> None:
    lost = [0.5 - live(Court(), 60, loss=loss)[-1, 1 + AIR] for loss in (1.0, 10.0, 100.0)]
    assert 0.0 < lost[0] < lost[1] < lost[2]
    assert lost[2] - lost[1] == pytest.approx(lost[1] - lost[0], rel=0.35)


def test_a_weary_public_turns_on_fewer_losses() -> None:
    support = []
    for weary in (0.0, 1.0):
        court = Court()
        court.council.weary[PATRON] = weary
        support.append(live(court, 20, loss=5.0)[-1, 1 + GROUND])
    assert support[1] < support[0]


def test_belief_in_the_success_of_an_own_mission_carries_support_from_where_it_stood_when_it_began() -> None:
    def support(after: float, engaged: float) -> float:
        court = Court()
        live(court, 4, success=0.5)
        return float(live(court, 12, success=after, engaged=engaged)[-1, 1 + AIR])

    assert support(0.9, 1.0) > support(0.1, 1.0) + 0.1
    assert support(0.5, 1.0) == pytest.approx(support(0.5, 0.0))
    assert support(0.9, 0.0) == support(0.1, 0.0), "who takes no part has nothing to succeed or to fail in"


def test_a_situation_that_stays_as_it_is_moves_no_support() -> None:
    told = live(Court(), 52, success=0.95)[:, 1 + AIR]
    assert told == pytest.approx(told[0])
    court = Court()
    live(court, 1, success=0.95)
    assert live(court, 52, success=0.95, engaged=1.0)[:, 1 + AIR] == pytest.approx(told)


def test_the_next_shock_of_the_same_crisis_moves_support_less_and_one_long_after_as_much_again() -> None:
    def pushed(pause: int, memory: float = 18.0) -> float:
        """Return what a shock adds after one that went before, as a share of what that added."""
        court = Court(table(repeat_gain=0.5, repeat_memory=memory))
        live(court, 1, shock=1.0)
        first = float(court.council.push[PATRON])
        live(court, pause)
        before = float(court.council.push[PATRON])
        live(court, 1, shock=1.0)
        return (float(court.council.push[PATRON]) - before) / first

    assert 0.4 < pushed(104) < pushed(520) <= 1.0
    assert pushed(52, memory=1000.0) == pytest.approx(0.5, abs=0.06)


def test_most_of_a_jump_is_gone_half_a_year_later_over_the_whole_prior() -> None:
    left = []
    for values in draws(COUNT, seed=5):
        air = live(Court(values), 40, shock=1.0)[:, 1 + AIR] - 0.5
        left.append(air[3 + 26] / air[3])
    assert 0.03 < np.median(left) < 0.4
    assert np.mean(np.array(left) < 0.7) > 0.85


def test_a_false_belief_halves_in_about_three_years_and_later_where_divided() -> None:
    left = []
    for polarised in (0.0, 0.5, 1.0):
        court = Court()
        court.powers.polarised[PATRON] = polarised
        live(court, 157)
        left.append(court.council.misbelief[PATRON] / 0.45)
    assert left[1] == pytest.approx(0.5, abs=0.01)
    assert left[0] < left[1] < left[2]


def test_strikes_stay_more_popular_than_ground_war() -> None:
    told = live(Court(), 30, shock=0.7, loss=2.0)
    gap = told[:, 1 + AIR] - told[:, 1 + GROUND]
    assert ((gap > 0.15) & (gap < 0.38)).all()


def test_opinion_drives_into_limited_action_and_holds_back_from_ground_war() -> None:
    for values in draws(COUNT, seed=3):
        court = Court(values)
        court.council.salience[PATRON] = 0.8
        assert act(court, GROUND, 1.0) < 0.0 < act(court, AIR, 0.6) + 1e-9
        assert wait(court) < 0.0


def test_a_mere_majority_is_not_needed_for_limited_action() -> None:
    court = Court()
    court.council.support[PATRON] = 0.47
    court.council.salience[PATRON] = 0.5
    assert act(court, AIR, 0.5) > 0.0 > act(court, GROUND, 0.5)


def test_only_what_people_look_at_presses() -> None:
    loud, quiet = Court(), Court()
    loud.council.salience[PATRON], quiet.council.salience[PATRON] = 0.9, 0.0
    for court in (loud, quiet):
        court.council.support[PATRON] = 0.7
    assert act(quiet, AIR, 0.0) == 0.0 == wait(quiet)
    assert act(loud, AIR, 0.0) > 0.0 > wait(loud)
    assert act(quiet, AIR, 1.0) > 0.0, "visible action draws attention to itself"


def test_a_shock_makes_waiting_about_as_costly_as_three_times_the_chance_to_act() -> None:
    """At a choice sharpness of 6, utility worth log(1.5) to log(6)."""
    worth = []
    for values in draws(COUNT, seed=4):
        court = Court(values)
        court.powers.public[PATRON] = 1.0
        court.council.salience[PATRON] = 1.0
        court.council.support[PATRON] = court.opinion.support_needed
        worth.append(np.exp(-6.0 * wait(court)))
    assert 1.5 <= np.median(worth) <= 6.0


@pytest.mark.parametrize("change", ["no politics", "no public"])
def test_without_politics_or_public_nothing_presses(change: str) -> None:
    court = Court(table(politics=0.0) if change == "no politics" else None)
    if change == "no public":
        court.powers.public[PATRON] = 0.0
    court.council.salience[PATRON] = 1.0
    assert [act(court, kind, 1.0) for kind in (AID, AIR, GROUND, POLITICS)] == [0.0] * 4
    assert wait(court) == 0.0


@settings(max_examples=60, deadline=None)
@given(
    shocks=st.lists(st.floats(0, 1), min_size=1, max_size=30),
    loss=st.floats(0, 5000),
    success=st.floats(0, 1),
    elite=st.floats(-1, 1),
)
def test_all_shares_stay_shares(shocks: list[float], loss: float, success: float, elite: float) -> None:
    court = Court()
    court.powers.elite[PATRON] = elite
    for shock in shocks:
        step_opinion(court.powers, court.council, court.opinion, PATRON, shock, loss, success, 1.0)
    mind = court.council
    for values in (mind.salience, mind.misbelief, mind.weary, mind.support):
        assert ((values >= 0.0) & (values <= 1.0)).all()
    assert abs(mind.push[PATRON]) <= 2.0 * court.opinion.shock_gain + 1e-9
    for kind in (AID, AIR, GROUND, POLITICS):
        assert -1.0 <= act(court, kind, 1.0) <= 1.0


def test_a_public_gets_used_to_what_goes_on() -> None:
    """A war that shocks every week moves it at first; what exceeds the usual is news again."""
    court = Court()
    attention = []
    for week in range(60):
        shock = 0.9 if week == 59 else 0.4
        step_opinion(court.powers, court.council, court.opinion, PATRON, shock, 0.0, 0.5, 0.0)
        attention.append(court.council.salience[PATRON])
    assert attention[50] < 0.2 * max(attention[:4])
    assert attention[59] > 2.0 * attention[50]
    assert court.council.used[PATRON] == pytest.approx(0.4, abs=0.06)
