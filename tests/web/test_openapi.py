"""The server against its own description: whatever is sent, it answers as described and never breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.transport import Response

from afternext.web.app import build
from afternext.web.openapi import document
from afternext.web.routes import endpoints
from tests.reliability.record import record
from tests.web.rooms import TOKEN, client

QUICK, LONG = 3, 120  # requests an endpoint
# Checked elsewhere, or slow by nature: they would start real runs or search a run for conditions.
APART = {
    "/api/runs/{run}/discover",
    "/api/runs/{run}/tree",
    "/api/runs/{run}/analyses",
    "/api/runs/{run}/brief",
}


@schemathesis.serializer("application/zip")
def as_bytes(ctx: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory):
    return build(tmp_path_factory.mktemp("fuzzed"), TOKEN)


def test_the_document_names_every_route(tmp_path: Path) -> None:
    found = client(tmp_path).get("/api/openapi.json").json()
    assert found == document(endpoints())
    for path, ways in found["paths"].items():
        for one in ways.values():
            assert {"401", "403", "422"} <= set(one["responses"]), path
    names = [one["operationId"] for ways in found["paths"].values() for one in ways.values()]
    assert len(names) == len(set(names))


def fuzz(app: object, examples: int) -> tuple[int, int, int]:
    """Endpoints asked, requests, and how many of them were refused."""
    endpoints_asked = requests = refused = 0
    schema = schemathesis.openapi.from_dict(document(endpoints()))
    schema.app = app
    headers = {"authorization": f"Bearer {TOKEN}"}
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in APART or (operation.method.upper(), operation.path) == (
            "POST",
            "/api/runs",
        ):
            continue
        endpoints_asked += 1

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            nonlocal requests, refused
            answer: Response = case.call(headers=headers, base_url="http://127.0.0.1")
            requests += 1
            refused += 400 <= answer.status_code < 500
            assert answer.status_code < 500, (case.as_curl_command(), answer.text[:500])

        ask()
    return endpoints_asked, requests, refused


def test_no_request_breaks_the_server(app: object) -> None:
    assert min(fuzz(app, QUICK)) > 0


@pytest.mark.deep
def test_no_request_of_many_breaks_the_server(app: object) -> None:
    fault = ""
    try:
        asked, requests, refused = fuzz(app, LONG)
    except Exception as error:  # what broke the server comes up as itself
        fault = f"{type(error).__name__}: {str(error)[:200]}"
    record(
        "api",
        fault or f"{requests:,} requests to {asked} endpoints, {refused:,} refused in words, 0 broke it",
        met=not fault,
    )
    assert not fault, fault
