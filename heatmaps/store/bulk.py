"""Writing and reading whole columns: COPY in PostgreSQL, one prepared statement in SQLite.

Columns are NumPy arrays or lists of equal length. Times are int64 microseconds since 1970 UTC;
`ABSENT_TIME`, NaN and None all become NULL. Geometries are WKB bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.store.types import WGS84, UtcTime, is_geometry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select, Table
    from sqlalchemy.types import TypeEngine

    Column = NDArray[Any] | Sequence[Any]

KEYS_A_QUERY = 10_000
"""How many keys one query asks for; SQLite takes at most 32,766 parameters."""


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Column]) -> int:
    """Insert the rows and give their number."""
    values = [_values(column, table.c[name].type, connection) for name, column in columns.items()]
    count = len(values[0]) if values else 0
    if not count:
        return 0
    rows = zip(*values, strict=True)
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        statement = f"COPY {table.name} ({names}) FROM STDIN"
        with _cursor(connection, statement) as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names come from our tables
        with _cursor(connection, statement) as cursor:
            cursor.executemany(statement, rows)
    return count


def update_columns(connection: Connection, table: Table, columns: Mapping[str, Column]) -> int:
    """Write the columns over the rows with the ids in ``columns["id"]``; give their number."""
    names = list(columns)
    values = [_values(columns[name], table.c[name].type, connection) for name in names]
    if not values or not len(values[0]):
        return 0
    postgres = connection.dialect.name == "postgresql"
    mark = "%s" if postgres else "?"
    changed = [name for name in names if name != "id"]
    assignments = ", ".join(f'"{name}" = {mark}' for name in changed)
    statement = f"UPDATE {table.name} SET {assignments} WHERE id = {mark}"  # noqa: S608 - names come from our tables
    order = [names.index(name) for name in [*changed, "id"]]
    rows = [tuple(row[place] for place in order) for row in zip(*values, strict=True)]
    with _cursor(connection, statement) as cursor:
        cursor.executemany(statement, rows)
    return len(rows)


def next_id(connection: Connection, table: Table) -> int:
    """Give the first free id; only a transaction that holds the table's `lock` may use it."""
    highest = connection.scalar(select(func.max(table.c.id)))
    return 1 + (highest or 0)


def read_columns(connection: Connection, query: Select[Any]) -> list[NDArray[np.object_]]:
    """Give the result as one object array a column, none where there is no row."""
    rows = connection.execute(query).all()
    width = len(query.selected_columns)
    columns = [np.empty(len(rows), dtype=object) for _ in range(width)]
    for column, values in zip(columns, zip(*rows, strict=True), strict=bool(rows)):
        column[:] = values
    return columns


def in_parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Give the keys in parts small enough for one query."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        yield keys[start : start + KEYS_A_QUERY]


@contextmanager
def _cursor(connection: Connection, statement: str) -> Iterator[Any]:
    """Give the driver's cursor; its errors become SQLAlchemy's, as those of every other query."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield connection.connection.cursor()
    except driver.Error as error:
        raise DBAPIError.instance(
            statement, None, error, driver.Error, dialect=connection.dialect
        ) from error


def _values(column: Column, kind: TypeEngine[Any], connection: Connection) -> list[Any]:
    postgres = connection.dialect.name == "postgresql"
    if isinstance(kind, UtcTime):
        return _times(np.asarray(column, dtype=np.int64), postgres=postgres)
    if is_geometry(kind) and postgres:
        return _hex_ewkb(column)
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "f":
            return [None if number != number else number for number in column.tolist()]  # noqa: PLR0124 - NaN
        return list(column.tolist())
    return list(column)


def _times(column: NDArray[np.int64], *, postgres: bool) -> list[Any]:
    absent = column == ABSENT_TIME
    if postgres:  # the session's zone is UTC, so a moment without zone is read as UTC
        values = list(np.where(absent, 0, column).astype("datetime64[us]").tolist())
    else:
        values = list(column.tolist())
    if absent.any():
        for row in np.flatnonzero(absent).tolist():
            values[row] = None
    return values


def _hex_ewkb(column: Column) -> list[str | None]:
    shapes = shapely.set_srid(shapely.from_wkb(np.asarray(column, dtype=object)), WGS84)
    written: list[str | None] = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
    return written
