"""What is measured of the strategic layer: names, units, and the kernel that writes one output date.

A measure as such is defined here, since ``measures.py`` lists these behind the measures of the war.
"""

from __future__ import annotations

from dataclasses import dataclass

from afternext.world.chancellery import AIMS, AIR, IN_EFFECT, PARTS
from afternext.world.kernel import kernel
from afternext.world.processes.polity import fragmentation
from afternext.world.processes.situation import centre_safety


@dataclass(frozen=True)
class Measure:
    """One measured quantity.

    Attributes
    ----------
    dims : names of its axes after ``future``: ("date",), ("snapshot", "place"), ("horizon", "place",
    "community")
        or ("horizon", "origin", "refuge")
    dtype : type it is stored as
    """

    name: str
    unit: str
    meaning: str
    dims: tuple[str, ...]
    dtype: str


def dated(name: str, unit: str, meaning: str, dtype: str = "int64") -> Measure:
    """Return a measure of the whole crisis on the dates of the output grid."""
    return Measure(name, unit, meaning, ("date",), dtype)


# What every scenario with a strategic layer tells, before what it tells of each region, power, pair and move.
COUNCIL: tuple[tuple[str, str, str, str], ...] = (
    ("fragmentation", "number", "effective number of who controls the people of the country", "float64"),
    ("inclusion", "share", "how far those who were shut out share in power", "float64"),
    ("confidence", "share", "confidence of the people in the government", "float64"),
    ("coalition", "share", "share of seats behind the government", "float64"),
    ("leaders", "persons", "heads of government who went since the freeze", "int64"),
    ("decisions", "decisions", "decisions to act since the freeze, all powers", "int64"),
    ("delivered", "moves", "moves that took effect since the freeze", "int64"),
    ("centre", "share", "safety of the capital: 1 unthreatened, 0 lost; 1 where there is none", "float64"),
)


COUNTED = len(COUNCIL)


@dataclass(frozen=True)
class Told:
    """What is measured of the strategic layer, by name, in the order of the compiled arrays."""

    regions: tuple[str, ...] = ()
    polled: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    valued: tuple[tuple[str, str], ...] = ()  # power and aim
    patrons: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()


def list_council(told: Told) -> list[Measure]:
    """Return the measures of the strategic layer, in kernel order."""
    every = [dated(*row) for row in COUNCIL]

    def add(name: str, unit: str, meaning: str) -> None:
        every.append(dated(name, unit, meaning, "float64"))

    for part in PARTS:
        add(f"delay_{part}", "days", f"delay by {part}, mean over moves that took effect")
    for region in told.regions:
        add(f"autonomy_{region}", "share", f"autonomy of {region}")
    for power in told.polled:
        add(f"opinion_{power}", "share", f"support of the public of {power} for action from the air")
        add(f"salience_{power}", "share", f"attention of the public of {power}")
    for power in told.deciders:
        add(
            f"distortion_{power}",
            "share",
            f"share of what was at stake that {power} chose otherwise for ignorance and politics",
        )
        add(f"ignorance_{power}", "share", f"part of it that is ignorance of {power}")
    for a, b in told.pairs:
        add(f"alignment_{a}_{b}", "-1 to 1", f"how {a} and {b} behave to each other, hostile to allied")
    meanings = dict(AIMS)
    for power, aim in told.valued:
        add(f"aim_{aim}_{power}", "share", f"{meanings[aim]}; as it is, a goal of {power}")
    for power in told.patrons:
        add(f"spent_{power}", "cost a year", f"cost a year of what {power} has under way")
    for move in told.moves:
        add(f"in_effect_{move}", "scale", f"scale at which {move} is in effect, all powers")
    return every


@kernel
def write_chancellery(output, state, court, chancellery, facts, step, day, per_day):
    """Write what powers feel, do and bring about, if it is due at the end of ``day``, in the order of
    ``list_council``.
    """
    if output.council_at < 0 or output.date_of[day] < 0:
        return
    row, at = output.scalars[output.date_of[day]], output.council_at
    people, violence, forces = state.people, state.violence, state.forces
    powers, options = court.powers, court.options
    council, polity = chancellery.council, chancellery.polity
    row[at] = fragmentation(powers, polity, people, violence)
    row[at + 1] = polity.inclusive[0]
    row[at + 2] = polity.confidence[0]
    row[at + 3] = polity.coalition[0]
    row[at + 4] = polity.leaders[0]
    for q in range(council.decisions.shape[0]):
        row[at + 5] += council.decisions[q]
    row[at + 6] = council.delivered[0]
    row[at + 7] = centre_safety(powers, council, violence, forces, facts, court.p.situation, step, per_day)
    at += COUNTED
    for k in range(council.delays.shape[0]):
        row[at] = council.delays[k] / max(1, council.delivered[0])
        at += 1
    for r in range(polity.autonomy.shape[0]):
        row[at] = polity.autonomy[r]
        at += 1
    for k in range(powers.polled.shape[0]):
        row[at] = council.support[powers.polled[k], AIR]
        row[at + 1] = council.salience[powers.polled[k]]
        at += 2
    for k in range(powers.deciders.shape[0]):
        row[at] = council.distortion[powers.deciders[k]]
        row[at + 1] = council.ignorance[powers.deciders[k]]
        at += 2
    for k in range(powers.pair_a.shape[0]):
        row[at] = council.alignment[powers.pair_a[k], powers.pair_b[k]]
        at += 1
    for k in range(powers.valued.shape[0]):
        row[at] = council.situation[powers.valued[k], powers.valued_aim[k]]
        at += 1
    for k in range(powers.patrons.shape[0]):
        row[at] = council.spent[powers.patrons[k]]
        at += 1
    for o in range(options.power.shape[0]):
        if council.stage[o] == IN_EFFECT:
            row[at + options.move[o]] += council.scale[o] * council.strength[o]
