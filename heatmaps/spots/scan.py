"""The scan: which disks of cells hold more customers than their place and hour explain.

Zones are H3 disks of 0 to `max_ring` rings at each resolution of the policy; windows end at the
tick. Only zones that gained a complaint in the tick's own hour are scored: a spot opens because
somebody complained, never because an old hour slid out of a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.crowd import placed
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.lattice import VOID, Lattice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd, Placed
    from heatmaps.spots.expectation import Expectation
    from heatmaps.spots.tuning import DetectionPolicy

LEVEL_CAUTION = 1.0
"""Standard errors by which the region's level is taken lower than it looks."""

LARGEST_SHARE = 0.5
"""A zone of several cells holds at most this part of the region's expectation (Kulldorff 1997):
what happens everywhere is the region's level, not a spot."""

_LANES_AT_ONCE = 4096


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


def scan(
    ground: Ground,
    crowd: Crowd,
    weight: NDArray[np.float64],
    among: Mapping[int, NDArray[np.intp]] | None = None,
) -> Zones:
    """Give the best zone of every centre and plane that gained a fresh complaint.

    `weight` is how many mean hours each window is worth (`Expectation.weight_of_windows`). Only
    centres `among` those given are scanned: of each resolution keys as `prospects` gives them.
    """
    return _joined(
        [
            _scan_resolution(ground, lattice, crowd, weight, None if among is None else among[at])
            for at, lattice in ground.lattices.items()
            if among is None or len(among[at])
        ]
    )


