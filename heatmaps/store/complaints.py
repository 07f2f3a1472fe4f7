"""Complaints in the store: identity, corrections and their history, intake runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from sqlalchemy import and_, delete, func, insert, select, update

from heatmaps.complaints.likeness import likenesses
from heatmaps.complaints.record import ABSENT_TIME, State
from heatmaps.store import bulk
from heatmaps.store.aliases import aliases_version
from heatmaps.store.engine import lock
from heatmaps.store.tables import (
    ComplaintRevision,
    DefaultPoint,
    GazetteerLoad,
    IntakeRun,
    Personal,
    ProviderRun,
    Spot,
    SpotComplaint,
    StoredComplaint,
    Tick,
)
from heatmaps.store.types import microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Table

    from heatmaps.complaints.record import ComplaintBatch

COMPLAINT: Table = StoredComplaint.__table__  # type: ignore[assignment]  # a mapped table is a Table
PERSONAL: Table = Personal.__table__  # type: ignore[assignment]
REVISION: Table = ComplaintRevision.__table__  # type: ignore[assignment]

PERSONAL_FIELDS = ("name", "contact", "address", "city", "text", "extra")
TIME_FIELDS = ("created_at", "updated_at", "occurred_at", "closed_at")
PLAIN_FIELDS = (
    "source", "external_id", "state", "owner", "transferred_to", "customer_id", "address_kind",
    "place", "technology", "serving_cell", "roaming", "brand", "channel", "language", "segment",
    "topic", "ltv", "critical",
)  # fmt: skip
LOCATION_FIELDS = ("location_level", "location_source", "lat", "lon", "uncertainty_m",
                   "location_faults", "cell", "resolution", "confidence", "form_key", "match_key",
                   "doubtful")  # fmt: skip

_WKB_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
"""A point as the OGC's Simple Features write it, in 21 bytes."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch held against the store.

    `new` and `updated` are positions in the batch; `updated_id`, `updated_revision` tell of the
    stored complaints they correct. Everything else is `unchanged`: equal, or older than what is
    stored.
    """

    new: NDArray[np.intp]
    updated: NDArray[np.intp]
    updated_id: NDArray[np.int64]
    updated_revision: NDArray[np.int64]
    unchanged: int

    @property
    def to_write(self) -> NDArray[np.intp]:
        """Positions of new and updated complaints, in that order."""
        return np.concatenate([self.new, self.updated])


@dataclass(frozen=True, slots=True)
class LocationColumns:
    """Where each complaint to be written stands; columns as in the table ``complaint``."""

    location_level: Sequence[str]
    location_source: Sequence[str | None]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    location_faults: Sequence[str | None]
    cell: Sequence[int | None]
    resolution: Sequence[int | None]
    address_key: Sequence[int | None]
    confidence: NDArray[np.float64]
    form_key: Sequence[int | None]
    match_key: Sequence[int | None]
    doubtful: NDArray[np.bool_]
    normal_form: Sequence[str | None]

    def take(self, rows: NDArray[np.intp]) -> LocationColumns:
        """Give the places at these positions, in this order."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return LocationColumns(**{name: _rows(column, rows) for name, column in columns.items()})


def together(first: LocationColumns, second: LocationColumns) -> LocationColumns:
    """Give the places of both, one after the other."""
    columns: dict[str, Any] = {}
    for name in LocationColumns.__slots__:
        some, more = getattr(first, name), getattr(second, name)
        arrays = isinstance(some, np.ndarray)
        columns[name] = np.concatenate([some, more]) if arrays else [*some, *more]
    return LocationColumns(**columns)


def rounds(batch: ComplaintBatch) -> Iterator[NDArray[np.intp]]:
    """Give positions so that no identity stands twice in a part and their order is kept.

    A file that tells of one complaint three times is taken as three tellings, one after another.
    """
    occurrence = np.zeros(len(batch), dtype=np.intp)
    if len(set(batch.external_id)) < len(batch):
        seen: dict[tuple[str, str], int] = {}
        for row, identity in enumerate(zip(batch.source, batch.external_id, strict=True)):
            occurrence[row] = seen[identity] = seen.get(identity, -1) + 1
    for number in range(int(occurrence.max(initial=-1)) + 1):
        yield np.flatnonzero(occurrence == number)


