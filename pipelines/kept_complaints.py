"""Complaints kept between runs: detection stands on months of them, and few change in an hour.

A file in the cache holds the rows as they were read once. A run takes them from there, and from
the store only what came or was corrected since. Where a store cannot have become what it is by
that alone (complaints were placed again, it was restored or made anew), or the file is damaged,
all are read again. No file is ever needed.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.store.detection_rows import (
    ROW,
    Reading,
    changed_rows,
    read_rows,
    reading_now,
    still_stands,
)
from heatmaps.store.gazetteer_state import store_name
from heatmaps.store.types import from_microseconds, to_microseconds
from heatmaps.whole_file import keep_newest, whole_file

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

FORMAT_VERSION = 1
"""Rises with every change of what the rows mean; what they are made of is told by their type."""

CHANGED_SHARE = 0.02
"""The file is written anew once more than this part of it came or changed since."""

MOST_STORES = 10
"""So many of the newest files are kept: stores come and go, and nobody tells the cache."""

_FOLDER = "complaints"
_SUFFIX = ".rows"
_DIGEST_BYTES = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rows with time after `since`, in microseconds, by time and id, as they stood at a reading."""

    since: int
    reading: Reading
    rows: NDArray[np.void]


def rows_between(
    connection: Connection, since: datetime, until: datetime, cache_dir: Path | None
) -> NDArray[np.void]:
    """Give rows as `read_rows` does, from those kept in a directory if one is given."""
    if cache_dir is None:
        return read_rows(connection, since, until)
    kept = KeptComplaints(cache_dir, store_name(connection.engine))
    return kept.rows(connection, since, until)


class KeptComplaints:
    """The complaints of a store, kept in a folder of `cache_dir`."""

    def __init__(self, cache_dir: Path, store_name: str) -> None:
        self._identity = f"{store_name} {FORMAT_VERSION} {ROW.descr}"
        name = blake2b(store_name.encode(), digest_size=_DIGEST_BYTES // 2).hexdigest()
        self._path = cache_dir / _FOLDER / f"{name}{_SUFFIX}"

    def rows(self, connection: Connection, since: datetime, until: datetime) -> NDArray[np.void]:
        """Give the same as `read_rows`.

        A folder that cannot be written is warned of, and costs the time of reading.
        """
        kept = self._read()
        if kept is not None and not _serves(kept, connection, since):
            kept = None
        held, fresh = (kept, False) if kept is not None else (_read_all(connection, since), True)
        now = held if fresh else _brought_up(held, connection)
        changed = abs(now.reading.last - held.reading.last)
        if fresh or changed > CHANGED_SHARE * len(held.rows):
            self._keep(now, since)
        times = now.rows["time"]
        start, end = np.searchsorted(
            times, [to_microseconds(since), to_microseconds(until)], side="right"
        )
        return now.rows[start:end]

    def _keep(self, kept: _Kept, since: datetime) -> None:
        try:
            self._write(_after(kept, to_microseconds(since)))
        except OSError as error:
            _log.warning(
                "The complaints of detection cannot be kept in %s (%s), so each run reads all of "
                "them; free that directory or set HEATMAPS_CACHE_DIR to another.",
                self._path.parent,
                error.strerror or error,
            )

    def _write(self, kept: _Kept) -> None:
        header = {"identity": self._identity, "since": kept.since, "rows": len(kept.rows),
                  "reading": kept.reading.asdict()}  # fmt: skip
        told, body = json.dumps(header).encode(), np.ascontiguousarray(kept.rows).tobytes()
        with whole_file(self._path) as file:
            file.writelines([_digest(told, body), len(told).to_bytes(8, "little"), told, body])
        keep_newest(self._path.parent, _SUFFIX, MOST_STORES)

    def _read(self) -> _Kept | None:
        """Give what is kept; None where its file is missing, damaged or of something else."""
        try:
            content = memoryview(self._path.read_bytes())
        except OSError:
            return None
        start = _DIGEST_BYTES + 8
        end = start + int.from_bytes(content[_DIGEST_BYTES:start], "little")
        told, body = bytes(content[start:end]), content[end:]
        if bytes(content[:_DIGEST_BYTES]) != _digest(told, body):
            return None
        header: dict[str, Any] = json.loads(told)
        if header["identity"] != self._identity:
            return None
        return _Kept(header["since"], Reading(**header["reading"]), np.frombuffer(body, dtype=ROW))


def _serves(kept: _Kept, connection: Connection, since: datetime) -> bool:
    return kept.since <= to_microseconds(since) and still_stands(connection, kept.reading)


def _read_all(connection: Connection, since: datetime) -> _Kept:
    return _Kept(to_microseconds(since), reading_now(connection), read_rows(connection, since))


def _brought_up(kept: _Kept, connection: Connection) -> _Kept:
    """Give the rows as they are now: without what changed, and with what it changed to."""
    ids, rows = changed_rows(connection, kept.reading, from_microseconds(kept.since))
    if not len(ids):
        return kept
    before = kept.rows[~np.isin(kept.rows["id"], ids)]
    together = np.concatenate([before, rows])
    order = np.lexsort((together["id"], together["time"]))
    return _Kept(kept.since, reading_now(connection), together[order])


def _after(kept: _Kept, since: int) -> _Kept:
    first = int(np.searchsorted(kept.rows["time"], since, side="right"))
    return _Kept(since, kept.reading, kept.rows[first:])


def _digest(told: bytes, body: bytes | memoryview) -> bytes:
    digest = blake2b(told, digest_size=_DIGEST_BYTES)
    digest.update(body)
    return digest.digest()
