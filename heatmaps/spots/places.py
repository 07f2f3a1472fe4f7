"""The places complaints name: cells, fine and coarse, and where they stand on a lattice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.lattice import FLOWER_RADIUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.lattice import Lattice

OUT_OF_REACH = 1000
"""More rings than any disk has: who is known so coarsely stands in no zone."""


class Places:
    """The different cells of some complaints, with their resolutions; others name them by row.

    Cells are sorted, so those of one resolution stand together.
    """

    def __init__(self, cell: NDArray[np.int64], resolution: NDArray[np.int8]) -> None:
        self.cell = cell
        self.resolution = resolution
        self._on: dict[int, tuple[Lattice, NDArray[np.int32], NDArray[np.intp]]] = {}
        self._owners: dict[int, tuple[tuple[int, NDArray[np.int64]], ...]] = {}

    def on(self, lattice: Lattice) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Give slot and offset of each place; a place out of reach has no slot.

        A coarse place stands at its centre child, with as many rings as hold all its descendants.
        """
        known = self._on.get(lattice.resolution)
        if known is None or known[0] is not lattice:
            known = self._on[lattice.resolution] = (lattice, *_slots(self, lattice))
        return known[1:]

    def owners(self, resolution: int) -> tuple[tuple[int, NDArray[np.int64]], ...]:
        """Give the ancestors of all places not coarser, ascending, for each of their resolutions.

        Each begins with the row of the first; the coarser places stand before all of them.
        """
        if resolution not in self._owners:
            finer = np.arange(resolution, int(self.resolution.max(initial=resolution)) + 1)
            first, end = (np.searchsorted(self.resolution, finer, side=side).tolist()
                          for side in ("left", "right"))  # fmt: skip
            self._owners[resolution] = tuple(
                (one, parents(self.cell[one:other], resolution))
                for one, other in zip(first, end, strict=True)
            )
        return self._owners[resolution]


def _slots(places: Places, lattice: Lattice) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    resolution = lattice.resolution
    offset = np.zeros(len(places.cell), dtype=np.intp)
    cell = parents(places.cell, resolution)
    for coarser in np.unique(places.resolution[places.resolution < resolution]).tolist():
        rows = np.flatnonzero(places.resolution == coarser)
        levels = resolution - coarser
        offset[rows] = FLOWER_RADIUS[levels] if levels < len(FLOWER_RADIUS) else OUT_OF_REACH
        owners = places.cell[rows].tolist()
        centres = [h3.cell_to_center_child(owner, resolution) for owner in owners]
        cell[rows] = np.array(centres, dtype=np.int64)
    within = offset <= lattice.max_ring
    slot = np.zeros(len(cell), dtype=np.int32)
    slot[within] = lattice.slots(cell[within])
    return slot, offset
