"""Merging a staged gazetteer file into the store: what is new, moved, unchanged and gone.

Rows are matched by their lasting keys. `datasets` remembers which files name a row, so that what
one of them no longer names goes only where no other one does. The first of them says where the row
is; its line is left empty once it no longer names the row, until another one is loaded that does.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import UniqueConstraint, select, text
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from heatmaps.errors import FileError
from heatmaps.geocoding.changes import MOST_STREETS, Changes
from heatmaps.geocoding.gazetteer import (
    Settlements,
    distance_m,
    settlement_keys_of,
    take,
    text_column,
)
from heatmaps.geocoding.recognition import recognised
from heatmaps.geocoding.whereabouts import swapped_settlements
from heatmaps.store import bulk, staging
from heatmaps.store.tables import House, Settlement, Street

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

    from heatmaps.geocoding.gazetteer import Text
    from heatmaps.store.staging import Staged

SETTLEMENT: Table = Settlement.__table__  # type: ignore[assignment]  # a mapped table is a Table
STREET: Table = Street.__table__  # type: ignore[assignment]
HOUSE: Table = House.__table__  # type: ignore[assignment]

MOVED_M = 1.0
"""A house drawn a metre aside has not moved."""

MOST_GONE = 0.2
"""A file that lacks more of its dataset's houses than this is taken for a broken one."""

FAR_MOVED_M = 1_000.0
"""A house that a newer delivery puts farther off than this was wrong before, or is now."""

MOST_MOVED = 0.2
"""A file that puts more of its dataset's houses so far off is taken for a broken one."""

_IDENTITY = {"name", "kind", "region"}
"""What the lasting key of a settlement is made of: it stays as it was first told."""

