"""Alignment: strange bedfellows under a common threat, who part again; price, balance, truces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from afternext.world.events import CAUSE_MOVES, CAUSE_RECEDED, CAUSE_SHARED_ENEMY, PARTED, TACIT
from tests.world.processes.court import (
    ARMY,
    BAND,
    GUARD,
    MILITIA,
    PATRON,
    REBELS,
    REGION,
    RIVAL,
    STATE,
    WEEK,
    Court,
    draws,
    step_alignment,
)

COUNT = 150
MONTH_DAYS = 30.4375
LONG = 150  # weeks


def live(court: Court, weeks: int, *, attacked: bool = True) -> None:
    for _ in range(weeks):
        if attacked:
            court.violence.struck[BAND] = court.step
        step_alignment(
            court.powers,
            court.council,
            court.facts,
            court.violence,
            court.pressure,
            court.alignment,
            court.log,
            court.step,
            court.per_day,
        )
        court.step += WEEK * court.per_day


def enemies(values: dict[str, float], history: float, price: float) -> Court:
    """A patron and a rival that are hostile by history; the patron's public half looks on."""
    court = Court(values)
    for matrix in (court.powers.history, court.council.alignment):
        matrix[PATRON, RIVAL] = matrix[RIVAL, PATRON] = history
    court.powers.price[PATRON, RIVAL] = price
    court.council.salience[PATRON] = 0.3
    return court


def histories(ground: float, centre: float, weeks: int = 26) -> dict[str, Any]:
    """Many pairs from rivals to enemies, under a threat of half a year that then recedes."""
    rng = np.random.default_rng(1)
    lags, lengths = [], []
    for values in draws(COUNT, seed=9):
        court = enemies(values, -rng.uniform(0.5, 1.0), rng.uniform(0.2, 0.9))
        court.threaten(ground, centre)
        live(court, weeks)
        court.threaten(0.0, 1.0)
        live(court, LONG, attacked=False)
        met, left = court.events(TACIT), court.events(PARTED)
        if met:
            lags.append(met[0][0])
            lengths.append(((left[0][0] if left else np.inf) - met[0][0]) / MONTH_DAYS)
    return {"chance": np.mean([*(lag <= 183 for lag in lags), *[0] * (COUNT - len(lags))]), "lags": lags,
            "lengths": lengths}  # fmt: skip


@pytest.fixture(scope="module")
def urgent() -> dict[str, Any]:
    return histories(ground=0.2, centre=0.5)


def test_half_of_hostile_pairs_look_away_under_an_urgent_common_threat(urgent: dict[str, Any]) -> None:
    assert 0.2 <= urgent["chance"] <= 0.7


def test_it_takes_them_about_75_days(urgent: dict[str, Any]) -> None:
    assert 45 <= np.median(urgent["lags"]) <= 110
    assert np.quantile(urgent["lags"], 0.95) <= 180


def test_they_part_within_months_after_the_threat_recedes(urgent: dict[str, Any]) -> None:
    assert 3 <= np.median(urgent["lengths"]) <= 14
    assert np.isfinite(urgent["lengths"]).mean() > 0.9


def test_without_a_common_threat_hardly_any_look_away() -> None:
    assert histories(ground=0.02, centre=1.0)["chance"] < 0.05


def test_enemies_meet_less_often_than_rivals_and_a_price_at_home_keeps_them_apart() -> None:
    met = {}
    for history, price in ((-0.5, 0.0), (-1.0, 0.0), (-1.0, 1.0)):
        count = 0
        for values in draws(COUNT, seed=3):
            court = enemies(values, history, price)
            court.threaten(0.2, 0.5)
            live(court, 26)
            count += court.council.tacit[PATRON, RIVAL]
        met[history, price] = count / COUNT
    assert met[-0.5, 0.0] > met[-1.0, 0.0] > met[-1.0, 1.0]


def test_hostile_history_never_becomes_alliance() -> None:
    for values in draws(40, seed=5):
        court = enemies(values, -0.5, 0.0)
        court.threaten(0.4, 0.0)
        live(court, 200)
        assert court.council.alignment[PATRON, RIVAL] <= court.alignment.tacit_cap + 1e-9
        assert court.powers.history[PATRON, RIVAL] == -0.5


def test_events_name_the_common_enemy_and_the_receding_threat() -> None:
    court = enemies(next(draws(1, seed=9)) | {"threat_pull": 1.2}, -0.5, 0.0)
    court.threaten(0.2, 0.3)
    live(court, 40)
    court.threaten(0.0, 1.0)
    live(court, LONG, attacked=False)
    assert [cause for _, cause, _ in court.events(TACIT)] == [CAUSE_SHARED_ENEMY]
    assert [cause for _, cause, _ in court.events(PARTED)] == [CAUSE_RECEDED]


