"""Where the program `afternext` begins: Ctrl-C ends it without a traceback, also while it still loads."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130

_interrupted = False


def interrupted() -> bool:
    """Whether Ctrl-C was pressed: a library may have turned it into an error of its own."""
    return _interrupted


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _interrupted
    _interrupted = True
    signal.default_int_handler(number, frame)


def start(argv: list[str] | None = None) -> NoReturn:
    """Load the command line and run it."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # ignored in the background
            signal.signal(signal.SIGINT, _interrupt)
        from afternext.cli.main import main

        main(argv)
    except KeyboardInterrupt:
        pass
    except Exception:
        if not interrupted():
            raise
    print("interrupted", file=sys.stderr)
    sys.exit(INTERRUPTED)


if __name__ == "__main__":
    start()
