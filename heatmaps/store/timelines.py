"""Spots through time, for managers: whole columns in two queries, steps summed up by the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, case, func, or_, select

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.desk.words import Status
from heatmaps.insight.timeline import Timelines
from heatmaps.store import bulk
from heatmaps.store.spots import SPOT
from heatmaps.store.tables import SpotEvent, StoredTerritory
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Table

EVENT: Table = SpotEvent.__table__  # type: ignore[assignment]  # a mapped table is a Table

WORDS = ("status", "topic", "cause", "queue", "territory_id")
TIMES = ("opened_at", "acknowledged_at", "eta_first", "eta", "resolved_at", "closed_at")
PEOPLE = ("customers_complained", "customers_silent")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which spots a manager looks at; None is all of them, a territory holds those below it."""

    territory_id: str | None = None
    topic: str | None = None
    cause: str | None = None
    queue: str | None = None


def load_timelines(connection: Connection, since: datetime, filters: Filters) -> Timelines:
    """Give the spots that were opened, resolved or closed from `since` on, or are open; by id."""
    c = SPOT.c
    wanted = _wanted(since, filters)
    columns = (c.id, *(c[name] for name in (*WORDS, *PEOPLE)))
    times = (microseconds(c[name]) for name in TIMES)
    found = bulk.read_columns(connection, select(*columns, *times).where(wanted))
    order = np.argsort(found[0].astype(np.int64))  # ordered by the store, every spot would be read
    found = [column[order] for column in found]
    spot_id = found[0].astype(np.int64)
    words = dict(zip(WORDS, found[1:], strict=False))
    people = dict(zip(PEOPLE, found[1 + len(WORDS) :], strict=False))
    moments = dict(zip(TIMES, map(_times, found[-len(TIMES) :]), strict=True))
    named, term_changes, reopenings = _steps(connection, wanted, spot_id)
    return Timelines(
        spot_id=spot_id,
        status=words["status"],
        topic=words["topic"],
        cause=words["cause"],
        queue=words["queue"],
        territory=words["territory_id"],
        opened=moments["opened_at"],
        acknowledged=moments["acknowledged_at"],
        named=named,
        first_term=moments["eta_first"],
        term=moments["eta"],
        resolved=moments["resolved_at"],
        closed=moments["closed_at"],
        term_changes=term_changes,
        reopenings=reopenings,
        complained=people["customers_complained"].astype(np.int64),
        silent=people["customers_silent"].astype(np.int64),
    )


def _wanted(since: datetime, filters: Filters) -> ColumnElement[bool]:
    """Whatever was opened or resolved since then is still there or was closed since then."""
    c = SPOT.c
    chosen: list[ColumnElement[bool]] = [or_(c.closed_at.is_(None), c.closed_at >= since)]
    if filters.territory_id is not None:
        chosen.append(c.territory_id.in_(_below(filters.territory_id)))
    for name in ("topic", "cause", "queue"):
        value = getattr(filters, name)
        if value is not None:
            chosen.append(c[name] == value)
    return and_(*chosen)


def _below(territory_id: str) -> Any:  # noqa: ANN401 - a recursive query has no simpler type
    """Give the query for a territory and everything below it."""
    t = StoredTerritory
    tree = select(t.territory_id).where(t.territory_id == territory_id).cte(recursive=True)
    parts = select(t.territory_id).join(tree, t.parent_id == tree.c.territory_id)
    return select(tree.union(parts).c.territory_id)


def _steps(
    connection: Connection, wanted: ColumnElement[bool], spot_id: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give, for each spot, when a term was first named, how often another was, and reopenings."""
    e = EVENT.c
    term, status = e.detail["eta"][1].as_string(), e.detail["status"][1].as_string()
    first = func.min(case((term.is_not(None), microseconds(e.at))))
    reopened = func.sum(case((status == str(Status.REOPENED), 1), else_=0))
    query = (
        select(e.spot_id, first, func.count(term), reopened)
        .where(e.spot_id.in_(select(SPOT.c.id).where(wanted)), e.kind == "work")
        .group_by(e.spot_id)
    )
    spots, named, changes, reopenings = bulk.read_columns(connection, query)
    place = np.searchsorted(spot_id, spots.astype(np.int64))
    columns = [np.full(len(spot_id), ABSENT_TIME), *np.zeros((2, len(spot_id)), dtype=np.int64)]
    columns[0][place] = _times(named)
    columns[1][place] = np.maximum(changes.astype(np.int64) - 1, 0)
    columns[2][place] = reopenings.astype(np.int64)
    return columns[0], columns[1], columns[2]


def _times(column: NDArray[np.object_]) -> NDArray[np.int64]:
    present = [ABSENT_TIME if moment is None else int(moment) for moment in column]
    return np.array(present, dtype=np.int64)
