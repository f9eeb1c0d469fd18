"""Look every pin of requirements.lock up in the advisories that the package index publishes: `make audit`.

    python scripts/audit.py           what was looked up, in words; exit 1: a weakness, 3: no answers
    python scripts/audit.py --json    the same as JSON

It asks as pip-audit does, release by release. An index that tells of the newest release of a package only
is asked for that, and a pin which is not the newest counts as not looked up. A package whose weaknesses are
public and will never be mended is asked for first: where the index is silent about it, its silence about
the others means nothing.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.tools import Unavailable, fetched  # noqa: E402

WEAK = ("pycrypto", "2.6.1")  # given up in 2013; CVE-2013-7459 and CVE-2018-6594
# Ids of the weaknesses of a release; None where the index does not tell of it.
Ask = Callable[[str, str], "list[str] | None"]


@dataclass
class Audit:
    """What the advisories say of the pins of a lock.

    told : whether the index knows advisories at all        asked : pins that it answered for
    silent : pins that it did not answer for                weak : pins with a weakness, and which
    """

    told: bool
    on: str
    asked: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    weak: dict[str, list[str]] = field(default_factory=dict)
    why: str = ""

    @property
    def met(self) -> bool:
        """No pin has a known weakness, and every pin was looked up."""
        return self.told and bool(self.asked) and not self.silent and not self.weak

    @property
    def words(self) -> str:
        if not self.told:
            return f"not measured: no advisories can be had here ({self.why})"
        all_ = len(self.asked) + len(self.silent)
        said = (
            f"{len(self.asked)} of {all_} pins looked up on {self.on}, {len(self.weak)} with a known weakness"
        )
        said += "".join(f"; {pin}: {', '.join(ids)}" for pin, ids in self.weak.items())
        if self.silent:
            said += f"; the index here does not tell of {', '.join(self.silent)}"
        return said


def pins(text: str) -> list[tuple[str, str]]:
    """Names and versions of a lock, of all Pythons."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE)


def look_up(lock: str, ask: Ask) -> Audit:
    """Ask for every pin; for none of them where the index does not know what everybody knows."""
    found = Audit(False, time.strftime("%Y-%m-%d", time.gmtime()))
    if not (known := ask(*WEAK)):
        found.why = f"{' '.join(WEAK)}: " + ("not told of" if known is None else "no weakness told")
        return found
    found.told = True
    for name, version in pins(lock):
        ids = ask(name, version)
        (found.silent if ids is None else found.asked).append(f"{name} {version}")
        if ids:
            found.weak[f"{name} {version}"] = ids
    return found


def asker() -> Ask:
    """Ask through pip-audit."""
    sys.path.insert(0, str(fetched("audit")))
    import requests
    from packaging.version import Version
    from pip_audit._service import PyPIService, ResolvedDependency

    service = PyPIService(timeout=20)
    get = service.session.get

    def newest(url: str, timeout: int | None) -> requests.Response:
        """The page of the release; else that of the package, where this is its newest release."""
        answer = get(url=url, timeout=timeout)
        if answer.status_code == 404:
            package, version, page = url.rsplit("/", 2)
            other = get(url=f"{package}/{page}", timeout=timeout)
            if (
                other.ok
                and "vulnerabilities" in (told := other.json())
                and told["info"]["version"] == version
            ):
                return other
        return answer

    service.session.get = newest

    def ask(name: str, version: str) -> list[str] | None:
        dependency, results = service.query(ResolvedDependency(name, Version(version)))
        return None if dependency.is_skipped() else [result.id for result in results]

    return ask


def main(words: list[str]) -> int:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    try:
        found = look_up(lock, asker())
    except Unavailable as error:
        found = Audit(False, "", why=f"pip-audit: {error}")
    except Exception as error:  # whatever the network does
        found = Audit(False, "", why=f"{type(error).__name__}: {str(error)[:200]}")
    told = asdict(found) | {"met": found.met, "words": found.words}
    print(json.dumps(told) if "--json" in words else found.words)
    return 1 if found.weak else 0 if found.told else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
