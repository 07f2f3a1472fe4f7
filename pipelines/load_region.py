"""Loading what is there before anybody complains: gazetteer, subscribers, territories."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.profiles import Kind, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.errors import FileError
from heatmaps.geocoding.from_csv import CSV_SUFFIXES, CsvReader
from heatmaps.geocoding.from_osm import OSM_SUFFIXES, OsmReader
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.reading import ReadReport, require_rows
from heatmaps.geocoding.reading import check_file as check_gazetteer_file
from heatmaps.region.grid import cells_of, parents, resolution_of
from heatmaps.region.subscribers import read_subscribers, spread
from heatmaps.region.territories import read_territories
from heatmaps.spots.record import Exposure
from heatmaps.store import gazetteer as gazetteers
from heatmaps.store import region
from heatmaps.store.addresses import load_addresses
from heatmaps.store.aliases import load_aliases
from heatmaps.store.gazetteer import Load
from heatmaps.store.staging import Staged
from pipelines.place_again import LookedAgain, place_affected

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.geocoding.index import GazetteerIndex
    from heatmaps.geocoding.reading import GazetteerReader
    from heatmaps.quarantine import Refused
    from heatmaps.store.engine import Store
    from heatmaps.store.gazetteer import Merge


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file of region data did.

    rows = left_out + new + updated + unchanged + refused + held_back. `gone` is what the file no
    longer names and was removed. `held_back` are the areas of the technologies `incomplete`, whose
    stored coverage stays as it is, since more of the file was refused.
    """

    rows: int
    left_out: int
    new: int
    updated: int
    unchanged: int
    refused: tuple[Refused, ...]
    notes: tuple[str, ...] = ()
    gone: int = 0
    held_back: int = 0
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedGazetteer:
    """What a gazetteer file held, by its reader's account, and what merging it did.

    `complaints` and `customers` tell how many addresses were looked at again because of it, and
    what became of them.
    """

    report: dict[str, Any]
    dataset: str
    merge: Merge
    complaints: LookedAgain
    customers: LookedAgain


@dataclass(frozen=True, slots=True)
class Wish:
    """How a gazetteer file is to be loaded.

    `dataset` is what it is a delivery of, else its name says so; one that may `shrink` may lack
    any number of the houses that the dataset brought before, and one with `moved` may put any
    number of them far off. Without `keep` it is a dry run.
    """

    default_city: str | None = None
    dataset: str | None = None
    shrink: bool = False
    moved: bool = False
    keep: bool = True


def load_gazetteer_file(
    store: Store,
    path: Path,
    now: datetime,
    wish: Wish = Wish(),
    advance: Callable[[int], None] | None = None,
) -> LoadedGazetteer:
    """Merge one file, OSM or CSV, into the gazetteer; it takes the place of its dataset.

    Nobody waits while it is read; then one transaction merges it, spreads exposure anew over the
    houses and asks the addresses again whose answer it can change. `advance` is told how many
    rows were read. Raises FileError; then nothing has changed.
    """
    reader = _reader(path)
    with store.staging() as connection:
        staged = Staged(connection)
        for part in reader.parts():
            staged.put(part)
            if advance is not None:
                advance(reader.counts.rows)
        require_rows(path, reader.counts)
        staged.settle()
        load = Load(
            path.name, wish.dataset or dataset_of(path.name), _account(reader, staged), now,
            wish.shrink, wish.moved,
        )  # fmt: skip
        with store.writing(keep=wish.keep, on=connection):
            merge, changes = gazetteers.merge_staged(
                connection, staged, reader.settlements(), reader.settled(), load
            )
            told = held = LookedAgain()
            if changes:
                _spread(connection)
                geocoder = cache(lambda: _index(connection, wish.default_city))
                told, held = place_affected(connection, changes, geocoder)
    return LoadedGazetteer(dict(load.report), load.dataset, merge, told, held)


def dataset_of(name: str) -> str:
    """Give what a file is a delivery of: its name without date and suffixes.

    ``russia-251120.osm.pbf`` and ``russia-latest.osm.pbf`` are both of ``russia``.
    """
    lower = name.casefold()
    suffix = max((s for s in (*CSV_SUFFIXES, *OSM_SUFFIXES) if lower.endswith(s)), key=len)
    stem = lower.removesuffix(suffix)
    bare = stem
    while (shorter := _DATE.sub("", bare)) != bare:
        bare = shorter
    return bare or stem


