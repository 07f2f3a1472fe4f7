"""Default points in the store: which coordinates are crowded, which are known, who sits on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, distinct, func, insert, literal_column, select, tuple_

from heatmaps.complaints.record import AddressKind, State
from heatmaps.geocoding.default_point import CLAIMS_A_HOUSE_M, STREET_BITS
from heatmaps.store import bulk
from heatmaps.store.complaints import COMPLAINT, Replaceable, replaceable
from heatmaps.store.tables import DefaultPoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

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


def crowded(
    connection: Connection, pairs: Sequence[tuple[float, float]], streets: int
) -> list[Crowded]:
    """Give those of the coordinates on which addresses of more than so many streets sit.

    Only what claims to be the very place counts: an address of the trouble itself, coordinates
    not given as coarse, and no withdrawn complaint, whose address may have been the mistake.
    """
    c = COMPLAINT.c
    street = c.address_key.op(">>")(literal_column(str(STREET_BITS)))
    query = (
        select(c.given_lat, c.given_lon, func.count(distinct(c.address_key)), func.min(c.source))
        .where(c.address_key.is_not(None), c.state != State.WITHDRAWN,
               c.address_kind == AddressKind.PROBLEM,
               func.coalesce(c.given_accuracy_m, 0) <= CLAIMS_A_HOUSE_M)
        .group_by(c.given_lat, c.given_lon)
        .having(func.count(distinct(street)) > streets)
        .order_by(c.given_lat, c.given_lon)
    )  # fmt: skip
    found: list[Crowded] = []
    for part in bulk.in_parts(pairs):
        here = query.where(tuple_(c.given_lat, c.given_lon).in_(part))
        found += [Crowded(*row) for row in connection.execute(here)]
    return found


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
