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


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers who complained in the longest window, once in each plane they belong to.

    Columns of one length. `world` tells independent copies of the region apart (calibration
    scans many at once; a real tick has only world 0); `plane` is 0 for all topics or 1 + topic;
    `window` the position of the shortest window that holds the customer; `fresh` says that the
    complaint became known in the tick's hour.
    """

    world: NDArray[np.intp]
    cell: NDArray[np.int64]
    resolution: NDArray[np.int8]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    worlds: int


def taken(
    columns: ComplaintColumns, which: NDArray[np.intp] | NDArray[np.bool_]
) -> ComplaintColumns:
    """Give the complaints asked for, in the order asked for."""
    names = columns.__dataclass_fields__
    return type(columns)(**{name: getattr(columns, name)[which] for name in names})


def crowd_at(
    columns: ComplaintColumns,
    counted: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
    tick: int,
    windows_h: NDArray[np.intp],
) -> Crowd:
    """Give the crowd of the counted complaints of the longest window at `tick`, microseconds UTC.

    Of each customer the latest complaint counts, and the latest in each topic.
    """
    recent = columns.time > tick - int(windows_h[-1]) * HOUR_US
    rows = np.flatnonzero(counted & recent)[::-1]
    customer, topic = columns.customer[rows], columns.topic[rows].astype(np.intp)
    of_all = np.unique(customer, return_index=True)[1]
    order = np.lexsort((topic, customer))
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (np.diff(customer[order]) != 0) | (np.diff(topic[order]) != 0)
    of_topic = order[new]
    row = rows[np.concatenate([of_all, of_topic])]
    return Crowd(
        world=np.zeros(len(row), dtype=np.intp),
        cell=columns.cell[row],
        resolution=columns.resolution[row],
        plane=np.concatenate([np.zeros(len(of_all), dtype=np.intp), 1 + topic[of_topic]]),
        window=np.searchsorted(windows_h * HOUR_US, tick - columns.time[row], side="right"),
        fresh=fresh[row],
        worlds=1,
    )


@dataclass(frozen=True, slots=True)
class Placed(Crowd):
    """A crowd on one lattice: `cell` of its resolution, held whole by `offset` rings around it."""

    offset: NDArray[np.intp]


def placed(crowd: Crowd, lattice: Lattice) -> Placed:
    """Put a crowd on a lattice, leaving out who is known too coarsely for any of its disks.

    A coarse place stands at its centre child, with as many rings as hold all its descendants.
    """
    resolution = lattice.resolution
    offset = np.zeros(len(crowd.cell), dtype=np.intp)
    cell = parents(crowd.cell, resolution)
    for coarser in np.unique(crowd.resolution[crowd.resolution < resolution]).tolist():
        rows = np.flatnonzero(crowd.resolution == coarser)
        levels = resolution - coarser
        offset[rows] = FLOWER_RADIUS[levels] if levels < len(FLOWER_RADIUS) else _OUT_OF_REACH
        owners, owner = np.unique(crowd.cell[rows], return_inverse=True)
        centres = [h3.cell_to_center_child(o, resolution) for o in owners.tolist()]
        cell[rows] = np.array(centres, dtype=np.int64)[owner]
    kept = offset <= lattice.max_ring
    return Placed(
        world=crowd.world[kept],
        cell=cell[kept],
        resolution=crowd.resolution[kept],
        plane=crowd.plane[kept],
        window=crowd.window[kept],
        fresh=crowd.fresh[kept],
        worlds=crowd.worlds,
        offset=offset[kept],
    )
