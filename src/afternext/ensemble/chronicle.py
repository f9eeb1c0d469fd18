"""One future told day by day: its events in plain sentences, with what they add up to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as Date  # noqa: N812 - entries have a field of that name
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.opened import Run
from afternext.ensemble.quantiles import over_futures
from afternext.ensemble.show import days_along, freeze_of, nearest
from afternext.ensemble.words import MONTHS, long_date, number
from afternext.errors import UsageError

# The same thing at the same place within so many days is told once, with how often it came and until when.
FOLD_DAYS = 30
# From this day after the freeze on, what happened is told by month.
DAILY_DAYS = 60
# An attack, and the kinds of events that tell how it ended (see afternext.world.events).
ATTACK = "attack"
ENDS_OF_ATTACK = ("fall", "repelled", "siege", "siege_ended")
# A force changes its mind often; what a month is told of it is where it ended.
TURN = "turn"
# What powers do to the same end is told as one for so many days: who does it later joins.
TOGETHER_DAYS = 7
# What powers do, and what ends it again (see afternext.world.events).
BEGUN, AGAIN = "decided", "changed"
OVER = ("ended", "called_off", "refuses")
ALIKE = ("decided", "delivered", "ended", "called_off")
# Places named one by one before "and 4 more".
NAMED = 6
# Days after the freeze at which the totals are told; each further year, and the last day, too.
TOTAL_DAYS = (7, 30, 91, 183, 365)
DAYS_IN_YEAR = 365.25
ONE_DAY = re.compile(r"\b1 days\b")
# What the totals tell, of one and of several, where the run has it.
TOTALS = {
    "displaced": ("{} person is displaced", "{} people are displaced"),
    "returned": ("{} has come home since the freeze", "{} have come home since the freeze"),
    "trapped": ("{} wants to leave and cannot", "{} want to leave and cannot"),
    "dead": ("{} civilian has died", "{} civilians have died"),
    "places_contested": ("{} place is under attack", "{} places are under attack"),
}


@dataclass
class Item:
    """One thing that happened at one place, perhaps again and again for a while."""

    event: Any
    day: int
    until: int
    times: int
    persons: int


@dataclass(frozen=True)
class Line:
    """One sentence of a chronicle."""

    day: int
    date: Date
    text: str
    kind: str
    places: tuple[str, ...]
    persons: int
    times: int
    until: Date

    @property
    def heading(self) -> str:
        """The heading it stands under: its date, or its month."""
        if self.day < DAILY_DAYS:
            return f"{long_date(self.date)}, day {self.day:,}"
        return f"{MONTHS[self.date.month - 1]} {self.date.year}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "date": self.date.isoformat(),
            "day": self.day,
            "kind": self.kind,
            "places": list(self.places),
            "persons": self.persons,
            "times": self.times,
            "until": self.until.isoformat(),
            "sentence": self.text,
        }


@dataclass(frozen=True)
class Total:
    """What the events have added up to on one date."""

    day: int
    date: Date
    values: dict[str, int]

    @property
    def text(self) -> str:
        parts = [
            TOTALS[name][value != 1].format(number(value)) for name, value in self.values.items() if value
        ]
        return f"By {long_date(self.date)}, day {self.day:,}: {', '.join(parts) or 'nobody is displaced'}."

    def to_dict(self) -> dict[str, Any]:
        return {"date": self.date.isoformat(), "day": self.day, **self.values}


@dataclass(frozen=True)
class Chronicle:
    """One future, told. `typical` if it was chosen as the one nearest to the middle of all futures."""

    future: int
    typical: bool
    lines: tuple[Line, ...]
    totals: tuple[Total, ...] = field(default=())

    def entries(self) -> Iterator[Line | Total]:
        """Lines and totals in order of time; a total closes its day, later its month."""

        def time_of(entry: Line | Total) -> int:
            if isinstance(entry, Line) or entry.day < DAILY_DAYS:
                return entry.day
            month_end = (entry.date.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            return entry.day + (month_end - entry.date).days

        every: list[Line | Total] = [*self.lines, *self.totals]
        yield from sorted(every, key=time_of)


def medoid(run: Run) -> int:
    """The future nearest to the median paths of the displaced and of the population held by each force.

    Each measure counts by its own spread over futures, so persons and towns weigh alike.
    """
    names = [
        str(name)
        for name, array in run.measures.data_vars.items()
        if array.dims == ("future", "date")
        and (name == "displaced" or str(name).startswith("population_held_"))
    ]
    futures = run.measures["future"].values
    if not len(futures):
        raise UsageError("every future of this run failed; there is nothing to tell")
    distance = np.zeros(len(futures))
    for name in names:
        values = run.measures[name].values.astype(np.float64)
        gap = np.abs(values - over_futures(run.measures[name], [0.5]).values[0]).mean(axis=1)
        spread = gap.mean()
        if spread > 0:
            distance += gap / spread
    return int(futures[np.argmin(distance)])


def _period(day: int, freeze: Date) -> Date | int:
    """What is told under one heading: a day at first, later a month (its first date)."""
    if day < DAILY_DAYS:
        return day
    return (freeze + timedelta(days=day)).replace(day=1)


def _told(*about: Any) -> str:
    """Return the sentence on an event, in the singular where it is one day."""
    from afternext.world.events import sentence

    return ONE_DAY.sub("1 day", sentence(*about))


def _fold(events: NDArray[np.void], freeze: Date) -> list[Item]:
    """Join what repeats at one place: within a month, or in a row while days are told one by one.

    Between days, what changes the meaning is not joined: a place that falls, is retaken and falls again.
    """
    from afternext.world.events import KINDS

    items: list[Item] = []
    open_items: dict[tuple[int, ...], Item] = {}
    last_at: dict[int, tuple[int, ...]] = {}
    for event in events:
        kind = KINDS[int(event["kind"])]
        late_turn = kind.name == TURN and event["day"] >= DAILY_DAYS
        alike = ("kind", "force") if late_turn else ("kind", "place", "force", "other", "cause")
        key = tuple(int(event[name]) for name in alike)
        day = int(np.floor(event["day"]))
        persons = 0 if kind.counts == "days" else int(event["persons"])
        item = open_items.get(key)
        counted = persons > 0
        if day >= DAILY_DAYS:
            same = item is not None and _period(item.day, freeze) == _period(day, freeze)
        else:
            same = (
                item is not None
                and day - item.until <= FOLD_DAYS
                and (counted or last_at[int(event["place"])] == key)
            )
        if item is not None and same:
            item.until, item.times, item.persons = day, item.times + 1, item.persons + persons
            item.event = event if late_turn else item.event
        else:
            open_items[key] = item = Item(event, day, day, 1, persons)
            items.append(item)
        if not counted:
            last_at[int(event["place"])] = key
    return items


def _without_told_attacks(items: Sequence[Item], freeze: Date) -> list[Item]:
    """Months tell how attacks end; that they began goes without saying."""
    from afternext.world.events import KINDS

    names = {number: kind.name for number, kind in KINDS.items()}
    ended = {
        (_period(item.day, freeze), int(item.event["place"]))
        for item in items
        if names[int(item.event["kind"])] in ENDS_OF_ATTACK
    }
    return [
        item
        for item in items
        if item.day < DAILY_DAYS
        or names[int(item.event["kind"])] != ATTACK
        or (_period(item.day, freeze), int(item.event["place"])) not in ended
    ]


def _names(items: Sequence[Item], places: Sequence[str]) -> str:
    """Places as people list them, with persons where they were counted."""

    def one(item: Item) -> str:
        name = places[int(item.event["place"])]
        return f"{name} ({item.persons:,})" if item.persons else name

    shown = [one(item) for item in items[:NAMED]]
    if len(items) > NAMED:
        more = len(items) - NAMED
        shown.append(f"{more} more place{'s' * (more > 1)}")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _again(item: Item, freeze: Date) -> str:
    """How often something came again and until when."""
    from afternext.world.events import KINDS

    kind = KINDS[int(item.event["kind"])]
    if item.times == 1:
        return ""
    if kind.name == TURN and item.day >= DAILY_DAYS:
        return f"; the last of {item.times} this month"
    what = "people " if kind.counts == "persons" else ""
    people = f"{item.persons:,} {what}in all " if item.persons else ""
    last = freeze + timedelta(days=item.until)
    until = f" until {long_date(last)}" if item.day < DAILY_DAYS else ""
    return f"; {people}on {item.times} days{until}"


def _politics(
    events: NDArray[np.void],
    freeze: Date,
    powers: Sequence[str],
    moves: Sequence[str],
    plural: Collection[str],
) -> list[Line]:
    """What powers do, in order of time.

    Who takes up what another is doing to the same end joins it, and what several do alike within a week,
    later within a month, is one sentence. A scale that is set again and again is told where it ended up.
    """
    from afternext.world.events import KINDS

    going: dict[tuple[int, int], set[int]] = {}  # by move and target: who is at it
    last: dict[tuple[int, ...], tuple[int, Line | None]] = {}
    lines: dict[int, Line] = {}
    for number_, event in enumerate(events):
        kind = KINDS[int(event["kind"])]
        day, who, move = int(np.floor(event["day"])), int(event["force"]), int(event["move"])
        end = (move, int(event["other"]))
        joins = ""
        others = going.setdefault(end, set())
        if move >= 0 and kind.name == BEGUN:
            if others - {who}:
                joins = powers[min(others - {who})]
            others.add(who)
        elif move >= 0 and kind.name in OVER:
            others.discard(who)
        elif move >= 0 and kind.name == "in_force":
            others.add(who)
        text = _told(event, (), (), powers, moves, plural)
        date = freeze + timedelta(days=day)
        line = Line(day, date, text[:1].upper() + text[1:], kind.name, (), 0, 1, date)
        key = (int(event["kind"]), *end, who if kind.name == AGAIN else -1)
        at, before = last.get(key, (number_, None))
        near = before is not None and (
            day - before.day <= TOGETHER_DAYS
            if day < DAILY_DAYS
            else _period(before.day, freeze) == _period(day, freeze)
        )
        if move >= 0 and near and before is not None and kind.name == AGAIN:
            again = before.times + 1
            text = f"{line.text}; the last of {again} changes"
            lines[at] = replace(before, text=text, times=again, until=date)
        elif (
            move >= 0
            and near
            and before is not None
            and kind.name in ALIKE
            and powers[who] not in before.text
        ):
            told = (
                f"{before.text}, {powers[who]}" if before.times > 1 else f"{before.text}; also {powers[who]}"
            )
            lines[at] = replace(before, text=told, times=before.times + 1, until=date)
        else:
            if joins:
                does = "join" if powers[who] in plural else "joins"
                cause = text[text.rindex(" (") :] if text.endswith(")") else ""
                line = replace(line, text=f'{powers[who]} {does} {joins} in "{moves[move]}"{cause}')
            at = number_
            lines[at] = line
        last[key] = (at, lines[at])
    return list(lines.values())


def tell(
    events: NDArray[np.void],
    places: Sequence[str],
    forces: Sequence[str],
    place_ids: Sequence[str],
    freeze: Date,
    powers: Sequence[str] = (),
    moves: Sequence[str] = (),
    plural: Collection[str] = (),
) -> list[Line]:
    """Events as sentences: one a day, later a month, for what happened alike at several places.

    plural : names of forces and powers that take a plural verb
    """
    from afternext.world.events import DECIDED, KINDS

    together: dict[tuple[Any, ...], list[Item]] = {}
    here = events[events["kind"] < DECIDED]
    items = [*_without_told_attacks(_fold(here, freeze), freeze)]
    politics = events[events["kind"] >= DECIDED]
    moved = politics["move"] >= 0
    for event in politics[~moved]:
        day = int(np.floor(event["day"]))
        items.append(Item(event, day, day, 1, 0))
    for item in items:
        kind = int(item.event["kind"])
        # Two exoduses are alike whoever holds the places, if their sentence does not speak of it.
        said = [name for name in ("force", "other") if f"{{{name}}}" in KINDS[kind].sentence]
        alike = (kind, int(item.event["cause"]), *(int(item.event[name]) for name in said))
        if kind >= DECIDED:
            alike = (*alike, item.day, int(item.event["place"]))
        together.setdefault((_period(item.day, freeze), *alike), []).append(item)
    lines = []
    for (_, kind, *_), items in together.items():
        day = min(item.day for item in items)
        items.sort(key=lambda item: -item.persons)
        first, rest = items[0], items[1:]
        text = _told(first.event, places, forces, powers, moves, plural) + _again(first, freeze)
        if rest and kind < DECIDED:
            text += f"; likewise {_names(rest, places)}"
        lines.append(
            Line(
                day=day,
                date=freeze + timedelta(days=day),
                text=text[:1].upper() + text[1:],
                kind=KINDS[kind].name,
                places=tuple(
                    place_ids[int(item.event["place"])] for item in items if item.event["place"] >= 0
                ),
                persons=sum(item.persons for item in items) if KINDS[kind].counts == "persons" else 0,
                times=sum(item.times for item in items),
                until=freeze + timedelta(days=max(item.until for item in items)),
            )
        )
    return lines + _politics(politics[moved], freeze, powers, moves, plural)


def _totals(run: Run, future: int) -> list[Total]:
    last = int(run.manifest["days"])
    years = [round(n * DAYS_IN_YEAR) for n in range(2, int(last / DAYS_IN_YEAR) + 1)]
    days = days_along(run, "date")
    chosen = dict.fromkeys(
        nearest(days, day) for day in [*(d for d in (*TOTAL_DAYS, *years) if d < last), last]
    )
    names = [name for name in TOTALS if name in run.measures]
    paths = {name: run.measures[name].sel(future=future).values for name in names}
    freeze = freeze_of(run)
    return [
        Total(
            int(days[i]),
            freeze + timedelta(days=int(days[i])),
            {name: int(path[i]) for name, path in paths.items()},
        )
        for i in chosen
    ]


def chronicle(run: Run, future: int | None = None) -> Chronicle:
    """Tell one future of a run; the most typical one if none is named."""
    chosen = medoid(run) if future is None else future
    scenario = run.scenario
    places = {place.id: place.name for place in scenario.places}
    ids = [str(ident) for ident in run.measures["place"].values]
    forces = [force.name for force in scenario.forces.values()]
    lines = tell(
        run.events(chosen),
        [places[ident] for ident in ids],
        forces,
        ids,
        freeze_of(run),
        [power.name for power in scenario.powers.values()],
        [move.name for move in scenario.moves.values()],
        {force.name for force in scenario.forces.values() if force.plural}
        | {power.name for power in scenario.powers.values() if power.plural},
    )
    return Chronicle(chosen, future is None, tuple(lines), tuple(_totals(run, chosen)))
