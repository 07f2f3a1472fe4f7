"""A gazetteer file on its way into the store: temporary tables that one connection alone sees.

They are filled by parts in short transactions of their own, so that nobody waits for a file of a
country to be read, and they go with the connection: a load that is killed leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.schema import CreateTable

from heatmaps.geocoding.assembly import MIN_STREET_M, circles
from heatmaps.geocoding.gazetteer import EARTH_RADIUS_M, FAR_M, distance_m, text_column
from heatmaps.store import bulk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.geocoding.reading import Part

Id = BigInteger().with_variant(Integer(), "sqlite")
_STAGED = MetaData()
_FETCH = 50_000


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _STAGED, *columns, prefixes=["TEMPORARY"])


STREET_MET = _table(
    "load_street_met",
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("unit", BigInteger), Column("place", Integer), Column("key", Text),
    Column("name", Text), Column("south", Double), Column("west", Double),
    Column("north", Double), Column("east", Double), Column("named", Boolean),
)  # fmt: skip
BOX = _table(
    "load_box",
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("unit", BigInteger), Column("own", BigInteger), Column("south", Double),
    Column("west", Double), Column("north", Double), Column("east", Double),
)  # fmt: skip
ALIAS = _table(
    "load_alias",
    Column("unit", BigInteger), Column("alias_unit", BigInteger), Column("alias", Text),
)  # fmt: skip
HOUSE = _table(
    "load_house",
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("unit", BigInteger), Column("number", Text),
    Column("lat", Double), Column("lon", Double), Column("degree_m", Double),
    Column("postcode", Text), Column("source", Text), Column("source_id", Text),
)  # fmt: skip
STREET = _table(
    "load_street",
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("unit", BigInteger), Column("place", Integer), Column("key", Text),
    Column("name", Text), Column("lat", Double), Column("lon", Double),
    Column("uncertainty_m", Double), Column("aliases", Text),
    Column("settlement_id", BigInteger), Column("full_key", Text), Column("id", BigInteger),
)  # fmt: skip
PLACE = _table(
    "load_place",
    Column("place", Id, primary_key=True, autoincrement=False),
    Column("id", BigInteger), Column("key", Text),
)  # fmt: skip
MATCH = _table(
    "load_match",
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("id", BigInteger), Column("key", Text), Column("change", SmallInteger),
)  # fmt: skip

METRES_A_DEGREE = np.pi * EARTH_RADIUS_M / 180


class Staged:
    """The temporary tables of one file, from the first part put in to the merging.

    `duplicates` and `far_apart` are known once it is `settled`.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.houses = self.streets = self.duplicates = self.far_apart = 0
        self._house_seq = self._street_seq = 0
        with connection.begin():
            self._prepare()
            for table in _STAGED.tables.values():
                connection.execute(CreateTable(table))

    def put(self, part: Part) -> None:
        """Add a part; those that come first are kept where an address comes twice."""
        with self.connection.begin():
            streets, houses = part.streets, part.houses
            self._insert(STREET_MET, streets, self._street_seq)
            self._insert(ALIAS, part.aliases)
            degree = METRES_A_DEGREE * np.cos(np.radians(houses.lat))
            self._insert(HOUSE, houses, self._house_seq, degree_m=degree)
            self._street_seq += len(streets.unit)
            self._house_seq += len(houses.unit)

    def settle(self) -> None:
        """Bring every street under one name, and every address to its first house."""
        with self.connection.begin():
            self.index("load_street_met", "unit")
            self.index("load_alias", "alias_unit")
            self._rename_by_alias()
            self.index("load_house", "unit, number, seq")
            self._drop_duplicates()
            self._whole_streets()
            self.index("load_street", "unit")
            self.houses = self._count("load_house")
            self.streets = self._count("load_street WHERE key <> ''")

    def _prepare(self) -> None:
        if self.connection.dialect.name == "postgresql":
            for name, size in (("temp_buffers", "64MB"), ("work_mem", "64MB")):
                self.connection.execute(text(f"SET {name} = '{size}'"))
        else:
            self.connection.execute(text("PRAGMA temp.cache_size = -65536"))

    def _insert(
        self,
        table: Table,
        rows: Any,  # noqa: ANN401 - rows of any table
        seq: int | None = None,
        **more: NDArray[Any],
    ) -> None:
        columns = {f.name: getattr(rows, f.name) for f in fields(rows)} | more
        if seq is not None:
            columns["seq"] = np.arange(seq, seq + len(rows.unit))
        bulk.insert_columns(self.connection, table, columns)

    def index(self, table: str, columns: str, name: str = "") -> None:
        """Index a temporary table by columns, and tell the planner what it holds."""
        where = "temp." if self.connection.dialect.name == "sqlite" else ""
        name = f"{where}{name or f'ix_{table}'}"
        self.connection.execute(text(f"CREATE INDEX {name} ON {table} ({columns})"))
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text(f"ANALYZE {table}"))

    def _count(self, table: str) -> int:
        return int(self.connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - our own tables

    def _rename_by_alias(self) -> None:
        """Give houses on an alias of a street to that street; see `in_memory.same_streets`."""
        meant = """
            SELECT a.alias_unit, min(a.unit) AS unit FROM load_alias a
            WHERE NOT EXISTS (
                SELECT 1 FROM load_street_met s WHERE s.unit = a.alias_unit AND s.named)
            AND EXISTS (SELECT 1 FROM load_street_met s WHERE s.unit = a.alias_unit)
            GROUP BY a.alias_unit HAVING count(DISTINCT a.unit) = 1"""
        rows = self.connection.execute(text(meant)).all()
        for table in ("load_street_met", "load_house") if rows else ():
            if table == "load_house":
                self.index("load_house", "unit")
            statement = text(f"UPDATE {table} SET unit = :unit WHERE unit = :alias")  # noqa: S608 - our own tables
            self.connection.execute(statement, [{"alias": a, "unit": u} for a, u in rows])
            if table == "load_house":
                where = "temp." if self.connection.dialect.name == "sqlite" else ""
                self.connection.execute(text(f"DROP INDEX {where}ix_load_house"))

    def _drop_duplicates(self) -> None:
        earlier = """SELECT min(seq) AS first, unit, number FROM load_house
                     GROUP BY unit, number HAVING count(*) > 1"""
        pairs = self.connection.execute(
            text(f"""
            SELECT h.lat, h.lon, f.lat, f.lon FROM ({earlier}) d
            JOIN load_house f ON f.seq = d.first
            JOIN load_house h ON h.unit = d.unit AND h.number = d.number AND h.seq > d.first
        """),  # noqa: S608 - our own words
            execution_options={"stream_results": True},
        )
        while rows := pairs.fetchmany(_FETCH):
            at = np.array(rows, dtype=np.float64)
            apart = distance_m(at[:, 0], at[:, 1], at[:, 2], at[:, 3])
            self.duplicates += len(rows)
            self.far_apart += int((apart > FAR_M).sum())
        if self.duplicates:
            self.connection.execute(
                text("""
                DELETE FROM load_house WHERE EXISTS (
                    SELECT 1 FROM load_house e WHERE e.unit = load_house.unit
                    AND e.number = load_house.number AND e.seq < load_house.seq)
            """)
            )

    def _whole_streets(self) -> None:
        """Put every street once: the box around all that was met of it, as middle and radius."""
        aliases = self._aliases()
        for rows in self._boxes():
            seq, unit, place, key, name, *box = zip(*rows, strict=True)
            lat, lon, radius = circles(*np.array(box, dtype=np.float64))
            bulk.insert_columns(self.connection, STREET, {
                "seq": seq, "unit": unit, "place": place, "key": key, "name": name,
                "lat": lat, "lon": lon, "uncertainty_m": np.maximum(radius, MIN_STREET_M),
                "aliases": text_column(["\n".join(aliases.get(u, ())) for u in unit]),
            })  # fmt: skip

    def _boxes(self) -> Iterator[list[Any]]:
        self.connection.execute(
            text("""
            INSERT INTO load_box
            SELECT min(seq), unit, min(CASE WHEN named THEN seq ELSE NULL END),
                   min(south), min(west), max(north), max(east)
            FROM load_street_met GROUP BY unit
        """)
        )
        page = text("""
            SELECT b.seq, b.unit, m.place, m.key, m.name, b.south, b.west, b.north, b.east
            FROM load_box b JOIN load_street_met m ON m.seq = coalesce(b.own, b.seq)
            WHERE b.seq > :last ORDER BY b.seq LIMIT :count
        """)
        last = -1
        while rows := self.connection.execute(page, {"last": last, "count": _FETCH}).all():
            yield [tuple(row) for row in rows]
            last = rows[-1][0]

    def _aliases(self) -> dict[int, list[str]]:
        of_unit: dict[int, list[str]] = {}
        rows = self.connection.execute(text("SELECT DISTINCT unit, alias FROM load_alias")).all()
        for unit, alias in sorted((unit, alias) for unit, alias in rows):
            of_unit.setdefault(unit, []).append(alias)
        return of_unit
