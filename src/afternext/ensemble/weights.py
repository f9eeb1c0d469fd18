"""Weights of futures: how much each counts, and how they are kept with a run.

Without weights every future counts the same. Named weights lie in the run directory as

    RUN/weights/NAME.csv     future,weight: one row a future that was played
    RUN/weights/NAME.json    where they come from, the run's digest, and the hash of the table

The table is written first and the record last, each whole or not at all, so weights that were only half
written are refused and never read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.words import NOT_SCORED, nearest_name, number
from afternext.errors import InvalidInput, Problem, UsageError

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDER = "weights"
FORMAT = 1
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
COLUMNS = ("future", "weight")


@dataclass(frozen=True)
class Weights:
    """Weights of the futures of one run.

    futures    : (future,) numbers of the futures, as the run has them
    values     : (future,) share of each, summing to 1
    provenance : what made them, as plain JSON
    """

    name: str
    futures: Ints
    values: Floats
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def effective(self) -> float:
        """Number of equally weighted futures that would carry as much (Kish 1965)."""
        return effective(self.values)

    def to_dict(self) -> dict[str, Any]:
        """What JSON output says of weights in use."""
        return {"name": self.name, "effective_futures": round(self.effective, 1)}


def shares(weights: Floats | None, futures: int) -> Floats:
    """Weights that sum to 1; equal ones where none are given."""
    if weights is None:
        return np.full(futures, 1.0 / max(futures, 1))
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (futures,):
        raise UsageError(f"{given.size} weights for {futures} futures: give one weight a future")
    if not np.isfinite(given).all() or (given < 0).any() or given.sum() <= 0:
        raise UsageError("weights of futures are finite and not negative, and some are above zero")
    return np.asarray(given / given.sum())


def effective(weights: Floats) -> float:
    """Number of equally weighted futures that would carry as much: 1 / sum of squared shares (Kish 1965)."""
    return float(1.0 / np.square(weights / weights.sum()).sum())


def quantile(values: Floats, weights: Floats, q: float) -> float:
    """The smallest value that a share `q` of the weight does not exceed: a value that some future reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, q * reached[-1] * (1 - 1e-12)))
    return float(values[order[min(at, len(order) - 1)]])


def not_scored(weights: Weights | None) -> str:
    """What a share of futures is, and is not: the sentence under every table and picture."""
    if weights is None:
        return NOT_SCORED
    return (
        f"A weighted share of futures counts each future by the weights {weights.name} "
        f"(worth {number(round(weights.effective, 1))} equal ones): how often the model does it "
        "among those that fit. It has not been scored against what happened yet."
    )


def share_word(weights: Weights | None) -> str:
    """What a share of futures is called where these weights are in use."""
    return "share of futures" if weights is None else "weighted share of futures"


def values_of(weights: Weights | None) -> Floats | None:
    """The numbers of weights, where some are in use."""
    return None if weights is None else weights.values


def in_use(run: Run, given: Floats | None) -> Weights | None:
    """Weights of an analysis: those given to it, else those that the run is seen under."""
    if given is None:
        return run.weights
    futures = np.asarray(run.measures["future"].values, dtype=np.int64)
    return Weights("given", futures, shares(given, len(futures)))


def save_weights(
    run: Run, name: str, values: Sequence[float] | Floats, provenance: Mapping[str, Any]
) -> Weights:
    """Keep weights with a run under a name, replacing those of that name; returns them as they read back.

    values     : (future,) one a future that was played, in the order of the run; any scale
    provenance : what made them, as plain JSON
    """
    from afternext.ensemble.parts import write_file

    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of weights: small letters, digits, - and _, beginning with a letter"
        )
    futures = np.asarray(run.measures["future"].values, dtype=np.int64)
    share = shares(np.asarray(values, dtype=np.float64), len(futures))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((int(k), repr(float(w))) for k, w in zip(futures, share, strict=True))
    table = text.getvalue().encode()
    record = {
        "format": FORMAT,
        "name": name,
        "run_digest": run.digest,
        "futures": len(futures),
        "effective_futures": effective(share),
        "table_sha256": hashlib.sha256(table).hexdigest(),
        "provenance": dict(provenance),
    }
    text_of_record = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    folder = run.path / FOLDER
    folder.mkdir(exist_ok=True)
    write_file(folder / f"{name}.csv", [table])
    write_file(folder / f"{name}.json", [text_of_record.encode()])
    return load_weights(run, name)


