"""What a person writes: the schema of a scenario, its reader and its checks."""

from __future__ import annotations

from afternext.scenario.catalogue import shipped
from afternext.scenario.distributions import (
    Distribution,
    Lognormal,
    Normal,
    Options,
    Range,
    Triangular,
    Uncertain,
    Uniform,
)
from afternext.scenario.loader import load
from afternext.scenario.schema import Scenario
from afternext.scenario.values import Value, parse_text

__all__ = [
    "Distribution",
    "Lognormal",
    "Normal",
    "Options",
    "Range",
    "Scenario",
    "Triangular",
    "Uncertain",
    "Uniform",
    "Value",
    "load",
    "parse_text",
    "shipped",
]
