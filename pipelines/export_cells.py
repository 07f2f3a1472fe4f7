"""Cells to files, one row each: who lives there and what they complained of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from heatmaps.complaints.record import Topic
from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.region.grid import GRID_RESOLUTION, parents, resolution_of
from heatmaps.store.exports import customers_by_cell, topics_by_cell
from heatmaps.store.region import load_exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.record import Exposure
    from heatmaps.store.engine import Store
    from heatmaps.store.exports import Period

SAYS = {
    "cell": "H3 cell",
    "resolution": f"its H3 resolution; coarser than {GRID_RESOLUTION} where places are rough",
    "subscribers": "subscribers in it; a coarse cell holds those of its fine ones once more, so "
    "sum rows of one resolution only",
    "complaints": "complaints made in the period and placed in just this cell, without withdrawn",
    "customers": "customers behind them; who is not named counts as one each",
    **{f"topic_{topic}": f"of these complaints, those about {topic}" for topic in Topic},
    "first_at": "when the first of them was made",
    "last_at": "when the last of them was made",
    "lat": "latitude of the cell's centre, degrees",
    "lon": "longitude of the cell's centre, degrees",
}
"""The columns in their order, and what each holds."""


def cell_sheet(store: Store, period: Period = (None, None)) -> Sheet:
    """Give every cell that has subscribers or complaints of the period; shapes are outlines."""
    with store.reading() as connection:
        exposure = load_exposure(connection)
        counts = topics_by_cell(connection, period)
        customers = customers_by_cell(connection, period)
    complained = customers["cell"].to_numpy()
    cells = np.union1d(exposure.cell, complained)
    at = np.searchsorted(cells, complained)
    people = np.zeros(len(cells), dtype=np.int64)
    people[at] = customers["customers"].to_numpy()
    centres = np.array([h3.cell_to_latlng(cell) for cell in cells.tolist()]).reshape(-1, 2)
    values = {
        "cell": [format(cell, "x") for cell in cells.tolist()],
        "resolution": resolution_of(cells),
        "subscribers": _subscribers(cells, exposure).round(2),
        "customers": people,
        **_by_topic(cells, counts),
        **_bounds(cells, counts),
        "lat": centres[:, 0].round(6),
        "lon": centres[:, 1].round(6),
    }
    columns = (Column(name, says, values[name], _kind(name)) for name, says in SAYS.items())
    says = "H3 cells with their subscribers and complaints"
    return Sheet("cells", tuple(columns), outlines(cells), says)


def outlines(cells: NDArray[np.int64]) -> NDArray[np.object_]:
    """Give the cells' borders as polygons; x = longitude, y = latitude, WGS 84 degrees."""
    rings = [h3.cell_to_boundary(cell) for cell in cells.tolist()]
    corners = np.array([corner for ring in rings for corner in ring]).reshape(-1, 2)
    ring_of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    borders = shapely.linearrings(corners[:, ::-1], indices=ring_of)
    return np.asarray(shapely.polygons(borders), dtype=object)


def _subscribers(cells: NDArray[np.int64], exposure: Exposure) -> NDArray[np.float64]:
    """Give the subscribers of each cell, of a coarse one those of all its fine cells."""
    found = np.zeros(len(cells))
    resolutions = resolution_of(cells)
    for resolution in np.unique(resolutions).tolist():
        here = resolutions == resolution
        coarse, inverse = np.unique(parents(exposure.cell, resolution), return_inverse=True)
        sums = np.bincount(inverse, exposure.subscribers, len(coarse))
        at = np.searchsorted(coarse, cells[here])
        known = np.append(coarse, 0)[at] == cells[here]
        found[here] = np.where(known, np.append(sums, 0)[at], 0)
    return found


def _by_topic(cells: NDArray[np.int64], counts: pa.Table) -> dict[str, NDArray[np.int64]]:
    at = np.searchsorted(cells, counts["cell"].to_numpy())
    topic, count = counts["topic"].to_numpy(), counts["complaints"].to_numpy()
    found = {"complaints": np.bincount(at, count, len(cells)).astype(np.int64)}
    for name in Topic:
        of = topic == name
        found[f"topic_{name}"] = np.bincount(at[of], count[of], len(cells)).astype(np.int64)
    return found


def _bounds(cells: NDArray[np.int64], counts: pa.Table) -> dict[str, pa.Array]:
    """Give the first and last complaint of each cell; None where there is none."""
    bounds = counts.group_by("cell").aggregate([("first_at", "min"), ("last_at", "max")])
    rows = pc.index_in(pa.array(cells), bounds["cell"].combine_chunks())
    return {
        "first_at": bounds["first_at_min"].take(rows),
        "last_at": bounds["last_at_max"].take(rows),
    }


def _kind(name: str) -> Kind:
    if name == "cell":
        return Kind.TEXT
    if name.endswith("_at"):
        return Kind.MOMENT
    return Kind.NUMBER if name in {"subscribers", "lat", "lon"} else Kind.INTEGER
