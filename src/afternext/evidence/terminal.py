"""Evidence on a terminal: each quantity with its range, and every claim against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from afternext.ensemble.words import number
from afternext.evidence.quantities import SHARE
from afternext.evidence.report import Against, Evidence, Reconciled

if TYPE_CHECKING:
    from rich.console import Console

STRIP = 41
NOT_CERTAIN = (
    "Ranges hold as far as the grades do: a grade is a judgement of who said it and how well it fits "
    "what else is known. 80 of 100 means: the truth lies in such a range in 80 of 100 "
    "cases if the grades are right."
)
COUNTED, COPY, RANGE, MIDDLE = "●", "○", "─", "┃"


def print_evidence(found: Evidence, console: Console) -> None:
    """All quantities, numbers first, then what is or is not so, then how sources lean."""
    frozen = f" · claims up to the freeze, {found.freeze}" if found.freeze else ""
    console.print(f"[bold]{escape(found.title)}[/bold] · what is claimed, and what to believe{frozen}")
    console.print(
        f"seed {found.seed} · claims within {found.within} days are about one quantity", style="dim"
    )
    for one in found.quantities:
        if one.chance is None:
            _print_number(one, console)
    yes_no = [one for one in found.quantities if one.chance is not None]
    if yes_no:
        console.print("\n[bold]What is or is not so[/bold]")
    for one in yes_no:
        said = ", ".join(
            f"{against.said.claim.who} {_grade(against)}" + ("" if against.said.counted else " (copy)")
            for against in one.claims
        )
        chance = f"{100 * (one.chance or 0.0):.0f} of 100"
        console.print(f"  {chance:>9}  {escape(one.quantity.name)} · {escape(said)}", soft_wrap=True)
    leaning = [one for one in found.sources if one.claims > 1]
    if leaning:
        console.print("\n[bold]How sources lean[/bold] (those of several claims)")
    for source in leaning:
        console.print(
            f"  {escape(source.who)}: overstates by a factor of {source.factor:.2f} ({source.low:.2f}–"
            f"{source.high:.2f}), from {source.claims} claims"
        )
    low, middle, high = found.dispersion
    console.print(
        f"\nErrors are judged {middle:.2f} times ({low:.2f}–{high:.2f}) what the grades alone would say.",
        style="dim",
    )
    console.print(NOT_CERTAIN, style="dim")


def _grade(against: Against) -> str:
    return f"{against.said.claim.reliability}{against.said.claim.credibility}"


def _figure(one: Reconciled, value: float) -> str:
    if one.quantity.kind == SHARE:
        return f"{value:.2f}"
    # Three figures: the ranges are wide, and more digits would say otherwise.
    return number(float(f"{value:.3g}"))


def _print_number(one: Reconciled, console: Console) -> None:
    console.print(f"\n[bold]{escape(one.quantity.name)}[/bold]")
    if one.quantiles is not None:
        low, high = (_figure(one, one.quantiles[q]) for q in (0.1, 0.9))
        outer = "–".join(_figure(one, one.quantiles[q]) for q in (0.025, 0.975))
        middle = _figure(one, one.quantiles[0.5])
        console.print(f"  about [bold]{middle}[/bold]; 80 of 100: {low}–{high}; 95 of 100: {outer}")
    if one.remark:
        console.print(f"  {one.remark}", style="dim")
    for against in one.claims:
        claim = against.said.claim
        mark = COUNTED if against.said.counted else COPY
        who = f"{claim.published} {claim.who} {_grade(against)}"
        strip = f"{_strip(one, against)}  " if one.quantiles is not None else ""
        remark = f"  {against.remark}" if against.remark else ""
        console.print(
            f"  {strip}{mark} {_stated(one, against):>16}  {escape(who)}{escape(remark)}",
            soft_wrap=True,
            highlight=False,
        )


def _stated(one: Reconciled, against: Against) -> str:
    claim = against.said.claim
    if claim.best is not None:
        return _figure(one, claim.best)
    if claim.low is None or claim.high is None:
        bound = claim.low if claim.low is not None else claim.high
        word = "at least" if claim.low is not None else "at most"
        return f"{word} {_figure(one, bound)}" if bound is not None else ""
    return f"{_figure(one, claim.low)}–{_figure(one, claim.high)}"


def _strip(one: Reconciled, against: Against) -> str:
    """A line of characters on the scale of the quantity: its 80 of 100 range, its middle, and the claim."""
    quantiles = one.quantiles or {}
    stated = [x for c in one.claims for x in _ends(c)]
    ends = np.log([max(x, 1e-3) for x in (*stated, quantiles[0.025], quantiles[0.975])])
    low, width = float(ends.min()), max(float(np.ptp(ends)), 1e-9)

    def at(value: float) -> int:
        return round(float((np.log(max(value, 1e-3)) - low) / width * (STRIP - 1)))

    line = [" "] * STRIP
    line[at(quantiles[0.1]) : at(quantiles[0.9]) + 1] = RANGE * (at(quantiles[0.9]) - at(quantiles[0.1]) + 1)
    line[at(quantiles[0.5])] = MIDDLE
    claim = against.said.claim
    if claim.best is not None:
        line[at(claim.best)] = COUNTED if against.said.counted else COPY
    elif claim.low is not None and claim.high is None:
        line[at(claim.low)] = "▶"
    elif claim.high is not None and claim.low is None:
        line[at(claim.high)] = "◀"
    else:
        for x in _ends(against):
            line[at(x)] = "│"
    return "".join(line)


def _ends(against: Against) -> list[float]:
    claim = against.said.claim
    return [x for x in (claim.low, claim.best, claim.high) if x is not None]
