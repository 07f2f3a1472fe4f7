"""Loading what is there before anybody complains: gazetteer, subscribers, territories."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.profiles import Kind, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.errors import FileError
from heatmaps.geocoding.from_csv import CSV_SUFFIXES, read_csv
from heatmaps.geocoding.from_osm import OSM_SUFFIXES, read_osm
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.reading import check_file as check_gazetteer_file
from heatmaps.region.grid import cells_of, parents, resolution_of
from heatmaps.region.subscribers import read_subscribers, spread
from heatmaps.region.territories import read_territories
from heatmaps.spots.record import Exposure
from heatmaps.store import gazetteer as gazetteers
from heatmaps.store import region
from heatmaps.store.aliases import load_aliases
from pipelines.place_complaints import place_again, place_customers_again

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

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

    `placed` are the complaints, `placed_customers` the customers' addresses without a place that
    the new addresses gave one.
    """

    report: dict[str, Any]
    merge: Merge
    placed: int
    placed_customers: int


def load_gazetteer_file(
    store: Store, path: Path, now: datetime, default_city: str | None = None, *, keep: bool = True
) -> LoadedGazetteer:
    """Merge one file, OSM or CSV, into the gazetteer.

    Where that changed anything, exposure is spread anew over the houses, and complaints and
    customers that had no place are looked for again; `default_city` is that of addresses that name
    none.
    """
    check_gazetteer_file(path, (*CSV_SUFFIXES, *OSM_SUFFIXES))
    reads_csv = path.name.casefold().endswith(CSV_SUFFIXES)
    gazetteer, account = (read_csv if reads_csv else read_osm)(path)
    report = asdict(account)
    with store.writing(keep=keep) as connection:
        merge = gazetteers.save_gazetteer(
            connection, gazetteer, file=path.name, report=report, at=now
        )
        placed = placed_customers = 0
        if merge.houses_added or merge.houses_moved:
            _spread(connection)
            geocoder = cache(
                lambda: build_index(
                    gazetteers.load_gazetteer(connection), default_city, load_aliases(connection)
                )
            )
            placed = place_again(connection, geocoder)
            placed_customers = place_customers_again(connection, geocoder)
    return LoadedGazetteer(report, merge, placed, placed_customers)


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
