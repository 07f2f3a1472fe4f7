"""The rhythm of a region's week: how many times its mean hour each hour brings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.free_days import HOLIDAY, SUNDAY, kind_of_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WEEK_H = 168
RHYTHM_H = WEEK_H + 24
"""The hours of the week, and after them those of a public holiday."""

_HOUR_PRIOR = 5.0
_DAY_PRIOR = 20.0
_CELL_PRIOR = 20.0
_NEIGHBOURING_HOURS = (0.25, 0.5, 0.25)


@lru_cache(maxsize=4096)
def _hours_of_week_on(zone: ZoneInfo, day: int) -> NDArray[np.intp]:
    """Give the 24 local hours of the week of one UTC day, counted since 1970-01-01."""
    times = (datetime.fromtimestamp((24 * day + h) * 3600, UTC).astimezone(zone) for h in range(24))
    return np.array([24 * kind_of_day(zone, t.date()) + t.hour for t in times], dtype=np.intp)


def hours_of_week(zone: ZoneInfo, first: int, last: int) -> NDArray[np.intp]:
    """Give the local hour of the week, 0 on Monday at midnight, of UTC hours first..last-1.

    Hours are counted since 1970-01-01 UTC. Those of a public holiday go on from `WEEK_H`, 168 at
    midnight, and a moved working day has those of the day it is like (see `kind_of_day`). Where
    the zone is off by half an hour, the local hour in which the UTC hour begins.
    """
    if last <= first:
        return np.zeros(0, dtype=np.intp)
    days = range(first // 24, (last - 1) // 24 + 1)
    hours = np.concatenate([_hours_of_week_on(zone, day) for day in days])
    return hours[first - 24 * days.start : last - 24 * days.start]


def weekly_rhythm(
    counts: NDArray[np.float64], hour: NDArray[np.intp], rest: int = SUNDAY
) -> NDArray[np.float64]:
    """Give the factor of each local hour of the week, mean 1, and of a holiday: shape (192,).

    `counts` are the complaints of consecutive hours, `hour` their hours of the week. Hour of the
    day, then weekday, then their combination are each drawn towards what was known before them
    (Gamma priors worth 5, 20 and 20 complaints), so a week of history gives a smooth day and
    only months can give a Monday morning of its own. In the same way a holiday is drawn towards
    the weekday of `rest`; a history of nothing but holidays is taken for one of such days.
    """
    usual_h = hour < WEEK_H
    if not usual_h.any():
        hour, usual_h = hour - 24 * (HOLIDAY - rest), np.ones(len(hour), dtype=np.bool_)
    usual = counts[usual_h].sum() / max(int(usual_h.sum()), 1)
    if usual == 0:
        return np.ones(RHYTHM_H)
    seen = np.bincount(hour, weights=counts, minlength=RHYTHM_H).astype(np.float64).reshape(-1, 24)
    expected = np.bincount(hour, minlength=RHYTHM_H).reshape(-1, 24) * usual
    week, holiday = slice(HOLIDAY), slice(HOLIDAY, None)
    of_day = _drawn(
        _smooth(seen[week].sum(axis=0)), _smooth(expected[week].sum(axis=0)), _HOUR_PRIOR
    )
    rhythm = of_day * _of_weekdays(seen[week], expected[week] * of_day)
    resting = rhythm[rest : rest + 1]
    free = resting * _of_weekdays(seen[holiday], expected[holiday] * resting)
    return np.asarray(np.concatenate([rhythm, free]).ravel() / rhythm.mean())


def _of_weekdays(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the factor of each weekday's hours over what is expected of them, shape (days, 24)."""
    weekday = _drawn(seen.sum(axis=1), expected.sum(axis=1), _DAY_PRIOR)[:, None]
    return weekday * _drawn(seen, expected * weekday, _CELL_PRIOR)


def _drawn(
    seen: NDArray[np.float64], expected: NDArray[np.float64], prior: float
) -> NDArray[np.float64]:
    return (prior + seen) / (prior + expected)


def _smooth(day: NDArray[np.float64]) -> NDArray[np.float64]:
    before, here, after = _NEIGHBOURING_HOURS
    return before * np.roll(day, 1) + here * day + after * np.roll(day, -1)
