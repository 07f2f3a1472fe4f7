"""Who is counted in a window: customers, once each, and where on a lattice they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.places import Places

_CROWDED = 2
"""It pays to gather customers when they are more than one for so many different rows."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers who complained in the longest window, once in each plane they belong to.

    Columns of one length. `world` tells independent copies of the region apart (calibration
    scans many at once; a real tick has only world 0); `place` is a row of `places`; `plane` is 0
    for all topics or 1 + topic; `window` the position of the shortest window that holds the
    customer; `fresh` says that the complaint became known in the tick's hour. A row stands for
    `number` customers alike in all of this.
    """

    world: NDArray[np.intp]
    places: Places
    place: NDArray[np.int32]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    number: NDArray[np.int64]
    worlds: int


def gathered(
    places: Places,
    place: NDArray[np.int32],
    plane: NDArray[np.intp],
    window: NDArray[np.intp],
    fresh: NDArray[np.bool_],
) -> Crowd:
    """Give the crowd of one world from columns of customers, those alike in one row where many."""
    number = np.ones(len(place), dtype=np.int64)
    planes, windows = int(plane.max(initial=0)) + 1, int(window.max(initial=0)) + 1
    if len(place) * _CROWDED > len(places.cell) * planes * windows:
        key = ((place * np.intp(planes) + plane) * windows + window) * 2 + fresh
        counts = np.bincount(key)
        alike = np.flatnonzero(counts)
        number, fresh = counts[alike], alike % 2 == 1
        row, window = np.divmod(alike // 2, windows)
        place, plane = (row // planes).astype(np.int32), row % planes
    world = np.zeros(len(place), dtype=np.intp)
    return Crowd(world, places, place, plane, window, fresh, number, worlds=1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A crowd on one lattice: each at a `slot`, held whole by `offset` rings around it."""

    world: NDArray[np.intp]
    slot: NDArray[np.int32]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    number: NDArray[np.int64]
    worlds: int
    offset: NDArray[np.intp]


def placed(crowd: Crowd, lattice: Lattice) -> Placed:
    """Put a crowd on a lattice, leaving out who is known too coarsely for any of its disks."""
    slots, offsets = crowd.places.on(lattice)
    offset = offsets[crowd.place]
    kept: NDArray[np.intp] | slice = slice(None)
    if offsets.max(initial=0) > lattice.max_ring:
        kept = np.flatnonzero(offset <= lattice.max_ring)
    return Placed(
        world=crowd.world[kept],
        slot=slots[crowd.place[kept]],
        plane=crowd.plane[kept],
        window=crowd.window[kept],
        fresh=crowd.fresh[kept],
        number=crowd.number[kept],
        worlds=crowd.worlds,
        offset=offset[kept],
    )
