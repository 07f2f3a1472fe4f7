"""Default points in the store: which coordinates are crowded, which are known, who sits on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, distinct, func, insert, literal_column, select, tuple_

from heatmaps.complaints.record import AddressKind, State
from heatmaps.geocoding.default_point import CLAIMS_A_HOUSE_M
from heatmaps.geocoding.fingerprints import STREET_BITS
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT, Replaceable, replaceable
from heatmaps.store.tables import DefaultPoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select, Table

POINT: Table = DefaultPoint.__table__  # type: ignore[assignment]  # a mapped table is a Table

OTHERS_READ = 5_000
"""How many complaints of a source tell how finely it writes its coordinates."""


@dataclass(frozen=True, slots=True)
class DefaultPoints:
    """Coordinates known to stand for "unknown", WGS 84 degrees."""

    pairs: frozenset[tuple[float, float]]

    def hold(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which coordinates are one of them, to the last digit."""
        if not self.pairs:
            return np.zeros(len(lat), dtype=np.bool_)
        known = np.array([complex(*pair) for pair in self.pairs])
        return np.isin(lat + 1j * lon, known)


@dataclass(frozen=True, slots=True)
class Crowded:
    """A coordinate on which addresses of many streets sit, and a source that says so."""

    lat: float
    lon: float
    addresses: int
    source: str


def default_points(connection: Connection) -> DefaultPoints:
    """Give every default point known."""
    rows = connection.execute(select(POINT.c.lat, POINT.c.lon)).all()
    return DefaultPoints(frozenset((row.lat, row.lon) for row in rows))


def save_default_points(connection: Connection, found: Sequence[Crowded], at: datetime) -> None:
    """Note coordinates as default points."""
    rows = [
        {"lat": each.lat, "lon": each.lon, "addresses": each.addresses, "found_at": at}
        for each in found
    ]
    if rows:
        connection.execute(insert(POINT), rows)


def crowded(connection: Connection, ids: NDArray[np.int64], streets: int) -> list[Crowded]:
    """Give the coordinates of these complaints on which addresses of more than `streets` sit.

    Only what claims to be the very place counts: an address of the trouble itself, coordinates
    not given as coarse, and no withdrawn complaint, whose address may have been the mistake.
    Known default points are not looked at again.
    """
    found: dict[tuple[float, float], Crowded] = {}
    for part in bulk.in_parts(ids.tolist()):
        for row in connection.execute(_crowded(part, streets)):
            found[row[:2]] = Crowded(*row)
    return [found[pair] for pair in sorted(found)]


def _crowded(ids: Sequence[int], streets: int) -> Select[Any]:
    # A list of coordinates would let SQLite walk the whole index; a join looks each of them up.
    c, told = COMPLAINT.c, COMPLAINT.alias("told")
    known = and_(POINT.c.lat == told.c.given_lat, POINT.c.lon == told.c.given_lon)
    touched = (
        select(told.c.given_lat, told.c.given_lon)
        .outerjoin(POINT, known)
        .where(told.c.id.in_(ids), told.c.given_lat.is_not(None), POINT.c.lat.is_(None))
        .distinct()
        .cte("touched")
    )
    t = touched.c
    street = c.address_key.op(">>")(literal_column(str(STREET_BITS)))
    return (
        select(t.given_lat, t.given_lon, func.count(distinct(c.address_key)), func.min(c.source))
        .join(COMPLAINT, and_(c.given_lat == t.given_lat, c.given_lon == t.given_lon))
        .where(c.address_key.is_not(None), c.state != State.WITHDRAWN,
               c.address_kind == AddressKind.PROBLEM,
               func.coalesce(c.given_accuracy_m, 0) <= CLAIMS_A_HOUSE_M)
        .group_by(t.given_lat, t.given_lon)
        .having(func.count(distinct(street)) > streets)
    )  # fmt: skip


def other_coordinates(
    connection: Connection, near: Crowded
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give different coordinates of the same source, latitudes and longitudes, but not this one."""
    c = COMPLAINT.c
    read = (
        select(c.given_lat, c.given_lon)
        .where(c.source == near.source, c.given_lat.is_not(None))
        .order_by(c.external_id)
        .limit(OTHERS_READ)
    )
    pairs = {(lat, lon) for lat, lon in connection.execute(read)} - {(near.lat, near.lon)}
    columns = np.array(sorted(pairs), dtype=np.float64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def complaints_on(connection: Connection, found: Sequence[Crowded]) -> Replaceable:
    """Give the complaints whose given coordinates are among these, by id."""
    c = COMPLAINT.c
    here: Any = tuple_(c.given_lat, c.given_lon).in_([(each.lat, each.lon) for each in found])
    return replaceable(connection, and_(c.given_lat.is_not(None), here))
