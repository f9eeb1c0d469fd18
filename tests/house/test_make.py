"""The daily acts are make targets, and they say what they are."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.house.tree import ROOT

TARGETS = [
    "demo", "test", "check", "check-deep", "bench", "patterns", "docs", "serve", "lock", "clean", "baseline",
    "reproduce", "sbom", "audit",
]  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    # A make above us hands its flags down, which would change what is printed.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, env=environment)


def test_help_lists_every_target() -> None:
    listed = [line.split()[1] for line in make("help").stdout.splitlines()]
    assert set(TARGETS) <= set(listed)


@pytest.mark.parametrize(("target", "command"), [("demo", "afternext demo"), ("serve", "afternext serve")])
def test_a_target_is_the_command_of_its_name(target: str, command: str) -> None:
    done = make("--dry-run", target)
    assert done.returncode == 0
    assert f"{command} " in done.stdout


def test_continuous_integration_runs_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
