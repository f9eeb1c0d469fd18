"""Flight in regimes: one rule, different beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from afternext.scenario.schema import Scenario
from patterns.harness import Band, Claim, Floats, Lab, Pattern, Played, daily_rate, read, weekly
from patterns.probe import crisis, force, garrison, incident, place, road

CITIES = {"north_city": 600_000, "south_city": 530_000}
PROVINCE = 1_660_000  # with the towns around the two cities
ANBAR = {25: 8.0, 43: 18.0, 153: 28.0}  # % of the province away from home, January to June 2014
FIGHT_DAYS = 170
WARNING = 21  # days
TAKEN = 4  # day on which the town or its neighbour falls
WEEK = 7
EIGHT_MONTHS = 243
SHARP = {"threshold_spread": 0.05}
ALIKE = {"level_own": 1.0, "level_spared": 1.0, "level_persecuted": 1.0, "level_marked": 1.0}

STEADY = Band(0.2, 3.0)
ANNOUNCED = Band(50.0, 97.0)
MARKED = Band(10.0, 95.0)
STAY = Band(75.0, 100.0)

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


def abating(away: Floats) -> tuple[Floats, np.ndarray]:
    """Return the daily rate of days 100-153 in % of that of the busiest week, and where part of the cities is gone."""
    busiest = weekly(away, 20).max(axis=1)
    late = (away[:, 153] - away[:, 100]) / 53.0
    ratio = np.divide(100.0 * late, busiest, out=np.full(len(late), np.nan), where=busiest > 0.02)
    return ratio, (away[:, 153] > 5.0) & (away[:, 153] < 95.0)


def steady_fighting(lab: Lab) -> tuple[list[Claim], Played]:
    """Two cities of a province under steady fighting for five months."""
    spared = {"city": "spared", "country": "spared"}
    fight = besieged("steady", [(0, FIGHT_DAYS, 0.5)], spared)
    base = lab.play(fight, 160)
    sharp = lab.play(fight, 160, SHARP)
    no_memory = lab.play(fight, 160, {"fear_half_life": 0.25})
    unmoved = lab.play(fight, 160, {"weight_harm": 0.0, "weight_memory": 0.0})
    calm = lab.play(besieged("quiet", [], spared), 160)
    growing = lab.play(besieged("growing", [(0, 60, 0.1), (60, 40, 0.3), (100, 70, 1.0)], spared), 160)
    warned = lab.play(
        besieged("warned", [], spared).model_copy(update={"incidents": announced_in_cities()}), 160
    )

    claims = [
        Claim(
            "Steady fighting removes 0.6-0.8 % of a city's people a day in six weeks",
            "level built in (`weight_harm` was set by this case); emergent: that it holds over the whole prior",
            "% a day", 1, Band(0.6, 0.8), STEADY, "Ramadi and Fallujah, January 2014 (f_attack)",
            read(first_moves(base), STEADY),
            {
                "fighting lived through does not count (weight_harm = weight_memory = 0)": read(
                    first_moves(unmoved), STEADY
                ),
                "all households alike (threshold_spread = 0.05)": read(first_moves(sharp), STEADY),
            },
            {"the same province without fighting": read(first_moves(calm), STEADY)},
        )
    ]  # fmt: skip
    for day, known in ANBAR.items():
        target, wide = Band(0.75 * known, 1.25 * known), Band(0.5 * known, 2.0 * known)
        claims.append(
            Claim(
                f"A province with two cities under fire: {known:.0f} % away at day {day}",
                "emergent in shape; its height follows `weight_harm`",
                "% of the province", 1, target, wide,
                "Anbar, January to June 2014; target within a quarter, range within a factor of two",
                read(in_province(base, day), wide),
                {"all households alike (threshold_spread = 0.05)": read(in_province(sharp, day), wide)},
                {"the same province without fighting": read(in_province(calm, day), wide)},
                cause="intensity is held at 0.5 from the first day, while Anbar's fighting grew in January; "
                "`fear_half_life` sets how fast harm builds up, `threshold_spread` how steep the curve is",
            )
        )  # fmt: skip
    later = Band(2, 12)
    claims.append(
        Claim(
            "Flight first rises: the busiest week is not the first",
            "emergent",
            "week", 0, Band(2, 6), later, "Anbar: day 25-43 faster than day 1-25 (tactical evidence, section 1)",
            read(busiest_week(base), later, base.away("city")[:, 153] > 1.0),
            {
                "harm is felt at once, without building up (fear_half_life = 0.25 days)": read(
                    busiest_week(no_memory), later, no_memory.away("city")[:, 153] > 1.0
                )
            },
            {
                "an announced assault: most leave in the first week": read(
                    busiest_week(warned), later, warned.away("city")[:, 153] > 1.0
                )
            },
            also="more than 1 % leave at all",
        )
    )  # fmt: skip
    slow = Band(-100.0, 33.0)
    ratio, part = abating(base.away("city"))
    sharp_ratio, sharp_part = abating(sharp.away("city"))
    growing_ratio, growing_part = abating(growing.away("city"))
    claims.append(
        Claim(
            "Then it abates, with part of the cities still there",
            "emergent",
            "% of the busiest week", 0, Band(0.0, 33.0), slow, "Anbar: 0.09 % a day after day 43 (Oberg & Melander 2006)",
            read(ratio, slow, part),
            {"all households alike (threshold_spread = 0.05): all-or-nothing towns": read(sharp_ratio, slow, sharp_part)},
            {"fighting that grows until the end": read(growing_ratio, slow, growing_part)},
            also="5-95 % of the cities' people are away at the end",
        )
    )  # fmt: skip
    return claims, base


def in_province(played: Played, day: int) -> Floats:
    """Share of the province's people away from home, %."""
    return 100.0 * played.arrays["displaced"][:, day] / PROVINCE


