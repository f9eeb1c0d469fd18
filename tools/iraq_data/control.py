"""Who holds each place: the dossier's map of 12 June 2014, wound back where the freeze is earlier."""

from __future__ import annotations

from iraq_data.tables import Row

COLUMNS = ("place", "holder", "contested", "source", "confidence")
FREEZE = "2014-06-12"
EARLIER = "2014-06-05"
ALIAS = {"TR": "turkey", "IR": "iran", "JO": "jordan", "KW": "kuwait", "SA": "saudi"}

# Which force contests a place that the dossier marks as contested, from its note.
CONTESTED = {
    "mosul_dam": "isf",  # handed over by the army, not under attack
    "baiji": "isf",  # the refinery
    "udhaim": "isf",
}
# Contested before the attack on Mosul already; the other flags come from 10 to 12 June.
CONTESTED_EARLIER = ("ramadi", "abu_ghraib", "ishaqi", "muqdadiyah", "jurf_sakhar")
# Places of the map of 12 June without a row in control.csv that cannot have been held before Mosul fell.
FOLLOWS = {"hammam_alil": "mosul", "x_rabia_yarubiyah": "rabia"}
DIVIDED = {
    "n_deir_ezzor": (
        "rebels",
        "syria",
        "divided: rebels and a government enclave, ISIS besieging the rebels",
    ),
}


def side_names(aliases: list[Row]) -> dict[str, str]:
    """Return the force of each recorded side."""
    return {row["as_recorded"]: row["side"] for row in aliases} | ALIAS


def make_holders(
    places: list[Row], initial: list[Row], changes: list[Row], aliases: list[Row], freeze: str
) -> list[Row]:
    """Return the rows of holder.csv at a freeze."""
    side = side_names(aliases)
    known = {row["place_id"]: row for row in initial}
    rows = []
    for place in places:
        ident = place["id"]
        record = known[
            "mosul" if ident == "mosul_east" else ident.split("_")[0] if _baghdad(ident) else ident
        ]
        source = "map of 12 June 2014: control.csv and memory"
        if record["note"]:
            source += f" ({record['note']})"
        if ident in DIVIDED:
            holder, contested, note = DIVIDED[ident]
            source = f"memory: {note}"
        else:
            holder = side[record["controller"]]
            contested = CONTESTED.get(ident, "isis") if record["contested"] == "1" else ""
        row = {
            "place": ident,
            "holder": holder,
            "contested": contested,
            "source": source,
            "confidence": record["confidence"],
        }
        rows.append(_wind_back(row, changes, side, freeze) if freeze < FREEZE else row)
    return rows


def _baghdad(ident: str) -> bool:
    return ident.startswith("baghdad_")


def _wind_back(row: Row, changes: list[Row], side: dict[str, str], freeze: str) -> Row:
    """Undo the changes between an earlier freeze and 12 June."""
    ident = row["place"]
    leader = "mosul" if ident == "mosul_east" else FOLLOWS.get(ident, ident)
    undone = [r for r in changes if r["place_id"] == leader and freeze < r["date"] <= FREEZE]
    contested = row["contested"] if ident in CONTESTED_EARLIER or ident in DIVIDED else ""
    if not undone:
        return row | {
            "contested": contested,
            "source": row["source"]
            if contested == row["contested"]
            else "control.csv and memory, wound back to this freeze: not contested",
        }
    first = min(undone, key=lambda r: r["date"])
    return row | {
        "holder": side[first["from_side"]],
        "contested": contested,
        "source": "control.csv, wound back to this freeze",
        "confidence": "medium" if leader == ident else "low",
    }
