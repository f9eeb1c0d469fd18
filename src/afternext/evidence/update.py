"""`update`: the futures of a run weighed by claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.weights import Weights, effective, quantile, save_weights
from afternext.errors import AfternextError, UsageError
from afternext.evidence.compare import SaysNothing, modelled
from afternext.evidence.grades import Grades, grades
from afternext.evidence.likelihood import of_numbers, of_yes_no, tempered
from afternext.evidence.quantities import (
    WITHIN,
    YES_NO,
    Quantity,
    Said,
    observed,
    quantities_of,
    to_scale,
)

if TYPE_CHECKING:
    import pandas as pd

    from afternext.ensemble.opened import Run
    from afternext.scenario.schema import Claim

Floats = NDArray[np.float64]

LEAST = 20.0  # effective futures that must be left: a 5 % tail needs so many
FEWEST = 20
RANGE = (0.1, 0.5, 0.9)
NEAR = 2.0  # scales of a claim's error within which a future counts as near it


class Collapsed(AfternextError):
    """The evidence leaves too few futures to say anything; the text says what to do."""


@dataclass(frozen=True)
class Used:
    """A quantity that weighed: what futures said before and after: 10, 50 and 90 of 100, or the share of yes.

    near : share of futures within reach of its claims      log : (future,) log likelihood of its claims alone
    """

    quantity: Quantity
    before: tuple[float, ...]
    after: tuple[float, ...]
    near: float
    log: Floats


@dataclass(frozen=True)
class Update:
    """Weights of a run from claims, what weighed, and what could not."""

    run: str
    title: str
    seed: int
    futures: int
    temper: float
    weights: Weights
    used: tuple[Used, ...]
    unused: tuple[tuple[Said, Quantity, str], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "scenario": self.title,
            "futures": self.futures,
            "seed": self.seed,
            "weights": self.weights.name,
            "effective_futures": round(self.weights.effective, 1),
            "temper": self.temper,
            "used": [_used_json(one) for one in self.used],
            "unused": [
                {"number": said.number, "who": said.claim.who, "about": q.about, "place": q.place or None,
                 "on": said.on.isoformat(), "why": why}
                for said, q, why in self.unused
            ],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a quantity that weighed."""
        import pandas as pd

        rows = [
            {
                "about": one.quantity.about, "place": one.quantity.place, "first": one.quantity.first,
                "claims": len(one.quantity.counted), "near": one.near,
                **{f"before_{q:g}": x for q, x in zip(RANGE, one.before, strict=False)},
                **{f"after_{q:g}": x for q, x in zip(RANGE, one.after, strict=False)},
            }
            for one in self.used
        ]  # fmt: skip
        return pd.DataFrame(rows)


def _used_json(one: Used) -> dict[str, Any]:
    q = one.quantity
    return {
        "about": q.about, "place": q.place or None, "first": q.first.isoformat(), "last": q.last.isoformat(),
        "kind": q.kind, "claims": [said.number for said in q.counted], "before": list(one.before),
        "after": list(one.after), "share_of_futures_near": round(one.near, 4),
    }  # fmt: skip


def update(
    run: Run,
    claims: str | Path | Sequence[Claim],
    name: str | None = None,
    *,
    temper: float | None = None,
    within: int | None = None,
    least: float = LEAST,
) -> Update:
    """Weigh the futures of a run by claims, and keep the weights with it.

    claims : a CSV file with the columns of `claims.csv`; it may hold what became known after the freeze
    name   : of the weights; the file's name if not said
    temper : power of the likelihood, above 0 and up to 1
    least  : effective futures that must be left

    Raises Collapsed when fewer are left, and UsageError when no claim can be compared with the run.
    """
    from afternext.scenario.claims import read_claims

    table = grades()
    power = table.temper if temper is None else temper
    if not 0 < power <= 1:
        raise UsageError(f"temper is {power:g}; it lies above 0 and up to 1")
    given = read_claims(claims, run.scenario) if isinstance(claims, str | Path) else claims
    futures = len(run.measures["future"])
    if futures < FEWEST:
        raise UsageError(f"weighing needs at least {FEWEST} futures, this run has {futures}")
    quantities, values, unused = _comparable(run, quantities_of(given, WITHIN if within is None else within))
    if not quantities:
        lines = "\n".join(f"  {said.name}: {why}" for said, _, why in unused)
        raise UsageError(f"no claim can be compared with this run:\n{lines}")
    log = log_likelihood(quantities, values, table)
    weights = tempered(log, power)
    used = tuple(_used(q, x, weights, table) for q, x in zip(quantities, values, strict=True))
    if effective(weights) < least:
        raise Collapsed(_advice(log, power, least, used, run))
    saved = save_weights(
        run, name or _name_of(claims), weights, _provenance(claims, given, power, used, unused)
    )
    title = str(run.manifest["scenario"]["title"])
    return Update(str(run.path), title, run.seed, futures, power, saved, used, tuple(unused))


