"""What is expected, laid out on the lattices that are scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.lattice import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.expectation import Expectation
    from heatmaps.spots.tuning import DetectionPolicy

_SLACK = 1e-3
"""Relative error that single precision may make of a sum; a bound is a bound only with it."""

LANES_AT_ONCE = 4096
"""So many centres with a plane are scored together; more would not fit the processor's cache."""


_EXACT = {GRID_RESOLUTION: np.float32}
"""What holds the expectation of whole cells without loss, where it takes less than a double."""

_MOST_DISKS = 1 << 18
"""The sums of so many disks are remembered at each resolution: more than an hour's in a country."""


class Ground:
    """One expectation laid out on the lattices of a policy, ready to be scanned."""

    def __init__(
        self, expectation: Expectation, policy: DetectionPolicy, lattices: dict[int, Lattice]
    ) -> None:
        self.expectation = expectation
        self.windows_h = np.array(sorted(set(policy.windows_h)), dtype=np.intp)
        self.min_customers = policy.min_customers
        self.lattices = lattices
        self.total = expectation.hourly.sum(axis=0, dtype=np.float64)
        self._rolled_up: dict[int, tuple[NDArray[np.int64], NDArray[np.floating]]] = {}
        self._base = {r: np.zeros((1, PLANES), dtype=_EXACT.get(r, np.float64)) for r in lattices}
        self._filled = dict.fromkeys(lattices, 1)
        self._zone_sums: dict[tuple[tuple[int, ...], int, int], float] = {}
        self._usual = {r: _Sums(policy.max_ring + 1) for r in lattices}

    def base(self, resolution: int) -> NDArray[np.floating]:
        """Give the hourly expectation of every slot of a lattice, shape (slots, `PLANES`)."""
        cells, filled = self.lattices[resolution].cells, self._filled[resolution]
        if filled < len(cells):
            if len(cells) > len(self._base[resolution]):
                known = self._base[resolution]
                grown = np.zeros((2 * len(cells), PLANES), dtype=known.dtype)
                grown[:filled] = known[:filled]
                self._base[resolution] = grown
            self._base[resolution][filled : len(cells)] = self.at(cells[filled:], resolution)
            self._filled[resolution] = len(cells)
        return self._base[resolution]

    def usual(self, resolution: int, keys: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the hourly expectation of disks, rounded down, shape (len(keys), rings).

        A key, ascending, is slot x `PLANES` + plane. Worked out once for each slot, in all
        planes, while there are not too many.
        """
        lattice, known = self.lattices[resolution], self._usual[resolution]
        slot, plane = np.divmod(keys, PLANES)
        missing = known.missing(slot, len(lattice.cells))
        for start in range(0, len(missing), LANES_AT_ONCE):
            part = missing[start : start + LANES_AT_ONCE]
            base = self.base(resolution)[lattice.disks(part)]
            sums = np.add.reduceat(base, lattice.ring_starts, axis=1, dtype=np.float64)
            sums = np.cumsum(sums, axis=1)
            known.keep(part, sums * (1 - _SLACK))
        return known.of(slot, plane)

    def hourly(
        self, base: NDArray[np.float64], observed: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Give what is expected of zones in a mean hour at the region's usual level.

        `base` is their hourly expectation, `observed` has one more axis, the windows; gives an
        array that goes with `observed`. Where no exposure is loaded their own counts add to it.
        """
        hourly, share = base[..., None], self.expectation.own_share
        return np.asarray(hourly + share * observed if share else hourly)

    def zone_sum(self, zone: tuple[int, ...], resolution: int, plane: int) -> float:
        """Give the hourly expectation of a zone's cells in a plane, worked out once."""
        key = (zone, resolution, plane)
        if key not in self._zone_sums:
            self._zone_sums[key] = float(self.at(np.array(zone), resolution)[:, plane].sum())
        return self._zone_sums[key]

    def at(self, cells: NDArray[np.int64], resolution: int) -> NDArray[np.float64]:
        """Give the hourly expectation of whole cells of a resolution, shape (len, `PLANES`)."""
        if resolution not in self._rolled_up:
            self._rolled_up[resolution] = self.expectation.rolled_up(resolution)
        owners, sums = self._rolled_up[resolution]
        if not len(owners):
            return np.zeros((len(cells), PLANES))
        place = np.minimum(np.searchsorted(owners, cells), len(owners) - 1)
        return np.where((owners[place] == cells)[:, None], sums[place], np.float64(0))


class _Sums:
    """Sums of disks that were worked out, by the slots of their centres."""

    def __init__(self, rings: int) -> None:
        self._row = np.zeros(0, dtype=np.int32)
        self._sums = np.zeros((0, rings, PLANES), dtype=np.float32)
        self._count = 0

    def missing(self, centres: NDArray[np.intp], slots: int) -> NDArray[np.intp]:
        """Give the different centres, of some ascending ones, whose sums are not known.

        All of them, and forget what is known, where it would be many.
        """
        if slots > len(self._row):
            self._row = np.append(self._row, np.full(2 * slots - len(self._row), -1, np.int32))
        missing = centres[self._row[centres] < 0]
        missing = missing[np.flatnonzero(np.diff(missing, prepend=-1))]
        if not self._count or self._count + len(missing) <= _MOST_DISKS:
            return missing
        self._row[:], self._count = -1, 0
        return centres[np.flatnonzero(np.diff(centres, prepend=-1))]

    def keep(self, centres: NDArray[np.intp], sums: NDArray[np.float64]) -> None:
        """Keep the sums of centres that were missing."""
        end = self._count + len(centres)
        if end > len(self._sums):
            grown = np.empty((2 * end, *self._sums.shape[1:]), dtype=np.float32)
            grown[: self._count] = self._sums[: self._count]
            self._sums = grown
        self._sums[self._count : end] = sums
        self._row[centres], self._count = np.arange(self._count, end), end

    def of(self, centres: NDArray[np.intp], planes: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the sums of centres that are known, one plane each, shape (len, rings)."""
        return np.asarray(self._sums[self._row[centres], :, planes])


def lattices_for(policy: DetectionPolicy) -> dict[int, Lattice]:
    """Give an empty lattice for each resolution of the policy, the finest first."""
    return {r: Lattice(r, policy.max_ring) for r in sorted(set(policy.resolutions), reverse=True)}


def zone_sums(
    ground: Ground, lattice: Lattice, disks: NDArray[np.int32], plane: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give the hourly expectation of disks, one plane each, cumulative: shape (disks, rings)."""
    base = ground.base(lattice.resolution)[disks, plane[:, None]]
    sums = np.add.reduceat(base, lattice.ring_starts, axis=1, dtype=np.float64)
    return np.asarray(np.cumsum(sums, axis=1))
