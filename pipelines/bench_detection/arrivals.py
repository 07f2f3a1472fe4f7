"""What a method that works on points or cells knows at a tick, and where it puts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
from scipy import sparse

from heatmaps.region.grid import GRID_RESOLUTION, parents
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials.land import rows_of
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Land, Trial

DAY_H = 24
_COARSEST = 8
"""Cells of this resolution are half a kilometre wide; what is known less well is no point."""


def hours_of(trial: Trial) -> list[int]:
    """Give the ticks of a trial, hours since 1970 UTC."""
    return [int(tick.timestamp()) // HOUR_S for tick in trial.ticks()]


class Arrivals:
    """The complaints of a trial as a method sees them come in, hour by hour.

    `hour` is when each happened and `arrived` when it became known, hours since 1970 UTC; `place`
    is where in the land each stands: a complaint known to a cell of resolution 8 in the
    most populated cell of it, as a village's point would, and one known less well nowhere, -1.
    """

    def __init__(self, trial: Trial) -> None:
        columns = trial.columns
        self.hour = columns.time // HOUR_US
        self.arrived = columns.available // HOUR_US
        self._customer = columns.customer
        fine = columns.resolution == GRID_RESOLUTION
        self.place = np.where(fine, trial.land.find(columns.cell), -1)
        vague = np.flatnonzero(columns.resolution == _COARSEST)
        self.place[vague] = _hearts(trial.land, columns.cell[vague])

    def known(self, hour: int, window_h: int) -> NDArray[np.intp]:
        """Give the rows of a window that ends with `hour` - 1, of those that have arrived."""
        start, end = np.searchsorted(self.hour, [hour - window_h, hour]).tolist()
        return np.asarray(start + np.flatnonzero(self.arrived[start:end] < hour), dtype=np.intp)

    def placed(self, hour: int, window_h: int) -> NDArray[np.intp]:
        """Give those of them that stand somewhere, of each customer the first."""
        rows = self.known(hour, window_h)
        rows = rows[self.place[rows] >= 0]
        first = np.unique(self._customer[rows], return_index=True)[1]
        return np.asarray(rows[np.sort(first)])


@dataclass(frozen=True, slots=True)
class Grid:
    """Populated cells of one resolution.

    `of_place` is the cell of each place of the land, `places[i]` those of cell i; `around`, shape
    (cells, cells), is 1 where a cell is another's neighbour or itself.
    """

    cell: NDArray[np.int64]
    of_place: NDArray[np.intp]
    places: list[NDArray[np.intp]]
    around: sparse.csr_array

    def ring(self, cell: int) -> NDArray[np.intp]:
        """Give a cell and its populated neighbours, sorted."""
        start, end = self.around.indptr[cell : cell + 2].tolist()
        return np.sort(self.around.indices[start:end]).astype(np.intp)

    def places_in(self, zone: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the places of some cells, sorted."""
        return np.sort(np.concatenate([self.places[cell] for cell in zone.tolist()]))


def grid_of(land: Land, resolution: int) -> Grid:
    """Give the grid of a land's cells at a resolution."""
    cell, of_place = np.unique(parents(land.cell, resolution), return_inverse=True)
    rows, columns = [], []
    for slot, one in enumerate(cell.tolist()):
        near = rows_of(cell, np.array(h3.grid_disk(one, 1), dtype=np.int64))
        near = near[near >= 0]
        rows.append(np.full(len(near), slot))
        columns.append(near)
    at = np.concatenate(rows), np.concatenate(columns)
    around = sparse.csr_array((np.ones(len(at[0])), at), shape=(len(cell), len(cell)))
    starts = np.searchsorted(np.sort(of_place), np.arange(1, len(cell)))
    return Grid(cell, of_place, np.split(np.argsort(of_place, kind="stable"), starts), around)


def strongest_apart(
    score: NDArray[np.float64], lowest: float, zone_of: Callable[[int], NDArray[np.intp]]
) -> list[tuple[int, NDArray[np.intp]]]:
    """Give cells whose score reaches `lowest`, with their zones: strongest first, none touching."""
    taken = np.zeros(len(score), dtype=np.bool_)
    among = np.flatnonzero(score >= lowest)
    kept = []
    for cell in among[np.argsort(-score[among], kind="stable")].tolist():
        zone = zone_of(cell)
        if not taken[zone].any():
            taken[zone] = True
            kept.append((cell, zone))
    return kept


def _hearts(land: Land, coarse: NDArray[np.int64]) -> NDArray[np.intp]:
    """Give the most populated place in each of some cells of resolution 8."""
    parent = parents(land.cell, _COARSEST)
    order = np.lexsort((-land.subscribers, parent))
    cell, first = np.unique(parent[order], return_index=True)
    return np.asarray(order[first][rows_of(cell, coarse)], dtype=np.intp)
