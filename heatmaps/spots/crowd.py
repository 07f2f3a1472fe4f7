"""Who is counted in a window: customers, once each, and where on a lattice they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.lattice import FLOWER_RADIUS
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.record import ComplaintColumns

OUT_OF_REACH = 1000
"""More rings than any disk has: who is known so coarsely stands in no zone."""

_CROWDED = 2
"""It pays to gather customers when they are more than one for so many different rows."""


class Places:
    """The different cells of some complaints, with their resolutions; others name them by row.

    Cells are sorted, so those of one resolution stand together.
    """

    def __init__(self, cell: NDArray[np.int64], resolution: NDArray[np.int8]) -> None:
        self.cell = cell
        self.resolution = resolution
        self._on: dict[int, tuple[Lattice, NDArray[np.int32], NDArray[np.intp]]] = {}
        self._owners: dict[int, tuple[tuple[int, NDArray[np.int64]], ...]] = {}

    def on(self, lattice: Lattice) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Give slot and offset of each place; a place out of reach has no slot.

        A coarse place stands at its centre child, with as many rings as hold all its descendants.
        """
        known = self._on.get(lattice.resolution)
        if known is None or known[0] is not lattice:
            known = self._on[lattice.resolution] = (lattice, *_slots(self, lattice))
        return known[1:]

    def owners(self, resolution: int) -> tuple[tuple[int, NDArray[np.int64]], ...]:
        """Give the ancestors of all places not coarser, ascending, for each of their resolutions.

        Each begins with the row of the first; the coarser places stand before all of them.
        """
        if resolution not in self._owners:
            finer = np.arange(resolution, int(self.resolution.max(initial=resolution)) + 1)
            first, end = (np.searchsorted(self.resolution, finer, side=side).tolist()
                          for side in ("left", "right"))  # fmt: skip
            self._owners[resolution] = tuple(
                (one, parents(self.cell[one:other], resolution))
                for one, other in zip(first, end, strict=True)
            )
        return self._owners[resolution]


@dataclass(frozen=True, slots=True)
class Roll:
    """What of some complaints is the same at every tick, worked out once.

    `place` is each complaint's row of `places`. `later` is the row of the customer's next
    complaint and `later_alike` of the next one on the same topic, the number of rows where none
    follows; `earlier` and `earlier_alike` go the other way, to -1.
    """

    places: Places
    place: NDArray[np.int32]
    later: NDArray[np.intp]
    later_alike: NDArray[np.intp]
    earlier: NDArray[np.intp]
    earlier_alike: NDArray[np.intp]

    def part(self, rows: slice) -> Roll:
        """Give the roll of consecutive rows; who follows after them follows nobody."""
        count = rows.stop - rows.start
        return Roll(
            self.places,
            self.place[rows],
            np.minimum(self.later[rows] - rows.start, count),
            np.minimum(self.later_alike[rows] - rows.start, count),
            np.maximum(self.earlier[rows] - rows.start, -1),
            np.maximum(self.earlier_alike[rows] - rows.start, -1),
        )


def roll_of(columns: ComplaintColumns) -> Roll:
    """Give the roll of complaints; one cell is always of one resolution."""
    cell, first, place = np.unique(columns.cell, return_index=True, return_inverse=True)
    places = Places(cell, columns.resolution[first])
    customer = np.unique(columns.customer, return_inverse=True)[1]
    topics = int(columns.topic.max(initial=0)) + 1
    alike = customer * topics + columns.topic
    later, earlier = _neighbours(customer)
    later_alike, earlier_alike = _neighbours(alike)
    at = place.astype(np.int32)
    return Roll(places, at, later, later_alike, earlier, earlier_alike)


