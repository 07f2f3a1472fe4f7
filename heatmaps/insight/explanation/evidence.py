"""What complaints themselves say of a spot's cause: topics, technology, course, hours, extent.

Each function reads one sign off columns, of all spots at once, and gives nothing where there is
too little to read.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Place, Technology, Topic
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import said
from heatmaps.spots.rhythm import HOUR_US, hours_of_week

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.insight.explanation.columns import ReportColumns, SpotColumns
    from heatmaps.insight.explanation.signs import Sign

OWN_PART = 0.7
"""What is behind a spot shows in this part of its complaints, the rest being as usual: people
call one thing by several names, and some would have complained anyhow."""

CLEARLY = math.log(3.0)
"""A value stands out when the complaints are three times as likely with it behind them."""

FEWEST_TOLD = 3
"""Fewer complaints that tell something are not read."""

FEWEST_IN_TIME = 5
"""Fewer complaints show no course: the first and the last only say when it was."""

EVENING = range(18, 24)
"""Local hours in which networks are fullest."""

STANDARD_ERRORS = 1.5
"""A course or an hour tells when it is so far from what is usual."""

SMALL_KM2, WIDE_KM2 = 1.0, 10.0
"""A zone up to the first is what a site of a city serves, above the second several sites."""

CHRONIC_TIMES = 2.0
"""A place is chronic that usually complains so many times as much as its subscribers would."""


def topics(spots: SpotColumns, reports: ReportColumns, usual: NDArray[np.float64]) -> Sign:
    """Say which topic stands out against the usual mix of each place, shape (spots, topics).

    The figure is its share of the complaints.
    """
    return _standing_out(spots, reports.spot, reports.topic, usual[reports.spot], len(Topic))


def technology(spots: SpotColumns, reports: ReportColumns, usual: NDArray[np.float64]) -> Sign:
    """Say which technology stands out; `usual` are shares by topic, shape (topics, technologies).

    Several where each technology by itself is unlikely. The figure is the share of the complaints
    that name one.
    """
    told = reports.take(reports.technology != UNKNOWN)
    return _standing_out(
        spots, told.spot, told.technology, usual[told.topic], len(Technology), several=True
    )


def whereabouts(spots: SpotColumns, reports: ReportColumns, usual: NDArray[np.float64]) -> Sign:
    """Say whether people suffer indoors, outdoors or under way; `usual` are shares of each."""
    told = reports.take(reports.place != UNKNOWN)
    here = np.broadcast_to(usual, (len(told), len(Place)))
    return _standing_out(spots, told.spot, told.place, here, len(Place))


def _standing_out(  # noqa: PLR0913 - one column against its usual shares
    spots: SpotColumns,
    spot: NDArray[np.int64],
    code: NDArray[np.int64],
    usual: NDArray[np.float64],
    values: int,
    *,
    several: bool = False,
) -> Sign:
    """Give the value with the highest likelihood ratio, the one after all values where none is.

    `usual` are the shares to be expected of each complaint, shape (complaints, values). Under a
    value it makes `OWN_PART` of the complaints.
    """
    number = len(spots)
    told = np.bincount(spot, minlength=number)
    own = usual[np.arange(len(code)), code]
    gain = np.log1p(OWN_PART * (1 / np.maximum(own, 1e-3) - 1)) - math.log(1 - OWN_PART)
    ratio = np.bincount(spot * values + code, gain, minlength=number * values)
    ratio = ratio.reshape(number, values) + told[:, None] * math.log(1 - OWN_PART)
    counts = np.bincount(spot * values + code, minlength=number * values).reshape(number, values)
    best = ratio.argmax(axis=1)
    high = ratio.max(axis=1, initial=-np.inf)
    none = np.where(high < -CLEARLY, values, values + 1) if several else np.full(number, values)
    outcome = np.where(high >= CLEARLY, best, none)
    share = counts[np.arange(number), best] / np.maximum(told, 1)
    return said(told >= FEWEST_TOLD, outcome, share)


def onset(spots: SpotColumns, reports: ReportColumns, clock: Clock) -> Sign:
    """Say whether complaints came at once, evenly or ever more, by the rhythm of the week.

    Between a first and a last complaint the others fall evenly where nothing changes. The figure
    is where the middle one stands, 0 to 1.
    """
    number, moment = len(spots), clock.mean_hours(reports.time)
    first, last = np.full(number, np.inf), np.full(number, -np.inf)
    np.minimum.at(first, reports.spot, moment)
    np.maximum.at(last, reports.spot, moment)
    span = last - first
    count = np.bincount(reports.spot, minlength=number)
    total = np.bincount(reports.spot, moment, minlength=number)
    inner = np.maximum(count - 2, 1)
    readable = (count >= FEWEST_IN_TIME) & (span > 0)
    with np.errstate(invalid="ignore"):
        mean = ((total - first - last) / inner - first) / np.where(readable, span, 1.0)
    away = np.where(readable, (mean - 0.5) * np.sqrt(12.0 * inner), 0.0)
    outcome = 1 + (away > STANDARD_ERRORS) - 1 * (away < -STANDARD_ERRORS)
    return said(readable, outcome, np.where(readable, mean, np.nan))


def hours(spots: SpotColumns, reports: ReportColumns, clock: Clock) -> Sign:
    """Say whether complaints gather in the evening more than its rhythm makes them.

    Only a spot that has lived through a day can say it. The figure is the share of the evening.
    """
    number = len(spots)
    lasted = spots.until - spots.began >= 24 * HOUR_US
    count = np.bincount(reports.spot, minlength=number)
    late = np.bincount(reports.spot, clock.in_evening(reports.time), minlength=number)
    usual = clock.evening_share(spots.began, spots.until)
    spread = np.sqrt(np.maximum(count * usual * (1 - usual), 1e-9))
    outcome = np.where(late - count * usual >= STANDARD_ERRORS * spread, 0, 1)
    return said(lasted & (count >= FEWEST_IN_TIME), outcome, late / np.maximum(count, 1))


def extent(spots: SpotColumns) -> Sign:
    """Say how large the zone is, in square kilometres."""
    outcome = (spots.area_km2 > SMALL_KM2).astype(int) + (spots.area_km2 > WIDE_KM2)
    return said(spots.area_km2 > 0, outcome, spots.area_km2)


def place_before(times_usual: NDArray[np.float64]) -> Sign:
    """Say whether a place complains all the time; the figure is how many times what is usual.

    NaN where nobody knows who lives there.
    """
    known = np.isfinite(times_usual)
    return said(known, np.where(times_usual >= CHRONIC_TIMES, 0, 1), times_usual)


def repeat_share(reports: ReportColumns, number: int) -> NDArray[np.float64]:
    """Give the share of each spot's customers who complained more than once, of `number` spots."""
    pair, first = np.unique(
        np.column_stack([reports.spot, reports.customer]), axis=0, return_counts=True
    )
    customers = np.bincount(pair[:, 0], minlength=number)
    again = np.bincount(pair[:, 0], first > 1, minlength=number)
    return np.asarray(again / np.maximum(customers, 1))


