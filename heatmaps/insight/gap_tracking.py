"""Which gap is which: numbers that survive from one search to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import h3.api.basic_int as h3

from heatmaps.region.grid import parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from heatmaps.insight.gap import Gap

_CHILDREN = 7


@dataclass(frozen=True, slots=True)
class KnownGap:
    """A gap of an earlier search: its number, its cells, and when it was first seen."""

    gap_id: int
    cells: tuple[int, ...]
    first_seen: datetime


def keep_numbers(gaps: Sequence[Gap], known: Sequence[KnownGap]) -> list[Gap]:
    """Give the gaps, in their order, under the numbers of the known ones they overlap with.

    The larger overlap wins, then the lower number, then the better rank; a number goes to one gap
    and a gap has one number. A gap that takes up a number takes up when it was first seen. One
    that overlaps with nothing gets the next number that was never used.
    """
    pairs = sorted(_overlaps(gaps, known))
    heir: dict[int, KnownGap] = {}
    taken: set[int] = set()
    numbers = {one.gap_id: one for one in known}
    for _, gap_id, place in pairs:
        if place not in heir and gap_id not in taken:
            heir[place] = numbers[gap_id]
            taken.add(gap_id)
    fresh = max(numbers, default=0) + 1
    kept: list[Gap] = []
    for place, gap in enumerate(gaps):
        earlier = heir.get(place)
        if earlier is None:
            kept.append(replace(gap, gap_id=fresh))
            fresh += 1
        else:
            first = min(gap.first_seen, earlier.first_seen)
            kept.append(replace(gap, gap_id=earlier.gap_id, first_seen=first))
    return kept


def _overlaps(gaps: Sequence[Gap], known: Sequence[KnownGap]) -> Iterator[tuple[float, int, int]]:
    """Give (minus the common area, number, place), the area in cells of the finest resolution."""
    areas: dict[tuple[int, int], float] = {}
    holders: dict[int, list[int]] = {}
    for place, gap in enumerate(gaps):
        for cell in gap.cells:
            holders.setdefault(cell, []).append(place)
    levels = sorted({h3.get_resolution(cell) for cell in holders})
    for one in known:
        for cell in one.cells:
            for place, area in _common(cell, levels, holders):
                key = (one.gap_id, place)
                areas[key] = areas.get(key, 0.0) + area
    return ((-area, gap_id, place) for (gap_id, place), area in areas.items())


def _common(
    cell: int, levels: Sequence[int], holders: dict[int, list[int]]
) -> Iterator[tuple[int, float]]:
    """Give each place that shares something with a cell, and how much; a cell has 7^-resolution."""
    own = h3.get_resolution(cell)
    for level in levels:
        area = float(_CHILDREN) ** -max(level, own)
        if level <= own:
            yield from ((place, area) for place in holders.get(parent(cell, level), ()))
        else:
            for child in h3.cell_to_children(cell, level):
                yield from ((place, area) for place in holders.get(child, ()))
