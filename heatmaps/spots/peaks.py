"""The highest zones of simulated hours, and which of them are one and the same cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.zones import Zones

_CANDIDATES = 2000
_NEIGHBOURHOOD = 6
"""Resolution of the cells, of 36 km2, each of which has a highest zone of its own: chance makes
several clusters at once in a large region, and all of them say what its tail is like."""
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Peak:
    """A zone that no other of one neighbourhood, hour and world exceeds."""

    score: float
    hour: int
    world: int
    centre: int
    ring: int
    window: int


def highest(zones: Zones, hours: range, worlds: int) -> list[Peak]:
    """Give the highest zone of each neighbourhood of each world of each hour."""
    around = parents(zones.centre, _NEIGHBOURHOOD)
    order = np.lexsort((zones.plane, zones.centre, -zones.score, around, zones.world))
    new = np.diff(zones.world[order], prepend=-1) | np.diff(around[order], prepend=-1)
    first = order[np.flatnonzero(new)]
    return [
        Peak(
            float(zones.score[i]),
            hours[int(zones.world[i]) // worlds],
            int(zones.world[i]) % worlds,
            int(zones.centre[i]),
            int(zones.ring[i]),
            int(zones.window[i]),
        )
        for i in first
    ]


def distinct(peaks: list[Peak], ground: Ground) -> NDArray[np.float64]:
    """Give the scores of peaks that share no complaint with a higher one, descending.

    Two peaks may share one where their zones touch and the later one's window reaches back to
    the earlier.
    """
    peaks = sorted(peaks, key=lambda peak: (-peak.score, peak.world, peak.hour))[:_CANDIDATES]
    if not peaks:
        return np.zeros(0)
    world, hour = np.array([p.world for p in peaks]), np.array([p.hour for p in peaks])
    window = ground.windows_h[[p.window for p in peaks]]
    lat, lon = np.radians(np.array([h3.cell_to_latlng(p.centre) for p in peaks])).T
    radius = np.array([_radius_km(p) for p in peaks])
    kept: list[int] = []
    for i in range(len(peaks)):
        east = (lon[kept] - lon[i]) * np.cos(lat[i])
        apart = _EARTH_KM * np.hypot(lat[kept] - lat[i], east)
        later = np.where(hour[kept] > hour[i], window[kept], window[i])
        same = (world[kept] == world[i]) & (np.abs(hour[kept] - hour[i]) < later)
        if not (same & (apart < radius[kept] + radius[i])).any():
            kept.append(i)
    return np.array([peaks[i].score for i in kept])


def _radius_km(peak: Peak) -> float:
    edge: float = h3.average_hexagon_edge_length(h3.get_resolution(peak.centre), unit="km")
    return (peak.ring + 0.5) * edge * float(np.sqrt(3))
