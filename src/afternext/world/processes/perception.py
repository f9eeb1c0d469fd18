"""Perception: news and rumour travel the roads, and every community acts on the danger it believes in.

Rule (docs/model/perception.md). Believed danger of community c at place i is

    danger = sum over forces f of level[f, c] * w_threat * threat[i, f]
             + caught[i, f, c] * (w_harm * harm[i, f] + w_memory * memory[i, f])
             + w_rule * max(0, level[holder(i), c] - 1)
    caught[i, f, c] = min(level, 1) + max(0, level - 1) * weakness(odds)

Fighting is as dangerous to those whom the attacker seeks out as to anybody, and worse only as far as he could
win: raids by a force that cannot take the town do not empty it of them.
Fighting next door is felt too, the less the further off (``scope``): danger sums over neighbouring places.
Threat is never below ``front_threat`` times the weakness of the defence against the best-placed enemy. It is
raised by alarms, at once where something happens and later, weaker and blown up along the roads, and halves
in ``fear_half_life``. News from elsewhere tells that the enemy may come, not that he would win: however many
places fall, threat is raised by it no further than the believed chance that this one falls. Most of it goes
when the attack is over (``relieve``), and fear of a force that holds the place halves in ``masters_known``.
Harm and memory are running means of fighting with a short and a long half-life (two time scales: one
exponential cannot fit the autocorrelation of violence at a week and at a year). Writes ``Beliefs``. Reads
yesterday's violence.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel
from afternext.world.state import WEEK

PER_KM = 100.0  # the delay of news is given for this many km
NEXT_DOOR_KM = 60.0  # fighting further off is not felt by itself, only as news
ASLEEP_BELOW = 0.005  # threat or harm under this no longer changes a decision


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    news_delay: float
    news_reach: float
    defence_trust: float
    repute: float
    exaggeration: float
    scope: float
    alarm_attack: float
    alarm_fallen: float
    alarm_capture: float
    alarm_announced: float
    front_threat: float
    relief: float
    masters_known: float
    fear_half_life: float
    harm_half_life: float
    weight_threat: float
    weight_harm: float
    weight_memory: float
    weight_rule: float


def believed_weakness(odds, trust):
    """Believed chance that a place falls when it is attacked at these odds: odds^k / (1 + odds^k)."""
    weighed = odds**trust
    return weighed / (1.0 + weighed)


weakness = kernel(believed_weakness)


@kernel
def believed_loss(violence, facts, p, place, force):
    """Believed chance that a place would be lost to a force that came: nil where another is better placed."""
    holder = violence.holder[place]
    if holder < 0 or violence.challenger[place] != force:
        return 0.0
    enmity = facts.hostility[force, holder]
    return enmity * weakness(violence.seen[place], p.defence_trust) if enmity > 0.0 else 0.0


@kernel
def raise_alarm(beliefs, violence, facts, network, p, place, force, here, elsewhere, step, dt):
    """Spread the alarm that ``force`` strikes at ``place``: here next step, elsewhere by distance along the
    roads.

    here : believed threat at the place, 0-1
    elsewhere : how sure people elsewhere are that they are next, 0-1, times exaggeration * 2^(-km /
        news_reach), at most 1; they fear no more than ``believed_loss``, however often they hear it
    """
    ring = beliefs.incoming.shape[0]
    slot = (step + 1) % ring
    beliefs.incoming[slot, place, force] += here
    beliefs.due[slot, place] = 1
    for n in range(network.near_start[place], network.near_start[place + 1]):
        there = network.near_to[n]
        loss = believed_loss(violence, facts, p, there, force)
        if loss <= 0.0:
            continue
        km = network.near_km[n]
        heard = elsewhere * min(1.0, p.exaggeration * math.exp2(-km / p.news_reach))
        if heard * loss < ASLEEP_BELOW:
            continue
        wait = math.ceil(p.news_delay * km / (PER_KM * dt))
        slot = (step + min(max(wait, 1), ring - 1)) % ring
        beliefs.rumour[slot, there, force] += (1.0 - beliefs.rumour[slot, there, force]) * heard
        beliefs.due[slot, there] = 1


@kernel
def hear_fighting(beliefs, violence, network, p):
    """Let fighting be felt next door: nearby[i, f] = sum over places of intensity * 2^(-km / scope), at most
    1.
    """
    places, forces = beliefs.nearby.shape
    for i in range(places):
        for f in range(forces):
            beliefs.nearby[i, f] = 0.0
    for i in range(places):
        fighter = violence.fighter[i]
        if fighter < 0:
            continue
        holder = violence.holder[i]
        for n in range(network.near_start[i], network.near_start[i + 1]):
            km = network.near_km[n]
            if km > NEXT_DOOR_KM:
                break
            there = network.near_to[n]
            felt = violence.intensity[i] * math.exp2(-km / p.scope)
            beliefs.nearby[there, fighter] = min(1.0, beliefs.nearby[there, fighter] + felt)
            if holder >= 0:
                beliefs.nearby[there, holder] = min(1.0, beliefs.nearby[there, holder] + felt)
            beliefs.awake[there] = 1


@kernel
def relieve(beliefs, network, p, place, attacker, defender):
    """An attack is over, won or lost: most of what was feared of its going on goes, here and next door.

    defender : force or NOBODY
    """
    beliefs.threat[place, attacker] *= 1.0 - p.relief
    beliefs.harm[place, attacker] *= 1.0 - p.relief
    if defender >= 0:
        beliefs.harm[place, defender] *= 1.0 - p.relief
    for n in range(network.near_start[place], network.near_start[place + 1]):
        km = network.near_km[n]
        if km > NEXT_DOOR_KM:
            break
        there = network.near_to[n]
        kept = 1.0 - p.relief * math.exp2(-km / p.scope)
        beliefs.harm[there, attacker] *= kept
        if defender >= 0:
            beliefs.harm[there, defender] *= kept


@kernel
def caught_level(level, weak):
    """Level at which fighting counts: beyond ordinary only as far as the attacker could take the place."""
    return level if level <= 1.0 else 1.0 + (level - 1.0) * weak


@kernel
def believe(beliefs, violence, facts, p, place):
    """Work out the believed danger of every community at one place."""
    forces = beliefs.threat.shape[1]
    holder = violence.holder[place]
    challenger = violence.challenger[place]
    communities = beliefs.danger.shape[1]
    for c in range(communities):
        beliefs.danger[place, c] = 0.0
    lost = -1.0  # worked out where it is asked for
    for f in range(forces):
        threat = beliefs.threat[place, f]
        if f == challenger:
            threat = max(threat, violence.front[place])
        expected = p.weight_threat * threat
        lived = p.weight_harm * beliefs.harm[place, f] + p.weight_memory * beliefs.memory[place, f]
        if expected + lived > 0.0:
            weak = 1.0
            if f != holder and lived > 0.0:
                if lost < 0.0:
                    lost = weakness(violence.seen[place], p.defence_trust)
                weak = lost
            for c in range(communities):
                level = facts.level[f, c]
                beliefs.danger[place, c] += level * expected + caught_level(level, weak) * lived
    for c in range(communities):
        if holder >= 0 and facts.level[holder, c] > 1.0:
            beliefs.danger[place, c] += p.weight_rule * (facts.level[holder, c] - 1.0)


@kernel
def step_perception(beliefs, violence, facts, network, p, step, dt, per_day):
    """Let news arrive and fear fade, and renew the believed danger where it changes.

    beliefs : see state.py; writes threat, harm, memory, danger, awake and empties the news that arrived
    violence : yesterday's holders and fighting
    """
    hear_fighting(beliefs, violence, network, p)
    places, forces = beliefs.threat.shape
    ring = beliefs.incoming.shape[0]
    slot = step % ring
    threat_kept = math.exp2(-dt / p.fear_half_life)
    harm_kept = threat_kept
    masters_kept = math.exp2(-dt / p.masters_known)
    memory_kept = math.exp2(-WEEK / p.harm_half_life)
    memory_gain = 1.0 - math.exp2(-dt / p.harm_half_life)
    for i in range(places):
        fighter = violence.fighter[i]
        due = beliefs.due[slot, i] == 1
        weekly = (step + i * per_day) % (WEEK * per_day) == 0
        if not (beliefs.awake[i] == 1 or due or fighter >= 0 or weekly):
            continue
        most = 0.0
        for f in range(forces):
            threat = beliefs.threat[i, f]
            harm = beliefs.harm[i, f]
            if threat > 0.0 or harm > 0.0:
                threat *= masters_kept if f == violence.holder[i] else threat_kept
                harm *= harm_kept
                if threat < ASLEEP_BELOW:
                    threat = 0.0
                if harm < ASLEEP_BELOW and fighter < 0 and beliefs.nearby[i, f] <= 0.0:
                    harm = 0.0
            if due:
                threat = 1.0 - (1.0 - threat) * (1.0 - min(1.0, beliefs.incoming[slot, i, f]))
                beliefs.incoming[slot, i, f] = 0.0
                rumour = beliefs.rumour[slot, i, f]
                if rumour > 0.0:
                    threat += max(0.0, believed_loss(violence, facts, p, i, f) - threat) * rumour
                    beliefs.rumour[slot, i, f] = 0.0
            heard = beliefs.nearby[i, f]
            if fighter >= 0 and (f == fighter or f == violence.holder[i]):
                heard = min(1.0, heard + violence.intensity[i])
            if heard > 0.0:
                harm += (1.0 - harm_kept) * heard
                beliefs.memory[i, f] += memory_gain * heard
            if weekly:
                beliefs.memory[i, f] *= memory_kept
            beliefs.threat[i, f] = threat
            beliefs.harm[i, f] = harm
            most = max(most, threat, harm)
        beliefs.due[slot, i] = 0
        beliefs.awake[i] = 1 if most > 0.0 or fighter >= 0 else 0
        believe(beliefs, violence, facts, p, i)
