"""What a map shows on one day, read from a run; and which places stand too close to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from afternext.brief.access import (
    Floats,
    Holding,
    RunLike,
    days_along,
    has,
    holding,
    median_of,
    nearest,
    places_in_order,
    stored_day,
    values,
)
from afternext.brief.layers import Ribbon
from afternext.brief.stage import Box, Stage, build
from afternext.brief.words import after

MOST_RIBBONS, LEAST_RIBBON = 9, 0.08  # how many, and at least this share of the largest
CLOSER_LOOKS = 2
CLOSE, CROWD = (
    0.0135,
    0.11,
)  # shares of the map's width: places so close are one crowd, which is at most so wide
ALONE = 0.1  # of the map's width: a place with no larger one so near is named before others
MANY = 5  # so many places close together are a crowd even if they are different towns
LEAST_LOOK = 8.0  # km from the middle of a closer look to its edge, at least


@dataclass(frozen=True)
class Scene:
    """One day of all futures, or of one."""

    day: int
    held: Holding
    displaced: Floats
    ribbons: tuple[Ribbon, ...]

    @property
    def biggest(self) -> float:
        return max(float(self.displaced.max(initial=0)), 1.0)

    @property
    def widest(self) -> float:
        return max((ribbon.persons for ribbon in self.ribbons), default=1.0)


def stage_of(run: RunLike) -> Stage:
    """The ground of a run's maps; build it once and hand it to every map."""
    return build(run.scenario, places_in_order(run))


def read_scene(run: RunLike, stage: Stage, day: int, future: int | None) -> Scene:
    """Holders over futures; medians of displaced people by place and of moves between governorates."""
    here = median_of(run, values(run, "place_idps", day, future) + values(run, "place_refugees", day, future))
    return Scene(
        stored_day(run, day), holding(run, day, future), here, _ribbons(run, stage, day, future, here)
    )


def _ribbons(run: RunLike, stage: Stage, day: int, future: int | None, here: Floats) -> tuple[Ribbon, ...]:
    """The largest moves between governorates at the horizon nearest to the day, when one is near."""
    if not has(run, "flow_displaced"):
        return ()
    days = days_along(run, "horizon")
    if len(days) == 0 or abs(int(days[nearest(days, day)]) - day) > max(3, 0.1 * day):
        return ()
    flow = median_of(run, values(run, "flow_displaced", day, future))
    origins, refuges = (list(map(str, run.measures[dim].values)) for dim in ("origin", "refuge"))
    homes = np.array([place.population for place in stage.places], dtype=float)
    moves = [
        (float(flow[a, b]), x, y) for a, x in enumerate(origins) for b, y in enumerate(refuges) if x != y
    ]
    moves.sort(reverse=True)
    out = []
    for persons, origin, refuge in moves[:MOST_RIBBONS]:
        if not persons >= max(1.0, LEAST_RIBBON * moves[0][0]):  # too few, or too few futures for a median
            break
        start, end = _middle(stage, origin, homes), _middle(stage, refuge, here)
        if start is not None and end is not None:
            out.append(Ribbon(start, end, persons))
    return tuple(out)


def _middle(stage: Stage, admin1: str, weight: Floats) -> Floats | None:
    """The place in the weighted middle of a governorate; None when the scenario has no place there."""
    member = np.array([place.admin1 == admin1 for place in stage.places])
    if not member.any():
        return None
    spots = stage.spots[member]
    middle = np.average(spots, axis=0, weights=weight[member] + 1.0)
    return np.asarray(spots[int(np.argmin(np.hypot(*(spots - middle).T)))])


@dataclass(frozen=True)
class Crowd:
    """Places too close to tell apart on the main map: one name there, and a closer look beside it."""

    name: str
    members: tuple[int, ...]
    view: Box
    people: float


