"""Backcasting: from a wanted deep future back to what can be seen, and what can be done, that raises its
share.

What one can choose is told from strategies on the same futures: the difference is theirs. What one can only
watch is told as it goes together in the futures of one strategy: a sign raises the share of the wanted
futures that follow it, which is no promise that bringing the sign about would. Moves that powers make of
their own accord stand apart: they were made because of how things stood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from afternext.ensemble.show import freeze_of
from afternext.ensemble.weights import in_use, values_of
from afternext.errors import UsageError
from afternext.foresight.conditions import meets
from afternext.foresight.observed import Observed, Sign, observe
from afternext.foresight.signposts import FOLDS, cut_sign, informed
from afternext.foresight.switching import paired
from afternext.foresight.weights import Floats, effective, parts, shares
from afternext.foresight.words import Words

if TYPE_CHECKING:
    import pandas as pd

    from afternext.ensemble.opened import Run
    from afternext.foresight.comparison import Comparison

Bools = NDArray[np.bool_]
Range = tuple[float, float, float]
LOOKS = (30, 183, 365)  # days after the freeze at which the near is looked at
FEWEST = 8  # wanted and other futures on each side, under which nothing can be learnt
MOST = 4  # conditions told of one day
ALIKE = 0.7  # correlation from which two conditions are told once
WORTH = 0.1  # share among the wanted less share among the others, foreseen by folds, that is worth telling
FAMILY = re.compile(r"[A-Z]\d+")
OUTSIDE = 0.05
MOVE = "in_effect_"


@dataclass(frozen=True)
class Near:
    """A near condition and what follows it, on futures that had no say in it.

    Attributes
    ----------
    own : whether it is a move that powers make of their own accord
    seen : share of futures in which it holds
    having, lacking : share of wanted futures among those in which it holds, or does not: share, low, high
    under : strategy -> change of its share against the first strategy, paired: mean, low, high
    """

    sign: Sign
    text: str
    own: bool
    seen: float
    having: Range
    lacking: Range
    under: Mapping[str, Range]

    @property
    def raises(self) -> float:
        return self.having[0] - self.lacking[0]


@dataclass(frozen=True)
class Chosen:
    """A strategy: the share of wanted futures under it, on the same futures as the first.

    gain : against the first strategy, paired: mean, low, high
    won, lost : share of futures that are wanted only under it, only under the first
    """

    id: str
    title: str
    share: Range
    gain: Range
    won: float
    lost: float


@dataclass(frozen=True)
class Backcast:
    """What leads to a wanted deep future, split into what can be chosen and what can only be watched."""

    scenario: str
    seed: int
    futures: int
    scoring: int
    want: str
    meaning: str
    share: Range
    freeze: date
    strategy: str
    watch: tuple[Near, ...]
    moves: tuple[Near, ...]
    chosen: tuple[Chosen, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario, "seed": self.seed, "futures": self.futures,
            "held_out_futures": self.scoring, "want": self.want, "meaning": self.meaning,
            "share_of_futures": _range(self.share), "strategy": self.strategy,
            "can_be_watched": [_near(one) for one in self.watch],
            "moves_of_powers": [_near(one) for one in self.moves],
            "can_be_chosen": [
                {
                    "strategy": one.id, "title": one.title, "share_of_futures": _range(one.share),
                    "gain": _range(one.gain), "only_under_it": round(one.won, 4),
                    "only_under_the_first": round(one.lost, 4),
                }
                for one in self.chosen
            ],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a near condition, a move or a strategy."""
        import pandas as pd

        rows = [
            {
                "kind": kind, "what": one.text, "day": one.sign.day, "seen": one.seen,
                "with": one.having[0], "with_low": one.having[1], "with_high": one.having[2],
                "without": one.lacking[0], "without_low": one.lacking[1], "without_high": one.lacking[2],
            }
            for kind, group in (("watch", self.watch), ("move", self.moves))
            for one in group
        ] + [
            {
                "kind": "choose", "what": one.id, "day": 0, "seen": 1.0, "with": one.share[0],
                "with_low": one.share[1], "with_high": one.share[2],
                "without": one.share[0] - one.gain[0], "without_low": one.share[0] - one.gain[2],
                "without_high": one.share[0] - one.gain[1],
            }
            for one in self.chosen
        ]  # fmt: skip
        names = ["kind", "what", "day", "seen", "with", "with_low", "with_high"]
        return pd.DataFrame(rows, columns=[*names, "without", "without_low", "without_high"])


