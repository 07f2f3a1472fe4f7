"""The detector: one hourly tick after another turns complaints into living spots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from heatmaps.errors import UsageError
from heatmaps.spots.calibration import Calibration, calibrate
from heatmaps.spots.expectation import History, baseline_span, fit_expectation
from heatmaps.spots.exposure import sound_exposure
from heatmaps.spots.ground import Ground, lattices_for
from heatmaps.spots.mixture import SUBSTANTIAL, one_mixture
from heatmaps.spots.rhythm import DAY_US, HOUR_US, WEEK_H
from heatmaps.spots.roll import Register
from heatmaps.spots.tracking import follow, match, reshape
from heatmaps.spots.view import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.spots.explained import Explained
    from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure
    from heatmaps.spots.tuning import DetectionPolicy

Calibrate: TypeAlias = "Callable[[Ground, int, int], Calibration]"
"""What gives the calibration of an expectation from its first hour and a seed; see `calibrate`."""

_CALIBRATION_EVERY_DAYS = 28
_YOUNG_CALIBRATIONS = (0, 3, 14)
_SMALLEST_RATE = 1e-12
_MANY_CELLS = 500_000
"""Chance gets nearly everywhere in a week: of more cells than these, the neighbourhoods that a
calibration works out are not kept for the ticks, which meet few of them."""


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
    stopped anywhere and resumed from its records finds the same spots. `calibrated` may be given
    to keep what `calibrate` gives beyond this detector.
    """

    def __init__(
        self,
        exposure: Exposure,
        policy: DetectionPolicy,
        zone: ZoneInfo,
        calibrated: Calibrate = calibrate,
    ) -> None:
        self._exposure = sound_exposure(exposure)
        self._policy = policy
        self._zone = zone
        self._calibrated = calibrated
        self._lattices = lattices_for(policy)
        self._grounds: dict[tuple[object, ...], Ground] = {}
        self._calibrations: dict[tuple[object, ...], Calibration] = {}
        self._registered: Register | None = None
        self._days: dict[int, _Day] = {}

    def step(
        self,
        columns: ComplaintColumns,
        tick: datetime,
        living: tuple[DetectedSpot, ...],
        explained: Explained,
        next_id: int,
    ) -> StepResult:
        """Give the spots after `tick`, an aware time on the full hour.

        `columns` must reach back as `reach_back` says; only complaints with `time` and
        `available` not after `tick` count. `living` are the spots that may still grow or
        relapse, of whatever status; `explained` what living and past spots say of the same
        columns. UsageError where `tick` is not on the hour or names no zone.
        """
        now = _microseconds(tick)
        day = (now - HOUR_US) // DAY_US * DAY_US
        register = self._register(columns)
        history = History(columns, explained.usual_on(day))
        calibration = self._calibration(History(columns, explained.unjudged), day)
        ground = self._ground(history, day)
        view = View(register, explained.by_spot, now, ground, calibration, living)
        threshold = calibration.threshold(self._policy.recurrence_days_per_million)
        quiet_below = calibration.threshold(self._policy.quiet_recurrence_days)
        alive = sorted((s for s in living if s.merged_into is None), key=lambda s: s.spot_id)
        readings = view.readings()
        followed = [follow(s, readings[s.spot_id], quiet_below, tick) for s in alive]
        scores_now = {spot_id: reading.zone_score for spot_id, reading in readings.items()}
        grown = reshape(followed, view.growth(threshold), scores_now, tick, next_id)
        next_id += len(grown.opened)
        alike = partial(_alike, register, now - WEEK_H * HOUR_US, ground.total)
        matched = match(grown.spots, view.sightings(threshold), tick, next_id, alike)
        merged = tuple(spot for spot in living if spot.merged_into is not None)
        return StepResult(
            merged + matched.spots,
            grown.opened + matched.opened,
            next_id + len(matched.opened),
        )

    def _register(self, columns: ComplaintColumns) -> Register:
        """Give the register of the columns, made once for those of a run."""
        if self._registered is None or self._registered.columns is not columns:
            self._registered = Register(columns)
        return self._registered

    def _ground(self, history: History, day: int) -> Ground:
        key = self._known_by(history, day)
        if key not in self._grounds:
            fit = fit_expectation(self._exposure, history, day, self._policy, self._zone)
            self._grounds = {key: Ground(fit, self._policy, self._lattices)}
        return self._grounds[key]

    def _calibration(self, history: History, today: int) -> Calibration:
        """Calibrate on the day the schedule says, so that any tick after it agrees.

        Only complaints a week older than that day are left out: whether they belong to a spot
        was settled by then; and what people judged since does not count (`Explained.unjudged`).
        Where nothing was expected anywhere on that day, today's expectation is calibrated.
        """
        day = self._day(history.columns, today).calibrated
        then = History(history.columns, history.usual, day - WEEK_H * HOUR_US)
        if not len(self._exposure.cell) and not self._day(history.columns, day).known:
            day, then = today, history
        key = self._known_by(then, day)
        if key not in self._calibrations:
            fit = fit_expectation(self._exposure, then, day, self._policy, self._zone)
            few = len(fit.cell) <= _MANY_CELLS
            lattices = self._lattices if few else lattices_for(self._policy)
            ground = Ground(fit, self._policy, lattices)
            self._calibrations = {key: self._calibrated(ground, day // HOUR_US, day // DAY_US)}
        return self._calibrations[key]

    def _known_by(self, history: History, day: int) -> tuple[object, ...]:
        """Give a key that changes whenever what a fit of this day rests on does."""
        of_day = self._day(history.columns, day)
        settled = int(np.searchsorted(history.columns.time, history.settled))
        stop = max(min(of_day.stop, settled), of_day.start)
        part = history.usual[of_day.start : stop]
        out = np.flatnonzero((part < 1) & of_day.learnt[: len(part)])
        return (day, of_day.fingerprint, stop == of_day.stop, out.tobytes(), part[out].tobytes())

    def _day(self, columns: ComplaintColumns, day: int) -> _Day:
        """Give what is known of a day, made once for the columns of a run."""
        known = self._days.get(day)
        if known is None or known.columns is not columns:
            kept = {at: of_day for at, of_day in self._days.items() if of_day.columns is columns}
            known = _Day(columns, day, self._policy)
            self._days = dict(list(kept.items())[-1:]) | {day: known}
        return known


class _Day:
    """What some complaints say of a day, whatever is left out of them."""

    def __init__(self, columns: ComplaintColumns, day: int, policy: DetectionPolicy) -> None:
        self.columns = columns
        self.calibrated = calibration_day(columns, day, policy)
        self.span = baseline_span(columns, day, policy)
        rows = self.span.rows
        self.known = self.span.end > self.span.start
        of_rows = (columns.complaint_id, columns.cell, columns.time, columns.topic,
                   columns.customer)  # fmt: skip
        sums = tuple(int(column[rows].sum(dtype=np.int64)) for column in of_rows)
        self.start, self.stop = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
        self.learnt = np.zeros(self.stop - self.start, dtype=np.bool_)
        self.learnt[rows - self.start] = True
        self.fingerprint = (self.span.start, self.span.end, len(rows), *sums)


def calibration_day(columns: ComplaintColumns, day: int, policy: DetectionPolicy) -> int:
    """Give the day, not after `day`, whose expectation the calibration in force rests on.

    Every four weeks; in a young history 0, 3 and 14 days after its first complaint.
    """
    since = day - int(reach_back(policy).total_seconds()) * 1_000_000
    known = (columns.available <= day) & (columns.time < day) & (columns.time >= since)
    first = int(columns.time[np.argmax(known)]) // DAY_US * DAY_US if known.any() else day
    age = (day - first) // DAY_US
    if age < policy.baseline_days:
        return first + max(young for young in _YOUNG_CALIBRATIONS if young <= max(age, 0)) * DAY_US
    return day - day // DAY_US % _CALIBRATION_EVERY_DAYS * DAY_US


def _alike(
    register: Register,
    since: int,
    total: NDArray[np.float64],
    ids: tuple[int, ...],
    others: tuple[int, ...],
) -> bool:
    """Say whether complaints since a time are of one trouble, by their topics.

    `total` is the region's hourly expectation, of all and of each topic.
    """
    usual = total[1:] / max(float(total[1:].sum()), _SMALLEST_RATE)
    one, other = (register.topics(of, since) for of in (ids, others))
    return one_mixture(one, other, usual) > SUBSTANTIAL


def _microseconds(tick: datetime) -> int:
    if tick.tzinfo is None or tick.minute or tick.second or tick.microsecond:
        message = f"Tick {tick.isoformat()} is not a full hour with a time zone; give one that is."
        raise UsageError(message)
    return int(tick.timestamp()) * 1_000_000
