"""The nearest valid name to a word that is none, for hints."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

SHOWN = 8
MOST_NAMES = 1000  # compared; of more only those with the same first letter
LONGEST = 80  # characters of a word that are compared


def closest(word: str, valid: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the valid name most like a word, or None; case, blanks and hyphens do not count."""
    asked = _plain(word[:LONGEST])
    names = list(valid)
    if len(names) > MOST_NAMES:
        names = [name for name in names if name[:1] == word[:1]][:MOST_NAMES]
    plain = {_plain(name): name for name in names}

    def likeness(name: str) -> tuple[float, bool, bool]:
        # Swapped letters and a wrong middle are the usual slips: `esat` means east, not west.
        ratio = SequenceMatcher(None, asked, name).ratio()
        return ratio, sorted(name) == sorted(asked), name[:1] == asked[:1]

    near = get_close_matches(asked, plain, n=3, cutoff=cutoff)
    return plain[max(near, key=likeness)] if near else None


def nearest(word: str, valid: Iterable[str]) -> str:
    """Write a hint: the closest valid name, or else the first few that there are."""
    names = list(valid)
    if (near := closest(word, names)) is not None:
        return f"did you mean {near}?"
    return f"known: {', '.join(names[:SHOWN])}{', ...' if len(names) > SHOWN else ''}" if names else ""


def _plain(word: str) -> str:
    return word.lower().replace(" ", "_").replace("-", "_")
