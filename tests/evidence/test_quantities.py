"""Claims are sorted into quantities, and copies lead back to the first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.errors import InvalidInput
from afternext.evidence.quantities import from_scale, quantities_of, to_scale
from afternext.scenario import load
from afternext.scenario.claims import read_claims
from tests.evidence.made_up import claim

HEAD = "published,who,about,place,on,low,best,high,reliability,credibility,repeats\n"


def test_claims_of_one_measure_place_and_time_are_one_quantity() -> None:
    found = quantities_of(
        [
            claim("a", 1, on="2031-03-10"), claim("b", 2, on="2031-03-13"), claim("c", 3, on="2031-03-14"),
            claim("d", 4, on="2031-03-10", place="lowfield"), claim("e", 5, on="2031-03-10", about="dead"),
        ]
    )  # fmt: skip
    names = {q.name: [one.claim.who for one in q.said] for q in found}
    assert names["displaced at highdale, 2031-03-10 to 2031-03-13"] == ["a", "b"]
    assert names["displaced at highdale, 2031-03-14"] == ["c"]  # more than 3 days after the first
    assert len(found) == 4


def test_the_order_of_places_added_up_does_not_matter() -> None:
    found = quantities_of([claim("a", 1, place="x + y"), claim("b", 2, place="y+x")])
    assert len(found) == 1
    assert found[0].place == "x + y"


def test_a_chain_of_copies_leads_back_to_the_first() -> None:
    said = quantities_of(
        [claim("a", 5), claim("b", 5, repeats="a"), claim("c", 5, repeats="b"), claim("d", 6)]
    )[0].said
    assert [one.copies for one in said] == [None, 1, 1, None]


def test_copies_of_somebody_not_heard_count_once() -> None:
    said = quantities_of([claim("b", 5, repeats="a"), claim("c", 5, repeats="a")])[0].said
    assert [one.counted for one in said] == [True, False]
    assert "counts once" in said[0].why


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["", *"abcd"])), min_size=1, max_size=8))
def test_something_always_counts_and_copies_point_to_what_counts(pairs: list[tuple[str, str]]) -> None:
    said = quantities_of([claim(who, 5, repeats=of) for who, of in pairs])[0].said
    counted = {one.number for one in said if one.counted}
    assert counted
    assert all(one.copies in counted for one in said if not one.counted)


@given(st.floats(0, 1e9), st.floats(0.002, 0.998))
def test_scales_go_there_and_back(count: float, share: float) -> None:
    assert from_scale(to_scale(count, "count"), "count") == pytest.approx(count, rel=1e-9, abs=1e-9)
    assert from_scale(to_scale(share, "share"), "share") == pytest.approx(share, rel=1e-9)


def test_shares_and_yes_no_are_told_from_counts() -> None:
    kinds = [
        quantities_of([claim("a", best, about=about)])[0].kind
        for about, best in (("displaced", 1.0), ("displaced", 0.4), ("held_by_x", 1.0), ("dead", 7.0))
    ]
    assert kinds == ["count", "share", "yes or no", "count"]


def test_a_file_of_claims_may_come_after_the_freeze_but_names_places_of_the_scenario(tmp_path: Path) -> None:
    file = tmp_path / "later.csv"
    scenario = load("two-towns")
    file.write_text(HEAD + "2031-06-01,a,displaced,highdale,2031-05-30,,5000,,B,2,\n", encoding="utf-8")
    (later,) = read_claims(file, scenario)
    assert later.on == date(2031, 5, 30)
    bad = "2031-06-01,a,displaced,highdal,,,5000,,B,2,\n2031-06-01,b,displaced,,,9,5,,G,2,nobody\n"
    file.write_text(HEAD + bad, encoding="utf-8")
    with pytest.raises(InvalidInput) as failed:
        read_claims(file, scenario)
    text = str(failed.value)
    assert f"{file}:2:24: place: there is no place or admin1 highdal (did you mean highdale?)" in text
    assert f"{file}:3:" in text
    assert "'G' is not one of" in text


def test_no_claim_of_a_shipped_scenario_is_from_after_its_freeze() -> None:
    for name in ("two-towns", "iraq-2014", "iraq-2014-06-05"):
        scenario = load(name)
        assert all(c.published <= scenario.freeze for c in scenario.claims)
        assert all((c.on or c.published) <= scenario.freeze for c in scenario.claims)


def test_a_claim_from_after_the_freeze_is_refused_by_row(tmp_path: Path) -> None:
    import shutil

    from afternext.scenario.catalogue import find

    folder = tmp_path / "leaky"
    shutil.copytree(find("two-towns"), folder)
    with (folder / "claims.csv").open("a", encoding="utf-8") as file:
        file.write("2031-05-02,late,displaced,highdale,2031-05-01,,1,,,B,2,,made up\n")
    with pytest.raises(InvalidInput, match=r"claims.csv:5:1: published: 2031-05-02 is after the freeze"):
        load(folder)


def test_mosul_in_june_2014_is_one_quantity_with_its_dispute() -> None:
    found = quantities_of(load("iraq-2014").claims)
    mosul = next(q for q in found if q.about == "newly_displaced" and "mosul" in q.place)
    assert {one.claim.best or one.claim.low for one in mosul.said} == {150_000, 300_000, 500_000}
    assert sum(one.claim.best == 500_000 for one in mosul.said) == 3
    assert sum(one.claim.best == 500_000 for one in mosul.counted) == 1
    assert np.isfinite(to_scale(150_000, "count"))
