"""What is to be seen at one tick: zones that stand out, and what living spots' zones show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import parents
from heatmaps.spots.crowd import crowd_at, everybody_at, taken
from heatmaps.spots.prospects import prospects
from heatmaps.spots.record import ALL_TOPICS, Signal
from heatmaps.spots.rhythm import HOUR_US, WEEK_H
from heatmaps.spots.scan import region_level, scan, scores, strongest
from heatmaps.spots.tracking import Reading, Sighting, inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.spots.calibration import Calibration
    from heatmaps.spots.crowd import Crowd, Roll
    from heatmaps.spots.expectation import History
    from heatmaps.spots.record import DetectedSpot
    from heatmaps.spots.scan import Ground, Zones

QUIET_LOOK_H = 12
"""A signal turns quiet by the spot's own window or this, whichever is longer: a night passes."""

MOST_SIGHTINGS = 20
"""Zones taken from one tick; what is left stands out again in the next."""

SHAPE_SLACK = 1.0
"""A zone is widened by rings as long as it scores at most this less: a few complaints seldom lie
at a fault's very edge, so the disk that fits them best is too small."""

_TOPICS = (ALL_TOPICS, *(str(topic) for topic in Topic))


class View:
    """What is to be seen at one tick: the complaints of the longest window and whose they are.

    `unexplained` belong to no spot; `own` to a spot whose signal is active, some of them only
    since this hour (`joining`, inside its zone). Those of past spots and of quiet ones are over.
    """

    def __init__(  # noqa: PLR0913 - all that a tick rests on
        self,
        history: History,
        now: int,
        ground: Ground,
        calibration: Calibration,
        living: tuple[DetectedSpot, ...],
        *,
        roll: Roll,
    ) -> None:
        self.now, self.ground, self.calibration = now, ground, calibration
        columns = history.columns
        ends = np.searchsorted(columns.time, [now - WEEK_H * HOUR_US, now], side="right").tolist()
        rows = slice(*ends)
        self.columns = columns = taken(columns, rows)
        self.roll = roll.part(rows)
        known = columns.available <= now
        self.age = now - columns.time
        self.fresh = np.maximum(columns.available, columns.time) > now - HOUR_US
        self.weight = ground.expectation.weight_of_windows(now // HOUR_US, ground.windows_h)
        active = [s for s in living if s.merged_into is None and s.signal is Signal.ACTIVE]
        self.own = known & np.isin(columns.complaint_id, _ids(active))
        self.unexplained = known & ~self.own
        self.unexplained &= ~np.isin(columns.complaint_id, history.left_out)
        self.unexplained &= ~np.isin(columns.complaint_id, _ids(living))
        self.joining = np.zeros(len(self.age), dtype=np.bool_)
        for spot in active:
            self.joining |= self._members(spot.cells, spot.resolution, spot.topic, WEEK_H)
        self.joining &= self.fresh & self.unexplained
        self.own |= self.joining
        self.unexplained &= ~self.joining
        self.seen = self._crowd(self.own | self.unexplained, self.fresh)

    def sightings(self, threshold: float) -> list[Sighting]:
        """Give the zones in which unexplained complaints stand out, strongest first, apart."""
        return self._zones_of(self.unexplained, self.fresh, threshold)

    def growth(self, threshold: float) -> list[Sighting]:
        """Give the zones around complaints that just joined a spot, strongest first, apart."""
        return self._zones_of(self.own | self.unexplained, self.joining, threshold)

    def _zones_of(
        self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_], threshold: float
    ) -> list[Sighting]:
        """Take the strongest zone; while another stands out apart from it, score the rest again.

        Where nothing is expected anywhere yet, no exposure and no history, nothing stands out.
        """
        found: list[Sighting] = []
        if not len(self.ground.expectation.cell) or not (counted & fresh).any():
            return found
        among = self._prospects(counted, fresh, threshold)
        if not any(map(len, among.values())):
            return found
        while (counted & fresh).any() and len(found) < MOST_SIGHTINGS:
            crowd = self._crowd(counted, fresh)
            zones = scan(self.ground, crowd, self.weight, among)
            zones = zones.take(zones.score >= threshold)
            for sighting in found:
                zones = self._apart(zones, sighting)
            if not len(zones.score):
                break
            sighting, members = self._sighting(zones, strongest(zones), counted, crowd)
            found.append(sighting)
            counted = counted & ~members
            if not len(self._apart(zones, sighting).score):
                break
        return found

    def _prospects(
        self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_], threshold: float
    ) -> dict[int, NDArray[np.intp]]:
        """Give the centres of each resolution that may reach the threshold, whoever is taken out.

        Counted are complaints and not customers, for of one taken out an earlier one would stand.
        """
        everybody = everybody_at(
            self.columns, counted, fresh, self.now, self.ground.windows_h, roll=self.roll
        )
        return {
            resolution: prospects(self.ground, lattice, everybody, self.weight, threshold)
            for resolution, lattice in self.ground.lattices.items()
        }

    def _crowd(self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_]) -> Crowd:
        windows_h = self.ground.windows_h
        return crowd_at(self.columns, counted, fresh, self.now, windows_h, roll=self.roll)

    def _apart(self, zones: Zones, sighting: Sighting) -> Zones:
        """Give the zones that have no area in common with a sighting."""
        touching = np.zeros(len(zones.score), dtype=np.bool_)
        for resolution, lattice in self.ground.lattices.items():
            rows = np.flatnonzero(zones.resolution == resolution)
            disks = lattice.cells[lattice.disks(lattice.slots(zones.centre[rows]))]
            at = min(resolution, sighting.resolution)
            taken_cells = parents(np.array(sighting.cells, dtype=np.int64), at)
            common = np.isin(parents(disks, at), taken_cells)
            common &= lattice.ring_of_column <= zones.ring[rows][:, None]
            touching[rows] = common.any(axis=1)
        return zones.take(~touching)

    def _sighting(
        self, zones: Zones, which: int, counted: NDArray[np.bool_], crowd: Crowd
    ) -> tuple[Sighting, NDArray[np.bool_]]:
        resolution, plane = int(zones.resolution[which]), int(zones.plane[which])
        centre, window = int(zones.centre[which]), int(zones.window[which])
        window_h = int(self.ground.windows_h[window])
        best: tuple[int, float, float] = (0, 0.0, 0.0)
        for ring in range(int(zones.ring[which]), self.ground.lattices[resolution].max_ring + 1):
            cells = _disk(centre, ring)
            members = self._members(cells, resolution, _TOPICS[plane], window_h) & counted
            observed, expected, score = self._scored(cells, resolution, plane, members, crowd)
            if ring > zones.ring[which] and score[window] < zones.score[which] - SHAPE_SLACK:
                continue
            chosen, held = cells, members
            best = (int(observed[window]), float(expected[window]), float(score[window]))
        highest = float(zones.score[which])
        sighting = Sighting(
            topic=_TOPICS[plane],
            resolution=resolution,
            cells=chosen,
            window_h=window_h,
            observed=best[0],
            expected=best[1],
            score=highest,
            recurrence_days=self.calibration.recurrence_days(highest),
            complaint_ids=tuple(self.columns.complaint_id[held].tolist()),
        )
        return sighting, held

    def reading(self, spot: DetectedSpot) -> Reading:
        """Give what a spot's zone shows."""
        plane = _TOPICS.index(spot.topic)
        zone = self._members(spot.cells, spot.resolution, spot.topic, WEEK_H)
        counted = self.unexplained if spot.signal is Signal.QUIET else self.own | self.unexplained
        observed, expected, score = self._scored(
            spot.cells, spot.resolution, plane, zone & counted, self.seen
        )
        within = int((self.ground.windows_h <= max(QUIET_LOOK_H, spot.window_h)).sum())
        look = score[: max(within, 1)]
        best = int(np.argmax(look)) if look.any() else len(look) - 1
        return Reading(
            observed=int(observed[best]),
            expected=float(expected[best]),
            score=float(score[best]),
            zone_score=float(score.max()),
            complaint_ids=tuple(self.columns.complaint_id[zone & self.joining].tolist()),
        )

    def _members(
        self, cells: tuple[int, ...], resolution: int, topic: str, window_h: int
    ) -> NDArray[np.bool_]:
        places = self.roll.places
        held = inside(places.cell, places.resolution, cells, resolution)[self.roll.place]
        held &= self.age < window_h * HOUR_US
        if topic != ALL_TOPICS:
            held &= self.columns.topic == _TOPICS.index(topic) - 1
        return held

    def _scored(
        self,
        cells: tuple[int, ...],
        resolution: int,
        plane: int,
        members: NDArray[np.bool_],
        crowd: Crowd,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give observed, expected and score of a zone by window."""
        windows = len(self.ground.windows_h)
        own = self._crowd(members, self.fresh)
        observed = _by_window(own, 0, windows)
        base = float(self.ground.at(np.array(cells), resolution)[:, plane].sum())
        expected = max(base, float(self.ground.expectation.stray[plane])) * self.weight
        others = _by_window(crowd, plane, windows) - observed
        everywhere = self.ground.total[plane] * self.weight
        expected = expected * region_level(others, everywhere - expected)
        return observed, expected, scores(observed, expected)


def _by_window(crowd: Crowd, plane: int, windows: int) -> NDArray[np.float64]:
    of_plane = crowd.plane == plane
    counts = np.bincount(crowd.window[of_plane], weights=crowd.number[of_plane], minlength=windows)
    return np.cumsum(counts)


def _ids(spots: Iterable[DetectedSpot]) -> NDArray[np.int64]:
    return np.array([i for spot in spots for i in spot.complaint_ids], dtype=np.int64)


def _disk(centre: int, ring: int) -> tuple[int, ...]:
    return tuple(sorted(h3.grid_disk(centre, ring)))
