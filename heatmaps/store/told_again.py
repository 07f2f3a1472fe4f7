"""Records of the network that loads name again and again, written over those with the same id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import delete, insert, select, update

from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.region import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.orm import InstrumentedAttribute

Record = TypeVar("Record")


def save_over(
    connection: Connection,
    told: Sequence[Record],
    by: InstrumentedAttribute[str],
    load: Callable[[Connection, ColumnElement[bool]], Sequence[Record]],
    at: datetime,
) -> Saved:
    """Write records, no id twice, over those with the same id; `at` is the time of their load.

    `by` is the column of their ids in a table with a `loaded_at`; a record has its other columns as
    slots of the same names, and `load` gives those stored that a condition chooses.
    """
    lock(connection, "network")
    table: Any = by.class_

    def name(record: Record) -> str:
        return str(getattr(record, by.key))

    ids = [name(each) for each in told]
    known = {
        name(each): each for part in bulk.in_parts(ids) for each in load(connection, by.in_(part))
    }
    fresh = [each for each in told if name(each) not in known]
    changed = [each for each in told if name(each) in known and known[name(each)] != each]
    for part in bulk.in_parts([name(each) for each in changed]):
        connection.execute(delete(table).where(by.in_(part)))
    if written := [*fresh, *changed]:
        slots = written[0].__slots__  # type: ignore[attr-defined]  # records are slotted dataclasses
        rows = [{slot: getattr(each, slot) for slot in slots} for each in written]
        connection.execute(insert(table), [{**row, "loaded_at": at} for row in rows])
    same = [name(each) for each in told if known.get(name(each)) == each]
    for part in bulk.in_parts(same):
        connection.execute(update(table).where(by.in_(part)).values(loaded_at=at))
    return Saved(len(fresh), len(changed), len(told) - len(written))


def named_since(
    connection: Connection, by: InstrumentedAttribute[str], since: datetime
) -> set[str]:
    """Give the ids of the records that a load at `since` or later named."""
    return set(connection.scalars(select(by).where(by.class_.loaded_at >= since)))
