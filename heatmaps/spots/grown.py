"""Zones of any connected shape, grown cell by cell from where somebody complained.

A trouble follows a road, a river or the sector of an antenna; a disk around all who complain of it
holds many who do not. So a zone is grown from a cell: of the cells beside it and those one further
on, the one is taken in that raises the score most, as long as one does (Yao, Tang and Zhan 2011,
Int. J. Health Geogr. 10:23). There are so many more shapes than disks that chance would grow high
scores: each shape pays for how many there are of its size (`PRICE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.spots.lattice import VOID
from heatmaps.spots.score import scores
from heatmaps.spots.zones import DISK, LaneZones, highest_of_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.lattice import Lattice

PRICE = float(np.log(5.183))
"""What each cell but the first takes off the score: shapes of n connected hexagons grow in number
like 5.183^n (Voege and Guttmann 2003, Theor. Comput. Sci. 307:433)."""

MARGIN = 3.0
"""Zones are grown where a disk around the same cell comes so near the threshold."""

FAR = 2.0
"""Nothing grows where a disk is so many times the threshold: a shape would tell no more."""

WIDEST = 4
"""Rings that zones are grown within: a shape is a bit for each of their cells."""

_CELLS = 1 + 3 * WIDEST * (WIDEST + 1)
_SOMEWHERE = 0x8811AA7AA9FFFFF
"""A cell far from any pentagon; the disks around all such are in one order."""
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Held:
    """Who is known to each cell of some disks: columns of the shape (disks, cells).

    `count` customers, whether any is `fresh`, and whether it is a `stray` cell, where nobody was
    expected.
    """

    count: NDArray[np.float32]
    fresh: NDArray[np.bool_]
    stray: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Patches:
    """What centres have around them, one row each: columns of the shape (patches, cells).

    Cells are those of a disk, ring after ring. `count` customers are known to each in the window,
    `fresh` says whether any of them complained in the tick's hour; `base` is its hourly
    expectation, `alone` what the window lets expect of it at the region's usual level.
    """

    count: NDArray[np.float64]
    fresh: NDArray[np.bool_]
    base: NDArray[np.float64]
    alone: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_]) -> Patches:
        """Give some of the patches."""
        return Patches(self.count[which], self.fresh[which], self.base[which], self.alone[which])


def seeds_from(threshold: float) -> float:
    """Give the score from which a disk lets a zone grow that may reach a threshold."""
    return max(threshold - MARGIN, 0.0)


def seeds(disks: LaneZones, threshold: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the lanes that have such a disk among some, and the window of the highest of each.

    `disks` are by lane. One that exceeds the threshold `FAR` times over is found as it is.
    """
    score = scores(disks.count, disks.alone)
    near = np.flatnonzero(score >= seeds_from(threshold))
    top = near[highest_of_each(disks.lane[near], score[near])]
    top = top[score[top] < FAR * threshold]
    return disks.lane[top], disks.window[top]


def stands(zones: LaneZones, score: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Say which zones count: disks, and shapes in whose lane a disk comes so near the threshold.

    `score` is at the region's level, which lowers it; where all of a region complains a shape that
    follows chance's luckiest cells would be the highest of all.
    """
    disks = zones.shape == DISK
    near = zones.lane[disks & (score >= seeds_from(threshold))]
    counts: NDArray[np.bool_] = disks | np.isin(zones.lane, near)
    return counts


def patches(
    ground: Ground,
    lattice: Lattice,
    around: tuple[NDArray[np.int32], NDArray[np.intp]],
    weight: NDArray[np.float64],
    held: Held,
) -> Patches:
    """Give what is around centres, from the slots of their disks and a plane each.

    `weight` is how many mean hours the windows are worth. Where a pentagon is near, disks have no
    order to grow in: there, nobody is in the middle, and nothing grows.
    """
    (disks, plane), expectation = around, ground.expectation
    base = ground.base(lattice.resolution)[disks, plane[:, None]].astype(np.float64)
    base += held.stray * expectation.stray[plane][:, None]
    count = np.where((disks != VOID).all(axis=1)[:, None], held.count, 0).astype(np.float64)
    alone = (base + expectation.own_share * count) * weight[:, None]
    return Patches(count, held.fresh, base, alone)


def grown(
    around: Patches, lane: NDArray[np.intp], window: NDArray[np.intp], min_customers: int
) -> LaneZones:
    """Give the zones of several cells that grow on patches, each in its lane and window.

    Each starts from the middle of its patch, if anybody complained there. It holds somebody fresh
    and `min_customers`, all known to one of its cells; more than `WIDEST` rings away it ends.
    """
    started = around.count[:, 0] > 0
    around, lane, window = around.take(started), lane[started], window[started]
    near = Patches(*(getattr(around, name)[:, :_CELLS] for name in Patches.__dataclass_fields__))
    held = _grow(near.count, near.alone)
    count, alone, base = ((column * held).sum(axis=1)
                          for column in (near.count, near.alone, near.base))  # fmt: skip
    size, cells = held.sum(axis=1), held.shape[1]
    ring = np.searchsorted(_ring_ends(WIDEST), np.arange(cells), side="right")
    bit = np.left_shift(np.uint64(1), np.arange(cells, dtype=np.uint64))
    zones = LaneZones(
        lane=lane,
        ring=(held * ring).max(axis=1, initial=0),
        shape=np.where(held, bit, np.uint64(0)).sum(axis=1, dtype=np.uint64),
        window=window,
        count=count,
        alone=alone,
        base=base,
        price=PRICE * (size - 1),
    )
    reached = (near.fresh & held).any(axis=1)
    return zones.take((size > 1) & reached & (count >= min_customers) & (count > alone))


def zone_cells(centre: int, ring: int, shape: int) -> tuple[int, ...]:
    """Give the cells of a zone, ascending: a disk's, or those of a shape within it."""
    disk = h3.grid_disk(centre, ring)
    return tuple(sorted(cell for i, cell in enumerate(disk) if shape == DISK or shape >> i & 1))


@dataclass(slots=True)
class _Growing:
    """Zones that grow: cells `held` of patches, with what these hold; the last cell is none.

    `rim` are the cells beside one that is held, this one's own among them.
    """

    count: NDArray[np.float64]
    alone: NDArray[np.float64]
    held: NDArray[np.bool_]
    rim: NDArray[np.bool_]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]


