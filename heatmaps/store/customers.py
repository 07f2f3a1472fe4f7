"""The customer base in the store: customers at their addresses, loaded batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, select, update

from heatmaps.geocoding.location import Source
from heatmaps.store import bulk
from heatmaps.store.complaints import PERSONAL, write_normal_forms
from heatmaps.store.engine import lock
from heatmaps.store.tables import CustomerAddress, Personal
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Table

    from heatmaps.region.customers import CustomerBatch
    from heatmaps.store.complaints import LocationColumns

CUSTOMER_ADDRESS: Table = CustomerAddress.__table__  # type: ignore[assignment]  # a mapped table is a Table

TOLD = ("customer_id", "address_kind", "segment", "ltv", "language", "channel", "consent_until",
        "content_hash")  # fmt: skip
LOCATED = ("location_level", "location_source", "lat", "lon", "uncertainty_m", "cell",
           "resolution", "confidence", "form_key", "match_key", "doubtful")  # fmt: skip
PRIVATE = ("contact", "address", "city")


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch held against the store: positions of `new` and `updated` rows, and their ids.

    `number` tells the new addresses of one customer and kind apart. Everything else is
    `unchanged`; `same_id` are the stored addresses told again.
    """

    new: NDArray[np.intp]
    new_id: NDArray[np.int64]
    number: NDArray[np.int64]
    updated: NDArray[np.intp]
    updated_id: NDArray[np.int64]
    unchanged: int
    same_id: NDArray[np.int64]

    @property
    def to_write(self) -> NDArray[np.intp]:
        """Positions of new and updated rows, in that order."""
        return np.concatenate([self.new, self.updated])


class Replacement:
    """One load, which replaces all addresses of the customers and address kinds that it names.

    It remembers, a byte an address, which stored ones were named and which of them are told again,
    so that a file may name one customer in any number of places. `at` is the time of the load: what
    it has told already, it does not replace.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._named = np.zeros(0, dtype=np.bool_)
        self._told = np.zeros(0, dtype=np.bool_)

    def compare(self, connection: Connection, batch: CustomerBatch) -> Compared:
        """Hold the next batch of the file against the store.

        A row equal to a stored address is unchanged; another takes the place of an address that
        the file has not told so far; what finds none is new.
        """
        lock(connection, "intake")  # which also numbers the rows of `personal`
        stored = _stored(connection, batch.customer_id)
        next_id = first_id = bulk.next_id(connection, CUSTOMER_ADDRESS)
        self._make_room(first_id + len(batch))
        hashes, rest = batch.content_hash.tolist(), []
        again: list[int] = []
        new: list[tuple[int, int, int]] = []
        updated: list[tuple[int, int]] = []
        for row, owner in enumerate(zip(batch.customer_id, batch.address_kind, strict=True)):
            known = stored.get(owner, _NONE)
            self._name(known)
            if (same := known.of_hash.get(hashes[row])) is None:
                rest.append(row)
            else:
                self._told[same] = True
                again.append(same)
        for row in rest:
            owner = batch.customer_id[row], batch.address_kind[row]
            known = stored.setdefault(owner, _Known({}, -1))
            if hashes[row] in known.of_hash:
                continue
            other = next((h for h, each in known.of_hash.items() if not self._told[each]), None)
            if other is None:
                place, known.highest, next_id = next_id, known.highest + 1, next_id + 1
                new.append((row, place, known.highest))
            else:
                place = known.of_hash.pop(other)
                updated.append((row, place))
            known.of_hash[hashes[row]] = place
            self._told[place] = self._named[place] = True
        fresh = np.array(new, dtype=np.int64).reshape(-1, 3).T
        moved = np.array(updated, dtype=np.int64).reshape(-1, 2).T
        unchanged = len(batch) - len(new) - len(updated)
        return Compared(fresh[0], fresh[1], fresh[2], moved[0], moved[1], unchanged,
                        np.array(sorted(set(again)), dtype=np.int64))  # fmt: skip

    def finish(self, connection: Connection) -> int:
        """Remove the named addresses that the file did not tell again; give how many went."""
        lock(connection, "intake")
        ghosts = np.flatnonzero(self._named & ~self._told).tolist()
        for part in bulk.in_parts(ghosts):
            connection.execute(delete(Personal).where(Personal.customer_address_id.in_(part)))
            connection.execute(delete(CustomerAddress).where(CustomerAddress.id.in_(part)))
        return len(ghosts)

    def _name(self, known: _Known) -> None:
        if not known.named:
            known.named = True
            self._named[list(known.of_hash.values())] = True
            self._told[[each for each, at in known.loaded_at.items() if at == self._at]] = True

    def _make_room(self, size: int) -> None:
        if size > len(self._named):
            grown = np.zeros(size + len(self._named) // 2, dtype=np.bool_)
            for name in ("_named", "_told"):
                before = getattr(self, name)
                setattr(self, name, grown.copy())
                getattr(self, name)[: len(before)] = before


def write(
    connection: Connection,
    batch: CustomerBatch,
    compared: Compared,
    located: LocationColumns,
    at: datetime,
) -> None:
    """Write what a load at `at` told; `located` follows ``compared.to_write``."""
    for part in bulk.in_parts(compared.same_id.tolist()):
        named = update(CustomerAddress).where(CUSTOMER_ADDRESS.c.id.in_(part))
        connection.execute(named.values(loaded_at=at))
    rows = compared.to_write.tolist()
    ids = np.concatenate([compared.new_id, compared.updated_id])
    told: dict[str, Any] = {name: _taken(getattr(batch, name), rows) for name in TOLD}
    columns = {"id": ids, **told, **{name: getattr(located, name) for name in LOCATED},
               "loaded_at": np.full(len(rows), to_microseconds(at))}  # fmt: skip
    count = len(compared.new)
    fresh = _part(columns, slice(None, count))
    bulk.insert_columns(connection, CUSTOMER_ADDRESS, {**fresh, "number": compared.number})
    bulk.update_columns(connection, CUSTOMER_ADDRESS, _part(columns, slice(count, None)))
    for part in bulk.in_parts(compared.updated_id.tolist()):
        connection.execute(delete(Personal).where(Personal.customer_address_id.in_(part)))
    private: dict[str, Any] = {name: _taken(getattr(batch, name), rows) for name in PRIVATE}
    first = bulk.next_id(connection, PERSONAL)
    private |= {"id": np.arange(first, first + len(rows)), "customer_address_id": ids,
                "normal_form": located.normal_form}  # fmt: skip
    bulk.insert_columns(connection, PERSONAL, private)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Addresses of customers to be placed again, as equally long columns.

    Coordinates that were given are known only where they placed the address.
    """

    id: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    address: list[str]
    city: list[str | None]
    personal_id: NDArray[np.int64]
    normal_form: list[str | None]


