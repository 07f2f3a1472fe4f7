"""The gazetteer in the store: loads merge by lasting keys and say what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, insert, select

from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    distance_m,
    house_keys,
    settlement_keys,
    street_keys,
    with_known_regions,
)
from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.tables import GazetteerLoad, House, Settlement, Street

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

SETTLEMENT: Table = Settlement.__table__  # type: ignore[assignment]  # a mapped table is a Table
STREET: Table = Street.__table__  # type: ignore[assignment]
HOUSE: Table = House.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a load did: houses in = houses added + moved + unchanged."""

    version: int
    settlements_added: int
    streets_added: int
    houses_added: int
    houses_moved: int
    houses_unchanged: int


def save_gazetteer(
    connection: Connection,
    gazetteer: Gazetteer,
    *,
    file: str,
    report: Mapping[str, Any],
    at: datetime,
) -> Merge:
    """Merge a gazetteer, in which no key stands twice, into the store.

    A house that is known at another place (more than a metre away) is moved; nothing is removed.
    Makes a new data version, so that indexes are rebuilt, only where anything changed.
    """
    lock(connection, "gazetteer")
    gazetteer = with_known_regions(gazetteer, _load_settlements(connection)[1])
    settlement_ids, settlements_added = _save_settlements(connection, gazetteer)
    street_ids, streets_added = _save_streets(connection, gazetteer, settlement_ids)
    added, moved = _save_houses(connection, gazetteer, settlement_ids, street_ids)
    counts = {
        "settlements_added": settlements_added,
        "streets_added": streets_added,
        "houses_added": added,
        "houses_moved": moved,
        "houses_unchanged": len(gazetteer.houses) - added - moved,
    }
    version = data_version(connection)
    if settlements_added or streets_added or added or moved or not version:
        row = insert(GazetteerLoad).values(loaded_at=at, file=file, report={**report, **counts})
        version = int(connection.execute(row.returning(GazetteerLoad.version)).scalar_one())
    return Merge(version=version, **counts)


def data_version(connection: Connection) -> int:
    """Give the number of the newest load that changed anything; 0 where nothing is loaded."""
    return int(connection.scalar(select(func.max(GazetteerLoad.version))) or 0)


def load_gazetteer(connection: Connection) -> Gazetteer:
    """Give the whole gazetteer, ordered by id, so that its index is the same every time."""
    t, h = STREET.c, HOUSE.c
    settlement_id, settlements = _load_settlements(connection)
    street_id, street_settlement, name, *circle, aliases = bulk.read_columns(
        connection,
        select(t.id, t.settlement_id, t.name, t.lat, t.lon, t.uncertainty_m, t.aliases)
        .order_by(t.id),
    )
    house_settlement, house_street, number, lat, lon, postcode, source, source_id = (
        bulk.read_columns(
            connection,
            select(h.settlement_id, func.coalesce(h.street_id, NO_STREET), h.number, h.lat, h.lon,
                   h.postcode, h.source, h.source_id).order_by(h.id),
        )
    )  # fmt: skip
    return Gazetteer(
        settlements,
        Streets(
            _positions(street_settlement, settlement_id), name, *map(_floats, circle), aliases
        ),
        Houses(
            _positions(house_settlement, settlement_id),
            _positions(house_street, street_id),
            number, _floats(lat), _floats(lon), postcode, source, source_id,
        ),
    )  # fmt: skip


