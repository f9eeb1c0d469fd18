"""Small FLEE folders, written where a test wants them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LOCATIONS = """#name,region,country,latitude,longitude,location_type,conflict_date,population
Alpha,North,Homeland,10.0,20.0,conflict_zone,0,100000
Town,North,Homeland,10.0,21.0,town,,5000
East,East,Abroad,10.0,22.0,camp,,4000
West,West,Abroad,10.0,18.0,camp,,9000
"""
ROUTES = """#name1,name2,distance,forced_redirection
Alpha,Town,120,0
Town,East,130,0
Alpha,West,240,0
"""
FILES = {
    "input_csv/locations.csv": LOCATIONS,
    "input_csv/routes.csv": ROUTES,
    "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,40\n",
    "input_csv/registration_corrections.csv": "",
    "input_csv/conflicts.csv": "#Day,Alpha,Town\n" + "".join(f"{day},1,0\n" for day in range(40)),
    "source_data/data_layout.csv": "total,refugees.csv\nEast,east.csv\nWest,west.csv\n",
    "source_data/refugees.csv": "2020-01-01,0\n2020-02-09,12000\n",
    "source_data/east.csv": "2020-01-01,0\n2020-02-09,4000\n",
    "source_data/west.csv": "2020-01-01,0\n2020-02-09,8000\n",
}


def write_folder(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write a FLEE folder of one conflict zone, a town and two camps; a file set to None is left out."""
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder
