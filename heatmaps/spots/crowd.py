"""Who is counted in a window: customers, once each, and where on a lattice they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.lattice import FLOWER_RADIUS
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.lattice import Lattice
    from heatmaps.spots.record import ComplaintColumns

_OUT_OF_REACH = 1000
_CROWDED = 2
"""It pays to gather customers when they are more than one for so many different rows."""


@dataclass(frozen=True, slots=True)
class Places:
    """The different cells of some complaints, with their resolutions; others name them by row."""

    cell: NDArray[np.int64]
    resolution: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Roll:
    """What of some complaints is the same at every tick, worked out once.

    `place` is each complaint's row of `places`. `later` is the row of the customer's next
    complaint and `later_alike` of the next one on the same topic, the number of rows where none
    follows.
    """

    places: Places
    place: NDArray[np.int32]
    later: NDArray[np.intp]
    later_alike: NDArray[np.intp]

    def part(self, rows: slice) -> Roll:
        """Give the roll of consecutive rows; who follows after them follows nobody."""
        count = rows.stop - rows.start
        return Roll(
            self.places,
            self.place[rows],
            np.minimum(self.later[rows] - rows.start, count),
            np.minimum(self.later_alike[rows] - rows.start, count),
        )


def roll_of(columns: ComplaintColumns) -> Roll:
    """Give the roll of complaints; one cell is always of one resolution."""
    cell, first, place = np.unique(columns.cell, return_index=True, return_inverse=True)
    places = Places(cell, columns.resolution[first])
    customer = np.unique(columns.customer, return_inverse=True)[1]
    topics = int(columns.topic.max(initial=0)) + 1
    alike = customer * topics + columns.topic
    return Roll(places, place.astype(np.int32), _next_equal(customer), _next_equal(alike))


def _next_equal(values: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the next row with the same value, the number of rows where there is none."""
    order = np.argsort(values, kind="stable")
    following = np.full(len(values), len(values), dtype=np.intp)
    same = values[order[1:]] == values[order[:-1]]
    following[order[:-1][same]] = order[1:][same]
    return following


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers who complained in the longest window, once in each plane they belong to.

    Columns of one length. `world` tells independent copies of the region apart (calibration
    scans many at once; a real tick has only world 0); `place` is a row of `places`; `plane` is 0
    for all topics or 1 + topic; `window` the position of the shortest window that holds the
    customer; `fresh` says that the complaint became known in the tick's hour. A row stands for
    `number` customers, of whom at least one is fresh where it says so.
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


def crowd_at(  # noqa: PLR0913 - what is counted, and when
    columns: ComplaintColumns,
    counted: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
    tick: int,
    windows_h: NDArray[np.intp],
    *,
    roll: Roll | None = None,
) -> Crowd:
    """Give the crowd of the counted complaints of the longest window at `tick`, microseconds UTC.

    Of each customer the latest complaint counts, and the latest in each topic. `roll` is that of
    the columns, where it is known.
    """
    roll = roll or roll_of(columns)
    counted = counted & (columns.time > tick - int(windows_h[-1]) * HOUR_US)
    of_all, of_topic = _latest(counted, roll.later), _latest(counted, roll.later_alike)
    row = np.concatenate([of_all, of_topic])
    plane = np.concatenate([np.zeros(len(of_all), dtype=np.intp), 1 + columns.topic[of_topic]])
    window = np.searchsorted(windows_h * HOUR_US, tick - columns.time[row], side="right")
    return gathered(roll.places, roll.place[row], plane, window, fresh[row])


def everybody_at(  # noqa: PLR0913 - as above
    columns: ComplaintColumns,
    counted: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
    tick: int,
    windows_h: NDArray[np.intp],
    *,
    roll: Roll,
) -> Crowd:
    """Give `crowd_at` with every complaint for itself: never fewer at any place."""
    row = np.flatnonzero(counted & (columns.time > tick - int(windows_h[-1]) * HOUR_US))
    window = np.searchsorted(windows_h * HOUR_US, tick - columns.time[row], side="right")
    plane = np.concatenate([np.zeros(len(row), dtype=np.intp), 1 + columns.topic[row]])
    twice = np.tile(row, 2)
    return gathered(roll.places, roll.place[twice], plane, np.tile(window, 2), fresh[twice])


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
        key = (place * np.intp(planes) + plane) * windows + window
        counts = np.bincount(key)
        alike = np.flatnonzero(counts)
        number, fresh = counts[alike], np.bincount(key[fresh], minlength=len(counts))[alike] > 0
        row, window = np.divmod(alike, windows)
        place, plane = (row // planes).astype(np.int32), row % planes
    world = np.zeros(len(place), dtype=np.intp)
    return Crowd(world, places, place, plane, window, fresh, number, worlds=1)


def _latest(counted: NDArray[np.bool_], later: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give the counted rows that no counted one follows."""
    rows = np.flatnonzero(counted)
    standing = np.append(counted, False)  # behind the last row nobody counts
    following = later[rows]
    skipped = np.flatnonzero((following < len(later)) & ~standing[following])
    while len(skipped):  # a complaint that does not count hides none before it
        following[skipped] = later[following[skipped]]
        open_end = following[skipped] < len(later)
        skipped = skipped[open_end & ~standing[following[skipped]]]
    latest: NDArray[np.intp] = rows[~standing[following]]
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
    """Put a crowd on a lattice, leaving out who is known too coarsely for any of its disks.

    A coarse place stands at its centre child, with as many rings as hold all its descendants.
    """
    slots, offsets = _slots(crowd.places, lattice)
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
    """Give slot and offset of each place; a place out of reach has no slot."""
    resolution = lattice.resolution
    offset = np.zeros(len(places.cell), dtype=np.intp)
    cell = parents(places.cell, resolution)
    for coarser in np.unique(places.resolution[places.resolution < resolution]).tolist():
        rows = np.flatnonzero(places.resolution == coarser)
        levels = resolution - coarser
        offset[rows] = FLOWER_RADIUS[levels] if levels < len(FLOWER_RADIUS) else _OUT_OF_REACH
        owners = places.cell[rows].tolist()
        centres = [h3.cell_to_center_child(owner, resolution) for owner in owners]
        cell[rows] = np.array(centres, dtype=np.int64)
    within = offset <= lattice.max_ring
    slot = np.zeros(len(cell), dtype=np.int32)
    slot[within] = lattice.slots(cell[within])
    return slot, offset
