"""Data quality from the store: counts over the complaints of a period, none of them personal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, distinct, func, select

from heatmaps.complaints.record import State
from heatmaps.geocoding.default_point import DEFAULT_POINT
from heatmaps.geocoding.result import Level
from heatmaps.insight.data_quality import (
    DataQuality,
    UsedDefaultPoint,
    counted_words,
    repeats_of,
)
from heatmaps.store import bulk, quarantine
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.default_points import POINT
from heatmaps.store.tables import IntakeRun
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection

    from heatmaps.insight.data_quality import Repeats


def load_quality(
    connection: Connection, since: datetime, until: datetime, duplicate_within: timedelta
) -> DataQuality:
    """Give the data quality of the complaints made from `since` up to and without `until`."""
    c, r = COMPLAINT.c, IntakeRun
    made = and_(c.created_at >= since, c.created_at < until)
    levels = _counts(connection, c.location_level, made)
    faults = counted_words(_counts(connection, c.location_faults, made))
    files = connection.execute(
        select(func.sum(r.rows), func.sum(r.left_out), func.sum(r.quarantined))
        .where(r.started_at >= since, r.started_at < until)
    ).one()  # fmt: skip
    rows, left_out, refused = (int(total or 0) for total in files)
    return DataQuality(
        since=since,
        until=until,
        complaints=sum(levels.values()),
        withdrawn=_number(connection, made & (c.state == State.WITHDRAWN)),
        by_level={str(level): levels[str(level)] for level in Level if str(level) in levels},
        unlocated=_number(connection, made & c.cell.is_(None)),
        on_default_points=faults.get(DEFAULT_POINT, 0),
        default_points=_default_points(connection, made),
        repeats=_repeats(connection, made, duplicate_within),
        location_faults=faults,
        flags=counted_words(_counts(connection, c.flags, made)),
        quarantine_waiting=quarantine.count_waiting(connection),
        rows_in=rows,
        rows_left_out=left_out,
        rows_quarantined=refused,
    )


def _counts(
    connection: Connection, column: ColumnElement[Any], made: ColumnElement[bool]
) -> dict[Any, int]:
    query = select(column, func.count()).where(made).group_by(column).order_by(column)
    return dict(connection.execute(query).tuples().all())


def _number(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(COMPLAINT).where(which)) or 0


def _default_points(
    connection: Connection, made: ColumnElement[bool]
) -> tuple[UsedDefaultPoint, ...]:
    c, p = COMPLAINT.c, POINT.c
    here = and_(c.given_lat == p.lat, c.given_lon == p.lon)
    query = (
        select(p.lat, p.lon, func.count(), func.count(distinct(c.address_key)), p.found_at)
        .join(COMPLAINT, here)
        .where(made)
        .group_by(p.lat, p.lon, p.found_at)
        .order_by(func.count().desc(), p.lat, p.lon)
    )
    return tuple(UsedDefaultPoint(*row) for row in connection.execute(query))


def _repeats(connection: Connection, made: ColumnElement[bool], within: timedelta) -> Repeats:
    c = COMPLAINT.c
    counted = made & c.likeness.is_not(None) & (c.state != State.WITHDRAWN)
    several = select(c.likeness).where(counted).group_by(c.likeness).having(func.count() > 1)
    query = (
        select(c.likeness, microseconds(c.created_at), func.coalesce(c.cell, 0))
        .where(counted, c.likeness.in_(several))
        .order_by(c.id)
    )
    likeness, time, cell = (
        column.astype(np.int64) for column in bulk.read_columns(connection, query)
    )
    return repeats_of(likeness, time, cell, within)
