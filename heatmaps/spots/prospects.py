"""Where a zone may stand out at all: a bound on the score that costs a fraction of the scan.

In most hours nearly all of a region does what it always does. The scan proper asks who complained
twice, how the whole region is doing and where nobody lives; all of that can only lower a score. So
complaints are simply counted first, all of them, and only the centres whose count might reach the
threshold are scanned. What is found is the same to the last digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from heatmaps.spots.expectation import PLANES
from heatmaps.spots.heads import Groups
from heatmaps.spots.lattice import NEXT, VOID
from heatmaps.spots.level import Levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads
    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.level import Level

_LANES_AT_ONCE = 2048
"""So many are counted together: more would not fit the processor's cache."""


def prospects_of(
    ground: Ground,
    who: Heads | Groups,
    weight: NDArray[np.float64],
    threshold: float,
    levels: Levels | None = None,
) -> dict[int, NDArray[np.intp]]:
    """Give the `prospects` of each resolution that has any.

    Where `levels` are told, they must hold (`Levels.hold`) for what is found to be all.
    """
    groups = who if isinstance(who, Groups) else who.groups()
    levels = levels or Levels(ground, None, weight)
    found = {
        resolution: prospects(ground, lattice, groups, levels.on(resolution), threshold)
        for resolution, lattice in ground.lattices.items()
    }
    return {resolution: keys for resolution, keys in found.items() if len(keys)}


def prospects(
    ground: Ground, lattice: Lattice, groups: Groups, level: Level, threshold: float
) -> NDArray[np.intp]:
    """Give the keys, slot x `PLANES` + plane, of the centres that may reach a threshold, ascending.

    A zone holds a fresh complaint of its plane, and its centre has one or borders on one. In
    `groups` customers may stand several times. What the zones may score at most is the level's to
    tell.
    """
    seated, windows = _Seated(lattice, groups), len(level.weight)
    found = [np.zeros(0, dtype=np.intp)]
    for start in range(0, len(seated.lanes), _LANES_AT_ONCE):
        part = seated.lanes[start : start + _LANES_AT_ONCE]
        rows = seated.rows(part)
        near = np.flatnonzero(np.ascontiguousarray(rows[:, :NEXT].T).any(axis=0))
        part, nearest = part[near], seated.nearest[start + near]
        count = seated.in_disks(rows[near])
        usual = ground.usual(lattice.resolution, part)
        needed = _needed(usual, part % PLANES, level, threshold, count.max(axis=(0, 1), initial=0))
        hit = np.flatnonzero(count >= np.maximum(needed, ground.min_customers, out=needed))
        zone, window = np.divmod(hit, windows)
        lane, ring = np.divmod(zone, count.shape[1])
        observed = count.ravel()[hit].astype(np.float64)
        highest = level.highest(observed, usual[lane, ring], part[lane] % PLANES, window)
        may = np.zeros(len(part), dtype=np.bool_)
        may[lane[(highest >= threshold) & (ring >= nearest[lane])]] = True
        found.append(part[may])
    return np.concatenate(found)


