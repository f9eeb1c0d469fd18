"""`afternext tree`, `discover` and `sensitivity`: text without colours, JSON, pictures for desk and phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from afternext.brief.discover import draw_boxes
from afternext.cli import discover, sensitivity, tree
from afternext.ensemble.opened import Run
from afternext.ensemble.weights import save_weights
from afternext.foresight import discover as boxes
from tests.brief.looking import colours, svg_lines, svg_texts
from tests.foresight.runs import small_run

WHEN = "displaced@30d > 15k"


@pytest.fixture(scope="module", autouse=True)
def searched_once() -> Iterator[None]:
    """Boxes are found once for all ways of showing them (finding is tested in tests/foresight)."""
    search, found = boxes.discover, {}

    def once(run: Run, condition: str) -> boxes.Discovery:
        key = (run.weights and run.weights.name, condition)
        if key not in found:
            found[key] = search(run, condition)
        return found[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxes, "discover", once)
        yield


def said(app, *words: str, columns: int = 110) -> Result:
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": str(columns)}).invoke(
        app, [str(small_run().path), *words]
    )
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize("columns", [80, 110])
@pytest.mark.parametrize(
    ("app", "words"), [(tree.app, ()), (tree.app, ("--signposts",)), (discover.app, ("--when", WHEN))]
)
def test_it_reads_without_colours(app, words: tuple[str, ...], columns: int) -> None:
    text = said(app, *words, columns=columns).stdout
    assert "\x1b" not in text
    assert "probab" not in text.lower()


def test_the_tree_says_where_families_lead_and_what_announces_them() -> None:
    text = said(tree.app).stdout
    for words in (
        "after 30 days",
        "└─ then",
        "of what there is to know",
        "Signposts",
        "afternext chronicle",
        "not been scored",
    ):
        assert words in text or (words == "of what there is to know" and "chance shows" in text)


@pytest.mark.parametrize("size", [(), ("--phone",)])
def test_the_tree_is_drawn_with_its_vector_and_table(tmp_path: Path, size: tuple[str, ...]) -> None:
    said(tree.app, "--out", str(tmp_path / "tree.png"), *size)
    assert colours(tmp_path / "tree.png") > 20
    assert "How things stand after 30 days" in " ".join(svg_lines(tmp_path / "tree.svg")), "it may wrap"
    table = pd.read_csv(tmp_path / "tree.csv")
    assert table["share_of_futures"].sum() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("size", [(), ("--phone",)])
def test_boxes_are_drawn(tmp_path: Path, size: tuple[str, ...]) -> None:
    said(discover.app, "--when", WHEN, "--out", str(tmp_path / "box.png"), *size)
    assert colours(tmp_path / "box.png") > 5
    assert {"box", "column", "limit", "density_held_out"} <= set(pd.read_csv(tmp_path / "box.csv").columns)


def test_where_nothing_holds_the_boxes_that_were_tried_are_drawn(tmp_path: Path) -> None:
    found = boxes.discover(small_run(), WHEN)
    if found.choices:
        found = replace(found, choices=(), tried=found.choices[0].path)
    assert len(found.tried) > 1
    draw_boxes(found).write(tmp_path / "none.png")
    assert any("that were tried" in text for text in svg_texts(tmp_path / "none.svg"))
    assert not any("The box was chosen" in text for text in svg_texts(tmp_path / "none.svg"))


def test_a_wrong_condition_is_told_with_its_place() -> None:
    done = CliRunner().invoke(discover.app, [str(small_run().path), "--when", "displacd > 1"])
    assert done.exit_code != 0
    assert "did you mean 'displaced'" in str(done.exception)


def test_sensitivity_refuses_a_run_of_forty_futures() -> None:
    done = CliRunner().invoke(sensitivity.app, [str(small_run().path)])
    assert done.exit_code != 0
    assert "at least 60 futures" in str(done.exception)


def test_json_is_one_object() -> None:
    found = json.loads(said(discover.app, "--when", WHEN, "--json").stdout)
    assert found["condition"] == WHEN
    assert json.loads(said(tree.app, "--json").stdout)["levels"]


def test_weights_are_said_and_counted() -> None:
    run = small_run()
    weights = [3.0 if k % 2 else 1.0 for k in range(len(run.measures["future"]))]
    save_weights(run, "odd", weights, {"kind": "test"})
    found = json.loads(said(tree.app, "--weights", "odd", "--json").stdout)
    assert found["weights"] == {"name": "odd", "effective_futures": 32.0}
    assert found["effective_futures"] == 32.0
    text = " ".join(said(tree.app, "--weights", "odd").stdout.split())
    assert "40 futures weighted by odd, worth 32.0 equal ones" in text
    assert "weighted share of futures" in text
    weighed = json.loads(said(discover.app, "--when", WHEN, "--weights", "odd", "--json").stdout)
    plain = json.loads(said(discover.app, "--when", WHEN, "--json").stdout)
    assert weighed["weights"]["name"] == "odd"
    assert plain["weights"] is None
    assert weighed["share_of_futures"] != plain["share_of_futures"]
