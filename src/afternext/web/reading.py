"""What the page asks of a run, read lazily and kept on disk by the digest of the run."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from afternext import __version__
from afternext.ensemble import atlas as atlases
from afternext.ensemble.opened import Run, open_run
from afternext.ensemble.quantiles import over_futures
from afternext.ensemble.show import days_along, freeze_of, horizons, nearest
from afternext.errors import UsageError
from afternext.web.workspace import Workspace

OPEN_RUNS = 3
CARD_DAYS = (30, 90, 180)
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MOST_CURVES = 40


def clean(value: Any) -> Any:
    """Plain data for JSON: no NumPy, and null where a number is missing."""
    if isinstance(value, np.ndarray):
        return clean(value.tolist())
    if isinstance(value, np.generic):
        return clean(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


@dataclass
class Shelf:
    """Open runs, and results computed once. One computation at a time, so that memory stays small."""

    space: Workspace
    _open: OrderedDict[str, Run] = field(default_factory=OrderedDict)
    _work: threading.Lock = field(default_factory=threading.Lock)
    _books: threading.Lock = field(default_factory=threading.Lock)

    def run(self, ident: str) -> Run:
        """A finished run by its id."""
        folder = self.space.run(ident)
        with self._books:
            there = self._open.get(ident)
            fresh = open_run(folder) if there is None else there
            # The same directory may hold another run by now.
            if there is not None and there.manifest["key"] != open_run(folder).manifest["key"]:
                fresh = open_run(folder)
            self._open[ident] = fresh
            self._open.move_to_end(ident)
            while len(self._open) > OPEN_RUNS:
                self._open.popitem(last=False)
            return fresh

    def apart(self, run: Run, what: str, task: str, *words: str) -> Any:
        """The same, computed in a process of its own that ends with it.

        Trees and searches read all measures of a run at once; their memory must not stay with the server.
        """
        return self.kept(run, what, lambda: _elsewhere(run.path, task, *words))

    def kept(self, run: Run, what: str, make: Callable[[], Any]) -> Any:
        """A result, computed once for a run and a version of afternext."""
        name = hashlib.sha256(f"{__version__} {_sources()} {what}".encode()).hexdigest()[:24]
        path = self.space.cache / run.digest[:24] / f"{name}.json"
        if path.is_file():
            try:
                return json.loads(path.read_bytes())
            except ValueError:
                path.unlink(missing_ok=True)
        with self._work:
            if path.is_file():
                return json.loads(path.read_bytes())
            found = clean(make())
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(found, file, separators=(",", ":"))
        Path(file.name).replace(path)
        return found


def _elsewhere(path: Path, task: str, *words: str) -> Any:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as workers:
        return workers.submit(compute, path, task, *words).result()


def compute(path: Path, task: str, *words: str) -> Any:
    """Compute one of the heavy results; runs in a process of its own."""
    run = open_run(path)
    return clean(tree(run) if task == "tree" else discover(run, words[0]))


_hash: list[str] = []


def _sources() -> str:
    """Hash of what computes, so that nothing stale is shown after an update."""
    if not _hash:
        package = Path(__file__).resolve().parent.parent
        total = hashlib.sha256()
        for folder in ("ensemble", "foresight", "web", "brief"):
            for path in sorted((package / folder).glob("*.py")):
                total.update(path.read_bytes())
        _hash.append(total.hexdigest()[:16])
    return _hash[0]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def head(run: Run, ident: str) -> dict[str, Any]:
    """The foot of every screen: which run this is, and how sure, and why."""
    from afternext.brief.access import foot_lines

    first, second = foot_lines(run)
    freeze = freeze_of(run)
    return {
        "run": ident,
        "scenario": run.manifest["scenario"]["id"],
        "title": run.manifest["scenario"]["title"],
        "fictional": run.scenario.fictional,
        "freeze": freeze.isoformat(),
        "futures": int(run.measures.sizes["future"]),
        "asked": run.futures,
        "failed": len(run.failed),
        "seed": run.seed,
        "days": int(run.manifest["days"]),
        "strategies": [
            run.scenario.strategies[name].title if name in run.scenario.strategies else name
            for name in run.manifest["strategies"]
        ],
        "digest": run.digest,
        "model": run.manifest["model"],
        "horizons": [int(day) for day in horizons(run)],
        "foot": [first, _upper(second.removeprefix("How sure: "))],
        "scored": False,
    }


def ground(run: Run) -> dict[str, Any]:
    """The map of a run, its dates, and the dated things that all its futures share."""
    from afternext.brief.access import places_in_order
    from afternext.web.ground import ground_of

    freeze = freeze_of(run)
    days = days_along(run, "snapshot")
    return {
        **ground_of(run.scenario, places_in_order(run)),
        "days": days,
        "dates": [(freeze + timedelta(days=int(day))).isoformat() for day in days],
    }


def scenes(run: Run, future: int | None, members: list[int] | None = None) -> dict[str, Any]:
    """Every snapshot: who holds what, how many people shelter where, who went where.

    members : futures of a family, where only those are meant
    """
    from afternext.foresight.journeys import Roads, journeys

    found = atlases.atlas(run, future, members)
    roads = Roads.of(run.scenario, found.places)
    moves = journeys(run, found, roads, future)
    leader = found.leader
    pairs = {(one.start, one.end) for moved in moves for one in moved}
    ways = {f"{a}-{b}": roads.way(a, b) for a, b in sorted(pairs)}
    low, middle, high = np.round(found.sheltering, 0)
    certain = np.take_along_axis(found.held, leader[None], axis=0)[0]
    return {
        "future": future,
        "futures": found.futures,
        "leader": leader,
        "held": certain,
        "contested": found.contested,
        "sheltering": middle,
        "low": low,
        "high": high,
        "journeys": [[[one.start, one.end, round(one.persons)] for one in moved] for moved in moves],
        "ways": ways,
    }


def place_card(run: Run, place: str) -> dict[str, Any]:
    """One place: displaced people there as bands over time, who holds it, and the range at fixed days."""
    ids = [str(ident) for ident in run.measures["place"].values]
    if place not in ids:
        raise UsageError(f"there is no place {place!r} in this run")
    found = atlases.place_series(run, ids.index(place))
    days = days_along(run, "snapshot")
    sides = [*run.scenario.forces, "nobody"]
    held = {name: found.held[i] for i, name in enumerate(sides) if found.held[i].any()}
    chosen = dict.fromkeys(nearest(days, day) for day in CARD_DAYS if day <= int(days[-1]) + 7)
    return {
        "place": place,
        "days": days,
        "quantiles": list(atlases.BANDS),
        "bands": found.bands,
        "held": held,
        "contested": found.contested,
        "futures": int(run.measures.sizes["future"]),
        "ranges": [
            {
                "day": int(days[i]),
                "low": band[1],
                "middle": band[3],
                "high": band[5],
                "dots": found.dots[:, i],
            }
            for i in chosen
            for band in [found.bands[:, i]]
        ],
    }


def curves(run: Run, names: list[str]) -> dict[str, Any]:
    """Bands of measures over time."""
    if not 0 < len(names) <= MOST_CURVES:
        raise UsageError(f"ask for 1 to {MOST_CURVES} measures at a time")
    freeze, days = freeze_of(run), days_along(run, "date")
    result = {}
    for name in names:
        array = run.measure(name)
        if array.dims != ("future", "date"):
            raise UsageError(f"{name} has no single curve")
        result[name] = {
            "unit": array.attrs["units"],
            "meaning": array.attrs["long_name"],
            "bands": over_futures(array, QUANTILES).values,
        }
    return {
        "days": days,
        "dates": [(freeze + timedelta(days=int(day))).isoformat() for day in days],
        "quantiles": list(QUANTILES),
        "measures": result,
    }


def measures_of(run: Run) -> list[dict[str, str]]:
    """Measures that have a curve, with unit and meaning."""
    return [
        {"name": str(name), "unit": array.attrs["units"], "meaning": array.attrs["long_name"]}
        for name, array in run.measures.data_vars.items()
        if array.dims == ("future", "date")
    ]


def tree(run: Run) -> dict[str, Any]:
    """Families of futures, where each leads, and what announces the deep ones."""
    from afternext.foresight.tree import grow

    found = grow(run)
    members = [
        {
            family.id: run.measures["future"].values[level.found.labels == k]
            for k, family in enumerate(level.families)
        }
        for level in found.levels
    ]  # fmt: skip
    return {
        **found.to_dict(),
        "members": members,
        "labels": {n: found.words.label(n) for n in found.features.names},
    }


def chronicle(run: Run, future: int | None) -> dict[str, Any]:
    """One future, told day by day."""
    from afternext.ensemble.chronicle import Line
    from afternext.ensemble.chronicle import chronicle as tell

    story = tell(run, future)
    entries = []
    for entry in story.entries():
        plain = entry.to_dict()
        if isinstance(entry, Line):
            entries.append({**plain, "heading": entry.heading, "total": False})
        else:
            plain = {"date": plain["date"], "day": plain["day"]}
            entries.append({**plain, "sentence": entry.text, "heading": "", "total": True})
    return {"future": story.future, "typical": story.typical, "entries": entries}


def discover(run: Run, when: str) -> dict[str, Any]:
    """Which conditions lead to an outcome."""
    from afternext.foresight import discover as boxes

    return boxes.discover(run, when).to_dict()


def powers(run: Run) -> dict[str, Any]:
    """Who stands where with whom, how that moved, and what opinion and delays did."""
    from afternext.foresight import alignments

    scenario = run.scenario
    delays = ("consent", "politics", "distance", "readiness", "collection")
    day = int(run.manifest["days"])
    wanted = [int(d) for d in horizons(run)]
    budgets = []
    for horizon in wanted:
        at = nearest(days_along(run, "date"), horizon)
        cells = {}
        for part in delays:
            if f"delay_{part}" in run.measures:
                found = over_futures(run.measures[f"delay_{part}"].isel(date=at), (0.05, 0.5, 0.95)).values
                cells[part] = found
        budgets.append({"day": horizon, "parts": cells})
    return {
        "days": day,
        "powers": [
            {
                "id": ident,
                "name": power.name,
                "kind": power.kind,
                "summary": power.summary,
                "source": power.source,
                "public": f"opinion_{ident}" in run.measures,
                "distorts": f"distortion_{ident}" in run.measures,
            }
            for ident, power in scenario.powers.items()
        ],
        "delays": budgets,
        "alignments": alignments.of_scenario(scenario).to_dict(),
        "moved": alignments.run_json(run, alignments.of_run(run))["moved"],
        "moves": [
            {"id": ident, "name": move.name, "by": list(move.by), "measure": f"in_effect_{ident}"}
            for ident, move in scenario.moves.items()
            if f"in_effect_{ident}" in run.measures
        ],
    }


def experiments_table(run: Run) -> list[dict[str, Any]]:
    """What varied from future to future, with its unit and meaning."""
    return [{"name": name, "unit": unit, "meaning": meaning} for name, (unit, meaning) in run.notes.items()]


def claims(run: Run) -> list[dict[str, Any]]:
    """What was claimed up to the freeze, by whom, and how it was rated."""
    return [json.loads(claim.model_dump_json()) for claim in run.scenario.claims]
