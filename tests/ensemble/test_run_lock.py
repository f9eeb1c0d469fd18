"""Two processes never work on one run directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from afternext.ensemble.lock import NAME, RunLock, started
from afternext.errors import UsageError

HOLD = """
import sys, time
from pathlib import Path
from afternext.ensemble.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_is_gone_afterwards(tmp_path: Path) -> None:
    with RunLock(tmp_path):
        assert json.loads((tmp_path / NAME).read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_a_second_process_is_refused_and_a_dead_one_is_not_waited_for(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match=f"in use by process {holder.pid}"), RunLock(tmp_path):
            pass
    finally:
        holder.kill()
        holder.wait()
    assert (tmp_path / NAME).exists()
    with RunLock(tmp_path):
        pass


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1}', '{"pid": 4194300, "started": "1"}'])
def test_a_stale_lock_is_broken(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with RunLock(tmp_path):
        pass


def test_a_process_id_that_was_used_again_counts_as_stale(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
    with RunLock(tmp_path):
        pass


def test_a_living_owner_counts_even_without_the_kernels_lock(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"pid": os.getppid(), "started": started(os.getppid())}))
    with pytest.raises(UsageError, match="in use by process"), RunLock(tmp_path):
        pass
