"""What people have said of the spots in the store, for judging a policy by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from heatmaps.desk.words import Status
from heatmaps.insight.verdicts import WorkedSpot
from heatmaps.store.spots import complaints_of
from heatmaps.store.tables import Spot

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection


def worked_spots(connection: Connection, since: datetime, until: datetime) -> list[WorkedSpot]:
    """Give the spots that lived at any time from `since` to `until`, by number.

    A merged spot has the status of the one it went into at last.
    """
    query = select(Spot.id, Spot.opened_at, Spot.closed_at, Spot.status, Spot.merged_into)
    lived = or_(Spot.closed_at.is_(None), Spot.closed_at >= since)
    rows = connection.execute(query.where(Spot.opened_at <= until, lived).order_by(Spot.id)).all()
    survivors = {row.id: row for row in rows}
    counted = complaints_of(connection, list(survivors))
    return [
        WorkedSpot(
            row.id,
            row.opened_at,
            row.closed_at or until,
            Status(_survivor(row, survivors).status),
            frozenset(counted[row.id].tolist()),
        )
        for row in rows
    ]


def _survivor(row: Any, known: dict[int, Any]) -> Any:  # noqa: ANN401 - rows of the query above
    """Follow merges to the end; a survivor lives at least as long, so it is among the rows."""
    while row.merged_into in known:
        row = known[row.merged_into]
    return row
