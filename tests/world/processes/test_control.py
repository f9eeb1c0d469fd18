"""Control: how far from home a force fights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from afternext.world import compile_scenario, events
from afternext.world.processes.control import set_odds
from afternext.world.realise import realise
from tests.world.toy import FORCES, incident, line, middle_row, play, stop

NOBODY = -1
GUARD = {"name": "Guard", "kind": "militia", "power": "council", "treats": {"hill": "own"}}
COUNCIL = {"council": {"name": "Council", "kind": "party", "goals": {"violence": {"target": 0}}}}
HOLLOW = {**FORCES["army"], "present": 0.3, "cohesion": 0.1}
ABROAD = {"country": "YY", "admin1": "abroad"}


def ready(crisis, **overrides: float) -> np.ndarray:
    """Return how readily each force fights at each place."""
    world = compile_scenario(crisis, days=30, overrides=overrides)
    return realise(world.blueprint, middle_row(world))[3].ready


def border(*, inside: bool) -> object:
    """Rebels behind a border, before a town whose army is hollow; ``inside``: some of them hide there."""
    presence = [
        {"place": "fort", "force": "rebels", "strength": 9_000},
        {"place": "ford", "force": "army", "strength": 300},
        {"place": "mill", "force": "army", "strength": 300},
    ]
    if inside:
        presence.append({"place": "mill", "force": "rebels", "strength": 20})
    return line(
        stop("fort", 30_000, holder="rebels", **ABROAD),
        stop("ford", 100_000, km=40.0),
        stop("mill", 60_000, km=40.0),
        forces={**FORCES, "army": HOLLOW},
        presence=presence,
    )


@pytest.mark.parametrize("inside", [False, True])
def test_an_insurgent_crosses_a_border_only_where_it_is_on_both_sides(inside: bool) -> None:
    told = [play(border(inside=inside), 200, calm=False, luck=k, stand_bias=50.0) for k in range(4)]
    begun = sum(int(np.isin(o.events["kind"], (events.ATTACK, events.RAIDED)).sum()) for o in told)
    assert (begun > 0) == inside


def test_who_was_taken_over_a_border_by_the_scenario_fights_there() -> None:
    crisis = border(inside=False)
    assert (ready(crisis)[1:, 1] == 0.0).all()
    told = crisis.model_copy(
        update={"incidents": line(stop("ford"), incidents=[incident("capture", "ford")]).incidents}
    )
    assert (ready(told)[:, 1] == 1.0).all()


def valley(**changes: object) -> object:
    """The guard's fort among its people, a village of theirs near by, one far off, and a town of others."""
    hill = {"shares": {"hill": 1.0}}
    return line(
        stop("fort", 20_000, holder="guard", **hill),
        stop("near", 20_000, km=10.0, holder="rebels", **hill),
        stop("far", 20_000, km=200.0, holder="rebels", **hill),
        stop("ford", 100_000, km=10.0, holder="rebels"),
        forces={**FORCES, "guard": GUARD},
        powers=COUNCIL,
        relations=[{"between": ["guard", "rebels"], "stance": "hostile"}],
        **changes,
    )


def test_a_local_force_fights_at_home_and_among_its_own_near_by() -> None:
    home, near, far, others = ready(valley(), home_reach=30.0, away_share=0.1)[:, 2]
    assert home == 1.0
    assert near == pytest.approx(0.1 + 0.9 * 2.0 ** (-1.0 / 3.0))
    assert far < 0.15
    assert others == pytest.approx(0.1)


def test_an_army_of_a_government_and_an_insurgent_fight_everywhere_in_their_country() -> None:
    assert (ready(valley())[:, :2] == 1.0).all()


def test_a_local_force_leaves_far_places_that_nobody_holds_to_others() -> None:
    def taken(share: float) -> float:
        told = line(
            stop("fort", 20_000, holder="guard", shares={"hill": 1.0}),
            stop("ford", 20_000, km=60.0, holder="nobody"),
            forces={**FORCES, "guard": GUARD},
            powers=COUNCIL,
            presence=[{"place": "fort", "force": "guard", "strength": 2_000}],
        )
        more = {"away_share": share, "home_reach": 10.0, "vacuum_days": 2.0}
        futures = [play(told, 20, calm=False, luck=k, **more) for k in range(12)]
        return float(np.mean([o.arrays["place_holder"][-1, 1] != NOBODY for o in futures]))

    assert taken(0.03) < taken(0.5)


