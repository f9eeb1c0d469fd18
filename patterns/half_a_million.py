"""Half a million in days: a large city falls within a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from afternext.scenario.schema import Scenario
from patterns.harness import Band, Claim, Floats, Lab, Pattern, Played, read, share
from patterns.probe import crisis, force, garrison, incident, place, road

WARNED = 2  # day on which a town 60 km off falls
SHOTS = 4  # first shots in the western half of the city
FALL = 7  # day on which both halves fall
WEEK_ON = SHOTS + 7
FORTNIGHT = 14
THREE_WEEKS = FALL + 21
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
FEARLESS = {"weight_threat": 0.0, "weight_rule": 0.0}

SHED = Band(150.0, 600.0)  # thousand
AHEAD = Band(5.0, 95.0)
REACH = Band(60.0, 90.0)
CAUGHT = Band(1.0, 60.0)
BACK = Band(20.0, 95.0)

# A hollow army: what is nominal is not there, and what is there does not hold (priors of s_present and of cohesion).
HOLLOW = {"present": {"triangular": [0.15, 0.4, 0.8]}, "cohesion": {"triangular": [0.1, 0.3, 0.6]}}
FIRM = {"present": 1.0, "cohesion": 0.9}
SCRIPT = (
    incident("capture", "mill", "rebels", WARNED),
    incident("fighting", "city_west", "rebels", SHOTS, FALL - SHOTS, 0.5),
    incident("capture", "city_west", "rebels", FALL),
    incident("capture", "city_east", "rebels", FALL),
)
AROUND = tuple(incident("capture", p, "rebels", FALL) for p in ("dam", "grove", "vale", "post", "high_town"))
# The western half is fought over for five days and then left; the army still holds both.
RAID = (incident("fighting", "city_west", "rebels", SHOTS, 5, 0.5),)


def metropolis(
    name: str,
    incidents: Sequence[dict[str, Any]],
    *,
    army: Mapping[str, Any] = HOLLOW,
    strength: float = 10_000,
    door: Any = None,
) -> Scenario:
    """Return a city of 1.5 million on two banks of a river, rebels 130 km off, a guarded upland 60 km the other way.

    What the majority believes about the rebels (spared or ordinary), what the minority believes (persecuted or
    marked), how far the army is there and how open the upland's checkpoints are differs from future to future.
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


def ahead(played: Played) -> Floats:
    """Share of those who leave the unattacked bank up to a week after its fall that left before the fall, %."""
    before = played.at("place_newly_displaced", FALL, "city_east")
    return share(before, played.at("place_newly_displaced", FORTNIGHT, "city_east"))


def before_fall(played: Played) -> Floats:
    """Share of those who leave the city up to a week after its fall that left before it, %."""
    away = played.gone(*CITY)
    return share(away[:, FALL], away[:, FORTNIGHT])


def within_reach(played: Played) -> Floats:
    """Share of the city's displaced a fortnight on who shelter within 100 km, %."""
    table = sum(played.sheltering(FORTNIGHT, c) for c in CITY)
    near = table[:, [played.places.index(p) for p in NEAR]].sum(axis=1)
    return share(near, table.sum(axis=1))


def caught(played: Played) -> Floats:
    """Most people between the lines at one time in the two weeks after the fall, % of those away."""
    away = played.gone(*CITY)[:, FALL:THREE_WEEKS].max(axis=1)
    return share(played.arrays["caught"][:, FALL:THREE_WEEKS].max(axis=1), away)


