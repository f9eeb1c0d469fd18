"""`afternext run`, `show` and `chronicle` on a shipped scenario: the bars of the main job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from afternext.cli.options import read_settings
from afternext.errors import UsageError
from tests.commands import afternext, result

# Three months of the tutorial: long enough for every mechanism to move, short enough for a test.
SHORT = ("run", "two-towns", "--years", "0.25", "--seed", "7")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "afternext.cli.main", *words]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("here")


@pytest.fixture(scope="module")
def plain(here: Path) -> dict[str, Any]:
    return result(*SHORT, "--futures", "30", "--workers", "1", "--out", "plain", cwd=here)


def test_the_json_of_a_run_has_the_agreed_keys(plain: dict[str, Any]) -> None:
    assert list(plain) == ["run", "scenario", "futures", "failed", "seed", "seconds", "digest"]
    assert (plain["run"], plain["scenario"], plain["futures"], plain["failed"]) == (
        "plain",
        "two-towns",
        30,
        0,
    )
    assert plain["seed"] == 7
    assert len(plain["digest"]) == 64
    assert plain["seconds"] > 0


def test_two_workers_and_another_batch_give_the_same_digest(here: Path, plain: dict[str, Any]) -> None:
    other = result(*SHORT, "--futures", "30", "--workers", "2", "--batch", "4", "--out", "other", cwd=here)
    assert other["digest"] == plain["digest"]


def test_another_seed_gives_another_digest(here: Path, plain: dict[str, Any]) -> None:
    words = [*SHORT[:-1], "8", "--futures", "30", "--out", "seed8"]
    assert result(*words, "--workers", "1", cwd=here)["digest"] != plain["digest"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_in_the_middle_it_resumes_to_the_same_digest(
    here: Path, plain: dict[str, Any], workers: str
) -> None:
    folder = here / f"killed{workers}"
    words = (*SHORT, "--futures", "30", "--workers", workers, "--batch", "1", "--out", folder.name)
    process = subprocess.Popen(command(*words), cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(list((folder / "parts").glob("*.part"))) < 3:
        time.sleep(0.01)
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    assert (folder / "parts").is_dir()
    shown = afternext("show", folder.name, cwd=here)
    assert shown.returncode == 4
    assert "--resume" in shown.stderr
    resumed = result(*words[:2], "--out", folder.name, "--resume", cwd=here)
    assert resumed["digest"] == plain["digest"]
    assert not (folder / "parts").exists()


def test_ctrl_c_exits_130_and_says_how_to_go_on(here: Path) -> None:
    words = (*SHORT, "--futures", "3000", "--batch", "1", "--workers", "1", "--out", "stopped")
    process = subprocess.Popen(
        command(*words),
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A job that a shell starts in the background inherits that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not list((here / "stopped" / "parts").glob("*.part")):
        time.sleep(0.01)
        assert process.poll() is None, process.communicate()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "afternext run two-towns --out stopped --resume" in err
    assert "Traceback" not in err


def test_the_seed_is_always_printed_and_the_end_says_where_to_look(here: Path, plain: dict[str, Any]) -> None:
    done = afternext(*SHORT, "--futures", "2", "--workers", "1", cwd=here)
    assert done.returncode == 0
    folder = done.stdout.strip()
    assert folder.startswith("runs/two-towns-")
    assert folder.endswith("-s7")
    assert "seed 7" in done.stderr
    assert f"afternext show {folder}" in done.stderr


def test_resuming_a_finished_run_says_so_with_the_same_digest(here: Path, plain: dict[str, Any]) -> None:
    done = afternext("run", "two-towns", "--out", "plain", "--resume", "--json", cwd=here)
    assert json.loads(done.stdout)["digest"] == plain["digest"]
    assert "finished already" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "two-towns", "--out", "plain"), "holds a finished run already; add --resume"),
        (("run", "two-towns", "--out", "plain", "--resume", "--futures", "31"), "futures 30, not 31"),
        (("run", "two-towns", "--futures", "0"), "futures is 0"),
        (("run", "two-towns", "--years", "1", "--until", "2032-01-01"), "not both"),
        (("run", "two-towns", "--set", "nonsense"), "write KEY=VALUE"),
        (("run", "two-towns", "--set", "nonsense=1"), "no such parameter"),
        (("run", "two-towns", "--strategy", "nonsense"), "nonsense"),
        (("run", "two-towns", "--workers", "0"), "workers is 0"),
        (("show", "nowhere"), "nowhere does not exist"),
        (("show", "plain", "displacd"), "did you mean 'displaced'"),
        (("show", "plain", "--by", "continent"), "unknown split"),
        (("show", "plain", "--at", "1999-01-01"), "this run goes from"),
        (("show", "plain", "displaced", "returned", "--by", "place"), "one measure at a time"),
        (("chronicle", "plain", "--future", "30"), "there is no future 30"),
    ],
)
def test_what_cannot_be_done_exits_2_with_one_clear_message(
    here: Path, plain: dict[str, Any], words: tuple[str, ...], message: str
) -> None:
    done = afternext(*words, cwd=here)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_show_prints_the_agreed_json(here: Path, plain: dict[str, Any]) -> None:
    found = result("show", "plain", cwd=here)
    assert list(found) == ["measures"]
    for name in ("displaced", "newly_displaced", "returned", "refugees_abroad", "dead"):
        measure = found["measures"][name]
        assert list(measure) == ["unit", "dates", "quantiles"]
        assert list(measure["quantiles"]) == ["0.05", "0.5", "0.95"]
        assert all(len(values) == len(measure["dates"]) for values in measure["quantiles"].values())
        low, middle, high = measure["quantiles"].values()
        assert all(a <= b <= c for a, b, c in zip(low, middle, high, strict=True))


def test_show_splits_and_writes_tables(here: Path, plain: dict[str, Any]) -> None:
    found = result("show", "plain", "newly_displaced", "--by", "place", "--csv", "places.csv", cwd=here)
    assert list(found) == ["measures", "table"]
    rows = found["table"]["rows"]
    assert set(rows[0]) == {"id", "name", "date", "day", "likely", "planning", "worst"}
    assert len((here / "places.csv").read_text().splitlines()) == len(rows) + 1
    for by in ("admin1", "pcode", "community"):
        assert result("show", "plain", "displaced", "--by", by, "--at", "30", cwd=here)["table"]["rows"]


def test_show_and_chronicle_read_well_without_a_terminal(here: Path, plain: dict[str, Any]) -> None:
    shown = afternext("show", "plain", cwd=here)
    assert shown.returncode == 0
    assert "80 of 100 futures" in shown.stdout
    told = afternext("chronicle", "plain", cwd=here)
    assert told.returncode == 0
    assert "the one nearest to the middle of all" in told.stdout
    for text in (shown.stdout, told.stdout):
        assert "\x1b" not in text
        assert "probability" not in text


def test_measures_of_a_narrow_table_keep_their_whole_names(here: Path, plain: dict[str, Any]) -> None:
    names = ("population_held_front", "newly_displaced")
    for columns in (80, 120):
        shown = afternext("show", "plain", *names, cwd=here, columns=columns)
        table = shown.stdout.split("Planning figures")[1]
        assert all(name in table for name in names)
        assert "…" not in table
        assert ("2031-" in table) == (columns == 120)


def test_chronicle_prints_json(here: Path, plain: dict[str, Any]) -> None:
    found = result("chronicle", "plain", "--future", "4", cwd=here)
    assert list(found) == ["run", "scenario", "seed", "future", "typical", "events", "totals"]
    assert (found["future"], found["typical"]) == (4, False)
    assert found["totals"][-1]["day"] == 91
    assert all(event["sentence"] for event in found["events"])


def test_a_fixed_value_is_the_same_in_all_futures_and_leaves_the_others_alone(
    here: Path, plain: dict[str, Any]
) -> None:
    from afternext import open_run

    base = open_run(here / "plain")
    name = next(str(column) for column in base.experiments if base.experiments[column].dtype.kind == "f")
    value = f"{float(base.experiments[name].iloc[0]):.6g}"
    result(*SHORT, "--futures", "5", "--workers", "1", "--set", f"{name}={value}", "--out", "fixed", cwd=here)
    fixed = open_run(here / "fixed")
    assert fixed.manifest["overrides"] == {name: float(value)}
    shared = fixed.experiments
    assert name not in shared
    assert shared.equals(base.experiments.drop(columns=name).iloc[:5])


def test_settings_are_numbers_or_words() -> None:
    assert read_settings(["a=1", "b = spared "]) == {"a": 1.0, "b": "spared"}
    with pytest.raises(UsageError, match="given twice"):
        read_settings(["a=1", "a=2"])


@pytest.mark.deep
def test_the_bar_of_the_main_job(tmp_path: Path) -> None:
    """`afternext run two-towns --futures 100 --seed 7 --json`, killed at random instants and resumed."""
    words = ("run", "two-towns", "--futures", "100", "--seed", "7")
    digest = result(*words, "--out", "plain", cwd=tmp_path)["digest"]
    for workers, batch in (("1", "7"), ("2", "64"), ("2", "1")):
        out = ("--workers", workers, "--batch", batch, "--out", f"w{workers}b{batch}")
        assert result(*words, *out, cwd=tmp_path)["digest"] == digest
    resume = (*words, "--workers", "2", "--batch", "5", "--out", "killed", "--resume", "--json")
    kills = 0
    while True:
        process = subprocess.Popen(
            command(*resume), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            out_text, err_text = process.communicate(timeout=1 + 0.5 * kills)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
        else:
            break
    assert process.returncode == 0, err_text
    assert json.loads(out_text)["digest"] == digest
    assert kills
