"""Signposts: what can be seen early that announces a deep family, how well, and how long before.

A signpost is a short rule: *by a date, an observable has (or has not) crossed a value*. Rules are chosen on
one part of the futures and scored on the rest, which had no say in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from afternext.ensemble.show import freeze_of
from afternext.foresight.families import Labels, above
from afternext.foresight.observed import LOOKS, Observed, Sign, observe, shows
from afternext.foresight.weights import Floats, parts, quantile
from afternext.foresight.words import KEPT, Words

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run
    from afternext.foresight.tree import Tree

# Within the futures that choose, an observable is preferred for what its cut does on the other folds.
FOLDS = 4
STEPS = 40  # thresholds that are tried for a measure
WORTH = 0.2  # hit rate less false alarm rate under which a rule is no signpost
NEARLY = 0.8  # of the best score: an earlier rule is preferred to a better one above that
SECOND = 0.08  # what a second condition must add
JUDGED = 48  # cuts, best first, that are judged on folds
SECONDS = 16  # observables tried as the second condition
FEWEST = 5  # futures of a family on each side, under which nothing can be learnt
ALIKE = 0.65  # pairs of families are told apart when this share of pairs of futures is ordered rightly
RIDGE = 10.0


@dataclass(frozen=True)
class Rule:
    """Signs that must all hold, and how well they announce on futures that had no say in them.

    hits : share of the family's futures in which it shows        false_alarms : share of all others
    right : share of futures with the sign that are of the family
    lead : days between the moment it shows and the horizon: (median, low, high)
    """

    signs: tuple[Sign, ...]
    hits: float
    false_alarms: float
    right: float
    lead: tuple[int, int, int]
    foreseen: float  # hit rate less false alarm rate, as the choosing futures foresee it by folds

    @property
    def score(self) -> float:
        return self.hits - self.false_alarms


@dataclass(frozen=True)
class Announced:
    """A deep family and its rules, earliest first; `best` is the one to watch, if any is worth it."""

    target: str
    name: str
    day: int
    share: float
    rules: tuple[Rule, ...]
    best: int | None
    freeze: date
    words: Words

    def text(self, rule: Rule) -> str:
        parts = [sign.text(self.words, self.freeze + timedelta(days=sign.day)) for sign in rule.signs]
        return " and ".join([parts[0], *(part.split(", ", 1)[1] for part in parts[1:])])

    def to_dict(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "name": self.name,
            "day": self.day,
            "share_of_futures": round(self.share, 4),
            "watch": self.best,
            "rules": [
                {
                    "rule": self.text(rule),
                    "signs": [sign.to_dict() for sign in rule.signs],
                    "hit_rate": round(rule.hits, 4),
                    "false_alarm_rate": round(rule.false_alarms, 4),
                    "share_right_when_seen": round(rule.right, 4),
                    "lead_days": {"median": rule.lead[0], "low": rule.lead[1], "high": rule.lead[2]},
                }
                for rule in self.rules
            ],
        }


@dataclass(frozen=True)
class Unclear:
    """Two deep families that look alike up to a date.

    ordered : share of pairs of held-out futures (one of each) that all observables together order rightly
    """

    day: int
    families: tuple[str, str]
    ordered: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "until_day": self.day,
            "families": list(self.families),
            "ordered_rightly": round(self.ordered, 4),
        }


def looks(deep: int) -> list[int]:
    """Days to look at before a deep horizon."""
    return [day for day in LOOKS if day <= 0.75 * deep]


def find_signposts(run: Run, tree: Tree, seed: int = 0) -> Tree:
    """The tree with the signposts of its deepest families, and what no observable tells apart."""
    deep = tree.levels[-1]
    observed = observe(run, max(looks(deep.day), default=deep.day))
    labels, weights = deep.found.labels, tree.features.weights
    announced = tuple(
        Announced(
            family.id, family.name, deep.day, family.share,
            *announce(observed, labels == k, weights, deep.day, seed), freeze_of(run), tree.words,
        )
        for k, family in enumerate(deep.families)
    )  # fmt: skip
    pairs = unclear(observed, labels, weights, deep.day, [family.id for family in deep.families], seed)
    return replace(tree, announced=announced, unclear=tuple(pairs))


def announce(
    observed: Observed, is_it: NDArray[np.bool_], weights: Floats, deep: int, seed: int = 0
) -> tuple[tuple[Rule, ...], int | None]:
    """The best rule at each date, and which of them to watch: the earliest that is nearly as good as any."""
    choosing, scoring = parts(len(is_it), seed)
    if min(is_it[choosing].sum(), (~is_it[choosing]).sum(), is_it[scoring].sum()) < FEWEST:
        return (), None
    rules = []
    for day in looks(deep):
        signs, gain = _best_signs(observed, is_it, weights, choosing, day)
        if signs:
            rules.append(_scored(observed, signs, is_it, weights, scoring, deep, gain))
    # Which one to watch is decided by the futures that chose the rules; the others may only refuse it.
    good = [k for k, rule in enumerate(rules) if rule.foreseen >= WORTH]
    if not good:
        return tuple(rules), None
    most = max(rules[k].foreseen for k in good)
    nearly = [k for k in good if rules[k].foreseen >= NEARLY * most and rules[k].score >= WORTH]
    return tuple(rules), nearly[0] if nearly else None


def rule_by(
    observed: Observed, is_it: NDArray[np.bool_], weights: Floats, day: int, deep: int, seed: int = 0
) -> Rule | None:
    """The best rule by one day for something that is so at `deep`; None where too few futures can teach it.

    Chosen and scored on different futures, as in `announce`.
    """
    choosing, scoring = parts(len(is_it), seed)
    sides = (is_it[choosing], ~is_it[choosing], is_it[scoring], ~is_it[scoring])
    if min(int(side.sum()) for side in sides) < FEWEST:
        return None
    signs, gain = _best_signs(observed, is_it, weights, choosing, day)
    return _scored(observed, signs, is_it, weights, scoring, deep, gain) if signs else None


def _best_signs(
    observed: Observed, is_it: NDArray[np.bool_], weights: Floats, own: NDArray[np.bool_], day: int
) -> tuple[tuple[Sign, ...], float]:
    """The sign, or pair of signs, with the largest hit rate less false alarm rate; and that difference.

    With many observables the best cut of all looks good by luck: each is judged on folds that did not
    place it.
    """
    folds = np.arange(own.sum()) % FOLDS
    inside, shares = is_it[own], weights[own]
    tried: list[tuple[float, Sign, Floats]] = []
    for name in observed.curves:
        if observed.days(name)[0] > day:
            continue
        for rising in (True, False):
            reached = observed.until(name, day, rising)[own]
            sign = cut_sign(reached, inside, shares, name, day, rising)
            if sign is not None:
                tried.append((informed(shows(reached, sign), inside, shares), sign, reached))
    # A cut that is poor where it was placed is poor elsewhere: only the best are judged on folds.
    tried.sort(key=lambda one: -one[0])
    singles: list[tuple[float, Sign, NDArray[np.bool_]]] = []
    for _, sign, reached in tried[:JUDGED]:
        shown = np.zeros(len(reached), dtype=bool)
        for fold in range(FOLDS):
            fit, rest = folds != fold, folds == fold
            one = cut_sign(reached[fit], inside[fit], shares[fit], sign.measure, day, sign.above)
            if one is not None:
                shown[rest] = shows(reached[rest], one)
        singles.append((informed(shown, inside, shares), sign, shown))
    if not singles:
        return (), 0.0
    singles.sort(key=lambda one: -one[0])
    gain, first, shown = singles[0]
    best: tuple[float, Sign | None] = (gain + SECOND, None)
    for _, sign, other in singles[1:SECONDS]:
        if sign.measure != first.measure:
            value = informed(shown & other, inside, shares)
            if value > best[0]:
                best = (value, sign)
    return ((first,), gain) if best[1] is None else ((first, best[1]), best[0])


def cut_sign(
    reached: Floats, is_it: NDArray[np.bool_], weights: Floats, name: str, day: int, rising: bool
) -> Sign | None:
    """The value of one observable that parts the family best from the others, in either sense."""
    kinds = np.unique(reached)
    if len(kinds) < 2 or not is_it.any() or is_it.all():
        return None
    cuts = (kinds[1:] + kinds[:-1]) / 2
    if len(cuts) > STEPS:
        cuts = np.unique(np.quantile(reached, np.linspace(0.02, 0.98, STEPS)))
    order = np.argsort(reached, kind="stable")
    sides = []
    for member in (is_it, ~is_it):
        total = np.concatenate([[0.0], np.cumsum((weights * member)[order])])
        below = total[np.searchsorted(reached[order], cuts, "right")] / max(total[-1], 1e-300)
        sides.append(
            below if rising else total[np.searchsorted(reached[order], cuts, "left")] / max(total[-1], 1e-300)
        )
    # Share crossed among the family less that among the others; negative: not crossing announces it.
    apart = (1 - sides[0]) - (1 - sides[1]) if rising else sides[0] - sides[1]
    k = int(np.argmax(np.abs(apart)))
    value = round_cut(cuts, k)
    if not name.startswith(KEPT) and (kinds == np.rint(kinds)).all():  # counts: more than 2, fewer than 3
        value = float(np.floor(value) if rising else np.ceil(value))
    return Sign(name, day, rising, bool(apart[k] > 0), value)


def round_cut(cuts: Floats, k: int) -> float:
    """A threshold with as few digits as keep it between its neighbours."""
    value = float(cuts[k])
    low = float(cuts[k - 1]) if k > 0 else -np.inf
    high = float(cuts[k + 1]) if k + 1 < len(cuts) else np.inf
    for digits in (1, 2, 3):
        short = float(f"{value:.{digits}g}")
        if (low + value) / 2 < short < (high + value) / 2:
            return short
    return value


def informed(shown: NDArray[np.bool_], is_it: NDArray[np.bool_], weights: Floats) -> float:
    """Share of these futures that show a sign, less the share of the others that do."""
    inside, outside = weights[is_it].sum(), weights[~is_it].sum()
    return float(weights[shown & is_it].sum() / inside - weights[shown & ~is_it].sum() / outside)


def _scored(
    observed: Observed, signs: tuple[Sign, ...], is_it: NDArray[np.bool_], weights: Floats,
    scoring: NDArray[np.bool_], deep: int, gain: float,
) -> Rule:  # fmt: skip
    shown = np.logical_and.reduce([observed.holds(sign) for sign in signs])
    inside, outside, seen = scoring & is_it, scoring & ~is_it, scoring & shown
    # A sign that something has not happened is known on its day only.
    since = np.max(
        [observed.crossed(sign) if sign.has else np.full(len(is_it), float(sign.day)) for sign in signs],
        axis=0,
    )
    told = seen & is_it
    if told.any():
        days, own = since[told], weights[told]
        lead = [int(deep - quantile(days, own, q)) for q in (0.5, 0.9, 0.1)]
    else:
        lead = [deep - signs[0].day] * 3
    total = weights[seen].sum()
    return Rule(
        signs,
        float(weights[inside & shown].sum() / weights[inside].sum()),
        float(weights[outside & shown].sum() / weights[outside].sum()),
        float(weights[told].sum() / total) if total > 0 else 0.0,
        (lead[0], lead[1], lead[2]),
        gain,
    )


def unclear(
    observed: Observed, labels: Labels, weights: Floats, deep: int, ids: list[str], seed: int = 0
) -> list[Unclear]:
    """Pairs of families that all observables together cannot order well on held-out futures, and until
    when.
    """
    choosing, scoring = parts(len(labels), seed)
    last: dict[tuple[str, str], Unclear] = {}
    apart: set[tuple[str, str]] = set()
    for day in looks(deep):
        known = [name for name in observed.curves if observed.days(name)[0] <= day]
        table = np.array([rankdata(observed.at(name, day)) for name in known]).T / len(labels) - 0.5
        for a, b in combinations(range(len(ids)), 2):
            pair = (ids[a], ids[b])
            here = (labels == a) | (labels == b)
            fit, test = here & choosing, here & scoring
            target = np.where(labels == a, 1.0, -1.0)
            few = min((target[fit] > 0).sum(), (target[fit] < 0).sum()) < FEWEST or len(set(target[test])) < 2
            if pair in apart or few:
                continue
            ordered = _ordered(table, target, weights, fit, test)
            if ordered < ALIKE:
                last[pair] = Unclear(day, pair, ordered)
            else:
                apart.add(pair)
    return list(last.values())


def _ordered(
    table: Floats, target: Floats, weights: Floats, fit: NDArray[np.bool_], test: NDArray[np.bool_]
) -> float:
    """Share of held-out pairs ordered rightly by a ridge discriminant on the ranks of all observables."""
    x, w = table[fit], weights[fit] * fit.sum() / weights[fit].sum()
    # Both families weigh the same, so that the larger one does not rule the direction.
    for side in (1.0, -1.0):
        w[target[fit] == side] /= max(w[target[fit] == side].sum(), 1e-300)
    w *= fit.sum() / 2
    middle = w @ x / w.sum()
    centred = x - middle
    slope = np.linalg.solve(
        (centred * w[:, None]).T @ centred
        + RIDGE * np.eye(x.shape[1]) * np.square(centred).mean() * x.shape[1],
        centred.T @ (w * target[fit]),
    )
    score = (table - middle) @ slope
    one, other = test & (target > 0), test & (target < 0)
    return above(score[one], score[other], weights[one], weights[other])
