"""A run on disk, read back."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble import manifest as manifests
from afternext.ensemble.meanings import in_words, names_of
from afternext.ensemble.parts import Failure
from afternext.ensemble.weights import Weights, load_weights, values_of
from afternext.ensemble.words import nearest_name
from afternext.errors import Incomplete, UsageError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from afternext.scenario import Scenario

STORE = "store.zarr"
SCENARIO = "scenario.json"


class Run:
    """A finished run: many futures of one scenario.

    Nothing is loaded before it is asked for; arrays are read when their values are.

    weights : how much each future counts in quantiles and analyses; None, all the same (see `weigh`)
    """

    weights: Weights | None = None

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.manifest: Mapping[str, Any] = manifests.read(self.path)
        if self.manifest["state"] != manifests.FINISHED:
            name = self.manifest["scenario"]["id"]
            raise Incomplete(
                f"{self.path} is not finished; `afternext run {name} --out {self.path} --resume` continues it"
            )

    def weigh(self, weights: str | Path | Weights | None) -> Run:
        """This run with weights: the name of some that lie with it, a file of `future,weight`, or None.

        Quantiles, `tree`, `discover` and `sensitivity` of what is returned count each future by them.
        """
        other = copy.copy(self)  # shares what has been read already
        other.weights = load_weights(self, weights) if isinstance(weights, str | Path) else weights
        return other

    @property
    def used(self) -> dict[str, Any]:
        """What JSON output says of weights, where some are in use."""
        return {} if self.weights is None else {"weights": self.weights.to_dict()}

    @property
    def futures(self) -> int:
        """Number of futures that were asked for, failed ones included."""
        return int(self.manifest["futures"])

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def digest(self) -> str:
        """SHA-256 over the decoded arrays; equal for any workers, batches, or kill and resume."""
        return str(self.manifest["digest"])

    @property
    def failed(self) -> tuple[Failure, ...]:
        """Futures that could not be played to their end, with the reason. They have no row in the arrays."""
        return tuple(Failure(entry["future"], entry["error"]) for entry in self.manifest["failed"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, from the copy in the run directory; strategies of the run are not applied to it."""
        from afternext.scenario import Scenario

        return Scenario.model_validate_json((self.path / SCENARIO).read_text(encoding="utf-8"))

    @cached_property
    def measures(self) -> xr.Dataset:
        """All measures. `date` holds dates; `day`, `snapshot` and `horizon` are days after the freeze."""
        dataset = self._group("measures")
        texts = {
            name: (coord.dims, np.array([str(text) for text in coord.values]), coord.attrs)
            for name, coord in dataset.coords.items()
            if coord.dtype.kind in "TO"
        }
        named: xr.Dataset = dataset.assign_coords(texts)[dataset.attrs["order"]]
        return named

    @cached_property
    def experiments(self) -> pd.DataFrame:
        """One row a future with every sampled value; words instead of codes where the options are words."""
        import pandas as pd

        dataset = self._group("experiments")
        columns: dict[Any, Any] = {}
        for name in dataset.attrs["order"]:
            array = dataset[name]
            categories = array.attrs.get("categories")
            values = array.values
            columns[name] = np.array(categories)[values.astype(np.intp)] if categories else values
        index = pd.Index(dataset["future"].values, name="future")
        return pd.DataFrame(columns, index=index)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of `experiments`, without opening them."""
        import zarr

        group: Any = zarr.open_group(self.path / STORE, path="experiments", mode="r")
        return tuple(str(name) for name in group.attrs["order"])

    @cached_property
    def notes(self) -> dict[str, tuple[str, str]]:
        """Unit and meaning, in words for people, of every column of `experiments`."""
        dataset = self._group("experiments")
        attrs = {str(name): dataset[name].attrs for name in dataset.attrs["order"]}
        names = names_of(self.scenario)
        return {
            name: (str(a.get("units", "")), in_words(name, str(a.get("long_name", "")), names))
            for name, a in attrs.items()
        }

    def to_ema(self) -> tuple[pd.DataFrame, dict[str, NDArray[Any]]]:
        """The pair that analyses of the EMA Workbench take: experiments, and outcomes by name.

        Outcomes are the curves, (future, date), with the days after the freeze as `TIME`; failed futures have
        no row in either. The columns `scenario`, `policy` and `model` are those the workbench adds itself.
        """
        experiments = self.experiments.reset_index(drop=True)
        experiments["scenario"] = self.measures["future"].values
        experiments["policy"] = " ".join(self.manifest.get("strategies") or ()) or "none"
        experiments["model"] = self.manifest["scenario"]["id"]
        curves = {
            str(name): np.asarray(array.values)
            for name, array in self.measures.data_vars.items()
            if array.dims == ("future", "date")
        }
        days = np.asarray(self.measures["day"].values)
        return experiments, {"TIME": np.tile(days, (len(experiments), 1)), **curves}

    def events(self, future: int) -> NDArray[np.void]:
        """What happened in one future, in order of time: the columns of `afternext.world.events.DTYPE`."""
        import zarr

        row = self._row(future)
        group: Any = zarr.open_group(self.path / STORE, path="events", mode="r")
        first, last = (int(place) for place in group["offset"][row : row + 2])
        columns = {name: np.asarray(group[name][first:last]) for name in group.attrs["fields"]}
        log = np.empty(last - first, dtype=[(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            log[name] = column
        return log

    def every_event(self, kinds: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """Events of some kinds in all futures: the row of the future of each, and the columns of `events`."""
        import zarr

        group: Any = zarr.open_group(self.path / STORE, path="events", mode="r")
        offset = np.asarray(group["offset"][:], dtype=np.int64)
        kept = np.isin(np.asarray(group["kind"][:]), kinds)
        rows = np.repeat(np.arange(len(offset) - 1), np.diff(offset))[kept]
        columns = {name: np.asarray(group[name][:])[kept] for name in group.attrs["fields"]}
        log = np.empty(int(kept.sum()), dtype=[(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            log[name] = column
        return rows, log

    def quantiles(self, name: str, qs: Sequence[float] = (0.05, 0.5, 0.95)) -> xr.DataArray:
        """Quantiles of a measure over futures, dims (quantile, ...).

        Each is a value that some future reached. A tail that the number of futures cannot carry (fewer than
        20 for 0.05 or 0.95) is NaN and listed in `attrs["too_few_futures"]`.
        """
        from afternext.ensemble.quantiles import over_futures

        return over_futures(self.measure(name), qs, values_of(self.weights))

    def measure(self, name: str) -> xr.DataArray:
        """One measure; an unknown name is answered with the nearest one."""
        if name not in self.measures.data_vars:
            raise UsageError(nearest_name("measure", name, [str(n) for n in self.measures.data_vars]))
        return self.measures[name]

    def verify(self) -> None:
        """Compute the digest again from the store; raises UsageError if the store is damaged."""
        from afternext.ensemble.digest import combine
        from afternext.ensemble.store import digest_lines

        lines = digest_lines(self.path / STORE)
        if combine(lines) != self.digest:
            there = self.manifest["arrays"]
            bad = sorted(name for name in {*lines, *there} if lines.get(name) != there.get(name))
            raise UsageError(f"{self.path}: the store is damaged: {', '.join(bad)}; run it again")

    def _group(self, group: str) -> xr.Dataset:
        import xarray as xr

        # No dask and no lossy guesses: a unit of days is a unit, and zero is not a missing value.
        dataset: xr.Dataset = xr.open_zarr(
            self.path / STORE, group=group, chunks=None, decode_timedelta=False
        )
        return dataset

    def _row(self, future: int) -> int:
        there = self.measures["future"].values
        row = int(np.searchsorted(there, future))
        if row < len(there) and there[row] == future:
            return row
        for failure in self.failed:
            if failure.future == future:
                raise UsageError(f"future {future} failed: {failure.error}")
        raise UsageError(f"there is no future {future}: this run has futures 0 to {self.futures - 1}")

    def __repr__(self) -> str:
        manifest = self.manifest
        crisis = manifest["scenario"]
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return (
            f"<afternext.Run of {crisis['id']}: {self.futures:,} futures{failed}, {manifest['days']:,} days "
            f"from {crisis['freeze']}, seed {self.seed}, in {self.path}>"
        )

    def _repr_html_(self) -> str:
        from afternext.ensemble.html import page

        return page(self)


def open_run(path: str | Path) -> Run:
    """Open a finished run directory."""
    return Run(path)
