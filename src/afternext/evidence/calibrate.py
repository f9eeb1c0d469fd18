"""`calibrate`: parameters held against the history before the freeze; what is left becomes an overlay.

Several cases may be held against their histories at once: behaviour is shared by all crises, so values must
fit every one of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.errors import AfternextError, UsageError
from afternext.evidence.matching import Matched, NothingLeft, Observed, Wave, match
from afternext.evidence.rewind import QUIET, Rewound, rewind
from afternext.evidence.screening import screen

if TYPE_CHECKING:
    import pandas as pd

    from afternext.scenario.schema import Scenario
    from afternext.world.future import World

Floats = NDArray[np.float64]

MOST = 15  # parameters that one history may be asked about
MODULES = (
    "perception",
    "civilians",
    "movement",
)  # what displacement and deaths before the freeze can tell of
SCREENS = 6
DEATHS = ("dead", "fighters_killed", "defenders_lost")
ERROR = {"high": 0.2, "medium": 0.35, "low": 0.6}  # sd of the logarithm of an observed value, by confidence
ROUGH = {"deaths": 0.7, "newly_displaced": 0.5}  # the rewound start is rough, and only large fights are in it
LEARNT = 0.1  # contraction below which a parameter is not touched
MIDDLE = 0.5
SHORTEST = 14  # days that displacement must be counted over: places are stored weekly


@dataclass(frozen=True)
class Seen:
    """One thing observed before the freeze: a measure summed over an area (empty: all) between two days.

    case : id of its scenario, where several are held against their histories
    """

    measure: str
    area: str
    start: date
    end: date
    value: float
    error: float
    case: str = ""

    @property
    def name(self) -> str:
        where = f" in {self.area}" if self.area else ""
        return f"{f'{self.case}: ' if self.case else ''}{self.measure}{where}, {self.start} to {self.end}"


@dataclass(frozen=True)
class Case:
    """A scenario, as it was wound back, and what is known of the days that are played."""

    scenario: Scenario
    rewound: Rewound
    observed: tuple[Seen, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario.id,
            "scenario_hash": self.scenario.hash,
            "start": self.rewound.scenario.freeze.isoformat(),
            "freeze": self.scenario.freeze.isoformat(),
            "guesses": list(self.rewound.guesses),
            "observed": len(self.observed),
        }


@dataclass(frozen=True)
class Parameter:
    """What history says of one parameter: its range before and after, in its own unit (5 to 95 of 100)."""

    name: str
    meaning: str
    unit: str
    effect: float
    before: tuple[float, float]
    after: tuple[float, float]
    contraction: float


@dataclass(frozen=True)
class Calibration:
    """A calibration, with what it rests on; the first case is the one that an overlay is for."""

    cases: tuple[Case, ...]
    seed: int
    runs: int
    before: tuple[
        tuple[float, float, float], ...
    ]  # of each thing observed: 5, 50, 95 of 100 runs, first wave
    after: tuple[tuple[float, float, float], ...]  # last wave
    waves: tuple[Wave, ...]
    parameters: tuple[Parameter, ...]
    screened: tuple[tuple[str, float], ...]
    model: str

    @property
    def scenario(self) -> Scenario:
        return self.cases[0].scenario

    @property
    def observed(self) -> tuple[Seen, ...]:
        """What was observed of all cases, in the order of `before` and `after`."""
        return tuple(one for case in self.cases for one in case.observed)

    @property
    def learnt(self) -> tuple[Parameter, ...]:
        """Parameters that history narrowed enough to be worth an overlay."""
        return tuple(p for p in self.parameters if p.contraction >= LEARNT)

    @property
    def history_hash(self) -> str:
        text = json.dumps([asdict(one) for one in self.observed], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        return {
            "cases": [case.to_dict() for case in self.cases],
            "model": self.model,
            "seed": self.seed,
            "runs": self.runs,
            "history_sha256": self.history_hash,
            "observed": [
                {
                    "name": one.name,
                    "value": one.value,
                    "error_sd_log": one.error,
                    "roughness_sd_log": ROUGH[one.measure],
                    "first_wave": [round(x, 1) for x in before],
                    "last_wave": [round(x, 1) for x in after],
                }
                for one, before, after in zip(self.observed, self.before, self.after, strict=True)
            ],
            "waves": [{"runs": w.runs, "share_of_space_left": round(w.left, 5)} for w in self.waves],
            "parameters": [
                {
                    "name": p.name, "unit": p.unit, "meaning": p.meaning, "effect": round(p.effect, 4),
                    "before": list(map(_figure, p.before)), "after": list(map(_figure, p.after)),
                    "contraction": round(p.contraction, 4),
                }
                for p in self.parameters
            ],
            "screened": [{"name": name, "effect": round(effect, 4)} for name, effect in self.screened],
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a parameter."""
        import pandas as pd

        return pd.DataFrame([asdict(p) for p in self.parameters])


