"""Where people live: towns with their hinterland, and the communities among them."""

from __future__ import annotations

from iraq_data.judgements import (
    BAGHDAD_SHARES,
    CITY_PARTS,
    COMMUNITIES,
    FOREIGN,
    MIX,
    MIX_OF_REGION,
    MOSUL_BANKS,
)
from iraq_data.tables import Row, kilometres, share_out

COLUMNS = (
    "id",
    "name",
    "kind",
    "country",
    "admin1",
    "admin2",
    "pcode",
    "lat",
    "lon",
    "population",
    "low",
    "high",
    *COMMUNITIES,
    "source",
    "confidence",
)
# Mosul: 1.2 million (Revkin, RAND), 1.5 (dossier), 2 (press); parts in proportion to 700,000 and 800,000.
DISPUTED = {"mosul": (560_000, 933_000), "mosul_east": (640_000, 1_067_000)}
TOLERANCE = 0.04  # a governorate's community may differ by four points from the dossier's judgement
ROUNDS = 400
KIND = {"town": "town", "foreign_town": "town", "crossing": "crossing"}
COORDS = "coordinates: GeoNames where listed, else memory"
PERCENT = {
    "sunni_arab": "pct_sunni_arab",
    "shia_arab": "pct_shia_arab",
    "kurd": "pct_kurd",
    "yazidi": "pct_yazidi",
    "christian": "pct_christian",
    "other": "pct_other",
}


def make_places(places: list[Row], districts: list[Row], governorates: list[Row]) -> list[Row]:
    """Return the rows of places.csv: every place of the dossier in its order, cities in parts."""
    rows: list[Row] = []
    for place in places:
        parts = [part for part in CITY_PARTS if part.split("_")[0] == place["place_id"]]
        rows += [_part(place, part) for part in parts] if parts else [_row(place)]
    codes = {(row["governorate"], row["district"]): row["pcode"] for row in districts}
    for row in rows:
        row["pcode"] = row["pcode"] or codes.get((row["admin1"], row["admin2"]), "")
    persons = _home_populations(rows, districts, governorates)
    for row in rows:
        row["population"] = str(persons[row["id"]])
        low, high = DISPUTED.get(row["id"], ("", ""))
        row["low"], row["high"] = str(low), str(high)
    _add_shares(rows, governorates)
    return rows


def _row(place: Row) -> Row:
    foreign = place["place_id"] in FOREIGN
    if place["kind"] == "crossing":
        source, confidence = "coordinates: memory, within 5 km; nobody lives there", "medium"
    elif foreign:
        source = f"{COORDS}; population with hinterland and mix: memory of the 2004 census and growth"
        confidence = "low"
    else:
        source = (
            f"{COORDS}; population: town by memory plus its part of the district (COSIT 2010 x 1.1055); "
            "mix: judgement fitted to the governorate"
        )
        confidence = "medium" if "pop medium" in place["confidence"] else "low"
    return {
        "id": place["place_id"],
        "name": place["name"],
        "kind": KIND[place["kind"]],
        "country": place["country"][:2],
        "admin1": FOREIGN[place["place_id"]][0] if foreign else place["governorate"],
        "admin2": place["district"],
        "pcode": "",
        "lat": place["lat"],
        "lon": place["lon"],
        "town": place["pop_2014"],
        "source": source,
        "confidence": confidence,
    }


def _part(city: Row, part: str) -> Row:
    name, lat, lon, pcode, district, note = CITY_PARTS[part]
    return _row(city) | {
        "id": part,
        "name": name,
        "kind": "district",
        "admin2": district,
        "pcode": pcode,
        "lat": lat,
        "lon": lon,
        "town": "0",
        "source": f"part of a city ({note}); coordinates, population and mix: judgement within the district",
        "confidence": "low",
    }