def test_moves_can_bring_two_together_and_apart() -> None:
    court = enemies({}, -0.5, 0.0)
    court.pressure.align[PATRON, RIVAL] = 1.6
    live(court, 60)
    court.pressure.align[PATRON, RIVAL] = -0.5
    live(court, 60)
    assert court.events(TACIT)[0][1] == court.events(PARTED)[0][1] == CAUSE_MOVES


def test_an_enemys_enemy_counts_only_as_the_smaller_danger() -> None:
    court = Court()
    court.threaten(0.3, 0.2)
    live(court, 30)
    assert court.council.alignment[STATE, REBELS] < -0.9


def test_alignment_is_symmetric_bounded_and_at_rest_without_threats() -> None:
    court = Court()
    live(court, 30, attacked=False)
    assert court.council.alignment == pytest.approx(court.powers.history)
    court.threaten(0.5, 0.0)
    live(court, 100)
    assert (court.council.alignment == court.council.alignment.T).all()
    assert (abs(court.council.alignment) <= 1.0).all()


def test_a_friend_of_a_new_friend_is_pulled_a_little() -> None:
    """The state is allied to the rival; the patron comes closer to the rival and so to the state."""
    ends = []
    for pull in (0.0, 0.1):
        court = Court()
        court.alignment = court.alignment._replace(balance_pull=pull)
        court.pressure.align[PATRON, RIVAL] = court.pressure.align[RIVAL, PATRON] = 0.6
        live(court, 60, attacked=False)
        ends.append(court.council.alignment[PATRON, STATE])
    assert ends[0] == pytest.approx(0.3)
    assert 0.0 < ends[1] - ends[0] < 0.1


def test_forces_stop_fighting_when_their_powers_come_to_terms_and_fight_when_they_fall_out() -> None:
    court = Court()
    assert court.facts.hostility[GUARD, MILITIA] == 0.2
    court.pressure.align[REGION, RIVAL] = court.pressure.align[RIVAL, REGION] = -1.5
    live(court, 60, attacked=False)
    assert court.facts.hostility[GUARD, MILITIA] == 1.0
    court.pressure.align[REGION, RIVAL] = court.pressure.align[RIVAL, REGION] = 0.0
    live(court, 200, attacked=False)
    assert court.facts.hostility[GUARD, MILITIA] == 0.2
    assert court.facts.hostility[ARMY, BAND] == 1.0


def test_a_common_enemy_keeps_rivals_from_opening_a_second_front() -> None:
    """Fallen out as before; but while the rebels threaten both, their forces do not fight each other."""
    fights = []
    for threat in (0.0, 0.9):
        court = Court()
        court.threaten(threat, 1.0 - threat)
        court.council.alignment[REGION, RIVAL] = court.council.alignment[RIVAL, REGION] = -0.9
        court.pressure.align[REGION, RIVAL] = court.pressure.align[RIVAL, REGION] = -1.5
        live(court, 1, attacked=threat > 0.0)
        fights.append(court.facts.hostility[GUARD, MILITIA])
    assert fights == [1.0, 0.2]


@pytest.mark.parametrize(("share", "hostility"), [(0.3, 1.0), (0.7, 0.3), (1.0, 0.0)])
def test_a_truce_of_half_or_more_ends_the_fighting(share: float, hostility: float) -> None:
    court = Court()
    court.pressure.truce[ARMY, BAND] = share
    live(court, 1)
    assert court.facts.hostility[ARMY, BAND] == pytest.approx(hostility)
    assert court.facts.hostility[BAND, ARMY] == pytest.approx(hostility)


def test_the_length_of_a_step_does_not_matter() -> None:
    ends = []
    for per_day in (1, 4):
        court = Court(per_day=per_day)
        court.threaten(0.2, 0.4)
        live(court, 20)
        ends.append(court.council.alignment.copy())
    assert ends[0] == pytest.approx(ends[1], abs=0.01)


def test_a_state_outside_the_crisis_threatens_nobody() -> None:
    court = enemies(next(draws(1, seed=9)), -1.0, 0.0)
    court.threaten(0.2, 0.5)
    court.violence.holder[3] = MILITIA
    live(court, 1)
    assert court.council.threat[PATRON, RIVAL] > 0.0
    court.facts.mobile[MILITIA] = 0
    live(court, 1)
    assert court.council.threat[PATRON, RIVAL] == 0.0
