"""Roads: the links of the dossier, re-attached to the parts of Mosul and Baghdad, and their bridges."""

from __future__ import annotations

from iraq_data.tables import Row, kilometres

COLUMNS = ("from", "to", "km", "kind", "source", "confidence")

# The part of the city at which a road starts. Mosul: roads to the south and west leave from the west bank.
ATTACH = {
    ("mosul", "tilkaif"): "mosul_east",
    ("mosul", "bashiqa"): "mosul_east",
    ("mosul", "bartella"): "mosul_east",
    ("baghdad", "taji"): "baghdad_kadhimiya",
    ("baghdad", "tarmiyah"): "baghdad_kadhimiya",
    ("baghdad", "abu_ghraib"): "baghdad_west",
    ("baghdad", "karma"): "baghdad_west",
    ("baghdad", "mahmudiyah"): "baghdad_south",
    ("baghdad", "khalis"): "baghdad_shaab",
    ("baghdad", "baqubah"): "baghdad_shaab",
    ("baghdad", "salman_pak"): "baghdad",
}
INSIDE = (
    ("mosul", "mosul_east", 5, "bridge"),
    ("baghdad", "baghdad_sadr_city", 9, "road"),
    ("baghdad", "baghdad_adhamiya", 6, "road"),
    ("baghdad", "baghdad_kadhimiya", 9, "bridge"),
    ("baghdad", "baghdad_west", 11, "bridge"),
    ("baghdad", "baghdad_south", 11, "bridge"),
    ("baghdad_adhamiya", "baghdad_kadhimiya", 4, "bridge"),
    ("baghdad_adhamiya", "baghdad_shaab", 9, "road"),
    ("baghdad_sadr_city", "baghdad_shaab", 6, "road"),
    ("baghdad_kadhimiya", "baghdad_west", 10, "road"),
    ("baghdad_west", "baghdad_south", 11, "road"),
)
SOURCES = {"memory_road_atlas_approx": "road length from memory", "great_circle_x1.2": "great circle x 1.2"}


def make_routes(routes: list[Row], places: list[Row]) -> list[Row]:
    """Return the rows of routes.csv; a moved road keeps its ratio to the great circle."""
    at = {row["id"]: row for row in places}
    rows: list[Row] = []
    for route in routes:
        start, end = route["from"], route["to"]
        source = f"{route['road']}; {SOURCES[route['source']]}"
        for a, b in ((start, end), (end, start)):
            if (a, b) in ATTACH and ATTACH[a, b] != a:
                part = ATTACH[a, b]
                ratio = float(route["km"]) / kilometres(at[a], at[b])
                route = route | {"km": f"{ratio * kilometres(at[part], at[b]):.1f}"}
                start, end = (part, b) if a == route["from"] else (b, part)
                source += f"; moved from {a} to {part}"
        rows.append(
            {
                "from": start,
                "to": end,
                "km": f"{float(route['km']):g}",
                "kind": _kind(route, at[start], at[end]),
                "source": source,
                "confidence": route["confidence"],
            }
        )
    for start, end, km, kind in INSIDE:
        rows.append(
            {
                "from": start,
                "to": end,
                "km": str(km),
                "kind": kind,
                "confidence": "medium",
                "source": "inside the city: great circle x about 1.2, memory",
            }
        )
    return rows


def _kind(route: Row, start: Row, end: Row) -> str:
    if start["country"] != end["country"]:
        return "border"
    return "track" if "desert" in route["road"] else "road"