def compare(connection: Connection, batch: ComplaintBatch) -> Compared:
    """Hold a batch, in which no identity stands twice, against the store.

    An update older than the stored one never overwrites; a missing `updated_at` counts as the
    complaint's `created_at`.
    """
    stored = _stored_hashes(connection, batch)
    when = np.where(batch.updated_at == ABSENT_TIME, batch.created_at, batch.updated_at).tolist()
    hashes = batch.content_hash.tolist()
    new = [row for row, known in enumerate(stored) if known is None]
    other = [row for row, known in enumerate(stored) if known is not None and known != hashes[row]]
    updated = [
        (row, known.id, known.revision)
        for row, known in zip(other, _stored(connection, batch, other), strict=True)
        if known.updated_at <= when[row]
    ]
    columns = np.array(updated, dtype=np.int64).reshape(-1, 3)
    return Compared(
        new=np.array(new, dtype=np.intp),
        updated=columns[:, 0].astype(np.intp),
        updated_id=columns[:, 1],
        updated_revision=columns[:, 2],
        unchanged=len(batch) - len(new) - len(updated),
    )


def write(
    connection: Connection,
    batch: ComplaintBatch,
    compared: Compared,
    located: LocationColumns,
    received_at: datetime,
) -> NDArray[np.int64]:
    """Write new and corrected complaints, give their ids; both follow ``compared.to_write``.

    A complaint that comes after its hour was detected becomes available right after the last tick
    (a microsecond), so that it enters the next one and no past tick changes.
    """
    rows = compared.to_write
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    chosen = batch.take(rows.astype(np.int64))
    columns = _complaint_columns(chosen, located, received_at)
    count_new = len(compared.new)
    columns["available_at"] = _available(connection, columns, compared)
    first = bulk.next_id(connection, COMPLAINT)
    ids = np.concatenate([np.arange(first, first + count_new), compared.updated_id])
    revisions = np.concatenate([np.ones(count_new, dtype=np.int64), compared.updated_revision + 1])
    columns["id"], columns["revision"] = ids, revisions
    _keep_earlier(connection, compared, received_at)
    bulk.insert_columns(connection, COMPLAINT, _part(columns, slice(None, count_new)))
    bulk.update_columns(connection, COMPLAINT, _part(columns, slice(count_new, None)))
    _write_personal(connection, chosen, located.normal_form, ids, revisions)
    return ids


@dataclass(frozen=True, slots=True)
class Replaceable:
    """Complaints to be placed again by their address, as equally long columns."""

    id: NDArray[np.int64]
    created_at: NDArray[np.int64]
    received_at: NDArray[np.int64]
    cell: list[int | None]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    address: list[str | None]
    city: list[str | None]
    personal_id: NDArray[np.int64]
    normal_form: list[str | None]


def replaceable(connection: Connection, which: ColumnElement[bool]) -> Replaceable:
    """Give the complaints of a condition with their address.

    `lat`, `lon` and `accuracy_m` are as the CRM gave them, `normal_form` as it was last understood.
    """
    c, p = COMPLAINT.c, PERSONAL.c
    query = (
        select(c.id, microseconds(c.created_at), microseconds(c.received_at), c.cell,
               c.given_lat, c.given_lon, c.given_accuracy_m, p.address, p.city, p.id, p.normal_form)
        .join(PERSONAL, and_(p.complaint_id == c.id, p.revision == c.revision))
        .where(which)
        .order_by(c.id)
    )  # fmt: skip
    ids, created, received, cell, lat, lon, accuracy, address, city, personal, form = (
        bulk.read_columns(connection, query)
    )
    return Replaceable(
        ids.astype(np.int64), created.astype(np.int64), received.astype(np.int64), list(cell),
        lat.astype(np.float64), lon.astype(np.float64), accuracy.astype(np.float64),
        list(address), list(city), personal.astype(np.int64), list(form),
    )  # fmt: skip


def write_places(
    connection: Connection, moved: Replaceable, located: LocationColumns, rows: NDArray[np.intp]
) -> None:
    """Write where the complaints at positions `rows` stand.

    To detection those whose cell changed are newly come: they are known from right after the last
    tick on, and the living spots they were counted in let them go.
    """
    names = (*LOCATION_FIELDS, "point")
    everywhere = {name: getattr(located, name) for name in LOCATION_FIELDS}
    everywhere["point"] = _points(located.lat, located.lon)
    columns: dict[str, Any] = {name: _rows(everywhere[name], rows) for name in names}
    columns["id"] = moved.id[rows]
    bulk.update_columns(connection, COMPLAINT, columns)
    write_normal_forms(connection, moved, located, rows)
    elsewhere = np.array([moved.cell[row] != located.cell[row] for row in rows], dtype=np.bool_)
    rows = rows[elsewhere]
    created, last_tick = moved.created_at[rows], _last_tick(connection)
    available = np.where(created <= last_tick, last_tick + 1, created)
    known = {"id": moved.id[rows], "available_at": available}
    bulk.update_columns(connection, COMPLAINT, known)
    _let_go(connection, moved.id[rows].tolist())


