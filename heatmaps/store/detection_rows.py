"""Complaints as detection reads them, in numbers alone, and what of them changed since a reading.

A row says nothing that detection does not need: who complained is a fingerprint, and no word of
what was said is in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from heatmaps.complaints.record import AddressKind, Segment, State, Topic
from heatmaps.region.technology import Technology
from heatmaps.store.aliases import aliases_version
from heatmaps.store.complaints import COMPLAINT, PERSONAL
from heatmaps.store.gazetteer_state import gazetteer_stamp
from heatmaps.store.tables import DefaultPoint, IntakeRun, ProviderRun
from heatmaps.store.types import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Executable

ROW = np.dtype(
    [
        ("id", "<i8"), ("customer", "<i8"), ("likeness", "<i8"), ("cell", "<i8"), ("time", "<i8"),
        ("available", "<i8"), ("ltv", "<f8"), ("topic", "i1"), ("segment", "i1"),
        ("technology", "i1"), ("critical", "?"), ("named", "?"), ("alike", "?"),
        ("registration", "?"),
    ]
)  # fmt: skip
"""A placed complaint that is not withdrawn; times in microseconds, an unknown `ltv` NaN.

`customer` is a fingerprint where one is `named`, `likeness` known where it is `alike` others.
Codes are positions in `Topic`, `Segment` and `Technology`, `NO_CODE` where there is none.
"""

NO_CODE = -1
"""Code of an absent segment or technology."""

TOPIC_CODES = {str(topic): code for code, topic in enumerate(Topic)}
_SEGMENTS = {None: NO_CODE} | {str(segment): code for code, segment in enumerate(Segment)}
_TECHNOLOGIES = {None: NO_CODE} | {str(each): code for code, each in enumerate(Technology)}
_ROWS_AT_ONCE = 5_000
_FINGERPRINT_BYTES = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """Which state of a store complaints were read in.

    `last` is the newest entry of `personal` about a complaint, `complaints` how many there were;
    `entry` and `run` say whose that entry and which the last intake was, for a store may be
    restored or made anew; `places` tells one state of all that places complaints again from
    another.
    """

    last: int
    complaints: int
    entry: str
    run: str
    places: str

    def asdict(self) -> dict[str, Any]:
        """Give it as what JSON can write."""
        return asdict(self)


def reading_now(connection: Connection) -> Reading:
    """Give the state that the store is in."""
    p = PERSONAL.c
    newest = select(p.id).where(p.complaint_id.is_not(None)).order_by(p.id.desc()).limit(1)
    last = connection.scalar(newest) or 0
    run = connection.scalar(select(func.max(IntakeRun.id))) or 0
    return _reading(connection, last, run)


def still_stands(connection: Connection, reading: Reading) -> bool:
    """Say whether all that changed since a reading is what came or was corrected after it."""
    run = int(reading.run.partition(" ")[0])
    return _reading(connection, reading.last, run, since=reading.last) == reading


def read_rows(
    connection: Connection, since: datetime, until: datetime | None = None
) -> NDArray[np.void]:
    """Give the complaints with since < time <= until by time and id, a `ROW` each."""
    c = COMPLAINT.c
    upper = c.created_at <= until if until is not None else c.created_at > since
    return _rows(connection, (c.created_at > since) & upper)


def changed_rows(
    connection: Connection, reading: Reading, since: datetime
) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """Give the ids of complaints that came or were corrected after a reading, and their rows."""
    p = PERSONAL.c
    later = select(p.complaint_id).where(p.id > reading.last, p.complaint_id.is_not(None))
    ids = np.unique(np.array(connection.scalars(later).all(), dtype=np.int64))
    c = COMPLAINT.c
    return ids, _rows(connection, c.id.in_(later) & (c.created_at > since))


def _reading(connection: Connection, last: int, run: int, since: int | None = None) -> Reading:
    """Give the state of a store, of which the complaints that came after `since` do not count."""
    p, c, n = PERSONAL.c, COMPLAINT.c, IntakeRun
    whose = select(c.source, c.external_id, p.complaint_id, p.revision).join(
        COMPLAINT, c.id == p.complaint_id
    )
    intake = select(n.id, n.started_at, n.file).where(n.id == run)
    complaints = connection.scalar(select(func.count()).select_from(COMPLAINT)) or 0
    if since is not None:
        came = select(func.count()).where(p.id > since, p.revision == 1)
        complaints -= connection.scalar(came) or 0
    return Reading(
        last=last,
        complaints=complaints,
        entry=_told(connection, whose.where(p.id == last)),
        run=_told(connection, intake) or "0",
        places=" ".join([
            gazetteer_stamp(connection),
            str(connection.scalar(select(func.count()).select_from(DefaultPoint))),
            str(connection.scalar(select(func.max(ProviderRun.id)))),
            str(aliases_version(connection)),
        ]),
    )  # fmt: skip


def _told(connection: Connection, query: Executable) -> str:
    return " ".join(map(str, connection.execute(query).first() or ()))


def _rows(connection: Connection, which: ColumnElement[bool]) -> NDArray[np.void]:
    c = COMPLAINT.c
    query = (
        select(c.id, c.customer_id, c.likeness, c.cell, microseconds(c.created_at),
               microseconds(c.available_at), c.topic, c.segment, c.ltv, c.critical, c.technology,
               c.address_kind)
        .where(which, c.cell.is_not(None), c.state != State.WITHDRAWN)
        .order_by(c.created_at, c.id)
    )  # fmt: skip
    parts, names = [np.zeros(0, dtype=ROW)], _Fingerprints()
    result = connection.execute(query)
    # from the driver's cursor and some at once: a million rows of Python objects take longer to
    # make and to keep than all that is done with them
    while rows := result.cursor.fetchmany(_ROWS_AT_ONCE):
        parts.append(_part(rows, names))
    result.close()
    return np.concatenate(parts)


def _part(rows: Sequence[tuple[Any, ...]], names: _Fingerprints) -> NDArray[np.void]:
    (ids, customers, likeness, cells, times, available, topics, segments, ltv, critical,
     technology, kinds) = zip(*rows, strict=True)  # fmt: skip
    part = np.zeros(len(rows), dtype=ROW)
    part["id"], part["cell"], part["time"], part["available"] = ids, cells, times, available
    part["named"] = [name is not None for name in customers]
    part["customer"] = [names[name] for name in customers]
    part["alike"] = [value is not None for value in likeness]
    part["likeness"] = [value or 0 for value in likeness]
    part["ltv"] = np.array(ltv, dtype=np.float64)
    part["critical"] = critical
    part["topic"] = _coded(topics, TOPIC_CODES)
    part["segment"] = _coded(segments, _SEGMENTS)
    part["technology"] = _coded(technology, _TECHNOLOGIES)
    part["registration"] = [kind == AddressKind.REGISTRATION for kind in kinds]
    return part


def _coded(words: tuple[Any, ...], codes: Mapping[Any, int]) -> list[int]:
    return [codes[word] for word in words]


class _Fingerprints(dict[str | None, int]):
    """Signed 64-bit fingerprints of names (BLAKE2b, RFC 7693), each made once; 0 of nobody."""

    def __missing__(self, name: str | None) -> int:
        told = b"" if name is None else name.encode(errors="surrogatepass")
        digest = blake2b(told, digest_size=_FINGERPRINT_BYTES).digest()
        self[name] = 0 if name is None else int.from_bytes(digest, "little", signed=True)
        return self[name]
