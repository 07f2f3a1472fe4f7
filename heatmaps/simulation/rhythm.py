"""When people complain: hours, weekdays, restless days."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

HOUR_S = 3600
_WORKDAY = (4, 3, 2, 1, 1, 2, 5, 11, 20, 32, 40, 42, 43, 42, 41, 41, 43, 48, 56, 62, 60, 50, 32, 14)
_WEEKEND = (8, 5, 3, 2, 2, 2, 3, 6, 12, 22, 34, 42, 46, 47, 46, 45, 46, 48, 52, 55, 54, 46, 32, 17)
_WEEKDAY = (1.22, 1.07, 1.02, 1.00, 1.04, 0.84, 0.81)
FIRST_WEEKEND_DAY = 5
DAY_SHAPE = 60.0
"""Shape of the gamma law of a day's level: no two Tuesdays are alike (13 % to either side)."""
BAD_DAY_EVERY = 28
BAD_DAY_LEVEL = 1.6


def weekday_level(day: date) -> float:
    """Give how much the weekday of `day` complains against the mean day, 1.0."""
    return _WEEKDAY[day.weekday()] / (sum(_WEEKDAY) / len(_WEEKDAY))


def hour_shares(day: date) -> NDArray[np.float64]:
    """Give the 24 local hours' shares of a day's complaints; they add up to 1."""
    hours = _WEEKEND if day.weekday() >= FIRST_WEEKEND_DAY else _WORKDAY
    return np.array(hours, dtype=np.float64) / sum(hours)


def day_level(day: date, seed: int, rng: np.random.Generator) -> float:
    """Give the level of one day over the whole region; one day in `BAD_DAY_EVERY` is a bad one."""
    block, position = divmod(day.toordinal(), BAD_DAY_EVERY)
    bad = int(generator(seed, Purpose.BAD_DAY, block).integers(BAD_DAY_EVERY)) == position
    return float(rng.gamma(DAY_SHAPE, 1 / DAY_SHAPE)) * (BAD_DAY_LEVEL if bad else 1.0)


def midnight(day: date, zone: ZoneInfo) -> int:
    """Give the second since 1970-01-01 UTC at which `day` begins in `zone`."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def hourly_levels(start: int, hours: int, zone: ZoneInfo) -> NDArray[np.float64]:
    """Give the usual level of each of `hours` hours from second `start` on, shape (hours,)."""
    moments = [datetime.fromtimestamp(start + i * HOUR_S, tz=zone) for i in range(hours)]
    return np.array([weekday_level(m) * hour_shares(m)[m.hour] * 24 for m in moments])