def _home_populations(rows: list[Row], districts: list[Row], governorates: list[Row]) -> dict[str, int]:
    """Share each district's people over its towns; a district without a town goes to the nearest one."""
    raw = {row["id"]: 0.0 for row in rows}
    towns = [row for row in rows if row["country"] == "IQ" and row["kind"] in ("town", "district")]
    for district in districts:
        people = float(district["pop_2014_est"])
        given = {
            part: share for (name, part), share in BAGHDAD_SHARES.items() if name == district["district"]
        }
        if given:
            for part, share in given.items():
                raw[part] += people * share
            continue
        own = [
            row
            for row in towns
            if (row["admin1"], row["admin2"]) == (district["governorate"], district["district"])
            and row["kind"] == "town"
        ]
        if (
            district["district"] == "Mosul"
        ):  # the city's size is published and disputed: the rest is the countryside
            for bank, count in MOSUL_BANKS.items():
                raw[bank] += count
            people -= sum(MOSUL_BANKS.values())
        if own:
            total = sum(float(row["town"]) for row in own)
            for row in own:
                raw[row["id"]] += people * float(row["town"]) / total
        else:
            near = [row for row in towns if row["admin1"] == district["governorate"]] or towns
            raw[min(near, key=lambda row: kilometres(row, district))["id"]] += people
    persons = {place: FOREIGN[place][1] if place in FOREIGN else 0 for place in raw}
    for governorate in governorates:
        own = [row["id"] for row in towns if row["admin1"] == governorate["governorate"]]
        fixed = [place for place in own if place in MOSUL_BANKS]
        free = [place for place in own if place not in MOSUL_BANKS]
        total = round(float(governorate["pop_2014_est"])) - sum(MOSUL_BANKS[place] for place in fixed)
        persons |= dict(zip(free, share_out(total, [raw[place] for place in free]), strict=True))
        persons |= {place: MOSUL_BANKS[place] for place in fixed}
    return persons


def _add_shares(rows: list[Row], governorates: list[Row]) -> None:
    """Fit the first guesses to the governorates as far as needed, then write shares of four decimals."""
    shares: dict[str, list[float]] = {}
    for governorate in governorates:
        own = [row for row in rows if row["admin1"] == governorate["governorate"] and int(row["population"])]
        shares |= _fit(own, governorate)
    for row in rows:
        if not int(row["population"]):
            row |= dict.fromkeys(COMMUNITIES, "0")
            continue
        parts = share_out(10_000, shares.get(row["id"]) or _guess(row))
        row |= {community: f"{part / 10_000:g}" for community, part in zip(COMMUNITIES, parts, strict=True)}


def _guess(row: Row) -> list[float]:
    mix = MIX.get(row["id"]) or MIX_OF_REGION[row["admin1"]]
    sunni, shia, kurd, turkmen, yazidi, christian, other, sunni_part = mix
    return [sunni, shia, kurd, turkmen * sunni_part, turkmen * (1 - sunni_part), yazidi, christian, other]


def _fit(own: list[Row], governorate: Row) -> dict[str, list[float]]:
    """Proportional fitting (Deming & Stephan 1940) towards a band around the governorate's judged shares.

    The Turkmen are one column of the dossier: both Turkmen communities are scaled together.
    """
    people = [int(row["population"]) for row in own]
    table = [
        [share / sum(_guess(row)) * n for share in _guess(row)] for row, n in zip(own, people, strict=True)
    ]
    total = sum(people)
    groups = [([COMMUNITIES.index(name)], float(governorate[key]) / 100) for name, key in PERCENT.items()]
    groups.append(([3, 4], float(governorate["pct_turkmen"]) / 100))
    for _ in range(ROUNDS):
        for columns, judged in groups:
            now = sum(line[c] for line in table for c in columns) / total
            goal = min(max(now, judged - TOLERANCE), judged + TOLERANCE)
            if now > 0:
                for line in table:
                    for c in columns:
                        line[c] *= goal / now
        for line, n in zip(table, people, strict=True):
            scale = n / sum(line)
            for c in range(len(line)):
                line[c] *= scale
    return {row["id"]: line for row, line in zip(own, table, strict=True)}
