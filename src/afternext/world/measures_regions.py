"""Displaced people by first administrative level, and in camps: what planners of relief ask on every date."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from afternext.world.measures_council import Measure, dated

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = "displaced_in_camps"
BLOCKS = (
    ("idps_in", "displaced people of the same country sheltering in"),
    ("refugees_in", "displaced people of another country sheltering in"),
    ("displaced_from", "displaced people from, those on the road not counted,"),
    ("returned_to", "displaced people come home since the freeze, cumulative, to"),
)


REGIONAL = (FIRST, *(f"{kind}_" for kind, _ in BLOCKS))  # how the names of all these measures begin


def region_ids(regions: Sequence[str]) -> list[str]:
    """Return what stands for each region in names of measures: Latin letters, digits; `nowhere` for none."""
    ids: list[str] = []
    for region in regions:
        plain = unicodedata.normalize("NFKD", region).encode("ascii", "ignore").decode().lower()
        word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "nowhere"
        twins = sum(other == word or other.startswith(f"{word}_no_") for other in ids)
        ids.append(f"{word}_no_{twins + 1}" if twins else word)
    return ids


def list_regions(regions: Sequence[str]) -> list[Measure]:
    """Return the measures of every region, in the order of ``measures.write_regions``."""
    found = [dated(FIRST, "persons", "displaced people sheltering in camps; the others are hosted")]
    for kind, meaning in BLOCKS:
        for name, region in zip(region_ids(regions), regions, strict=True):
            found.append(dated(f"{kind}_{name}", "persons", f"{meaning} {region or 'places of no region'}"))
    return found
