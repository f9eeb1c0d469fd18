"""Which uncertainty matters for which measure, at which horizon: indices from the futures at hand.

No special sampling is needed ("given data"): futures are sorted by one input into bins, and the spread of the
bins' means, corrected for what chance alone would show, is the first-order index (Sobol; binned as in Li and
Mahadevan 2016). What an input does to the whole distribution, alone or together with others, is told by the
mean distance between the distribution in a bin and that of all futures (PAWN, Pianosi and Wagener 2018).
Made-up inputs that do nothing set the noise floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from afternext.ensemble.meanings import in_words
from afternext.ensemble.show import freeze_of, headlines
from afternext.ensemble.weights import Weights, in_use, values_of
from afternext.errors import UsageError
from afternext.foresight.columns import Column, columns_of
from afternext.foresight.features import curves_at, horizon_days
from afternext.foresight.weights import Floats, effective, quantile, shares

if TYPE_CHECKING:
    import pandas as pd

    from afternext.ensemble.opened import Run

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_BINS, IN_BIN = 32, 25  # bins, and futures that a bin should hold
LEAST_BINS = 4
DUMMIES = 500
HALVES = 60
RANGE = (0.05, 0.95)
SURE = 0.05  # chance that any of the inputs rises above the floor while none does anything
FEWEST = 60
MOST_SHOWN = 12
MOST_MEASURES = 6  # headline measures that are told unless others are asked for
FAR, BODY = 5.0, 3.29  # spreads an outlier is pulled in to; spreads of a normal between its 5 and 95 % points
ALONG = 6.0  # spreads of chi square from which two inputs run along
MOST_ENTRIES = 2_000_000  # of a sparse matrix: futures by inputs
AT_ONCE = 64  # columns that are put in bins together: what they take stays near the processor
ENOUGH = 5  # futures an input, under which sums of indices are too noisy to tell


@dataclass(frozen=True)
class Indices:
    """Indices of inputs for outputs.

    first : (input, output) first-order index, 0 to 1; below zero is zero plus noise
    low, high : its range over halves of the futures, scaled to all of them
    pawn : (input, output) mean Kolmogorov-Smirnov distance, 0 to 1
    alone : (input, output) stands above the noise, also when stronger inputs are taken out. In a few
        hundred futures of many inputs some inputs run along with others, and would borrow their effect
    spread : (input, output) only PAWN stands above the noise, and no input that stands alone runs along
    floor, pawn_floor : (output,) what the largest of as many idle inputs reaches in 5 of 100 tries
    """

    first: Floats
    low: Floats
    high: Floats
    pawn: Floats
    alone: Bools
    spread: Bools
    floor: Floats
    pawn_floor: Floats


@dataclass(frozen=True)
class Sensitivity:
    """Indices of every uncertain column for measures at horizons, outputs in order (measure, horizon)."""

    scenario: str
    futures: int
    seed: int
    effective: float
    freeze: Any
    columns: tuple[Column, ...]
    notes: dict[str, tuple[str, str]]
    measures: tuple[str, ...]
    days: tuple[int, ...]
    indices: Indices
    weights: Weights | None = None

    def above(self, column: int, output: int) -> bool:
        """Whether an input stands above the noise by itself, by either index."""
        found = self.indices
        return bool(found.alone[column, output] or found.spread[column, output])

    def ranked(self, measures: Sequence[int] = (), most: int = MOST_SHOWN) -> list[int]:
        """Columns that matter for some output (of these measures, or any), by their largest index above
        the floor;
        the one that leads at a horizon is among them.
        """
        count = len(self.days)
        outputs = [m * count + h for m in measures or range(len(self.measures)) for h in range(count)]
        strength = {
            k: max(self.indices.first[k, o] for o in outputs if self.above(k, o))
            for k in range(len(self.columns))
            if any(self.above(k, o) for o in outputs)
        }
        order = sorted(strength, key=lambda k: -strength[k])
        leaders = {
            max(some, key=lambda k: float(self.indices.first[k, o]))
            for o in outputs
            if (some := [k for k in order if self.indices.alone[k, o]])
        }
        chosen = {*sorted(leaders, key=order.index)[:most]}
        chosen |= {*[k for k in order if k not in chosen][: most - len(chosen)]}
        return [k for k in order if k in chosen]

    def meaning(self, column: int) -> str:
        name = self.columns[column].name
        return self.notes.get(name, ("", ""))[1] or in_words(name, "", {})

    def left(self, measure: int, horizon: int) -> float | None:
        """Share of the variance that no single input above the floor explains: interactions, and luck.

        None where futures are too few for their number of inputs: chosen indices are too large on average.
        """
        if self.effective < ENOUGH * len(self.columns):
            return None
        o = measure * len(self.days) + horizon
        explained = sum(
            max(self.indices.first[k, o], 0.0) for k in range(len(self.columns)) if self.above(k, o)
        )
        return max(1.0 - float(explained), 0.0)

    def to_dict(self) -> dict[str, Any]:
        rows = []
        for m, measure in enumerate(self.measures):
            for h, day in enumerate(self.days):
                o = m * len(self.days) + h
                order = sorted(range(len(self.columns)), key=lambda k: -self.indices.first[k, o])
                rows.append(
                    {
                        "measure": measure,
                        "day": day,
                        "noise_floor": round(float(self.indices.floor[o]), 4),
                        "pawn_noise_floor": round(float(self.indices.pawn_floor[o]), 4),
                        "left_to_interactions_and_luck": self.left(m, h),
                        "inputs": [
                            {
                                "column": self.columns[k].name,
                                "first_order": round(float(self.indices.first[k, o]), 4),
                                "range": [
                                    round(float(t[k, o]), 4) for t in (self.indices.low, self.indices.high)
                                ],
                                "pawn": round(float(self.indices.pawn[k, o]), 4),
                                "above_noise": self.above(k, o),
                                "runs_along_with_a_stronger_one": bool(
                                    self.indices.first[k, o] > self.indices.floor[o] and not self.above(k, o)
                                ),
                            }
                            for k in order
                            if self.above(k, o) or k in order[:MOST_SHOWN]
                        ],
                    }
                )
        return {
            "scenario": self.scenario, "futures": self.futures, "effective_futures": round(self.effective, 1),
            "weights": self.weights and self.weights.to_dict(),
            "seed": self.seed, "columns": len(self.columns), "outputs": rows,
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row an input, measure and horizon above the noise."""
        import pandas as pd

        rows = []
        for m, measure in enumerate(self.measures):
            for h, day in enumerate(self.days):
                o = m * len(self.days) + h
                for k in range(len(self.columns)):
                    if self.above(k, o):
                        rows.append(
                            {
                                "measure": measure, "day": day, "column": self.columns[k].name,
                                "meaning": self.meaning(k), "first_order": self.indices.first[k, o],
                                "low": self.indices.low[k, o], "high": self.indices.high[k, o],
                                "noise_floor": self.indices.floor[o], "pawn": self.indices.pawn[k, o],
                            }
                        )  # fmt: skip
        names = ["measure", "day", "column", "meaning", "first_order", "low", "high", "noise_floor", "pawn"]
        return pd.DataFrame(rows, columns=names)


