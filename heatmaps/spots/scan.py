"""The scan: which zones hold more customers than their place and hour explain.

Zones are H3 disks of 0 to `max_ring` rings at each resolution of the policy, and shapes that grow
in them (see `grown`); windows end at the tick. Only zones that gained a complaint in the tick's own
hour are scored: a spot opens because somebody complained, never because an old hour slid out of a
window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.counts import Counts
from heatmaps.spots.crowd import placed
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.ground import LANES_AT_ONCE, zone_sums
from heatmaps.spots.grown import Held, grown, patches, seeds, stands
from heatmaps.spots.lattice import VOID
from heatmaps.spots.score import standing_out
from heatmaps.spots.zones import NO_ZONES, Zones, disks_of_lanes, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd, Placed
    from heatmaps.spots.ground import Ground
    from heatmaps.spots.lattice import Lattice

LARGEST_SHARE = 0.5
"""A zone of several cells holds at most this part of the region's expectation (Kulldorff 1997):
what happens everywhere is the region's level, not a spot."""


def scan(ground: Ground, crowd: Crowd, weight: NDArray[np.float64], threshold: float) -> Zones:
    """Give the best zone of every centre and plane that gained a fresh complaint.

    `weight` is how many mean hours each window is worth (`Expectation.weight_of_windows`), in all
    worlds or, of the shape (worlds, windows), in each. Zones that are no disks are grown where they
    may reach the threshold; what stays below it is not all there is.
    """
    lattices = ground.lattices.values()
    weight = np.broadcast_to(weight, (crowd.worlds, len(ground.windows_h)))
    return joined(
        [_scan_resolution(ground, lattice, crowd, weight, threshold) for lattice in lattices]
    )


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
    threshold: float,
) -> Zones:
    on_lattice = placed(crowd, lattice)
    lanes = _lanes(lattice, on_lattice)
    lattice.disks(lanes.centre)
    if not len(lanes):
        return NO_ZONES
    counts = Counts(ground, lattice, on_lattice)
    of_parts = (_best_zones(ground, lattice, counts, part, (weight, threshold))
                for part in _parts(lanes))  # fmt: skip
    return joined(list(of_parts))


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
    ground: Ground,
    lattice: Lattice,
    counts: Counts,
    lanes: _Lanes,
    bar: tuple[NDArray[np.float64], float],
) -> Zones:
    """Give the best zone of each lane that stands out at all."""
    weight, threshold = bar
    rows = counts.rows(lanes.world, lattice.disks(lanes.centre))
    lane, column = np.nonzero(rows)
    held = counts.held[rows[lane, column], lanes.plane[lane]]
    enough = np.bincount(lane, weights=held, minlength=len(lanes)) >= ground.min_customers
    lanes, rows = lanes.take(enough), rows[enough]
    observed, strays = counts.in_disks(lattice, rows, lanes.plane)
    base = zone_sums(ground, lattice, lattice.disks(lanes.centre), lanes.plane) + strays
    total = lanes.world * PLANES + lanes.plane
    reached = np.arange(base.shape[1]) >= lanes.nearest[:, None]
    hourly = ground.hourly(base, observed)
    alone = hourly * weight[lanes.world][:, None, :]
    standing = (observed >= ground.min_customers) & (observed > alone) & reached[:, :, None]
    lane, ring, window = np.nonzero(standing)
    sums = (observed[standing].astype(np.float64), alone[standing], base[lane, ring])
    zones = disks_of_lanes(lane, ring, window, sums)
    near, window = seeds(zones, threshold)
    known = Held(*counts.in_cells(rows[near], lanes.plane[near], window))
    disks, worth = lattice.disks(lanes.centre[near]), weight[lanes.world[near], window]
    around = patches(ground, lattice, (disks, lanes.plane[near]), worth, known)
    shapes = grown(around, near, window, ground.min_customers)
    zones = zones.joined(shapes)
    allowed = zones.base <= LARGEST_SHARE * counts.expected[total[zones.lane]]
    allowed |= (zones.ring == 0) & (lattice.resolution == max(ground.lattices))
    zones = zones.take(allowed)
    of, window = total[zones.lane], zones.window
    others = counts.observed[of, window] - zones.count
    usual = (counts.expected[of] - zones.base) * weight[lanes.world[zones.lane], window]
    expected, score = standing_out(zones.count, zones.alone, others, usual)
    score -= zones.price
    high = np.flatnonzero(stands(zones, score, threshold))
    top = high[zones.take(high).best(score[high])]
    lane = zones.lane[top]
    return Zones(
        world=lanes.world[lane],
        centre=lattice.cells[lanes.centre[lane]],
        resolution=np.full(len(top), lattice.resolution, dtype=np.int8),
        ring=zones.ring[top],
        plane=lanes.plane[lane],
        window=window[top],
        observed=zones.count[top].astype(np.int64),
        expected=expected[top],
        score=score[top],
        shape=zones.shape[top],
    )


def _parts(lanes: _Lanes) -> list[_Lanes]:
    starts = range(0, max(len(lanes), 1), LANES_AT_ONCE)
    return [lanes.take(slice(start, start + LANES_AT_ONCE)) for start in starts]
