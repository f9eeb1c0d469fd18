"""What was known before the freeze: graded claims, deaths by month, fighting that still echoes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from iraq_data.tables import Row, kilometres

CLAIM_COLUMNS = (
    "published",
    "who",
    "about",
    "place",
    "on",
    "low",
    "best",
    "high",
    "as_reported",
    "reliability",
    "credibility",
    "repeats",
    "source",
)
HISTORY_COLUMNS = ("start", "end", "place", "admin1", "measure", "value", "source", "confidence")
UCDP = (
    "UCDP GED 21.1, CC BY 4.0: Sundberg & Melander 2013; Pettersson et al. 2021; located events only, a floor"
)
FIRST_MONTH = "2013-01"
LAST_MONTH = "2014-05"

# Rows of the dossier that were public by the freeze: (date, who, claim) -> about, place, on, grades, repeats.
# Grades are judgement: reliability of the source A-F, credibility of the content 1-6 as it looked on the day.
MOSUL = "mosul + mosul_east"  # the model divides the city
GRADES = {
    ("2014-06-10", "Nineveh officials / press", "people fled Mosul"): (
        "newly_displaced",
        MOSUL,
        "2014-06-10",
        "C",
        "3",
        "",
    ),
    ("2014-06-11", "IOM", "displaced in and around Mosul"): (
        "newly_displaced",
        MOSUL,
        "2014-06-11",
        "B",
        "3",
        "",
    ),
    ("2014-06-12", "EU institutions", "fled Mosul"): (
        "newly_displaced",
        MOSUL,
        "2014-06-12",
        "B",
        "3",
        "IOM",
    ),
    ("2014-06-12", "Save the Children", "fled Mosul"): (
        "newly_displaced",
        MOSUL,
        "2014-06-12",
        "B",
        "3",
        "IOM",
    ),
    ("2014-06-11", "press", "Tuz Khurmatu fallen"): ("held_by_isis", "tuz", "2014-06-11", "C", "3", ""),
}
# Figures and reports that stand elsewhere in the dossier (iraq.md, parameter table, control.csv, forces.csv).
MORE_CLAIMS: tuple[tuple[str, ...], ...] = (
    (
        "2014-01-04",
        "press",
        "held_by_isis",
        "fallujah",
        "2014-01-04",
        "",
        "1",
        "",
        "militants control the city",
        "B",
        "2",
        "",
        "AFP key dates (control.csv)",
    ),
    (
        "2014-01-08",
        "press",
        "held_by_isis",
        "hit",
        "2014-01-08",
        "",
        "1",
        "",
        "reported taken",
        "C",
        "4",
        "",
        "timeline of early January 2014 (control.csv)",
    ),
    (
        "2014-01-08",
        "press",
        "held_by_isis",
        "haditha",
        "2014-01-08",
        "",
        "1",
        "",
        "reported taken",
        "C",
        "4",
        "",
        "timeline of early January 2014 (control.csv)",
    ),
    (
        "2014-01-08",
        "press",
        "held_by_isis",
        "qaim",
        "2014-01-08",
        "",
        "1",
        "",
        "reported taken",
        "C",
        "4",
        "",
        "timeline of early January 2014 (control.csv)",
    ),
    (
        "2014-01-08",
        "press",
        "held_by_isis",
        "karma",
        "2014-01-08",
        "",
        "1",
        "",
        "reported taken",
        "C",
        "3",
        "",
        "timeline of early January 2014 (control.csv)",
    ),
    (
        "2014-01-24",
        "UNHCR",
        "newly_displaced_anbar",
        "",
        "2014-01-24",
        "",
        "65000",
        "",
        "65,000 in the last week",
        "A",
        "2",
        "",
        "UNHCR 24 Jan 2014 (parameters_tactical.csv)",
    ),
    (
        "2014-01-24",
        "UNHCR",
        "displaced_since_2006",
        "",
        "2014-01-24",
        "",
        "1130000",
        "",
        "1.13 million still displaced from earlier years",
        "A",
        "2",
        "",
        "UNHCR Jan 2014 (parameters_tactical.csv)",
    ),
    (
        "2014-02-11",
        "UNHCR",
        "newly_displaced_anbar",
        "",
        "2014-02-11",
        "",
        "300000",
        "",
        "300,000 in six weeks, 60,000 of them in more distant provinces",
        "A",
        "2",
        "",
        "UNHCR 11 Feb 2014 (parameters_tactical.csv)",
    ),
    (
        "2014-06-01",
        "US officials",
        "strength_isis",
        "",
        "2014-06-01",
        "7000",
        "10000",
        "",
        "7,000 to 10,000, at least 10,000, in Iraq and Syria",
        "B",
        "3",
        "",
        "earlier assessment (forces.csv)",
    ),
    (
        "2014-06-01",
        "defence press",
        "loss_of_soldiers_per_day",
        "",
        "2014-06-01",
        "",
        "",
        "300",
        "as many as 300 a day lost to desertion, death, injury",
        "C",
        "3",
        "",
        "globalsecurity (forces.csv)",
    ),
    (
        "2014-06-11",
        "press",
        "strength_isis",
        "mosul",
        "2014-06-10",
        "800",
        "",
        "1500",
        "800 to 1,500 attackers",
        "C",
        "3",
        "",
        "memory of the press range of those days (forces.csv)",
    ),
    (
        "2014-06-11",
        "press",
        "strength_isf",
        "mosul",
        "2014-06-10",
        "",
        "30000",
        "",
        "30,000 troops against 800 fighters",
        "C",
        "3",
        "",
        "press, date from memory (forces.csv)",
    ),
    (
        "2014-06-12",
        "KRG / UNHCR",
        "newly_displaced",
        MOSUL,
        "2014-06-12",
        "300000",
        "",
        "",
        "300,000 arrived in the Kurdistan Region: at least these had left",
        "B",
        "3",
        "",
        "memory (UNHCR/KRG 12-13 Jun); equals 200k+100k of the EU text (memory)",
    ),
    (
        "2014-06-12",
        "press",
        "held_by_peshmerga",
        "kirkuk",
        "2014-06-12",
        "",
        "1",
        "",
        "Kurdish forces take over Kirkuk",
        "B",
        "1",
        "",
        "ibtimes, Reuters (control.csv)",
    ),
)


def make_claims(claims: list[Row], freeze: str) -> list[Row]:
    """Return the rows of claims.csv published by the freeze."""
    rows = []
    for row in claims:
        key = (row["date"], row["who"], row["claim"])
        if key not in GRADES:
            continue
        about, place, on, reliability, credibility, repeats = GRADES[key]
        single = row["low"] == row["high"]
        rows.append(
            dict(
                zip(
                    CLAIM_COLUMNS,
                    (
                        row["date"],
                        row["who"],
                        about,
                        place,
                        on,
                        "" if single else row["low"],
                        row["low"] if single else "",
                        "" if single else row["high"],
                        row["as_reported"],
                        reliability,
                        credibility,
                        repeats,
                        f"{row['source']} ({row['status']})",
                    ),
                    strict=True,
                )
            )
        )
    rows += [dict(zip(CLAIM_COLUMNS, claim, strict=True)) for claim in MORE_CLAIMS]
    kept = [row for row in rows if row["published"] <= freeze and row["on"] <= freeze]
    return sorted(kept, key=lambda row: row["published"])


def make_history(months: list[Row]) -> list[Row]:
    """Return the rows of history.csv: deaths by governorate and month, and displacement from Anbar."""
    deaths: dict[tuple[str, str], int] = defaultdict(int)
    for row in months:
        if FIRST_MONTH <= row["month"] <= LAST_MONTH:
            deaths[row["month"], row["adm_1"]] += int(row["best"])
    rows = []
    for (month, region), value in sorted(deaths.items()):
        start = date.fromisoformat(f"{month}-01")
        end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        rows.append(_history(start.isoformat(), end.isoformat(), region, "deaths", value, UCDP, "high"))
    anbar = "stored in the dossier (parameters_tactical.csv, displacement_total.csv)"
    rows += [
        _history(
            "2014-01-18",
            "2014-01-24",
            "Anbar",
            "newly_displaced",
            65_000,
            f"UNHCR 24 Jan 2014; {anbar}",
            "high",
        ),
        _history(
            "2013-12-30",
            "2014-02-11",
            "Anbar",
            "newly_displaced",
            300_000,
            f"UNHCR 11 Feb 2014; {anbar}",
            "high",
        ),
        _history(
            "2013-12-30",
            "2014-05-31",
            "Anbar",
            "newly_displaced",
            474_936,
            f"IOM DTM, 79,156 families x 6, counted later for the end of May; {anbar}",
            "medium",
        ),
    ]
    return rows


def _history(
    start: str, end: str, region: str, measure: str, value: int, source: str, confidence: str
) -> Row:
    return {
        "start": start,
        "end": end,
        "place": "",
        "admin1": region,
        "measure": measure,
        "value": str(value),
        "source": source,
        "confidence": confidence,
    }


def deaths_of_year(months: list[Row]) -> dict[str, int]:
    """Return deaths by governorate from June 2013 to May 2014, for the allocation of garrisons."""
    found: dict[str, int] = defaultdict(int)
    for row in months:
        if row["country"] == "Iraq" and "2013-06" <= row["month"] <= LAST_MONTH:
            found[row["adm_1"]] += int(row["best"])
    return dict(found)


REACH_KM = 20.0
LEAST_DEATHS = 20


def fighting(events: list[Row], places: list[Row]) -> list[tuple[str, str, int, int, float]]:
    """List place-months of 2014 with at least 20 deaths in fighting within 20 km.

    Returns (place, first day, days, deaths, intensity); scenario.yaml lists them as incidents.
    """
    towns = [row for row in places if row["country"] == "IQ" and row["kind"] != "crossing"]
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for event in events:
        if event["type_of_violence"] == "1" and "2014-01-01" <= event["date_start"] <= "2014-05-31":
            town = min(towns, key=lambda row: kilometres(row, event))
            if kilometres(town, event) <= REACH_KM:
                found[event["date_start"][:7], town["id"]].append(event)
    rows = []
    for (_, place), group in sorted(found.items()):
        deaths = sum(int(event["best"]) for event in group)
        if deaths < LEAST_DEATHS:
            continue
        days = sorted({event["date_start"] for event in group})
        span = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days + 1
        rows.append((place, days[0], span, deaths, 0.2 if deaths < 50 else 0.4 if deaths < 150 else 0.6))
    return rows