_UNCHANGED, _ADDED, _MOVED, _ELSEWHERE = range(4)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one table; ``in the file = added + moved + unchanged``.

    Of those unchanged, `elsewhere` stand where another dataset puts them and not where the file
    does.
    """

    added: int
    moved: int
    unchanged: int
    gone: int
    elsewhere: int = 0


class Merging:
    """One merging, in the transaction that makes all of it seen at once.

    `changes` gathers what answers can hang on.
    """

    def __init__(self, connection: Connection, staged: Staged, dataset: str) -> None:
        self._connection = connection
        self._staged = staged
        self._dataset = dataset
        self.changes = Changes()
        self._known = _KnownSettlements(connection)
        self._had_latin = False

    def require_unswapped(self, file: str, rows: Settlements, settled: NDArray[np.bool_]) -> None:
        """Raise FileError where most settlements known lie as they do only when read swapped."""
        known, swapped = swapped_settlements(take(rows, np.flatnonzero(settled)), self._known.rows)
        if swapped > known / 2:
            message = (
                f"{file} puts {swapped:,} of the {known:,} settlements that are known far off, but "
                "near them if its latitudes and longitudes are swapped; swap them, or load it with "
                "--moved if they are right."
            )
            raise FileError(message)

    def settlements(self, rows: Settlements, settled: NDArray[np.bool_]) -> Counts:
        """Merge the settlements that anything stands in; those gone go last."""
        known, used = self._known, np.flatnonzero(settled)
        rows = recognised(take(rows, used), known.rows, known.placed_by(self._dataset))
        keys = settlement_keys_of(rows)
        ids = np.array([known.id.get(key, 0) for key in keys], dtype=np.int64)
        fresh, again = np.flatnonzero(ids == 0), np.flatnonzero(ids)
        ids[fresh] = bulk.next_id(self._connection, SETTLEMENT) + np.arange(len(fresh))
        columns: dict[str, Any] = {name: getattr(rows, name)[fresh] for name in rows.__slots__}
        columns |= {"id": ids[fresh], "key": keys[fresh],
                    "datasets": [self._dataset] * len(fresh)}  # fmt: skip
        bulk.insert_columns(self._connection, SETTLEMENT, columns)
        bulk.insert_columns(
            self._connection, staging.PLACE, {"place": used, "id": ids, "key": keys}
        )
        changed = again[known.differs(rows, keys, again, self._dataset)]
        told = {n: getattr(rows, n)[changed] for n in rows.__slots__ if n not in _IDENTITY}
        bulk.update_columns(self._connection, SETTLEMENT, {"id": ids[changed], **told})
        for row in (*fresh.tolist(), *changed.tolist()):
            key, others = keys[row], rows.aliases[row]
            before = known.aliases.get(key)
            if before == others:
                self.changes.moved.add(key)
            else:
                self.changes.settlements[key] = _lines(others, before or "")
        self._note_dataset(SETTLEMENT, "load_place")
        return Counts(len(fresh), len(changed), len(again) - len(changed), 0)

    def streets(self) -> Counts:
        """Merge the streets; settlements must be merged."""
        run = self._run
        self._had_latin = _has_latin(self._connection)
        run("""UPDATE load_street SET settlement_id = p.id,
                                      full_key = p.key || '|' || load_street.key
               FROM load_place p WHERE p.place = load_street.place""")
        run("""UPDATE load_street SET id = s.id FROM street s
               WHERE s.settlement_id = load_street.settlement_id
               AND s.key = load_street.full_key""")
        self._keep_changed_streets()
        moved = self._update_streets()
        first = bulk.next_id(self._connection, STREET)
        run(
            """UPDATE load_street SET id = n.id FROM (
                   SELECT seq, :first - 1 + row_number() OVER (ORDER BY seq) AS id
                   FROM load_street WHERE id IS NULL AND key <> '') n
               WHERE n.seq = load_street.seq""",
            first=first,
        )
        added = run("""INSERT INTO street (id, settlement_id, key, name, lat, lon, uncertainty_m,
                                           aliases, datasets)
                       SELECT id, settlement_id, full_key, name, lat, lon, uncertainty_m, aliases,
                              :dataset
                       FROM load_street WHERE id >= :first ORDER BY id""",
                    first=first, dataset=self._dataset)  # fmt: skip
        self._staged.index("load_street", "id", "ix_load_street_id")
        self._note_dataset(STREET, "load_street")
        return Counts(added, moved, self._staged.streets - added - moved, 0)

    def houses(self, file: str, *, shrink: bool, moved: bool) -> Counts:
        """Merge the houses, streets being merged; those of the dataset that the file lacks go.

        Raises FileError where these are more than `MOST_GONE` of it, unless it may `shrink`, or
        where it puts more than `MOST_MOVED` of it farther off than `FAR_MOVED_M`, unless they may
        have `moved`.
        """
        self._match_houses()
        self._staged.index("load_match", "id", "ix_load_match_id")
        if not shrink:
            self._require_most(file)
        if not moved:
            self._require_in_place(file)
        self._keep_changed_houses()
        gone = self._forget(HOUSE, "load_match", "key")
        for (key,) in gone:
            street, _, number = key.rpartition("|")
            self._note_house(street, number)
        went = self._run(
            """UPDATE house SET lat = h.lat, lon = h.lon
               FROM load_match m JOIN load_house h ON h.seq = m.seq
               WHERE m.change = :moved AND house.id = m.id""",
            moved=_MOVED,
        )
        self._note_dataset(HOUSE, "load_match")
        with _filling(self._connection, HOUSE):
            added = self._add_houses()
        elsewhere = self._count("load_match WHERE change = :change", change=_ELSEWHERE)
        return Counts(added, went, self._staged.houses - added - went, len(gone), elsewhere)

    def _match_houses(self) -> None:
        """Find the stored house of each in the file; only its own dataset can move it."""
        self._run(
            f"""INSERT INTO load_match (seq, id, key, change)
                SELECT h.seq, k.id, s.full_key || '|' || h.number,
                       CASE WHEN k.id IS NULL THEN {_ADDED}
                       WHEN (h.lat - k.lat) * (h.lat - k.lat) * :degree * :degree
                            + (h.lon - k.lon) * (h.lon - k.lon) * h.degree_m * h.degree_m
                            <= :metre * :metre THEN {_UNCHANGED}
                       WHEN {_places("k")} THEN {_MOVED} ELSE {_ELSEWHERE} END
                FROM load_house h JOIN load_street s ON s.unit = h.unit
                LEFT JOIN house k ON k.key = s.full_key || '|' || h.number""",  # noqa: S608 - our own words
            degree=staging.METRES_A_DEGREE,
            metre=MOVED_M,
            **self._placer(),
        )

    def _add_houses(self) -> int:
        return self._run("""
            INSERT INTO house (id, key, settlement_id, street_id, number, lat, lon, postcode,
                               source, source_id, datasets)
            SELECT :first - 1 + row_number() OVER (ORDER BY m.seq), m.key, s.settlement_id, s.id,
                   h.number, h.lat, h.lon, h.postcode, h.source, h.source_id, :dataset
            FROM load_match m JOIN load_house h ON h.seq = m.seq
            JOIN load_street s ON s.unit = h.unit WHERE m.change = :added ORDER BY m.seq
        """, first=bulk.next_id(self._connection, HOUSE), dataset=self._dataset,
            added=_ADDED)  # fmt: skip

    def _require_most(self, file: str) -> None:
        held = self._of_dataset(HOUSE)
        before = sum(held.values())
        gone = sum(
            self._count(f"house WHERE datasets = :datasets AND {_absent(HOUSE, 'load_match')}",
                        datasets=datasets)
            for datasets in held
        )  # fmt: skip
        if gone > MOST_GONE * before:
            message = (
                f"{file} lacks {gone:,} of the {before:,} houses that dataset {self._dataset!r} "
                "has brought; if they are really gone, load it with --shrink, and if this is "
                "another extract, name it with --dataset."
            )
            raise FileError(message)

    def _require_in_place(self, file: str) -> None:
        before = sum(self._of_dataset(HOUSE).values())
        if self._count("load_match WHERE change = :moved", moved=_MOVED) <= MOST_MOVED * before:
            return
        rows = self._connection.execute(
            text("""
            SELECT h.lat, h.lon, k.lat, k.lon FROM load_match m
            JOIN load_house h ON h.seq = m.seq JOIN house k ON k.id = m.id WHERE m.change = :moved
        """),
            {"moved": _MOVED},
        )
        at = np.array([tuple(row) for row in rows], dtype=np.float64)
        apart = distance_m(at[:, 0], at[:, 1], at[:, 2], at[:, 3])
        far = apart[apart > FAR_MOVED_M]
        if len(far) > MOST_MOVED * before:
            message = (
                f"{file} moves {len(far):,} of the {before:,} houses that dataset "
                f"{self._dataset!r} has brought by more than {FAR_MOVED_M / 1000:.0f} km, half of "
                f"them by {np.median(far) / 1000:,.0f} km or more; see whether its latitudes and "
                "longitudes are right, and if they are, load it with --moved."
            )
            raise FileError(message)

    def remove_gone(self) -> tuple[int, int]:
        """Remove streets and settlements that no file names any more, houses being merged."""
        streets = self._forget(STREET, "load_street", "key, aliases")
        for key, aliases in streets:
            self.changes.streets[key] = _lines(self.changes.streets.get(key, ""), aliases)
        towns = self._forget(SETTLEMENT, "load_place", "key, aliases")
        for key, aliases in towns:
            self.changes.settlements[key] = aliases
        if _has_latin(self._connection) != self._had_latin:
            self.changes.everything = True  # every address is now looked for by sound, or none is
        return len(streets), len(towns)

    def _forget(self, table: Table, matched: str, told: str) -> list[Any]:
        """Take the dataset off rows that the file lacks; remove and give those of no file."""
        gone: list[Any] = []
        absent = _absent(table, matched)
        for datasets in self._of_dataset(table):
            others = _without(datasets, self._dataset)
            if others:
                self._run(f"UPDATE {table.name} SET datasets = :others "  # noqa: S608 - our own words
                          f"WHERE datasets = :datasets AND {absent}",
                          others=others, datasets=datasets)  # fmt: skip
                continue
            gone += self._connection.execute(
                text(f"DELETE FROM {table.name} WHERE datasets = :datasets AND {absent} "  # noqa: S608 - our own words
                     f"{_EMPTY[table.name]} RETURNING {told}"), {"datasets": datasets},
            ).all()  # fmt: skip
        return gone

    def _note_dataset(self, table: Table, matched: str) -> None:
        """Name this dataset on the known rows that the file holds."""
        for (datasets,) in self._connection.execute(select(table.c.datasets).distinct()).all():
            now = _with(datasets, self._dataset)
            if now != datasets:
                self._run(f"UPDATE {table.name} SET datasets = :now "  # noqa: S608 - our own words
                          f"WHERE datasets = :before AND NOT {_absent(table, matched)}",
                          now=now, before=datasets)  # fmt: skip

    def _of_dataset(self, table: Table) -> dict[str, int]:
        """Give how many rows there are of every set of datasets that holds this one."""
        rows = self._connection.execute(
            text(f"SELECT datasets, count(*) FROM {table.name} GROUP BY datasets")  # noqa: S608 - our own table
        )
        return {d: count for d, count in rows if self._dataset in d.split("\n")}

    def _update_streets(self) -> int:
        return self._run(f"""
            UPDATE street SET name = l.name, lat = l.lat, lon = l.lon,
                              uncertainty_m = l.uncertainty_m, aliases = l.aliases
            FROM load_street l WHERE l.id = street.id AND {_STREET_DIFFERS}
        """, **self._differing())  # fmt: skip  # noqa: S608 - our own words

    def _keep_changed_streets(self) -> None:
        """Note the streets that are new or that this file, which says where they are, changes."""
        for key, aliases in self._connection.execute(
            text("""
            SELECT full_key, aliases FROM load_street WHERE id IS NULL AND key <> '' LIMIT :most
        """),
            {"most": MOST_STREETS + 1},
        ):
            self.changes.streets[key] = aliases
        for key, aliases, before in self._connection.execute(text(f"""
            SELECT street.key, l.aliases, street.aliases FROM load_street l
            JOIN street ON street.id = l.id WHERE {_STREET_DIFFERS} LIMIT :most
        """), {**self._differing(), "most": MOST_STREETS + 1}):  # fmt: skip  # noqa: S608 - our own words
            if aliases == before:
                self.changes.moved.add(key)
            else:
                self.changes.streets[key] = _lines(aliases, before)

    def _keep_changed_houses(self) -> None:
        """Note the numbers added and moved, by street, where they are few enough to matter."""
        streets = self._connection.scalar(
            text("""
            SELECT count(DISTINCT h.unit) FROM load_match m JOIN load_house h ON h.seq = m.seq
            WHERE m.change IN (:added, :moved)
        """),
            {"added": _ADDED, "moved": _MOVED},
        )
        if (streets or 0) > MOST_STREETS:
            self.changes.everything = True
            return
        for street, number in self._connection.execute(
            text("""
            SELECT s.full_key, h.number FROM load_match m JOIN load_house h ON h.seq = m.seq
            JOIN load_street s ON s.unit = h.unit WHERE m.change IN (:added, :moved)
        """),
            {"added": _ADDED, "moved": _MOVED},
        ):
            self._note_house(street, number)

    def _note_house(self, street: str, number: str) -> None:
        self.changes.houses.setdefault(street, set()).add(number)

    def _placer(self) -> dict[str, Any]:
        """Give the values that `_places` needs."""
        first = f"{self._dataset}\n"
        return {"end": "\n", "first": first, "long": len(first)}

    def _differing(self) -> dict[str, Any]:
        return {**self._placer(), "metre": MOVED_M / staging.METRES_A_DEGREE, "moved": MOVED_M}

    def _count(self, rows: str, **values: Any) -> int:  # noqa: ANN401 - what a statement takes
        found = self._connection.scalar(text(f"SELECT count(*) FROM {rows}"), values)  # noqa: S608 - our own words
        return int(found or 0)

    def _run(self, statement: str, **values: Any) -> int:  # noqa: ANN401 - what a statement takes
        return int(self._connection.execute(text(statement), values).rowcount)


def _places(row: str) -> str:
    """Give the condition that this dataset says where a row is: it named it first, or none does."""
    named = f"{row}.datasets || :end"
    return f"(substr({named}, 1, 1) = :end OR substr({named}, 1, :long) = :first)"


def _with(datasets: str, dataset: str) -> str:
    """Give the lines with a dataset; it is the first if none of them says where the row is."""
    first, *others = datasets.split("\n")
    others = [other for other in others if other != dataset]
    if not first:
        return "\n".join([dataset, *others])
    return datasets if dataset in datasets.split("\n") else f"{datasets}\n{dataset}"


def _without(datasets: str, dataset: str) -> str:
    """Give the lines without a dataset; empty where no other is left."""
    first, *others = datasets.split("\n")
    return "\n".join([first if first != dataset else "", *(d for d in others if d != dataset)])


_STREET_DIFFERS = f"""{_places("street")} AND (
    abs(street.lat - l.lat) > :metre OR abs(street.lon - l.lon) > :metre
    OR abs(street.uncertainty_m - l.uncertainty_m) > :moved
    OR street.aliases <> l.aliases OR street.name <> l.name)"""
"""A street is as the first file says that names it: else two would take turns."""


_EMPTY = {
    "house": "",
    "street": "AND NOT EXISTS (SELECT 1 FROM house h WHERE h.street_id = street.id)",
    "settlement": """
        AND NOT EXISTS (SELECT 1 FROM house h WHERE h.settlement_id = settlement.id)
        AND NOT EXISTS (SELECT 1 FROM street s WHERE s.settlement_id = settlement.id)""",
}
"""What else must hold of a row to be removed: nothing of a store older than datasets is on it."""


@contextmanager
def _filling(connection: Connection, table: Table) -> Iterator[None]:
    """Let an empty table be filled before its indexes and references, which is twice as fast.

    In PostgreSQL it keeps readers of the table waiting, who would find nothing in it; a table that
    holds anything is left as it is. SQLite gains nothing.
    """
    empty = connection.execute(select(table.c.id).limit(1)).first() is None
    if connection.dialect.name != "postgresql" or not empty:
        yield
        return
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    constraints = [*table.foreign_key_constraints, *unique]
    for constraint in constraints:
        connection.execute(DropConstraint(constraint, isolate_from_table=False))
    for index in table.indexes:
        connection.execute(DropIndex(index))
    yield
    for index in table.indexes:
        connection.execute(CreateIndex(index))
    for constraint in reversed(constraints):
        connection.execute(AddConstraint(constraint, isolate_from_table=False))


def _has_latin(connection: Connection) -> bool:
    """Tell whether any street has a name in Latin letters."""
    matches = "~ '[a-z]'" if connection.dialect.name == "postgresql" else "GLOB '*[a-z]*'"
    found = text(f"SELECT 1 FROM street WHERE lower(name || aliases) {matches} LIMIT 1")  # noqa: S608 - our own words
    return connection.execute(found).first() is not None


def _absent(table: Table, matched: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {matched} m WHERE m.id = {table.name}.id)"  # noqa: S608 - our own words


class _KnownSettlements:
    """The settlements stored, without their boundaries."""

    def __init__(self, connection: Connection) -> None:
        s = SETTLEMENT.c
        names = ("id", "key", "name", "kind", "region", "lat", "lon", "uncertainty_m", "aliases",
                 "datasets")  # fmt: skip
        query = select(*(s[name] for name in names)).order_by(s.id)
        columns = dict(zip(names, bulk.read_columns(connection, query), strict=True))
        self.rows = settlements_of(columns)
        keys = columns["key"]
        self.id = dict(zip(keys, columns["id"], strict=True))
        self.aliases = dict(zip(keys, columns["aliases"], strict=True))
        self._position = {key: row for row, key in enumerate(keys)}
        self._datasets: Text = columns["datasets"]

    def placed_by(self, dataset: str) -> NDArray[np.bool_]:
        """Tell of each whether this dataset says where it is: it named it first, or none does."""
        first = (datasets.partition("\n")[0] for datasets in self._datasets)
        return np.array([name in {"", dataset} for name in first], dtype=np.bool_)

    def differs(
        self, rows: Settlements, keys: Text, which: NDArray[np.intp], dataset: str
    ) -> NDArray[np.bool_]:
        """Tell which of the rows the file, which says where they are, changes."""
        at = np.array([self._position[key] for key in keys[which]], dtype=np.intp)
        places = self.placed_by(dataset)[at]
        apart = distance_m(rows.lat[which], rows.lon[which], self.rows.lat[at], self.rows.lon[at])
        reach = np.abs(rows.uncertainty_m[which] - self.rows.uncertainty_m[at])
        named = (rows.aliases[which] != self.rows.aliases[at]).astype(np.bool_)
        other: NDArray[np.bool_] = (apart > MOVED_M) | (reach > MOVED_M) | named
        return places & other


def settlements_of(columns: dict[str, Any]) -> Settlements:
    """Give stored columns as settlements, without boundaries where none were read."""
    none = text_column([None] * len(columns["name"]))
    lat, lon, reach = (columns[n].astype(np.float64) for n in ("lat", "lon", "uncertainty_m"))
    return Settlements(
        columns["name"], columns["kind"], columns["region"], lat, lon, reach,
        columns.get("boundary", none), columns["aliases"],
    )  # fmt: skip


def _lines(*texts: str) -> str:
    return "\n".join(sorted({line for text_ in texts for line in text_.split("\n")} - {""}))
