"""`afternext serve`: the workbench in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def serve(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The workspace: own cases, and runs in its runs/.")
    ] = Path(),
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port. [default: 8765, or the next free one]"),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any other than this machine needs --token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None, typer.Option(help="Secret that lets a browser in. [default: a new one at every start]")
    ] = None,
) -> None:
    """The workbench in the browser: cases, runs, maps over time, what after next, powers.

    It listens on this machine only, sends nothing anywhere, and prints the address to open.
    """
    from afternext.ensemble.progress import say
    from afternext.web.serve import serve as start

    def tell(address: str) -> None:
        say("the workbench is at the address below; Ctrl-C ends it")
        print(address, flush=True)

    start(folder, host=host, port=port, token=token, open_browser=open_browser, say=tell)