def _near(one: Near) -> dict[str, Any]:
    return {
        "condition": one.text, "sign": one.sign.to_dict(), "share_of_futures": round(one.seen, 4),
        "wanted_with_it": _range(one.having), "wanted_without_it": _range(one.lacking),
        "raised_by_strategy": {ident: _range(gain) for ident, gain in one.under.items()},
    }  # fmt: skip


def _range(three: Range) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(("share", "low", "high"), three, strict=True)}


def backcast(given: Run | Comparison, want: str, weights: Floats | None = None, seed: int = 0) -> Backcast:
    """From a wanted family or condition back to near conditions, moves and, in a comparison, strategies.

    given : a run; or a comparison, whose first strategy is the one that is watched
    want : id of a family of `tree` at the last horizon, or a condition
    """
    from afternext.foresight.comparison import Comparison

    several = given if isinstance(given, Comparison) else None
    run = given if not isinstance(given, Comparison) else given.first
    rows = np.arange(len(run.measures["future"])) if several is None else several.rows(several.ids[0])
    weights = values_of(in_use(run, weights))
    w = shares(weights, len(rows)) if several is None else several.weights
    wanted, meaning, deep = _wanted(run, want, several is not None, weights)
    wanted = wanted[rows]
    choosing, scoring = parts(len(wanted), seed)
    least = min(int((part & side).sum()) for part in (choosing, scoring) for side in (wanted, ~wanted))
    if least < FEWEST:
        raise UsageError(
            f"{int(wanted.sum())} of {len(wanted)} futures are wanted: at least {FEWEST} must be and "
            f"{FEWEST} must not among those that choose and those that score; run more futures, or move the "
            "threshold"
        )
    last = max((day for day in LOOKS if day <= 0.75 * deep), default=round(0.5 * deep))
    looks = [day for day in LOOKS if day <= last] or [last]
    observed = observe(run, last, rows)
    others = {} if several is None else {
        ident: observe(several.runs[ident], last, several.rows(ident)) for ident in several.ids[1:]
    }  # fmt: skip
    words, freeze = Words(run), freeze_of(run)
    found: dict[bool, list[Near]] = {True: [], False: []}
    for own in (False, True):
        for day in looks:
            for sign in _signs(observed, wanted, w, choosing, day, own):
                near = _told(observed, others, sign, wanted, w, scoring, words, freeze, own)
                if near is not None:
                    found[own].append(near)
    first = "" if several is None else several.ids[0]
    return Backcast(
        str(run.manifest["scenario"]["title"]), run.seed, len(wanted), int(scoring.sum()), want, meaning,
        share_of(wanted, np.ones(len(wanted), dtype=bool), w), freeze,
        first or " ".join(run.manifest.get("strategies") or ()) or "none",
        tuple(found[False]), tuple(found[True]), () if several is None else _chosen(several, want, seed),
    )  # fmt: skip


def _wanted(run: Run, want: str, several: bool, weights: Floats | None) -> tuple[Bools, str, int]:
    """Which futures are wanted, what that means in words, and the day on which it shows."""
    last = int(run.manifest["days"])
    if not FAMILY.fullmatch(want.strip()):
        return meets(run, want), want, last
    if several:
        raise UsageError(
            f"family {want} belongs to the futures of one run; to compare strategies give a condition that "
            "all share, for example --want 'displaced@end < 1M'"
        )
    from afternext.foresight.tree import grow

    tree = grow(run, weights, signposts=False)
    family = tree.family(want.strip())
    level = next(level for level in tree.levels if family in level.families)
    return level.found.labels == level.families.index(family), family.name, level.day