def busiest_week(played: Played) -> Floats:
    """Number of the week in which most leave, counted from 1."""
    return 1.0 + weekly(played.away("city"), 20).argmax(axis=1).astype(float)


def announced_in_cities() -> tuple[Any, ...]:
    """Return announcements of an assault on both cities."""
    return province(
        "warned", [incident("announcement", c, "rebels", 0, WARNING) for c in CITIES], {}
    ).incidents


def announced_assault(lab: Lab) -> tuple[list[Claim], Played]:
    """An assault on a rebel town is announced three weeks ahead."""
    warning = [incident("announcement", "town", "army", 0, WARNING)]
    rebels = {"city": "spared"}

    def left(played: Played) -> Floats:
        return played.away("city")[:, WARNING]

    scenario = town("announced", warning, holder="rebels", rebels=rebels)
    base = lab.play(scenario, 40)
    liberators = town("liberators", warning, holder="rebels", rebels=rebels, army={"city": "own"})
    held_in = lab.play(town("held_in", warning, holder="rebels", rebels=rebels, closed_by="rebels"), 40)
    shut_out = lab.play(town("shut_out", warning, holder="rebels", rebels=rebels, closed_by="army"), 40)
    stuck = float(np.median(shut_out.arrays["trapped"][:, WARNING])) / 3000.0
    claim = Claim(
        "An announced assault empties 67-90 % of a city beforehand",
        "level built in (`weight_threat` was set by this case); emergent: that part of the town stays",
        "% gone after 21 days", 0, Band(67.0, 90.0), ANNOUNCED, "Fallujah, November 2004 (s_assault)",
        read(left(base), ANNOUNCED),
        {
            "no expected attack counts (weight_threat = 0): no flight ahead": read(
                left(lab.play(scenario, 40, {"weight_threat": 0.0})), ANNOUNCED
            ),
            "all households alike (threshold_spread = 0.05): nobody stays": read(
                left(lab.play(scenario, 40, SHARP)), ANNOUNCED
            ),
        },
        {
            "announced by the town's own side": read(left(lab.play(liberators, 40)), ANNOUNCED),
            "nobody is let through the besiegers' lines": read(left(shut_out), ANNOUNCED),
            "the holder lets nobody out": read(left(held_in), ANNOUNCED),
        },
        notes=[f"Shut in by the besiegers, {stuck:.0f} % (median) want to leave and are trapped."],
        cause="`find_refuges` asks only the force whose ground people enter (`admits` of the holder there), never the "
        "force whose ground they leave: a holder cannot close its exits",
    )  # fmt: skip
    return [claim], base


