"""Spots in the store, whole: as detection takes them up and leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import Select, Text, cast, delete, func, insert, select, update

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.words import Cause, Status
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import bulk
from heatmaps.store.region import outline
from heatmaps.store.tables import Spot, SpotCell, SpotComplaint, SpotEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

SPOT: Table = Spot.__table__  # type: ignore[assignment]  # a mapped table is a Table
LINK: Table = SpotComplaint.__table__  # type: ignore[assignment]
ZONE: Table = SpotCell.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a spot."""

    spot_id: int
    at: datetime
    kind: str
    actor: str
    detail: dict[str, Any]


def load_living(connection: Connection, *, hold: bool = False) -> list[SpotCase]:
    """Give the spots that are not over, by id; with `hold`, nobody changes them meanwhile."""
    query = select(Spot).where(Spot.closed_at.is_(None))
    return _cases(connection, query.with_for_update() if hold else query)


def load_cases(connection: Connection) -> list[SpotCase]:
    """Give every spot there ever was, by id."""
    return _cases(connection, select(Spot))


def load_chosen(connection: Connection, spot_ids: Collection[int]) -> list[SpotCase]:
    """Give the spots of these numbers, by id."""
    parts = bulk.in_parts(sorted(spot_ids))
    return [
        case for part in parts for case in _cases(connection, select(Spot).where(Spot.id.in_(part)))
    ]


def complaints_of(connection: Connection, spot_ids: Sequence[int]) -> dict[int, NDArray[np.int64]]:
    """Give the ids of the complaints counted in each of some spots, ascending.

    One text a spot is read: a row for each link would take a hundred times as long.
    """
    ids = func.aggregate_strings(cast(LINK.c.complaint_id, Text), ",")
    query = select(LINK.c.spot_id, ids).group_by(LINK.c.spot_id)
    held = dict.fromkeys(spot_ids, np.zeros(0, dtype=np.int64))
    for part in bulk.in_parts(spot_ids):
        for spot_id, told in connection.execute(query.where(LINK.c.spot_id.in_(part))):
            held[spot_id] = np.sort(np.fromstring(told, dtype=np.int64, sep=","))
    return held


def next_spot_id(connection: Connection) -> int:
    """Give the number of the next new spot."""
    return bulk.next_id(connection, SPOT)


def save_cases(
    connection: Connection, before: Sequence[SpotCase], after: Sequence[SpotCase]
) -> None:
    """Write what became of the spots; those not in `before` are new."""
    old = {case.detected.spot_id: case for case in before}
    ordered = sorted(after, key=lambda case: case.detected.spot_id)
    for case in ordered:
        if case.detected.spot_id not in old:
            connection.execute(insert(Spot).values(_opening_values(case)))
    for case in ordered:  # spots refer to each other, so all of them stand before any is related
        earlier = old.get(case.detected.spot_id)
        if case != earlier:
            here = Spot.id == case.detected.spot_id
            changed = {**_current_values(case), **_relations(case)}
            connection.execute(update(Spot).where(here).values(changed))
        _save_cells(connection, earlier, case)
        _save_links(connection, earlier, case)


def save_events(connection: Connection, events: Sequence[Event]) -> None:
    """Add to the history of spots."""
    rows = [{name: getattr(event, name) for name in event.__slots__} for event in events]
    if rows:
        connection.execute(insert(SpotEvent), rows)


def work_values(work: Work) -> dict[str, Any]:
    """Give the columns that people and rules write."""
    names = (name for name in work.__slots__ if name != "spot_id")
    return {name: getattr(work, name) for name in names}


def work_of(row: Any) -> Work:  # noqa: ANN401 - a row of the table spot, whole or in part
    """Read the columns that people and rules write."""
    return Work(
        spot_id=row.id,
        status=Status(row.status),
        status_at=row.status_at,
        queue=row.queue,
        closed_at=row.closed_at,
        owner=row.owner,
        acknowledged_at=row.acknowledged_at,
        resolved_at=row.resolved_at,
        cause=Cause(row.cause) if row.cause else None,
        eta=row.eta,
        eta_first=row.eta_first,
        done=row.done,
    )


def _current_values(case: SpotCase) -> dict[str, Any]:
    seen = case.detected
    zone = shapely.union_all([outline(cell) for cell in seen.cells])
    return {
        "signal": seen.signal,
        "quiet_since": seen.quiet_since,
        "last_tick": seen.last_tick,
        "resolution": seen.resolution,
        "observed_last": seen.observed_last,
        "expected_last": seen.expected_last,
        "score_last": seen.score_last,
        "observed_peak": seen.observed_peak,
        "lat": case.lat,
        "lon": case.lon,
        "outline": shapely.to_wkb(shapely.multipolygons(shapely.get_parts(zone))),
        "customers_complained": case.now.customers_complained,
        "customers_silent": case.now.customers_silent,
        "priority": case.now.priority,
        "priority_parts": list(case.now.parts),
        **work_values(case.work),
    }


