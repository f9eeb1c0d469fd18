"""How forecasts fare on windows that end before a freeze: futures alone, the past alone, and pools of both.

A scenario is wound back to each start, its later incidents are taken out, and it is played ahead; what
happened in the window is what the scenario itself lists up to its freeze. Nothing after the freeze is read.

python scripts/pool_windows.py iraq-2014-06-05 2013-12-29 2014-02-01 2014-03-05 2014-04-05 2014-05-05
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from afternext.ensemble.run import run as play
from afternext.evidence.rewind import CAPTURE, rewind
from afternext.forecast.answers import Answers, equally_likely
from afternext.forecast.baselines import Baselines
from afternext.forecast.pooled import between
from afternext.forecast.questions import questions_of
from afternext.forecast.scores import crps_log1p
from afternext.scenario import load

LEADS = (7, 30, 60, 90)
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


def counted(scenario: Any, on: date) -> float:
    """People newly displaced up to a day, on the line between the rows of history that begin the series."""
    rows = [row for row in scenario.history if row.measure == "newly_displaced"]
    if not rows:
        return float("nan")
    start = min(row.start for row in rows)
    known = sorted((row.end.toordinal(), float(row.value)) for row in rows if row.start == start)
    days, values = zip((start.toordinal(), 0.0), *known, strict=True)
    return float(np.interp(on.toordinal(), days, values))


def window(scenario: Any, told: Any, start: date, futures: int, folder: Path) -> tuple[list[Any], list[Any]]:
    """Chances of a change of hands with what came, and people displaced, from one start."""
    end = min(scenario.freeze, start + timedelta(days=max(LEADS)))
    before = tuple(item for item in scenario.incidents if item.date is not None and item.date < start)
    crisis = rewind(scenario, start).scenario.model_copy(update={"incidents": before})
    run = play(crisis, futures=futures, seed=1, until=end, workers=1, out=folder / str(start))
    answers, simple = Answers(run), Baselines(Answers(run).past)
    fell: dict[str, int] = {}
    for item in sorted((i for i in scenario.incidents if i.date), key=lambda i: i.date):
        if item.kind == CAPTURE and start <= item.date <= end:
            fell.setdefault(item.place, (item.date - start).days)
    towns, people = [], []
    leads = tuple(day for day in LEADS if day <= (end - start).days)
    for question in questions_of(crisis, horizons=leads):
        day, past = question.day(start), answers.past
        if question.id.startswith("holds."):
            rival = simple.forecasts(question)["reference_class"]["p"]
            stays = float(fell.get(str(question.place), day + 1) > day)
            towns.append((day, answers.forecast(question)["p"], rival, stays))
        elif question.id in [f"idps.{lead}" for lead in leads] and past.stock() > 0:
            came = past.stock() + counted(told, past.date(day)) - counted(told, start)
            values = answers.forecast(question)["values"], simple.forecasts(question)["climatology"]["values"]
            people.append((day, *values, came))
    return towns, people


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("scenario")
    words.add_argument("starts", nargs="+", type=date.fromisoformat)
    words.add_argument("--futures", type=int, default=32)
    words.add_argument("--counts", help="scenario whose history tells of displacement up to its own freeze")
    asked = words.parse_args()
    scenario = load(asked.scenario)
    told = load(asked.counts) if asked.counts else scenario
    print("start       lead  flips  said | Brier of weights", *WEIGHTS)
    with TemporaryDirectory() as folder:
        for start in asked.starts:
            towns, people = window(scenario, told, start, asked.futures, Path(folder))
            for lead in dict.fromkeys(row[0] for row in towns):
                p, q, came = np.array([row[1:] for row in towns if row[0] == lead]).T
                scores = [
                    np.mean([(between(a, b, w) - c) ** 2 for a, b, c in zip(p, q, came, strict=True)])
                    for w in WEIGHTS
                ]
                cells = " ".join(f"{score:.4f}" for score in scores)
                print(f"{start}  {lead:4d}  {(1 - came).sum():5.0f} {(1 - p).sum():5.1f} | {cells}")
            for lead, mine, past, came in people:
                mixed = equally_likely(np.array([*mine, *past]), np.full(len(mine) + len(past), 1.0))
                scores = [float(crps_log1p(np.array(values), came)) for values in (past, mixed, mine)]
                cells = " ".join(f"{score:.2f}" for score in scores)
                print(f"{start}  {lead:4d}  displaced {came:,.0f}; CRPS past, half, futures: {cells}")


if __name__ == "__main__":
    main()