def _needed(
    usual: NDArray[np.float32],
    plane: NDArray[np.intp],
    level: Level,
    threshold: float,
    most: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Give the least count that may reach a threshold, shape (lanes, rings, windows).

    `usual` is expected of zones in a mean hour, shape (lanes, rings), and none holds more than
    `most` in a window. As (1 + x) ln(1 + x) - x <= x^2 / 2, the score is at most (C - B)^2 / 2B: C
    must be B + sqrt(2 B threshold) or more. At a level, B is that many times the usual; and as
    x ln x + 1 - x <= (x - 1)^2, that the others lack what the zone has more adds at most
    (C - B)^2 / U, where they are expected to be U.
    """
    needed = usual[:, :, None] * level.weight.astype(np.float32)
    root = np.full(usual.shape, np.sqrt(2 * max(threshold, 0.0)), dtype=np.float32)
    times = level.least(most)
    if (times > 1).any():
        compared = level.compares(usual, plane[:, None])
        needed *= np.where(compared[:, :, None], times[plane][:, None], 1.0).astype(np.float32)
        others = level.hourly[plane][:, None] - usual
        root /= np.where(compared, np.sqrt(1 + 2 * usual / np.maximum(others, usual)), 1.0)
    needed += root[:, :, None] * np.sqrt(needed)
    return needed


class _Seated:
    """Groups on a lattice: those at one slot and plane together in a row, row 0 for nobody.

    `lanes` are the keys, slot x `PLANES` + plane, whose disk holds a fresh complaint, ascending;
    `nearest` is the ring of the nearest.
    """

    def __init__(self, lattice: Lattice, groups: Groups) -> None:
        self._lattice = lattice
        slots, _ = groups.places.on(lattice)
        seated = np.flatnonzero(slots[groups.place] != VOID)
        slot, plane = slots[groups.place[seated]], groups.plane[seated]
        fresh = np.flatnonzero(groups.fresh[seated])
        self.lanes, self.nearest = _around(lattice, slot[fresh] * np.intp(PLANES) + plane[fresh])
        lattice.work_out(self.lanes // PLANES)
        present, self._place_of_slot = _numbered(slot, len(lattice.cells))
        key = self._place_of_slot[slot] * np.intp(PLANES) + plane
        held, self._row_of_key = _numbered(key, (present + 1) * PLANES)
        one = (np.ones(len(key), dtype=np.float32), (self._row_of_key[key], seated))
        gather = sparse.csr_array(one, shape=(held + 1, len(groups.place)))
        self._counts = gather @ groups.within

    def rows(self, lanes: NDArray[np.intp]) -> NDArray[np.int32]:
        """Give the rows of disks, shape (lanes, width of the lattice)."""
        slot, plane = np.divmod(lanes, PLANES)
        key = self._place_of_slot.take(self._lattice.disks(slot))  # twice as fast as by index
        key *= PLANES
        key += plane.astype(np.int32)[:, None]
        return self._row_of_key.take(key)

    def in_disks(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Count complaints in disks of rows, shape (disks, rings, windows)."""
        rings, width = self._lattice.max_ring + 1, rows.shape[1]
        at = np.flatnonzero(rows > 0)
        disk, column = np.divmod(at, width)
        of = disk * rings + self._lattice.ring_of_column[column]
        ends = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(rows) * rings))])
        one = np.ones(len(at), dtype=np.float32)
        shape = (len(rows) * rings, len(self._counts))
        sums = sparse.csr_array((one, rows.ravel()[at], ends), shape=shape) @ self._counts
        sums = sums.reshape(len(rows), rings, self._counts.shape[1])
        for ring in range(1, rings):
            sums[:, ring] += sums[:, ring - 1]
        return np.asarray(sums)


def _numbered(values: NDArray[np.integer], end: int) -> tuple[int, NDArray[np.int32]]:
    """Give how many values below `end` occur, and by value their numbers from 1, 0 of others."""
    number = np.zeros(end, dtype=np.int32)
    number[values] = 1
    present = np.flatnonzero(number)
    number[present] = np.arange(1, len(present) + 1)
    return len(present), number


def _around(lattice: Lattice, keys: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int8]]:
    """Give the keys in the disks of some keys, ascending, and the ring of the nearest of these."""
    slot, plane = np.divmod(keys, PLANES)
    around = lattice.disks(slot) * np.intp(PLANES) + plane[:, None]
    ring = np.full(len(lattice.cells) * PLANES, lattice.width, dtype=np.int8)
    for column in reversed(range(lattice.width)):  # from the outermost ring in
        ring[around[:, column]] = lattice.ring_of_column[column]
    ring[VOID * PLANES : (VOID + 1) * PLANES] = lattice.width
    lanes = np.flatnonzero(ring <= lattice.max_ring)
    return lanes, ring[lanes]
