"""Rows that could not be used: kept with their reason until they can be, or are given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select, true, update

from heatmaps.complaints.profiles import Kind
from heatmaps.complaints.record import content_hashes
from heatmaps.store import bulk
from heatmaps.store.complaints import PERSONAL
from heatmaps.store.engine import lock
from heatmaps.store.tables import Personal, QuarantinedRow
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from heatmaps.complaints.rows import RowBatch
    from heatmaps.quarantine import Refused

QUARANTINE: Table = QuarantinedRow.__table__  # type: ignore[assignment]  # a mapped table is a Table


@dataclass(frozen=True, slots=True)
class Origin:
    """Where refused rows came from: enough to read them again the same way.

    `kind` is what they would have become, a word of `heatmaps.complaints.profiles.Kind`.
    """

    source: str
    file: str
    profile: str
    kind: str = Kind.COMPLAINTS


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be used, with where it stood and why."""

    id: int
    origin: Origin
    line: int
    reason: str
    quarantined_at: datetime
    raw_row: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rows of a batch that were taken in: all but the refused.

    `identity` gives the hashes of what they name, see `heatmaps.complaints.identity.identities`;
    it is asked for where rows wait.
    """

    rows: RowBatch
    refused: Sequence[Refused]
    identity: Callable[[], Sequence[int | None]]

    def raw(self) -> list[str]:
        """Give the rows as the file had them."""
        bad = np.array([row.line for row in self.refused], dtype=np.int64)
        good = np.flatnonzero(~np.isin(self.rows.line, bad)).tolist()
        return [self.rows.raw(position) for position in good]


def keep(connection: Connection, refused: Sequence[Refused], origin: Origin, at: datetime) -> int:
    """Keep refused rows, each once however often its file comes; gives how many were not known.

    `at` is the time of their load. A known row that is refused again keeps its place and gets the
    newest reason, profile and time.
    """
    lock(connection, "intake")
    hashes = _hashes([row.raw for row in refused], origin.kind)
    by_hash = dict(zip(hashes, refused, strict=True))
    known = _known(connection, origin.source, list(by_hash))
    for row_hash, row_id in known.items():
        connection.execute(
            update(QuarantinedRow)
            .where(QuarantinedRow.id == row_id)
            .values(
                reason=by_hash[row_hash].reason,
                profile=origin.profile,
                identity=by_hash[row_hash].identity,
                quarantined_at=at,
                replayed_at=None,
            )
        )
        connection.execute(
            update(Personal)
            .where(Personal.quarantine_id == row_id)
            .values(raw_row=by_hash[row_hash].raw)
        )
    fresh = {row_hash: row for row_hash, row in by_hash.items() if row_hash not in known}
    _insert(connection, fresh, origin, at)
    return len(fresh)


def supersede(connection: Connection, accepted: Accepted, origin: Origin, at: datetime) -> int:
    """Release the rows of earlier loads that one at `at` made needless; give their number.

    Needless is a row that was taken in itself, with another profile, and one that names the same
    thing as a row taken in.
    """
    row = QUARANTINE.c
    rows = connection.execute(
        select(row.id, row.source, row.row_hash, row.identity).where(
            row.kind == origin.kind, row.replayed_at.is_(None), row.quarantined_at < at
        )
    ).all()
    if not rows:
        return 0
    named = set(accepted.identity()) - {None}
    own = any(each.source == origin.source for each in rows)
    same = set(_hashes(accepted.raw(), origin.kind)) if own else set[int]()
    ids = [
        each.id
        for each in rows
        if each.identity in named or (each.source == origin.source and each.row_hash in same)
    ]
    release(connection, ids, at)
    return len(ids)


def waiting(
    connection: Connection, limit: int | None = None, kind: str | None = None
) -> list[Quarantined]:
    """Give the rows that wait in quarantine, of one kind or of all, as they came first."""
    row = QUARANTINE.c
    query = (
        select(row.id, row.source, row.file, row.profile, row.kind, row.line, row.reason,
               row.quarantined_at, PERSONAL.c.raw_row)
        .join(PERSONAL, PERSONAL.c.quarantine_id == row.id)
        .where(row.replayed_at.is_(None), true() if kind is None else row.kind == kind)
        .order_by(row.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Quarantined(row_id, Origin(source, file, profile, kind), *rest)
        for row_id, source, file, profile, kind, *rest in connection.execute(query)
    ]


def give_up(
    connection: Connection, at: datetime, ids: Sequence[int] | None, reason: str | None = None
) -> list[int]:
    """Release waiting rows that nobody wants any more; give the ids of those that waited.

    All of them where `ids` is None, and of these only those whose reason holds `reason`, in any
    case. A row comes back if its file is loaded again and it is still wrong.
    """
    lock(connection, "intake")
    row = QUARANTINE.c
    waits = connection.execute(select(row.id, row.reason).where(row.replayed_at.is_(None)))
    part = "" if reason is None else reason.casefold()
    held = [each.id for each in waits.all() if part in each.reason.casefold()]
    chosen = sorted(held if ids is None else set(held) & set(ids))
    release(connection, chosen, at)
    return chosen


def count_waiting(connection: Connection) -> int:
    """Give the number of rows that wait in quarantine."""
    query = select(func.count()).where(QUARANTINE.c.replayed_at.is_(None))
    return int(connection.scalar(query) or 0)


def release(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """Note that these rows left quarantine, taken in after all or needless; forget their text."""
    for part in bulk.in_parts(ids):
        connection.execute(
            update(QuarantinedRow).where(QuarantinedRow.id.in_(part)).values(replayed_at=at)
        )
        connection.execute(
            update(Personal).where(Personal.quarantine_id.in_(part)).values(raw_row=None)
        )


def _hashes(raw: list[str], kind: str) -> list[int]:
    """Give what tells rows of one source apart; the kind of a complaint leaves no mark."""
    kinds = [None if kind == Kind.COMPLAINTS else str(kind)] * len(raw)
    return list(content_hashes([raw, kinds]).tolist())


def _known(connection: Connection, source: str, hashes: list[int]) -> dict[int, int]:
    row = QUARANTINE.c
    return {
        row_hash: row_id
        for part in bulk.in_parts(hashes)
        for row_hash, row_id in connection.execute(
            select(row.row_hash, row.id).where(row.source == source, row.row_hash.in_(part))
        )
    }


def _insert(
    connection: Connection, fresh: dict[int, Refused], origin: Origin, at: datetime
) -> None:
    count = len(fresh)
    ids = bulk.next_id(connection, QUARANTINE) + np.arange(count)
    rows: dict[str, Any] = {
        "id": ids,
        "source": [origin.source] * count,
        "row_hash": list(fresh),
        "file": [origin.file] * count,
        "profile": [origin.profile] * count,
        "kind": [str(origin.kind)] * count,
        "line": [row.line for row in fresh.values()],
        "reason": [row.reason for row in fresh.values()],
        "identity": [row.identity for row in fresh.values()],
        "quarantined_at": np.full(count, to_microseconds(at)),
    }
    bulk.insert_columns(connection, QUARANTINE, rows)
    private: dict[str, Any] = {
        "id": bulk.next_id(connection, PERSONAL) + np.arange(count),
        "quarantine_id": ids,
        "raw_row": [row.raw for row in fresh.values()],
    }
    bulk.insert_columns(connection, PERSONAL, private)
