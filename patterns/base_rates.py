"""Base rates: how often leaders go, powers come and the centre falls, against what is counted in wars."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, ORANGE, SMALL
from afternext.scenario import load
from patterns.arden import CAPITAL, arden
from patterns.harness import Floats, Lab, Pattern, Played, evidence_of, make_claim, make_pattern, read
from patterns.too_late import batches

NAME = "base_rates"
DAYS = 366
CRISES = ("iraq-2014-06-05", "iraq-2014", "mali-2012")
ABROAD = ("in_effect_air_support", "in_effect_ground_intervention")

known = partial(evidence_of, NAME)


def gone(played: Played, day: int) -> Floats:
    """Whether the head of government of the freeze has gone by a day."""
    gone_by = played.arrays["leaders"]  # told day by day for a while, then by week: the last is a year on
    return (gone_by[:, min(day, gone_by.shape[1] - 1)] > 0).astype(float)


def lost_centre(played: Played, capital: str, ours: tuple[int, ...]) -> Floats:
    """Whether the capital is ever held by an enemy of the government within a year."""
    held = played.arrays["place_holder"][:, :, played.places.index(capital)]
    inside = np.array(played.snapshots) <= 365
    return (~np.isin(held[:, inside], ours)).any(axis=1).astype(float)


def force_abroad(played: Played) -> Floats:
    """Whether an outside power strikes or sends troops for the government within a year."""
    flags = [played.arrays[name] > 0.01 for name in ABROAD if name in played.arrays]
    return np.any([f[:, :DAYS].any(axis=1) for f in flags], axis=0).astype(float)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play Arden for the verdicts and every shipped real crisis for the table, a year each."""
    few = Lab(min(lab.futures, 128), lab.seed, lab.quiet)
    land = lab.play(arden(), DAYS)
    rates = {
        "leader_90": gone(land, 90),
        "leader_365": gone(land, 365),
        "centre": lost_centre(land, CAPITAL, (0, 1)),
        "troops": force_abroad(land),
    }
    claims = [
        make_claim(NAME, name, read(batches(flags), known(name)), {}, {}) for name, flags in rates.items()
    ]
    rows = [row("Arden, threatened", rates)]
    for crisis in CRISES:
        scenario = load(crisis)
        forces = tuple(scenario.forces)
        friends = {f for f in forces if scenario.forces[f].kind in ("army", "militia", "police")}
        ours = tuple(forces.index(f) for f in friends)
        played = few.play(scenario, DAYS)
        rows.append(
            row(
                scenario.title,
                {
                    "leader_90": gone(played, 90),
                    "leader_365": gone(played, 365),
                    "centre": lost_centre(played, scenario.polity.capital, ours),
                    "troops": force_abroad(played),
                },
            )
        )
    lab.cases += few.cases
    closing = [
        "\n".join(
            [
                "**Rates within the first year**, % of futures.",
                "",
                "| crisis | head of government gone in 90 days | in 365 days | centre lost "
                "| strikes or troops from outside |",
                "|---|---:|---:|---:|---:|",
                *rows,
                "| *counted over all wars* | 11 | 29 | 11 | 15-22 |",
            ]
        )
    ]
    return make_pattern(NAME, claims, closing), {"rates": rates}


def row(label: str, rates: Mapping[str, Floats]) -> str:
    cells = [f"{100 * rates[name].mean():.0f}" for name in ("leader_90", "leader_365", "centre", "troops")]
    return f"| {label} | " + " | ".join(cells) + " |"


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: rates against the band of a factor of two. Right: batches."""
    names = {
        "leader_90": "leader gone,\n90 days",
        "leader_365": "leader gone,\n365 days",
        "centre": "centre lost",
        "troops": "outside force",
    }
    for axes in (left, right):
        for k, name in enumerate(names):
            claim = pattern.claim(name)
            low, high = claim.evidence.low, claim.evidence.high
            if axes is left:
                axes.bar(k, high - low, bottom=low, color=ORANGE, alpha=0.3, width=0.6)
                axes.plot(k, 100.0 * cases["rates"][name].mean(), "o", color=BLUE, markersize=7)
            else:
                values = claim.base.values
                axes.plot(
                    np.full(len(values), k) + np.linspace(-0.2, 0.2, len(values)),
                    values,
                    ".",
                    color=LIGHT.ink,
                )
        axes.set_xticks(range(len(names)), list(names.values()), fontsize=SMALL)
    left.set_title(
        "% of futures; orange: half to twice the base rate", fontsize=SMALL + 2, loc="left", color=LIGHT.ink
    )
    right.set_title("The same in batches of 32 futures", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
