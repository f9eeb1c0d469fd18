"""Uncertain inputs by what they are about, and by what it would take to learn more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afternext.scenario import Scenario

# What it takes to know more, the quickest first.
FACT, INTENT, EFFECT, BEHAVIOUR = (
    "facts on the ground",
    "what powers want and can",
    "what moves do",
    "how people and forces behave",
)
KINDS = (FACT, INTENT, EFFECT, BEHAVIOUR)


# What the rules of a process are about, by the part of the model that uses them.
RULES = {
    "compile": "what people are drawn to and flee from",
    "perception": "how news and alarm spread",
    "civilians": "who leaves, and when",
    "movement": "where people go",
    "control": "how ground changes hands",
    "clash": "how fighting goes",
    "posture": "how forces plan",
    "recovery": "how forces and towns recover",
    "attitudes": "how attitudes move",
    "defence": "how people take up arms",
    "opinion": "what publics abroad think",
    "alignment": "how powers come to stand to each other",
    "polity": "how the government holds or falls",
    "situation": "what powers know",
    "decisions": "how powers decide",
    "delivery": "how long help takes",
    "pressure": "what pressure from outside does",
}


@dataclass(frozen=True)
class Group:
    """Columns that are learnt together."""

    name: str
    kind: str
    columns: tuple[int, ...]


def kind_of(name: str, scenario: Scenario) -> str:
    """What it would take to know more of an input."""
    section = name.split(".")[0]
    if section == "powers":
        return INTENT
    if section == "moves":
        return EFFECT
    return FACT if "." in name or name in scenario.uncertainties else BEHAVIOUR


def group_of(name: str, scenario: Scenario) -> tuple[str, str]:
    """Key and plain name of the group of an input."""
    from afternext.world.parameters import read_parameters

    steps = name.split(".")
    if len(steps) == 1:
        if name in scenario.uncertainties:
            return name, scenario.uncertainties[name].meaning or name.replace("_", " ")
        row = read_parameters().get(name)
        process = (row.used_by if row else "").split(",")[0].split(";")[0].strip() or "rules"
        return f"rules of {process}", RULES.get(process, f"rules of {process}")
    section, entry = steps[0], steps[1]
    if section in ("forces", "powers", "moves", "communities"):
        known = getattr(scenario, section).get(entry)
        title = known.name if known is not None else entry
        told = {
            "forces": f"strength and state of {title}",
            "powers": f"aims and means of {title}",
            "moves": f"effect of {title}",
            "communities": f"size and ties of {title}",
        }[section]
        return f"{section}.{entry}", told
    if section == "places":
        return "places", "people of the towns"
    return section, {"polity": "state of the government"}.get(section, section)


def groups_of(names: Sequence[str], scenario: Scenario) -> tuple[Group, ...]:
    """Groups in the order of their first input."""
    members: dict[str, list[int]] = {}
    told: dict[str, tuple[str, str]] = {}
    for k, name in enumerate(names):
        key, title = group_of(name, scenario)
        members.setdefault(key, []).append(k)
        told.setdefault(key, (title, kind_of(name, scenario)))
    return tuple(Group(*told[key], tuple(columns)) for key, columns in members.items())
