"""Sites of the network: their sectors as columns, and how far away the nearest ones are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

FULL_CIRCLE = 360.0


class SectorStatus(StrEnum):
    """Whether a sector serves anybody."""

    ACTIVE = "active"
    PLANNED = "planned"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorColumns:
    """Sectors as equally long columns.

    `technology` and `status` hold the values of `Technology` and `SectorStatus`; `azimuth` is in
    degrees clockwise from north, 0 up to 360, NaN where unknown or all around; `lat`, `lon` are
    WGS 84 degrees.
    """

    sector_id: Sequence[str]
    site_id: Sequence[str]
    name: Sequence[str | None]
    technology: Sequence[str]
    band: Sequence[str | None]
    azimuth: NDArray[np.float64]
    status: Sequence[str]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def __len__(self) -> int:
        """Give the number of sectors."""
        return len(self.sector_id)

    def serving(self) -> NDArray[np.bool_]:
        """Say which sectors are active, the only ones that serve anybody."""
        return np.array([status == SectorStatus.ACTIVE for status in self.status], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class NearSector:
    """A sector near a place, `distance_m` metres away; `azimuth` degrees from north or None."""

    sector_id: str
    site_id: str
    name: str | None
    technology: str
    band: str | None
    azimuth: float | None
    status: str
    lat: float
    lon: float
    distance_m: float


def nearest_m(
    sectors: SectorColumns, lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the metres from each point to the nearest active sector, the same shape.

    Points in WGS 84 degrees; NaN where a coordinate is, and everywhere where no sector is active.
    """
    from scipy.spatial import cKDTree

    away = np.full(len(lat), np.nan)
    serving = sectors.serving()
    known = np.isfinite(lat) & np.isfinite(lon)
    if serving.any() and known.any():
        tree = cKDTree(_on_sphere(sectors.lat[serving], sectors.lon[serving]))
        chord, _ = tree.query(_on_sphere(lat[known], lon[known]))
        # The straight line through a unit sphere subtends twice the arcsine of its half.
        away[known] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1.0))
    return away


def _on_sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give unit vectors, shape (n, 3): x to 0 degrees east, y to 90 degrees east, z north."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
