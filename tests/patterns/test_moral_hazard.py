"""A quick look at moral hazard: few futures, loose directions. `make patterns` judges in full."""

from __future__ import annotations

import numpy as np
import pytest

from patterns import moral_hazard
from patterns.harness import Lab, Pattern

FUTURES = 32


@pytest.fixture(scope="module")
def pattern() -> Pattern:
    return moral_hazard.measure(Lab(futures=FUTURES, quiet=True))[0]


@pytest.mark.deep
def test_help_on_conditions_leaves_more_power_shared_and_less_so_where_nobody_believes_it(
    pattern: Pattern,
) -> None:
    claim = pattern.claim("than_conditions")
    base = float(np.nanmedian(claim.base.values))
    assert base > 3.0
    for reading in (*claim.ablations.values(), *claim.contraries.values()):
        assert float(np.nanmedian(reading.values)) < 0.6 * base


@pytest.mark.deep
def test_a_condition_that_holds_from_the_first_day_costs_no_capital(pattern: Pattern) -> None:
    claim = pattern.claim("waiting")
    for reading in (*claim.ablations.values(), *claim.contraries.values()):
        assert float(np.nanmax(reading.values)) <= 1.0
    assert all(claim.ablations and claim.contraries for claim in pattern.claims)