class Understood(Protocol):
    """Addresses of `personal` with their normal form as it was last understood."""

    @property
    def personal_id(self) -> NDArray[np.int64]:
        """Give their ids in `personal`."""
        ...

    @property
    def normal_form(self) -> list[str | None]:
        """Give what they were understood as."""
        ...


def write_normal_forms(
    connection: Connection, before: Understood, located: LocationColumns, rows: NDArray[np.intp]
) -> None:
    """Write what the addresses at positions `rows` are understood as where that changed."""
    other = [row for row in rows.tolist() if before.normal_form[row] != located.normal_form[row]]
    forms = [located.normal_form[row] for row in other]
    columns: dict[str, Any] = {"id": before.personal_id[other], "normal_form": forms}
    bulk.update_columns(connection, PERSONAL, columns)


def start_run(connection: Connection, file: str, profile: str, at: datetime) -> int:
    """Note that a file begins to be taken in; gives the run's number."""
    lock(connection, "intake")
    counts = dict.fromkeys(("rows", "left_out", "new", "updated", "unchanged", "quarantined"), 0)
    row = insert(IntakeRun).values(file=file, profile=profile, started_at=at, **counts)
    return int(connection.execute(row.returning(IntakeRun.id)).scalar_one())


def note_run(
    connection: Connection, run: int, counts: dict[str, int], finished_at: datetime | None
) -> None:
    """Bring a run's counts up to date, in the transaction that wrote what they count."""
    connection.execute(
        update(IntakeRun).where(IntakeRun.id == run).values(**counts, finished_at=finished_at)
    )


def holds_source(connection: Connection, source: str) -> bool:
    """Whether any complaint came from this source."""
    return bool(connection.scalar(select(select(COMPLAINT.c.id).where(
        COMPLAINT.c.source == source).exists())))  # fmt: skip


def generation(connection: Connection) -> int:
    """Give a number that grows with every complaint that comes in, is corrected or placed again.

    Complaints are placed again only when a gazetteer is loaded, a default point found, a decision
    on an address made or undone, or a provider asked.
    """
    places = connection.scalar(select(func.max(GazetteerLoad.version))) or 0
    points = connection.scalar(select(func.count()).select_from(DefaultPoint)) or 0
    asked = connection.scalar(select(func.max(ProviderRun.id))) or 0
    decided = aliases_version(connection)
    return bulk.next_id(connection, PERSONAL) + places + points + decided + asked


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    revision: int
    updated_at: int


def _stored_hashes(connection: Connection, batch: ComplaintBatch) -> list[int | None]:
    """Give the stored content hash of each complaint of a batch, None where it is not stored."""
    c = COMPLAINT.c
    found: list[int | None] = [None] * len(batch)
    for source, rows in _by_source(batch, range(len(batch))):
        external_ids = [batch.external_id[row] for row in rows]
        here = and_(c.source == source, bulk.among(connection, c.external_id, external_ids))
        query = select(c.external_id, c.content_hash).where(here)
        known: dict[str, int] = dict(connection.execute(query).tuples().all())
        for row, external_id in zip(rows, external_ids, strict=True):
            found[row] = known.get(external_id)
    return found


def _stored(connection: Connection, batch: ComplaintBatch, rows: Sequence[int]) -> list[_Known]:
    """Give what is stored of the complaints at these positions of a batch, all of them stored."""
    c = COMPLAINT.c
    updated_at = microseconds(func.coalesce(c.updated_at, c.created_at))
    found: dict[tuple[str, str], _Known] = {}
    for source, held in _by_source(batch, rows):
        external_ids = [batch.external_id[row] for row in held]
        here = and_(c.source == source, bulk.among(connection, c.external_id, external_ids))
        query = select(c.external_id, c.id, c.revision, updated_at).where(here)
        for external_id, *known in connection.execute(query):
            found[source, external_id] = _Known(*known)
    return [found[batch.source[row], batch.external_id[row]] for row in rows]


