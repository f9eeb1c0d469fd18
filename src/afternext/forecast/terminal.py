"""Forecasts and hindcasts on a terminal: what was missed first, then skill, then what it can carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from afternext.ensemble.words import number, span
from afternext.forecast.baselines import NAMES
from afternext.forecast.scored import ALL, SPANS, Scored, leading, told

if TYPE_CHECKING:
    from rich.console import Console

    from afternext.forecast.hindcast import Hindcast

MOST_MISSES = 10
MOST_PLACES = 8
MOST_NOTES = 40
WIDE = 140  # columns from which ranges are shown
LABELS = {
    "control": "who holds a town: as at the freeze?",
    "control_who": "who holds a town: which side?",
    "control_when": "when a town changes hands",
    "displacement": "people displaced",
    "displacement_classes": "people displaced: size classes",
    "displacement_by_area": "people displaced, by area",
    "violence": "people killed",
    "politics": "politics",
    "other": "other measures",
}
SHORT = {
    "no_change": "no\nchange",
    "climatology": "past\nrate",
    "same_place": "same\nplace",
    "reference_class": "like\nplaces",
    "analogue": "ana-\nlogues",
    "uniform": "uni-\nform",
}
LEGEND = (
    "Skill in hundredths: 100 is perfect, 0 as good as the baseline, below 0 worse. Its range comes from "
    "drawing whole areas anew; there is none where everything is one outcome or two (counts of one series, "
    "one government): each count holds the one before. Worth: independent questions "
    "that carry as much. Score: mean of a proper score, lower is better (Brier, ranked probability, CRPS of "
    "ln(1 + x), CRPS of the day)."
)


def label(measure: str) -> str:
    """A measure in plain words; the contested part says so."""
    plain = measure.removesuffix("_contested")
    return LABELS.get(plain, plain) + (", where it was open" if plain != measure else "")


def lead_words(lead: str) -> str:
    """7 days, 6 months, 30 days to 6 months, all."""
    if lead in SPANS:
        return " – ".join(span(day) for day in SPANS[lead])
    return "all" if lead == ALL else span(int(lead))


def said(row: Scored, names: Mapping[str, str]) -> str:
    """What was forecast, in short: of a category the likeliest answer, and the one that came about.

    names : sides by id, as people call them
    """
    short = told(row.question, row.forecast)
    if row.question.kind == "binary":
        return f"{_percent(short)} yes"
    if row.question.kind == "category":
        best = max(short, key=lambda name: short[name])
        chosen = dict.fromkeys((best, list(short)[int(row.outcome.value or 0)]))
        return ", ".join(f"{names.get(name, name)} {_percent(short[name])}" for name in chosen)
    if row.question.kind == "date":
        days = ["never" if day is None else f"day {day:.0f}" for day in short.values()]
        return f"{days[1]} ({days[0]} to {days[2]})"
    low, middle, high = (number(float(f"{short[q]:.2g}")) for q in ("0.1", "0.5", "0.9"))
    return f"about {middle} ({low} to {high})"


def _percent(p: float) -> str:
    """A probability; near the ends with more digits."""
    if p < 0.001 or p > 0.999:
        return f"{100 * p:.2f} %"
    return f"{100 * p:.0f} %" if 0.02 <= p <= 0.98 else f"{100 * p:.1f} %"


def happened(row: Scored, names: Mapping[str, str]) -> str:
    """What came about, in short."""
    words = " or ".join(names.get(word, word) for word in row.outcome.words.split(" or "))
    if row.question.kind == "binary":
        return f"{'yes' if row.outcome.value else 'no'} ({words})"
    return words


def print_hindcast(found: Hindcast, console: Console) -> None:
    """The largest misses, alarms, skill by measure and lead, calibration, placebos."""
    for note in found.notes:
        console.print(escape(note), style="bold")
    _print_misses(found, console)
    _print_alarms(found.alarms, {place.id: place.name for place in found.run.scenario.places}, console)
    print_skill(found.skill, console)
    if found.coverage80 is not None:
        count = sum("covered80" in row.scores for row in found.rows)
        share = f"{100 * found.coverage80:.0f} of 100 counts"
        console.print(f"80 % intervals held {share} ({count} counts; 80 is right)")
    _print_placebos(found.placebos, console)
    _print_alone(found.futures_alone, console)
    _print_left(found.left, console)
    if found.truth.notes:
        console.print("\n[bold]What of the truth was not used, or had to be interpreted[/bold]")
    for note in found.truth.notes[:MOST_NOTES]:
        console.print(escape(f"  {note}"))
    if len(found.truth.notes) > MOST_NOTES:
        console.print(f"  and {len(found.truth.notes) - MOST_NOTES} more (--json lists them)")
    if found.suspects:
        text = "sources of the scenario name a later month; judge them (--json lists them)"
        console.print(f"{len(found.suspects)} {text}", style="dim")


def _print_misses(found: Hindcast, console: Console) -> None:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(title="Largest misses", title_justify="left", box=SIMPLE)
    for name in ("question", "said", "happened"):
        table.add_column(name)
    table.add_column("score", justify="right", no_wrap=True)
    for row in found.misses[:MOST_MISSES]:
        table.add_row(
            escape(row.question.text), escape(said(row, found.sides)), escape(happened(row, found.sides)),
            f"{row.score:.2f} {leading(row.question)}",
        )  # fmt: skip
    console.print(table)


def _print_alarms(alarms: Mapping[str, Sequence[str]], names: Mapping[str, str], console: Console) -> None:
    """Places of which the forecast said that they change hands, by name."""
    leads = sorted({int(key.split(".")[1]) for key in alarms})
    if not leads:
        return
    console.print("\n[bold]Called to change hands[/bold] (chance of at least a half)")
    for lead in leads:
        hit, false, missed = (alarms.get(f"{kind}.{lead}", []) for kind in ("hit", "false_alarm", "missed"))
        wrong = f"{len(false)} false alarm{'s' * (len(false) != 1)}"
        console.print(
            f"  {span(lead)}: {len(hit)} right, {wrong}, {len(missed)} missed"
            + (f" (right: {_listed(hit, names)})" if hit else "")
            + (f" (false: {_listed(false, names)})" if false else "")
        )


def _listed(places: Sequence[str], names: Mapping[str, str]) -> str:
    shown = ", ".join(names.get(one, one) for one in places[:MOST_PLACES])
    more = len(places) - MOST_PLACES
    return escape(shown + (f" and {more} more" if more > 0 else ""))


def print_skill(skill: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    """A table a measure, a line a lead, a column a baseline; ranges where the screen is wide enough."""
    from rich.box import SIMPLE
    from rich.table import Table

    wide = console.width >= WIDE
    console.print("\n[bold]Skill against simple forecasts[/bold]")
    for measure, leads in skill.items():
        table = Table(
            title=escape(label(measure)),
            title_justify="left",
            box=SIMPLE,
            padding=(0, 1 if wide else 0, 0, 0),
        )
        table.add_column("lead", no_wrap=True)
        for name in ("n", "worth", "score", *(SHORT[name] for name in NAMES), "in\n80 %"):
            table.add_column(name, justify="right", no_wrap=True)
        for lead, one in leads.items():
            if lead == ALL and len(leads) > 1:
                continue
            cells = [_cell(one["baselines"].get(name), wide) for name in NAMES]
            inside = f"{100 * one['coverage80']:.0f}" if "coverage80" in one else ""
            table.add_row(
                lead_words(lead), str(one["questions"]), f"{one['effective']:g}", f"{one['score']:.3f}",
                *cells, inside,
            )  # fmt: skip
        console.print(table)
    console.print(LEGEND, style="dim")


def _cell(one: Mapping[str, Any] | None, wide: bool) -> str:
    if one is None or one["skill"] is None:
        return "–"
    text = hundredths(one["skill"])
    if one["low"] is None or not wide:
        return text
    return f"{text} ({hundredths(one['low'])} to {hundredths(one['high'])})"


def hundredths(value: float) -> str:
    """Skill in hundredths; far below zero is only told as such."""
    return "<-999" if value < -9.99 else f"{round(100 * value)}"


def _print_placebos(found: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    console.print("\n[bold]Placebos[/bold]: mean score of the forecasts, and of forecasts that know nothing")
    for name, measures in found.items():
        told_of = [
            f"{measure} {one['forecast']:.3f} against {one['score']:.3f}" for measure, one in measures.items()
        ]
        console.print(f"  {name.replace('_', ' ')}: {'; '.join(told_of)}")
    console.print("  a placebo that scores as well says that the forecast told such cases apart no better")


def alone_words(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What the pooling with the past does to each measure's mean score."""
    return [
        f"{label(name)}: {one['forecast']:.3f} as issued, {one['score']:.3f} from the futures alone"
        for name, one in found.items()
    ]