def test_nobody_fears_an_army_that_has_just_run() -> None:
    world = compile_scenario(
        line(
            stop("city", 300_000, holder="rebels"),
            stop("ford", 200_000, km=60.0),
            presence=[
                {"place": "city", "force": "rebels", "strength": 100},
                {"place": "ford", "force": "army", "strength": 20_000},
            ],
        ),
        days=10,
    )

    def fear(nerve: float) -> float:
        state, _, _, facts, p = realise(world.blueprint, middle_row(world))
        state.violence.struck[:] = 0.0  # both have attacked today
        state.forces.nerve[0] = nerve
        network = world.blueprint.network
        set_odds(state.violence, state.forces, facts, network, state.defence, p.control, p.perception)
        return float(state.violence.front[0])

    assert fear(1.0) > 0.05
    assert fear(0.2) == pytest.approx(0.2 * fear(1.0))


def at(world: Any, day: int) -> Any:
    """Return state, facts and parameters at the end of a day of one future."""
    row = middle_row(world)
    _, state, _ = world._run(row, 1, 1, day)
    _, _, _, facts, p = realise(world.blueprint, row, 1, 1)
    return state, facts, p


def seen(
    *,
    fights: bool = False,
    next_door: bool = False,
    cohesion: float = 0.2,
    nerve: float = 1.0,
    **overrides: float,
) -> Any:
    """Return violence at the freeze: rebels near a town whose garrison is half on paper; it or the next one
    is stormed.
    """
    crisis = line(
        stop("fort", 30_000, holder="rebels"),
        stop("ford", 100_000, km=40.0),
        stop("mill", 60_000, km=40.0),
        forces={**FORCES, "army": {**FORCES["army"], "present": 0.5, "cohesion": cohesion}},
        presence=[
            {"place": "fort", "force": "rebels", "strength": 2_000},
            {"place": "ford", "force": "army", "strength": 1_000},
            {"place": "mill", "force": "army", "strength": 1_000},
        ],
    )
    still = {"cohesion_spread": 0.0, "repute": 0.6, **overrides}
    world = compile_scenario(crisis, days=10, overrides=still)
    state, _, _, facts, p = realise(world.blueprint, middle_row(world))
    state.forces.nerve[0] = nerve
    for place, on in ((1, next_door), (2, fights)):
        state.violence.fighter[place] = 1 if on else NOBODY
    set_odds(
        state.violence, state.forces, facts, world.blueprint.network, state.defence, p.control, p.perception
    )
    return state.violence


def test_people_take_a_garrison_for_what_it_looks_like_until_it_is_tried() -> None:
    weak, strong = seen(cohesion=0.2), seen(cohesion=0.9)
    assert weak.odds[2] > 2 * strong.odds[2]  # what it is worth
    assert weak.seen[2] == pytest.approx(strong.seen[2])  # what they see: uniforms and arms
    assert seen(repute=0.3).seen[2] > 1.5 * seen(repute=0.9).seen[2]


def test_people_see_what_a_stormed_garrison_is_worth_here_and_next_door() -> None:
    calm = seen()
    assert seen(fights=True).seen[2] == pytest.approx(seen(fights=True).odds[2])
    assert seen(next_door=True).seen[2] > 2 * calm.seen[2]
    # Next door half are there and stand firm: no better than 0.45 a man on paper, and better than 0.3.
    assert seen(next_door=True, cohesion=0.9, repute=0.3).seen[2] < 0.8 * seen(repute=0.3).seen[2]


def test_where_men_of_a_force_have_run_only_a_fight_shows_that_others_stand() -> None:
    ran = seen(nerve=0.2)
    assert ran.seen[2] > 3 * seen().seen[2]
    assert seen(nerve=0.2, next_door=True).seen[2] == pytest.approx(seen(next_door=True).seen[2])


def test_what_people_see_is_up_to_date_whenever_a_fight_begins_turns_or_ends() -> None:
    """On every day of a war on long roads what people see is what a fresh look would show, but for losses."""
    crisis = line(
        stop("fort", 30_000, holder="rebels"),
        stop("ford", 100_000, km=200.0),
        stop("mill", 60_000, km=200.0),
        presence=[
            {"place": "fort", "force": "rebels", "strength": 4_000},
            {"place": "ford", "force": "army", "strength": 1_500},
            {"place": "mill", "force": "army", "strength": 1_500},
        ],
        incidents=[
            incident("fighting", "ford", day=3, days=2, intensity=0.4),
            incident("attack", "ford", day=20, fighters=3_000),
        ],
    )
    world = compile_scenario(crisis, days=60, overrides={"attack_insurgent": 0.0, "repute": 0.3})
    stormed = 0
    for day in range(1, 60):
        state, facts, p = at(world, day)
        violence = state.violence
        kept = [violence.fighter[1], state.forces.raid[1], state.forces.siege[1], violence.holder[1]]
        before = violence.seen.copy()
        set_odds(
            violence, state.forces, facts, world.blueprint.network, state.defence, p.control, p.perception
        )
        if kept[0] >= 0 and kept[1] == 0 and kept[2] == 0 and kept[3] == 0:
            stormed += 1
        assert before == pytest.approx(violence.seen, rel=0.4)
    assert stormed > 2
