"""Tools that a check needs and afternext does not: hash-pinned, each in a folder of its own under build/.

They are kept out of .venv because a machine without a fitting wheel must still be able to set afternext up,
and because what an auditor brings must not change the versions that it audits.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Unavailable(Exception):
    """The tool cannot be had on this machine."""


def fetched(name: str, lock: Path | None = None) -> Path:
    """Return the folder to put on the path of Python for the tool of locks/NAME.lock; installs it once.

    name : of its lock        lock : another one        Raises Unavailable in the words of pip.
    """
    lock = lock or ROOT / "locks" / f"{name}.lock"
    mark = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = ROOT / "build" / "tools" / f"{name}-{mark}"
    if folder.is_dir():
        return folder
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    # A wheel or nothing: what is built from source runs code that no hash of a wheel vouches for.
    pip += ["--require-hashes", "--only-binary", ":all:", "--target", str(part), "--requirement", str(lock)]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise Unavailable(" ".join(done.stderr.split())[-300:] or f"pip ended with {done.returncode}")
    part.rename(folder)
    return folder
