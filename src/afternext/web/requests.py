"""What a request may say, judged before anything is done with it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from afternext.web.guard import Refused

CASE_NAME = r"^[a-z][a-z0-9_-]{0,63}$"
FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(ya?ml|csv|md|geojson)$"


class Body(BaseModel):
    """Bodies are exact: a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewCase(Body):
    """A case of one's own as a copy of another."""

    name: str = Field(pattern=CASE_NAME, description="name of the new case and of its folder")
    source: str = Field("two-towns", pattern=CASE_NAME, description="the case to start from")


class FileText(Body):
    """A whole file."""

    text: str = Field(max_length=4 * 2**20)


class Drafts(Body):
    """Files as they are being edited; nothing is written."""

    files: dict[str, str] = Field(default={}, max_length=20, description="text by file name")


class NewRun(Body):
    """A run to start."""

    scenario: str = Field(pattern=CASE_NAME, description="id of a case")
    futures: int = Field(200, ge=1, le=20_000)
    seed: int = Field(1, ge=0, le=2**31 - 1)
    years: float | None = Field(None, gt=0, le=40, description="length of each future")
    until: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="or its last day")
    strategies: list[str] = Field(default=[], max_length=20)


class NewAnalysis(Body):
    """One of the other analyses, to start."""

    kind: Literal["window", "decide", "pathways", "principle", "value", "evidence"]
    move: str | None = Field(None, max_length=100, description="of a window")
    futures: int = Field(100, ge=20, le=2000)


Model = TypeVar("Model", bound=Body)


async def body_of(request: Request, model: type[Model]) -> Model:
    """Read and judge a body of JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise Refused(415, "send JSON, with Content-Type: application/json")
    raw = await request.body()
    try:
        return model.model_validate(json.loads(raw.decode("utf-8")))
    except ValidationError as error:
        raise Refused(422, "; ".join(_say(one) for one in error.errors())) from None
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON in UTF-8") from None


def _say(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "body"
    return f"{where}: {error['msg']}"


def optional_int(request: Request, name: str, highest: int = 10**9) -> int | None:
    """A whole number from the query, 0 or more."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= highest):
        raise Refused(422, f"{name} is a whole number, 0 to {highest}")
    return int(text)


def required(request: Request, name: str, longest: int = 500) -> str:
    """A text from the query."""
    text = request.query_params.get(name, "").strip()
    if not text or len(text) > longest:
        raise Refused(422, f"{name} is needed, at most {longest} characters")
    return text


def one_of(request: Request, name: str, allowed: tuple[str, ...], default: str) -> str:
    """A word from the query."""
    text = request.query_params.get(name, default)
    if text not in allowed:
        raise Refused(422, f"{name} is one of {', '.join(allowed)}")
    return text


def as_date(text: str) -> date:
    """A date, or an error that says so."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(422, f"{text} is no date; write YYYY-MM-DD") from None