def house_points(connection: Connection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give latitude and longitude of every house, for spreading coarse exposure."""
    lat, lon = bulk.read_columns(connection, select(HOUSE.c.lat, HOUSE.c.lon))
    return _floats(lat), _floats(lon)


def _load_settlements(connection: Connection) -> tuple[NDArray[np.object_], Settlements]:
    s = SETTLEMENT.c
    ids, name, kind, region, lat, lon, reach, boundary, aliases = bulk.read_columns(
        connection,
        select(s.id, s.name, s.kind, s.region, s.lat, s.lon, s.uncertainty_m, s.boundary,
               s.aliases)
        .order_by(s.id),
    )  # fmt: skip
    places = Settlements(
        name, kind, region, _floats(lat), _floats(lon), _floats(reach), boundary, aliases
    )
    return ids, places


def _floats(column: NDArray[np.object_]) -> NDArray[np.float64]:
    return column.astype(np.float64)


def _positions(ids: NDArray[np.object_], of: NDArray[np.object_]) -> NDArray[np.int32]:
    """Give where each id stands among the sorted `of`; NO_STREET stays."""
    wanted = ids.astype(np.int64)
    found = np.searchsorted(of.astype(np.int64), wanted).astype(np.int32)
    return np.where(wanted == NO_STREET, NO_STREET, found).astype(np.int32)


def _ids_by_key(connection: Connection, table: Table) -> dict[str, int]:
    return {key: row_id for key, row_id in connection.execute(select(table.c.key, table.c.id))}  # noqa: C416 - rows are no pairs to mypy


def _save_settlements(
    connection: Connection, gazetteer: Gazetteer
) -> tuple[NDArray[np.int64], int]:
    keys = settlement_keys(gazetteer)
    rows = gazetteer.settlements
    ids, fresh = _assign(_ids_by_key(connection, SETTLEMENT), keys, connection, SETTLEMENT)
    columns: dict[str, Any] = {name: getattr(rows, name)[fresh] for name in rows.__slots__}
    columns |= {"id": ids[fresh], "key": keys[fresh]}
    bulk.insert_columns(connection, SETTLEMENT, columns)
    return ids, len(fresh)


def _save_streets(
    connection: Connection, gazetteer: Gazetteer, settlement_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    keys = street_keys(gazetteer)
    rows = gazetteer.streets
    ids, fresh = _assign(_ids_by_key(connection, STREET), keys, connection, STREET)
    columns: dict[str, Any] = {
        "id": ids[fresh],
        "key": keys[fresh],
        "settlement_id": settlement_ids[rows.settlement[fresh]],
        "name": rows.name[fresh],
        "lat": rows.lat[fresh],
        "lon": rows.lon[fresh],
        "uncertainty_m": rows.uncertainty_m[fresh],
        "aliases": rows.aliases[fresh],
    }
    bulk.insert_columns(connection, STREET, columns)
    return ids, len(fresh)


def _save_houses(
    connection: Connection,
    gazetteer: Gazetteer,
    settlement_ids: NDArray[np.int64],
    street_ids: NDArray[np.int64],
) -> tuple[int, int]:
    keys, rows = house_keys(gazetteer), gazetteer.houses
    table = HOUSE.c
    stored = {
        key: (row_id, lat, lon)
        for key, row_id, lat, lon in connection.execute(
            select(table.key, table.id, table.lat, table.lon)
        )
    }
    known = {key: found[0] for key, found in stored.items()}
    ids, fresh = _assign(known, keys, connection, HOUSE)
    street = [int(street_ids[s]) if s != NO_STREET else None for s in rows.street[fresh].tolist()]
    columns: dict[str, Any] = {
        "id": ids[fresh],
        "key": keys[fresh],
        "settlement_id": settlement_ids[rows.settlement[fresh]],
        "street_id": street,
        "number": rows.number[fresh],
        "lat": rows.lat[fresh],
        "lon": rows.lon[fresh],
        "postcode": rows.postcode[fresh],
        "source": rows.source[fresh],
        "source_id": rows.source_id[fresh],
    }
    bulk.insert_columns(connection, HOUSE, columns)
    again = np.setdiff1d(np.arange(len(keys)), fresh)
    before = np.array([stored[key][1:] for key in keys[again]], dtype=np.float64).reshape(-1, 2)
    apart = distance_m(rows.lat[again], rows.lon[again], before[:, 0], before[:, 1])
    moved = again[apart > MOVED_M]
    bulk.update_columns(
        connection, HOUSE, {"id": ids[moved], "lat": rows.lat[moved], "lon": rows.lon[moved]}
    )
    return len(fresh), len(moved)


MOVED_M = 1.0
"""A house drawn a metre aside has not moved."""


def _assign(
    known: Mapping[str, int], keys: NDArray[np.object_], connection: Connection, table: Table
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Give the id of every key, and the positions of those that are new, numbered in order."""
    ids = np.array([known.get(key, 0) for key in keys], dtype=np.int64)
    fresh = np.flatnonzero(ids == 0)
    ids[fresh] = bulk.next_id(connection, table) + np.arange(len(fresh))
    return ids, fresh
