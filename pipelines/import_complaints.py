"""Rows of a foreign system to placed complaints: check, read, validate, compare, locate, write.

Each batch is one transaction, so a run killed anywhere has taken in whole batches, and the same
file again takes in the rest: rows in = new + updated + unchanged + quarantined.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints import read_ahead
from heatmaps.complaints.checked_rows import checked_rows, checked_rows_of
from heatmaps.complaints.identity import identities
from heatmaps.complaints.preview import Refusals
from heatmaps.complaints.profiles import Kind, load_profile, packaged_profiles, read_profile
from heatmaps.complaints.readers import check_file
from heatmaps.complaints.rows import map_objects
from heatmaps.complaints.validation import DEFAULT_SOURCE, Bounds, Intake
from heatmaps.errors import ConfigError
from heatmaps.geocoding.remembered import Remembered
from heatmaps.region.territories import TerritoryIndex
from heatmaps.store import complaints, quarantine
from heatmaps.store.default_points import default_points
from heatmaps.store.engine import lock
from heatmaps.store.policies import current_policy
from heatmaps.store.quarantine import Accepted, Origin
from heatmaps.store.region import load_territories
from pipelines.keep_provider_places import with_places
from pipelines.place_complaints import by_address, place_on_default_points, placed
from pipelines.places_of_answers import PlacesOfAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from heatmaps.complaints.checked_rows import CheckedRows
    from heatmaps.complaints.preview import Preview
    from heatmaps.complaints.readers import CheckedFile
    from heatmaps.complaints.record import ComplaintBatch
    from heatmaps.geocoding.result import Geocoder
    from heatmaps.store.engine import Store
    from heatmaps.store.quarantine import Quarantined


SHOWN_REASONS = 5
"""How many refusals a result quotes; `heatmaps quarantine list` shows all."""


@dataclass(slots=True)
class Counts:
    """What became of the rows: rows = left_out + new + updated + unchanged + quarantined.

    `unlocated` counts those of the new and updated that have no usable place; `released` the rows
    of earlier loads that left quarantine because these made them needless.
    """

    rows: int = 0
    left_out: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    unlocated: int = 0
    released: int = 0

    @property
    def rows_in(self) -> int:
        """Rows that the profile did not leave out."""
        return self.rows - self.left_out

    @property
    def usable(self) -> int:
        """Rows that became or already were complaints."""
        return self.new + self.updated + self.unchanged


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an import knows beside its file: the clock, zone, geocoder, profile and source."""

    now: datetime
    zone: ZoneInfo
    geocoder: Callable[[], Geocoder]
    profile: str = "default"
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Rows that stayed in quarantine because their profile cannot be read, and why it cannot."""

    profile: str
    rows: int
    why: str


@dataclass(slots=True)
class Replayed:
    """What became of the rows that waited; `unreadable` ones are not among the `counts`."""

    counts: Counts
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Rows that could not be tried."""
        return sum(each.rows for each in self.unreadable)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file became."""

    counts: Counts
    dropped_columns: tuple[str, ...]
    notes: tuple[str, ...]
    refusals: Refusals
    preview: Preview | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give some refusals with their lines, of each reason the first."""
        some = [reason.examples[0] for reason in self.refusals.frequent()]
        return tuple(some[:SHOWN_REASONS])


@dataclass(frozen=True, slots=True)
class _Job:
    given: Circumstances
    counts: Counts
    refusals: Refusals = field(default_factory=Refusals)
    places: PlacesOfAnswers = field(default_factory=lambda: PlacesOfAnswers(by_address))


def import_file(
    store: Store,
    path: Path,
    given: Circumstances,
    progress: Callable[[int, int], None],
    *,
    keep: bool = True,
) -> Imported:
    """Take in one file of complaints.

    FileError before anything is written where the file as a whole cannot be used.
    """
    checked = check_file(path, load_profile(given.profile))
    given = replace(given, geocoder=Remembered(given.geocoder).current)
    job, shown = _Job(given, Counts()), None
    with ExitStack() as stack:
        dry = None if keep else stack.enter_context(store.writing(keep=False))
        with _begun(store, dry) as connection:
            intake = _intake(connection, given)
            run = complaints.start_run(connection, path.name, given.profile, given.now)
        origin = Origin(_source(intake), path.name, lasting(given.profile))
        for batch in stack.enter_context(closing(_batches(checked, intake))):
            with _begun(store, dry) as connection:
                _take_in(connection, batch, origin, given.now, job)
                complaints.note_run(connection, run, _noted(job.counts), None)
            shown = shown or batch.preview
            progress(job.counts.rows, checked.rows)
        with _begun(store, dry) as connection:
            complaints.note_run(connection, run, _noted(job.counts), given.now)
    return Imported(job.counts, checked.dropped, checked.notes, job.refusals, shown)


