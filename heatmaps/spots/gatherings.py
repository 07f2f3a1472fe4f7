"""Mass events that are known of: a crowd complains more, and nothing is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION, cell_of
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.spots.record import ComplaintColumns

COMPLAINTS_AN_HOUR = 6
"""So many complaints an hour a mass event may well bring: the mean of three that a crowd of some
thousands has, and two standard errors. What comes beyond them counts, for a station may fail."""

AFTER_US = HOUR_US
"""Who was there complains on the way home, too."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """A mass event in [`since`, `until`), microseconds as in the columns.

    `cells` are the H3 cells of resolution 9 it reaches, in any order.
    """

    cells: NDArray[np.int64]
    since: int
    until: int


def cells_within(lat: float, lon: float, radius_m: float) -> NDArray[np.int64]:
    """Give the cells of resolution 9 whose centres lie in a circle, and the one in its middle."""
    middle = cell_of(lat, lon, GRID_RESOLUTION)
    rings = int(radius_m / (1.5 * h3.average_hexagon_edge_length(GRID_RESOLUTION, unit="m"))) + 1
    around = h3.grid_disk(middle, rings)
    away = [h3.great_circle_distance((lat, lon), h3.cell_to_latlng(c), unit="m") for c in around]
    inside = [cell for cell, metres in zip(around, away, strict=True) if metres <= radius_m]
    return np.unique(np.array([middle, *inside], dtype=np.int64))


def gathered(
    columns: ComplaintColumns,
    gatherings: Iterable[Gathering],
    an_hour: int = COMPLAINTS_AN_HOUR,
) -> NDArray[np.intp]:
    """Give the rows, ascending, that mass events account for.

    These are the `an_hour` complaints of each of its
    hours that were known first, so that none is counted otherwise when another comes in late.
    Complaints known only coarsely are not the event's.
    """
    rows = [_of_one(columns, gathering, an_hour) for gathering in gatherings]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.intp), *rows]))


def _of_one(columns: ComplaintColumns, gathering: Gathering, an_hour: int) -> NDArray[np.intp]:
    span = [gathering.since, gathering.until + AFTER_US]
    first, end = np.searchsorted(columns.time, span).tolist()
    rows = first + np.flatnonzero(np.isin(columns.cell[first:end], gathering.cells))
    hour = (columns.time[rows] - gathering.since) // HOUR_US
    order = np.lexsort((columns.complaint_id[rows], columns.available[rows], hour))
    hour = hour[order]
    number = np.arange(len(hour)) - np.searchsorted(hour, hour)
    return np.asarray(rows[order[number < an_hour]])
