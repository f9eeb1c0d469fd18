"""From what next to what after next: families of futures at each horizon, and who goes where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.show import freeze_of
from afternext.ensemble.weights import Weights, in_use, values_of
from afternext.ensemble.words import long_date
from afternext.errors import UsageError
from afternext.foresight.families import (
    AGREE,
    BLURRED,
    CLEAR,
    Families,
    Labels,
    distinguishing,
    find_families,
)
from afternext.foresight.features import Features, features
from afternext.foresight.information import Told, crossed, told
from afternext.foresight.weights import Floats, effective, quantile, resamples
from afternext.foresight.words import KEPT, Words

if TYPE_CHECKING:
    import pandas as pd

    from afternext.ensemble.opened import Run
    from afternext.foresight.signposts import Announced, Unclear

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RANGE = (0.1, 0.9)  # the range in which 8 of 10 futures lie
BOOTSTRAPS = 400
# A deep family counts as reached from a near one if at least this share of the near one's futures ends there.
REACHED = 0.05
FEWEST = 20
STORY = 5  # sentences that stand for a medoid's chronicle


@dataclass(frozen=True)
class Family:
    """One family of futures at one horizon.

    figures : measure -> (median, low, high); low and high hold 8 of 10 of its futures
    low, high : of its share, in 90 of 100 resamples
    """

    id: str
    name: str
    share: float
    low: float
    high: float
    medoid: int
    figures: dict[str, tuple[float, float, float]]
    story: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """A horizon: its families, the largest first, and how clear they are."""

    day: int
    date: date
    families: tuple[Family, ...]
    named_by: tuple[str, ...]
    found: Families

    @property
    def clear(self) -> str:
        if self.found.count == 1:
            return "one cloud: no groups that halves of the futures agree on"
        weak = "" if max(self.found.agreement.values(), default=0.0) >= AGREE else "; halves agree weakly"
        if self.found.gap >= CLEAR:
            return f"clearly apart{weak}"
        return ("they shade into each other" if self.found.gap < BLURRED else "apart, edges blurred") + weak


@dataclass(frozen=True)
class Flow:
    """Futures that are of one family at one horizon and of another at a later one.

    share : of all futures; of_source : of those in the earlier family; low, high : of `of_source`, in 90 of
    100 resamples
    """

    source: str
    target: str
    share: float
    of_source: float
    low: float
    high: float


@dataclass(frozen=True)
class Link:
    """Two horizons: flows between their families, and what the earlier tells of the later."""

    near: int
    deep: int
    flows: tuple[Flow, ...]
    told: Told


@dataclass(frozen=True)
class Tree:
    """Families at every horizon and the links between them; the last link joins the first and the last
    horizon.
    """

    title: str
    futures: int
    seed: int
    effective: float
    levels: tuple[Level, ...]
    links: tuple[Link, ...]
    everywhere: tuple[tuple[str, float], ...]
    features: Features
    words: Words
    announced: tuple[Announced, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    weights: Weights | None = None

    @property
    def whole(self) -> Link | None:
        """From the first horizon to the last."""
        return self.links[-1] if self.links else None

    def family(self, ident: str) -> Family:
        for level in self.levels:
            for family in level.families:
                if family.id == ident:
                    return family
        known = ", ".join(family.id for level in self.levels for family in level.families)
        raise UsageError(f"there is no family {ident!r}; there are: {known}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.title,
            "futures": self.futures,
            "effective_futures": round(self.effective, 1),
            "weights": self.weights and self.weights.to_dict(),
            "seed": self.seed,
            "measures": list(self.features.names),
            "merged": self.features.merged,
            "levels": [_level_json(level) for level in self.levels],
            "links": [_link_json(link) for link in self.links],
            "reached_from_every_near_family": [
                {"family": ident, "least_share_of_futures": round(least, 4)}
                for ident, least in self.everywhere
            ],
            "signposts": [one.to_dict() for one in self.announced],
            "not_told_apart": [one.to_dict() for one in self.unclear],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a flow between successive horizons."""
        import pandas as pd

        days = [level.day for level in self.levels]
        rows = [
            {
                "from": flow.source, "to": flow.target, "share_of_futures": flow.share,
                "share_of_source": flow.of_source,
                "low": flow.low, "high": flow.high, "from_name": self.family(flow.source).name,
                "to_name": self.family(flow.target).name,
            }
            for link in self.links
            if days.index(link.deep) - days.index(link.near) == 1
            for flow in link.flows
        ]  # fmt: skip
        return pd.DataFrame(rows)


def grow(
    run: Run, weights: Floats | None = None, days: tuple[int, ...] = (), signposts: bool = True, seed: int = 0
) -> Tree:
    """The tree of a run's futures. `weights` of futures, where evidence speaks for some more than for
    others.
    """
    if len(run.measures["future"]) < FEWEST:
        raise UsageError(
            f"families need at least {FEWEST} futures, this run has {len(run.measures['future'])}; "
            "run some hundreds (`afternext run ... --futures 400`)"
        )
    used = in_use(run, weights)
    table, words = features(run, values_of(used), days), Words(run)
    freeze = freeze_of(run)
    bootstraps = resamples(table.weights, BOOTSTRAPS, seed)
    groups = [find_families(table.scaled[h], table.weights, seed) for h in range(len(table.days))]
    levels = []
    for h, (day, found) in enumerate(zip(table.days, groups, strict=True)):
        families, named_by = _describe(table, h, found, words, bootstraps, LETTERS[h], run)
        levels.append(Level(day, freeze + timedelta(days=day), families, named_by, found))
    pairs = [(h, h + 1) for h in range(len(levels) - 1)]
    if len(levels) > 2:
        pairs.append((0, len(levels) - 1))
    links = tuple(_link(levels[a], levels[b], table.weights, bootstraps, seed) for a, b in pairs)
    tree = Tree(
        str(run.manifest["scenario"]["title"]), len(table.futures), run.seed, effective(table.weights),
        tuple(levels), links, _everywhere(links[-1]) if links else (), table, words, weights=used,
    )  # fmt: skip
    if not signposts:
        return tree
    from afternext.foresight.signposts import find_signposts

    return find_signposts(run, tree, seed)


