"""A window of action in sentences and as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from afternext.ensemble.words import long_date, number, span
from afternext.foresight.decision_json import plain
from afternext.foresight.delays import TOLD
from afternext.foresight.terminal_decision import more_needed, value_of
from afternext.foresight.words import of_100

if TYPE_CHECKING:
    from afternext.foresight.alarms import Trigger
    from afternext.foresight.paired import Paired
    from afternext.foresight.window import Window


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def difference(found: Window, one: Paired) -> str:
    """`−120,000 (−180,000 to −60,000)` in the measure's own direction."""
    sign = -1.0 if found.goal.more else 1.0
    low, high = sorted((sign * one.low, sign * one.high))
    return f"{signed(sign * one.mean)} ({signed(low)} to {signed(high)})"


def signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{value_of(abs(value))}"


def doing(found: Window) -> str:
    """`Air support by the power of that name for its target`."""
    target = f" for {found.to_name}" if found.to else ""
    return f"{found.name} by {found.by_name}{target}"


def headline(found: Window) -> str:
    """How much, and until when; or that it makes no difference."""
    wanted = f"{percent(found.share)} of futures"
    judged = span(found.goal.days[0])
    best = _best(found)
    if found.verdict == "needless":
        return (
            f"{found.name}: the goal is met in {percent(found.without)} of futures without it "
            f"({wanted} wanted)"
        )
    if found.verdict == "worse":
        return f"{found.name} makes things worse after {judged}, at whatever date and scale"
    if found.verdict == "no_difference":
        return f"{found.name} makes no difference beyond noise after {judged}, at no date and no scale"
    if found.verdict == "never":
        return (
            f"{found.name}: no date and no scale is enough; at best the goal is met in {percent(best)} "
            f"of futures ({wanted} wanted)"
        )
    if found.verdict == "stays_open":
        return (
            f"{found.name}: even from day {found.delays[-1]} on, scale {found.least[-1]:.2g} or more "
            "is enough "
            f"for {wanted}"
        )
    return (
        f"{found.name}: in effect by {long_date(found.on(found.last))} (day {found.last:.0f}), or no "
        f"scale is enough for {wanted}; below scale {found.smallest:.2g} no date is"
    )


def _best(found: Window) -> float:
    return float(found.met.max())


def sentences(found: Window) -> list[str]:
    """The page in sentences: the window, what it rests on, the delays, and who decides by himself."""
    judged = found.goal.days[0]
    first, last = found.effect[0][-1], found.effect[-1][-1]
    out = [headline(found) + "."]
    out.append(
        f"Goal after {span(judged)}: {found.goal.said}. Without the move it is met in "
        f"{percent(found.without)} "
        f"of futures; in effect from day {found.delays[0]} at scale {found.scales[-1]:g} in "
        f"{percent(float(found.met[0, -1]))}, from day {found.delays[-1]} in "
        f"{percent(float(found.met[-1, -1]))}."
    )
    noise = "" if first.beyond_noise else f"; not beyond noise: {more_needed(first)}"
    out.append(
        f"Against the same futures without it, {found.measure_name} after {span(judged)}: "
        f"{difference(found, first)} from day {found.delays[0]}{noise}; {difference(found, last)} from day "
        f"{found.delays[-1]}{'' if last.beyond_noise else ', not beyond noise'}."
    )
    if found.verdict == "open":
        low, _, high = max(found.closes, key=lambda one: one[1])
        out.append(
            "The closing day is as sure as these futures make it: resampled, it lies between "
            f"{_day(low)} and "
            f"{_day(high)}."
        )
    out += _delays(found)
    return out


def _day(value: float) -> str:
    if value == -math.inf:
        return "never open"
    return "beyond the last delay" if value == math.inf else f"day {value:.0f}"


