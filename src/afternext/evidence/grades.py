"""What a grade of a claim is worth: the table `grades.csv`, read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Grades:
    """Numbers behind the grades of the NATO (Admiralty) code.

    bias       : by reliability, sd of a source's lasting bias on the working scale (logarithm, logit)
    error      : by credibility, scale of one claim's error on that scale
    right      : by credibility, chance that a yes or no of a trusted source is right
    trust      : by reliability, how far that chance is kept from one half, 0 to 1
    dispersion : sd of the logarithm of a factor on all errors
    freedom    : degrees of freedom of the errors (Student)
    discrepancy : sd between a future and the world it stands for, on the working scale
    temper     : power of the likelihood when futures are weighed
    copies     : days within which an equal figure from somebody else looks like a copy
    """

    bias: Mapping[str, float]
    error: Mapping[str, float]
    right: Mapping[str, float]
    trust: Mapping[str, float]
    dispersion: float
    freedom: float
    discrepancy: float
    temper: float
    copies: float

    def chance(self, reliability: str, credibility: str) -> float:
        """Chance that a report of yes or no is right."""
        return 0.5 + (self.right[credibility] - 0.5) * self.trust[reliability]


@cache
def grades() -> Grades:
    """The shipped table."""
    text = files("afternext.evidence").joinpath("grades.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    of = {
        kind: {row["grade"]: float(row["value"]) for row in rows if row["kind"] == kind}
        for kind in ("bias", "error", "right", "trust", "model")
    }
    return Grades(of["bias"], of["error"], of["right"], of["trust"], **of["model"])
