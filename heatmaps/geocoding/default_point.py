"""Default points: coordinates that a system gives where it does not know the place.

A building, a square, a metre of the map belongs to a street or two; a coordinate on which
addresses of many streets sit is the centre of the city, the office, or a slip of the pen. Streets
are counted and not houses, so that a tower block, a hospital's twenty buildings and a coordinate
rounded to three decimals (about 110 by 60 m) stay what they are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.fingerprints import paired
from heatmaps.region.rounding import COARSE_DECIMALS, decimals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.geocoding.result import GeocodeResult

DEFAULT_POINT = "default_point"
"""The fault of a location whose coordinates were a default point and were not used."""

CLAIMS_A_HOUSE_M = 100.0
"""Coordinates given as less accurate than this do not claim to be the address's own place."""

_FEWEST_OTHERS = 20
_FINE_SHARE = 0.5
_NO_HOUSE = "no_house"
_KEPT = 1 << 18
"""Fingerprints kept at hand: in a file the same house comes again and again."""


def address_keys(results: Iterable[GeocodeResult | None]) -> list[int | None]:
    """Give each address a signed 64-bit fingerprint of its normal form, that is without flat.

    None where there is no address, or it names no house or nothing that the house belongs to: a
    landmark or a lone number tells too little of where it is. A house of a village without streets
    belongs to the village. City and region do not count for the street, because the same address
    comes with and without them.
    """
    return [_key(result) if result is not None else None for result in results]


def is_default_point(
    lat: float, lon: float, others: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> bool:
    """Say whether a coordinate on which too many streets sit is no honest place; WGS 84 degrees.

    One of two decimals or fewer stands for a square kilometre or more, which holds dozens of
    streets. It is a default point only where half of the `others`, different coordinates of the
    same source as (latitudes, longitudes), are finer; where too few are known, it is none yet.
    """
    if decimals(np.array([lat]), np.array([lon]))[0] > COARSE_DECIMALS:
        return True
    fine = decimals(*others) > COARSE_DECIMALS
    return len(fine) >= _FEWEST_OTHERS and float(fine.mean()) >= _FINE_SHARE


def _key(result: GeocodeResult) -> int | None:
    return None if _NO_HOUSE in result.faults else _key_of(result.normal_form)


@lru_cache(_KEPT)
def _key_of(normal_form: str) -> int | None:
    parts = normal_form.rsplit(", ", 2)
    return None if len(parts) == 1 else paired(parts[-2], normal_form)
