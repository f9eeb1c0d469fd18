"""The state of armed forces: who is there, how well they hold together, what is on the way, what is lost.

Fighters are persons and stand in one ledger with civilians: present + on the way + killed + deserted -
recruited is the same number on every day for every force, and deserters and recruits are taken from or given
to ``People``. ``Violence.strength`` is the strength on paper; what is on paper only is present nowhere and is
struck off when a garrison breaks up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]

MARCH = 0  # plans of a column on its way: to garrison, reinforce or retreat
RAID = 1
ATTACK = 2
HOLD = 0  # postures
EXPAND = 1
FOMENT = 2
GROUND = 3
POSTURES = 4
NEVER = -(1 << 40)  # a step before any history


class Now(NamedTuple):
    """The step at hand, and the luck of a process in it."""

    stream: np.uint64
    step: int
    day: float  # at its end
    dt: float  # days
    per_day: int


@bundle
class Forces(NamedTuple):
    """P places, F forces."""

    present: Ints  # (P, F) fighters who are there
    cohesion: Floats  # (P, F) how well a garrison holds together, 0-1
    materiel: Ints  # (P, F) vehicles and heavy weapons
    power: Floats  # (P, F) what a garrison is worth in a fight, as last weighed
    posts: Ints  # (F, P) places where a force has power, the first ``post_count`` of a row
    post_count: Ints  # (F,)
    footing: Floats  # (P, F) how easy a place is to take at the start, for the way a force treats its people
    massed: Floats  # (P, F) what a force has within reach, by distance, as last looked at
    coming: Ints  # (P, F) fighters on their way here
    coming_materiel: Ints  # (P, F)
    coming_cohesion: Floats  # (P, F)
    arrival: Ints  # (P, F) step at which they arrive, 0 where none is coming
    plan: Ints  # (P, F) MARCH, RAID or ATTACK
    underway: Ints  # (P,) columns on their way here
    panic: Floats  # (P,) fear in the garrison of the holder, 0-1
    shock: Floats  # (ring, P) fear on its way
    heard: Ints  # (P,) step at which fear last came here, NEVER where none has
    wave: Ints  # (P,) step at which the first of it came, of the wave that goes on
    lead: Floats  # (P,) trust of the holder's garrison in its leaders, 0-1
    base: Ints  # (P,) where the attackers came from, or -1
    raid: Flags  # (P,) 1 where the attackers mean to hit and leave
    siege: Flags  # (P,) 1 where the attackers have settled around the place
    besieged: Ints  # (P,) step since which they have been there, NEVER where they have not
    least: Ints  # (P, F) fighters without whom a holder of a place cannot hold it
    guard: Ints  # (P,) local defenders as last told in the chronicle
    taken: Ints  # (P,) step at which it last changed hands, below 0 before the freeze, or NEVER
    left: Ints  # (P,) who held it before, or -1
    look: (
        Flags  # (P,) 1 where the odds must be weighed in the next step, 2 where the attacker was just beaten
    )
    before: Ints  # (P,) holder at the start of the step: what other places see
    outcome: Ints  # (P,) how the day ends for a garrison
    bid: Floats  # (P,) best draw among those who want fighters from here
    bidder: Ints  # (P,) which place that is
    best: Floats  # (F,) best draw among the attacks a force could start
    target: Ints  # (F,) where that is
    chosen: Floats  # (F,) best draw among its offensives
    goal: Ints  # (F,) where that is
    posture: Ints  # (F,) HOLD, EXPAND, FOMENT or GROUND
    since: Ints  # (F,) step since which, below 0 where the history tells it, NEVER until it is known
    hurt: Floats  # (F,) losses of men and ground of the last weeks, share of all
    nerve: Floats  # (F,) what is left of its will to attack since garrisons of it ran, 0-1
    places_held: Ints  # (F,) places and people of an insurgent when it last looked around
    people_held: Floats  # (F,)
    lost: Floats  # (F,) share of its ground that it lost in the last weeks
    hit: Floats  # (P, F) step at which the force last set out to strike here
    fought: Ints  # (F,) step at which the force last fought
    start: Ints  # (F,) fighters at the start
    start_materiel: Ints  # (F,)
    deserted: Ints  # (F,) left the ranks, cumulative
    recruited: Ints  # (F,) joined, cumulative
    foreign: Ints  # (F,) of them from outside the map
    growing: Floats  # (F,) share of an insurgent's growth that its money still allows
    money: Floats  # (F,) treasury of an insurgent, USD
    earned: Floats  # (F,) taken from people since its last payday, USD
    sponsor: Floats  # (F,) what sponsors and old networks give a month, USD
    weary: Floats  # (F,) men of an insurgent's people who have served and left, fading
    counted: Ints  # (F,) dead and deserters counted into it so far
    reconciled: Floats  # (F,) share of the exclusion of those it recruits from that has gone since the start
    unpaid: Floats  # (F,) share of its fighters that it could not pay at the last payday
    lacking: Floats  # (F,) share of an army's men lost against the start
    materiel_lacking: Floats  # (F,)
    struck: Ints  # (F,) struck off the paper strength, never there
    wrecked: Ints  # (F,) materiel lost to everybody
    supplied: Ints  # (F,) materiel from outside the map
    attacks: Ints  # (2,) attacks and raids begun
    air: Floats  # (F,) share of its power that strikes from the air take away
    lift: Floats  # (F,) what advisers and politics add to its usual cohesion, log-odds
    bias: Floats  # (F, POSTURES) what its leaders' decisions add to the wish for a posture
    gain: Floats  # (F,) factor on an insurgent's growth
    refill: Floats  # (F,) share of what an army lacks that is refilled in addition, a month


@kernel
def leave(forces, violence, place, force, fighters):
    """Take fighters and their part of the materiel out of a garrison; return the materiel."""
    there = forces.present[place, force]
    arms = forces.materiel[place, force] * fighters // there if there > 0 else 0
    forces.present[place, force] = there - fighters
    violence.strength[place, force] -= fighters
    forces.materiel[place, force] -= arms
    return arms


@kernel
def join(forces, violence, place, force, fighters, arms, cohesion):
    """Add fighters and materiel to a garrison; cohesion is the mean over all."""
    there = forces.present[place, force]
    if there + fighters > 0:
        mixed = forces.cohesion[place, force] * there + cohesion * fighters
        forces.cohesion[place, force] = mixed / (there + fighters)
    forces.present[place, force] = there + fighters
    violence.strength[place, force] += fighters
    forces.materiel[place, force] += arms


@kernel
def set_off(forces, place, force, fighters, arms, cohesion, plan, arrival):
    """Put fighters on the road to a place; those who go to one place for one force arrive together."""
    coming = forces.coming[place, force]
    if forces.arrival[place, force] == 0:
        forces.underway[place] += 1
        forces.plan[place, force] = plan
        forces.arrival[place, force] = arrival
    else:
        forces.plan[place, force] = max(plan, forces.plan[place, force])
        forces.arrival[place, force] = max(arrival, forces.arrival[place, force])
    if coming + fighters > 0:
        mixed = forces.coming_cohesion[place, force] * coming + cohesion * fighters
        forces.coming_cohesion[place, force] = mixed / (coming + fighters)
    forces.coming[place, force] = coming + fighters
    forces.coming_materiel[place, force] += arms


@kernel
def kill(forces, violence, place, force, fighters, arms):
    """Fighters die and materiel is destroyed."""
    forces.present[place, force] -= fighters
    violence.strength[place, force] -= fighters
    violence.killed[force] += fighters
    forces.materiel[place, force] -= arms
    forces.wrecked[force] += arms


def new_forces(
    strength: NDArray[np.int64],
    present: NDArray[np.float64],
    cohesion: NDArray[np.float64],
    arms: NDArray[np.float64],
    holder: NDArray[np.int64],
    ring: int,
) -> Forces:
    """Return the forces at the freeze.

    Parameters
    ----------
    strength : (P, F) on paper
    present, cohesion : (F,) shares
    arms : (F,) materiel per fighter
    ring : steps that fear can be on its way
    """
    places, forces = strength.shape
    there = np.rint(strength * np.clip(present, 0.0, 1.0)).astype(np.int64)
    materiel = np.rint(there * arms).astype(np.int64)

    def ints(*shape: int, value: int = 0) -> NDArray[np.int64]:
        return np.full(shape, value, dtype=np.int64)

    return Forces(
        present=there,
        cohesion=np.broadcast_to(np.clip(cohesion, 0.0, 1.0), strength.shape).copy(),
        materiel=materiel,
        power=np.zeros(strength.shape),
        posts=ints(forces, places),
        post_count=ints(forces),
        footing=np.ones(strength.shape),
        massed=np.zeros(strength.shape),
        coming=ints(places, forces),
        coming_materiel=ints(places, forces),
        coming_cohesion=np.zeros(strength.shape),
        arrival=ints(places, forces),
        plan=ints(places, forces),
        underway=ints(places),
        panic=np.zeros(places),
        shock=np.zeros((ring, places)),
        heard=ints(places, value=NEVER),
        wave=ints(places, value=NEVER),
        lead=np.ones(places),
        base=ints(places, value=-1),
        raid=np.zeros(places, dtype=np.uint8),
        siege=np.zeros(places, dtype=np.uint8),
        besieged=ints(places, value=NEVER),
        least=ints(places, forces),
        guard=ints(places),
        taken=ints(places, value=NEVER),
        left=ints(places, value=-1),
        look=np.zeros(places, dtype=np.uint8),
        before=holder.copy(),
        outcome=ints(places),
        bid=np.zeros(places),
        bidder=ints(places, value=-1),
        best=np.zeros(forces),
        target=ints(forces, value=-1),
        chosen=np.zeros(forces),
        goal=ints(forces, value=-1),
        posture=ints(forces),
        since=ints(forces, value=NEVER),
        hurt=np.zeros(forces),
        nerve=np.ones(forces),
        places_held=ints(forces),
        people_held=np.zeros(forces),
        lost=np.zeros(forces),
        hit=np.full(strength.shape, -np.inf),
        fought=ints(forces),
        start=there.sum(axis=0),
        start_materiel=materiel.sum(axis=0),
        deserted=ints(forces),
        recruited=ints(forces),
        foreign=ints(forces),
        growing=np.ones(forces),
        money=np.zeros(forces),
        earned=np.zeros(forces),
        sponsor=np.full(forces, -1.0),
        weary=np.zeros(forces),
        counted=ints(forces),
        reconciled=np.zeros(forces),
        unpaid=np.zeros(forces),
        lacking=np.zeros(forces),
        materiel_lacking=np.zeros(forces),
        struck=ints(forces),
        wrecked=ints(forces),
        supplied=ints(forces),
        attacks=ints(2),
        air=np.zeros(forces),
        lift=np.zeros(forces),
        bias=np.zeros((forces, POSTURES)),
        gain=np.ones(forces),
        refill=np.zeros(forces),
    )
