"""Changes of hands of one place in the order in which they came, and what their rows say of the time before.

Rows of one day, or with dates that overlap, are put in the order in which each finds the holder that it
names. A row that names a holder before whom no earlier row brought shows a change that nobody recorded: the
days in which it may have come are doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from afternext.scenario.schema import NOBODY


@dataclass(frozen=True)
class Change:
    """A row of control.csv: its days, and the sides before and after (empty where they are not known)."""

    day: int
    first: int
    last: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """A place that changed hands, within the days that its date may mean."""

    day: int
    first: int
    last: int
    sides: tuple[str, ...]  # any of them holds it now; empty if the side is not known


def in_order(changes: Sequence[Change], holder: str) -> tuple[list[Shift], list[Change]]:
    """Shifts of a place from its changes, beginning with its holder at the freeze; and the changes whose
    side before came by a change that nobody recorded.
    """
    left = sorted(dict.fromkeys(changes), key=lambda change: change.day)
    held: tuple[str, ...] = (holder,)
    known = 0  # last day of which the holder is known
    found: list[Shift] = []
    odd: list[Change] = []
    while left:
        early = min(change.last for change in left)
        could = [change for change in left if change.first <= early]
        change = next((c for c in could if set(c.before) & set(held)), could[0])
        left.remove(change)
        asked = change
        later = [other.last for other in left]
        end = min([change.last, *later]) if later else change.last
        change = replace(change, day=min(change.day, end), last=max(end, min(change.day, end)))
        unseen = set(change.before) - {NOBODY}
        if unseen and held and NOBODY not in held and not unseen & set(held) and change.first - 1 > known:
            found.append(Shift(change.first - 1, known + 1, change.first, change.before))
            odd.append(asked)
        found.append(Shift(change.day, min(change.first, change.day), change.last, change.after))
        held, known = change.after, change.day
    return sorted(found, key=lambda shift: shift.day), odd
