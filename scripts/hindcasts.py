"""Write docs/hindcasts.md from what `afternext hindcast ... --json` printed.

afternext hindcast iraq-2014 --truth ../shared/iraq --futures 256 --until 2014-12-31 --json > a.json
python scripts/hindcasts.py --note="Measured with commit abc" a.json b.json
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from afternext.forecast.baselines import NAMES
from afternext.forecast.terminal import SHORT, alone_words, hundredths, label, lead_words

PAGE = Path(__file__).resolve().parents[1] / "docs" / "hindcasts.md"
HEAD = """\
# Hindcasts

<!-- Written by scripts/hindcasts.py from the JSON of `afternext hindcast`; run it again after a change. -->

What the shipped cases score when they are forecast from their freeze and held against what happened. **All
are development data**: everybody knows how they went, and it can have influenced what was built. They show
where the model is wrong. Nothing was tuned to how Iraq went on after its freezes. Northern Mali in 2012 is
among the cases from which rows of the [parameter table](reference/parameters.md) were judged, its course
after the freeze included. One crisis is one to five independent outcomes, however many questions are asked of
it. How it is done: [Forecasts and scores](explanation/forecasts.md).

Skill is in hundredths: 100 is perfect, 0 as good as the baseline, below 0 worse; in brackets its range when
whole areas are drawn anew. *No range*: everything asked there is one outcome (one series of counts, one
government) or two, and drawing dates of one series anew would only look like knowledge, because each count
holds the one before. *Worth* is the number of independent questions that would carry as much.
"""


def cell(one: dict[str, Any] | None) -> str:
    if one is None or one["skill"] is None:
        return "–"
    text = hundredths(one["skill"])
    if one["low"] is None:
        return text
    return f"{text} ({hundredths(one['low'])} to {hundredths(one['high'])})"


def table(leads: dict[str, Any]) -> list[str]:
    heads = [
        "lead",
        "questions",
        "worth",
        "score",
        *(SHORT[name].replace("-\n", "").replace("\n", " ") for name in NAMES),
        "in 80 %",
    ]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for lead, one in leads.items():
        if lead == "all" and len(leads) > 1:
            continue
        inside = f"{100 * one['coverage80']:.0f}" if "coverage80" in one else ""
        cells = [cell(one["baselines"].get(name)) for name in NAMES]
        row = [
            lead_words(lead),
            str(one["questions"]),
            f"{one['effective']:g}{', no range' if one['range'].endswith('no range') else ''}",
            f"{one['score']:.3f}",
            *cells,
            inside,
        ]
        lines.append(f"| {' | '.join(row)} |")
    return lines


BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1.01)


def decomposed(found: dict[str, Any]) -> list[str]:
    """Where the score of who holds a town comes from: by the chance of other hands that was given."""
    lines = [
        "**Where the score comes from**: towns by the chance of other hands that was given them, and the sum "
        "of their scores beside that of no change (lower is better)",
        "",
        "| lead | chance given | towns | said on average | came | score | no change |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for lead in (30, 180):
        rows = [r for r in found["questions"] if r["measure"] == "control" and r["day"] == lead]
        for low, high in pairwise(BINS):
            part = [r for r in rows if low <= 1 - r["forecast"] < high]
            if part:
                said = 100 * sum(1 - r["forecast"] for r in part) / len(part)
                came = sum(r["outcome"] == 0 for r in part)
                own, rival = sum(r["score"] for r in part), sum(r["baselines"]["no_change"] for r in part)
                chance = f"{100 * low:.0f}–{min(100 * high, 100):.0f} %"
                lines.append(
                    f"| {lead_words(str(lead))} | {chance} | {len(part)} | {said:.1f} % | {came} | {own:.2f} "
                    f"| {rival:.2f} |"
                )
    return [*lines, ""]


def section(found: dict[str, Any]) -> list[str]:
    lines = [
        f"## {found['scenario']}, frozen at {found['freeze']}",
        "",
        f"{found['futures']} futures, seed {found['seed']}; {found['asked']} questions asked, "
        f"{found['scored']} settled; "
        f"forecasts SHA-256 `{found['forecasts_sha256'][:16]}`; {found['seconds']:.0f} seconds. "
        f"80 % intervals held {100 * found['coverage80']:.0f} of 100 counts ({len(found['pit'])} counts).",
        "",
    ]
    for measure, leads in found["skill"].items():
        if measure.startswith("politics") and measure != "politics":
            continue
        lines += [f"**{label(measure)[0].upper()}{label(measure)[1:]}**", "", *table(leads), ""]
    lines += decomposed(found)
    lines += ["**Alarms** (a chance of at least a half that a town is in other hands)", ""]
    for lead in (7, 30, 90, 180):
        hit, false, missed = (
            found["alarms"].get(f"{kind}.{lead}", []) for kind in ("hit", "false_alarm", "missed")
        )
        lines.append(f"- {lead} days: {len(hit)} right, {len(false)} false, {len(missed)} missed.")
    lines += ["", "**Largest misses**", ""]
    for row in found["misses"][:8]:
        said = row["forecast"]
        if row["kind"] == "category":
            said = f"{row['outcome_words']} {100 * said.get(row['outcome_words'], 0.0):.1f} %"
        elif row["kind"] == "binary":
            said = f"{100 * said:.1f} % yes"
        else:
            said = " / ".join(f"{value:,.0f}" if value is not None else "never" for value in said.values())
        lines.append(f"- {row['text']} Said {said}; happened: {row['outcome_words']}.")
    lines += [
        "",
        "**Placebos** (mean score of the forecast, and of forecasts that know nothing; lower is better)",
        "",
    ]
    names = list(found["placebos"])
    lines += [
        f"| measure | forecast | {' | '.join(name.replace('_', ' ') for name in names)} |",
        "| --- | ---: |" + " ---: |" * len(names),
    ]
    for measure in found["placebos"][names[0]]:
        scores = [f"{found['placebos'][name][measure]['score']:.3f}" for name in names]
        own = found["placebos"][names[0]][measure]["forecast"]
        lines.append(f"| {label(measure)} | {own:.3f} | {' | '.join(scores)} |")
    if found["futures_alone"]:
        lines += ["", "**Pooled with the past** (mean score, lower is better)", ""]
        lines += [f"- {text}." for text in alone_words(found["futures_alone"])]
    if found["later_sources"]:
        lines += [
            "",
            f"Sources that name a later month, for a person to judge: {len(found['later_sources'])}.",
        ]
        lines += [f"- {text}" for text in found["later_sources"][:6]]
    town = {r["id"]: r for r in found["questions"] if r["id"].startswith("holds.mosul.")}
    if found["scenario"].endswith("06-05") and town:
        told = ", ".join(f"{100 * (1 - r['forecast']):.1f} % within {r['day']} days" for r in town.values())
        lines += ["", f"**Mosul on the eve.** Chance that the army no longer holds its west bank: {told}."]
        for row in town.values():
            same = [r for r in found["questions"] if r["measure"] == "control" and r["day"] == row["day"]]
            like = [r for r in same if r["forecast"] <= row["forecast"]]
            fell = sum(r["outcome"] == 0 for r in like)
            lines.append(
                f"- at {row['day']} days {len(like)} of {len(same)} towns, Mosul among them, were given "
                f"a chance as high; {fell} of them were in other hands by then."
            )
    return [*lines, ""]


def main() -> None:
    lines = [HEAD]
    notes = [word.removeprefix("--note=") for word in sys.argv[1:] if word.startswith("--note=")]
    lines += [f"{note}\n" for note in notes]
    for path in (word for word in sys.argv[1:] if not word.startswith("--note=")):
        lines += section(json.loads(Path(path).read_text(encoding="utf-8")))
    PAGE.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