def _print_alone(found: Mapping[str, Mapping[str, float]], console: Console) -> None:
    if found:
        console.print("\n[bold]Pooled with the past[/bold] (mean score, lower is better)")
    for line in alone_words(found):
        console.print(f"  {escape(line)}")


def _print_left(left: Mapping[str, str], console: Console) -> None:
    if not left:
        return
    console.print("\n[bold]Not scored[/bold]")
    for why, count in Counter(left.values()).most_common(MOST_PLACES):
        console.print(f"  {count}: {escape(why)}")


def print_score(found: Mapping[str, Any], console: Console) -> None:
    """What a registry's forecasts scored."""
    console.print(
        f"{found['registry']}: {found['records']} records, head {found['head'][:16]}, "
        f"{len(found['questions'])} questions scored from {found['crises']} crises"
    )
    if found["torn"]:
        console.print(
            "the last line was torn by a killed writer; the next writer moves it aside", style="bold"
        )
    if found["skill"]:
        print_skill(found["skill"], console)
    for why, count in Counter(found["not_scored"].values()).most_common(MOST_PLACES):
        console.print(f"  {count} not scored: {escape(why)}")


def print_inputs(inputs: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Which hand-set input the score hangs on."""
    console.print("\n[bold]What the score hangs on[/bold]: share of the variance of a future's own score")
    for one in inputs:
        rows = [row for row in one["inputs"] if row["above_noise"]]
        console.print(f"  {label(one['measure'])}" + ("" if rows else ": no single input above the noise"))
        for row in rows[:MOST_PLACES]:
            low, high = (hundredths(value) for value in row["range"])
            share = f"{hundredths(row['first_order'])} ({low} to {high})"
            console.print(f"    {row['column']}: {share}, better when {row['better']}")
