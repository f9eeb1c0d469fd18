"""The tree of futures on a terminal: text that reads without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.weights import not_scored
from afternext.ensemble.words import long_date, span
from afternext.foresight.signposts import Announced, Rule
from afternext.foresight.tree import Family, Level, Link, Tree
from afternext.foresight.words import listing, of_100, percent, plural

if TYPE_CHECKING:
    from rich.console import Console

BAR = 20
MOST_RULES = 6


def print_tree(tree: Tree, run: str, console: Console) -> None:
    """Families at every horizon with where each leads, what the near tells of the deep, and signposts."""
    console.print(f"[bold]{escape(tree.title)}[/bold] · what next, and what after next")
    nexts = {link.near: link for link in tree.links if _successive(tree, link)}
    for level in tree.levels:
        _print_level(level, nexts.get(level.day), console)
    _print_told(tree, console)
    if tree.announced:
        print_signposts(tree, console, brief=True)
    first = tree.levels[-1].families[0].medoid
    console.print(f"\n{not_scored(tree.weights)}", style="dim")
    console.print(
        f"a typical future of a family, told day by day: afternext chronicle {run} --future {first}",
        style="dim",
        soft_wrap=True,
    )


def _successive(tree: Tree, link: Link) -> bool:
    days = [level.day for level in tree.levels]
    return days.index(link.deep) - days.index(link.near) == 1


def _print_level(level: Level, link: Link | None, console: Console) -> None:
    console.print(
        f"\n[bold]after {span(level.day)}[/bold], {long_date(level.date)} · {level.clear}", highlight=False
    )
    for family in level.families:
        bar = "█" * max(1, round(BAR * family.share))
        console.print(
            f"  [bold]{family.id}[/bold] {bar} {_share(family)} · future {family.medoid} is typical"
        )
        console.print(f"     {escape(family.name)}")
        if link is not None:
            flows = [flow for flow in link.flows if flow.source == family.id]
            parts = [
                f"{flow.target} {percent(flow.of_source)} ({round(100 * flow.low)}–{round(100 * flow.high)})"
                for flow in sorted(flows, key=lambda flow: -flow.share)
            ]
            console.print(f"     └─ then {', '.join(parts)}", style="dim")


def _share(family: Family) -> str:
    return f"{of_100(family.share)} futures ({round(100 * family.low)}–{round(100 * family.high)})"


def _print_told(tree: Tree, console: Console) -> None:
    console.print("\n[bold]What the near family tells of the later one[/bold]")
    for link in tree.links:
        told = link.told
        chance = (
            "no more than chance shows"
            if told.p > 0.05
            else f"{percent(told.share)} of what there is to know"
        )
        console.print(
            f"  {span(link.near)} → {span(link.deep)}: {chance} ({told.bits:.2f} bits, p {told.p:.3f}); "
            f"best guess right in {of_100(told.guess)}, without it in {of_100(told.blind)}"
        )
    if tree.everywhere:
        names = [f"{ident} (at least {of_100(least)} of each)" for ident, least in tree.everywhere]
        near = span(tree.links[-1].near)
        console.print(f"  reached from every family of {near}: {listing(names)}")
    elif tree.links:
        console.print("  no later family is reached from every near one")


def print_signposts(tree: Tree, console: Console, brief: bool = False) -> None:
    """The rule to watch for each deep family; all rules by date when not brief."""
    deep = tree.levels[-1]
    console.print(
        f"\n[bold]Signposts[/bold] of the families after {span(deep.day)}, scored on held-out futures"
    )
    for one in tree.announced:
        console.print(f"  [bold]{one.target}[/bold] {escape(one.name)}")
        rules = list(one.rules) if not brief else [one.rules[one.best]] if one.best is not None else []
        for rule in rules[-MOST_RULES:]:
            mark = "►" if one.best is not None and rule is one.rules[one.best] else " "
            console.print(f"   {mark} {escape(one.text(rule))}")
            console.print(f"       {rule_line(one, rule)}", style="dim")
        if one.best is None:
            console.print("     nothing that can be seen announces it better than chance", style="dim")
    for pair in tree.unclear:
        console.print(
            f"  {' and '.join(pair.families)} look alike for {span(pair.day)}: all observables together "
            f"order "
            f"{of_100(pair.ordered)} pairs rightly (a coin: 50)",
            style="dim",
        )


def rule_line(one: Announced, rule: Rule) -> str:
    """Hit rate, false alarms and lead time of a rule."""
    low, high = rule.lead[1], rule.lead[2]
    spread = f" ({low}–{high})" if low != high else ""
    return (
        f"seen in {percent(rule.hits)} of its futures, false alarm in {percent(rule.false_alarms)} of the "
        f"others, "
        f"right {of_100(rule.right)} times; {plural(rule.lead[0], 'day')} ahead{spread}"
    )
