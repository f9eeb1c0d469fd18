"""From a scenario to what the ensemble runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from afternext.ensemble.manifest import Settings
from afternext.ensemble.run import Subject
from afternext.ensemble.store import Label

if TYPE_CHECKING:
    from afternext.scenario import Scenario

PLACE_LABELS = {
    "place_name": ("name", "name of the place"),
    "country": ("country", "country"),
    "admin1": ("admin1", "first-level area"),
    "admin2": ("admin2", "second-level area"),
    "pcode": ("pcode", "place code of the second-level area"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude"),
}


def open_scenario(scenario: str | Path | Scenario) -> Scenario:
    """A scenario by name, folder, or itself."""
    from afternext.scenario import Scenario, load
    from afternext.world import known_parameters

    return scenario if isinstance(scenario, Scenario) else load(scenario, known_parameters=known_parameters())


def subject_of(crisis: Scenario, settings: Settings, given: str) -> Subject:
    """Compile a scenario with its strategies and fixed values.

    Columns of the deep samples are those of the plain scenario, so that a run with a strategy or a fixed
    value sees the same samples of everything else.
    """
    from afternext.world import compile_scenario

    changed = crisis.with_strategy(settings.strategies) if settings.strategies else crisis
    world = compile_scenario(changed, days=settings.days, overrides=dict(settings.overrides))
    columns = None
    if settings.strategies or settings.overrides:
        plain = compile_scenario(crisis, days=settings.days)
        columns = {experiment.name: column for column, experiment in enumerate(plain.experiments)}
    by_id = {place.id: place for place in crisis.places}
    places = [by_id[str(name)] for name in world.coords["place"]]
    labels = {
        label: Label("place", np.array([getattr(place, field) for place in places]), {"long_name": text})
        for label, (field, text) in PLACE_LABELS.items()
    }
    return Subject(
        world=world,
        identity={
            "id": crisis.id,
            "given": given,
            "title": crisis.title,
            "hash": crisis.hash,
            "freeze": crisis.freeze.isoformat(),
        },
        copy=crisis.model_dump_json(indent=1),
        columns=columns,
        labels=labels,
    )
