"""Coverage gaps in the store: what they are found from, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import Text, case, cast, delete, func, insert, or_, select, update

from heatmaps.complaints.record import AddressKind, Place, State
from heatmaps.desk.words import Cause, Status
from heatmaps.insight.course import Pattern
from heatmaps.insight.coverage_gaps import SpotZones
from heatmaps.insight.gap import Gap, GapClass, read_coverage
from heatmaps.insight.gap_tracking import KnownGap
from heatmaps.insight.look_back import PastComplaints
from heatmaps.region.grid import from_text, resolution_of, to_text
from heatmaps.region.technology import Technology
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.detection_rows import TOPIC_CODES
from heatmaps.store.engine import lock
from heatmaps.store.region import outline
from heatmaps.store.spots import ZONE
from heatmaps.store.tables import CoverageGap, GapSearch, Spot, SpotComplaint
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

GAP: Table = CoverageGap.__table__  # type: ignore[assignment]  # a mapped table is a Table
SEARCH: Table = GapSearch.__table__  # type: ignore[assignment]

NOT_OF_THE_NETWORK = (
    Cause.ORDERED_RESTRICTION,
    Cause.PLANNED_WORK,
    Cause.THIRD_PARTY_SERVICE,
    Cause.CUSTOMER_DEVICE,
    Cause.ACCOUNT,
)
"""Causes that say nothing of where the network is missing: neither such spots nor what was
complained in them count."""

ROWS_A_PART = 5_000
TECHNOLOGY_CODES = {str(technology): code for code, technology in enumerate(Technology)}
_INDOOR_CODES = {str(place): int(place is Place.INDOOR) for place in Place}
_UNKNOWN = -1
_CODES = 16
"""More than the codes of any word and the unknown: so three of them leave as one number."""

_UNNAMED = "\x01"
"""Before the likeness of a complaint, so that no customer's number is taken for one."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the span it looked back on, its periods in days, and what it went through."""

    since: datetime
    until: datetime
    period_days: int
    cells: int
    complaints: int
    policy_version: int


