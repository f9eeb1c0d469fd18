"""Long runs of the shipped crisis: what they leave, how years hang together, wars and peaces that end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.sample import Sampler
from afternext.scenario import load
from afternext.scenario.schema import Grid
from afternext.world import compile_scenario
from afternext.world.events import ATTACK, BROKEN, FALL, RAIDED, REPELLED
from patterns.harness import Flags, Floats, Lab

CRISIS = "iraq-2014"
YEAR = 365.25
DAILY = 3 * 366  # days for which postures are read day by day
YEARS = 10
FIGHTS = (ATTACK, RAIDED)
SIGNS = (ATTACK, RAIDED, REPELLED, FALL, BROKEN)  # of fighting: a siege ends with one of them
SCALARS = ("displaced", "fighting_places", "places_held_nobody")
OF_FORCES = ("posture", "strength", "places_held")
INSURGENTS = ("isis", "sunni_revolt", "rebels")
SIDES_IN_IRAQ = ("isf", "peshmerga", "sahwa", "pmf", "isis", "sunni_revolt")
WAR, MINOR = 1000.0, 25.0  # deaths a year: the bounds of UCDP


@dataclass(frozen=True)
class Long:
    """What the futures of one long case left."""

    events: Sequence[NDArray[Any]]
    arrays: Mapping[str, NDArray[Any]]  # (future, date)
    dates: NDArray[Any]
    holders: NDArray[Any]  # (future, snapshot, place)
    attackers: NDArray[Any]
    snapshots: NDArray[Any]
    forces: tuple[str, ...]
    inside: Flags  # places of Iraq
    raiding: Floats  # raids a day of a force that foments, by the parameters of each future
    years: int

    def at(self, name: str, year: float) -> Floats:
        return self.arrays[name][:, np.searchsorted(self.dates, year * YEAR)].astype(float)

    def held(self, year: float, *forces: str) -> Floats:
        """Places of Iraq that some forces hold; without a force, that nobody holds."""
        ids = [self.forces.index(f) for f in forces] or [-1]
        there = self.holders[:, np.searchsorted(self.snapshots, year * YEAR)][:, self.inside]
        return np.isin(there, ids).sum(axis=1).astype(float)

    def fights(self, kinds: Sequence[int] = FIGHTS) -> Floats:
        """Fights begun in Iraq, (future, year)."""
        edges = np.arange(self.years + 1) * YEAR
        return np.stack(
            [
                np.histogram(e["day"][np.isin(e["kind"], kinds) & self.inside[e["place"]]], edges)[0]
                for e in self.events
            ]
        ).astype(float)

    def killed(self, *forces: str) -> Floats:
        """Fighters of some forces killed, (future, year)."""
        ends = np.searchsorted(self.dates, np.arange(self.years + 1) * YEAR)
        total = sum(self.arrays[f"killed_{f}"][:, ends].astype(float) for f in forces)
        return np.diff(total, axis=1)

    def at_once(self, year: float) -> Floats:
        """Share of the places of Iraq with fighting, most at a month's end within the year before, %."""
        then = (self.snapshots > (year - 1) * YEAR) & (self.snapshots <= year * YEAR + 1)
        there = self.attackers[:, then][:, :, self.inside] >= 0
        return 100.0 * there.mean(axis=2).max(axis=1)


def last(
    lab: Lab, years: int = YEARS, overrides: Mapping[str, float] | None = None, days: int | None = None
) -> Long:
    """Play the shipped crisis for years; points and luck are those of the case without overrides."""
    lab.cases += 1
    scenario = load(CRISIS)
    scenario = scenario.model_copy(update={"grid": Grid(daily_until=DAILY, weekly_until=DAILY)})
    days = days or int(np.ceil(years * YEAR))
    world = compile_scenario(scenario, days=days, overrides=overrides)
    plain = compile_scenario(scenario, days=days)
    columns = {experiment.name: k for k, experiment in enumerate(plain.experiments)}
    rows = Sampler(world.experiments, lab.seed, columns=columns).rows(0, lab.futures)
    wide = Sampler(plain.experiments, lab.seed, columns=columns).rows(0, lab.futures)
    kept: dict[str, list[NDArray[Any]]] = {}
    events = []
    wanted = {*SCALARS, "place_holder", "place_contested"}
    wanted |= {f"{name}_{f}" for name in OF_FORCES for f in ("isis", "sunni_revolt")}
    wanted |= {f"killed_{f}" for f in (*SIDES_IN_IRAQ, *INSURGENTS)}
    for luck, row in enumerate(rows):
        outcome = world.simulate(row, lab.seed, luck)
        signs = np.isin(outcome.events["kind"], SIGNS) & (outcome.events["place"] >= 0)
        events.append(outcome.events[signs])
        for name in wanted:
            kept.setdefault(name, []).append(outcome.arrays[name])
    arrays = {name: np.stack(values) for name, values in kept.items()}
    return Long(
        events,
        arrays,
        np.asarray(world.coords["date"]),
        arrays.pop("place_holder"),
        arrays.pop("place_contested"),
        np.asarray(world.coords["snapshot"]),
        tuple(scenario.forces),
        np.array([p.country == "IQ" for p in scenario.places]),
        np.prod(wide[:, [columns["attack_insurgent"], columns["raid_rate"]]], axis=1),
        years,
    )


