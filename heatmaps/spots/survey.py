"""The zones in which complaints stand out, taken one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.grown import seeds_from
from heatmaps.spots.level import Levels
from heatmaps.spots.prospects import prospects_of
from heatmaps.spots.tally import Tally
from heatmaps.spots.zones import NO_ZONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.attendance import Standing
    from heatmaps.spots.ground import Ground
    from heatmaps.spots.zones import Zones


class Survey:
    """What of the complaints that count stands out around the fresh ones, as some are taken out.

    `standing` is who counts now; the survey alone may take them out.
    """

    def __init__(
        self, ground: Ground, standing: Standing, *, weight: NDArray[np.float64], threshold: float
    ) -> None:
        self._ground, self._weight, self._threshold = ground, weight, threshold
        self._lattices = ground.lattices
        self.standing = standing
        self._begin()
        self._free_rings = {
            resolution: np.full(len(lattice.cells), lattice.max_ring + 1)
            for resolution, lattice in ground.lattices.items()
        }

    def _begin(self) -> None:
        """Count whoever stands now where he may stand out."""
        ground, standing, threshold = self._ground, self.standing, self._threshold
        self._levels = Levels(ground, standing.heads, self._weight)
        self._seen = standing.by_window
        # complaints and not customers: of one taken out an earlier complaint would stand
        among = prospects_of(
            ground, standing.everybody, self._weight, seeds_from(threshold), self._levels
        )
        self._tally = (
            Tally(ground, standing.heads, weight=self._weight, among=among, threshold=threshold)
            if among
            else None
        )

    def zones(self) -> Zones:
        """Give the zones that reach the threshold and have no area in common with those seen."""
        return self.unseen(self._tally.zones()) if self._tally else NO_ZONES

    def see(self, zone: Sequence[int], resolution: int) -> None:
        """Take a zone as seen; its cells are of a resolution."""
        for at, lattice in self._lattices.items():
            slots, free = (
                lattice.touched(np.array(zone, dtype=np.int64), resolution),
                self._free_rings[at],
            )
            around = lattice.disks(slots[slots < len(free)].astype(np.int32))
            ring = np.broadcast_to(lattice.ring_of_column, around.shape)
            known = around < len(free)
            np.minimum.at(free, around[known], ring[known])
        if self._tally:
            self._tally.forget(self._free_rings)

    def unseen(self, zones: Zones) -> Zones:
        """Give those of some zones that have no area in common with those seen."""
        kept = np.ones(len(zones.score), dtype=np.bool_)
        for resolution, lattice in self._lattices.items():
            rows = np.flatnonzero(zones.resolution == resolution)
            free = self._free_rings[resolution][lattice.slots(zones.centre[rows])]
            kept[rows] = zones.ring[rows] < free
        return zones.take(kept)

    def take_out(self, rows: NDArray[np.intp]) -> None:
        """Count some complaints no longer."""
        moves = self.standing.take_out(rows)
        if not self._levels.hold(self._seen - self.standing.by_window):
            self._begin()
            if self._tally:
                self._tally.forget(self._free_rings)
        elif self._tally:
            self._tally.change(moves)
