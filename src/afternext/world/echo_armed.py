"""What happened before the freeze and still echoes among armed forces: garrisons that ran, strikes.

The rules are those of ``processes/rout.py``, kept up to the freeze: who is frozen in the middle of a wave of
garrisons that run is still afraid, and trusts his leaders less if the seat of his command was among them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from afternext.world.echo import losers_of
from afternext.world.forces import NEVER
from afternext.world.processes.rout import CALM, PER_KM
from afternext.world.state import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.world.compile import Blueprint
    from afternext.world.forces import Forces
    from afternext.world.processes import clash
    from afternext.world.realise import Parameters

FORGOTTEN = 20  # half-lives of panic after which nothing of it is left


def strike_echo(blueprint: Blueprint, armed: Forces) -> None:
    """Let forces know where they struck before the freeze: on the last day that the history tells of."""
    for item in blueprint.happenings:
        if item.past and item.kind in ("fighting", "capture") and item.force >= 0:
            last = min(0, item.day + (item.days if item.kind == "fighting" else 0)) * blueprint.per_day
            armed.hit[item.place, item.force] = max(armed.hit[item.place, item.force], last)


def rout_echo(
    blueprint: Blueprint, armed: Forces, mobile: NDArray[np.uint8], p: Parameters, home: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Set panic, news on its way and trust in leaders to what routs before the freeze left of them.

    Nobody tells how many stood where: garrisons are as large as their places have people. Places lost to an
    enemy count as garrisons that broke; who withdraws in order frightens nobody.

    Returns
    -------
    (place,) days in full panic that the garrison there has stood through
    """
    people = home.sum(axis=1).astype(np.float64)
    history = [item for item in blueprint.happenings if item.past]
    history.sort(key=lambda item: (item.day, item.place))
    losers = losers_of(blueprint, history)
    holder = blueprint.holder.copy()
    for item in reversed(history):
        if item.kind in ("capture", "withdrawal"):
            holder[item.place] = losers[id(item)]
    news: dict[tuple[int, int], float] = {}
    oldest = -math.ceil(FORGOTTEN * p.clash.panic_half_life)
    for item in history:
        loser = losers[id(item)]
        if item.kind == "withdrawal" and loser == item.force:
            holder[item.place] = NOBODY
            _forget(armed, news, item.place)
        if item.kind != "capture":
            continue
        enemy = item.force
        if loser not in (NOBODY, enemy) and mobile[loser] and blueprint.hostility[enemy, loser] >= 1.0:
            _shake_leaders(blueprint, armed, p.clash, holder, people, item.place, loser, item.day)
            if item.day > oldest:
                _tell(blueprint, news, mobile, p, holder, people, item.place, loser, enemy, item.day)
        holder[item.place] = enemy
        _forget(armed, news, item.place)
    return _hear(blueprint, armed, p.clash, news)


def _forget(armed: Forces, news: dict[tuple[int, int], float], place: int) -> None:
    """Another garrison stands there now, or none: it has heard nothing."""
    armed.lead[place] = 1.0
    for key in [key for key in news if key[1] == place]:
        del news[key]


def _shake_leaders(
    blueprint: Blueprint,
    armed: Forces,
    p: clash.Parameters,
    holder: NDArray[np.int64],
    people: NDArray[np.float64],
    place: int,
    loser: int,
    day: int,
) -> None:
    """All garrisons whose seat broke lose part of their trust, less what they have found again since."""
    under = (holder == loser) & (blueprint.network.admin == blueprint.network.admin[place])
    if people[place] < people[under].max():
        return
    under[place] = False
    armed.lead[under] *= 1.0 - p.lead_shock * 2.0 ** (day / p.lead_half_life)


def _tell(
    blueprint: Blueprint,
    news: dict[tuple[int, int], float],
    mobile: NDArray[np.uint8],
    p: Parameters,
    holder: NDArray[np.int64],
    people: NDArray[np.float64],
    place: int,
    loser: int,
    enemy: int,
    day: int,
) -> None:
    """Send the news that a garrison broke along the roads: fear by the step in which it arrives and place."""
    c, network, per_day = p.clash, blueprint.network, blueprint.per_day
    nearer = 0
    for n in range(network.near_start[place], network.near_start[place + 1]):
        there = int(network.near_to[n])
        other = holder[there]
        if other < 0 or not mobile[other]:
            continue
        if other != loser and blueprint.hostility[enemy, other] < 1.0:
            continue
        km = float(network.near_km[n])
        fear = c.contagion * 2.0 ** (-nearer / c.contagion_reach)
        nearer += 1
        fear *= people[place] / max(people[place] + people[there], 1.0)
        if other != loser:
            fear *= c.contagion_other
        if fear >= CALM:
            step = day * per_day + max(1, math.ceil(p.perception.news_delay * km / PER_KM * per_day))
            news[step, there] = news.get((step, there), 0.0) + fear


def _hear(
    blueprint: Blueprint, armed: Forces, p: clash.Parameters, news: dict[tuple[int, int], float]
) -> NDArray[np.float64]:
    """Let news arrive in its order; return the days in full panic that it has brought."""
    dt = 1.0 / blueprint.per_day
    mean_life = p.panic_half_life / math.log(2.0)
    ring = armed.shock.shape[0]
    stood = np.zeros(len(blueprint.holder))
    panic = np.zeros(len(blueprint.holder))
    since = np.zeros(len(blueprint.holder), dtype=np.int64)

    def fade(place: int, step: int) -> None:
        kept = 2.0 ** ((since[place] - step) * dt / p.panic_half_life)
        stood[place] += panic[place] * (1.0 - kept) * mean_life
        panic[place] *= kept
        since[place] = step

    for (step, place), fear in sorted(news.items()):
        if step > 0:
            armed.shock[min(step, ring - 1), place] += fear
            continue
        fade(place, step)
        if armed.heard[place] == NEVER or (step - armed.heard[place]) * dt > p.panic_rest:
            armed.wave[place] = step
        armed.heard[place] = step
        fear *= 2.0 ** ((armed.wave[place] - step) * dt / p.panic_half_life)
        panic[place] = 1.0 - (1.0 - panic[place]) * (1.0 - min(1.0, fear))
    for left in np.flatnonzero(panic):
        fade(int(left), 0)
    armed.panic[:] = np.where(panic >= CALM, panic, 0.0)
    return stood
