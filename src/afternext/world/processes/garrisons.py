"""Garrisons: an insurgent makes up those that are too few to hold their place, or gives the place up.

Rule (docs/model/posture.md). Once a week it looks at the places that it holds and at which nobody fights.
Where fewer are left than hold it (``least``: ``hold_share`` of the people there, no more than it held the
place with at the freeze), it sends what is missing from within reach; where that does not bring it to half,
the garrison leaves for the nearest place of its own. Its last place it keeps. Writes ``Forces``,
``Violence``, events; conserves fighters and materiel.
"""

from __future__ import annotations

from afternext.world.events import CAUSE_THIN, WITHDRAWAL
from afternext.world.forces import MARCH, leave, set_off
from afternext.world.kernel import kernel
from afternext.world.processes.columns import gather
from afternext.world.processes.control import garrison_needed, give_up, nearest_own, steps_on_road
from afternext.world.state import NOBODY, note


@kernel
def tend_garrisons(people, violence, beliefs, forces, facts, network, p, log, force, step, day, dt):
    """Make up the thin garrisons of a force or give their places up; return whether one was given up."""
    speed = p.control.march_speed
    left = False
    for i in range(violence.holder.shape[0]):
        if violence.holder[i] != force or violence.fighter[i] >= 0 or forces.before[i] != force:
            continue
        least = min(forces.least[i, force], garrison_needed(people, facts, p.control, i, force))
        forces.least[i, force] = least
        if forces.present[i, force] + forces.coming[i, force] >= least or forces.coming[i, force] > 0:
            continue
        keep = p.posture.garrison_keep
        there = gather(violence, forces, facts, network, keep, speed, i, force, least, 1.0, MARCH, step, dt)
        if 2 * there >= least or there > forces.present[i, force]:
            continue
        refuge, km = nearest_own(forces, network, i, force, 0)
        if refuge < 0:
            continue
        cohesion = forces.cohesion[i, force]
        fighters = forces.present[i, force]
        arms = leave(forces, violence, i, force, fighters)
        set_off(forces, refuge, force, fighters, arms, cohesion, MARCH, step + steps_on_road(km, speed, dt))
        give_up(violence, forces, beliefs, network, i, step)
        note(log, day, WITHDRAWAL, i, force, NOBODY, CAUSE_THIN, 0)
        left = True
    return left
