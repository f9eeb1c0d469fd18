"""A scenario on one screen: what a reader wants to know before running it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from afternext.scenario.schema import Force, Scenario
from afternext.scenario.values import Distribution, Uncertain, Value, show

if TYPE_CHECKING:
    from rich.console import RenderableType

CONFIDENCES = ("high", "medium", "low", "not stated")


def describe(scenario: Scenario) -> dict[str, Any]:
    """Summarise a scenario as plain data, for --json and for the screen."""
    uncertain = [value for _, value in scenario.uncertain_values()]
    people = {
        key: round(sum(place.population * place.shares.get(key, 0.0) for place in scenario.places))
        for key in scenario.communities
    }
    displaced: Counter[str] = Counter()
    for row in scenario.displaced:
        displaced[row.community] += round(_middle(scenario, row.persons))
    return {
        "id": scenario.id,
        "title": scenario.title,
        "summary": scenario.summary,
        "fictional": scenario.fictional,
        "freeze": scenario.freeze.isoformat(),
        "years": scenario.years,
        "horizons": list(scenario.horizons),
        "hash": scenario.hash,
        "people": {"total": sum(place.population for place in scenario.places), "communities": people},
        "places": dict(Counter(place.kind for place in scenario.places)),
        "routes": len(scenario.routes),
        "forces": {key: _force(scenario, key, force) for key, force in scenario.forces.items()},
        "powers": {key: _power(scenario, key) for key in scenario.powers},
        "moves": {
            key: {"name": move.name, "kind": move.kind, "by": list(move.by), "to": list(move.to)}
            for key, move in scenario.moves.items()
        },
        "polity": _polity(scenario),
        "uncertain": {
            "values": len(uncertain),
            "distributions": sum(not value.deep and not isinstance(value, Uncertain) for value in uncertain),
            "deep": sum(value.deep for value in uncertain),
            "shared": sum(isinstance(value, Uncertain) for value in uncertain),
            "rows_with_low_and_high": sum(isinstance(row.value, Distribution) for row in scenario.presence),
        },
        "displaced": {"total": sum(displaced.values()), "communities": dict(displaced)},
        "strategies": {key: strategy.title for key, strategy in scenario.strategies.items()},
        "claims": len(scenario.claims),
        "history": len(scenario.history),
        "sources": _confidences(scenario),
        "warnings": len(scenario.warnings),
    }


def render(summary: dict[str, Any], scenario: Scenario) -> RenderableType:
    """Lay the summary out for a terminal of 80 columns."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    def block(*columns: str) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True, overflow="ellipsis")
        return table

    total = summary["people"]["total"]
    places = ", ".join(_some(count, kind) for kind, count in summary["places"].items())
    facts = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    facts.add_row("freeze", f"{summary['freeze']}{', fictional' if summary['fictional'] else ''}")
    facts.add_row("places", f"{places}; {_some(summary['routes'], 'route')}")
    uncertain = summary["uncertain"]
    facts.add_row(
        "uncertain",
        f"{_some(uncertain['distributions'], 'distribution')}, {uncertain['deep']} deep, "
        f"{_some(uncertain['shared'], 'use')} of shared ones, "
        f"{_some(uncertain['rows_with_low_and_high'], 'garrison')} with low and high",
    )
    facts.add_row("displaced", f"{summary['displaced']['total']:,} at the freeze")
    facts.add_row(
        "evidence", f"{_some(summary['claims'], 'claim')}, {_some(summary['history'], 'row')} of history"
    )
    facts.add_row("confidence", ", ".join(f"{count} {level}" for level, count in summary["sources"].items()))
    if summary["strategies"]:
        facts.add_row("strategies", ", ".join(summary["strategies"]))
    people = block("community", "people", "share", "displaced")
    for key, count in sorted(summary["people"]["communities"].items(), key=lambda item: -item[1]):
        gone = summary["displaced"]["communities"].get(key, 0)
        share = f"{100 * count / total:.1f} %" if total else ""
        people.add_row(scenario.communities[key].name, f"{count:,}", share, f"{gone:,}" if gone else "-")
    people.add_row("all", f"{total:,}", "", f"{summary['displaced']['total']:,}", style="bold")
    forces = block("force", "kind", "at", "persons", "present", "cohesion")
    forces.columns[0].max_width = 24
    for force in summary["forces"].values():
        low, _, high = force["strength"]
        ends = _short(low) if low == high else f"{_short(low)} to {_short(high)}"
        cells = force["name"], force["kind"], str(force["places"]), ends, force["present"], force["cohesion"]
        forces.add_row(*cells)
    parts: list[RenderableType] = [people, "", forces]
    if summary["powers"]:
        powers = block("power", "kind", "aims", "public", "seats", "moves")
        powers.columns[0].max_width = 36
        for power in summary["powers"].values():
            told = "yes" if power["public"] else "-", str(power["seats"] or "-"), str(len(power["moves"]))
            powers.add_row(power["name"], power["kind"], str(len(power["goals"])), *told)
        parts += ["", powers]
    if summary["moves"]:
        names = ", ".join(move["name"] for move in summary["moves"].values())
        facts.add_row("moves", f"{len(summary['moves'])}: {names}")
    if (polity := summary["polity"]) is not None:
        regions = ", ".join(f"{name} {autonomy}" for name, autonomy in polity["regions"].items())
        facts.add_row(
            "polity",
            f"{scenario.powers[polity['government']].name}, leader since {polity['leader_since']}; "
            f"trust {polity['trust']}, inclusion {polity['inclusion']}"
            + (f"; autonomy of {regions}" if regions else ""),
        )
    title = Text(f"{summary['id']}: {summary['title']}", style="bold")
    return Group(title, summary["summary"], "", facts, "", *parts)


