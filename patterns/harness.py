"""Play a probe crisis over the whole prior, and judge what comes out.

A claim is *shown* when its pattern is found in at least two thirds of the futures, the median future lies
inside the target, and at most one third of the futures find it once its mechanism is taken away (ablation)
or where it must be absent (contrary case). All parameters vary in every case; cases share their points and
their luck, so that they differ in one thing only.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.sample import Sampler
from afternext.world import compile_scenario

if TYPE_CHECKING:
    from afternext.scenario.schema import Scenario

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ENOUGH = 2 / 3  # share of futures from which a pattern counts as there
HARDLY = 1 / 3  # share of futures up to which it counts as gone
MONTH = 30.4375  # days
VERDICTS = ("shown", "shown in part", "not shown")
KEPT = (
    "displaced",
    "returned",
    "trapped",
    "caught",
    "place_residents",
    "place_newly_displaced",
    "place_returned",
    "place_holder",
    "place_defenders",
    "defenders",
    "defenders_lost",
    "reprisals",
    "hope",
    "refuge_displaced",
    "residents",
    "dead",
    "fighters_killed",
    "attacks",
    "fragmentation",
    "centre",
    "inclusion",
    "confidence",
    "coalition",
    "leaders",
    "delivered",
)
FAMILIES = (  # measures kept for every community, force, power, pair or move
    "displaced_",
    "attitude_",
    "population_held_",
    "places_held_",
    "strength_",
    "posture_",
    "alignment_",
    "opinion_",
    "salience_",
    "distortion_",
    "ignorance_",
    "autonomy_",
    "in_effect_",
    "delay_",
)


@dataclass(frozen=True)
class Played:
    """What all futures of one case left: arrays with the future first."""

    arrays: Mapping[str, NDArray]
    places: tuple[str, ...]
    communities: tuple[str, ...]
    snapshots: tuple[int, ...]
    horizons: tuple[int, ...]
    people: Mapping[str, float]  # of each community at the start

    def away(self, community: str) -> Floats:
        """Share of a community away from home, (future, day), %."""
        return 100.0 * self.arrays[f"displaced_{community}"] / self.people[community]

    def gone(self, *communities: str) -> Floats:
        """People of some communities away from home, (future, day)."""
        return sum(self.arrays[f"displaced_{c}"] for c in communities).astype(float)

    def at(self, measure: str, day: int, *places: str) -> Floats:
        """A place measure summed over places at the end of a day that a snapshot is kept for."""
        columns = [self.places.index(p) for p in places]
        return self.arrays[measure][:, self.snapshots.index(day), columns].sum(axis=1).astype(float)

    def sheltering(self, horizon: int, community: str) -> Floats:
        """Displaced people of a community by the place they shelter at, (future, place)."""
        table = self.arrays["refuge_displaced"][:, self.horizons.index(horizon)]
        return table[:, :, self.communities.index(community)].astype(float)


@dataclass
class Lab:
    """Plays cases: as many futures as asked, all from one seed."""

    futures: int = 512
    seed: int = 2014
    quiet: bool = False
    cases: int = 0

    def play(self, scenario: Scenario, days: int, overrides: Mapping[str, float] | None = None) -> Played:
        """Play one case: a scenario over the whole prior, with some parameters fixed.

        The points come from the columns of the case without overrides: an ablated future is the same future.
        """
        self.cases += 1
        if not self.quiet:
            print(f"  {scenario.id} {dict(overrides or {})}", file=sys.stderr, flush=True)
        world = compile_scenario(scenario, days=days, overrides=overrides)
        plain = compile_scenario(scenario, days=days)
        columns = {experiment.name: k for k, experiment in enumerate(plain.experiments)}
        rows = Sampler(world.experiments, self.seed, columns=columns).rows(0, self.futures)
        kept: dict[str, list[NDArray]] = {}
        for luck, row in enumerate(rows):
            outcome = world.simulate(row, self.seed, luck)
            for name, values in outcome.arrays.items():
                if name in KEPT or name.startswith(FAMILIES):
                    kept.setdefault(name, []).append(values)
        communities = tuple(scenario.communities)
        return Played(
            {name: np.stack(values) for name, values in kept.items()},
            tuple(str(p) for p in world.coords["place"]),
            communities,
            tuple(int(day) for day in world.coords["snapshot"]),
            tuple(int(day) for day in world.coords["horizon"]),
            {c: sum(p.population * p.shares.get(c, 0.0) for p in scenario.places) for c in communities},
        )


@dataclass(frozen=True)
class Band:
    """A range, ends included."""

    low: float
    high: float

    def holds(self, values: Floats) -> Flags:
        return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True)
class Reading:
    """One number from every future of a case, and in which futures it shows the pattern."""

    values: Floats
    shows: Flags

    @property
    def share(self) -> float:
        """Share of futures that show the pattern."""
        return float(self.shows.mean())

    @property
    def range(self) -> tuple[float, float, float]:
        """The 5, 50 and 95 % points; nan where no future gives a number."""
        known = self.values[np.isfinite(self.values)]
        if not len(known):
            return (np.nan, np.nan, np.nan)
        low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
        return float(low), float(middle), float(high)


@dataclass(frozen=True)
class Claim:
    """What is known, what the model does, what becomes of it without its cause and where it must be absent.

    Attributes
    ----------
    origin : what of it is emergent and what is built in
    target, evidence : what is known best, and its 90 % belief; inside it a future shows the pattern
    digits : decimals that the evidence is known to
    also : a further condition on a future, in words
    cause : where to look in the mechanism if it falls short
    """

    name: str
    title: str
    origin: str
    unit: str
    digits: int
    target: Band
    evidence: Band
    source: str
    base: Reading
    ablations: Mapping[str, Reading]
    contraries: Mapping[str, Reading]
    notes: Sequence[str]
    also: str = ""
    cause: str = ""

    @property
    def centred(self) -> bool:
        """Whether the median future, rounded as the evidence is, lies inside the target."""
        return bool(self.target.holds(np.round(np.array(self.base.range[1]), self.digits)))

    @property
    def in_target(self) -> float:
        """Share of futures inside the target."""
        return float(self.target.holds(self.base.values).mean())

    @cached_property
    def misses(self) -> list[str]:
        """What keeps the claim from being shown."""
        out = []
        if self.base.share < ENOUGH:
            out.append(f"only {100 * self.base.share:.0f} % of futures are inside the evidence range")
        if not self.centred:
            out.append("the median future is outside the target")
        for label, reading in (*self.ablations.items(), *self.contraries.items()):
            if reading.share > HARDLY:
                out.append(f"{100 * reading.share:.0f} % of futures still show it under: {label}")
        return out

    @property
    def verdict(self) -> str:
        if not self.misses:
            return VERDICTS[0]
        return VERDICTS[1] if self.base.share >= HARDLY else VERDICTS[2]


@dataclass(frozen=True)
class Pattern:
    """A group of claims with a figure."""

    name: str
    title: str
    lead: str
    probe: str
    caption: str
    claims: Sequence[Claim]
    closing: Sequence[str] = field(default=())

    def claim(self, name: str) -> Claim:
        return next(claim for claim in self.claims if claim.name == name)


@cache
def known() -> dict[str, Any]:
    """Return what is known of every pattern, from claims.toml."""
    return tomllib.loads((Path(__file__).parent / "claims.toml").read_text(encoding="utf-8"))


def evidence_of(pattern: str, name: str) -> Band:
    """Return the evidence range of a claim."""
    return Band(*known()[pattern]["claims"][name]["evidence"])


def make_claim(
    pattern: str,
    name: str,
    base: Reading,
    ablations: Mapping[str, Reading],
    contraries: Mapping[str, Reading],
    notes: Sequence[str] = (),
) -> Claim:
    """Return a claim of claims.toml with what was measured."""
    row = dict(known()[pattern]["claims"][name])
    row |= {key: Band(*row[key]) for key in ("target", "evidence")}
    row |= {key: " ".join(text.split()) for key, text in row.items() if isinstance(text, str)}
    return Claim(name=name, base=base, ablations=ablations, contraries=contraries, notes=notes, **row)


def make_pattern(name: str, claims: Sequence[Claim], closing: Sequence[str] = ()) -> Pattern:
    """Return a pattern of claims.toml with its claims."""
    words = {key: " ".join(known()[name][key].split()) for key in ("title", "lead", "probe", "caption")}
    return Pattern(name=name, claims=claims, closing=closing, **words)


def read(values: Floats, evidence: Band, also: Flags | None = None) -> Reading:
    """Return a reading: a future shows the pattern inside the evidence range, and where ``also`` holds."""
    with np.errstate(invalid="ignore"):
        shows = np.isfinite(values) & evidence.holds(values)
    return Reading(values, shows if also is None else shows & also)


def share(part: Floats, whole: Floats) -> Floats:
    """Return 100 * part / whole, nan where there is no whole."""
    return np.divide(100.0 * part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def daily_rate(away_before: Floats, away_after: Floats, days: int) -> Floats:
    """Mean share of those still at home who leave on a day, %, between two shares away in %."""
    kept = np.clip(100.0 - away_after, 0.0, None) / np.clip(100.0 - away_before, 1e-9, None)
    return 100.0 * (1.0 - np.minimum(kept, 1.0) ** (1.0 / days))


def weekly(away: Floats, weeks: int) -> Floats:
    """Net share leaving per day in each week, %, from the share away by day."""
    return np.diff(away[:, 0 : 7 * weeks + 1 : 7], axis=1) / 7.0
