"""Who is armed where: command totals spread by one rule per kind of force. No source gives garrisons by town.

Every rule sees only what was known at the freeze: who holds what, people, roads, bases, and the deaths of
the year before. `SOURCES.md` of the scenario states the rules in words.
"""

from __future__ import annotations

import math
from collections import defaultdict

from iraq_data.tables import Row, share_out

COLUMNS = ("place", "force", "strength", "low", "high", "source")
LOW, HIGH = 0.4, 2.5  # a garrison by rule may be off by a factor of two and a half either way

ARMY = 240_000  # between 193,000 and 280,000 (forces.csv)
POLICE = 300_000  # "300,000 army and 300,000 police" (forces.csv)
PESHMERGA = 195_000  # 190,000 to 200,000 (forces.csv)
ISIS = 8_400  # geometric mean of 7,000 and 10,000, the US view before the freeze; two countries
REVOLT = 6_700  # geometric mean of 3,000 and 15,000 (forces.csv: unknown, thousands)
SAHWA = 24_500  # geometric mean of 20,000 and 30,000 (forces.csv)
MILITIAS = 21_000  # geometric mean of 15,000 and 30,000 (forces.csv)

# Bases and headquarters of the army that the press named before 2014; equal parts of a fifth of the army.
ARMY_BASES = (
    "mosul",
    "qayyarah",
    "kirkuk",
    "tikrit",
    "balad",
    "samarra",
    "baqubah",
    "taji",
    "abu_ghraib",
    "mahmudiyah",
    "baghdad",
    "iskandariyah",
    "habbaniyah",
    "ramadi",
    "baghdadi",
    "qaim",
    "karbala",
    "kut",
    "nasiriyah",
    "basra",
    "telafar",
)
# Abroad: enough for a holder to be there, from memory; nothing in the scenario is meant to test them.
ABROAD = {
    ("n_abu_kamal", "rebels"): 2_000,
    ("n_mayadin", "rebels"): 2_500,
    ("n_deir_ezzor", "rebels"): 4_000,
    ("n_deir_ezzor", "syria"): 4_000,
    ("n_palmyra", "syria"): 3_000,
    ("n_hasakah", "syria"): 3_000,
    ("n_qamishli", "syria"): 2_000,
    ("n_hasakah", "ypg"): 4_000,
    ("n_qamishli", "ypg"): 8_000,
    ("n_kobani", "ypg"): 5_000,
    ("n_cizre", "turkey"): 20_000,
    ("n_diyarbakir", "turkey"): 30_000,
    ("n_kermanshah", "iran"): 30_000,
    ("n_ahvaz", "iran"): 30_000,
    ("n_ruwaished", "jordan"): 8_000,
    ("n_kuwait", "kuwait"): 15_000,
    ("n_arar", "saudi"): 10_000,
}
LEFT = 0.2  # of a garrison whose town is lost, where it still holds out in a part of it: judgement
LEAST_CELL = 10  # smaller groups underground are left out

Strengths = dict[tuple[str, str], int]


class Map:
    """What the rules look at: people, holders, neighbours, violence of the last year."""

    def __init__(
        self, places: list[Row], holders: list[Row], routes: list[Row], deaths: dict[str, int]
    ) -> None:
        self.places = [row for row in places if row["kind"] != "crossing"]
        self.by_id = {row["id"]: row for row in places}
        self.holder = {row["place"]: row["holder"] for row in holders}
        self.contested = {row["place"]: row["contested"] for row in holders}
        self.deaths = deaths
        self.near: dict[str, set[str]] = defaultdict(set)
        for route in routes:
            self.near[route["from"]].add(route["to"])
            self.near[route["to"]].add(route["from"])

    def people(self, place: str, community: str | None = None) -> float:
        row = self.by_id[place]
        return int(row["population"]) * (float(row[community]) if community else 1.0)

    def violence(self, place: str) -> float:
        """A place's part of the deaths of its governorate in the year before, by population."""
        region = self.by_id[place]["admin1"]
        whole = sum(self.people(row["id"]) for row in self.places if row["admin1"] == region)
        return self.deaths.get(region, 0) * self.people(place) / whole

    def front(self, place: str, force: str) -> bool:
        """True where a neighbouring town is in other hands, or the place itself is contested."""
        if self.contested[place]:
            return True
        return any(
            self.holder[other] != force
            for other in self.near[place]
            if other in self.holder and self.by_id[other]["kind"] != "crossing"
        )

    def held(self, force: str) -> list[str]:
        return [row["id"] for row in self.places if self.holder[row["id"]] == force]