def sensitivity(
    run: Run, measures: Sequence[str] = (), weights: Floats | None = None, seed: int = 0
) -> Sensitivity:
    """Indices of every uncertain column of a run for its headline measures at each horizon."""
    names = tuple(headlines(run, measures))
    names = names if measures else names[:MOST_MEASURES]
    futures = len(run.measures["future"])
    if futures < FEWEST:
        raise UsageError(f"sensitivity needs at least {FEWEST} futures, this run has {futures}")
    used = in_use(run, weights)
    weights = values_of(used)
    w = shares(weights, futures)
    columns = columns_of(run.experiments)
    if not columns:
        raise UsageError("nothing is uncertain in this run: every column of its experiments is the same")
    days = horizon_days(run)
    there = curves_at(run, days)
    outputs = pulled_in(np.concatenate([there[name] for name in names]).T, w)
    return Sensitivity(
        str(run.manifest["scenario"]["title"]), futures, run.seed, effective(w), freeze_of(run),
        tuple(columns), run.notes, names, days, indices(columns, outputs, weights, seed), used,
    )  # fmt: skip


def pulled_in(outputs: Floats, weights: Floats) -> Floats:
    """Outputs with far outliers pulled in to five robust spreads, so that no single future makes the
    variance.
    """
    out = outputs.copy()
    for k in range(outputs.shape[1]):
        low, middle, high = (quantile(outputs[:, k], weights, q) for q in (0.05, 0.5, 0.95))
        reach = FAR * (high - low) / BODY
        if reach > 0:
            out[:, k] = np.clip(outputs[:, k], middle - reach, middle + reach)
    return out


