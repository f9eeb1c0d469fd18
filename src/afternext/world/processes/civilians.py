"""Civilians: each community at each place stays or decides to flee.

Rule (docs/model/civilians.md). Households differ in the danger at which they leave: a log-normal threshold
with median 1 and spread ``threshold_spread``. When the believed danger exceeds everything they have acted on
before, exactly those whose threshold lies in between decide to leave: Binomial(residents, (F(now) -
F(before)) / (1 - F(before))). This one rule gives the slow start, the surge, the saturation and the abating
of flight (Oberg & Melander 2006), and flight ahead of an attacker as well as after him. Sorting fades with
``threshold_renewal`` towards what today's danger asks for, so that nobody leaves because of a danger that has
stood for years; people who had decided but not left change their mind when the danger goes. Fighting kills
residents in proportion to how the two sides treat their community. Writes ``People``; moves nobody between
places.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.processes.perception import believe
from afternext.world.state import NOBODY
from afternext.world.streams import binomial, chance, mix, normal_share, uniform

DECIDE = 0  # names of the draws inside this process's stream
DIE = 1
RELENT = 2
DIE_LEAVING = 3
MONTH = 28  # days between two renewals of the sorting


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    threshold_spread: float
    leave_days: float
    caught_share: float
    threshold_renewal: float
    weariness: float
    death_rate: float


@kernel
def share_crossed(danger, spread):
    """Share of households whose threshold lies below ``danger``: log-normal with median 1."""
    if danger <= 0.0:
        return 0.0
    return normal_share(math.log(danger) / spread)


@kernel
def step_civilians(people, violence, beliefs, defence, facts, p, reprisal_ratio, stream, step, dt, per_day):
    """People decide to leave, change their minds, and die where there is fighting.

    people : see state.py; conserves residents + leaving + dead
    beliefs : danger of this step's perception, from yesterday's violence
    reprisal_ratio : how much more dangerous an attacker is to people some of whom have armed against him
    """
    places, communities = people.residents.shape
    renewal = math.exp2(-MONTH / p.threshold_renewal)
    for i in range(places):
        monthly = (step + i * per_day) % (MONTH * per_day) == 0
        fighter = violence.fighter[i]
        if not (beliefs.awake[i] == 1 or fighter >= 0 or monthly or people.leaving_total[i] > 0):
            continue
        holder = violence.holder[i]
        for c in range(communities):
            cell = i * communities + c
            residents = people.residents[i, c]
            if residents + people.leaving[i, c] == 0:
                continue
            if fighter >= 0 and residents + people.leaving[i, c] > 0:
                level = facts.level[fighter, c]
                if defence.unpaid[i, c] + defence.paid[i, c] > 0:
                    level *= reprisal_ratio
                if holder >= 0:
                    level += facts.level[holder, c]
                risk = chance(p.death_rate * violence.intensity[i] * level * dt)
                killed = binomial(residents, risk, uniform(mix(stream, DIE), cell))
                residents -= killed
                leaving = people.leaving[i, c]
                killed_leaving = binomial(leaving, risk, uniform(mix(stream, DIE_LEAVING), cell))
                people.leaving[i, c] = leaving - killed_leaving
                people.leaving_total[i] -= killed_leaving
                people.dead[c] += killed + killed_leaving
            danger = beliefs.danger[i, c]
            if danger > people.seen[i, c]:
                people.seen[i, c] = danger
                crossed = share_crossed(danger, p.threshold_spread)
                spent = people.spent[i, c]
                if crossed > spent:
                    leave = binomial(
                        residents, (crossed - spent) / (1.0 - spent), uniform(mix(stream, DECIDE), cell)
                    )
                    residents -= leave
                    people.leaving[i, c] += leave
                    people.leaving_total[i] += leave
                    people.spent[i, c] = crossed
            people.residents[i, c] = residents
            leaving = people.leaving[i, c]
            if leaving > 0 and danger < people.seen[i, c]:
                spent = people.spent[i, c]
                calm = (
                    1.0 - min(1.0, share_crossed(danger, p.threshold_spread) / spent) if spent > 0.0 else 1.0
                )
                stay = binomial(leaving, chance(calm * dt / p.leave_days), uniform(mix(stream, RELENT), cell))
                go_back(people, i, c, stay, 1.0)
                people.leaving[i, c] -= stay
                people.leaving_total[i] -= stay
            if monthly and people.spent[i, c] > 0.0:
                now = share_crossed(danger, p.threshold_spread)
                people.spent[i, c] = now + (people.spent[i, c] - now) * renewal
                people.seen[i, c] = danger


@kernel
def go_back(people, place, community, persons, again):
    """People who had left or decided to leave are residents again; the sorting of those at home is diluted
    by them.

    again : share of them who would leave again at the danger that made them leave before
    """
    if persons <= 0:
        return
    residents = people.residents[place, community]
    people.spent[place, community] *= 1.0 - again * persons / (residents + persons)
    people.seen[place, community] = 0.0
    people.residents[place, community] = residents + persons


@kernel_with_wrapper
def accept_danger(people, violence, beliefs, facts, p, onward_spread, fresh, since):
    """Take a danger of the past as one that people have acted on: who would have left for it is gone.

    since : days of renewal since then

    p : parameters of the whole model      fresh : (place,) 1 where a new holder came too lately to have been
    acted on
    """
    kept = math.exp2(-since / p.civilians.threshold_renewal)
    spread = p.civilians.threshold_spread
    for i in range(fresh.shape[0]):
        holder = violence.holder[i]
        if fresh[i] == 1:
            violence.holder[i] = NOBODY
        believe(beliefs, violence, facts, p.perception, i)
        violence.holder[i] = holder
        for c in range(people.spent.shape[1]):
            danger = beliefs.danger[i, c]
            people.spent[i, c] = max(people.spent[i, c], kept * share_crossed(danger, spread))
            people.hosted_spent[i, c] = share_crossed(onward_spread * danger, spread)
