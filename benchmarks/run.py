"""Measure and write docs/benchmarks.md: `python -m benchmarks.run [--only NAME]... [--quick]`.

Each section is kept in results/benchmarks.json when it is done, so sections can be measured one at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import afternext
from benchmarks.page import machine, write_page
from benchmarks.sections import SECTIONS, SEED, Sizes, folder

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "results" / "benchmarks.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=list(SECTIONS), help="measure this section; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it works")
    parser.add_argument("--short", type=int, help="futures of 3.5 years (default 200)")
    parser.add_argument("--long", type=int, help="futures of 10 years (default 200)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the page")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where sections are kept")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    sizes = Sizes.quick() if given.quick else Sizes()
    sizes = replace(sizes, short=given.short or sizes.short, long=given.long or sizes.long)
    measured = json.loads(given.kept.read_text()) if given.kept.exists() else {}
    with folder() as there:  # compile once, so that no section pays for it but `start`
        afternext(
            "run",
            "two-towns",
            "--futures",
            "1",
            "--years",
            "0.1",
            "--seed",
            SEED,
            "--out",
            str(there / "run"),
        )
    for name in given.only or SECTIONS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        about = machine()
        measured[name] = {**SECTIONS[name](sizes), "machine": about, "quick": given.quick}
        given.kept.parent.mkdir(parents=True, exist_ok=True)
        given.kept.write_text(json.dumps(measured, indent=1))
        before = given.page.read_text(encoding="utf-8") if given.page.exists() else ""
        given.page.write_text(write_page(measured, before), encoding="utf-8")
    print(given.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
