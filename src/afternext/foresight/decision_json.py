"""A decision as plain data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from afternext.foresight.discover import Discovery
from afternext.foresight.robustness import METRICS

if TYPE_CHECKING:
    from afternext.foresight.decide import Decision, Judged, Leader


def plain(value: float) -> float | None:
    """A number for JSON: six significant digits, none where there is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def decision_json(found: Decision) -> dict[str, Any]:
    ids = found.ids
    return {
        "scenario": found.scenario,
        "comparison": found.path,
        "futures": found.futures,
        "seed": found.seed,
        "freeze": found.freeze.isoformat(),
        "days": list(found.days),
        "strategies": [
            {
                "id": ident, "title": found.titles[s], "why": found.whys[s],
                "cost": _cost(found, s), "cost_is_whole": found.priced[s],
                "goals_met": [plain(v) for v in found.across[s]],
                "pareto": [day for day, front in zip(found.days, found.pareto, strict=True) if s in front],
                "pareto_of_all": s in found.ever,
            }
            for s, ident in enumerate(ids)
        ],
        "metrics": [
            {
                "id": m.id, "name": m.name, "unit": m.unit,
                "better": "as the goal" if m.unit == "measure" else "more" if m.more else "less",
                "meaning": m.meaning, "source": m.source,
            }
            for m in METRICS
        ],
        "goals": [_goal(one, ids) for one in found.judged],
        "best": [_leader(one, ids) for one in found.leaders],
        "turn": {
            "near_day": found.turn.near_day, "near": ids[found.turn.near],
            "deep_day": found.turn.deep_day, "deep": ids[found.turn.deep],
            "differs": found.turn.differs, "beyond_noise": found.turn.beyond_noise,
            "near_lead": None if found.turn.early is None else found.turn.early.to_dict(),
            "deep_lead": None if found.turn.late is None else found.turn.late.to_dict(),
        },
        "trades": [
            {
                "strategy": ids[one.strategy],
                "better": [{"goal": found.judged[g].goal.text, "day": day} for g, day in one.better],
                "worse": [{"goal": found.judged[g].goal.text, "day": day} for g, day in one.worse],
            }
            for one in found.trades
        ],
        "vulnerable": [
            {
                "strategy": ids[s],
                **({"why_not": one} if isinstance(one, str) else _fails(one)),
            }
            for s, one in found.vulnerable
        ],
    }  # fmt: skip


def _cost(found: Decision, s: int) -> dict[str, float | None] | None:
    if found.cost is None:
        return None
    low, middle, high = found.cost[:, s]
    return {"0.05": plain(low), "0.5": plain(middle), "0.95": plain(high)}


def _goal(one: Judged, ids: tuple[str, ...]) -> dict[str, Any]:
    return {
        **one.goal.to_dict(),
        "strategies": [
            {
                "id": ident,
                "holds_until_day": one.until[s],
                "at": [
                    {
                        "day": day,
                        "quantiles": {
                            "0.05": plain(one.ranges[0, s, j]), "0.5": plain(one.ranges[1, s, j]),
                            "0.95": plain(one.ranges[2, s, j]),
                        },
                        "metrics": {m.id: plain(one.scores[m.id][s, j]) for m in METRICS},
                        "best_in_share_of_resamples": {
                            m.id: round(float(one.first[m.id][s, j]), 3) for m in METRICS
                        },
                        "against_first": None if s == 0 else one.against[s][j].to_dict(),
                    }
                    for j, day in enumerate(one.days)
                ],
            }
            for s, ident in enumerate(ids)
        ],
    }  # fmt: skip


def _leader(one: Leader, ids: tuple[str, ...]) -> dict[str, Any]:
    return {
        "day": one.day, "strategy": ids[one.best], "goals_met": plain(one.score),
        "best_in_share_of_resamples": round(one.sure, 3),
        "second": None if one.second is None else ids[one.second],
        "lead": None if one.ahead is None else one.ahead.to_dict(),
        "not_told_apart": [ids[s] for s in one.level],
    }  # fmt: skip


def _fails(one: Discovery) -> dict[str, Any]:
    told = one.to_dict()
    return {
        "condition": told["condition"],
        "share_of_futures": told["share_of_futures"],
        "boxes": told["boxes"],
    }
