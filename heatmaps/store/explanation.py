"""What explaining a spot reads: spots and their complaints as columns, and what surrounds them.

Nothing personal is read: no name, contact, address or word of what was said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import h3.api.basic_int as h3
import numpy as np
from sqlalchemy import Select, func, or_, select

from heatmaps.complaints.record import Place, State, Topic
from heatmaps.desk.words import Cause, Status
from heatmaps.insight.explanation.columns import UNKNOWN, ReportColumns, SpotColumns, ZoneCells
from heatmaps.insight.explanation.record import EarlierSpot
from heatmaps.insight.explanation.signs import CAUSES
from heatmaps.insight.explanation.surroundings import Faces
from heatmaps.insight.explanation.works import EventPoints
from heatmaps.region.grid import GRID_RESOLUTION, child_range, parent, resolution_of
from heatmaps.region.sites import SectorStatus
from heatmaps.region.technology import Technology
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.desk import COARSEST_ZONE
from heatmaps.store.events import SITE_REACH_M
from heatmaps.store.network import SECTOR
from heatmaps.store.spots import LINK, SPOT, ZONE
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.region.events import NetworkEvent

RESOLVED = (Status.RESOLVED, Status.CONFIRMED)
"""Spots in one of these have a cause that people stand by."""

NEVER = int(np.iinfo(np.int64).max)
ENOUGH = 20_000
"""So many complaints tell a share of one in seven to half a point in a hundred."""

BOX_DEGREES = 0.05
"""Sites are looked for this far around complaints: some 5 km north, 3 km east at 55 degrees."""

_CAUSE_CODES = {str(cause): code for code, cause in enumerate(CAUSES)}
_TOPIC_CODES = {str(topic): code for code, topic in enumerate(Topic)}
_TECHNOLOGY_CODES = {str(each): code for code, each in enumerate(Technology)}
_PLACE_CODES = {str(place): code for code, place in enumerate(Place)}


class SpotsRead(NamedTuple):
    """Spots by id, with the zones they opened with and the complaints counted in them."""

    spots: SpotColumns
    zones: ZoneCells
    reports: ReportColumns
    sectors: tuple[str, ...]


def load_spots(connection: Connection, spot_id: int | None, most: int) -> SpotsRead:
    """Give the spot of this number and the `most` spots resolved last whose cause is known.

    The sector codes of the complaints are positions in `sectors`.
    """
    c = SPOT.c
    known = c.status.in_(RESOLVED) & c.cause.is_not(None) & (c.cause != Cause.UNKNOWN)
    last = select(c.id).where(known).order_by(c.resolved_at.desc(), c.id.desc()).limit(most)
    ids = sorted({*connection.scalars(last), *([] if spot_id is None else [spot_id])})
    columns = (c.id, c.status, c.cause, c.window_h, c.observed, c.expected, c.lat, c.lon,
               microseconds(c.opened_at), microseconds(c.resolved_at),
               microseconds(c.closed_at))  # fmt: skip
    rows = [
        row
        for part in bulk.in_parts(ids)
        for row in connection.execute(select(*columns).where(c.id.in_(part)).order_by(c.id))
    ]
    zones = _zones(connection, [row.id for row in rows])
    spots = _spots(rows, zones)
    return SpotsRead(spots, zones, *_reports(connection, spots.spot_id))


def _spots(rows: Sequence[Any], zones: ZoneCells) -> SpotColumns:
    table = [tuple(row) for row in rows]
    ids, status, cause, window, observed, expected, lat, lon, opened, resolved, closed = (
        zip(*table, strict=True) if table else ((),) * 11
    )
    told = [_CAUSE_CODES.get(each, UNKNOWN) if at in RESOLVED else UNKNOWN
            for each, at in zip(cause, status, strict=True)]  # fmt: skip
    known = np.array(told, dtype=np.int64) != UNKNOWN
    ended = [int(at or NEVER) for at in closed]
    return SpotColumns(
        spot_id=np.array(ids, dtype=np.int64),
        opened=np.array(opened, dtype=np.int64),
        until=np.array(ended, dtype=np.int64),
        window_h=np.array(window, dtype=np.int64),
        observed=np.array(observed, dtype=np.int64),
        expected=np.array(expected, dtype=np.float64),
        cause=np.array(told, dtype=np.int64),
        named=np.where(
            known, np.array([int(at or NEVER) for at in resolved], dtype=np.int64), NEVER
        ),
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        area_km2=_areas(zones, len(ids)),
    )


def _areas(zones: ZoneCells, number: int) -> NDArray[np.float64]:
    level = resolution_of(zones.cell)
    area = np.zeros(len(zones.cell))
    for resolution in np.unique(level).tolist():
        area[level == resolution] = h3.average_hexagon_area(resolution, unit="km^2")
    return np.bincount(zones.spot, area, minlength=number).astype(np.float64)


def _zones(connection: Connection, ids: Sequence[int]) -> ZoneCells:
    query = select(ZONE.c.spot_id, ZONE.c.cell).where(ZONE.c.opened)
    parts = [
        bulk.read_columns(connection, query.where(ZONE.c.spot_id.in_(part)))
        for part in bulk.in_parts(ids)
    ]
    nothing = np.zeros((2, 0), dtype=object)
    spot, cell = np.concatenate([nothing, *parts], axis=1).astype(np.int64)
    place = np.searchsorted(np.array(ids, dtype=np.int64), spot)
    order = np.lexsort((cell, place))
    return ZoneCells(place[order], cell[order])


def _reports(
    connection: Connection, ids: NDArray[np.int64]
) -> tuple[ReportColumns, tuple[str, ...]]:
    c = COMPLAINT.c
    query = (
        select(LINK.c.spot_id, microseconds(c.created_at), c.topic, c.technology, c.place, c.cell,
               c.resolution, c.lat, c.lon, c.customer_id, c.serving_cell)
        .join(COMPLAINT, c.id == LINK.c.complaint_id)
        .where(c.state != State.WITHDRAWN, c.cell.is_not(None))
    )  # fmt: skip
    columns: list[list[Any]] = [[] for _ in query.selected_columns]
    for part in bulk.in_parts(ids.tolist()):
        here = _plain_columns(connection, query.where(LINK.c.spot_id.in_(part)))
        for column, values in zip(columns, here, strict=True):
            column.extend(values)
    spot, time, topic, technology, place, cell, level, lat, lon, customer, sector = columns
    fine = np.array(level, dtype=np.int64) == GRID_RESOLUTION
    sectors = sorted({each for each in sector if each is not None})
    codes = {name: code for code, name in enumerate(sectors)}
    reports = ReportColumns(
        spot=np.searchsorted(ids, np.array(spot, dtype=np.int64)),
        time=np.array(time, dtype=np.int64),
        topic=_coded(topic, _TOPIC_CODES),
        technology=_coded(technology, _TECHNOLOGY_CODES),
        place=_coded(place, _PLACE_CODES),
        cell=np.array(cell, dtype=np.int64),
        lat=np.where(fine, np.array(lat, dtype=np.float64), np.nan),
        lon=np.where(fine, np.array(lon, dtype=np.float64), np.nan),
        customer=_customers(customer),
        sector=_coded(sector, codes),
    )
    return reports.take(np.lexsort((reports.time, reports.spot))), tuple(sectors)


def _coded(words: Sequence[Any], codes: dict[str, int]) -> NDArray[np.int64]:
    return np.array([codes.get(word, UNKNOWN) for word in words], dtype=np.int64)


def _customers(names: Sequence[Any]) -> NDArray[np.int64]:
    """Give each customer a number; whoever is not named is somebody else."""
    codes: dict[str, int] = {}
    found = [codes.setdefault(name, len(codes)) if name is not None else -row
             for row, name in enumerate(names, start=1)]  # fmt: skip
    return np.array(found, dtype=np.int64)


def usual_shares(
    connection: Connection, since: datetime, until: datetime
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what complaints of a span name: technologies by topic, and where people suffer.

    Shapes (topics, technologies) and (places,); one complaint of each kind more than there were,
    so that no share is 0. Of more than `ENOUGH` complaints the last.
    """
    c = COMPLAINT.c
    last = (
        select(c.topic, c.technology, c.place)
        .where(c.created_at > since, c.created_at <= until)
        .order_by(c.created_at.desc(), c.id.desc())
        .limit(ENOUGH)
        .subquery()
        .c
    )
    kinds = (last.topic, last.technology, last.place)
    query = select(*kinds, func.count()).group_by(*kinds)
    technologies = np.ones((len(Topic), len(Technology)))
    places = np.ones(len(Place))
    for topic, technology, place, count in connection.execute(query):
        if technology in _TECHNOLOGY_CODES:
            technologies[_TOPIC_CODES[topic], _TECHNOLOGY_CODES[technology]] += count
        if place in _PLACE_CODES:
            places[_PLACE_CODES[place]] += count
    return technologies / technologies.sum(axis=1, keepdims=True), places / places.sum()