def _by_source(batch: ComplaintBatch, rows: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Give positions of a batch by their source, which is mostly one."""
    if len(sources := set(batch.source)) == 1 and rows:
        yield sources.pop(), list(rows)
        return
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(batch.source[row], []).append(row)
    yield from found.items()


def _let_go(connection: Connection, ids: list[int]) -> None:
    """Take complaints out of the living spots; what became of past spots stays as it was."""
    living = select(Spot.id).where(Spot.closed_at.is_(None))
    for part in bulk.in_parts(ids):
        linked = SpotComplaint.complaint_id.in_(part)
        connection.execute(delete(SpotComplaint).where(linked, SpotComplaint.spot_id.in_(living)))


def _last_tick(connection: Connection) -> int:
    return connection.scalar(select(func.max(microseconds(Tick.tick_at)))) or ABSENT_TIME


def _available(
    connection: Connection, columns: dict[str, Any], compared: Compared
) -> NDArray[np.int64]:
    """Give from when detection may know each complaint to be written.

    A correction that tells detection nothing new (a closing time, an owner) leaves the moment as
    it was: else an export of a whole CRM would make all of history look as if it had just come.
    """
    last_tick = _last_tick(connection)
    created: NDArray[np.int64] = columns["created_at"]
    available = np.where(created <= last_tick, last_tick + 1, created)
    first = len(compared.new)
    before = _seen_by_detection(connection, compared.updated_id.tolist())
    told = zip(columns["cell"][first:], created[first:].tolist(), columns["topic"][first:],
               columns["customer_id"][first:], columns["address_kind"][first:],
               columns["state"][first:], strict=True)  # fmt: skip
    for row, (number, (*facts, state)) in enumerate(
        zip(compared.updated_id.tolist(), told, strict=True), start=first
    ):
        facts_before, available_before = before[number]
        if facts_before == (*facts, state == State.WITHDRAWN):
            available[row] = available_before
    return available


def _seen_by_detection(
    connection: Connection, ids: list[int]
) -> dict[int, tuple[tuple[Any, ...], int]]:
    """Give what detection reads of stored complaints, and since when it may."""
    c = COMPLAINT.c
    found: dict[int, tuple[tuple[Any, ...], int]] = {}
    for part in bulk.in_parts(ids):
        query = select(c.id, microseconds(c.available_at), c.cell, microseconds(c.created_at),
                       c.topic, c.customer_id, c.address_kind, c.state)  # fmt: skip
        for number, available, *facts, state in connection.execute(query.where(c.id.in_(part))):
            found[number] = ((*facts, state == State.WITHDRAWN), available)
    return found


def _complaint_columns(
    batch: ComplaintBatch, located: LocationColumns, received_at: datetime
) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(batch, name) for name in (*PLAIN_FIELDS, *TIME_FIELDS)}
    columns |= {name: getattr(located, name) for name in LOCATION_FIELDS}
    columns |= {f"given_{name}": getattr(batch, name) for name in ("lat", "lon", "accuracy_m")}
    columns["address_key"], columns["likeness"] = located.address_key, likenesses(batch)
    columns["content_hash"] = batch.content_hash
    columns["flags"] = [" ".join(flags) or None for flags in batch.flags]
    columns["received_at"] = np.full(len(batch), to_microseconds(received_at))
    columns["point"] = _points(located.lat, located.lon)
    return columns


def _points(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.object_]:
    """Give well-known binary, little-endian, None where there is no place."""
    points = np.full(len(lat), None, dtype=object)
    known = np.flatnonzero(~np.isnan(lat))
    written = np.zeros(len(known), dtype=_WKB_POINT)
    written["order"], written["kind"] = 1, 1
    written["x"], written["y"] = lon[known], lat[known]
    size, raw = _WKB_POINT.itemsize, written.tobytes()
    points[known] = [raw[start : start + size] for start in range(0, len(raw), size)]
    return points


def _rows(column: Any, rows: NDArray[np.intp]) -> Any:  # noqa: ANN401 - a list or an array of any type
    return (
        column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows.tolist()]
    )


def _part(columns: dict[str, Any], rows: slice) -> dict[str, Any]:
    return {name: column[rows] for name, column in columns.items()}


def _keep_earlier(connection: Connection, compared: Compared, replaced_at: datetime) -> None:
    """Copy what is about to be replaced, without the personal fields, which keep their own."""
    names = (*PLAIN_FIELDS, *TIME_FIELDS, *LOCATION_FIELDS, "received_at")
    for part in bulk.in_parts(compared.updated_id.tolist()):
        query = select(COMPLAINT.c.id, COMPLAINT.c.revision, *(COMPLAINT.c[n] for n in names))
        earlier = [
            {
                "complaint_id": row[0],
                "revision": row[1],
                "replaced_at": replaced_at,
                "earlier": {
                    name: value.isoformat() if name.endswith("_at") else value
                    for name, value in zip(names, row[2:], strict=True)
                    if value is not None
                },
            }
            for row in connection.execute(query.where(COMPLAINT.c.id.in_(part)))
        ]
        connection.execute(insert(REVISION), earlier)


def _write_personal(
    connection: Connection,
    batch: ComplaintBatch,
    normal_form: Sequence[str | None],
    complaint_ids: NDArray[np.int64],
    revisions: NDArray[np.int64],
) -> None:
    columns: dict[str, Any] = {name: getattr(batch, name) for name in PERSONAL_FIELDS}
    first = bulk.next_id(connection, PERSONAL)
    columns["id"] = np.arange(first, first + len(batch))
    columns["complaint_id"], columns["revision"] = complaint_ids, revisions
    columns["normal_form"] = normal_form
    bulk.insert_columns(connection, PERSONAL, columns)
