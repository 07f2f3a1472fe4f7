"""Who could complain: the exposure as loaded, or as complaints themselves imply it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.errors import ConfigError
from heatmaps.region.grid import GRID_RESOLUTION, parents, resolution_of
from heatmaps.spots.record import Exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OWN_CELL, _OWN_BLOCK, _OWN_QUARTER = 0.5, 0.3, 0.2


def sound_exposure(exposure: Exposure) -> Exposure:
    """Give the exposure sorted, one row a cell, only where somebody lives; ConfigError if wrong."""
    coarse = np.flatnonzero(resolution_of(exposure.cell) != GRID_RESOLUTION)
    if len(coarse):
        odd = int(exposure.cell[coarse[0]])
        message = (
            f"Exposure cell {odd:x} has resolution {h3.get_resolution(odd)}, not "
            f"{GRID_RESOLUTION}; spread coarser cells over their children first."
        )
        raise ConfigError(message)
    wrong = np.flatnonzero(~(np.isfinite(exposure.subscribers) & (exposure.subscribers >= 0)))
    if len(wrong):
        message = (
            f"Exposure of cell {int(exposure.cell[wrong[0]]):x} is "
            f"{exposure.subscribers[wrong[0]]}; subscribers are a number from 0 up."
        )
        raise ConfigError(message)
    cells, cell = np.unique(exposure.cell, return_inverse=True)
    subscribers = np.bincount(cell, weights=exposure.subscribers, minlength=len(cells)).astype(
        np.float64
    )
    return Exposure(cells[subscribers > 0], subscribers[subscribers > 0])


def exposure_of_counts(
    cell: NDArray[np.int64], weight: NDArray[np.float64], per_subscriber: float
) -> Exposure:
    """Give the exposure that complaints themselves imply where none is loaded.

    Half of each complaint stands for its own cell, three tenths for the cells of its parent of
    resolution 8 and two tenths for those of resolution 7; `per_subscriber` complaints imply one
    subscriber.
    """
    quarters = np.unique(parents(cell, 7))
    children = [h3.cell_to_children(q, GRID_RESOLUTION) for q in quarters.tolist()]
    cells = np.union1d(
        np.array([c for of_quarter in children for c in of_quarter], dtype=np.int64), cell
    )
    shared = _OWN_CELL * np.bincount(
        np.searchsorted(cells, cell), weights=weight, minlength=len(cells)
    )
    for resolution, part in ((8, _OWN_BLOCK), (7, _OWN_QUARTER)):
        owners, owner = np.unique(parents(cells, resolution), return_inverse=True)
        place = np.searchsorted(owners, parents(cell, resolution))
        counts = np.bincount(place, weights=weight, minlength=len(owners))
        shared += part * (counts / np.bincount(owner))[owner]
    return Exposure(cells, (shared / per_subscriber).astype(np.float64))
