"""Column types that mean and order the same in SQLite and in PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, DateTime, LargeBinary, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Dialect
    from sqlalchemy.sql.compiler import SQLCompiler

WGS84 = 4326
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Give an aware moment as whole microseconds since 1970-01-01 UTC."""
    if moment.tzinfo is None:
        message = f"{moment} has no time zone; the store takes aware times only"
        raise ValueError(message)
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Give the aware UTC moment of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, given back in UTC, exact to the microsecond.

    PostgreSQL keeps it as ``timestamptz``. SQLite has no time type and would compare texts, so it
    keeps microseconds since 1970 as an integer: both order by the moment itself, whatever zone
    it was written in.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the type each store keeps."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - the driver's own type
        """Turn a moment into what the store keeps; ValueError where it has no zone."""
        if value is None:
            return None
        microseconds = to_microseconds(value)
        return value.astimezone(UTC) if dialect.name == "postgresql" else microseconds

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - the driver's own type
        """Turn what the store keeps into an aware UTC moment."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]  # psycopg gives a datetime
        return from_microseconds(value)


class microseconds(GenericFunction[int]):  # noqa: N801 - SQL functions are lower case
    """A `UtcTime` column as whole microseconds since 1970 UTC, for reading into columns."""

    type = BigInteger()
    inherit_cache = True


@compiles(microseconds)
def _integer_already(element: microseconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - compiler options
    return compiler.process(element.clauses, **kw)


@compiles(microseconds, "postgresql")
def _from_timestamptz(element: microseconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - compiler options
    moment = compiler.process(element.clauses, **kw)
    return f"(extract(epoch from {moment}) * 1000000)::bigint"


class _PostgisWkb(Geometry):
    """A PostGIS geometry that takes and gives plain well-known binary."""

    from_text = "ST_GeomFromWKB"
    as_binary = "ST_AsBinary"
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:  # noqa: ANN401 - SQLAlchemy's hook
        """Wrap a value in its constructor, with the reference system."""
        return func.ST_GeomFromWKB(bindvalue, self.srid, type_=self)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:  # noqa: ARG002 - SQLAlchemy's hook
        """Hand the bytes over as they are."""
        return None

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's hook
        coltype: object,  # noqa: ARG002 - SQLAlchemy's hook
    ) -> Callable[[Any], bytes | None]:
        """Give plain bytes back."""
        return lambda value: None if value is None else bytes(value)


def geometry(kind: str) -> TypeEngine[bytes]:
    """Give the type of a geometry column: WKB bytes in Python, WGS 84, x = longitude.

    In SQLite the bytes are the column; in PostgreSQL it is a real PostGIS geometry of `kind`, such
    as ``MULTIPOLYGON``. The GiST index is declared beside the table, where it can be seen.
    """
    return LargeBinary().with_variant(
        _PostgisWkb(kind, srid=WGS84, spatial_index=False), "postgresql"
    )


def is_geometry(kind: TypeEngine[Any]) -> bool:
    """Whether a column's type was made by `geometry`."""
    return isinstance(kind, LargeBinary)
