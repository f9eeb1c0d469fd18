"""Whatever happens in a world, in whatever order, its books balance.

A machine interferes, days go by, everything is counted; the long run lives 100,000 steps. That outbursts do
not depend on the step is in tests/world/test_step_length.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from afternext.world import compile_scenario
from afternext.world.future import World
from tests.house.tree import ROOT
from tests.reliability.living import KINDS, Living, worlds
from tests.reliability.record import record
from tests.world.toy import CALM, FORCES, incident, middle_row, toy

GOAL = 100_000  # steps of the long run
STEPS = {"lived": 0, "futures": 0, "scripted": 0, "committed": 0}
small = st.integers(0, 10_000)


@cache
def prepared() -> dict[str, World]:
    return worlds()


class World_(RuleBasedStateMachine):  # noqa: N801 - `World` is what lives in it
    """Interfere, let days pass, look at the books."""

    @initialize(name=st.sampled_from(("toy", "two-towns", "two-towns by halves")), seed=small, luck=small)
    def start(self, name: str, seed: int, luck: int) -> None:
        self.living = Living(prepared()[name], seed, luck)
        STEPS["futures"] += 1

    @rule(days=st.sampled_from((1, 1, 3, 10, 40, 120)))
    def live(self, days: int) -> None:
        STEPS["lived"] += self.living.live(days)

    @rule(
        kind=st.sampled_from(sorted(KINDS)),
        place=small,
        force=small,
        days=st.integers(1, 60),
        intensity=st.floats(0.0, 1.0),
    )
    def script(self, kind: str, place: int, force: int, days: int, intensity: float) -> None:
        self.living.script(kind, place, force, days, intensity)
        STEPS["scripted"] += 1

    @rule(place=small, force=small)
    def change_the_holder(self, place: int, force: int) -> None:
        self.living.script("capture", place, force, 1, 1.0)
        STEPS["lived"] += self.living.live(1)

    @precondition(lambda self: len(self.living.court.options.power))
    @rule(
        option=small,
        scale=st.sampled_from((0.0, 0.5, 1.0, 2.0)),
        delay=st.sampled_from((-1.0, 0.0, 30.0)),
        days=st.integers(1, 400),
    )
    def commit(self, option: int, scale: float, delay: float, days: int) -> None:
        self.living.commit(option, scale, delay, days)
        STEPS["committed"] += 1

    @rule(force=small, community=small, share=st.sampled_from((0.0, 0.5, 1.0)))
    def close_a_checkpoint(self, force: int, community: int, share: float) -> None:
        self.living.close(force, community, share)

    @rule(link=small)
    def cut_a_road(self, link: int) -> None:
        self.living.cut(link)

    @invariant()
    def books_balance(self) -> None:
        if hasattr(self, "living"):
            faults = self.living.faults()
            assert not faults, faults


def run(examples: int, rules: int, number: int = 0) -> None:
    given = settings(
        max_examples=examples,
        stateful_step_count=rules,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    run_state_machine_as_test(seed(number)(World_), settings=given)


def test_the_books_balance_whatever_happens() -> None:
    before = dict(STEPS)
    run(12, 25)
    gone = {name: STEPS[name] - before[name] for name in STEPS}
    assert gone["lived"] > 500
    assert min(gone["scripted"], gone["committed"]) > 0, "nobody interfered: the check checks nothing"


@pytest.mark.parametrize("wrong", ["people", "fighters", "materiel", "holder", "share", "counter", "total"])
def test_a_world_whose_books_are_cooked_is_found_out(wrong: str) -> None:
    living = Living(prepared()["two-towns"], 1, 1)
    living.live(20)
    assert not living.faults()
    state = living.state
    change: dict[str, Callable[[], None]] = {
        "people": lambda: np.add.at(state.people.residents, (0, 0), 1),
        "fighters": lambda: np.add.at(state.forces.recruited, 0, 1),
        "materiel": lambda: np.add.at(state.forces.materiel, (0, 0), 1),
        "holder": lambda: np.put(state.violence.holder, 0, 99),
        "share": lambda: np.put(state.violence.ruin, 0, 1.5),
        "counter": lambda: np.subtract.at(state.tally.newly, 0, 10**9),
        "total": lambda: np.add.at(state.people.hosted, (0, 0), 1),
    }
    change[wrong]()
    assert living.faults()


@pytest.mark.deep
def test_the_books_balance_over_100_000_steps() -> None:
    before, number, fault = dict(STEPS), 0, ""
    while STEPS["lived"] - before["lived"] < GOAL and not fault:
        number += 1
        try:
            run(20, 50, number)
        except Exception as error:
            fault = f"{type(error).__name__}: {str(error)[:300]}"
    gone = {name: STEPS[name] - before[name] for name in STEPS}
    told = (
        f"{gone['lived']:,} steps of {gone['futures']:,} futures, {gone['scripted']:,} acts of violence, "
        f"{gone['committed']:,} commitments, {fault or 'no counter-example'}"
    )
    record("books", told, met=not fault)
    assert not fault


# What the pages of docs/model say rises or falls with something, in the mean over futures of the same luck.
FUTURES = 40
BORDER = {**FORCES, "state": {"name": "State", "kind": "state"}}  # it holds the camp abroad


def mean(
    measure: str,
    days: int = 60,
    incidents: list | None = None,
    doors: tuple[str, float] | None = None,
    **overrides: float | str,
) -> float:
    """Mean over futures of a measure at the end, everything uncertain at its median.

    doors : a force, and the share of everybody that its checkpoints let through
    """
    changes = {"incidents": incidents or []}
    if doors is not None:
        force, share = doors
        admits = dict.fromkeys(("valley", "hill"), share)
        changes["forces"] = {**BORDER, force: {**BORDER[force], "admits": admits}}
        holders = dict.fromkeys(("ford", "mill", "port", "gate"), "army")
        holders |= {"fort": "rebels", "tents": "state"}
        changes["holders"] = [{"place": name, "holder": holder} for name, holder in holders.items()]
    world = compile_scenario(toy(**changes), days=days, overrides={**CALM, **overrides})
    row = middle_row(world)
    return float(np.mean([world.simulate(row, 1, luck).arrays[measure][-1] for luck in range(FUTURES)]))


def fighting(intensity: float = 0.6, days: int = 20) -> list:
    return [incident("fighting", "ford", day=3, days=days, intensity=intensity)]


def each(measure: str, *settings_: dict) -> list[float]:
    return [mean(measure, **one) for one in settings_]


# claim: (page of docs/model, +1 rises or -1 falls, the measure as something else goes up)
CLAIMS: dict[str, tuple[str, int, Callable[[], list[float]]]] = {
    "fiercer fighting drives out more": (
        "civilians",
        1,
        lambda: each("newly_displaced", *({"incidents": fighting(k)} for k in (0.1, 0.4, 0.9))),
    ),
    "longer fighting drives out more": (
        "civilians",
        1,
        lambda: each("newly_displaced", *({"incidents": fighting(0.3, k)} for k in (4, 15, 45))),
    ),
    "fiercer fighting kills more": (
        "civilians",
        1,
        lambda: each("dead", *({"incidents": fighting(k)} for k in (0.1, 0.4, 0.9))),
    ),
    "deadlier fighting kills more": (
        "civilians",
        1,
        lambda: each("dead", *({"incidents": fighting(), "death_rate": k} for k in (2e-6, 7.5e-6, 3e-5))),
    ),
    "who takes longer to leave has left later": (
        "movement",
        -1,
        lambda: each(
            "newly_displaced",
            *({"incidents": fighting(), "days": 6, "leave_days": k} for k in (0.5, 1.5, 5.0)),
        ),
    ),
    "the sooner people return where it is safe, the more are home": (
        "movement",
        1,
        lambda: each(
            "returned",
            *({"incidents": fighting(0.6, 8), "days": 150, "return_safe": k} for k in (0.0, 0.7, 2.5)),
        ),
    ),
    "the more a checkpoint lets through, the more are behind it": (
        "movement",
        1,
        lambda: each(
            "refugees_abroad",
            *({"incidents": fighting(0.9, 50), "doors": ("state", k)} for k in (0.0, 0.5, 1.0)),
        ),
    ),
    # The rebels' checkpoint is on the way to the fort, and on no way to the camp abroad.
    "the more a checkpoint lets through, the fewer go where it does not stand": (
        "movement",
        -1,
        lambda: each(
            "refugees_abroad",
            *({"incidents": fighting(0.9, 50), "doors": ("rebels", k)} for k in (0.0, 0.5, 1.0)),
        ),
    ),
}


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_the_model_answers_in_the_direction_that_its_pages_claim(claim: str) -> None:
    page, direction, values = CLAIMS[claim]
    assert (ROOT / "docs" / "model" / f"{page}.md").is_file()
    found = values()
    steps = direction * np.diff(found)
    assert (steps >= 0).all(), found
    assert direction * (found[-1] - found[0]) > 0.02 * max(abs(value) for value in found), found
