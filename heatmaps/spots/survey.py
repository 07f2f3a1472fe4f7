"""The zones in which complaints stand out, taken one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.crowd import Standing
from heatmaps.spots.prospects import prospects_of
from heatmaps.spots.scan import joined
from heatmaps.spots.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Attendance
    from heatmaps.spots.scan import Ground, Zones


class Survey:
    """What of the counted complaints stands out around the fresh ones, as some are taken out.

    `standing` is who counts now.
    """

    def __init__(  # noqa: PLR0913 - all that a scan rests on
        self,
        ground: Ground,
        attendance: Attendance,
        counted: NDArray[np.bool_],
        fresh: NDArray[np.bool_],
        *,
        weight: NDArray[np.float64],
        threshold: float,
    ) -> None:
        self._lattices = ground.lattices
        self.standing = Standing(attendance, counted, fresh)
        # complaints and not customers: of one taken out an earlier complaint would stand
        everybody = attendance.everybody(counted, fresh)
        among = prospects_of(ground, everybody, weight, threshold)
        self._tallies = [
            Tally(ground, lattice, self.standing.crowd, everybody,
                  weight=weight, among=among[resolution], threshold=threshold)
            for resolution, lattice in ground.lattices.items() if len(among[resolution])
        ]  # fmt: skip
        self._seen = {
            resolution: np.zeros(len(lattice.cells), dtype=np.bool_)
            for resolution, lattice in ground.lattices.items()
        }

    def zones(self) -> Zones:
        """Give the zones that reach the threshold and have no area in common with those seen."""
        return self.unseen(joined([tally.zones() for tally in self._tallies]))

    def see(self, zone: Sequence[int], resolution: int) -> None:
        """Take a zone as seen; its cells are of a resolution."""
        for at, lattice in self._lattices.items():
            slots = lattice.touched(np.array(zone, dtype=np.int64), resolution)
            self._seen[at][slots[slots < len(self._seen[at])]] = True

    def unseen(self, zones: Zones) -> Zones:
        """Give those of some zones that have no area in common with those seen."""
        kept = np.ones(len(zones.score), dtype=np.bool_)
        for resolution, lattice in self._lattices.items():
            rows = np.flatnonzero(zones.resolution == resolution)
            common = self._seen[resolution][lattice.disks(lattice.slots(zones.centre[rows]))]
            common &= lattice.ring_of_column <= zones.ring[rows][:, None]
            kept[rows] = ~common.any(axis=1)
        return zones.take(kept)

    def take_out(self, rows: NDArray[np.intp]) -> None:
        """Count some complaints no longer."""
        gone, come = self.standing.take_out(rows)
        for tally in self._tallies:
            tally.change(gone, come)
