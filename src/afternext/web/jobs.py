"""Runs in the background: one process at a time, cancelled and resumed like a run in the terminal.

A run is a process of its own (`afternext run`), so that its memory and its end are its own. What is known of
a run comes from its directory, so that the workbench forgets nothing when it is started anew.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from afternext.ensemble import manifest as manifests
from afternext.ensemble.lock import owner
from afternext.ensemble.parts import write_file
from afternext.errors import AfternextError, UsageError
from afternext.web.workspace import Workspace

PART = re.compile(r"[0-9a-f]+-(\d+)-(\d+)\.part")
SPOKEN = re.compile(r"([\d,]+) of ([\d,]+) futures, ([\d.e+-]+) a second")
MOST_FUTURES, MOST_DAYS, MOST_WORK = 20_000, 40 * 366, 40_000_000  # a wish; and futures times days
LINES = 40  # of what a run says, kept
PATIENCE = 20.0  # seconds until a run that was asked to stop is ended


@dataclass
class Job:
    """One run, or another analysis, that this server started.

    output : where what it prints goes when it succeeds
    """

    run: str
    folder: Path
    command: Sequence[str]
    output: Path | None = None
    state: str = "waiting"  # waiting, running, finished, cancelled, failed
    process: asyncio.subprocess.Process | None = None
    began: float = field(default_factory=time.monotonic)
    first: int = 0  # futures that were there when it began
    played: int | None = None
    rate: float | None = None
    said: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))


@dataclass
class Jobs:
    """The queue."""

    space: Workspace
    book: dict[str, Job] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def start(
        self, run: str, folder: Path, scenario: str, settings: Mapping[str, Any], resume: bool = False
    ) -> Job:
        """Put a run at the end of the queue."""
        command = ["run", scenario, "--out", str(folder)]
        for name in ("futures", "seed", "until", "years"):
            if settings.get(name) is not None:
                command += [f"--{name}", str(settings[name])]
        for name in settings.get("strategies") or ():
            command += ["--strategy", name]
        if resume:
            command.append("--resume")
        return self._enter(Job(run, folder, command, first=parts_done(folder)))

    def analyse(self, name: str, command: Sequence[str], output: Path) -> Job:
        """Put another command at the end of the queue; what it prints is kept if it succeeds."""
        return self._enter(Job(name, self.space.root, command, output))

    def _enter(self, job: Job) -> Job:
        there = self.book.get(job.run)
        if there is not None and there.state in ("waiting", "running"):
            raise UsageError(f"{job.run} is at work already")
        self.book[job.run] = job
        task = asyncio.get_running_loop().create_task(self._play(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    async def _play(self, job: Job) -> None:
        async with self._turn:
            if job.state != "waiting":  # cancelled before its turn
                return
            job.state, job.began = "running", time.monotonic()
            kept = asyncio.subprocess.DEVNULL if job.output is None else asyncio.subprocess.PIPE
            job.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "afternext.cli.start",
                *job.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=kept,
                stderr=asyncio.subprocess.PIPE,
                cwd=self.space.root,
                env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
            printed, _ = await asyncio.gather(_read(job.process.stdout), _listen(job, job.process.stderr))
            code = await job.process.wait()
            if job.state == "cancelled":
                return
            if code == 0 and job.output is not None:
                job.output.parent.mkdir(parents=True, exist_ok=True)
                write_file(job.output, [printed])
            job.state = "finished" if code == 0 else "failed"

    async def cancel(self, run: str) -> None:
        """Stop a run so that it can go on later."""
        job = self.book.get(run)
        if job is None or job.state not in ("waiting", "running"):
            raise UsageError(f"{run} is not at work here")
        job.state = "cancelled"
        if job.process is not None and job.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(job.process.pid, signal.SIGINT)
            try:
                await asyncio.wait_for(job.process.wait(), PATIENCE)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    os.killpg(job.process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Stop everything; runs can be resumed."""
        for run, job in list(self.book.items()):
            if job.state in ("waiting", "running"):
                with suppress(AfternextError):
                    await self.cancel(run)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE)


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _listen(job: Job, stream: asyncio.StreamReader | None) -> None:
    if stream is not None:
        async for raw in stream:
            _hear(job, raw.decode(errors="replace").rstrip())


def _hear(job: Job, line: str) -> None:
    job.said.append(line)
    if found := SPOKEN.match(line):
        job.played = int(found[1].replace(",", ""))
        job.rate = float(found[3])


def parts_done(folder: Path) -> int:
    """Futures whose parts are on disk."""
    parts = folder / "parts"
    if not parts.is_dir():
        return 0
    found = (PART.fullmatch(path.name) for path in parts.iterdir())
    return sum(int(part[2]) - int(part[1]) for part in found if part)


def state_of(jobs: Jobs, run: str, folder: Path) -> dict[str, Any]:
    """Where a run stands: its manifest, and its progress when it is at work or stopped on the way."""
    job = jobs.book.get(run)
    try:
        manifest = manifests.read(folder)
    except AfternextError as error:
        if job is None:
            return {"run": run, "state": "damaged", "message": str(error)}
        return {"run": run, "state": job.state, "message": _last(job), "done": 0, "futures": 0}
    known = {
        "run": run,
        "scenario": manifest["scenario"]["id"],
        "title": manifest["scenario"]["title"],
        "given": manifest["scenario"].get("given", ""),
        "freeze": manifest["scenario"]["freeze"],
        "futures": manifest["futures"],
        "seed": manifest["seed"],
        "days": manifest["days"],
        "strategies": list(manifest["strategies"]),
        "started": manifest.get("started"),
        "ended": manifest.get("ended"),
        "model": manifest.get("model"),
    }
    if manifest["state"] == manifests.FINISHED:
        failed = len(manifest.get("failed", ()))
        return {
            **known, "state": "finished", "done": manifest["futures"], "failed": failed,
            "digest": manifest["digest"],
        }  # fmt: skip
    done = parts_done(folder)
    if job is not None and job.state in ("waiting", "running"):
        done = max(done, job.played or 0)
        return {**known, "state": job.state, "done": done, **_pace(job, done, manifest["futures"])}
    state = "elsewhere" if owner(folder) is not None else "stopped"  # perhaps in a terminal
    if job is not None and job.state == "failed":
        return {**known, "state": "failed", "done": done, "message": _last(job)}
    return {**known, "state": state, "done": done}


def _pace(job: Job, done: int, futures: int) -> dict[str, Any]:
    seconds = time.monotonic() - job.began
    played = max(0, done - job.first)
    rate = job.rate or (played / seconds if played and seconds > 1 else None)
    # The first part is small and waits for the model to be compiled: it tells nothing of the others.
    left = (futures - done) / rate if rate and played >= max(2, futures / 50) else None
    return {"rate": rate, "seconds": round(seconds, 1), "seconds_left": left, "message": _last(job)}


def _last(job: Job) -> str:
    return job.said[-1] if job.said else ""


def check_size(futures: int, days: int) -> None:
    """Refuse a run that would fill the machine by mistake."""
    if futures > MOST_FUTURES or days > MOST_DAYS or futures * days > MOST_WORK:
        raise UsageError(
            f"{futures:,} futures of {days:,} days are more than the workbench starts "
            f"({MOST_FUTURES:,} futures, {MOST_WORK:,} futures times days); use `afternext run` in a terminal"
        )
