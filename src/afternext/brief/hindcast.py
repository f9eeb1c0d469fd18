"""The page of a hindcast: it opens with the largest misses, then skill, good or bad, then how it was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.brief import page
from afternext.brief.hindcast_pictures import draw_reliability, draw_truth
from afternext.brief.picture import Picture
from afternext.brief.words import capital, count, long_date, span
from afternext.ensemble.words import dated
from afternext.forecast.baselines import NAMES
from afternext.forecast.scored import ALL, leading
from afternext.forecast.terminal import (
    LEGEND,
    SHORT,
    alone_words,
    happened,
    hundredths,
    label,
    lead_words,
    said,
)
from afternext.foresight.columns import columns_of
from afternext.foresight.sensitivity import FEWEST, indices, pulled_in

if TYPE_CHECKING:
    from afternext.forecast.hindcast import Hindcast

FIGURES = "figures"
MOST_LEFT = 10
MOST_INPUTS = 8


def score_sensitivity(found: Hindcast) -> list[dict[str, Any]]:
    """Which uncertain input the score hangs on, by measure, from the futures at hand.

    The output is what each single future would have scored; see `afternext.foresight.sensitivity`. It says
    where the score is fragile, and is no licence to choose the value that scores best.
    """
    from afternext.errors import UsageError

    names, losses = found.losses()
    if len(losses) < FEWEST:
        raise UsageError(f"--sensitivity needs at least {FEWEST} futures, this run has {len(losses)}")
    columns = columns_of(found.run.experiments)
    weights = found.answers.weights
    outputs = pulled_in(losses, weights)
    told = indices(columns, outputs, weights)
    rows = []
    for o, measure in enumerate(names):
        order = sorted(range(len(columns)), key=lambda k: -told.first[k, o])
        chosen = [k for k in order if told.alone[k, o] or told.spread[k, o]]
        rows.append(
            {
                "measure": measure,
                "noise_floor": round(float(told.floor[o]), 4),
                "inputs": [
                    {
                        "column": columns[k].name,
                        "first_order": round(float(told.first[k, o]), 4),
                        "range": [round(float(table[k, o]), 4) for table in (told.low, told.high)],
                        "above_noise": k in chosen,
                        "better": _better(columns[k], losses[:, o]),
                    }
                    for k in [*chosen, *[k for k in order if k not in chosen][:3]]
                ],
            }
        )
    return rows


def _better(column: Any, loss: Any) -> str:
    """On which side of an input the futures scored better."""
    if column.kind == "category":
        means = [float(loss[column.values == code].mean()) for code in range(len(column.words))]
        return str(column.words[int(np.argmin(means))])
    slope = float(np.corrcoef(column.values, loss)[0, 1]) if loss.std() > 0 else 0.0
    return "low" if slope > 0 else "high"


def write_page(
    found: Hindcast, path: str | Path, inputs: Sequence[Mapping[str, Any]] | None = None
) -> list[Path]:
    """Write the page and its pictures beside it; returns their paths, the page first."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, tuple[Picture, Picture]] = {}
    if found.reliability.count.sum():
        pictures["reliability"] = (draw_reliability(found), draw_reliability(found, size="phone"))
    if ("idps", "") in found.truth.counts:
        pictures["displaced"] = (draw_truth(found), draw_truth(found, size="phone"))
    written = [path]
    for name, (wide, phone) in pictures.items():
        written += wide.write(path.parent / FIGURES / name)
        written += phone.write(path.parent / FIGURES / f"{name}-phone")
    path.write_text(_page(found, pictures, inputs), encoding="utf-8")
    return written


def _page(
    found: Hindcast,
    pictures: Mapping[str, tuple[Picture, Picture]],
    inputs: Sequence[Mapping[str, Any]] | None,
) -> str:
    title = str(found.run.manifest["scenario"]["title"])
    kicker = f"Hindcast of {count(found.answers.count)} futures · frozen at {long_date(found.freeze)}"
    parts = [
        f'<header><p class="kicker">{escape(kicker)}</p><h1>{escape(title)}: what was missed</h1></header>',
        page.bullets(found.notes, "first"),
        f"<section><h2>Largest misses</h2>{_misses(found)}</section>",
        f"<section><h2>Alarms</h2>{page.bullets(_alarms(found))}</section>",
    ]
    for name, heading in (("displaced", "Displacement against the counts"), ("reliability", "Calibration")):
        if name in pictures:
            links = [(kind.upper(), f"{FIGURES}/{name}.{kind}") for kind in ("png", "svg", "csv")]
            parts.append(
                f"<section><h2>{heading}</h2>{page.figure(name, *pictures[name], links)}"
                f"{_coverage(found) if name == 'displaced' else ''}</section>"
            )
    parts += [
        f"<section><h2>Skill against simple forecasts</h2>{_skill(found)}</section>",
        f"<section><h2>Placebos</h2>{_placebos(found)}</section>",
    ]
    if found.futures_alone:
        lines = [f"{capital(line)}." for line in alone_words(found.futures_alone)]
        parts.append(f"<section><h2>Pooled with the past</h2>{page.bullets(lines)}</section>")
    if inputs is not None:
        parts.append(f"<section><h2>What the score hangs on</h2>{page.bullets(_inputs(inputs))}</section>")
    parts += [
        f"<section><h2>Not scored</h2>{page.bullets(_left(found))}</section>",
        f"<section><h2>How it was done</h2>{page.bullets(_done(found))}</section>",
    ]
    return page.page(f"{title}: hindcast", "Forecasts from a frozen scenario, scored.", "\n".join(parts))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row" style="white-space:normal">{escape(row[0])}</th>'
        f"{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>"
        for row in rows
    )
    return f'<div class="table twin"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _misses(found: Hindcast) -> str:
    items = [
        f"<li>{escape(dated(row.question.text))}<br><b>Said</b> {escape(said(row, found.sides))}. "
        f"<b>Happened</b> {escape(happened(row, found.sides))}. "
        f'<span class="note">{leading(row.question)} {row.score:.2f}</span></li>'
        for row in found.misses
    ]
    return f"<ol>{''.join(items)}</ol>"


