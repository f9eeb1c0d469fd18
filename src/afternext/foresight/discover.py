"""Scenario discovery: which conditions lead to an outcome, told in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.meanings import in_words
from afternext.ensemble.weights import Weights, in_use, values_of
from afternext.errors import UsageError
from afternext.foresight.boxes import FEWEST, Choice, best_leaf, choose, find_boxes
from afternext.foresight.columns import Column, columns_of
from afternext.foresight.conditions import meets
from afternext.foresight.prim import Box
from afternext.foresight.weights import Floats, shares
from afternext.foresight.words import amount, listing, of_100

if TYPE_CHECKING:
    import pandas as pd

    from afternext.ensemble.opened import Run

NEARLY = 0.8  # share of resamples


@dataclass(frozen=True)
class Discovery:
    """Boxes of one outcome, the first found first, and the best leaf of a tree for comparison."""

    scenario: str
    condition: str
    futures: int
    seed: int
    cases: int
    base: float
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    leaf: tuple[Box, Box] | None  # on the futures it was found on, and on the others
    notes: dict[str, tuple[str, str]]
    leaning: tuple[int, ...] = ()  # where nothing holds: columns that nearly every resample limits
    tried: tuple[Box, ...] = ()  # where nothing holds: the path that was searched
    weights: Weights | None = None

    def meaning(self, k: int) -> str:
        """What a column is, in words."""
        name = self.columns[k].name
        return self.notes.get(name, ("", ""))[1] or in_words(name, "", {})

    def limit(self, k: int, box: Box) -> str:
        """One limit in words: `strength of the army below 2,600 fighters`."""
        column, what = self.columns[k], self.meaning(k)
        unit = self.notes.get(column.name, ("", ""))[0]
        limit = box.limits[k]
        if column.kind == "category":
            words = [column.words[int(code)] for code in sorted(limit)]
            return f"{what} is {' or '.join(words)}"
        low, high = limit
        suffix = f" {unit}" if unit and unit not in ("share", "1", "code", "word") else ""
        if low > column.low and high < column.high:
            return f"{what} is between {_figure(low)} and {_figure(high)}{suffix}"
        if low > column.low:
            return f"{what} is above {_figure(low)}{suffix}"
        return f"{what} is below {_figure(high)}{suffix}"

    def sentence(self, choice: Choice) -> str:
        """What a box says, and how well it holds on futures it was not found on."""
        box = choice.box
        limits = listing(self.limit(k, box) for k in box.restricted)
        return (
            f"Where {limits}, the condition holds in {of_100(box.density)} futures "
            f"({of_100(choice.density_out)} on "
            f"held-out ones; {of_100(self.base)} of all). That describes {of_100(box.coverage)} of the "
            f"futures "
            "in which it holds."
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "condition": self.condition,
            "futures": self.futures,
            "weights": self.weights and self.weights.to_dict(),
            "seed": self.seed,
            "cases": self.cases,
            "share_of_futures": round(self.base, 4),
            "boxes": [self._choice_json(choice) for choice in self.choices],
            "leaning": [self.columns[k].name for k in self.leaning],
            "cart": {
                **self._box_json(self.leaf[0]),
                "held_out": {
                    "density": round(self.leaf[1].density, 4),
                    "coverage": round(self.leaf[1].coverage, 4),
                },
            }
            if self.leaf
            else None,
        }

    def _choice_json(self, choice: Choice) -> dict[str, Any]:
        return {
            "sentence": self.sentence(choice),
            **self._box_json(choice.box),
            "held_out": {"density": round(choice.density_out, 4), "coverage": round(choice.coverage_out, 4)},
            "quasi_p": {self.columns[k].name: float(f"{p:.3g}") for k, p in choice.quasi_p.items()},
            "resampled": {
                self.columns[k].name: round(share, 3) for k, share in choice.often.items() if share > 0
            },
            "trade_off": [
                {
                    "coverage": round(box.coverage, 4), "density": round(box.density, 4),
                    "mass": round(box.mass, 4), "limits": len(box.restricted), "chosen": i == choice.at,
                }
                for i, box in enumerate(choice.path)
            ],
        }  # fmt: skip

    def _box_json(self, box: Box) -> dict[str, Any]:
        limits: dict[str, Any] = {}
        for k in box.restricted:
            column = self.columns[k]
            if column.kind == "category":
                limits[column.name] = [column.words[int(code)] for code in sorted(box.limits[k])]
            else:
                limits[column.name] = {"low": box.limits[k][0], "high": box.limits[k][1]}
        return {
            "limits": limits, "coverage": round(box.coverage, 4), "density": round(box.density, 4),
            "mass": round(box.mass, 4), "futures": box.futures,
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a limit of every box."""
        import pandas as pd

        rows = []
        for number, choice in enumerate(self.choices, 1):
            for k in choice.box.restricted:
                rows.append(
                    {
                        "box": number, "column": self.columns[k].name, "limit": self.limit(k, choice.box),
                        "quasi_p": choice.quasi_p.get(k), "resampled": choice.often.get(k, 0.0),
                        "coverage": choice.box.coverage, "density": choice.box.density,
                        "density_held_out": choice.density_out, "mass": choice.box.mass,
                    }
                )  # fmt: skip
        names = [
            "box",
            "column",
            "limit",
            "quasi_p",
            "resampled",
            "coverage",
            "density",
            "density_held_out",
            "mass",
        ]
        return pd.DataFrame(rows, columns=names)


def _figure(value: float) -> str:
    return amount(value) if abs(value) >= 100 else f"{value:.2g}"


def discover(run: Run, condition: str, weights: Floats | None = None, seed: int = 0) -> Discovery:
    """Boxes of conditions under which futures of a run meet `condition`."""
    used = in_use(run, weights)
    return explain(
        run.experiments, meets(run, condition), condition, run.notes,
        title=str(run.manifest["scenario"]["title"]), run_seed=run.seed, weights=values_of(used), used=used,
        seed=seed,
    )  # fmt: skip


def explain(
    table: pd.DataFrame,
    cases: NDArray[np.bool_],
    condition: str,
    notes: dict[str, tuple[str, str]],
    *,
    title: str = "",
    run_seed: int = 0,
    weights: Floats | None = None,
    used: Weights | None = None,
    seed: int = 0,
) -> Discovery:
    """Boxes of conditions, among the columns of a table of experiments, under which cases are found.

    cases : (futures,) whether each is of interest          condition : what that means, in words
    notes : unit and meaning of columns          used : where the weights come from, to be told
    """
    w = shares(weights, len(cases))
    some, rest = int(cases.sum()), int((~cases).sum())
    if min(some, rest) < FEWEST:
        raise UsageError(
            f"{some} of {len(cases)} futures meet the condition: at least {FEWEST} must meet it and "
            f"{FEWEST} must not, "
            "or nothing can be learnt; run more futures, or move the threshold"
        )
    columns = columns_of(table)
    if not columns:
        raise UsageError("nothing is uncertain in this run: every column of its experiments is the same")
    choices = find_boxes(columns, cases, weights, seed)
    leaning: tuple[int, ...] = ()
    tried: tuple[Box, ...] = ()
    if not choices:
        nearest = choose(columns, cases, weights, seed)
        leaning = tuple(k for k, share in nearest.often.items() if share >= NEARLY)
        tried = nearest.path
    leaf = best_leaf(columns, cases, weights, seed)
    return Discovery(
        title, condition, len(cases), run_seed, some, float(w[cases].sum()),
        tuple(columns), tuple(choices), leaf, notes, leaning, tried, used,
    )  # fmt: skip
