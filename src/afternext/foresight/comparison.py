"""Several courses of action on the same futures: ordinary runs side by side, and what reads them together.

Deep samples and luck depend on the seed and the number of the future alone, and columns of a run with
strategies are those of the plain scenario. So future k is the same crisis under every course of action, and
differences between two of them are paired.

A comparison is a directory: `comparison.json`, and an ordinary run directory for each course of action.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble import place
from afternext.ensemble.opened import Run
from afternext.ensemble.parts import write_file
from afternext.ensemble.progress import say
from afternext.ensemble.show import curves, days_along, freeze_of, nearest
from afternext.ensemble.weights import Weights, load_weights
from afternext.ensemble.words import nearest_name
from afternext.errors import AfternextError, Incomplete, UsageError
from afternext.foresight.conditions import meets
from afternext.foresight.features import horizon_days
from afternext.foresight.weights import Floats, shares
from afternext.foresight.words import plural
from afternext.scenario.compose import NONE, Course, courses
from afternext.scenario.switch import ON, THEN

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from afternext.scenario import Scenario

NAME = "comparison.json"
FORMAT = 1
DAYS_IN_YEAR = 365.25


class Comparison:
    """A finished comparison: courses of action by futures by horizons.

    Arrays come in the order of `ids` (S), `futures` (F) and `days` (H). A future that failed under one course
    of action is left out of all.
    """

    def __init__(self, path: str | Path, weights: Floats | None = None) -> None:
        self.path = Path(path)
        self.manifest: Mapping[str, Any] = read(self.path)
        self.runs: dict[str, Run] = {}
        for entry in self.manifest["strategies"]:
            folder = self.path / entry["folder"]
            try:
                self.runs[entry["id"]] = Run(folder)
            except (UsageError, Incomplete):
                if THEN in entry["id"] and self.runs:  # a switch that `pathways --play` has not finished
                    continue
                raise Incomplete(
                    f"{self.path} is not finished: {entry['id']} is missing; the same command with "
                    f"--out {self.path} goes on with it"
                ) from None
        self.ids: tuple[str, ...] = tuple(self.runs)
        kept = [run.measures["future"].values.astype(np.int64) for run in self.runs.values()]
        common = kept[0]
        for other in kept[1:]:
            common = np.intersect1d(common, other)
        self.futures: NDArray[np.int64] = common
        self._rows = {
            ident: np.searchsorted(there, common) for ident, there in zip(self.ids, kept, strict=True)
        }
        self.weights: Floats = shares(weights, len(common))
        self.evidence: Weights | None = None

    def weigh(self, weights: str | Path | None) -> Comparison:
        """This comparison with weights: the name of some that lie with one of its runs, or a file.

        Futures are the same under every course of action, so weights found under one serve all.

        Raises UsageError for an unknown name and InvalidInput for weights that fit none of the runs.
        """
        if weights is None:
            return self
        ident, found = self._weights(weights)
        share = shares(found.values[self._rows[ident]], len(self.futures))
        other = copy.copy(self)
        other.weights, other.evidence = share, Weights(found.name, self.futures, share, found.provenance)
        other.runs = {name: run.weigh(_for_run(found, run)) for name, run in self.runs.items()}
        return other

    def _weights(self, given: str | Path) -> tuple[str, Weights]:
        """Weights as the first run that they fit reads them, and its course of action."""
        refused: AfternextError | None = None
        for ident, run in self.runs.items():
            try:
                return ident, load_weights(run, given)
            except AfternextError as error:
                refused = refused or error
        assert refused is not None
        raise refused

    @property
    def used(self) -> dict[str, Any]:
        """What JSON output says of weights, where some are in use."""
        return {} if self.evidence is None else {"weights": self.evidence.to_dict()}

    @property
    def first(self) -> Run:
        """The run of the first course of action, which stands for what all share."""
        return self.runs[self.ids[0]]

    @property
    def scenario(self) -> Scenario:
        return self.first.scenario

    @property
    def freeze(self) -> date:
        return freeze_of(self.first)

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def last(self) -> int:
        """Days that each future lasts."""
        return int(self.manifest["days"])

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The scenario's horizons within the runs and their last day, days after the freeze."""
        return horizon_days(self.first)

    @property
    def titles(self) -> dict[str, str]:
        return {entry["id"]: entry["title"] for entry in self.manifest["strategies"]}

    @property
    def whys(self) -> dict[str, str]:
        return {entry["id"]: entry["why"] for entry in self.manifest["strategies"]}

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Measures with one value a date that every run has."""
        there = [set(curves(run)) for run in self.runs.values()]
        return tuple(name for name in curves(self.first) if all(name in names for names in there))

    def values(self, measure: str, days: Sequence[int] | None = None) -> Floats:
        """A measure at the horizons, or on the output dates nearest to `days`: (S, F, H), its own unit."""
        if measure not in self.measures:
            raise UsageError(nearest_name("measure", measure, self.measures))
        wanted = self.days if days is None else tuple(days)
        return np.stack([self._at(ident, measure, wanted) for ident in self.ids])

    def grid(self, last: int | None = None) -> NDArray[np.int64]:
        """Every output day up to `last`."""
        days = days_along(self.first, "date")
        return days[days <= (self.last if last is None else last)]

    def meets(self, condition: str) -> NDArray[np.bool_]:
        """Where a condition holds: (S, F)."""
        return np.stack([meets(self.runs[ident], condition)[self._rows[ident]] for ident in self.ids])

    def rows(self, ident: str) -> NDArray[np.int64]:
        """Where the common futures stand in the arrays of one run."""
        return np.asarray(self._rows[ident])

    def _at(self, ident: str, measure: str, wanted: tuple[int, ...]) -> Floats:
        run = self.runs[ident]
        grid = days_along(run, "date")
        at: list[int] | slice
        if np.array_equal(wanted, grid[: len(wanted)]):
            at = slice(0, len(wanted))  # a whole curve is read in one piece, faster than day by day
        else:
            at = [nearest(grid, day) for day in wanted]
        array = run.measures.variables[measure].isel(date=at).values.astype(np.float64)
        return np.asarray(array[self._rows[ident]])

    @cached_property
    def experiments(self) -> pd.DataFrame:
        """What varies from future to future, one row each: every column that some run has.

        A course of action that fixes a value lacks its column; for all that have it, it holds the same.
        """
        import pandas as pd

        found: dict[str, Any] = {}
        for run in self._telling:
            table = run.experiments.loc[self.futures]
            for name in table.columns:
                found.setdefault(str(name), table[name].to_numpy())
        return pd.DataFrame(found, index=pd.Index(self.futures, name="future"))

    @cached_property
    def _telling(self) -> tuple[Run, ...]:
        """Runs that have a column which those before them lack; to open all of them takes seconds each."""
        known: set[str] = set()
        telling = []
        for run in self.runs.values():
            names = set(run.columns)
            if not names <= known:
                telling.append(run)
                known |= names
        return tuple(telling)

    @cached_property
    def notes(self) -> dict[str, tuple[str, str]]:
        """Unit and meaning of every column of `experiments`."""
        found: dict[str, tuple[str, str]] = {}
        for run in self._telling:
            found = {**run.notes, **found}
        return found

    @property
    def costs(self) -> Floats | None:
        """What all moves in effect have cost up to each horizon, (S, F, H); see `spent`."""
        grid, spent = self.grid(), self.spent
        return None if spent is None else spent[:, :, [nearest(grid, day) for day in self.days]]

    @cached_property
    def spent(self) -> Floats | None:
        """What all moves in effect have cost up to each output day, (S, F, D), in the unit of `moves.cost`;
        None if no move costs anything. Moves that only insurgents make are left out.

        Scale in effect, as it ramps up, integrated over the output dates, times the cost of a year. What a
        strategy sets without a move (its `set`) has no cost here: see `priced`.
        """
        insurgents = {ident for ident, power in self.scenario.powers.items() if power.kind == "insurgent"}
        total: Floats | None = None
        for ident, move in self.scenario.moves.items():
            name = f"in_effect_{ident}"
            if name not in self.measures or insurgents.issuperset(move.by):
                continue
            column = f"moves.{ident}.cost"
            if column in self.experiments:
                each = self.experiments[column].to_numpy(dtype=np.float64)
            else:
                value = self.scenario.center(move.cost)
                each = np.full(len(self.futures), float(value))
            if not each.any():
                continue
            grid = self.grid()
            scale = self.values(name, tuple(int(day) for day in grid))
            steps = np.diff(grid, prepend=0) / DAYS_IN_YEAR
            spent = np.cumsum(scale * steps, axis=2) * each[None, :, None]
            total = spent if total is None else total + spent
        return total

    @property
    def priced(self) -> dict[str, bool]:
        """Whether `costs` holds all that a course of action takes; False where it sets things for nothing."""
        return {entry["id"]: not entry["open"] for entry in self.manifest["strategies"]}

    def to_xarray(self, measures: Sequence[str] = ()) -> xr.Dataset:
        """Measures as arrays over strategy, future and day."""
        import xarray as xr

        wanted = tuple(measures) or tuple(n for n in self.scenario.measures if n in self.measures)
        return xr.Dataset(
            {name: (("strategy", "future", "day"), self.values(name)) for name in wanted},
            {"strategy": list(self.ids), "future": self.futures, "day": list(self.days)},
            {"scenario": self.manifest["scenario"]["id"], "seed": self.seed},
        )

    def to_ema(self) -> tuple[pd.DataFrame, dict[str, NDArray[Any]]]:
        """Experiments and outcomes of all courses of action, as EMA keeps them; see `Run.to_ema`."""
        import pandas as pd

        tables, outcomes = [], []
        for ident, run in self.runs.items():
            table, curves_ = run.to_ema()
            table["policy"] = ident
            tables.append(table)
            outcomes.append(curves_)
        names = [name for name in outcomes[0] if all(name in one for one in outcomes)]
        joined = {name: np.concatenate([one[name] for one in outcomes]) for name in names}
        return pd.concat(tables, ignore_index=True), joined

    def __repr__(self) -> str:
        return (
            f"<afternext.Comparison of {self.manifest['scenario']['id']}: {len(self.ids)} strategies, "
            f"{len(self.futures):,} futures, {self.last:,} days, seed {self.seed}, in {self.path}>"
        )


def read(folder: Path) -> dict[str, Any]:
    """Read `comparison.json`; raises UsageError with what to do when there is none."""
    path = folder / NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        number = manifest["format"]
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{folder} holds no comparison: there is no {NAME} in it; `afternext decide SCENARIO --out DIR` "
            "makes one"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read ({error}); compare again with another --out") from None
    if number != FORMAT:
        raise UsageError(f"{path} has format {number}, this afternext reads format {FORMAT}")
    return dict(manifest)


def _for_run(found: Weights, run: Run) -> Weights:
    """Weights of the futures that a run has; one that failed in the run they come from counts nothing."""
    futures = run.measures["future"].values.astype(np.int64)
    of = dict(zip(found.futures.tolist(), found.values.tolist(), strict=True))
    values = np.array([of.get(k, 0.0) for k in futures.tolist()])
    return Weights(found.name, futures, shares(values, len(futures)), found.provenance)


def is_comparison(path: str | Path) -> bool:
    """Whether a comparison is kept in a directory."""
    return (Path(path) / NAME).is_file()


def open_comparison(path: str | Path, weights: Floats | None = None) -> Comparison:
    """Open a finished comparison; `weights` of its futures, where evidence speaks for some more."""
    return Comparison(path, weights)


def compare(
    scenario: str | Path | Scenario,
    strategies: Sequence[str] = (),
    *,
    prepared: Sequence[Course] = (),
    futures: int | None = None,
    seed: int | None = None,
    years: float | None = None,
    until: date | str | None = None,
    overrides: Mapping[str, float | str] | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: bool = False,
) -> Comparison:
    """Run courses of action on the same futures, or go on with what `out` holds.

    Parameters
    ----------
    strategies : ids of strategies of the scenario, `none`, several joined by `+`, or composed ones (see
        `scenario.compose`); `none` and all of the scenario's own if none is given
    prepared : courses of action made by a program, beside or instead of `strategies`
    futures, seed, years, until, overrides, workers : as for `afternext.run`
    out : directory; a new one in `runs` if not said. If it holds a comparison, settings not given are taken
        from it, courses of action that are there are not run again, and new ones are added

    Returns
    -------
    Comparison
    """
    from afternext.ensemble.run import Interrupted, run
    from afternext.ensemble.subject import open_scenario

    crisis = open_scenario(scenario)
    given = crisis.id if crisis is scenario else str(scenario)
    folder = Path(out) if out is not None else None
    there = read(folder) if folder is not None and is_comparison(folder) else None
    wanted = list(prepared)
    if strategies or not prepared:
        # A switch on a sign is there or not: without the futures that show the sign it cannot be run anew.
        kept = [entry["id"] for entry in there["strategies"] if ON not in entry["id"]] if there else []
        wanted += courses(crisis, strategies or kept or (NONE, *crisis.strategies))
    folders = [course.folder for course in wanted]
    if len(set(folders)) < len(folders):
        raise UsageError("two strategies have the same name; give each once")
    asked = place.Asked(
        futures=futures, seed=seed, days=place.length(years, until, crisis.freeze),
        overrides=None if overrides is None else dict(overrides),
    )  # fmt: skip
    asked.check()
    manifest = _settle(asked, there, folder, crisis, given)
    if folder is None:
        folder = place.new_folder(f"{crisis.id}-compared", manifest["seed"])
    elif there is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty and holds no comparison; choose another --out")
    place.make_folder(folder)
    enlist(folder, manifest, wanted)
    say(
        f"{plural(len(wanted), 'strategy', 'strategies')} on the same "
        f"{manifest['futures']:,} futures · seed {manifest['seed']} · in {folder}",
        progress,
    )
    for number, course in enumerate(wanted, 1):
        where = folder / course.folder
        say(f"{number} of {len(wanted)}: {course.id} ({course.title})", progress)
        try:
            run(
                course.scenario,
                futures=manifest["futures"], seed=manifest["seed"],
                until=date.fromordinal(crisis.freeze.toordinal() + manifest["days"]),
                strategies=course.strategies, overrides=manifest["overrides"],
                workers=workers, out=where, resume=True, progress=progress,
            )  # fmt: skip
        except Interrupted:
            raise Interrupted(
                f"interrupted; what has been played is kept. The same command with --out {folder} goes on"
            ) from None
    return Comparison(folder)


def enlist(folder: Path, manifest: dict[str, Any], wanted: Sequence[Course]) -> None:
    """Write courses of action into `comparison.json`, behind those that are there."""
    listed = {entry["id"]: entry for entry in manifest["strategies"]}
    for course in wanted:
        listed.setdefault(
            course.id,
            {"id": course.id, "title": course.title, "why": course.why, "folder": course.folder,
             "open": course.open},
        )  # fmt: skip
    manifest["strategies"] = list(listed.values())
    write_file(folder / NAME, [json.dumps(manifest, indent=1, ensure_ascii=False).encode()])


def _settle(
    asked: place.Asked, there: dict[str, Any] | None, folder: Path | None, crisis: Scenario, given: str
) -> dict[str, Any]:
    """The manifest: that on disk if it agrees with what is asked, else a new one."""
    if there is not None:
        conflicts = [
            f"{name} {there[name]}, not {value}"
            for name in ("futures", "seed", "days", "overrides")
            if (value := getattr(asked, name)) is not None and value != there[name]
        ]
        if there["scenario"]["hash"] != crisis.hash:
            conflicts.insert(0, f"scenario {there['scenario']['id']} as it was then, not this one")
        if conflicts:
            raise UsageError(
                f"{folder} was started with {'; '.join(conflicts)}. Leave these settings out to go on with "
                "it, or choose another --out"
            )
        return there
    return {
        "format": FORMAT,
        "scenario": {
            "id": crisis.id, "given": given, "title": crisis.title, "hash": crisis.hash,
            "freeze": crisis.freeze.isoformat(),
        },
        "futures": place.DEFAULT_FUTURES if asked.futures is None else asked.futures,
        "seed": place.DEFAULT_SEED if asked.seed is None else asked.seed,
        "days": asked.days or place.length(crisis.years, None, crisis.freeze) or 1,
        "overrides": dict(asked.overrides or {}),
        "strategies": [],
    }  # fmt: skip