class Clock:
    """Moments by the rhythm of a region's week, `rhythm` of shape (168,), between two moments."""

    def __init__(self, rhythm: NDArray[np.float64], zone: ZoneInfo, since: int, until: int) -> None:
        self._first = since // HOUR_US
        hour = hours_of_week(zone, self._first, until // HOUR_US + 1)
        factor = rhythm[hour]
        self._evening = np.isin(hour % 24, EVENING)
        self._passed = np.concatenate([[0.0], np.cumsum(factor)])
        self._late = np.concatenate([[0.0], np.cumsum(factor * self._evening)])

    def mean_hours(self, time: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give how many hours of mean rhythm had passed at each moment."""
        return self._at(self._passed, time)

    def in_evening(self, time: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give 1 for each moment in the evening, else 0."""
        row = np.clip(time // HOUR_US - self._first, 0, len(self._evening) - 1)
        return self._evening[row].astype(np.float64)

    def evening_share(
        self, since: NDArray[np.int64], until: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Give the part of what comes between two moments that comes in the evening."""
        whole = self.mean_hours(until) - self.mean_hours(since)
        late = self._at(self._late, until) - self._at(self._late, since)
        return np.asarray(late / np.maximum(whole, 1e-9))

    def _at(self, sums: NDArray[np.float64], time: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.interp(time / HOUR_US - self._first, np.arange(len(sums)), sums)
