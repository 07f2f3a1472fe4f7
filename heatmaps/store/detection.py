"""What detection stands on: the hours it has done, and complaints as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, insert, select

from heatmaps.complaints.likeness import first_entries
from heatmaps.desk.words import Status
from heatmaps.region.grid import resolution_of
from heatmaps.region.technology import Technology
from heatmaps.spots.record import ComplaintColumns
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.detection_rows import ROW
from heatmaps.store.spots import SPOT, complaints_of
from heatmaps.store.tables import Tick

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime, timedelta

    from numpy.typing import NDArray
    from sqlalchemy import Connection

_TECHNOLOGIES = np.array([*map(str, Technology), None], dtype=object)
"""By code; the last is that of `NO_CODE`."""


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


def columns_of(
    rows: NDArray[np.void], *, count_registration: bool, duplicate_within: timedelta
) -> tuple[ComplaintColumns, WeightColumns]:
    """Give columns of rows as `read_rows` gives them, in their order.

    A complaint without customer is a customer of its own, and those of equal likeness that follow
    each other within `duplicate_within` are one and the same, entered several times. Registration
    addresses are left out unless `count_registration`.
    """
    if not count_registration:
        rows = rows[~rows["registration"]]
    plain = {name: np.ascontiguousarray(rows[name]) for name in ROW.names or ()}
    columns = ComplaintColumns(
        complaint_id=plain["id"],
        customer=_customer_codes(rows, duplicate_within),
        cell=plain["cell"],
        resolution=resolution_of(plain["cell"]),
        time=plain["time"],
        available=plain["available"],
        topic=plain["topic"],
    )
    technology = _TECHNOLOGIES[plain["technology"]]
    return columns, WeightColumns(plain["segment"], plain["ltv"], plain["critical"], technology)


def _customer_codes(rows: NDArray[np.void], duplicate_within: timedelta) -> NDArray[np.int64]:
    """Give each customer a number from 0 up, and each that nobody named one below 0."""
    codes = np.empty(len(rows), dtype=np.int64)
    named, unnamed = np.flatnonzero(rows["named"]), np.flatnonzero(~rows["named"])
    codes[named] = np.unique(rows["customer"][named], return_inverse=True)[1]
    codes[unnamed] = -1 - np.arange(len(unnamed))
    told = unnamed[rows["alike"][unnamed]]
    first = first_entries(rows["likeness"][told], rows["time"][told], duplicate_within)
    codes[told] = codes[told[first]]
    return codes


@dataclass(frozen=True, slots=True)
class PastSpot:
    """A closed spot as it bears on what its place usually produces; it never changes again."""

    opened_at: datetime
    observed: int
    expected: float
    status: Status
    acknowledged_at: datetime | None
    complaint_id: NDArray[np.int64]


def past_spots(
    connection: Connection, since: datetime, known: Collection[int]
) -> dict[int, PastSpot]:
    """Give the spots closed after `since`, by id, but for those known already."""
    names = ("id", "opened_at", "observed", "expected", "status", "acknowledged_at")
    closed = select(*(SPOT.c[name] for name in names)).where(SPOT.c.closed_at > since)
    found = {row.id: row for row in connection.execute(closed) if row.id not in known}
    held = complaints_of(connection, sorted(found))
    return {
        spot_id: PastSpot(
            opened_at=row.opened_at,
            observed=row.observed,
            expected=row.expected,
            status=Status(row.status),
            acknowledged_at=row.acknowledged_at,
            complaint_id=held[spot_id],
        )
        for spot_id, row in sorted(found.items())
    }
