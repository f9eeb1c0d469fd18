"""Start the server: bind, say where it is, open the browser, stop cleanly."""

from __future__ import annotations

import ctypes
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from afternext.errors import UsageError
from afternext.web.guard import SHORTEST_TOKEN, is_loopback, new_token

PORT = 8765
TRIES = 20  # further ports that are tried when nobody asked for a certain one
MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD in <malloc.h>
LOOPBACK = "127.0.0.1"


def bind(host: str, port: int | None) -> socket.socket:
    """A listening socket; the next free port when none was asked for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = [port] if port is not None else [*range(PORT, PORT + TRIES), 0]
    failure: OSError | None = None
    for one in wanted:
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, one))
            found.listen(128)
            return found
        except OSError as error:
            found.close()
            failure = error
    raise UsageError(f"cannot listen on {host} port {port}: {failure.strerror if failure else ''}")


def settle(host: str, token: str | None) -> str:
    """The token to serve with; another host than this machine needs one that a person chose."""
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise UsageError(f"--token has {len(token)} characters; it needs {SHORTEST_TOKEN} at least")
    if not is_loopback(host) and token is None:
        raise UsageError(
            f"--host {host} lets other machines in: choose a token with --token, and use it only on a "
            "network that you trust, since nothing is encrypted"
        )
    return token or new_token()


def give_memory_back() -> None:
    """Have the C library return large buffers to the system as soon as they are freed (glibc only).

    It would keep buffers of up to 32 MB, one heap a thread, and decoded chunks are of that size.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, 2**20)


def serve(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    token: str | None = None,
    open_browser: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the workbench on a folder until interrupted."""
    secret = settle(host, token)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    give_memory_back()
    listening = bind(host, port)
    there = listening.getsockname()[1]
    import uvicorn

    from afternext.web.app import build

    app = build(folder, secret, port=there, hosts=frozenset() if is_loopback(host) else frozenset({host}))
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{there}/?token={secret}"
    say(address)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False,
        timeout_graceful_shutdown=3, ws="none", lifespan="on",
    )  # fmt: skip
    uvicorn.Server(settings).run(sockets=[listening])
