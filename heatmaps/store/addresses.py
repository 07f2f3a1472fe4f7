"""The gazetteer as matching needs it: names, numbers and points, read in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    text_column,
)
from heatmaps.store.tables import House, Settlement, Street

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

ROWS_A_PART = 50_000


def load_addresses(connection: Connection) -> Gazetteer:
    """Give the gazetteer ordered by id, its columns that no address is matched by left empty.

    Those are the settlements' boundaries, and the houses' postcodes and sources. Houses
    are read in parts, so a million of them take no more than their columns.
    """
    settlement_id, settlements = _settlements(connection)
    street_id, streets = _streets(connection, settlement_id)
    return Gazetteer(settlements, streets, _houses(connection, settlement_id, street_id))


def _settlements(connection: Connection) -> tuple[NDArray[np.int64], Settlements]:
    s = Settlement
    query = select(s.id, s.name, s.kind, s.region, s.lat, s.lon, s.uncertainty_m, s.aliases)
    ids, name, kind, region, lat, lon, radius, aliases = _columns(connection, query.order_by(s.id))
    nothing = text_column([None] * len(ids))
    table = Settlements(
        text_column(name), text_column(kind), text_column(region),
        _floats(lat), _floats(lon), _floats(radius), nothing, text_column(aliases),
    )  # fmt: skip
    return np.array(ids, np.int64), table


def _streets(
    connection: Connection, settlement_id: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Streets]:
    t = Street
    query = select(t.id, t.settlement_id, t.name, t.lat, t.lon, t.uncertainty_m, t.aliases)
    ids, town, name, lat, lon, radius, aliases = _columns(connection, query.order_by(t.id))
    table = Streets(
        _positions(np.array(town, np.int64), settlement_id), text_column(name),
        _floats(lat), _floats(lon), _floats(radius), text_column(aliases),
    )  # fmt: skip
    return np.array(ids, np.int64), table


def _houses(
    connection: Connection, settlement_id: NDArray[np.int64], street_id: NDArray[np.int64]
) -> Houses:
    h = House
    query = select(
        h.settlement_id, func.coalesce(h.street_id, NO_STREET), h.number, h.lat, h.lon
    ).order_by(h.id)
    shared: dict[str, str] = {}
    town, street, numbers, lat, lon = [], [], list[str](), [], []
    for part in _parts(connection, query):
        of_town, of_street, number, at_lat, at_lon = zip(*part, strict=True)
        town.append(_positions(np.array(of_town, np.int64), settlement_id))
        street.append(_positions(np.array(of_street, np.int64), street_id))
        numbers += [shared.setdefault(n, n) for n in number]
        lat.append(_floats(at_lat))
        lon.append(_floats(at_lon))
    nothing = text_column([""] * len(numbers))
    none, nowhere = np.empty(0, np.int32), np.empty(0, np.float64)
    return Houses(
        np.concatenate([none, *town]), np.concatenate([none, *street]), text_column(numbers),
        np.concatenate([nowhere, *lat]), np.concatenate([nowhere, *lon]), nothing, nothing, nothing,
    )  # fmt: skip


def _parts(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    options = {"yield_per": ROWS_A_PART}
    return connection.execute(query, execution_options=options).partitions()


def _columns(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in query.selected_columns]
    for part in _parts(connection, query):
        for column, values in zip(columns, zip(*part, strict=True), strict=True):
            column.extend(values)
    return columns


def _floats(values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a sequence of numbers
    return np.array(values, np.float64)


def _positions(ids: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give where each id stands among the sorted `of`; NO_STREET stays."""
    found = np.searchsorted(of, ids)
    return np.where(ids == NO_STREET, NO_STREET, found).astype(np.int32)
