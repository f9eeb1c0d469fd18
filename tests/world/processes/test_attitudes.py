"""Attitudes: fast and slow, own and other side, the lesser evil, and hope that learns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.world.processes.attitudes import new_standing
from tests.world.processes.small import ARMY, REBELS, YEAR, Small, values

SHUT_OUT = (0.8, 0.0)
CALM = {"harm_cost": 0.0, "atrocity": 0.0}


def tolerance(small: Small, force: int = REBELS, place: int = 0, community: int = 0) -> float:
    return float(small.attitudes.tolerance[place, community, force])


def confidence(small: Small, force: int = ARMY, place: int = 0, community: int = 0) -> float:
    return float(small.attitudes.confidence[place, community, force])


def feel(small: Small, days: int) -> Small:
    return small.go(days, defend=False)


@pytest.mark.parametrize(("rule", "sign"), [(1.0, 1), (-1.0, -1)])
def test_confidence_moves_twenty_to_thirty_points_a_year_either_way(rule: float, sign: int) -> None:
    small = Small(rule_government=rule, support_ordinary=0.5)
    feel(small, YEAR)
    assert 0.2 < sign * (confidence(small) - 0.5) < 0.3


def test_confidence_moves_less_the_nearer_it_is_to_what_the_rule_deserves() -> None:
    small = Small(rule_government=-1.0, support_ordinary=0.5)
    yearly = [confidence(small)] + [confidence(feel(small, YEAR)) for _ in range(4)]
    steps = -np.diff(yearly)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert yearly[-1] > 0.0


def test_nothing_changes_where_nobody_rules_and_nothing_happens() -> None:
    small = Small()
    small.violence.holder[:] = -1
    small.attitudes.held_by[:] = -1
    feel(small, 400)
    assert np.array_equal(small.attitudes.confidence[0], small.standing.base)
    assert small.attitudes.grievance.max() == 0.0
    assert small.attitudes.touched.max() == 0


def test_confidence_in_a_force_that_left_is_forgotten_within_years() -> None:
    small = Small(rule_government=1.0)
    feel(small, 2 * YEAR)
    high = confidence(small)
    small.violence.holder[:] = REBELS
    feel(small, YEAR)
    assert confidence(small) - 0.3 == pytest.approx(0.5 * (high - 0.3), rel=0.15)  # a half-life of a year


def test_harm_costs_confidence_and_leaves_a_grievance_for_a_decade() -> None:
    small = Small(rule_government=0.0, support_ordinary=0.5)
    small.beliefs.harm[:, ARMY] = 0.5
    feel(small, 180)
    harmed, grievance = confidence(small), float(small.attitudes.grievance[0, 0, ARMY])
    assert harmed < 0.4
    assert grievance > 0.03
    small.beliefs.harm[:] = 0.0
    feel(small, 3 * YEAR)
    assert confidence(small) > 0.5 * (harmed + 0.5)  # fast
    assert small.attitudes.grievance[0, 0, ARMY] > 0.75 * grievance  # slow


def test_more_harm_costs_more_but_never_more_than_all() -> None:
    left = []
    for harm in (0.0, 0.1, 0.4, 1.0, 50.0):
        small = Small()
        small.beliefs.harm[:, ARMY] = harm
        left.append(confidence(feel(small, 120)))
    assert left == sorted(left, reverse=True)
    assert left[-1] >= 0.0


@pytest.mark.parametrize("asymmetry", [1.5, 4.0, 10.0])
def test_the_same_harm_by_outsiders_costs_as_many_times_more(asymmetry: float) -> None:
    """Both forces mean the same danger here; only who they are differs (Lyall, Blair & Imai 2013)."""
    small = Small((("ordinary", "ordinary"), ("own", "ordinary")), asymmetry=asymmetry, harm_cost=0.02)
    small.facts.level[:] = 1.0
    small.violence.holder[:] = -1
    small.beliefs.harm[:] = 0.5
    before = small.standing.base.copy()
    feel(small, 29)
    lost = 1.0 - small.attitudes.confidence[0, 0] / before[0]
    assert lost[ARMY] / lost[REBELS] == pytest.approx(asymmetry, rel=0.1)


def test_who_is_shut_out_tolerates_the_insurgent_that_spares_it() -> None:
    shares = [tolerance(Small(exclusion=(x, 0.0))) for x in (0.0, 0.3, 0.6, 1.0)]
    assert shares[0] == pytest.approx(values()["support_ordinary"])  # what ordinary people think of any force
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.2


def test_where_nobody_is_shut_out_the_insurgent_never_had_it() -> None:
    assert tolerance(Small()) == tolerance(Small(lesser_evil=0.0))


def test_who_is_sought_out_sees_no_lesser_evil() -> None:
    gains = []
    for word in ("ordinary", "persecuted", "marked"):
        words = (("ordinary", "own"), (word, "persecuted"))
        gains.append(tolerance(Small(words, exclusion=SHUT_OUT)) - tolerance(Small(words)))
    assert gains[0] > 3 * gains[1] > 9 * gains[2] > 0.0


def test_trust_in_the_rulers_takes_the_lesser_evil_away() -> None:
    trusted = Small((("own", "own"), ("ordinary", "persecuted")), exclusion=SHUT_OUT)
    assert 0.0 < tolerance(trusted) - 0.3 < 0.5 * (tolerance(Small(exclusion=SHUT_OUT)) - 0.3)


def test_the_insurgents_own_rule_erodes_what_exclusion_gave_it() -> None:
    bad, good = (Small(exclusion=SHUT_OUT, rule_insurgent=rule, **CALM).fall(0) for rule in (-1.0, 0.5))
    start = tolerance(bad)
    feel(bad, YEAR)
    feel(good, YEAR)
    assert tolerance(bad) < start - 0.15
    assert tolerance(good) >= start - 0.02
    elsewhere = tolerance(bad, place=2)
    assert abs(elsewhere - start) < 0.1  # whom it does not rule, it does not lose


def test_the_insurgents_harm_erodes_it_as_well() -> None:
    small = Small(exclusion=SHUT_OUT)
    start = tolerance(small)
    small.beliefs.harm[0, REBELS] = 0.6
    feel(small, 180)
    assert tolerance(small) < start - 0.1


def test_without_the_lesser_evil_exclusion_only_lowers_the_rulers() -> None:
    small = Small(exclusion=(1.0, 0.0), lesser_evil=0.0)
    feel(small, YEAR)
    assert tolerance(small) <= 0.3 + 1e-9
    assert confidence(small) < 0.3


def test_what_is_done_to_a_community_is_felt_by_it_everywhere() -> None:
    small = Small(places=4).fall(0)
    feel(small, 60)
    assert small.attitudes.confidence[3, 1, REBELS] < 0.95 * small.standing.base[1, REBELS]
    assert small.attitudes.confidence[3, 0, REBELS] == pytest.approx(
        values()["support_ordinary"], abs=0.003
    )  # not the other community


def test_repeating_it_within_weeks_adds_less() -> None:
    def outrage(**changes: float) -> float:
        small = Small(places=8, atrocity=4.0, **changes).fall(0)
        feel(small, 1)
        first = float(small.attitudes.outrage[1, REBELS])
        small.fall(1)
        feel(small, 1)
        return float(small.attitudes.outrage[1, REBELS]) / first - 1.0

    assert 0.5 < outrage(repeat_share=0.2) < outrage(repeat_share=0.9) < outrage(repeat_share=1.0)


def test_hope_falls_with_places_nearby_and_less_with_distance() -> None:
    small = Small(places=4).fall(0)
    feel(small, 3)
    hope = small.attitudes.hope[:, 1]
    assert hope[0] < hope[1] < hope[2] < hope[3] < 0.4


def test_hope_rises_where_a_defence_held_nearby() -> None:
    small = Small().attack(0)
    feel(small, 3)
    small.repel(0)
    feel(small, 3)
    hope = small.attitudes.hope[:, 1]
    assert hope[0] > hope[1] > hope[2] > 0.4


def test_bad_news_for_one_is_no_news_for_whom_the_force_is_its_own() -> None:
    small = Small((("ordinary", "own"), ("own", "persecuted"))).fall(0)
    feel(small, 3)
    assert small.attitudes.hope[1, 0] > 0.39 > 0.35 > small.attitudes.hope[1, 1]


def test_a_place_taken_back_gives_hope_to_those_who_feared_its_holder() -> None:
    small = Small()
    small.violence.holder[0] = small.attitudes.held_by[0] = REBELS
    small.fall(0, ARMY)
    feel(small, 3)
    assert small.attitudes.hope[1, 1] > 0.42


def test_a_protector_gives_hope_as_far_as_it_is_accepted() -> None:
    small = Small(garrison=2_000)
    feel(small, YEAR)
    accepted, distrusted = small.attitudes.hope[0, 1], small.attitudes.hope[0, 0]
    assert accepted > distrusted > 0.4


def test_hope_is_no_trait_it_comes_back_to_the_same_level_for_all() -> None:
    small = Small((("ordinary", "ordinary"), ("own", "persecuted")), places=2).fall(0)
    feel(small, 10)
    assert abs(small.attitudes.hope[1, 0] - small.attitudes.hope[1, 1]) > 0.05
    feel(small, 12 * YEAR)
    assert np.allclose(small.attitudes.hope, 0.4, atol=0.01)


def test_siding_is_the_mean_over_residents() -> None:
    small = Small(exclusion=SHUT_OUT)
    small.people.residents[0] = (90_000, 10_000)
    feel(small, 30)
    attitudes = small.attitudes
    expected = (0.9 * attitudes.tolerance[0, 0] + 0.1 * attitudes.tolerance[0, 1]).tolist()
    assert attitudes.siding[0].tolist() == pytest.approx(expected)


def test_a_government_rules_the_shut_out_worse_and_a_persecutor_worst() -> None:
    flags = np.array([1, 0], dtype=np.uint8)
    standing = new_standing(
        (("ordinary", "persecuted"), ("own", "marked")), 1 - flags, flags, np.array([0.5, 0.0]), values()
    )
    assert standing.rule[0, 0] < values()["rule_government"]
    assert standing.rule[:, 1].tolist() == [-1.0, -1.0]
    assert standing.blame[1, 0] < standing.blame[0, 0] == 1.0


def test_what_was_polled_takes_the_place_of_what_a_word_stands_for() -> None:
    flags = np.array([1, 0], dtype=np.uint8)
    words = (("persecuted", "own"), ("ordinary", "ordinary"))
    polled = np.array([[0.3, np.nan], [np.nan, np.nan]])
    standing = new_standing(words, 1 - flags, flags, np.zeros(2), values(), polled)
    table = values()
    assert standing.base[0].tolist() == [0.3, table["support_ordinary"]]
    assert standing.base[1].tolist() == [table["support_own"], table["support_ordinary"]]


def test_a_quiet_place_ends_where_a_busy_one_does() -> None:
    """Turns every four weeks and every week are the same to the mind."""
    quiet, busy = Small(), Small()
    quiet.beliefs.awake[:] = 0
    for small in (quiet, busy):
        feel(small, YEAR)
    assert quiet.attitudes.confidence == pytest.approx(busy.attitudes.confidence, abs=0.02)


def test_the_step_length_does_not_matter() -> None:
    def after(per_day: int) -> np.ndarray:
        small = Small(exclusion=SHUT_OUT, per_day=per_day).fall(0)
        small.beliefs.harm[0] = 0.4
        feel(small, 200)
        return np.concatenate([small.attitudes.tolerance.ravel(), small.attitudes.hope.ravel()])

    assert after(4) == pytest.approx(after(1), rel=0.1, abs=1e-3)


def test_the_order_of_places_does_not_matter() -> None:
    """Two towns fall on one day; a third hears of both, from whichever side."""
    small = Small(places=3).fall(0).fall(2)
    feel(small, 4)
    assert small.attitudes.hope[0].tolist() == pytest.approx(small.attitudes.hope[2].tolist(), abs=0.01)


@settings(max_examples=40)
@given(
    harm=st.floats(0.0, 100.0),
    exclusion=st.floats(0.0, 1.0),
    rules=st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)),
    words=st.lists(
        st.sampled_from(("own", "spared", "ordinary", "persecuted", "marked")), min_size=4, max_size=4
    ),
    fallen=st.sets(st.integers(0, 2)),
    days=st.integers(1, 900),
)
def test_everything_stays_between_nothing_and_all(harm, exclusion, rules, words, fallen, days) -> None:
    small = Small(
        (words[:2], words[2:]),
        exclusion=(exclusion, 1.0),
        rule_government=rules[0],
        rule_insurgent=rules[1],
        lesser_evil=1.0,
        atrocity=10.0,
    )
    small.beliefs.harm[:] = harm
    for place in fallen:
        small.fall(place)
    feel(small, days)
    for name in ("confidence", "grievance", "tolerance", "siding", "hope"):
        array = getattr(small.attitudes, name)
        assert np.isfinite(array).all(), name
        assert array.min() >= 0.0, name
        assert array.max() <= 1.0 + 1e-12, name
