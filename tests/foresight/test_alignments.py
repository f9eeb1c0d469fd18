"""Alignments of a scenario and of a run: who is an actor, who speaks for whom, how shares are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import xarray as xr
from rich.console import Console

from afternext.ensemble.opened import Run
from afternext.foresight import terminal
from afternext.foresight.alignments import (
    STANCES,
    graded,
    measured_pairs,
    of_run,
    of_scenario,
    open_subject,
)
from afternext.scenario import Scenario, load
from afternext.scenario.schema import Force, Power, Relation


def crisis(relations: list[tuple[str, str, str]], **forces: str | None) -> Scenario:
    """The tutorial's map with other forces (id: power), powers and relations."""
    powers = dict.fromkeys([*(p for p in forces.values() if p), *(i for r in relations for i in r[:2])])
    return load("two-towns").model_copy(
        update={
            "forces": {
                ident: Force(name=ident.title(), kind="militia", power=power, strength=100)
                for ident, power in forces.items()
            },
            "powers": {
                ident: Power(name=ident.title(), kind="state") for ident in powers if ident not in forces
            },
            "relations": tuple(Relation(between=(a, b), stance=stance) for a, b, stance in relations),
            "presence": (),
        }
    )


def stance(found: Any, a: str, b: str) -> str:
    ids = [side.id for side in found.sides]
    return STANCES[int(found.stance[ids.index(a), ids.index(b)]) + 2]


def test_forces_with_relations_speak_for_their_powers() -> None:
    found = of_scenario(crisis([("army", "rebels", "hostile")], army="capital", rebels="council"))
    assert {side.id: side.stands_for for side in found.sides} == {
        "army": ("capital",),
        "rebels": ("council",),
    }
    assert found.minima[0].camps == (("army",), ("rebels",))
    assert found.apart == ()


def test_a_force_without_a_relation_stands_with_its_power() -> None:
    found = of_scenario(crisis([("east", "west", "rival")], army="east", navy="west"))
    assert {side.id: side.stands_for for side in found.sides} == {"east": ("army",), "west": ("navy",)}


def test_one_command_is_allied_unless_said_otherwise() -> None:
    enemies = [("rebels", name, "hostile") for name in ("army", "guard")]
    found = of_scenario(crisis(enemies, army="capital", guard="capital", rebels=None))
    assert stance(found, "army", "guard") == "allied"
    said = of_scenario(
        crisis([*enemies, ("army", "guard", "rival")], army="capital", guard="capital", rebels=None)
    )
    assert stance(said, "army", "guard") == "rival"


def test_what_no_relation_ties_to_the_others_is_left_apart() -> None:
    relations = [("a", "b", "hostile"), ("b", "c", "tacit"), ("x", "y", "allied"), ("a", "z", "neutral")]
    found = of_scenario(crisis(relations, a=None, b=None, c=None))
    assert [side.id for side in found.sides] == ["a", "b", "c"]
    assert set(found.apart) == {"x", "y", "z"}


def test_a_scenario_without_relations_has_no_sides() -> None:
    found = of_scenario(crisis([], army=None, rebels=None))
    assert (found.sides, found.minima, found.torn, found.tipping) == ((), (), (), ())
    assert found.apart == ("army", "rebels")
    said = StringIO()
    terminal.print_alignments(found, Console(file=said, width=100, no_color=True))
    assert "no two powers or forces have a relation" in said.getvalue()


def test_strength_is_a_share_of_the_largest_force_and_a_power_counts_one() -> None:
    scenario = crisis([("army", "rebels", "hostile"), ("army", "abroad", "allied")], army=None, rebels=None)
    forces = {**scenario.forces, "rebels": scenario.forces["rebels"].model_copy(update={"strength": 25.0})}
    scenario = scenario.model_copy(update={"forces": forces})
    assert {s.id: s.strength for s in of_scenario(scenario).sides} == {"abroad": 1, "army": 1, "rebels": 0.25}
    assert {s.strength for s in of_scenario(scenario, equal=True).sides} == {1.0}


def test_a_powers_capability_is_its_strength_once_it_has_one() -> None:
    scenario = crisis([("east", "west", "rival")])
    capable = SimpleNamespace(name="East", capability=0.3)
    scenario = scenario.model_copy(update={"powers": {**scenario.powers, "east": capable}})
    assert {s.id: s.strength for s in of_scenario(scenario).sides} == {"east": 0.3, "west": 1.0}


