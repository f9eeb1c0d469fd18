#!/usr/bin/env python3
"""Write the CSV files of `iraq-2014` and `iraq-2014-06-05` from the dossier in ../shared/iraq.

    python tools/build_iraq.py ../shared/iraq [--out src/afternext/scenarios] [--report]

The committed CSV files are the product and stand alone; this script documents how they came about and
reproduces them byte for byte. It needs nothing but Python. `--report` prints the checks of SOURCES.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from iraq_data import control, displaced, evidence, garrisons, people, roads
from iraq_data.tables import Row, read, write

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src" / "afternext" / "scenarios"
FORCES = (
    "isf",
    "peshmerga",
    "isis",
    "sunni_revolt",
    "sahwa",
    "pmf",
    "rebels",
    "syria",
    "ypg",
    "turkey",
    "iran",
    "jordan",
    "saudi",
    "kuwait",
)


def build(shared: Path, out: Path) -> dict[str, list[Row]]:
    """Write both scenarios; return the tables of the first."""
    tables = {path.stem: read(path) for path in sorted(shared.glob("*.csv"))}
    places = people.make_places(tables["places"], tables["districts"], tables["governorates"])
    routes = roads.make_routes(tables["routes"], places)
    deaths = evidence.deaths_of_year(tables["ged_month_adm1"])
    maps = {}
    for freeze in (control.FREEZE, control.EARLIER):
        holders = control.make_holders(
            places, tables["control_initial_2014-06-12"], tables["control"], tables["side_aliases"], freeze
        )
        maps[freeze] = (holders, garrisons.Map(places, holders, routes, deaths))
    now, earlier = maps[control.FREEZE], maps[control.EARLIER]
    order = [row["id"] for row in places]
    presence = garrisons.make_presence(garrisons.allocate(now[1], earlier[1]), order, list(FORCES))
    fled = displaced.make_displaced(places, flight_from_mosul=True)

    main = out / "iraq-2014"
    write(main / "places.csv", people.COLUMNS, ({k: row[k] for k in people.COLUMNS} for row in places))
    write(main / "routes.csv", roads.COLUMNS, routes)
    write(main / "holder.csv", control.COLUMNS, now[0])
    write(main / "presence.csv", garrisons.COLUMNS, presence)
    write(main / "displaced.csv", displaced.COLUMNS, fled)
    write(main / "claims.csv", evidence.CLAIM_COLUMNS, evidence.make_claims(tables["claims"], control.FREEZE))
    write(main / "history.csv", evidence.HISTORY_COLUMNS, evidence.make_history(tables["ged_month_adm1"]))

    week = out / "iraq-2014-06-05"
    before = garrisons.make_presence(garrisons.allocate(earlier[1], earlier[1]), order, list(FORCES))
    write(
        week / "holder.csv",
        control.COLUMNS,
        [new for old, new in zip(now[0], earlier[0], strict=True) if old != new],
    )
    write(
        week / "presence.csv",
        ("remove", *garrisons.COLUMNS),
        _overrides(presence, before, ("place", "force")),
    )
    stayed = displaced.make_displaced(places, flight_from_mosul=False)
    write(
        week / "displaced.csv",
        ("remove", *displaced.COLUMNS),
        _overrides(fled, stayed, ("place", "origin", "community", "since")),
    )
    write(
        week / "claims.csv", evidence.CLAIM_COLUMNS, evidence.make_claims(tables["claims"], control.EARLIER)
    )
    tables["made_presence_12"], tables["made_presence_05"] = presence, before
    return tables | {"made_places": places, "made_holders": now[0], "made_displaced": fled}


def _overrides(parent: list[Row], child: list[Row], key: tuple[str, ...]) -> list[Row]:
    """Return the rows with which a child scenario turns the parent's table into its own."""
    old = {tuple(row[k] for k in key): row for row in parent}
    new = {tuple(row[k] for k in key): row for row in child}
    gone = [{"remove": "1"} | {k: row[k] for k in key} for ident, row in old.items() if ident not in new]
    changed = [{"remove": ""} | row for ident, row in new.items() if old.get(ident) != row]
    return gone + changed


def report(made: dict[str, list[Row]]) -> None:
    """Print the checks that SOURCES.md quotes."""
    places = made["made_places"]
    print("governorate | people | " + " | ".join(people.COMMUNITIES))
    for governorate in made["governorates"]:
        own = [row for row in places if row["admin1"] == governorate["governorate"]]
        total = sum(int(row["population"]) for row in own)
        parts = [
            100 * sum(int(row["population"]) * float(row[c]) for row in own) / total
            for c in people.COMMUNITIES
        ]
        judged = "/".join(
            governorate[f"pct_{c}"]
            for c in ("sunni_arab", "shia_arab", "kurd", "turkmen", "yazidi", "christian", "other")
        )
        print(
            f"{governorate['governorate']} | {total} | "
            + " | ".join(f"{p:.1f}" for p in parts)
            + f" | {judged}"
        )
    iraq = [row for row in places if row["country"] == "IQ"]
    print("Iraq", sum(int(row["population"]) for row in iraq))
    for c in people.COMMUNITIES:
        print(" ", c, round(sum(int(row["population"]) * float(row[c]) for row in iraq)))
    for name in ("made_presence_12", "made_presence_05"):
        for force in FORCES:
            own = [row for row in made[name] if row["force"] == force]
            print(name, force, sum(int(row["strength"]) for row in own), "at", len(own), "places")
    for line in evidence.fighting(made["ged_iraq"], places):
        print("fighting", *line)


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path, help="the dossier, ../shared/iraq")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder of the scenarios")
    parser.add_argument("--report", action="store_true", help="print the checks of SOURCES.md")
    arguments = parser.parse_args()
    made = build(arguments.shared, arguments.out)
    if arguments.report:
        report(made)


if __name__ == "__main__":
    main()
