"""What is to be seen at one tick: zones that stand out, and what living spots' zones show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.spots.census import Census
from heatmaps.spots.crowd import Attendance, Standing, latest_of, taken
from heatmaps.spots.record import ALL_TOPICS, Signal
from heatmaps.spots.rhythm import HOUR_US, WEEK_H
from heatmaps.spots.scan import region_level, scores, strongest
from heatmaps.spots.survey import Survey
from heatmaps.spots.tracking import Reading, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.spots.calibration import Calibration
    from heatmaps.spots.crowd import Roll
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
        known = columns.available <= now
        self.age = now - columns.time
        self.fresh = np.maximum(columns.available, columns.time) > now - HOUR_US
        self.weight = ground.expectation.weight_of_windows(now // HOUR_US, ground.windows_h)
        self.attendance = Attendance(columns, now, ground.windows_h, roll=roll.part(rows))
        self.census = Census(self.attendance.roll)
        active = [s for s in living if s.merged_into is None and s.signal is Signal.ACTIVE]
        self.own = known & np.isin(columns.complaint_id, _ids(active))
        self.unexplained = known & ~self.own
        self.unexplained &= ~np.isin(columns.complaint_id, history.left_out)
        self.unexplained &= ~np.isin(columns.complaint_id, _ids(living))
        self.joining = np.zeros(len(self.age), dtype=np.bool_)
        for spot in active:
            self.joining[self._members(spot.cells, spot.resolution, spot.topic, WEEK_H)] = True
        self.joining &= self.fresh & self.unexplained
        self.own |= self.joining
        self.unexplained &= ~self.joining
        everybody = Standing(self.attendance, self.own | self.unexplained, self.fresh)
        self.seen = everybody.by_window

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
        survey = Survey(self.ground, self.attendance, counted, fresh,
                        weight=self.weight, threshold=threshold)  # fmt: skip
        while len(found) < MOST_SIGHTINGS and len((zones := survey.zones()).score):
            sighting, members = self._sighting(zones, strongest(zones), survey.standing)
            found.append(sighting)
            survey.see(sighting.cells, sighting.resolution)
            if not len(survey.unseen(zones).score):
                break
            survey.take_out(members)
        return found

    def _sighting(
        self, zones: Zones, which: int, standing: Standing
    ) -> tuple[Sighting, NDArray[np.intp]]:
        resolution, plane = int(zones.resolution[which]), int(zones.plane[which])
        centre, window = int(zones.centre[which]), int(zones.window[which])
        window_h = int(self.ground.windows_h[window])
        best: tuple[int, float, float] = (0, 0.0, 0.0)
        for ring in range(int(zones.ring[which]), self.ground.lattices[resolution].max_ring + 1):
            cells = _disk(centre, ring)
            members = self._members(cells, resolution, _TOPICS[plane], window_h)
            members = standing.among(members)
            around = standing.by_window[plane]
            observed, expected, score = self._scored(cells, resolution, plane, members, around)
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
            spot.cells, spot.resolution, plane, zone[counted[zone]], self.seen[plane]
        )
        within = int((self.ground.windows_h <= max(QUIET_LOOK_H, spot.window_h)).sum())
        look = score[: max(within, 1)]
        best = int(np.argmax(look)) if look.any() else len(look) - 1
        return Reading(
            observed=int(observed[best]),
            expected=float(expected[best]),
            score=float(score[best]),
            zone_score=float(score.max()),
            complaint_ids=tuple(self.columns.complaint_id[zone[self.joining[zone]]].tolist()),
        )

    def _members(
        self, cells: tuple[int, ...], resolution: int, topic: str, window_h: int
    ) -> NDArray[np.intp]:
        """Give the complaints of a zone, a topic and a window, ascending."""
        rows = self.census.rows(cells, resolution)
        held = self.age[rows] < window_h * HOUR_US
        if topic != ALL_TOPICS:
            held &= self.columns.topic[rows] == _TOPICS.index(topic) - 1
        return rows[held]

    def _scored(
        self,
        cells: tuple[int, ...],
        resolution: int,
        plane: int,
        members: NDArray[np.intp],
        everywhere: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give observed, expected and score of a zone by window; `everywhere` counts customers."""
        windows = len(self.ground.windows_h)
        window = self.attendance.window[latest_of(members, self.attendance.roll.later)]
        observed = np.cumsum(np.bincount(window, minlength=windows + 1))[:windows].astype(float)
        base = float(self.ground.at(np.array(cells), resolution)[:, plane].sum())
        expected = max(base, float(self.ground.expectation.stray[plane])) * self.weight
        usual = self.ground.total[plane] * self.weight
        expected = expected * region_level(everywhere - observed, usual - expected)
        return observed, expected, scores(observed, expected)


def _ids(spots: Iterable[DetectedSpot]) -> NDArray[np.int64]:
    return np.array([i for spot in spots for i in spot.complaint_ids], dtype=np.int64)


def _disk(centre: int, ring: int) -> tuple[int, ...]:
    return tuple(sorted(h3.grid_disk(centre, ring)))
