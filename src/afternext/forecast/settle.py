"""Settling questions: the answer that what happened gives, or why it gives none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from afternext.forecast.answers import NEVER, answers_of, of_number
from afternext.forecast.past import Past
from afternext.forecast.truth import Count, Truth, words_found
from afternext.forecast.truth_control import Shift
from afternext.scenario.question_schema import AREA_COUNTED, Question
from afternext.scenario.schema import NOBODY

APART = 62  # days between two counts that are still joined by a line
NEAR = 10  # days to a count that stands for the day
TRUE = ("yes", "true", "1")
FALSE = ("no", "false", "0")
VAGUE = 31  # days within which a change must lie for its day to be known
QUIET = 31  # days after the last event on file in which nothing on file means that nothing happened
ANNULLED = ("annulled", "ambiguous", "void")


@dataclass(frozen=True)
class Outcome:
    """How a question came out.

    value : 0 or 1, a number, a class, or a day (infinite for never); None if it is not settled
    words : the answer as people read it, or why there is none
    annulled : doubtful by the question's own rule, as against not known
    """

    value: float | None
    words: str
    annulled: bool = False

    @property
    def plain(self) -> float | int | str | None:
        """The answer for data: a number, a name, `never`, or None."""
        if self.value is None:
            return None
        if self.value == NEVER:
            return "never"
        return int(self.value) if self.value == int(self.value) else round(self.value, 3)


def settle(question: Question, truth: Truth, past: Past) -> Outcome:
    """The outcome of a question; `outcomes.csv` speaks before every other file."""
    if question.id in truth.outcomes:
        space = answers_of(question, past) if question.kind == "category" else ()
        record = {"freeze": past.freeze.isoformat(), "outcome_space": space}
        return said(question, truth.outcomes[question.id], record)
    day = question.day(past.freeze)
    if question.measure == "holder" or question.event in ("takes", "changes_hands"):
        return _control(question, truth, past, day)
    if question.event is not None:
        return _event(question, truth, day)
    if question.kind == "date":
        return Outcome(None, "the day a count passes a bound is not recorded")
    if question.measure == "deaths":
        return _deaths(question, truth, past, day)
    area = question.admin1 if question.measure in AREA_COUNTED else ""
    counts = truth.counts.get((question.measure, area))
    if not counts:
        return Outcome(None, "no count in the truth directory")
    value = at_day(counts, day)
    if value is None:
        return Outcome(None, f"no count near {past.date(day)}")
    return _of(question, value, past)


def at_day(counts: list[Count], day: int) -> float | None:
    """A count on a day: dated that day, on the line between two near counts, or the nearest within days."""
    exact = [count.value for count in counts if count.day == day]
    if exact:
        return exact[-1]
    before = [count for count in counts if count.day < day]
    after = [count for count in counts if count.day > day]
    if before and after and after[0].day - before[-1].day <= APART:
        left, right = before[-1], after[0]
        share = (day - left.day) / (right.day - left.day)
        return left.value + share * (right.value - left.value)
    close = min(counts, key=lambda count: abs(count.day - day))
    return close.value if abs(close.day - day) <= NEAR else None


def _of(question: Question, value: float, past: Past) -> Outcome:
    answer = float(of_number(question, np.array([value]))[0])
    if question.kind == "category":
        return Outcome(answer, answers_of(question, past)[int(answer)])
    return Outcome(answer, f"{value:,.0f}")


def said(question: Question, text: str, record: Mapping[str, Any]) -> Outcome:
    """An outcome stated by a person.

    record : the question's line on a registry, for its freeze and its answers
    """
    word = text.strip().lower()
    if word in ANNULLED or not word:
        return Outcome(None, f"annulled: {text}", annulled=True)
    wrong = Outcome(None, f"'{text}' is no answer to a {question.kind} question")
    if question.kind == "category":
        names = list(record["outcome_space"])
        if word in names:
            return Outcome(float(names.index(word)), word)
        if question.measure == "holder":
            return wrong
    if question.kind == "binary" and word in (*TRUE, *FALSE):
        return Outcome(float(word in TRUE), "yes" if word in TRUE else "no")
    freeze = date.fromisoformat(record["freeze"])
    if question.kind == "date":
        if word == "never":
            return Outcome(NEVER, "never")
        try:
            day = (date.fromisoformat(word) - freeze).days
        except ValueError:
            return Outcome(None, f"'{word}' is no date and not `never`")
        return Outcome(float(day) if day <= question.day(freeze) else NEVER, word)
    try:
        value = float(word.replace(",", ""))
    except ValueError:
        return wrong
    if not math.isfinite(value) or value < 0 or question.kind == "binary":
        return wrong
    answer = float(of_number(question, np.array([value]))[0])
    words = record["outcome_space"][int(answer)] if question.kind == "category" else f"{value:,.0f}"
    return Outcome(answer, words)


def _control(question: Question, truth: Truth, past: Past, day: int) -> Outcome:
    if not truth.has("control"):
        return Outcome(None, "no control.csv in the truth directory")
    if day > truth.until:
        return Outcome(None, f"the truth ends on {past.date(truth.until)}")
    if not truth.tells_of(str(question.place)):
        return Outcome(None, "the truth directory does not tell of this place")
    if str(question.place) in truth.doubt:
        return Outcome(None, truth.doubt[str(question.place)])
    shifts = truth.shifts.get(str(question.place), [])
    if question.event is not None:
        return _first_shift(question, shifts, past, day)
    doubtful = [shift for shift in shifts if shift.first <= day < shift.last and shift.first != shift.last]
    if doubtful:
        return Outcome(None, "annulled: it changed hands within days of the date", annulled=True)
    sides: tuple[str, ...] = (past.holder[str(question.place)],)
    for shift in shifts:
        if shift.day <= day:
            if not shift.sides:
                return Outcome(None, "a side is recorded that nobody knows")
            sides = shift.sides
    names = [*past.scenario.forces, NOBODY]
    if question.kind == "category":
        return Outcome(float(names.index(sides[0])), sides[0])
    wanted = NOBODY if question.equals not in past.scenario.forces else question.equals
    return Outcome(float(wanted in sides), " or ".join(sides))


def _first_shift(question: Question, shifts: list[Shift], past: Past, day: int) -> Outcome:
    held = past.holder[str(question.place)]
    for shift in shifts:
        if not shift.sides and shift.day <= day:
            return Outcome(None, "a side is recorded that nobody knows")
        taken = bool(shift.sides) and held not in shift.sides
        if question.event == "takes":
            taken = question.force in shift.sides and held != question.force
        if not taken:
            continue
        if shift.first <= day < shift.last:
            return Outcome(None, "annulled: it changed hands within days of the date", annulled=True)
        if shift.day <= day:
            if question.kind == "date" and shift.last - shift.first > VAGUE:
                return Outcome(
                    None, "annulled: the day on which it changed hands is not known", annulled=True
                )
            when = str(past.date(shift.day))
            return Outcome(float(shift.day) if question.kind == "date" else 1.0, when)
    return Outcome(NEVER if question.kind == "date" else 0.0, "never by then")


def _event(question: Question, truth: Truth, day: int) -> Outcome:
    """By a code in events.csv, or by words; without either an event is not settled."""
    codes = {code for _, _, _, code in truth.events if code}
    wanted = ":".join(part for part in (question.event, question.power, question.move) if part)
    if question.match:
        hits = [when for when, kind, text, _ in truth.events if words_found(f"{kind} {text}", question.match)]
    elif codes:
        hits = [when for when, _, _, code in truth.events if code in (wanted, question.event)]
    else:
        return Outcome(None, "no file settles it")
    ends = truth.until_events + QUIET
    if not truth.has("events") or (day > ends and not [when for when in hits if when <= day]):
        return Outcome(None, "the truth ends before")
    first = min((when for when in hits if when <= day), default=NEVER)
    if question.kind == "date":
        return Outcome(first, "never by then" if first == NEVER else f"day {first:.0f}")
    return Outcome(float(first <= day), "yes" if first <= day else "no")


def _deaths(question: Question, truth: Truth, past: Past, day: int) -> Outcome:
    """Deaths from the freeze to a day; rows that straddle an end count by their share of days."""
    if not truth.deaths:
        return Outcome(None, "no violence.csv in the truth directory")
    if max(last for _, last, _ in truth.deaths) < day:
        return Outcome(None, f"deaths are not counted up to {past.date(day)}")
    total = 0.0
    for first, last, value in truth.deaths:
        inside = min(last, day) - max(first, 1) + 1
        total += value * max(inside, 0) / (last - first + 1)
    return _of(question, total, past)
