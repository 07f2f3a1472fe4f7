"""Zones that were scored, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


DISK = 0
"""The shape of a zone that is all of its disk."""


@dataclass(frozen=True, slots=True)
class Zones:
    """The best zone of each centre and plane: columns of one length.

    `centre` is an H3 cell of `resolution`, the zone its disk of `ring` rings or, where `shape` is
    not `DISK`, those cells of it whose bits are set, in the disk's order. `window` is a position in
    the policy's windows; `observed` customers are set against `expected`; `score` is as
    `standing_out` gives it, less what the shape costs.
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
    shape: NDArray[np.uint64]

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
    shape=np.zeros(0, dtype=np.uint64),
)


def strongest(zones: Zones) -> int:
    """Give the position of the highest score; of equals the finest, then by its place."""
    score = zones.score.round(9)
    equal = np.flatnonzero(score == score.max())
    keys = (zones.shape, zones.ring, zones.centre, zones.plane, -zones.resolution)
    return int(equal[np.lexsort([key[equal] for key in keys])[0]])


def joined(zones: list[Zones]) -> Zones:
    """Give the zones of several scans as one."""
    names = Zones.__dataclass_fields__
    zones = [*zones, NO_ZONES]
    return Zones(*(np.concatenate([getattr(z, name) for z in zones]) for name in names))


@dataclass(frozen=True, slots=True)
class LaneZones:
    """Zones of lanes, each a centre with a plane: columns by lane, disk or shape, and window.

    `lane` is a position among those that somebody scores; `ring`, `shape` and `window` are those of
    `Zones`. `count` customers are seen against `alone` at the region's usual level, which is `base`
    an hour; `price` is what the shape takes off the score.
    """

    lane: NDArray[np.intp]
    ring: NDArray[np.intp]
    shape: NDArray[np.uint64]
    window: NDArray[np.intp]
    count: NDArray[np.float64]
    alone: NDArray[np.float64]
    base: NDArray[np.float64]
    price: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> LaneZones:
        """Give the zones at the positions asked for."""
        return LaneZones(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def joined(self, other: LaneZones) -> LaneZones:
        """Give these zones and then those of another."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return LaneZones(*(np.concatenate(pair) for pair in pairs))

    def best(self, score: NDArray[np.float64]) -> NDArray[np.intp]:
        """Give the position of each lane's highest score, by lane.

        Of equals the smallest, a disk before a shape, and the shortest.
        """
        order = np.lexsort((self.window, self.shape, self.ring, self.lane))
        return order[highest_of_each(self.lane[order], score[order])]


NO_LANE_ZONES = LaneZones(
    lane=np.zeros(0, dtype=np.intp),
    ring=np.zeros(0, dtype=np.intp),
    shape=np.zeros(0, dtype=np.uint64),
    window=np.zeros(0, dtype=np.intp),
    count=np.zeros(0),
    alone=np.zeros(0),
    base=np.zeros(0),
    price=np.zeros(0),
)


def disks_of_lanes(
    lane: NDArray[np.intp],
    ring: NDArray[np.intp],
    window: NDArray[np.intp],
    sums: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> LaneZones:
    """Give the zones of lanes that are disks; `sums` are count, alone and base."""
    shape, price = np.full(len(lane), DISK, dtype=np.uint64), np.zeros(len(lane))
    return LaneZones(lane, ring, shape, window, *sums, price)


def highest_of_each(lane: NDArray[np.intp], score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the position of each lane's highest score, the first of equals; `lane` is sorted."""
    if not len(lane):
        return lane
    first = np.flatnonzero(np.diff(lane, prepend=-1))
    highest = np.repeat(np.maximum.reduceat(score, first), np.diff(np.append(first, len(lane))))
    top = np.flatnonzero(score == highest)
    return top[np.flatnonzero(np.diff(lane[top], prepend=-1))]
