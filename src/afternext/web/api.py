"""The routes: thin, each a few lines over what the other packages do."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from afternext import __version__
from afternext.ensemble import manifest as manifests
from afternext.ensemble.place import length
from afternext.errors import AfternextError, InvalidInput
from afternext.web import cases, documents, reading, turns
from afternext.web import jobs as work
from afternext.web.guard import Refused, as_json
from afternext.web.requests import (
    Body,
    Drafts,
    FileText,
    NewAnalysis,
    NewCase,
    NewRun,
    as_date,
    body_of,
    one_of,
    optional_int,
    required,
)
from afternext.web.workspace import NotFound, Workspace

Handler = Callable[["Desk", Request], Awaitable[Response]]
SPLITS = ("place", "admin1", "pcode", "community")


@dataclass(frozen=True)
class Query:
    """A parameter in the query of an address."""

    name: str
    schema: dict[str, Any]
    needed: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One thing that the server does; the routes and the OpenAPI document are made of these."""

    method: str
    path: str
    summary: str
    handler: Handler
    body: type[Body] | None = None
    query: tuple[Query, ...] = ()
    gives: str = "application/json"
    takes: str = "application/json"
    status: int = 200


@dataclass
class Desk:
    """What the routes work with."""

    space: Workspace
    shelf: reading.Shelf
    jobs: work.Jobs
    endpoints: list[Endpoint] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path) -> Desk:
        space = Workspace.at(folder)
        return cls(space, reading.Shelf(space), work.Jobs(space))


