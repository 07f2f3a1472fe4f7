"""How good what comes in is: what could be placed, what was said twice, what contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.likeness import first_entries

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from numpy.typing import NDArray

WORST_PLACES = 10
"""How many places of repeated entries are named."""


@dataclass(frozen=True, slots=True)
class UsedDefaultPoint:
    """A default point, WGS 84 degrees: its complaints in the period and their addresses."""

    lat: float
    lon: float
    complaints: int
    addresses: int
    found_at: datetime


@dataclass(frozen=True, slots=True)
class RepeatedPlace:
    """A cell, None for no place, with how many complaints were entered again there, how often."""

    cell: int | None
    groups: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """Complaints that name no customer and were entered several times.

    `groups` are such complaints and `repeats` their entries beyond the first; `places` those
    with most repeats.
    """

    groups: int
    repeats: int
    places: tuple[RepeatedPlace, ...]


@dataclass(frozen=True, slots=True)
class DataQuality:
    """What came in from `since` up to and without `until`, by the complaints' own time.

    `by_level` sums to `complaints`. `unlocated` have no cell, for whatever reason.
    `location_faults` and `flags` count complaints by word; one may have several.
    `quarantine_waiting` is now; `rows_in` = `rows_left_out` by profiles + used + quarantined, of
    the files taken in during the period.
    """

    since: datetime
    until: datetime
    complaints: int
    withdrawn: int
    by_level: dict[str, int]
    unlocated: int
    on_default_points: int
    default_points: tuple[UsedDefaultPoint, ...]
    repeats: Repeats
    location_faults: dict[str, int]
    flags: dict[str, int]
    quarantine_waiting: int
    rows_in: int
    rows_left_out: int
    rows_quarantined: int


def repeats_of(
    likeness: NDArray[np.int64],
    time: NDArray[np.int64],
    cell: NDArray[np.int64],
    within: timedelta,
) -> Repeats:
    """Give what was entered several times; `time` in microseconds, `cell` 0 for no place."""
    first = first_entries(likeness, time, within)
    repeated = first != np.arange(len(first))
    origin = np.unique(first[repeated])
    cells, repeats = np.unique(cell[first[repeated]], return_counts=True)
    groups = np.unique(cell[origin], return_counts=True)[1]
    worst = np.lexsort((cells, -repeats))[:WORST_PLACES]
    places = tuple(
        RepeatedPlace(int(cells[at]) or None, int(groups[at]), int(repeats[at]))
        for at in worst.tolist()
    )
    return Repeats(len(origin), int(repeated.sum()), places)


def counted_words(texts: dict[str | None, int]) -> dict[str, int]:
    """Give how often each word stands in space-separated texts, the most frequent first."""
    counts: dict[str, int] = {}
    for words, count in texts.items():
        for word in (words or "").split():
            counts[word] = counts.get(word, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
