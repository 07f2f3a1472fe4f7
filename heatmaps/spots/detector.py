"""The detector: one hourly tick after another turns complaints into living spots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.errors import ConfigError, UsageError
from heatmaps.region.grid import GRID_RESOLUTION, resolution_of
from heatmaps.spots.calibration import Calibration, calibrate
from heatmaps.spots.expectation import fit_expectation
from heatmaps.spots.record import ALL_TOPICS, DetectedSpot, Exposure, Signal
from heatmaps.spots.rhythm import HOUR_US, WEEK_H
from heatmaps.spots.scan import Ground, Zones, crowd_at, lattices_for, region_level, scan, scores
from heatmaps.spots.tracking import Reading, Sighting, follow, inside, match, overlap

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.policy import DetectionPolicy
    from heatmaps.spots.record import ComplaintColumns
    from heatmaps.spots.scan import Crowd

QUIET_LOOK_H = 12
"""A signal turns quiet by the spot's own window or this, whichever is longer: a night passes."""

MOST_SIGHTINGS = 20
"""Zones taken from one tick; what is left stands out again in the next."""

_DAY_US = 24 * HOUR_US
_CALIBRATION_EVERY_DAYS = 7
_YOUNG_CALIBRATIONS = (0, 1, 2, 4, 8, 16, 32)
_TOPICS = (ALL_TOPICS, *(str(topic) for topic in Topic))


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one tick made of the spots.

    `spots` holds every spot that was living, as it is after the tick, and then the new ones; a
    spot with `merged_into` set is over. `opened` are the ids of the new ones, `next_id` the id
    the next new spot will get.
    """

    spots: tuple[DetectedSpot, ...]
    opened: tuple[int, ...]
    next_id: int


def reach_back(policy: DetectionPolicy) -> timedelta:
    """Give how far before a tick the complaints handed to `Detector.step` must reach."""
    hours = policy.guard_band_h + WEEK_H + 24
    return timedelta(days=policy.baseline_days + _CALIBRATION_EVERY_DAYS, hours=hours)


class Detector:
    """Expectation-based space-time scan of one region, in fixed hourly ticks.

    Holds no state beyond caches that are functions of what `step` is given, so that a run
    stopped anywhere and resumed from its records finds the same spots.
    """

    def __init__(self, exposure: Exposure, policy: DetectionPolicy, zone: ZoneInfo) -> None:
        self._exposure = _sound(exposure)
        self._policy = policy
        self._zone = zone
        self._lattices = lattices_for(policy)
        self._grounds: dict[tuple[object, ...], Ground] = {}
        self._calibrations: dict[tuple[object, ...], Calibration] = {}

    def step(
        self,
        columns: ComplaintColumns,
        tick: datetime,
        living: tuple[DetectedSpot, ...],
        left_out: NDArray[np.int64],
        next_id: int,
    ) -> StepResult:
        """Give the spots after `tick`, an aware time on the full hour.

        `columns` must reach back as `reach_back` says; only complaints with `time` and
        `available` not after `tick` count. `living` are the spots that may still grow or
        relapse, of whatever status; `left_out` the ids of all complaints in living and past
        spots, in any order. UsageError where `tick` is not on the hour or names no zone.
        """
        now = _microseconds(tick)
        day = (now - HOUR_US) // _DAY_US * _DAY_US
        ground = self._ground(columns, left_out, day)
        calibration = self._calibration(columns, left_out, day)
        view = _View(columns, _counted_rows(columns, now, living, left_out), now, ground)
        sightings = view.sightings(
            calibration, calibration.threshold(self._policy.recurrence_days_per_million)
        )
        matched = match(sightings, living, tick, next_id)
        quiet_below = calibration.threshold(self._policy.quiet_recurrence_days)
        spots = tuple(
            spot
            if spot.spot_id in matched.sighted or spot.merged_into is not None
            else follow(spot, view.reading(spot), quiet_below, tick)
            for spot in matched.spots
        )
        return StepResult(spots, matched.opened, next_id + len(matched.opened))

    def _ground(self, columns: ComplaintColumns, left_out: NDArray[np.int64], day: int) -> Ground:
        key = _known_by(columns, left_out, day, self._policy)
        if key not in self._grounds:
            fit = fit_expectation(self._exposure, columns, left_out, day, self._policy, self._zone)
            self._grounds = {key: Ground(fit, self._policy, self._lattices)}
        return self._grounds[key]

    def _calibration(
        self, columns: ComplaintColumns, left_out: NDArray[np.int64], day: int
    ) -> Calibration:
        """Calibrate on the day the schedule says, so that any tick after it agrees.

        Only complaints a week older than that day are left out: whether they belong to a spot
        was settled by then.
        """
        day = calibration_day(columns, day, self._policy)
        settled = columns.complaint_id[columns.time < day - WEEK_H * HOUR_US]
        left_out = left_out[np.isin(left_out, settled)]
        key = _known_by(columns, left_out, day, self._policy)
        if key not in self._calibrations:
            fit = fit_expectation(self._exposure, columns, left_out, day, self._policy, self._zone)
            ground = Ground(fit, self._policy, self._lattices)
            self._calibrations = {key: calibrate(ground, day // HOUR_US, day // _DAY_US)}
        return self._calibrations[key]


def calibration_day(columns: ComplaintColumns, day: int, policy: DetectionPolicy) -> int:
    """Give the day, not after `day`, whose expectation the calibration in force rests on.

    Every week; in a young history 0, 1, 2, 4, 8, 16 and 32 days after its first complaint.
    """
    known = columns.time[(columns.available <= day) & (columns.time < day)]
    first = -(-int(known[0]) // _DAY_US) * _DAY_US if len(known) else day
    age = (day - first) // _DAY_US
    if age < policy.baseline_days:
        return first + max(young for young in _YOUNG_CALIBRATIONS if young <= max(age, 0)) * _DAY_US
    return day - day // _DAY_US % _CALIBRATION_EVERY_DAYS * _DAY_US


class _View:
    """What is to be seen at one tick."""

    def __init__(
        self, columns: ComplaintColumns, rows: NDArray[np.intp], now: int, ground: Ground
    ) -> None:
        self.columns, self.now, self.ground = columns, now, ground
        self.rows = rows
        self.cell, self.resolution = columns.cell[rows], columns.resolution[rows]
        self.topic, self.age = columns.topic[rows], now - columns.time[rows]
        known = np.maximum(columns.available[rows], columns.time[rows])
        self.fresh = known > now - HOUR_US
        self.weight = ground.expectation.weight_of_windows(now // HOUR_US, ground.windows_h)
        self.crowd = crowd_at(columns, rows, now, ground.windows_h)

    def sightings(self, calibration: Calibration, threshold: float) -> list[Sighting]:
        """Give the zones that stand out, strongest first, apart from each other.

        After each, its complaints are taken away and the rest is scored again.
        """
        found: list[Sighting] = []
        taken = np.zeros(len(self.rows), dtype=np.bool_)
        crowd = self.crowd
        while crowd.fresh.any() and len(found) < MOST_SIGHTINGS:
            zones = scan(self.ground, crowd, self.weight)
            zones = zones.take(zones.score >= threshold)
            sighting, members = self._strongest(zones, calibration, found, taken)
            if sighting is None:
                break
            found.append(sighting)
            taken |= members
            crowd = crowd_at(self.columns, self.rows[~taken], self.now, self.ground.windows_h)
        return found

    def _strongest(
        self,
        zones: Zones,
        calibration: Calibration,
        found: list[Sighting],
        taken: NDArray[np.bool_],
    ) -> tuple[Sighting | None, NDArray[np.bool_]]:
        for which in _by_strength(zones).tolist():
            resolution, ring = int(zones.resolution[which]), int(zones.ring[which])
            cells = tuple(sorted(h3.grid_disk(int(zones.centre[which]), ring)))
            if any(overlap(cells, resolution, f.cells, f.resolution) for f in found):
                continue
            window_h = int(self.ground.windows_h[zones.window[which]])
            topic = _TOPICS[zones.plane[which]]
            members = self._members(cells, resolution, topic, window_h) & ~taken
            score = float(zones.score[which])
            sighting = Sighting(
                topic=topic,
                resolution=resolution,
                cells=cells,
                window_h=window_h,
                observed=int(zones.observed[which]),
                expected=float(zones.expected[which]),
                score=score,
                recurrence_days=calibration.recurrence_days(score),
                complaint_ids=tuple(self.columns.complaint_id[self.rows[members]].tolist()),
            )
            return sighting, members
        return None, taken

    def reading(self, spot: DetectedSpot) -> Reading:
        """Give what a spot's zone shows in the windows its signal is judged by."""
        look_h = max(QUIET_LOOK_H, spot.window_h)
        windows = np.flatnonzero(self.ground.windows_h <= look_h)
        members = self._members(spot.cells, spot.resolution, spot.topic, look_h)
        plane = _TOPICS.index(spot.topic)
        observed = self._customers(members)[windows]
        base = float(self.ground.at(np.array(spot.cells), spot.resolution)[:, plane].sum())
        expected = max(base, float(self.ground.expectation.stray[plane])) * self.weight[windows]
        others = self._everybody(plane)[windows] - observed
        everywhere = self.ground.total[plane] * self.weight[windows]
        expected = expected * region_level(others, everywhere - expected)
        score = scores(observed, expected)
        best = int(np.argmax(score)) if score.any() else len(windows) - 1
        return Reading(
            observed=int(observed[best]),
            expected=float(expected[best]),
            score=float(score[best]),
            complaint_ids=tuple(
                self.columns.complaint_id[self.rows[members & self.fresh]].tolist()
            ),
        )

    def _members(
        self, cells: tuple[int, ...], resolution: int, topic: str, window_h: int
    ) -> NDArray[np.bool_]:
        members = (self.age < window_h * HOUR_US) & inside(
            self.cell, self.resolution, cells, resolution
        )
        if topic != ALL_TOPICS:
            members &= self.topic == _TOPICS.index(topic) - 1
        return members

    def _customers(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Count customers by window, cumulative."""
        which = np.flatnonzero(members)[::-1]
        _, once = np.unique(self.columns.customer[self.rows[which]], return_index=True)
        window = np.searchsorted(
            self.ground.windows_h * HOUR_US, self.age[which[once]], side="right"
        )
        counts = np.bincount(window, minlength=len(self.ground.windows_h))
        return np.cumsum(counts).astype(np.float64)

    def _everybody(self, plane: int) -> NDArray[np.float64]:
        window = self.crowd.window[self.crowd.plane == plane]
        return np.cumsum(np.bincount(window, minlength=len(self.ground.windows_h))).astype(
            np.float64
        )


def _by_strength(zones: Zones) -> NDArray[np.intp]:
    return np.lexsort(
        (zones.ring, zones.centre, zones.plane, -zones.resolution, -zones.score.round(9))
    )


def _counted_rows(
    columns: ComplaintColumns,
    now: int,
    living: tuple[DetectedSpot, ...],
    left_out: NDArray[np.int64],
) -> NDArray[np.intp]:
    """Give the rows of the longest window that nothing explains yet.

    Those of past spots are explained, and those of spots whose signal is quiet.
    """
    first, last = np.searchsorted(columns.time, [now - WEEK_H * HOUR_US, now], side="right")
    rows = np.arange(first, last)
    rows = rows[columns.available[rows] <= now]
    active = [
        np.array(spot.complaint_ids, dtype=np.int64)
        for spot in living
        if spot.signal is Signal.ACTIVE
    ]
    ids = columns.complaint_id[rows]
    explained = np.isin(ids, left_out)
    for own in active:
        explained &= ~np.isin(ids, own)
    return rows[~explained]


def _known_by(
    columns: ComplaintColumns, left_out: NDArray[np.int64], day: int, policy: DetectionPolicy
) -> tuple[object, ...]:
    """Give a key that changes whenever what a fit of this day rests on does."""
    reach = (policy.guard_band_h + 24 * policy.baseline_days) * HOUR_US
    span = slice(*np.searchsorted(columns.time, [day - reach, day]))
    known = columns.available[span] <= day
    ids = columns.complaint_id[span][known]
    out = ids[np.isin(ids, left_out)]
    cells, times = columns.cell[span][known], columns.time[span][known]
    return (day, len(ids), int(ids.sum()), int(cells.sum()), int(times.sum()), out.tobytes())


def _microseconds(tick: datetime) -> int:
    if tick.tzinfo is None or tick.minute or tick.second or tick.microsecond:
        message = f"Tick {tick.isoformat()} is not a full hour with a time zone; give one that is."
        raise UsageError(message)
    return int(tick.timestamp()) * 1_000_000


def _sound(exposure: Exposure) -> Exposure:
    """Give the exposure sorted, one row a cell, only where somebody lives; ConfigError if wrong."""
    wrong = np.flatnonzero(resolution_of(exposure.cell) != GRID_RESOLUTION)
    if len(wrong):
        cell = int(exposure.cell[wrong[0]])
        message = (
            f"Exposure cell {cell:x} has resolution {h3.get_resolution(cell)}, not "
            f"{GRID_RESOLUTION}; spread coarser cells over their children first."
        )
        raise ConfigError(message)
    wrong = np.flatnonzero(~(np.isfinite(exposure.subscribers) & (exposure.subscribers >= 0)))
    if len(wrong):
        message = (
            f"Exposure of cell {int(exposure.cell[wrong[0]]):x} is "
            f"{exposure.subscribers[wrong[0]]}; subscribers are a number from 0 up."
        )
        raise ConfigError(message)
    cells, cell = np.unique(exposure.cell, return_inverse=True)
    subscribers = np.bincount(cell, weights=exposure.subscribers, minlength=len(cells))
    return Exposure(cells[subscribers > 0], subscribers[subscribers > 0])
