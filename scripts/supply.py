"""What afternext is made of: the list of run-time dependencies with their licences, and a bill of materials.

python scripts/supply.py           write docs/reference/dependencies.md and build/sbom/afternext.cdx.json
python scripts/supply.py --check   exit 1 when the page is not what the lock and the installed packages say

The bill of materials is CycloneDX 1.6. It names every package of requirements.lock that is needed at run
time, with the SHA-256 of the files that the lock allows, and holds no time and no address: the same lock
gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "dependencies.md"
BILL = ROOT / "build" / "sbom" / "afternext.cdx.json"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_AT_RUN_TIME = ("dev", "docs")
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
# A weak one binds the library alone; an exception frees what is linked with GCC's run-time library.
HARMLESS = re.compile(
    r"\b(LGPL|GNU Lesser|GNU Library)|GPL-3\.0-or-later WITH GCC-exception-3\.1", re.IGNORECASE
)
SPACE = uuid.UUID("5f0c7b0e-2b57-5d0c-9e55-0d1c3a7b9f10")  # names the bills of this project


@dataclass
class Part:
    """One package that is needed at run time.

    needed : `core` and the extras that need it        requires : names of what it needs itself
    """

    name: str
    dist: Distribution | None
    needed: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)

    @property
    def licence(self) -> str:
        """What the metadata states: SPDX expression, else classifiers, else the short field."""
        if self.dist is None:
            return ""
        meta = self.dist.metadata
        if "License-Expression" in meta:
            return str(meta["License-Expression"])
        found = [
            c.rpartition(" :: ")[2] for c in meta.get_all("Classifier") or [] if c.startswith("License ::")
        ]
        found = [one for one in found if one != "OSI Approved"]
        return "; ".join(found) or (meta["License"] or "").strip().split("\n")[0]


def parts() -> dict[str, Part]:
    """Everything that afternext and its extras for users need, found from what is installed."""
    found: dict[str, Part] = {}
    wanted = {"core": PROJECT["dependencies"]}
    wanted |= {
        name: texts for name, texts in PROJECT["optional-dependencies"].items() if name not in NOT_AT_RUN_TIME
    }
    for extra, texts in wanted.items():
        waiting = [Requirement(text) for text in texts]
        seen: set[str] = set()
        while waiting:
            requirement = waiting.pop()
            name = canonicalize_name(requirement.name)
            if name in seen:
                continue
            seen.add(name)
            part = found.get(name) or Part(name, _installed(name))
            found[name] = part
            part.needed.add(extra)
            for text in part.dist.requires or [] if part.dist else []:
                inner = Requirement(text)
                extras = requirement.extras or {""}
                if inner.marker is None or any(
                    inner.marker.evaluate({**default_environment(), "extra": e}) for e in extras
                ):
                    part.requires.add(canonicalize_name(inner.name))
                    waiting.append(inner)
    return dict(sorted(found.items()))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def locked() -> dict[str, list[tuple[str, list[str]]]]:
    """Versions and hashes by name; a package may be pinned to several versions, by marker."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for line in text.splitlines():
        match = re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", line)
        if match:
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", line)
            found.setdefault(canonicalize_name(match[1]), []).append((match[2], hashes))
    return found


def copyleft(found: dict[str, Part]) -> list[str]:
    """Parts whose licence would bind what they are used in."""
    return [
        f"{part.name}: {part.licence}"
        for part in found.values()
        if COPYLEFT.search(HARMLESS.sub("", part.licence))
    ]


def page(found: dict[str, Part]) -> str:
    """The list for people."""
    versions = locked()
    lines = [
        "# Dependencies and licences",
        "",
        "<!-- Written by scripts/supply.py (`make sbom`); edit nothing here. -->",
        "",
        "What is installed at run time, with the licence that each package states. Versions are those of",
        "`requirements.lock`, which also pins the SHA-256 of every file. No package here is under the GPL or",
        "AGPL (tested). `make sbom` writes the same list for machines (CycloneDX 1.6) to",
        "`build/sbom/afternext.cdx.json`.",
        "",
        "| package | version | licence | needed by |",
        "| --- | --- | --- | --- |",
    ]
    for part in found.values():
        locked_at = ", ".join(version for version, _ in versions.get(part.name, []))
        needed = "core" if "core" in part.needed else ", ".join(sorted(part.needed))
        lines.append(f"| {part.name} | {locked_at} | {part.licence.replace('|', '/')} | {needed} |")
    return "\n".join(lines) + "\n"


def bill(found: dict[str, Part]) -> dict[str, Any]:
    """The list for machines, as CycloneDX 1.6."""
    from afternext import __version__

    versions = locked()
    components, dependencies = [], []
    own = f"pkg:pypi/afternext@{__version__}"
    refs = {
        part.name: f"pkg:pypi/{part.name}@{version}"
        for part in found.values()
        for version, _ in versions[part.name][-1:]
    }
    for part in found.values():
        for version, hashes in versions[part.name]:
            ref = f"pkg:pypi/{part.name}@{version}"
            licences = [{"license": {"name": part.licence}}] if part.licence else []
            components.append(
                {
                    "type": "library",
                    "bom-ref": ref,
                    "name": part.name,
                    "version": version,
                    "purl": ref,
                    "scope": "required" if "core" in part.needed else "optional",
                    "licenses": licences,
                    # One release has many files (one a platform); the lock allows these and no others.
                    "properties": [
                        {"name": "afternext:allowed-sha256", "value": value} for value in sorted(hashes)
                    ],
                }
            )
            dependencies.append(
                {"ref": ref, "dependsOn": sorted(refs[name] for name in part.requires if name in refs)}
            )
    direct = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    direct |= {
        canonicalize_name(Requirement(text).name)
        for extra, texts in PROJECT["optional-dependencies"].items()
        if extra not in NOT_AT_RUN_TIME
        for text in texts
    }
    dependencies.insert(0, {"ref": own, "dependsOn": sorted(refs[name] for name in direct)})
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "afternext",
                "version": __version__,
                "purl": own,
                "licenses": [{"license": {"id": PROJECT["license"]}}],
            }
        },
        "components": components,
        "dependencies": dependencies,
    }
    number = uuid.uuid5(SPACE, json.dumps(content, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{number}", **content}


def main() -> None:
    found = parts()
    text = page(found)
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == text else f"{PAGE} is not up to date: make sbom")
    PAGE.write_text(text, encoding="utf-8")
    BILL.parent.mkdir(parents=True, exist_ok=True)
    BILL.write_text(json.dumps(bill(found), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(found)} packages; {PAGE.relative_to(ROOT)}, {BILL.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
