"""The table of everything that the server does; routes and the OpenAPI document are made of it."""

from __future__ import annotations

from afternext.web import api, reading, turns
from afternext.web.api import SPLITS, Endpoint, Query
from afternext.web.requests import CASE_NAME, FILE_NAME, Drafts, FileText, NewAnalysis, NewCase, NewRun

TEXT = {"type": "string", "maxLength": 500}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**9}
CASE = {"type": "string", "pattern": CASE_NAME}
FILE = {"type": "string", "pattern": FILE_NAME}
FUTURE = (Query("future", NUMBER),)
KINDS = {"type": "string", "enum": ["scenario", "flee"]}


def endpoints() -> list[Endpoint]:
    """Everything under /api."""
    keep = api.of_run
    return [
        Endpoint("GET", "/api/about", "Version and workspace", api.about),
        Endpoint("GET", "/api/cases", "Shipped and own cases", api.list_cases),
        Endpoint("POST", "/api/cases", "A new case from another", api.make_case, NewCase, status=201),
        Endpoint(
            "POST",
            "/api/import",
            "A case from a zip file",
            api.import_case,
            status=201,
            takes="application/zip",
            query=(Query("name", CASE, True), Query("kind", KINDS)),
        ),
        Endpoint("GET", "/api/cases/{case}", "One case", api.show_case),
        Endpoint("GET", "/api/cases/{case}/files/{file}", "A file of a case", api.show_file),
        Endpoint(
            "PUT", "/api/cases/{case}/files/{file}", "Write a file of an own case", api.save_file, FileText
        ),
        Endpoint(
            "POST", "/api/cases/{case}/check", "What the checker says of drafts", api.check_case, Drafts
        ),
        Endpoint("GET", "/api/cases/{case}/ground", "The map of a case", api.case_ground),
        Endpoint("GET", "/api/cases/{case}/uncertain", "What is not known, as ranges", api.case_uncertain),
        Endpoint(
            "GET",
            "/api/cases/{case}/archive",
            "A case as a zip file",
            api.case_archive,
            gives="application/zip",
        ),
        Endpoint("GET", "/api/runs", "All runs", api.list_runs),
        Endpoint("POST", "/api/runs", "Start a run", api.start_run, NewRun, status=202),
        Endpoint("GET", "/api/runs/{run}", "One run and its progress", api.show_run),
        Endpoint("POST", "/api/runs/{run}/cancel", "Stop a run; it can be resumed", api.cancel_run),
        Endpoint("POST", "/api/runs/{run}/resume", "Go on with a run", api.resume_run, status=202),
        Endpoint(
            "GET",
            "/api/runs/{run}/ground",
            "The map of a run",
            keep("ground", lambda run, request: lambda: reading.ground(run)),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/scenes",
            "Every snapshot of all futures, of one or of a family",
            api.scenes,
            query=(*FUTURE, Query("family", TEXT)),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/outcomes",
            "Futures one after another at one date",
            keep("outcomes", api.for_outcomes, "day"),
            query=(Query("day", NUMBER, True),),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/turns",
            "What there is to guess, turn by turn",
            keep("turns", lambda run, request: lambda: turns.turns(run)),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/place",
            "One place over time",
            keep("place", api.for_card, "place"),
            query=(Query("place", TEXT, True),),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/measures",
            "Measures that have a curve",
            keep("measures", lambda run, request: lambda: {"measures": reading.measures_of(run)}),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/curves",
            "Bands of measures over time",
            keep("curves", api.for_curves, "measure"),
            query=(Query("measure", TEXT, True),),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/tree",
            "What next, and what after next",
            api.tree,
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/chronicle",
            "One future, told",
            keep("chronicle", api.for_chronicle, "future"),
            query=FUTURE,
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/discover",
            "Which conditions lead to an outcome",
            api.discover,
            query=(Query("when", TEXT, True),),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/powers",
            "Who stands where, opinion and delays",
            keep("powers", lambda run, request: lambda: reading.powers(run)),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/claims",
            "What was claimed up to the freeze",
            keep("claims", lambda run, request: lambda: {"claims": reading.claims(run)}),
        ),
        Endpoint(
            "GET",
            "/api/runs/{run}/table",
            "Planning figures as CSV",
            api.table,
            gives="text/csv",
            query=(
                Query("measure", TEXT),
                Query("by", {"type": "string", "enum": list(SPLITS)}),
                Query("day", {"type": "integer", "minimum": 0, "maximum": 20_000}),
            ),
        ),
        Endpoint("GET", "/api/runs/{run}/saved", "Saved analyses of the same scenario", api.saved),
        Endpoint("GET", "/api/runs/{run}/brief", "The briefing of a run", api.show_brief),
        Endpoint("POST", "/api/runs/{run}/brief", "Write the briefing", api.write_brief, status=202),
        Endpoint(
            "GET",
            "/api/runs/{run}/brief/{document}",
            "A file of the briefing",
            api.brief_file,
            gives="application/octet-stream",
        ),
        Endpoint(
            "POST",
            "/api/runs/{run}/analyses",
            "Start another analysis",
            api.analyse,
            NewAnalysis,
            status=202,
        ),
    ]
