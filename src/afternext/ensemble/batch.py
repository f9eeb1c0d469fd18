"""One task of the ensemble: a batch of futures, from rows of experiments to one part on disk."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.parts import Failure, write_part
from afternext.ensemble.protocol import ManyWorldLike, MeasureLike, OutcomeLike, WorldLike


@dataclass(frozen=True)
class Job:
    """What every batch of a run has in common; it travels to a worker once."""

    world: WorldLike
    seed: int
    key: str
    folder: Path


@dataclass(frozen=True)
class Task:
    """Futures `start` to `stop` - 1 and their rows of experiments."""

    start: int
    stop: int
    rows: NDArray[np.float64]

    def cut(self, start: int, stop: int) -> Task:
        """A part of this task."""
        return Task(start, stop, self.rows[start - self.start : stop - self.start])


@dataclass(frozen=True)
class Report:
    """What comes back from a batch; the arrays are on disk."""

    start: int
    stop: int
    seconds: float
    failed: tuple[Failure, ...]


def shape_of(world: WorldLike, dims: tuple[str, ...]) -> tuple[int, ...]:
    """Shape of a measure of one future."""
    return tuple(len(world.coords[dim]) for dim in dims)


def bytes_per_future(world: WorldLike) -> int:
    """Size of the measures of one future, in bytes."""
    return sum(
        np.dtype(measure.dtype).itemsize * int(np.prod(shape_of(world, measure.dims), dtype=np.int64))
        for measure in world.measures
    )


def what_happened(error: Exception) -> str:
    """One line about an exception: its class, its text and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"


def _keep(world: WorldLike, outcome: OutcomeLike, arrays: dict[str, NDArray[Any]], at: int) -> None:
    for measure in world.measures:
        out = arrays[measure.name]
        got = outcome.arrays[measure.name]
        if got.shape != out.shape[1:]:
            raise ValueError(f"{measure.name} has shape {got.shape} and should have {out.shape[1:]}")
        np.copyto(out[at], got, casting="same_kind")


def _at_once(world: ManyWorldLike, job: Job, task: Task) -> dict[str, NDArray[Any]] | None:
    """The arrays of a part from one call; None if something raised: then one by one, to know which it is."""
    size = task.stop - task.start
    try:
        many = world.simulate_many(task.rows, job.seed, task.start)
        kept = {
            f"measures/{measure.name}": _fit(
                measure, many.arrays[measure.name], (size, *shape_of(job.world, measure.dims))
            )
            for measure in job.world.measures
        }
    except MemoryError:
        raise
    except Exception:
        return None
    kept["experiments"] = task.rows
    kept["events"] = many.counts.astype(np.int64)
    return kept | {f"events/{field}": many.events[field] for field in many.events.dtype.names or ()}


def _fit(measure: MeasureLike, got: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The array of a measure in its own type; raises ValueError if it has another shape."""
    if got.shape != shape:
        raise ValueError(f"{measure.name} has shape {got.shape} and should have {shape}")
    return got.astype(measure.dtype, casting="same_kind", copy=False)


def run_batch(job: Job, task: Task, tell: Callable[[int], None] = lambda future: None) -> Report:
    """Play the futures of a task and write their part.

    tell : called with the number of each future before it starts

    A future that raises is noted with its error and the others go on. Lack of memory is no property of a
    future, so it stops the batch.
    """
    began = time.perf_counter()
    world = job.world
    tell(task.start)
    if isinstance(world, ManyWorldLike) and (whole := _at_once(world, job, task)) is not None:
        futures = list(range(task.start, task.stop))
        write_part(job.folder, job.key, task.start, task.stop, futures, [], whole)
        return Report(task.start, task.stop, time.perf_counter() - began, ())
    size = task.stop - task.start
    arrays = {
        measure.name: np.empty((size, *shape_of(world, measure.dims)), dtype=measure.dtype)
        for measure in world.measures
    }
    futures = []
    failed: list[Failure] = []
    events: list[NDArray[np.void]] = []
    for row, future in zip(task.rows, range(task.start, task.stop), strict=True):
        if future > task.start:
            tell(future)
        try:
            outcome = world.simulate(row, job.seed, future)
            _keep(world, outcome, arrays, len(futures))
        except MemoryError:
            raise
        except Exception as error:
            failed.append(Failure(future, what_happened(error)))
        else:
            futures.append(future)
            events.append(np.array(outcome.events))
    count = len(futures)
    kept: dict[str, NDArray[Any]] = {f"measures/{name}": array[:count] for name, array in arrays.items()}
    kept["experiments"] = task.rows[np.array(futures, dtype=np.intp) - task.start]
    if count:
        kept["events"] = np.array([len(log) for log in events], dtype=np.int64)
        log = np.concatenate(events)
        for field in log.dtype.names or ():
            kept[f"events/{field}"] = log[field]
    write_part(job.folder, job.key, task.start, task.stop, futures, failed, kept)
    return Report(task.start, task.stop, time.perf_counter() - began, tuple(failed))