def test_the_unit_of_capability_does_not_matter() -> None:
    scenario = load("two-towns")
    powers = {
        ident: power.model_copy(update={"capability": 7.0 * float(scenario.center(power.capability))})
        for ident, power in scenario.powers.items()
    }
    found = of_scenario(scenario.model_copy(update={"powers": powers}))
    assert [side.strength for side in found.sides] == pytest.approx(
        [side.strength for side in of_scenario(scenario).sides]
    )


@pytest.mark.parametrize("name", ["two-towns", "iraq-2014", "iraq-2014-06-05"])
def test_shipped_scenarios_have_stable_sides(name: str) -> None:
    found = of_scenario(load(name))
    everybody = sorted(side.id for side in found.sides)
    for one in found.minima:
        assert sorted([*one.camps[0], *one.camps[1]]) == everybody
    energies = [one.energy for one in found.minima]
    assert energies == sorted(energies)
    assert energies[0] < 0


def test_the_army_and_the_insurgents_of_iraq_never_share_a_side() -> None:
    for equal in (False, True):
        found = of_scenario(load("iraq-2014"), equal)
        assert not any({"isf", "isis"} <= set(camp) for camp in found.minima[0].camps)


def test_values_go_to_the_nearest_stance() -> None:
    values = np.array([[-1.0], [-0.6], [-0.2], [0.1], [0.3], [0.74], [0.76], [1.0]])
    assert graded(values) == ((1 / 8, 1 / 8, 2 / 8, 2 / 8, 2 / 8),)
    first = np.zeros(8)
    first[0] = 1.0
    assert sorted(graded(values, first)[0]) == [0, 0, 0, 0, 1]


@dataclass
class FakeRun:
    """What a run with a strategic layer would give."""

    weights = None

    scenario: Scenario
    measures: xr.Dataset
    path: Path = Path("runs/fake")
    seed: int = 3
    futures: int = 4
    manifest: dict[str, Any] = field(
        default_factory=lambda: {"days": 400, "scenario": {"freeze": "2031-05-01", "id": "two-towns"}}
    )

    def measure(self, name: str) -> xr.DataArray:
        return self.measures[name]


def moving(names: list[str]) -> Run:
    days = np.arange(0, 401, 10)
    values = np.full((4, len(days)), -1.0)
    values[:2, 3:] = 0.5  # in two futures the two come to cooperate after 30 days
    arrays = dict.fromkeys(names, (("future", "date"), values))
    measures = xr.Dataset({**arrays, "displaced": (("future", "date"), values)}, {"day": ("date", days)})
    return cast(Run, FakeRun(load("two-towns"), measures))


def test_a_run_tells_in_how_many_futures_two_powers_stand_how() -> None:
    (found,) = of_run(moving(["alignment_government_front_council"]))
    assert found.between == ("government", "front_council")
    assert found.days[0] == 0
    assert found.dates[0].isoformat() == "2031-05-01"
    assert found.shares[0] == (1, 0, 0, 0, 0)
    assert found.shares[-1] == (0.5, 0, 0, 0.5, 0)
    assert found.to_dict()["shares"]["tacit"][-1] == 0.5
    said = StringIO()
    names = of_scenario(load("two-towns")).names
    terminal.print_moved([found], names, Console(file=said, width=130, no_color=True))
    assert "at the start" in said.getvalue()
    assert "The government – Council of the Front" in said.getvalue()


def test_how_two_powers_moved_fits_a_narrow_terminal_word_by_word() -> None:
    (found,) = of_run(moving(["alignment_government_front_council"]))
    said = StringIO()
    names = of_scenario(load("two-towns")).names
    terminal.print_moved([found], names, Console(file=said, width=80, no_color=True))
    assert "…" not in said.getvalue()
    assert all(stance in said.getvalue() for stance in ("hostile", "neutral", "allied"))
    assert max(map(len, said.getvalue().splitlines())) <= 80


def test_only_alignments_of_known_powers_are_read() -> None:
    assert of_run(moving(["alignment_government_nobody", "alignment_energy", "distortion_government"])) == ()
    assert measured_pairs(moving([])) == []


def test_a_name_that_is_no_run_is_a_scenario(tmp_path: Path) -> None:
    run, scenario = open_subject("two-towns")
    assert run is None
    assert scenario.id == "two-towns"
