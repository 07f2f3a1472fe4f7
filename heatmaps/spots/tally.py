"""What stands out on one lattice, kept up to date while complaints are taken out.

A zone's score depends on its own count, on what is expected there and on the region's level. The
first two change only near the complaints that are taken out, and are kept; the level only lowers
a score, so zones that would not reach the threshold without it are forgotten at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.counts import Counts
from heatmaps.spots.crowd import placed
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.scan import (
    LANES_AT_ONCE,
    LARGEST_SHARE,
    Zones,
    highest_of_each,
    region_level,
    scores,
    zone_sums,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd, Placed
    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.scan import Ground

_SLACK = 1e-6
"""More than rounding can make of a score."""


class Tally:
    """The zones of one lattice that reach a threshold, among centres given; of a single world.

    `among` are keys as `prospects` gives them; `everybody` holds all places to which `change` may
    bring somebody.
    """

    def __init__(  # noqa: PLR0913 - all that a scan rests on
        self,
        ground: Ground,
        lattice: Lattice,
        crowd: Crowd,
        everybody: Crowd,
        *,
        weight: NDArray[np.float64],
        among: NDArray[np.intp],
        threshold: float,
    ) -> None:
        self._ground, self._lattice, self._weight = ground, lattice, weight
        self._threshold = threshold
        self._among = among
        self._centre, self._plane = (among // PLANES).astype(np.int32), among % PLANES
        lattice.disks(self._centre)
        here = placed(crowd, lattice)
        self._counts = Counts(ground, lattice, here, placed(everybody, lattice))
        self._fresh: dict[int, NDArray[np.int64]] = {}
        self._freshen(here, 1)
        self._hot = self._measured(np.arange(len(among)))

    def change(self, gone: Crowd, come: Crowd) -> None:
        """Count some no longer, and others instead."""
        before = self._counts.stray
        moved: list[Placed] = []
        for crowd, times in ((gone, -1), (come, 1)):
            here = placed(crowd, self._lattice)
            self._counts.add(here, times)
            self._freshen(here, times)
            moved.append(here)
        slot = np.concatenate([here.slot for here in moved])
        plane = np.concatenate([here.plane for here in moved])
        near = self._near(slot, plane)
        if (before != self._counts.stray).any():  # a stray adds to what is expected in all planes
            for every in range(PLANES):
                near |= self._near(slot, np.full(len(slot), every))
        lanes = np.flatnonzero(near)
        kept = ~near[self._hot.lane]
        self._hot = self._hot.take(kept).joined(self._measured(lanes))

    def zones(self) -> Zones:
        """Give the best zone of each centre and plane that reaches the threshold."""
        hot, counts, weight = self._hot, self._counts, self._weight
        plane, lattice = self._plane[hot.lane], self._lattice
        allowed = hot.base <= LARGEST_SHARE * counts.expected[plane]
        if lattice.resolution == max(self._ground.lattices):
            allowed |= hot.ring == 0
        hot, plane = hot.take(allowed), plane[allowed]
        others = counts.observed[plane, hot.window] - hot.count
        usual = counts.expected[plane] * weight[hot.window] - hot.alone
        expected = hot.alone * region_level(others, usual)
        score: NDArray[np.float64] = scores(hot.count, expected)
        top = highest_of_each(hot.lane, score)
        top = top[score[top] >= self._threshold]
        lane = hot.lane[top]
        return Zones(
            world=np.zeros(len(top), dtype=np.intp),
            centre=lattice.cells[self._centre[lane]],
            resolution=np.full(len(top), lattice.resolution, dtype=np.int8),
            ring=hot.ring[top],
            plane=plane[top],
            window=hot.window[top],
            observed=hot.count[top].astype(np.int64),
            expected=expected[top],
            score=score[top],
        )

    def _freshen(self, here: Placed, times: int) -> None:
        for offset in np.unique(here.offset[here.fresh]).tolist():
            part = here.fresh & (here.offset == offset)
            shape = len(self._lattice.cells) * PLANES
            table = self._fresh.setdefault(offset, np.zeros(shape, dtype=np.int64))
            key = here.slot[part] * np.intp(PLANES) + here.plane[part]
            np.add.at(table, key, times * here.number[part])

    def _near(self, slot: NDArray[np.int32], plane: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Say which lanes have one of these slots in their disk, in its plane."""
        around = self._lattice.disks(slot) * np.intp(PLANES) + plane[:, None]
        marked = np.zeros(len(self._lattice.cells) * PLANES, dtype=np.bool_)
        marked[around] = True
        near: NDArray[np.bool_] = marked[self._among]
        return near

    def _measured(self, lanes: NDArray[np.intp]) -> _Hot:
        parts = [lanes[start : start + LANES_AT_ONCE]
                 for start in range(0, len(lanes), LANES_AT_ONCE)]  # fmt: skip
        hot = _NONE
        for part in parts:
            hot = hot.joined(self._measured_part(part))
        return hot

    def _measured_part(self, lanes: NDArray[np.intp]) -> _Hot:
        """Give the rings and windows of lanes that may reach the threshold."""
        ground, lattice, counts = self._ground, self._lattice, self._counts
        plane, disks = self._plane[lanes], lattice.disks(self._centre[lanes])
        rows = counts.rows(np.zeros(len(lanes), dtype=np.intp), disks)
        held = counts.held[rows, plane[:, None]]
        enough = held[:, :7].any(axis=1) & (held.sum(axis=1) >= ground.min_customers)
        lanes, plane, disks, rows = lanes[enough], plane[enough], disks[enough], rows[enough]
        nearest = self._nearest_fresh(disks, plane)
        observed, strays = counts.in_disks(lattice, rows, plane)
        base = zone_sums(ground, lattice, disks, plane) + strays
        alone = base[:, :, None] * self._weight
        reached = np.arange(base.shape[1]) >= nearest[:, None]
        standing = (observed >= ground.min_customers) & (observed > alone) & reached[:, :, None]
        lane, ring, window = np.nonzero(standing)
        hot = _Hot(lanes[lane], ring, window, observed[standing].astype(np.float64),
                   alone[standing], base[lane, ring])  # fmt: skip
        return hot.take(scores(hot.count, hot.alone) >= self._threshold - _SLACK)

    def _nearest_fresh(self, disks: NDArray[np.int32], plane: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the first ring that holds a fresh complaint, one more than there are where none."""
        beyond = self._lattice.max_ring + 1
        nearest = np.full(len(disks), beyond, dtype=np.intp)
        key = disks * np.intp(PLANES) + plane[:, None]
        for offset, fresh in self._fresh.items():
            ring = np.where(fresh[key] > 0, self._lattice.ring_of_column + offset, beyond)
            np.minimum(nearest, ring.min(axis=1, initial=beyond), out=nearest)
        return nearest


@dataclass(frozen=True, slots=True)
class _Hot:
    """Zones that may reach the threshold: columns by lane, ring and window, in that order.

    `count` customers against `alone` at the region's usual level, which is `base` an hour.
    """

    lane: NDArray[np.intp]
    ring: NDArray[np.intp]
    window: NDArray[np.intp]
    count: NDArray[np.float64]
    alone: NDArray[np.float64]
    base: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> _Hot:
        return _Hot(self.lane[which], self.ring[which], self.window[which], self.count[which],
                    self.alone[which], self.base[which])  # fmt: skip

    def joined(self, other: _Hot) -> _Hot:
        """Give both, sorted by lane; those of one lane are all of one of them."""
        both = _Hot(
            np.concatenate([self.lane, other.lane]),
            np.concatenate([self.ring, other.ring]),
            np.concatenate([self.window, other.window]),
            np.concatenate([self.count, other.count]),
            np.concatenate([self.alone, other.alone]),
            np.concatenate([self.base, other.base]),
        )
        return both.take(np.argsort(both.lane, kind="stable"))


_NO_ROWS = np.zeros(0, dtype=np.intp)
_NONE = _Hot(_NO_ROWS, _NO_ROWS, _NO_ROWS, np.zeros(0), np.zeros(0), np.zeros(0))
