#!/usr/bin/env python3
"""Write `presence.csv` and `displaced.csv` of `mali-2012` by the rules of its SOURCES.md.

    python tools/build_mali.py [--out src/afternext/scenarios/mali-2012]

Places, roads and holders are written by hand. Garrisons by town and the places of those who had fled are
known to nobody: one rule for each force and each stream of people, here. It needs nothing but Python.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

SCENARIO = Path(__file__).resolve().parents[1] / "src" / "afternext" / "scenarios" / "mali-2012"
Row = dict[str, str]
NORTH = ("Kidal", "Gao", "Timbuktu", "Mopti")
HEADQUARTERS = ("gao", "kidal", "timbuktu", "sevare")  # each as four garrisons
GARRISONS = (
    *("anefis", "bourem", "ansongo", "labbezanga", "goundam", "dire", "niafunke", "rharous", "gossi"),
    *("hombori", "douentza", "youwarou", "tenenkou", "nampala", "diabaly"),
)
BASES = (
    "kati",
    "bamako",
    "segou",
    "markala",
    "kayes",
    "nioro",
    "nara",
    "sikasso",
    "koulikoro",
    "bougouni",
    "koutiala",
)
ARMY, POLICE = 7350, 4800  # soldiers; gendarmes, guards and police
SOUTH = 0.4  # of the soldiers: half of them in and around the capital
LOW, HIGH = 0.4, 2.5  # range of each garrison, as in iraq-2014
MNLA, JIHADISTS, LOYALISTS, GANDA = 2500, 900, 1000, 800
ABROAD = {"mauritania": 1500, "burkina": 1500, "niger": 1500, "algeria": 4000}

# From where people had fled to where: weights, by community. Totals are uncertainties of the scenario.
INSIDE = {  # origin: (weight, places)
    "menaka": (9, {"gao": 3, "ansongo": 3, "djebock": 2, "talataye": 2}),
    "anderamboukane": (4, {"menaka": 2, "ansongo": 1}),
    "aguelhok": (5, {"kidal": 3, "gao": 2, "anefis": 1}),
    "tessalit": (3.5, {"kidal": 2, "abeibara": 1, "gao": 1}),
    "kidal": (13, {"gao": 3, "abeibara": 3, "tin_essako": 2, "anefis": 2, "tinzaouaten": 1}),
    "tinzaouaten": (1, {"abeibara": 1, "kidal": 1}),
    "lere": (8, {"niafunke": 3, "youwarou": 2, "mopti": 1, "segou": 1}),
    "niafunke": (13, {"konna": 2, "mopti": 3, "youwarou": 2, "sevare": 1, "bamako": 1}),
    "goundam": (9, {"timbuktu": 2, "tonka": 2, "mopti": 1, "bamako": 1}),
    "dire": (5, {"timbuktu": 2, "tonka": 1, "mopti": 1}),
    "timbuktu": (10, {"rharous": 2, "mopti": 2, "ber": 2, "bamako": 1}),
    "gao": (6, {"gossi": 2, "hombori": 1, "sevare": 1, "bamako": 1}),
    "tenenkou": (3, {"mopti": 2, "macina": 1}),
    "youwarou": (4, {"konna": 1, "mopti": 1}),
}
OUTSIDE = {  # origin: (weight, places, communities)
    "ras_el_ma": (15, {"n_mbera": 5, "n_fassala": 2, "n_bassikounou": 1}, ("tuareg", "arab")),
    "lere": (6.5, {"n_mbera": 5, "n_fassala": 3}, ("tuareg", "arab")),
    "goundam": (9, {"n_mbera": 5, "n_fassala": 2}, ("tuareg", "arab")),
    "timbuktu": (
        13,
        {"n_mbera": 5, "n_bassikounou": 1, "n_gorom": 1, "n_ouagadougou": 1},
        ("tuareg", "arab"),
    ),
    "menaka": (12, {"n_chinagodar": 4, "n_abala": 2, "n_ouallam": 2, "n_niamey": 1}, ("tuareg", "songhai")),
    "anderamboukane": (5, {"n_chinagodar": 5, "n_abala": 2, "n_ouallam": 1}, ("tuareg", "songhai")),
    "ansongo": (9, {"n_ayorou": 3, "n_tillaberi": 2}, ("tuareg", "songhai")),
    "gossi": (10, {"n_gorom": 3, "n_djibo": 3, "n_ouagadougou": 1}, ("tuareg",)),
    "rharous": (7, {"n_gorom": 2, "n_djibo": 3, "n_ouagadougou": 1}, ("tuareg",)),
    "gao": (8, {"n_gorom": 2, "n_ayorou": 1, "n_ouagadougou": 1, "n_bobo": 1}, ("tuareg",)),
    "tinzaouaten": (1, {"n_tin_zaouatine": 1}, ("tuareg",)),
    "kidal": (3, {"n_tin_zaouatine": 2, "n_tamanrasset": 1, "n_bordj": 1}, ("tuareg",)),
}
WHY = {
    "army": "rule: soldiers by garrison and base, police by root of people (SOURCES.md); totals from memory",
    "mnla": "rule: seven tenths where it holds or contests, the rest among Tuareg; total from memory",
    "jihadists": (
        "rule: seven tenths where it holds and at Tessalit, the rest hidden where Tuareg and Arabs live; "
        "total from memory"
    ),
    "loyalists": "rule: garrisons of the north with militia, by root of people; total from memory",
    "ganda": "rule: river towns of Songhai and Fulani that the army holds, by root of people; judgement",
}
SINCE_INSIDE, SINCE_OUTSIDE = "2012-02-10", "2012-02-20"  # about the middle of each flow
COMMUNITIES = ("tuareg", "arab", "songhai", "fulani", "dogon", "mande", "other")


def root(place: Row) -> float:
    return float(place["population"]) ** 0.5


def spread(total: float, weights: dict[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {place: total * weight / whole for place, weight in weights.items()}


def garrisons(places: list[Row], holder: dict[str, Row]) -> dict[str, dict[str, float]]:
    """Persons on paper by force and place."""
    held = {force: [p for p in places if holder[p["id"]]["holder"] == force] for force in ABROAD}
    army = [p for p in places if holder[p["id"]]["holder"] == "army"]
    weights = dict.fromkeys(GARRISONS, 1.0) | dict.fromkeys(HEADQUARTERS, 4.0)
    soldiers = spread(ARMY * (1 - SOUTH), weights)
    soldiers |= spread(ARMY * SOUTH / 2, {"kati": 1, "bamako": 1})
    for place, count in spread(ARMY * SOUTH / 2, dict.fromkeys(BASES, 1.0)).items():
        soldiers[place] = soldiers.get(place, 0) + count
    for place, count in spread(POLICE, {p["id"]: root(p) for p in army}).items():
        soldiers[place] = soldiers.get(place, 0) + count
    found = {"army": soldiers}
    for force, total in (("mnla", MNLA), ("jihadists", JIHADISTS)):
        found[force] = insurgents(force, total, places, holder)
    militia = ("gao", "kidal", "timbuktu", "ber", "almoustarat", "anefis", "djebock")
    found["loyalists"] = spread(LOYALISTS, {p["id"]: root(p) for p in places if p["id"] in militia})
    river = [p for p in army if float(p["songhai"]) + float(p["fulani"]) > 0.5 and p["admin1"] in NORTH]
    found["ganda"] = spread(GANDA, {p["id"]: root(p) for p in river})
    for force, one in ABROAD.items():
        found[force] = {p["id"]: float(one) for p in held[force]}
    return found


def insurgents(force: str, total: int, places: list[Row], holder: dict[str, Row]) -> dict[str, float]:
    """Seven tenths at places held or contested, three tenths hidden among people who are its own."""
    open_, hidden = {}, {}
    for place in places:
        row = holder[place["id"]]
        own = float(place["tuareg"]) + (float(place["arab"]) if force == "jihadists" else 0)
        if place["country"] != "ML":
            continue
        if force in (row["holder"], row["contested"]):
            open_[place["id"]] = root(place) * (0.5 if row["contested"] == force else 1)
        elif own > 0.3 and row["holder"] not in ("mnla", "jihadists"):
            hidden[place["id"]] = root(place) * own
    found = spread(0.7 * total, open_)
    if force == "jihadists":  # beside the MNLA at Tessalit
        found |= spread(
            0.7 * total, open_ | {"tessalit": next(root(p) for p in places if p["id"] == "tessalit")}
        )
    return found | spread(0.3 * total, hidden)


def presence(places: list[Row], holder: dict[str, Row]) -> Iterable[list[str]]:
    found = garrisons(places, holder)
    for place in places:
        for force, rows in found.items():
            count = rows.get(place["id"], 0)
            if round(count):
                yield [
                    place["id"],
                    force,
                    f"{count:.0f}",
                    f"{count * LOW:.0f}",
                    f"{count * HIGH:.0f}",
                    WHY.get(force, "memory: enough to hold the place"),
                ]


def displaced(places: list[Row]) -> Iterable[list[str]]:
    share = {p["id"]: {c: float(p[c]) for c in COMMUNITIES} for p in places}
    streams = [
        ("inside", SINCE_INSIDE, {o: (w, to, COMMUNITIES) for o, (w, to) in INSIDE.items()}),
        ("abroad", SINCE_OUTSIDE, OUTSIDE),
    ]
    for name, since, origins in streams:
        whole = sum(weight for weight, _, _ in origins.values())
        for origin, (weight, to, communities) in origins.items():
            people = {c: share[origin][c] for c in communities if share[origin][c] >= 0.02}
            for place, part in spread(weight / whole, to).items():
                for community, factor in spread(part, people).items():
                    if factor >= 0.0002:
                        yield [
                            place,
                            origin,
                            community,
                            f"uncertain(fled_{name}, {factor:.5f})",
                            since,
                            "total: see uncertainties; places and shares: rule, judgement (SOURCES.md)",
                            "low",
                        ]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: str, rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns.split(","))
        table.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=SCENARIO, metavar="DIR")
    out = parser.parse_args().out
    places = read(SCENARIO / "places.csv")
    holder = {row["place"]: row for row in read(SCENARIO / "holder.csv")}
    write(out / "presence.csv", "place,force,strength,low,high,source", presence(places, holder))
    write(out / "displaced.csv", "place,origin,community,persons,since,source,confidence", displaced(places))


if __name__ == "__main__":
    main()