def cut(told: Long, years: int) -> Long:
    """Return the first years of a run."""
    events = [e[e["day"] <= years * YEAR] for e in told.events]
    return replace(told, events=events, years=years)


def echo(fights: Floats, trend: bool) -> Floats:
    """Lag-1-year autocorrelation within each future that varies; with the trend taken out or left in."""
    out = []
    for row in fights:
        x = np.arange(len(row))
        y = row - (np.polyval(np.polyfit(x, row, 1), x) if not trend else row.mean())
        if row.std() > 0:
            out.append((y[1:] * y[:-1]).sum() / (y * y).sum())
    return np.array(out)


def spells_of_peace(told: Long, unit: str) -> list[list[tuple[float, bool]]]:
    """Return, for each future, how many days a year of peace lasted on, and whether a fight ended it.

    unit : "place" (of Iraq), "force" (an insurgent) or "country" (Iraq)
    """
    insurgents = [told.forces.index(f) for f in INSURGENTS]
    out = []
    for e in told.events:
        here = e[told.inside[e["place"]]]
        if unit == "force":
            groups = [here["day"][(here["force"] == f) | (here["other"] == f)] for f in insurgents]
        elif unit == "place":
            groups = [here["day"][here["place"] == i] for i in np.unique(here["place"])]
        else:
            groups = [here["day"]]
        spells = []
        for days in groups:
            times = np.append(np.sort(days), told.years * YEAR)
            for k, gap in enumerate(np.diff(times)):
                if gap > YEAR:
                    spells.append((float(gap - YEAR), k < len(times) - 2))
        out.append(spells)
    return out


def still(active: Flags, years: int) -> float:
    """Share of wars that have been active in every year since the first, this many years on, %.

    active : (war, year)
    """
    begun = active[active[:, 0]]
    return 100.0 * begun[:, : years + 1].all(axis=1).mean() if len(begun) else np.nan


def calm_years(active: Flags) -> list[tuple[float, bool]]:
    """Return, for each calm year that ended a war, how many days it lasted on, and whether the war came back.

    A war comes back one calendar year after its first calm one at the earliest, as UCDP counts.
    """
    out = []
    for row in active:
        for y in np.flatnonzero(row[:-1] & ~row[1:]) + 1:
            back = np.flatnonzero(row[y:])
            out.append((YEAR * float(back[0] if len(back) else len(row) - y), len(back) > 0))
    return out


def steps(deaths: Floats) -> Floats:
    """Share of yearly steps from war, minor conflict and none to each of them, %."""
    level = np.where(deaths >= WAR, 0, np.where(deaths >= MINOR, 1, 2))
    table = np.zeros((3, 3))
    np.add.at(table, (level[:, :-1].ravel(), level[:, 1:].ravel()), 1.0)
    return 100.0 * table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)


def recurs(spells: Sequence[tuple[float, bool]], years: float) -> float:
    """Share of peaces that end within years, %, cut-off ones counted for as long as seen (Kaplan-Meier)."""
    if not spells:
        return np.nan
    length = np.array([s[0] for s in spells])
    ended = np.array([s[1] for s in spells])
    keep = 1.0
    for t in np.unique(length[ended & (length <= years * YEAR)]):
        keep *= 1.0 - (ended & (length == t)).sum() / (length >= t).sum()
    return 100.0 * (1.0 - keep)