def replaceable(connection: Connection, which: ColumnElement[bool]) -> Unplaced:
    """Give the customers' addresses of a condition, by id."""
    a, p = CUSTOMER_ADDRESS.c, PERSONAL.c
    query = (
        select(
            a.id,
            a.lat,
            a.lon,
            a.uncertainty_m,
            a.location_source,
            p.address,
            p.city,
            p.id,
            p.normal_form,
        )
        .join(PERSONAL, p.customer_address_id == a.id)
        .where(which)
        .order_by(a.id)
    )
    ids, lat, lon, accuracy, source, address, city, personal, form = bulk.read_columns(
        connection, query
    )
    by_point = np.array([each == Source.COORDINATES for each in source], dtype=np.bool_)
    given_lat, given_lon, given_m = (
        np.where(by_point, column.astype(np.float64), np.nan) for column in (lat, lon, accuracy)
    )
    return Unplaced(
        ids.astype(np.int64), given_lat, given_lon, given_m, list(address), list(city),
        personal.astype(np.int64), list(form),
    )  # fmt: skip


def write_places(
    connection: Connection, lost: Unplaced, located: LocationColumns, found: NDArray[np.intp]
) -> None:
    """Write where the addresses at positions `found` are."""
    rows = found.tolist()
    columns = {name: _taken(getattr(located, name), rows) for name in LOCATED}
    bulk.update_columns(connection, CUSTOMER_ADDRESS, {**columns, "id": lost.id[found]})
    write_normal_forms(connection, lost, located, found)


def owners_after(
    connection: Connection, customer_ids: Sequence[str], at: datetime
) -> set[tuple[str, str]]:
    """Give the (customer id, address kind) of these customers that a load later than `at` named."""
    stored = _stored(connection, customer_ids)
    return {owner for owner, known in stored.items() if max(known.loaded_at.values()) > at}


@dataclass(slots=True)
class _Known:
    """The stored addresses of one customer and kind: id by hash of content, highest number.

    `loaded_at` is the last load of each id.
    """

    of_hash: dict[int, int]
    highest: int
    named: bool = False
    loaded_at: dict[int, datetime] = field(default_factory=dict)


_NONE = _Known({}, -1, named=True)


def _stored(connection: Connection, customer_ids: Sequence[str]) -> dict[tuple[str, str], _Known]:
    a = CUSTOMER_ADDRESS.c
    query = select(a.customer_id, a.address_kind, a.content_hash, a.id, a.number,
                   a.loaded_at)  # fmt: skip
    found: dict[tuple[str, str], _Known] = {}
    for part in bulk.in_parts(sorted(set(customer_ids))):
        rows = connection.execute(query.where(a.customer_id.in_(part)).order_by(a.id))
        for customer_id, kind, content_hash, address_id, number, loaded_at in rows:
            known = found.setdefault((customer_id, kind), _Known({}, -1))
            known.of_hash[content_hash] = address_id
            known.loaded_at[address_id] = loaded_at
            known.highest = max(known.highest, number)
    return found


def _taken(column: Any, rows: list[int]) -> Any:  # noqa: ANN401 - a list or an array of any type
    return column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows]


def _part(columns: dict[str, Any], rows: slice) -> dict[str, Any]:
    return {name: column[rows] for name, column in columns.items()}
