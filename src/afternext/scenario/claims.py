"""A file of claims outside a scenario, checked against it: what became known later, for example."""

from __future__ import annotations

from pathlib import Path

from afternext.errors import InvalidInput, Problem
from afternext.scenario.check_tables import claims_fit
from afternext.scenario.draft import Draft, Item, read_rows
from afternext.scenario.files import read_text
from afternext.scenario.nodes import Mark, Node
from afternext.scenario.schema import Claim, Scenario
from afternext.scenario.tables import read_table


def read_claims(path: str | Path, scenario: Scenario | None = None) -> tuple[Claim, ...]:
    """Claims of a CSV file with the columns of `claims.csv`.

    scenario : its places and areas are those that claims may name; any name goes where it is None

    Such a file may hold what was published after the freeze. Raises InvalidInput with all problems.
    """
    file = str(path)
    problems: list[Problem] = []
    text = read_text(Path(path), file, problems)
    draft = Draft(Node(Mark(file), {}), readable=False)
    if text is not None:
        table, problems = read_table(text, file)
        if table is not None:
            problems += read_rows(draft, "claims", table, set())
    for place in scenario.places if scenario is not None else ():
        mark = Mark("places.csv")
        cells = {name: Node(mark, getattr(place, name)) for name in ("id", "admin1")}
        draft.rows["places"].append(Item(Node(mark, cells), place))
    problems += claims_fit(draft)
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return tuple(item.entry for item in draft.rows["claims"] if item.entry is not None)
