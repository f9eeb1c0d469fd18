"""Keyed randomness: every draw is a pure function of what it is for.

A uniform is the hash of (seed, luck, step, process, entity), never the next number of a sequence. So two
strategies share their luck wherever they do not differ, the number of workers cannot matter, and the order of
places cannot either. The mixing function is SplitMix64's finaliser (Steele, Lea & Flood 2014, OOPSLA;
constants of Stafford's variant 13), chained once per key.

Binomial counts come from one uniform by inversion: exactly while the variance is below ``EXACT_VARIANCE``,
and by the Cornish-Fisher expansion to third order above it (Cornish & Fisher 1938; the tests hold it against
SciPy).
"""

from __future__ import annotations

import math

import numpy as np

from afternext.world.kernel import kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
STAFFORD_A = np.uint64(0xBF58476D1CE4E5B9)
STAFFORD_B = np.uint64(0x94D049BB133111EB)
SHIFT_A = np.uint64(30)
SHIFT_B = np.uint64(27)
SHIFT_C = np.uint64(31)
SHIFT_DOUBLE = np.uint64(11)
UNIT = 1.0 / 9007199254740992.0  # 2**-53, the spacing of a 53-bit uniform
EXACT_VARIANCE = 60.0
SMALL = 0.1  # up to here the series of `chance` is exact to 1e-8 and faster than exp
SMALL_POWER = 64  # up to here repeated squaring is faster than exp and log, and exact enough


@kernel
def mix(key, value):
    """Return the key of a sub-stream: ``key`` and ``value`` hashed together (uint64)."""
    h = np.uint64(key) + GOLDEN * (np.uint64(value) + np.uint64(1))
    h = (h ^ (h >> SHIFT_A)) * STAFFORD_A
    h = (h ^ (h >> SHIFT_B)) * STAFFORD_B
    return h ^ (h >> SHIFT_C)


@kernel
def future_key(seed, luck):
    """Return the root key of one future; ``seed`` and ``luck`` are non-negative integers."""
    return mix(mix(mix(np.uint64(0), seed), luck), np.uint64(0))


@kernel
def step_stream(key, step, process):
    """Return the stream of one process in one step of one future."""
    return mix(mix(key, step), process)


@kernel
def uniform(stream, entity):
    """Return a uniform in the open interval (0, 1) for one entity of a stream."""
    return (np.float64(mix(stream, entity) >> SHIFT_DOUBLE) + 0.5) * UNIT


@kernel
def chance(hazard):
    """Return the chance that something of this hazard, rate times time, happens: 1 - exp(-hazard)."""
    if hazard >= SMALL:
        return 1.0 - math.exp(-hazard)
    return hazard * (1.0 - hazard / 2.0 * (1.0 - hazard / 3.0 * (1.0 - hazard / 4.0 * (1.0 - hazard / 5.0))))


@kernel
def normal_quantile(u):
    """Inverse of the standard normal distribution (Acklam 2003: relative error below 1.2e-9)."""
    if u < 0.02425:
        q = math.sqrt(-2.0 * math.log(u))
        x = (
            (
                (
                    ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                    - 2.549732539343734e00
                )
                * q
                + 4.374664141464968e00
            )
            * q
            + 2.938163982698783e00
        ) / (
            (
                ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
                + 3.754408661907416e00
            )
            * q
            + 1.0
        )
    elif u <= 1.0 - 0.02425:
        q = u - 0.5
        r = q * q
        x = (
            (
                (
                    (
                        ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                        + 1.383577518672690e02
                    )
                    * r
                    - 3.066479806614716e01
                )
                * r
                + 2.506628277459239e00
            )
            * q
        ) / (
            (
                (
                    ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                    + 6.680131188771972e01
                )
                * r
                - 1.328068155288572e01
            )
            * r
            + 1.0
        )
    else:
        return -normal_quantile(1.0 - u)
    return x


@kernel
def normal_share(z):
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@kernel
def small_power(base, n):
    """Return base**n for a small positive whole n, by repeated squaring."""
    result = 1.0
    while n > 0:
        if n & 1:
            result *= base
        base *= base
        n >>= 1
    return result


@kernel
def binomial(n, p, u):
    """Number of ``n`` people to whom something of chance ``p`` happens, from one uniform ``u`` by inversion.

    Monotone in ``u``, in ``p`` and in ``n`` while exact; conserves people (0 <= result <= n).
    """
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial(n, 1.0 - p, 1.0 - u)
    if u < 1.0 - n * p:  # no more than the share to whom nothing happens: (1-p)^n >= 1 - np
        return 0
    variance = n * p * (1.0 - p)
    if variance <= EXACT_VARIANCE:
        odds = p / (1.0 - p)
        mass = small_power(1.0 - p, n) if n <= SMALL_POWER else math.exp(n * math.log1p(-p))
        total = mass
        k = 0
        while total < u and k < n:
            mass *= odds * (n - k) / (k + 1)
            k += 1
            total += mass
            if mass < 1e-18 and k > n * p:
                break
        return k
    sd = math.sqrt(variance)
    z = normal_quantile(u)
    skew = (1.0 - 2.0 * p) / sd
    kurtosis = (1.0 - 6.0 * p * (1.0 - p)) / variance
    w = (
        z
        + skew * (z * z - 1.0) / 6.0
        + kurtosis * (z * z * z - 3.0 * z) / 24.0
        - skew * skew * (2.0 * z * z * z - 5.0 * z) / 36.0
    )
    k = math.floor(n * p + sd * w + 0.5)
    return min(max(k, 0), n)


@kernel
def by_parties(n, p, u, party):
    """As ``binomial``, but people act in parties of up to ``party``, each all or none, from one uniform."""
    if n <= party:
        return n if u >= 1.0 - p else 0
    parties = math.ceil(n / party)
    return binomial(parties, p, u) * n // parties
