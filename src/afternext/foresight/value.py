"""Value of information: what, if it were known, would change the choice, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.meanings import in_words
from afternext.errors import UsageError
from afternext.foresight.columns import Column, columns_of
from afternext.foresight.evppi import FEW, Basis, basis_of, by_chance, fitted, gain
from afternext.foresight.goals import goals_of
from afternext.foresight.groups import groups_of, kind_of
from afternext.foresight.switching import paired
from afternext.foresight.weights import Floats, quantile, resamples
from afternext.foresight.words import Words, amount
from afternext.scenario.switch import THEN

if TYPE_CHECKING:
    import pandas as pd

    from afternext.foresight.comparison import Comparison

SHUFFLES = 400  # of one input; all inputs of a kind share them
GROUP_SHUFFLES = 100
BOOTSTRAPS = 200
FEWEST = 60
SURE = 0.05  # chance that any input rises above the floor while none tells anything
MOST_SHOWN = 10
DUST = 1e-12  # of the largest value: a gain below it is rounding


@dataclass(frozen=True)
class Learnt:
    """What knowing one input, or all of a group, would be worth at one horizon.

    Attributes
    ----------
    inputs : columns that are learnt
    value : gain in the goal's unit, less what chance shows; low, high: its range over resamples
    p : chance that an idle one would show as much (from the tail of shuffles)
    above : stands above the noise of all that were tried
    changes : share of futures in which the choice would be another
    rule : the choice in words, where one input decides it
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    value: float
    low: float
    high: float
    p: float
    above: bool
    changes: float
    rule: str


@dataclass(frozen=True)
class Horizon:
    """A day: what is best without knowing more, and what knowing would be worth.

    means : strategy -> mean in the goal's unit
    lead : of the best over the next best: mean, low, high
    everything : gain if all were known, luck included: no collection can be worth more
    floor : gain of an input that nothing would show beyond chance
    """

    day: int
    best: str
    second: str
    means: dict[str, float]
    lead: tuple[float, float, float]
    everything: float
    floor: float
    singles: tuple[Learnt, ...]
    groups: tuple[Learnt, ...]