def back(
    played: Played, communities: Sequence[str] = BANKS, last_shots: int = FALL, days: int = 21
) -> Floats:
    """Net share of those away at the worst who are home again some days after the last shots, %."""
    away = played.gone(*communities)
    most = away[:, : last_shots + 8].max(axis=1)
    return share(most - away[:, last_shots + days], most)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    falls = metropolis("falls", SCRIPT)
    base = lab.play(falls, 42)
    fearless = lab.play(falls, 42, FEARLESS)
    numb = lab.play(falls, 42, {"weight_threat": 0.0, "weight_harm": 0.0})
    sudden = lab.play(metropolis("sudden", SCRIPT[2:]), 42)
    no_threat = lab.play(falls, 42, {"weight_threat": 0.0})
    firm = lab.play(metropolis("firm", SCRIPT[:1], army=FIRM, strength=15_000), 42)
    anywhere = lab.play(falls, 42, {"distance_exponent": 0.0, "rank_exponent": 0.0, "size_exponent": 1.0})
    surrounded = lab.play(metropolis("surrounded", (*SCRIPT, *AROUND)), 42)
    open_door = lab.play(metropolis("open_door", SCRIPT, door=1.0), 42)
    raid = metropolis("raid", RAID)
    raided = lab.play(raid, 42)
    last = SHOTS + 5
    fears_on = {"fear_half_life": 3650.0}
    faster = read(back(lab.play(falls, 42, {"fear_half_life": 3.0, "front_threat": 0.0})), BACK)

    claims = [
        Claim(
            "A city of 1.5 million sheds hundreds of thousands within a week of the first shots",
            "emergent; its height follows `alarm_fallen`, which was set by such a fall",
            "thousand", 0, SHED, SHED, "Mosul, June 2014: 500,000 claimed, 150,000-300,000 net",
            read(shed(base), SHED),
            {"no fear of what comes, nor of the new rule (weight_threat = weight_rule = 0)": read(shed(fearless), SHED)},
            {"a strong, trusted garrison; the same town far off falls": read(shed(firm), SHED)},
            cause="of those not spared, `alarm_fallen` x `weight_threat` moves a third, and the retreated garrison next door "
            "adds the old holder's `front_threat` on top",
        ),
        Claim(
            "They leave before the city falls as well as after",
            "emergent",
            "% before the fall", 0, AHEAD, AHEAD, "Mosul, 6-11 June 2014; ours: at least one in twenty on each side",
            read(before_fall(base), AHEAD, shed(base) > 10.0),
            {
                "neither expected attack nor fighting counts (weight_threat = weight_harm = 0)": read(
                    before_fall(numb), AHEAD, shed(numb) > 10.0
                )
            },
            {"the city falls without a warning or a shot before": read(before_fall(sudden), AHEAD, shed(sudden) > 10.0)},
            also="more than 10,000 leave",
        ),
        Claim(
            "Ahead of the attackers: from the bank where no shot has fallen yet",
            "emergent",
            "% before the fall", 0, AHEAD, AHEAD, "Mosul, 6-11 June 2014; ours: at least one in twenty on each side",
            read(ahead(base), AHEAD, shed(base) > 10.0),
            {"no expected attack counts (weight_threat = 0)": read(ahead(no_threat), AHEAD, shed(no_threat) > 10.0)},
            {
                "a strong, trusted garrison; the same town far off falls": read(
                    ahead(firm), AHEAD, firm.at("place_newly_displaced", FALL, "city_east") > 10_000.0
                )
            },
            also="more than 10,000 leave",
            cause="the threat from elsewhere is damped by `weakness(odds, defence_trust)`; nominal garrisons are trusted even "
            "where they are hollow; `believe` reads fighting in the own place only, so that a battle across the bridge, 3 km off, raises "
            "no more than `alarm_attack` times that trust",
        ),
        Claim(
            "Four fifths stay within reach (100 km)",
            "emergent",
            "% of the city's displaced", 0, Band(75.0, 90.0), REACH, "Anbar, six weeks: four fifths inside the province (s_near)",
            read(within_reach(base), REACH),
            {
                "distance does not count (distance_exponent = rank_exponent = 0, size_exponent = 1)": read(
                    within_reach(anywhere), REACH
                )
            },
            {"everything within 100 km falls too": read(within_reach(surrounded), REACH)},
            cause="`refuge_danger_limit` closes every town near the front, and the old holder's `front_threat` keeps it closed",
        ),
        Claim(
            "Some are caught between the lines",
            "emergent; the checkpoints' openness is an input (0.2-0.95)",
            "% of those away, at the worst", 0, Band(1.0, 40.0), CAUGHT, "Mosul, 12 June 2014: 200,000 of 500,000 between checkpoints (a claim)",
            read(caught(base), CAUGHT),
            {"checkpoints let everybody through (admits = 1)": read(caught(open_door), CAUGHT)},
            {"a strong, trusted garrison; hardly anybody leaves": read(caught(firm), CAUGHT, firm.gone(*CITY).max(axis=1) > 1e4)},
            cause="people are drawn to refuges in proportion to the share let through, so that few try a closed door",
        ),
        Claim(
            "Most go back within three weeks when the fighting stops: the city has fallen",
            "emergent in part: `return_waiting` was set by such a fall",
            "% back, net", 0, Band(50.0, 95.0), BACK, "Mosul, 15 June 2014: most who crossed the Tigris had gone back (s_recross)",
            read(back(base), BACK),
            {"fear never fades (fear_half_life = 10 years)": read(back(lab.play(falls, 42, fears_on)), BACK)},
            {"the minority that the new masters hunt": read(back(base, ("minority",)), BACK)},
            notes=[
                f"With fear_half_life = 3 days and front_threat = 0, {100 * faster.share:.0f} % of futures show it, "
                f"median {faster.range[1]:.0f} % back."
            ],
            cause="`wish_to_return` is zero until the danger at home has fallen below 1 / `return_caution` of the danger they fled; "
            "the alarm of the fall fades with `fear_half_life` (21 days, the recurrence of violence) although nothing "
            "happens any more, and the old holder's `front_threat` stands; meanwhile people settle (`wait_days`) "
            "and are then asked only every 28 days. A fall that is not followed by harm should calm within days",
        ),
        Claim(
            "Most go back within three weeks when the fighting stops: the raiders are gone",
            "emergent in part: `return_waiting` was set by such a fall",
            "% back, net", 0, Band(50.0, 95.0), BACK, "as above; five days of fighting in one half of the city",
            read(back(raided, ("west_bank",), last), BACK),
            {"fear never fades (fear_half_life = 10 years)": read(back(lab.play(raid, 42, fears_on), ("west_bank",), last), BACK)},
            {
                "the fighting goes on": read(
                    back(
                        lab.play(metropolis("battle", (incident("fighting", "city_west", "rebels", SHOTS, 40, 0.5),)), 42),
                        ("west_bank",),
                        last,
                    ),
                    BACK,
                )
            },
            cause="as above, with `harm` fading at `fear_half_life`",
        ),
    ]  # fmt: skip
    pattern = Pattern(
        "half_a_million",
        "Half a million in days",
        "A town 60 km off falls, then a small force enters a city of 1.5 million that a hollow army holds, and within three days has "
        "both banks of the river.",
        "Day 2 the town, day 4 the first shots on the western bank, day 7 both banks fall. What people believe about the attackers, "
        "how much of the garrison is there and how open the checkpoints on the way are differs from future to future.",
        claims,
        "Left: people of the city away from home, all futures; the target is what was claimed of Mosul. Right: the readings of all "
        "futures against what is known.",
    )
    return pattern, {"falls": base, "firm": firm, "raid": raided}
