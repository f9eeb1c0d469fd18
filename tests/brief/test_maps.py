"""Maps: right holders in right colours, borders only where there are any, names once, numbers in the twin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from afternext.brief import layers, maps, style
from afternext.brief.access import holding
from afternext.brief.geo import area, box_ring, contains
from afternext.brief.scene import crowds, names_apart, names_within, read_scene, stage_of
from afternext.brief.stage import Stage
from afternext.brief.style import side_colours
from tests.brief.fake_run import SMALL, FakeRun, fake_run
from tests.brief.looking import colours, svg_texts


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(futures=40, days=400)


@pytest.fixture(scope="module")
def stage(run: FakeRun) -> Stage:
    return stage_of(run)


def test_areas_of_home_places_cover_their_country(stage: Stage) -> None:
    iraq = next(polygons for name, main, polygons in stage.lands if main)
    land = sum(abs(area(rings[0])) for rings in iraq)
    areas = [polygons for polygons, home in zip(stage.areas, stage.home, strict=True) if home]
    covered = sum(abs(area(rings[0])) for polygons in areas for rings in polygons)
    assert covered == pytest.approx(land, rel=1e-3)


def test_places_abroad_reach_only_a_little_way(stage: Stage) -> None:
    (kell,) = (i for i, place in enumerate(stage.places) if place.id == "kell")
    assert not stage.home[kell]
    assert sum(abs(area(rings[0])) for rings in stage.areas[kell]) < 3.2 * 40**2


def test_seams_run_inside_the_country(stage: Stage) -> None:
    rings = [ring for _, main, polygons in stage.lands if main for polygon in polygons for ring in polygon]
    middles = np.array([seam.line.mean(axis=0) for seam in stage.seams])
    assert len(middles) > 5
    assert np.logical_xor.reduce([contains(ring, middles) for ring in rings]).all()


def test_a_made_up_country_stands_on_plain_ground() -> None:
    plain = stage_of(fake_run(futures=5, days=60, fictional=True))
    assert plain.fictional
    assert [name for name, _, _ in plain.lands] == [""]
    assert plain.rivers == ()
    assert all(plain.home)


@pytest.mark.parametrize("count", [1, 2])
def test_a_crisis_of_one_or_two_places_has_a_map(count: int, tmp_path: Path) -> None:
    for fictional in (False, True):
        run = fake_run(SMALL[:count], futures=5, days=60, fictional=fictional)
        assert all(path.exists() for path in maps.map_state(run, 30, tmp_path / f"{count}{fictional}"))


def test_a_crisis_elsewhere_on_earth_has_a_map(tmp_path: Path) -> None:
    rows = [
        ("suva", "Suva", "town", "FJ", "Central", "Suva", "FJ01", -18.14, 178.44, 90_000, "army"),
        ("labasa", "Labasa", "town", "FJI", "Northern", "Labasa", "FJ02", -16.42, 179.38, 28_000, "rising"),
        (
            "taveuni",
            "Taveuni",
            "town",
            "Fiji",
            "Northern",
            "Somosomo",
            "FJ03",
            -16.85,
            -179.97,
            9_000,
            "army",
        ),
    ]
    run = fake_run(rows, futures=5, days=60)
    stage = stage_of(run)
    assert all(stage.home)
    assert stage.view[2] - stage.view[0] < 1_000  # not once around the Earth
    assert maps.map_state(run, 30, tmp_path / "fiji")[0].exists()


def test_the_far_side_of_the_globe_does_not_show_through() -> None:
    rows = [
        ("arica", "Arica", "town", "CL", "North", "Arica", "CL01", -18.5, -70.3, 100_000, "army"),
        ("santiago", "Santiago", "town", "CL", "Middle", "Santiago", "CL02", -33.4, -70.6, 900_000, "army"),
        ("punta", "Punta Arenas", "town", "CL", "South", "Punta", "CL03", -53.1, -70.9, 90_000, "rising"),
    ]
    stage = stage_of(fake_run(rows, futures=5, days=60))
    west, south, east, north = stage.view
    assert 0.5 <= (north - south) / (east - west) <= 1.3
    names = {name for name, _, _ in stage.lands}
    assert {"Chile", "Argentina", "Bolivia", "Peru"} <= names
    assert not names & {"China", "Mongolia", "Russia"}


def test_both_banks_are_one_name_on_the_map_and_two_in_the_closer_look(stage: Stage) -> None:
    (group,) = crowds(stage)
    assert {stage.places[i].id for i in group.members} == {"alton", "alton_east"}
    assert group.name == "Alton"
    outside = names_apart(stage, [group])
    assert [outside[i] for i in group.members] == ["Alton", ""]
    inside = names_within(stage, group)
    assert sorted(inside[i] for i in group.members) == ["Alton", "East bank"]


def test_a_thinly_peopled_area_has_its_largest_place_named(tmp_path: Path) -> None:
    small = [*SMALL, ("zeta", "Zeta", "town", "IQ", "Far desert", "Zeta", "", 31.2, 42.4, 900, "rising")]
    south = ("town", "IQ", "South", "", "")
    crowd = [(f"c{n}", f"Town {n}", *south, 30 + n / 30, 46, 9000, "army") for n in range(90)]
    run = fake_run([*small, *crowd], futures=5, days=60)
    assert "Zeta" in svg_texts(maps.draw_map(run, 30).write(tmp_path / "map")[1])


def test_the_map_names_sides_places_and_its_sources(run: FakeRun, stage: Stage, tmp_path: Path) -> None:
    png, svg, csv = maps.draw_map(run, 30, stage=stage).write(tmp_path / "map")
    texts = svg_texts(svg)
    assert {
        "Army",
        "Hill guard",
        "Rising",
        "12 July 2014",
        "Alton",
        "Gard",
        "200 km",
        "SYRIA",
        "IRAN",
    } <= texts
    assert any("seed 1" in text for text in texts)
    assert any(text.startswith("How sure") for text in texts)
    assert colours(png) > 200
    table = pd.read_csv(csv)
    assert list(table["place"]) == [row[0] for row in SMALL]
    assert table["share_of_futures"].between(0, 1).all()


def test_names_stay_text_in_the_vector_and_lift_off_their_ground(
    run: FakeRun, stage: Stage, tmp_path: Path
) -> None:
    _, svg, _ = maps.draw_map(run, 30, stage=stage).write(tmp_path / "map")
    text = svg.read_text(encoding="utf-8")
    assert text.count("paint-order:stroke") >= 8
    assert "@font-face" in text


def test_each_side_has_its_own_colour_in_the_picture(run: FakeRun, stage: Stage, tmp_path: Path) -> None:
    _, svg, _ = maps.draw_map(run, 0, stage=stage).write(tmp_path / "map")
    text = svg.read_text(encoding="utf-8").lower()
    sides = side_colours(run.scenario.forces)
    for side in ("army", "guard", "rising"):
        assert f"fill: {sides[side]}" in text
    assert f"fill: {sides['abroad']}" not in text  # a state in its own land is ground, not figure


def test_one_future_is_drawn_as_it_was(run: FakeRun, stage: Stage, tmp_path: Path) -> None:
    _, svg, csv = maps.draw_map(run, 365, future=3, stage=stage).write(tmp_path / "map")
    table = pd.read_csv(csv).set_index("place")
    assert set(table["share_of_futures"]) == {1.0}
    holder = run.measures["place_holder"].sel(future=3, snapshot=365)
    names = [*run.scenario.forces, "nobody"]
    assert [names[int(h)] for h in holder.values] == list(table["holder_in_most_futures"])
    assert any("Future 3" in text for text in svg_texts(svg))
    assert "all agree" not in svg_texts(svg)


def test_shares_count_futures(run: FakeRun) -> None:
    held = holding(run, 365)
    assert held.share.sum(axis=1) == pytest.approx(np.ones(len(SMALL)))
    rising = list(run.scenario.forces).index("rising")
    by_hand = (run.measures["place_holder"].sel(snapshot=365).values == rising).mean(axis=0)
    assert held.share[:, rising] == pytest.approx(by_hand)


def test_two_days_share_one_key(run: FakeRun, stage: Stage, tmp_path: Path) -> None:
    for size in ("wide", "phone"):
        _, svg, csv = maps.draw_pair(run, (0, 365), stage=stage, size=size).write(tmp_path / size)
        texts = svg_texts(svg)
        assert {"12 June 2014 · the freeze", "12 June 2015 · one year after the freeze"} <= texts
        assert any("→" in text for text in texts)
        assert len(pd.read_csv(csv)) == 2 * len(SMALL)


def test_ribbons_join_governorates_and_are_no_wider_than_their_people(run: FakeRun, stage: Stage) -> None:
    ribbons = read_scene(run, stage, 30, None).ribbons
    assert 0 < len(ribbons) <= 9
    assert [r.persons for r in ribbons] == sorted((r.persons for r in ribbons), reverse=True)
    ring = layers.ribbon_ring(np.array([0.0, 0.0]), np.array([100.0, 0.0]), 6.0, 8.0)
    assert abs(area(ring)) < 100 * 6.0 + 12 * 12
    assert (ring == [100.0, 0.0]).all(axis=1).any()


def test_more_of_an_area_is_coloured_where_more_futures_agree_in_five_steps() -> None:
    parts = [layers.covered(share) for share in np.linspace(0.3, 1, 50)]
    assert parts == sorted(parts)
    assert len(set(parts)) == len(layers.STEPS)
    assert parts[-1] == 1


def painted(share: float, colour: str) -> np.ndarray:
    """Pixels of a square that a side of this colour holds in `share` of the futures, around it white."""
    figure = Figure(figsize=(2, 2), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 100), ylim=(0, 100))
    axes.axis("off")
    layers.paint_held(axes, layers.outline([[box_ring(25, 25, 75, 75)]]), colour, share, 1.44)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


def test_weak_agreement_shows_the_same_colour_on_less_ground_and_nothing_outside_the_area() -> None:
    pure = painted(1.0, style.BLUE)[100, 100]
    for share, part in zip(layers.STEPS, layers.COVERED, strict=True):
        pixels = painted(share, style.BLUE)
        assert (np.abs(pixels - pure).max(2) <= 12).any()  # no tint of it instead
        inside = pixels[55:145, 55:145]
        assert abs((255 - inside).sum() / (255 - pure).sum() / inside[..., 0].size - part) < 0.06
        edge = pixels.copy()
        edge[48:152, 48:152] = 255
        assert (edge == 255).all()


def test_circles_are_true_to_area() -> None:
    small, large = layers.circle_radius(np.array([100.0, 400.0]), 400.0, 20.0)
    assert (large / small) ** 2 == pytest.approx(4)
    assert layers.largest_circle(np.full(50, 10.0), 10.0, 1000.0, 20.0) < 20
    assert layers.largest_circle(np.zeros(3), 1.0, 1000.0, 20.0) == 20
