"""Events: every kind has its sentence, and what a future logs can be told."""

from __future__ import annotations

import string

import numpy as np
import pytest

from afternext.world import DTYPE, KINDS, events, sentence
from tests.world.toy import incident, play, toy

PLACES = ["Ford", "Mill"]
FORCES = ["Army", "Rebels"]
FIELDS = {"place", "force", "other", "persons"}
POLITICAL = {"move", "towards", "scaled"}


def event(kind: int, **fields: int) -> np.void:
    row = np.zeros(1, dtype=DTYPE)[0]
    row["kind"] = kind
    for name, value in fields.items():
        row[name] = value
    return row


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: KINDS[kind].name)
def test_every_kind_of_event_has_a_sentence_of_known_fields(kind: int) -> None:
    used = {name for _, name, _, _ in string.Formatter().parse(KINDS[kind].sentence) if name}
    political = kind >= events.DECIDED
    assert used <= (FIELDS | POLITICAL if political else FIELDS)
    assert ("force" if political else "place") in used
    powers, moves = ("Court", "Council"), ("Talks",)
    text = sentence(event(kind, other=1, persons=12_345), PLACES, FORCES, powers, moves)
    assert ("Court" in text or "Council" in text) if political else "Ford" in text
    assert "{" not in text


def test_kinds_and_causes_are_numbered_once() -> None:
    numbers = {
        name: value for name, value in vars(events).items() if name.isupper() and isinstance(value, int)
    }
    causes = {value for name, value in numbers.items() if name.startswith("CAUSE_")}
    kinds = {value for name, value in numbers.items() if not name.startswith("CAUSE_")}
    assert kinds == set(KINDS)
    causes |= {events.CAUSE_AIM + k for k in range(len(events.AIM_WORDS))}
    assert causes == set(events.CAUSES)
    assert len({kind.name for kind in KINDS.values()}) == len(KINDS)


def test_a_sentence_names_force_and_place_and_its_cause() -> None:
    text = sentence(
        event(events.FALL, place=1, force=1, other=0, cause=events.CAUSE_SCENARIO), PLACES, FORCES
    )
    assert all(name in text for name in ("Mill", "Rebels", "Army"))
    assert text.endswith(f"({events.CAUSES[events.CAUSE_SCENARIO]})")
    assert "(" not in sentence(event(events.FALL, place=1), PLACES, FORCES)


def test_the_verb_agrees_with_the_name() -> None:
    row = event(events.DECIDED, force=1, cause=events.CAUSE_AIM, move=0, persons=100, other=-1)
    powers, moves = ("Court", "Parties"), ("Talks",)
    one, many = (sentence(row, PLACES, FORCES, powers, moves, plural) for plural in ((), ("Parties",)))
    assert one == 'Parties decides on "Talks" (for its own ground)'
    assert many == 'Parties decide on "Talks" (for their own ground)'


def test_a_number_of_nobody_reads_as_nobody() -> None:
    assert "nobody" in sentence(event(events.ATTACK, force=1, other=-1), PLACES, FORCES)


def test_large_numbers_are_told_with_separators() -> None:
    assert "12,345" in sentence(event(events.EXODUS, persons=12_345), PLACES, FORCES)


def test_a_busy_future_can_be_told_from_beginning_to_end() -> None:
    crisis = toy(
        incidents=[
            incident("announcement", "ford"),
            incident("fighting", "ford", day=5, days=10),
            incident("withdrawal", "mill", day=9, by="army"),
            incident("capture", "port", day=20),
        ]
    )
    future = play(crisis, 120, calm=False, attack_insurgent=0.05)
    told = [sentence(row, ["a"] * 6, FORCES) for row in future.events]
    assert {events.ANNOUNCED, events.ATTACK, events.WITHDRAWAL, events.FALL, events.EXODUS} <= set(
        future.events["kind"]
    )
    assert all(told)
    assert (np.diff(future.events["day"]) >= 0).all()
    assert future.events["day"][0] == pytest.approx(3.0)  # day 2 passes and its end is day 3
    assert (future.events["persons"] >= 0).all()
