"""One in fifty: how many would stand for their city, what keeps them from it, and would it hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, ORANGE, SLATE, SMALL, VERMILLION
from afternext.scenario.schema import Scenario
from patterns.harness import (
    Flags,
    Floats,
    Lab,
    Pattern,
    Played,
    Reading,
    evidence_of,
    make_claim,
    make_pattern,
    read,
    share,
)
from patterns.probe import crisis, force, garrison, incident, place, road

NAME = "one_in_fifty"
CITY = 500_000
MEN = 0.245  # men aged 15-49 among all people
MONTH_ON = 28  # days from the first alarm to the attack
YEAR_ON = 364
WEEK = 7
AFTER = 56  # days from the attack to the look at who holds the city
ATTACKERS = 1500
FEWEST = 0.003  # % of men: fewer are drawn as this many
MARKS = (0.01, 0.1, 1, 10)
TWELFTH = 8.3  # % of men: one in fifty of all persons
BAND = (6.0, 11.0)  # % of men that count as about one in twelve
EXPLANATIONS = ("fatalism", "counterweight", "coordination")
QUIET = {
    name: {"value": value, "why": "a probe scripts its attacks"}
    for name, value in (("attack_insurgent", 0.0), ("attack_regular", 0.0), ("men_share", MEN))
}
HOLLOW: dict[str, Any] = {"present": {"uniform": [0.3, 0.8]}, "cohesion": {"uniform": [0.2, 0.6]}}
WILLING: dict[str, Any] = {"present": 0.9, "cohesion": 0.85}
SHUT_OUT = {"triangular": [0.3, 0.7, 0.9]}
NEEDED = {"felt_danger": 1e-6}  # everybody feels needed, however little is feared
RALLIED = {**NEEDED, "standing_share": 1.0, "pool_share": 0.09, "lesser_evil": 0.0}  # about one man in twelve

known = partial(evidence_of, NAME)


def city(
    name: str,
    word: str = "persecuted",
    *,
    attack: int = MONTH_ON,
    organised: float = 0.0,
    paid: float = 0.0,
    protected: bool = False,
    threatened: bool = True,
    fire: bool = False,
) -> Scenario:
    """Return a city of 500,000, shut out of power, 60 km from a town that an insurgent has taken today.

    word : how the insurgent treats the city's people      attack : day on which 1,500 of his men attack it
    fire : a week of fighting in the city every month of a year, and no such attack
    """
    army: dict[str, Any] = WILLING if protected else HOLLOW
    attacks = [incident("attack", "city", "raiders", attack) | {"fighters": ATTACKERS}]
    if fire:
        attacks = [
            incident("fighting", "city", "raiders", day, WEEK, 0.3) for day in range(0, YEAR_ON, MONTH_ON)
        ]
    return crisis(
        name,
        people=["city", "country"],
        forces={
            "army": force("Army", "army", **army),
            "raiders": force("Raiders", "insurgent", {"city": word}, cohesion=0.8),
        },
        hostile=[("army", "raiders")],
        places=[
            place("city", 0, {"city": CITY}, admin="plain"),
            place("edge", 60, {"country": 40_000}, admin="plain"),
            place("rear", -70, {"country": 200_000}, admin="plain"),
            place("capital", -200, {"country": 2_000_000}, admin="centre"),
        ],
        routes=[road("city", "edge", 60), road("city", "rear", 70), road("rear", "capital", 130)],
        holders={"edge": "raiders"} if threatened else {},
        presence=[
            garrison("city", "army", 9000 if protected else 3000),
            garrison("capital", "army", 20_000),
            *([garrison("edge", "raiders", 3500)] if threatened else []),
        ],
        incidents=[incident("capture", "edge", "raiders", -1), *attacks] if threatened else [],
        parameters=QUIET,
        communities={
            "city": {
                "name": "City",
                "kin": {"country": 1.0},
                "excluded": SHUT_OUT,
                "organised": organised,
                "paid": paid,
            },
            "country": {"name": "Country", "kin": {"city": 1.0}},
        },
    )


def standing(played: Played, day: int) -> Floats:
    """Men of the city under arms on a day, % of its men aged 15-49 at the start."""
    return 100.0 * played.at("place_defenders", day, "city") / (MEN * CITY)


def holds(played: Played, attack: int) -> Flags:
    """Whether the city is still held by the army eight weeks after the attack."""
    held: Flags = played.at("place_holder", attack + AFTER, "city") == 0
    return held


def without(*names: str) -> dict[str, float]:
    """Return the switches that take some explanations away."""
    return {f"explain_{name}": 0.0 for name in names}


def spread(values: Floats, digits: int = 2) -> str:
    """Return median and 5-95 % in words."""
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def half_time(played: Played, last: int) -> Floats:
    """Days until half of those who stand on the last day stood; nan where hardly anybody does."""
    days = [day for day in played.snapshots if day <= last]
    armed = np.stack([played.at("place_defenders", day, "city") for day in days], axis=1)
    reached = armed >= 0.5 * armed[:, -1:]
    first = np.array(days, dtype=float)[reached.argmax(axis=1)]
    return np.where(armed[:, -1] >= 200, first, np.nan)


def explain(lab: Lab, word: str) -> tuple[list[str], dict[str, Played]]:
    """Take explanations away one at a time, and all but one; return what that says, and the cases."""
    days = MONTH_ON + 2
    cases = {
        off: lab.play(city(f"city_{word}", word), days, without(*off))
        for off in (
            tuple(name for name, gone in zip(EXPLANATIONS, flags, strict=True) if gone)
            for flags in product((0, 1), repeat=3)
        )
    }
    at = {off: standing(played, MONTH_ON) for off, played in cases.items()}
    gap = at[EXPLANATIONS] - at[()]
    counts = gap > 0.02
    needed = standing(lab.play(city(f"city_{word}", word), days, NEEDED), MONTH_ON)
    all_needed = standing(
        lab.play(city(f"city_{word}", word), days, without(*EXPLANATIONS) | NEEDED), MONTH_ON
    )
    lines = [
        f"To whom the insurgent is *{word}*: {spread(at[()])} % of men stand on the day of the attack, "
        f"{spread(at[EXPLANATIONS])} % with all three explanations taken away. Shares of that gap, "
        f"median (5-95 %) over the {100 * counts.mean():.0f} % of futures with a gap:"
    ]
    for name in EXPLANATIONS:
        rest = tuple(other for other in EXPLANATIONS if other != name)
        first = (at[(name,)] - at[()])[counts] / gap[counts]
        last = (at[EXPLANATIONS] - at[rest])[counts] / gap[counts]
        lines.append(
            f"- {name}: {spread(100 * first, 0)} % when it is taken away first, "
            f"{spread(100 * last, 0)} % when last."
        )
    lines.append(
        f"\nA fourth reason, that most do not feel needed before the attack (`felt_danger`): with everybody "
        f"feeling needed {spread(needed)} % stand, without the other three as well {spread(all_needed)} %.\n"
    )
    return lines, {"-".join(off) or "none": played for off, played in cases.items()}


def levers(lab: Lab) -> tuple[list[str], dict[str, Played]]:
    """Add help step by step; return what each makes of standing, holding and reprisals, and the cases."""
    kinds: dict[str, tuple[dict[str, Any], dict[str, float], int]] = {
        "nothing, a month of warning": ({}, {}, MONTH_ON),
        "an organiser, a month": ({"organised": 1.0}, {}, MONTH_ON),
        "an organiser, a year": ({"organised": 1.0, "attack": YEAR_ON}, {}, YEAR_ON),
        "an organiser, a year, hope": ({"organised": 1.0, "attack": YEAR_ON}, {"hope_start": 0.8}, YEAR_ON),
        "an organiser, a year, pay": ({"organised": 1.0, "paid": 1.0, "attack": YEAR_ON}, {}, YEAR_ON),
        "an organiser, a year, a protector": (
            {"organised": 1.0, "protected": True, "attack": YEAR_ON},
            {},
            YEAR_ON,
        ),
        "all of these": (
            {"organised": 1.0, "paid": 1.0, "protected": True, "attack": YEAR_ON},
            {"hope_start": 0.8},
            YEAR_ON,
        ),
    }
    cases, lines = {}, []
    for label, (facts, overrides, attack) in kinds.items():
        played = lab.play(city("city_levers", **facts), attack + AFTER + 2, overrides)
        cases[label] = played
        stand = standing(played, attack)
        lost = played.arrays["defenders_lost"][:, attack + AFTER]
        paid_for = played.arrays["reprisals"][:, attack + AFTER]
        lines.append(
            f"| {label} | {spread(stand)} | {100 * (stand >= 0.3).mean():.0f} | "
            f"{100 * (stand >= TWELFTH).mean():.0f} | {100 * holds(played, attack).mean():.0f} | "
            f"{spread(lost, 0)} | {spread(paid_for, 0)} |"
        )
    return lines, cases


def one_in_twelve(lab: Lab) -> tuple[dict[str, Flags], list[str]]:
    """Let about one man in twelve stand, and look at who holds; return that for each kind of help."""
    kept, lines = {}, []
    for label, protected in (("alone beside a hollow garrison", False), ("with a willing garrison", True)):
        scenario = city("city_rallied", organised=1.0, protected=protected)
        days = MONTH_ON + AFTER + 2
        rallied = lab.play(scenario, days, RALLIED)
        nobody = lab.play(scenario, days, {"pool_share": 0.0})
        stand = standing(rallied, MONTH_ON)
        there = (stand >= BAND[0]) & (stand <= BAND[1])
        kept[label] = there
        held, bare = holds(rallied, MONTH_ON)[there], holds(nobody, MONTH_ON)[there]
        lost = rallied.arrays["defenders_lost"][there, MONTH_ON + AFTER]
        paid_for = rallied.arrays["reprisals"][there, MONTH_ON + AFTER]
        if not there.any():
            continue
        lines.append(
            f"| {label} | {there.sum()} | {100 * held.mean():.0f} | {100 * bare.mean():.0f} | "
            f"{spread(lost, 0)} | {spread(paid_for, 0)} |"
        )
        kept[f"{label}: held"] = held
    return kept, lines


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    told: list[str] = []
    cases: dict[str, Played] = {}
    for word in ("ordinary", "persecuted"):
        lines, some = explain(lab, word)
        told += lines
        cases |= {f"{word} {label}": played for label, played in some.items()}
    rows, helped = levers(lab)
    cases |= helped
    _, twelve = one_in_twelve(lab)
    year: dict[str, Any] = {"organised": 1.0, "fire": True}
    helped_year = {**year, "paid": 1.0, "protected": True}
    days = YEAR_ON + 2
    organised = lab.play(city("city_fire", **year), days)
    helped_most = lab.play(city("city_fire", **helped_year), days)
    own = lab.play(city("own", "own", **year), days)
    own_helped = lab.play(city("own", "own", **helped_year), days)
    calm = lab.play(city("calm", organised=1.0, paid=1.0, protected=True, threatened=False), days)
    alone = lab.play(city("city_fire", fire=True), days)

    def stood(name: str, played: Played) -> Reading:
        return read(standing(played, YEAR_ON), known(name))

    own_kind, nobody_near = "the insurgent is one of their own", "no enemy within reach"

    def short(played: Played, day: int = MONTH_ON) -> Reading:
        return read(standing(played, day), known("short"))

    def months(played: Played) -> Reading:
        return read(half_time(played, YEAR_ON), known("months"))

    claims = [
        make_claim(
            NAME,
            "unpaid",
            stood("unpaid", organised),
            {"nobody organises": stood("unpaid", alone)},
            {nobody_near: stood("unpaid", calm), own_kind: stood("unpaid", own)},
        ),
        make_claim(
            NAME,
            "paid",
            stood("paid", helped_most),
            {"without pay and protector": stood("paid", organised)},
            {nobody_near: stood("paid", calm), own_kind: stood("paid", own_helped)},
        ),
        make_claim(
            NAME,
            "short",
            short(cases["persecuted none"]),
            {"no coordination problem (explain_coordination = 0)": short(cases["persecuted coordination"])},
            {"a year under fire, with organiser, pay and protector": short(helped_most, YEAR_ON)},
        ),
        make_claim(
            NAME,
            "months",
            months(organised),
            {
                "word and arms get about at once (raise_days = 0.5)": months(
                    lab.play(city("city_fire", **year), days, {"raise_days": 0.5})
                )
            },
            {
                "no coordination problem": months(
                    lab.play(city("city_fire", **year), days, without("coordination"))
                )
            },
        ),
    ]
    closing = [
        "**Which explanation accounts for how much.**",
        *told,
        "**What tips it, and what it costs** (an insurgent that persecutes the city's people; median and "
        "5-95 %).\n",
        "| help | men who stand, % | futures above 0.3 %, % | above one in twelve, % | city holds, % "
        "| defenders killed | killed in reprisals |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *rows,
        f"\n**When about one man in twelve does stand** ({BAND[0]:.0f}-{BAND[1]:.0f} % of men, brought about "
        "by force, after a month of warning).\n",
        "| garrison | futures | city holds, % | ... where nobody stands, % | defenders killed "
        "| killed in reprisals |",
        "|---|---:|---:|---:|---:|---:|",
        *twelve,
    ]
    return make_pattern(NAME, claims, closing), cases


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Played]) -> None:
    """Left: how many stand with each help. Right: what each explanation keeps from standing."""
    del pattern
    labels = [label for label in cases if "organiser" in label or label.startswith(("nothing", "all"))]
    for k, label in enumerate(labels):
        day = MONTH_ON if "month" in label else YEAR_ON
        values = np.maximum(standing(cases[label], day), FEWEST)
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        left.plot([low, high], [k, k], color=SLATE, linewidth=3, alpha=0.5)
        left.plot(middle, k, "o", color=BLUE, markersize=5)
        left.text(FEWEST, k + 0.14, label, fontsize=SMALL, va="bottom")
    left.set_yticks([])
    left.set_ylim(-0.4, len(labels) - 0.3)
    left.axvspan(0.3, 6.0, color=LIGHT.band, alpha=0.15, linewidth=0, zorder=0)
    left.axvline(TWELFTH, color=ORANGE, linewidth=1.4)
    left.set_xscale("log")
    left.set_xlim(0.7 * FEWEST, 60.0)
    left.set_xticks(MARKS, [f"{mark:g}" for mark in MARKS])
    left.set_xlabel("men aged 15-49 who stand, %", fontsize=SMALL)
    for k, (word, colour) in enumerate((("ordinary", BLUE), ("persecuted", VERMILLION))):
        none = standing(cases[f"{word} none"], MONTH_ON)
        gap = standing(cases[f"{word} {'-'.join(EXPLANATIONS)}"], MONTH_ON) - none
        for j, name in enumerate(EXPLANATIONS):
            part = share(standing(cases[f"{word} {name}"], MONTH_ON) - none, gap)[gap > 0.02]
            if not len(part):
                continue
            low, middle, high = np.quantile(part, (0.05, 0.5, 0.95))
            at = j + 0.16 * (2 * k - 1)
            right.plot([low, high], [at, at], color=colour, linewidth=3, alpha=0.4)
            right.plot(middle, at, "o", color=colour, markersize=5, label=word if j == 0 else None)
    right.set_yticks(range(3), EXPLANATIONS, fontsize=SMALL)
    right.set_ylim(-0.5, 2.5)
    right.set_xlabel("share of not standing that goes with it, taken away first, %", fontsize=SMALL)
    right.legend(fontsize=SMALL, frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1.0, 1.0))
