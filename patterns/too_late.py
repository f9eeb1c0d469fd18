"""Too little, too late: what the same help does by the day it comes, and what most of the delay is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL
from afternext.scenario.schema import Scenario
from patterns.arden import QUIET, SOLID, arden
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
)

NAME = "too_late"
DELAYS = (0, 14, 30, 60, 90, 180, 365)
LATE = 180
END = 545  # day on which the outcome is read
LOST = 0.1  # share of the people that the government loses without help, from which it was in danger
SIDES = ("army", "guard")
PARTS = ("consent", "politics", "distance", "readiness", "collection")
ONLY = "patron.air_support"
QUIET_LAND = {"insurgents": QUIET, "present": SOLID}

known = partial(evidence_of, NAME)


def with_help(name: str, scale: float = 1.0, **more: Any) -> Scenario:
    """Return Arden where nobody acts but the patron: `help_D` brings air support D days after the freeze."""
    others = [move for move in arden().moves if move != "air_support"]
    strategies: dict[str, Any] = {
        "alone": {"title": "Nobody helps", "bar": [*others, "air_support"]},
        "chosen": {"title": "The patron decides for himself", "bar": others},
    }
    for days in DELAYS:
        strategies[f"help_{days}"] = {
            "title": f"Air support on day {days}",
            "bar": others,
            "plan": [
                {
                    "by": "patron",
                    "move": "air_support",
                    "to": "government",
                    "day": 0,
                    "delay": days,
                    "scale": scale,
                    "until": END,
                }
            ],
        }
    return arden(name, strategies=strategies, **more)


def ground(played: Played, day: int = END) -> Floats:
    """Share of the people living where the government or the east holds, %."""
    held = sum(played.arrays[f"population_held_{side}"][:, day] for side in SIDES)
    return 100.0 * held / played.arrays["residents"][:, day]


def endangered(alone: Played) -> Flags:
    """Futures in which the government loses much of its people if nobody helps."""
    return ground(alone, 0) - ground(alone) >= 100.0 * LOST


def saved(played: Played, alone: Played) -> Floats:
    """What help saves, points of the people, where there was something to save; else nan."""
    return np.where(endangered(alone), ground(played) - ground(alone), np.nan)


def compare(early: Floats, late: Floats, name: str) -> Reading:
    """Read early less late, means over batches of futures in danger: luck decides most of one future."""
    there = np.isfinite(early) & np.isfinite(late)
    if not there.any():
        return read(np.zeros(1), known(name))
    return read(batches((early - late)[there]) / 100.0, known(name))


def batches(flags: Floats, size: int = 32) -> Floats:
    """Return means over batches of futures, %; a rate is no number of one future."""
    whole = len(flags) // size * size
    if whole == 0:
        return np.array([100.0 * float(np.mean(flags))])
    means: Floats = 100.0 * flags[:whole].reshape(-1, size).mean(axis=1)
    return means


def finite_or_none(values: Floats) -> Floats:
    """Return the numbers that are there, or one zero."""
    there = values[np.isfinite(values)]
    return there if len(there) else np.zeros(1)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play the same help on different days."""
    days = END + 1
    land = with_help("arden")

    def play(strategy: str, of: Scenario = land, overrides: Mapping[str, float] | None = None) -> Played:
        return lab.play(of.with_strategy(strategy), days, overrides)

    alone = play("alone")
    by_delay = {d: saved(play(f"help_{d}"), alone) for d in DELAYS}
    chosen = play("chosen")
    weak = with_help("weak", strikes=0.0)
    nothing = {d: saved(play(f"help_{d}", weak), alone) for d in (0, LATE)}
    calm_land = with_help("calm", **QUIET_LAND)
    calm = {d: ground(play(f"help_{d}", calm_land)) for d in (0, LATE)}
    promptly = play("chosen", overrides={"delay_scale": 0.0})
    danger = endangered(alone)
    curve = {d: float(np.nanmean(values)) for d, values in by_delay.items()}
    plain = play("chosen", overrides={"politics": 0.0})
    acted = chosen.arrays["delivered"][:, -1] > 0
    single = by_delay[0] - by_delay[LATE]
    more = 100.0 * float((single[danger] >= known("decays").low).mean()) if danger.any() else np.nan
    claims = [
        make_claim(
            NAME,
            "decays",
            compare(by_delay[0], by_delay[LATE], "decays"),
            {"strikes do nothing (effect 0)": compare(nothing[0], nothing[LATE], "decays")},
            {"a quiet north and a solid army": read(batches(calm[0] - calm[LATE]) / 100.0, known("decays"))},
            [
                f"The government was in danger in {100 * danger.mean():.0f} % of futures (it loses at least "
                f"{100 * LOST:.0f} points of its people in {END} days "
                f"if nobody helps); only they are read, as means over batches: one by one, {more:.0f} % of "
                "them gain by help at once.",
            ],
        ),
        make_claim(
            NAME,
            "half",
            read(half_day(by_delay), known("half")),
            {},
            {},
            ["Day by which half of what help at once would have saved is lost, in batches of futures."],
        ),
        make_claim(
            NAME,
            "politics",
            read(domestic_share(chosen), known("politics")),
            {"no politics at home (politics = 0)": read(domestic_share(plain), known("politics"))},
            {},
            [f"The patron acted in {100 * acted.mean():.0f} % of futures within {END} days."],
        ),
    ]
    closing = [table(curve, by_delay), budget(chosen, promptly, alone)]
    return make_pattern(NAME, claims, closing), {"by_delay": by_delay}


