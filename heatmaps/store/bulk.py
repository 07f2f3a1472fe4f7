"""Writing and reading whole columns: COPY in PostgreSQL, one prepared statement in SQLite.

Columns are NumPy arrays or lists of equal length. Times are int64 microseconds since 1970 UTC;
`ABSENT_TIME`, NaN and None all become NULL. Geometries are WKB bytes.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sqlalchemy import Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.store.types import WGS84, UtcTime, is_geometry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Column as TableColumn
    from sqlalchemy import ColumnElement, Connection, Select, Table
    from sqlalchemy.types import TypeEngine

    Column = NDArray[Any] | Sequence[Any]

KEYS_A_QUERY = 10_000
"""How many keys one query asks for; SQLite takes at most 32,766 parameters."""

_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ESCAPED = re.compile(r"[\\\t\n\r]")
_HAS_SRID = 0x20000000


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Column]) -> int:
    """Insert the rows and give their number."""
    count = len(next(iter(columns.values()), ()))
    if not count:
        return 0
    columns = {
        name: column for name, column in columns.items() if not _is_absent(column, table.c[name])
    }
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        statement = f"COPY {table.name} ({names}) FROM STDIN"
        texts = [_texts(column, table.c[name].type) for name, column in columns.items()]
        lines = map("\t".join, zip(*texts, strict=True))
        with _cursor(connection, statement) as cursor, cursor.copy(statement) as copy:
            copy.write("\n".join(lines) + "\n")
    else:
        values = [
            _values(column, table.c[name].type, connection) for name, column in columns.items()
        ]
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names come from our tables
        with _cursor(connection, statement) as cursor:
            cursor.executemany(statement, zip(*values, strict=True))
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


def among(
    connection: Connection, column: ColumnElement[str], keys: Sequence[str]
) -> ColumnElement[bool]:
    """Tell whether a column of texts is one of any number of keys, which go as one parameter."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(keys), type_=ARRAY(Text)))
    told = func.json_each(json.dumps(list(keys), ensure_ascii=False)).table_valued("value")
    return column.in_(select(told.c.value))


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


def _is_absent(column: Column, of: TableColumn[Any]) -> bool:
    """Say whether a column is empty in every row, as it is when nothing of it is written."""
    if not of.nullable or of.server_default is not None:
        return False
    if isinstance(of.type, UtcTime):
        return bool((np.asarray(column, dtype=np.int64) == ABSENT_TIME).all())
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return bool(np.isnan(column).all())
    values = column.tolist() if isinstance(column, np.ndarray) else column
    return bool(values.count(None) == len(values))


def _values(column: Column, kind: TypeEngine[Any], connection: Connection) -> list[Any]:
    postgres = connection.dialect.name == "postgresql"
    if isinstance(kind, UtcTime):
        return _times(np.asarray(column, dtype=np.int64), postgres=postgres)
    if is_geometry(kind) and postgres:
        return [None if shape is None else _hex_ewkb(shape) for shape in column]
    if isinstance(column, np.ndarray):
        values: list[Any] = column.tolist()
        if column.dtype.kind == "f":
            for row in np.flatnonzero(np.isnan(column)).tolist():
                values[row] = None
        return values
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


def _texts(column: Column, kind: TypeEngine[Any]) -> list[str]:
    """Give values in the text format of COPY (postgresql.org/docs/15/sql-copy.html)."""
    if isinstance(kind, UtcTime):
        moments = np.asarray(column, dtype=np.int64)
        absent = moments == ABSENT_TIME
        if absent.all():
            return [_NULL] * len(moments)
        written = np.datetime_as_string(np.where(absent, 0, moments).view("datetime64[us]"))
        return list(np.where(absent, _NULL, written).tolist())
    if is_geometry(kind):
        return [_NULL if shape is None else _hex_ewkb(shape) for shape in column]
    values = column.tolist() if isinstance(column, np.ndarray) else column
    first = next((value for value in values if value is not None), None)
    if first is None:
        return [_NULL] * len(values)
    if not isinstance(first, str):
        return [_NULL if v is None or v != v else str(v) for v in values]  # noqa: PLR0124 - NaN
    texts = [_NULL if value is None else value for value in values]
    if _ESCAPED.search("".join(filter(None, values))):
        texts = [_NULL if value is None else value.translate(_ESCAPES) for value in values]
    return texts


def _hex_ewkb(wkb: bytes) -> str:
    """Give plain WKB as PostGIS reads it, with the reference system behind the kind."""
    order: Literal["little", "big"] = "little" if wkb[0] else "big"
    kind = int.from_bytes(wkb[1:5], order) | _HAS_SRID
    return (wkb[:1] + kind.to_bytes(4, order) + WGS84.to_bytes(4, order) + wkb[5:]).hex()
