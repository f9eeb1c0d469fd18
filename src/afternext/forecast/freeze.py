"""Nothing later than the freeze may reach a run: a second look at a scenario in memory.

`load` refuses late rows of files with line and column. A scenario that was built in Python, or lies as a copy
in a run, is looked at here: every date that states a fact, and every date from which something was public.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from afternext.errors import InvalidInput, Problem
from afternext.scenario.question_schema import Question
from afternext.scenario.schema import Strategy

if TYPE_CHECKING:
    from afternext.scenario import Scenario

# What may lie after the freeze by its nature: decisions that a course of action fixes, and questions.
AHEAD = (Strategy, Question)
AHEAD_KEYS = ("plan",)
FILES = {"holders": "holder.csv", **{name: f"{name}.csv" for name in (
    "places", "routes", "presence", "displaced", "claims", "history",
)}}  # fmt: skip
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
WORDED = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(MONTHS)})[a-z]*\.? (\d{{4}})\b", re.IGNORECASE)


def refuse_late(scenario: Scenario) -> None:
    """Refuse a scenario with a fact dated, or public only, after its freeze; every one is named.

    Raises
    ------
    InvalidInput
    """
    problems = list(late_facts(scenario))
    if problems:
        raise InvalidInput(problems)


def late_facts(scenario: Scenario) -> Iterator[Problem]:
    """Facts that are dated or became public after the freeze."""
    for name in type(scenario).model_fields:
        if name in ("freeze", *AHEAD_KEYS):
            continue
        file = FILES.get(name, "scenario.yaml")
        found = getattr(scenario, name)
        for number, entry in enumerate(found if isinstance(found, tuple) else (found,)):
            line = number + 2 if name in FILES else 0  # the first line names the columns
            place = "" if name in FILES else f"{name}.{number + 1}" if isinstance(found, tuple) else name
            for path, day in _dates(entry, place):
                if day > scenario.freeze:
                    text = f"{day} is after the freeze {scenario.freeze}"
                    hint = "what happened later is truth, kept outside the scenario"
                    yield Problem(file, line, 0, path.strip("."), text, hint)


def _dates(found: Any, path: str) -> Iterator[tuple[str, date]]:
    if isinstance(found, AHEAD):
        return
    if isinstance(found, date):
        yield path, found
    elif isinstance(found, BaseModel):
        for name in type(found).model_fields:
            yield from _dates(getattr(found, name), f"{path}.{name}")
    elif isinstance(found, Mapping):
        for key, item in found.items():
            yield from _dates(item, f"{path}.{key}")
    elif isinstance(found, tuple | list):
        for number, item in enumerate(found):
            yield from _dates(item, f"{path}.{number + 1}")


def refuse_late_weights(provenance: Mapping[str, Any], freeze: date) -> None:
    """Refuse weights that rest on something published after the freeze.

    Raises
    ------
    InvalidInput
    """
    late = sorted({day for text in _texts(provenance) for day in _days_in(text) if day > freeze})
    if late:
        raise InvalidInput(
            f"the weights rest on evidence dated {late[-1]}, after the freeze {freeze}: a hindcast takes "
            "nothing that was not known then"
        )


def is_dated(provenance: Mapping[str, Any]) -> bool:
    """Whether weights say when what they rest on was published."""
    return any(True for text in _texts(provenance) for _ in _days_in(text))


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for item in found.values():
            yield from _texts(item)
    elif isinstance(found, list | tuple):
        for item in found:
            yield from _texts(item)


def _days_in(text: str) -> Iterator[date]:
    for match in ISO.finditer(text):
        try:
            yield date(*(int(part) for part in match.groups()))
        except ValueError:
            continue


def later_sources(scenario: Scenario) -> list[str]:
    """Sources whose wording names a month after the freeze: no proof of a leak, for a person to judge."""
    found: dict[str, int] = {}
    for _, text in _sources(scenario, ""):
        days = list(_days_in(text))
        for match in WORDED.finditer(text):
            day, month, year = match.groups()
            days.append(date(int(year), MONTHS.index(month[:3].lower()) + 1, min(int(day or 1), 28) or 1))
        if any(day > scenario.freeze for day in days):
            found[text] = found.get(text, 0) + 1
    return [f"{text} ({count} times)" if count > 1 else text for text, count in found.items()]


def _sources(found: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, BaseModel):
        source = getattr(found, "source", "")
        if isinstance(source, str) and source and not isinstance(found, AHEAD):
            yield path, source
        for name in type(found).model_fields:
            yield from _sources(getattr(found, name), name)
    elif isinstance(found, Mapping):
        for key, item in found.items():
            yield from _sources(item, str(key))
    elif isinstance(found, tuple):
        for item in found:
            yield from _sources(item, path)
