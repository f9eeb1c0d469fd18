"""Write docs/reliability.md from the figures that the long checks recorded; say in one line how it stands.

    python scripts/reliability.py            after `make check-deep`, which ends with this
    python scripts/reliability.py --print    the table so far, on standard output; writes nothing

A promise without a figure counts as not met.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.reliability.record import Figure, Promise, Table, figures, tables  # noqa: E402

PAGE = ROOT / "docs" / "reliability.md"
HEAD = """# Reliability

<!-- Written by scripts/reliability.py, the last step of `make check-deep`. -->

What afternext promises, how each promise is tested, and what the test measured. Every figure is of a test
of `make check-deep`, run in this repository on one machine, if need be one by one; a smaller form of many
checks is part of `make test`. A promise that the figure does not keep, or that was not measured, is listed
as **not met**.
"""


def cell(text: str) -> str:
    """Text that cannot break a table."""
    return " ".join(text.split()).replace("|", "\\|")


def row(promise: Promise, figure: Figure | None) -> str:
    """One promise as a line of the table."""
    found = "not measured" if figure is None else figure.figure
    met = "met" if figure is not None and figure.met else "**not met**"
    return f"| {cell(promise.promise)} | {cell(promise.how)} | {cell(found)} | {met} |"


def page(found: dict[str, Figure], all_tables: list[Table]) -> str:
    """The whole page."""
    promises = [promise for table in all_tables for promise in table.promises]
    broken = [one for one in promises if one.id not in found or not found[one.id].met]
    lines = [HEAD, summary(found, all_tables) + ".", ""]
    if broken:
        lines += ["## Not met", ""]
        lines += [f"- {cell(one.promise)}: {cell(words(found.get(one.id)))}" for one in broken]
        lines.append("")
    for table in all_tables:
        lines += [f"## {table.title}", "", "| promise | how tested | figure | |", "| --- | --- | --- | --- |"]
        lines += [row(promise, found.get(promise.id)) for promise in table.promises]
        lines.append("")
        if table.notes:
            lines += [table.notes.strip(), ""]
    when = sorted({one.on for one in found.values()})
    machines = sorted({one.machine.rpartition(", load")[0] for one in found.values()})
    if when:
        lines.append(f"*Measured between {when[0]} and {when[-1]} UTC; {'; '.join(machines)}.*")
    return "\n".join(lines).rstrip() + "\n"


def words(figure: Figure | None) -> str:
    """What is known of a promise that is not met."""
    return "not measured" if figure is None else figure.figure


def summary(found: dict[str, Figure], all_tables: list[Table]) -> str:
    """One plain line."""
    promises = [promise for table in all_tables for promise in table.promises]
    met = sum(1 for one in promises if one.id in found and found[one.id].met)
    missing = sum(1 for one in promises if one.id not in found)
    broken = len(promises) - met - missing
    return f"{met} of {len(promises)} promises met, {broken} not met, {missing} not measured"


def main(words_given: list[str]) -> int:
    found, all_tables = figures(), tables()
    text = page(found, all_tables)
    if "--print" in words_given:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        print(f"reliability: {summary(found, all_tables)}; docs/reliability.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