def replay_quarantine(
    store: Store, given: Circumstances, instead: str | None = None, *, keep: bool = True
) -> Replayed:
    """Try the complaints in quarantine again, each with the profile it came with.

    Rows that can be used now become complaints and leave quarantine; the others stay, with their
    newest reason. `instead` is the profile of rows whose own cannot be read.
    """
    job = _Job(given, Counts())
    told = Replayed(job.counts)
    with store.writing(keep=keep) as connection:
        waiting = quarantine.waiting(connection, kind=Kind.COMPLAINTS)
        for origin, rows in readable(waiting, instead, told):
            intake = _intake(
                connection, replace(given, profile=origin.profile, source=origin.source)
            )
            raw = [json.loads(row.raw_row) for row in rows]
            batch = map_objects(intake.profile, [row.line for row in rows], raw)
            quarantine.release(connection, [row.id for row in rows], given.now)
            tried = checked_rows(batch, intake)
            _take_in(connection, tried, origin, rows[0].quarantined_at, job)
    return told


def readable(
    waiting: Sequence[Quarantined], instead: str | None, told: Replayed
) -> Iterator[tuple[Origin, list[Quarantined]]]:
    """Give rows by the load they came with, and the profile to read them by, the oldest first.

    Those whose profile cannot be read, and that `instead` is none for, are added to `told`.
    """
    loads: dict[tuple[datetime, Origin], list[Quarantined]] = {}
    for row in sorted(waiting, key=lambda row: row.quarantined_at):
        loads.setdefault((row.quarantined_at, row.origin), []).append(row)
    for (_, origin), rows in loads.items():
        kind = Kind(origin.kind)
        try:
            load_profile(origin.profile, kind)
            yield origin, rows
        except ConfigError as error:
            if instead is not None and read_profile(instead).kind == kind:
                yield replace(origin, profile=lasting(instead)), rows
            else:
                told.unreadable.append(Unreadable(origin.profile, len(rows), str(error)))


def lasting(profile: str) -> str:
    """Give a profile's name so that it is found from another folder as well."""
    return profile if profile in packaged_profiles() else str(Path(profile).absolute())


def _source(intake: Intake) -> str:
    return intake.source or intake.profile.source or DEFAULT_SOURCE


def _begun(store: Store, dry: Connection | None) -> AbstractContextManager[Connection]:
    """Give the transaction of one step: its own, or in a dry run the one that is undone."""
    return store.writing() if dry is None else nullcontext(dry)


def _intake(connection: Connection, given: Circumstances) -> Intake:
    box = TerritoryIndex(load_territories(connection)).bounds()
    return Intake(
        profile=load_profile(given.profile),
        now=given.now,
        zone=given.zone,
        source=given.source,
        bounds=Bounds(*box) if box else None,
    )


def _batches(checked: CheckedFile, intake: Intake) -> Generator[CheckedRows]:
    """Give the rows of a file, those of a large one read by a process of its own."""
    ahead = read_ahead.is_worth(checked.rows)
    yield from (read_ahead.read_ahead if ahead else checked_rows_of)(checked, intake)


def _take_in(
    connection: Connection, batch: CheckedRows, origin: Origin, at: datetime, job: _Job
) -> None:
    """Take in one batch of a load within a transaction; adds to the counts and the refusals."""
    lock(connection, "intake")
    rows, good, counts = batch.rows, batch.complaints, job.counts
    written = [_write(connection, good.take(part), job) for part in complaints.rounds(good)]
    accepted = Accepted(rows, batch.refused, lambda: _named(written))
    counts.released += quarantine.supersede(connection, accepted, origin, at)
    quarantine.keep(connection, batch.refused, origin, at)
    counts.rows += rows.rows_in
    counts.left_out += rows.left_out
    counts.quarantined += len(batch.refused)
    job.refusals.add(batch.refused)


def _named(written: Sequence[ComplaintBatch]) -> list[int | None]:
    return [each for batch in written for each in identities(batch.source, batch.external_id)]


def _write(connection: Connection, batch: ComplaintBatch, job: _Job) -> ComplaintBatch:
    """Write what is new or changed of a batch, and give that."""
    counts = job.counts
    compared = complaints.compare(connection, batch)
    chosen, given = batch.take(compared.to_write), job.given
    geocoder = with_places(connection, given.geocoder)
    located = placed(chosen, geocoder, default_points(connection), job.places)
    written = complaints.write(connection, batch, compared, located, given.now)
    streets = current_policy(connection).policy.quality.default_point_streets
    pointed = written[~np.isnan(chosen.lat)]
    lost = place_on_default_points(connection, pointed, geocoder, streets, given.now)
    counts.new += len(compared.new)
    counts.updated += len(compared.updated)
    counts.unchanged += compared.unchanged
    counts.unlocated += lost + sum(cell is None for cell in located.cell)
    return chosen


def _noted(counts: Counts) -> dict[str, int]:
    noted = asdict(counts)
    del noted["unlocated"], noted["released"]
    return noted
