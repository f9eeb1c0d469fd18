"""What an uncertain value may be: distributions, and deep uncertainties that claim no shares.

Every distribution is sampled by its exact inverse CDF, ``quantile(u)``, so that one uniform number
(a sampled coordinate) gives one value and truncation (``within``) never needs rejection.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, overload

if TYPE_CHECKING:
    from afternext.scenario.quantiles import Floats

Pair: TypeAlias = tuple[float, float]

SMALLEST_MASS = 1e-6  # a truncation that keeps less than this is surely a mistake
LARGEST_SD_OF_LOG = 10.0


class ValueFault(ValueError):
    """A value that cannot be read; ``hint`` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Distribution(ABC):
    """What an uncertain value may be, asked by quantile."""

    keyword: ClassVar[str]
    deep: ClassVar[bool] = False

    @overload
    def quantile(self, u: float) -> float: ...
    @overload
    def quantile(self, u: Floats) -> Floats: ...
    def quantile(self, u: float | Floats) -> float | Floats:
        """Return the value below which a share ``u`` (0-1) of this distribution lies."""
        from afternext.scenario.quantiles import quantile  # late: a scenario is read without NumPy

        return quantile(self, u)

    @property
    @abstractmethod
    def center(self) -> float | str:
        """The value to use when only one may be used."""

    @property
    @abstractmethod
    def bounds(self) -> Pair:
        """Smallest and largest value possible; infinite where a tail is open."""

    @abstractmethod
    def to_mapping(self) -> dict[str, Any]:
        """Write this value as it stands in scenario.yaml."""

    def __str__(self) -> str:
        written = self.to_mapping()
        return " ".join(f"{key}({', '.join(exact(number) for number in written[key])})" for key in written)


