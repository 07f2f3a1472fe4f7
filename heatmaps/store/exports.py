"""What leaves the store in bulk, as Arrow columns read in steps; nothing personal among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import case, func, select

from heatmaps.complaints.record import State
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.tables import SpotComplaint
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table

ROWS_A_STEP = 50_000

TEXT, INTEGER, FLAG = pa.string(), pa.int64(), pa.bool_()
NUMBER, MOMENT = pa.float64(), pa.timestamp("us", "UTC")

COMPLAINT_COLUMNS = {
    "id": INTEGER, "source": TEXT, "external_id": TEXT, "revision": INTEGER, "state": TEXT,
    "created_at": MOMENT, "occurred_at": MOMENT, "updated_at": MOMENT, "closed_at": MOMENT,
    "received_at": MOMENT, "topic": TEXT, "segment": TEXT, "technology": TEXT, "critical": FLAG,
    "channel": TEXT, "place": TEXT, "roaming": FLAG, "brand": TEXT, "transferred_to": TEXT,
    "flags": TEXT, "address_kind": TEXT, "location_level": TEXT, "location_source": TEXT,
    "location_faults": TEXT, "uncertainty_m": NUMBER, "cell": INTEGER, "resolution": INTEGER,
}  # fmt: skip
"""What of a complaint may leave. Who made it, who works on it, their point, their value to the
operator and the sector that served them stay."""

Period = tuple["datetime | None", "datetime | None"]
"""From when (inclusive) and until when (exclusive); None is open."""


def complaint_table(connection: Connection, period: Period) -> pa.Table:
    """Give the complaints made in the period, by id; columns as `COMPLAINT_COLUMNS`."""
    c = COMPLAINT.c
    chosen = [
        microseconds(c[name]).label(name) if kind == MOMENT else c[name]
        for name, kind in COMPLAINT_COLUMNS.items()
    ]
    query = select(*chosen).where(*_within(c.created_at, period)).order_by(c.id)
    return _read(connection, query, COMPLAINT_COLUMNS)


def counted_table(connection: Connection, period: Period) -> pa.Table:
    """Give which complaints of the period were ever counted in which spot.

    Columns ``complaint_id``, ``spot_id``, sorted by both.
    """
    link: Table = SpotComplaint.__table__  # type: ignore[assignment]  # a mapped table is a Table
    query = (
        select(link.c.complaint_id, link.c.spot_id)
        .join(COMPLAINT, COMPLAINT.c.id == link.c.complaint_id)
        .where(*_within(COMPLAINT.c.created_at, period))
        .order_by(link.c.complaint_id, link.c.spot_id)
    )
    return _read(connection, query, {"complaint_id": INTEGER, "spot_id": INTEGER})


def topics_by_cell(connection: Connection, period: Period) -> pa.Table:
    """Give the complaints of the period per cell and topic, withdrawn ones left out.

    Columns ``cell``, ``resolution``, ``topic``, ``complaints``, ``first_at``, ``last_at``.
    """
    c = COMPLAINT.c
    query = (
        select(c.cell, c.resolution, c.topic, func.count(),
               microseconds(func.min(c.created_at)), microseconds(func.max(c.created_at)))
        .where(*_standing(period))
        .group_by(c.cell, c.resolution, c.topic)
        .order_by(c.cell, c.topic)
    )  # fmt: skip
    kinds = {"cell": INTEGER, "resolution": INTEGER, "topic": TEXT, "complaints": INTEGER,
             "first_at": MOMENT, "last_at": MOMENT}  # fmt: skip
    return _read(connection, query, kinds)


def customers_by_cell(connection: Connection, period: Period) -> pa.Table:
    """Give the customers behind them: columns ``cell``, ``customers``, sorted by cell.

    A complaint that names no customer is a customer of its own.
    """
    c = COMPLAINT.c
    unnamed = func.sum(case((c.customer_id.is_(None), 1), else_=0))
    query = (
        select(c.cell, func.count(c.customer_id.distinct()) + unnamed)
        .where(*_standing(period))
        .group_by(c.cell)
        .order_by(c.cell)
    )
    return _read(connection, query, {"cell": INTEGER, "customers": INTEGER})


def _within(moment: ColumnElement[datetime], period: Period) -> list[ColumnElement[bool]]:
    since, until = period
    bounds = []
    if since is not None:
        bounds.append(moment >= since)
    if until is not None:
        bounds.append(moment < until)
    return bounds


def _standing(period: Period) -> list[ColumnElement[bool]]:
    c = COMPLAINT.c
    return [c.cell.is_not(None), c.state != State.WITHDRAWN, *_within(c.created_at, period)]


def _read(connection: Connection, query: Select[Any], kinds: dict[str, pa.DataType]) -> pa.Table:
    """Read in steps, so that a long table stands in memory only as compact columns."""
    schema = pa.schema(list(kinds.items()))
    rows = connection.execute(query.execution_options(yield_per=ROWS_A_STEP))
    batches = [_batch(part, schema) for part in rows.partitions()]
    return pa.Table.from_batches(batches, schema)


def _batch(part: Any, schema: pa.Schema) -> pa.RecordBatch:  # noqa: ANN401 - rows of any query
    columns = zip(*part, strict=True)
    arrays = [
        pa.array(values, INTEGER if field.type == MOMENT else field.type).cast(field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)
