"""Truth directories are read as they come, and settle questions: aliases, precision, missing files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from afternext.errors import UsageError
from afternext.forecast.past import Past
from afternext.forecast.settle import Outcome, settle
from afternext.forecast.truth import Truth, read_truth, words_found
from afternext.scenario.question_schema import Question
from tests.forecast.cases import FILES, shipped, write_truth

SHARED = Path(__file__).parents[3] / "shared" / "iraq"
TOWNS = shipped("two-towns")
PAST = Past(TOWNS)


def ask(**content: Any) -> Question:
    return Question.model_validate({"id": "q", "text": "Q?", "kind": "binary", **content})


def holds(place: str, side: str, on: str) -> Question:
    return ask(measure="holder", place=place, equals=side, on=on)


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    return read_truth(write_truth(tmp_path / "truth"), TOWNS)


def outcome(truth: Truth, question: Question) -> Outcome:
    return settle(question, truth, PAST)


@pytest.mark.parametrize(
    ("on", "side", "answer"),
    [
        ("2031-05-19", "army", 1), ("2031-05-20", "army", 0), ("2031-05-20", "front", 1),
        ("2031-07-31", "front", 1), ("2031-08-01", "army", 1), ("2031-08-01", "guard", 1),
        ("2031-08-01", "front", 0),
    ],
)  # fmt: skip
def test_changes_of_hands_follow_each_other_and_alternatives_count(
    truth: Truth, on: str, side: str, answer: int
) -> None:
    assert outcome(truth, holds("westford", side, on)).value == answer


def test_a_town_that_no_file_names_stayed_as_it_was(truth: Truth) -> None:
    assert outcome(truth, holds("crown", "army", "2031-08-01")).value == 1


def test_a_day_within_the_precision_of_a_change_annuls(truth: Truth) -> None:
    doubtful = outcome(truth, holds("millbrook", "army", "2031-07-20"))
    assert doubtful.value is None
    assert doubtful.annulled
    assert outcome(truth, holds("millbrook", "army", "2031-06-30")).value == 1
    assert outcome(truth, holds("millbrook", "army", "2031-08-01")).value == 0


def test_nothing_is_settled_beyond_the_last_day_that_any_file_speaks_of(truth: Truth) -> None:
    late = outcome(truth, holds("crown", "army", "2031-12-31"))
    assert late.value is None
    assert "ends on 2031-10-28" in late.words
    assert not late.annulled


def test_who_takes_what_and_when(truth: Truth) -> None:
    takes = ask(event="takes", place="westford", force="front", by="2031-06-01")
    assert outcome(truth, takes).value == 1
    when = ask(kind="date", event="changes_hands", place="westford", by="2031-10-01")
    assert outcome(truth, when).value == 19
    never = ask(kind="date", event="changes_hands", place="crown", by="2031-10-01")
    assert outcome(truth, never).plain == "never"


@pytest.mark.parametrize(
    ("on", "value"),
    [
        ("2031-05-31", 15_000),
        ("2031-06-30", 15_000 + 6_000 * 30 / 61),
        ("2031-11-05", 18_000),
        ("2031-09-10", None),
    ],
)
def test_counts_settle_on_their_day_on_the_line_between_or_near(
    truth: Truth, on: str, value: float | None
) -> None:
    found = outcome(truth, ask(kind="number", measure="idps", on=on)).value
    assert found == (None if value is None else pytest.approx(value))


def test_a_count_before_the_freeze_settles_nothing(truth: Truth) -> None:
    assert min(count.day for count in truth.counts[("idps", "")]) > 0


def test_areas_are_settled_and_unknown_ones_are_told(truth: Truth) -> None:
    hosted = ask(kind="number", measure="idps_hosted", admin1="Alder", on="2031-05-31")
    assert outcome(truth, hosted).value == 9000
    assert any("displacement_gov.csv:4" in note and "All areas" in note for note in truth.notes)


def test_events_are_settled_by_their_words(truth: Truth) -> None:
    strikes = ask(event="delivered", move="air_support", by="2031-07-01", match=["sorrel", "air strike|bomb"])
    assert outcome(truth, strikes).value == 1
    assert outcome(truth, strikes.model_copy(update={"by": 20})).value == 0
    assert outcome(truth, ask(event="collapse", by="2031-07-01")).value is None


def test_words_are_whole_at_their_start_and_case_does_not_count() -> None:
    assert words_found("First US air strikes", ("us|american", "air strike"))
    assert not words_found("Russian air strikes", ("us|american", "air strike"))


def test_events_are_settled_by_a_code(tmp_path: Path) -> None:
    text = "date,kind,event,code\n2031-06-15,x,Something,leader_exit:government\n2031-09-01,x,Else,other\n"
    truth = read_truth(write_truth(tmp_path, {"events.csv": text}), TOWNS)
    leaves = ask(event="leader_exit", power="government", by="2031-07-01")
    assert outcome(truth, leaves).value == 1
    assert outcome(truth, leaves.model_copy(update={"by": 10})).value == 0


def test_deaths_are_summed_and_rows_that_straddle_the_day_count_in_part(tmp_path: Path) -> None:
    text = "start,end,measure,value\n2031-05-01,2031-05-31,deaths,310\n2031-06-01,2031-06-30,deaths,60\n"
    truth = read_truth(write_truth(tmp_path, {"violence.csv": text}), TOWNS)
    assert outcome(truth, ask(kind="number", measure="deaths", on="2031-06-15")).value == pytest.approx(330)
    assert outcome(truth, ask(kind="number", measure="deaths", on="2031-07-15")).value is None


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (holds("crown", "army", "2031-12-31"), "no", 0.0),
        (ask(kind="number", measure="idps", on="2031-12-31"), "12,500", 12_500.0),
        (ask(kind="category", measure="holder", place="crown", on="2031-12-31"), "front", 1.0),
        (ask(kind="date", event="collapse", by="2031-12-31"), "2031-05-11", 10.0),
        (ask(kind="category", measure="idps", levels=[10_000, 20_000], on=90), "15000", 1.0),
    ],
)
def test_outcomes_that_are_stated_speak_first(
    tmp_path: Path, question: Question, said: str, value: float
) -> None:
    text = f'id,outcome\nq,"{said}"\n'
    only = read_truth(write_truth(tmp_path, {**dict.fromkeys(FILES), "outcomes.csv": text}), TOWNS)
    assert settle(question, only, PAST).value == value


@pytest.mark.parametrize("missing", list(FILES))
def test_every_file_may_be_missing(tmp_path: Path, missing: str) -> None:
    truth = read_truth(write_truth(tmp_path, {missing: None}), TOWNS)
    assert missing.removesuffix(".csv") not in truth.files
    if missing == "control.csv":
        assert "no control.csv" in outcome(truth, holds("crown", "army", "2031-06-01")).words


def test_without_an_alias_a_side_is_found_by_its_id_or_name_or_told(tmp_path: Path) -> None:
    control = (
        "date,place_id,to_side\n2031-05-20,westford,front\n2031-05-21,millbrook,The Hill Front\n"
        "2031-05-22,eastford,Somebody\n"
    )
    changed = {"control.csv": control, "side_aliases.csv": None}
    truth = read_truth(write_truth(tmp_path, changed), TOWNS)
    assert outcome(truth, holds("westford", "front", "2031-06-01")).value == 1
    assert outcome(truth, holds("millbrook", "front", "2031-06-01")).value == 1
    assert outcome(truth, holds("eastford", "guard", "2031-05-21")).value == 1
    assert outcome(truth, holds("eastford", "guard", "2031-06-01")).value is None
    assert any("control.csv:4" in note and "side_aliases.csv" in note for note in truth.notes)


def test_places_by_other_names_are_found_by_their_alias(tmp_path: Path) -> None:
    changed = {
        "control.csv": "date,place_id,to_side\n2031-05-20,W1,FRONT\n2031-05-20,W9,FRONT\n",
        "place_aliases.csv": "place_id,place\nW1,westford\n",
    }
    truth = read_truth(write_truth(tmp_path, changed), TOWNS)
    assert outcome(truth, holds("westford", "front", "2031-06-01")).value == 1
    assert any("W9" in note for note in truth.notes)


def test_a_status_of_holders_tells_what_is_known_and_what_changed_unseen(tmp_path: Path) -> None:
    status = "place_id,controller\nwestford,FRONT\nmillbrook,GOV\ncrown,FRONT\n"
    truth = read_truth(write_truth(tmp_path, {"control_initial_2031-06-01.csv": status}), TOWNS)
    assert outcome(truth, holds("crown", "army", "2031-05-20")).annulled
    assert outcome(truth, holds("crown", "front", "2031-06-01")).value == 1
    assert "does not tell of this place" in outcome(truth, holds("eastford", "guard", "2031-06-01")).words


def test_a_cell_that_means_nothing_is_told_and_costs_its_row_alone(tmp_path: Path) -> None:
    text = "date,idp_individuals\n2031-06-01,many\n12/06/2031,4\n2031-06-10,11000\n"
    truth = read_truth(write_truth(tmp_path, {"displacement_total.csv": text}), TOWNS)
    assert [(count.day, count.value) for count in truth.counts[("idps", "")]] == [(40, 11_000)]
    assert truth.notes[:2] == [
        "displacement_total.csv:2: not used: idp_individuals: 'many' is no number of people",
        "displacement_total.csv:3: not used: '12/06/2031' may mean two days (write 2014-06-12)",
    ]


def test_what_is_written_loosely_is_used_as_far_as_it_goes_and_told(tmp_path: Path) -> None:
    control = (
        "date,place_id,to_side,date_precision,note\n2031-06,westford,FRONT,,only a month\n"
        "2031-07-10,millbrook,FRONT,approx,\n,crown,FRONT,day,no date\n2031-07-11,gate,FRONT,day,a,b\n"
    )
    truth = read_truth(write_truth(tmp_path, {"control.csv": control}), TOWNS)
    assert outcome(truth, holds("westford", "army", "2031-06-10")).annulled
    assert outcome(truth, holds("westford", "front", "2031-07-01")).value == 1
    assert outcome(truth, holds("millbrook", "army", "2031-07-20")).annulled
    unknown = outcome(truth, holds("crown", "army", "2031-08-01"))
    assert (unknown.value, "line 4" in unknown.words) == (None, True)
    told = " ".join(truth.notes)
    assert "control.csv:3: date_precision 'approx' is taken as month" in told
    assert "control.csv:4: not used: the date is empty" in told
    assert "control.csv:5" in told


def test_an_empty_directory_is_no_truth(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to score against"):
        read_truth(tmp_path, TOWNS)
    with pytest.raises(UsageError, match="no such directory"):
        read_truth(tmp_path / "nowhere", TOWNS)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared directory is not here")
def test_the_shared_directory_is_read_as_it_stands() -> None:
    eve = shipped("iraq-2014-06-05")
    truth = read_truth(SHARED, eve)
    past = Past(eve)
    assert truth.until == 209
    assert settle(holds("mosul", "isf", "2014-06-12"), truth, past).value == 0
    assert settle(holds("mosul", "isf", "2014-06-09"), truth, past).value == 1
    assert settle(holds("basra", "isf", "2014-12-01"), truth, past).value == 1
    assert settle(ask(kind="number", measure="idps", on="2014-12-31"), truth, past).value == 2_123_340
    assert settle(holds("mosul_east", "isf", "2014-06-20"), truth, past).value is None
