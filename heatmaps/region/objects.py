"""Vulnerable objects: places that must not be without connection."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION, cells_of, child_range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ObjectKind(StrEnum):
    """What an object is; each needs a connection for others than itself."""

    HOSPITAL = "hospital"
    CLINIC = "clinic"
    AMBULANCE_STATION = "ambulance_station"
    FIRE_STATION = "fire_station"
    POLICE = "police"
    CARE_HOME = "care_home"
    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"
    GOVERNMENT = "government"
    POWER_SUBSTATION = "power_substation"
    CRITICAL_SITE = "critical_site"


@dataclass(frozen=True, slots=True)
class VulnerableObject:
    """One object; `lat`, `lon` are WGS 84 degrees."""

    object_id: str
    kind: ObjectKind
    name: str | None
    lat: float
    lon: float


class ObjectIndex:
    """Objects by cell, so that those of a zone are found without looking at the others."""

    def __init__(self, objects: Sequence[VulnerableObject] = ()) -> None:
        lat, lon = (
            np.array([getattr(each, name) for each in objects], dtype=np.float64)
            for name in ("lat", "lon")
        )
        cell = cells_of(lat, lon)
        order = np.argsort(cell, kind="stable")
        self._cell = cell[order]
        self._kind = [objects[place].kind for place in order.tolist()]

    def within(self, cells: Sequence[int]) -> Mapping[ObjectKind, int]:
        """Give how many objects of each kind the cells hold.

        The cells may be of any resolution up to the grid's, not nested.
        """
        ranges = np.array(
            [child_range(cell, GRID_RESOLUTION) for cell in cells], dtype=np.int64
        ).reshape(-1, 2)
        first = np.searchsorted(self._cell, ranges[:, 0], side="left").tolist()
        end = np.searchsorted(self._cell, ranges[:, 1], side="right").tolist()
        return Counter(
            kind for start, stop in zip(first, end, strict=True) for kind in self._kind[start:stop]
        )
