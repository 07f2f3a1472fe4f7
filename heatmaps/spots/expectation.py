"""What a place normally produces: complaints expected per cell, topic and hour.

Expected = subscribers x rate of the place x rhythm of the week; the level of the whole region in
the hours just gone is the scan's to add, from those very hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import GRID_RESOLUTION, child_range, parents
from heatmaps.spots.dispersion import dispersion
from heatmaps.spots.exposure import exposure_of_counts
from heatmaps.spots.free_days import day_of_rest
from heatmaps.spots.record import taken
from heatmaps.spots.repeats import customers_in_windows
from heatmaps.spots.rhythm import DAY_US, HOUR_US, WEEK_H, hours_of_week, weekly_rhythm
from heatmaps.spots.roll import compact
from heatmaps.spots.shrinkage import place_factors, topic_shares

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.spots.record import ComplaintColumns, Exposure
    from heatmaps.spots.tuning import DetectionPolicy

PLANES = 1 + len(Topic)
"""Plane 0 holds all topics together, plane 1 + t the topic with code t."""

THIN_SHARE = 0.1
"""A cell with less than this part of the median cell's subscribers is thin: its figure says
little about who complains there (a station, a motorway, a park, a wrong geocode)."""

_UNSEEN = 0.5
"""Complaints added to a count whose rate is to be drawn from it alone (Jeffreys' prior)."""

_WEEK_US = WEEK_H * HOUR_US
_MONTH_H = 30 * 24


@dataclass(frozen=True, slots=True)
class Expectation:
    """The fit of one day.

    `cell` are H3 cells of resolution 9, sorted; `hourly` the complaints expected in each in an
    hour of mean rhythm, shape (cells, `PLANES`); `evidence` the number of complaints each cell's
    rate rests on; `rhythm` the factor of each local hour of the week and of a holiday
    (see `weekly_rhythm`); `repeats` how many times the customers expected in a window of 1 to 168
    hours stand in it, for some call again (see `customers_in_windows`); `stray` what is expected
    in an hour of mean rhythm in a cell that is in no list, shape (`PLANES`,); `subscribers` the
    size of the region; `dispersion` the variance of counts over their mean, 1 where they are
    Poisson's (see `dispersion`); `own_share` the part of a zone's
    own count that is expected of it in a mean hour, above 0 where no exposure is loaded.
    """

    cell: NDArray[np.int64]
    hourly: NDArray[np.float32]
    evidence: NDArray[np.float64]
    rhythm: NDArray[np.float64]
    repeats: NDArray[np.float64]
    stray: NDArray[np.float64]
    subscribers: float
    zone: ZoneInfo
    dispersion: float = 1.0
    own_share: float = 0.0

    def weight_of_windows(self, tick_h: int, windows_h: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give how many mean hours' customers each window ending at UTC hour `tick_h` holds."""
        return self.mean_hours(tick_h, windows_h) * self.repeats[windows_h - 1]

    def mean_hours(self, tick_h: int, windows_h: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give how many mean hours each window is worth where nobody calls twice."""
        longest = int(windows_h.max())
        hour = hours_of_week(self.zone, tick_h - longest, tick_h)
        return np.asarray(np.cumsum(self.rhythm[hour][::-1])[windows_h - 1])

    def rolled_up(self, resolution: int) -> tuple[NDArray[np.int64], NDArray[np.floating]]:
        """Give the cells of a resolution, sorted, and their sums of `hourly`."""
        if resolution == GRID_RESOLUTION:
            return self.cell, self.hourly
        owner = parents(self.cell, resolution)
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        if not len(first):
            return owner, np.zeros((0, PLANES))
        return owner[first], np.add.reduceat(self.hourly, first, axis=0, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class History:
    """Complaints, and the part of each that a baseline learns from, 0 to 1 (see `Explained`).

    Only of what was made before `settled`, in microseconds as in the columns, a part is left out.
    """

    columns: ComplaintColumns
    usual: NDArray[np.float32]
    settled: int = np.iinfo(np.int64).max

    def learnt(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the part of each row that a baseline learns from."""
        whole = self.columns.time[rows] >= self.settled
        return np.where(whole, np.float32(1), self.usual[rows])


@dataclass(frozen=True, slots=True)
class Span:
    """The rows known on a day that a fit may learn from, and the time [start, end) they fill."""

    rows: NDArray[np.intp]
    start: int
    end: int


def baseline_span(columns: ComplaintColumns, day: int, policy: DetectionPolicy) -> Span:
    """Give what the fit of a day may learn from.

    `day` is the day's first moment, in microseconds as in the columns. The span is the trailing
    `baseline_days` before the guard band; where history is young, what there is of it, and the
    guard band takes no more than its half. Only what was known at `day` counts.
    """
    earliest = day - policy.guard_band_h * HOUR_US - policy.baseline_days * DAY_US
    first, last = np.searchsorted(columns.time, [earliest, day]).tolist()
    known = first + np.flatnonzero(columns.available[first:last] <= day)
    if not len(known):
        return Span(known, day, day)
    begin = int(columns.time[known[0]]) // HOUR_US * HOUR_US
    end = day - min(policy.guard_band_h, (day - begin) // HOUR_US // 2) * HOUR_US
    start = max(begin, end - policy.baseline_days * DAY_US)
    rows = known[(columns.time[known] >= start) & (columns.time[known] < end)]
    return Span(rows, start, end)


def baseline_complaints(
    history: History, span: Span
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Give the rows a fit learns from, a customer once a week, and the part of each."""
    part = history.learnt(span.rows)
    rows, part = span.rows[part > 0], part[part > 0]
    columns = history.columns
    new = _once_a_week(columns.customer[rows], columns.time[rows] - span.start)
    return rows[new], part[new]


def _once_a_week(customer: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.intp]:
    """Give the first complaint of each customer in each week; `time` ascends."""
    code = compact(customer)
    row, first = np.arange(len(code)), np.zeros(int(code.max(initial=-1)) + 1, dtype=np.intp)
    new = np.zeros(len(code), dtype=np.bool_)
    weeks = np.flatnonzero(np.diff(time // _WEEK_US)) + 1
    for part in np.split(row, weeks):
        first[code[part[::-1]]] = part[::-1]  # of several the last assignment holds
        new[part] = first[code[part]] == part
    return np.flatnonzero(new)


def fit_expectation(
    exposure: Exposure,
    history: History,
    day: int,
    policy: DetectionPolicy,
    zone: ZoneInfo,
) -> Expectation:
    """Fit the expectation of one day: a function of the day and of what was known when it began.

    `exposure` is as `sound_exposure` gives it. Where none is loaded, the expectation is that of the
    space-time permutation (Kulldorff et al. 2005, PLoS Med. 2:e59): a zone's own complaints, those
    of the window among them, times the window's share of the whole time; the region's size is what
    its complaints imply. Spreading complaints
    over their surroundings as if people lived there finds a little more, and makes false alarms
    nearly three times as often as promised. A thin cell counts with a tenth of the median cell's
    subscribers, at least one, or with as many as its complaints but one would take at the
    region's rate.
    """
    columns = history.columns
    span = baseline_span(columns, day, policy)
    rows, part = baseline_complaints(history, span)
    start, end = span.start, span.end
    hour = hours_of_week(zone, start // HOUR_US, end // HOUR_US)
    of_hours = np.bincount((columns.time[rows] - start) // HOUR_US, part, minlength=len(hour))
    rest = day_of_rest(zone, datetime.fromtimestamp(day / 1e6, zone).date())
    rhythm = weekly_rhythm(of_hours.astype(np.float64), hour, rest)
    hours = float(rhythm[hour].sum())
    prior_rate = policy.prior_complaints_per_1000_month / 1000 / _MONTH_H
    cell, topic, weight = _at_grid(taken(columns, rows), part, exposure)
    loaded = bool(exposure.subscribers.sum() > 0)
    if not loaded:
        exposure = exposure_of_counts(cell, weight, prior_rate * max(hours, 1.0))
    cells = _with(exposure.cell, cell)
    place = np.searchsorted(cells, cell)
    observed = (
        np.bincount(place * len(Topic) + topic, weights=weight, minlength=len(cells) * len(Topic))
        .reshape(len(cells), len(Topic))
        .astype(np.float64)
    )
    total = observed.sum(axis=1)
    subscribers = np.zeros(len(cells))
    subscribers[np.searchsorted(cells, exposure.cell)] = exposure.subscribers
    size = float(subscribers.sum())
    pull = (prior_rate, policy.prior_days * 24)
    floor = _floor(subscribers)
    implied = np.maximum(total - 1, 0) / (_rate(total, size, hours, pull) * max(hours, 1.0))
    subscribers = np.where(subscribers < floor, np.maximum(floor, implied), subscribers)
    rate = _rate(total, float(subscribers.sum()), hours, pull)
    if loaded:
        factor, evidence = place_factors(cells, total, subscribers * rate * hours)
        hourly = subscribers * rate * factor
    else:
        hourly, evidence = total / max(hours, 1.0), total + _UNSEEN
    shares, usual = topic_shares(cells, observed)
    return Expectation(
        cell=cells,
        hourly=np.concatenate([hourly[:, None], hourly[:, None] * shares], axis=1).astype(
            np.float32
        ),
        evidence=evidence,
        rhythm=rhythm,
        repeats=_repeats(history, span, float(part.sum())),
        stray=floor * rate * np.concatenate([[1.0], usual]),
        subscribers=size,
        zone=zone,
        dispersion=_dispersion(columns, rows, part, start),
        own_share=0.0 if loaded else 1 / max(hours, 1.0),
    )


def _repeats(history: History, span: Span, counted: float) -> NDArray[np.float64]:
    customer, time = history.columns.customer[span.rows], history.columns.time[span.rows]
    return customers_in_windows(customer, time, history.learnt(span.rows), counted)


def _dispersion(
    columns: ComplaintColumns, rows: NDArray[np.intp], part: NDArray[np.float32], start: int
) -> float:
    fine = columns.resolution[rows] == GRID_RESOLUTION
    week = (columns.time[rows[fine]] - start) // _WEEK_US
    return dispersion(columns.cell[rows[fine]], week, part[fine].astype(np.float64))


def _at_grid(
    columns: ComplaintColumns, part: NDArray[np.float32], known: Exposure
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.float64]]:
    """Spread coarsely located complaints over the populated cells they may belong to.

    Gives cells, topics, and how much of a complaint falls there.
    """
    cell, topic, weight = columns.cell, columns.topic, part.astype(np.float64)
    fine = columns.resolution == GRID_RESOLUTION
    coarse, inverse = np.unique(cell[~fine], return_inverse=True)
    key = inverse * len(Topic) + topic[~fine]
    by_topic = np.bincount(key, weight[~fine], minlength=len(coarse) * len(Topic))
    by_topic = by_topic.reshape(-1, len(Topic))
    at, share, number = _spread(coarse, known)
    owner, code = np.nonzero(by_topic)
    times = number[owner]
    entry = np.repeat(np.cumsum(number)[owner] - np.cumsum(times), times) + np.arange(times.sum())
    return (
        np.concatenate([cell[fine], at[entry]]),
        np.concatenate([topic[fine], np.repeat(code, times).astype(np.int8)]),
        np.concatenate([weight[fine], share[entry] * np.repeat(by_topic[owner, code], times)]),
    )


def _spread(
    coarse: NDArray[np.int64], known: Exposure
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.intp]]:
    """Give the populated cells in coarse ones, each one's share of its own, and their numbers.

    Where nobody lives in a coarse cell, its centre stands for it.
    """
    ranges = np.array([child_range(one, GRID_RESOLUTION) for one in coarse.tolist()], np.int64)
    low, high = ranges.reshape(-1, 2).T
    first, end = np.searchsorted(known.cell, low), np.searchsorted(known.cell, high, side="right")
    before = np.concatenate([[0.0], np.cumsum(known.subscribers)])
    empty = ~(before[end] > before[first])
    number = np.where(empty, 1, end - first)
    start = np.cumsum(number) - number
    entry = np.repeat(first - start, number) + np.arange(number.sum())
    at, people = np.append(known.cell, 0)[entry], np.append(known.subscribers, 1.0)[entry]
    centres = [h3.cell_to_center_child(one, GRID_RESOLUTION) for one in coarse[empty].tolist()]
    at[start[empty]], people[start[empty]] = np.array(centres, dtype=np.int64), 1.0
    of = np.repeat(np.arange(len(coarse)), number)
    return at, people / np.bincount(of, people, minlength=len(coarse))[of], number


def _with(known: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give different cells, sorted, with others that are not among them, few as a rule."""
    place = np.searchsorted(known, cell)
    new = np.unique(cell[np.append(known, -1)[place] != cell])
    return np.insert(known, np.searchsorted(known, new), new)


def _rate(
    observed: NDArray[np.float64], subscribers: float, hours: float, prior: tuple[float, float]
) -> float:
    """Give complaints per subscriber and hour after a Gamma prior of a rate worth some hours."""
    prior_rate, prior_hours = prior
    people = max(subscribers, 1.0)
    seen = prior_rate * prior_hours * people + float(observed.sum())
    return seen / (people * (prior_hours + hours))


def _floor(subscribers: NDArray[np.float64]) -> float:
    populated = subscribers[subscribers > 0]
    return max(1.0, THIN_SHARE * float(np.median(populated))) if len(populated) else 1.0
