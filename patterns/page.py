"""Write docs/patterns.md from what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from patterns.harness import VERDICTS, Claim, Pattern, Reading, known
from patterns.iraq_cities import CRISIS, FALL, LARGEST, NEAR_KM, SHOTS, SMALLEST, Row


def number(value: float, digits: int) -> str:
    """Return a number for a table: one decimal more than the evidence has."""
    if math.isnan(value):
        return "none"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits + 1}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


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

    words = known()["page"]["cities"].format(
        smallest=SMALLEST / 1e6,
        largest=LARGEST / 1e6,
        km=f"{NEAR_KM:g}",
        shots=SHOTS,
        fall=FALL,
        futures=futures,
    )
    header = [
        "city",
        "people",
        "left by day 14, thousand",
        "of them before the fall, %",
        "home again by day 28, %",
    ]
    body = [[r.city, f"{r.people:,}", span(r.week), span(r.ahead), span(r.back)] for r in rows]
    return "\n\n".join([f"## The same script in `{CRISIS}`", words.strip(), table(header, body)])


def write_page(patterns: Sequence[Pattern], cities: Sequence[Row], city_futures: int, about: str) -> str:
    """Return the page."""
    counts = {v: sum(c.verdict == v for p in patterns for c in p.claims) for v in VERDICTS}
    total = sum(counts.values())
    summary = (
        f"Of {total} claims, "
        + ", ".join(f"{n} {'is' if n == 1 else 'are'} {verdict}" for verdict, n in counts.items())
        + "."
    )
    sections = [pattern_section(p) for p in patterns]
    if cities:
        sections.append(cities_section(cities, city_futures))
    return "\n\n".join([known()["page"]["head"].strip(), f"{about} {summary}", *sections]) + "\n"
