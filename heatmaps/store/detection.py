"""What detection stands on: the hours it has done, and complaints as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, insert, select

from heatmaps.complaints.likeness import first_entries
from heatmaps.complaints.record import AddressKind, Segment, State, Topic
from heatmaps.region.grid import resolution_of
from heatmaps.spots.record import ComplaintColumns
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.tables import SpotComplaint, Tick
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select, Table

LINK: Table = SpotComplaint.__table__  # type: ignore[assignment]  # a mapped table is a Table

NO_CODE = -1
"""Code of an absent segment or technology."""

_ROWS_AT_ONCE = 5_000
_TEXT, _WHOLE = np.object_, np.int64
_KINDS = (_WHOLE, _TEXT, _TEXT, _WHOLE, _WHOLE, _WHOLE, _TEXT, _TEXT, np.float64, np.bool_, _TEXT)
"""Of the columns that `load_complaints` reads; objects also where there may be no number."""

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
        select(c.id, c.customer_id, c.likeness, c.cell, microseconds(c.created_at),
               microseconds(c.available_at), c.topic, c.segment, c.ltv, c.critical, c.technology)
        .where(c.cell.is_not(None), c.state != State.WITHDRAWN,
               c.created_at > since, c.created_at <= until)
        .order_by(c.created_at, c.id)
    )  # fmt: skip
    if not count_registration:
        query = query.where(c.address_kind != AddressKind.REGISTRATION)
    (ids, customers, likeness, cells, times, available, topics, segments, ltv, critical,
     technology) = _typed_columns(connection, query, _KINDS)  # fmt: skip
    columns = ComplaintColumns(
        complaint_id=ids,
        customer=_customer_codes(customers, likeness, times, duplicate_within),
        cell=cells,
        resolution=resolution_of(cells),
        time=times,
        available=available,
        topic=_coded(topics, TOPIC_CODES),
    )
    segment = _coded(segments, {None: NO_CODE} | SEGMENT_CODES)
    return columns, WeightColumns(segment, ltv, critical, technology)


def _typed_columns(
    connection: Connection, query: Select[Any], kinds: Sequence[type]
) -> list[NDArray[Any]]:
    """Give the result as one array of a kind a column.

    Reads from the driver's cursor and some rows at a time: a million rows of Python objects take
    longer to make and to keep than all that is done with them.
    """
    parts: list[list[NDArray[Any]]] = [[np.zeros(0, dtype=kind)] for kind in kinds]
    result = connection.execute(query)
    while rows := result.cursor.fetchmany(_ROWS_AT_ONCE):
        for part, values, kind in zip(parts, zip(*rows, strict=True), kinds, strict=True):
            part.append(np.array(values, dtype=kind))
    result.close()
    return [np.concatenate(part) for part in parts]


def _coded(words: NDArray[np.object_], codes: Mapping[Any, int]) -> NDArray[np.int8]:
    return np.fromiter(map(codes.__getitem__, words.tolist()), dtype=np.int8, count=len(words))


def _customer_codes(
    customers: NDArray[np.object_],
    likeness: NDArray[np.object_],
    time: NDArray[np.int64],
    duplicate_within: timedelta,
) -> NDArray[np.int64]:
    """Give each customer a number from 0 up, and each that nobody named one below 0."""
    names = dict.fromkeys(customers.tolist())
    names.pop(None, None)
    known = {None: -1} | dict(zip(names, range(len(names)), strict=True))
    numbered = map(known.__getitem__, customers.tolist())
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
