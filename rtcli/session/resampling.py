"""Samples at one rate made into samples at another, as they come.

Each sample of the result is a weighted sum of the samples around its place: a sinc under a window, cut off
below the lower of the two rates. Law: what comes in one piece gives what the same gives in many; the result is as
long as what went in, to the sample. The weights are applied a whole piece at a time, by numpy where it is
installed.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from math import ceil, cos, gcd, pi, sin
from typing import Any, Final

_LOBES: Final = 4
"""How many samples on either side are weighed, at the lower rate; eight taps in all where the rate is raised."""
_LEAST, _MOST = -32_768, 32_767


class Resampler:
    """One stream of 16-bit samples from one rate to another."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        shared = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // shared, from_hz // shared
        self._reach = ceil(_LOBES * max(1.0, from_hz / to_hz))
        self._samples = array("h", bytes(2 * (self._reach - 1)))
        self._taken = 0
        self._given = 0

    def take(self, samples: Sequence[int]) -> array[int]:
        """The next samples; gives what can be told of the result by now."""
        self._samples.extend(samples)
        self._taken += len(samples)
        return self._give(self._taken - self._reach)

    def end(self) -> array[int]:
        """The rest of the result: silence follows."""
        self._samples.extend([0] * self._reach)
        return self._give(self._taken)

    def _give(self, known: int) -> array[int]:
        """The samples of the result that lie before this sample of the input."""
        until = max(self._given, -(-max(0, known) * self._up // self._down))
        whole = array("h", bytes(2 * (until - self._given)))
        dropped = self._given * self._down // self._up
        for phase in range(min(self._up, until - self._given)):
            place, part = divmod((self._given + phase) * self._down, self._up)
            count = len(range(phase, len(whole), self._up))
            weights = _weights(part, self._up, self._down, self._reach)
            whole[phase :: self._up] = _weighed(self._samples, place - dropped, self._down, count, weights)
        self._given = until
        kept_from = self._given * self._down // self._up
        del self._samples[: kept_from - dropped]
        return whole


@cache
def _weights(part: int, up: int, down: int, reach: int) -> tuple[float, ...]:
    """The weights of the samples around a place that lies `part`/`up` behind a sample; they add up to 1."""
    cutoff = min(1.0, up / down)
    raw = []
    for tap in range(1 - reach, reach + 1):
        x = tap - part / up
        lobe = 1.0 if x == 0 else sin(pi * x * cutoff) / (pi * x * cutoff)
        raw.append(lobe * cos(pi * x / (2 * reach)))
    whole = sum(raw)
    return tuple(weight / whole for weight in raw)


def _weighed(samples: array[int], first: int, step: int, count: int, weights: tuple[float, ...]) -> array[int]:
    """Sums of weighed neighbours, of every `step`-th sample from `first` on."""
    if weights[len(weights) // 2 - 1] == 1.0:
        at = first + len(weights) // 2 - 1
        return samples[at : at + (count - 1) * step + 1 : step]
    numpy = _numpy()
    if numpy is not None:  # pragma: no cover - an extra that may be missing
        return _weighed_fast(numpy, samples, first, step, count, weights)
    columns = [samples[first + tap : first + tap + (count - 1) * step + 1 : step] for tap in range(len(weights))]
    if len(weights) == 2 * _LOBES:
        a, b, c, d, e, f, g, h = weights
        sums = [
            round(a * k + b * l + c * m + d * n + e * o + f * p + g * q + h * r)
            for k, l, m, n, o, p, q, r in zip(*columns, strict=True)  # noqa: E741 - eight neighbours
        ]
    else:
        sums = [round(sum(map(float.__mul__, weights, map(float, row)))) for row in zip(*columns, strict=True)]
    if max(sums) > _MOST or min(sums) < _LEAST:
        sums = [min(_MOST, max(_LEAST, value)) for value in sums]
    return array("h", sums)


def _weighed_fast(  # pragma: no cover - an extra that may be missing
    numpy: Any, samples: array[int], first: int, step: int, count: int, weights: tuple[float, ...]
) -> array[int]:
    levels = numpy.frombuffer(samples, dtype=numpy.int16).astype(numpy.float64)
    sums = numpy.zeros(count)
    for tap, weight in enumerate(weights):
        sums += weight * levels[first + tap : first + tap + (count - 1) * step + 1 : step]
    return array("h", numpy.clip(numpy.rint(sums), _LEAST, _MOST).astype(numpy.int16).tobytes())


@cache
def _numpy() -> Any:
    """The extra that does it faster; None where it is not installed."""
    if find_spec("numpy") is None:  # pragma: no branch - an extra that may be missing
        return None
    import numpy as np  # noqa: PLC0415 - an extra  # pragma: no cover - which may be missing

    return np  # pragma: no cover - an extra that may be missing


def samples_of(data: bytes) -> array[int]:
    """Little-endian PCM16 as samples."""
    samples = array("h", data)
    if sys.byteorder == "big":  # pragma: no cover - a machine of the other byte order
        samples.byteswap()
    return samples


def bytes_of(samples: array[int]) -> bytes:
    """Samples as little-endian PCM16."""
    if sys.byteorder == "big":  # pragma: no cover - a machine of the other byte order
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()
