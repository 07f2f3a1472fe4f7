"""What playing with a simulation must know of a store: whose complaints it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from heatmaps.store.complaints import COMPLAINT

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def complaints_by_source(connection: Connection) -> dict[str, int]:
    """Give how many complaints each source sent, by its name."""
    c = COMPLAINT.c
    query = select(c.source, func.count()).group_by(c.source).order_by(c.source)
    return {source: count for source, count in connection.execute(query)}  # noqa: C416 - rows are no pairs


def complaints_of(connection: Connection, source: str) -> list[tuple[int, str, datetime]]:
    """Give number, id at the source and time of each complaint of a source."""
    c = COMPLAINT.c
    query = select(c.id, c.external_id, c.created_at).where(c.source == source).order_by(c.id)
    return [tuple(row) for row in connection.execute(query)]