class Continuous(Distribution):
    """A distribution with a CDF, which may be cut to an interval ``within``."""

    within: Pair | None

    @abstractmethod
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the order they are written."""

    @property
    @abstractmethod
    def support(self) -> Pair:
        """Bounds before truncation."""

    @property
    def bounds(self) -> Pair:
        if self.within is None:
            return self.support
        return max(self.support[0], self.within[0]), min(self.support[1], self.within[1])

    @property
    def center(self) -> float:
        return min(max(self._middle(), self.bounds[0]), self.bounds[1])

    @abstractmethod
    def _middle(self) -> float: ...

    @abstractmethod
    def cdf(self, x: float) -> float: ...

    def to_mapping(self) -> dict[str, Any]:
        written: dict[str, Any] = {self.keyword: list(self.numbers())}
        if self.within is not None:
            written["within"] = list(self.within)
        return written

    def _check_within(self) -> None:
        if self.within is None:
            return
        low, high = self.within
        if not low < high:
            raise ValueFault(
                f"within runs from {show(low)} to {show(high)}", "write the smaller number first"
            )
        if self.cdf(high) - self.cdf(low) < SMALLEST_MASS:
            raise ValueFault(
                f"within [{show(low)}, {show(high)}] cuts off all of {self.keyword}{_tuple(self.numbers())}",
                "move the interval to where the values are",
            )


@dataclass(frozen=True, slots=True)
class Triangular(Continuous):
    """A lowest, a most likely and a highest value."""

    low: float
    mode: float
    high: float
    within: Pair | None = None
    keyword: ClassVar[str] = "triangular"

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high:
            ordered = ", ".join(map(show, sorted(self.numbers())))
            raise ValueFault(
                f"triangular{_tuple(self.numbers())} is out of order: it is lowest, most likely, highest",
                f"did you mean [{ordered}]?",
            )
        _check_spread(self, self.low, self.high)
        self._check_within()

    def numbers(self) -> tuple[float, ...]:
        return self.low, self.mode, self.high

    @property
    def support(self) -> Pair:
        return self.low, self.high

    def _middle(self) -> float:
        return self.mode

    def cdf(self, x: float) -> float:
        if x <= self.low:
            return 0.0
        if x >= self.high:
            return 1.0
        width = self.high - self.low
        if x < self.mode:
            return (x - self.low) ** 2 / (width * (self.mode - self.low))
        return 1.0 - (self.high - x) ** 2 / (width * (self.high - self.mode))


@dataclass(frozen=True, slots=True)
class Uniform(Continuous):
    """Every value between two numbers equally likely."""

    low: float
    high: float
    within: Pair | None = None
    keyword: ClassVar[str] = "uniform"

    def __post_init__(self) -> None:
        _check_order(self, self.low, self.high)
        self._check_within()

    def numbers(self) -> tuple[float, ...]:
        return self.low, self.high

    @property
    def support(self) -> Pair:
        return self.low, self.high

    def _middle(self) -> float:
        return 0.5 * (self.low + self.high)

    def cdf(self, x: float) -> float:
        return min(max((x - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Normal(Continuous):
    """Mean and standard deviation."""

    mean: float
    sd: float
    within: Pair | None = None
    keyword: ClassVar[str] = "normal"

    def __post_init__(self) -> None:
        if not self.sd > 0.0:
            raise ValueFault(
                f"normal{_tuple(self.numbers())} has the spread {show(self.sd)}",
                "the second number is the standard deviation and is above 0",
            )
        self._check_within()

    def numbers(self) -> tuple[float, ...]:
        return self.mean, self.sd

    @property
    def support(self) -> Pair:
        return -math.inf, math.inf

    def _middle(self) -> float:
        return self.mean

    def score(self, x: float) -> float:
        return (x - self.mean) / self.sd

    def cdf(self, x: float) -> float:
        return normal_cdf(self.score(x))


@dataclass(frozen=True, slots=True)
class Lognormal(Continuous):
    """Median and standard deviation of the natural logarithm."""

    median: float
    sd: float
    within: Pair | None = None
    keyword: ClassVar[str] = "lognormal"

    def __post_init__(self) -> None:
        if not self.median > 0.0:
            raise ValueFault(
                f"lognormal{_tuple(self.numbers())} has the median {show(self.median)}",
                "the first number is the median itself, not its logarithm, and is above 0",
            )
        if not 0.0 < self.sd <= LARGEST_SD_OF_LOG:
            raise ValueFault(
                f"lognormal{_tuple(self.numbers())} has the spread {show(self.sd)}",
                "the second number is the standard deviation of the logarithm, above 0 and rarely above 2",
            )
        self._check_within()

    def numbers(self) -> tuple[float, ...]:
        return self.median, self.sd

    @property
    def support(self) -> Pair:
        return 0.0, math.inf

    def _middle(self) -> float:
        return self.median

    def score(self, x: float) -> float:
        return -math.inf if x <= 0.0 else (math.log(x) - math.log(self.median)) / self.sd

    def cdf(self, x: float) -> float:
        return normal_cdf(self.score(x))


@dataclass(frozen=True, slots=True)
class Range(Distribution):
    """Deep uncertainty: an interval without shares. It is spread evenly over futures, and claims no more."""

    low: float
    high: float
    keyword: ClassVar[str] = "range"
    deep: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check_order(self, self.low, self.high)

    @property
    def bounds(self) -> Pair:
        return self.low, self.high

    @property
    def center(self) -> float:
        return 0.5 * (self.low + self.high)

    def to_mapping(self) -> dict[str, Any]:
        return {"range": [self.low, self.high]}


@dataclass(frozen=True, slots=True)
class Options(Distribution):
    """Deep uncertainty: a list of numbers, or of words. The first is the one to use alone.

    The quantile of words is their index in the list, as a float.
    """

    options: tuple[float | str, ...]
    keyword: ClassVar[str] = "options"
    deep: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if len(self.options) < 2:
            raise ValueFault(
                f"options has {len(self.options)} entry" if self.options else "options is empty",
                "give at least two, or write the value alone",
            )
        for index, option in enumerate(self.options):
            if option in self.options[:index]:
                raise ValueFault(f"options has {show(option)} twice", "list each option once")
        if len({isinstance(option, str) for option in self.options}) == 2:
            raise ValueFault("options mixes numbers and words", "use numbers only or words only")

    @property
    def words(self) -> tuple[str, ...] | None:
        """The options if they are words, else None."""
        return tuple(o for o in self.options if isinstance(o, str)) or None

    @property
    def bounds(self) -> Pair:
        numbers = [float(option) for option in self.options if not isinstance(option, str)]
        return (min(numbers), max(numbers)) if numbers else (0.0, len(self.options) - 1.0)

    @property
    def center(self) -> float | str:
        return self.options[0]

    def to_mapping(self) -> dict[str, Any]:
        return {"options": list(self.options)}

    def __str__(self) -> str:
        return f"options({'; '.join([exact(option) for option in self.options])})"


@dataclass(frozen=True, slots=True)
class Uncertain(Distribution):
    """A named uncertainty of the scenario, shared by every place that names it, times a factor.

    It has no quantile of its own: all its users must see the same sample.
    """

    name: str
    times: float = 1.0
    keyword: ClassVar[str] = "uncertain"

    def __post_init__(self) -> None:
        if not self.times > 0.0:
            raise ValueFault(f"times is {show(self.times)}", "the factor is a number above 0")

    @property
    def bounds(self) -> Pair:
        raise LookupError(f"ask the uncertainty {self.name!r} of the scenario for its bounds")

    @property
    def center(self) -> float:
        raise LookupError(f"ask the uncertainty {self.name!r} of the scenario for its center")

    def to_mapping(self) -> dict[str, Any]:
        return {"uncertain": self.name} | ({"times": self.times} if self.times != 1.0 else {})

    def __str__(self) -> str:
        return f"uncertain({self.name}{'' if self.times == 1.0 else f', {exact(self.times)}'})"


def exact(value: float | str) -> str:
    """Write a number so that reading it gives the same number again."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def show(value: float | str) -> str:
    """Write a number as a person would: 1500000 and 36.12, not 1.5e+06."""
    if isinstance(value, str):
        return value
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def _tuple(numbers: tuple[float, ...]) -> str:
    return f"({', '.join(map(show, numbers))})"


def _check_spread(value: Distribution, low: float, high: float) -> None:
    if low == high:
        raise ValueFault(f"{value.keyword} has no spread: both ends are {show(low)}", f"write {show(low)}")


def _check_order(value: Distribution, low: float, high: float) -> None:
    if low > high:
        raise ValueFault(
            f"{value.keyword}({show(low)}, {show(high)}) is out of order",
            f"did you mean [{show(high)}, {show(low)}]?",
        )
    _check_spread(value, low, high)


def normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