def _comparable(
    run: Run, quantities: Sequence[Quantity]
) -> tuple[list[Quantity], list[Floats], list[tuple[Said, Quantity, str]]]:
    kept, values, unused = [], [], []
    for quantity in quantities:
        unused += [(said, quantity, said.why) for said in quantity.said if not said.counted]
        try:
            values.append(modelled(run, quantity))
            kept.append(quantity)
        except SaysNothing as why:
            unused += [(said, quantity, str(why)) for said in quantity.counted]
    return kept, values, sorted(unused, key=lambda one: one[0].number)


def log_likelihood(
    quantities: Sequence[Quantity], values: Sequence[Floats], table: Grades | None = None
) -> Floats:
    """Log likelihood of all counted claims in each future, (future,).

    values : of each quantity in each future, in its own unit
    """
    table = table or grades()
    scaled = [
        np.zeros_like(x) if q.kind == YES_NO else to_scale(x, q.kind)
        for q, x in zip(quantities, values, strict=True)
    ]
    log = of_numbers(np.stack(scaled, axis=1), observed(quantities, table), table)
    for quantity, x in zip(quantities, values, strict=True):
        if quantity.kind == YES_NO:
            log = log + of_yes_no(quantity, x, table)
    return log


def _used(quantity: Quantity, values: Floats, weights: Floats, table: Grades) -> Used:
    equal = np.full(len(values), 1 / len(values))
    log = log_likelihood([quantity], [values], table)
    if quantity.kind == YES_NO:
        claimed = [(one.stated if one.stated is not None else 1.0) >= 0.5 for one in quantity.counted]
        near = float(np.mean([(values >= 0.5) == yes for yes in claimed]))
        return Used(quantity, (float(values.mean()),), (float(weights @ values),), near, log)
    data = observed([quantity], table)
    truth = to_scale(values, quantity.kind)[:, None]
    reach = NEAR * np.sqrt(data.error**2 + data.bias[data.source] ** 2 + table.discrepancy**2)
    close = (truth > data.low - reach) & (truth < data.high + reach)
    before, after = (tuple(quantile(values, w, q) for q in RANGE) for w in (equal, weights))
    return Used(quantity, before, after, float(close.all(axis=1).mean()), log)


def _advice(log: Floats, power: float, least: float, used: Sequence[Used], run: Run) -> str:
    """What went wrong and what can be done."""
    left = effective(tempered(log, power))
    low, high = 0.0, power
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(tempered(log, middle)) >= least else (low, middle)
    worst = sorted(used, key=lambda one: effective(tempered(one.log, power)))[:3]
    blame = "\n".join(
        f"  {one.quantity.name}: {100 * one.near:.0f} of 100 futures come near what is claimed; alone it "
        f"would leave {effective(tempered(one.log, power)):.1f}"
        for one in worst
    )
    needed = int(np.ceil(len(log) * least / max(left, 1e-9) * 1.5 / 100) * 100)
    soft = (
        f"--temper {np.floor(low * 100) / 100:.2g} would keep {least:.0f}, at the price of trusting them less"
        if low >= 0.01
        else "no weaker use of them keeps enough"
    )
    scenario = run.manifest["scenario"]["id"]
    return (
        f"the claims leave what {left:.1f} equal futures would carry of {len(log):,}; at least {least:.0f} "
        f"are needed, so no weights are kept.\n{blame}\n"
        f"What can be done: run about {needed:,} futures (`afternext run {scenario} --futures {needed}`); "
        "look at the claims above, which may be wrong or about something else "
        f"than the measure; or {soft}.\nWhere few futures come near a claim however many there are, the "
        "model or the scenario is at odds with it: that is a finding."
    )


def _name_of(claims: str | Path | Sequence[Claim]) -> str:
    if not isinstance(claims, str | Path):
        return "evidence"
    name = re.sub(r"[^a-z0-9_-]+", "-", Path(claims).stem.lower()).strip("-_")[:64]
    return name if re.match(r"[a-z]", name) else f"claims-{name}"[:64].strip("-")


def _provenance(
    claims: str | Path | Sequence[Claim],
    given: Sequence[Claim],
    power: float,
    used: Sequence[Used],
    unused: Sequence[tuple[Said, Quantity, str]],
) -> dict[str, Any]:
    from afternext import __version__

    file = Path(claims) if isinstance(claims, str | Path) else None
    return {
        "kind": "evidence",
        "afternext": __version__,
        "file": file.name if file else None,
        "file_sha256": hashlib.sha256(file.read_bytes()).hexdigest() if file else None,
        "latest_published": max(claim.published for claim in given).isoformat(),
        "temper": power,
        "used": [number.number for one in used for number in one.quantity.counted],
        "unused": {str(said.number): why for said, _, why in unused},
    }
