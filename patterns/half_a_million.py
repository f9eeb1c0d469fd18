"""Half a million in days: a large city falls within a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from afternext.scenario.schema import Scenario
from patterns.harness import (
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
    share,
)
from patterns.probe import crisis, force, garrison, incident, place, road

NAME = "half_a_million"
WARNED = 2  # day on which a town 60 km off falls
SHOTS = 4  # first shots in the western half of the city
FALL = 7  # day on which both halves fall
WEEK_ON = SHOTS + 7
FORTNIGHT = 14
THREE_WEEKS = FALL + 21
DAYS = 42
RAID_DAYS = 5
NEAR = (
    "city_west",
    "city_east",
    "mill",
    "ford",
    "dam",
    "grove",
    "vale",
    "post",
    "high_town",
)  # within 100 km
BANKS = ("west_bank", "east_bank")
CITY = (*BANKS, "minority")
MANY = 10_000  # people away below whom their shares say nothing
TRUSTED = "a strong, trusted garrison; the same town far off falls"

known = partial(evidence_of, NAME)

# A hollow army: what is nominal is not there (s_present), and what is there does not hold.
HOLLOW = {"present": {"triangular": [0.15, 0.4, 0.8]}, "cohesion": {"triangular": [0.1, 0.3, 0.6]}}
FIRM = {"present": 1.0, "cohesion": 0.9}
SCRIPT = (
    incident("capture", "mill", "rebels", WARNED),
    incident("fighting", "city_west", "rebels", SHOTS, FALL - SHOTS, 0.5),
    incident("capture", "city_west", "rebels", FALL),
    incident("capture", "city_east", "rebels", FALL),
)
AROUND = tuple(incident("capture", p, "rebels", FALL) for p in ("dam", "grove", "vale", "post", "high_town"))


def metropolis(
    name: str,
    incidents: Sequence[dict[str, Any]],
    *,
    army: Mapping[str, Any] = HOLLOW,
    strength: float = 10_000,
    door: Any = None,
) -> Scenario:
    """Return a city of 1.5 million on two banks of a river, rebels 130 km west, a guarded upland to the east.

    What the majority believes about the rebels (spared or ordinary), what the minority believes (persecuted
    or marked), how far the army is there and how open the checkpoints are differs from future to future.
    """
    belief = {"options": ["spared", "ordinary"]}
    treats = {
        **dict.fromkeys((*BANKS, "country"), belief),
        "minority": {"options": ["persecuted", "marked"]},
        "coast": "persecuted",
    }
    admits = dict.fromkeys((*BANKS, "country"), {"uniform": [0.2, 0.95]} if door is None else door)
    return crisis(
        name,
        people=[*CITY, "country", "coast"],
        forces={
            "army": force("Army", "army", **army),
            "rebels": force("Rebels", "insurgent", treats),
            "guards": force("Guards", "army", admits=admits, cohesion=0.8),
        },
        hostile=[("army", "rebels"), ("guards", "rebels")],
        places=[
            place("city_west", 0, {"west_bank": 580_000, "minority": 120_000}, admin="river"),
            place("city_east", 3, {"east_bank": 620_000, "minority": 180_000}, admin="river", side=1),
            place("mill", -60, {"country": 60_000}, admin="river", side=5),
            place("ford", -25, {"country": 50_000}, admin="river", side=-25),
            place("dam", 40, {"country": 120_000}, admin="river", side=25),
            place("grove", 35, {"country": 90_000}, admin="river", side=-15),
            place("vale", 60, {"country": 110_000}, admin="river", side=-40),
            place("post", 55, {"country": 20_000}, admin="upland"),
            place("high_town", 85, {"country": 900_000}, admin="upland"),
            place("lake", 140, {"country": 400_000}, admin="upland", side=40),
            place("bend", 180, {"country": 350_000}, admin="middle", side=-90),
            place("capital", 340, {"coast": 3_000_000}, admin="centre", side=-150),
            place("den", -130, {"country": 60_000}, admin="waste"),
        ],
        routes=[
            road("city_west", "city_east", 3, "bridge"),
            road("den", "mill", 75),
            road("mill", "city_west", 65),
            road("ford", "city_west", 38),
            road("city_east", "dam", 48),
            road("city_east", "grove", 40),
            road("city_east", "post", 58),
            road("grove", "vale", 38),
            road("post", "high_town", 32),
            road("dam", "high_town", 75),
            road("dam", "lake", 110),
            road("high_town", "lake", 75),
            road("high_town", "bend", 130),
            road("vale", "bend", 135),
            road("bend", "capital", 190),
        ],
        holders={"den": "rebels", "post": "guards", "high_town": "guards", "lake": "guards"},
        presence=[
            garrison("city_west", "army", strength),
            garrison("city_east", "army", strength),
            *(
                garrison(p, "army", n)
                for p, n in (("mill", 400), ("ford", 400), ("dam", 900), ("grove", 600))
            ),
            *(garrison(p, "army", n) for p, n in (("vale", 800), ("bend", 4000), ("capital", 30_000))),
            *(garrison(p, "guards", n) for p, n in (("post", 2000), ("high_town", 12_000), ("lake", 5000))),
            garrison("den", "rebels", 3500),
        ],
        incidents=incidents,
        horizons=[FALL, FORTNIGHT, THREE_WEEKS],
    )


def shed(played: Played) -> Floats:
    """People of the city who left within a week of the first shots, thousand."""
    away = played.gone(*CITY)
    return (away[:, WEEK_ON] - away[:, SHOTS]) / 1000.0


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    falls = metropolis("falls", SCRIPT)
    base = lab.play(falls, DAYS)
    firm = lab.play(metropolis("firm", SCRIPT[:1], army=FIRM, strength=15_000), DAYS)
    claims = [
        *measure_leaving(lab, falls, base, firm),
        *measure_places(lab, falls, base, firm),
        *measure_back(lab, falls, base),
    ]
    return make_pattern(NAME, claims), {"falls": base, "firm": firm}


def measure_leaving(lab: Lab, falls: Scenario, base: Played, firm: Played) -> list[Claim]:
    """How many leave, and when."""

    def shedding(played: Played) -> Reading:
        return read(shed(played), known("shed"))

    def before(played: Played) -> Reading:
        away = played.gone(*CITY)
        return read(share(away[:, FALL], away[:, FORTNIGHT]), known("before_fall"), shed(played) > 10.0)

    def unattacked(played: Played) -> Reading:
        early = played.at("place_newly_displaced", FALL, "city_east")
        all_told = played.at("place_newly_displaced", FORTNIGHT, "city_east")
        return read(share(early, all_told), known("ahead"), all_told > MANY)

    fearless = lab.play(falls, DAYS, {"weight_threat": 0.0, "weight_rule": 0.0})
    numb = lab.play(falls, DAYS, {"weight_threat": 0.0, "weight_harm": 0.0})
    deaf = lab.play(falls, DAYS, {"weight_threat": 0.0, "scope": 0.01})
    sudden = lab.play(metropolis("sudden", SCRIPT[2:]), DAYS)
    unopposed = shedding(lab.play(falls, DAYS, {"front_threat": 0.0}))
    return [
        make_claim(
            NAME,
            "shed",
            shedding(base),
            {
                "no fear of what comes, nor of the new rule (weight_threat = weight_rule = 0)": shedding(
                    fearless
                )
            },
            {TRUSTED: shedding(firm)},
            [
                f"If nobody feared that the beaten army strikes back (front_threat = 0): median "
                f"{unopposed.range[1]:.0f} thousand, {100 * unopposed.share:.0f} % of futures in the range."
            ],
        ),
        make_claim(
            NAME,
            "before_fall",
            before(base),
            {"neither attack to come nor fighting counts (weight_threat = weight_harm = 0)": before(numb)},
            {"the city falls without a warning or a shot before": before(sudden)},
        ),
        make_claim(
            NAME,
            "ahead",
            unattacked(base),
            {
                "neither an attack to come nor fighting next door counts (weight_threat = 0, scope = 0.01)": (
                    unattacked(deaf)
                )
            },
            {TRUSTED: unattacked(firm)},
        ),
    ]


def measure_places(lab: Lab, falls: Scenario, base: Played, firm: Played) -> list[Claim]:
    """Where they go, and who gets stuck on the way."""

    def near(played: Played) -> Reading:
        table = sum(played.sheltering(FORTNIGHT, c) for c in CITY)
        inside = table[:, [played.places.index(p) for p in NEAR]].sum(axis=1)
        return read(share(inside, table.sum(axis=1)), known("reach"))

    def stuck(played: Played) -> Reading:
        away = played.gone(*CITY)[:, FALL:THREE_WEEKS].max(axis=1)
        caught = played.arrays["caught"][:, FALL:THREE_WEEKS].max(axis=1)
        return read(share(caught, away), known("caught"), away > MANY)

    anywhere = {"distance_exponent": 0.0, "rank_exponent": 0.0, "size_exponent": 1.0}
    return [
        make_claim(
            NAME,
            "reach",
            near(base),
            {
                "distance does not count (distance_exponent = rank_exponent = 0, size_exponent = 1)": near(
                    lab.play(falls, DAYS, anywhere)
                )
            },
            {
                "everything within 100 km falls too": near(
                    lab.play(metropolis("surrounded", (*SCRIPT, *AROUND)), DAYS)
                )
            },
        ),
        make_claim(
            NAME,
            "caught",
            stuck(base),
            {
                "checkpoints let everybody through (admits = 1)": stuck(
                    lab.play(metropolis("open_door", SCRIPT, door=1.0), DAYS)
                )
            },
            {TRUSTED: stuck(firm)},
        ),
    ]


def measure_back(lab: Lab, falls: Scenario, base: Played) -> list[Claim]:
    """Who goes back when the fighting stops: after a fall, and after a raid that leaves the army in place."""

    def back(played: Played, name: str, communities: Sequence[str], last_shots: int) -> Reading:
        away = played.gone(*communities)
        most = away[:, : last_shots + 8].max(axis=1)
        return read(share(most - away[:, last_shots + 21], most), known(name))

    raid = metropolis("raid", (incident("fighting", "city_west", "rebels", SHOTS, RAID_DAYS, 0.5),))
    battle = metropolis("battle", (incident("fighting", "city_west", "rebels", SHOTS, DAYS, 0.5),))
    west = ("west_bank",)
    over = SHOTS + RAID_DAYS
    lasting = {"fear_half_life": 3650.0, "masters_known": 3650.0, "relief": 0.0}
    fading = {"fear_half_life": 3.0, "front_threat": 0.0}
    forgetful = back(lab.play(falls, DAYS, fading), "back", BANKS, FALL)
    no_end = "fear never fades (fear_half_life = 10 years)"
    return [
        make_claim(
            NAME,
            "back",
            back(base, "back", BANKS, FALL),
            {no_end: back(lab.play(falls, DAYS, lasting), "back", BANKS, FALL)},
            {"the minority that the new masters hunt": back(base, "back", ("minority",), FALL)},
            [
                f"With fear_half_life = 3 days and front_threat = 0, {100 * forgetful.share:.0f} % of "
                f"futures would show it (median {forgetful.range[1]:.0f} % back)."
            ],
        ),
        make_claim(
            NAME,
            "back_raid",
            back(lab.play(raid, DAYS), "back_raid", west, over),
            {no_end: back(lab.play(raid, DAYS, lasting), "back_raid", west, over)},
            {"the fighting goes on": back(lab.play(battle, DAYS), "back_raid", west, over)},
        ),
    ]