def kept(run: Run) -> list[str]:
    """Names of the weights that lie with a run."""
    return sorted(path.stem for path in (run.path / FOLDER).glob("*.json") if NAME.fullmatch(path.stem))


def load_weights(run: Run, name_or_path: str | Path) -> Weights:
    """Weights that lie with a run, by name, or in a CSV file of `future,weight`, by path.

    A word without a dot or slash is a name. A file may have its record (`.json`) beside it, which then must
    name this run.

    Raises UsageError for an unknown name and InvalidInput for weights that do not fit the run.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and NAME.fullmatch(text):
        if text not in kept(run):
            why = nearest_name("weights", text, kept(run))
            raise UsageError(f"{why}; `afternext update {run.path} --claims FILE` makes some")
        return _read(run, run.path / FOLDER / f"{text}.csv", needs_record=True)
    return _read(run, Path(name_or_path), needs_record=False)


def _read(run: Run, path: Path, needs_record: bool) -> Weights:
    try:
        table = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; weights are a file of {','.join(COLUMNS)}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    record = _record(run, path, table, needs_record)
    values = _rows(run, path, table)
    futures = np.asarray(run.measures["future"].values, dtype=np.int64)
    name = str(record["name"]) if record else path.stem
    provenance = record["provenance"] if record else {"kind": "file", "file": str(path)}
    return Weights(name, futures, shares(values, len(futures)), provenance)


def _record(run: Run, path: Path, table: bytes, needed: bool) -> dict[str, Any] | None:
    """The record beside a table, once it fits both the table and the run."""
    there = path.with_suffix(".json")
    if not there.exists() and not needed:
        return None
    try:
        record = json.loads(there.read_text(encoding="utf-8"))
        form, digest, hashed = record["format"], record["run_digest"], record["table_sha256"]
        record["name"], record["provenance"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{there} is no record of weights ({error}); make the weights again") from error
    if form != FORMAT:
        raise InvalidInput(f"{there} has format {form}, this afternext reads format {FORMAT}")
    if hashed != hashlib.sha256(table).hexdigest():
        raise InvalidInput(
            f"{path} is not the table that {there.name} describes: it was changed, or writing it was cut "
            "short; make the weights again"
        )
    if digest != run.digest:
        raise InvalidInput(
            f"{there} was made for the run with digest {digest[:16]}, this one has {run.digest[:16]}: "
            "weights belong to one run; make them again for this one"
        )
    return dict(record)


def _rows(run: Run, path: Path, table: bytes) -> Floats:
    """Weights by future in the order of the run; InvalidInput names every row that is wrong."""
    from afternext.scenario.tables import read_table

    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([Problem(str(path), 0, 0, "", "the file is not UTF-8 text")]) from None
    read, problems = read_table(text, str(path))
    if read is not None:
        lacking = [column for column in COLUMNS if column not in read.header]
        problems += [
            Problem(
                str(path), 1, 1, column, "the column is missing", f"the first line is {','.join(COLUMNS)}"
            )
            for column in lacking
        ]
        if lacking:
            read = None
    futures = {int(k): row for row, k in enumerate(run.measures["future"].values)}
    found: dict[int, float] = {}
    for row in read.rows if read is not None else []:
        cells = row.map
        if any(column not in cells for column in COLUMNS):
            continue  # a short row, which is told already
        future, weight = (str(cells[column].value) for column in COLUMNS)
        if not re.fullmatch(r"\d{1,12}", future) or int(future) not in futures:
            hint = f"this run has {len(futures)} futures from 0 to {run.futures - 1}"
            problems.append(cells["future"].mark.problem("future", f"there is no future {future}", hint))
            continue
        if int(future) in found:
            problems.append(cells["future"].mark.problem("future", f"future {future} stands twice"))
        try:
            value = float(weight)
        except ValueError:
            value = -1.0
        if not (np.isfinite(value) and value >= 0):
            text = f"{weight!r} is no weight"
            problems.append(cells["weight"].mark.problem("weight", text, "write a number of 0 or more"))
        found[int(future)] = value
    missing = [k for k in futures if k not in found]
    if not problems and missing:
        text = f"{len(missing)} of {len(futures)} futures have no row, first future {missing[0]}"
        problems.append(
            Problem(str(path), 0, 0, "", text, "give every future a weight, 0 where it does not count")
        )
    if not problems and not any(found.values()):
        problems.append(Problem(str(path), 0, 0, "weight", "all weights are zero", "some future must count"))
    if problems:
        raise InvalidInput(problems)
    return np.array([found[k] for k in futures])
