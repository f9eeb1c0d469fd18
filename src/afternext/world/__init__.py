"""The model: one future of a crisis, day by day.

Nothing in here knows files of scenarios or runs, screens, clusters or statistics.
"""

from afternext.world.cache import kernel_cache

with kernel_cache():  # kernels take their cache directory when they are declared
    from afternext.world.events import DTYPE, KINDS, sentence
    from afternext.world.experiments import Experiment
    from afternext.world.future import FutureFailed, Outcome, World, compile_scenario
    from afternext.world.measures_council import Measure
    from afternext.world.parameters import Parameter, known_parameters, read_parameters

__all__ = [
    "DTYPE",
    "KINDS",
    "Experiment",
    "FutureFailed",
    "Measure",
    "Outcome",
    "Parameter",
    "World",
    "compile_scenario",
    "known_parameters",
    "read_parameters",
    "sentence",
]
