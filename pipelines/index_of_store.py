"""The index over a store's gazetteer: from its snapshot where that fits, else built and written."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from heatmaps.geocoding.crew import Crew
from heatmaps.geocoding.index import GazetteerIndex, pack_gazetteer
from heatmaps.geocoding.snapshot import Snapshot
from heatmaps.processes import processors
from heatmaps.store.addresses import load_addresses
from heatmaps.store.gazetteer_state import gazetteer_stamp, store_name

if TYPE_CHECKING:
    from pathlib import Path

    from heatmaps.geocoding.packed import Arrays
    from heatmaps.store.engine import Store

MOST_MEMBERS = 7
"""Processes beside the caller's; more gain little, for the caller puts all answers together."""

_log = logging.getLogger(__name__)


def open_index(store: Store, default_city: str | None, cache_dir: Path | None) -> GazetteerIndex:
    """Give the index over the gazetteer as it is now.

    It comes from the snapshot of this very state in `cache_dir`; where there is none, or it is
    damaged, it is built from the store and the snapshot written. A directory that cannot be
    written is warned of and costs the time of building only. Without `cache_dir` nothing is kept.
    """
    with store.reading() as connection:
        stamp = gazetteer_stamp(connection)
        snapshot = Snapshot(cache_dir, store_name(store.engine), stamp) if cache_dir else None
        arrays = snapshot.read() if snapshot else None
        kept = arrays is not None
        if arrays is None:
            arrays = pack_gazetteer(load_addresses(connection))
    if snapshot and not kept:
        kept, arrays = _kept(snapshot, arrays)
    index = GazetteerIndex(arrays, default_city)
    if snapshot and kept:
        members = min(processors() - 1, MOST_MEMBERS)
        return index.with_crew(Crew(snapshot.path, default_city, members))
    return index


def keep_snapshot(store: Store, cache_dir: Path) -> None:
    """Have the snapshot of the gazetteer as it is now lie there, so that the next start is fast."""
    open_index(store, None, cache_dir)


def _kept(snapshot: Snapshot, arrays: Arrays) -> tuple[bool, Arrays]:
    """Write a snapshot; give whether it lies there, and its arrays from there if so."""
    try:
        snapshot.write(arrays)
    except OSError as error:
        _log.warning(
            "The snapshot of the gazetteer cannot be written to %s (%s), so each start builds the "
            "index anew; free that directory or set HEATMAPS_CACHE_DIR to another.",
            snapshot.directory,
            error.strerror or error,
        )
        return False, arrays
    mapped = snapshot.read()
    return mapped is not None, mapped or arrays
