"""Complaints to files, one row each: what happened and roughly where, never to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.store.exports import complaint_table, counted_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.store.engine import Store
    from heatmaps.store.exports import Period

SAYS = {
    "complaint_id": "number of the complaint in this store",
    "source": "system it came from",
    "external_id": "its number in that system",
    "revision": "1 as first told, one more for each correction",
    "state": "open, closed or withdrawn",
    "created_at": "when it was made",
    "occurred_at": "when the trouble occurred, where told",
    "updated_at": "when the source last changed it",
    "closed_at": "when the source closed it",
    "received_at": "when it came into this store",
    "topic": "what it is about",
    "segment": "market segment of the customer",
    "technology": "2g, 3g, 4g or 5g",
    "critical": "whether the trouble is critical",
    "channel": "how it came",
    "place": "indoor, outdoor or transport",
    "roaming": "whether the customer was roaming",
    "brand": "brand of the operator",
    "transferred_to": "department it was passed to",
    "flags": "what intake noticed, space between",
    "address_kind": "the address of what: problem, home, work or registration",
    "location_level": "how exactly the place is known: house, near, street, settlement …",
    "location_source": "what the place was found from",
    "location_faults": "what was doubtful in the address, space between",
    "uncertainty_m": "radius that holds the place, metres",
    "cell": "H3 cell of the place, as fine as the uncertainty allows; empty: unlocated",
    "resolution": "H3 resolution of the cell",
    "spot_ids": "numbers of the spots it was ever counted in, space between",
    "lat": "latitude of the centre of the cell, degrees; not of the customer's house",
    "lon": "longitude of the centre of the cell, degrees; not of the customer's house",
}
"""The columns in their order, and what each holds."""

_MOMENTS = {name for name in SAYS if name.endswith("_at")}
_KINDS = {
    **dict.fromkeys(SAYS, Kind.TEXT),
    **dict.fromkeys(_MOMENTS, Kind.MOMENT),
    **dict.fromkeys(("complaint_id", "revision", "resolution"), Kind.INTEGER),
    **dict.fromkeys(("critical", "roaming"), Kind.FLAG),
    **dict.fromkeys(("uncertainty_m", "lat", "lon"), Kind.NUMBER),
}


def complaint_sheet(store: Store, period: Period = (None, None)) -> Sheet:
    """Give the complaints made in the period, by id; shapes are the centres of their cells.

    The centre stands for the point, which would name a house and so a household.
    """
    with store.reading() as connection:
        told = complaint_table(connection, period)
        counted = counted_table(connection, period)
    ids, cells = told["id"], told["cell"]
    texts, lat, lon = _places(cells)
    values = {
        **{name: told[name] for name in told.column_names if name in SAYS},
        "complaint_id": ids,
        "cell": texts,
        "spot_ids": _spot_ids(ids.to_numpy(), counted),
        "lat": lat,
        "lon": lon,
    }
    columns = (Column(name, says, values[name], _KINDS[name]) for name, says in SAYS.items())
    says = "Complaints without personal data, placed by the centre of their H3 cell"
    return Sheet("complaints", tuple(columns), _points(lat, lon), says)


def _places(cells: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.float64], NDArray[np.float64]]:
    """Give the cells as text and their centres; a cell is worked out once, however many share it.

    Centres are WGS 84 degrees, latitude first, NaN where there is no cell.
    """
    coded = cells.combine_chunks().dictionary_encode()
    known = coded.dictionary.to_pylist()
    centres = np.array([h3.cell_to_latlng(cell) for cell in known]).reshape(-1, 2)
    positions = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    padded = np.vstack([centres, [np.nan, np.nan]])[positions]
    texts = pa.array([format(cell, "x") for cell in known], pa.string()).take(coded.indices)
    return texts, padded[:, 0].round(6), padded[:, 1].round(6)


def _points(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.object_]:
    points = np.full(len(lat), None, dtype=object)
    known = ~np.isnan(lat)
    points[known] = shapely.points(lon[known], lat[known])
    return points


def _spot_ids(ids: NDArray[np.int64], counted: pa.Table) -> pa.Array:
    """Give each complaint's spots as text; None for one in no spot."""
    of = counted["complaint_id"].to_numpy()
    starts, ends = (np.searchsorted(of, ids, side) for side in ("left", "right"))
    bounds = np.append(starts, len(of)).astype(np.int32)
    spots = counted["spot_id"].combine_chunks().cast(pa.string())
    joined = pc.binary_join(pa.ListArray.from_arrays(bounds, spots), " ")
    return pc.if_else(pa.array(starts < ends), joined, pa.scalar(None, pa.string()))