def _relations(case: SpotCase) -> dict[str, int | None]:
    return {"merged_into": case.detected.merged_into, "parent_id": case.detected.parent_id}


def _opening_values(case: SpotCase) -> dict[str, Any]:
    seen = case.detected
    return {
        "id": seen.spot_id,
        "opened_at": seen.opened_at,
        "topic": seen.topic,
        "window_h": seen.window_h,
        "observed": seen.observed,
        "expected": seen.expected,
        "score": seen.score,
        "recurrence_days": seen.recurrence_days,
        "technology": case.technology,
        "territory_id": case.territory_id,
        "policy_version": case.policy_version,
        "customers_complained_opened": case.at_opening.customers_complained,
        "customers_silent_opened": case.at_opening.customers_silent,
        "priority_opened": case.at_opening.priority,
        **_current_values(case),
    }


def _save_cells(connection: Connection, earlier: SpotCase | None, case: SpotCase) -> None:
    seen = case.detected
    if earlier and earlier.detected.cells == seen.cells:
        return
    opened, current = set(seen.cells_opened), set(seen.cells)
    connection.execute(delete(SpotCell).where(SpotCell.spot_id == seen.spot_id))
    rows = [
        {
            "spot_id": seen.spot_id,
            "cell": cell,
            "opened": cell in opened,
            "current": cell in current,
        }
        for cell in sorted(opened | current)
    ]
    connection.execute(insert(SpotCell), rows)


def _save_links(connection: Connection, earlier: SpotCase | None, case: SpotCase) -> None:
    known = set(earlier.detected.complaint_ids) if earlier else set()
    fresh = sorted(set(case.detected.complaint_ids) - known)
    rows = [{"spot_id": case.detected.spot_id, "complaint_id": number} for number in fresh]
    if rows:
        connection.execute(insert(SpotComplaint), rows)


def _cases(connection: Connection, query: Select[Any]) -> list[SpotCase]:
    rows = connection.execute(query.order_by(Spot.id)).all()
    ids = [row.id for row in rows]
    opened, current = _cells(connection, ids)
    complaints = complaints_of(connection, ids)
    return [
        _case(row, opened[row.id], current[row.id], tuple(complaints[row.id].tolist()))
        for row in rows
    ]


def _cells(
    connection: Connection, ids: Sequence[int]
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    opened: dict[int, tuple[int, ...]] = dict.fromkeys(ids, ())
    current: dict[int, tuple[int, ...]] = dict.fromkeys(ids, ())
    for part in bulk.in_parts(ids):
        query = select(SpotCell.spot_id, SpotCell.cell, SpotCell.opened, SpotCell.current)
        query = query.where(SpotCell.spot_id.in_(part)).order_by(SpotCell.cell)
        for spot_id, cell, was, is_now in connection.execute(query):
            if was:
                opened[spot_id] += (cell,)
            if is_now:
                current[spot_id] += (cell,)
    return opened, current


def _case(
    row: Any,  # noqa: ANN401 - a row of the table spot
    opened: tuple[int, ...],
    current: tuple[int, ...],
    complaints: tuple[int, ...],
) -> SpotCase:
    detected = DetectedSpot(
        spot_id=row.id,
        opened_at=row.opened_at,
        topic=row.topic,
        resolution=row.resolution,
        cells=current,
        cells_opened=opened,
        window_h=row.window_h,
        observed=row.observed,
        expected=row.expected,
        score=row.score,
        recurrence_days=row.recurrence_days,
        signal=Signal(row.signal),
        observed_last=row.observed_last,
        expected_last=row.expected_last,
        score_last=row.score_last,
        observed_peak=row.observed_peak,
        last_tick=row.last_tick,
        quiet_since=row.quiet_since,
        complaint_ids=complaints,
        merged_into=row.merged_into,
        parent_id=row.parent_id,
    )
    return SpotCase(
        detected=detected,
        work=work_of(row),
        at_opening=Facts(
            row.customers_complained_opened, row.customers_silent_opened, row.priority_opened, ()
        ),
        now=Facts(
            row.customers_complained,
            row.customers_silent,
            row.priority,
            tuple(row.priority_parts),
        ),
        technology=row.technology,
        territory_id=row.territory_id,
        lat=row.lat,
        lon=row.lon,
        policy_version=row.policy_version,
    )