def _alarms(found: Hindcast) -> list[str]:
    lines = []
    for lead in sorted({int(key.split(".")[1]) for key in found.alarms}):
        hit, false, missed = (
            found.alarms.get(f"{kind}.{lead}", []) for kind in ("hit", "false_alarm", "missed")
        )
        towns = len(hit) + len(missed)
        lines.append(
            f"{capital(span(lead))} on, {towns} {'town is' if towns == 1 else 'towns are'} in other hands. "
            f"Called, with a chance of at least a half: {len(hit)}. False alarms: {len(false)}."
        )
    return lines or ["No town was called to change hands, and none did."]


def _coverage(found: Hindcast) -> str:
    if found.coverage80 is None:
        return ""
    rows = [row for row in found.rows if "covered80" in row.scores]
    return (
        f"<p>80 % intervals held {100 * found.coverage80:.0f} of 100 counts, of {len(rows)} counts. 80 is "
        "right; wide intervals alone count for nothing, which is what the score is for.</p>"
    )


def _skill(found: Hindcast) -> str:
    heads = ["", "questions", "worth", "score", *(SHORT[name] for name in NAMES), "in 80 %"]
    parts = [f'<p class="note">{escape(LEGEND)}</p>']
    for measure, leads in found.skill.items():
        rows = []
        for lead, one in leads.items():
            if lead == ALL and len(leads) > 1:
                continue
            cells = [_skill_cell(one["baselines"].get(name)) for name in NAMES]
            inside = f"{100 * one['coverage80']:.0f}" if "coverage80" in one else ""
            rows.append(
                (
                    lead_words(lead),
                    str(one["questions"]),
                    f"{one['effective']:g}",
                    f"{one['score']:.3f}",
                    *cells,
                    inside,
                )
            )
        parts.append(f"<h3>{escape(capital(label(measure)))}</h3>{_table(heads, rows)}")
    return "".join(parts)


def _skill_cell(one: Mapping[str, Any] | None) -> str:
    if one is None or one["skill"] is None:
        return "–"
    if one["low"] is None:
        return f"{hundredths(one['skill'])}<small>no range</small>"
    return f"{hundredths(one['skill'])}<small>{hundredths(one['low'])} to {hundredths(one['high'])}</small>"


def _placebos(found: Hindcast) -> str:
    measures = list(dict.fromkeys(row.measure for row in found.rows))
    rows = []
    for measure in measures:
        own = next(iter(found.placebos.values()))[measure]["forecast"]
        cells = [f"{one[measure]['score']:.3f}" for one in found.placebos.values()]
        rows.append((capital(label(measure)), f"{own:.3f}", *cells))
    lead = (
        "Mean scores, lower is better. A placebo that scores as well says that the forecasts told such cases "
        "apart no better than forecasts that know nothing."
    )
    heads = ("", "forecast", *(name.replace("_", " ") for name in found.placebos))
    return f"<p>{lead}</p>{_table(heads, rows)}"


def _inputs(inputs: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for one in inputs:
        above = [row for row in one["inputs"] if row["above_noise"]][:MOST_INPUTS]
        named = "; ".join(
            f"{row['column']} {hundredths(row['first_order'])} of 100 (better when {row['better']})"
            for row in above
        )
        lines.append(
            f"{capital(label(one['measure']))}: {named or 'no single input stands above the noise'}."
        )
    return [
        *lines,
        "This says where the score is fragile. It is no reason to choose the value that scores best.",
    ]


def _left(found: Hindcast) -> list[str]:
    reasons = Counter(found.left.values()).most_common(MOST_LEFT)
    return [f"{n} questions: {why}." for why, n in reasons] or ["Every question was settled."]


def _done(found: Hindcast) -> list[str]:
    weights = f", weights {found.weights}" if found.weights else ""
    lines = [
        f"{found.asked} questions, written by rule from the frozen scenario; {len(found.rows)} came out.",
        f"Forecasts and those of the baselines were sealed in {found.registry.name} before the truth was "
        f"opened: SHA-256 {found.sha256}.",
        f"Run {found.run.path.name}: {found.answers.count} futures{weights}, seed {found.run.seed}, digest "
        f"{found.run.digest[:16]}.",
        "Probabilities are shares of futures with one more future spread evenly over the answers, so none is "
        "0 or 1. Who holds a town is pooled with the rate of places in a like situation, with equal weights.",
        f"Truth: {', '.join(f'{name}.csv' for name in found.truth.files)}.",
    ]
    lines += [f"Truth, {note}" for note in found.truth.notes[:MOST_LEFT]]
    if found.suspects:
        lines.append(
            f"{len(found.suspects)} sources in the scenario name a later month; a person must judge them: "
            + " | ".join(found.suspects[:MOST_LEFT])
        )
    return lines
