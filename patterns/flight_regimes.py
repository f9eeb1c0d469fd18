"""Flight in regimes: one rule, different beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from afternext.scenario.schema import Scenario
from patterns.harness import (
    Claim,
    Floats,
    Lab,
    Pattern,
    Played,
    Reading,
    daily_rate,
    evidence_of,
    make_claim,
    make_pattern,
    read,
    weekly,
)
from patterns.probe import crisis, force, garrison, incident, place, road

NAME = "flight_regimes"
CITIES = {"north_city": 600_000, "south_city": 530_000}
PROVINCE = 1_660_000  # people, with the towns around the two cities
ANBAR = {25: 8.0, 43: 18.0, 153: 28.0}  # % of the province away from home, January to June 2014
FIGHT_DAYS = 170
LATE, SPAN, LONG = 100, 153, 160  # days
WARNING = 21  # days
TAKEN = 4  # day on which the town or the village falls
WEEK = 7
SHORT = 40  # days
EIGHT_MONTHS = 243  # days
SHARP = {"threshold_spread": 0.05}
ALL_ALIKE = "all households alike (threshold_spread = 0.05)"
ALIKE = {"level_own": 1.0, "level_spared": 1.0, "level_persecuted": 1.0, "level_marked": 1.0}

known = partial(evidence_of, NAME)
Incidents = Sequence[dict[str, Any]]


def province(name: str, incidents: Incidents, treats: Mapping[str, str]) -> Scenario:
    """Return a province of 1.66 million with two cities, an army that holds it and rebels in the desert."""
    return crisis(
        name,
        people=["city", "country"],
        forces={"army": force("Army", "army"), "rebels": force("Rebels", "insurgent", treats)},
        hostile=[("army", "rebels")],
        places=[
            place("north_city", 0, {"city": CITIES["north_city"]}, admin="plain"),
            place("south_city", 50, {"city": CITIES["south_city"]}, admin="plain", side=-20),
            place("hill", 25, {"country": 150_000}, admin="plain", side=20),
            place("well", 90, {"country": 200_000}, admin="plain", side=20),
            place("dale", -60, {"country": 180_000}, admin="plain", side=20),
            place("capital", 150, {"country": 3_000_000}, admin="centre"),
            place("harbour", 330, {"country": 900_000}, admin="coast"),
            place("den", -130, {"country": 40_000}, admin="waste"),
        ],
        routes=[
            road("north_city", "south_city", 55),
            road("north_city", "hill", 30),
            road("south_city", "well", 45),
            road("hill", "well", 70),
            road("north_city", "dale", 65),
            road("dale", "den", 80),
            road("south_city", "capital", 105),
            road("well", "capital", 70),
            road("capital", "harbour", 190),
        ],
        holders={"den": "rebels"},
        presence=[
            garrison("north_city", "army", 8000),
            garrison("south_city", "army", 6000),
            garrison("hill", "army", 1000),
            garrison("well", "army", 1000),
            garrison("dale", "army", 1000),
            garrison("capital", "army", 20_000),
            garrison("den", "rebels", 1500),
        ],
        incidents=incidents,
    )


def besieged(name: str, intensities: Sequence[tuple[int, int, float]], treats: Mapping[str, str]) -> Scenario:
    """Return the province with fighting in both cities: (first day, days, intensity) in turn."""
    fights = [incident("fighting", c, "rebels", *fight) for c in CITIES for fight in intensities]
    return province(name, sorted(fights, key=lambda f: f["day"]), treats)


def town(
    name: str,
    incidents: Incidents,
    *,
    people: Mapping[str, int] | None = None,
    holder: str = "army",
    strength: float = 4000,
    rebels: Mapping[str, str] | None = None,
    army: Mapping[str, str] | None = None,
    closed_by: str = "",
) -> Scenario:
    """Return a town of 300,000 with a village between it and the rebels' den, and open country behind it."""
    names = ("city", "minority", "country")
    admits = {f: dict.fromkeys(names, 0.0) if f == closed_by else {} for f in ("army", "rebels")}
    return crisis(
        name,
        people=names,
        forces={
            "army": force("Army", "army", army, admits=admits["army"]),
            "rebels": force("Rebels", "insurgent", rebels, admits=admits["rebels"]),
        },
        hostile=[("army", "rebels")],
        places=[
            place("town", 0, people or {"city": 300_000}, admin="plain"),
            place("village", -35, {"country": 30_000}, admin="plain", side=10),
            place("hill", 20, {"country": 90_000}, admin="plain", side=15),
            place("well", 55, {"country": 120_000}, admin="plain", side=15),
            place("capital", 140, {"country": 2_000_000}, admin="centre"),
            place("harbour", 300, {"country": 900_000}, admin="coast"),
            place("den", -100, {"country": 40_000}, admin="waste"),
        ],
        routes=[
            road("den", "village", 70),
            road("village", "town", 35),
            road("town", "hill", 25),
            road("town", "well", 60),
            road("hill", "capital", 125),
            road("well", "capital", 90),
            road("capital", "harbour", 170),
        ],
        holders={"den": "rebels", "town": holder},
        presence=[
            garrison("town", holder, strength),
            garrison("village", "army", 150),
            garrison("hill", "army", 900),
            garrison("well", "army", 900),
            garrison("capital", "army", 20_000),
            garrison("den", "rebels", 3000),
        ],
        incidents=incidents,
    )


