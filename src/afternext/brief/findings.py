"""First sentences: what a picture shows, said from its own numbers. Nothing else is claimed."""

from __future__ import annotations

import numpy as np

from afternext.brief.access import (
    Floats,
    Holding,
    Ints,
    RunLike,
    date_at,
    has,
    holding,
    horizons,
    last_day,
    median_of,
    places_in_order,
    quantile,
    share_of,
    values,
    worth,
)
from afternext.brief.parts import part_names
from afternext.brief.stage import Stage
from afternext.brief.tables import group_keys, sums
from afternext.brief.words import between, capital, listing, long_date, number, significant, span

WORTH_SAYING = 0.03  # share of the places that a side must gain or lose to make the headline


def _held(stage: Stage, held: Holding) -> Ints:
    """Home places that each side (last: nobody) holds in most futures; camps and crossings count too."""
    home = np.array(stage.home)
    return np.array([int(((held.leader == f) & home).sum()) for f in range(len(held.forces) + 1)])


def map_finding(run: RunLike, stage: Stage, held: Holding, day: int, future: int | None) -> str:
    """Whose holdings change most from the freeze to this day."""
    return _change(run, stage, holding(run, 0, future), held, day, future)


def pair_finding(run: RunLike, stage: Stage, before: Holding, held: Holding, day: int) -> str:
    """Whose holdings change most between two days."""
    return _change(run, stage, before, held, day, None)


def _change(run: RunLike, stage: Stage, before: Holding, held: Holding, day: int, future: int | None) -> str:
    names = [within(force.name) for force in run.scenario.forces.values()]
    where = "in most futures" if future is None else f"in future {future}"
    date, total = long_date(date_at(run, day)), sum(stage.home)
    old, now = _held(stage, before), _held(stage, held)
    if day == 0:
        top = int(np.argmax(now[:-1]))
        return f"At the freeze on {date}, {now[top]} of {total} places are held by {names[top]}"
    change = (now - old)[:-1]
    f = int(np.argmax(np.abs(change)))
    if abs(int(change[f])) < max(1.0, WORTH_SAYING * total):
        turned = changed_hands(run, stage, day, future)
        scope = where if future is not None else "in the median future"
        if not turned:
            return f"By {date}, no place has changed hands {scope}"
        has, ones = ("has", "one") if turned == 1 else ("have", "ones")
        differ = "" if future is not None else f", not the same {ones} in each"
        return f"By {date}, {turned} of {total} places {has} changed hands {scope}{differ}"
    verb = "rise" if change[f] > 0 else "fall"
    return f"Places held by {names[f]} {verb} from {old[f]} to {now[f]} of {total} by {date} {where}"


def changed_hands(run: RunLike, stage: Stage, day: int, future: int | None) -> int:
    """Home places with another holder than at the freeze: counted in each future, then the median."""
    home = np.array(stage.home)
    then, now = (values(run, "place_holder", when, future)[:, home] for when in (0, day))
    return int(median_of(run, (then != now).sum(axis=1).astype(float)))


def within(name: str) -> str:
    """A name inside a sentence: 'The army' is 'the army' there."""
    return f"the {name[4:]}" if name.startswith("The ") else name


def spread(run: RunLike, sample: Floats) -> tuple[float, float, float]:
    """Median and the range of four futures in five."""
    return float(median_of(run, sample)), float(quantile(run, sample, 0.1)), float(quantile(run, sample, 0.9))


LABELS = {
    "displaced": "Displaced people",
    "idps": "Displaced inside the country",
    "refugees_abroad": "Refugees abroad",
    "newly_displaced": "Newly displaced since the freeze",
    "secondary": "Displaced again since the freeze",
    "returned": "Returned home since the freeze",
    "on_the_move": "On the road",
    "trapped": "Want to leave, find no way out",
    "caught": "Caught between the lines",
    "dead": "Civilians killed since the freeze",
    "residents": "Living at home",
}


def label_of(measure: str) -> str:
    """A measure in plain words."""
    return LABELS.get(measure, capital(measure.replace("_", " ")))


def fan_finding(run: RunLike, measure: str) -> str:
    """The median at the first and the last horizon."""
    days = horizons(run)
    ends = [days[0], last_day(run)] if last_day(run) > days[0] else [days[0]]
    parts = [
        f"about {number(spread(run, values(run, measure, day))[0])} on {long_date(date_at(run, day))}"
        for day in ends
    ]
    return f"{label_of(measure)}: {listing(parts)}"


