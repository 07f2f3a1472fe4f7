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

from heatmaps.spots.crowd import placed
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.lattice import VOID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd, Placed
    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.scan import Ground

_SLACK = 1e-3
"""Relative error that single precision may make of a sum; a bound is a bound only with it."""


def prospects_of(
    ground: Ground, crowd: Crowd, weight: NDArray[np.float64], threshold: float
) -> dict[int, NDArray[np.intp]]:
    """Give the `prospects` of each resolution."""
    return {
        resolution: prospects(ground, lattice, crowd, weight, threshold)
        for resolution, lattice in ground.lattices.items()
    }


def prospects(
    ground: Ground,
    lattice: Lattice,
    crowd: Crowd,
    weight: NDArray[np.float64],
    threshold: float,
) -> NDArray[np.intp]:
    """Give the keys, slot x `PLANES` + plane, of the centres that may reach `threshold`, ascending.

    Centres are all within a disk of a fresh complaint. In `crowd` customers may stand several
    times; all are of one world. With C complaints in a zone and a window, and B expected at the
    region's usual level, the score is at most (C - B)^2 / 2B, for (1 + x) ln(1 + x) - x <= x^2 / 2,
    and a higher level only lowers it: so C must be B + sqrt(2 B threshold) or more.
    """
    held = placed(crowd, lattice)
    within = lattice.disks(np.flatnonzero(np.bincount(held.slot[held.fresh])).astype(np.int32))
    near = np.zeros(len(lattice.cells), dtype=np.bool_)
    near[within] = True
    near[VOID] = False
    centres = np.flatnonzero(near).astype(np.int32)
    disks = _disks(lattice, centres)
    rings, windows = len(lattice.ring_starts), len(ground.windows_h)
    count = (disks @ _counted(lattice, held, windows)).reshape(-1, rings, windows, PLANES)
    usual = ground.base(lattice.resolution)[: disks.shape[1]].astype(np.float32)
    base = (disks @ usual).reshape(-1, rings, PLANES) * (1 - _SLACK)
    root = np.sqrt(2 * max(threshold, 0.0) * base) * (1 - _SLACK)
    may = np.zeros((len(centres), rings, PLANES), dtype=np.bool_)
    for window, hours in enumerate(weight.astype(np.float32)):
        needed = np.maximum(base * hours + root * np.sqrt(hours), ground.min_customers)
        may |= count[:, :, window] >= needed
    centre, plane = np.nonzero(may.any(axis=1))
    return np.asarray(centres[centre] * np.intp(PLANES) + plane)


def _disks(lattice: Lattice, centres: NDArray[np.int32]) -> sparse.csr_array:
    """Give a matrix that sums over each disk of each centre: rows by centre, then by rings."""
    sizes = np.append(lattice.ring_starts[1:], lattice.width)
    column = np.concatenate([np.arange(size) for size in sizes])
    slots = lattice.disks(centres)[:, column].ravel()
    ends = np.concatenate([[0], np.cumsum(np.tile(sizes, len(centres)))])
    one = np.ones(len(slots), dtype=np.float32)
    shape = (len(centres) * len(sizes), len(lattice.cells))
    return sparse.csr_array((one, slots, ends), shape=shape)


def _counted(lattice: Lattice, held: Placed, windows: int) -> NDArray[np.float32]:
    """Count complaints by slot, window and plane, shape (slots, windows x `PLANES`).

    A window counts all that a shorter one holds.
    """
    key = (held.slot * np.intp(windows) + held.window) * PLANES + held.plane
    counts = np.bincount(key, weights=held.number, minlength=len(lattice.cells) * windows * PLANES)
    within = np.cumsum(counts.reshape(-1, windows, PLANES), axis=1)
    return within.reshape(len(within), -1).astype(np.float32)
