"""Which parameters matter at all: elementary effects (Morris 1991), with the mean of their sizes (Campolongo
et al. 2007).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = 4


def trajectories(count: int, inputs: int, seed: int) -> Floats:
    """Ways through the unit cube that move one input at a time: (trajectory, step, input).

    Values lie at the middles of `LEVELS` equal cells, so the ends of a range are not played.
    """
    rng = np.random.default_rng(seed)
    jump = LEVELS // 2
    found = np.empty((count, inputs + 1, inputs))
    for way in found:
        level = rng.integers(0, LEVELS, inputs)
        way[0] = level
        for step, k in enumerate(rng.permutation(inputs), 1):
            level[k] += jump if level[k] < jump else -jump
            way[step] = level
    return (found + 0.5) / LEVELS


def elementary_effects(ways: Floats, outputs: Floats) -> tuple[Floats, Floats]:
    """Mean size and spread of the effect of each input over its whole range: (input, output) each.

    ways : (trajectory, step, input)          outputs : (trajectory, step, output)
    """
    count, _, inputs = ways.shape
    effects = np.empty((count, inputs, outputs.shape[2]))
    for t in range(count):
        moves = np.diff(ways[t], axis=0)
        for step, move in enumerate(moves):
            k = int(np.flatnonzero(move)[0])
            effects[t, k] = (outputs[t, step + 1] - outputs[t, step]) / move[k]
    return np.abs(effects).mean(0), effects.std(0)


def screen(
    play: Callable[[Floats], Floats], inputs: int, scale: Floats, count: int, seed: int
) -> tuple[Floats, Floats]:
    """Screen a model: `play` turns points, (n, input), into outputs, (n, output).

    scale : (output,) unit in which an effect is told, such as the error of what is observed

    Returns the mean size of effects, (input, output), and for each input the largest over outputs.
    """
    ways = trajectories(count, inputs, seed)
    outputs = play(ways.reshape(-1, inputs)).reshape(count, inputs + 1, -1)
    size, _ = elementary_effects(ways, outputs / scale)
    return size, size.max(axis=1)
