"""What a region of a trial complains about when nothing is wrong, and how unevenly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import parents
from heatmaps.simulation.rhythm import (
    FIRST_WEEKEND_DAY,
    HOUR_S,
    hour_shares,
    weekday_level,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.simulation.trials.land import Land

PER_1000_MONTH = (2.0, 4.0)
"""Complaints of a thousand subscribers in thirty days."""
_MONTH_H = 720
_PLACE_SHAPES = (4.0, 3.0)
"""Gamma shapes of how a place complains: its surroundings of 5 km2, and the cell in them."""
_HOT, _HOT_FACTOR = 0.01, (3.0, 8.0)
"""The share of cells that always complain more, and how much."""
_TOPIC_SHAPE = 30.0
_DAY_SHAPE = (30.0, 120.0)
_BAD_DAY, _BAD_LEVEL = 1 / 28, (1.3, 2.2)
_HOLIDAY_LEVEL = (0.5, 0.8)
_USUAL_TOPICS = np.array([0.14, 0.10, 0.20, 0.28, 0.12, 0.10, 0.06])


@dataclass(frozen=True, slots=True)
class Habits:
    """How often, of what and when a land complains.

    `rate` is the complaints of each cell in an hour of mean level; `topics` the shares of topics
    around each cell, shape (cells, topics), rows adding up to 1; `level` that of each hour from
    `first_h`, hours since 1970 UTC, on.
    """

    rate: NDArray[np.float64]
    topics: NDArray[np.float64]
    level: NDArray[np.float64]
    first_h: int

    def beat(self, starts_at: int, ends_at: int) -> NDArray[np.float64]:
        """Give the level of the hours that begin at `starts_at` and every hour after it."""
        first = starts_at // HOUR_S - self.first_h
        hours = -(-(ends_at - starts_at) // HOUR_S)
        return self.level[np.clip(np.arange(first, first + hours), 0, len(self.level) - 1)]


def draw_habits(
    rng: np.random.Generator, land: Land, days: NDArray[np.int64], zone: ZoneInfo,
    holidays: Mapping[date, str],
) -> Habits:  # fmt: skip
    """Draw the habits of a land over local `days`, the seconds at which each begins, UTC."""
    _, around = np.unique(parents(land.cell, 7), return_inverse=True)
    wide, own = _PLACE_SHAPES
    factor = rng.gamma(wide, 1 / wide, int(around.max()) + 1)[around]
    factor *= rng.gamma(own, 1 / own, len(around))
    factor *= np.where(rng.random(len(around)) < _HOT, rng.uniform(*_HOT_FACTOR, len(around)), 1.0)
    rate = land.subscribers * factor
    mean = float(rng.uniform(*PER_1000_MONTH)) / 1000 / _MONTH_H * land.subscribers.sum()
    usual = rng.dirichlet(_USUAL_TOPICS * 40)
    nearby = rng.dirichlet(usual * _TOPIC_SHAPE, int(around.max()) + 1)
    first_h = int(days[0]) // HOUR_S
    return Habits(
        rate * mean / rate.sum(), nearby[around], _levels(rng, days, zone, holidays), first_h
    )


def _levels(
    rng: np.random.Generator, days: NDArray[np.int64], zone: ZoneInfo, holidays: Mapping[date, str]
) -> NDArray[np.float64]:
    """Give the level of every hour: weekday, hour, holiday, and the luck of the day."""
    shape, contrast = rng.uniform(*_DAY_SHAPE), rng.uniform(0.7, 1.0)
    level = []
    for starts in days.tolist():
        day = datetime.fromtimestamp(starts, tz=zone).date()
        luck = rng.gamma(shape, 1 / shape)
        luck *= rng.uniform(*_BAD_LEVEL) if rng.random() < _BAD_DAY else 1.0
        free = day in holidays
        like = day + timedelta(days=FIRST_WEEKEND_DAY + 1 - day.weekday()) if free else day
        of_day = weekday_level(like) * (rng.uniform(*_HOLIDAY_LEVEL) if free else 1.0)
        hours = 1 + contrast * (hour_shares(like) * 24 - 1)
        level.append(of_day * luck * hours)
    return np.concatenate(level)


def topic_codes(rng: np.random.Generator, shares: NDArray[np.float64]) -> NDArray[np.int8]:
    """Draw a topic's code for each row of shares."""
    drawn = rng.random((len(shares), 1)) * shares.sum(axis=1, keepdims=True)
    codes = (np.cumsum(shares, axis=1) < drawn).sum(axis=1)
    return np.asarray(np.minimum(codes, len(Topic) - 1), dtype=np.int8)
