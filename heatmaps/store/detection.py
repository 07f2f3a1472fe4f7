"""What detection stands on: the hours it has done, and complaints as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, insert, select

from heatmaps.complaints.likeness import first_entries
from heatmaps.complaints.record import AddressKind, Segment, State, Topic
from heatmaps.spots.record import ComplaintColumns
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.tables import SpotComplaint, Tick
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

LINK: Table = SpotComplaint.__table__  # type: ignore[assignment]  # a mapped table is a Table

NO_CODE = -1
"""Code of an absent segment or technology."""

TOPIC_CODES = {str(topic): code for code, topic in enumerate(Topic)}
SEGMENT_CODES = {str(segment): code for code, segment in enumerate(Segment)}


@dataclass(frozen=True, slots=True)
class WeightColumns:
    """What priority weighs, row by row beside `ComplaintColumns`; `ltv` NaN where unknown."""

    segment: NDArray[np.int8]
    ltv: NDArray[np.float64]
    critical: NDArray[np.bool_]
    technology: NDArray[np.object_]


def last_tick(connection: Connection) -> datetime | None:
    """Give the last hour detection has done; None before the first."""
    moment: datetime | None = connection.scalar(select(func.max(Tick.tick_at)))
    return moment


def note_ticks(
    connection: Connection, ticks: Iterable[datetime], done_at: datetime, policy_version: int
) -> None:
    """Note hours as done, never to be done again."""
    rows = [
        {"tick_at": tick, "done_at": done_at, "policy_version": policy_version} for tick in ticks
    ]
    connection.execute(insert(Tick), rows)


def first_complaint_at(connection: Connection) -> datetime | None:
    """Give the time of the earliest complaint that has a place; None where there is none."""
    query = select(func.min(COMPLAINT.c.created_at)).where(COMPLAINT.c.cell.is_not(None))
    moment: datetime | None = connection.scalar(query)
    return moment


def load_complaints(
    connection: Connection,
    since: datetime,
    until: datetime,
    *,
    count_registration: bool,
    duplicate_within: timedelta,
) -> tuple[ComplaintColumns, WeightColumns]:
    """Give the complaints detection may count: placed, not withdrawn, since < time <= until.

    A complaint without customer is a customer of its own, and those of equal likeness that follow
    each other within `duplicate_within` are one and the same, entered several times. Registration
    addresses are left out unless `count_registration`.
    """
    c = COMPLAINT.c
    query = (
        select(c.id, c.customer_id, c.likeness, c.cell, c.resolution, microseconds(c.created_at),
               microseconds(c.available_at), c.topic, c.segment, c.ltv, c.critical, c.technology)
        .where(c.cell.is_not(None), c.state != State.WITHDRAWN,
               c.created_at > since, c.created_at <= until)
        .order_by(c.created_at, c.id)
    )  # fmt: skip
    if not count_registration:
        query = query.where(c.address_kind != AddressKind.REGISTRATION)
    (ids, customers, likeness, cells, resolutions, times, available, topics, segments, ltv,
     critical, technology) = bulk.read_columns(connection, query)  # fmt: skip
    columns = ComplaintColumns(
        complaint_id=ids.astype(np.int64),
        customer=_customer_codes(customers, likeness, times.astype(np.int64), duplicate_within),
        cell=cells.astype(np.int64),
        resolution=resolutions.astype(np.int8),
        time=times.astype(np.int64),
        available=available.astype(np.int64),
        topic=np.array([TOPIC_CODES[topic] for topic in topics], dtype=np.int8),
    )
    weights = WeightColumns(
        segment=np.array([SEGMENT_CODES.get(s, NO_CODE) for s in segments], dtype=np.int8),
        ltv=ltv.astype(np.float64),
        critical=critical.astype(np.bool_),
        technology=technology,
    )
    return columns, weights


def _customer_codes(
    customers: NDArray[np.object_],
    likeness: NDArray[np.object_],
    time: NDArray[np.int64],
    duplicate_within: timedelta,
) -> NDArray[np.int64]:
    """Give each customer a number from 0 up, and each that nobody named one below 0."""
    known: dict[str | None, int] = {None: -1}
    numbered = (known.setdefault(customer, len(known) - 1) for customer in customers.tolist())
    codes = np.fromiter(numbered, dtype=np.int64, count=len(customers))
    unnamed = np.flatnonzero(codes < 0)
    told = unnamed[[likeness[row] is not None for row in unnamed.tolist()]]
    codes[unnamed] = -1 - np.arange(len(unnamed))
    first = first_entries(likeness[told].astype(np.int64), time[told], duplicate_within)
    codes[told] = codes[told[first]]
    return codes


def counted_complaints(connection: Connection, since: datetime) -> NDArray[np.int64]:
    """Give the ids of complaints made after `since` that were ever counted in a spot."""
    query = (
        select(LINK.c.complaint_id)
        .distinct()
        .join(COMPLAINT, COMPLAINT.c.id == LINK.c.complaint_id)
        .where(COMPLAINT.c.created_at > since)
    )
    return np.array(connection.scalars(query).all(), dtype=np.int64)