def _power(scenario: Scenario, key: str) -> dict[str, Any]:
    power = scenario.powers[key]
    return {
        "name": power.name,
        "kind": power.kind,
        "goals": list(power.goals),
        "public": power.public is not None,
        "seats": round(_middle(scenario, power.seats)),
        "moves": [name for name, move in scenario.moves.items() if key in move.by],
        "forces": [name for name, force in scenario.forces.items() if force.power == key],
    }


def _polity(scenario: Scenario) -> dict[str, Any] | None:
    polity = scenario.polity
    if polity is None:
        return None
    return {
        "government": polity.government,
        "capital": polity.capital,
        "leader_since": polity.leader_since.isoformat(),
        "trust": _told(polity.trust),
        "inclusion": _told(polity.inclusion),
        "regions": {key: _told(region.autonomy) for key, region in polity.regions.items()},
    }


def _force(scenario: Scenario, key: str, force: Force) -> dict[str, Any]:
    rows = [row for row in scenario.presence if row.force == key]
    if force.strength is not None:
        low, middle, high = _ends(scenario, force.strength)
    else:
        ends = [_ends(scenario, row.value) for row in rows]
        low, middle, high = (sum(end[i] for end in ends) for i in range(3))
    return {
        "name": force.name,
        "kind": force.kind,
        "power": force.power,
        "places": len(rows),
        "strength": [round(low), round(middle), round(high)],
        "present": _told(force.present),
        "cohesion": _told(force.cohesion),
    }


def _ends(scenario: Scenario, value: Value) -> tuple[float, float, float]:
    """The 5 % quantile, the center and the 95 % quantile; the whole range if it claims no shares."""
    middle = _middle(scenario, value)
    inner = scenario.uncertainties[value.name].value if isinstance(value, Uncertain) else value
    times = value.times if isinstance(value, Uncertain) else 1.0
    if not isinstance(inner, Distribution):
        return middle, middle, middle
    low, high = inner.bounds if inner.deep else (inner.quantile(0.05), inner.quantile(0.95))
    return low * times, middle, high * times


def _middle(scenario: Scenario, value: Value) -> float:
    center = scenario.center(value)
    return 0.0 if isinstance(center, str) else center


def _told(value: Value) -> str:
    """A value in a few characters."""
    if isinstance(value, Uncertain):
        return value.name
    if isinstance(value, Distribution):
        low, high = value.bounds if value.deep else (value.quantile(0.05), value.quantile(0.95))
        return f"{low:.2g} to {high:.2g}"
    return show(value)


def _short(number: float) -> str:
    """A strength in a few characters: 850, 12k, 390k."""
    return f"{number:.0f}" if number < 1000 else f"{number / 1000:.{1 if number < 10_000 else 0}f}k"


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _confidences(scenario: Scenario) -> dict[str, int]:
    """How many entries and rows are trusted how far."""
    entries: list[Any] = [
        *scenario.communities.values(),
        *scenario.forces.values(),
        *scenario.powers.values(),
        *scenario.moves.values(),
        *scenario.relations,
        *scenario.incidents,
        *scenario.uncertainties.values(),
        *scenario.places,
        *scenario.routes,
        *scenario.holders,
        *scenario.displaced,
        *scenario.history,
    ]
    counted = Counter(entry.confidence or CONFIDENCES[-1] for entry in entries)
    return {level: counted[level] for level in CONFIDENCES if counted[level]}
