"""How far a run has come, on standard error: a bar on a terminal, else a plain line every few seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from afternext.ensemble.words import duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

# Without a terminal nothing is said about work shorter than this, and then one line each time it passes.
PLAIN_EVERY = 5.0


class Progress:
    """Counts futures played, with their rate and the time left.

    show : say nothing at all if false
    futures : all of the run; done : those of an earlier session
    """

    def __init__(self, show: bool, futures: int, done: int) -> None:
        self._show = show
        self._futures = futures
        self._before = done
        self._played = 0
        self._began = self._spoke = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        if self._show and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("left"),
                console=Console(stderr=True),
                transient=True,
                refresh_per_second=4,
            )
            self._bar.start()
            self._task = self._bar.add_task("futures", total=self._futures, completed=self._before, rate="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def rate(self) -> float:
        """Futures a second of this session."""
        return self._played / max(time.monotonic() - self._began, 1e-9)

    def played(self, count: int) -> None:
        """Note futures played; negative when a killed worker lost some."""
        self._played += count
        if self._bar is not None and self._task is not None:
            done = self._before + self._played
            self._bar.update(self._task, completed=done, rate=f"{self.rate:.3g} a second")
        elif self._show and self._played > 0 and time.monotonic() - self._spoke >= PLAIN_EVERY:
            self._spoke = time.monotonic()
            self._line()

    def _line(self) -> None:
        done = self._before + self._played
        left = (self._futures - done) / self.rate
        print(
            f"{done:,} of {self._futures:,} futures, {self.rate:.3g} a second, {duration(left)} left",
            file=sys.stderr,
            flush=True,
        )


def say(text: str, show: bool = True) -> None:
    """One line to the person at the terminal."""
    if show:
        print(text, file=sys.stderr, flush=True)
