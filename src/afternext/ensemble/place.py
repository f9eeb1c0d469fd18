"""Where a run goes: a new directory, or one that is to be resumed, and the settings that hold there."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from afternext.ensemble import lock, manifest
from afternext.ensemble.manifest import Settings
from afternext.ensemble.parts import is_temporary
from afternext.errors import AfternextError, Incomplete, UsageError

RUNS = Path("runs")
DAYS_IN_YEAR = 365.25
MOST_FUTURES = 10_000_000
MOST_SEED = 2**63 - 1

# Written and removed before a run: a full disk still makes empty files.
PROBE = bytes(4096)

DEFAULT_FUTURES = 100
DEFAULT_SEED = 1


@dataclass(frozen=True)
class Asked:
    """Settings as a person gave them; None where nothing was said."""

    futures: int | None = None
    seed: int | None = None
    days: int | None = None
    replicates: int | None = None
    strategies: tuple[str, ...] | None = None
    overrides: Mapping[str, float | str] | None = None

    def check(self) -> None:
        """Refuse what cannot be run."""
        for name, value, least, most in (
            ("futures", self.futures, 1, MOST_FUTURES),
            ("seed", self.seed, 0, MOST_SEED),
            ("replicates", self.replicates, 1, MOST_FUTURES),
        ):
            if value is not None and not least <= value <= most:
                raise UsageError(f"{name} is {value:,}; it lies between {least:,} and {most:,}")


def length(years: float | None, until: date | str | None, freeze: date) -> int | None:
    """Days of each future from `years` or `until`; None if neither is said."""
    if years is not None and until is not None:
        raise UsageError("give years or until, not both: they say the same thing")
    if years is not None:
        if not 0 < years <= 100:
            raise UsageError(f"years is {years:g}; it lies above 0 and up to 100")
        return max(1, round(years * DAYS_IN_YEAR))
    if until is None:
        return None
    if isinstance(until, str):
        try:
            until = date.fromisoformat(until)
        except ValueError:
            raise UsageError(f"until is {until!r}; write a date as 2017-12-31") from None
    if until <= freeze:
        raise UsageError(f"until is {until}, but this scenario is frozen at {freeze}; name a later date")
    return (until - freeze).days


def _in_use(path: Path) -> bool:
    """Whether a folder holds anything but what a run leaves that died before its first word."""
    return any(entry.name != lock.NAME and not is_temporary(entry) for entry in path.iterdir())


def locate(
    out: str | Path | None, resume: bool, scenario_hash: str, asked: Asked
) -> tuple[Path | None, dict[str, Any] | None]:
    """The directory to run in and the manifest that is there; (None, None) for a new one without a name."""
    if out is None:
        return _latest(scenario_hash, asked) if resume else (None, None)
    folder = Path(out)
    if (folder / manifest.NAME).exists():
        there = manifest.read(folder)
        if not resume:
            state = "a finished" if there["state"] == manifest.FINISHED else "an unfinished"
            raise UsageError(
                f"{folder} holds {state} run already; add --resume to go on with it, or choose another --out"
            )
        return folder, there
    try:
        if folder.exists() and _in_use(folder):
            raise UsageError(f"{folder} is not empty and holds no run; choose another --out")
    except NotADirectoryError:
        raise UsageError(f"{folder} is a file; --out needs a directory") from None
    return folder, None


def _latest(scenario_hash: str, asked: Asked) -> tuple[Path | None, dict[str, Any] | None]:
    """The latest run in ./runs of this scenario and these settings, unfinished ones first."""
    found = []
    for path in RUNS.glob(f"*/{manifest.NAME}"):
        try:
            there = manifest.read(path.parent)
        except UsageError:
            continue
        if there["scenario"]["hash"] == scenario_hash and not _conflicts(asked, Settings.of(there)):
            found.append((there["state"] != manifest.FINISHED, there["started"], path.parent, there))
    if not found:
        return None, None
    _, _, folder, there = max(found, key=lambda one: one[:2])
    return folder, there


def _conflicts(asked: Asked, there: Settings) -> list[str]:
    return [
        f"{field.name} {getattr(there, field.name)}, not {getattr(asked, field.name)}"
        for field in fields(asked)
        if getattr(asked, field.name) is not None and getattr(asked, field.name) != getattr(there, field.name)
    ]


def settle(
    asked: Asked, folder: Path | None, there: Mapping[str, Any] | None, scenario_hash: str, default_days: int
) -> Settings:
    """Settings of the run: those on disk if it is resumed, else what was asked, else the defaults."""
    asked.check()
    if there is not None:
        settings = Settings.of(there)
        conflicts = _conflicts(asked, settings)
        if there["scenario"]["hash"] != scenario_hash:
            conflicts.insert(0, f"scenario {there['scenario']['id']} as it was then, not this one")
        if conflicts:
            raise UsageError(
                f"{folder} was started with {'; '.join(conflicts)}. Leave these settings out to resume it, "
                "or choose another --out for a new run"
            )
        return settings
    return Settings(
        futures=DEFAULT_FUTURES if asked.futures is None else asked.futures,
        seed=DEFAULT_SEED if asked.seed is None else asked.seed,
        days=default_days if asked.days is None else asked.days,
        replicates=asked.replicates or 1,
        strategies=asked.strategies or (),
        overrides=dict(asked.overrides or {}),
    )


def new_folder(scenario_id: str, seed: int) -> Path:
    """A name that is not taken: runs/<scenario>-<time>-s<seed>."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", scenario_id)
    path = RUNS / f"{name}-{datetime.now():%Y%m%d-%H%M%S}-s{seed}"
    number = 2
    while path.exists():
        path = path.with_name(f"{path.name.partition('_')[0]}_{number}")
        number += 1
    return path


def make_folder(folder: Path) -> None:
    """Create the run directory, or say why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{manifest.NAME}.probe.tmp"
        try:
            probe.write_bytes(PROBE)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the run directory for this process alone."""
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.RunLock(folder))
        except OSError as error:
            raise _cannot_write(folder, error) from error
        yield


def _cannot_write(folder: Path, error: OSError) -> AfternextError:
    """A full disk can be made room on; any other reason calls for another folder."""
    reason = (error.strerror or str(error)).lower()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Incomplete(f"cannot write to {folder}: {reason}; make room and give the same command again")
    return UsageError(f"cannot write to {folder}: {reason}; choose another --out")
