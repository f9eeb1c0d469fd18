"""Values: a number or a `Distribution`, read from YAML maps or from the text of a CSV cell.

`{triangular: [1, 2, 3]}` in YAML is `triangular(1, 2, 3)` in a cell, and both are the same value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from afternext.scenario.distributions import (
    Distribution,
    Lognormal,
    Normal,
    Options,
    Range,
    Triangular,
    Uncertain,
    Uniform,
    ValueFault,
    show,
)
from afternext.scenario.nearest import closest

__all__ = [
    "Distribution",
    "Lognormal",
    "Normal",
    "Options",
    "Range",
    "Triangular",
    "Uncertain",
    "Uniform",
    "Value",
    "ValueFault",
    "bounds_of",
    "center_of",
    "parse_text",
    "read_number",
    "read_value",
    "show",
    "write_value",
]

Value: TypeAlias = float | Distribution
Pair: TypeAlias = tuple[float, float]

LARGEST_NUMBER = 1e15  # above it a count of anything in a scenario is a slip, and sums stop being exact

NUMBER_OF_PARAMETERS = {"triangular": 3, "uniform": 2, "lognormal": 2, "normal": 2, "range": 2}
MEANING = {
    "triangular": "lowest, most likely, highest",
    "uniform": "lowest, highest",
    "lognormal": "median, standard deviation of the logarithm",
    "normal": "mean, standard deviation",
    "range": "lowest, highest",
}
CUTTABLE: dict[str, Callable[..., Distribution]] = {
    "triangular": Triangular,
    "uniform": Uniform,
    "lognormal": Lognormal,
    "normal": Normal,
}
KINDS = (*NUMBER_OF_PARAMETERS, "options", "uncertain")
VALUE_KEYS = frozenset({*KINDS, "within", "times"})
FORMS = "a number, {triangular: [lo, mode, hi]}, {range: [lo, hi]}, ..."

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_CALL = re.compile(r"([A-Za-z_]+)\s*\(([^()]*)\)(?:\s*within\s*\(([^()]*)\))?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_value(raw: object) -> Value:
    """Read a value as it stands in YAML, JSON or a cell."""
    if isinstance(raw, Distribution):
        return raw
    if isinstance(raw, Mapping):
        return _read_map(raw)
    if isinstance(raw, str) and "(" in raw:
        return parse_text(raw)
    return read_number(raw)


def parse_text(text: str) -> Value:
    """Read the text form: ``0.5``, ``triangular(1, 2, 3)``, ``lognormal(2, 0.5) within(0, 9)``."""
    match = _CALL.fullmatch(text.strip())
    if match is None:
        if "(" in text:
            raise ValueFault(f"{_quote(text)} is not a value", "write for example triangular(1, 2, 3)")
        return read_number(text)
    keyword, inside, within = match.groups()
    written: dict[str, Any] = {keyword: [part.strip() for part in re.split("[,;]", inside)]}
    if within is not None:
        written["within"] = [part.strip() for part in re.split("[,;]", within)]
    if keyword == "uncertain":
        name, *factors = written["uncertain"]
        if len(factors) > 1:
            raise ValueFault(f"uncertain takes a name and at most one factor, not {len(factors)} factors")
        written = {"uncertain": name, **({"times": factors[0]} if factors else {})}
    return _read_map(written)


def read_number(raw: object) -> float:
    """Read a plain number; say what is wrong with anything else."""
    if isinstance(raw, bool):
        raise ValueFault(f"{str(raw).lower()} is not a number", "write 1 or 0")
    if isinstance(raw, int | float):
        number = float(raw) if abs(raw) <= LARGEST_NUMBER else math.inf
        if raw != raw:
            raise ValueFault("nan is not a number here", "leave out what is unknown, or give a range")
    elif isinstance(raw, str):
        text = raw.strip()
        if not _NUMBER.fullmatch(text):
            raise ValueFault(*_why_no_number(text))
        number = float(text)
    elif raw is None:
        raise ValueFault("is empty", "write a number, or a range if it is disputed")
    else:
        raise ValueFault(f"{_kind_of(raw)} stands where a number is needed")
    if abs(number) > LARGEST_NUMBER:
        raise ValueFault("the number is too large", f"the largest allowed is {LARGEST_NUMBER:g}")
    return number


def write_value(value: Value | str) -> float | str | dict[str, Any]:
    """Write a value as it stands in scenario.yaml or JSON; the reverse of `read_value`."""
    return value.to_mapping() if isinstance(value, Distribution) else value


def center_of(value: Value | str, uncertainties: Mapping[str, Value] | None = None) -> float | str:
    """Return the single value to use in place of an uncertain one."""
    if isinstance(value, Uncertain):
        inner = center_of((uncertainties or {})[value.name])
        return inner if isinstance(inner, str) else inner * value.times
    return value.center if isinstance(value, Distribution) else value


def bounds_of(value: Value, uncertainties: Mapping[str, Value] | None = None) -> Pair:
    """Return the smallest and the largest value possible."""
    if isinstance(value, Uncertain):
        low, high = bounds_of((uncertainties or {})[value.name])
        return low * value.times, high * value.times
    return value.bounds if isinstance(value, Distribution) else (value, value)


def _read_map(raw: Mapping[Any, Any]) -> Value:
    keywords = [key for key in raw if key in KINDS]
    for key in raw:
        if key not in VALUE_KEYS:
            near = closest(str(key), KINDS)
            raise ValueFault(
                f"{_quote(key)} is not a kind of value",
                f"did you mean {near}?" if near else f"write {FORMS}",
            )
    if len(keywords) != 1:
        found = " and ".join(keywords) if keywords else "none of them"
        raise ValueFault(f"a value has exactly one of {', '.join(KINDS)}; here is {found}")
    keyword = keywords[0]
    if "times" in raw and keyword != "uncertain":
        raise ValueFault(f"times does not go with {keyword}", "it scales {uncertain: NAME}")
    if "within" in raw and keyword not in CUTTABLE:
        raise ValueFault(f"within does not go with {keyword}", f"it cuts {', '.join(CUTTABLE)}")
    if keyword == "uncertain":
        name = raw["uncertain"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueFault("uncertain needs the name of an uncertainty", "as listed under uncertainties")
        return Uncertain(name, read_number(raw.get("times", 1.0)))
    if keyword == "options":
        return Options(tuple(_read_option(option) for option in _list_of(raw, "options")))
    numbers = _numbers(raw, keyword, NUMBER_OF_PARAMETERS[keyword], MEANING[keyword])
    if keyword == "range":
        return Range(*numbers)
    within = _numbers(raw, "within", 2, "lowest, highest") if "within" in raw else None
    return CUTTABLE[keyword](*numbers, within=within)


def _list_of(raw: Mapping[Any, Any], key: str) -> Sequence[Any]:
    found = raw[key]
    if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
        raise ValueFault(f"{key} needs a list in brackets")
    return found


def _numbers(raw: Mapping[Any, Any], key: str, count: int, meaning: str) -> tuple[float, ...]:
    found = _list_of(raw, key)
    if len(found) != count:
        raise ValueFault(f"{key} needs {count} numbers ({meaning}), not {len(found)}")
    return tuple(read_number(item) for item in found)


def _read_option(raw: object) -> float | str:
    if isinstance(raw, str) and _NAME.fullmatch(raw):
        return raw
    return read_number(raw)


def _why_no_number(text: str) -> tuple[str, str]:
    """Say why a text is no number, and what was probably meant."""
    if not text:
        return "is empty", "write a number, or a range if it is disputed"
    compact = text.replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"[-+]?\d{1,3}(?:[,_'’ .\u00a0]\d{3})+", text) and text.count(".") != 1:
        plain = re.sub(r"[^-+\d]", "", text)
        return f"{_quote(text)} is not a number", f"write {plain}, without separators of thousands"
    if re.fullmatch(r"[-+]?\d+,\d+", compact):
        return f"{_quote(text)} is not a number", f"write {compact.replace(',', '.')}, with a point"
    if re.fullmatch(r"[-+]?\d+(?:\.\d+)?%", compact):
        return f"{_quote(text)} is not a number", f"write the share {show(float(compact[:-1]) / 100)}"
    if compact.lower().lstrip("+-.") in {"nan", "inf", "infinity", "na", "n/a", "-", "none", "null"}:
        return f"{_quote(text)} is not a number here", "leave out what is unknown, or give a range"
    if match := re.match(r"([-+]?\d+(?:\.\d+)?)\s*[A-Za-z]+$", text):
        return f"{_quote(text)} is not a number", f"write {match[1]} without the unit"
    if re.fullmatch(r"\d+(?:\.\d+)?\s*[-–]\s*\d+(?:\.\d+)?", text):
        low, high = re.split(r"\s*[-–]\s*", text)
        return f"{_quote(text)} is not a number", f"write range({low}, {high})"
    return f"{_quote(text)} is not a number", ""


def _quote(raw: object) -> str:
    text = str(raw)
    return f"'{text[:40]}...'" if len(text) > 40 else f"'{text}'"


def _kind_of(raw: object) -> str:
    if isinstance(raw, Mapping):
        return "a map"
    return "a list" if isinstance(raw, Sequence) else f"a {type(raw).__name__}"