def fan_subtitle(run: RunLike, measure: str) -> str:
    """Measure, unit, and the range of four futures in five at the same horizons."""
    array = run.measures[measure]
    unit = str(array.attrs.get("units", "")) or "number"
    days = horizons(run)
    ends = [days[0], last_day(run)] if last_day(run) > days[0] else [days[0]]
    ranges = [between(*spread(run, values(run, measure, day))[1:]) for day in ends]
    meaning = str(array.attrs.get("long_name", "")) or label_of(measure)
    return f"{capital(meaning)}; {unit}. Four futures in five lie within {listing(ranges)}."


def page_finding(run: RunLike) -> str:
    """New displacement and return at the first horizon."""
    day = horizons(run)[0]
    new, back = (spread(run, values(run, name, day))[0] for name in ("newly_displaced", "returned"))
    return (
        f"By {long_date(date_at(run, day))} about {number(new)} people are newly displaced and about "
        f"{number(back)} have gone home"
    )


def dots_finding(run: RunLike, measure: str, day: int) -> str:
    """How often a measure passes a round mark near its planning figure."""
    sample = values(run, measure, day)
    middle, _, high = spread(run, sample)
    mark = significant(high if np.isfinite(high) else middle, 2)
    dots = dots_of(run)
    over = round(float(share_of(run, sample > mark)) * dots)
    return (
        f"{label_of(measure)} on {long_date(date_at(run, day))}: about {number(middle)}; more than "
        f"{number(mark)} in {over} of {dots} futures"
    )


DOTS = 50


def dots_of(run: RunLike) -> int:
    """Dots of a quantile dot plot: each stands for as many futures as carry as much."""
    return max(1, min(DOTS, int(worth(run) + 1e-6)))


def rows_finding(run: RunLike, day: int, open_places: int, lived_in: int) -> str:
    """How many inhabited places have different holders in different futures."""
    date = long_date(date_at(run, day))
    if not open_places:
        return f"Nearly all futures agree who holds every inhabited place on {date}"
    return f"On {date} futures differ on who holds {open_places} of {lived_in} inhabited places"


def ranges_finding(run: RunLike, names: list[str], middle: Floats, day: int) -> str:
    """Which governorates shelter most."""
    lead = [name for name, persons in zip(names, middle, strict=True) if persons > 0][:3]
    date = long_date(date_at(run, day))
    if not lead:
        return f"Nobody is displaced in most futures on {date}"
    return f"On {date} the largest numbers of displaced people are in {listing(lead)}"


def headlines(run: RunLike) -> list[str]:
    """The briefing in five sentences at the first and the last horizon, each from the run's own numbers."""
    first, last = horizons(run)[0], horizons(run)[-1]
    date = long_date(date_at(run, first))
    out = [f"{_people(run, 'displaced', first)} displaced on {date}, {span(first)} after the freeze."]
    near = ""
    if has(run, "displaced_near"):
        middle, low, high = spread(run, values(run, "displaced_near", first))
        if np.isfinite(low):
            part = part_names(run.scenario)[0]
            near = f" About {middle:.0%} of them ({low:.0%} to {high:.0%}) stay in their own {part}."
    out.append(f"{_people(run, 'newly_displaced', first)} newly displaced by then.{near}")
    heads, member = group_keys(places_in_order(run), "admin1")
    here = values(run, "place_idps", first) + values(run, "place_refugees", first)
    middle_here = median_of(run, sums(here, member, len(heads)))[:-1]
    top = [g for g in np.argsort(-middle_here, kind="stable")[:3] if middle_here[g] > 0]
    if top:
        places = listing(f"{heads[g]['admin1']} (about {number(float(middle_here[g]))})" for g in top)
        out.append(f"The largest numbers of displaced people are in {places}.")
    if last > first:
        back = spread(run, values(run, "returned", last))[0]
        out.append(
            f"{_people(run, 'displaced', last)} displaced {span(last)} after the freeze; by then about "
            f"{number(back)} have gone home."
        )
    return out


def _people(run: RunLike, measure: str, day: int) -> str:
    middle, low, high = spread(run, values(run, measure, day))
    span_text = f" (8 in 10 futures: {between(low, high)})" if np.isfinite(low) and np.isfinite(high) else ""
    return f"About {number(middle)} people{span_text} are"
