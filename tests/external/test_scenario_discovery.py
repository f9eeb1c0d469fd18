"""Bryant and Lempert (2010): published boxes, from the data beside the repository (skipped where it is
absent).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from afternext.foresight.boxes import choose
from afternext.foresight.cart import grow_boxes
from afternext.foresight.columns import columns_of
from afternext.foresight.prim import find_path, quasi_p

DATA = Path(__file__).resolve().parents[3] / "shared" / "scenario-discovery" / "bryant_lempert_2010.csv"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="the data is not beside the repository")

# The path that EMA Workbench prints in its notebook (peel_alpha 0.1): step -> coverage, density.
PUBLISHED = {
    10: (1.0, 0.3007), 15: (0.9213, 0.4824), 20: (0.7978, 0.7320), 21: (0.752809, 0.770115),
    22: (0.7303, 0.8333), 24: (0.6404, 0.9048), 27: (0.5056, 1.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def data():
    table = pd.read_csv(DATA)
    return columns_of(table.iloc[:, 2:11]), (table.iloc[:, -1] == 1).to_numpy()


def test_prim_passes_through_every_published_box(data) -> None:
    columns, cases = data
    path = find_path(columns, cases, peel=0.1)
    assert len(path) == 28
    for step, (coverage, density) in PUBLISHED.items():
        assert path[step].coverage == pytest.approx(coverage, abs=6e-5)
        assert path[step].density == pytest.approx(density, abs=6e-5)
    assert (path[21].coverage, path[21].density, path[21].futures) == pytest.approx(
        (0.752809, 0.770115, 87), abs=1e-6
    )


def test_the_published_box_has_the_published_limits_and_quasi_p(data) -> None:
    columns, cases = data
    box = find_path(columns, cases, peel=0.1)[21]
    limits = {columns[k].name: box.limits[k] for k in box.restricted}
    assert limits["Total biomass"] == pytest.approx((450, 755.8), abs=0.05)
    assert limits["Demand elasticity"] == pytest.approx((-0.422, -0.202), abs=5e-4)
    assert limits["Biomass backstop price"] == pytest.approx((150.05, 199.6), abs=0.05)
    assert limits["Cellulosic cost"] == pytest.approx((72.65, 133.7), abs=0.05)
    p = {columns[k].name: value for k, value in quasi_p(columns, box, cases).items()}
    assert p["Total biomass"] == pytest.approx(4.7e-6, rel=0.02)
    assert p["Demand elasticity"] == pytest.approx(1.2e-16, rel=0.02)
    assert p["Biomass backstop price"] == pytest.approx(3.5e-11, rel=0.02)
    assert p["Cellulosic cost"] == pytest.approx(0.157, abs=0.001)


def test_the_chosen_box_is_near_the_best_and_its_limits_come_back_in_resamples(data) -> None:
    columns, cases = data
    choice = choose(columns, cases, peel=0.1)
    assert choice.path[choice.at].f1 >= max(box.f1 for box in choice.path) - 0.03
    often = {columns[k].name: share for k, share in choice.often.items()}
    for name in ("Total biomass", "Demand elasticity", "Biomass backstop price"):
        assert often[name] >= 0.9


def test_cart_finds_the_published_leaf(data) -> None:
    columns, cases = data
    boxes = grow_boxes(columns, cases)
    assert len(boxes) == 8
    assert (boxes[0].coverage, boxes[0].density, boxes[0].mass) == pytest.approx(
        (0.606742, 0.642857, 0.095238), abs=1e-6
    )
    assert len(boxes[0].restricted) == 2
    assert sum(box.futures for box in boxes) == len(cases)
    assert np.isclose(sum(box.coverage for box in boxes), 1.0)
