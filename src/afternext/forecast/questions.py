"""Questions written by rule: every town above a size, at every horizon, whether it fell or not.

Nobody picks. The rule knows the scenario up to its freeze and nothing else, so most questions have a dull
answer; those whose answer was open are marked `contested` by the same rule and scored apart.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from afternext.errors import UsageError
from afternext.forecast.past import Past
from afternext.scenario.question_schema import Question

if TYPE_CHECKING:
    from afternext.scenario import Scenario

HORIZONS = (7, 30, 90, 180, 365, 730, 1278)  # days: 3.5 years is the last
LEAST_PEOPLE = 20_000  # a town above this size is asked about
FEWEST_TOWNS = 10  # towns that are asked about at least, the largest first, where so many are not that large
LARGE = 100_000  # a town above this size at a front is also asked when it changes hands
FACTORS = (1.25, 1.5, 2.0, 3.0, 5.0)  # times the people displaced at the freeze
LEVELS = (0.75, 1.25, 2.0, 4.0)  # bounds of the size class of displacement
TOWNS = ("town", "district")
WATCHED = (180,)  # days within which large towns at a front are watched, besides the last horizon
MONTHS_ASKED = 12  # month ends, at which people are usually counted

COUNT_RULE = (
    "the first of: a count dated that day; the line between two counts after the freeze that are at most "
    "62 days apart; the nearest count within 10 days; else not settled"
)
HOLD_RULE = (
    "control.csv applied to the holders at the freeze; a day within the precision of a change (week: 3 days "
    "either side, month: its calendar month) annuls; contested means that nobody holds the place"
)


def questions_of(
    scenario: Scenario, *, horizons: Sequence[int] = HORIZONS, least: int | None = None
) -> tuple[Question, ...]:
    """The scenario's own questions, and those written by rule.

    least : people from which a town is asked about; if not said 20,000, or what the ten largest towns have

    Raises
    ------
    UsageError : the scenario has nothing to ask about
    """
    past = Past(scenario)
    own = {question.id: question for question in scenario.questions}
    found = dict(own)
    for question in _by_rule(past, tuple(horizons), _least(past) if least is None else least):
        found.setdefault(question.id, question)
    if not found:
        raise UsageError(f"{scenario.id}: there is nothing to ask: it has no place where people live")
    return tuple(found.values())


def _least(past: Past) -> int:
    """People from which a town is asked about, lower where few towns are large."""
    towns = sorted((p.population for p in past.places.values() if p.kind in TOWNS), reverse=True)
    return min(LEAST_PEOPLE, max(towns[:FEWEST_TOWNS][-1], 1)) if towns else LEAST_PEOPLE


def _by_rule(past: Past, horizons: tuple[int, ...], least: int) -> Iterator[Question]:
    for day in horizons:
        yield from _control(past, day, least)
    if past.people > 0:
        for day in horizons:
            yield from _displacement(past, day)
        for day in month_ends(past.freeze):
            yield _stock(past, day, f"idps.{past.date(day):%Y_%m}")
    if past.monthly_deaths.any():
        for day in horizons:
            yield _deaths(past, day)
    yield from _politics(past, horizons)
    for day in horizons:
        if day in WATCHED or day == horizons[-1]:
            yield from _when(past, day)


def month_ends(freeze: date) -> list[int]:
    """Days after the freeze of the next month ends."""
    found: list[int] = []
    year, month = freeze.year, freeze.month
    while len(found) < MONTHS_ASKED:
        day = (date(year, month, monthrange(year, month)[1]) - freeze).days
        if day > 0:
            found.append(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def _ident(*parts: object) -> str:
    """An id of a rule-made question; `.` parts it, so that it never is a person's own id."""
    return ".".join(str(part) for part in parts)


def _make(ident: str, **content: object) -> Question:
    # Rule-made ids have dots, which an id written by a person cannot have.
    return Question.model_construct(**{**_DEFAULTS, "id": ident, **content})


_DEFAULTS = {name: field.default for name, field in Question.model_fields.items() if not field.is_required()}


def _control(past: Past, day: int, least: int) -> Iterator[Question]:
    names = {ident: force.name for ident, force in past.scenario.forces.items()}
    for ident, place in past.places.items():
        if place.kind not in TOWNS or place.population < least:
            continue
        side = past.holder[ident]
        held = f"held by {names.get(side, side)}" if side in names else "in nobody's hands"
        common = {
            "place": ident,
            "on": day,
            "measure": "holder",
            "source": "control.csv",
            "cases": HOLD_RULE,
            "contested": past.near_front(ident),
        }
        yield _make(
            _ident("holds", ident, day),
            text=f"Will {place.name} be {held} on {past.date(day)}, as at the freeze?",
            kind="binary",
            equals=side,
            **common,
        )
        if past.near_front(ident):
            text = f"Who will hold {place.name} on {past.date(day)}?"
            yield _make(_ident("holder", ident, day), text=text, kind="category", **common)


