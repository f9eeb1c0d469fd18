"""Against another program: Epstein's civil violence with our rules for risk and action, and as Mesa ships it.

Model I of Epstein 2002 (PNAS 99, 7243-7250): citizens rebel where grievance less net risk is above a
threshold, police arrest whom they see. The chance of punishment, the net risk and the threshold rule are
those of `world/processes/defence.py`; the street around them (who sees whom, who moves where, in what order)
follows Mesa's model, `mesa.examples.advanced.epstein_civil_violence`, written against Mesa 3.3.1. The two
share no random numbers, so they are compared by means over many runs.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest
from numba import njit

from afternext.world.processes.defence import acts, caught_chance, net_risk

RUNS = 300
STEPS = 50
SIDE = 16  # a small town, so that Mesa's runs take a minute
VISION = 5
CITIZENS, POLICE = 0.7, 0.04  # shares of cells, as in Epstein's run 2
LEGITIMACY, JAIL, THRESHOLD, CONSTANT = 0.82, 30, 0.1, 2.3
QUIET, ACTIVE, ARRESTED, OFFICER = 0, 1, 2, 3
WINDOWS = ((1, 10), (11, 25), (26, 50))
needs_mesa = pytest.mark.skipif(find_spec("mesa") is None, reason="Mesa is not installed")


def disc(vision: int) -> np.ndarray:
    """Return the steps to every cell within sight, by streets."""
    reach = range(-vision, vision + 1)
    return np.array([(a, b) for a in reach for b in reach if 0 < abs(a) + abs(b) <= vision])


@njit
def play(rng, side, steps, sight, shares, legitimacy, jail_term, threshold, constant, rounded, out):
    """Play one run; ``out[step]`` counts quiet, active and arrested citizens."""
    cells = side * side
    at = np.full(cells, -1)
    where = np.zeros(cells, np.int64)
    state = np.zeros(cells, np.int64)
    sentence = np.zeros(cells, np.int64)
    hardship, aversion = np.zeros(cells), np.zeros(cells)
    agents = 0
    for cell in range(cells):
        u = rng.random()
        if u < shares[0] + shares[1]:
            state[agents] = QUIET if u < shares[0] else OFFICER
            hardship[agents] = rng.random()
            aversion[agents] = rng.random()
            at[cell] = agents
            where[agents] = cell
            agents += 1
    order = np.arange(agents)
    empty = np.zeros(sight.shape[0], np.int64)
    rebels = np.zeros(sight.shape[0], np.int64)
    out[0, :] = 0
    for a in range(agents):
        if state[a] != OFFICER:
            out[0, state[a]] += 1
    for step in range(1, steps + 1):
        rng.shuffle(order)
        for a in order:
            if sentence[a] > 0:
                sentence[a] -= 1
                continue
            x, y = where[a] // side, where[a] % side
            free = officers = active = 0
            for k in range(sight.shape[0]):
                cell = (x + sight[k, 0]) % side * side + (y + sight[k, 1]) % side
                other = at[cell]
                if other < 0:
                    empty[free] = cell
                    free += 1
                elif state[other] == OFFICER:
                    officers += 1
                elif state[other] == ACTIVE:
                    rebels[active] = other
                    active += 1
            if state[a] == OFFICER:
                if active > 0:
                    caught = rebels[rng.integers(0, active)]
                    sentence[caught] = rng.integers(0, jail_term + 1)
                    state[caught] = ARRESTED
            else:
                ratio = officers / (active + 1)
                if rounded:
                    ratio = round(ratio)
                risk = net_risk(aversion[a], caught_chance(ratio, constant))
                grievance = hardship[a] * (1.0 - legitimacy)
                state[a] = ACTIVE if acts(grievance, risk, threshold) else QUIET
            if free > 0:
                at[where[a]] = -1
                where[a] = empty[rng.integers(0, free)]
                at[where[a]] = a
        out[step, :] = 0
        for a in range(agents):
            if state[a] != OFFICER:
                out[step, state[a]] += 1


@cache
def ours(*, constant: float = CONSTANT, threshold: float = THRESHOLD, rounded: bool = True) -> np.ndarray:
    """Return counts of our runs, (run, step, state)."""
    counts = np.zeros((RUNS, STEPS + 1, 3), dtype=np.int64)
    for run in range(RUNS):
        play(
            np.random.default_rng(run),
            SIDE,
            STEPS,
            disc(VISION),
            (CITIZENS, POLICE),
            LEGITIMACY,
            JAIL,
            threshold,
            constant,
            rounded,
            counts[run],
        )
    return counts


@cache
def theirs() -> np.ndarray:
    """Return counts of Mesa's runs, (run, step, state)."""
    from mesa.examples.advanced.epstein_civil_violence.model import EpsteinCivilViolence

    counts = np.zeros((RUNS, STEPS + 1, 3), dtype=np.int64)
    for run in range(RUNS):
        model = EpsteinCivilViolence(
            width=SIDE,
            height=SIDE,
            citizen_density=CITIZENS,
            cop_density=POLICE,
            citizen_vision=VISION,
            cop_vision=VISION,
            legitimacy=LEGITIMACY,
            max_jail_term=JAIL,
            active_threshold=THRESHOLD,
            arrest_prob_constant=CONSTANT,
            max_iters=STEPS,
            seed=run,
        )
        for step in range(STEPS + 1):
            counts[run, step] = model.QUIET, model.ACTIVE, model.ARRESTED
            model.step()
    return counts


def apart(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Return differences of means in standard errors: of each state in each window, and of the worst step."""
    found = {}
    for first, last in WINDOWS:
        for state, name in ((QUIET, "quiet"), (ACTIVE, "active"), (ARRESTED, "arrested")):
            a, b = (counts[:, first : last + 1, state].mean(axis=1) for counts in (one, other))
            found[f"{name} {first}-{last}"] = _errors(a, b)
    found["largest outburst"] = _errors(*(counts[:, 1:, ACTIVE].max(axis=1) for counts in (one, other)))
    return found


def _errors(a: np.ndarray, b: np.ndarray) -> float:
    return float((a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))


def test_the_street_keeps_its_people() -> None:
    citizens = ours().sum(axis=2)
    assert (citizens == citizens[:, :1]).all()
    assert ours()[:, 1:, ACTIVE].max() > 0
    assert ours()[:, 1:, ARRESTED].max() > 0


def test_more_feared_punishment_means_fewer_rebels() -> None:
    mild, harsh = (ours(constant=k)[:, 1:, ACTIVE].mean() for k in (0.2, CONSTANT))
    assert harsh < mild


@needs_mesa
@pytest.mark.deep
def test_means_agree_with_mesa_within_two_standard_errors() -> None:
    wrong = {name: errors for name, errors in apart(ours(), theirs()).items() if abs(errors) > 2.0}
    assert not wrong


@needs_mesa
@pytest.mark.deep
def test_the_comparison_would_notice_another_rule() -> None:
    """Contrary case: the chance of punishment without Mesa's rounding, or a threshold a tenth higher."""
    for other in (ours(rounded=False), ours(threshold=1.1 * THRESHOLD)):
        assert max(abs(errors) for errors in apart(other, theirs()).values()) > 4.0
