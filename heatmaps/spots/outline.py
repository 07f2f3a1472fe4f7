"""The outline of a trouble: the cells around a zone that stands out which it most likely reaches.

A few complaints seldom lie at a trouble's very edge, and an antenna serves a sector: the disk that
fits them best says little about where the trouble ends. So every disk and sector around is weighed
by how well it explains them (a Bayesian spatial scan: Neill, Moore and Cooper 2006, NIPS 18), and
those cells are named of which most are expected to be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
from h3 import H3BaseException
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.special import gammaln

from heatmaps.region.grid import parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_AROUND = 4
"""Rings by which a patch reaches beyond the zone it is laid around."""
_WIDEST = 8
_ASTRAY = 2
"""Rings of the zone's own disk, and so many more, in which a trouble's middle may lie."""
_FINER = {0: 2, 1: 4}
"""Rings, by a zone's own, that cover as much in cells one resolution finer."""
_SECTORS = 6
_HALF_SECTOR = 60.0
"""Degrees to either side that an antenna of three on a mast serves."""
_LEAST_EXPECTED = 1e-6


@dataclass(frozen=True, slots=True)
class Patch:
    """The cells around a zone, in the order of `_shapes(radius, reach)`."""

    cell: NDArray[np.int64]
    resolution: int
    radius: int
    reach: int

    def seats(self, cell: NDArray[np.int64]) -> Seats:
        """Give the seats of customers known to cells of any resolution, all within the patch."""
        known = resolution_of(cell)
        fine = parents(cell[known >= self.resolution], self.resolution)
        order = np.argsort(self.cell)
        at = order[np.searchsorted(self.cell[order], fine)]
        coarse, number = np.unique(cell[known < self.resolution], return_counts=True)
        owners = [parents(self.cell, level) for level in resolution_of(coarse).tolist()]
        vague = np.array([owner == one for owner, one in zip(owners, coarse, strict=True)])
        vague = vague.reshape(len(coarse), len(self.cell))
        return Seats(np.bincount(at, minlength=len(self.cell)), vague, number)


@dataclass(frozen=True, slots=True)
class Seats:
    """Customers on a patch.

    `count` are in each cell; `number[i]` are in one of the cells that `vague[i]` marks, nobody
    knows which, shape (groups, cells).
    """

    count: NDArray[np.intp]
    vague: NDArray[np.bool_]
    number: NDArray[np.intp]

    def inside(self, shapes: sparse.csr_array) -> NDArray[np.float64]:
        """Count who is surely within shapes, which are 1 in the cells they hold."""
        surely = shapes @ self.count.astype(np.float64)
        if len(self.vague):
            whole = shapes @ self.vague.T.astype(np.float64) >= self.vague.sum(axis=1)
            surely += whole @ self.number
        return np.asarray(surely)


def patch_around(centre: int, ring: int, finest: int) -> Patch | None:
    """Give the patch around a disk: of finer cells where it has few, but none finer than `finest`.

    None where a pentagon is near, around which cells have no regular order.
    """
    resolution = h3.get_resolution(centre)
    if resolution < finest and ring in _FINER:
        resolution += 1
        centre, ring = h3.cell_to_center_child(centre, resolution), _FINER[ring]
    radius = min(ring + _AROUND, _WIDEST)
    cell = _laid_out(centre, radius)
    return None if cell is None else Patch(cell, resolution, radius, min(ring + _ASTRAY, radius))


