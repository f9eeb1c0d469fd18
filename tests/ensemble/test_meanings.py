"""What an input means is said in words for people, the same everywhere."""

from __future__ import annotations

import re

import pytest

from afternext.ensemble.meanings import in_words, names_of, without_keys
from afternext.scenario import load
from afternext.world import compile_scenario

NAMES = {
    "sunni_arab": "Sunni Arabs",
    "isis": "ISIS",
    "army": "Iraqi army and police",
    "mosul_west": "Mosul west",
}


@pytest.mark.parametrize(
    ("column", "meaning", "said"),
    [
        ("forces.isis.treats.sunni_arab", "how A treats sunni_arab", "the treatment of Sunni Arabs by A"),
        ("forces.isis.treats.hill_people", "how A treats hill_people", "the treatment of hill people by A"),
        ("presence.mosul_west.isis", "strength of isis at mosul_west", "strength of ISIS at Mosul west"),
        ("forces.army.cohesion", "cohesion of Iraqi army and police", "cohesion of Iraqi army and police"),
        ("moves.air.effects.0.amount", "effect of Air on enemy_power", "effect of Air on enemy power"),
        ("forces.isis.garrisons", "", "forces · ISIS · garrisons"),
    ],
)  # fmt: skip
def test_keys_become_names(column: str, meaning: str, said: str) -> None:
    assert in_words(column, meaning, NAMES) == said


@pytest.mark.parametrize("case", ["two-towns", "iraq-2014", "mali-2012"])
def test_no_input_of_a_shipped_scenario_shows_a_key_to_people(case: str) -> None:
    scenario = load(case)
    names = names_of(scenario)
    told = {
        one.name: in_words(one.name, one.meaning, names)
        for one in compile_scenario(scenario, days=1).experiments
    }
    assert len(told) > 50
    shown = [said for said in told.values() if "_" in said or re.search(r"how .* treats", said)]
    assert shown == []
    treats = [said for name, said in told.items() if ".treats." in name]
    communities = [one.name for one in scenario.communities.values()]
    assert all(any(f"treatment of {name} by" in said for name in communities) for said in treats)


def test_a_key_in_a_text_is_told_by_name_or_without_its_underscores() -> None:
    text = "compare with help_late and enemy_power"
    assert without_keys(text, {"help_late": "“Help after a month”"}) == (
        "compare with “Help after a month” and enemy power"
    )
