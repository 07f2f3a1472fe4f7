"""Zones seen this hour, matched to the spots that live: growing, moving, merging, splitting."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.record import ALL_TOPICS, DetectedSpot, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

MERGE_SHARE = 0.5
"""A spot is taken in by another when a zone of that one covers this part of the smaller of both."""

COARSEST = 5
"""No policy scans coarser cells, so what shares no area at this resolution shares none."""

_CHILDREN = 7


@dataclass(frozen=True, slots=True)
class Sighting:
    """A zone that stands out at a tick; the fields are those of `DetectedSpot` at opening."""

    topic: str
    resolution: int
    cells: tuple[int, ...]
    window_h: int
    observed: int
    expected: float
    score: float
    recurrence_days: float
    complaint_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a living spot's own zone shows at a tick.

    `observed`, `expected` and `score` are of the windows its signal is judged by, `zone_score` of
    any window; `complaint_ids` are those newly in the zone.
    """

    observed: int
    expected: float
    score: float
    zone_score: float
    complaint_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What sightings made of the living: all of them, then the new ones."""

    spots: tuple[DetectedSpot, ...]
    opened: tuple[int, ...]


def overlap(
    cells: Sequence[int], resolution: int, others: Sequence[int], other_resolution: int
) -> float:
    """Give the common area of two sets of cells as a share of the smaller, 0 to 1.

    A cell of the finer set lies in the coarser where its H3 parent does.
    """
    if resolution < other_resolution:
        cells, resolution, others, other_resolution = others, other_resolution, cells, resolution
    fine = _owners(tuple(cells), other_resolution)
    coarse = _owners(tuple(others), other_resolution)
    common = 0
    if not fine.keys().isdisjoint(coarse):
        common = sum(number for owner, number in fine.items() if owner in coarse)
    smaller = min(len(cells), len(others) * _CHILDREN ** (resolution - other_resolution))
    return float(common / smaller)


@lru_cache(maxsize=4096)
def _owners(cells: tuple[int, ...], resolution: int) -> dict[int, int]:
    """Give the ancestors of cells at a resolution not finer, and how many cells each has."""
    return Counter(parents(np.array(cells, dtype=np.int64), resolution).tolist())


@lru_cache(maxsize=4096)
def _surroundings(cells: tuple[int, ...]) -> frozenset[int]:
    """Give the ancestors of cells at the coarsest resolution that is scanned."""
    return frozenset(parents(np.array(cells, dtype=np.int64), COARSEST).tolist())


def inside(
    cell: NDArray[np.int64], resolution: NDArray[np.int8], zone: Sequence[int], zone_resolution: int
) -> NDArray[np.bool_]:
    """Say which places a zone holds whole; one known coarsely needs all its descendants in it."""
    cells = np.array(zone, dtype=np.int64)
    fine = resolution >= zone_resolution
    held = fine & np.isin(parents(cell, zone_resolution), cells)
    for coarser in np.unique(resolution[~fine]).tolist():
        owners, descendants = np.unique(parents(cells, coarser), return_counts=True)
        whole = [
            descendants[i] == h3.cell_to_children_size(owner, zone_resolution)
            for i, owner in enumerate(owners.tolist())
        ]
        held |= (resolution == coarser) & np.isin(cell, owners[np.array(whole)])
    return held


def reshape(
    spots: Sequence[DetectedSpot],
    growth: Sequence[Sighting],
    zone_scores: dict[int, float],
    tick: datetime,
    next_id: int,
) -> Matched:
    """Give living spots the shapes that their own and the unexplained complaints now draw.

    `growth` are zones around the newest complaints inside active spots, strongest first. One that
    stands out more than the spot's present zone (`zone_scores`) becomes its zone: the spot grows,
    shrinks or moves. Where it covers several spots of its topic (`MERGE_SHARE`), the lowest id
    lives on and takes the others in; where it covers one of another topic, it is a wide zone over
    several faults, and every spot keeps its shape. A second one on the same spot splits off with
    that spot as its parent.
    """
    known = {spot.spot_id: spot for spot in spots}
    opened: list[int] = []
    reshaped: set[int] = set()
    for zone in growth:
        met = _met(zone, [spot for spot in spots if known[spot.spot_id].merged_into is None])
        heir = _heir({i: share for i, share in met.items() if known[i].topic == zone.topic})
        if heir is None:
            continue
        if heir in reshaped:
            known[next_id] = _opened(zone, tick, next_id, heir)
            opened.append(next_id)
            reshaped.add(next_id)
            next_id += 1
            continue
        reshaped.add(heir)
        if zone.score <= zone_scores[heir]:
            continue
        covered = [i for i, share in met.items() if share >= MERGE_SHARE and i not in reshaped]
        taken = [i for i in covered if known[i].topic == zone.topic]
        if len(taken) < len(covered):
            continue
        known[heir] = _moved(_taking_in(known[heir], [known[i] for i in taken]), zone, tick)
        for spot_id in taken:
            known[spot_id] = replace(known[spot_id], merged_into=heir, last_tick=tick)
    return Matched(tuple(known.values()), tuple(opened))


def match(
    spots: Sequence[DetectedSpot], sightings: Sequence[Sighting], tick: datetime, next_id: int
) -> Matched:
    """Give the spots after sightings made of complaints that no spot explains, strongest first.

    One that meets no living spot opens a spot. One that meets some belongs to the lowest id it
    covers, else to the one it meets most: that spot takes its complaints in, and if its signal
    was quiet, it relapses there. A quiet spot takes only its own topic.
    """
    known = {spot.spot_id: spot for spot in spots}
    opened: list[int] = []
    for sighting in sightings:
        heir = _heir(_met(sighting, (s for s in known.values() if _may_take(s, sighting))))
        if heir is None:
            known[next_id] = _opened(sighting, tick, next_id, None)
            opened.append(next_id)
            next_id += 1
        elif known[heir].signal is Signal.QUIET:
            known[heir] = _moved(known[heir], sighting, tick)
        else:
            ids = united(known[heir].complaint_ids, sighting.complaint_ids)
            known[heir] = replace(known[heir], complaint_ids=ids)
    return Matched(tuple(known.values()), tuple(opened))


def follow(
    spot: DetectedSpot, reading: Reading, quiet_below: float, tick: datetime
) -> DetectedSpot:
    """Give a living spot after what its own zone shows.

    An active signal turns quiet once the zone's score is below `quiet_below`; a quiet one is
    woken by a sighting alone. That is the hysteresis.
    """
    asleep = spot.signal is Signal.QUIET
    quiet = asleep or reading.score < quiet_below
    return replace(
        spot,
        signal=Signal.QUIET if quiet else Signal.ACTIVE,
        quiet_since=(spot.quiet_since or tick) if quiet else None,
        observed_last=reading.observed,
        expected_last=reading.expected,
        score_last=reading.score,
        observed_peak=max(spot.observed_peak, reading.observed),
        complaint_ids=united(spot.complaint_ids, () if asleep else reading.complaint_ids),
        last_tick=tick,
    )


def _may_take(spot: DetectedSpot, sighting: Sighting) -> bool:
    """Whether a sighting may belong to a spot: any to one that goes on, its like to a quiet one.

    Another kind of trouble at a place that has calmed down is a new fault, with a term of its own.
    """
    alike = ALL_TOPICS in {spot.topic, sighting.topic} or spot.topic == sighting.topic
    return spot.signal is Signal.ACTIVE or alike


def _met(sighting: Sighting, spots: Iterable[DetectedSpot]) -> dict[int, float]:
    around = _surroundings(sighting.cells)
    shares = {
        spot.spot_id: overlap(sighting.cells, sighting.resolution, spot.cells, spot.resolution)
        for spot in spots
        if spot.merged_into is None and not around.isdisjoint(_surroundings(spot.cells))
    }
    return {spot_id: share for spot_id, share in shares.items() if share > 0}


def _heir(met: dict[int, float]) -> int | None:
    covered = [spot_id for spot_id, share in met.items() if share >= MERGE_SHARE]
    if covered:
        return min(covered)
    return max(met, key=lambda spot_id: (met[spot_id], -spot_id), default=None)


def _opened(
    sighting: Sighting, tick: datetime, spot_id: int, parent_id: int | None
) -> DetectedSpot:
    return DetectedSpot(
        spot_id=spot_id,
        opened_at=tick,
        topic=sighting.topic,
        resolution=sighting.resolution,
        cells=sighting.cells,
        cells_opened=sighting.cells,
        window_h=sighting.window_h,
        observed=sighting.observed,
        expected=sighting.expected,
        score=sighting.score,
        recurrence_days=sighting.recurrence_days,
        signal=Signal.ACTIVE,
        observed_last=sighting.observed,
        expected_last=sighting.expected,
        score_last=sighting.score,
        observed_peak=sighting.observed,
        last_tick=tick,
        quiet_since=None,
        complaint_ids=tuple(sorted(sighting.complaint_ids)),
        parent_id=parent_id,
    )


def _taking_in(heir: DetectedSpot, taken: Sequence[DetectedSpot]) -> DetectedSpot:
    ids = heir.complaint_ids
    for spot in taken:
        ids = united(ids, spot.complaint_ids)
    peak = max([heir.observed_peak, *(spot.observed_peak for spot in taken)])
    return replace(heir, complaint_ids=ids, observed_peak=peak)


def _moved(spot: DetectedSpot, sighting: Sighting, tick: datetime) -> DetectedSpot:
    return replace(
        spot,
        resolution=sighting.resolution,
        cells=sighting.cells,
        signal=Signal.ACTIVE,
        quiet_since=None,
        observed_last=sighting.observed,
        expected_last=sighting.expected,
        score_last=sighting.score,
        observed_peak=max(spot.observed_peak, sighting.observed),
        complaint_ids=united(spot.complaint_ids, sighting.complaint_ids),
        last_tick=tick,
    )


def united(ids: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    """Give ascending ids with some more in their places; a wide spot has tens of thousands."""
    merged: list[int] = []
    done = 0
    for number in sorted(set(more)):
        place = bisect_left(ids, number, done)
        if place == len(ids) or ids[place] != number:
            merged += ids[done:place]
            merged.append(number)
            done = place
    return (*merged, *ids[done:]) if merged else ids


def added(before: tuple[int, ...], after: tuple[int, ...]) -> list[int]:
    """Give the ids that only `after` has, which holds all of `before`; both ascend.

    Up to the first of them both are equal, and from there on nowhere, so each is found by halving.
    """
    new: list[int] = []
    first = 0
    while len(new) < len(after) - len(before):
        end = len(before) + len(new)
        while first < end:
            middle = (first + end) // 2
            if after[middle] == before[middle - len(new)]:
                first = middle + 1
            else:
                end = middle
        new.append(after[first])
        first += 1
    return new