def _signs(observed: Observed, wanted: Bools, w: Floats, choosing: Bools, day: int, own: bool) -> list[Sign]:
    """Conditions of a day that part wanted futures from the others, the best first, each saying another
    thing.

    Each is judged on folds that did not place its value.
    """
    folds = np.arange(choosing.sum()) % FOLDS
    inside, weights = wanted[choosing], w[choosing]
    judged: list[tuple[float, Sign]] = []
    for name in observed.curves:
        if observed.days(name)[0] > day or name.startswith(MOVE) != own:
            continue
        for rising in (True, False):
            reached = observed.until(name, day, rising)[choosing]
            shown = np.zeros(len(reached), dtype=bool)
            for fold in range(FOLDS):
                fit, rest = folds != fold, folds == fold
                sign = cut_sign(reached[fit], inside[fit], weights[fit], name, day, rising)
                if sign is not None:
                    crossed = reached[rest] > sign.value if rising else reached[rest] < sign.value
                    shown[rest] = crossed == sign.has
            whole = cut_sign(reached, inside, weights, name, day, rising)
            gain = informed(shown, inside, weights)
            if whole is not None and gain >= WORTH:
                judged.append((gain, whole))
    judged.sort(key=lambda one: -one[0])
    kept: list[Sign] = []
    for _, sign in judged:
        holds = observed.holds(sign)[choosing].astype(np.float64)
        if holds.std() == 0:
            continue
        twins = [
            other for other in kept if abs(np.corrcoef(holds, observed.holds(other)[choosing])[0, 1]) > ALIKE
        ]
        if not twins:
            kept.append(sign)
        if len(kept) == MOST:
            break
    return kept


def _told(
    observed: Observed, others: Mapping[str, Observed], sign: Sign, wanted: Bools, w: Floats,
    scoring: Bools, words: Words, freeze: date, own: bool,
) -> Near | None:  # fmt: skip
    """What follows a condition on the futures that score; None where they do not show it too."""
    holds = observed.holds(sign)
    if not (scoring & holds).any() or not (scoring & ~holds).any():
        return None
    near = Near(
        sign, sign.text(words, freeze + timedelta(days=sign.day)), own, float(w[holds].sum()),
        share_of(wanted, scoring & holds, w), share_of(wanted, scoring & ~holds, w),
        {
            ident: paired(there.holds(sign).astype(np.float64), holds.astype(np.float64), w)
            for ident, there in others.items()
            if sign.measure in there.curves
        },
    )  # fmt: skip
    # Newcombe's range (1998) of the difference of two shares: it must not hold zero.
    low = near.raises - np.hypot(near.having[0] - near.having[1], near.lacking[2] - near.lacking[0])
    return near if low > 0 else None


def share_of(wanted: Bools, among: Bools, w: Floats) -> Range:
    """Share of the wanted among some futures, with its range (Wilson 1927)."""
    weights = w[among]
    share = float(weights[wanted[among]].sum() / weights.sum())
    n, z = effective(weights), float(norm.isf(OUTSIDE))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, max(middle - half, 0.0), min(middle + half, 1.0)


def _chosen(comparison: Comparison, want: str, seed: int) -> tuple[Chosen, ...]:
    wanted = comparison.meets(want)
    w = comparison.weights
    everyone = np.ones(len(w), dtype=bool)
    first = wanted[0]
    rows = [
        Chosen(
            ident, comparison.titles[ident], share_of(own, everyone, w),
            paired(own.astype(np.float64), first.astype(np.float64), w, seed),
            float(w[own & ~first].sum()), float(w[first & ~own].sum()),
        )
        for ident, own in zip(comparison.ids, wanted, strict=True)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda one: -one.share[0]))
