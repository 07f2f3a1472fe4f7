"""Who complained inside a zone, found by place rather than by looking at every complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.tracking import inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Roll


class Census:
    """Complaints by place: rows of one place stand together, in their order."""

    def __init__(self, roll: Roll) -> None:
        count = len(roll.place)
        self._places = roll.places
        keys = np.sort(roll.place * np.int64(max(count, 1)) + np.arange(count))
        self._rows = keys % max(count, 1)
        of_place = np.bincount(roll.place, minlength=len(roll.places.cell))
        self._first = np.concatenate([[0], np.cumsum(of_place)])

    def rows(self, zone: Sequence[int], resolution: int) -> NDArray[np.intp]:
        """Give the complaints that a zone holds whole, ascending; see `inside`."""
        cells = np.sort(np.array(zone, dtype=np.int64))
        spans = [np.zeros(0, dtype=np.intp)]
        for first, owners in self._places.owners(resolution):
            start, end = (self._first[first + np.searchsorted(owners, cells, side=side)].tolist()
                          for side in ("left", "right"))  # fmt: skip
            spans += [self._rows[one:other] for one, other in zip(start, end, strict=True)
                      if one < other]  # fmt: skip
        coarse = slice(self._places.owners(resolution)[0][0])
        whole = inside(self._places.cell[coarse], self._places.resolution[coarse], cells.tolist(),
                       resolution)  # fmt: skip
        spans += [self._rows[self._first[place] : self._first[place + 1]]
                  for place in np.flatnonzero(whole).tolist()]  # fmt: skip
        return np.sort(np.concatenate(spans))
