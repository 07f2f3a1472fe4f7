"""Zones seen this hour, matched to the spots that live: growing, moving, merging, splitting."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.record import ALL_TOPICS, DetectedSpot, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime


Alike: TypeAlias = "Callable[[tuple[int, ...], tuple[int, ...]], bool]"
"""What says of the ids of some complaints and others whether people say the same in both."""

MERGE_SHARE = 0.5
"""A zone covers a spot, or a spot a zone, that lies in it by this part."""

SAME_PLACE = 0.25
"""Zones of one place share this part of the larger: a disk and the next smaller do."""

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


@dataclass(frozen=True, slots=True)
class Overlap:
    """The common area of two sets of cells as a share of each, 0 to 1."""

    of_one: float
    of_other: float

    @property
    def of_smaller(self) -> float:
        """The share of the smaller of both."""
        return max(self.of_one, self.of_other)

    @property
    def of_larger(self) -> float:
        """The share of the larger of both."""
        return min(self.of_one, self.of_other)


_APART = Overlap(0.0, 0.0)


def overlap(
    cells: Sequence[int], resolution: int, others: Sequence[int], other_resolution: int
) -> Overlap:
    """Give the common area of two sets of cells.

    A cell of the finer set lies in the coarser where its H3 parent does.
    """
    if resolution < other_resolution:
        turned = overlap(others, other_resolution, cells, resolution)
        return Overlap(turned.of_other, turned.of_one)
    fine = _owners(tuple(cells), other_resolution)
    coarse = _owners(tuple(others), other_resolution)
    common = 0
    if not fine.keys().isdisjoint(coarse):
        common = sum(number for owner, number in fine.items() if owner in coarse)
    children = _CHILDREN ** (resolution - other_resolution)
    return Overlap(common / len(cells), min(common / (len(others) * children), 1.0))


@lru_cache(maxsize=4096)
def _owners(cells: tuple[int, ...], resolution: int) -> dict[int, int]:
    """Give the ancestors of cells at a resolution not finer, and how many cells each has."""
    return Counter(parents(np.array(cells, dtype=np.int64), resolution).tolist())


@lru_cache(maxsize=4096)
def _surroundings(cells: tuple[int, ...]) -> frozenset[int]:
    """Give the ancestors of cells at the coarsest resolution that is scanned."""
    return frozenset(parents(np.array(cells, dtype=np.int64), COARSEST).tolist())


def reshape(
    spots: Sequence[DetectedSpot],
    growth: Sequence[Sighting],
    zone_scores: dict[int, float],
    tick: datetime,
    next_id: int,
) -> Matched:
    """Give living spots the shapes that their own and the unexplained complaints now draw.

    `growth` are zones around the newest complaints inside active spots, strongest first. One at
    the place of the spot, or that stands out more than its present zone (`zone_scores`), becomes
    its zone: the spot grows, shrinks or moves. Where it covers several spots of its topic
    (`MERGE_SHARE`), the lowest id lives on and takes the others in; where it covers one of another
    topic, it is a wide zone over several faults, and every spot keeps its shape. A second one on a
    spot that has left it for a stronger one splits off, with that spot as its parent.
    """
    known = {spot.spot_id: spot for spot in spots}
    active = [spot for spot in spots if spot.signal is Signal.ACTIVE]  # sightings alone wake others
    opened: list[int] = []
    reshaped: set[int] = set()
    for zone in growth:
        met = _met(zone, [spot for spot in active if known[spot.spot_id].merged_into is None])
        heir = _heir({i: share for i, share in met.items() if known[i].topic == zone.topic})
        if heir is None:
            continue
        if heir in reshaped:
            if not _covers(known[heir], zone):
                known[next_id] = _opened(zone, tick, next_id, heir)
                opened.append(next_id)
                next_id += 1
            continue
        reshaped.add(heir)
        if met[heir].of_larger < MERGE_SHARE and zone.score <= zone_scores[heir]:
            continue
        covered = [
            i for i, share in met.items() if share.of_other >= MERGE_SHARE and i not in reshaped
        ]
        taken = [i for i in covered if known[i].topic == zone.topic]
        if len(taken) < len(covered):
            continue
        known[heir] = _moved(_taking_in(known[heir], [known[i] for i in taken]), zone, tick)
        for spot_id in taken:
            known[spot_id] = replace(known[spot_id], merged_into=heir, last_tick=tick)
    return Matched(tuple(known.values()), tuple(opened))


def match(
    spots: Sequence[DetectedSpot],
    sightings: Sequence[Sighting],
    tick: datetime,
    next_id: int,
    alike: Alike,
) -> Matched:
    """Give the spots after sightings made of complaints that no spot explains, strongest first.

    One that no living spot may take (`_takers`) opens a spot. Of several, the lowest id it covers
    takes its complaints in, else the one it fills or meets most; if its signal was quiet, it
    relapses there. An active one keeps its zone, which `reshape` alone draws: till then some of
    its complaints lie beside it.
    """
    known = {spot.spot_id: spot for spot in spots}
    opened: list[int] = []
    for sighting in sightings:
        heir = _heir(_takers(sighting, known, alike))
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


def _takers(sighting: Sighting, spots: dict[int, DetectedSpot], alike: Alike) -> dict[int, Overlap]:
    """Give the spots that may take a sighting, and what area they share.

    One may that lies where it does, and one that meets it where people say the same in both
    (`alike`); while it goes on, one that borders on it, too. A spot drawn through a fault's first
    few complaints seldom holds all of its place, and what comes up beside it says whether it is
    the same trouble.
    """
    near = _met(_widened(sighting), spots.values())
    met = _met(sighting, [spots[spot_id] for spot_id in near])

    def may_take(spot_id: int) -> bool:
        spot = spots[spot_id]
        if spot_id in met and _in_place(spot, sighting, met[spot_id]):
            return True
        within_reach = spot_id in met or spot.signal is Signal.ACTIVE
        return within_reach and alike(sighting.complaint_ids, spot.complaint_ids)

    return {spot_id: met.get(spot_id, _APART) for spot_id in near if may_take(spot_id)}


def _widened(sighting: Sighting) -> Sighting:
    """Give a sighting with the cells that border on its zone."""
    cells = {near for cell in sighting.cells for near in h3.grid_disk(cell, 1)}
    return replace(sighting, cells=tuple(sorted(cells)))


def _in_place(spot: DetectedSpot, sighting: Sighting, share: Overlap) -> bool:
    """Whether a sighting lies where a spot is: one of both in the other by half, whatever it is of.

    A quiet spot only wakes for its like at about the same place: a fault somewhere in the wide zone
    of one that is over is another fault, and so is another kind of trouble at its place.
    """
    if spot.signal is Signal.ACTIVE:
        return share.of_smaller >= MERGE_SHARE
    alike = ALL_TOPICS in {spot.topic, sighting.topic} or spot.topic == sighting.topic
    return alike and share.of_larger >= SAME_PLACE


def _covers(spot: DetectedSpot, zone: Sighting) -> bool:
    share = overlap(zone.cells, zone.resolution, spot.cells, spot.resolution)
    return share.of_one >= MERGE_SHARE


def _met(sighting: Sighting, spots: Iterable[DetectedSpot]) -> dict[int, Overlap]:
    """Give the overlap with each spot that a sighting meets: its share, and the spot's."""
    around = _surroundings(sighting.cells)
    shares = {
        spot.spot_id: overlap(sighting.cells, sighting.resolution, spot.cells, spot.resolution)
        for spot in spots
        if spot.merged_into is None and not around.isdisjoint(_surroundings(spot.cells))
    }
    return {spot_id: share for spot_id, share in shares.items() if share.of_smaller > 0}


def _heir(met: dict[int, Overlap]) -> int | None:
    """Give whose a zone is: the lowest id it covers, else of the spot it fills or meets most."""
    covered = [spot_id for spot_id, share in met.items() if share.of_other >= MERGE_SHARE]
    if covered:
        return min(covered)

    def nearness(spot_id: int) -> tuple[bool, float, int]:
        share = met[spot_id]
        within = share.of_one >= MERGE_SHARE
        return within, share.of_other if within else share.of_smaller, -spot_id

    return max(met, key=nearness, default=None)


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
