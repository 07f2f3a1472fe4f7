"""Vulnerable objects in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from heatmaps.region.objects import ObjectKind, VulnerableObject
from heatmaps.store.engine import lock
from heatmaps.store.tables import StoredObject
from heatmaps.store.told_again import named_since, save_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from heatmaps.store.region import Saved

_NAMES = tuple(VulnerableObject.__slots__)


def save_objects(
    connection: Connection, objects: Sequence[VulnerableObject], at: datetime
) -> Saved:
    """Write objects over those with the same id; see `save_over`."""
    return save_over(connection, objects, StoredObject.object_id, _objects, at)


def objects_since(connection: Connection, since: datetime) -> set[str]:
    """Give the ids of the objects that a load at `since` or later named."""
    return named_since(connection, StoredObject.object_id, since)


def forget_unnamed(connection: Connection, at: datetime) -> int:
    """Remove the objects that no load at `at` or later named; give how many went."""
    lock(connection, "network")
    older = StoredObject.loaded_at < at
    gone = connection.scalar(select(func.count()).select_from(StoredObject).where(older))
    connection.execute(delete(StoredObject).where(older))
    return gone or 0


def load_objects(connection: Connection) -> list[VulnerableObject]:
    """Give all vulnerable objects by id."""
    return _objects(connection)


def _objects(connection: Connection, *which: ColumnElement[bool]) -> list[VulnerableObject]:
    query = select(*(getattr(StoredObject, name) for name in _NAMES)).where(*which)
    return [
        VulnerableObject(object_id, ObjectKind(kind), name, lat, lon)
        for object_id, kind, name, lat, lon in connection.execute(
            query.order_by(StoredObject.object_id)
        )
    ]
