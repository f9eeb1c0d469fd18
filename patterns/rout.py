"""Rout, raid and siege: the same rules for an army that runs, one that shrugs and one that holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from afternext.brief.style import BLUE, SMALL, VERMILLION
from afternext.ensemble.sample import Sampler
from afternext.scenario import load
from afternext.scenario.schema import Incident, Scenario
from afternext.scenario.values import Uniform
from afternext.world import compile_scenario
from afternext.world.events import BROKEN, FALL
from patterns.harness import Floats, Lab, Pattern, Reading, evidence_of, make_claim, make_pattern, read
from patterns.probe import crisis, force, garrison, road
from patterns.probe import place as stop

NAME = "rout"
EARLY = "iraq-2014-06-05"
LATE = "iraq-2014"
START = 1  # day of a scripted attack
WEEK = 7
CASCADE = 4  # days in which a cascade is over
SOON = 14  # days of false alarms
SIEGE = 150  # days, January to May 2014
JANUARY = date(2014, 1, 5)
MASSED = Uniform(400, 1500)  # fighters of an attack
PARTY = Uniform(150, 400)  # of a raid
ON_PAPER = {"uniform": [25_000, 75_000]}  # persons: 17 to 190 for each attacker
HOLLOW = {"present": {"uniform": [0.2, 0.5]}, "cohesion": {"uniform": [0.1, 0.3]}}
WILLING = {"present": 0.9, "cohesion": 0.85}
ONLY_SCRIPT = {  # forces break, retreat and fill, but start nothing by themselves
    name: {"value": 0.0, "why": "a probe scripts its attacks"}
    for name in ("attack_insurgent", "attack_regular")
}
ABLATIONS: Mapping[str, Mapping[str, float]] = {
    "all as it is": {},
    "cohesion: the army willing (0.85)": {"forces.isf.cohesion": 0.85, "cohesion_spread": 0.3},
    "absence: all men there": {"forces.isf.present": 1.0},
    "contagion: others' breaking is not heard of": {"contagion": 0.0},
    "leadership: a lost seat shocks nobody": {"lead_shock": 0.0},
    "surprise: none": {"surprise": 0.0},
    "envelopment: held roads do not count": {"envelopment_weight": 0.0},
    "grudge: hostile people do not count": {"grudge_weight": 0.0},
}

known = partial(evidence_of, NAME)


@dataclass(frozen=True)
class Told:
    """What the futures of one case left: events and weekly holders."""

    events: Sequence[NDArray[Any]]
    holders: NDArray[Any]  # (future, snapshot, place)
    places: tuple[str, ...]
    countries: tuple[str, ...]

    def index(self, name: str) -> int:
        return self.places.index(name)

    def lost(self, name: str, days: int) -> Floats:
        """Whether the garrison of a place broke or fell by the end of a day, 0 or 1 for each future."""
        here = self.index(name)
        return np.array(
            [
                float(((e["place"] == here) & np.isin(e["kind"], (FALL, BROKEN)) & (e["day"] <= days)).any())
                for e in self.events
            ]
        )

    def count(self, kinds: Sequence[int], days: int, country: str = "") -> Floats:
        """Events of some kinds by the end of a day."""
        inside = np.array([not country or c == country for c in self.countries])
        return np.array(
            [
                float((np.isin(e["kind"], kinds) & (e["day"] <= days) & inside[e["place"]]).sum())
                for e in self.events
            ]
        )


def tell(lab: Lab, scenario: Scenario, days: int, overrides: Mapping[str, float] | None = None) -> Told:
    """Play one case and keep its events; points and luck are those of the case without overrides."""
    lab.cases += 1
    world = compile_scenario(scenario, days=days, overrides=overrides)
    plain = compile_scenario(scenario, days=days)
    columns = {experiment.name: k for k, experiment in enumerate(plain.experiments)}
    rows = Sampler(world.experiments, lab.seed, columns=columns).rows(0, lab.futures)
    outcomes = [world.simulate(row, lab.seed, luck) for luck, row in enumerate(rows)]
    return Told(
        [o.events for o in outcomes],
        np.stack([o.arrays["place_holder"] for o in outcomes]),
        tuple(p.id for p in scenario.places),
        tuple(p.country for p in scenario.places),
    )


def with_incidents(base: Scenario, *more: Incident) -> Scenario:
    return base.model_copy(update={"incidents": (*base.incidents, *more)})


def strike(kind: str, place: str, fighters: Uniform, by: str = "isis") -> Incident:
    return Incident(kind=kind, place=place, by=by, day=START, fighters=fighters)


def january() -> Scenario:
    """Return the shipped crisis wound back to January: later incidents and displacement taken out."""
    base = load(EARLY)
    return base.model_copy(
        update={
            "freeze": JANUARY,
            "incidents": tuple(i for i in base.incidents if i.date is not None and i.date <= JANUARY),
            "displaced": tuple(d for d in base.displaced if d.since <= JANUARY),
            "claims": (),
            "history": (),
        }
    )


def garrisoned(name: str, kind: str = "attack", fighters: Uniform = MASSED, **army: Any) -> Scenario:
    """Return a city of 1.2 million with a large garrison, smaller ones behind it, raiders in the waste."""
    towns = {f"town_{k}": 40_000 + 15_000 * k for k in range(6)}
    return crisis(
        name,
        people=["city"],
        forces={
            "army": force("Army", "army", **army),
            "raiders": force("Raiders", "insurgent", cohesion={"uniform": [0.5, 0.95]}, present=0.9),
        },
        hostile=[("army", "raiders")],
        places=[
            stop("city", 0, {"city": 1_200_000}, admin="north"),
            *(
                stop(t, 40 + 45 * k, {"city": n}, admin="north" if k < 3 else "centre", side=10 * (k % 2))
                for k, (t, n) in enumerate(towns.items())
            ),
            stop("capital", 360, {"city": 3_000_000}, admin="centre"),
            stop("waste", -55, {"city": 30_000}, admin="waste"),
        ],
        routes=[
            road("waste", "city", 60),
            road("city", "town_0", 45),
            road("city", "town_1", 95),
            *(road(f"town_{k}", f"town_{k + 1}", 50) for k in range(5)),
            road("town_5", "capital", 110),
        ],
        holders={"waste": "raiders"},
        presence=[
            garrison("city", "army", ON_PAPER),
            *(garrison(t, "army", 2500) for t in towns),
            garrison("capital", "army", 20_000),
            garrison("waste", "raiders", 6000),
        ],
        incidents=[
            {
                "kind": kind,
                "place": "city",
                "by": "raiders",
                "day": START,
                "fighters": {"uniform": [fighters.low, fighters.high]},
            }
        ],
        parameters=ONLY_SCRIPT,
    )


def routed(lab: Lab, overrides: Mapping[str, float] | None = None, **what: Any) -> Reading:
    """Read whether the city is lost within a week of the attack."""
    return read(
        tell(lab, garrisoned("hollow", **what), 30, overrides).lost("city", START + WEEK + 2), known("hollow")
    )


def cascade(told: Told, days: int) -> tuple[Floats, Floats]:
    """Return breaks beside the first, and the share of them within CASCADE days of the first, %."""
    more = np.zeros(len(told.events))
    early = np.full(len(told.events), np.nan)
    for k, e in enumerate(told.events):
        day = np.sort(e["day"][(e["kind"] == BROKEN) & (e["day"] <= days)])
        if len(day) > 1:
            more[k] = len(day) - 1
            early[k] = 100.0 * (day[1:] <= day[0] + CASCADE).mean()
    return more, early


def of_cascades(early: Floats) -> Reading:
    """Read the futures in which there was a cascade; nan where there was none."""
    seen = early[np.isfinite(early)]
    return read(seen if len(seen) else np.array([np.nan]), known("ends"))


def percent(values: Floats) -> str:
    return f"{100 * values.mean():.0f}"


def spread(values: Floats, digits: int = 0) -> str:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def shipped(lab: Lab) -> tuple[list[str], list[Floats]]:
    """Return the table of the shipped crisis: an attack, a raid, a siege, and towns that were threatened."""
    early = load(EARLY)
    attack = with_incidents(early, strike("attack", "mosul", MASSED))
    raid = with_incidents(early, strike("raid", "samarra", PARTY))
    free = tell(lab, early, START + WEEK + 2)
    rows = []
    falls = []
    end = START + WEEK + 2
    for label, overrides in ABLATIONS.items():
        one = tell(lab, attack, 30, overrides)
        two = tell(lab, raid, 30, overrides)
        rows.append(
            f"| {label} | {percent(one.lost('mosul', end))} | {percent(two.lost('samarra', end))} |"
            f" {spread(one.count((BROKEN,), 30, 'IQ'))} | {percent(cascade_share(one))} |"
        )
        falls.append(one.count((BROKEN,), 30, "IQ"))
    rows.append(
        f"| no attack scripted | {percent(free.lost('mosul', end))} | {percent(free.lost('samarra', end))} |"
        f" {spread(free.count((BROKEN,), end, 'IQ'))} in {end} days | |"
    )
    siege = tell(lab, january(), SIEGE)
    iraq = np.array([c == "IQ" for c in siege.countries])
    changed = (siege.holders[:, -1] != siege.holders[:, 0]) & iraq
    same = {p: ~changed[:, siege.index(p)] for p in ("fallujah", "ramadi")}
    rows += [
        "",
        f"From 5 January 2014, {SIEGE} days, nothing scripted (the crisis wound back; later incidents and"
        " displacement taken out): same holder at the end in"
        f" {percent(same['fallujah'])} % of futures in Fallujah, {percent(same['ramadi'])} % in Ramadi,"
        f" {percent(same['fallujah'] & same['ramadi'])} % in both. Places of Iraq that changed hands:"
        f" {spread(changed.sum(axis=1).astype(float))}; about three did.",
        "",
        "**Non-events**: towns that fell in the first two weeks, nothing scripted (all places of Iraq):",
        "",
        "| freeze | places that fell or broke | mean share of places, % | futures without any, % |",
        "|---|---:|---:|---:|",
    ]
    for name in (EARLY, LATE):
        told = tell(lab, load(name), SOON)
        iraq = np.array([c == "IQ" for c in told.countries])
        lost = np.array(
            [
                len({int(i) for i in e["place"][np.isin(e["kind"], (FALL, BROKEN))] if i >= 0 and iraq[i]})
                for e in told.events
            ],
            dtype=float,
        )
        rows.append(
            f"| {name} | {spread(lost)} | {100 * lost.mean() / iraq.sum():.1f} | {percent(lost == 0)} |"
        )
    return rows, falls


def cascade_share(told: Told) -> Floats:
    """Share of futures in which more than one garrison broke: as a flag for each."""
    return (cascade(told, 30)[0] > 0).astype(float)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Measure the claims about armies that break."""
    whole = tell(lab, garrisoned("hollow", **HOLLOW), 30)
    more, early = cascade(whole, 30)
    claims = [
        make_claim(
            NAME,
            "hollow",
            read(whole.lost("city", START + WEEK + 2), known("hollow")),
            {
                "the same men trust each other (cohesion 0.85)": routed(
                    lab, {"forces.army.cohesion": 0.85}, **HOLLOW
                ),
                "nobody is surprised (surprise = 0)": routed(lab, {"surprise": 0.0}, **HOLLOW),
            },
            {
                "a willing garrison, all there": routed(lab, **WILLING),
                "a raid by 150-400": routed(lab, kind="raid", fighters=PARTY, **HOLLOW),
            },
        ),
        make_claim(
            NAME,
            "ends",
            of_cascades(early),
            {"panic does not fade (panic_half_life = 60 days)": ends_with(lab, {"panic_half_life": 60.0})},
            {"nobody hears of it (contagion = 0)": ends_with(lab, {"contagion": 0.0, "lead_shock": 0.0})},
            [
                f"Of the futures in which the first breaks; others broke in {percent(more > 0)} % of all:"
                f" {spread(more)} garrisons beside the first."
            ],
        ),
    ]
    rows, falls = shipped(lab)
    closing = [
        "**The shipped crisis, whole prior** (no verdict rests on this: that Mosul fell is known since).\n",
        "| 5 June 2014 | Mosul lost within a week of an attack by 400-1,500, % |"
        " Samarra lost within a week of a raid by 150-400, % | garrisons of Iraq that broke in 30 days |"
        " futures in which more than one did, % |",
        "|---|---:|---:|---:|---:|",
        *rows,
    ]
    return make_pattern(NAME, claims, ["\n".join(closing)]), {"hollow": whole, "falls": falls}


def ends_with(lab: Lab, overrides: Mapping[str, float]) -> Reading:
    return of_cascades(cascade(tell(lab, garrisoned("hollow", **HOLLOW), 30, overrides), 30)[1])


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: when garrisons of the probe break. Right: how many break in the shipped crisis, by ablation."""
    del pattern
    days = np.concatenate([e["day"][e["kind"] == BROKEN] for e in cases["hollow"].events])
    left.hist(days, bins=np.arange(0.5, 31.5), color=BLUE, alpha=0.6)
    left.set_xlabel("day (attack ordered on day 1)", fontsize=SMALL)
    left.set_title("Garrisons that break, by day, all futures", fontsize=SMALL, loc="left")
    for k, values in enumerate(cases["falls"]):
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        right.plot([low, high], [k, k], color=BLUE, linewidth=3, alpha=0.4)
        right.plot(middle, k, "o", color=VERMILLION, markersize=5)
    right.set_yticks(range(len(ABLATIONS)), [label.split(":")[0] for label in ABLATIONS], fontsize=SMALL)
    right.set_xlabel("garrisons of Iraq that break in 30 days", fontsize=SMALL)
