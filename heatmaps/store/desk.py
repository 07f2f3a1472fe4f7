"""Spots as desks read them, and the work people do on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select, update

from heatmaps.desk.card import SpotCard
from heatmaps.desk.lifecycle import Change, Work, apply_change, difference
from heatmaps.desk.words import OPEN_STATUSES, Refusal
from heatmaps.errors import RuleError, UsageError
from heatmaps.region.grid import GRID_RESOLUTION, child_range, parent
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT, PERSONAL
from heatmaps.store.spots import Event, save_events, work_of, work_values
from heatmaps.store.tables import Spot, SpotCell, SpotComplaint, SpotEvent, StoredTerritory, Tick

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

COARSEST_ZONE = 5
"""No zone of a spot has cells coarser than this H3 resolution."""


def open_cards(connection: Connection) -> list[SpotCard]:
    """Give the spots somebody has to do something about, the highest priority first."""
    return _cards(connection, Spot.status.in_(OPEN_STATUSES))


def recent_cards(connection: Connection, since: datetime) -> list[SpotCard]:
    """Give open spots and those closed or resolved after `since`, the highest priority first."""
    recent = or_(Spot.status.in_(OPEN_STATUSES), Spot.resolved_at >= since, Spot.closed_at >= since)
    return _cards(connection, recent)


def card(connection: Connection, spot_id: int) -> SpotCard:
    """Give one spot; UsageError where there is none of this number."""
    found = _cards(connection, Spot.id == spot_id)
    if not found:
        message = f"There is no spot {spot_id}; `heatmaps export spots` lists them all."
        raise UsageError(message)
    return found[0]


def covering_cards(connection: Connection, cell: int, resolution: int) -> list[SpotCard]:
    """Give the spots whose zone now holds a cell, or, for a coarse cell, touches it."""
    ancestors = [parent(cell, coarser) for coarser in range(COARSEST_ZONE, resolution + 1)]
    held = [SpotCell.cell.in_(ancestors)]
    for finer in range(resolution + 1, GRID_RESOLUTION + 1):
        held.append(SpotCell.cell.between(*child_range(cell, finer)))  # noqa: PERF401 - reads better
    here = select(SpotCell.spot_id).where(SpotCell.current, or_(*held))
    return _cards(connection, Spot.id.in_(here))


def change_work(
    connection: Connection, seen: Work, change: Change, *, actor: str, now: datetime
) -> Work:
    """Write a person's change with its event; gives the work after it.

    RuleError where the life cycle forbids it, or where the work is no longer as the person has
    `seen` it: nobody overwrites what another did meanwhile. The row is held from reading to
    writing. UsageError where there is no such spot.
    """
    spot_id = seen.spot_id
    row = connection.execute(select(Spot).where(Spot.id == spot_id).with_for_update()).one_or_none()
    if row is None:
        message = f"There is no spot {spot_id}; `heatmaps export spots` lists them all."
        raise UsageError(message)
    before = work_of(row)
    if before != seen:
        message = f"Spot {spot_id} was changed meanwhile and is now {before.status}; look again."
        raise RuleError(message, Refusal.OVERTAKEN)
    after = apply_change(before, change, now)
    connection.execute(update(Spot).where(Spot.id == spot_id).values(work_values(after)))
    save_events(connection, [Event(spot_id, now, "work", actor, difference(before, after))])
    return after


def events(connection: Connection, spot_id: int) -> list[Event]:
    """Give the history of a spot, the oldest first."""
    e = SpotEvent
    query = select(e.spot_id, e.at, e.kind, e.actor, e.detail).where(e.spot_id == spot_id)
    return [Event(*row) for row in connection.execute(query.order_by(e.at, e.id))]


def complaints_behind(connection: Connection, spot_id: int) -> list[dict[str, Any]]:
    """Give the complaints counted in a spot, the newest first, with what was said.

    Contact and name are not among the columns; text and address are personal all the same.
    """
    c, p = COMPLAINT.c, PERSONAL.c
    query = (
        select(c.id, c.external_id, c.created_at, c.topic, c.segment, c.technology, c.channel,
               c.critical, c.state, c.cell, p.address, p.text)
        .join(SpotComplaint, SpotComplaint.complaint_id == c.id)
        .join(PERSONAL, and_(p.complaint_id == c.id, p.revision == c.revision))
        .where(SpotComplaint.spot_id == spot_id)
        .order_by(c.created_at.desc(), c.id.desc())
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def complaints_per_cell(connection: Connection, since: datetime) -> list[tuple[int, int]]:
    """Give (cell, complaints made after `since`), for placed and not withdrawn complaints."""
    c = COMPLAINT.c
    query = (
        select(c.cell, func.count())
        .where(c.cell.is_not(None), c.created_at > since, c.state != "withdrawn")
        .group_by(c.cell)
    )
    return [(int(cell), int(count)) for cell, count in connection.execute(query)]


def _cards(connection: Connection, chosen: ColumnElement[bool]) -> list[SpotCard]:
    query: Select[Any] = (
        select(
            *Spot.__table__.c,
            StoredTerritory.name.label("territory_name"),
            func.coalesce(Tick.policy_version, Spot.policy_version).label("weighed_by"),
        )
        .join(StoredTerritory, StoredTerritory.territory_id == Spot.territory_id, isouter=True)
        .join(Tick, Tick.tick_at == Spot.last_tick, isouter=True)
        .where(chosen)
        .order_by(Spot.priority.desc(), Spot.id)
    )
    rows = connection.execute(query).all()
    cells = _current_cells(connection, [row.id for row in rows])
    return [_card(row, cells.get(row.id, ())) for row in rows]


def _current_cells(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for part in bulk.in_parts(ids):
        query = select(SpotCell.spot_id, SpotCell.cell).where(
            SpotCell.spot_id.in_(part), SpotCell.current
        )
        for spot_id, cell in connection.execute(query.order_by(SpotCell.cell)):
            found.setdefault(spot_id, []).append(cell)
    return {spot_id: tuple(cells) for spot_id, cells in found.items()}


def _card(row: Any, cells: tuple[int, ...]) -> SpotCard:  # noqa: ANN401 - a row of the table spot
    same = (
        "signal", "quiet_since", "topic", "technology", "territory_id", "territory_name",
        "opened_at", "last_tick", "lat", "lon", "window_h", "observed", "expected", "score",
        "recurrence_days", "observed_last", "expected_last", "observed_peak",
        "customers_complained", "customers_silent", "priority",
    )  # fmt: skip
    return SpotCard(
        work=work_of(row),
        cells=cells,
        priority_parts=tuple(row.priority_parts),
        policy_version=row.weighed_by,
        **{name: getattr(row, name) for name in same},
    )
