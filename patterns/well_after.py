"""Well after: arms that change sides, an insurgent that holds or hides, and ten years of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL
from afternext.ensemble.sample import Sampler
from afternext.scenario.schema import Scenario
from afternext.world import compile_scenario
from afternext.world.events import ATTACK, RAIDED
from afternext.world.forces import EXPAND, FOMENT, GROUND, HOLD
from patterns.harness import (
    Flags,
    Floats,
    Lab,
    Pattern,
    Reading,
    evidence_of,
    make_claim,
    make_pattern,
    read,
    share,
)
from patterns.long_run import (
    CRISIS,
    DAILY,
    INSURGENTS,
    MINOR,
    SIDES_IN_IRAQ,
    WAR,
    YEAR,
    YEARS,
    Long,
    calm_years,
    cut,
    echo,
    last,
    recurs,
    spells_of_peace,
    steps,
    still,
)
from patterns.probe import incident
from patterns.rout import HOLLOW, ONLY_SCRIPT, START, garrisoned, percent, spread

NAME = "well_after"
FEW = 64  # futures of a long run at most
FOLLOWED = 20  # years, so that ten can follow a peace
MONTH = 28
SIDES = {
    "Baghdad and its allies": ("isf", "sahwa", "pmf"),
    "Peshmerga": ("peshmerga",),
    "ISIS": ("isis",),
    "other insurgents": ("sunni_revolt", "rebels"),
}
POSTURES = {HOLD: "hold", EXPAND: "expand", FOMENT: "foment", GROUND: "go to ground"}
BLIND = {"hold_slope": 0.0, "loss_shock": 0.0, "posture_sharpness": 0.0}
OPEN_ONLY = {"stand_bias": 50.0}
NOT_CHOSEN = "courses are drawn by lot (hold_slope = loss_shock = posture_sharpness = 0)"
SPENT = {"growth_rate": 0.0, "relapse_rate": 0.0}
IDLE = {"attack_insurgent": 0.0, "attack_regular": 0.0}
SIZELESS = {"full_size": 1.0, "again_ratio": 1.0, "disband_rate": 0.0}
BOUNDLESS = {"tax_yield": 50.0, "willing_share": 0.1}  # five and seven times the top of their ranges
NOT_SPENT = "insurgents neither recruit nor rise again (growth_rate = relapse_rate = 0)"
NOT_IDLE = "forces start no fight (attack_insurgent = attack_regular = 0)"
NOT_BOUNDED = "people sustain insurgents without bound (tax_yield = 50, willing_share = 0.1)"
NOT_SIZED = (
    "a force strikes as often whatever its size and past, for ever"
    " (full_size = again_ratio = 1, disband_rate = 0)"
)

known = partial(evidence_of, NAME)


# Arms


def scripted(kind: str) -> Scenario:
    """Return the probe of a rout with a large garrison that is driven out or leaves in order."""
    base = garrisoned("arms", **HOLLOW)
    by = "army" if kind == "withdrawal" else "raiders"
    raw = base.model_dump(mode="json", exclude_unset=True)
    raw["incidents"] = [incident(kind, "city", by, START)]
    raw["parameters"] = {**raw["parameters"], "break_rate": ONLY_SCRIPT["attack_regular"]}
    return Scenario.model_validate(raw)


def arms(
    lab: Lab, kind: str = "capture", overrides: Mapping[str, float] | None = None
) -> tuple[Reading, Floats]:
    """Read which share of a garrison's arms is with the attacker a day later; and people found again less
    men who deserted.
    """
    lab.cases += 1
    scenario = scripted(kind)
    world = compile_scenario(scenario, days=30, overrides=overrides)
    plain = compile_scenario(scenario, days=30)
    columns = {experiment.name: k for k, experiment in enumerate(plain.experiments)}
    city = columns["presence.city.army"]
    values = np.zeros(lab.futures)
    missing = np.zeros(lab.futures)
    rows = Sampler(world.experiments, lab.seed, columns=columns).rows(0, lab.futures)
    wide = Sampler(plain.experiments, lab.seed, columns=columns).rows(0, lab.futures)
    for luck, row in enumerate(rows):
        a = world.simulate(row, lab.seed, luck).arrays
        had = a["materiel_army"][0] * wide[luck][city] / a["nominal_army"][0]
        values[luck] = 100.0 * (a["materiel_raiders"][START + 2] - a["materiel_raiders"][0]) / had
        people = sum(
            a[name].astype(float)
            for name in ("residents", "displaced", "settled_for_good", "dead", "defenders", "defenders_lost")
        )
        left = a["deserted"] - a["recruited"] + a["foreign_fighters"]
        missing[luck] = np.abs(people - people[0] - left).max()
    return read(values, known("arms")), missing


# Postures


def hidden(told: Long, force: str = "isis") -> Flags:
    return told.arrays[f"posture_{force}"][:, :DAILY] >= FOMENT


def time_hidden(told: Long, force: str = "isis", landless: bool = False) -> Reading:
    """Read the share of time on a hidden course, %; landless: of the days on which it holds nothing."""
    away = hidden(told, force)
    days = np.ones(away.shape, dtype=bool)
    if landless:
        days = told.arrays[f"places_held_{force}"][:, :DAILY] == 0
    return read(share((away & days).sum(axis=1), days.sum(axis=1)), known("both"))


def after(told: Long, sign: int, force: str = "isis") -> Reading:
    """Read how much more of the month after a loss (-1) or gain (1) of a place it hides, points.

    Only days in the open are compared: a force gone to ground gives places up, which is no cause of hiding.
    """
    change = np.sign(np.diff(told.arrays[f"places_held_{force}"][:, :DAILY])) == sign
    away = hidden(told, force)
    so_far = np.concatenate([np.zeros((len(away), 1)), np.cumsum(away, axis=1)], axis=1)
    whole = DAILY - MONTH
    ahead = 100.0 * (so_far[:, 1 + MONTH :] - so_far[:, 1 : 1 + whole]) / MONTH  # the month after each day
    change = np.concatenate([np.zeros((len(away), 1), dtype=bool), change], axis=1)[:, :whole]
    values = np.full(len(away), np.nan)
    for k, (before, there, month) in enumerate(zip(away[:, :whole], change, ahead, strict=True)):
        moved, still = ~before & there, ~before & ~there
        if moved.any() and still.any():
            values[k] = month[moved].mean() - month[still].mean()
    return read(values, known("choice"))


def posture_rows(told: Long) -> list[str]:
    """Return the table of postures: time, spells and costs."""
    out = []
    for force, label in (("isis", "ISIS"), ("sunni_revolt", "Sunni revolt")):
        posture = told.arrays[f"posture_{force}"][:, :DAILY]
        men = told.arrays[f"strength_{force}"][:, :DAILY].astype(float)
        places = told.arrays[f"places_held_{force}"][:, :DAILY].astype(float)
        step, ground = np.diff(men), np.diff(places)
        for code, name in POSTURES.items():
            during = posture[:, :-1] == code
            whole, cut = [], 0
            for row in posture:
                edges = np.flatnonzero(np.diff(row)) + 1
                starts = np.concatenate([[0], edges])
                lengths = np.diff(np.concatenate([starts, [DAILY]]))
                mine = row[starts] == code
                cut += int(mine[-1])
                whole.append(lengths[:-1][mine[:-1]])
            spells = np.concatenate(whole).astype(float)
            stock = (men[:, :-1] * during).sum() / YEAR
            years = during.sum() / YEAR
            cells = [
                f"{label}, {name}",
                f"{100 * during.mean():.0f}",
                percent((posture == code).any(axis=1)),
                spread(spells) if len(spells) else "none",
                f"{cut}",
                f"{100 * -(np.minimum(step, 0) * during).sum() / max(stock, 1e-9):.0f}",
                f"{100 * (np.maximum(step, 0) * during).sum() / max(stock, 1e-9):.0f}",
                f"{-(np.minimum(ground, 0) * during).sum() / max(years, 1e-9):.1f}",
                f"{(np.maximum(ground, 0) * during).sum() / max(years, 1e-9):.1f}",
            ]
            out.append("| " + " | ".join(cells) + " |")
    return out


# Ten years


def growth(told: Long) -> Reading:
    """Read fights of years 8-10 over those of years 1-3."""
    fights = told.fights()
    early, late = fights[:, :3].sum(axis=1), fights[:, 7:10].sum(axis=1)
    return read(np.where(early > 0, late / np.maximum(early, 1.0), np.nan), known("steady"))


def ranked(x: Floats, y: Floats) -> float:
    """Rank correlation over futures."""
    return float(np.corrcoef(np.argsort(np.argsort(x)), np.argsort(np.argsort(y)))[0, 1])


def alive(told: Long) -> Reading:
    return read(told.fights()[:, 8:10].sum(axis=1), known("alive"))


def largest(told: Long) -> Reading:
    """Read the share of the places of Iraq that the side with most of them holds after ten years, %."""
    held = np.stack([told.held(YEARS, *names) for names in SIDES.values()])
    return read(100.0 * held.max(axis=0) / told.inside.sum(), known("nobody_wins"))


def again(told: Long) -> Reading:
    return read(np.array([recurs(s, 5.0) for s in spells_of_peace(told, "place")]), known("again"))


def waves(told: Long) -> Reading:
    """Read how far a year's log of fights goes with that of the year before, over twenty years."""
    fights = np.log1p(told.fights())
    varied = fights.std(axis=1) > 0
    values = np.full(len(fights), np.nan)
    values[varied] = echo(fights, True)
    return read(values, known("waves"))


