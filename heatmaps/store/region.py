"""Territories and exposure in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import shapely
from sqlalchemy import delete, insert, select, update

from heatmaps.region.territories import Territory
from heatmaps.spots.record import Exposure
from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.tables import CellExposure, StoredTerritory, SubscriberCount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

EXPOSURE: Table = CellExposure.__table__  # type: ignore[assignment]  # a mapped table is a Table
COUNT: Table = SubscriberCount.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a load did: rows = new + updated + unchanged."""

    new: int
    updated: int
    unchanged: int


def save_subscribers(
    connection: Connection, cells: NDArray[np.int64], subscribers: NDArray[np.float64]
) -> Saved:
    """Write counts as delivered, over what was known of the same cells."""
    lock(connection, "subscribers")
    before = dict(map(tuple, connection.execute(select(COUNT.c.cell, COUNT.c.subscribers))))
    known = np.array([before.get(cell, np.nan) for cell in cells.tolist()], dtype=np.float64)
    fresh, same = np.isnan(known), known == subscribers
    changed = ~fresh & ~same
    bulk.insert_columns(
        connection, COUNT, {"cell": cells[fresh], "subscribers": subscribers[fresh]}
    )
    for cell, count in zip(cells[changed].tolist(), subscribers[changed].tolist(), strict=True):
        row = update(SubscriberCount).where(SubscriberCount.cell == cell)
        connection.execute(row.values(subscribers=count))
    return Saved(int(fresh.sum()), int(changed.sum()), int(same.sum()))


def load_subscribers(connection: Connection) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give cells and subscribers as delivered, sorted by cell."""
    query = select(COUNT.c.cell, COUNT.c.subscribers).order_by(COUNT.c.cell)
    cells, subscribers = bulk.read_columns(connection, query)
    return cells.astype(np.int64), subscribers.astype(np.float64)


def save_exposure(connection: Connection, exposure: Exposure) -> None:
    """Replace the exposure of all cells."""
    lock(connection, "subscribers")
    connection.execute(delete(CellExposure))
    outlines = [outline(cell) for cell in exposure.cell.tolist()]
    columns: dict[str, Any] = {
        "cell": exposure.cell,
        "subscribers": exposure.subscribers,
        "outline": shapely.to_wkb(np.array(outlines, dtype=object)),
    }
    bulk.insert_columns(connection, EXPOSURE, columns)


def load_exposure(connection: Connection) -> Exposure:
    """Give the exposure of all cells, sorted by cell."""
    query = select(EXPOSURE.c.cell, EXPOSURE.c.subscribers).order_by(EXPOSURE.c.cell)
    cells, subscribers = bulk.read_columns(connection, query)
    return Exposure(cells.astype(np.int64), subscribers.astype(np.float64))


def outline(cell: int) -> shapely.Polygon:
    """Give a cell's border; x = longitude, y = latitude, WGS 84 degrees."""
    return shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])


def save_territories(connection: Connection, territories: Sequence[Territory]) -> Saved:
    """Write territories over those with the same id; parents may come in any order."""
    lock(connection, "territories")
    known = {row.territory_id: row for row in load_territories(connection)}
    fresh = [row for row in territories if row.territory_id not in known]
    changed = [r for r in territories if r.territory_id in known and known[r.territory_id] != r]
    for row in sorted(fresh, key=lambda row: row.level):
        connection.execute(insert(StoredTerritory).values(_values(row)))
    for row in changed:
        here = StoredTerritory.territory_id == row.territory_id
        connection.execute(update(StoredTerritory).where(here).values(_values(row)))
    return Saved(len(fresh), len(changed), len(territories) - len(fresh) - len(changed))


def load_territories(connection: Connection) -> list[Territory]:
    """Give all territories, the region first."""
    t = StoredTerritory
    query = select(t.territory_id, t.name, t.parent_id, t.level, t.timezone, t.boundary)
    rows = connection.execute(query.order_by(t.level, t.territory_id))
    return [Territory(*row) for row in rows]


def region_timezone(connection: Connection) -> str | None:
    """Give the zone name of the region, the top territory; None where none is loaded."""
    t = StoredTerritory
    query = select(t.timezone).order_by(t.level, t.territory_id).limit(1)
    zone: str | None = connection.scalar(query)
    return zone


def _values(row: Territory) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__slots__ if name != "wkb"}
    return {**values, "boundary": row.wkb}
