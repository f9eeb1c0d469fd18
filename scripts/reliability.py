"""Write docs/reliability.md from the figures that the long checks recorded; say in one line how it stands.

    python scripts/reliability.py            after `make check-deep`, which ends with this
    python scripts/reliability.py --print    the table so far, on standard output; writes nothing
    python scripts/reliability.py --keep     after some of them: other figures stay as the page has them

A promise without a figure counts as not met. A figure is kept under its promise and the words that say how it
is tested: where either was changed, it has to be measured anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.reliability.record import Figure, Promise, Table, figures, tables  # noqa: E402

PAGE = ROOT / "docs" / "reliability.md"
MET, NOT_MET = "met", "**not met**"
COLUMNS = ("| promise | how tested | figure | on | |", "| --- | --- | --- | --- | --- |")
HEAD = """# Reliability

<!-- Written by scripts/reliability.py, the last step of `make check-deep`. -->

What afternext promises, how each promise is tested, and what the test measured. Every figure is of a test
of `make check-deep`, run in this repository on one machine, if need be one by one on the day that is given;
a smaller form of many checks is part of `make test`. A promise that the figure does not keep, or that was not
measured, is listed as **not met**.
"""


def cell(text: str) -> str:
    """Text that cannot break a table."""
    return " ".join(text.split()).replace("|", "\\|")


def row(promise: Promise, figure: Figure | None) -> str:
    """One promise as a line of the table."""
    found = "not measured" if figure is None else figure.figure
    met = MET if figure is not None and figure.met else NOT_MET
    on = figure.on[:10] if figure is not None else ""
    return f"{start(promise)}{cell(found)} | {on} | {met} |"


def start(promise: Promise) -> str:
    """The cells of a promise that do not depend on what was measured."""
    return f"| {cell(promise.promise)} | {cell(promise.how)} | "


def kept(text: str, all_tables: list[Table]) -> dict[str, Figure]:
    """The figures that a page has, by the id of their promise."""
    machine = re.search(r"^\*On (.+)\.\*$", text, re.MULTILINE)
    found = {}
    for promise in (promise for table in all_tables for promise in table.promises):
        for line in text.splitlines():
            if line.startswith(start(promise)):
                words, on, met = line[len(start(promise)) :].removesuffix(" |").rsplit(" | ", 2)
                if on:
                    said = words.replace("\\|", "|")
                    found[promise.id] = Figure(said, met == MET, on, machine[1] if machine else "")
    return found


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
        lines += [f"## {table.title}", "", *COLUMNS]
        lines += [row(promise, found.get(promise.id)) for promise in table.promises]
        lines.append("")
        if table.notes:
            lines += [table.notes.strip(), ""]
    machines = {one.machine.partition(", load")[0] for one in found.values()} - {""}
    if machines:
        lines.append(f"*On {'; '.join(sorted(machines))}.*")
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
    all_tables = tables()
    old = PAGE.read_text(encoding="utf-8") if "--keep" in words_given and PAGE.exists() else ""
    found = kept(old, all_tables) | figures()
    text = page(found, all_tables)
    if "--print" in words_given:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
        print(f"reliability: {summary(found, all_tables)}; docs/reliability.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
