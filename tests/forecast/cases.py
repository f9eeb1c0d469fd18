"""A truth directory for the tutorial's crisis, made up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from afternext.scenario import Scenario, load
from tests.scenario.tiny_folder import write_tiny

# two-towns is frozen at 2031-05-01.
FILES = {
    "displacement_total.csv": """\
date,idp_individuals,returnee_individuals,source
2031-04-20,4000,,before the freeze
2031-05-08,9000,0,made up
2031-05-31,15000,500,made up
2031-07-31,21000,2500,made up
2031-10-28,18000,,made up
""",
    "control.csv": """\
date,place_id,place,from_side,to_side,date_precision,note
2031-05-20,westford,Westford,GOV,FRONT,day,falls
2031-07-10,millbrook,Millbrook,GOV,FRONT,month,some day in July
2031-08-01,westford,Westford,FRONT,GOV (with guards),day,retaken
""",
    "events.csv": """\
date,kind,event,source
2031-06-15,external,Sorrel begins air strikes,made up
2031-08-20,government,The head of the government resigns,made up
""",
    "displacement_gov.csv": """\
date,kind,governorate,individuals
2031-05-31,hosting,Alder,9000
2031-05-31,origin,Hills,2000
2031-05-31,hosting,All areas,12000
""",
    "side_aliases.csv": """\
as_recorded,side,note
GOV,army,
GOV (with guards),army,either
GOV (with guards),guard,either
FRONT,front,
""",
}


def write_truth(folder: Path, changed: Mapping[str, str | None] | None = None) -> Path:
    """Write the directory; `changed` replaces files, or leaves them out where it says None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**FILES, **(changed or {})}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def runnable_tiny(folder: Path) -> Path:
    """The tiny scenario without its override of a parameter that the real table has not."""
    made = write_tiny(folder)
    path = made / "scenario.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("parameters:\n")
    path.write_text(text[:start] + text[text.index("strategies:\n") :], encoding="utf-8")
    return made


@cache
def shipped(name: str) -> Scenario:
    """A shipped scenario, read once."""
    return load(name)
