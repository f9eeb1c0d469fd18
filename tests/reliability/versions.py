"""One run under other versions of Python, NumPy and Numba, each in an environment of its own.

    python -m tests.reliability.versions FOLDER

Oldest: the lowest minor versions that pyproject.toml allows, at their last patch, on Python 3.11. Newest:
those of requirements.lock on every newer Python that is on this machine. Every environment compiles the model
anew, about a minute.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = ("run", "two-towns", "--futures", "12", "--years", "0.5", "--seed", "7", "--workers", "1", "--json")
NEWER = ("3.12", "3.13", "3.14")  # the last one is the newest that Numba supports
WHICH = (
    "import platform, numpy, numba; print(platform.python_version(), numpy.__version__, numba.__version__)"
)


def lowest() -> list[str]:
    """The lowest allowed minor version of each direct dependency."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [re.sub(r">=(.*)", r"==\1.*", one) for one in content["project"]["dependencies"]]


def pythons() -> dict[str, str]:
    """Newer Pythons that run on this machine, by version."""
    found = {}
    for version in NEWER:
        here = [f"python{version}"]
        here += [str(path / "bin" / "python") for path in Path.home().glob(f".pyenv/versions/{version}.*")]
        for name in here:
            try:
                done = subprocess.run([name, "-c", "import venv, ensurepip"], capture_output=True)
            except OSError:
                continue
            if done.returncode == 0:
                found[version] = name
                break
    return found


def make(folder: Path, python: str, words: list[str]) -> str:
    """Make an environment; the path of its Python."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    inside = str(folder / "bin" / "python")
    pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(pip, check=True, stdout=sys.stderr, cwd=ROOT)
    return inside


def play(python: str, folder: Path) -> dict[str, str]:
    """Versions and digest of a run with one Python."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [python, "-c", "from afternext.cli.main import main; main()", *RUN, "--out", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    which = subprocess.run([python, "-c", WHICH], env=environment, stdout=subprocess.PIPE, text=True)
    digest = json.loads(done.stdout)["digest"] if done.returncode == 0 else ""
    return {"versions": which.stdout.strip(), "digest": digest, "said": "" if digest else done.stderr[-500:]}


def main(folder: str) -> None:
    root = Path(folder)
    found = {"here": play(sys.executable, root / "here")}
    wanted = {"oldest": (sys.executable, lowest())}
    locked = ["--require-hashes", "--requirement", "requirements.lock"]
    wanted |= {f"newest on {version}": (name, locked) for version, name in pythons().items()}
    for name, (python, words) in wanted.items():
        place = root / re.sub(r"\W+", "-", name)
        try:
            inside = make(place / "environment", python, words)
        except subprocess.CalledProcessError as error:
            found[name] = {"versions": "", "digest": "", "said": f"cannot be installed: {error}"}
        else:
            found[name] = play(inside, place / "run")
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