def wars(told: Long) -> list[str]:
    """Return the tables of wars that last, end and come back."""
    iraq = told.killed(*SIDES_IN_IRAQ)
    own = told.killed(*INSURGENTS)
    sides = told.killed(*{*SIDES_IN_IRAQ, *INSURGENTS}).sum() / max(own.sum(), 1.0)
    each = sides * np.concatenate([told.killed(f) for f in INSURGENTS])
    cases = {
        f"Iraq: {WAR:.0f} fighters killed in every year": iraq >= WAR,
        f"Iraq: {MINOR:.0f} in every year": iraq >= MINOR,
        f"an insurgent: {MINOR:.0f} of both sides in every year": each >= MINOR,
    }
    out = [
        "**How long wars last and when they come back**, % (UCDP counts a war from both sides' deaths in a"
        f" calendar year; an insurgent's own dead count {sides:.1f} times, by the share they are of all;"
        f" {told.years} years).",
        "",
        "| war, counted by | active after 1 year | 3 | 5 | 10 | ended | back within 3 years | 5 | 10 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for label, active in cases.items():
        calm = calm_years(active)
        cells = [f"{still(active, y):.0f}" for y in (1, 3, 5, 10)]
        cells += [f"{len(calm)}", *(f"{recurs(calm, y):.0f}" if calm else "none" for y in (3.0, 5.0, 10.0))]
        out.append(f"| {label} | {' | '.join(cells)} |")
    out += [
        "| *known: wars of the world at war level, UCDP* | 81 | 63 | 49 | 32 | | 23 | 39 | 48 |",
        "| *known: all of them* | 53 | 32 | 24 | 15 | | | | |",
        "",
        "| year of Iraq, by fighters killed | next year war | minor | none |",
        "|---|---:|---:|---:|",
    ]
    for label, row in zip(("war", "minor", "none"), steps(iraq), strict=True):
        out.append(f"| {label} | " + " | ".join(f"{share:.0f}" for share in row) + " |")
    return [*out, "| *known: war* | 67 | 21 | 12 |", "| *known: minor* | 8 | 70 | 22 |"]


def ten_years(told: Long) -> list[str]:
    """Return the tables of the long run."""
    fights = told.fights()

    def begun(kind: int, year: int) -> Floats:
        return told.fights((kind,))[:, year - 1]

    def held(names: Sequence[str], year: int) -> Floats:
        return told.held(year, *names)

    rows: dict[str, Callable[[int], Floats]] = {
        f"places of Iraq held by {side}": partial(held, names) for side, names in SIDES.items()
    }
    rows |= {
        "... by nobody": partial(held, ()),
        "displaced, thousand": lambda y: told.at("displaced", y) / 1000.0,
        "places with fighting, whole map": partial(told.at, "fighting_places"),
        "attacks in Iraq in the year before": partial(begun, ATTACK),
        "raids in Iraq in the year before": partial(begun, RAIDED),
        "places of Iraq with fighting at once, most in the year, %": told.at_once,
    }
    out = [f"| {name} | " + " | ".join(spread(of(y)) for y in (1, 3, 10)) + " |" for name, of in rows.items()]
    first = fights[:, :YEARS]
    ratio = growth(told).values
    attacks = told.fights((ATTACK,))[:, 8:10].sum(axis=1)
    everything = largest(told).values >= 100.0
    late = first[:, 3:]
    uneven = late.var(axis=1, ddof=1) / np.maximum(late.mean(axis=1), 1e-9)
    same = np.ptp(first[:, 7:], axis=1) == 0
    shares = {
        "fights of years 8-10 more than 3 times those of years 1-3": ratio > 3,
        "more than 20 % of the places of Iraq with fighting at once in year 10": told.at_once(YEARS) > 20,
        "no fight in Iraq in the last two years": first[:, 8:].sum(axis=1) == 0,
        "no attack in Iraq in the last two years, raids left out": attacks == 0,
        "the same number of fights in each of the last three years": same,
        "one side holds every place of Iraq": everything,
    }
    out += [
        "",
        f"Lag-1-year autocorrelation of fights within a future, ten years: {spread(echo(first, True), 2)};"
        f" with a straight trend taken out {spread(echo(first, False), 2)}"
        " (ten independent years would give about -0.1).",
        f"Variance over mean of yearly fights, years 4-10: {spread(uneven, 1)}"
        " (1: chance around a constant rate).",
        "",
        "| after ten years | % of futures |",
        "|---|---:|",
        *(f"| {name} | {percent(flags)} |" for name, flags in shares.items()),
        "",
        f"**Recurrence.** A year without a fight counts as peace; futures run {told.years} years."
        " Base rates of civil wars: 23 % within five years, 48 % within ten.",
        "",
        "| peace of | peaces | recurs within 5 years, % | within 10 years, % |",
        "|---|---:|---:|---:|",
    ]
    for unit, label in (("place", "a place"), ("force", "an insurgent force"), ("country", "all Iraq")):
        pooled = [s for spells in spells_of_peace(told, unit) for s in spells]
        cells = [f"{recurs(pooled, y):.0f}" if pooled else "none" for y in (5.0, 10.0)]
        out.append(f"| {label} | {len(pooled)} | {' | '.join(cells)} |")
    return out


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Measure what is left well after."""
    few = replace(lab, futures=min(lab.futures, FEW), cases=0)
    whole, missing = arms(lab)
    told = last(few, FOLLOWED)
    ten = cut(told, YEARS)
    spent, idle, boundless = (last(few, YEARS, o) for o in (SPENT, IDLE, BOUNDLESS))
    sizeless = last(few, FOLLOWED, SIZELESS)
    blind = last(few, 3, BLIND, DAILY)
    open_only = last(few, 3, OPEN_ONLY, DAILY)
    long_cases = {NOT_SPENT: spent, NOT_IDLE: idle, NOT_BOUNDED: boundless}

    def of(reading: Any, *labels: str) -> dict[str, Reading]:
        return {label: reading(long_cases[label]) for label in labels}

    coin = time_hidden(blind)
    late = ten.fights()[:, 7:10].sum(axis=1)
    men = ten.at("strength_isis", 9) + ten.at("strength_sunni_revolt", 9)
    claims = [
        make_claim(
            NAME,
            "arms",
            whole,
            {"nothing is left behind (materiel_left = 0)": arms(lab, overrides={"materiel_left": 0.0})[0]},
            {"the garrison leaves in order": arms(lab, "withdrawal")[0]},
            [
                "The men: residents, displaced and local defenders rise by exactly the deserters less"
                f" recruits on every day in {percent(missing == 0)} % of futures (tested in"
                " `tests/world/processes/test_clash.py`; every future is checked for it, arms included)."
            ],
        ),
        make_claim(
            NAME,
            "both",
            time_hidden(told),
            {"it always stands in the open (stand_bias = 50)": time_hidden(open_only)},
            {"the Sunni revolt while it holds no place": time_hidden(told, "sunni_revolt", landless=True)},
            [
                f"By lot (all three slopes 0) {100 * coin.share:.0f} % of futures show it too:"
                " that both occur does not prove a choice; the next claim asks for that."
            ],
        ),
        make_claim(
            NAME,
            "choice",
            after(told, -1),
            {NOT_CHOSEN: after(blind, -1)},
            {"the month after it took a place": after(told, 1)},
            [
                "Only days in the open count: a force gone to ground gives places up, so that over all days"
                " losing and hiding go together by lot too."
            ],
        ),
        make_claim(
            NAME,
            "steady",
            growth(ten),
            of(growth, NOT_BOUNDED, NOT_SPENT),
            of(growth, NOT_IDLE),
            [
                "Over futures, fights of years 8-10 go with the raids a day that a fomenting force starts"
                f" (`attack_insurgent` times `raid_rate`): rank correlation {ranked(late, ten.raiding):.2f};"
                f" with the fighters of ISIS and the Sunni revolt after nine years: {ranked(late, men):.2f}."
            ],
        ),
        make_claim(
            NAME,
            "waves",
            waves(told),
            {NOT_SIZED: waves(sizeless)},
            of(waves, NOT_IDLE),
        ),
        make_claim(NAME, "alive", alive(ten), of(alive, NOT_SPENT), of(alive, NOT_IDLE)),
        make_claim(NAME, "nobody_wins", largest(ten), of(largest, NOT_BOUNDED), of(largest, NOT_SPENT)),
        make_claim(NAME, "again", again(told), of(again, NOT_SPENT), of(again, NOT_IDLE)),
    ]
    lab.cases += few.cases
    closing = [
        f"**Hold or foment** (`{CRISIS}`, three years, {few.futures} futures; losses are falls of strength"
        " from one day to the next, by death and desertion alike, in % of its men a year on that course).",
        "| force, course | % of time | futures with it, % | days of a spell that ended | spells cut off |"
        " losses, % a year | gains, % a year | places lost a year | places won a year |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n" + "\n".join(posture_rows(told)),
        f"**Ten years** (`{CRISIS}`, {few.futures} futures, median and 5-95 %).",
        "| | 1 year | 3 years | 10 years |\n|---|---:|---:|---:|\n" + "\n".join(ten_years(told)),
        "\n".join(wars(told)),
    ]
    return make_pattern(NAME, claims, closing), {"ten": ten}


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Long]) -> None:
    """Left: fights in Iraq by year. Right: places of Iraq held by each side after ten years."""
    del pattern
    told = cases["ten"]
    fights = told.fights()
    years = np.arange(1, YEARS + 1)
    for low, high, tone in ((0.05, 0.95, 0.16), (0.25, 0.75, 0.30)):
        left.fill_between(
            years, *np.quantile(fights, (low, high), axis=0), color=BLUE, alpha=tone, linewidth=0
        )
    left.plot(years, np.median(fights, axis=0), color=BLUE, linewidth=1.6)
    for row in fights[:3]:
        left.plot(years, row, color=LIGHT.muted, linewidth=0.7)
    left.set_xlabel("year (grey: three single futures)", fontsize=SMALL)
    left.set_title("Attacks and raids in Iraq, a year", fontsize=SMALL, loc="left")
    sides = {**SIDES, "nobody": ()}
    for k, names in enumerate(sides.values()):
        for year, y, colour in ((0.0, k + 0.15, SLATE), (YEARS, k - 0.15, BLUE)):
            low, middle, high = np.quantile(told.held(year, *names), (0.05, 0.5, 0.95))
            right.plot([low, high], [y, y], color=colour, linewidth=3, alpha=0.4)
            right.plot(middle, y, "o", color=colour, markersize=5)
    right.set_yticks(range(len(sides)), list(sides), fontsize=SMALL)
    right.set_title("Places of Iraq held", fontsize=SMALL, loc="left")
    right.set_xlabel("at the start (grey), after ten years (blue)", fontsize=SMALL)
