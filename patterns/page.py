"""Write docs/patterns.md from what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from patterns.harness import ENOUGH, HARDLY, VERDICTS, Claim, Pattern, Reading
from patterns.iraq_cities import CRISIS, FALL, LARGEST, NEAR_KM, SHOTS, SMALLEST, Row

HEAD = f"""# Patterns

<!-- Written by patterns/run.py (`make patterns`). -->

What crises are known for, and whether the model brings it about by itself. Small probe crises are written in Python
(`patterns/probe.py`); in each, violence is scripted and one thing happens. **All parameters vary over their whole prior**
(scrambled Sobol points), as do the beliefs and strengths that a probe leaves open: nothing is tuned to a case.

- A future *shows* a claim when its number lies inside the **evidence range**, the 90 % belief of the sources.
- A claim is **shown** when at least {100 * ENOUGH:.0f} % of futures show it, the median future (rounded as the evidence is) lies inside
  the **target**, and at most {100 * HARDLY:.0f} % show it once its mechanism is taken away (*ablation*) or where it must be absent (*contrary
  case*). **Shown in part**: at least {100 * HARDLY:.0f} % of futures show it, but something of this fails. **Not shown**: fewer.
- **Built in** says that an input was set to this very number, so that finding it again proves little; what is emergent
  beside it is named.
- All cases of a claim share their futures' points and luck: they differ in one thing only.
"""


def number(value: float, digits: int) -> str:
    """Return a number for a table: as many decimals as the evidence has, and one more."""
    if math.isnan(value):
        return "none"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return (
        f"{value:.{digits + 1}f}".replace("-0.0", "0.0")
        if abs(value) < 10 ** -(digits + 1)
        else f"{value:.{digits + 1}f}"
    )


def bounds(low: float, high: float) -> str:
    """Return a range in words: open ends are not written out."""
    if high >= 1e4:
        return f"at least {low:g}"
    if low <= -100.0:
        return f"at most {high:g}"
    return f"{low:g}-{high:g}"


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(cells) + " |" for cells in rows)])


def reading_row(label: str, reading: Reading, digits: int) -> list[str]:
    return [label, *(number(x, digits) for x in reading.range), percent(reading.share)]


def claim_section(claim: Claim) -> str:
    """Return the section of one claim."""
    also = f", and {claim.also}" if claim.also else ""
    rows = [
        reading_row("**whole prior**", claim.base, claim.digits),
        *(reading_row(f"ablation: {label}", r, claim.digits) for label, r in claim.ablations.items()),
        *(reading_row(f"contrary case: {label}", r, claim.digits) for label, r in claim.contraries.items()),
    ]
    known = (
        f"Known: {claim.source}. Target {bounds(claim.target.low, claim.target.high)}, evidence range "
        f"{bounds(claim.evidence.low, claim.evidence.high)} ({claim.unit}){also}. "
        f"{percent(claim.in_target)} of futures are inside the target."
    )
    parts = [
        f"### {claim.title}",
        f"**{claim.verdict.capitalize()}.** *{claim.origin[0].upper()}{claim.origin[1:]}.*",
        known,
        table([claim.unit, "5 %", "median", "95 %", "show it"], rows),
        *claim.notes,
    ]
    if claim.misses:
        missed = "; ".join(claim.misses)
        parts.append(f"Falls short: {missed}." + (f" Where to look: {claim.cause}." if claim.cause else ""))
    return "\n\n".join(parts)


def pattern_section(pattern: Pattern) -> str:
    """Return the section of one pattern: lead, overview, figure, claims."""
    overview = table(
        ["claim", "verdict", "target", "median", "futures in range"],
        [
            [
                claim.title,
                claim.verdict,
                bounds(claim.target.low, claim.target.high),
                number(claim.base.range[1], claim.digits),
                percent(claim.base.share),
            ]
            for claim in pattern.claims
        ],
    )
    parts = [
        f"## {pattern.title}",
        pattern.lead,
        f"*Probe:* {pattern.probe}",
        overview,
        f"![{pattern.title}](img/patterns/{pattern.name}.png)",
        pattern.caption,
        *pattern.closing,
        *(claim_section(claim) for claim in pattern.claims),
    ]
    return "\n\n".join(parts)


def cities_section(rows: Sequence[Row], futures: int) -> str:
    """Return the section on the shipped crisis."""

    def span(points: tuple[float, float, float]) -> str:
        return f"{points[1]:,.0f} ({points[0]:,.0f}-{points[2]:,.0f})"

    return "\n\n".join(
        [
            f"## The same script in `{CRISIS}`",
            "No verdict rests on this: that one of these cities fell is known only since. The cities are picked by a rule that reads "
            f"the scenario at its freeze and nothing else ({SMALLEST / 1e6:g}-{LARGEST / 1e6:g} million people, held by an enemy of ISIS, "
            f"within {NEAR_KM:.0f} km by road of ISIS fighters), all get the same script (first shots on day {SHOTS}, fall on day "
            f"{FALL}), and all are shown. Who lives there and what they believe makes the difference. Medians of {futures} "
            "futures, 5-95 % in brackets.",
            table(
                ["city", "people", "left by a week after the fall, thousand", "of them before the fall, %", "home again three weeks after the fall, %"],
                [[r.city, f"{r.people:,}", span(r.week), span(r.ahead), span(r.back)] for r in rows],
            ),
        ]
    )  # fmt: skip


def write_page(patterns: Sequence[Pattern], cities: Sequence[Row], city_futures: int, about: str) -> str:
    """Return the page."""
    counts = {v: sum(c.verdict == v for p in patterns for c in p.claims) for v in VERDICTS}
    total = sum(counts.values())
    summary = f"Of {total} claims, " + ", ".join(f"{n} are {verdict}" for verdict, n in counts.items()) + "."
    sections = [pattern_section(p) for p in patterns]
    if cities:
        sections.append(cities_section(cities, city_futures))
    return "\n\n".join([HEAD.rstrip(), f"{about} {summary}", *sections]) + "\n"