def _grow(count: NDArray[np.float64], alone: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which cells of each patch the zone grown from its first one holds.

    Taken in are cells where somebody complained; where one is not beside the zone, so is the cell
    between that lets expect least.
    """
    patches, cells = count.shape
    none = np.zeros((patches, 1))
    held = np.zeros((patches, cells + 1), dtype=np.bool_)
    held[:, 0] = True
    rim = np.zeros_like(held)
    rim[:, _beside(cells)[0]] = True
    rim[:, -1] = False
    first = count[:, 0].copy(), alone[:, 0].copy()
    zones = _Growing(np.append(count, none, axis=1), np.append(alone, none, axis=1), held, rim,
                     *first)  # fmt: skip
    of, cell = np.nonzero(count)
    grows = np.ones(patches, dtype=np.bool_)
    while len(of := of[going := grows[of] & ~held[of, cell]]):
        cell = cell[going]
        grows[:] = False
        grows[_widen(zones, of, cell)] = True
    return held[:, :cells]


def _widen(zones: _Growing, of: NDArray[np.intp], cell: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take the best of some cells into the zone of each patch, `of`; gives those that grew."""
    of, cell, between = _within_reach(zones, of, cell)
    step = 1.0 + (between < zones.count.shape[1] - 1)
    observed = zones.observed[of] + zones.count[of, cell] + zones.count[of, between]
    expected = zones.expected[of] + zones.alone[of, cell] + zones.alone[of, between]
    score = _scored(observed, expected) - _scored(zones.observed[of], zones.expected[of])
    score -= PRICE * step
    top = highest_of_each(of, score)
    top = top[score[top] > 0]
    of, cell, between = of[top], cell[top], between[top]
    zones.held[of, cell] = True
    zones.held[of, between] = True
    beside = _beside(zones.count.shape[1] - 1)
    zones.rim[of[:, None], beside[cell]] = True
    zones.rim[of[:, None], beside[between]] = True
    zones.held[:, -1] = zones.rim[:, -1] = False
    zones.observed[of], zones.expected[of] = observed[top], expected[top]
    return of


def _within_reach(
    zones: _Growing, of: NDArray[np.intp], cell: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Give those of some cells that are beside their zone or one further on, and what is between.

    That is no cell where one is beside it.
    """
    beside = _beside(zones.count.shape[1] - 1)
    near, patch = beside[cell], of[:, None]
    joins = zones.rim[of, cell]
    toll = np.where(zones.rim[patch, near], zones.alone[patch, near], np.inf)
    row, cheapest = np.arange(len(of)), toll.argmin(axis=1)
    between = np.where(joins, len(beside) - 1, near[row, cheapest])
    reached = joins | np.isfinite(toll[row, cheapest])
    return of[reached], cell[reached], between[reached]


def _scored(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return scores(observed, np.maximum(expected, _LEAST))


@lru_cache
def _ring_ends(rings: int) -> NDArray[np.intp]:
    """Give how many cells the disks of 0 to so many rings have."""
    ring = np.arange(rings + 1)
    return 1 + 3 * ring * (ring + 1)


@lru_cache
def _beside(cells: int) -> NDArray[np.intp]:
    """Give the neighbours of each cell of a disk of so many; shape (cells + 1, 6).

    `cells`, where there is none in the disk, has itself for neighbours.
    """
    rings = int(np.searchsorted(_ring_ends(WIDEST), cells))
    disk = h3.grid_disk(_SOMEWHERE, rings)
    place = {cell: i for i, cell in enumerate(disk)}
    rows = [[place.get(other, cells) for other in h3.grid_ring(cell, 1)] for cell in disk]
    return np.array([*rows, [cells] * len(rows[0])], dtype=np.intp)
