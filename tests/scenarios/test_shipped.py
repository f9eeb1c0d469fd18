"""The shipped scenarios load, add up, and know nothing after their freeze."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from afternext.forecast.truth import read_truth
from afternext.scenario import Scenario, load

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "afternext" / "scenarios"
SHARED = ROOT.parent / "shared" / "iraq"
SHIPPED = sorted(path.name for path in FOLDER.iterdir() if (path / "scenario.yaml").is_file())
IRAQ = ("iraq-2014", "iraq-2014-06-05")
REAL = (*IRAQ, "mali-2012")
TRUTH_OF_MALI = ROOT / "examples" / "mali-2012-truth"
CSV_OF_IRAQ = [
    *(
        f"iraq-2014/{name}.csv"
        for name in ("places", "routes", "holder", "presence", "displaced", "claims", "history")
    ),
    *(f"iraq-2014-06-05/{name}.csv" for name in ("holder", "presence", "displaced", "claims")),
]
REMOVED = "1,"  # a row that takes one of the parent away
needs_dossier = pytest.mark.skipif(not SHARED.is_dir(), reason="the dossier is not beside the repository")


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module", params=REAL)
def real(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module")
def mali() -> Scenario:
    return load("mali-2012")


@pytest.fixture(scope="module", params=IRAQ)
def iraq(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


def people_by(scenario: Scenario, country: str = "IQ") -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for place in scenario.places:
        if place.country == country:
            for community, share in place.shares.items():
                found[place.admin1][community] += place.population * share
    return found


def persons(scenario: Scenario, since: str) -> float:
    rows = [row for row in scenario.displaced if row.since == date.fromisoformat(since)]
    return sum(float(scenario.center(row.persons)) for row in rows)


def test_each_shipped_scenario_loads_without_warnings(shipped: Scenario) -> None:
    assert shipped.warnings == ()


def test_every_place_is_connected_and_has_a_holder(shipped: Scenario) -> None:
    near: dict[str, set[str]] = defaultdict(set)
    for route in shipped.routes:
        near[route.start].add(route.end)
        near[route.end].add(route.start)
    seen, frontier = set(), [shipped.places[0].id]
    while frontier:
        place = frontier.pop()
        if place not in seen:
            seen.add(place)
            frontier += near[place]
    assert seen == {place.id for place in shipped.places} == {row.place for row in shipped.holders}


def test_nothing_is_dated_after_the_freeze(shipped: Scenario) -> None:
    dates = [row.since for row in shipped.displaced] + [row.end for row in shipped.history]
    dates += [row.published for row in shipped.claims] + [row.on for row in shipped.claims if row.on]
    dates += [incident.date for incident in shipped.incidents if incident.date]
    assert max(dates) <= shipped.freeze


@pytest.mark.parametrize("name", REAL)
def test_no_text_of_a_real_crisis_names_a_day_after_the_freeze(name: str) -> None:
    freeze = load(name).freeze.isoformat()
    for path in (FOLDER / name).iterdir():
        if path.suffix in (".yaml", ".csv"):
            lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(REMOVED)]
            later = [day for line in lines for day in re.findall(r"\d{4}-\d{2}-\d{2}", line) if day > freeze]
            assert later == [], path


def test_every_value_of_a_real_crisis_has_a_source_and_a_confidence(real: Scenario) -> None:
    for table in (
        real.places,
        real.routes,
        real.holders,
        real.displaced,
        real.history,
        real.relations,
        real.incidents,
    ):
        assert all(row.source and row.confidence for row in table)
    for section in (real.communities, real.forces, real.powers, real.uncertainties):
        assert all(entry.source and entry.confidence for entry in section.values())
    assert all(row.source for row in (*real.presence, *real.claims))


def test_incidents_of_history_end_by_the_freeze(real: Scenario) -> None:
    for incident in real.incidents:
        assert incident.date is not None
        assert (real.freeze - incident.date).days >= incident.days - 1


def test_no_home_loses_more_people_of_a_community_than_it_has(shipped: Scenario) -> None:
    home = {place.id: place for place in shipped.places}
    away: Counter[tuple[str, str]] = Counter()
    for row in shipped.displaced:
        away[row.origin, row.community] += shipped.bounds(row.persons)[1]
    for (origin, community), most in away.items():
        least_size = shipped.bounds(shipped.communities[community].size)[0]
        assert most <= home[origin].population * home[origin].shares[community] * least_size, (
            origin,
            community,
        )


def test_iraq_has_about_36_million_people(iraq: Scenario) -> None:
    assert sum(place.population for place in iraq.places if place.country == "IQ") == 35_917_663


def test_community_sums_are_sane(iraq: Scenario) -> None:
    national: Counter[str] = Counter()
    for counts in people_by(iraq).values():
        national.update(counts)
    total = sum(national.values())
    bands = {
        "sunni_arab": (0.2, 0.3),
        "shia_arab": (0.46, 0.58),
        "kurd": (0.14, 0.2),
        "sunni_turkmen": (0.007, 0.02),
        "shia_turkmen": (0.007, 0.02),
        "yazidi": (0.008, 0.02),
        "christian": (0.006, 0.02),
        "other": (0.002, 0.01),
    }
    for community, (low, high) in bands.items():
        assert low <= national[community] / total <= high, community


def test_displaced_people_add_up_to_the_known_totals(iraq: Scenario) -> None:
    assert persons(iraq, "2014-02-01") == 474_936
    assert persons(iraq, "2006-12-01") == pytest.approx(1_050_000, rel=0.02)
    assert persons(iraq, "2013-08-15") == pytest.approx(218_000, rel=0.02)


def test_the_flight_from_mosul_is_disputed_and_unknown_a_week_earlier() -> None:
    now = load("iraq-2014")
    rows = [row for row in now.displaced if row.since == date(2014, 6, 10)]
    low, high = (sum(now.bounds(row.persons)[end] for row in rows) for end in (0, 1))
    assert low == pytest.approx(150_000, rel=0.001)
    assert high == pytest.approx(500_000, rel=0.001)
    assert persons(load("iraq-2014-06-05"), "2014-06-10") == 0


def test_mosul_and_kirkuk_change_hands_between_the_two_freezes() -> None:
    for name, mosul, kirkuk in (("iraq-2014", "isis", "peshmerga"), ("iraq-2014-06-05", "isf", "isf")):
        holder = {row.place: row.holder for row in load(name).holders}
        assert (holder["mosul"], holder["mosul_east"], holder["kirkuk"]) == (mosul, mosul, kirkuk)


def test_a_garrison_follows_from_the_rule_and_not_from_the_place(iraq: Scenario) -> None:
    """Fighters per person differ by less than one order of magnitude where the army holds."""
    people = {place.id: place.population for place in iraq.places}
    held = {row.place for row in iraq.holders if row.holder == "isf"}
    density = [
        float(iraq.center(row.strength)) / people[row.place]
        for row in iraq.presence
        if row.force == "isf" and row.place in held and people[row.place] > 20_000
    ]
    assert max(density) < 10 * min(density)


def test_places_of_mosul_and_baghdad_are_joined_by_bridges(iraq: Scenario) -> None:
    bridges = {frozenset((route.start, route.end)) for route in iraq.routes if route.kind == "bridge"}
    assert frozenset(("mosul", "mosul_east")) in bridges
    near = {
        end
        for route in iraq.routes
        for end in (route.start, route.end)
        if "mosul" in (route.start, route.end)
    }
    assert near == {"mosul", "mosul_east", "telafar", "mosul_dam", "hammam_alil", "hatra"}


@pytest.mark.parametrize("name", SHIPPED)
def test_strategies_can_be_applied(name: str) -> None:
    scenario = load(name)
    assert len(scenario.strategies) >= 2
    for strategy in scenario.strategies:
        assert scenario.with_strategy(strategy).hash != scenario.hash


@needs_dossier
def test_governorates_equal_the_dossier(iraq: Scenario) -> None:
    found = people_by(iraq)
    totals: Counter[str] = Counter()
    for place in iraq.places:
        totals[place.admin1] += place.population
    for row in _rows(SHARED / "governorates.csv"):
        name = row["governorate"]
        assert totals[name] == round(float(row["pop_2014_est"]))
        parts = {community: 100 * count / totals[name] for community, count in found[name].items()}
        parts["turkmen"] = parts.pop("sunni_turkmen") + parts.pop("shia_turkmen")
        for community, part in parts.items():
            assert abs(part - float(row[f"pct_{community}"])) <= 4.1, (name, community)


@needs_dossier
def test_every_place_of_the_truth_exists(iraq: Scenario) -> None:
    known = {place.id for place in iraq.places}
    for name in ("control.csv", "control_initial_2014-06-12.csv", "places.csv"):
        assert {row["place_id"] for row in _rows(SHARED / name)} <= known


@needs_dossier
def test_the_script_reproduces_the_tables_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "build_iraq.py"), str(SHARED), "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    for name in CSV_OF_IRAQ:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_move_and_region_of_a_real_crisis_has_a_source_and_a_confidence(real: Scenario) -> None:
    assert real.polity is not None
    for entry in (*real.moves.values(), *real.polity.regions.values(), real.polity):
        assert entry.source
        assert entry.confidence


def test_every_power_of_a_real_crisis_wants_something_and_may_do_something(real: Scenario) -> None:
    movers = {power for move in real.moves.values() for power in move.by}
    assert movers == set(real.powers)
    assert all(len(power.goals) >= 4 for power in real.powers.values())


def test_options_of_a_real_crisis_are_few_enough_for_weekly_choices(real: Scenario) -> None:
    options = [
        (name, by, to)
        for name, move in real.moves.items()
        for by in move.by
        for to in move.to or ("",)
        if by != to
    ]
    assert 24 <= len(real.moves) <= 33
    assert len(options) <= 120


def test_seats_of_iraq_are_those_of_the_parliament(iraq: Scenario) -> None:
    low, high = (sum(iraq.bounds(power.seats)[end] for power in iraq.powers.values()) for end in (0, 1))
    assert 328 - 57 <= low <= high <= 328


def test_what_publics_support_is_uncertain(real: Scenario) -> None:
    for power in real.powers.values():
        if power.public is not None:
            for kind in ("aid", "air", "ground"):
                low, high = real.bounds(getattr(power.public.support, kind))
                assert high - low > 0.15


def test_help_in_time_and_late_differ_in_the_day_alone(real: Scenario) -> None:
    on_time, late = (real.strategies[f"air_support_{word}"] for word in ("on_time", "late"))
    assert [(plan.move, plan.scale, plan.until, plan.delay) for plan in on_time.plan] == [
        (plan.move, plan.scale, plan.until, plan.delay) for plan in late.plan if plan.scale
    ]


# Mali


def test_mali_knows_no_later_year_and_no_later_name() -> None:
    for path in (FOLDER / "mali-2012").iterdir():
        if path.suffix in (".yaml", ".csv"):
            text = path.read_text("utf-8").replace("iraq-2014", "")
            assert re.findall(r"\b20(?:1[3-9]|2\d)\b|Serval|MUJAO|Barkhane|AFISMA|MINUSMA", text) == [], path


def test_mali_adds_up_to_its_census_and_its_parliament(mali: Scenario) -> None:
    people = people_by(mali, "ML")
    assert sum(people["Kidal"].values()) == pytest.approx(67_638)
    assert sum(people["Gao"].values()) == pytest.approx(544_120)
    assert sum(people["Timbuktu"].values()) == pytest.approx(681_691)
    assert sum(sum(area.values()) for area in people.values()) == pytest.approx(14_517_176, rel=0.001)
    assert sum(mali.bounds(power.seats)[1] for power in mali.powers.values()) == 147
    inside, abroad = persons(mali, "2012-02-10"), persons(mali, "2012-02-20")
    assert (inside, abroad) == (pytest.approx(93_000, rel=0.01), pytest.approx(99_000, rel=0.01))


def test_moves_of_mali_have_the_amounts_of_iraq(mali: Scenario) -> None:
    """One behaviour for all crises: the same kind of help is as much, wherever it is given."""
    iraq = load("iraq-2014")
    known = {"pay_militias": "pay_tribes"}
    for name, move in mali.moves.items():
        other = iraq.moves[known.get(name, name)]
        amounts = {(effect.lever, effect.amount) for effect in move.effects}
        assert {a for a in amounts if a[0] not in ("inclusion", "align")} <= {
            (effect.lever, effect.amount) for effect in other.effects
        }, name
        assert (move.cost, move.days, move.ramp_days) == (other.cost, other.days, other.ramp_days), name


def test_the_script_of_mali_reproduces_its_tables_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "build_mali.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    for name in ("presence.csv", "displaced.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / "mali-2012" / name).read_bytes(), name


def test_the_truth_of_mali_is_read_without_a_note(mali: Scenario) -> None:
    truth = read_truth(TRUTH_OF_MALI, mali)
    assert list(truth.notes) == []
    known = {place.id for place in mali.places}
    for name in ("control.csv", "places.csv"):
        assert {row["place_id"] for row in _rows(TRUTH_OF_MALI / name)} <= known
    asked = {question.id for question in mali.questions}
    assert {row["id"] for row in _rows(TRUTH_OF_MALI / "outcomes.csv")} <= asked
