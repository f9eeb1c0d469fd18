"""What happened before the freeze and still echoes: fear, memory, fights and sieges that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.world.processes.civilians import accept_danger
from afternext.world.processes.perception import NEXT_DOOR_KM, believed_weakness
from afternext.world.state import NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from afternext.world.compile import Blueprint, Happening
    from afternext.world.forces import Forces
    from afternext.world.processes import perception
    from afternext.world.realise import Parameters
    from afternext.world.state import Beliefs, Facts, People, Violence

ACTED_DAYS = 7  # people have acted on what is older than this


def echo(
    blueprint: Blueprint,
    row: NDArray[np.float64],
    fights: Violence,
    people: People,
    beliefs: Beliefs,
    facts: Facts,
    p: Parameters,
    contested_days: float,
) -> NDArray[np.float64]:
    """Let incidents before the freeze echo: fear and memory as they have faded since, fights that still go
    on. Return for how many days each place has been under attack.

    contested_days : for how long a place of which the history tells no fighting has been contested

    Residents have already acted on what is older than ``ACTED_DAYS`` and on the rule they lived under before:
    those whom it would have moved are gone, those who stayed have thresholds above the worst of it. Only what
    is newer, and worse than they have known, still moves people after the freeze. A contested place of which
    the history tells no fighting is taken to have been fought over for long.
    """
    history = sorted((item for item in blueprint.happenings if item.past), key=lambda item: item.day)
    fresh = np.zeros(len(blueprint.holder), dtype=np.uint8)
    for item in history:
        if -item.day <= ACTED_DAYS and item.kind in ("capture", "withdrawal"):
            fresh[item.place] = 1
    worst = {-item.day - item.days for item in history if item.kind == "fighting"}
    worst |= {-item.day for item in history if item.kind != "fighting"}
    ages = {age for age in worst if age > ACTED_DAYS} | {ACTED_DAYS}
    near = _Near(blueprint, history, fights, facts, p.perception)
    for age in sorted(ages, reverse=True):  # fear is worst on the last day of a fight and at an alarm
        _remember(blueprint, row, history, fights, beliefs, near, p, age)
        accept_danger(people, fights, beliefs, facts, p, p.movement.onward_spread, fresh, age - ACTED_DAYS)
    _remember(blueprint, row, history, fights, beliefs, near, p, 0)
    for item in history:
        open_still = item.kind == "fighting" and -item.day <= item.days
        if open_still and blueprint.holder[item.place] != item.force:
            fights.fighter[item.place] = item.force
            fights.intensity[item.place] = item.intensity(row)
    held = np.zeros(len(blueprint.holder))
    for item in history:
        if item.kind == "fighting" and item.force == fights.fighter[item.place]:
            held[item.place] += min(item.days, -item.day)
    contested = _contested(blueprint)
    for i in contested[fights.fighter[contested] < 0]:
        fights.fighter[i] = blueprint.contested[i]
        fights.intensity[i] = 0.5 * (p.clash.intensity_low + p.clash.intensity_high)
        held[i] = min([contested_days, *(-item.day for item in history if item.place == i)])
    return held


class _Near:
    """What each place and force means to the places around, worked out once for all ages of the echo."""

    def __init__(
        self,
        blueprint: Blueprint,
        history: Sequence[Happening],
        fights: Violence,
        facts: Facts,
        q: perception.Parameters,
    ) -> None:
        self._blueprint, self._fights, self._facts, self._q = blueprint, fights, facts, q
        self._losers = losers_of(blueprint, history)
        self._doors: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        self._alarms: dict[tuple[int, int], tuple[NDArray[Any], ...]] = {}

    def doors(self, place: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Places next door, and the share of a fight here that is felt there."""
        if place not in self._doors:
            there, km = self._around(place)
            close = km <= NEXT_DOOR_KM
            self._doors[place] = there[close], 2.0 ** (-km[close] / self._q.scope)
        return self._doors[place]

    def alarmed(self, place: int, force: int) -> tuple[NDArray[Any], ...]:
        """Places that an alarm here reaches: after how many days, how hostile, how weak, how loud."""
        if (place, force) not in self._alarms:
            q, fights = self._q, self._fights
            there, km = self._around(place)
            holder = self._blueprint.holder[there]
            told = (holder >= 0) & (fights.challenger[there] == force)
            there, km, holder = there[told], km[told], holder[told]
            heard = np.minimum(1.0, q.exaggeration * 2.0 ** (-km / q.news_reach))
            weak = believed_weakness(fights.seen[there], q.defence_trust)
            wait = np.ceil(q.news_delay * km / 100.0)
            hostile = self._facts.hostility[force, holder]
            self._alarms[place, force] = there, wait, hostile, weak, heard
        return self._alarms[place, force]

    def enmity(self, item: Happening) -> float:
        """How hostile the force of a capture was to whom it took the place from: nil where nobody held it.

        Where the history does not tell who held it before, it was the government of that country.
        """
        loser = self._losers[id(item)]
        if loser == item.force:
            return 1.0  # its own place taken back: from whom is not told
        return float(self._facts.hostility[item.force, loser]) if loser >= 0 else 0.0

    def _around(self, place: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        network = self._blueprint.network
        near = slice(network.near_start[place], network.near_start[place + 1])
        return network.near_to[near], network.near_km[near]


def losers_of(blueprint: Blueprint, history: Sequence[Happening]) -> dict[int, int]:
    """Who held a place when something of the history happened there, by the identity of the happening."""
    rulers = np.flatnonzero(blueprint.rulers)
    country = blueprint.network.country
    ruling = {}
    for land in np.unique(country):
        held = [(blueprint.holder[country == land] == f).sum() for f in rulers]
        ruling[land] = int(rulers[int(np.argmax(held))]) if any(held) else NOBODY
    holder = {item.place: ruling[country[item.place]] for item in history}
    losers = {}
    for item in history:
        losers[id(item)] = holder[item.place]
        if item.kind == "capture":
            holder[item.place] = item.force
        elif item.kind == "withdrawal" and holder[item.place] == item.force:
            holder[item.place] = NOBODY
    return losers


def _other_side(blueprint: Blueprint, fights: Violence, item: Happening) -> int:
    """Whom a force fought: the holder, or where it has taken the place since, who would take it back."""
    holder = int(blueprint.holder[item.place])
    return int(fights.challenger[item.place]) if holder == item.force else holder


def _contested(blueprint: Blueprint) -> NDArray[np.int64]:
    """Places that are fought over at the freeze: where friends or rivals stand side by side nobody fights."""
    fighter, holder = blueprint.contested, blueprint.holder
    there = np.flatnonzero((fighter >= 0) & (fighter != holder))
    foes = (holder[there] < 0) | (blueprint.hostility[fighter[there], holder[there]] >= 1.0)
    return there[foes]


def _remember(
    blueprint: Blueprint,
    row: NDArray[np.float64],
    history: Sequence[Happening],
    fights: Violence,
    beliefs: Beliefs,
    near: _Near,
    p: Parameters,
    age: int,
) -> None:
    """Set fear and memory to what they were ``age`` days before the freeze."""
    for felt in (beliefs.threat, beliefs.harm, beliefs.memory):
        felt[:] = 0.0
    middle = 0.5 * (p.clash.intensity_low + p.clash.intensity_high)
    told = {item.place for item in history if item.kind == "fighting"}
    for i in _contested(blueprint):
        if i not in told:
            sides = {int(blueprint.contested[i]), int(blueprint.holder[i])} - {NOBODY}
            _leave_harm(near, beliefs.harm, int(i), sides, middle)
    for item in history:
        if -item.day >= age:
            _echo_one(blueprint, row, fights, beliefs, near, p, item, -item.day - age)


def _leave_harm(near: _Near, felt: NDArray[np.float64], place: int, sides: set[int], harm: float) -> None:
    """Leave harm (or memory) of a fight where it was and next door, as perception lets it be felt."""
    there, share = near.doors(place)
    spread = harm * share
    for f in sides:
        column = felt[:, f]
        column[place] = min(1.0, column[place] + harm)
        column[there] = np.minimum(1.0, column[there] + spread)


def _echo_one(
    blueprint: Blueprint,
    row: NDArray[np.float64],
    fights: Violence,
    beliefs: Beliefs,
    near: _Near,
    p: Parameters,
    item: Happening,
    age: int,
) -> None:
    """Leave what an incident of ``age`` days ago still means."""
    q = p.perception
    over = max(0, age - item.days)
    intensity = item.intensity(row)
    if item.kind == "fighting":
        lasted = min(item.days, age)
        sides = {item.force, _other_side(blueprint, fights, item)} - {NOBODY}
        relieved = 1.0 - q.relief if over > 0 else 1.0
        for felt, half_life, kept in (
            (beliefs.harm, q.fear_half_life, relieved),
            (beliefs.memory, q.harm_half_life, 1.0),
        ):
            harm = kept * intensity * (1.0 - 2.0 ** (-lasted / half_life)) * 2.0 ** (-over / half_life)
            _leave_harm(near, felt, item.place, sides, harm)
        _old_alarm(blueprint, beliefs, near, q, item, q.alarm_attack, q.alarm_attack, age)
    elif item.kind == "capture":
        force = min(1.0, 2.0 * intensity)  # an unopposed entry alarms less
        force *= near.enmity(item)
        _old_alarm(blueprint, beliefs, near, q, item, q.alarm_fallen * force, q.alarm_capture * force, age)
    elif item.kind == "announcement":
        _old_alarm(blueprint, beliefs, near, q, item, q.alarm_announced, q.alarm_attack, over)


def _old_alarm(
    blueprint: Blueprint,
    beliefs: Beliefs,
    near: _Near,
    q: perception.Parameters,
    item: Happening,
    here: float,
    elsewhere: float,
    age: int,
) -> None:
    """Leave the threat that an alarm raised ``age`` days ago, here and along the roads."""
    place, force = item.place, item.force
    kept = 2.0 ** (-age / q.fear_half_life)
    known = 2.0 ** (-age / q.masters_known) if blueprint.holder[place] == force else kept
    threat = beliefs.threat[:, force]
    threat[place] = 1.0 - (1.0 - threat[place]) * (1.0 - min(1.0, here * known))
    there, wait, hostile, weak, heard = near.alarmed(place, force)
    if len(there) == 0:
        return
    more = np.maximum(0.0, hostile * weak - threat[there]) * np.minimum(1.0, elsewhere * kept * heard)
    threat[there] += np.where(wait <= age, more, 0.0)


def go_on(
    blueprint: Blueprint, fights: Violence, armed: Forces, p: Parameters, held: NDArray[np.float64]
) -> None:
    """Let fights that have lasted go on as sieges, with attackers from around the place.

    held : days for which each place has been under attack

    A fight between enemies has lasted where the place is contested and the history tells of no fighting, or
    of more days of it than attacks that win nothing last. Whoever attacks there is given what it would mass:
    ``mass_share`` of its fighters within reach, from its nearest garrisons, where it has fewer at the place.
    No siege, and no endurance in ``held``, is older than ``_since`` lets it be.
    """
    lasted = np.zeros(len(blueprint.holder))
    oldest = np.maximum(held, p.clash.fight_days)
    history = sorted((item for item in blueprint.happenings if item.past), key=lambda item: item.day)
    for item in history:
        if item.kind == "fighting":
            lasted[item.place] += min(item.days, -item.day)
            oldest[item.place] = max(oldest[item.place], -item.day)
        elif item.kind == "capture":
            armed.taken[item.place] = min(-1, item.day * blueprint.per_day)
    since = _since(blueprint, history)
    np.minimum(held, since, out=held)
    oldest = np.minimum(oldest, np.maximum(since, 1.0))
    untold = (blueprint.contested == fights.fighter) & (lasted == 0.0)
    going_on = (untold | (lasted > p.clash.fight_days)) & (fights.fighter >= 0) & (blueprint.holder >= 0)
    sieges = np.flatnonzero(going_on)
    sieges = sieges[blueprint.hostility[fights.fighter[sieges], blueprint.holder[sieges]] >= 1.0]
    armed.siege[sieges] = 1
    fights.intensity[sieges] = np.minimum(fights.intensity[sieges], p.clash.intensity_low)
    armed.besieged[sieges] = -np.ceil(oldest[sieges]).astype(np.int64) * blueprint.per_day
    taken = np.zeros((len(sieges), len(blueprint.holder)))
    for k, i in enumerate(sieges):
        taken[k] = _around(blueprint, fights, armed, p, int(i))
    for f in sorted({int(force) for force in fights.fighter[sieges]}):
        rows = np.flatnonzero(fights.fighter[sieges] == f)
        wanted = taken[rows].sum(axis=0)
        spare = _spare(blueprint, fights, armed, p, f)
        share = np.divide(spare, wanted, out=np.ones_like(wanted), where=wanted > spare)
        for row in rows:
            some = np.floor(taken[row] * share).astype(np.int64)
            _post(fights, armed, int(sieges[row]), f, some)


def _since(blueprint: Blueprint, history: Sequence[Happening]) -> NDArray[np.float64]:
    """For how many days at most the fight for each place can have gone on, as far as the history tells.

    It is a fight against the holder, so it is younger than the last change of holder; it began with the first
    fighting told since; where none is told, the besiegers hold roads out of the place, and so it is younger
    than the first of the places at their other ends that came into the hands of the holder's enemies.
    """
    taken = np.full(len(blueprint.holder), np.inf)
    for item in history:  # from the oldest on
        if item.kind in ("capture", "withdrawal"):
            taken[item.place] = -item.day
    since = taken.copy()
    told = set()
    for item in history:
        if item.kind == "fighting" and -item.day - item.days <= taken[item.place]:  # it went on after that
            began = min(-item.day, taken[item.place])
            since[item.place] = max(since[item.place], began) if item.place in told else began
            told.add(item.place)
    network = blueprint.network
    for i in set(range(len(since))) - told:
        ends = network.link_to[network.link_start[i] : network.link_start[i + 1]]
        foes = [j for j in ends if _hostile(blueprint, int(blueprint.holder[j]), int(blueprint.holder[i]))]
        if foes:
            since[i] = min(since[i], taken[foes].max())
    return since


def _hostile(blueprint: Blueprint, one: int, other: int) -> bool:
    """Whether two who hold places are enemies; nobody is nobody's."""
    return one >= 0 and other >= 0 and bool(blueprint.hostility[one, other] >= 1.0)


def _spare(
    blueprint: Blueprint, fights: Violence, armed: Forces, p: Parameters, force: int
) -> NDArray[np.float64]:
    """Fighters that a force can take from each place: none from a fight, not all of those that hold it."""
    there = armed.present[:, force].astype(np.float64)
    kept = np.where(blueprint.holder == force, p.posture.garrison_keep, 0.0)
    spare: NDArray[np.float64] = np.where(fights.fighter >= 0, 0.0, there * (1.0 - kept))
    return spare


def _around(
    blueprint: Blueprint, fights: Violence, armed: Forces, p: Parameters, place: int
) -> NDArray[np.float64]:
    """What the attackers of a place would take from each place around it, fighters."""
    force = int(fights.fighter[place])
    near = slice(blueprint.network.near_start[place], blueprint.network.near_start[place + 1])
    weight = np.zeros(len(blueprint.holder))
    weight[blueprint.network.near_to[near]] = fights.reach[near]
    offered: NDArray[np.float64] = weight * _spare(blueprint, fights, armed, p, force)
    total = float(offered.sum())
    missing = p.control.mass_share * total - float(armed.present[place, force])
    return offered * max(0.0, missing) / total if total > 0.0 else offered


def _post(fights: Violence, armed: Forces, place: int, force: int, some: NDArray[np.int64]) -> None:
    """Move fighters from garrisons to the siege of a place, with their part of the materiel."""
    there = np.maximum(armed.present[:, force], 1)
    arms = armed.materiel[:, force] * some // there
    for stock, part in ((armed.present, some), (fights.strength, some), (armed.materiel, arms)):
        stock[:, force] -= part
        stock[place, force] += part.sum()
    if some.any():
        armed.base[place] = int(np.argmax(some))