def marked_community(lab: Lab) -> tuple[list[Claim], Played]:
    """A force comes that a minority believes to be marked by, and that spares the majority."""
    people = {"city": 210_000, "minority": 90_000}
    rebels = {"minority": "marked", "city": "spared"}

    def rate(played: Played, community: str = "minority") -> Floats:
        away = played.away(community)
        return daily_rate(away[:, TAKEN], away[:, TAKEN + WEEK], WEEK)

    falls = [incident("capture", "town", "rebels", TAKEN)]
    nears = [incident("capture", "village", "rebels", TAKEN)]
    taken = town("taken", falls, people=people, rebels=rebels)
    near = town("near", nears, people=people, rebels=rebels, strength=300)
    guarded = town("guarded", nears, people=people, rebels=rebels, strength=12_000)
    base = lab.play(taken, 40)
    base_near = lab.play(near, 40)
    alike = lab.play(taken, 40, ALIKE)
    calm = {"the neighbours whom it spares, same town, same days": read(rate(base, "city"), MARKED)}
    claims = [
        Claim(
            "A community marked for killing leaves at 10-95 % a day when the force takes its town",
            "level built in (`level_marked` was set by such cases)",
            "% a day", 0, MARKED, MARKED, "tactical evidence, section 1",
            read(rate(base), MARKED),
            {
                "no difference between communities (all levels 1)": read(rate(alike), MARKED),
                "neither threat nor rule count (weight_threat = weight_rule = 0)": read(
                    rate(lab.play(taken, 40, {"weight_threat": 0.0, "weight_rule": 0.0})), MARKED
                ),
            },
            calm,
        ),
        Claim(
            "... and when it comes near a weakly held town",
            "level built in (`level_marked`); emergent: that it depends on trust in the defence",
            "% a day", 0, MARKED, MARKED, "tactical evidence, section 1",
            read(rate(base_near), MARKED),
            {
                "no difference between communities (all levels 1)": read(rate(lab.play(near, 40, ALIKE)), MARKED),
                "no expected attack counts (weight_threat = 0)": read(
                    rate(lab.play(near, 40, {"weight_threat": 0.0})), MARKED
                ),
            },
            {
                "the same news behind a strong garrison": read(rate(lab.play(guarded, 40)), MARKED),
                "the neighbours whom it spares, same town, same days": read(rate(base_near, "city"), MARKED),
            },
            cause="an alarm from elsewhere is damped by `weakness(odds, defence_trust)`, and odds count only "
            "`mass_share` of the force within `reach`: behind few hundred men people still trust the defence",
        ),
    ]  # fmt: skip
    ratio = rate(base) / np.maximum(rate(base, "city"), 0.01)
    apart = Band(3.0, 1e5)
    claims.append(
        Claim(
            "One community goes while its neighbours stay: daily rates are apart by a factor",
            "built in (the levels are inputs); emergent: the factor",
            "times", 0, apart, apart, "scope and target explain flight, not the count of dead (section 1); at least 3",
            read(ratio, apart),
            {
                "no difference between communities (all levels 1)": read(
                    rate(alike) / np.maximum(rate(alike, "city"), 0.01), apart
                )
            },
            {},
        )
    )  # fmt: skip
    return claims, base


def takeover(lab: Lab) -> tuple[list[Claim], Played]:
    """A force that spares the majority takes the town after four days of fighting, and holds it."""
    people = {"city": 210_000, "minority": 90_000}
    happens = [
        incident("fighting", "town", "rebels", 0, TAKEN, 0.5),
        incident("capture", "town", "rebels", TAKEN),
    ]
    scenario = town("takeover", happens, people=people, rebels={"city": "spared", "minority": "persecuted"})
    base = lab.play(scenario, 250)

    def stay(played: Played, community: str = "city") -> Floats:
        return 100.0 - played.away(community)[:, EIGHT_MONTHS]

    claim = Claim(
        "A co-ethnic takeover leaves three quarters or more in place after eight months",
        "level built in (`level_spared` was set by this case); emergent: who comes back and when",
        "% in place", 0, STAY, STAY, "tactical evidence, section 1",
        read(stay(base), STAY),
        {
            "they believe to be persecuted instead (level_spared = 4)": read(
                stay(lab.play(scenario, 250, {"level_spared": 4.0})), STAY
            )
        },
        {"the minority that it persecutes, same town": read(stay(base, "minority"), STAY)},
        notes=[
            f"{np.median(100 - base.away('city')[:, 30]):.0f} % (median) are in place a month after the fall.",
            "The probe scripts eight months without further fighting.",
        ],
        cause="the old holder stands near and is thought able to come back: `front_threat` keeps some away",
    )  # fmt: skip
    return [claim], base


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    steady, steady_case = steady_fighting(lab)
    announced, announced_case = announced_assault(lab)
    marked, marked_case = marked_community(lab)
    stayed, stayed_case = takeover(lab)
    at_once = (
        steady[0].base.shows & announced[0].base.shows & marked[0].base.shows & stayed[0].base.shows
    ).mean()
    pattern = Pattern(
        "flight_regimes",
        "Flight in regimes",
        "One rule, four beliefs: people leave when the danger they believe in passes their own threshold. Fighting around them, "
        "an assault they are told of, a force that hunts them and a force that spares them give four speeds.",
        "A province of 1.66 million with two cities under steady fire; a town of 300,000 that is warned, taken, or near a place "
        "that is taken.",
        [*steady, *announced, *marked, *stayed],
        "Left: people of the province away from home under steady fighting, all futures; dots are Anbar 2014. Right: how fast "
        "people leave in the four regimes, in all futures, against what is known.",
        [
            f"In {100 * at_once:.0f} % of futures all four regimes are inside their evidence ranges at once, with one set of values.",
        ],
    )
    cases = {
        "steady": steady_case,
        "announced": announced_case,
        "marked": marked_case,
        "takeover": stayed_case,
    }
    return pattern, cases
