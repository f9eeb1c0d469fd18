"""A crisis that somebody else wrote down, small and plain, and truth directories as strangers save them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

FREEZE = date(2019, 3, 1)
PLAIN = """\
format: 1
title: The Tamba uplands
summary: A rising in the uplands comes down to the coast road.
fictional: true
freeze: 2019-03-01
years: 1
horizons: [30 days, 1 year]
communities:
  coast: {name: Coast people}
  upland: {name: Upland people, kin: {coast: 0.3}}
forces:
  garrison: {name: Republic army, kind: army, cohesion: {uniform: [0.3, 0.8]}, treats: {coast: own}}
  risers: {name: Upland Rising, kind: insurgent, treats: {upland: own}}
relations:
  - {between: [garrison, risers], stance: hostile}
"""
POWERS = (
    PLAIN.replace(
        "forces:\n",
        "powers:\n  republic: {name: The Republic, kind: government, goals: {centre: {target: 1}}}\n"
        "  elders: {name: The elders, kind: party}\nforces:\n",
    )
    .replace("kind: army,", "kind: army, power: republic,")
    .replace("kind: insurgent,", "kind: insurgent, power: elders,")
    + "polity:\n  government: republic\n  capital: port\n  country: TB\n  leader_since: 2012-05-01\n"
)
TABLES = {
    "places.csv": """\
id,name,kind,country,admin1,lat,lon,population,coast,upland
port,Port Tamba,town,TB,Shore,8.0,-12.0,90000,0.9,0.1
ferry,Ferry Town,town,TB,Shore,8.1,-11.9,14000,0.8,0.2
mill,Mill Bridge,town,TB,Shore,8.2,-11.7,22000,0.6,0.4
gap,The Gap,town,TB,Uplands,8.4,-11.6,9000,0.2,0.8
kono_rise,Kono Rise,town,TB,Uplands,8.6,-11.5,31000,0.1,0.9
lake,Lake Camp,camp,TB,Shore,8.0,-11.8,0,0.5,0.5
ridge,Ridge,district,TB,Uplands,8.7,-11.4,18000,0.0,1.0
""",
    "routes.csv": """\
from,to,km
port,ferry,18
ferry,mill,25
mill,gap,26
gap,kono_rise,30
kono_rise,ridge,20
port,lake,30
""",
    "presence.csv": """\
place,force,strength
port,garrison,1500
mill,garrison,300
gap,garrison,120
kono_rise,risers,400
ridge,risers,200
""",
    "holder.csv": """\
place,holder
port,garrison
ferry,garrison
mill,garrison
gap,garrison
kono_rise,risers
ridge,risers
lake,garrison
""",
}
DISPLACED = "place,origin,community,persons,since\nport,kono_rise,coast,2500,2018-11-15\n"


def on(day: int) -> str:
    """A day after the freeze."""
    return (FREEZE + timedelta(days=day)).isoformat()


CONTROL = f"""\
date,place_id,from_side,to_side,date_precision
{on(20)},gap,ARMY,RISING,day
{on(400)},gap,RISING,ARMY,week
{on(800)},kono_rise,RISING,ARMY,month
"""
TOTAL = f"""\
date,idp_individuals,returnee_individuals
{on(-10)},2600,
{on(7)},2700,0
{on(30)},6000,100
{on(90)},9000,400
{on(180)},9500,1500
{on(365)},7000,5000
{on(730)},3000,9000
{on(1278)},1500,11000
"""
FILES: dict[str, str | bytes | None] = {
    "control.csv": CONTROL,
    "displacement_total.csv": TOTAL,
    "displacement_gov.csv": f"date,kind,governorate,individuals\n{on(90)},hosting,Shore,8000\n"
    f"{on(90)},origin,Uplands,7000\n",
    "events.csv": f"date,kind,event\n{on(40)},politics,A cabinet falls\n{on(1280)},other,The last entry\n",
    "outcomes.csv": "id,outcome\nholds.mill.30,yes\n",
    "side_aliases.csv": "as_recorded,side,note\nARMY,garrison,\nRISING,risers,\n",
}


def write_crisis(folder: Path, main: str = PLAIN, more: Mapping[str, str] | None = None) -> Path:
    """Write the scenario folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"scenario.yaml": main, **TABLES, **(more or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_files(folder: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the truth directory; `changed` replaces files, or leaves them out where it says None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**FILES, **(changed or {})}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def only(name: str, content: str | bytes | None = None) -> dict[str, str | bytes | None]:
    """Changes that leave one file."""
    return {**dict.fromkeys(FILES), name: FILES[name] if content is None else content}
