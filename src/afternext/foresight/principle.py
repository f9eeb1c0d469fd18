"""The decision of principle: let a government fall, save it as it is, or save it on conditions.

Three courses of action (principle_plans.py) on the same futures; what each is worth to a coalition by its own
declared goals (aims.py); what it is to the people, beside that; and moral hazard, measured. Futures are
compared within families: groups that end alike *if nobody helps*, so that what is compared shares luck and
circumstances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.weights import Weights
from afternext.errors import UsageError
from afternext.foresight.aims import Stakes, Worth, stakes, worth
from afternext.foresight.comparison import Comparison, compare
from afternext.foresight.hazard import Hazard, Met, measure_hazard, when_met
from afternext.foresight.leanings import Leaning, Tip, lean
from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE, TITLES, Question, ask, courses_of
from afternext.foresight.weights import Floats, resamples, shares

if TYPE_CHECKING:
    import pandas as pd

    from afternext.scenario import Scenario

STRATEGIES = (NONE, AS_IS, CONDITIONS)
PAIRS = tuple(combinations(range(3), 2))
RESAMPLES = 2000
SURE = 0.95  # of resamples of the futures in which a difference has its sign: several are looked at
FEWEST = 20  # futures
EVERYONE = "all"
NEAR = 183  # days
PEOPLE = ("displaced", "dead")
ABOUT = 1e-9


@dataclass(frozen=True)
class Estimate:
    """A mean over futures and the range of 95 of 100 resamples."""

    mean: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether its sign is told apart from luck."""
        return self.low > 0 or self.high < 0

    def to_dict(self) -> dict[str, float]:
        return {key: round(value, 5) for key, value in vars(self).items()}


@dataclass(frozen=True)
class Group:
    """A family of futures (or all of them) under the three strategies.

    Attributes
    ----------
    value : of each strategy to the coalition, 1 if all is as it should be
    gain : (first, second) -> second less first, paired
    price : part of the value of each strategy that means under way cost
    members : power -> value of each strategy to it
    people : measure -> day -> mean under each strategy, and differences as in `gain`
    best : strategies that are not told apart from the best, the best first
    leaning : what the order depends on
    """

    id: str
    name: str
    share: float
    futures: int
    value: tuple[Estimate, ...]
    gain: Mapping[tuple[str, str], Estimate]
    price: tuple[float, ...]
    members: Mapping[str, tuple[Estimate, ...]]
    people: Mapping[str, Mapping[int, tuple[tuple[float, ...], Mapping[tuple[str, str], Estimate]]]]
    best: tuple[str, ...]
    leaning: Leaning

    def to_dict(self) -> dict[str, Any]:
        def pairs(found: Mapping[tuple[str, str], Estimate]) -> list[dict[str, Any]]:
            return [{"from": a, "to": b, **one.to_dict()} for (a, b), one in found.items()]

        return {
            "id": self.id,
            "name": self.name,
            "share_of_futures": round(self.share, 4),
            "futures": self.futures,
            "best": list(self.best),
            "value": {s: one.to_dict() for s, one in zip(STRATEGIES, self.value, strict=True)},
            "price": {s: round(v, 5) for s, v in zip(STRATEGIES, self.price, strict=True)},
            "gain": pairs(self.gain),
            "members": {
                power: {s: one.to_dict() for s, one in zip(STRATEGIES, values, strict=True)}
                for power, values in self.members.items()
            },
            "people": [
                {
                    "measure": measure, "day": day,
                    "mean": {s: round(v, 1) for s, v in zip(STRATEGIES, means, strict=True)},
                    "difference": pairs(differences),
                }
                for measure, days in self.people.items()
                for day, (means, differences) in days.items()
            ],
            "depends_on": self.leaning.to_dict(),
        }  # fmt: skip


@dataclass(frozen=True)
class Principle:
    """The answer, for all futures and family by family."""

    title: str
    names: Mapping[str, str]
    question: Question
    futures: int
    seed: int
    freeze: date
    near: int
    deep: int
    groups: tuple[Group, ...]
    clear: str
    hazard: Hazard
    met: Met
    path: Path
    weights: Weights | None = None

    @property
    def whole(self) -> Group:
        return self.groups[0]

    @property
    def families(self) -> tuple[Group, ...]:
        return self.groups[1:]

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.title,
            "futures": self.futures,
            "seed": self.seed,
            "weights": self.weights and self.weights.to_dict(),
            "near_day": self.near,
            "deep_day": self.deep,
            "strategies": {ident: TITLES[ident] for ident in STRATEGIES},
            "question": self.question.to_dict(),
            "families_are": self.clear,
            "groups": [group.to_dict() for group in self.groups],
            "moral_hazard": self.hazard.to_dict(),
            "conditions_met": self.met.to_dict(),
            "comparison": str(self.path),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a group and strategy."""
        import pandas as pd

        rows = []
        for group in self.groups:
            for s, ident in enumerate(STRATEGIES):
                row: dict[str, Any] = {
                    "group": group.id, "name": group.name, "share_of_futures": group.share, "strategy": ident,
                    **{f"value_{k}": v for k, v in vars(group.value[s]).items()}, "price": group.price[s],
                    "best": ident == group.best[0], "not_told_apart": ident in group.best,
                }  # fmt: skip
                if s:
                    gain = group.gain[NONE, ident]
                    row |= {f"gain_{k}": v for k, v in vars(gain).items()}
                for measure, days in group.people.items():
                    row |= {f"{measure}_{day}d": means[s] for day, (means, _) in days.items()}
                rows.append(row)
        return pd.DataFrame(rows)


def principle(
    scenario: str | Path | Scenario,
    *,
    coalition: Sequence[str] = (),
    help: Sequence[str] = (),
    conditions: Sequence[str] = (),
    scale: float = 1.0,
    day: int = 0,
    near: int | None = None,
    families_of: str = NONE,
    futures: int | None = None,
    seed: int | None = None,
    years: float | None = None,
    overrides: Mapping[str, float | str] | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    weights: str | Path | None = None,
    progress: bool = False,
) -> Principle:
    """Value letting a government fall, saving it as it is, and saving it on conditions.

    Parameters
    ----------
    scenario : name of a shipped scenario, a folder, or a Scenario; it has a polity, and powers that may help
    coalition : powers who ask; the strongest that may help and its allies if none is named
    help : moves that make up the help; every move of aid or from the air that strengthens the government
    conditions : what must hold before help is given on conditions: ``inclusion>0.55``, ``leader<0.5``
    scale, day : of the help; days after the freeze
    near : near horizon, days; half a year, or the deep horizon if that is nearer. Deep is the last day
    families_of : strategy whose ends make the families: ``let_fall``, ``as_it_is`` or ``on_conditions``
    weights : of the futures: the name of some that lie with one of the three runs in ``out``, or a file
    futures, seed, years, overrides, workers, out, progress : as for ``afternext.run``

    Returns
    -------
    Principle
    """
    from afternext.ensemble import place
    from afternext.ensemble.subject import open_scenario

    crisis = open_scenario(scenario)
    if families_of not in STRATEGIES:
        raise UsageError(f"families of {families_of}: one of {', '.join(STRATEGIES)}")
    days = place.length(years, None, crisis.freeze) or place.length(crisis.years, None, crisis.freeze) or 1
    if near is not None and not 0 < near <= days:
        raise UsageError(f"near horizon {near}: futures last {days} days")
    if futures is not None and futures < FEWEST:
        raise UsageError(f"{futures} futures are too few to compare families: at least {FEWEST}")
    question = ask(crisis, days, coalition, help, conditions, scale, day)
    comparison = compare(
        crisis, prepared=courses_of(crisis, question), futures=futures, seed=seed, years=days / 365.25,
        overrides=overrides, workers=workers, out=out, progress=progress,
    )  # fmt: skip
    return weigh(
        comparison.weigh(weights),
        question,
        near=min(NEAR, days) if near is None else near,
        families_of=families_of,
    )


def weigh(
    comparison: Comparison, question: Question, *, near: int = NEAR, families_of: str = NONE
) -> Principle:
    """Weigh a finished comparison of the three courses of action."""
    from afternext.foresight.tree import grow

    missing = [ident for ident in STRATEGIES if ident not in comparison.ids]
    if missing:
        raise UsageError(f"{comparison.path} lacks the strategies {', '.join(missing)}")
    order = [comparison.ids.index(ident) for ident in STRATEGIES]
    deep = comparison.last
    near = min(near, deep)
    worths = [_ordered(worth(comparison, power, near, deep), order) for power in question.coalition]
    tree = grow(comparison.runs[families_of], signposts=False, days=(deep,))
    rows = np.searchsorted(tree.features.futures, comparison.futures)
    level = tree.levels[-1]
    labels = level.found.labels[rows]
    people = {
        name: comparison.values(name, (near, deep))[order] for name in PEOPLE if name in comparison.measures
    }
    groups = [_group(EVERYONE, "all futures", comparison.weights, worths, question, people, (near, deep))]
    groups += [
        _group(
            f"F{k + 1}",
            family.name,
            comparison.weights * (labels == k),
            worths,
            question,
            people,
            (near, deep),
        )
        for k, family in enumerate(level.families)
        if (comparison.weights * (labels == k)).any()
    ]
    met = when_met(comparison, question)
    return Principle(
        title=comparison.scenario.title,
        names={
            **{ident: move.name for ident, move in comparison.scenario.moves.items()},
            **{ident: power.name for ident, power in comparison.scenario.powers.items()},
        },
        question=question,
        futures=len(comparison.futures),
        seed=comparison.seed,
        freeze=comparison.freeze,
        near=near,
        deep=deep,
        groups=tuple(groups),
        clear=level.clear,
        hazard=measure_hazard(comparison, question, (near, deep), estimate),
        met=met,
        path=comparison.path,
        weights=comparison.evidence,
    )


def _ordered(found: Worth, order: list[int]) -> Worth:
    return Worth(found.power, found.aims, found.missed[order], found.weight, found.price[order])


def estimate(values: Floats, weights: Floats | None = None, seed: int = 0) -> Estimate:
    """Weighted mean over futures with the range of resamples; one future has no range."""
    count = len(values)
    w = shares(weights, count)
    mean = float(w @ values)
    if count < 2 or np.ptp(values) < ABOUT:
        return Estimate(mean, mean, mean)
    again = resamples(w, RESAMPLES, seed) @ values / count
    low, high = np.quantile(again, [(1 - SURE) / 2, (1 + SURE) / 2])
    return Estimate(mean, float(low), float(high))


def differences(values: Floats, weights: Floats | None = None) -> dict[tuple[str, str], Estimate]:
    """Paired differences between strategies; values (S, F)."""
    return {(STRATEGIES[a], STRATEGIES[b]): estimate(values[b] - values[a], weights) for a, b in PAIRS}


def not_told_apart(values: Floats, weights: Floats | None = None) -> tuple[str, ...]:
    """The best strategy first, then those that luck alone could put below it; values (S, F)."""
    order = np.argsort(-(values @ shares(weights, values.shape[1])), kind="stable")
    best = int(order[0])
    return tuple(
        STRATEGIES[int(k)]
        for k in order
        if k == best or not estimate(values[best] - values[int(k)], weights).sure
    )


def _group(
    ident: str,
    name: str,
    weights: Floats,
    worths: Sequence[Worth],
    question: Question,
    people: Mapping[str, Floats],
    days: tuple[int, int],
) -> Group:
    own = weights > 0.0  # a future that weighs nothing is none
    w = weights[own] / weights[own].sum()
    of_member = {one.power: one.value[:, own] for one in worths}
    value = sum(
        (share * of_member[power] for power, share in zip(question.coalition, question.weights, strict=True)),
        start=np.zeros((len(STRATEGIES), int(own.sum()))),
    )
    made_of: Stakes = stakes(worths, question.weights, weights / weights.sum())
    return Group(
        id=ident,
        name=name,
        share=float(weights.sum()),
        futures=int(own.sum()),
        value=tuple(estimate(row, w) for row in value),
        gain=differences(value, w),
        price=tuple(float(v) for v in made_of.price),
        members={power: tuple(estimate(row, w) for row in rows) for power, rows in of_member.items()},
        people={
            measure: {
                day: (tuple(float(v) for v in found[:, own, h] @ w), differences(found[:, own, h], w))
                for h, day in enumerate(days)
            }
            for measure, found in people.items()
        },
        best=not_told_apart(np.asarray(value), w),
        leaning=lean(made_of, STRATEGIES),
    )


__all__ = ["Estimate", "Group", "Hazard", "Leaning", "Met", "Principle", "Tip", "principle", "weigh"]
