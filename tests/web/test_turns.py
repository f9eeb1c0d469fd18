"""Futures one after another, and what there is to guess, are those of the run."""

from __future__ import annotations

import numpy as np

from tests.foresight.runs import FUTURES, small_run
from tests.web.rooms import client, shared_workspace


def test_futures_one_after_another_are_the_first_ones_of_the_run() -> None:
    run = small_run()
    found = client(shared_workspace()).get("/api/runs/small/outcomes?day=30").json()
    assert found["futures"] == run.measures["future"].values[:50].tolist()
    page = client(shared_workspace())
    for future in (0, 7, FUTURES - 1):
        scenes = page.get(f"/api/runs/small/scenes?future={future}").json()
        ground = page.get("/api/runs/small/ground").json()
        at = ground["days"].index(found["day"])
        assert found["leader"][future] == scenes["leader"][at]
        assert found["sheltering"][future] == scenes["sheltering"][at]
        assert found["contested"][future] == scenes["contested"][at]


def test_a_day_after_the_end_is_refused() -> None:
    page = client(shared_workspace())
    assert page.get("/api/runs/small/outcomes?day=9999").status_code == 422
    assert page.get("/api/runs/small/outcomes").status_code == 422


def test_a_turn_hides_what_the_futures_say_of_its_day() -> None:
    run = small_run()
    game = client(shared_workspace()).get("/api/runs/small/turns").json()
    assert game["futures"] == FUTURES
    assert [turn["day"] for turn in game["turns"]] == sorted(turn["day"] for turn in game["turns"])
    for turn in game["turns"]:
        values = run.measures["displaced"].sel(date=turn["date"]).values
        assert len(turn["dots"]) == 50
        assert set(turn["dots"]) <= set(values.tolist())
        assert turn["low"] <= turn["middle"] <= turn["high"]
        inside = np.mean((values >= turn["low"]) & (values <= turn["high"]))
        assert inside >= 0.8
        assert len(turn["places"]) <= 3
        for place in turn["places"]:
            assert 0 < place["kept"] < 1  # what never changes hands is nothing to guess