def _delays(found: Window) -> list[str]:
    today, own = found.today, found.own
    out = []
    waited = today.days(today.waited)
    if waited is None:
        out.append("Decided today, it takes effect in no future within the run.")
    else:
        parts = ", ".join(f"{TOLD[part]} {days:.0f}" for part, days in today.budget().items() if days >= 0.5)
        out.append(
            f"Decided today as it really goes, it takes effect in {percent(today.delivered)} of "
            "futures, after "
            f"{waited[1]:.0f} days ({waited[0]:.0f} to {waited[2]:.0f}); a host or a legislature refuses at "
            f"least once in {of_100(today.refused)} futures. Mean days: {parts}."
        )
        due, careful = found.decide_by(0.5), found.decide_by(0.9)
        if due is not None and careful is not None:
            out.append(f"{_due(found, due, 'half')}; {_due(found, careful, 'nine of ten')}.")
    when = own.days(own.effect_day)
    if own.decided == 0 or when is None:
        out.append(
            f"Left to itself, {found.by_name} takes it in no future in time to be felt within the run."
        )
    else:
        decided = own.days(own.decision_day)
        assert decided is not None
        out.append(
            f"Left to itself, {found.by_name} decides it in {percent(own.decided)} of futures (day "
            f"{decided[1]:.0f} in the middle one of them), and it takes effect in "
            f"{percent(own.delivered)} (day "
            f"{when[1]:.0f})."
        )
    return out


def _due(found: Window, day: float, whom: str) -> str:
    if day < 0:
        return f"for {whom} of its deliveries to be in time it had to be decided {-day:.0f} days ago"
    by = f"{long_date(found.on(day))} (day {day:.0f})"
    return f"for {whom} of its deliveries to be in time it is decided by {by}"


def window_json(found: Window) -> dict[str, Any]:
    def edge(value: float) -> float | str:
        return "never" if value == -math.inf else "beyond" if value == math.inf else round(value, 1)

    return {
        "scenario": found.scenario, "comparison": found.path, "futures": found.futures, "seed": found.seed,
        **({} if found.weights is None else {"weights": found.weights.to_dict()}),
        "freeze": found.freeze.isoformat(),
        "move": found.move, "by": found.by, "to": found.to,
        "goal": found.goal.to_dict(), "share_wanted": found.share,
        "verdict": found.verdict, "headline": headline(found), "sentences": sentences(found),
        "last_day": edge(found.last),
        "smallest_scale": plain(found.smallest) if math.isfinite(found.smallest) else "none",
        "without": {"goal_met": plain(found.without), "mean": plain(found.value_without)},
        "scales": [
            {
                "scale": scale, "last_day": edge(found.closes[s][1]),
                "range": [edge(found.closes[s][0]), edge(found.closes[s][2])],
            }
            for s, scale in enumerate(found.scales)
        ],
        "delays": [
            {
                "day": day, "date": found.on(day).isoformat(),
                "smallest_scale": plain(found.least[d]) if math.isfinite(found.least[d]) else "none",
                "share_of_first_effect_left": plain(found.kept[d]),
                "at": [
                    {
                        "scale": scale, "goal_met": plain(found.met[d, s]), "mean": plain(found.value[d, s]),
                        "gain": found.gain[d][s].to_dict(), "loss": found.effect[d][s].to_dict(),
                    }
                    for s, scale in enumerate(found.scales)
                ],
            }
            for d, day in enumerate(found.delays)
        ],
        "decided_today": found.today.to_dict(),
        "left_to_itself": found.own.to_dict(),
        "decide_by_day": {"0.5": _none(found.decide_by(0.5)), "0.9": _none(found.decide_by(0.9))},
        "triggers": [one.to_dict() for one in found.triggers],
        "false_alarm": {
            "days": found.alarm_days,
            "cost": None if found.alarm_cost is None
            else dict(zip(("0.05", "0.5", "0.95"), map(plain, found.alarm_cost), strict=True)),
        },
    }  # fmt: skip


def _none(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def trigger_cells(triggers: Sequence[Trigger]) -> list[tuple[str, ...]]:
    """Rows of the trigger table: look, emergency, share, signal, seen, false, lead."""
    rows: list[tuple[str, ...]] = []
    for one in triggers:
        rule = one.rule
        rows.append(
            (
                long_date(one.date), f"{number(one.people)} flee in 30 days", percent(one.share),
                one.text.split(", ", 1)[-1] if rule else one.why_none,
                percent(rule.hits) if rule else "–", percent(rule.false_alarms) if rule else "–",
                f"{one.lead[0]} ({one.lead[1]} to {one.lead[2]})" if one.lead else "–",
            )
        )  # fmt: skip
    return rows