def _neighbours(values: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the next row with the same value, their number where there is none; and the last, -1."""
    order = np.argsort(values, kind="stable")
    same = np.flatnonzero(values[order[1:]] == values[order[:-1]])
    later, earlier = np.full(len(values), len(values)), np.full(len(values), -1)
    later[order[same]] = order[same + 1]
    earlier[order[same + 1]] = order[same]
    return later, earlier


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers who complained in the longest window, once in each plane they belong to.

    Columns of one length. `world` tells independent copies of the region apart (calibration
    scans many at once; a real tick has only world 0); `place` is a row of `places`; `plane` is 0
    for all topics or 1 + topic; `window` the position of the shortest window that holds the
    customer; `fresh` says that the complaint became known in the tick's hour. A row stands for
    `number` customers alike in all of this.
    """

    world: NDArray[np.intp]
    places: Places
    place: NDArray[np.int32]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    number: NDArray[np.int64]
    worlds: int


def taken(
    columns: ComplaintColumns, which: NDArray[np.intp] | NDArray[np.bool_] | slice
) -> ComplaintColumns:
    """Give the complaints asked for, in the order asked for."""
    names = columns.__dataclass_fields__
    return type(columns)(**{name: getattr(columns, name)[which] for name in names})


class Attendance:
    """Complaints at a tick, microseconds UTC: the window that each falls into.

    `window` is the position of the shortest window that holds the complaint, `windows` where none
    does. `roll` is that of the columns, where it is known.
    """

    def __init__(
        self,
        columns: ComplaintColumns,
        tick: int,
        windows_h: NDArray[np.intp],
        *,
        roll: Roll | None = None,
    ) -> None:
        self.roll = roll or roll_of(columns)
        self.topic = columns.topic
        self.windows = len(windows_h)
        ends = np.searchsorted(columns.time, tick - windows_h * HOUR_US, side="right")
        passed = np.cumsum(np.bincount(ends, minlength=len(columns.time) + 1))
        self.window = (self.windows - passed)[:-1]

    def crowd(
        self, of_all: NDArray[np.intp], of_topic: NDArray[np.intp], fresh: NDArray[np.bool_]
    ) -> Crowd:
        """Give the crowd of complaints that count among all, and of those in their topic."""
        row, places = np.concatenate([of_all, of_topic]), self.roll.places
        plane = np.concatenate([np.zeros(len(of_all), dtype=np.intp), 1 + self.topic[of_topic]])
        return gathered(places, self.roll.place[row], plane, self.window[row], fresh[row])

    def everybody(self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_]) -> Crowd:
        """Give the crowd with every complaint for itself: never fewer at any place."""
        row = np.flatnonzero(counted & (self.window < self.windows))
        return self.crowd(row, row, fresh)


