"""Coordinates typed where an address is expected."""

from __future__ import annotations

import re

from heatmaps.geocoding.result import GeocodeResult, Level

_PAIR = re.compile(r"\s*(-?\d{1,2})[.,](\d{2,})°?\s*(?:[,;]\s*|\s+)(-?\d{1,3})[.,](\d{2,})°?\s*")
_DEGREE_M = 111_195.0
_HOUSE_M = 20.0
_NEAR_M = 100.0
_TYPED_SHARE = 0.95


def read_coordinates(text: str) -> GeocodeResult | None:
    """Give the place of ``55.7512 37.6184``, latitude first, or None where the text is no pair.

    The uncertainty is half a unit of the last decimal given, and no less than a house.
    """
    match = _PAIR.fullmatch(text)
    if match is None:
        return None
    lat, lon = float(f"{match[1]}.{match[2]}"), float(f"{match[3]}.{match[4]}")
    if abs(lat) > 90 or abs(lon) > 180:  # noqa: PLR2004, degrees
        return None
    decimals = min(len(match[2]), len(match[4]))
    uncertainty_m = max(_DEGREE_M / 10**decimals / 2, _HOUSE_M)
    level = Level.HOUSE if uncertainty_m == _HOUSE_M else Level.NEAR
    level = level if uncertainty_m <= _NEAR_M else Level.STREET
    name = f"{lat}, {lon}"
    return GeocodeResult(level, lat, lon, uncertainty_m, _TYPED_SHARE, name, name, ("coordinates",))
