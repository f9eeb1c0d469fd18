"""Run many futures of a scenario into a directory that survives being killed at any moment."""

from __future__ import annotations

import shlex
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afternext.ensemble import manifest as manifests
from afternext.ensemble import place
from afternext.ensemble.batch import Job, Task, bytes_per_future, run_batch
from afternext.ensemble.digest import combine
from afternext.ensemble.executors import Executor, choose, on_cluster
from afternext.ensemble.manifest import Settings
from afternext.ensemble.opened import SCENARIO, STORE, Run, open_run
from afternext.ensemble.parts import BadPart, Scan, remove_parts, scan_parts, sweep, sync_folder, write_file
from afternext.ensemble.plan import Plan
from afternext.ensemble.progress import Progress, say
from afternext.ensemble.protocol import WorldLike
from afternext.ensemble.sample import Sampler
from afternext.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from afternext.ensemble.store import Label
    from afternext.scenario import Scenario

__all__ = ["Interrupted", "Run", "Subject", "open_run", "run", "run_subject"]

PARTS = "parts"
PARTIAL_STORE = "store.partial"
# A part that is damaged right after it was written means a failing disk; do not go round for ever.
ROUNDS = 3
# Compiling is silent and takes a minute the first time; say so after this many seconds.
SAY_COMPILING = 3.0


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; what has been played is kept."""


@dataclass(frozen=True)
class Subject:
    """What is run: a scenario compiled to a world, and how it is named.

    identity : id, title, hash and freeze of the scenario, and `given`, what a person would write to name it
    copy     : the resolved scenario as JSON
    columns  : sampled column of each experiment by name (see Sampler)
    labels   : further coordinates of the store
    """

    world: WorldLike
    identity: Mapping[str, str]
    copy: str
    columns: Mapping[str, int] | None = None
    labels: Mapping[str, Label] | None = None


def run(
    scenario: str | Path | Scenario,
    *,
    futures: int | None = None,
    seed: int | None = None,
    years: float | None = None,
    until: date | str | None = None,
    strategies: Sequence[str] | None = None,
    overrides: Mapping[str, float | str] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    batch: int | None = None,
    replicates: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: bool = False,
) -> Run:
    """Simulate many futures of a scenario.

    Parameters
    ----------
    scenario : name of a shipped scenario, a folder, or a Scenario
    futures : how many; 100 if not said
    seed : of the deep samples and of the luck; 1 if not said. The same seed gives the same futures
    years, until : length of each future, or its last day (one of the two); the scenario's own if not said
    strategies : ids of strategies of the scenario, applied together in this order
    overrides : fixed values for a parameter, an uncertainty or an experiment, by name
    workers : processes; by the time the run is expected to take if not said
    cluster : address of a Dask scheduler, as ``tcp://host:8786``, whose workers play the futures; `out` lies
        on storage that they share
    batch : futures a part; by the time a future takes if not said
    replicates : futures that share a deep sample and differ in luck only; 1 if not said
    out : run directory; ``runs/<scenario>-<time>-s<seed>`` if not said
    resume : go on with the run in `out`, or with the latest of this scenario in ``runs``. Settings not given
        are taken from it, others must agree with it. If there is none, a new run starts
    progress : say on standard error how far it is

    Returns
    -------
    Run
        The finished run. Its digest is the same for any workers and batch, and after kill and resume.
    """
    from afternext.ensemble.subject import open_scenario, subject_of

    crisis = open_scenario(scenario)
    given = crisis.id if crisis is scenario else str(scenario)
    asked = place.Asked(
        futures=futures,
        seed=seed,
        days=place.length(years, until, crisis.freeze),
        replicates=replicates,
        strategies=None if strategies is None else tuple(strategies),
        overrides=None if overrides is None else dict(overrides),
    )
    own_days = place.length(crisis.years, None, crisis.freeze) or 1
    folder, there = place.locate(out, resume, crisis.hash, asked)
    settings = place.settle(asked, folder, there, crisis.hash, own_days)
    return run_subject(
        lambda: subject_of(crisis, settings, given),
        settings,
        folder or place.new_folder(crisis.id, settings.seed),
        workers=workers,
        cluster=cluster,
        batch=batch,
        resume=resume,
        progress=progress,
    )


def run_subject(
    subject_of: Callable[[], Subject],
    settings: Settings,
    folder: Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    batch: int | None = None,
    resume: bool = False,
    progress: bool = False,
) -> Run:
    """Run any world into a directory; see `run`.

    subject_of : called once, and not at all if the directory holds the finished run
    """
    for name, value in (("workers", workers), ("batch", batch)):
        if value is not None and value < 1:
            raise UsageError(f"{name} is {value}; it is at least 1")
    if cluster is not None and workers is not None:
        raise UsageError("give workers or cluster, not both: a cluster brings its own workers")
    place.make_folder(folder)
    session = None
    try:
        with place.held(folder):
            there = manifests.read(folder) if (folder / manifests.NAME).exists() else None
            if there is not None and not resume:
                raise UsageError(
                    f"{folder} holds a run already; add --resume to go on with it, or choose another --out"
                )
            if there is not None and there["state"] == manifests.FINISHED:
                say(f"{folder} is finished already; nothing was run", progress)
                _tidy(folder)
                return Run(folder)
            try:
                what = f"{settings.futures:,} futures of {settings.days:,} days"
                say(f"seed {settings.seed} · {what} · in {folder}", progress)
                session = _Session(subject_of(), settings, folder, there, progress)
                session.play(workers, batch, cluster)
                session.finish(batch)
            except OSError as error:
                what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
                raise Incomplete(f"stopped: {what}; {_how_to_resume(session)}") from error
            except Incomplete as error:
                raise Incomplete(f"{error}; {_how_to_resume(session)}") from error
            return Run(folder)
    except KeyboardInterrupt as error:
        raise Interrupted(f"interrupted; {_how_to_resume(session)}") from error


def _how_to_resume(session: _Session | None) -> str:
    """What was kept and the command that goes on."""
    if session is None:
        return "nothing was run in this session yet; to go on give the same command with --resume"
    return session.how_to_resume()


def _tidy(folder: Path) -> None:
    """Remove what a run that was killed in its last moment has left behind."""
    sweep(folder)
    remove_parts(folder / PARTS)
    shutil.rmtree(folder / PARTIAL_STORE, ignore_errors=True)


class _Session:
    """One process at work on one run directory, from the first part to the finished manifest."""

    def __init__(
        self, subject: Subject, settings: Settings, folder: Path, there: dict[str, Any] | None, show: bool
    ) -> None:
        self.subject = subject
        self.settings = settings
        self.folder = folder
        self.show = show
        self.parts = folder / PARTS
        self.began = time.monotonic()
        world = subject.world
        self.key = manifests.run_key(settings, subject.identity["hash"], world.version)
        if there is not None and there["key"] != self.key:
            raise UsageError(
                f"{folder} was started with another version of the model ({there['model'][:12]}, now "
                f"{world.version[:12]}) or of the scenario; its futures cannot be mixed with new ones. "
                "Run it again with another --out"
            )
        self.sampler = Sampler(world.experiments, settings.seed, settings.replicates, subject.columns)
        self.manifest = there or {
            "format": manifests.FORMAT,
            "state": manifests.RUNNING,
            "scenario": dict(subject.identity),
            **settings.to_dict(),
            "model": world.version,
            "key": self.key,
            "versions": manifests.versions(),
            "started": manifests.now(),
        }
        if there is None:
            manifests.write(folder, self.manifest)
        write_file(folder / SCENARIO, [subject.copy.encode()])
        sweep(folder)
        self.parts.mkdir(exist_ok=True)
        shutil.rmtree(folder / PARTIAL_STORE, ignore_errors=True)

    def how_to_resume(self) -> str:
        """What was kept and the command that goes on; that nothing is left to do."""
        what = "what was finished is kept"
        with suppress(OSError):  # a disk that fails must not hide why the run stopped
            if manifests.read(self.folder)["state"] == manifests.FINISHED:
                return f"the run in {self.folder} is finished"
            kept = scan_parts(self.parts, self.key, self.settings.futures, verify=False)
            done = sum(part.stop - part.start for part in kept.parts)
            what = f"{done:,} of {self.settings.futures:,} futures are kept"
        words = ["afternext", "run", self.subject.identity["given"], "--out", str(self.folder), "--resume"]
        return f"{what}. To go on:\n  {shlex.join(words)}"

    def play(self, workers: int | None, batch: int | None, cluster: str | None = None) -> None:
        """Run what is missing."""
        scan = scan_parts(self.parts, self.key, self.settings.futures, verify=True)
        for note in scan.notes:
            say(note, self.show)
        gaps = scan.missing(self.settings.futures)
        missing = sum(len(gap) for gap in gaps)
        if not missing:
            return
        done = self.settings.futures - missing
        if done:
            say(f"resuming: {done:,} of {self.settings.futures:,} futures are there", self.show)
        world = self.subject.world
        if cluster is None:
            self._compile()
        job = Job(world, self.settings.seed, self.key, self.parts.resolve())
        plan = Plan(gaps, batch, bytes_per_future(world))

        def task_of(futures: range) -> Task:
            return Task(futures.start, futures.stop, self.sampler.rows(futures.start, futures.stop))

        with Progress(self.show, self.settings.futures, done) as progress:
            if cluster is not None:
                executor: Executor = on_cluster(cluster, lambda text: say(text, self.show))
            else:
                if workers is None and (pilot := plan.take()) is not None:
                    report = run_batch(job, task_of(pilot))
                    progress.played(len(pilot))
                    plan.learn(len(pilot), report.seconds)
                executor = choose(workers, plan)
            with closing(executor.reports(job, plan, task_of, progress.played)) as reports:
                for _ in reports:
                    pass

    def _compile(self) -> None:
        """Compile the model before any worker of this machine starts, which then finds it on disk."""
        words = (
            "compiling the model: one to three minutes, longer where others are at work, once on a machine"
        )
        patience = threading.Timer(SAY_COMPILING, say, [words, self.show])
        patience.start()
        try:
            self.subject.world.warm_up()
        finally:
            patience.cancel()

    def finish(self, batch: int | None) -> None:
        """Consolidate the parts, make that durable, then say so in the manifest, then remove the parts."""
        for _ in range(ROUNDS):
            scan = scan_parts(self.parts, self.key, self.settings.futures, verify=False)
            if scan.missing(self.settings.futures):
                self.play(1, batch)
                continue
            try:
                lines = self._store(scan)
            except BadPart as bad:
                say(f"{bad}; its futures are run again", self.show)
                self.play(1, batch)
            else:
                break
        else:
            raise Incomplete(f"parts in {self.parts} are damaged again and again: is the disk failing?")
        session = {"ended": manifests.now(), "seconds": round(time.monotonic() - self.began, 3)}
        failed = [asdict(failure) for part in scan.parts for failure in part.failed]
        self.manifest |= {
            "state": manifests.FINISHED,
            **session,
            "digest": combine(lines),
            "arrays": lines,
            "failed": failed,
            "parts": [{"start": part.start, "stop": part.stop, "sha256": part.sha256} for part in scan.parts],
        }
        manifests.write(self.folder, self.manifest)
        remove_parts(self.parts)

    def _store(self, scan: Scan) -> dict[str, str]:
        from afternext.ensemble.store import write_store

        partial, store = self.folder / PARTIAL_STORE, self.folder / STORE
        shutil.rmtree(partial, ignore_errors=True)
        identity = self.subject.identity
        lines = write_store(
            partial,
            scan.parts,
            self.subject.world,
            freeze=date.fromisoformat(identity["freeze"]),
            replicates=self.settings.replicates,
            labels=self.subject.labels,
            attrs={"scenario": identity["id"], "title": identity["title"], "seed": self.settings.seed},
        )
        if store.exists():  # left by a process that was killed before it could say that it had finished
            shutil.rmtree(store)
        partial.rename(store)
        sync_folder(self.folder)
        return lines
