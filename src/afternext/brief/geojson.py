"""Planning figures of places as GeoJSON (RFC 7946), for the maps that others make."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def write_geojson(table: pd.DataFrame, path: Path) -> Path:
    """Write a planning table by place: a point for each, its figures as properties; the sum is left out."""
    keys = [str(name) for name in table.columns if name not in ("lat", "lon")]
    features = []
    for _, row in table.iterrows():
        if _missing(row["lat"]) or _missing(row["lon"]):
            continue
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]},
                "properties": {name: _plain(row[name]) for name in keys},
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> Any:
    """A JSON value; what was not counted is null."""
    if _missing(value):
        return None
    if isinstance(value, (np.floating, float)):
        return int(value) if float(value).is_integer() else float(value)
    return int(value) if isinstance(value, np.integer) else value
