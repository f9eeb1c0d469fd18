"""Screening and history matching: on models whose answer is known, and simulation-based calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from afternext.evidence.matching import NothingLeft, Observed, fit, implausibility, match
from afternext.evidence.screening import elementary_effects, screen, trajectories


def test_the_effects_of_a_line_are_its_slopes() -> None:
    slopes = np.array([3.0, 0.0, -1.0, 0.5])
    size, largest = screen(lambda x: (x @ slopes)[:, None], 4, np.array([2.0]), 5, seed=1)
    assert np.allclose(size[:, 0], np.abs(slopes) / 2)
    assert np.allclose(largest, np.abs(slopes) / 2)


def test_every_step_moves_one_input_and_stays_inside() -> None:
    ways = trajectories(20, 7, seed=2)
    moved = np.abs(np.diff(ways, axis=1)) > 0
    assert (moved.sum(2) == 1).all()
    assert (moved.sum(1) == 1).all()
    assert ((ways > 0) & (ways < 1)).all()


def test_a_product_has_effects_that_differ_from_place_to_place() -> None:
    """Of x0 x1: the size of the effect of x0 is the mean of x1, its spread that of x1."""
    ways = trajectories(4000, 2, seed=4)
    size, spread = elementary_effects(ways, ways.prod(2)[:, :, None])
    levels = (np.arange(4) + 0.5) / 4
    assert np.allclose(size[:, 0], levels.mean(), rtol=0.03)
    assert np.allclose(spread[:, 0], levels.std(), rtol=0.05)


def test_the_emulator_returns_a_quadratic_and_its_noise() -> None:
    rng = np.random.default_rng(3)
    x = rng.random((400, 3))
    y = 2 + 3 * x[:, 0] - 4 * x[:, 1] ** 2 + x[:, 0] * x[:, 2] + 0.2 * rng.standard_normal(400)
    found = fit(x, y[:, None])
    at = rng.random((50, 3))
    truth = 2 + 3 * at[:, 0] - 4 * at[:, 1] ** 2 + at[:, 0] * at[:, 2]
    assert np.abs(found.mean(at)[:, 0] - truth).max() < 0.15
    assert found.spread[0] == pytest.approx(0.2, rel=0.1)


def seen(value: list[float], error: float = 0.05) -> Observed:
    return Observed(np.array(value), np.full(len(value), error), np.zeros(len(value)))


def test_waves_close_in_on_what_fits_and_keep_it() -> None:
    truth = np.array([0.7, 0.3])

    def model(x: np.ndarray) -> np.ndarray:
        return np.stack([np.exp(x[:, 0]) + x[:, 1] ** 2, x[:, 1] - x[:, 0] / 2], axis=1)

    rng = np.random.default_rng(5)
    play = lambda x, first: model(x) + 0.02 * rng.standard_normal((len(x), 2))  # noqa: E731
    goal = seen(list(model(truth[None])[0]))
    found = match(play, 2, goal, waves=3, runs=60, seed=1)
    lefts = [wave.left for wave in found.waves]
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[-1] < 0.2
    assert implausibility(found.emulator, truth[None], goal)[0] < 3
    assert (found.contraction > 0.8).all()
    for k, value in enumerate(truth):
        low, high = found.range(k)
        assert low < value < high


def test_an_input_that_does_nothing_is_not_narrowed() -> None:
    rng = np.random.default_rng(6)
    play = lambda x, first: x[:, :1] + 0.05 * rng.standard_normal((len(x), 1))  # noqa: E731
    found = match(play, 3, seen([0.5]), waves=2, runs=100, seed=2)
    assert found.contraction[0] > 0.9
    assert np.abs(found.contraction[1:]).max() < 0.1


def test_a_rough_model_learns_less() -> None:
    play = lambda x, first: x[:, :1]  # noqa: E731
    rough = Observed(np.array([0.5]), np.array([0.05]), np.array([0.3]))
    assert (
        match(play, 1, rough, runs=50).contraction[0]
        < match(play, 1, seen([0.5]), runs=50).contraction[0] / 2
    )


def test_a_history_that_nothing_fits_is_told() -> None:
    with pytest.raises(NothingLeft, match="output 2"):
        match(lambda x, first: np.hstack([x, x]), 1, seen([0.5, 9.0]), runs=50)


def ranks(sets: int, first: int, runs: int = 60) -> np.ndarray:
    """Simulation-based calibration: rank of the true parameter in its posterior, (set, parameter).

    Truth from the prior, observations from the truth with the declared errors, matched by plays of a curved,
    noisy toy of two parameters and three outputs.
    """
    found = []
    error, noise = np.array([0.1, 0.15, 0.1]), 0.05
    for seed in range(first, first + sets):
        rng = np.random.default_rng([seed, 11])

        def model(x: np.ndarray) -> np.ndarray:
            return np.stack([x[:, 0] + 0.5 * x[:, 1] ** 2, x[:, 1] - x[:, 0] * x[:, 1], x.sum(1)], axis=1)

        def play(x: np.ndarray, begin: int, rng: np.random.Generator = rng) -> np.ndarray:
            return model(x) + noise * rng.standard_normal((len(x), 3))

        truth = rng.random((1, 2))
        observed = play(truth, 0)[0] + error * rng.standard_normal(3)
        try:
            matched = match(play, 2, Observed(observed, error, np.zeros(3)), waves=2, runs=runs, seed=seed)
        except NothingLeft:
            continue
        below = matched.weights @ (matched.points < truth)
        found.append(below)
    return np.array(found)


def uniform(found: np.ndarray) -> list[float]:
    return [float(stats.kstest(found[:, k], "uniform").pvalue) for k in range(found.shape[1])]


def test_ranks_of_truths_are_uniform() -> None:
    """Simulation-based calibration (Talts et al. 2018) in 150 sets."""
    found = ranks(150, 0)
    assert len(found) >= 147
    assert min(uniform(found)) > 0.01, uniform(found)


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_ranks_of_truths_are_uniform_in_many_sets() -> None:
    """Simulation-based calibration in 1,000 sets."""
    found = ranks(1000, 10_000)
    print(uniform(found))
    assert min(uniform(found)) > 0.01, uniform(found)


def test_ranks_tell_a_posterior_that_is_too_narrow() -> None:
    """The check can fail: with errors called half of what they are, ranks pile up at the ends."""
    rng = np.random.default_rng(1)
    truths = rng.random(300)
    draws = truths[:, None] + 0.1 * rng.standard_normal((300, 1)) + 0.05 * rng.standard_normal((300, 500))
    found = (draws < truths[:, None]).mean(1)[:, None]
    assert min(uniform(found)) < 1e-4
