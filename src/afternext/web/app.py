"""The application: routes, the page, and the guard around both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from afternext.web.api import Desk, answer, route
from afternext.web.guard import Guard, as_json
from afternext.web.openapi import document
from afternext.web.routes import endpoints

STATIC = Path(__file__).resolve().parent / "static"
LONG = "public, max-age=31536000, immutable"  # names of built files hold a hash of their content


class Assets(StaticFiles):
    """Built files, kept by the browser for ever."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        found = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        found.headers["cache-control"] = LONG
        return found


def build(folder: Path, token: str, *, port: int = 0, hosts: frozenset[str] = frozenset()) -> ASGIApp:
    """The workbench on a folder, behind its guard."""
    desk = Desk.at(folder)
    desk.endpoints = endpoints()

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})

    async def described(request: Request) -> Response:
        return answer(document(desk.endpoints))

    async def unknown(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        words = {404: "there is nothing at this address", 405: "this cannot be done at this address"}
        headers = getattr(error, "headers", None) or {}
        reply = answer(as_json(code, words.get(code, "the request is not understood")), code)
        reply.headers.update(headers)
        return reply

    async def defect(request: Request, error: Exception) -> Response:
        name = type(error).__name__
        return answer(
            as_json(
                500, f"afternext failed: {name}: {error}", "This is a defect of afternext, not of your input."
            ),
            500,
        )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await desk.jobs.close()

    routes = [
        Route("/", page),
        Route("/api/openapi.json", described),
        *(Route(one.path, route(desk, one), methods=[one.method]) for one in desk.endpoints),
        Mount("/assets", Assets(directory=STATIC / "assets", check_dir=False)),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: unknown, 404: unknown, 405: unknown, 500: defect},
    )
    return Guard(GZipMiddleware(app, minimum_size=800, compresslevel=5), token, port, hosts)