def domestic_share(played: Played) -> Floats:
    """Share of politics at home and consent in the delay of what the patron did, %, where he did anything."""
    told = {part: played.arrays[f"delay_{part}"][:, -1] for part in PARTS}
    total = sum(told.values())
    part = told["politics"] + told["consent"]
    there = (played.arrays["delivered"][:, -1] > 0) & (total > 0.0)
    return 100.0 * part[there] / total[there] if there.any() else np.array([np.nan])


def half_day(by_delay: Mapping[int, Floats], size: int = 32) -> Floats:
    """Return, for batches of futures, the delay at which half of what help at once saves is left."""
    stack = np.stack([by_delay[d] for d in DELAYS])
    out = []
    for k in range(0, max(1, stack.shape[1] - size + 1), size):
        part = stack[:, k : k + size]
        if not np.isfinite(part[0]).any():
            continue
        means = np.nanmean(part, axis=1)
        if means[0] <= 0.0:
            continue
        below = np.flatnonzero(means <= 0.5 * means[0])
        if not len(below):
            out.append(float(DELAYS[-1]))
            continue
        j = int(below[0])
        a, b = means[j - 1], means[j]
        out.append(DELAYS[j - 1] + (a - 0.5 * means[0]) / (a - b) * (DELAYS[j] - DELAYS[j - 1]))
    return np.array(out) if out else np.array([np.nan])


def table(curve: Mapping[int, float], by_delay: Mapping[int, Floats]) -> str:
    """Return what help saves by the day on which it takes effect."""
    rows = []
    for d in DELAYS:
        values = by_delay[d][np.isfinite(by_delay[d])]
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95)) if len(values) else (np.nan,) * 3
        left = 100.0 * curve[d] / curve[0] if curve[0] else np.nan
        rows.append(f"| {d} | {curve[d]:.1f} | {middle:.1f} ({low:.1f}-{high:.1f}) | {left:.0f} |")
    return "\n".join(
        [
            "**The same help by the day on which it takes effect** (points of the people saved, in danger).",
            "",
            "| day | mean | median (5-95 %) | % of help at once |",
            "|---:|---:|---:|---:|",
            *rows,
        ]
    )


def budget(chosen: Played, promptly: Played, alone: Played) -> str:
    """Return the delay budget of what the patron chose, and the same choices without delay."""
    acted = chosen.arrays["delivered"][:, -1] > 0
    cells = [f"{float(chosen.arrays[f'delay_{part}'][acted, -1].mean()):.0f}" for part in PARTS]
    late, soon = (np.nanmean(saved(x, alone)) for x in (chosen, promptly))
    return "\n".join(
        [
            "**Delay budget** of the help that the patron chose, mean days from decision to effect: "
            + ", ".join(f"{part} {days}" for part, days in zip(PARTS, cells, strict=True))
            + f". It saved {late:.1f} points of the people in futures in danger; the same without any delay"
            f" {soon:.1f}.",
        ]
    )


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: what help saves by day. Right: how much of it is left, all futures in danger."""
    del pattern
    by_delay = cases["by_delay"]
    for low, high, tone in ((0.05, 0.95, 0.16), (0.25, 0.75, 0.30)):
        bounds = np.array([np.nanquantile(by_delay[d], (low, high)) for d in DELAYS]).T
        left.fill_between(DELAYS, *bounds, color=BLUE, alpha=tone, linewidth=0)
    left.plot(
        DELAYS, [np.nanmean(by_delay[d]) for d in DELAYS], "o-", color=BLUE, linewidth=1.6, markersize=4
    )
    left.set_xlabel("day on which help takes effect", fontsize=SMALL)
    left.set_title(
        "People saved for the government, points of all", fontsize=SMALL + 2, loc="left", color=LIGHT.ink
    )
    whole = np.nanmean(by_delay[0])
    shares = [100.0 * np.nanmean(by_delay[d]) / whole for d in DELAYS]
    right.barh(range(len(DELAYS)), shares, color=SLATE, alpha=0.7, height=0.6)
    right.set_yticks(range(len(DELAYS)), [f"day {d}" for d in DELAYS], fontsize=SMALL)
    right.invert_yaxis()
    right.set_title("Left of what help at once does, %", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
