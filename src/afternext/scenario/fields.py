"""The field types of the schema: each reads one kind of entry and says in words what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from afternext.scenario.values import (
    Distribution,
    Options,
    Uncertain,
    Value,
    ValueFault,
    read_number,
    read_value,
    show,
    write_value,
)

T = TypeVar("T")

FORMAT = 1
FAULT = "fault"  # type of the pydantic errors raised here; their context carries message and hint
ID_PATTERN = r"[a-z][a-z0-9_]*"
TREATMENTS = ("own", "spared", "ordinary", "persecuted", "marked")
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")


def fault(message: str, hint: str = "") -> PydanticCustomError:
    """Make the error that the loader turns into a `Problem` at the right line."""
    return PydanticCustomError(FAULT, "{message}", {"message": message, "hint": hint})


def _telling(read: Callable[[Any], T]) -> Callable[[Any], T]:
    """Let a reader's ValueFault pass through pydantic with its hint."""

    def reading(raw: Any) -> T:
        try:
            return read(raw)
        except ValueFault as found:
            raise fault(found.message, found.hint) from None

    return reading


def check_bounds(value: Value, low: float, high: float, reach: tuple[float, float] | None = None) -> None:
    """Refuse a value that is, or can become, smaller than ``low`` or larger than ``high``."""
    if isinstance(value, Uncertain) and reach is None:
        return  # known only once all uncertainties are read: check.py asks again
    least, most = reach or (value.bounds if isinstance(value, Distribution) else (value, value))
    if low <= least and most <= high:
        return
    limits = f"outside {show(low)}..{show(high)}" if high < float("inf") else f"below {show(low)}"
    if isinstance(value, Distribution):
        advice = f"cut it with within: [{show(low)}, {show(high) if high < float('inf') else 'HIGHEST'}]"
        raise ValueFault(f"{value} can fall {limits}", advice if not value.deep else "narrow it")
    percent = high == 1.0 and 1.0 < value <= 100.0
    raise ValueFault(
        f"{show(value)} is {limits}", f"as a share, did you mean {show(value / 100)}?" if percent else ""
    )


def _number(low: float, high: float) -> Callable[[Any], float]:
    def read(raw: Any) -> float:
        number = read_number(raw)
        check_bounds(number, low, high)
        return number

    return _telling(read)


def _value(low: float, high: float) -> Callable[[Any], Value]:
    def read(raw: Any) -> Value:
        value = read_value(raw)
        if isinstance(value, Options) and value.words:
            raise ValueFault("options of words stand where numbers are needed")
        check_bounds(value, low, high)
        return value

    return _telling(read)


def _whole(low: int) -> Callable[[Any], int]:
    def read(raw: Any) -> int:
        number = read_number(raw)
        if number < low:
            raise ValueFault(f"{show(number)} is below {low}" if low else f"{show(number)} is negative")
        if number != int(number):
            raise ValueFault(f"{show(number)} is not a whole number", f"did you mean {round(number)}?")
        return int(number)

    return _telling(read)


def _read_persons(raw: Any) -> int | Distribution:
    value = read_value(raw)
    if isinstance(value, Distribution):
        if isinstance(value, Options) and value.words:
            raise ValueFault("options of words stand where numbers are needed")
        check_bounds(value, 0.0, float("inf"))
        return value
    return _whole(0)(value)


def _read_latitude(raw: Any) -> float:
    return _read_degrees(raw, 90.0)


def _read_longitude(raw: Any) -> float:
    return _read_degrees(raw, 180.0)


def _read_degrees(raw: Any, limit: float) -> float:
    degrees = read_number(raw)
    if abs(degrees) <= limit:
        return degrees
    if abs(degrees) <= 180.0:
        hint = "lat and lon look swapped"
    else:
        shifted = next(degrees / 10**n for n in range(1, 16) if abs(degrees) / 10**n <= limit)
        hint = f"did you mean {show(shifted)}?"
    raise ValueFault(f"{show(degrees)} is outside -{show(limit)}..{show(limit)}", hint)


def _read_date(raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    text = str(raw).strip() if raw is not None else ""
    if not text:
        raise ValueFault("is empty", "write a date as 2014-06-12")
    match = _ISO_DATE.fullmatch(text)
    if match is None:
        raise ValueFault(f"'{text[:40]}' is not a date", _date_hint(text))
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        swapped = 1 <= day <= 12 < month <= 31 and year > 0
        raise ValueFault(
            f"{text} is not in the calendar",
            f"did you mean {year:04d}-{day:02d}-{month:02d}?" if swapped else "dates are YEAR-MONTH-DAY",
        ) from None


def _date_hint(text: str) -> str:
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return f"did you mean {int(match[1]):04d}-{int(match[2]):02d}-{int(match[3]):02d}?"
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text):
        day_first = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
        return f"write YEAR-MONTH-DAY: {day_first} if the day stands first"
    return "write it as 2014-06-12"


