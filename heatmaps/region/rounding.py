"""How finely coordinates are written, and so how finely they can be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINEST = 6
"""Decimals beyond the sixth, a tenth of a metre, say nothing."""

COARSE_DECIMALS = 2
"""Coordinates of no more decimals stand for a square kilometre or more."""

_DEGREE_M = 111_195.0
_SLIP = 1e-7
"""What reading and writing a number may change, in degrees: a centimetre."""


def decimals(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int8]:
    """Give how many decimals each pair needs, 0 to `FINEST`; of its two numbers the finer."""
    needed = np.full(len(lat), FINEST, dtype=np.int8)
    for count in range(FINEST - 1, -1, -1):
        unit = 10.0**-count
        round_ = [np.abs(values - np.rint(values / unit) * unit) < _SLIP for values in (lat, lon)]
        needed[round_[0] & round_[1]] = count
    return needed


def rounding_m(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the radius in metres that holds everything rounded to each pair; WGS 84 degrees.

    Half the diagonal of the rectangle whose sides are one unit of the last decimal. A pair of a
    finer source that happens to end in noughts is taken for coarser than it is, one in a hundred
    for each decimal lost.
    """
    half = _DEGREE_M / 2 / 10.0 ** decimals(lat, lon).astype(np.float64)
    return half * np.hypot(1.0, np.cos(np.radians(lat)))