def answer(found: Any, status: int = 200) -> Response:
    """JSON, in UTF-8, without NaN."""
    text = json.dumps(reading.clean(found), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate (from a file name or a text of the request) must not break the answer.
    body = text.encode("utf-8", errors="replace")
    return Response(body, status, media_type="application/json", headers={"cache-control": "no-store"})


def explain(error: Exception) -> Response:
    """An error as JSON that a person can act on."""
    if isinstance(error, Refused):
        return answer(as_json(error.status, error.message, error.hint), error.status)
    if isinstance(error, NotFound):
        return answer(as_json(404, str(error)), 404)
    if isinstance(error, InvalidInput):
        problems = [problem.to_dict() for problem in error.problems]
        return answer(as_json(422, str(error), problems=problems), 422)
    if isinstance(error, AfternextError):
        return answer(
            as_json(409 if error.exit_code == 4 else 422, str(error)), 409 if error.exit_code == 4 else 422
        )
    if isinstance(error, OSError):
        return answer(as_json(409, f"{error.strerror or error}"), 409)
    raise error


async def off(job: Callable[[], Any]) -> Any:
    """Do blocking work beside the server's loop."""
    return await run_in_threadpool(job)


def _case(request: Request) -> str:
    return str(request.path_params["case"])


def _run(request: Request) -> str:
    return str(request.path_params["run"])


async def about(desk: Desk, request: Request) -> Response:
    return answer({"version": __version__, "workspace": desk.space.root.name})


async def list_cases(desk: Desk, request: Request) -> Response:
    return answer({"cases": await off(lambda: cases.listing(desk.space))})


async def make_case(desk: Desk, request: Request) -> Response:
    wish = await body_of(request, NewCase)
    return answer(await off(lambda: cases.new(desk.space, wish.name, wish.source)), 201)


async def import_case(desk: Desk, request: Request) -> Response:
    name, kind = required(request, "name", 64), one_of(request, "kind", ("scenario", "flee"), "scenario")
    packed = await request.body()
    return answer(await off(lambda: cases.take_archive(desk.space, name, kind, packed)), 201)


async def show_case(desk: Desk, request: Request) -> Response:
    return answer(await off(lambda: cases.describe(desk.space, _case(request))))


async def show_file(desk: Desk, request: Request) -> Response:
    name = str(request.path_params["file"])
    text = await off(lambda: cases.read_file(desk.space, _case(request), name))
    return answer({"name": name, "text": text})


async def save_file(desk: Desk, request: Request) -> Response:
    wish, name = await body_of(request, FileText), str(request.path_params["file"])
    return answer(await off(lambda: cases.write_file(desk.space, _case(request), name, wish.text)))


async def check_case(desk: Desk, request: Request) -> Response:
    wish = await body_of(request, Drafts)
    return answer(await off(lambda: cases.check(desk.space, _case(request), wish.files)))


async def case_ground(desk: Desk, request: Request) -> Response:
    from afternext.web.ground import ground_of

    def make() -> Any:
        scenario = cases.load(desk.space, _case(request))
        holders = {row.place: row for row in scenario.holders}
        found = ground_of(scenario, scenario.places)
        found["holder"] = [holders[p.id].holder if p.id in holders else "nobody" for p in scenario.places]
        found["attacked"] = [bool(p.id in holders and holders[p.id].contested) for p in scenario.places]
        here: dict[str, float] = {}
        for row in scenario.displaced:
            here[row.place] = here.get(row.place, 0.0) + float(scenario.center(row.persons))
        found["sheltering"] = [round(here.get(p.id, 0.0)) for p in scenario.places]
        return found

    return answer(await off(make))


async def case_uncertain(desk: Desk, request: Request) -> Response:
    return answer({"values": await off(lambda: cases.uncertain(cases.load(desk.space, _case(request))))})


async def case_archive(desk: Desk, request: Request) -> Response:
    ident = _case(request)
    packed = await off(lambda: cases.pack(desk.space, ident))
    return download(packed, f"{ident}.zip", "application/zip")


async def list_runs(desk: Desk, request: Request) -> Response:
    def make() -> Any:
        known = dict(desk.space.runs())
        book = desk.jobs.book.items()
        waiting = {run: job.folder for run, job in book if run not in known and job.output is None}
        return [work.state_of(desk.jobs, run, folder) for run, folder in {**waiting, **known}.items()]

    return answer({"runs": await off(make)})


async def start_run(desk: Desk, request: Request) -> Response:
    wish = await body_of(request, NewRun)
    if wish.until is not None:
        as_date(wish.until)
    scenario = await off(lambda: cases.load(desk.space, wish.scenario))
    unknown = [name for name in wish.strategies if name not in scenario.strategies]
    if unknown:
        raise Refused(422, f"{wish.scenario} has no strategy {unknown[0]!r}")
    days = length(wish.years, wish.until, scenario.freeze) or length(scenario.years, None, scenario.freeze)
    work.check_size(wish.futures, days or 1)
    name = f"{wish.scenario}-{datetime.now():%Y%m%d-%H%M%S-%f}"[:-3] + f"-s{wish.seed}"
    given = wish.scenario if wish.scenario not in desk.space.own_cases() else f"./{wish.scenario}"
    desk.jobs.start(name, desk.space.fresh_run(name), given, wish.model_dump())
    return answer({"run": name}, 202)


async def show_run(desk: Desk, request: Request) -> Response:
    ident = _run(request)

    def make() -> Any:
        job = desk.jobs.book.get(ident)
        known = dict(desk.space.runs())
        if ident not in known and job is not None:
            return work.state_of(desk.jobs, ident, job.folder)
        state = work.state_of(desk.jobs, ident, desk.space.run(ident))
        if state["state"] == "finished":
            state["head"] = reading.head(desk.shelf.run(ident), ident)
        return state

    return answer(await off(make))


async def cancel_run(desk: Desk, request: Request) -> Response:
    ident = _run(request)
    if ident not in desk.jobs.book:
        await off(lambda: desk.space.run(ident))
    await desk.jobs.cancel(ident)
    return answer({"run": ident})


async def resume_run(desk: Desk, request: Request) -> Response:
    ident = _run(request)
    folder = await off(lambda: desk.space.run(ident))
    manifest = manifests.read(folder)
    if manifest["state"] == manifests.FINISHED:
        raise Refused(409, f"{ident} is finished; nothing is left to run")
    given = manifest["scenario"].get("given") or manifest["scenario"]["id"]
    desk.jobs.start(ident, folder, given, {}, resume=True)
    return answer({"run": ident}, 202)


def of_run(what: str, make: Callable[[Any, Request], Callable[[], Any]], *keys: str) -> Handler:
    """A route that computes something of a run once and keeps it."""

    async def handler(desk: Desk, request: Request) -> Response:
        def work_on() -> Any:
            run = desk.shelf.run(_run(request))
            label = " ".join([what, *(f"{key}={request.query_params.get(key, '')}" for key in keys)])
            return desk.shelf.kept(run, label, make(run, request))

        return answer(await off(work_on))

    return handler


async def scenes(desk: Desk, request: Request) -> Response:
    """Every snapshot of all futures, of one, or of a family of the tree."""
    future, family = optional_int(request, "future"), request.query_params.get("family", "")[:40]

    def make() -> Any:
        run = desk.shelf.run(_run(request))
        if not family:
            return desk.shelf.kept(run, f"scenes {future}", lambda: reading.scenes(run, future))
        grown = desk.shelf.apart(run, "tree", "tree")
        members = next((level[family] for level in grown["members"] if family in level), None)
        if members is None:
            raise NotFound(f"there is no family {family!r} in this run")
        return desk.shelf.kept(run, f"family {family}", lambda: reading.scenes(run, None, members))

    return answer(await off(make))


def for_card(run: Any, request: Request) -> Callable[[], Any]:
    place = required(request, "place", 100)
    return lambda: reading.place_card(run, place)


def for_outcomes(run: Any, request: Request) -> Callable[[], Any]:
    required(request, "day")
    day = optional_int(request, "day") or 0
    return lambda: turns.outcomes(run, day)


def for_curves(run: Any, request: Request) -> Callable[[], Any]:
    names = [name for name in required(request, "measure", 4000).split(",") if name]
    return lambda: reading.curves(run, names)


def for_chronicle(run: Any, request: Request) -> Callable[[], Any]:
    future = optional_int(request, "future")
    return lambda: reading.chronicle(run, future)


async def tree(desk: Desk, request: Request) -> Response:
    """Families of futures of a run."""

    def make() -> Any:
        return desk.shelf.apart(desk.shelf.run(_run(request)), "tree", "tree")

    return answer(await off(make))


async def discover(desk: Desk, request: Request) -> Response:
    """Which conditions lead to an outcome."""
    when = required(request, "when")

    def make() -> Any:
        return desk.shelf.apart(desk.shelf.run(_run(request)), f"discover {when}", "discover", when)

    return answer(await off(make))


async def table(desk: Desk, request: Request) -> Response:
    """Planning figures of a measure by place, area or community, as CSV."""
    from afternext.ensemble.show import _cell, split

    by = one_of(request, "by", SPLITS, "place")
    name = request.query_params.get("measure", "displaced")[:100]
    day = optional_int(request, "day", 20_000)

    def make() -> bytes:
        found = split(desk.shelf.run(_run(request)), name, by, day)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([by, "name", "measure", "unit", "date", "day", "likely", "planning", "worst"])
        for row in found.rows:
            entry = row.to_dict()
            texts = [row.id, row.name, found.measure, found.unit]
            figures = [entry[key] for key in ("likely", "planning", "worst")]
            writer.writerow([*map(_cell, texts), entry["date"], row.day, *figures])
        return text.getvalue().encode()

    return download(await off(make), f"{name}-by-{by}.csv", "text/csv; charset=utf-8")


async def saved(desk: Desk, request: Request) -> Response:
    """Window, decide, pathways, evidence and scores that were saved for the scenario of a run."""

    def make() -> Any:
        run = desk.shelf.run(_run(request))
        jobs = [
            {"kind": name.split(":")[1], "state": job.state, "message": job.said[-1] if job.said else ""}
            for name, job in desk.jobs.book.items()
            if name.startswith("analysis:") and name.endswith(f":{_run(request)}")
        ]
        moves = [{"id": ident, "name": move.name} for ident, move in run.scenario.moves.items()]
        given = run.manifest["scenario"].get("given") or run.manifest["scenario"]["id"]
        found = documents.of_run(desk.space, run)
        return {"found": found, "can": documents.can_make(), "jobs": jobs, "moves": moves, "given": given}

    return answer(await off(make))


async def analyse(desk: Desk, request: Request) -> Response:
    """Start one of the other analyses for the scenario of a run."""
    wish, ident = await body_of(request, NewAnalysis), _run(request)

    def make() -> tuple[list[str], Path]:
        run = desk.shelf.run(ident)
        words = documents.command(run, wish.kind, wish.move, wish.futures)
        return words, documents.fresh(desk.space, run, wish.kind)

    words, output = await off(make)
    desk.jobs.analyse(f"analysis:{wish.kind}:{ident}", words, output)
    return answer({"kind": wish.kind}, 202)


async def show_brief(desk: Desk, request: Request) -> Response:
    """Files of the briefing of a run, and whether one is being written."""
    ident = _run(request)
    await off(lambda: desk.shelf.run(ident))
    job = desk.jobs.book.get(f"analysis:brief:{ident}")
    state = {"state": job.state, "message": job.said[-1] if job.said else ""} if job else None
    return answer({"files": documents.brief_files(desk.space, ident), "job": state})


async def write_brief(desk: Desk, request: Request) -> Response:
    """Write the briefing of a run beside the other results."""
    ident = _run(request)
    await off(lambda: desk.shelf.run(ident))
    folder = documents.brief_folder(desk.space, ident)
    words = ["brief", str(desk.space.run(ident)), "--out", str(folder), "--json"]
    desk.jobs.analyse(f"analysis:brief:{ident}", words, folder.with_suffix(".json"))
    return answer({"run": ident}, 202)


async def brief_file(desk: Desk, request: Request) -> Response:
    """One file of a briefing, to keep: it is never shown as a page of this server."""
    name = str(request.path_params["document"])
    path = documents.brief_file(desk.space, _run(request), name)
    return download(await off(path.read_bytes), name, "application/octet-stream")


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep; its name holds nothing that a header could trip over."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    return Response(
        content, media_type=kind, headers={"content-disposition": f'attachment; filename="{plain}"'}
    )


def route(desk: Desk, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Bind an endpoint to the desk; what goes wrong on purpose becomes an answer."""

    async def call(request: Request) -> Response:
        try:
            return await endpoint.handler(desk, request)
        except (Refused, AfternextError, OSError) as error:
            return explain(error)

    return call
