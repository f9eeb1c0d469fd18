"""Pathways on a terminal: a line a strategy, the switches between them, and what was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.words import NOT_SCORED, span
from afternext.foresight.pathways import AT_ONCE, NEVER, Change, Line, Pathways, Played, Range
from afternext.foresight.words import of_100, percent

if TYPE_CHECKING:
    from rich.console import Console

SPARK = "▁▂▃▄▅▆▇█"
POINTS = 24
READ_OFF = (
    "Gains are read off the futures of both strategies: a switch is taken to be forgotten once it bites. "
    "--play runs the main ones."
)


def print_pathways(found: Pathways, console: Console) -> None:
    """Lines with their ends, switches worth making, what announces them, and what was played."""
    console.print(f"[bold]{escape(found.scenario)}[/bold] · when each strategy stops being good enough")
    declared = "" if found.declared else " (nobody declared a goal; --goal does)"
    since = f", judged from {found.when(found.since)} on" if found.since else ""
    console.print(
        f"good enough: {escape(found.goal)}, in {of_100(found.share)} futures, lapses under "
        f"{found.lasting} days left out{since}{declared}"
    )
    console.print("\n[bold]Lines[/bold], share of futures in which the goal holds from the freeze to the end")
    for line in found.lines:
        _print_line(found, line, console)
    console.print(
        f"\n[bold]Switches[/bold], dates chosen on {found.futures - found.scoring} futures and scored on "
        f"{found.scoring} others"
    )
    for one in found.main():
        _print_change(found, one, console)
    if not found.main():
        console.print("  none gains over staying beyond what sampling shows")
    never = sum(one.kind == NEVER for one in found.changes)
    if never:
        console.print(
            f"  {never} of {len(found.changes)} switches gain nothing over staying, whatever the date",
            style="dim",
        )
    if found.played:
        console.print("\n[bold]Played[/bold], beside what was read off")
        for two in found.played:
            console.print(f"  {escape(played_line(found, two))}")
    else:
        console.print(f"\n{READ_OFF}", style="dim")
    console.print(NOT_SCORED, style="dim")


def _print_line(found: Pathways, line: Line, console: Console) -> None:
    marks = [round(k * (len(line.good) - 1) / (POINTS - 1)) for k in range(POINTS)]
    spark = "".join(SPARK[min(int(line.good[k] * len(SPARK)), len(SPARK) - 1)] for k in marks)
    mark = "►" if line.id == found.best else " "
    console.print(f" {mark}[bold]{escape(line.id)}[/bold] {spark} {escape(tip_line(found, line))}")
    cost = "" if line.cost is None else f" · cost {line.cost:.2g}"
    console.print(
        f"    {escape(line.title)} · good on {_points(line.days)} of 100 days, at the end in "
        f"{_points(line.end)} of 100 futures{cost}",
        style="dim",
    )
    if line.trigger is not None:
        sign = line.trigger
        console.print(
            f"    watch: {escape(sign.text(found.words))} (before {percent(sign.hits)} of its ends, "
            f"false alarm in {percent(sign.false_alarms)} of the others, {sign.lead[0]} days ahead, "
            f"{sign.lead[1]}–{sign.lead[2]})",
            style="dim",
        )
    elif line.movable:
        console.print("    watch: nothing announces its end better than chance", style="dim")


def tip_line(found: Pathways, line: Line) -> str:
    """`until 2014-11-09 (2014-10-20 to 2014-12-03)`, or how many still hold at the end."""
    day, early, late = line.tips
    if day is None:
        share = line.lasts.at(line.lasts.until)[0]
        return f"good enough to {found.when(line.lasts.until)}: lasts in {of_100(share)} futures"
    again = "" if line.again is None else f", again from {found.when(line.again)} on"
    if day <= found.since:
        return f"not good enough at first{again}" if again else "never good enough"
    first = "the freeze" if early is None else found.when(early).isoformat()
    then = "after the end" if late is None else found.when(late).isoformat()
    return f"good enough until {found.when(day)} ({first} to {then}){again}"


def _print_change(found: Pathways, one: Change, console: Console) -> None:
    console.print(f"  [bold]{escape(one.source)} → {escape(one.target)}[/bold]  {when_line(found, one)}")
    gain = f"    {_signed(one.over_staying)} of 100 days over staying"
    against = f", {_signed(one.over_best)} over {found.best} alone"
    cost = "" if one.cost is None else f", extra cost {one.cost:+.2g}"
    console.print(f"{escape(gain + against + cost)}", style="dim")
    bites = (
        "it takes effect at once"
        if one.bites < 1
        else f"{one.bites:.0f} days from decision to effect in the middle future"
    )
    never = "" if one.delivered > 0.995 else f"; in {of_100(1 - one.delivered)} it never comes to one"
    console.print(f"    {bites}{never}", style="dim")
    if one.waiting:
        costs = ", ".join(
            f"{span(day - one.dated.day)} {-100 * lost[0]:+.1f}" for day, lost in one.waiting[:4]
        )
        console.print(f"    waiting longer, days of 100: {costs}", style="dim")
    if one.by_sign is not None and one.in_time is not None:
        console.print(
            f"    on the sign instead of the date: {_signed(one.by_sign)} of 100 days; the sign comes "
            f"in time "
            f"for it in {percent(one.in_time)} of its hits",
            style="dim",
        )


def when_line(found: Pathways, one: Change) -> str:
    """When to switch, and until when it still helps."""
    days = one.dated.days
    late = found.when(found.late(one))
    use = "" if one.use_by is None else f"; still better than staying by {found.when(one.use_by)}"
    if one.kind == AT_ONCE:
        return f"the sooner the better; as good until {late}{use}"
    return f"best on {found.when(one.dated.day)}, as good {found.when(days[one.dated.early])} to {late}{use}"


def played_line(found: Pathways, two: Played) -> str:
    """What a switch promised and what it brought when played."""
    same = "" if two.same > 0.999 else f"; before the switch {percent(two.same)} of futures are the same"
    when = f"on {found.when(two.day)}"
    if two.sign:
        seen = f"in {of_100(two.signed)} futures, in the middle one on {found.when(two.day)}"
        when = f"as soon as {two.sign} ({seen})"
    return (
        f"{two.source} → {two.target} {when}: read off {_signed(two.read)}, "
        f"played {_signed(two.ran)} of 100 days over staying{same}"
    )


def _points(three: Range) -> str:
    return f"{100 * three[0]:.0f} ({100 * three[1]:.0f}–{100 * three[2]:.0f})"


def _signed(three: Range) -> str:
    return f"{100 * three[0]:+.1f} ({100 * three[1]:+.1f} to {100 * three[2]:+.1f})"
