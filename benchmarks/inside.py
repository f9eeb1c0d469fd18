"""People displaced inside Iraq, frozen 12 June 2014, against the counts of that year.

A section of docs/benchmarks.md; what the figures say is written below them by hand.

    afternext run iraq-2014 --futures 256 --until 2014-12-31 --seed 1 --workers 1 --out RUN
    python benchmarks/inside.py RUN ../shared/iraq > benchmarks/inside.md
"""

from __future__ import annotations

import sys

from afternext.displacement.inside import KINDS, RIVALS, UNCOUNTED, look_inside
from afternext.displacement.inside_terminal import off, words_of
from afternext.ensemble.run import open_run
from afternext.ensemble.words import number

HEAD = """## People inside the country: Iraq, frozen 12 June 2014

Development data: everybody who built the model knows how 2014 went, so that these figures show where it is
wrong and prove no foresight. Nothing was fitted to them. {futures} futures, seed {seed}. Counts are IOM's
displacement tracking and news (families times six), [compared as the guide says](how-to/displaced-inside.md);
the ten of the country are one series and nearly one outcome. Written with
`python benchmarks/inside.py RUN ../shared/iraq`.
"""


def rounded(value: float) -> str:
    """Return a number of people to three figures, as a median over so few futures deserves."""
    return number(float(f"{value:.3g}"))


def main(run: str, truth: str) -> None:
    shown = look_inside(open_run(run), truth)
    print(HEAD.format(futures=len(shown.run.experiments), seed=shown.run.seed))
    print(f"**{len(shown.misses)} of {len(shown.rows)} counts are outside the 80 % interval:**\n")
    for row in shown.misses:
        print(
            f"- {words_of(row)}, {row.date}: {rounded(row.counted)} counted, 8 in 10 futures "
            f"{rounded(row.low)} to {rounded(row.high)}; median {off(row.factor)}."
        )
    print("\n| | counts | in the interval | CRPS, log1p | off by a factor |", end="")
    print("".join(f" {words}: CRPS, factor |" for words in RIVALS.values()))
    print("|---|" + "---:|" * (4 + len(RIVALS)))
    for kind, found in shown.summary().items():
        rivals = [
            f"{r['crps_log']:.2f}, {r['factor']:.1f}" if (r := found["rivals"].get(name)) else ""
            for name in RIVALS
        ]
        print(
            f"| {KINDS[kind]} | {found['counts']} | {100 * found['coverage80']:.0f} % | "
            f"{found['crps_log']:.2f} | {found['factor']:.1f} | {' | '.join(rivals)} |"
        )
    print("\n| what | date | counted | median | 8 in 10 futures | as at the freeze | the same pace |")
    print("|---|---|" + "---:|" * 5)
    for row in shown.rows:
        if row.kind != "new":
            print(
                f"| {words_of(row)} | {row.date} | {rounded(row.counted)} | {rounded(row.median)} | "
                f"{rounded(row.low)} to {rounded(row.high)} | {rounded(row.rivals['no_change'])} | "
                f"{rounded(row.rivals['pace'])} |"
            )
    told = [
        f"{UNCOUNTED[name]} {rounded(median)} ({rounded(low)} to {rounded(high)})"
        for name, (low, median, high) in shown.uncounted.items()
    ]
    print(f"\nNot counted by anybody, at the end of 2014, median and 8 in 10 futures: {'; '.join(told)}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
