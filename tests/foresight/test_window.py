"""Windows of action: closing day, smallest scale, honest verdicts, delays read off a run, triggers."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.foresight.alarms import triggers
from afternext.foresight.delays import PARTS
from afternext.foresight.paired import Paired
from afternext.foresight.window import NOW, _least, _verdict, last_day, window
from afternext.foresight.window_words import headline
from tests.foresight.comparisons import WINDOW, small_window


def one(low: float, high: float) -> Paired:
    return Paired((low + high) / 2, low, high, 0.5, 100, 0.95)


def test_the_closing_day_lies_on_the_line_between_two_delays() -> None:
    shares = np.array([0.9, 0.7, 0.3, 0.1])
    assert last_day((0, 30, 60, 120), shares, 0.5) == pytest.approx(45)
    assert last_day((0, 30, 60, 120), shares, 0.95) == -np.inf
    assert last_day((0, 30, 60, 120), shares, 0.1) == np.inf


def test_a_window_that_opens_again_closes_at_its_last_day() -> None:
    assert last_day((0, 10, 20, 30), np.array([0.6, 0.4, 0.6, 0.2]), 0.5) == pytest.approx(22.5)


def test_the_smallest_scale_lies_on_the_line_from_nothing() -> None:
    assert _least((0.5, 1.0), np.array([0.4, 0.8]), 0.2, 0.5) == pytest.approx(0.625)
    assert _least((0.5, 1.0), np.array([0.4, 0.45]), 0.2, 0.5) == np.inf
    assert _least((0.5, 1.0), np.array([0.1, 0.1]), 0.6, 0.5) == 0.0


@pytest.mark.parametrize(
    ("effect", "gain", "shares", "without", "verdict"),
    [
        (one(-3, -1), one(0.1, 0.2), [[0.7], [0.3]], 0.3, "open"),
        (one(-3, -1), one(0.1, 0.2), [[0.7], [0.6]], 0.3, "stays_open"),
        (one(-3, -1), one(0.1, 0.2), [[0.4], [0.4]], 0.3, "never"),
        (one(-3, 1), one(-0.1, 0.2), [[0.7], [0.6]], 0.3, "no_difference"),
        (one(1, 3), one(-0.2, 0.1), [[0.2], [0.2]], 0.3, "worse"),
        (one(-3, -1), one(0.1, 0.2), [[0.9], [0.9]], 0.6, "needless"),
    ],
)
def test_verdicts_are_honest(
    effect: Paired, gain: Paired, shares: list[list[float]], without: float, verdict: str
) -> None:
    assert _verdict([[effect]], [[gain]], np.array(shares), without, 0.5) == verdict


def test_the_page_says_how_much_and_until_when_or_that_it_does_not_matter() -> None:
    found = small_window()
    assert found.met.shape == (2, 1)
    assert found.verdict in ("open", "stays_open", "never", "no_difference", "worse", "needless")
    told = json.loads(json.dumps(found.to_dict()))
    assert told["headline"] + "." == told["sentences"][0]
    assert told["delays"][1]["day"] == 40
    assert "probab" not in json.dumps(told).lower()
    assert len(found.to_frame()) == 2


def test_the_delay_of_the_decision_is_that_of_the_log_and_its_parts_add_up() -> None:
    today = small_window().today
    assert today.decided == 1.0
    there = np.isfinite(today.parts["consent"]) & np.isfinite(today.waited)
    assert there.any()
    parts = {part: today.parts[part][there] for part in PARTS}
    means = parts["readiness"] + parts["distance"]
    whole = np.maximum(parts["consent"], np.maximum(means, parts["collection"])) + parts["politics"]
    assert np.abs(whole - today.waited[there]).max() <= 1.01  # the day it is due on is a whole one


def test_the_same_goal_is_read_again_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = small_window()
    again = window(
        "two-towns", "air_support", goal="displaced < 1M", workers=1, out=found.path, progress=True, **WINDOW
    )
    assert again.verdict == "needless"
    assert "futures left" not in capsys.readouterr().err
    assert again.without == 1.0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"move": "air_suport"}, "did you mean air_support"),
        ({"by": "government"}, "not for government"),
        ({"to": "river_league"}, "not done to river_league"),
        ({"delays": ()}, "delays are days"),
        ({"scales": (0.0,)}, "scales lie above 0"),
        ({"share": 0.0}, "share is 0"),
    ],
)
def test_slips_are_told_before_anything_is_run(more: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        window("two-towns", **{"move": "air_support", **more})  # type: ignore[arg-type]


def test_a_delay_after_the_day_of_the_goal_is_refused() -> None:
    with pytest.raises(UsageError, match="judged on day 30"):
        window(
            "two-towns",
            "air_support",
            goal="displaced@30d < 9k",
            workers=1,
            out=small_window().path,
            **WINDOW,
        )


def test_triggers_count_those_who_flee_within_thirty_days_of_the_look() -> None:
    from afternext.foresight.comparison import open_comparison

    run = open_comparison(small_window().path).runs[NOW]
    rows = triggers(run, people=500)
    curve = run.measure("newly_displaced").values
    days = run.measures["day"].values
    fled = curve[:, np.searchsorted(days, 44)] - curve[:, np.searchsorted(days, 14)]
    assert rows[0].day == 14
    assert rows[0].share == pytest.approx((fled >= 500).mean(), abs=1e-3)
    assert all((row.rule is None) == bool(row.why_none) for row in rows)


def test_the_headline_says_which_scale_and_which_day_belong_together() -> None:
    found = replace(
        small_window(), verdict="stays_open", least=(0.2, 0.8), delays=(0, 40), share=0.5, name="Help"
    )
    assert headline(found) == "Help: even from day 40 on, scale 0.8 or more is enough for 50 % of futures"
    shut = replace(found, verdict="open", closes=((10.0, 20.0, 30.0),))
    assert headline(shut) == (
        "Help: in effect by 21 May 2031 (day 20), or no scale is enough for 50 % of futures; below "
        "scale 0.2 no "
        "date is"
    )