@dataclass(frozen=True)
class Value:
    """Value of information of a comparison, for one goal, at each horizon."""

    scenario: str
    seed: int
    futures: int
    goal: str
    unit: str
    more: bool
    met: bool
    strategies: tuple[str, ...]
    inputs: int
    horizons: tuple[Horizon, ...]
    words: Words
    measure: str
    said: str
    titles: Mapping[str, str]

    def told(self, value: float) -> str:
        """A gain in the goal's unit."""
        if self.met or self.unit == "share":
            return f"{100 * value:.2g} of 100 futures" if self.met else f"{100 * value:.2g} hundredths"
        return f"{amount(value)} {self.unit}".strip()

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario, "seed": self.seed, "futures": self.futures, "goal": self.goal,
            "said": self.said,
            "unit": "share of futures" if self.met else self.unit,
            "better": "more" if self.more or self.met else "less",
            "strategies": list(self.strategies), "titles": {one: self.titles[one] for one in self.strategies},
            "inputs": self.inputs,
            "horizons": [_horizon_json(one) for one in self.horizons],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row an input or group and horizon, the most valuable first."""
        import pandas as pd

        rows = [
            {
                "day": one.day, "what": kind, "name": it.name, "about": it.kind, "value": it.value,
                "low": it.low, "high": it.high, "p": it.p, "above_noise": it.above,
                "choice_changes": it.changes, "rule": it.rule,
            }
            for one in self.horizons
            for kind, told in (("input", one.singles), ("group", one.groups))
            for it in told
        ]  # fmt: skip
        names = ["day", "what", "name", "about", "value", "low", "high", "p", "above_noise", "choice_changes"]
        return pd.DataFrame(rows, columns=[*names, "rule"])


def _horizon_json(one: Horizon) -> dict[str, Any]:
    mean, low, high = one.lead
    return {
        "day": one.day, "best": one.best, "second": one.second, "means": one.means,
        "lead": {"mean": mean, "low": low, "high": high},
        "perfect_information": one.everything, "noise_floor": one.floor,
        "inputs": [_learnt_json(it) for it in one.singles],
        "groups": [_learnt_json(it) for it in one.groups],
    }  # fmt: skip


def _learnt_json(it: Learnt) -> dict[str, Any]:
    return {
        "name": it.name, "about": it.kind, "columns": list(it.inputs), "value": it.value,
        "range": [it.low, it.high], "p": round(it.p, 6), "above_noise": it.above,
        "choice_changes_share_of_futures": round(it.changes, 4), "rule": it.rule,
    }  # fmt: skip


def find_value(comparison: Comparison, goal: str = "", met: bool = False, seed: int = 0) -> Value:
    """What is worth knowing before choosing among the strategies of a comparison.

    goal : as for `decide`, a measure and what is good enough; the first usual one if none is given
    met : count futures in which the goal is met, instead of the measure itself
    """
    futures = len(comparison.futures)
    # A switch is no further choice beside its two strategies.
    own = [k for k, ident in enumerate(comparison.ids) if THEN not in ident]
    ids = tuple(comparison.ids[k] for k in own)
    if len(ids) < 2:
        raise UsageError("one strategy is no choice: compare at least two")
    if futures < FEWEST:
        raise UsageError(
            f"value of information needs at least {FEWEST} futures, this comparison has {futures}"
        )
    columns = columns_of(comparison.experiments)
    if not columns:
        raise UsageError("nothing is uncertain in this comparison: there is nothing to learn")
    aim = goals_of(comparison, (goal,) if goal else ())[0]
    values = aim.values(comparison)[own]
    utility = aim.met(values).astype(np.float64) if met else -aim.loss(values)
    unit = str(comparison.first.measures[aim.measure].attrs.get("units", ""))
    names = [column.name for column in columns]
    told = _Inputs(comparison, columns)
    horizons = tuple(
        _at(comparison.weights, ids, told, utility[:, :, j].T, day, met or aim.more, len(aim.days), seed)
        for j, day in enumerate(aim.days)
    )
    return Value(
        str(comparison.manifest["scenario"]["title"]), comparison.seed, futures, aim.text, unit, aim.more,
        met, ids, len(names), horizons, Words(comparison.first), aim.measure, aim.said, comparison.titles,
    )  # fmt: skip


class _Inputs:
    """Inputs and groups with their bases, which all horizons share."""

    def __init__(self, comparison: Comparison, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self.notes = comparison.notes
        scenario, w = comparison.scenario, comparison.weights
        names = [column.name for column in columns]
        self.kinds = [kind_of(name, scenario) for name in names]
        self.bases = [basis_of([column], w) for column in columns]
        found = groups_of(names, scenario)
        self.groups = tuple(group for group in found if len(group.columns) > 1)
        self.group_bases = [basis_of([columns[k] for k in group.columns], w) for group in self.groups]

    def like(self, k: int) -> tuple[int, ...]:
        """Inputs of one kind show the same by chance: ranks of numbers, or counts of a few values."""
        kinds, counts = np.unique(self.columns[k].values, return_counts=True)
        few = self.columns[k].kind == "category" or len(kinds) <= FEW
        return tuple(sorted(int(count) for count in counts)) if few else ()

    def title(self, k: int) -> str:
        name = self.columns[k].name
        return self.notes.get(name, ("", ""))[1] or in_words(name, "", {})


def _at(
    w: Floats, ids: tuple[str, ...], told: _Inputs, utility: Floats, day: int, more: bool, horizons: int,
    seed: int,
) -> Horizon:  # fmt: skip
    """One horizon of several; utility (F, S), more is better. Each input is tried at every horizon."""
    means = w @ utility
    # Nothing is worth more than to know everything, luck included.
    most = float(w @ utility.max(1) - means.max())
    # Courses that are level leave the dust of adding up, in which anything would seem to stand out.
    most = most if most > DUST * float(np.abs(utility).max()) else 0.0
    order = np.argsort(-means, kind="stable")
    best, second = int(order[0]), int(order[1])
    rng = np.random.default_rng(seed)
    shuffles = np.array([rng.permutation(len(w)) for _ in range(SHUFFLES)])
    nulls: dict[tuple[int, ...], Floats] = {}
    singles, found = [], []
    for k, basis in enumerate(told.bases):
        key = told.like(k)
        if key not in nulls:
            nulls[key] = by_chance(basis, utility, w, shuffles)
        expected = fitted(basis, utility, w)
        found.append((float(gain(expected, w, means)), nulls[key], expected))
    level = 1 - (1 - SURE) ** (1 / (horizons * max(len(found), 1)))
    ranked = sorted(range(len(found)), key=lambda k: -(found[k][0] - found[k][1].mean()))[:MOST_SHOWN]
    for k in ranked:
        raw, null, expected = found[k]
        p = tail(raw, null)
        low, high = _range(told.bases[k], utility, w, null, most, seed)
        singles.append(
            Learnt(
                told.title(k), told.kinds[k], (told.columns[k].name,), _between(raw - float(null.mean()),
                most), low, high, p, p < level and most > 0, _changes(expected, w, best),
                _rule(told.columns[k], expected, w, ids, told.notes),
            )
        )  # fmt: skip
    groups = []
    level = 1 - (1 - SURE) ** (1 / (horizons * max(len(told.groups), 1)))
    for group, basis in zip(told.groups, told.group_bases, strict=True):
        expected = fitted(basis, utility, w)
        raw = float(gain(expected, w, means))
        null = by_chance(basis, utility, w, shuffles[:GROUP_SHUFFLES])
        p = tail(raw, null)
        low, high = _range(basis, utility, w, null, most, seed)
        groups.append(
            Learnt(
                group.name, group.kind, tuple(told.columns[k].name for k in group.columns),
                _between(raw - float(null.mean()), most), low, high, p, p < level and most > 0,
                _changes(expected, w, best), "",
            )
        )  # fmt: skip
    groups.sort(key=lambda it: -it.value)
    number = next(iter(nulls.values())) if () not in nulls else nulls[()]
    return Horizon(
        day, ids[best], ids[second],
        {ident: float(mean if more else -mean) for ident, mean in zip(ids, means, strict=True)},
        paired(utility[:, best], utility[:, second], w, seed),
        most,
        max(_level(number, 1 - (1 - SURE) ** (1 / (horizons * max(len(found), 1)))) - float(number.mean()),
        0.0), tuple(singles), tuple(groups[:MOST_SHOWN]),
    )  # fmt: skip


def tail(raw: float, null: Floats) -> float:
    """Chance that an idle input shows as much: from a tail as skewed as that of the shuffles (Pearson
    III).
    """
    from scipy.stats import pearson3, skew

    spread = float(null.std())
    if spread <= 1e-12:
        return 1.0 if raw <= float(null.mean()) + 1e-12 else 1.0 / (len(null) + 1)
    return float(pearson3.sf((raw - null.mean()) / spread, max(float(skew(null)), 0.0)))


def _level(null: Floats, chance: float) -> float:
    from scipy.stats import pearson3, skew

    spread = float(null.std())
    if spread <= 1e-12:
        return float(null.mean())
    return float(null.mean() + spread * pearson3.isf(chance, max(float(skew(null)), 0.0)))


def _between(value: float, most: float) -> float:
    return min(max(value, 0.0), most)


def _range(
    basis: Basis, utility: Floats, w: Floats, null: Floats, most: float, seed: int
) -> tuple[float, float]:
    """Range of the corrected gain: the fitted choice valued on resamples of the futures.

    The choice stays the one that was fitted, and resamples say what it and the default are worth.
    """
    expected = fitted(basis, utility, w)
    chosen = expected.argmax(1)
    best = int(np.argmax(w @ utility))
    row = np.arange(len(w))
    gap = expected[row, chosen] - expected[:, best]
    # Spread of what the choice brings in truth, luck included, around what is expected of it.
    real = utility[row, chosen] - utility[:, best]
    again = resamples(w, BOOTSTRAPS, seed)
    brought = (again @ real) / again.sum(1)
    middle = float(w @ gap) - float(null.mean())
    low, high = np.quantile(brought - float(w @ real), (0.05, 0.95))
    return _between(middle + float(low), most), _between(middle + float(high), most)


def _changes(expected: Floats, w: Floats, best: int) -> float:
    return float(w[expected.argmax(1) != best].sum())


def _rule(
    column: Column, expected: Floats, w: Floats, ids: Sequence[str], notes: dict[str, tuple[str, str]]
) -> str:
    """`conditional_support below 0.42, none above`: which choice goes with which values of an input."""
    order = np.argsort(column.values, kind="stable")
    chosen, values = expected.argmax(1)[order], column.values[order]
    if len(np.unique(chosen)) == 1:
        return ""
    unit = notes.get(column.name, ("", ""))[0]
    suffix = f" {unit}" if unit and unit not in ("share", "1", "code", "word", "number") else ""
    if column.kind == "category":
        kinds = dict(zip(column.values.astype(int), expected.argmax(1), strict=True))
        return "; ".join(f"{ids[s]} if {column.words[code]}" for code, s in sorted(kinds.items()))
    edges = np.flatnonzero(np.diff(chosen))
    cuts = [quantile(values[k : k + 2], np.ones(2), 0.5) for k in edges]
    steps = [int(chosen[0]), *(int(chosen[k + 1]) for k in edges)]
    if len(cuts) > 3:
        return ""
    said = [f"{ids[steps[0]]} below {_figure(cuts[0])}{suffix}"]
    said += [
        f"{ids[s]} up to {_figure(cuts[n + 1])}{suffix}" if n + 1 < len(cuts) else f"{ids[s]} above"
        for n, s in enumerate(steps[1:])
    ]
    return ", ".join(said)


def _figure(value: float) -> str:
    return amount(value) if abs(value) >= 100 else f"{value:.2g}"
