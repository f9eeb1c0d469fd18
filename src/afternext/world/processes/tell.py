"""Tell: what local defenders of a place do, as a chronicle would say it.

Rule (docs/model/defence.md). Men who take up arms are told of once they are ``TOLD``; again when they have
gone home, or when those they armed against have taken the place. Writes events and ``Forces.guard`` only.
"""

from __future__ import annotations

from afternext.world.events import CAUSE_CALM, CAUSE_FALLEN, CAUSE_THREAT, OVERRUN, STAND_DOWN, STAND_UP
from afternext.world.kernel import kernel
from afternext.world.state import WEEK, note

TOLD = 100  # persons: fewer local defenders are not told of


@kernel
def tell_defenders(state, step, day, per_day):
    """Note where local defenders stand up, stand down, or are overrun."""
    defence, forces = state.defence, state.forces
    for i in range(forces.guard.shape[0]):
        armed = defence.armed[i]
        told = forces.guard[i]
        enemy = defence.against[i]
        if told > 0:
            if armed == 0:
                holder = state.violence.holder[i]
                fallen = holder >= 0 and holder == enemy
                kind = OVERRUN if fallen else STAND_DOWN
                note(state.log, day, kind, i, enemy, holder, CAUSE_FALLEN if fallen else CAUSE_CALM, told)
            forces.guard[i] = armed
        elif armed >= TOLD and (step + i * per_day) % (WEEK * per_day) == 0:
            note(state.log, day, STAND_UP, i, enemy, state.violence.holder[i], CAUSE_THREAT, armed)
            forces.guard[i] = armed