def _read_horizon(raw: Any) -> int:
    """Read '6 months' as days: a month has 30.4375 days, a year 365.25."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        days = float(raw)
    else:
        match = _SPAN.fullmatch(str(raw).strip())
        unit = match[2].lower().removesuffix("s") if match else ""
        if match is None or unit not in DAYS_IN:
            raise ValueFault(
                f"'{str(raw)[:40]}' is not a span of time", "write for example 30 days, 6 months or 3 years"
            )
        days = float(match[1]) * DAYS_IN[unit]
    if not 1.0 <= days <= 36525.0:
        raise ValueFault(f"'{str(raw)[:40]}' is outside 1 day..100 years")
    return round(days)


def _read_text(raw: Any) -> str:
    if raw is None:
        raise ValueFault("is empty", "write a text")
    if isinstance(raw, bool):
        return str(raw).lower()
    if not isinstance(raw, str | int | float):
        raise ValueFault(f"a {'map' if isinstance(raw, dict) else 'list'} stands where a text is needed")
    text = str(raw).strip()
    if _CONTROL.search(text):
        raise ValueFault("the text holds a control character", "remove it")
    return text


def _read_title(raw: Any) -> str:
    text = _read_text(raw)
    if not text:
        raise ValueFault("is empty", "write a text")
    return text


def _read_optional_text(raw: Any) -> str:
    return "" if raw is None else _read_text(raw)


def _read_id(raw: Any) -> str:
    text = _read_text(raw)
    if not text:
        raise ValueFault("is empty", "write an id")
    if not re.fullmatch(ID_PATTERN, text):
        raise ValueFault(f"'{text[:40]}' is not an id", id_hint(text))
    return text


def id_hint(text: str) -> str:
    """Suggest an id made from a text: lower case letters, digits and underscores."""
    made = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if re.fullmatch(ID_PATTERN, made):
        return f"did you mean {made}?"
    return "an id starts with a letter and has lower case letters, digits and underscores"


def _read_credibility(raw: Any) -> int:
    if (number := read_number(raw)) in (1, 2, 3, 4, 5, 6):
        return int(number)
    raise ValueFault(f"{show(number)} is outside 1..6", "1 is confirmed, 6 cannot be judged")


def _read_format(raw: Any) -> int:
    if read_number(raw) == FORMAT:
        return FORMAT
    raise ValueFault(f"format {raw} is not known to this version", f"write format: {FORMAT}")


def _read_flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
    near = word.get(str(raw).lower())
    raise ValueFault(f"'{str(raw)[:40]}' is not true or false", f"did you mean {near}?" if near else "")


def _read_date_or_day(raw: Any) -> date | int:
    """Read a date, or days after the freeze."""
    if isinstance(raw, date) or (isinstance(raw, str) and "-" in raw):
        return _read_date(raw)
    if isinstance(raw, str) and not raw.strip().isdigit():
        raise ValueFault(f"'{raw[:40]}' is neither a date nor a number of days after the freeze")
    return _whole(0)(raw)


def _read_confidence(raw: Any) -> str:
    text = _read_optional_text(raw).lower()
    if text in ("", "high", "medium", "low"):
        return text
    raise ValueFault(f"'{text[:40]}' is not one of high, medium, low")


def _read_treatment(raw: Any) -> str | Options:
    value: Any = raw
    if isinstance(raw, dict) or (isinstance(raw, str) and "(" in raw):
        value = read_value(raw)
        if not isinstance(value, Options) or not value.words:
            raise ValueFault(
                "a treatment is one word or options of words", f"the words are {', '.join(TREATMENTS)}"
            )
    for word in (value.words or ()) if isinstance(value, Options) else (value,):
        if word not in TREATMENTS:
            raise ValueFault(
                f"'{str(word)[:40]}' is not a treatment", f"the words are {', '.join(TREATMENTS)}"
            )
    return value  # type: ignore[no-any-return]


def _read_setting(raw: Any) -> Value | str:
    """Read what a strategy sets: a value, or a word such as a treatment or a force."""
    if isinstance(raw, str) and re.fullmatch(ID_PATTERN, raw.strip()):
        return raw.strip()
    return read_value(raw)


def _maybe(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda raw: None if raw is None or raw == "" else read(raw)


def _field(read: Callable[[Any], Any], **json_schema: Any) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(_telling(read)), WithJsonSchema(json_schema)


def _value_field(read: Callable[[Any], Any], **json_schema: Any) -> tuple[Any, ...]:
    return PlainValidator(_telling(read)), WithJsonSchema(json_schema), _WRITE


_INF = float("inf")
_WRITE = PlainSerializer(write_value, return_type=Any)
_VALUE = {"x-def": "Value"}
_SIGNED_VALUE = {"x-def": "SignedValue"}
_POSITIVE_VALUE = {"x-def": "PositiveValue"}
_SHARE_VALUE = {"x-def": "ShareValue"}
_ID = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_LEVELS = ["high", "medium", "low", ""]
_WORD = {"type": "string", "enum": list(TREATMENTS)}

Number = Annotated[float, *_field(read_number, type="number")]
Positive = Annotated[float, *_field(_number(0.0, _INF), type="number", minimum=0)]
Share = Annotated[float, *_field(_number(0.0, 1.0), type="number", minimum=0, maximum=1)]
Years = Annotated[float, *_field(_number(0.01, 100.0), type="number", minimum=0.01, maximum=100)]
Latitude = Annotated[float, *_field(_read_latitude, type="number", minimum=-90, maximum=90)]
Longitude = Annotated[float, *_field(_read_longitude, type="number", minimum=-180, maximum=180)]
Count = Annotated[int, *_field(_whole(0), type="integer", minimum=0)]
Days = Annotated[int, *_field(_whole(1), type="integer", minimum=1)]
Credibility = Annotated[int, *_field(_read_credibility, type="integer", minimum=1, maximum=6)]
Format = Annotated[int, *_field(_read_format, const=FORMAT)]
Flag = Annotated[bool, *_field(_read_flag, type="boolean")]
Horizon = Annotated[int, *_field(_read_horizon, type=["string", "integer"], examples=["30 days", "3 years"])]
OptionalNumber = Annotated[float | None, *_field(_maybe(read_number), type=["number", "null"])]
OptionalPositive = Annotated[
    float | None, *_field(_maybe(_number(0.0, _INF)), type=["number", "null"], minimum=0)
]
OptionalShare = Annotated[
    float | None, *_field(_maybe(_number(0.0, 1.0)), type=["number", "null"], minimum=0, maximum=1)
]
OptionalFlag = Annotated[bool | None, *_field(_maybe(_read_flag), type=["boolean", "null"])]
OptionalCount = Annotated[int | None, *_field(_maybe(_whole(0)), type=["integer", "null"], minimum=0)]

AnyValue = Annotated[Value, *_value_field(_value(-_INF, _INF), **_VALUE)]
ExperimentValue = Annotated[Value, *_value_field(read_value, **_VALUE)]
PositiveValue = Annotated[Value, *_value_field(_value(0.0, _INF), **_POSITIVE_VALUE)]
SignedValue = Annotated[Value, *_value_field(_value(-1.0, 1.0), **_SIGNED_VALUE)]
ShareValue = Annotated[Value, *_value_field(_value(0.0, 1.0), **_SHARE_VALUE)]
OptionalStrength = Annotated[
    Value | None, *_value_field(_maybe(_value(0.0, _INF)), anyOf=[_POSITIVE_VALUE, {"type": "null"}])
]
PersonsValue = Annotated[int | Distribution, *_value_field(_read_persons, **_POSITIVE_VALUE)]
Treatment = Annotated[
    str | Options, *_value_field(_read_treatment, anyOf=[_WORD, {"x-def": "TreatmentOptions"}])
]
Setting = Annotated[Value | str, *_value_field(_read_setting, anyOf=[_VALUE, {"type": "string"}])]

Date = Annotated[date, *_field(_read_date, **_DATE)]
OptionalDate = Annotated[date | None, *_field(_maybe(_read_date), anyOf=[_DATE, {"type": "null"}])]
DateOrDay = Annotated[
    date | int | None,
    *_field(_maybe(_read_date_or_day), anyOf=[_DATE, {"type": "integer", "minimum": 0}, {"type": "null"}]),
]
Title = Annotated[str, *_field(_read_title, type="string", minLength=1)]
Text = Annotated[str, *_field(_read_optional_text, type=["string", "null"])]
Id = Annotated[str, *_field(_read_id, **_ID)]
OptionalId = Annotated[str | None, *_field(_maybe(_read_id), anyOf=[_ID, {"type": "null"}])]
Confidence = Annotated[str, *_field(_read_confidence, enum=_LEVELS)]
