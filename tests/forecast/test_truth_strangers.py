"""Truth directories of strangers: what can be is settled, the rest is told in one list, nothing stops."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from afternext.errors import AfternextError
from afternext.forecast.past import Past
from afternext.forecast.questions import HORIZONS, questions_of
from afternext.forecast.settle import Outcome, settle
from afternext.forecast.truth import Truth, read_truth
from afternext.scenario import Scenario, load
from tests.forecast.strangers import (
    CONTROL,
    DISPLACED,
    FILES,
    PLAIN,
    POWERS,
    TOTAL,
    on,
    only,
    write_crisis,
    write_files,
)


@pytest.fixture(scope="module")
def crisis(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load(write_crisis(tmp_path_factory.mktemp("crisis")))


def outcomes(truth: Truth, crisis: Scenario) -> dict[str, Outcome]:
    past = Past(crisis)
    return {question.id: settle(question, truth, past) for question in questions_of(crisis)}


def values(truth: Truth, crisis: Scenario) -> dict[str, float]:
    return {i: one.value for i, one in outcomes(truth, crisis).items() if one.value is not None}


@pytest.fixture(scope="module")
def clean(crisis: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return values(read_truth(write_files(tmp_path_factory.mktemp("clean")), crisis), crisis)


@pytest.mark.parametrize("main", [PLAIN, POWERS])
@pytest.mark.parametrize("more", [{}, {"displaced.csv": DISPLACED}])
def test_a_small_crisis_without_questions_or_history_is_asked_and_settled_at_every_horizon(
    tmp_path: Path, main: str, more: dict[str, str]
) -> None:
    crisis = load(write_crisis(tmp_path / "crisis", main, more))
    found = values(read_truth(write_files(tmp_path / "truth"), crisis), crisis)
    assert {f"idps.{day}" for day in HORIZONS} <= set(found)
    towns = {ident.split(".")[1] for ident in found if ident.startswith("holds.")}
    assert towns == {"port", "ferry", "mill", "gap", "kono_rise", "ridge"}  # small as they are; not the camp
    assert [found[f"holds.gap.{day}"] for day in HORIZONS] == [1, 0, 0, 0, 0, 1, 1]
    assert [found[f"holds.kono_rise.{day}"] for day in HORIZONS] == [1, 1, 1, 1, 1, 1, 0]
    assert found["idps_hosted.shore.90"] == 8000
    assert ("idps.x2.30" in found) == bool(more)  # nobody displaced: there is nothing to be twice of


@pytest.mark.parametrize("name", [name for name in FILES if name != "side_aliases.csv"])
def test_one_file_alone_settles_what_it_speaks_of(tmp_path: Path, crisis: Scenario, name: str) -> None:
    truth = read_truth(write_files(tmp_path, only(name)), crisis)
    found = values(truth, crisis)
    begins = {
        "control.csv": {"holds", "holder"},
        "displacement_total.csv": {"idps", "returnees"},
        "displacement_gov.csv": {"idps_hosted", "idps_origin"},
        "events.csv": set(),
        "outcomes.csv": {"holds"},
    }[name]
    assert {ident.split(".")[0] for ident in found} == begins


SAME = {
    "a byte order mark": {"control.csv": b"\xef\xbb\xbf" + CONTROL.encode()},
    "lines that end as on Windows": {n: str(t).replace("\n", "\r\n") for n, t in FILES.items()},
    "lines that end as on old Macs": {"displacement_total.csv": TOTAL.replace("\n", "\r")},
    "columns in capitals with blanks": {
        "control.csv": CONTROL.replace("date,place_id,from_side,to_side", "Date, Place ID,From Side,To-Side")
    },
    "columns in another order, and more of them": {
        "control.csv": "\n".join(
            ",".join([*reversed(line.split(",")), "x" if n else "note"])
            for n, line in enumerate(CONTROL.splitlines())
        ),
    },
    "semicolons": {"displacement_total.csv": TOTAL.replace(",", ";")},
    "tabs": {"control.csv": CONTROL.replace(",", "\t")},
    "a file name in capitals": {"control.csv": None, "CONTROL.CSV": CONTROL},
    "rows that are not in order": {
        "control.csv": "\n".join([CONTROL.splitlines()[0], *reversed(CONTROL.splitlines()[1:])]) + "\n",
        "displacement_total.csv": "\n".join([TOTAL.splitlines()[0], *reversed(TOTAL.splitlines()[1:])]),
    },
    "rows twice": {"control.csv": CONTROL + CONTROL.partition("\n")[2]},
    "empty lines and padded rows": {"control.csv": CONTROL.replace("\n", ",,\n").replace(",,\n", "\n,,,,\n")},
    "figures with commas": {
        "displacement_total.csv": TOTAL.replace(",6000,", ',"6,000",').replace(",9000,", ',"9,000.0",')
    },
    "figures as a spreadsheet prints floats": {"displacement_total.csv": TOTAL.replace(",6000,", ",6000.0,")},
    "dates with a time": {"displacement_total.csv": TOTAL.replace(on(30), f"{on(30)} 00:00:00")},
    "dates as serial numbers": {"displacement_total.csv": TOTAL.replace(on(30), "43555")},  # 2019-03-31
    "dates in words": {"displacement_total.csv": TOTAL.replace(on(30), "31 March 2019")},
    "days first, as one date shows": {"displacement_total.csv": TOTAL.replace(on(30), "31/03/2019")},
    "months first, as one date shows": {
        "displacement_total.csv": TOTAL.replace(on(30), "3/31/2019").replace(on(365), "2/29/2020")
    },
    "rows before the freeze": {
        "control.csv": CONTROL + f"{on(-400)},gap,RISING,ARMY,day\n{on(-50)},mill,ARMY,RISING,day\n"
    },
    "sides by id and name, without an alias table": {
        "side_aliases.csv": None,
        "control.csv": CONTROL.replace("ARMY", "Republic Army").replace("RISING", "risers"),
    },
    "places by name": {"control.csv": CONTROL.replace("kono_rise", "Kono Rise").replace(",gap,", ",GAP,")},
    "places by alias": {
        "control.csv": CONTROL.replace("kono_rise", "TB-77"),
        "place_aliases.csv": "place_id,place\nTB-77,kono_rise\n",
    },
    "events that nobody knows": {
        "events.csv": f"date,kind,event\n{on(3)},ufo,A thing is seen\n{on(1280)},,\n"
    },
    "a note with a comma too many": {
        "control.csv": CONTROL.replace("precision\n", "precision,note\n").replace(
            ",day\n", ",day,at dawn, they say\n"
        )
    },
    "no outcome stated": {"outcomes.csv": None},
    "aliases of forces that are not here": {
        "side_aliases.csv": f"{FILES['side_aliases.csv']}OTHERS,nobody_such,\nMORE,,\n"
    },
}  # fmt: skip


@pytest.mark.parametrize("case", list(SAME))
def test_the_same_facts_written_otherwise_settle_the_same(
    tmp_path: Path, crisis: Scenario, clean: dict[str, float], case: str
) -> None:
    truth = read_truth(write_files(tmp_path, SAME[case]), crisis)
    assert values(truth, crisis) == clean, truth.notes


LEFT = [
    ("control.csv", f"{on(5)},atlantis,ARMY,RISING,day\n", "5: not used: place atlantis is not in"),
    ("control.csv", f"{on(5)},kono_rize,ARMY,RISING,day\n", "if it is kono_rise, say so in place"),
    ("control.csv", f"{on(5)},,ARMY,RISING,day\n", "5: not used: place (empty) is not in the scenario"),
    ("control.csv", f"{on(900)},ridge,RISING,Bandits,day\n", "side 'Bandits' is not known: add it"),
    ("control.csv", f"{on(900)},ridge,RISING,,day\n", "5: not used: side '' is not known"),
    ("control.csv", ",ridge,RISING,ARMY,day\n", "5: not used: the date is empty"),
    ("control.csv", "03/04/2019,ridge,RISING,ARMY,day\n", "may mean two days (write 2014-06-12)"),
    ("control.csv", "2019-13-01,ridge,RISING,ARMY,day\n", "'2019-13-01' is not in the calendar"),
    ("control.csv", "soon,ridge,RISING,ARMY,day\n", "5: not used: 'soon' is not a date"),
    ("control.csv", "2109-05-01,ridge,RISING,ARMY,day\n", "more than 50 years from the freeze"),
    ("control.csv", f"{on(9)},ridge,RISING,ARMY,fuzzy\n", "5: date_precision 'fuzzy' is taken as month"),
    ("control.csv", f"{on(9)},ridge, upper part,RISING,ARMY,day\n", "more cells than the header"),
    ("displacement_total.csv", f"{on(200)},1,234,567,\n", "more cells than the header"),
    ("displacement_total.csv", f"{on(200)},many,\n", "'many' is no number of people"),
    ("displacement_total.csv", f"{on(200)},-5,\n", "'-5' is no number of people"),
    ("displacement_total.csv", f"{on(200)},,\n", "not used: no number of people"),
    ("displacement_total.csv", f"{on(200)},1.234,\n", "may mean 1234 or a fraction"),
    ("displacement_total.csv", f"{on(200)},>9000,\n", "'>9000' is taken as 9,000"),
    ("displacement_total.csv", f"{on(180)},9900,\n", "9,500 gives way to 9,900"),
    ("displacement_gov.csv", f"{on(90)},hosting,Nowhere,8000\n", "Nowhere is no first-level area"),
    ("displacement_gov.csv", f"{on(90)},transit,Shore,8000\n", "kind 'transit' is neither hosting nor"),
    ("events.csv", "when,x,y\n", "'when' is not a date"),
    ("outcomes.csv", "holds.mill.30,no\n", "holds.mill.30 is stated twice: this one holds"),
    ("side_aliases.csv", "X,garison,\n", "there is no force garison in the scenario; did you mean garrison?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "row", "said"), LEFT, ids=[f"{n}-{row[2][:40]}" for n, row in enumerate(LEFT)]
)
def test_a_row_that_cannot_be_used_is_told_with_its_line_and_the_rest_is_settled(
    tmp_path: Path, crisis: Scenario, clean: dict[str, float], file: str, row: str, said: str
) -> None:
    truth = read_truth(write_files(tmp_path, {file: f"{FILES[file]}{row}"}), crisis)
    line = f"{FILES[file]}".count("\n") + 1
    assert any(note.startswith(f"{file}:{line}: ") and said in note for note in truth.notes), truth.notes
    found = values(truth, crisis)
    far = {
        ident
        for ident in clean
        if ".ridge." not in ident and not ident.endswith((".180", "mill.30", "2019_08"))
    }
    assert {ident: found.get(ident) for ident in far} == {ident: clean[ident] for ident in far}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"date,place\n2019-04-01,gap\n", "the column place_id, to_side is missing; it has date, place"),
        (b"PK\x03\x04 a spreadsheet", "a spreadsheet or zip file"),
        ("date,place_id,to_side\n".encode("utf-16"), "UTF-16"),
        (b'date,place_id,to_side\n"2019-04-01,gap,ARMY\n', "a quote is opened and never closed"),
        (b"date,place_id,to_side\n", "it has no row"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_the_others_are_scored(
    tmp_path: Path, crisis: Scenario, clean: dict[str, float], content: bytes, said: str
) -> None:
    truth = read_truth(write_files(tmp_path, {"control.csv": content}), crisis)
    assert any(note.startswith("control.csv") and said in note for note in truth.notes), truth.notes
    found = values(truth, crisis)
    other = {ident: value for ident, value in clean.items() if not ident.startswith(("holds", "holder"))}
    assert {ident: found.get(ident) for ident in other} == other


def test_rows_with_one_fault_are_one_line_of_the_list(tmp_path: Path, crisis: Scenario) -> None:
    rows = "".join(f"{on(day)},atlantis,ARMY,RISING,day\n" for day in range(1, 30))
    truth = read_truth(write_files(tmp_path, {"control.csv": CONTROL + rows}), crisis)
    notes = [note for note in truth.notes if "atlantis" in note]
    assert notes == [
        "control.csv:5, 6, 7, 8, 9, 10 and 23 rows more: not used: place atlantis is not in the scenario"
    ]


def test_text_of_windows_is_read_and_told(tmp_path: Path, crisis: Scenario, clean: dict[str, float]) -> None:
    text = CONTROL.replace("precision\n", "precision,note\n").replace(",day\n", ",day,caf\xe9\n")
    truth = read_truth(write_files(tmp_path, {"control.csv": text.encode("cp1252")}), crisis)
    assert values(truth, crisis) == clean
    assert "control.csv: it is no UTF-8 and is read as Windows-1252" in truth.notes


def test_a_place_whose_row_cannot_be_used_is_not_taken_as_unchanged(tmp_path: Path, crisis: Scenario) -> None:
    text = f"{CONTROL}some day,mill,ARMY,RISING,day\n"
    found = outcomes(read_truth(write_files(tmp_path, {"control.csv": text}), crisis), crisis)
    assert found["holds.mill.90"].value is None
    assert "cannot be used (line 5)" in found["holds.mill.90"].words
    assert found["holds.port.90"].value == 1


def test_control_that_names_no_place_of_the_scenario_settles_nothing(
    tmp_path: Path, crisis: Scenario
) -> None:
    text = f"date,place_id,from_side,to_side,date_precision\n{on(5)},XX-1,ARMY,RISING,day\n"
    found = outcomes(read_truth(write_files(tmp_path, {"control.csv": text}), crisis), crisis)
    assert found["holds.port.90"].value is None
    assert "give place_aliases.csv" in found["holds.port.90"].words


@pytest.mark.parametrize(
    ("when", "annulled", "taken"),
    [
        ("2019-04", (33, 59), 61),
        ("April 2019", (33, 59), 61),
        ("early April 2019", (33, 39), 41),
        ("2019-04-10/2019-04-20", (41, 48), 50),
        ("10 April 2019 to 20 April 2019", (41, 48), 50),
        ("c. 2019-04-10", (38, 42), 44),
        ("2019", (10, 300), 306),
    ],
)
def test_a_date_that_leaves_days_open_annuls_them_and_holds_after(
    tmp_path: Path, crisis: Scenario, when: str, annulled: tuple[int, int], taken: int
) -> None:
    text = f"date,place_id,from_side,to_side\n{when},gap,ARMY,RISING\n"
    truth = read_truth(write_files(tmp_path, {"control.csv": text}), crisis)
    question = next(q for q in questions_of(crisis) if q.id == "holds.gap.30")
    past = Past(crisis)
    for day in annulled:
        assert settle(question.model_copy(update={"on": day}), truth, past).annulled, truth.notes
    assert settle(question.model_copy(update={"on": taken}), truth, past).value == 0


def test_changes_of_one_day_follow_the_holders_that_they_name(tmp_path: Path, crisis: Scenario) -> None:
    text = (
        "date,place_id,from_side,to_side,date_precision\n"
        f"{on(20)},gap,RISING,ARMY,day\n{on(20)},gap,ARMY,RISING,day\n"  # fell and was retaken
        f"{on(40)},mill,ARMY,RISING,day\n{on(40)},mill,RISING,ARMY,day\n"
    )
    found = values(read_truth(write_files(tmp_path, {"control.csv": text}), crisis), crisis)
    assert (found["holds.gap.30"], found["holds.mill.90"]) == (1, 1)


def test_a_holder_before_that_nobody_recorded_leaves_the_days_between_open(
    tmp_path: Path, crisis: Scenario
) -> None:
    """The only row says that the rising held the ferry before: when it took it is not known."""
    text = f"{CONTROL}{on(200)},ferry,RISING,ARMY,day\n"
    truth = read_truth(write_files(tmp_path, {"control.csv": text}), crisis)
    found = outcomes(truth, crisis)
    assert [found[f"holds.ferry.{day}"].annulled for day in (30, 180, 365)] == [True, True, False]
    assert found["holds.ferry.365"].value == 1
    assert any("risers held ferry before" in note for note in truth.notes)


def test_a_series_that_counts_other_people_is_told(tmp_path: Path) -> None:
    crisis = load(write_crisis(tmp_path / "crisis", PLAIN, {"displaced.csv": DISPLACED}))
    same = read_truth(write_files(tmp_path / "same"), crisis)
    other = read_truth(
        write_files(tmp_path / "other", {"displacement_total.csv": TOTAL.replace(",2600,", ",260000,")}),
        crisis,
    )
    assert not any("other people" in note for note in same.notes)
    assert any("260,000 on 2019-02-19" in note and "other people" in note for note in other.notes)


def test_damaged_bytes_never_stop_a_reading_but_as_an_error_of_our_own(
    tmp_path: Path, crisis: Scenario
) -> None:
    """Cells, lines and bytes cut, doubled and swapped at random: read, or refused in words."""
    rng = random.Random(7)
    words = [
        "",
        ",",
        '"',
        "\n",
        "\r",
        ";",
        "\t",
        "\x00",
        "é",
        "-1",
        "1e400",
        "2019-02-30",
        "99999999",
        "nan",
        "٣",
    ]
    refused: Counter[str] = Counter()
    for turn in range(200):
        changed: dict[str, str | bytes | None] = {}
        for name, content in FILES.items():
            text = str(content)
            for _ in range(rng.randrange(4)):
                at = rng.randrange(len(text) + 1)
                text = text[:at] + rng.choice(words) + text[at + rng.randrange(6) :]
            changed[name] = text.encode()[: rng.choice([None, rng.randrange(1, 200)])]
        folder = write_files(tmp_path / str(turn), changed)
        try:
            truth = read_truth(folder, crisis)
        except AfternextError as error:
            refused[type(error).__name__] += 1
            continue
        assert all(isinstance(one, Outcome) for one in outcomes(truth, crisis).values())
    assert refused.total() < 20
