"""Who could complain: the exposure as loaded, or as complaints themselves imply it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.errors import ConfigError
from heatmaps.region.grid import GRID_RESOLUTION, resolution_of
from heatmaps.spots.record import Exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray


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

    `per_subscriber` complaints imply one subscriber of their cell.
    """
    cells, place = np.unique(cell, return_inverse=True)
    counts = np.bincount(place, weights=weight, minlength=len(cells))
    return Exposure(cells, (counts / per_subscriber).astype(np.float64))