def first_moves(played: Played) -> Floats:
    """Mean share of the cities' people who leave on a day of the first six weeks, %."""
    return 100.0 * played.at("place_newly_displaced", 42, *CITIES) / sum(CITIES.values()) / 42.0


def in_province(played: Played, day: int) -> Floats:
    """Share of the province's people away from home, %."""
    return 100.0 * played.arrays["displaced"][:, day] / PROVINCE


def busiest_week(played: Played) -> Floats:
    """Number of the week in which most leave, counted from 1."""
    return 1.0 + weekly(played.away("city"), 20).argmax(axis=1).astype(float)


def measure_steady(lab: Lab) -> tuple[list[Claim], Played]:
    """Two cities of a province under steady fighting for five months."""
    spared = {"city": "spared", "country": "spared"}
    fight = besieged("steady", [(0, FIGHT_DAYS, 0.5)], spared)
    base = lab.play(fight, LONG)
    sharp = lab.play(fight, LONG, SHARP)
    at_once = lab.play(fight, LONG, {"fear_half_life": 0.25})
    unmoved = lab.play(fight, LONG, {"weight_harm": 0.0, "weight_memory": 0.0})
    calm = lab.play(besieged("quiet", [], spared), LONG)
    growing = lab.play(besieged("growing", [(0, 60, 0.1), (60, 40, 0.3), (100, 70, 1.0)], spared), LONG)
    warnings = [incident("announcement", c, "rebels", 0, WARNING) for c in CITIES]
    warned = lab.play(province("warned", warnings, spared), LONG)

    claims = [
        make_claim(
            NAME,
            "steady",
            read(first_moves(base), known("steady")),
            {
                "fighting lived through does not count (weight_harm = weight_memory = 0)": read(
                    first_moves(unmoved), known("steady")
                ),
                ALL_ALIKE: read(first_moves(sharp), known("steady")),
            },
            {"the same province without fighting": read(first_moves(calm), known("steady"))},
        )
    ]
    for day in ANBAR:
        name = f"day_{day}"
        claims.append(
            make_claim(
                NAME,
                name,
                read(in_province(base, day), known(name)),
                {ALL_ALIKE: read(in_province(sharp, day), known(name))},
                {"the same province without fighting": read(in_province(calm, day), known(name))},
            )
        )

    def rising(played: Played) -> Reading:
        moved = played.away("city")[:, SPAN] > 1.0
        return read(busiest_week(played), known("rises"), moved)

    def abating(played: Played) -> Reading:
        away = played.away("city")
        busiest = weekly(away, SPAN // WEEK - 1).max(axis=1)
        late = (away[:, SPAN] - away[:, LATE]) / (SPAN - LATE)
        ratio = np.divide(100.0 * late, busiest, out=np.full(len(late), np.nan), where=busiest > 0.02)
        return read(ratio, known("abates"), (away[:, SPAN] > 5.0) & (away[:, SPAN] < 95.0))

    claims.append(
        make_claim(
            NAME,
            "rises",
            rising(base),
            {"harm is felt at once, without building up (fear_half_life = 0.25 days)": rising(at_once)},
            {"an announced assault: most leave in the first week": rising(warned)},
        )
    )
    claims.append(
        make_claim(
            NAME,
            "abates",
            abating(base),
            {f"{ALL_ALIKE}: all-or-nothing towns": abating(sharp)},
            {"fighting that grows until the end": abating(growing)},
        )
    )
    return claims, base


def measure_announced(lab: Lab) -> list[Claim]:
    """An assault on a rebel town is announced three weeks ahead."""
    warning = [incident("announcement", "town", "army", 0, WARNING)]
    rebels = {"city": "spared"}

    def besieged_town(name: str, **more: Any) -> Scenario:
        return town(name, warning, holder="rebels", rebels=rebels, **more)

    def left(played: Played) -> Reading:
        return read(played.away("city")[:, WARNING], known("announced"))

    scenario = besieged_town("announced")
    shut_in = lab.play(besieged_town("shut_in", closed_by="army"), SHORT)
    stuck = float(np.median(shut_in.arrays["trapped"][:, WARNING])) / 3000.0
    claim = make_claim(
        NAME,
        "announced",
        left(lab.play(scenario, SHORT)),
        {
            "no expected attack counts (weight_threat = 0): no flight ahead": left(
                lab.play(scenario, SHORT, {"weight_threat": 0.0})
            ),
            f"{ALL_ALIKE}: nobody stays": left(lab.play(scenario, SHORT, SHARP)),
        },
        {
            "announced by the town's own side": left(
                lab.play(besieged_town("liberators", army={"city": "own"}), SHORT)
            ),
            "nobody is let through the besiegers' lines": left(shut_in),
            "the holder lets nobody out": left(lab.play(besieged_town("held_in", closed_by="rebels"), SHORT)),
        },
        [f"Shut in by the besiegers, {stuck:.0f} % (median) want to leave and are trapped."],
    )
    return [claim]


def measure_marked(lab: Lab) -> list[Claim]:
    """A force comes that a minority believes to be marked by, and that spares the majority."""
    people = {"city": 210_000, "minority": 90_000}
    rebels = {"minority": "marked", "city": "spared"}
    falls = [incident("capture", "town", "rebels", TAKEN)]
    nears = [incident("capture", "village", "rebels", TAKEN)]
    taken = town("taken", falls, people=people, rebels=rebels)
    near = town("near", nears, people=people, rebels=rebels, strength=300)
    guarded = town("guarded", nears, people=people, rebels=rebels, strength=12_000)
    base = lab.play(taken, SHORT)
    base_near = lab.play(near, SHORT)
    alike = lab.play(taken, SHORT, ALIKE)

    def rate(played: Played, community: str = "minority") -> Floats:
        away = played.away(community)
        return daily_rate(away[:, TAKEN], away[:, TAKEN + WEEK], WEEK)

    def factor(played: Played) -> Reading:
        return read(rate(played) / np.maximum(rate(played, "city"), 0.01), known("apart"))

    neighbours = "the neighbours whom it spares, same town, same days"
    no_levels = "no difference between communities (all levels 1)"
    band = known("marked")
    return [
        make_claim(
            NAME,
            "marked",
            read(rate(base), band),
            {
                no_levels: read(rate(alike), band),
                "neither threat nor rule count (weight_threat = weight_rule = 0)": read(
                    rate(lab.play(taken, SHORT, {"weight_threat": 0.0, "weight_rule": 0.0})), band
                ),
            },
            {neighbours: read(rate(base, "city"), band)},
        ),
        make_claim(
            NAME,
            "marked_near",
            read(rate(base_near), band),
            {
                no_levels: read(rate(lab.play(near, SHORT, ALIKE)), band),
                "no expected attack counts (weight_threat = 0)": read(
                    rate(lab.play(near, SHORT, {"weight_threat": 0.0})), band
                ),
            },
            {
                "the same news behind a strong garrison": read(rate(lab.play(guarded, SHORT)), band),
                neighbours: read(rate(base_near, "city"), band),
            },
        ),
        make_claim(
            NAME,
            "apart",
            factor(base),
            {no_levels: factor(alike)},
            {
                "a force that treats both as ordinary": factor(
                    lab.play(town("strangers", falls, people=people), SHORT)
                )
            },
        ),
    ]


def measure_takeover(lab: Lab) -> list[Claim]:
    """A force that spares the majority takes the town after four days of fighting, and holds it."""
    people = {"city": 210_000, "minority": 90_000}
    script = [
        incident("fighting", "town", "rebels", 0, TAKEN, 0.5),
        incident("capture", "town", "rebels", TAKEN),
    ]
    scenario = town("takeover", script, people=people, rebels={"city": "spared", "minority": "persecuted"})
    base = lab.play(scenario, EIGHT_MONTHS + 1)

    def stay(played: Played, community: str = "city") -> Reading:
        return read(100.0 - played.away(community)[:, EIGHT_MONTHS], known("stay"))

    feared = lab.play(scenario, EIGHT_MONTHS + 1, {"level_spared": 4.0})
    month_on = float(np.median(100.0 - base.away("city")[:, 30]))
    claim = make_claim(
        NAME,
        "stay",
        stay(base),
        {"they believe to be persecuted instead (level_spared = 4)": stay(feared)},
        {"the minority that it persecutes, same town": stay(base, "minority")},
        [
            f"{month_on:.0f} % (median) are in place a month after the fall. The probe scripts eight months "
            "without further fighting."
        ],
    )
    return [claim]


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    steady, case = measure_steady(lab)
    claims = [*steady, *measure_announced(lab), *measure_marked(lab), *measure_takeover(lab)]
    pattern = make_pattern(NAME, claims)
    regimes = [pattern.claim(name).base.shows for name in ("steady", "announced", "marked", "stay")]
    together = 100.0 * float(np.logical_and.reduce(regimes).mean())
    closing = [
        f"In {together:.0f} % of futures steady fighting, announced assault, marked community and co-ethnic "
        "takeover are all inside their evidence ranges, with one set of values."
    ]
    return make_pattern(NAME, claims, closing), {"steady": case}
