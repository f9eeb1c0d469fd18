"""`reconcile`: every quantity with its posterior, and every claim against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError
from afternext.evidence.grades import grades
from afternext.evidence.quantities import COUNT, YES_NO, Quantity, Said, from_scale, observed, quantities_of
from afternext.evidence.reconcile import Draws, chance_of_yes, draw
from afternext.scenario.schema import places_of

if TYPE_CHECKING:
    import pandas as pd

    from afternext.scenario.schema import Claim, Scenario

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
WILD = 0.35  # a claim whose say is below this is told to stand apart
OUTSIDE = 0.05  # as one that fewer than 5 of 100 draws would lie beyond


@dataclass(frozen=True)
class Against:
    """A claim against the posterior of its quantity.

    below : share of the posterior below the stated figure; None for a bound or where there is no posterior
    say   : its weight against that of an ordinary claim; None where it is not counted as a number
    """

    said: Said
    below: float | None
    say: float | None

    @property
    def remark(self) -> str:
        """What a reader should know of it, in a few words."""
        parts = [self.said.why] if self.said.why else []
        if self.say is not None and self.say < WILD:
            parts.append("stands apart from the others and has little say")
        elif self.below is not None and not OUTSIDE / 2 < self.below < 1 - OUTSIDE / 2:
            parts.append("outside the 95 of 100 range")
        return "; ".join(parts)


@dataclass(frozen=True)
class Reconciled:
    """One quantity: `quantiles` of its posterior in its own unit, or the `chance` of yes, or neither."""

    quantity: Quantity
    quantiles: Mapping[float, float] | None
    chance: float | None
    claims: tuple[Against, ...]

    @property
    def remark(self) -> str:
        """How far the evidence goes."""
        if self.quantiles is None and self.chance is None:
            return "only bounds are claimed: they give a side, no figure"
        if len({one.said.claim.who for one in self.claims if one.said.counted}) == 1:
            return "one source alone: as sure as its grades say, and no surer"
        return ""


@dataclass(frozen=True)
class Source:
    """A source of several quantities: the factor by which it seems to overstate counts, with its range."""

    who: str
    claims: int
    factor: float
    low: float
    high: float


@dataclass(frozen=True)
class Evidence:
    """All quantities of a set of claims, and what sources are judged to lean."""

    title: str
    freeze: str | None
    seed: int
    within: int
    quantities: tuple[Reconciled, ...]
    sources: tuple[Source, ...]
    dispersion: tuple[float, float, float]
    places: Mapping[str, str] = field(default_factory=dict)  # names by id, where a scenario is known
    forces: Mapping[str, str] = field(default_factory=dict)

    def where(self, quantity: Quantity) -> str:
        """Names of the places of a quantity."""
        return " and ".join(self.places.get(ident, ident) for ident in places_of(quantity.place))

    def find(self, about: str, place: str | None = None) -> Reconciled:
        """The latest quantity of a measure, of any place or of one."""
        found = [
            one
            for one in self.quantities
            if one.quantity.about == about and place in (None, one.quantity.place)
        ]
        if not found:
            raise UsageError(f"nothing is claimed of {about}" + (f" at {place}" if place else ""))
        return found[-1]

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.title,
            "freeze": self.freeze,
            "seed": self.seed,
            "within_days": self.within,
            "dispersion": dict(zip(("low", "median", "high"), map(_rounded, self.dispersion), strict=True)),
            "quantities": [_quantity_json(one) for one in self.quantities],
            "sources": [
                {
                    "who": one.who,
                    "claims": one.claims,
                    "overstates_by_factor": _rounded(one.factor),
                    "range": [_rounded(one.low), _rounded(one.high)],
                }
                for one in self.sources
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a claim, with the posterior of its quantity."""
        import pandas as pd

        rows = []
        for one in self.quantities:
            ends = {f"q{q:g}": (one.quantiles or {}).get(q, np.nan) for q in LEVELS}
            for against in one.claims:
                claim = against.said.claim
                rows.append(
                    {
                        "about": one.quantity.about, "place": one.quantity.place, "on": against.said.on,
                        "published": claim.published, "who": claim.who, "low": claim.low, "best": claim.best,
                        "high": claim.high, "grade": f"{claim.reliability}{claim.credibility}",
                        "counted": against.said.counted, "say": against.say, "below": against.below,
                        "remark": against.remark, "chance": one.chance, **ends,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)


def reconcile(
    scenario: str | Path | Scenario | None = None,
    claims: str | Path | Sequence[Claim] | None = None,
    *,
    within: int | None = None,
    seed: int = 0,
) -> Evidence:
    """Reconcile the claims of a scenario, or those of a file.

    scenario : name, folder or Scenario: its `claims.csv`, and the places that a file may name
    claims   : a CSV file with the columns of `claims.csv`, instead of the scenario's own
    within   : days between the first and the last claim of one quantity; 3 if not said
    """
    from afternext.ensemble.subject import open_scenario
    from afternext.evidence.quantities import WITHIN
    from afternext.scenario.claims import read_claims

    if scenario is None and claims is None:
        raise UsageError("name a scenario, or a file of claims with --claims")
    within = WITHIN if within is None else within
    if not 0 <= within <= 366:
        raise UsageError(f"within is {within} days; it lies between 0 and 366")
    crisis = None if scenario is None else open_scenario(scenario)
    if claims is None:
        given: Sequence[Claim] = crisis.claims if crisis is not None else ()
    else:
        given = read_claims(claims, crisis) if isinstance(claims, str | Path) else claims
    if not given:
        title = crisis.title if crisis is not None else str(claims)
        raise UsageError(f"{title} has no claims: write them to claims.csv (see the scenario format)")
    title = crisis.title if crisis is not None else str(claims)
    freeze = crisis.freeze.isoformat() if crisis is not None and claims is None else None
    names = {place.id: place.name for place in crisis.places} if crisis is not None else {}
    forces = {ident: force.name for ident, force in crisis.forces.items()} if crisis is not None else {}
    found = _report(quantities_of(given, within), title, freeze, within, seed)
    return replace(found, places=names, forces=forces)


def _report(
    quantities: tuple[Quantity, ...], title: str, freeze: str | None, within: int, seed: int
) -> Evidence:
    data = observed(quantities)
    draws = draw(data, len(quantities), grades(), seed)
    say = {one.number: float(w) for one, w in zip(data.said, draws.say, strict=True) if np.isfinite(w)}
    found = tuple(_reconciled(k, q, draws, say) for k, q in enumerate(quantities))
    often = {name: int((data.source == s).sum()) for s, name in enumerate(data.names)}
    counts = all(q.kind in (COUNT, YES_NO) for q in quantities)
    sources = tuple(
        Source(name, often[name], *(float(x) for x in np.exp(np.quantile(draws.bias[:, s], [0.5, 0.1, 0.9]))))
        for s, name in enumerate(data.names)
        if often[name] > 1 or counts
    )
    low, middle, high = (float(x) for x in np.quantile(draws.dispersion, [0.1, 0.5, 0.9]))
    return Evidence(title, freeze, seed, within, found, sources, (low, middle, high))


def _reconciled(k: int, quantity: Quantity, draws: Draws, say: Mapping[int, float]) -> Reconciled:
    if quantity.kind == YES_NO:
        chance = chance_of_yes(quantity)
        return Reconciled(quantity, None, chance, tuple(Against(one, None, None) for one in quantity.said))
    truth: NDArray[np.float64] = from_scale(draws.truth[:, k], quantity.kind)
    known = bool(np.isfinite(truth[0]))
    quantiles = {q: max(float(np.quantile(truth, q)), 0.0) for q in LEVELS} if known else None
    against = []
    for one in quantity.said:
        below = float((truth < one.stated).mean()) if known and one.stated is not None else None
        against.append(Against(one, below, say.get(one.number)))
    return Reconciled(quantity, quantiles, None, tuple(against))


def _rounded(value: float | None) -> float | None:
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.4g}")


def _quantity_json(one: Reconciled) -> dict[str, Any]:
    q = one.quantity
    return {
        "about": q.about,
        "place": q.place or None,
        "first": q.first.isoformat(),
        "last": q.last.isoformat(),
        "kind": q.kind,
        "quantiles": {f"{p:g}": _rounded(x) for p, x in one.quantiles.items()} if one.quantiles else None,
        "chance": _rounded(one.chance),
        "remark": one.remark,
        "claims": [
            {
                "number": against.said.number,
                "published": against.said.claim.published.isoformat(),
                "who": against.said.claim.who,
                "on": against.said.on.isoformat(),
                "low": against.said.claim.low,
                "best": against.said.claim.best,
                "high": against.said.claim.high,
                "as_reported": against.said.claim.as_reported,
                "reliability": against.said.claim.reliability,
                "credibility": against.said.claim.credibility,
                "counted": against.said.counted,
                "repeats": against.said.copies,
                "say": _rounded(against.say),
                "share_of_posterior_below": _rounded(against.below),
                "remark": against.remark,
            }
            for against in one.claims
        ],
    }
