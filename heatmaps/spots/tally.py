"""What stands out, kept up to date while complaints are taken out.

A zone's score depends on its own count, on what is expected there and on the region's level. The
first two change only near the complaints that are taken out, and are kept; the level only lowers
a score, so zones that would not reach the threshold without it are forgotten at once, but for disks
that a shape may grow from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from heatmaps.spots.expectation import PLANES
from heatmaps.spots.ground import LANES_AT_ONCE, zone_sums
from heatmaps.spots.grown import Held, grown, patches, seeds, seeds_from, stands
from heatmaps.spots.scan import LARGEST_SHARE
from heatmaps.spots.score import scores, standing_out
from heatmaps.spots.seats import Seats
from heatmaps.spots.zones import NO_LANE_ZONES, LaneZones, Zones, disks_of_lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads, Moves

_SLACK = 1e-6
"""More than rounding can make of a score."""
_LEAST = 1e-9


class Tally:
    """The zones that reach a threshold, among centres given; of a single world.

    `among` are keys of each resolution as `prospects` gives them. Customers may come only to
    places of `heads`. A lane is a centre with a plane; lanes of all resolutions stand in columns
    of one length.
    """

    def __init__(
        self,
        ground: Ground,
        heads: Heads,
        *,
        weight: NDArray[np.float64],
        among: dict[int, NDArray[np.intp]],
        threshold: float,
    ) -> None:
        self._ground, self._weight, self._threshold = ground, weight, threshold
        centre = [(keys // PLANES).astype(np.int32) for keys in among.values()]
        self._of = np.repeat(np.arange(len(among)), [len(keys) for keys in among.values()])
        self._slots, self._slot = centre, np.concatenate(centre)
        self._lattices = lattices = [ground.lattices[resolution] for resolution in among]
        self._cell = np.concatenate([at.cells[c] for at, c in zip(lattices, centre, strict=True)])
        self._resolution = np.array(list(among), dtype=np.int8)
        plane = [keys % PLANES for keys in among.values()]
        disks = [at.disks(c) for at, c in zip(lattices, centre, strict=True)]
        self._seats = seats = Seats(ground, heads, dict(zip(among, disks, strict=True)))
        self._plane = np.concatenate(plane)
        self._usual = np.concatenate(
            [zone_sums(ground, *of_one) for of_one in zip(lattices, disks, plane, strict=True)]
        )
        rows = np.concatenate(
            [rows[around] for rows, around in zip(seats.row_of_slot, disks, strict=True)]
        )
        self._keys = rows * np.int32(PLANES) + self._plane.astype(np.int32)[:, None]
        self._lanes_of_key: sparse.csc_array | None = None
        self._finest = self._resolution[self._of] == max(ground.lattices)
        self._rings_apart = np.full(len(self._plane), seats.rings)
        self._hot = self._measured(np.arange(len(self._plane)))

    def forget(self, rings_apart: dict[int, NDArray[np.intp]]) -> None:
        """Keep no zones around centres that have none left apart from what was seen.

        `rings_apart` says by resolution and slot how many rings of disks are apart from it; other
        zones of a centre that has one are kept, for the best of them may not be apart.
        """
        self._rings_apart = np.concatenate(
            [rings_apart[int(at)][slots]
             for at, slots in zip(self._resolution, self._slots, strict=True)]
        )  # fmt: skip
        self._hot = self._apart(self._hot)

    def _apart(self, hot: LaneZones) -> LaneZones:
        apart = np.zeros(len(self._keys), dtype=np.bool_)
        apart[hot.lane[hot.ring < self._rings_apart[hot.lane]]] = True
        return hot.take(apart[hot.lane])

    def change(self, moves: Moves) -> None:
        """Count some no longer, and others instead."""
        lost, other = self._seats.change(moves)
        hot = np.zeros(len(self._keys), dtype=np.bool_)
        hot[self._hot.lane] = True
        near = np.zeros(len(self._keys), dtype=np.bool_)
        near[self._holding(lost)] = True
        near &= hot  # a loss makes no zone stand out that did not before
        near[self._holding(other)] = True
        kept = self._hot.take(np.flatnonzero(~near[self._hot.lane]))
        self._hot = self._apart(kept.joined(self._measured(np.flatnonzero(near))))

    def _holding(self, keys: NDArray[np.intp]) -> NDArray[np.int32]:
        """Give the lanes that have one of some keys in their disks."""
        if self._lanes_of_key is None:
            lane, column = np.nonzero(self._keys >= PLANES)
            at = (lane, self._keys[lane, column])
            one, shape = np.ones(len(lane), dtype=np.int8), (len(self._keys), len(self._seats.held))
            self._lanes_of_key = sparse.csc_array((one, at), shape=shape)
        lanes, ends = self._lanes_of_key.indices, self._lanes_of_key.indptr
        spans = zip(ends[keys].tolist(), ends[keys + 1].tolist(), strict=True)
        held = [lanes[first:end] for first, end in spans]
        return np.concatenate([np.zeros(0, dtype=np.int32), *held])

    def _allowed(self, hot: LaneZones) -> LaneZones:
        expected = self._seats.expected[self._of[hot.lane], self._plane[hot.lane]]
        narrow = hot.base <= LARGEST_SHARE * expected
        return hot.take(narrow | ((hot.ring == 0) & self._finest[hot.lane]))

    def zones(self) -> Zones:
        """Give the best zone of each centre and plane that reaches the threshold."""
        hot, seats, weight = self._allowed(self._hot), self._seats, self._weight
        of, plane = self._of[hot.lane], self._plane[hot.lane]
        others = seats.observed[of, plane, hot.window] - hot.count
        usual = (seats.expected[of, plane] - hot.base) * weight[hot.window]
        expected, score = standing_out(hot.count, hot.alone, others, usual)
        score -= hot.price
        counts = (score >= self._threshold) & stands(hot, score, self._threshold)
        high = np.flatnonzero(counts)
        top = high[hot.take(high).best(score[high])]
        lane = hot.lane[top]
        return Zones(
            world=np.zeros(len(top), dtype=np.intp),
            centre=self._cell[lane],
            resolution=self._resolution[self._of[lane]],
            ring=hot.ring[top],
            plane=self._plane[lane],
            window=hot.window[top],
            observed=hot.count[top].astype(np.int64),
            expected=expected[top],
            score=score[top],
            shape=hot.shape[top],
        )

    def _measured(self, lanes: NDArray[np.intp]) -> LaneZones:
        parts = [self._measured_part(lanes[start : start + LANES_AT_ONCE])
                 for start in range(0, len(lanes), LANES_AT_ONCE)]  # fmt: skip
        hot = NO_LANE_ZONES
        for part in parts:
            hot = hot.joined(part)
        return hot

    def _measured_part(self, lanes: NDArray[np.intp]) -> LaneZones:
        """Give the zones of lanes, disks and grown ones, that may reach the threshold."""
        ground, seats = self._ground, self._seats
        held = seats.held[self._keys[lanes]]
        enough = held[:, :7].any(axis=1) & (held.sum(axis=1) >= ground.min_customers)
        lanes, held = lanes[enough], held[enough]
        counts = seats.in_disks(self._keys[lanes], held > 0)
        observed, reached = np.cumsum(counts[:, :, :-1], axis=2), counts[:, :, -1:] > 0
        base = self._usual[lanes] + seats.strays(self._keys[lanes], self._plane[lanes])
        alone = ground.hourly(base, observed) * self._weight
        standing = (observed >= ground.min_customers) & (observed > alone) & reached
        lane, ring, window = np.nonzero(standing)
        sums = (observed[standing].astype(np.float64), alone[standing], base[lane, ring])
        of_lanes = disks_of_lanes(lanes[lane], ring, window, sums)
        near = seeds(of_lanes, self._threshold)
        shapes = self._grown(*near)
        highest = scores(shapes.count, np.maximum(shapes.alone, _LEAST)) - shapes.price
        shapes = shapes.take(highest >= self._threshold - _SLACK)
        alone = scores(of_lanes.count, of_lanes.alone)
        return of_lanes.take(alone >= seeds_from(self._threshold) - _SLACK).joined(shapes)

    def _grown(self, lanes: NDArray[np.intp], window: NDArray[np.intp]) -> LaneZones:
        """Give the zones that grow around the centres of some lanes, each in a window."""
        found, ground, seats = NO_LANE_ZONES, self._ground, self._seats
        for i, lattice in enumerate(self._lattices):
            here = np.flatnonzero(self._of[lanes] == i)
            lane, plane = lanes[here], self._plane[lanes[here]]
            disks, weight = lattice.disks(self._slot[lane]), self._weight[window[here]]
            held = Held(*seats.in_cells(self._keys[lane], window[here]))
            around = patches(ground, lattice, (disks, plane), weight, held)
            found = found.joined(grown(around, lane, window[here], ground.min_customers))
        return found
