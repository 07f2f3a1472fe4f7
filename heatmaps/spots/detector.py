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
from heatmaps.spots.scan import (
    Ground,
    Zones,
    crowd_at,
    lattices_for,
    region_level,
    scan,
    scores,
    taken,
)
from heatmaps.spots.tracking import (
    Reading,
    Sighting,
    follow,
    inside,
    match,
    overlap,
    reshape,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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

SHAPE_SLACK = 1.0
"""A zone is widened by rings as long as it scores at most this less: a few complaints seldom lie
at a fault's very edge, so the disk that fits them best is too small."""

_DAY_US = 24 * HOUR_US
_CALIBRATION_EVERY_DAYS = 28
_YOUNG_CALIBRATIONS = (0, 2, 7, 21)
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
        view = _View(columns, now, ground, calibration, living, left_out)
        threshold = calibration.threshold(self._policy.recurrence_days_per_million)
        quiet_below = calibration.threshold(self._policy.quiet_recurrence_days)
        alive = sorted((s for s in living if s.merged_into is None), key=lambda s: s.spot_id)
        readings = {spot.spot_id: view.reading(spot) for spot in alive}
        followed = [follow(s, readings[s.spot_id], quiet_below, tick) for s in alive]
        scores_now = {spot_id: reading.zone_score for spot_id, reading in readings.items()}
        grown = reshape(followed, view.growth(threshold), scores_now, tick, next_id)
        next_id += len(grown.opened)
        matched = match(grown.spots, view.sightings(threshold), tick, next_id)
        merged = tuple(spot for spot in living if spot.merged_into is not None)
        return StepResult(
            merged + matched.spots,
            grown.opened + matched.opened,
            next_id + len(matched.opened),
        )

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

    Every four weeks; in a young history 0, 2, 7 and 21 days after its first complaint.
    """
    known = columns.time[(columns.available <= day) & (columns.time < day)]
    first = -(-int(known[0]) // _DAY_US) * _DAY_US if len(known) else day
    age = (day - first) // _DAY_US
    if age < policy.baseline_days:
        return first + max(young for young in _YOUNG_CALIBRATIONS if young <= max(age, 0)) * _DAY_US
    return day - day // _DAY_US % _CALIBRATION_EVERY_DAYS * _DAY_US


class _View:
    """What is to be seen at one tick: the complaints of the longest window and whose they are.

    `unexplained` belong to no spot; `own` to a spot whose signal is active, some of them only
    since this hour (`joining`, inside its zone). Those of past spots and of quiet ones are over.
    """

    def __init__(
        self,
        columns: ComplaintColumns,
        now: int,
        ground: Ground,
        calibration: Calibration,
        living: tuple[DetectedSpot, ...],
        left_out: NDArray[np.int64],
    ) -> None:
        self.now, self.ground, self.calibration = now, ground, calibration
        first, last = np.searchsorted(columns.time, [now - WEEK_H * HOUR_US, now], side="right")
        rows = np.arange(first, last)
        rows = rows[columns.available[rows] <= now]
        self.columns = columns = taken(columns, rows)
        self.age = now - columns.time
        self.fresh = np.maximum(columns.available, columns.time) > now - HOUR_US
        self.weight = ground.expectation.weight_of_windows(now // HOUR_US, ground.windows_h)
        active = [s for s in living if s.merged_into is None and s.signal is Signal.ACTIVE]
        self.own = np.isin(columns.complaint_id, _ids(active))
        self.unexplained = ~(self.own | np.isin(columns.complaint_id, left_out))
        self.unexplained &= ~np.isin(columns.complaint_id, _ids(living))
        self.joining = np.zeros(len(self.age), dtype=np.bool_)
        for spot in active:
            self.joining |= self._members(spot.cells, spot.resolution, spot.topic, WEEK_H)
        self.joining &= self.fresh & self.unexplained
        self.own |= self.joining
        self.unexplained &= ~self.joining
        self.seen = crowd_at(
            columns, self.own | self.unexplained, self.fresh, now, ground.windows_h
        )

    def sightings(self, threshold: float) -> list[Sighting]:
        """Give the zones in which unexplained complaints stand out, strongest first, apart."""
        return self._zones_of(self.unexplained, self.fresh, threshold)

    def growth(self, threshold: float) -> list[Sighting]:
        """Give the zones around complaints that just joined a spot, strongest first, apart."""
        return self._zones_of(self.own | self.unexplained, self.joining, threshold)

    def _zones_of(
        self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_], threshold: float
    ) -> list[Sighting]:
        """Take the strongest zone; while another stands out apart from it, score the rest again."""
        found: list[Sighting] = []
        while (counted & fresh).any() and len(found) < MOST_SIGHTINGS:
            crowd = crowd_at(self.columns, counted, fresh, self.now, self.ground.windows_h)
            zones = scan(self.ground, crowd, self.weight)
            zones = zones.take(zones.score >= threshold)
            strongest = next(_apart(zones, found), None)
            if strongest is None:
                break
            sighting, members = self._sighting(zones, strongest, counted, crowd)
            found.append(sighting)
            counted = counted & ~members
            if next(_apart(zones, found), None) is None:
                break
        return found

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
        look = score[self.ground.windows_h <= max(QUIET_LOOK_H, spot.window_h)]
        best = int(np.argmax(look)) if look.any() else max(len(look) - 1, 0)
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
        held = inside(self.columns.cell, self.columns.resolution, cells, resolution)
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
        own = crowd_at(self.columns, members, self.fresh, self.now, self.ground.windows_h)
        observed = _by_window(own, 0, windows)
        base = float(self.ground.at(np.array(cells), resolution)[:, plane].sum())
        expected = max(base, float(self.ground.expectation.stray[plane])) * self.weight
        others = _by_window(crowd, plane, windows) - observed
        everywhere = self.ground.total[plane] * self.weight
        expected = expected * region_level(others, everywhere - expected)
        return observed, expected, scores(observed, expected)


def _by_window(crowd: Crowd, plane: int, windows: int) -> NDArray[np.float64]:
    counts = np.bincount(crowd.window[crowd.plane == plane], minlength=windows)
    return np.cumsum(counts).astype(np.float64)


def _ids(spots: Iterable[DetectedSpot]) -> NDArray[np.int64]:
    return np.array([i for spot in spots for i in spot.complaint_ids], dtype=np.int64)


def _disk(centre: int, ring: int) -> tuple[int, ...]:
    return tuple(sorted(h3.grid_disk(centre, ring)))


def _apart(zones: Zones, found: list[Sighting]) -> Iterator[int]:
    """Give the positions of zones that touch no sighting, strongest first."""
    for which in _by_strength(zones).tolist():
        resolution = int(zones.resolution[which])
        cells = _disk(int(zones.centre[which]), int(zones.ring[which]))
        if not any(overlap(cells, resolution, f.cells, f.resolution) for f in found):
            yield which


def _by_strength(zones: Zones) -> NDArray[np.intp]:
    return np.lexsort(
        (zones.ring, zones.centre, zones.plane, -zones.resolution, -zones.score.round(9))
    )


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