def _describe(
    table: Features, h: int, found: Families, words: Words, bootstraps: Floats, letter: str, run: Run
) -> tuple[tuple[Family, ...], tuple[str, ...]]:
    from afternext.ensemble.chronicle import chronicle

    known = (*run.scenario.measures, "dead")
    plain = tuple(k for k, name in enumerate(table.names) if name in known or name.startswith(KEPT))
    chosen = distinguishing(table.values[h], found.labels, table.themes, table.weights, plain)
    if not chosen:  # one family: the first measures of the scenario tell it
        chosen = list(range(min(3, len(table.names))))
    low, high = _ranges(found.labels, found.count, bootstraps)
    families = []
    for k in range(found.count):
        own = found.labels == k
        figures = {}
        for j, name in enumerate(table.names):
            values, weights = table.values[h][own, j], table.weights[own]
            figures[name] = (
                quantile(values, weights, 0.5),
                quantile(values, weights, RANGE[0]),
                quantile(values, weights, RANGE[1]),
            )
        name = ", ".join(words.saying(table.names[j], figures[table.names[j]][0]) for j in chosen)
        medoid = int(table.futures[found.medoids[k]])
        told_story = chronicle(run, medoid)
        lines = [line for line in told_story.lines if line.day <= table.days[h]]
        weighty = sorted(lines, key=lambda line: (-line.persons, line.day))[:STORY]
        # The first clause of a sentence is the weightiest; the whole is in the chronicle.
        story = tuple(
            f"{long_date(line.date)}: {line.text.split(';')[0]}"
            for line in sorted(weighty, key=lambda line: line.day)
        )
        families.append(
            Family(f"{letter}{k + 1}", name, float(found.shares[k]), low[k], high[k], medoid, figures, story)
        )
    return tuple(families), tuple(table.names[j] for j in chosen)


def _ranges(labels: Labels, count: int, bootstraps: Floats) -> tuple[list[float], list[float]]:
    members = (labels[:, None] == np.arange(count)).astype(np.float64)
    again = bootstraps @ members / bootstraps.sum(1, keepdims=True)
    low, high = np.quantile(again, [0.05, 0.95], axis=0)
    return low.tolist(), high.tolist()


def _link(near: Level, deep: Level, weights: Floats, bootstraps: Floats, seed: int) -> Link:
    a, b = near.found, deep.found
    table = crossed(a.labels, b.labels, weights)
    cells = a.labels * b.count + b.labels
    members = (cells[:, None] == np.arange(a.count * b.count)).astype(np.float64)
    again = (bootstraps @ members).reshape(-1, a.count, b.count)
    of_source = again / np.maximum(again.sum(2, keepdims=True), 1e-12)
    low, high = np.quantile(of_source, [0.05, 0.95], axis=0)
    flows = [
        Flow(
            near.families[i].id, deep.families[j].id, float(table[i, j]),
            float(table[i, j] / table[i].sum()), float(low[i, j]), float(high[i, j]),
        )
        for i in range(a.count)
        for j in range(b.count)
        if table[i, j] > 0
    ]  # fmt: skip
    return Link(near.day, deep.day, tuple(flows), told(a.labels, b.labels, weights, seed))


def _everywhere(link: Link) -> tuple[tuple[str, float], ...]:
    """Deep families that a fair share of every near family ends in, with the least share."""
    sources = dict.fromkeys(flow.source for flow in link.flows)
    found = []
    for target in dict.fromkeys(flow.target for flow in link.flows):
        into = {flow.source: flow.of_source for flow in link.flows if flow.target == target}
        least = min(into.get(source, 0.0) for source in sources)
        if least >= REACHED:
            found.append((target, least))
    return tuple(sorted(found, key=lambda one: -one[1]))


def _level_json(level: Level) -> dict[str, Any]:
    return {
        "day": level.day,
        "date": level.date.isoformat(),
        "gap": round(level.found.gap, 4),
        "clear": level.clear,
        "agreement_of_halves": {
            str(count): round(value, 4) for count, value in level.found.agreement.items()
        },
        "named_by": list(level.named_by),
        "families": [
            {
                "id": one.id,
                "name": one.name,
                "share_of_futures": round(one.share, 4),
                "range": [round(one.low, 4), round(one.high, 4)],
                "medoid_future": one.medoid,
                "figures": {
                    name: dict(zip(("median", "low", "high"), three, strict=True))
                    for name, three in one.figures.items()
                },
                "story": list(one.story),
            }
            for one in level.families
        ],
    }


def _link_json(link: Link) -> dict[str, Any]:
    return {
        "near_day": link.near,
        "deep_day": link.deep,
        "told": link.told.to_dict(),
        "flows": [
            {
                "from": flow.source,
                "to": flow.target,
                "share_of_futures": round(flow.share, 4),
                "share_of_source": round(flow.of_source, 4),
                "range": [round(flow.low, 4), round(flow.high, 4)],
            }
            for flow in link.flows
        ],
    }
