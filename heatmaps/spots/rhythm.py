"""The rhythm of a region's week: how many times its mean hour each hour brings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

HOUR_US = 3_600_000_000
WEEK_H = 168

_HOUR_PRIOR = 5.0
_DAY_PRIOR = 20.0
_CELL_PRIOR = 20.0
_NEIGHBOURING_HOURS = (0.25, 0.5, 0.25)


@lru_cache(maxsize=4096)
def _hours_of_week_on(zone: ZoneInfo, day: int) -> NDArray[np.intp]:
    """Give the 24 local hours of the week of one UTC day, counted since 1970-01-01."""
    times = (datetime.fromtimestamp((24 * day + h) * 3600, UTC).astimezone(zone) for h in range(24))
    return np.array([24 * t.weekday() + t.hour for t in times], dtype=np.intp)


def hours_of_week(zone: ZoneInfo, first: int, last: int) -> NDArray[np.intp]:
    """Give the local hour of the week, 0 on Monday at midnight, of UTC hours first..last-1.

    Hours are counted since 1970-01-01 UTC. Where the zone is off by half an hour, the local hour
    in which the UTC hour begins.
    """
    if last <= first:
        return np.zeros(0, dtype=np.intp)
    days = range(first // 24, (last - 1) // 24 + 1)
    hours = np.concatenate([_hours_of_week_on(zone, day) for day in days])
    return hours[first - 24 * days.start : last - 24 * days.start]


def weekly_rhythm(counts: NDArray[np.float64], hour: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give the factor of each local hour of the week, shape (168,), mean 1.

    `counts` are the complaints of consecutive hours, `hour` their hours of the week. Hour of the
    day, then weekday, then their combination are each drawn towards what was known before them
    (Gamma priors worth 5, 20 and 20 complaints), so a week of history gives a smooth day and
    only months can give a Monday morning of its own.
    """
    usual = counts.sum() / max(len(counts), 1)
    if usual == 0:
        return np.ones(WEEK_H)
    seen = np.bincount(hour, weights=counts, minlength=WEEK_H).astype(np.float64).reshape(7, 24)
    expected = np.bincount(hour, minlength=WEEK_H).reshape(7, 24) * usual
    of_day = _drawn(_smooth(seen.sum(axis=0)), _smooth(expected.sum(axis=0)), _HOUR_PRIOR)
    expected = expected * of_day
    weekday = _drawn(seen.sum(axis=1), expected.sum(axis=1), _DAY_PRIOR)[:, None]
    own = _drawn(seen, expected * weekday, _CELL_PRIOR)
    rhythm = (of_day * weekday * own).ravel()
    return np.asarray(rhythm / rhythm.mean())


def _drawn(
    seen: NDArray[np.float64], expected: NDArray[np.float64], prior: float
) -> NDArray[np.float64]:
    return (prior + seen) / (prior + expected)


def _smooth(day: NDArray[np.float64]) -> NDArray[np.float64]:
    before, here, after = _NEIGHBOURING_HOURS
    return before * np.roll(day, 1) + here * day + after * np.roll(day, -1)
