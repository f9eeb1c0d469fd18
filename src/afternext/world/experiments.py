"""What varies from future to future: one column for every uncertain value of scenario and parameter table."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from afternext.errors import UsageError
from afternext.scenario.values import Distribution, Options, Uncertain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from afternext.scenario.schema import Uncertainty
    from afternext.scenario.values import Value


@dataclass(frozen=True)
class Experiment:
    """One column of the table of experiments.

    Attributes
    ----------
    value : its distribution; ``deep`` ones have no shares, and are spread evenly over their range
    categories : the words behind the codes 0, 1, ... where the value is a word
    """

    name: str
    unit: str
    value: Distribution
    deep: bool
    meaning: str
    source: str
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Term:
    """A value of the compiled world: a constant, or a column of the experiments times a factor."""

    constant: float
    column: int = -1
    times: float = 1.0

    def __call__(self, row: NDArray[np.float64]) -> float:
        return self.constant if self.column < 0 else float(row[self.column]) * self.times


@dataclass(frozen=True)
class Word:
    """A word of the compiled world: constant, or chosen by a column of the experiments."""

    words: tuple[str, ...]
    column: int = -1

    def __call__(self, row: NDArray[np.float64]) -> str:
        return self.words[0 if self.column < 0 else int(row[self.column])]


class Columns:
    """Collects the columns of a world while it is compiled, and fixes those that the user sets.

    Parameters
    ----------
    uncertainties : named uncertainties of the scenario
    overrides : --set KEY=VALUE, by column name (``uncertainties.NAME`` also as NAME)
    """

    def __init__(
        self, uncertainties: Mapping[str, Uncertainty], overrides: Mapping[str, float | str]
    ) -> None:
        self.experiments: list[Experiment] = []
        self._uncertainties = uncertainties
        self._overrides = dict(overrides)
        self._used: set[str] = set()
        self._shared: dict[str, Term] = {}
        self._names: list[str] = []

    def term(self, name: str, value: Value, unit: str, meaning: str, source: str) -> Term:
        """Return the term for one number, making a column when it is uncertain."""
        self._names.append(name)
        fixed = self._fixed(name)
        if fixed is not None:
            return Term(_number(name, fixed))
        if isinstance(value, Uncertain):
            if value.name not in self._shared:
                shared = self._uncertainties[value.name]
                self._shared[value.name] = self.term(
                    value.name, shared.value, shared.unit, shared.meaning, shared.source
                )
            term = self._shared[value.name]
            if term.column < 0:
                return Term(term.constant * value.times)
            return Term(0.0, term.column, term.times * value.times)
        if not isinstance(value, Distribution):
            return Term(float(value))
        self.experiments.append(Experiment(name, unit, value, value.deep, meaning, source))
        return Term(0.0, len(self.experiments) - 1)

    def word(
        self, name: str, value: str | Options, meaning: str, source: str, allowed: tuple[str, ...]
    ) -> Word:
        """Return the term for one word, making a column when it is open between several."""
        self._names.append(name)
        fixed = self._fixed(name)
        if fixed is not None:
            if fixed not in allowed:
                raise UsageError(f"{name}: {fixed} is none of {', '.join(allowed)}")
            return Word((str(fixed),))
        if isinstance(value, str):
            return Word((value,))
        words = tuple(str(word) for word in value.options)
        self.experiments.append(Experiment(name, "word", value, True, meaning, source, words))
        return Word(words, len(self.experiments) - 1)

    def refuse_unknown(self) -> None:
        """Refuse overrides that name nothing in this world."""
        for key in self._overrides:
            if key not in self._used:
                near = difflib.get_close_matches(key, self._names, 1)
                hint = (
                    f"; did you mean {near[0]}?"
                    if near
                    else "; `afternext scenario describe` lists what is uncertain"
                )
                raise UsageError(f"--set {key}: no such parameter, uncertainty or value{hint}")

    def _fixed(self, name: str) -> float | str | None:
        if name in self._overrides:
            self._used.add(name)
            return self._overrides[name]
        return None


def _number(name: str, value: float | str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise UsageError(f"--set {name}={value}: a number is needed") from None
    if not np.isfinite(number):
        raise UsageError(f"--set {name}={value}: a finite number is needed")
    return number
