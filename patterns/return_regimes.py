"""Return in regimes: one rule; who holds home, how safe and how ruined it is differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from afternext.scenario.schema import Scenario
from patterns.harness import (
    MONTH,
    Claim,
    Floats,
    Lab,
    Pattern,
    Played,
    Reading,
    evidence_of,
    make_claim,
    make_pattern,
    read,
)
from patterns.probe import crisis, force, garrison, incident, place, road, uprooted

NAME = "return_regimes"
PEOPLE = 300_000
DRIVEN_OUT = 180_000
SINCE = 60  # days
BATTLE = 150  # days that the city is fought over
SETTLING = 45  # days from the end of the battle to the first returns (Fallujah 2004)
YEAR_ON = BATTLE + SETTLING + 336
TWO_YEARS = 728
TURN = 28  # days between two looks of settled people
HELD_BACK = 50.0  # times slower than to a safe home
LEAST = 1e-6  # a month; stands for none in ratios
LAID_WASTE = 0.6  # share of the city destroyed, as Fallujah
FIERCE = 0.9  # intensity of the battle
RUINED = {"ruin_rate": float(-np.log(1.0 - LAID_WASTE) / (FIERCE * BATTLE))}
PERSECUTED = {"city": "persecuted"}
ALIKE = {"level_own": 1.0, "level_spared": 1.0, "level_persecuted": 1.0, "level_marked": 1.0}

known = partial(evidence_of, NAME)


def home(
    name: str,
    incidents: Sequence[dict[str, Any]] = (),
    *,
    holder: str = "army",
    treats: Mapping[str, str] | None = None,
) -> Scenario:
    """Return a city of 300,000; 180,000 were driven out 60 days ago, to a town near by and to the capital."""
    return crisis(
        name,
        people=["city", "country"],
        forces={"army": force("Army", "army"), "others": force("Others", "militia", treats)},
        hostile=[("army", "others")],
        places=[
            place("city", 0, {"city": PEOPLE}, admin="plain"),
            place("hill", 20, {"country": 190_000}, admin="plain", side=15),
            place("well", 55, {"country": 220_000}, admin="plain", side=15),
            place("capital", 140, {"country": 2_000_000}, admin="centre"),
            place("harbour", 300, {"country": 900_000}, admin="coast"),
        ],
        routes=[
            road("city", "hill", 25),
            road("city", "well", 60),
            road("hill", "capital", 125),
            road("well", "capital", 90),
            road("capital", "harbour", 170),
        ],
        holders={"city": holder},
        presence=[garrison("city", holder, 4000), garrison("capital", "army", 20_000)],
        incidents=incidents,
        displaced=[
            uprooted("hill", "city", "city", DRIVEN_OUT * 2 // 3, SINCE),
            uprooted("capital", "city", "city", DRIVEN_OUT // 3, SINCE),
        ],
    )


def fought_over(name: str, intensity: float) -> Scenario:
    """Return the city under fire since two months, and for five months more; then the army takes it."""
    return home(
        name,
        [
            incident("fighting", "city", "army", -SINCE, SINCE, intensity),
            incident("fighting", "city", "army", 0, BATTLE, intensity),
            incident("capture", "city", "army", BATTLE),
        ],
        holder="others",
        treats={"city": "spared"},
    )


def hazard(played: Played, start: int, end: int) -> Floats:
    """Returns per displaced person and month between two days."""
    returned = played.arrays["returned"]
    away = played.arrays["displaced"][:, start:end].mean(axis=1)
    return (returned[:, end] - returned[:, start]) / np.maximum(away, 1.0) / ((end - start) / MONTH)


def first_turn(played: Played) -> Floats:
    """Monthly hazard from the share that is home after one turn of settled people."""
    share_home = played.arrays["returned"][:, TURN] / played.arrays["displaced"][:, 0]
    return -np.log(np.maximum(1.0 - share_home, 1e-9)) / (TURN / MONTH)


def waste_rate(played: Played) -> Floats:
    """Monthly hazard over eleven months from six weeks after the battle."""
    return hazard(played, BATTLE + SETTLING, YEAR_ON)


def held_rate(played: Played) -> Floats:
    """Monthly hazard over two years."""
    return hazard(played, 0, TWO_YEARS)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    cases = {
        "safe": lab.play(home("safe"), 340),
        "ruined": lab.play(fought_over("ruined", FIERCE), YEAR_ON + 2, RUINED),
        "held": lab.play(home("held", holder="others", treats=PERSECUTED), TWO_YEARS + 2),
    }
    blind = lab.play(fought_over("ruined", FIERCE), YEAR_ON + 2, {**RUINED, "ruin_aversion": 0.0})
    alike = lab.play(home("held", holder="others", treats=PERSECUTED), TWO_YEARS + 2, ALIKE)
    lenient = lab.play(home("lenient", holder="others"), TWO_YEARS + 2)
    no_ruin = "ruin does not count (ruin_aversion = 0)"
    no_levels = "no difference between communities (all levels 1)"
    strangers = "held by the same strangers, who treat them as ordinary"

    def order(waste: Played, held: Played) -> Reading:
        safe = first_turn(cases["safe"])
        apart = safe / np.maximum(held_rate(held), LEAST) >= HELD_BACK
        return read(safe / np.maximum(waste_rate(waste), LEAST), known("order"), apart)

    def ruined(played: Played) -> Reading:
        return read(waste_rate(played), known("ruined"))

    def held(played: Played) -> Reading:
        return read(held_rate(played), known("held"))

    own_prior = ruined(lab.play(fought_over("ruined", FIERCE), YEAR_ON + 2))
    nobody = 100.0 * float((held_rate(cases["held"]) < LEAST).mean())
    claims = [
        measure_safe(lab, cases["safe"]),
        make_claim(
            NAME,
            "ruined",
            ruined(cases["ruined"]),
            {no_ruin: ruined(blind)},
            {
                "fought over as long, but lightly (intensity 0.1)": ruined(
                    lab.play(fought_over("scarred", 0.1), YEAR_ON + 2, RUINED)
                )
            },
            [
                f"`ruin_rate` is set so that {100 * LAID_WASTE:.0f} % is destroyed, as in Fallujah. With "
                f"its own prior: median {own_prior.range[1]:.3f} a month, {100 * own_prior.share:.0f} % "
                "of futures in the evidence range."
            ],
        ),
        make_claim(
            NAME,
            "held",
            held(cases["held"]),
            {no_levels: held(alike)},
            {strangers: held(lenient)},
            [f"In {nobody:.0f} % of futures nobody at all goes back in two years."],
        ),
        make_claim(
            NAME,
            "order",
            order(cases["ruined"], cases["held"]),
            {no_ruin: order(blind, cases["held"]), no_levels: order(cases["ruined"], alike)},
            {strangers: order(cases["ruined"], lenient)},
        ),
    ]
    return make_pattern(NAME, claims), cases


def measure_safe(lab: Lab, safe: Played) -> Claim:
    """Return to a home that nothing keeps people from."""

    def rate(played: Played) -> Reading:
        return read(first_turn(played), known("safe"))

    fights = [
        incident("fighting", "city", "others", day, length, 0.5)
        for day, length in ((-SINCE, SINCE), (0, 200))
    ]
    return make_claim(
        NAME,
        "safe",
        rate(safe),
        {"few wish to go (return_safe = 0.1)": rate(lab.play(home("safe"), TURN + 2, {"return_safe": 0.1}))},
        {
            "standing and held by their own side, but under fire": rate(
                lab.play(home("embattled", fights), TURN + 2)
            )
        },
    )
