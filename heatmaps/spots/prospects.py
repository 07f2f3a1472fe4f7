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
from heatmaps.spots.lattice import VOID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads
    from heatmaps.spots.lattice import Lattice

_CENTRES_AT_ONCE = 512
"""So many are counted together: more would not fit the processor's cache."""


def prospects_of(
    ground: Ground, heads: Heads, weight: NDArray[np.float64], threshold: float
) -> dict[int, NDArray[np.intp]]:
    """Give the `prospects` of each resolution that has any."""
    within = heads.within()
    found = {
        resolution: prospects(ground, lattice, heads, within, (weight, threshold))
        for resolution, lattice in ground.lattices.items()
    }
    return {resolution: keys for resolution, keys in found.items() if len(keys)}


def prospects(
    ground: Ground,
    lattice: Lattice,
    heads: Heads,
    within: NDArray[np.float32],
    bar: tuple[NDArray[np.float64], float],
) -> NDArray[np.intp]:
    """Give the keys, slot x `PLANES` + plane, of the centres that may reach the bar, ascending.

    Centres are all within a disk of a fresh complaint. In `heads` customers may stand several
    times. With C complaints in a zone and a window, and B expected at the region's usual level,
    the score is at most (C - B)^2 / 2B, for (1 + x) ln(1 + x) - x <= x^2 / 2, and a higher level
    only lowers it: so C must be B + sqrt(2 B threshold) or more. `within` is that of the heads,
    `bar` the windows' weights and the threshold.
    """
    weight, threshold = bar
    present, counts, fresh = _on_slots(lattice, heads, within)
    centres = _around(lattice, fresh)
    disks = lattice.disks(centres)
    row_of_slot = np.zeros(len(lattice.cells), dtype=np.int32)
    row_of_slot[present] = np.arange(1, len(present) + 1)
    rows = row_of_slot[disks]
    everybody = counts[:, len(weight) - 1]
    enough = everybody[rows].sum(axis=1) >= ground.min_customers
    centres, rows = centres[enough], rows[enough]
    hours = np.stack([weight, np.sqrt(2 * max(threshold, 0.0) * weight)]).astype(np.float32)
    found = [np.zeros(0, dtype=np.intp)]
    for start in range(0, len(centres), _CENTRES_AT_ONCE):
        part = centres[start : start + _CENTRES_AT_ONCE]
        needed = _needed(ground.usual(lattice.resolution, part), hours)
        np.maximum(needed, ground.min_customers, out=needed)
        count = _in_disks(lattice, rows[start : start + _CENTRES_AT_ONCE], counts)
        hit = np.flatnonzero(count.reshape(needed.shape) >= needed) // len(weight)
        may = np.zeros((len(part), PLANES), dtype=np.bool_)
        may[hit // needed[0, :, :, 0].size, hit % PLANES] = True
        lane, plane = np.nonzero(may)
        found.append(part[lane] * np.intp(PLANES) + plane)
    return np.concatenate(found)


def _needed(usual: NDArray[np.float32], hours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the least count of disks, planes and windows, shape (centres, rings, `PLANES`, windows).

    `usual` is expected an hour; `hours` gives what of it, and of its root, makes the bound.
    """
    both = np.stack([usual, np.sqrt(usual)], axis=-1)
    return np.asarray((both.reshape(-1, 2) @ hours).reshape(*usual.shape, hours.shape[1]))


def _on_slots(
    lattice: Lattice, heads: Heads, within: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
    """Count heads by slot.

    Gives the slots that hold anybody; the counts, shape (1 + slots, `PLANES` x windows), the first
    row of none, a window with all that a shorter one holds; and the slots with fresh complaints.
    """
    slots, offsets = heads.places.on(lattice)
    kept = np.flatnonzero(offsets[heads.at] <= lattice.max_ring)
    slot = slots[heads.at[kept]]
    present, row = np.unique(slot, return_inverse=True)
    one = np.ones(len(kept), dtype=np.float32)
    gather = sparse.csr_array((one, (row + 1, kept)), shape=(len(present) + 1, len(heads.at)))
    counts = gather @ within.reshape(len(within), within.shape[1] * within.shape[2])
    fresh = np.unique(slot[heads.table[kept, 0, -1] > 0])
    return present, counts, fresh


def _around(lattice: Lattice, slots: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give the slots in the disks of some slots, ascending."""
    within = lattice.disks(slots)
    near = np.zeros(len(lattice.cells), dtype=np.bool_)
    near[within] = True
    near[VOID] = False
    return np.flatnonzero(near).astype(np.int32)


def _in_disks(
    lattice: Lattice, rows: NDArray[np.int32], counts: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Sum rows of counts over each disk of each centre, shape (centres, rings, columns)."""
    rings = len(lattice.ring_starts)
    held = rows > 0
    number = np.add.reduceat(held, lattice.ring_starts, axis=1, dtype=np.intp)
    ends = np.concatenate([[0], np.cumsum(number)])
    columns = rows[held]
    one = np.ones(len(columns), dtype=np.float32)
    disks = sparse.csr_array((one, columns, ends), shape=(len(rows) * rings, len(counts)))
    sums = (disks @ counts).reshape(len(rows), rings, -1)
    for ring in range(1, rings):
        sums[:, ring] += sums[:, ring - 1]
    return np.asarray(sums)
