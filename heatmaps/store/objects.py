"""Vulnerable objects in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from heatmaps.region.objects import ObjectKind, VulnerableObject
from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.region import Saved
from heatmaps.store.tables import StoredObject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_NAMES = tuple(VulnerableObject.__slots__)


def save_objects(
    connection: Connection, objects: Sequence[VulnerableObject], at: datetime
) -> Saved:
    """Write objects, no id twice, over those with the same id; `at` is the time of their load."""
    lock(connection, "network")
    known = {
        each.object_id: each
        for part in bulk.in_parts([each.object_id for each in objects])
        for each in _objects(connection, StoredObject.object_id.in_(part))
    }
    fresh = [each for each in objects if each.object_id not in known]
    changed = [o for o in objects if o.object_id in known and known[o.object_id] != o]
    for part in bulk.in_parts([each.object_id for each in changed]):
        connection.execute(delete(StoredObject).where(StoredObject.object_id.in_(part)))
    told = [{name: getattr(each, name) for name in _NAMES} for each in [*fresh, *changed]]
    if told:
        connection.execute(insert(StoredObject), [{**row, "loaded_at": at} for row in told])
    same = [each.object_id for each in objects if known.get(each.object_id) == each]
    for part in bulk.in_parts(same):
        named = update(StoredObject).where(StoredObject.object_id.in_(part))
        connection.execute(named.values(loaded_at=at))
    return Saved(len(fresh), len(changed), len(objects) - len(told))


def objects_since(connection: Connection, since: datetime) -> set[str]:
    """Give the ids of the objects that a load at `since` or later named."""
    query = select(StoredObject.object_id).where(StoredObject.loaded_at >= since)
    return set(connection.scalars(query))


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
