"""FLEE's settings: the rule set of its validation, or the simsetting.yml of a folder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from afternext.displacement.flee_rules import Rules
from afternext.errors import InvalidInput, Problem
from afternext.scenario.files import read_text
from afternext.scenario.nearest import nearest
from afternext.scenario.yamldoc import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from afternext.scenario.nodes import Node

# The rule set of validate_flee (config_files/validation/simsetting.yml, FabFlee 99335a0).
VALIDATION = Rules(
    speed=400.0,
    softening=50.0,
    distance_power=0.75,
    weight_power=1.0,
    foreign_weight=1.0,
    camp_weight=1.0,
    conflict_weight=0.25,
    conflict_movechance=1.0,
    camp_movechance=0.001,
    default_movechance=0.5,
    capacity_scaling=1.25,
    capacity_buffer=0.9,
    avoid_short_stints=1.0,
)
DECAY = (1.0, 1.0, 1.0, 0.5, 0.1)
INTERVAL = 30.0  # days
# Keys of move_rules that the lumped rules follow, by the name they have here.
FOLLOWED = {
    "max_move_speed": "speed",
    "softening": "softening",
    "distance_power": "distance_power",
    "weight_power": "weight_power",
    "foreign_weight": "foreign_weight",
    "camp_weight": "camp_weight",
    "conflict_weight": "conflict_weight",
    "conflict_movechance": "conflict_movechance",
    "camp_movechance": "camp_movechance",
    "default_movechance": "default_movechance",
    "capacity_scaling": "capacity_scaling",
    "capacity_buffer": "capacity_buffer",
    "avoid_short_stints": "avoid_short_stints",
}
# Keys whose values end at 1, and those that nothing can be divided by at 0; none is below 0.
SHARES = ("conflict_movechance", "camp_movechance", "default_movechance", "capacity_buffer")
NOT_ZERO = ("max_move_speed", "conflict_spawn_decay_interval")
# Known keys that change nothing under the default rules, and the values that would change something.
ONLY: dict[str, tuple[Any, ...]] = {
    "awareness_level": (1,),
    "start_on_foot": (False,),
    "max_walk_speed": (),
    "max_crossing_speed": (),
    "pruning_threshold": (1.0, 1),
    "weight_softening": (0.0, 0),
    "fixed_routes": (False,),
    "stay_close_to_home": (False,),
    "home_distance_power": (),
    "use_pop_for_loc_weight": (False,),
    "pop_power_for_loc_weight": (),
    "movechance_pop_base": (),
    "movechance_pop_scale_factor": (0.0, 0),
    "idpcamp_movechance": (),
    "two_system_decision_making": (False, 0, 0.0),
}
SPAWN: dict[str, tuple[Any, ...]] = {
    "take_from_population": (False,),
    "insert_day0": (True,),
    "empty_camps_on_day0": (False,),
    "sum_from_camps": (True,),
    "conflict_zone_spawning_only": (True,),
    "camps_are_sinks": (),  # FLEE ignores it
    "average_social_connectivity": (),
    "conflict_spawn_decay": (),
    "conflict_spawn_decay_interval": (),
}
# Keys of FLEE's extensions, which the lumped rules do not have.
EXTENSIONS = (
    "conflict_driven_spawning",
    "flood_driven_spawning",
    "flood_zone_spawning_only",
    "flood_rules",
    "flood_driven_spawn_mode",
    "starvation_driven_spawning",
    "flee_when_starving",
    "avoid_food_deprived_locations",
    "read_from_agents_csv_file",
    "use_economic_pull",
    "harvest_months",
    "match_camp_ethnicity",
    "match_town_ethnicity",
    "match_conflict_ethnicity",
    "match_camp_religion",
    "women_avoid_hazards",
    "children_avoid_hazards",
    "elderly_avoid_hazards",
    "boys_take_risk",
)
SECTIONS = ("log_levels", "spawn_rules", "move_rules", "optimisations", "optimizations")


class FleeSettings(NamedTuple):
    """Rules, and how a zone spawns the less the older its conflict is."""

    rules: Rules = VALIDATION
    decay: tuple[float, ...] = DECAY
    interval: float = INTERVAL


def read_settings(folder: Path) -> FleeSettings:
    """Read simsetting.yml of a folder, or take the rule set of the validation where there is none.

    Raises
    ------
    InvalidInput : an unknown key, or a rule that the lumped rules do not know
    """
    path = folder / "simsetting.yml"
    if not path.is_file():
        return FleeSettings()
    file = path.name
    problems: list[Problem] = []
    text = read_text(path, file, problems)
    root, unread = (None, []) if text is None else read_yaml(text, file)
    problems += unread
    if root is None or problems:
        raise InvalidInput(problems)
    values: dict[str, float] = {}
    decay: tuple[float, ...] = (1.0,)
    interval = INTERVAL

    def wrong(node: Node, key: str, message: str, hint: str = "") -> None:
        problems.append(Problem(file, node.mark.line, node.mark.column, key, message, hint))

    def read(node: Node, key: str, most: float) -> float | None:
        value = node.value
        if isinstance(value, bool) and key == "avoid_short_stints":
            return float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            wrong(node, key, f"{node.plain()} is no number")
        elif not 0.0 <= value <= most or (value == 0.0 and key in NOT_ZERO):
            wrong(node, key, f"{value} is out of range")
        else:
            return float(value)
        return None

    if root.value is not None and not isinstance(root.value, dict):
        wrong(root, "", "the file holds no sections", f"it has {', '.join(SECTIONS[:3])}")
    for section, inside in root.map.items():
        if section not in SECTIONS:
            wrong(inside, section, "unknown section", nearest(section, SECTIONS))
            continue
        if inside.value is not None and not isinstance(inside.value, dict):
            wrong(inside, section, "the section holds no keys")
        if section not in ("spawn_rules", "move_rules"):
            continue
        allowed = ONLY if section == "move_rules" else SPAWN
        for key, node in inside.map.items():
            value = node.plain()
            if section == "move_rules" and key in FOLLOWED:
                most = 1.0 if key in SHARES else math.inf
                if (number := read(node, key, most)) is not None:
                    values[FOLLOWED[key]] = number
            elif key == "conflict_spawn_decay":
                shares = [read(item, key, 1.0) for item in node.list]
                decay = tuple(share for share in shares if share is not None)
                if not shares:
                    wrong(node, key, f"{value} is no list of numbers")
            elif key == "conflict_spawn_decay_interval":
                interval = read(node, key, math.inf) or INTERVAL
            elif key in EXTENSIONS:
                if value not in (False, None):
                    wrong(node, key, "an extension of FLEE that the lumped rules do not have")
            elif key not in allowed:
                wrong(node, key, "unknown key", nearest(key, [*FOLLOWED, *ONLY, *SPAWN]))
            elif allowed[key] and value not in allowed[key]:
                wrong(node, key, f"{value}: the lumped rules know only {allowed[key][0]}")
    if problems:
        raise InvalidInput(problems)
    # What a file leaves out has FLEE's own defaults, not those of the validation.
    base = VALIDATION._replace(
        speed=360.0,
        softening=10.0,
        distance_power=1.0,
        default_movechance=0.3,
        conflict_weight=0.316,
        capacity_scaling=1.0,
        avoid_short_stints=0.0,
    )
    return FleeSettings(base._replace(**values), decay, interval)