def crowds(stage: Stage) -> list[Crowd]:
    """The most populous groups of inhabited places within a hair of each other, grown from the largest."""
    wide = stage.view[2] - stage.view[0]
    people = np.array([place.population for place in stage.places], dtype=float)
    free = [int(i) for i in np.argsort(-people, kind="stable") if stage.home[i] and people[i] > 0]
    out = []
    while free:
        members = [free.pop(0)]
        grown = True
        while grown:
            grown = False
            for i in list(free):
                gaps = np.hypot(*(stage.spots[members] - stage.spots[i]).T)
                if gaps.min() < CLOSE * wide and gaps.max() < CROWD * wide:
                    members.append(i)
                    free.remove(i)
                    grown = True
        stems = [_stem(stage.places[i].name) for i in members]
        # Parts of one city need a closer look; two neighbouring towns can still be named apart.
        if len(members) >= MANY or len(set(stems)) < len(stems):
            out.append(_crowd(stage, members))
    return sorted(out, key=lambda one: -one.people)[:CLOSER_LOOKS]


def _crowd(stage: Stage, members: Sequence[int]) -> Crowd:
    first = stage.places[members[0]].name
    kin = [stage.places[i].name for i in members if _stem(stage.places[i].name) == _stem(first)]
    name = _shared(kin) if len(kin) > 1 else first
    spots = stage.spots[list(members)]
    middle = (spots.min(axis=0) + spots.max(axis=0)) / 2
    half = max(0.72 * float(np.ptp(spots, axis=0).max()), LEAST_LOOK)
    view = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
    people = sum(stage.places[i].population for i in members)
    return Crowd(name, tuple(members), view, float(people))


def _stem(name: str) -> str:
    """First word of a name: parts of one city share it."""
    words = name.replace(",", " ").replace(":", " ").split()
    return words[0] if words else name


def _shared(names: Sequence[str]) -> str:
    """The words that names have in common at their beginning."""
    common = []
    for words in zip(*(name.split() for name in names), strict=False):
        if len({word.strip(",:") for word in words}) > 1:
            break
        common.append(words[0])
    return " ".join(common).rstrip(" -,:(") or names[0]


def names_apart(stage: Stage, groups: Sequence[Crowd]) -> list[str]:
    """Names for the main map: a crowd's largest place carries the common name, its other places none."""
    names = [place.name for place in stage.places]
    for group in groups:
        for n, i in enumerate(group.members):
            names[i] = group.name if n == 0 else ""
    return names


def names_within(stage: Stage, group: Crowd) -> list[str]:
    """Names for the closer look: without the common name that stands above it."""
    names = []
    for place in stage.places:
        rest = place.name.removeprefix(group.name).lstrip(" -,:")
        if rest.startswith("(") and rest.endswith(")"):
            rest = rest[1:-1]
        name = rest or place.name
        names.append(name[:1].upper() + name[1:])
    return names


def far_off(stage: Stage) -> list[bool]:
    """Places at home with no larger one for a long way around: their names say where one is."""
    apart = ALONE * (stage.view[2] - stage.view[0])
    found = [False] * len(stage.places)
    larger: list[int] = []
    for i in np.argsort([-place.population for place in stage.places], kind="stable"):
        if stage.home[i]:
            found[i] = not (np.hypot(*(stage.spots[larger] - stage.spots[i]).T) < apart).any()
            larger.append(int(i))
    return found


def scene_table(run: RunLike, stage: Stage, shown: Scene) -> pd.DataFrame:
    """The numbers behind a map: a row a place."""
    held = shown.held
    sides = (*held.forces, "nobody")
    rows = [
        {
            "date": after(run.scenario.freeze, shown.day).isoformat(),
            "place": place.id,
            "name": place.name,
            "admin1": place.admin1,
            "pcode": place.pcode,
            "lat": place.lat,
            "lon": place.lon,
            "holder_in_most_futures": sides[held.leader[i]],
            "share_of_futures": round(float(held.certainty[i]), 4),
            "contested_share_of_futures": round(float(held.contested[i]), 4),
            "displaced_there_median": round(float(shown.displaced[i])),
        }
        for i, place in enumerate(stage.places)
    ]
    return pd.DataFrame(rows)
