"""The scan: which disks of cells hold more customers than their place and hour explain.

Zones are H3 disks of 0 to `max_ring` rings at each resolution of the policy; windows end at the
tick. Only zones that gained a complaint in the tick's own hour are scored: a spot opens because
somebody complained, never because an old hour slid out of a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.counts import Counts
from heatmaps.spots.crowd import placed
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.lattice import VOID, Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd, Placed
    from heatmaps.spots.expectation import Expectation
    from heatmaps.spots.tuning import DetectionPolicy

LEVEL_CAUTION = 1.0
"""Standard errors by which the region's level is taken lower than it looks."""

LARGEST_SHARE = 0.5
"""A zone of several cells holds at most this part of the region's expectation (Kulldorff 1997):
what happens everywhere is the region's level, not a spot."""

_SLACK = 1e-3
"""Relative error that single precision may make of a sum; a bound is a bound only with it."""

LANES_AT_ONCE = 4096
"""So many centres with a plane are scored together; more would not fit the processor's cache."""


@dataclass(frozen=True, slots=True)
class Zones:
    """The best zone of each centre and plane: columns of one length.

    `centre` is an H3 cell of `resolution`, the zone its disk of `ring` rings; `window` a position
    in the policy's windows; `observed` customers against `expected`; `score` = C ln(C/B) + B - C.
    """

    world: NDArray[np.intp]
    centre: NDArray[np.int64]
    resolution: NDArray[np.int8]
    ring: NDArray[np.intp]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    score: NDArray[np.float64]

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Zones:
        """Give the zones at the positions asked for."""
        return Zones(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


NO_ZONES = Zones(
    world=np.zeros(0, dtype=np.intp),
    centre=np.zeros(0, dtype=np.int64),
    resolution=np.zeros(0, dtype=np.int8),
    ring=np.zeros(0, dtype=np.intp),
    plane=np.zeros(0, dtype=np.intp),
    window=np.zeros(0, dtype=np.intp),
    observed=np.zeros(0, dtype=np.int64),
    expected=np.zeros(0),
    score=np.zeros(0),
)


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
        self._rolled_up: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        self._base = {r: np.zeros((1, PLANES)) for r in lattices}
        self._filled = dict.fromkeys(lattices, 1)
        self._zone_sums: dict[tuple[tuple[int, ...], int, int], float] = {}
        shape = (0, policy.max_ring + 1, PLANES, 2)
        self._usual = {
            r: (np.zeros(0, dtype=np.bool_), np.zeros(shape, dtype=np.float32)) for r in lattices
        }

    def base(self, resolution: int) -> NDArray[np.float64]:
        """Give the hourly expectation of every slot of a lattice, shape (slots, `PLANES`)."""
        cells, filled = self.lattices[resolution].cells, self._filled[resolution]
        if filled < len(cells):
            if len(cells) > len(self._base[resolution]):
                grown = np.zeros((2 * len(cells), PLANES))
                grown[:filled] = self._base[resolution][:filled]
                self._base[resolution] = grown
            self._base[resolution][filled : len(cells)] = self.at(cells[filled:], resolution)
            self._filled[resolution] = len(cells)
        return self._base[resolution]

    def usual(self, resolution: int, centres: NDArray[np.int32]) -> NDArray[np.float32]:
        """Give the hourly expectation of every disk of some slots and its root, rounded down.

        Shape (centres, rings, `PLANES`, 2); worked out once for each slot.
        """
        lattice = self.lattices[resolution]
        known, usual = self._usual[resolution]
        if len(known) < len(lattice.cells):
            more = 2 * len(lattice.cells) - len(known)
            known = np.concatenate([known, np.zeros(more, dtype=np.bool_)])
            usual = np.concatenate([usual, np.zeros((more, *usual.shape[1:]), dtype=np.float32)])
            self._usual[resolution] = (known, usual)
        missing = centres[~known[centres]]
        for start in range(0, len(missing), LANES_AT_ONCE):
            part = missing[start : start + LANES_AT_ONCE]
            base = self.base(resolution)[lattice.disks(part)]
            sums = np.cumsum(np.add.reduceat(base, lattice.ring_starts, axis=1), axis=1)
            usual[part] = np.stack([sums, np.sqrt(sums)], axis=-1) * (1 - _SLACK)
            known[part] = True
        return usual[centres]

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
        return np.where((owners[place] == cells)[:, None], sums[place], 0.0)


def lattices_for(policy: DetectionPolicy) -> dict[int, Lattice]:
    """Give an empty lattice for each resolution of the policy, the finest first."""
    return {r: Lattice(r, policy.max_ring) for r in sorted(set(policy.resolutions), reverse=True)}


def scan(ground: Ground, crowd: Crowd, weight: NDArray[np.float64]) -> Zones:
    """Give the best zone of every centre and plane that gained a fresh complaint.

    `weight` is how many mean hours each window is worth (`Expectation.weight_of_windows`), in all
    worlds or, of the shape (worlds, windows), in each.
    """
    lattices = ground.lattices.values()
    weight = np.broadcast_to(weight, (crowd.worlds, len(ground.windows_h)))
    return joined([_scan_resolution(ground, lattice, crowd, weight) for lattice in lattices])


def scores(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give C ln(C/B) + B - C where C > B, else 0 (expectation-based Poisson, Neill 2009)."""
    more = np.maximum(observed, expected)
    return np.asarray(more * np.log(more / expected) + expected - more)


def strongest(zones: Zones) -> int:
    """Give the position of the highest score; of equals the finest, then by its place."""
    score = zones.score.round(9)
    equal = np.flatnonzero(score == score.max())
    keys = (zones.ring, zones.centre, zones.plane, -zones.resolution)
    return int(equal[np.lexsort([key[equal] for key in keys])[0]])


def region_level(
    observed: NDArray[np.float64], expected: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give how many times its expectation a region surely produces, at least 1.

    The lower end of the Poisson mean after `observed`, (sqrt(O) - z/2)^2, over `expected`; so a
    bad day lifts the level, a chance complaint does not.
    """
    surely = np.maximum(np.sqrt(np.maximum(observed, 0)) - LEVEL_CAUTION / 2, 0) ** 2
    return np.maximum(surely / np.maximum(expected, 1e-9), 1.0)


@dataclass(frozen=True, slots=True)
class _Lanes:
    """What is scored: centres with a plane, and the ring of the nearest fresh complaint."""

    world: NDArray[np.intp]
    centre: NDArray[np.int32]
    plane: NDArray[np.intp]
    nearest: NDArray[np.intp]

    def take(self, which: NDArray[np.bool_] | slice) -> _Lanes:
        return _Lanes(self.world[which], self.centre[which], self.plane[which], self.nearest[which])

    def __len__(self) -> int:
        return len(self.world)


def _scan_resolution(
    ground: Ground,
    lattice: Lattice,
    crowd: Crowd,
    weight: NDArray[np.float64],
) -> Zones:
    on_lattice = placed(crowd, lattice)
    lanes = _lanes(lattice, on_lattice)
    lattice.disks(lanes.centre)
    if not len(lanes):
        return NO_ZONES
    counts = Counts(ground, lattice, on_lattice)
    return joined([_best_zones(ground, lattice, counts, part, weight) for part in _parts(lanes)])


def _lanes(lattice: Lattice, placed: Placed) -> _Lanes:
    """Give what is to be scored for the fresh complaints.

    Centres are within reach of a fresh complaint and have, or border on a cell that has, a
    complaint of the plane in the longest window.
    """
    fresh = np.flatnonzero(placed.fresh)
    if not len(fresh):
        none = np.zeros(0, dtype=np.intp)
        return _Lanes(none, none.astype(np.int32), none, none)
    around = lattice.disks(placed.slot)
    slots = len(lattice.cells)
    near = np.zeros(placed.worlds * slots * PLANES, dtype=np.bool_)
    origin = placed.world * (slots * PLANES) + placed.plane
    near[origin[:, None] + PLANES * around[:, :7]] = True
    key = origin[fresh][:, None] + PLANES * around[fresh].astype(np.intp)
    ring = lattice.ring_of_column + placed.offset[fresh][:, None]
    wanted = near[key] & (ring <= lattice.max_ring) & (around[fresh] != VOID)
    keys, key = np.unique(key[wanted], return_inverse=True)
    nearest = np.full(len(keys), lattice.max_ring, dtype=np.intp)
    np.minimum.at(nearest, key, ring[wanted])
    place = keys // PLANES
    return _Lanes(place // slots, (place % slots).astype(np.int32), keys % PLANES, nearest)


def _best_zones(
    ground: Ground, lattice: Lattice, counts: Counts, lanes: _Lanes, weight: NDArray[np.float64]
) -> Zones:
    """Give the best ring and window of each lane that stands out at all."""
    rows = counts.rows(lanes.world, lattice.disks(lanes.centre))
    lane, column = np.nonzero(rows)
    held = counts.held[rows[lane, column], lanes.plane[lane]]
    enough = np.bincount(lane, weights=held, minlength=len(lanes)) >= ground.min_customers
    lanes, rows = lanes.take(enough), rows[enough]
    observed, strays = counts.in_disks(lattice, rows, lanes.plane)
    base = zone_sums(ground, lattice, lattice.disks(lanes.centre), lanes.plane) + strays
    total = lanes.world * PLANES + lanes.plane
    allowed = base <= LARGEST_SHARE * counts.expected[total][:, None]
    allowed[:, 0] |= lattice.resolution == max(ground.lattices)
    allowed &= np.arange(base.shape[1]) >= lanes.nearest[:, None]
    alone = base[:, :, None] * weight[lanes.world][:, None, :]
    standing = (observed >= ground.min_customers) & (observed > alone) & allowed[:, :, None]
    lane, ring, window = np.nonzero(standing)
    count, expected = observed[standing].astype(np.float64), alone[standing]
    others = counts.observed[total[lane], window] - count
    usual = counts.expected[total[lane]] * weight[lanes.world[lane], window]
    expected *= region_level(others, usual - expected)
    score: NDArray[np.float64] = scores(count, expected)
    top = highest_of_each(lane, score)
    lane = lane[top]
    return Zones(
        world=lanes.world[lane],
        centre=lattice.cells[lanes.centre[lane]],
        resolution=np.full(len(top), lattice.resolution, dtype=np.int8),
        ring=ring[top],
        plane=lanes.plane[lane],
        window=window[top],
        observed=count[top].astype(np.int64),
        expected=expected[top],
        score=score[top],
    )


def zone_sums(
    ground: Ground, lattice: Lattice, disks: NDArray[np.int32], plane: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give the hourly expectation of disks, one plane each, cumulative: shape (disks, rings)."""
    base = ground.base(lattice.resolution)[disks, plane[:, None]]
    return np.asarray(np.cumsum(np.add.reduceat(base, lattice.ring_starts, axis=1), axis=1))


def highest_of_each(lane: NDArray[np.intp], score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the position of each lane's highest score, the first of equals; `lane` is sorted."""
    if not len(lane):
        return lane
    first = np.flatnonzero(np.diff(lane, prepend=-1))
    highest = np.repeat(np.maximum.reduceat(score, first), np.diff(np.append(first, len(lane))))
    top = np.flatnonzero(score == highest)
    return top[np.flatnonzero(np.diff(lane[top], prepend=-1))]


def _parts(lanes: _Lanes) -> list[_Lanes]:
    starts = range(0, max(len(lanes), 1), LANES_AT_ONCE)
    return [lanes.take(slice(start, start + LANES_AT_ONCE)) for start in starts]


def joined(zones: list[Zones]) -> Zones:
    """Give the zones of several scans as one."""
    names = Zones.__dataclass_fields__
    zones = [*zones, NO_ZONES]
    return Zones(*(np.concatenate([getattr(z, name) for z in zones]) for name in names))