def observations(scenario: Scenario, rewound: Rewound) -> tuple[Seen, ...]:
    """What history says of the days that are played: displacement by row, deaths by quarter, all areas."""
    start, end = rewound.scenario.freeze, scenario.freeze
    places = {p.id for p in scenario.places if p.country == rewound.country}
    areas = {p.admin1 for p in scenario.places if p.country == rewound.country}
    found: list[Seen] = []
    deaths: dict[tuple[int, int], tuple[date, date, float]] = {}
    for row in scenario.history:
        if row.start < start or row.end > end or (row.place or row.admin1) not in places | areas:
            continue
        value = float(scenario.center(row.value))
        error = ERROR[str(row.confidence or "low")]
        if row.measure == "newly_displaced" and (row.end - row.start).days >= SHORTEST:
            area = str(row.place or row.admin1)
            found.append(Seen(row.measure, area, row.start, row.end, value, error))
        elif row.measure == "deaths":
            quarter = (row.start.year, (row.start.month - 1) // 3)
            first, last, total = deaths.get(quarter, (row.start, row.end, 0.0))
            deaths[quarter] = min(first, row.start), max(last, row.end), total + value
    for first, last, total in deaths.values():
        found.append(Seen("deaths", "", first, last, total, ERROR["medium"]))
    if not found:
        raise UsageError(
            f"history.csv of {scenario.title} says nothing of newly_displaced or deaths since {start}"
        )
    return tuple(sorted(found, key=lambda one: (one.measure, one.end, one.start)))


class Player:
    """Plays a rewound scenario at points of the chosen parameters; everything else varies freely."""

    def __init__(
        self, world: World, rewound: Rewound, seen: Sequence[Seen], chosen: Sequence[str], seed: int
    ):
        from afternext.ensemble.sample import Sampler

        self.world, self.seen, self.seed = world, tuple(seen), seed
        self.start = rewound.scenario.freeze
        names = [experiment.name for experiment in world.experiments]
        self.columns = [names.index(name) for name in chosen]
        self.sampler = Sampler(world.experiments, seed)
        self.rows = {
            area: [k for k, p in enumerate(world.coords["place"]) if _inside(rewound.scenario, str(p), area)]
            for area in {one.area for one in seen}
        }

    def play(
        self, points: Floats, first: int, free: bool = True, told: Callable[[int], None] | None = None
    ) -> Floats:
        """Outputs as log(1 + x): (n, observed); NaN where a future failed.

        free : everything else by the sample of the run; else at its middle, with the same luck
        """
        middle = np.array([float(e.value.quantile(np.array([MIDDLE]))[0]) for e in self.world.experiments])
        rows = self.sampler.rows(first, first + len(points)) if free else np.tile(middle, (len(points), 1))
        found = np.full((len(points), len(self.seen)), np.nan)
        for n, point in enumerate(points):
            row = rows[n].copy()
            for column, u in zip(self.columns, point, strict=True):
                row[column] = float(self.world.experiments[column].value.quantile(np.array([u]))[0])
            try:
                arrays = self.world.simulate(row, self.seed, first + n if free else 0).arrays
            except AfternextError:
                continue
            found[n] = [np.log1p(max(self._observe(arrays, one), 0.0)) for one in self.seen]
        return found

    def _observe(self, arrays: Any, one: Seen) -> float:
        first, last = ((day - self.start).days for day in (one.start, one.end))
        if one.measure == "deaths":
            days = self.world.coords["date"]
            total = sum(np.asarray(arrays[name], dtype=np.float64) for name in DEATHS)
        else:
            days = self.world.coords["snapshot"]
            total = np.asarray(arrays[f"place_{one.measure}"], dtype=np.float64)[:, self.rows[one.area]].sum(
                1
            )
        return float(np.interp(last, days, total) - np.interp(first, days, total))


class Players:
    """Plays every case at the same points, one after another, and lays their outputs side by side."""

    def __init__(
        self, worlds: Sequence[World], cases: Sequence[Case], chosen: Sequence[str], seed: int
    ) -> None:
        self.players = [
            Player(world, case.rewound, case.observed, chosen, seed)
            for world, case in zip(worlds, cases, strict=True)
        ]

    def play(self, points: Floats, first: int, free: bool = True) -> Floats:
        """As `Player.play`, for all that was observed of all cases."""
        return np.concatenate([player.play(points, first, free) for player in self.players], axis=1)


def _inside(scenario: Scenario, ident: str, area: str) -> bool:
    place = next(p for p in scenario.places if p.id == ident)
    return area in ("", place.admin1, place.id)


def candidates(worlds: Sequence[World]) -> list[str]:
    """Uncertain parameters of the processes that history can tell of, with the same range in every case."""
    from afternext.world.parameters import read_parameters

    used = {p.name for p in read_parameters().values() if p.used_by in MODULES}
    return [name for name in _shared(worlds) if name in used]


def _shared(worlds: Sequence[World]) -> list[str]:
    """What varies in every case, and by the same distribution: a point stands for the same value in all."""
    first, *others = ({experiment.name: experiment.value for experiment in w.experiments} for w in worlds)
    return [name for name, value in first.items() if all(other.get(name) == value for other in others)]


def calibrate(
    scenario: str | Path | Scenario,
    *,
    others: Sequence[str | Path | Scenario] = (),
    start: date | None = None,
    parameters: Sequence[str] = (),
    most: int = 8,
    waves: int = 3,
    runs: int = 100,
    seed: int = 1,
    told: Callable[[str], None] = lambda text: None,
) -> Calibration:
    """Rule out parameters that do not fit the history before the freeze.

    others     : more cases that the same values must fit, each with its own history
    start      : first day that is played; that of the first displacement in history.csv if not said, as it
                 always is for `others`
    parameters : which to hold against history; the `most` that matter for it, by screening, if none are named
    waves, runs : of history matching, and plays a wave
    told       : called with a line of progress
    """
    from afternext.ensemble.subject import open_scenario
    from afternext.world import compile_scenario

    crises = [open_scenario(one) for one in (scenario, *others)]
    if len({crisis.id for crisis in crises}) < len(crises):
        raise UsageError("a case is named twice: its history would count twice")
    if not 1 <= most <= MOST or len(parameters) > MOST:
        raise UsageError(f"between 1 and {MOST} parameters: one history cannot tell of more")
    if waves < 1 or runs < 20:
        raise UsageError("at least 1 wave of at least 20 runs")
    cases = []
    for crisis in crises:
        back = rewind(crisis, (start if crisis is crises[0] else None) or _first(crisis))
        known = observations(crisis, back)
        if others:
            known = tuple(replace(one, case=crisis.id) for one in known)
        cases.append(Case(crisis, back, known))
    seen = [one for case in cases for one in case.observed]
    worlds = [
        compile_scenario(case.rewound.scenario, days=case.rewound.days, overrides=_quiet()) for case in cases
    ]
    worlds[0].warm_up()
    open_, shared = candidates(worlds), _shared(worlds)
    uncertain = {experiment.name: experiment for experiment in worlds[0].experiments}
    for name in parameters:
        if name not in shared:
            everywhere = " with one range in all cases" if others else ""
            raise UsageError(
                f"{name} is no uncertain parameter here{everywhere}; there are: {', '.join(open_)}"
            )
    sd = np.array([np.hypot(one.error, ROUGH[one.measure]) for one in seen])
    names = list(parameters) or open_
    played = ", ".join(str(case.rewound.days) for case in cases)
    told(f"screening {len(names)} parameters: {SCREENS * (len(names) + 1)} plays of {played} days")
    player = Players(worlds, cases, names, seed)
    _, effect = screen(
        lambda points: np.nan_to_num(player.play(points, 0, free=False)), len(names), sd, SCREENS, seed
    )
    order = np.argsort(-effect, kind="stable")
    screened = tuple((names[k], float(effect[k])) for k in order)
    chosen = [name for name, _ in screened[: len(parameters) or most]]
    told(f"matching {', '.join(chosen)}")
    player = Players(worlds, cases, chosen, seed)
    goal = Observed(
        np.log1p(np.array([one.value for one in seen])),
        np.array([one.error for one in seen]),
        np.array([ROUGH[one.measure] for one in seen]),
    )
    try:
        matched = match(
            lambda points, first: player.play(points, first),
            len(chosen), goal, waves=waves, runs=runs, seed=seed,
            told=lambda wave: told(f"wave of {wave.runs} plays: {100 * wave.left:.1f} % of space left"),
        )  # fmt: skip
    except NothingLeft as error:
        worst = seen[int(str(error).split()[-1]) - 1].name
        raise AfternextError(
            f"no values of {', '.join(chosen)} fit {'all histories' if others else 'the history'} "
            f"({worst} fits least): the model, the rewound start or the errors given to the history are "
            "wrong. That is a finding"
        ) from None
    return _calibration(cases, seed, matched, chosen, screened, uncertain, worlds[0].version)


def _calibration(
    cases: Sequence[Case], seed: int, matched: Matched, chosen: Sequence[str],
    screened: tuple[tuple[str, float], ...], uncertain: dict[str, Any], model: str,
) -> Calibration:  # fmt: skip
    found = []
    for k, name in enumerate(chosen):
        experiment = uncertain[name]

        def own(u: float, value: Any = experiment.value) -> float:
            return float(value.quantile(np.array([u]))[0])

        low, high = matched.range(k)
        found.append(
            Parameter(
                name, experiment.meaning, experiment.unit, dict(screened)[name], (own(0.05), own(0.95)),
                (own(low), own(high)), float(matched.contraction[k]),
            )
        )  # fmt: skip
    first, last = matched.waves[0].runs, matched.waves[-1].runs
    before, after = _ends(matched.outputs[:first]), _ends(matched.outputs[-last:])
    return Calibration(
        tuple(cases), seed, len(matched.runs), before, after, matched.waves, tuple(found), screened, model,
    )  # fmt: skip


def _ends(outputs: Floats) -> tuple[tuple[float, float, float], ...]:
    """5, 50 and 95 of 100 plays of each thing observed, in its own unit."""
    low, middle, high = np.expm1(np.quantile(outputs, [0.05, 0.5, 0.95], axis=0))
    return tuple((float(a), float(b), float(c)) for a, b, c in zip(low, middle, high, strict=True))


def _first(scenario: Scenario) -> date:
    rows = [row.start for row in scenario.history if row.measure == "newly_displaced"]
    if rows:
        return min(rows)
    return scenario.freeze - timedelta(days=180)


def _quiet() -> dict[str, float | str]:
    return dict(QUIET)


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
