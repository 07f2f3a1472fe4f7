"""Planned works, outages and mass events in the store, and which of them hold at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, or_, select

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.territories import Territory, TerritoryIndex
from heatmaps.store import bulk
from heatmaps.store.tables import NetworkEvent as StoredEvent
from heatmaps.store.tables import Sector, StoredTerritory
from heatmaps.store.told_again import named_since, save_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from heatmaps.store.region import Saved

SITE_REACH_M = 1_500.0
"""How far an event at a site reaches: what a sector of a city serves; a place within this of the
site may have been served by it."""

_NAMES = tuple(NetworkEvent.__slots__)


def save_events(connection: Connection, events: Sequence[NetworkEvent], at: datetime) -> Saved:
    """Write events over those with the same id; see `save_over`."""
    return save_over(connection, events, StoredEvent.event_id, _events, at)


def events_since(connection: Connection, since: datetime) -> set[str]:
    """Give the ids of the events that a load at `since` or later named."""
    return named_since(connection, StoredEvent.event_id, since)


def events_between(connection: Connection, since: datetime, until: datetime) -> list[NetworkEvent]:
    """Give the events that are on at some moment of [`since`, `until`], by start and id."""
    ends = StoredEvent.ends_at
    return _events(
        connection, and_(StoredEvent.starts_at <= until, or_(ends.is_(None), ends > since))
    )


def events_near(
    connection: Connection,
    since: datetime,
    until: datetime,
    place: tuple[float, float],
    reach_m: float = 0.0,
) -> list[NetworkEvent]:
    """Give the events on at some moment of [`since`, `until`] that hold at a place.

    `place` is a latitude and a longitude, WGS 84 degrees. An event holds within its circle, in its
    territory, or within `SITE_REACH_M` of a sector of its site; `reach_m` is the radius about the
    place that may touch it, which a territory takes no account of.
    """
    events = events_between(connection, since, until)
    if not events:
        return []
    lat, lon = place
    here = _territories_at(connection, {e.territory_id for e in events if e.territory_id}, place)
    sites = _sites_at(connection, {e.site_id for e in events if e.site_id}, place, reach_m)
    circles = [event for event in events if event.radius_m is not None]
    away = distance_m(
        np.array([event.lat for event in circles], dtype=np.float64),
        np.array([event.lon for event in circles], dtype=np.float64),
        lat,
        lon,
    ).tolist()
    within = {
        event.event_id
        for event, metres in zip(circles, away, strict=True)
        if metres <= (event.radius_m or 0.0) + reach_m
    }
    return [
        event
        for event in events
        if event.event_id in within or event.territory_id in here or event.site_id in sites
    ]


def _events(connection: Connection, chosen: ColumnElement[bool]) -> list[NetworkEvent]:
    query = select(*(getattr(StoredEvent, name) for name in _NAMES)).where(chosen)
    rows = connection.execute(query.order_by(StoredEvent.starts_at, StoredEvent.event_id))
    return [NetworkEvent(event_id, EventKind(kind), *rest) for event_id, kind, *rest in rows]


def _territories_at(
    connection: Connection, ids: set[str], place: tuple[float, float]
) -> set[str | None]:
    """Give which of these territories hold a place, their borders included."""
    t = StoredTerritory
    query = select(t.territory_id, t.name, t.parent_id, t.level, t.timezone, t.boundary)
    rows = [
        Territory(*row)
        for part in bulk.in_parts(sorted(ids))
        for row in connection.execute(query.where(t.territory_id.in_(part)))
    ]
    lat, lon = np.array([place[0]]), np.array([place[1]])
    return {each.territory_id for each in rows if TerritoryIndex([each]).territory_of(lat, lon)[0]}


def _sites_at(
    connection: Connection, ids: set[str], place: tuple[float, float], reach_m: float
) -> set[str | None]:
    """Give which of these sites stand within their reach of a place."""
    rows: list[Any] = [
        row
        for part in bulk.in_parts(sorted(ids))
        for row in connection.execute(
            select(Sector.site_id, Sector.lat, Sector.lon).where(Sector.site_id.in_(part))
        )
    ]
    away = distance_m(
        np.array([row.lat for row in rows], dtype=np.float64),
        np.array([row.lon for row in rows], dtype=np.float64),
        *place,
    ).tolist()
    return {
        row.site_id
        for row, metres in zip(rows, away, strict=True)
        if metres <= SITE_REACH_M + reach_m
    }