def load_faces(
    connection: Connection, lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> tuple[Faces, dict[str, int]]:
    """Give the active sectors around some places, and the position of each by its id."""
    s = SECTOR.c
    known = np.isfinite(lat) & np.isfinite(lon)
    if not known.any():
        return Faces(*np.zeros((2, 0), dtype=np.int64), *np.zeros((3, 0))), {}
    (south, north), (west, east) = (
        (float(part.min()) - BOX_DEGREES, float(part.max()) + BOX_DEGREES)
        for part in (lat[known], lon[known])
    )
    query = select(s.sector_id, s.site_id, s.technology, s.azimuth, s.lat, s.lon).where(
        s.status == SectorStatus.ACTIVE, s.lat.between(south, north), s.lon.between(west, east)
    )
    rows = _plain_columns(connection, query)
    sector, site, technology, azimuth, there, across = rows
    sites = {name: code for code, name in enumerate(dict.fromkeys(site))}
    faces = Faces(
        site=_coded(site, sites),
        technology=_coded(technology, _TECHNOLOGY_CODES),
        azimuth=np.array(azimuth, dtype=np.float64),
        lat=np.array(there, dtype=np.float64),
        lon=np.array(across, dtype=np.float64),
    )
    return faces, {name: place for place, name in enumerate(sector)}


def event_points(connection: Connection, events: Sequence[NetworkEvent]) -> EventPoints:
    """Give where events are: in the middle of a circle, at the places of a site's sectors."""
    s = SECTOR.c
    asked = sorted({event.site_id for event in events if event.site_id})
    at_site: dict[str, list[tuple[float, float]]] = {}
    for part in bulk.in_parts(asked):
        query = select(s.site_id, s.lat, s.lon).distinct().where(s.site_id.in_(part))
        for site_id, lat, lon in zip(*_plain_columns(connection, query), strict=True):
            at_site.setdefault(site_id, []).append((lat, lon))
    rows = [
        (position, lat, lon, SITE_REACH_M)
        for position, event in enumerate(events)
        for lat, lon in at_site.get(event.site_id or "", ())
    ]
    rows += [
        (position, *event.circle)
        for position, event in enumerate(events)
        if event.circle is not None
    ]
    position, lat, lon, reach = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    return EventPoints(position.astype(np.int64), lat, lon, reach)


def _plain_columns(connection: Connection, query: Select[Any]) -> list[Sequence[Any]]:
    """Give columns of plain values, as the driver has them: a row of SQLAlchemy's costs more."""
    result = connection.execute(query)
    rows = result.cursor.fetchall()
    result.close()
    return list(zip(*rows, strict=True)) if rows else [()] * len(query.selected_columns)


def earlier_spots(
    connection: Connection, cells: Sequence[int], before: datetime, most: int
) -> tuple[EarlierSpot, ...]:
    """Give the spots opened before a moment whose zone then touched these cells, the last first."""
    held = []
    for cell in cells:
        own = h3.get_resolution(cell)
        held.append(ZONE.c.cell.in_([parent(cell, r) for r in range(COARSEST_ZONE, own + 1)]))
        held += [
            ZONE.c.cell.between(*child_range(cell, finer))
            for finer in range(own + 1, GRID_RESOLUTION + 1)
        ]
    c = SPOT.c
    found: dict[int, EarlierSpot] = {}
    names = (c.id, c.opened_at, c.topic, c.observed, c.status, c.cause, c.closed_at, c.merged_into)
    for part in bulk.in_parts(held):
        for some in range(0, len(part), _CONDITIONS):
            here = select(ZONE.c.spot_id).where(
                ZONE.c.opened, or_(*part[some : some + _CONDITIONS])
            )
            query = select(*names).where(c.id.in_(here), c.opened_at < before)
            rows = connection.execute(query.order_by(c.opened_at.desc(), c.id.desc()).limit(most))
            found |= {row.id: EarlierSpot(*row) for row in rows}
    last = sorted(found.values(), key=lambda one: (one.opened_at, one.spot_id), reverse=True)
    return tuple(last[:most])


_CONDITIONS = 200
"""SQLite takes no deeper expression than a thousand."""


def masked_complaints(connection: Connection, spot_id: int, most: int) -> list[dict[str, Any]]:
    """Give the complaints counted in a spot, the newest first, `most` at most, nothing personal."""
    c = COMPLAINT.c
    query = (
        select(c.external_id, c.source, c.created_at, c.state, c.topic, c.technology, c.place,
               c.channel, c.segment, c.critical, c.cell)
        .join(LINK, LINK.c.complaint_id == c.id)
        .where(LINK.c.spot_id == spot_id)
        .order_by(c.created_at.desc(), c.id.desc())
        .limit(most)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]
