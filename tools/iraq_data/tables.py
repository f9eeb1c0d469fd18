"""Reading the dossier, writing tables, and sharing whole numbers out without losing one."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Read a CSV file as a list of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows with line feeds only, so that the bytes are the same on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        for row in rows:
            writer.writerow({column: _text(row.get(column, "")) for column in columns})


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Share a whole number out in proportion to weights (largest remainder), losing nobody."""
    mass = math.fsum(weights)
    exact = [total * weight / mass for weight in weights]
    parts = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def kilometres(a: Mapping[str, str], b: Mapping[str, str]) -> float:
    """Return the great circle distance between two rows with lat and lon."""
    lat1, lon1, lat2, lon2 = (
        math.radians(float(value)) for value in (a["lat"], a["lon"], b["lat"], b["lon"])
    )
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(half))
