"""Loading the network and its customers: sites, events and customers by rows, coverage by polygons.

Each batch of rows is one transaction, so a run killed anywhere has taken in whole batches, and the
same file again takes in the rest: rows in = new + updated + unchanged + quarantined.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.complaints.profiles import Kind, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.rows import map_objects
from heatmaps.complaints.validation import Bounds, Intake
from heatmaps.errors import ConfigError
from heatmaps.region.coverage import read_coverage
from heatmaps.region.territories import TerritoryIndex
from heatmaps.store import network, quarantine
from heatmaps.store.engine import lock
from heatmaps.store.quarantine import Accepted, Origin
from heatmaps.store.region import load_territories
from pipelines.import_complaints import (
    SHOWN_REASONS,
    Counts,
    Replayed,
    lasting,
    readable,
    replay_quarantine,
)
from pipelines.load_region import Loaded
from pipelines.take_network import TAKERS, Circumstances, Taker

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from heatmaps.complaints.rows import RowBatch
    from heatmaps.region.technology import Technology
    from heatmaps.store.engine import Store
    from pipelines.import_complaints import Circumstances as Given


class Replacing(Enum):
    """What a file of coverage replaces of the technologies it names.

    All that is stored, of those technologies only of which no area was refused; all in any case;
    or nothing.
    """

    WHOLE = auto()
    DESPITE_REFUSED = auto()
    NOTHING = auto()


class RowsFile(NamedTuple):
    """A file, what its rows are, and whether it is `whole`: then what it does not name goes."""

    path: Path
    kind: Kind
    whole: bool = False


class AreasFile(NamedTuple):
    """A file of coverage, the technology of areas that name none, the layer of several."""

    path: Path
    technology: Technology | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """What a file became; `gone` is what it no longer names, `reasons` the first refusals."""

    counts: Counts
    gone: int
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


def load_rows_file(
    store: Store,
    file: RowsFile,
    given: Given,
    progress: Callable[[int, int], None],
    *,
    keep: bool = True,
) -> LoadedRows:
    """Load a file of sites, events, objects or customers; unusable rows go to quarantine.

    FileError before anything is written where the file as a whole cannot be used.
    """
    path, kind, whole = file
    profile = load_profile(given.profile, kind)
    checked = check_file(path, profile)
    origin = Origin(given.source or profile.source or kind, path.name, lasting(given.profile), kind)
    with ExitStack() as stack:
        dry = None if keep else stack.enter_context(store.writing(keep=False))
        with _begun(store, dry) as connection:
            against = _circumstances(connection, kind, given)._replace(whole=whole)
            told = _Told(TAKERS[kind](connection, against))
        for batch in read_batches(checked):
            with _begun(store, dry) as connection:
                told.take(connection, batch, origin, given.now)
            progress(told.counts.rows, checked.rows)
        with _begun(store, dry) as connection:
            gone = told.taker.finish(connection)
    notes = [f"Columns not used: {', '.join(checked.dropped)}."] if checked.dropped else []
    notes += told.taker.notes()
    return LoadedRows(told.counts, gone, tuple(told.reasons), tuple(notes))


def replay_network(
    store: Store, given: Given, instead: str | None = None, *, keep: bool = True
) -> Replayed:
    """Try the rows of sites, events, objects and customers in quarantine again, as they came.

    Rows that can be used now leave quarantine. Those that would overwrite what came after them
    stay: a row whose sector or event was stored by the same load or a later one, or whose customer
    by a later one. `instead` is the profile of rows whose own cannot be read.
    """
    replayed = Replayed(Counts())
    with store.writing(keep=keep) as connection:
        for kind in TAKERS:
            waiting = quarantine.waiting(connection, kind=kind)
            for origin, rows in readable(waiting, instead, replayed):
                at = rows[0].quarantined_at
                own = replace(given, profile=origin.profile, source=origin.source)
                against = _circumstances(connection, kind, own)._replace(at=at, replay=True)
                told = _Told(TAKERS[kind](connection, against), replayed.counts)
                raw = [json.loads(row.raw_row) for row in rows]
                batch = map_objects(against.intake.profile, [row.line for row in rows], raw)
                quarantine.release(connection, [row.id for row in rows], given.now)
                told.take(connection, batch, origin, at)
                told.taker.finish(connection)
    return replayed


def replay_all(
    store: Store, given: Given, instead: str | None = None, *, keep: bool = True
) -> Replayed:
    """Try all rows in quarantine again: the network's and customers', then the complaints.

    ConfigError where rows wait and none of them has a profile that can be read.
    """
    network, rest = (
        replay(store, given, instead, keep=keep) for replay in (replay_network, replay_quarantine)
    )
    first, then = asdict(network.counts), asdict(rest.counts)
    counts = Counts(**{name: count + then[name] for name, count in first.items()})
    unreadable = [*network.unreadable, *rest.unreadable]
    if unreadable and not counts.rows:
        raise ConfigError(unreadable[0].why)
    return Replayed(counts, unreadable)


def load_coverage_file(
    store: Store,
    file: AreasFile,
    how: Replacing = Replacing.WHOLE,
    *,
    keep: bool = True,
) -> Loaded:
    """Load predicted coverage; `how` says what becomes of that of the technologies it names."""
    with store.reading() as connection:
        box = TerritoryIndex(load_territories(connection)).bounds()
    read = read_coverage(file.path, file.technology, box, file.layer)
    with store.writing(keep=keep) as connection:
        incomplete = set[str]()
        if how is Replacing.WHOLE and read.incomplete:
            incomplete = network.shrinking(connection, read.coverage) & read.incomplete
        areas = read.coverage.without(incomplete)
        saved, gone = network.save_coverage(connection, areas, add=how is Replacing.NOTHING)
    return Loaded(
        rows=len(read.coverage) + len(read.refused),
        left_out=0,
        new=saved.new,
        updated=saved.updated,
        unchanged=saved.unchanged,
        refused=tuple(read.refused),
        notes=tuple(read.notes),
        gone=gone,
        held_back=len(read.coverage) - len(areas),
        incomplete=tuple(sorted(incomplete)),
    )


@dataclass(slots=True)
class _Told:
    """What became of a file's rows so far."""

    taker: Taker
    counts: Counts = field(default_factory=Counts)
    reasons: list[str] = field(default_factory=list)

    def take(self, connection: Connection, rows: RowBatch, origin: Origin, at: datetime) -> None:
        """Take in a batch, loaded at `at`, within a transaction."""
        lock(connection, "intake")
        taken = self.taker.take(connection, rows)
        accepted = Accepted(rows, taken.refused, lambda: taken.identity)
        self.counts.released += quarantine.supersede(connection, accepted, origin, at)
        quarantine.keep(connection, taken.refused, origin, at)
        room = SHOWN_REASONS - len(self.reasons)
        self.reasons += [f"line {row.line}: {row.reason}" for row in taken.refused[:room]]
        counts = self.counts
        counts.rows += rows.rows_in
        counts.left_out += rows.left_out
        counts.new += taken.saved.new
        counts.updated += taken.saved.updated
        counts.unchanged += taken.saved.unchanged
        counts.quarantined += len(taken.refused)


def _circumstances(connection: Connection, kind: Kind, given: Given) -> Circumstances:
    box = TerritoryIndex(load_territories(connection)).bounds()
    intake = Intake(
        profile=load_profile(given.profile, kind),
        now=given.now,
        zone=given.zone,
        bounds=Bounds(*box) if box else None,
    )
    return Circumstances(intake, given.geocoder, given.now)


def _begun(store: Store, dry: Connection | None) -> AbstractContextManager[Connection]:
    """Give the transaction of one step: its own, or in a dry run the one that is undone."""
    return store.writing() if dry is None else nullcontext(dry)
