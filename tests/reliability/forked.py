"""The command `afternext run` in a process of its own, many times, without paying for the imports each time.

A harness is a small program that imports everything once and forks a child for each session. The child
runs the real command line, on a tiny world or a shipped scenario; only the compiler of the scenario is
replaced, so that each future played is noted. The child may carry a fuse: at the n-th file operation of
Python it gets a signal, so instants are drawn evenly over what a run does, however slow the machine is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from afternext.cli import main as _main  # noqa: F401  (so that instants lie in the run, not in its imports)
from afternext.cli.start import start
from afternext.ensemble import run as runs
from afternext.ensemble import subject as subjects
from afternext.ensemble.manifest import NAME, Settings
from afternext.ensemble.parts import BadPart, open_part
from afternext.ensemble.run import Subject
from afternext.ensemble.store import write_store  # noqa: F401  (so that no child imports Zarr itself)
from tests.ensemble import fake_world
from tests.ensemble.fake_world import FakeWorld

ROOT = Path(__file__).parents[2]
FINISHED = {"manifest.json", "scenario.json", "store.zarr"}
# File operations that Python reports to an audit hook.
OPERATIONS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.listdir",
    "os.scandir",
    "os.truncate",
}


@dataclass(frozen=True)
class Noted:
    """A world that writes down which futures it plays: one line `session future` each."""

    world: Any
    notes: str
    session: int

    @property
    def version(self) -> str:
        return str(self.world.version)

    @property
    def experiments(self) -> Any:
        return self.world.experiments

    @property
    def measures(self) -> Any:
        return self.world.measures

    @property
    def coords(self) -> Any:
        return self.world.coords

    def warm_up(self) -> None:
        self.world.warm_up()

    def simulate(self, row: Any, seed: int, luck: int) -> Any:
        outcome = self.world.simulate(row, seed, luck)
        handle = os.open(self.notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(handle, f"{self.session} {luck}\n".encode())
        os.close(handle)
        return outcome


@dataclass(frozen=True)
class Crisis:
    """What the sessions of a harness run: the tiny world, or a shipped scenario.

    words : of the command, after `afternext run`
    """

    name: str
    words: tuple[str, ...]
    seconds: float = 0.0

    def install(self, notes: Path | None, session: int) -> None:
        """Let the command of this process play this crisis and note its futures."""
        compiled = subjects.subject_of
        if self.name == "fake":
            subjects.open_scenario = lambda scenario: fake_world.crisis()  # type: ignore[assignment]

        def subject_of(crisis: Any, settings: Settings, given: str) -> Subject:
            if self.name == "fake":
                made = fake_world.subject(FakeWorld(seconds=self.seconds))
                made = Subject(made.world, {**made.identity, "hash": crisis.hash}, made.copy)
            else:
                made = compiled(crisis, settings, given)
            if notes is None:
                return made
            world = Noted(made.world, str(notes), session)
            return Subject(world, made.identity, made.copy, made.columns, made.labels)

        subjects.subject_of = subject_of

    def warm(self) -> None:
        """Compile once, so that every child has the code already."""
        if self.name != "fake":
            crisis = subjects.open_scenario(self.name)
            subjects.subject_of(crisis, Settings(futures=1, seed=1, days=30), self.name).world.warm_up()


TINY = Crisis("fake", ("fake", "--futures", "40", "--seed", "7"), seconds=0.005)
TWO_TOWNS = Crisis("two-towns", ("two-towns", "--futures", "12", "--years", "0.1", "--seed", "7"))


def at_operation(number: int, act: Callable[[], Any]) -> None:
    """Act at the n-th file operation of this process, and again at each later one while that gives False."""
    count = 0
    owner = os.getpid()
    busy = done = False

    def hook(event: str, args: Any) -> None:
        nonlocal count, busy, done
        if done or busy or event not in OPERATIONS or os.getpid() != owner:
            return
        count += 1
        if count >= number:
            busy = True  # what it does itself does not count
            done = act() is not False
            busy = False

    sys.addaudithook(hook)


def light_fuse(number: int, signal_number: int) -> None:
    """Send this process and its group a signal at its n-th file operation."""
    owner = os.getpid()
    at_operation(number, lambda: os.killpg(owner, signal_number))


def end(pid: int, signal_number: int, workers: bool = False) -> int:
    """Signal a command, as a terminal does with its whole group; kill its workers, which have their own.

    Returns the number of workers killed.
    """
    killed = children_of(pid) if workers else []
    for child in killed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os.killpg(pid, signal_number)
    return len(killed)


def fork(work: Callable[[], Any], said: Path | None = None) -> int:
    """Run something in a child that has a process group of its own and Ctrl-C as a terminal gives it."""
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # so that it leads a group before anybody signals that
            os.setpgid(pid, pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return pid
    code = 70
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        target = os.open(said or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.close(target)
        work()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def code_of(pid: int) -> int:
    """Wait for a child; its exit code, or minus the number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def children_of(pid: int) -> list[int]:
    """Processes that a process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def command(
    crisis: Crisis,
    folder: Path,
    *words: str,
    notes: Path | None = None,
    session: int = 0,
    before: Callable[[], Any] = lambda: None,
) -> Callable[[], None]:
    """The work of a child: `afternext run` into a folder, going on with what is there."""

    def work() -> None:
        crisis.install(notes, session)
        before()
        try:  # Ctrl-C waits until the program begins
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            start(["run", *crisis.words, "--out", str(folder), "--resume", *words])
        except KeyboardInterrupt:
            sys.exit(130)

    return work


def play(crisis: Crisis, folder: Path, *words: str, said: Path | None = None, **how: Any) -> int:
    """Run the command to its end in a child; its exit code."""
    return code_of(fork(command(crisis, folder, *words, **how), said))


def digest(folder: Path) -> str:
    """Digest of a finished run; empty if it is not finished."""
    try:
        return str(json.loads((folder / NAME).read_text()).get("digest", ""))
    except (OSError, ValueError):
        return ""


def bytes_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def finished_futures(folder: Path) -> set[int]:
    """Futures in sound parts of a run directory."""
    try:
        key = json.loads((folder / NAME).read_text())["key"]
    except (OSError, ValueError):
        return set()
    found: set[int] = set()
    for path in (folder / runs.PARTS).glob("*.part"):
        try:
            part = open_part(path, key)
            part.verify()
        except (BadPart, OSError):
            continue
        found.update(range(part.start, part.stop))
    return found


def noted(notes: Path) -> list[tuple[int, int]]:
    """(session, future) of every future that was played to its end."""
    if not notes.exists():
        return []
    return [tuple(map(int, line.split())) for line in notes.read_text().splitlines()]  # type: ignore[misc]


def harness(module: str, *words: object, timeout: float = 3000) -> dict[str, Any]:
    """Run a harness as its own program, which may fork safely, and read what it found."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.reliability.{module}", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=timeout,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )
    assert done.returncode == 0, done.stdout.decode()[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return found


def report(found: dict[str, Any], words: Sequence[str] = ()) -> None:
    """Last line of a harness."""
    print(json.dumps(found), flush=True)
