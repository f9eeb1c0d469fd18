"""The smallest folder that uses every file, and ways to damage it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

FILES = {
    "scenario.yaml": """\
format: 1
title: Tiny
summary: Two towns and a camp.
fictional: true
freeze: 2020-06-01
years: 1
horizons: [30 days, 6 months, 1 year]
communities:
  hill: {name: Hill people, size: {range: [0.9, 1.1]}, kin: {plain: 0.2}}
  plain: {name: Plain people}
powers:
  crown: {name: The crown, kind: government}
forces:
  army:
    name: Army
    kind: army
    power: crown
    present: {triangular: [0.3, 0.6, 0.9]}
    treats: {hill: own, plain: {options: [ordinary, persecuted]}}
    admits: {plain: {uncertain: openness}}
  rebels: {name: Rebels, kind: insurgent, strength: {lognormal: [800, 0.5]}, treats: {plain: own}}
relations:
  - {between: [army, rebels], stance: hostile}
uncertainties:
  openness: {value: {range: [0, 1]}, unit: share, meaning: How open the border is}
incidents:
  - {kind: fighting, place: east, by: rebels, date: 2020-05-20, days: 3, intensity: 0.4}
parameters:
  flight_rate: {value: 0.02, why: measured here}
strategies:
  open_gates: {title: Open the gates, set: {forces.army.admits.plain: 1}}
measures: [displaced]
""",
    "places.csv": """\
id,name,kind,country,admin1,lat,lon,population,hill,plain,source,confidence
west,West,town,Xland,Left,36.0,43.0,100000,0.9,0.1,made up,low
east,East,town,Xland,Right,36.0,43.5,50000,0.2,0.8,made up,low
camp,Camp,camp,Xland,Left,36.1,43.1,0,0,0,made up,low
""",
    "routes.csv": """\
from,to,km,kind,source,confidence
west,east,50,road,made up,low
west,camp,20,track,made up,low
""",
    "presence.csv": """\
place,force,strength,low,high,source
west,army,500,300,700,made up
east,rebels,200,,,made up
""",
    "holder.csv": """\
place,holder,contested,source,confidence
west,army,,made up,low
east,army,rebels,made up,low
camp,nobody,,made up,low
""",
    "displaced.csv": """\
place,origin,community,persons,since,source,confidence
camp,east,hill,2000,2020-05-21,made up,low
""",
    "claims.csv": """\
published,who,about,place,on,low,best,high,as_reported,reliability,credibility,repeats,source
2020-05-25,Gazette,displaced,east,2020-05-24,1500,2000,3000,about 2000,B,3,,made up
""",
    "history.csv": """\
start,end,place,admin1,measure,value,source,confidence
2020-01-01,2020-05-31,,Right,dead,20,made up,low
""",
}


LAYERS = {f"base/{name}": text for name, text in FILES.items()} | {
    "child/scenario.yaml": "extends: ../base\n"
}

# The same with a strategic half, added at the end so that the lines above stay where they are.
POWERS = FILES | {
    "scenario.yaml": FILES["scenario.yaml"].replace(
        "  crown: {name: The crown, kind: government}\n",
        "  crown: {name: The crown, kind: government, seats: 60, goals: {centre: {target: 1}}}\n"
        "  league: {name: The league, kind: party, seats: 20, price: {crown: 0.2}, speaks: {plain: 0.5}}\n"
        "  abroad: {name: Abroad, kind: state, public: {weight: 0.5, support: {air: 0.3}}}\n",
    )
    + """\
polity:
  government: crown
  capital: west
  country: Xland
  leader_since: 2015-06-01
  regions:
    right: {name: The right bank, power: league, admin1: [Right], autonomy: {uniform: [0, 0.2]}}
moves:
  air:
    name: Air support
    kind: air
    by: [abroad]
    to: [crown, league]
    consent: true
    cost: 0.4
    scales: [0.5, 1]
    when: [{aim: centre, below: 0.7}]
    expects: {near: {centre: 0.1}}
    effects: [{lever: strikes, on: rebels, amount: {uniform: [0.2, 0.8]}}]
  share:
    name: Power sharing
    kind: politics
    by: [crown]
    effects:
      - {lever: inclusion, on: plain, amount: 0.3}
      - {lever: autonomy, on: right, amount: 0.1}
      - {lever: oust, amount: 0.01}
plan:
  - {by: abroad, move: air, to: crown, on: 2020-06-08, scale: 0.5, until: 60}
bar: [share]
"""
}


def write_tiny(folder: Path, contents: Mapping[str, str | bytes] | None = None) -> Path:
    """Write the tiny scenario, or what became of it."""
    for name, content in (contents or FILES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def edited(*edits: str, start: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    r"""Damage the files. Edits, with \n and \t for line ends and tabs:

    FILE: OLD -> NEW      replace a text that stands once
    FILE := TEXT          write a whole file
    FILE delete
    FILE encode CODEC
    FILE separate CHAR    other separators than commas
    """
    contents = dict(FILES if start is None else start)
    for edit in edits:
        name, _, what = edit.partition(" ")
        if name.endswith(":"):
            name = name[:-1]
            old, _, new = (_unescaped(part) for part in what.partition(" -> "))
            before = contents[name]
            assert isinstance(before, str)
            assert before.count(old) == 1, f"{old!r} must stand once in {name}"
            contents[name] = before.replace(old, new)
        elif what == "delete":
            del contents[name]
        elif what.startswith(":= "):
            contents[name] = _unescaped(what[3:])
        elif what.startswith("encode "):
            contents[name] = str(contents[name]).encode(what[7:])
        elif what.startswith("separate "):
            contents[name] = str(contents[name]).replace(",", _unescaped(what[9:]))
        else:
            raise ValueError(f"unknown edit: {edit}")
    return contents


def _unescaped(text: str) -> str:
    return re.sub(r"\\(n|t|x[0-9a-f]{2})", lambda m: str(m[0].encode().decode("unicode_escape")), text)
