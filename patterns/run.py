"""Measure all patterns and write docs/patterns.md.

python -m patterns.run [--futures N] [--seed S] [--only NAME]... [--out DIR]
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from afternext import __version__
from patterns import (
    base_rates,
    bedfellows,
    counterweight,
    flight_regimes,
    fracture,
    half_a_million,
    moral_hazard,
    one_in_fifty,
    partisan,
    relapse,
    return_regimes,
    rout,
    too_late,
    well_after,
)
from patterns.figures import draw
from patterns.harness import Lab
from patterns.iraq_cities import ENOUGH_FUTURES, measure_cities
from patterns.page import write_page

DOCS = Path(__file__).resolve().parents[1] / "docs"
MODULES = {
    "flight_regimes": flight_regimes,
    "half_a_million": half_a_million,
    "return_regimes": return_regimes,
    "rout": rout,
    "one_in_fifty": one_in_fifty,
    "counterweight": counterweight,
    "well_after": well_after,
    "too_late": too_late,
    "moral_hazard": moral_hazard,
    "bedfellows": bedfellows,
    "partisan": partisan,
    "fracture": fracture,
    "base_rates": base_rates,
    "relapse": relapse,
}
CITIES = "iraq_cities"
LEAST = 256  # futures under which the page must not be written


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--futures", type=int, default=512, help="futures per case (default 512)")
    parser.add_argument("--seed", type=int, default=2014)
    parser.add_argument(
        "--only", action="append", choices=[*MODULES, CITIES], help="measure this one; may be repeated"
    )
    parser.add_argument("--out", type=Path, default=DOCS, help="folder of patterns.md and img/patterns")
    return parser.parse_args()


def main() -> int:
    """Measure, draw and write."""
    given = arguments()
    whole = given.only is None and given.futures >= LEAST
    if not whole and given.out == DOCS:
        print(
            f"docs/patterns.md needs all patterns and at least {LEAST} futures; name another --out",
            file=sys.stderr,
        )
        return 2
    lab = Lab(given.futures, given.seed)
    began = time.monotonic()
    patterns = []
    for name, module in MODULES.items():
        if given.only is None or name in given.only:
            print(f"{name} ...", file=sys.stderr, flush=True)
            pattern, cases = module.measure(lab)
            draw(pattern, cases, given.out / "img" / "patterns")
            patterns.append(pattern)
            for claim in pattern.claims:
                print(f"{claim.verdict:14} {claim.title}")
    cities = measure_cities(lab) if given.only is None or CITIES in given.only else []
    seconds = time.monotonic() - began
    about = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} with afternext {__version__}, seed {given.seed}: "
        f"{lab.cases} cases of {given.futures} futures each."
    )
    given.out.mkdir(parents=True, exist_ok=True)
    page = write_page(patterns, cities, min(given.futures, ENOUGH_FUTURES), about)
    (given.out / "patterns.md").write_text(page, encoding="utf-8")
    print(f"{seconds:.0f} s; see {given.out / 'patterns.md'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
