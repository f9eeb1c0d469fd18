"""CSV that a spreadsheet opens safely: no cell of text can act as a formula."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(value: str) -> str:
    """Text with a leading quote mark if a spreadsheet would take it for a formula (OWASP: CSV injection)."""
    return f"'{value}" if value.lstrip(" ").startswith(TRIGGERS) else value


def cell(value: Any) -> Any:
    """One cell: numbers plainly (no 1e+06, no nan), text made safe."""
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            return ""
        return int(value) if float(value).is_integer() else round(float(value), 4)
    return safe_text(str(value))


def write_csv(table: pd.DataFrame, path: Path, tags: list[str] | None = None) -> Path:
    """Write a table without its index; `tags` is an optional HXL row under the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([safe_text(str(name)) for name in table.columns])
        if tags is not None:
            writer.writerow(tags)
        for row in table.itertuples(index=False, name=None):
            writer.writerow([cell(value) for value in row])
    return path
