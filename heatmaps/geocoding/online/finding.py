"""A place as a provider tells of it, in our words."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.result import Level

HOUSE_M = 50.0
"""Houses of providers lie a median of 55 m from OpenStreetMap's (published for DaData)."""
NEAR_M = 150.0
STREET_M = 1_000.0
SETTLEMENT_M = 5_000.0
REGION_M = 100_000.0
_RADIUS_M = {
    Level.HOUSE: HOUSE_M,
    Level.NEAR: NEAR_M,
    Level.STREET: STREET_M,
    Level.SETTLEMENT: SETTLEMENT_M,
    Level.REGION: REGION_M,
}
_WIDEST_LAT, _WIDEST_LON = 90.0, 180.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a provider answered; WGS 84 degrees, `uncertainty_m` a radius in metres.

    `settlements` are the names of the city, town or village it lies in, `districts` those of parts
    of one; `region`, `street`, `house` as the provider writes them, empty where it names none.
    """

    level: Level
    lat: float
    lon: float
    uncertainty_m: float
    settlements: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    region: str = ""
    street: str = ""
    house: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError where the point is none on earth."""
        on_earth = abs(self.lat) <= _WIDEST_LAT and abs(self.lon) <= _WIDEST_LON
        if not on_earth or not math.isfinite(self.uncertainty_m):
            message = f"a place at {self.lat!r}, {self.lon!r} is none on earth"
            raise ValueError(message)

    def written(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return asdict(self)

    @classmethod
    def read(cls, written: dict[str, Any]) -> Finding:
        """Give back what `written` gave; TypeError, KeyError or ValueError where it is not that."""
        names = {each: tuple(written[each]) for each in ("settlements", "districts")}
        return cls(**{**written, **names, "level": Level(written["level"])})


def radius_m(
    level: Level, lat: float, lon: float, box: tuple[float, float, float, float] | None = None
) -> float:
    """Give the radius that holds a place of a level; for streets and wider, its bounding box.

    `box` is south, west, north, east in degrees; None where the provider tells of none.
    """
    if level in {Level.HOUSE, Level.NEAR} or box is None:
        return _RADIUS_M[level]
    south, west, north, east = box
    corners = distance_m(
        np.array([south, south, north, north]), np.array([west, east, west, east]), lat, lon
    )
    return max(float(corners.max()), NEAR_M)


def named(*names: object) -> tuple[str, ...]:
    """Give the names that are any, each once, in their order."""
    return tuple(dict.fromkeys(str(name) for name in names if name))
