"""Where the program `afternext` begins: Ctrl-C while it still loads ends it without a traceback, too."""

from __future__ import annotations

import sys
from typing import NoReturn

INTERRUPTED = 130


def start(argv: list[str] | None = None) -> NoReturn:
    """Load the command line and run it."""
    try:
        from afternext.cli.main import main

        main(argv)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    start()