class Standing:
    """The complaints that count: of each customer the latest, and the latest in each topic.

    `counted` says which complaints may count at all. `crowd` is everybody who counted at first;
    `by_window` counts customers now, by plane and window, a window with all that a shorter holds.
    """

    def __init__(
        self, attendance: Attendance, counted: NDArray[np.bool_], fresh: NDArray[np.bool_]
    ) -> None:
        self._attendance, self._fresh, roll = attendance, fresh, attendance.roll
        counted = counted & (attendance.window < attendance.windows)
        self._counted = np.append(counted, [False])  # the last for whom there is none
        self._of_all, self._of_topic = (
            (roll.earlier, _latest(counted, roll.later)),
            (roll.earlier_alike, _latest(counted, roll.later_alike)),
        )
        of_all, of_topic = (np.flatnonzero(which[1]) for which in (self._of_all, self._of_topic))
        self.crowd = attendance.crowd(of_all, of_topic, fresh)
        self.by_window = np.zeros((PLANES, attendance.windows))
        self._note(self.crowd, 1)

    def among(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give those of some complaints that may count."""
        counted: NDArray[np.intp] = rows[self._counted[rows]]
        return counted

    def take_out(self, rows: NDArray[np.intp]) -> tuple[Crowd, Crowd]:
        """Count some complaints no longer; gives who went, and whose earlier ones came instead."""
        self._counted[rows] = False
        moved = [self._stepped_back(rows, *chain) for chain in (self._of_all, self._of_topic)]
        (gone, come), (gone_alike, come_alike) = moved
        went = self._attendance.crowd(gone, gone_alike, self._fresh)
        came = self._attendance.crowd(come, come_alike, self._fresh)
        self._note(went, -1)
        self._note(came, 1)
        return went, came

    def _stepped_back(
        self, rows: NDArray[np.intp], earlier: NDArray[np.intp], stands: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        gone = rows[stands[rows]]
        stands[gone] = False
        before = earlier[gone]
        while (skipped := (before >= 0) & ~self._counted[before]).any():
            before[skipped] = earlier[before[skipped]]
        come = before[before >= 0]
        stands[come] = True
        return gone, come

    def _note(self, crowd: Crowd, times: int) -> None:
        key = crowd.plane * self._attendance.windows + crowd.window
        counts = np.bincount(key, weights=crowd.number, minlength=self.by_window.size)
        self.by_window += times * np.cumsum(counts.reshape(self.by_window.shape), axis=1)


def latest_of(rows: NDArray[np.intp], later: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give those of some complaints that no other of them by the same customer follows."""
    chosen = np.zeros(len(later), dtype=np.bool_)
    chosen[rows] = True
    return np.flatnonzero(_latest(chosen, later, rows))


def gathered(
    places: Places,
    place: NDArray[np.int32],
    plane: NDArray[np.intp],
    window: NDArray[np.intp],
    fresh: NDArray[np.bool_],
) -> Crowd:
    """Give the crowd of one world from columns of customers, those alike in one row where many."""
    number = np.ones(len(place), dtype=np.int64)
    planes, windows = int(plane.max(initial=0)) + 1, int(window.max(initial=0)) + 1
    if len(place) * _CROWDED > len(places.cell) * planes * windows:
        key = ((place * np.intp(planes) + plane) * windows + window) * 2 + fresh
        counts = np.bincount(key)
        alike = np.flatnonzero(counts)
        number, fresh = counts[alike], alike % 2 == 1
        row, window = np.divmod(alike // 2, windows)
        place, plane = (row // planes).astype(np.int32), row % planes
    world = np.zeros(len(place), dtype=np.intp)
    return Crowd(world, places, place, plane, window, fresh, number, worlds=1)


def _latest(
    counted: NDArray[np.bool_], later: NDArray[np.intp], rows: NDArray[np.intp] | None = None
) -> NDArray[np.bool_]:
    """Say which counted complaints no counted one follows; `rows` are the counted, where known."""
    rows = np.flatnonzero(counted) if rows is None else rows
    standing = np.append(counted, [False])  # behind the last row nobody counts
    following = later[rows]
    skipped = np.flatnonzero((following < len(later)) & ~standing[following])
    while len(skipped):  # a complaint that does not count hides none before it
        following[skipped] = later[following[skipped]]
        open_end = following[skipped] < len(later)
        skipped = skipped[open_end & ~standing[following[skipped]]]
    latest = np.zeros(len(later), dtype=np.bool_)
    latest[rows[~standing[following]]] = True
    return latest


@dataclass(frozen=True, slots=True)
class Placed:
    """A crowd on one lattice: each at a `slot`, held whole by `offset` rings around it."""

    world: NDArray[np.intp]
    slot: NDArray[np.int32]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    number: NDArray[np.int64]
    worlds: int
    offset: NDArray[np.intp]


def placed(crowd: Crowd, lattice: Lattice) -> Placed:
    """Put a crowd on a lattice, leaving out who is known too coarsely for any of its disks."""
    slots, offsets = crowd.places.on(lattice)
    offset = offsets[crowd.place]
    kept: NDArray[np.intp] | slice = slice(None)
    if offsets.max(initial=0) > lattice.max_ring:
        kept = np.flatnonzero(offset <= lattice.max_ring)
    return Placed(
        world=crowd.world[kept],
        slot=slots[crowd.place[kept]],
        plane=crowd.plane[kept],
        window=crowd.window[kept],
        fresh=crowd.fresh[kept],
        number=crowd.number[kept],
        worlds=crowd.worlds,
        offset=offset[kept],
    )


def _slots(places: Places, lattice: Lattice) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    resolution = lattice.resolution
    offset = np.zeros(len(places.cell), dtype=np.intp)
    cell = parents(places.cell, resolution)
    for coarser in np.unique(places.resolution[places.resolution < resolution]).tolist():
        rows = np.flatnonzero(places.resolution == coarser)
        levels = resolution - coarser
        offset[rows] = FLOWER_RADIUS[levels] if levels < len(FLOWER_RADIUS) else OUT_OF_REACH
        owners = places.cell[rows].tolist()
        centres = [h3.cell_to_center_child(owner, resolution) for owner in owners]
        cell[rows] = np.array(centres, dtype=np.int64)
    within = offset <= lattice.max_ring
    slot = np.zeros(len(cell), dtype=np.int32)
    slot[within] = lattice.slots(cell[within])
    return slot, offset