def allocate(whole: Map, before: Map) -> Strengths:
    """Return the garrisons of all forces; `before` is the map on which the army was deployed."""
    strengths: Strengths = {}
    army = spread_army(before)
    strengths |= {(p, "isf"): n for p, n in army.items() if whole.holder[p] == "isf"}
    strengths |= {(p, "isf"): round(LEFT * n) for p, n in army.items() if whole.contested[p] == "isf"}
    strengths |= {(p, "peshmerga"): n for p, n in _peshmerga(whole).items()}
    strengths |= {(p, "isis"): n for p, n in _isis(whole).items()}
    sunni = [r["id"] for r in whole.places if r["country"] == "IQ" and float(r["sunni_arab"]) > 0.5]
    strengths |= _by_people(whole, "sunni_revolt", REVOLT, sunni, "sunni_arab")
    kept = [p for p in sunni if whole.holder[p] == "isf"]
    strengths |= _by_people(whole, "sahwa", SAHWA, kept, "sunni_arab")
    shia = [r["id"] for r in whole.places if float(r["shia_arab"]) > 0.5 and whole.holder[r["id"]] == "isf"]
    strengths |= _by_people(whole, "pmf", MILITIAS, shia, "shia_arab")
    return strengths | ABROAD


def spread_army(m: Map) -> dict[str, int]:
    """Police by people; army two fifths by people, two fifths by last year's violence, a fifth on bases."""
    places = m.held("isf")
    people = [m.people(p) for p in places]
    violence = [m.violence(p) for p in places]
    bases = [1.0 if p in ARMY_BASES else 0.0 for p in places]
    parts = (
        share_out(POLICE + ARMY * 2 // 5, people),
        share_out(ARMY * 2 // 5, violence),
        share_out(ARMY // 5, bases),
    )
    return {p: sum(part[i] for part in parts) for i, p in enumerate(places)}


def _peshmerga(m: Map) -> dict[str, int]:
    """Half by people, half along the front by the root of people."""
    places = m.held("peshmerga")
    people = share_out(PESHMERGA // 2, [m.people(p) for p in places])
    front = [math.sqrt(m.people(p)) if m.front(p, "peshmerga") else 0.0 for p in places]
    line = share_out(PESHMERGA - PESHMERGA // 2, front)
    return {p: a + b for p, a, b in zip(places, people, line, strict=True)}


def _isis(m: Map) -> dict[str, int]:
    """Half in each country; in Iraq three tenths of that underground.

    Where it holds or contests: by the root of people, twice that at a front, half where it only contests.
    Underground: among Sunni Arabs where the army holds, by the violence of the last year.
    """
    found: dict[str, int] = defaultdict(int)
    for country, total in (("IQ", ISIS // 2), ("SY", ISIS - ISIS // 2)):
        open_places = [
            r["id"]
            for r in m.places
            if r["country"] == country and "isis" in (m.holder[r["id"]], m.contested[r["id"]])
        ]
        hidden = [
            r["id"]
            for r in m.places
            if r["country"] == "IQ" == country
            and r["id"] not in open_places
            and float(r["sunni_arab"]) >= 0.3
            and m.holder[r["id"]] == "isf"
        ]
        below = total * 3 // 10 if hidden else 0
        weights = [
            math.sqrt(m.people(p))
            * (2.0 if m.front(p, "isis") else 1.0)
            * (0.5 if m.holder[p] != "isis" else 1.0)
            for p in open_places
        ]
        for p, n in zip(open_places, share_out(total - below, weights), strict=True):
            found[p] += n
        if hidden:
            cells = share_out(below, [m.violence(p) * float(m.by_id[p]["sunni_arab"]) for p in hidden])
            for p, n in zip(hidden, cells, strict=True):
                found[p] += n
    return {p: n for p, n in found.items() if n >= LEAST_CELL}


def _by_people(m: Map, force: str, total: int, places: list[str], community: str) -> Strengths:
    counts = share_out(total, [m.people(p, community) for p in places])
    return {(p, force): n for p, n in zip(places, counts, strict=True) if n >= LEAST_CELL}


SOURCE = {
    "isf": "rule: police and army by people, violence of the last year and bases, a fifth where the town is "
    "lost; totals of forces.csv",
    "peshmerga": "rule: half by people, half along the front; total of forces.csv",
    "isis": "rule: held or contested places by root of people and front, rest hidden; total of forces.csv",
    "sunni_revolt": "rule: by Sunni Arab people where they are the majority; total from memory (forces.csv)",
    "sahwa": "rule: by Sunni Arab people where the government holds; total of forces.csv",
    "pmf": "rule: by Shia Arab people where the government holds; total of forces.csv and memory",
}


def make_presence(strengths: Strengths, order: list[str], forces: list[str]) -> list[Row]:
    """Return the rows of presence.csv in the order of places and forces."""
    rows = []
    for place, force in sorted(strengths, key=lambda key: (order.index(key[0]), forces.index(key[1]))):
        n = strengths[place, force]
        low, high, source = (
            round(n * LOW),
            round(n * HIGH),
            SOURCE.get(force, "memory: enough to hold the place"),
        )
        rows.append(
            {
                "place": place,
                "force": force,
                "strength": str(n),
                "low": str(low),
                "high": str(high),
                "source": source,
            }
        )
    return rows