def _stock(past: Past, day: int, ident: str) -> Question:
    text = (
        f"How many people displaced inside the country since {past.date(-365)} will be counted as still "
        f"away from home on {past.date(day)}?"
    )
    return _make(
        ident, text=text, kind="number", measure="idps", on=day, contested=True,
        source="displacement_total.csv: idp_individuals", cases=COUNT_RULE,
    )  # fmt: skip


def _displacement(past: Past, day: int) -> Iterator[Question]:
    on, stock = past.date(day), past.stock()
    yield _stock(past, day, _ident("idps", day))
    for factor in FACTORS if stock > 0 else ():
        bound = float(f"{factor * stock:.2g}")
        yield _make(
            _ident("idps", f"x{factor:g}", day),
            text=f"Will more than {bound:,.0f} people ({factor:g} times the freeze) be displaced on {on}?",
            kind="binary", measure="idps", above=bound, on=day, contested=True,
            source="displacement_total.csv: idp_individuals", cases=COUNT_RULE,
        )  # fmt: skip
    if stock > 0:
        yield _make(
            _ident("idps", "class", day),
            text=f"In which size class will displacement be on {on}, relative to the freeze?",
            kind="category", measure="idps", on=day, contested=True,
            levels=tuple(float(f"{factor * stock:.2g}") for factor in LEVELS),
            source="displacement_total.csv: idp_individuals", cases=COUNT_RULE,
        )  # fmt: skip
    yield _make(
        _ident("returnees", day),
        text=f"How many displaced people will be counted as come home since the freeze on {on}?",
        kind="number", measure="returnees", on=day,
        source="displacement_total.csv: returnee_individuals", cases=COUNT_RULE,
    )  # fmt: skip
    for kind, words in (("origin", "from"), ("hosted", "sheltering in")):
        for area in past.areas:
            yield _make(
                _ident(f"idps_{kind}", _word(area), day),
                text=f"How many displaced people {words} {area} will be counted on {on}?",
                kind="number", measure=f"idps_{kind}", admin1=area, on=day,
                contested=past.stock(area, "origin" if kind == "origin" else "place") > 0,
                source="displacement_gov.csv", cases=COUNT_RULE,
            )  # fmt: skip


def _deaths(past: Past, day: int) -> Question:
    return _make(
        _ident("deaths", day),
        text=f"How many people will be killed between the freeze and {past.date(day)}?",
        kind="number", measure="deaths", on=day, contested=True, source="violence.csv: deaths",
        cases="the sum of rows after the freeze; a row that straddles the date counts by its share of days",
    )  # fmt: skip


def _politics(past: Past, horizons: tuple[int, ...]) -> Iterator[Question]:
    polity = past.scenario.polity
    if polity is None:
        return
    powers = past.scenario.powers
    government = polity.government
    for day in horizons:
        by = past.date(day)
        common = {
            "kind": "binary",
            "by": day,
            "source": "events.csv by the column `code`, or outcomes.csv",
            "cases": "not settled where neither file speaks of it",
        }
        if government in powers:
            name = powers[government].name
            for event, what in (
                ("leader_exit", f"the head of {name} be out of office"),
                ("collapse", f"the central authority of {name} have broken down"),
            ):
                yield _make(
                    _ident(event, day), text=f"Will {what} by {by}?", event=event, power=government,
                    contested=event == "leader_exit", **common,
                )  # fmt: skip
        for region, entry in polity.regions.items():
            if entry.claims:
                yield _make(
                    _ident("secession", region, day),
                    text=f"Will the independence of {entry.name} be recognised by {by}?",
                    event="secession", power=entry.power, **common,
                )  # fmt: skip


def _when(past: Past, day: int) -> Iterator[Question]:
    for ident, place in past.places.items():
        if place.kind in TOWNS and place.population >= LARGE and past.near_front(ident):
            yield _make(
                _ident("when", ident, day),
                text=f"When will {place.name} change hands, if at all by {past.date(day)}?",
                kind="date", event="changes_hands", place=ident, by=day, contested=True,
                source="control.csv", cases=HOLD_RULE,
            )  # fmt: skip


def _word(text: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in text.lower())


def group_of(question: Question) -> str:
    """What a question is about, for scores: control, displacement, displacement_by_area, violence, politics,
    or other.
    """
    if question.measure == "holder" or question.event in ("takes", "changes_hands"):
        return "control"
    if question.measure in ("idps", "returnees"):
        return "displacement"
    if question.measure in ("idps_origin", "idps_hosted"):
        return "displacement_by_area"
    if question.measure == "deaths":
        return "violence"
    return "politics" if question.event else "other"
