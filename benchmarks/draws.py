"""Time the keyed draws: `python -m benchmarks.draws`."""

from __future__ import annotations

import json
import time

from numba import njit

from afternext.world.streams import binomial, future_key, mix, step_stream, uniform

DRAWS = 20_000_000


@njit
def draw_uniforms(draws):
    stream = step_stream(future_key(7, 0), 3, 1)
    total = 0.0
    for entity in range(draws):
        total += uniform(mix(stream, entity & 7), entity)
    return total


@njit
def draw_counts(draws, people, chance):
    stream = step_stream(future_key(7, 0), 3, 1)
    total = 0
    for entity in range(draws):
        total += binomial(people, chance, uniform(stream, entity))
    return total


def per_draw(function, *arguments, draws: int) -> float:
    """Best of three, nanoseconds a draw."""
    function(10, *arguments)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        function(draws, *arguments)
        times.append(time.perf_counter() - began)
    return min(times) / draws * 1e9


def main() -> None:
    print(
        json.dumps(
            {
                "uniform_ns": per_draw(draw_uniforms, draws=DRAWS),
                "count_small_ns": per_draw(draw_counts, 1_000, 0.01, draws=DRAWS // 10),
                "count_large_ns": per_draw(draw_counts, 1_000_000, 0.3, draws=DRAWS // 10),
            }
        )
    )


if __name__ == "__main__":
    main()
