"""The upper tail of chance: how its highest peaks thin out beyond those that were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALLEST_SCALE = 0.2
_POWER, _POWER_SPREAD = 4.0, 0.7
"""Mean and standard deviation of the power of a scan's tail before any peak is seen."""
_POWERS = 200
_HIGHEST_POWER = 0.9
"""Of the lowest peak: with more, peaks would at first not thin out at all."""
_STEPS = 50
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Tail:
    """Peaks above a score s come as often as s^`power` exp(-s / `scale`), times a constant."""

    power: float
    scale: float

    def rarity(self, score: float) -> float:
        """Give the logarithm of how rarely a score is reached, up to a constant."""
        return score / self.scale - self.power * float(np.log(max(score, _EXACT)))

    def times_rarer(self, score: float, times: float) -> float:
        """Give the score that is reached so many times, 1 or more, less often than another.

        Newton's method: `rarity` is convex, so it comes down to it from above.
        """
        wanted, found = self.rarity(score) + float(np.log(times)), score
        for _ in range(_STEPS):
            slope = 1 / self.scale - self.power / max(found, _EXACT)
            step = (self.rarity(found) - wanted) / slope
            found -= step
            if abs(step) < _EXACT:
                break
        return found


def exponential(peaks: NDArray[np.float64]) -> Tail:
    """Give the tail of peaks, descending, that thin out by e with every `scale` of score."""
    scale = float(peaks.mean() - peaks[-1]) if len(peaks) > 1 else 1.0
    return Tail(0.0, max(scale, _SMALLEST_SCALE))


def tail_of_scan(peaks: NDArray[np.float64]) -> Tail:
    """Give the tail of a likelihood ratio's peaks, descending, over a field of zones and windows.

    The ratio of one zone is exceeded like exp(-s); the higher the score, the fewer zones and
    windows share an exceedance, by the root of the score or by the score itself for each dimension
    that is scanned, as the field is smooth or rough in it (Siegmund and Yakir 2000, Bernoulli
    6:191; Adler and Taylor 2007, Random Fields and Geometry). Place has two dimensions; size, hour
    and window one each: a power of 2 to 5. The likeliest is taken, drawn towards the middle.
    """
    if len(peaks) <= 1:
        return Tail(0.0, 1.0)
    lowest, above = float(peaks[-1]), peaks[:-1]
    power = np.linspace(0.0, _HIGHEST_POWER * max(lowest, 0.0), _POWERS)
    grown = np.log(np.maximum(above, _EXACT) / max(lowest, _EXACT)).sum()
    thinner = np.log1p(-power[:, None] / np.maximum(above, _EXACT)).sum(axis=1)
    likely = thinner + power * grown - ((power - _POWER) / _POWER_SPREAD) ** 2 / 2
    return Tail(float(power[np.argmax(likely)]), 1.0)
