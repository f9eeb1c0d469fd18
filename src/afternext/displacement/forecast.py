"""`displace`: run a FLEE folder, score it as FLEE does, and compare it with the simple rivals."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from afternext.displacement.arrivals import modelled
from afternext.displacement.baselines import baselines, forecast
from afternext.displacement.borders import unknown
from afternext.displacement.case import Case, make_case, spawned
from afternext.displacement.fitted import fitted, is_left_out
from afternext.displacement.flee_rules import run_flee
from afternext.displacement.flee_settings import read_settings
from afternext.displacement.model import run_model, set_stage
from afternext.displacement.scores import ard, both_ards, coverage, crps_log, interval, rescale
from afternext.errors import UsageError
from afternext.scenario.importers.flee_folder import read_flee

if TYPE_CHECKING:
    from collections.abc import Callable

    from afternext.displacement.case import Floats, Ints

Capacities = Literal["given", "none"]
Arrivals = Literal["given", "modelled"]
RuleSet = Literal["afternext", "flee"]
MEMBERS = 100  # of the ensemble behind the intervals
SHARES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Forecast:
    """What a forecast of a case says and how it scores.

    Attributes
    ----------
    central : (seeds, days, camps) people in camps, luck alone differs
    quantiles : (``SHARES``, days, camps) of the ensemble with all uncertainty
    scored_from : first day that is scored
    arrived : people counted as arriving, and the median and 80 % interval of the model where it is asked
    rivals : CRPS on log1p of each baseline
    fair : baselines that know no more than the forecast did
    """

    case: Case
    central: Floats
    quantiles: Floats
    scored_from: int
    ard: dict[str, float]
    baselines: dict[str, float]
    rivals: dict[str, float]
    fair: tuple[str, ...]
    coverage80: float
    crps_log: float
    people: int
    seconds: float
    arrived: tuple[float, float, float, float] | None
    left_out: bool
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for ``--json``."""
        return {
            "ard": {name: round(value, 6) for name, value in self.ard.items()},
            "baselines": {name: round(value, 6) for name, value in self.baselines.items()},
            "coverage80": round(self.coverage80, 6),
            "crps_log": round(self.crps_log, 6),
            "people": self.people,
            "seconds": round(self.seconds, 4),
        }


def displace(
    folder: str | Path,
    *,
    capacities: Capacities = "none",
    arrivals: Arrivals = "given",
    observe_until: int | None = None,
    rules: RuleSet = "afternext",
    seeds: int = 10,
    members: int = MEMBERS,
) -> Forecast:
    """Run a FLEE folder and score it.

    Parameters
    ----------
    folder : the folder that holds ``input_csv`` and ``source_data``
    capacities : whether camps are full at the capacity the folder gives (mostly the maximum of what is
        forecast)
    arrivals : whether the number who arrive is the one counted, or comes from the model too
    observe_until : the camps are known up to this day, and scored after it
    rules : the world's movement process, or FLEE's own rules as a reference
    seeds : runs that differ in luck alone; the ARD is their mean
    members : runs behind the intervals, which differ in all that is uncertain

    Raises
    ------
    UsageError, InvalidInput
    """
    case = make_case(read_flee(folder))
    until = observe_until
    if seeds < 1:
        raise UsageError(f"--seeds {seeds}: at least one run is needed")
    if until is not None and not 0 <= until < case.days - 1:
        raise UsageError(f"--observe-until {until}: the period has the days 0 to {case.days - 1}")
    if rules == "flee" and (until is not None or arrivals == "modelled"):
        raise UsageError("--rules flee knows neither --observe-until nor --arrivals modelled")
    since = 0 if until is None else until + 1
    given = arrivals == "given"
    if rules == "flee":
        settings = read_settings(case.folder.path)

        def one(luck: int) -> Floats:
            return run_flee(case, settings, capacities == "given", 1, luck).astype(np.float64)

        one(0)  # compiles
        central, seconds = _timed(one, seeds)
        ensemble = central
        arrived = None
    else:
        central, ensemble, seconds, arrived = _afternext(case, capacities, given, until, seeds, members)
    told = rescale(ensemble, np.broadcast_to(case.data, ensemble.shape)) if given else ensemble
    low, high = interval(told)
    shares = baselines(case)
    rivals = {name: forecast(share, case.data) for name, share in shares.items()}
    return Forecast(
        case=case,
        central=central,
        quantiles=np.quantile(told, SHARES, axis=0),
        scored_from=since,
        ard=both_ards(central, case.data, since),
        baselines={name: ard(rival, case.data, since) for name, rival in rivals.items()},
        rivals={name: crps_log(rival[None], case.data, since) for name, rival in rivals.items()},
        fair=_fair(capacities, until),
        coverage80=coverage(low, high, case.data, since),
        crps_log=crps_log(told, case.data, since),
        people=round(float(central[:, -1].sum(axis=-1).mean())),
        seconds=seconds,
        arrived=arrived,
        left_out=rules == "afternext" and is_left_out(case),
        notes=_notes(case, rules),
    )


