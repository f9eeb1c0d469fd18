"""Treasury: insurgents live on money and willing people, are hunted where they hide, and end."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world import events
from afternext.world.future import Outcome
from tests.world.toy import FORCES, line, play, stop

QUIET = {  # nobody starts a fight
    **{"attack_insurgent": 0.0, "attack_regular": 0.0, "relapse_rate": 0.0, "offensive_rate": 0.0}
}
YEAR = 365


def town(
    rebels: int = 900,
    holder: str = "army",
    days: int = 2 * YEAR,
    luck: int = 1,
    others: int = 0,
    **more: float,
) -> Outcome:
    """Rebels in a town of 100,000 that the army holds, or that they hold; ``others`` stand before them."""
    presence = [
        {"place": "ford", "force": "rebels", "strength": rebels},
        {"place": "port", "force": "army", "strength": 5_000},
    ]
    if holder == "army":
        presence.append({"place": "ford", "force": "army", "strength": 3_000})
    crisis = line(
        stop("ford", 100_000, holder=holder, shares={"valley": 0.2, "hill": 0.8}),
        stop("port", 50_000, km=300.0),
        presence=presence,
        forces={**{f"other{k}": {"name": f"Other {k}", "kind": "state"} for k in range(others)}, **FORCES},
    )
    return play(crisis, days, calm=False, luck=luck, **{**QUIET, **more})


def men(outcome: Outcome) -> float:
    return float(outcome.arrays["strength_rebels"][-1])


def ended(**more: float) -> int:
    """Futures of eight in which the force dissolves."""
    return sum(
        bool((town(luck=k, **more).events["kind"] == events.DISSOLVED).any())  # type: ignore[arg-type]
        for k in range(8)
    )


def test_hidden_fighters_are_picked_off_where_an_enemy_rules() -> None:
    still = {"growth_rate": 0.0, "disband_rate": 1e-9}
    assert men(town(police_rate=0.35, **still)) < 0.9 * men(town(police_rate=1e-9, **still))
    held = [men(town(holder="rebels", police_rate=rate, **still)) for rate in (0.35, 1e-9)]
    assert held[0] == held[1]


def test_a_force_without_money_shrinks() -> None:
    poor = {"tax_yield": 0.01, "sponsor_half_life": 0.1, "growth_rate": 0.0, "disband_rate": 1e-9}
    assert men(town(unpaid_quit=0.1, **poor)) < 0.5 * men(town(unpaid_quit=1e-9, **poor))


@pytest.mark.parametrize("others", [0, 1, 5])
def test_what_a_force_lives_on_does_not_depend_on_its_number(others: int) -> None:
    """It pays as many as at the start: from people, and from sponsors what these do not yield in a month."""
    steady = {"sponsor_half_life": 1e6, "attitude_speed": 1e-9, "harm_cost": 0.0, "unpaid_quit": 0.5}
    still = {"growth_rate": 0.0, "rot_hollow": 1e-9, "rot_cohesive": 1e-9, "cohesion_spread": 0.0}
    assert men(town(holder="rebels", others=others, **steady, **still)) > 0.95 * 900


def test_money_pays_for_growth_and_the_willing_bound_it() -> None:
    rich = {
        "holder": "rebels",
        "tax_yield": 50.0,
        "growth_rate": 0.12,
        "rot_hollow": 1e-9,
        "rot_cohesive": 1e-9,
    }
    grown = men(town(willing_share=0.05, **rich))  # type: ignore[arg-type]
    assert grown > 1.5 * 900
    assert men(town(willing_share=0.001, **rich)) < 1.4 * 900  # type: ignore[arg-type] # before its first payday
    assert men(town(willing_share=0.05, **{**rich, "tax_yield": 0.01})) < grown  # type: ignore[arg-type]


def test_who_has_served_and_left_is_not_replaced_at_once() -> None:
    tired = {"holder": "rebels", "tax_yield": 50.0, "willing_share": 0.02, "growth_rate": 0.12}
    tired |= {"days": 5 * YEAR, "rot_hollow": 0.06, "rot_cohesive": 0.06}
    assert men(town(spent_half_life=50.0, **tired)) < men(town(spent_half_life=0.1, **tired))  # type: ignore[arg-type]


def test_a_small_force_that_holds_nothing_dissolves_and_its_men_go_home() -> None:
    small = {"rebels": 200, "days": 4 * YEAR, "disband_rate": 2.0, "growth_rate": 0.0}
    assert ended(**small) == 8
    outcome = town(**small)  # type: ignore[arg-type]
    assert men(outcome) == 0
    gone = outcome.events[outcome.events["kind"] == events.DISSOLVED]
    assert (gone["persons"] > 0).all()


def test_a_force_that_holds_ground_does_not_dissolve() -> None:
    assert ended(rebels=200, days=4 * YEAR, disband_rate=2.0, growth_rate=0.0, holder="rebels") == 0  # type: ignore[arg-type]


def test_a_large_force_dissolves_only_after_a_year_without_a_fight() -> None:
    large = {"rebels": 2_500, "disband_size": 300.0, "disband_rate": 5.0}
    outcome = town(days=4 * YEAR, **large)  # type: ignore[arg-type]
    days = outcome.events["day"][outcome.events["kind"] == events.DISSOLVED]
    assert len(days) == 1
    assert days[0] > YEAR


def test_people_and_fighters_are_conserved_when_a_force_dissolves() -> None:
    outcome = town(rebels=200, days=4 * YEAR, disband_rate=2.0)
    a = outcome.arrays
    people = sum(a[name].astype(float) for name in ("residents", "displaced", "settled_for_good", "dead"))
    people += a["defenders"] + a["defenders_lost"] + a["fighters"] + a["fighters_killed"]
    assert np.ptp(people) == 0
