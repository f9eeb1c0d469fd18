"""The decision of principle on a terminal: tables that read without colours, and plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.words import NOT_SCORED, number, span
from afternext.foresight.leanings import HORIZON, PRICE, Tip
from afternext.foresight.principle import STRATEGIES, Estimate, Group, Principle
from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE, TITLES
from afternext.foresight.words import listing, of_100, plural, significant, within

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

DOING = {NONE: "letting it fall", AS_IS: "saving it as it is", CONDITIONS: "saving it on conditions"}
MOST_TIPS = 4
AIM_WORDS = {
    "own_ground": "its own ground",
    "enemy_ground": "ground that enemies hold",
    "government_ground": "ground that the government holds",
    "centre": "the safety of the capital",
    "displaced": "people displaced",
    "violence": "civilians killed",
    "inclusion": "how far power is shared",
    "confidence": "confidence in the government",
    "leader": "who heads the government",
    "autonomy": "autonomy of regions",
    "influence": "influence on the government",
    "rival_influence": "influence of a rival on the government",
    HORIZON: "the later horizon against the nearer one",
}

NARROW = 110  # columns under which tables leave out differences, which the sentences tell


def print_principle(found: Principle, console: Console) -> None:
    """What is asked, value by family, people beside it, moral hazard, and what the answer depends on."""
    question = found.question
    names = found.names
    console.print(
        f"[bold]{escape(found.title)}[/bold] · "
        f"let {escape(within(names[question.government]))} fall, save it as it is, or on conditions"
    )
    who = [
        f"{names[power]} ({weight:.0%})" if len(question.coalition) > 1 else names[power]
        for power, weight in zip(question.coalition, question.weights, strict=True)
    ]
    console.print(f"who asks: {escape(listing(who))}")
    given = [
        f"{within(names.get(one.move, one.move))} by {within(names[one.power])} at scale {one.scale:g}"
        for one in question.help
    ]
    console.print(f"the help: {escape(', '.join(given))}; from day {question.day}, as fast as it comes")
    console.print(f"the condition: {escape(' and '.join(one.words for one in question.asked))}")
    console.print(_values(found, console.width < NARROW))
    for line in sayings(found):
        console.print(f"  {escape(line)}")
    costs = listing(
        f"{100 * price:.1f} points when {DOING[ident]}"
        for ident, price in zip(STRATEGIES, found.whole.price, strict=True)
    )
    console.print(f"  of the value, all that the coalition has under way costs {costs}", style="dim")
    console.print(_people(found, console.width < NARROW))
    _print_hazard(found, console)
    _print_leaning(found, console)
    console.print(f"\n{NOT_SCORED}", style="dim")


def _horizons(found: Principle) -> str:
    """`6 months and 2 years`, or one of them in a run that ends with the first."""
    return listing(dict.fromkeys((span(found.near), span(found.deep))))


def _values(found: Principle, narrow: bool) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title=f"Value to the coalition after {_horizons(found)}; 100: all is as it wants it",
        caption="≈ not told apart from the best. In brackets: 95 of 100 resamples of the futures, paired. "
        f"Families: futures that end alike if nobody helps ({found.clear}).",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
    )
    table.add_column("futures", min_width=16)
    table.add_column("share", justify="right", no_wrap=True)
    for ident in STRATEGIES:
        table.add_column(TITLES[ident].lower(), justify="right")  # a narrow screen wraps the heads
    if not narrow:
        table.add_column("as it is,\nless nothing", justify="right")
        table.add_column("conditions,\nless as it is", justify="right")
    for group in found.groups:
        table.add_row(
            escape(f"{group.id}: {group.name}"),
            f"{round(100 * group.share)} %",
            *(
                f"{100 * one.mean:.1f}{mark(group, ident)}"
                for ident, one in zip(STRATEGIES, group.value, strict=True)
            ),
            *(() if narrow else (gain(group.gain[NONE, AS_IS]), gain(group.gain[AS_IS, CONDITIONS]))),
            end_section=group is found.whole,
        )
    return table


def mark(group: Group, ident: str) -> str:
    """A sign at the best strategy, and at those not told apart from it."""
    if ident not in group.best:
        return "  "
    return " ≈" if len(group.best) > 1 else " *"


def gain(one: Estimate) -> str:
    """+3.1 (1.9 to 4.4), in hundredths."""
    return f"{100 * one.mean:+.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"


def sayings(found: Principle) -> list[str]:
    """One plain sentence a family: which is best, by how much, and where luck decides."""
    return [saying(group) for group in found.groups]


def saying(group: Group) -> str:
    """Which is best and by how much."""
    head = "over all futures" if group.id == "all" else f"{group.id}"
    if len(group.best) == len(STRATEGIES):
        return f"{head}: the three cannot be told apart ({plural(group.futures, 'future')})"
    if len(group.best) > 1:
        last = next(ident for ident in STRATEGIES if ident not in group.best)
        better = difference(group, last, group.best[0])
        both = " and ".join(DOING[ident] for ident in sorted(group.best, key=STRATEGIES.index))
        return (
            f"{head}: {both} cannot be told apart; {DOING[last]} is worse by {100 * better.mean:.1f} points"
        )
    best = group.best[0]
    order = sorted(
        (ident for ident in STRATEGIES if ident != best),
        key=lambda ident: difference(group, ident, best).mean,
    )
    next_best = difference(group, order[0], best)
    return (
        f"{head}: {DOING[best]} is best, by {100 * next_best.mean:.1f} points "
        f"({100 * next_best.low:.1f} to {100 * next_best.high:.1f}) over {DOING[order[0]]}"
    )


def difference(group: Group, first: str, second: str) -> Estimate:
    """Second less first."""
    if (first, second) in group.gain:
        return group.gain[first, second]
    back = group.gain[second, first]
    return Estimate(-back.mean, -back.high, -back.low)


def _people(found: Principle, narrow: bool) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title=f"The people, after {span(found.deep)}: means; a coalition's value is not theirs",
        title_justify="left",
        box=SIMPLE,
    )
    table.add_column("futures")
    table.add_column("")
    for ident in STRATEGIES:
        table.add_column(TITLES[ident].lower(), justify="right")  # a narrow screen wraps the heads
    if not narrow:
        table.add_column("as it is,\nless nothing", justify="right")
        table.add_column("conditions,\nless as it is", justify="right")
    for group in found.groups:
        for row, (measure, days) in enumerate(group.people.items()):
            means, apart = days[found.deep]
            table.add_row(
                group.id if row == 0 else "",
                {"dead": "civilians dead"}.get(measure, measure),
                *(people(value) for value in means),
                *(() if narrow else (_change(apart[NONE, AS_IS]), _change(apart[AS_IS, CONDITIONS]))),
                end_section=row == len(group.people) - 1,
            )
    return table


def people(value: float, digits: int = 3) -> str:
    """Persons, no more digits than are known."""
    return number(significant(value, digits))


def _change(one: Estimate) -> str:
    sign = "+" if one.mean > 0 else ""
    unsure = "" if one.sure else " ≈"
    return f"{sign}{people(one.mean, 2)}{unsure}"


def _print_hazard(found: Principle, console: Console) -> None:
    hazard = found.hazard
    console.print(
        "\n[bold]Moral hazard[/bold]: does help without conditions lower the pressure to share power?"
    )
    console.print(f"  inclusion at the freeze {hazard.start:.2f}; mean after {_horizons(found)}:")
    for ident in STRATEGIES:
        near, deep = hazard.level[ident]
        since = hazard.since[ident]
        when = f", in the middle one after {span(round(since))}" if since is not None else ""
        console.print(
            f"    {TITLES[ident].lower():24} {near:.2f}  {deep:.2f}   risen by a tenth in "
            f"{of_100(hazard.shared[ident])} futures{when}; leader gone in {of_100(hazard.leaders[ident][1])}"
        )
    for line in hazard_sayings(found):
        console.print(f"  {line}")
    console.print("[bold]The condition[/bold]")
    for line in met_sayings(found):
        console.print(f"  {line}")


def hazard_sayings(found: Principle) -> list[str]:
    """What help without conditions does to inclusion, in words."""
    lines = []
    for other in (NONE, CONDITIONS):
        one = found.hazard.lowered[found.deep][other]
        if not one.sure:
            verb = "does not differ, as far as these futures can tell,"
        else:
            verb = "is lower" if one.mean < 0 else "is higher"
        lines.append(
            f"with help as it is, inclusion {verb} than with {_with(other)}: {one.mean:+.3f} "
            f"({one.low:+.3f} to {one.high:+.3f}) after {span(found.deep)}"
        )
    return lines


def _with(ident: str) -> str:
    return "no help" if ident == NONE else "help on conditions"


def met_sayings(found: Principle) -> list[str]:
    """When conditions were met, and what waiting cost."""
    met = found.met
    when = ""
    if met.day is not None:
        middle_, low, high = met.day
        when = (
            f", in the middle one of those after {span(round(middle_))} "
            f"({round(low)} to {round(high)} days in 8 of 10)"
        )
    return [
        f"met in {of_100(met.met)} futures{when}; help took effect in {of_100(met.delivered)}, without "
        f"conditions in {of_100(met.as_it_is)}",
        f"the capital is lost in {of_100(met.lost[NONE])} futures if nobody helps, {of_100(met.lost[AS_IS])} "
        f"with help as it is, {of_100(met.lost[CONDITIONS])} on conditions",
        f"too late because of the condition (lost before help came, kept with help at once): "
        f"{of_100(met.too_late)}; lost either way: {of_100(met.lost_anyway)}",
    ]


def _print_leaning(found: Principle, console: Console) -> None:
    console.print("\n[bold]What it depends on[/bold]: goals are judgement, so their weights are swept")
    for group in found.groups:
        shares = ", ".join(
            f"{DOING[ident]} {of_100(share)}"
            for ident, share in zip(STRATEGIES, group.leaning.shares, strict=True)
        )
        console.print(f"  {group.id}: best in so many weightings of all goals: {shares}")
        for tip in group.leaning.deciding[:MOST_TIPS]:
            console.print(f"     {tip_saying(tip)}", style="dim")
        if not group.leaning.deciding:
            console.print("     no weight of a single goal changes the order", style="dim")


def tip_saying(tip: Tip) -> str:
    """At which weight of one goal another strategy becomes best."""
    if tip.aim == PRICE:
        parts = [f"at {one[0]:g} times that {DOING[one[1]]} is best" for one in (tip.below, tip.above) if one]
        return f"what means cost, against what is declared: {', '.join(parts)}"
    parts = []
    if tip.above is not None:
        parts.append(f"above {tip.above[0]:.0%} {DOING[tip.above[1]]} is best")
    if tip.below is not None:
        parts.append(f"below {tip.below[0]:.0%} {DOING[tip.below[1]]}")
    return f"{AIM_WORDS.get(tip.aim, tip.aim)} ({tip.now:.0%} of all weight now): {', '.join(parts)}"
