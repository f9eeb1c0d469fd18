"""Who may ask the server, and how much: host, origin, token, size of a request, headers of every answer.

The browser is the way in for strangers: a page of another site can send requests to loopback, and another
name can be pointed at it (DNS rebinding). Host and Origin are therefore checked on every request, and nothing
but the page itself is served without the token that `afternext serve` prints.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 5 * 2**20  # bytes
SHORTEST_TOKEN = 16  # characters, when a person chooses it
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def new_token() -> str:
    """A secret that cannot be guessed."""
    return secrets.token_urlsafe(32)


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(text: str) -> str:
    """The name in a Host header or an origin, without its port; empty if it is none."""
    try:
        parts = urlsplit(f"//{text}")
        return "" if parts.path or parts.query or parts.username else (parts.hostname or "")
    except ValueError:
        return ""


@dataclass
class Refused(Exception):
    """A request that is not answered, and why."""

    status: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Guard:
    """ASGI middleware around the whole application.

    token : asked for on everything under /api        hosts : names besides loopback that are served
    port  : goes into the name of the cookie, so that two workbenches do not fight over one
    """

    app: ASGIApp
    token: str
    port: int = 0
    hosts: frozenset[str] = field(default_factory=frozenset)

    @property
    def cookie(self) -> str:
        return f"afternext-{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websockets are spoken here
            await send({"type": "websocket.close", "code": 1008})
            return
        sender = _with_headers(send)
        try:
            headers = Headers(scope=scope)
            self._check_host(headers)
            self._check_origin(scope, headers)
            if await self._let_in(scope, sender):
                return
            if scope["path"].startswith("/api"):
                self._check_token(headers)
            await self.app(scope, _limited(receive, headers), sender)
        except Refused as no:
            await refuse(sender, no)

    def _check_host(self, headers: Headers) -> None:
        host = host_of(headers.get("host", ""))
        if not (is_loopback(host) or host in self.hosts):
            raise Refused(400, "this address is not served here", "open the address that the server printed")

    def _check_origin(self, scope: Scope, headers: Headers) -> None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        safe = scope["method"] in SAFE_METHODS
        if origin is not None:
            mine = f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
            if origin != mine:
                raise Refused(403, "another site may not use this server")
        elif site is not None:
            # A link from another site may open the page, but reads no data through the browser.
            if site not in ("same-origin", "none") and (not safe or scope["path"].startswith("/api")):
                raise Refused(403, "another site may not use this server")
        elif not safe and not self._bearer(headers):
            # A program that is no browser: it says neither, so it has to show the token itself.
            raise Refused(403, "send the token in the header 'Authorization: Bearer TOKEN'")

    def _bearer(self, headers: Headers) -> bool:
        kind, _, value = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and same(value.strip(), self.token)

    def _check_token(self, headers: Headers) -> None:
        if self._bearer(headers) or same(_cookie(headers, self.cookie), self.token):
            return
        raise Refused(401, "this page has not been let in", "open the address that `afternext serve` printed")

    async def _let_in(self, scope: Scope, send: Send) -> bool:
        """Turn ?token=... into a cookie, once, and go on to the same address without it."""
        if scope["method"] != "GET" or b"token=" not in scope["query_string"]:
            return False
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(pairs).get("token", "")
        if not same(given, self.token):
            raise Refused(401, "this token is not the one of this server", "it changes at every start")
        rest = urlencode([(key, value) for key, value in pairs if key != "token"])
        # Only our own root: a path from outside could lead to another site (//evil.example).
        location = "/" + (f"?{rest}" if rest else "")
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        await send(
            {
                "type": "http.response.start",
                "status": 303,
                "headers": [
                    (b"location", location.encode("latin-1")),
                    (b"set-cookie", cookie.encode("latin-1")),
                    (b"cache-control", b"no-store"),
                    (b"content-length", b"0"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": b""})
        return True


def same(given: str, secret: str) -> bool:
    """Compare in a time that tells nothing."""
    return bool(given) and secrets.compare_digest(given.encode(), secret.encode())


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", [])}
            more = [(name, value) for name, value in HEADERS if name not in there]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return sender


def _limited(receive: Receive, headers: Headers) -> Receive:
    declared = headers.get("content-length", "0")
    if not declared.isdigit():
        raise Refused(400, "the length of the request is no number")
    if int(declared) > LARGEST_BODY:
        raise Refused(413, f"the upload is larger than {LARGEST_BODY >> 20} MB")
    seen = 0

    async def receiver() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise Refused(413, f"the upload is larger than {LARGEST_BODY >> 20} MB")
        return message

    return receiver


def as_json(status: int, message: str, hint: str = "", **more: Any) -> Mapping[str, Any]:
    """What every refusal looks like."""
    return {"error": {"status": status, "message": message, "hint": hint, **more}}


async def refuse(send: Send, no: Refused) -> None:
    """Answer a refused request."""
    body = json.dumps(as_json(no.status, no.message, no.hint)).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": no.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