def _afternext(
    case: Case, capacities: Capacities, given: bool, until: int | None, seeds: int, members: int
) -> tuple[Floats, Floats, float, tuple[float, float, float, float] | None]:
    """Return the central runs, the ensemble, seconds a run, and arrivals counted and modelled."""
    fit = fitted(case)
    stage = set_stage(case, capacities=capacities == "given")
    median = None if given else modelled(case, fit, until, np.random.default_rng(0), luck=False)

    def one(luck: int) -> Floats:
        return run_model(stage, fit.pull, seed=1, luck=luck, arrivals=median, observed_until=until)

    one(0)  # compiles
    central, seconds = _timed(one, seeds)
    spread = fit.spread if until is None else fit.kept_spread
    drawn: list[Ints] = []

    def member(luck: int) -> Floats:
        rng = np.random.default_rng((2, luck))
        appeal = spread * rng.standard_normal(len(case.camps))
        pull = fit.pull._replace(kept=min(1.0, 2.0 * fit.pull.kept * rng.random()))
        people = None
        if not given:
            people = modelled(case, fit, until, rng)
            drawn.append(people)
        return run_model(stage, pull, seed=2, luck=luck, arrivals=people, observed_until=until, appeal=appeal)

    ensemble = np.array([member(luck) for luck in range(members)])
    arrived = None
    if not given and median is not None:
        begin = 0 if until is None else until + 1
        totals = [int(people[begin:].sum()) for people in drawn]
        counted = float(spawned(case.data)[begin:].sum())
        low, high = np.quantile(totals, (0.1, 0.9))
        arrived = (counted, float(median[begin:].sum()), float(low), float(high))
    return central, ensemble, seconds, arrived


def _fair(capacities: Capacities, until: int | None) -> tuple[str, ...]:
    """Return the baselines that know no more than the forecast does."""
    known = {"equal": True, "capacity": capacities == "given", "gravity": True}
    days = {f"day{day}": until is not None and until >= day for day in (7, 30)}
    return tuple(name for name, fair in {**known, **days}.items() if fair)


def _timed(run: Callable[[int], Floats], seeds: int) -> tuple[Floats, float]:
    """Return the runs of every seed and the seconds of one."""
    began = time.perf_counter()
    central = np.array([run(luck) for luck in range(seeds)])
    return central, (time.perf_counter() - began) / seeds


def _notes(case: Case, rules: RuleSet) -> tuple[str, ...]:
    notes = [str(warning) for warning in case.folder.warnings]
    if not (case.intensity.sum(axis=0) * case.population).any():
        notes.append("nobody lives where there is conflict, so nobody leaves")
    if rules == "afternext":
        countries = [case.folder.places[i].country for i in case.camps]
        countries = [country for country in countries if country != case.folder.home]
        missing = unknown(case.folder.home, countries, case.folder.start)
        if missing:
            notes.append(f"borders.csv knows no ties of {case.folder.home} with {', '.join(missing)}")
    return tuple(notes)
