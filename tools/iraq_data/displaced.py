"""People already displaced: Anbar 2014, the caseload of 2006-08, Syrian refugees, the flight from Mosul."""

from __future__ import annotations

from iraq_data.judgements import COMMUNITIES
from iraq_data.tables import Row, share_out

COLUMNS = ("place", "origin", "community", "persons", "since", "source", "confidence")

ANBAR = 474_936
ANBAR_SINCE = "2014-02-01"  # the middle day: 65,000 in the week to 24 January, 300,000 by 11 February
ANBAR_ORIGINS = ("fallujah", "saqlawiyah", "karma", "ramadi")
ANBAR_INSIDE = 0.75  # four fifths in February (UNHCR), fewer later by judgement
ANBAR_REFUGES = {
    "ramadi": 3.0,
    "habbaniyah": 3.0,
    "amiriyat_fallujah": 3.0,
    "hit": 3.0,
    "baghdadi": 0.7,
    "haditha": 1.5,
    "ana": 0.8,
    "rawa": 0.6,
    "qaim": 1.0,
    "rutba": 0.6,
    "fallujah": 1.0,
}
ANBAR_BEYOND = {
    "erbil": 4.0,
    "shaqlawa": 2.0,
    "samarra": 1.5,
    "tikrit": 2.0,
    "ishaqi": 0.5,
    "kirkuk": 3.0,
    "sulaymaniyah": 2.0,
    "baghdad_west": 3.0,
    "abu_ghraib": 1.5,
    "baghdad_adhamiya": 0.5,
    "dahuk": 0.8,
    "karbala": 0.5,
    "mosul": 0.7,
}

OLD_SINCE = "2006-12-01"
# Flight between communities of 2006-08, settled since: (home, refuge, community, part of the caseload).
# Judgement from the pattern reported then: Baghdad and Diyala lost most, mixed quarters became unmixed.
OLD = (
    ("baghdad_west", "baghdad_kadhimiya", "shia_arab", 0.05),
    ("baghdad_west", "baghdad_sadr_city", "shia_arab", 0.04),
    ("baghdad_south", "baghdad_sadr_city", "shia_arab", 0.05),
    ("baghdad_south", "baghdad", "shia_arab", 0.04),
    ("baghdad_kadhimiya", "baghdad_west", "sunni_arab", 0.05),
    ("baghdad_shaab", "baghdad_adhamiya", "sunni_arab", 0.04),
    ("baghdad", "baghdad_west", "sunni_arab", 0.07),
    ("baghdad", "baghdad_adhamiya", "sunni_arab", 0.03),
    ("baghdad", "erbil", "christian", 0.008),
    ("baghdad", "qaraqosh", "christian", 0.006),
    ("baghdad_south", "erbil", "christian", 0.004),
    ("baghdad_south", "fallujah", "sunni_arab", 0.02),
    ("baghdad", "fallujah", "sunni_arab", 0.01),
    ("baghdad", "samarra", "sunni_arab", 0.02),
    ("baghdad", "sulaymaniyah", "sunni_arab", 0.03),
    ("abu_ghraib", "baghdad_kadhimiya", "shia_arab", 0.012),
    ("mahmudiyah", "baghdad_sadr_city", "shia_arab", 0.05),
    ("mahmudiyah", "karbala", "shia_arab", 0.03),
    ("baghdad_south", "hillah", "shia_arab", 0.03),
    ("baghdad_west", "najaf", "shia_arab", 0.03),
    ("salman_pak", "kut", "shia_arab", 0.06),
    ("baqubah", "khalis", "shia_arab", 0.06),
    ("baqubah", "baghdad_sadr_city", "shia_arab", 0.04),
    ("muqdadiyah", "baqubah", "sunni_arab", 0.054),
    ("muqdadiyah", "baghdad_shaab", "shia_arab", 0.02),
    ("khalis", "baqubah", "sunni_arab", 0.03),
    ("khanaqin", "kalar", "kurd", 0.01),
    ("mosul", "dahuk", "kurd", 0.005),
    ("mosul_east", "qaraqosh", "christian", 0.006),
    ("mosul_east", "dahuk", "kurd", 0.02),
    ("mosul_east", "erbil", "kurd", 0.01),
    ("telafar", "karbala", "shia_turkmen", 0.015),
    ("basra", "zubayr", "sunni_arab", 0.025),
    ("zubayr", "samarra", "sunni_arab", 0.01),
    ("iskandariyah", "hillah", "shia_arab", 0.015),
)