def load_past(
    connection: Connection, since: datetime, until: datetime, *, count_registration: bool
) -> PastComplaints:
    """Give the complaints planning may count, since < time <= until, in order of time.

    Left out are withdrawn ones, those without a place, those of spots whose cause is none of the
    network, and registration addresses unless `count_registration`. A complaint without customer
    is a customer of its own, and the same customer where it says the same as another of them.
    """
    c = COMPLAINT.c
    elsewhere = (
        select(SpotComplaint.complaint_id)
        .join(Spot, Spot.id == SpotComplaint.spot_id)
        .where(Spot.cause.in_(NOT_OF_THE_NETWORK))
    )
    topic = case(TOPIC_CODES, value=c.topic)
    technology = case(TECHNOLOGY_CODES, value=c.technology, else_=_UNKNOWN)
    indoor = case(_INDOOR_CODES, value=c.place, else_=_UNKNOWN)
    query = (
        select(func.coalesce(c.customer_id, _UNNAMED + cast(c.likeness, Text)), c.cell,
               microseconds(c.created_at),
               _CODES * (_CODES * topic + technology + 1) + indoor + 1, c.ltv)
        .where(c.cell.is_not(None), c.state != State.WITHDRAWN, c.created_at > since,
               c.created_at <= until, c.id.not_in(elsewhere))
        .order_by(c.created_at, c.id)
    )  # fmt: skip
    if not count_registration:
        query = query.where(c.address_kind != AddressKind.REGISTRATION)
    result, codes = connection.execute(query), _Codes()
    parts = [tuple(np.zeros(0, dtype=kind) for kind in _KINDS)]
    # from the driver's cursor and some at once, as detection reads: a million rows of objects
    # take longer to make than all that is done with them
    while rows := result.cursor.fetchmany(ROWS_A_PART):
        parts.append(_columns(rows, codes))
    result.close()
    customer, cell, time, told, ltv = (np.concatenate(each) for each in zip(*parts, strict=True))
    unnamed = customer == _UNKNOWN
    customer[unnamed] = len(codes) + np.arange(unnamed.sum())
    return PastComplaints(
        customer=customer,
        cell=cell,
        resolution=resolution_of(cell),
        time=time,
        topic=(told // _CODES**2).astype(np.int8),
        technology=(told // _CODES % _CODES - 1).astype(np.int8),
        indoor=(told % _CODES - 1).astype(np.int8),
        ltv=ltv,
    )


def load_zones(connection: Connection, since: datetime, until: datetime) -> SpotZones:
    """Give the cells, at opening and now, of spots opened in the span that are of the network."""
    query = (
        select(ZONE.c.spot_id, ZONE.c.cell)
        .join(Spot, Spot.id == ZONE.c.spot_id)
        .where(
            Spot.opened_at > since,
            Spot.opened_at <= until,
            Spot.status.not_in((Status.MERGED, Status.REJECTED)),
            or_(Spot.cause.is_(None), Spot.cause.not_in(NOT_OF_THE_NETWORK)),
        )
    )
    spot_id, cell = bulk.read_columns(connection, query)
    return SpotZones(spot_id.astype(np.int64), cell.astype(np.int64))


def last_search(connection: Connection) -> Search | None:
    """Give the latest search; None before the first."""
    query = select(*(SEARCH.c[name] for name in Search.__slots__))
    row = connection.execute(query.order_by(SEARCH.c.until.desc()).limit(1)).one_or_none()
    return Search(*row) if row else None


def hold_gaps(connection: Connection) -> None:
    """Let nobody else write gaps until the transaction ends."""
    lock(connection, "coverage_gap")


def load_known(connection: Connection, since: datetime) -> list[KnownGap]:
    """Give the gaps there are, those gone after `since`, and the one with the highest number."""
    g = GAP.c
    highest = select(func.max(g.gap_id)).scalar_subquery()
    query = select(g.gap_id, g.cells, g.first_seen).where(
        or_(g.gone_at.is_(None), g.gone_at > since, g.gap_id == highest)
    )
    rows = connection.execute(query.order_by(g.gap_id))
    return [KnownGap(row.gap_id, _cells(row.cells), row.first_seen) for row in rows]


def replace_gaps(connection: Connection, gaps: Sequence[Gap], search: Search) -> None:
    """Write what a search found over what was known; those it no longer finds are gone."""
    numbers = [gap.gap_id for gap in gaps]
    for part in bulk.in_parts(numbers):
        connection.execute(delete(CoverageGap).where(CoverageGap.gap_id.in_(part)))
    still_here = CoverageGap.gone_at.is_(None)
    connection.execute(update(CoverageGap).where(still_here).values(gone_at=search.until))
    if gaps:
        connection.execute(insert(CoverageGap), [_values(gap, search) for gap in gaps])
    connection.execute(delete(GapSearch))
    values = {name: getattr(search, name) for name in Search.__slots__}
    connection.execute(insert(GapSearch).values(values))


def load_gaps(connection: Connection) -> list[Gap]:
    """Give the gaps there are, by rank."""
    query = select(*GAP.c).where(GAP.c.gone_at.is_(None)).order_by(GAP.c.rank)
    return [_gap(row) for row in connection.execute(query)]


_KINDS = (np.int64, np.int64, np.int64, np.int16, np.float64)


class _Codes(dict[str | None, int]):
    """Numbers of names, each made once, in the order they come; `_UNKNOWN` of nobody."""

    def __missing__(self, name: str | None) -> int:
        if name is None:
            return _UNKNOWN
        self[name] = len(self)
        return self[name]


def _columns(rows: Sequence[tuple[Any, ...]], codes: _Codes) -> tuple[NDArray[Any], ...]:
    customers, *columns = zip(*rows, strict=True)
    named = np.fromiter(map(codes.__getitem__, customers), np.int64, len(rows))
    kinds = zip(columns, _KINDS[1:], strict=True)
    return (named, *(np.array(column, dtype=kind) for column, kind in kinds))


_SAME = (
    "gap_id", "gap_class", "pattern", "since", "ended", "technology", "topic", "territory_id",
    "first_seen", "last_seen", "months", "complaints", "customers_complained", "expected", "chance",
    "subscribers", "ltv_sum", "nearest_site_m", "spots", "rank", "lat", "lon",
)  # fmt: skip


def _values(gap: Gap, search: Search) -> dict[str, Any]:
    shape = shapely.union_all([outline(cell) for cell in gap.cells])
    return {
        **{name: getattr(gap, name) for name in _SAME},
        "found_at": search.until,
        "per_period": list(gap.per_period),
        "usual": [round(each, 4) for each in gap.usual],
        "predicted_coverage": gap.predicted_coverage,
        "cells": [to_text(cell) for cell in gap.cells],
        "outline": shapely.to_wkb(shapely.multipolygons(shapely.get_parts(shape))),
    }


def _gap(row: Any) -> Gap:  # noqa: ANN401 - a row of the table coverage_gap
    same = {name: getattr(row, name) for name in _SAME}
    return Gap(
        **{
            **same,
            "gap_class": GapClass(row.gap_class),
            "technology": Technology(row.technology) if row.technology else None,
            "per_period": tuple(row.per_period),
            "usual": tuple(row.usual),
            "pattern": Pattern(row.pattern),
            "since": row.since or row.first_seen,
            "coverage": read_coverage(row.predicted_coverage),
            "cells": _cells(row.cells),
        }
    )


def _cells(texts: Sequence[str]) -> tuple[int, ...]:
    return tuple(from_text(text) for text in texts)