def indices(
    columns: Sequence[Column], outputs: Floats, weights: Floats | None = None, seed: int = 0
) -> Indices:
    """First-order and PAWN indices of every column for every output, with ranges and noise floors.

    outputs : (future, output)
    """
    futures = len(outputs)
    w = shares(weights, futures)
    count = bins_for(futures)
    groups = [bin_of(column, count, w) for column in columns]
    y = standard(outputs, w)
    ranked = _ranks(outputs, w)
    first = first_of_each(groups, y, [w])[0]
    pawn = np.array([distance(group, ranked, w) for group in groups])
    rng = np.random.default_rng(seed)
    idle = (np.arange(futures) * count // futures).astype(np.int64)
    dummies = [idle[rng.permutation(futures)] for _ in range(DUMMIES)]
    floor = largest_idle(first_of_each(dummies, y, [w])[0], len(columns))
    # PAWN of an idle input rises with its number of bins: inputs of few words get the floor of many bins,
    # safely.
    pawn_floor = largest_idle(
        np.array([distance(group, ranked, w) for group in dummies[: DUMMIES // 4]]), len(columns)
    )
    low, high = _ranges(groups, first, y, w, rng)
    alone = np.zeros(first.shape, dtype=bool)
    spread = np.zeros(first.shape, dtype=bool)
    for o in range(y.shape[1]):
        strong = _standing_alone(groups, first[:, o], float(floor[o]), y[:, o], w)
        alone[strong, o] = True
        for k in np.flatnonzero((pawn[:, o] > pawn_floor[o]) & (first[:, o] <= floor[o])):
            spread[k, o] = not any(run_along(groups[k], groups[j], w) for j in strong)
    return Indices(first, low, high, pawn, alone, spread, floor, pawn_floor)


def _standing_alone(
    groups: Sequence[Ints], first: Floats, floor: float, y: Floats, weights: Floats
) -> list[int]:
    """Inputs above the floor, strongest first, each on what the ones before it leave unexplained."""
    waiting = [int(k) for k in np.flatnonzero(first > floor)]
    rest = y[:, None].copy()
    strong: list[int] = []
    while waiting:
        index = {k: float(first_order(groups[k], rest, weights)[0]) for k in waiting}
        k = max(waiting, key=lambda one: index[one])
        if index[k] <= floor:
            break
        strong.append(k)
        waiting = [one for one in waiting if one != k and index[one] > floor]
        sizes = np.maximum(np.bincount(groups[k], weights), 1e-300)
        rest = standard(
            rest - (np.bincount(groups[k], weights * rest[:, 0]) / sizes)[groups[k]][:, None], weights
        )
    return strong


def run_along(a: Ints, b: Ints, weights: Floats) -> bool:
    """Whether two inputs fill their pairs of bins unevenly, far beyond chance (chi square)."""
    rows, columns = int(a.max()) + 1, int(b.max()) + 1
    there = np.bincount(a * columns + b, weights, minlength=rows * columns).reshape(rows, columns)
    even = np.outer(there.sum(1), there.sum(0)) / weights.sum()
    used = even > 0
    chi = effective(weights) * float(((there - even)[used] ** 2 / even[used]).sum()) / weights.sum()
    free = max((rows - 1) * (columns - 1), 1)
    return bool((chi - free) / np.sqrt(2 * free) > ALONG)


def bins_for(futures: int) -> int:
    """Bins of an input: more with more futures, so that neither noise nor the width of a bin rules."""
    return int(np.clip(futures // IN_BIN, LEAST_BINS, MOST_BINS))


def bin_of(column: Column, count: int, weights: Floats) -> Ints:
    """Bin of every future: of equal weight, or the values themselves where there are few."""
    kinds, codes = np.unique(column.values, return_inverse=True)
    if column.kind == "category" or len(kinds) <= count:
        return codes.astype(np.int64)
    order = np.argsort(column.values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    bins = np.empty(len(order), dtype=np.int64)
    bins[order] = np.minimum((reached / weights.sum() * count).astype(np.int64), count - 1)
    return bins


def standard(outputs: Floats, weights: Floats) -> Floats:
    """Outputs with mean 0 and variance 1; those that do not vary are zero."""
    centred = outputs - weights @ outputs
    spread = np.sqrt(weights @ centred**2)
    return np.asarray(centred / np.where(spread > 0, spread, 1.0))


def first_order(group: Ints, y: Floats, weights: Floats) -> Floats:
    """Variance of the bins' means as a share of all, less what idle bins would show: (output,).

    As the adjusted R squared: 1 - (1 - R2) (n - 1) / (n - bins), with n equally weighted futures.
    """
    sizes = np.bincount(group, weights)
    used = sizes > 0
    sums = np.stack([np.bincount(group, weights * one, len(sizes)) for one in y.T], axis=1)
    total = weights @ y**2 - (weights @ y) ** 2
    between = (sums[used] ** 2 / sizes[used][:, None]).sum(0) - (weights @ y) ** 2
    r2 = np.divide(between, total, out=np.zeros_like(between), where=total > 1e-12)
    n, bins = effective(weights), int(used.sum())
    return np.where(total > 1e-12, 1 - (1 - r2) * (n - 1) / max(n - bins, 1.0), 0.0)


def first_of_each(groups: Sequence[Ints], outputs: Floats, weights: Iterable[Floats]) -> Floats:
    """`first_order` of many inputs for standard outputs, under several weights: (weights, input, output).

    A sparse matrix adds up all bins of many inputs at once. Futures of no weight are not there.
    """
    futures, some = len(outputs), list(weights)
    found = np.empty((len(some), len(groups), outputs.shape[1]))
    each = max(1, MOST_ENTRIES // futures)
    for first in range(0, len(groups), each):
        block = groups[first : first + each]
        ends = np.cumsum([int(group.max()) + 1 for group in block])
        starts = np.concatenate([[0], ends[:-1]])
        row = np.concatenate([group + start for group, start in zip(block, starts, strict=True)])
        column = np.tile(np.arange(futures), len(block))
        bins = csr_array((np.ones(len(row)), (row, column)), shape=(int(ends[-1]), futures))
        for turn, w in enumerate(some):
            y = standard(outputs, w)
            sizes, sums = np.asarray(bins @ w), np.asarray(bins @ (y * w[:, None]))
            used = sizes > 0
            share = np.divide(sums**2, sizes[:, None], out=np.zeros_like(sums), where=used[:, None])
            total, middle = w @ y**2 - (w @ y) ** 2, (w @ y) ** 2
            between = np.add.reduceat(share, starts, axis=0) - middle
            r2 = np.divide(between, total, out=np.zeros_like(between), where=total > 1e-12)
            n, filled = effective(w), np.add.reduceat(used.astype(np.int64), starts)
            adjusted = 1 - (1 - r2) * ((n - 1) / np.maximum(n - filled, 1.0))[:, None]
            found[turn, first : first + len(block)] = np.where(total > 1e-12, adjusted, 0.0)
    return found


def first_orders(columns: Sequence[Column], count: int, y: Floats, weights: Floats) -> Floats:
    """`first_order` of the bins of every column for one output, all columns at once: (column,)."""
    found = np.empty(len(columns))
    total = float(weights @ y**2 - (weights @ y) ** 2)
    n = effective(weights)
    for start in range(0, len(columns), AT_ONCE):
        block = columns[start : start + AT_ONCE]
        values = np.stack([column.values for column in block])
        order = np.argsort(values, axis=1, kind="stable")
        ranked = np.take_along_axis(values, order, axis=1)
        kinds = 1 + (ranked[:, 1:] != ranked[:, :-1]).sum(1)
        # Futures in the order of their values, with as much weight in each bin.
        own = weights[order]
        reached = (np.cumsum(own, axis=1) - own / 2) / weights.sum() * count
        bins = np.minimum(reached.astype(np.int64), count - 1) + count * np.arange(len(block))[:, None]
        size = np.bincount(bins.ravel(), own.ravel(), count * len(block)).reshape(-1, count)
        sums = np.bincount(bins.ravel(), (own * y[order]).ravel(), count * len(block)).reshape(-1, count)
        used = size > 0
        between = np.divide(sums**2, size, out=np.zeros_like(sums), where=used).sum(1) - (weights @ y) ** 2
        free = np.maximum(n - used.sum(1), 1.0)
        found[start : start + len(block)] = 1 - (1 - between / max(total, 1e-300)) * (n - 1) / free
        for k, column in enumerate(block):
            if column.kind == "category" or kinds[k] <= count:
                group = bin_of(column, count, weights)
                found[start + k] = first_order(group, y[:, None], weights)[0]
    return found if total > 1e-12 else np.zeros(len(columns))


def _ranks(outputs: Floats, weights: Floats) -> Floats:
    """Share of the weight below or at each value: (future, output)."""
    out = np.empty_like(outputs)
    for k in range(outputs.shape[1]):
        order = np.argsort(outputs[:, k], kind="stable")
        values = outputs[order, k]
        reached = np.cumsum(weights[order])
        last = np.searchsorted(values, values, "right") - 1
        out[order, k] = reached[last]
    return out


def distance(group: Ints, ranked: Floats, weights: Floats) -> Floats:
    """Mean over bins of the largest gap between a bin's distribution and that of all: (output,)."""
    found = np.zeros(ranked.shape[1])
    for kind in np.unique(group):
        own = group == kind
        r, w = ranked[own], weights[own]
        order = np.argsort(r, axis=0, kind="stable")
        at = np.take_along_axis(r, order, axis=0)
        reached = np.cumsum(w[order], axis=0) / w.sum()
        before = reached - w[order] / w.sum()
        found += w.sum() * np.maximum(np.abs(reached - at), np.abs(before - at)).max(0)
    return np.asarray(found / weights.sum())


def largest_idle(idle: Floats, inputs: int) -> Floats:
    """What the largest of `inputs` idle inputs reaches in 5 of 100 tries, or what the largest of the dummies
    did reach.

    From a tail as skewed as that of the dummies (Pearson III, a shifted gamma): few bins make it skewed,
    and a normal one would let through several times as many.
    """
    from scipy.stats import pearson3, skew

    spread = idle.std(0)
    some = spread > 1e-12  # an output that does not vary has no index
    tail = np.zeros(len(spread))
    tail[some] = np.maximum(skew(idle[:, some], axis=0), 0.0)
    level = pearson3.isf(1 - (1 - SURE) ** (1 / max(inputs, 1)), tail)
    return np.asarray(np.maximum(idle.mean(0) + level * spread, idle.max(0)))


def _ranges(
    groups: Sequence[Ints], first: Floats, y: Floats, weights: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Ranges by random halves: the spread between halves without replacement is that of the whole sample."""
    futures = len(y)
    halves = np.zeros((HALVES, futures))
    for half in halves:
        rows = rng.permutation(futures)[: futures // 2]
        half[rows] = weights[rows]
    spread = np.zeros((HALVES, *first.shape))
    some = halves.sum(1) > 0
    spread[some] = first_of_each(groups, y, halves[some] / halves[some].sum(1, keepdims=True))
    gap = spread - spread.mean(0)
    low, high = np.quantile(gap, RANGE, axis=0)
    return first + low, first + high