SYRIA_SINCE = "2013-08-15"  # the middle of the influx; the largest week of it
SYRIA = (
    ("n_qamishli", "dahuk", "kurd", 0.17),
    ("n_qamishli", "sumel", "kurd", 0.17),
    ("n_qamishli", "zakho", "kurd", 0.07),
    ("n_qamishli", "erbil", "kurd", 0.16),
    ("n_qamishli", "sulaymaniyah", "kurd", 0.05),
    ("n_hasakah", "sumel", "kurd", 0.06),
    ("n_hasakah", "erbil", "kurd", 0.13),
    ("n_hasakah", "sulaymaniyah", "kurd", 0.04),
    ("n_kobani", "erbil", "kurd", 0.08),
    ("n_kobani", "sulaymaniyah", "kurd", 0.04),
    ("n_hasakah", "dahuk", "sunni_arab", 0.01),
    ("n_abu_kamal", "qaim", "sunni_arab", 0.02),
)

MOSUL_SINCE = "2014-06-10"
MOSUL_FROM = {"mosul": 0.6, "mosul_east": 0.4}
# Two fifths to Dohuk, one fifth to Erbil, the rest on the way: the EU text of 12 June.
MOSUL_REFUGES = {
    "dahuk": 0.25,
    "sumel": 0.15,
    "erbil": 0.2,
    "kalak": 0.08,
    "tilkaif": 0.1,
    "qaraqosh": 0.07,
    "bartella": 0.05,
    "bashiqa": 0.04,
    "shikhan": 0.06,
}
LEAST_SHARE = (
    0.015  # communities below this share of the home are left out of the flight, their part to the others
)


def make_displaced(places: list[Row], flight_from_mosul: bool) -> list[Row]:
    """Return the rows of displaced.csv."""
    rows = _anbar({row["id"]: row for row in places})
    for origin, place, community, share in OLD:
        rows.append(
            _row(
                place,
                origin,
                community,
                f"uncertain(old_caseload, {share:g})",
                OLD_SINCE,
                "low",
                "rule: caseload of 2006-08 by reported pattern of the time, judgement",
            )
        )
    for origin, place, community, share in SYRIA:
        rows.append(
            _row(
                place,
                origin,
                community,
                f"uncertain(syrian_refugees, {share:g})",
                SYRIA_SINCE,
                "low",
                "UNHCR total; split by governorate and origin from memory",
            )
        )
    if flight_from_mosul:
        rows += _mosul({row["id"]: row for row in places})
    return rows


def _row(
    place: str, origin: str, community: str, persons: str, since: str, confidence: str, source: str
) -> Row:
    return {
        "place": place,
        "origin": origin,
        "community": community,
        "persons": persons,
        "since": since,
        "source": source,
        "confidence": confidence,
    }


def _anbar(by_id: dict[str, Row]) -> list[Row]:
    inside = round(ANBAR * ANBAR_INSIDE)
    rows = []
    homes = share_out(ANBAR, [float(by_id[origin]["population"]) for origin in ANBAR_ORIGINS])
    for origin, total in zip(ANBAR_ORIGINS, homes, strict=True):
        near = {p: w for p, w in ANBAR_REFUGES.items() if p != origin}
        part = round(total * inside / ANBAR)
        for refuges, people in ((near, part), (ANBAR_BEYOND, total - part)):
            for place, n in zip(refuges, share_out(people, list(refuges.values())), strict=True):
                rows.append(
                    _row(
                        place,
                        origin,
                        "sunni_arab",
                        str(n),
                        ANBAR_SINCE,
                        "medium",
                        "79,156 families x 6, January to May 2014 (IOM DTM; published later, like figures "
                        "were public); split: stated rule",
                    )
                )
    return rows


def _mosul(by_id: dict[str, Row]) -> list[Row]:
    rows = []
    for origin, part in MOSUL_FROM.items():
        home = {c: float(by_id[origin][c]) for c in COMMUNITIES if float(by_id[origin][c]) >= LEAST_SHARE}
        for place, refuge in MOSUL_REFUGES.items():
            for community, share in home.items():
                times = part * refuge * share / sum(home.values())
                rows.append(
                    _row(
                        place,
                        origin,
                        community,
                        f"uncertain(mosul_flight, {times:.5f})",
                        MOSUL_SINCE,
                        "low",
                        "disputed total; EU text of 12 June for the split; communities by share of home",
                    )
                )
    return rows
