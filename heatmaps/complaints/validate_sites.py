"""Rows of a Sites file become sectors; rows that cannot be true are refused, with why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.complaints.faults import Faults
from heatmaps.complaints.fields import check_texts, numbers, words
from heatmaps.complaints.identity import refuse_repeated
from heatmaps.complaints.validation import check_position
from heatmaps.region.sites import FULL_CIRCLE, SectorColumns, SectorStatus
from heatmaps.region.technology import STANDARDS, Technology, technology_of

if TYPE_CHECKING:
    from heatmaps.complaints.identity import Seen
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.complaints.validation import Bounds
    from heatmaps.quarantine import Refused

_REQUIRED = ("site_id", "sector_id", "lat", "lon", "technology")


class ValidatedSectors(NamedTuple):
    """What became of a batch: `sectors`, the `line` of each, `refused` rows by line.

    `outside` counts the sectors outside the loaded region.
    """

    sectors: SectorColumns
    line: list[int]
    refused: list[Refused]
    outside: int


def validate_sectors(rows: RowBatch, bounds: Bounds | None, seen: Seen) -> ValidatedSectors:
    """Turn a batch of rows into sectors, refusing every row with an impossible value.

    `seen` are the sector ids of earlier batches, and is added to: of two rows with one id the later
    is refused. A missing status is ``active``.
    """
    faults = Faults(rows)
    for name in _REQUIRED:
        faults.refuse_absent(name)
    check_texts(rows, faults)
    lat, lon = (numbers(rows, name, faults, comma=True) for name in ("lat", "lon"))
    outside = check_position(lat, lon, bounds, faults)
    technology = _technologies(rows, faults)
    status = words(rows, "status", SectorStatus, SectorStatus.ACTIVE, faults)
    azimuth = numbers(rows, "azimuth", faults, comma=True)
    faults.refuse(
        (azimuth < 0) | (azimuth > FULL_CIRCLE),
        "is no bearing; write 0 to 360 degrees from north, or leave it empty for all around",
        "azimuth",
    )
    refuse_repeated(rows, "sector_id", faults, seen)
    kept = np.arange(len(rows)) if (good := faults.kept()) is None else np.array(good, np.int64)
    rest = {name: rows.column(name) for name in ("sector_id", "site_id", "name", "band")}
    texts = {**rest, "technology": technology, "status": status}
    sectors = SectorColumns(
        **{name: [column[row] for row in kept.tolist()] for name, column in texts.items()},
        azimuth=azimuth[kept] % FULL_CIRCLE,
        lat=lat[kept],
        lon=lon[kept],
    )
    return ValidatedSectors(
        sectors,
        rows.line[kept].tolist(),
        faults.refused(rest["sector_id"]),
        int(outside[kept].sum()),
    )


def _technologies(rows: RowBatch, faults: Faults) -> list[str | None]:
    """Give the generations, which sites name in the words that coverage does."""
    column = rows.column("technology")
    meant = {text: None if text is None else technology_of(text) for text in set(column)}
    known = ", ".join([*Technology, *(name.upper() for name in STANDARDS)])
    strange = [text is not None and meant[text] is None for text in column]
    what = f"is not one of {known}; map it in the profile's [values.technology]"
    faults.refuse(strange, what, "technology")
    return [meant[text] for text in column]
