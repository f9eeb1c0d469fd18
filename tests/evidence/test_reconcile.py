"""Claims are reconciled: known truths are recovered as often as the ranges say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from afternext.evidence.grades import grades
from afternext.evidence.quantities import observed, quantities_of
from afternext.evidence.reconcile import chance_of_yes, draw
from afternext.evidence.report import reconcile
from afternext.scenario.schema import Claim
from tests.evidence.made_up import claim, simulated

LEVELS = (0.5, 0.8, 0.95)


def coverage(sets: int, first: int, **how: int) -> tuple[np.ndarray, int]:
    """How often truths lie in central ranges, and in how many quantities."""
    inside = np.zeros(len(LEVELS))
    ranks = 0
    for seed in range(first, first + sets):
        quantities, truths = simulated(seed)
        found = draw(observed(quantities), len(quantities), seed=seed, **how).truth
        for k, truth in enumerate(truths):
            below = float((found[:, k] < truth).mean())
            inside += [abs(below - 0.5) < level / 2 for level in LEVELS]
            ranks += 1
    return inside / ranks, ranks


def test_ranges_hold_the_truth_as_often_as_they_say() -> None:
    """25 simulated sets of 6 quantities: within three standard errors of 50, 80 and 95 of 100."""
    found, n = coverage(25, 100, chains=150, kept=60, warm_up=60)
    for level, share in zip(LEVELS, found, strict=True):
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / n), (level, share, n)


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_ranges_hold_the_truth_as_often_as_they_say_in_many_sets() -> None:
    """400 simulated sets, 2,400 quantities: within three standard errors, that is 1.3 to 3 points."""
    found, n = coverage(400, 5000, chains=200, kept=80, warm_up=80)
    print(dict(zip(LEVELS, found.round(4), strict=True)), n)
    for level, share in zip(LEVELS, found, strict=True):
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / n), (level, share, n)


def test_the_draws_agree_with_the_integral_done_exactly() -> None:
    """Two sources on one quantity, dispersion known: the posterior by quadrature (SciPy)."""
    table = replace(grades(), dispersion=0.0)
    claims = [claim("one", 1000, credibility=3), claim("two", 4000, reliability="D", credibility=4)]
    quantities = quantities_of(claims)
    found = draw(observed(quantities), 1, table, seed=3).truth[:, 0]

    at = np.linspace(4.5, 11.5, 281)

    def density(y: float, bias: float, scale: float) -> np.ndarray:
        b = np.linspace(-8 * bias, 8 * bias, 801)
        over = stats.norm.pdf(b, 0, bias) * stats.t.pdf((y - at[:, None] - b) / scale, 4)
        return integrate.simpson(over, x=b)

    both = density(np.log1p(1000), table.bias["B"], table.error["3"])
    both = both * density(np.log1p(4000), table.bias["D"], table.error["4"])
    cumulated = np.cumsum(both) / both.sum()
    for q in (0.05, 0.25, 0.5, 0.75, 0.95):
        exact = np.interp(q, cumulated, at + 0.0125)
        assert abs(np.quantile(found, q) - exact) < 0.02, q


def ranges(*claims: Claim) -> dict[float, float]:
    """Quantiles of the first quantity of some claims."""
    found = reconcile(claims=claims).quantities[0].quantiles
    assert found is not None
    return dict(found)


def test_one_claim_gives_a_range_as_wide_as_its_grades() -> None:
    good = ranges(claim("a", 10_000, reliability="A", credibility=1))
    poor = ranges(claim("a", 10_000, reliability="E", credibility=4))
    assert good[0.5] == pytest.approx(10_000, rel=0.02)
    assert 1.2 < good[0.9] / good[0.1] < 1.7
    assert poor[0.9] / poor[0.1] > 6


def test_a_figure_repeated_by_everyone_counts_once() -> None:
    one = [claim("iom", 500_000), claim("officials", 150_000)]
    echoes = [claim(f"paper {k}", 500_000, repeats="iom") for k in range(8)]
    assert ranges(*one, *echoes) == ranges(*one)
    undeclared = [claim(f"paper {k}", 500_000) for k in range(8)]
    loud = reconcile(claims=[*one, *undeclared])
    assert ranges(*one, *undeclared)[0.5] > ranges(*one)[0.5] * 1.2
    assert "a copy, perhaps" in loud.quantities[0].claims[-1].remark


def test_a_wild_claim_moves_little() -> None:
    some = [claim(f"s{k}", x) for k, x in enumerate((9_000, 10_000, 11_000, 10_500))]
    wild = reconcile(claims=[*some, claim("wild", 900_000)]).quantities[0]
    assert ranges(*some, claim("wild", 900_000))[0.5] < 1.25 * ranges(*some)[0.5]
    assert "stands apart" in wild.claims[-1].remark
    assert (wild.claims[-1].say or 1.0) < 0.2


def test_a_source_that_overstates_elsewhere_is_corrected_here() -> None:
    pairs = []
    for k in range(6):
        on = f"2031-0{k + 1}-10"
        pairs += [claim("count", 10_000, on=on, reliability="A", credibility=1)]
        pairs += [claim("party", 30_000, on=on, reliability="D", credibility=3)]
    last = claim("party", 30_000, on="2031-09-10", reliability="D", credibility=3)
    found = reconcile(claims=[*pairs, last])
    party = next(source for source in found.sources if source.who == "party")
    assert 2.2 < party.factor < 3.8
    alone = found.quantities[-1].quantiles or {}
    assert 8_000 < alone[0.5] < 15_000
    assert ranges(last)[0.5] > 25_000


def test_at_least_lifts_and_a_bound_alone_has_no_figure() -> None:
    plain = claim("a", 10_000, credibility=4)
    assert ranges(plain, claim("b", low=20_000))[0.5] > 1.1 * ranges(plain)[0.5]
    bound = reconcile(claims=[claim("b", low=20_000)]).quantities[0]
    assert bound.quantiles is None
    assert bound.remark.startswith("only bounds")


def test_the_same_claims_give_the_same_answer() -> None:
    claims = [claim("a", 10_000), claim("b", low=8_000, high=9_000)]
    assert reconcile(claims=claims).to_dict() == reconcile(claims=claims).to_dict()
    other = reconcile(claims=claims, seed=1).quantities[0].quantiles or {}
    assert other[0.5] == pytest.approx(ranges(*claims)[0.5], rel=0.02)


def test_yes_and_no_weigh_by_grade() -> None:
    def held(who: str, best: float, grade: str, credibility: int, **more: str) -> Claim:
        fields = {"about": "held_by_rebels", "reliability": grade, "credibility": credibility}
        return claim(who, best, **fields, **more)

    def chance(*claims: Claim) -> float:
        return chance_of_yes(quantities_of(claims)[0])

    assert chance(held("a", 1, "A", 1)) == pytest.approx(0.97)
    assert chance(held("a", 1, "F", 6)) < 0.55
    assert chance(held("a", 1, "B", 2), held("b", 0, "B", 2)) == pytest.approx(0.5)
    assert chance(held("a", 1, "B", 2), held("b", 1, "B", 2)) > chance(held("a", 1, "B", 2))
    assert chance(held("a", 1, "B", 2), held("b", 1, "B", 2, repeats="a")) == chance(held("a", 1, "B", 2))
    assert chance(held("a", 1, "A", 5)) < 0.5
