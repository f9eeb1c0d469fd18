"""Made-up claims, and sets of claims simulated from known truths."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from afternext.evidence.grades import grades
from afternext.evidence.quantities import Quantity, from_scale, quantities_of
from afternext.scenario.schema import Claim

DAY = date(2031, 3, 14)


def claim(who: str, best: float | None = None, **fields: Any) -> Claim:
    """A claim of 14 March 2031 on the displaced of Highdale, B2 unless said."""
    given = {
        "published": DAY, "who": who, "about": "displaced", "place": "highdale", "best": best,
        "reliability": "B", "credibility": 2,
    }  # fmt: skip
    return Claim.model_validate(given | fields)


def simulated(seed: int, quantities: int = 6, sources: int = 5) -> tuple[tuple[Quantity, ...], np.ndarray]:
    """Claims drawn as the model of claims says, with copies and bounds among them, and the truths (log).

    One claim in six is a bound below what its source thinks, one in six a range around it, and one in six
    is copied by somebody else.
    """
    rng = np.random.default_rng(seed)
    table = grades()
    truths = rng.uniform(7, 13, quantities)
    reliability = rng.choice(list("ABCDE"), sources)
    bias = [rng.normal(0, table.bias[grade]) for grade in reliability]
    dispersion = np.exp(rng.normal(0, table.dispersion))
    claims = []
    for q, truth in enumerate(truths):
        day = DAY + timedelta(days=30 * q)
        for turn in range(rng.integers(1, 5)):
            s, credibility = int(rng.integers(sources)), int(rng.integers(1, 7))
            scale = table.error[str(credibility)] * dispersion
            own = truth + bias[s] + scale * rng.standard_t(table.freedom)
            figure = float(from_scale(own, "count"))
            kind = rng.integers(6) if turn else 5  # the first claim of a quantity is a figure
            ends = {"best": figure}
            if kind == 0:
                ends = {"low": float(from_scale(own - rng.uniform(0, 1), "count"))}
            elif kind == 1:
                around = own + np.array([-0.3, 0.3]) * rng.uniform(0.1, 1)
                ends = dict(zip(("low", "high"), map(float, from_scale(around, "count")), strict=True))
            grade = {"reliability": reliability[s], "credibility": credibility}
            claims.append(claim(f"source {s}", on=day, published=day, **grade, **ends))
            if kind == 2:
                copy = {"repeats": f"source {s}", "reliability": "B", "credibility": 2}
                claims.append(claim("echo", on=day, published=day, **copy, **ends))
    return quantities_of(claims), truths
