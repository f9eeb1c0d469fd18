"""The tool that makes the map data: what it thins stays joined, what it writes reads back."""

from __future__ import annotations

import json
from pathlib import Path

from tools.build_geo import Topology, Writer, alike, countries, thin


def source(tmp_path: Path) -> Topology:
    """Two square countries that share one border of five points."""
    arcs = [
        [[10, 0], [0, 2], [0, 3], [0, 3], [0, 2]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 0], [10, 0], [0, 10], [-10, 0]],
    ]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "id": "001", "properties": {"name": "Westland"}},
        {"type": "MultiPolygon", "arcs": [[[2, ~0]]], "id": "002", "properties": {"name": "Eastland"}},
    ]
    text = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": arcs,
    }
    path = tmp_path / "source.json"
    path.write_text(json.dumps(text), encoding="utf-8")
    return Topology(path)


def test_arcs_are_decoded_and_walked_backwards(tmp_path: Path) -> None:
    topology = source(tmp_path)
    assert topology.line([0]) == [(10, 0), (10, 2), (10, 5), (10, 8), (10, 10)]
    assert topology.line([2, ~0])[0] == topology.line([2, ~0])[-1] == (10, 0)


def test_a_shared_border_is_written_once_and_reads_back(tmp_path: Path) -> None:
    writer = Writer(0.5)
    codes = {"001": ["WW", "WWW"], "002": ["EE", "EEE"]}
    layer = countries(source(tmp_path), codes, writer, tolerance=0.1)
    path = tmp_path / "out.json"
    path.write_text(writer.text({"countries": layer}), encoding="utf-8")
    again = Topology(path)
    assert len(again.arcs) == 3
    assert [shape["properties"]["iso2"] for shape in again.objects["countries"]["geometries"]] == ["WW", "EE"]
    assert sorted(set(next(again.rings("countries")))) == [(0, 0), (0, 10), (10, 0), (10, 10)]


def test_only_countries_that_touch_a_box_are_kept(tmp_path: Path) -> None:
    layer = countries(source(tmp_path), {}, Writer(0.5), 0.1, boxes=((15, -1, 25, 11),))
    assert [shape["properties"]["name"] for shape in layer["geometries"]] == ["Eastland"]


def test_thinning_keeps_ends_and_corners_only() -> None:
    line = [(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (2.0, 2.0)]
    assert thin(line, 0.1) == [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]
    assert thin(line, 0.001) == line
    closed = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]
    assert thin(closed, 0.1) == closed


def test_two_versions_of_a_shape_are_known_by_their_ends_and_box() -> None:
    line = [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]
    assert alike(line, [(0.01, 0.0), (1.0, 0.97), (2.0, 0.03)])
    assert not alike(line, [(0.0, 0.0), (1.0, 0.5), (2.0, 0.0)])
