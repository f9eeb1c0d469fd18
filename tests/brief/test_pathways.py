"""Pictures of pathways, value of information and backcasts: what they say, at the desk and on the phone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from afternext.brief.backcast import draw_backcast
from afternext.brief.pathways import draw_pathways, ticks
from afternext.brief.value import draw_value
from afternext.brief.words import short_date
from afternext.foresight.backcast import backcast
from afternext.foresight.pathfinding import find_pathways
from afternext.foresight.value import find_value
from tests.brief.looking import colours, svg_texts
from tests.foresight import test_backcast, test_pathways, test_value
from tests.foresight.toys import FREEZE


@pytest.fixture(scope="module")
def paths():
    return find_pathways(test_pathways.toy(400)[0], test_pathways.GOAL)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_map_has_lines_stations_ends_and_what_they_say(paths, tmp_path: Path, size) -> None:
    draw_pathways(paths, size=size).write(tmp_path / "map")
    assert colours(tmp_path / "map.png") > 20
    texts = svg_texts(tmp_path / "map.svg")
    (station,) = [one for one in paths.main() if one.source == "none"]
    assert "1" in texts
    assert "none" in texts
    assert any(text.startswith("What powers choose first, then") for text in texts)
    assert any(short_date(paths.when(station.dated.day)) in text for text in texts)
    assert "probab" not in " ".join(texts).lower()
    table = pd.read_csv(tmp_path / "map.csv")
    assert len(table) == len(paths.lines) + len(paths.changes)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_worth_and_backcast_say_what_was_found(tmp_path: Path, size) -> None:
    worth = find_value(test_value.toy(300), "displaced@200d < 900")
    picture = draw_value(worth, size=size)
    assert picture.title.startswith("Forces · army · cohesion is worth knowing first: ")
    picture.write(tmp_path / "value")
    assert {"After 200 days", "facts on the ground"} <= svg_texts(tmp_path / "value.svg")
    back = backcast(test_backcast.toy(400)[0], "displaced@end < 50")
    draw_backcast(back, size=size).write(tmp_path / "back")
    texts = svg_texts(tmp_path / "back.svg")
    assert {"What can be chosen", "What powers do of their own accord", "What can only be watched"} <= texts


@pytest.mark.parametrize(("last", "first"), [(60, "Jun 2031"), (730, "Oct 2031"), (3650, "Jan 2034")])
def test_dates_on_the_axis_are_few_and_round(last: int, first: str) -> None:
    found = ticks(FREEZE, last, 9)
    assert found[0] == (0, "1 May 2031")
    assert found[1][1] == first
    assert len(found) <= 10
    days = [day for day, _ in found]
    assert days == sorted(set(days))
