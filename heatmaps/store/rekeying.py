"""Writing the gazetteer's lasting keys anew, after the normal form that they are has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from heatmaps.geocoding.identity import identity_of
from heatmaps.geocoding.normal_form import street_key
from heatmaps.store import bulk
from heatmaps.store.aliases import ALIAS
from heatmaps.store.merging import HOUSE, SETTLEMENT, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table


def rekey(connection: Connection) -> None:
    """Give every row the key that its names have now; rows that have become one are merged.

    The row with the smallest id stays. Decisions follow the places that they name.
    """
    s, t = SETTLEMENT.c, STREET.c
    decided = _Decided(connection)
    towns = {
        row_id: identity_of(name, kind, region).key
        for row_id, name, kind, region in connection.execute(select(s.id, s.name, s.kind, s.region))
    }
    same_towns = _merged(towns)
    for row_id, kept in same_towns.items():
        for table in ("street", "house"):
            _point_elsewhere(connection, table, "settlement_id", row_id, kept)
        connection.execute(text("DELETE FROM settlement WHERE id = :id"), {"id": row_id})
    _write(connection, SETTLEMENT, towns, same_towns)
    streets = {
        row_id: f"{towns[town]}|{street_key(name)}"
        for row_id, town, name in connection.execute(select(t.id, t.settlement_id, t.name))
    }
    same_streets = _merged(streets)
    for row_id, kept in same_streets.items():
        _point_elsewhere(connection, "house", "street_id", row_id, kept)
        connection.execute(text("DELETE FROM street WHERE id = :id"), {"id": row_id})
    _write(connection, STREET, streets, same_streets)
    _rekey_houses(connection)
    decided.follow(connection, towns, streets)


class _Decided:
    """The rows whose keys decisions name, found before the keys are written anew."""

    def __init__(self, connection: Connection) -> None:
        decided = connection.execute(select(ALIAS.c.id, ALIAS.c.key).where(ALIAS.c.key != ""))
        self._key = dict(decided.tuples().all())
        keys = sorted(set(self._key.values()))
        s, t, h = SETTLEMENT.c, STREET.c, HOUSE.c
        self._towns, self._streets, self._houses = (
            [
                tuple(row)
                for part in bulk.in_parts(keys)
                for row in connection.execute(select(*columns).where(columns[0].in_(part)))
            ]
            for columns in (
                (s.key, s.id),
                (t.key, t.id),
                (h.key, h.settlement_id, h.street_id, h.number),
            )
        )

    def follow(
        self, connection: Connection, towns: Mapping[int, str], streets: Mapping[int, str]
    ) -> None:
        """Write the keys that the places have now; `towns` and `streets` give them by row."""
        now = {key: towns[row_id] for key, row_id in self._towns}
        now |= {key: streets[row_id] for key, row_id in self._streets}
        for key, town, street, number in self._houses:
            now[key] = f"{streets[street]}|{number}" if street else f"{towns[town]}||{number}"
        changed = {n: now[key] for n, key in self._key.items() if now.get(key, key) != key}
        columns: dict[str, list[Any]] = {"id": list(changed), "key": list(changed.values())}
        bulk.update_columns(connection, ALIAS, columns)


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


def _write(
    connection: Connection, table: Table, keys: Mapping[int, str], gone: Mapping[int, int]
) -> None:
    keys = {row_id: key for row_id, key in keys.items() if row_id not in gone}
    connection.execute(text(f"UPDATE {table.name} SET key = '~' || id"))  # noqa: S608 - our own table
    columns: dict[str, list[Any]] = {"id": list(keys), "key": list(keys.values())}
    bulk.update_columns(connection, table, columns)