def scores(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give C ln(C/B) + B - C where C > B, else 0 (expectation-based Poisson, Neill 2009)."""
    more = np.maximum(observed, expected)
    return np.asarray(more * np.log(more / expected) + expected - more)


def strongest(zones: Zones) -> int:
    """Give the position of the highest score; of equals the finest, then by its place."""
    keys = (zones.ring, zones.centre, zones.plane, -zones.resolution, -zones.score.round(9))
    return int(np.lexsort(keys)[0])


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


class _Counts:
    """Customers of one crowd on one lattice, by place (a cell of a world), plane and window.

    Row 0 of `held` is any place without a complaint.
    """

    def __init__(self, ground: Ground, lattice: Lattice, placed: Placed) -> None:
        self.slots = len(lattice.cells)
        windows = len(ground.windows_h)
        where = placed.world * self.slots + placed.slot
        self._row = np.zeros(placed.worlds * self.slots, dtype=np.int32)
        self._row[where] = 1
        places = np.flatnonzero(self._row)
        self._row[places] = np.arange(1, len(places) + 1)
        shape = (len(places) + 1, PLANES, windows)
        key = (self._row[where] * np.intp(PLANES) + placed.plane) * windows + placed.window
        self.tables = {
            offset: _summed(key[at], placed.number[at], shape).astype(np.float32)
            for offset in np.flatnonzero(np.bincount(placed.offset)).tolist()
            for at in (placed.offset == offset if placed.offset.any() else slice(None),)
        }
        self.held = _summed(key // windows, placed.number, shape[:2])
        nobody = ground.base(lattice.resolution)[places % self.slots, 0] == 0
        self.stray = np.append(False, nobody)
        strays = np.bincount(places[nobody] // self.slots, minlength=placed.worlds)
        self.expected = (ground.total + strays[:, None] * ground.expectation.stray).ravel()
        total = (placed.world * PLANES + placed.plane) * windows + placed.window
        of_window = _summed(total, placed.number, (placed.worlds * PLANES, windows))
        self.observed = np.cumsum(of_window, axis=1)

    def rows(self, world: NDArray[np.intp], disks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give the table rows of disks of slots."""
        rows: NDArray[np.int32] = self._row[(world * self.slots)[:, None] + disks]
        return rows


def _summed(
    key: NDArray[np.intp], number: NDArray[np.int64], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Give the sums of numbers at their keys, which are positions in an array of this shape."""
    sums: NDArray[np.float64] = np.bincount(
        key, weights=number, minlength=int(np.prod(shape))
    ).astype(np.float64, copy=False)
    return sums.reshape(shape)


def _scan_resolution(
    ground: Ground,
    lattice: Lattice,
    crowd: Crowd,
    weight: NDArray[np.float64],
    among: NDArray[np.intp] | None,
) -> Zones:
    on_lattice = placed(crowd, lattice)
    if among is None:
        lanes = _lanes(lattice, on_lattice)
    else:
        lanes = _lanes_among(lattice, on_lattice, among)
    lattice.disks(lanes.centre)
    if not len(lanes):
        return NO_ZONES
    counts = _Counts(ground, lattice, on_lattice)
    return _joined([_best_zones(ground, lattice, counts, part, weight) for part in _parts(lanes)])


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


def _lanes_among(lattice: Lattice, placed: Placed, among: NDArray[np.intp]) -> _Lanes:
    """Give those of `_lanes` of a single world that are among the keys given."""
    centre, plane = (among // PLANES).astype(np.int32), among % PLANES
    around = lattice.disks(centre) * np.intp(PLANES) + plane[:, None]
    key = placed.slot * np.intp(PLANES) + placed.plane
    held = np.zeros(len(lattice.cells) * PLANES, dtype=np.bool_)
    held[key] = True
    nearest = np.full(len(among), lattice.max_ring + 1, dtype=np.intp)
    for offset in np.unique(placed.offset[placed.fresh]).tolist():
        fresh = np.zeros(len(held), dtype=np.bool_)
        fresh[key[placed.fresh & (placed.offset == offset)]] = True
        ring = np.where(fresh[around], lattice.ring_of_column + offset, lattice.max_ring + 1)
        np.minimum(nearest, ring.min(axis=1), out=nearest)
    kept = held[around[:, :7]].any(axis=1) & (nearest <= lattice.max_ring)
    none = np.zeros(int(kept.sum()), dtype=np.intp)
    return _Lanes(none, centre[kept], plane[kept], nearest[kept])


def _best_zones(
    ground: Ground, lattice: Lattice, counts: _Counts, lanes: _Lanes, weight: NDArray[np.float64]
) -> Zones:
    """Give the best ring and window of each lane that stands out at all."""
    rows = counts.rows(lanes.world, lattice.disks(lanes.centre))
    lane, column = np.nonzero(rows)
    held = counts.held[rows[lane, column], lanes.plane[lane]]
    enough = np.bincount(lane, weights=held, minlength=len(lanes)) >= ground.min_customers
    lanes, rows = lanes.take(enough), rows[enough]
    observed, strays = _observed(ground, lattice, counts, lanes, rows)
    base = _zone_sums(ground, lattice, lanes) + strays
    total = lanes.world * PLANES + lanes.plane
    allowed = base <= LARGEST_SHARE * counts.expected[total][:, None]
    allowed[:, 0] |= lattice.resolution == max(ground.lattices)
    allowed &= np.arange(base.shape[1]) >= lanes.nearest[:, None]
    alone = base[:, :, None] * weight
    standing = (observed >= ground.min_customers) & (observed > alone) & allowed[:, :, None]
    lane, ring, window = np.nonzero(standing)
    count, expected = observed[standing].astype(np.float64), alone[standing]
    others = counts.observed[total[lane], window] - count
    expected *= region_level(others, counts.expected[total[lane]] * weight[window] - expected)
    score: NDArray[np.float64] = scores(count, expected)
    top = _highest_of_each(lane, score)
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


def _zone_sums(ground: Ground, lattice: Lattice, lanes: _Lanes) -> NDArray[np.float64]:
    """Give the hourly expectation of each lane's disks, shape (lanes, rings)."""
    base = ground.base(lattice.resolution)[lattice.disks(lanes.centre), lanes.plane[:, None]]
    return np.asarray(np.cumsum(np.add.reduceat(base, lattice.ring_starts, axis=1), axis=1))


def _observed(
    ground: Ground, lattice: Lattice, counts: _Counts, lanes: _Lanes, rows: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Count customers, shape (lanes, rings, windows), and give what strays add to the expectation.

    Works on the few places that hold anybody. Both are cumulative over rings, the counts over
    windows too; strays have the shape (lanes, rings).
    """
    rings = lattice.max_ring + 1
    lane, column = np.nonzero(rows)
    row, plane = rows[lane, column], lanes.plane[lane]
    ring = lane * rings + lattice.ring_of_column[column]
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    observed = np.zeros((len(rows), rings, len(ground.windows_h)), dtype=np.float32)
    for offset, table in counts.tables.items():
        of_ring = np.zeros_like(observed)
        of_ring.reshape(-1, observed.shape[2])[ring[first]] = np.add.reduceat(
            table[row, plane], first, axis=0
        )
        observed[:, offset:] += of_ring[:, : rings - offset]
    number = np.bincount(ring, weights=counts.stray[row], minlength=len(rows) * rings)
    strays = number.reshape(-1, rings) * ground.expectation.stray[lanes.plane][:, None]
    np.cumsum(observed, axis=1, out=observed)
    return np.cumsum(observed, axis=2), np.cumsum(strays, axis=1)


def _highest_of_each(lane: NDArray[np.intp], score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the position of each lane's highest score, the first of equals; `lane` is sorted."""
    if not len(lane):
        return lane
    first = np.flatnonzero(np.diff(lane, prepend=-1))
    highest = np.repeat(np.maximum.reduceat(score, first), np.diff(np.append(first, len(lane))))
    top = np.flatnonzero(score == highest)
    return top[np.flatnonzero(np.diff(lane[top], prepend=-1))]


def _parts(lanes: _Lanes) -> list[_Lanes]:
    starts = range(0, max(len(lanes), 1), _LANES_AT_ONCE)
    return [lanes.take(slice(start, start + _LANES_AT_ONCE)) for start in starts]


def _joined(zones: list[Zones]) -> Zones:
    names = Zones.__dataclass_fields__
    zones = [*zones, NO_ZONES]
    return Zones(*(np.concatenate([getattr(z, name) for z in zones]) for name in names))
