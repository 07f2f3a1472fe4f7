"""Writing the gazetteer's lasting keys anew, after the normal form that they are has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from heatmaps.geocoding.normal_form import settlement_key, street_key
from heatmaps.store import bulk
from heatmaps.store.merging import SETTLEMENT, STREET

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def rekey(connection: Connection) -> None:
    """Give every row the key that its names have now; rows that have become one are merged.

    The row with the smallest id stays.
    """
    s, t = SETTLEMENT.c, STREET.c
    towns = {
        row_id: f"{settlement_key(name)}|{settlement_key(region)}"
        for row_id, name, region in connection.execute(select(s.id, s.name, s.region))
    }
    for row_id, kept in _merged(towns).items():
        for table in ("street", "house"):
            _point_elsewhere(connection, table, "settlement_id", row_id, kept)
        del towns[row_id]
        connection.execute(text("DELETE FROM settlement WHERE id = :id"), {"id": row_id})
    _write(connection, SETTLEMENT, towns)
    streets = {
        row_id: f"{towns[town]}|{street_key(name)}"
        for row_id, town, name in connection.execute(select(t.id, t.settlement_id, t.name))
    }
    for row_id, kept in _merged(streets).items():
        _point_elsewhere(connection, "house", "street_id", row_id, kept)
        del streets[row_id]
        connection.execute(text("DELETE FROM street WHERE id = :id"), {"id": row_id})
    _write(connection, STREET, streets)
    _rekey_houses(connection)


def _rekey_houses(connection: Connection) -> None:
    connection.execute(
        text("""
        DELETE FROM house WHERE EXISTS (
            SELECT 1 FROM (SELECT min(id) AS first, settlement_id, street_id, number FROM house
                           GROUP BY settlement_id, street_id, number HAVING count(*) > 1) d
            WHERE d.settlement_id = house.settlement_id AND d.number = house.number
            AND coalesce(d.street_id, 0) = coalesce(house.street_id, 0) AND d.first < house.id)
    """)
    )
    connection.execute(text("UPDATE house SET key = '~' || id"))
    connection.execute(
        text("""
        UPDATE house SET key = street.key || '|' || house.number
        FROM street WHERE street.id = house.street_id
    """)
    )
    connection.execute(
        text("""
        UPDATE house SET key = settlement.key || '||' || house.number
        FROM settlement WHERE settlement.id = house.settlement_id AND house.street_id IS NULL
    """)
    )


def _merged(keys: dict[int, str]) -> dict[int, int]:
    """Give the ids whose key an earlier id has as well, and that one."""
    first: dict[str, int] = {}
    return {i: first[k] for i, k in sorted(keys.items()) if first.setdefault(k, i) != i}


def _point_elsewhere(
    connection: Connection, table: str, column: str, row_id: int, kept: int
) -> None:
    statement = f"UPDATE {table} SET {column} = :kept WHERE {column} = :id"  # noqa: S608 - our own words
    connection.execute(text(statement), {"kept": kept, "id": row_id})


def _write(connection: Connection, table: Table, keys: dict[int, str]) -> None:
    connection.execute(text(f"UPDATE {table.name} SET key = '~' || id"))  # noqa: S608 - our own table
    columns: dict[str, list[Any]] = {"id": list(keys), "key": list(keys.values())}
    bulk.update_columns(connection, table, columns)