_DATE = re.compile(r"[-_. ]*(latest|\d{4}-\d{2}-\d{2}|\d{8}|\d{6})$")


def _reader(path: Path) -> GazetteerReader:
    check_gazetteer_file(path, (*CSV_SUFFIXES, *OSM_SUFFIXES))
    reads_csv = path.name.casefold().endswith(CSV_SUFFIXES)
    return CsvReader(path) if reads_csv else OsmReader(path)


def _account(reader: GazetteerReader, staged: Staged) -> dict[str, Any]:
    """Give what the reader did with the file, duplicates counted."""
    counts = reader.counts
    left_out = counts.left_out + Counter(duplicate=staged.duplicates)
    report = ReadReport(
        counts.rows,
        staged.houses,
        staged.streets,
        int(reader.settled().sum()),
        counts.points,
        {reason: count for reason, count in left_out.items() if count},
        staged.far_apart,
        counts.assumed,
        counts.assumed_settlement,
    )
    return asdict(report)


def _index(connection: Connection, default_city: str | None) -> GazetteerIndex:
    return build_index(load_addresses(connection), default_city, load_aliases(connection))


def load_subscribers_file(
    store: Store, path: Path, profile_name: str, *, keep: bool = True
) -> Loaded:
    """Load subscribers per cell and spread them over the grid.

    A cell known before gets the new count. FileError where a cell of the file lies inside or
    around another one already loaded: its people would count twice.
    """
    checked = check_file(path, load_profile(profile_name, Kind.SUBSCRIBERS))
    batches = list(read_batches(checked))
    read = read_subscribers(batches)
    cells, counts = read.subscribers.cell, read.subscribers.subscribers
    with store.writing(keep=keep) as connection:
        _refuse_overlap(path, cells, region.load_subscribers(connection)[0])
        saved = region.save_subscribers(connection, cells, counts)
        _spread(connection)
    left_out = sum(batch.left_out for batch in batches)
    return Loaded(
        rows=len(cells) + len(read.refused) + left_out,
        left_out=left_out,
        new=saved.new,
        updated=saved.updated,
        unchanged=saved.unchanged,
        refused=tuple(read.refused),
        notes=_dropped(checked.dropped),
    )


def load_territories_file(
    store: Store, path: Path, layer: str | None = None, *, keep: bool = True
) -> Loaded:
    """Load the territories of a polygon file; `layer` is the one to read of several."""
    read = read_territories(path, layer)
    with store.writing(keep=keep) as connection:
        saved = region.save_territories(connection, read.territories)
    return Loaded(
        rows=len(read.territories) + len(read.refused),
        left_out=0,
        new=saved.new,
        updated=saved.updated,
        unchanged=saved.unchanged,
        refused=tuple(read.refused),
        notes=tuple(read.notes),
    )


def _spread(connection: Connection) -> None:
    """Spread subscribers as delivered over the grid, by the houses known now."""
    cells, counts = region.load_subscribers(connection)
    if not len(cells):
        return
    houses = cells_of(*gazetteers.house_points(connection))
    region.save_exposure(connection, Exposure(*spread(cells, counts, houses)))


def _refuse_overlap(path: Path, new: NDArray[np.int64], known: NDArray[np.int64]) -> None:
    """FileError where a new cell is an ancestor or a descendant of a known one."""
    for inner, outer in ((new, known), (known, new)):
        level, coarser = resolution_of(inner), resolution_of(outer)
        for resolution in np.unique(coarser).tolist():
            finer = inner[level > resolution]
            inside = np.isin(parents(finer, resolution), outer[coarser == resolution])
            if inside.any():
                message = (
                    f"File {path}: cell {int(finer[inside][0]):x} lies inside another cell, one "
                    "of them already loaded, so its subscribers would count twice; deliver all "
                    "files at one resolution."
                )
                raise FileError(message)


def _dropped(columns: tuple[str, ...]) -> tuple[str, ...]:
    return (f"Columns not used: {', '.join(columns)}.",) if columns else ()
