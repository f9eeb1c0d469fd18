"""How sure a run is, and what it cannot say; each line follows from the run or from the model's own pages."""

from __future__ import annotations

from afternext.brief.access import RunLike, counted, worth
from afternext.brief.reach import OF_A_PLACE, OF_A_ROAD
from afternext.brief.tables import PLANNING
from afternext.brief.words import long_date
from afternext.ensemble.quantiles import carried
from afternext.ensemble.weights import share_word


def limits(run: RunLike) -> list[str]:
    """What the numbers cannot say."""
    scenario = run.scenario
    few = [name for name, q in PLANNING.items() if not carried(q, worth(run))]
    out = [
        f"A {share_word(run.weights)} counts simulated futures. It is not yet a chance in the world: no "
        "forecast made this way has been scored.",
        f"The model is told nothing that was published after {long_date(scenario.freeze)}.",
        "What people do under a given danger is the part with most evidence behind it; how armed forces "
        "fight and hold rests on few cases.",
        (
            "What governments and outside powers want, and what they expect of a move, is judgement, drawn "
            "anew for each future; no power reads another's mind."
            if scenario.powers
            else "No government or outside power acts in this scenario."
        ),
        "Who is not in the scenario is not in the result. An empty cell means not modelled, not nobody.",
        "Ranges hold the declared uncertainties only. Surprises of another kind lie outside, so ranges "
        "are rather too narrow than too wide.",
        "Areas on maps are what lies nearest to a place, and at most "
        f"{OF_A_PLACE:g} km from it or {OF_A_ROAD:g} km from a road: no front lines, no administrative "
        "borders.",
        "Rows of planning tables do not add up to the total: quantiles come after the sums in each future.",
    ]
    if few:
        names = " and ".join(few)
        out.append(f"{counted(run)} are too few for the figures called {names}; they are left out.")
    if run.failed:
        out.append(f"{len(run.failed)} futures failed and are not in the numbers; the manifest names them.")
    return out


def sureness(run: RunLike) -> list[str]:
    """How sure, and why: counts from the scenario's own marks."""
    scenario = run.scenario
    marks = [place.confidence or "not given" for place in scenario.places if place.population > 0]
    counts = ", ".join(
        f"{marks.count(mark)} {mark}" for mark in ("high", "medium", "low", "not given") if mark in marks
    )
    out = [
        f"{counted(run)} over {len(run.experiments.columns)} uncertain inputs; every input is drawn "
        "anew for each future.",
        f"Confidence of the figures of {len(marks)} inhabited places, as the scenario marks it: {counts}.",
    ]
    if scenario.claims:
        weak = sum(1 for claim in scenario.claims if str(claim.reliability) in "DEF")
        out.append(
            f"{len(scenario.claims)} published claims stand behind the starting point"
            + (f", {weak} of them from sources of low reliability." if weak else ".")
        )
    return out