def outline(
    patch: Patch,
    seats: Seats,
    usual: NDArray[np.float64],
    expected: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Say of each cell of a patch whether it is named as one that the trouble reaches.

    `usual` is each cell's hourly expectation, 0 where nobody lives; `expected` gives what shapes
    let expect from their sums of `usual` and of customers.

    A shape with C customers against B expected has the weight of its prior times the integral of
    q^C exp(-qB) dq/q = Gamma(C) / B^C, all scales q of its trouble being alike (Jeffreys), over
    exp(-B) without one. A disk's prior goes with 1 / its radius in cells, so that all scales of
    length are alike, too; that of its sectors together is as much. Sum the weights of the shapes
    over a cell, and there is its probability. Named are the most probable cells, so many that the
    expected F1 of those where people live is highest, as far as they hang together.
    """
    shapes = _shapes(patch.radius, patch.reach)
    c = seats.inside(shapes.holds)
    b = np.maximum(expected(shapes.holds @ usual, c), _LEAST_EXPECTED)
    weighed = gammaln(np.maximum(c, 1)) - c * np.log(b) + b + shapes.log_prior
    weighed[c == 0] = -np.inf
    weight = np.exp(weighed - weighed.max(initial=-1e9))
    probability = shapes.held_by @ weight / max(float(weight.sum()), _LEAST_EXPECTED)
    lived_in = usual > 0 if usual.any() else np.ones(len(usual), dtype=np.bool_)
    return _hanging_together(_most_right(probability, lived_in), probability, shapes.touching)


def _most_right(probability: NDArray[np.float64], lived_in: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the cells whose expected F1 is highest: 2 sum(p) / (number named + all that is sought).

    To name the k most probable is best for some k (Lewis 1995, SIGIR); the others that are as
    probable as the last of them go along.
    """
    order = np.argsort(-probability, kind="stable")
    right = np.cumsum((probability * lived_in)[order])
    named = np.cumsum(lived_in[order])
    score = 2 * right / np.maximum(named + right[-1], _LEAST_EXPECTED)
    return np.asarray(probability >= probability[order[int(score.argmax())]])


def _hanging_together(
    named: NDArray[np.bool_], probability: NDArray[np.float64], touching: sparse.csr_array
) -> NDArray[np.bool_]:
    """Keep those of the cells named that are joined to the most probable one."""
    rows = np.flatnonzero(named)
    part = connected_components(touching[rows][:, rows], directed=False)[1]
    kept = np.zeros(len(named), dtype=np.bool_)
    kept[rows[part == part[int(probability[rows].argmax())]]] = True
    return kept


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Disks and sectors over a patch: `holds` is 1 where one holds a cell, (shapes, cells).

    `held_by` is the same the other way round. Sparse, since products so small cost a hundred times
    as much where they are shared out among threads.
    """

    holds: sparse.csr_array
    held_by: sparse.csr_array
    log_prior: NDArray[np.float64]
    touching: sparse.csr_array


@lru_cache
def _coordinates(radius: int) -> NDArray[np.intp]:
    """Give the cells within some rings of one as H3's local coordinates, shape (cells, 2)."""
    span = np.arange(-radius, radius + 1)
    every = np.stack(np.meshgrid(span, span, indexing="ij"), axis=-1).reshape(-1, 2)
    return every[_rings(every) <= radius]


def _rings(apart: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the distance in cells; H3's axes i and j are 120 degrees apart."""
    i, j = apart[..., 0], apart[..., 1]
    return np.asarray(np.maximum(np.maximum(i, j), 0) - np.minimum(np.minimum(i, j), 0))


@lru_cache
def _shapes(radius: int, reach: int) -> _Shapes:
    """Give all disks within a patch whose middle is within `reach` rings, and their sectors."""
    at = _coordinates(radius)
    holds, log_prior = [], []
    for middle in at[_rings(at) <= reach]:
        apart = at - middle
        ring, x = _rings(apart), apart[:, 0] - apart[:, 1] / 2
        bearing = np.degrees(np.arctan2(apart[:, 1] * np.sqrt(3) / 2, x))
        for size in range(radius - int(_rings(middle)) + 1):
            disk = ring <= size
            holds.append(disk)
            log_prior.append(-np.log(size + 1))
            for sector in range(_SECTORS if size else 0):
                off = np.abs((bearing - sector * 360 / _SECTORS + 180) % 360 - 180)
                holds.append(disk & ((off <= _HALF_SECTOR + 1e-6) | (ring == 0)))
                log_prior.append(-np.log((size + 1) * _SECTORS))
    touching = sparse.csr_array(_rings(at[:, None] - at[None]) == 1)
    held = sparse.csr_array(np.array(holds, dtype=np.float64))
    return _Shapes(held, sparse.csr_array(held.T), np.array(log_prior), touching)


@lru_cache(maxsize=4096)
def _laid_out(centre: int, radius: int) -> NDArray[np.int64] | None:
    """Give the cells of a patch in the order of `_coordinates`, None where that is not regular."""
    places = {}
    try:
        origin = h3.cell_to_local_ij(centre, centre)
        for cell in h3.grid_disk(centre, radius):
            i, j = h3.cell_to_local_ij(centre, cell)
            places[i - origin[0], j - origin[1]] = cell
    except H3BaseException:
        return None
    wanted = [tuple(one) for one in _coordinates(radius).tolist()]
    if len(places) != len(wanted) or any(one not in places for one in wanted):
        return None
    return np.array([places[one] for one in wanted], dtype=np.int64)
