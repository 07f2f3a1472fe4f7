"""The periods a manager looks at: whole days by the clock of the region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError

if TYPE_CHECKING:
    from datetime import tzinfo

DAYS_BY_DAY = 35
"""Longer periods are counted by weeks."""

_DAY = timedelta(days=1)


class Pill(StrEnum):
    """The periods that are one click away; all of them end with today."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "28d"
    QUARTER = "quarter"
    CUSTOM = "custom"


PILL_DAYS = {Pill.TODAY: 1, Pill.WEEK: 7, Pill.MONTH: 28, Pill.QUARTER: 91}
"""Whole weeks wherever there is room for them, since weekdays differ."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` up to and without `end`, as `zone` counts them."""

    first: date
    end: date
    zone: tzinfo

    def __post_init__(self) -> None:
        """Refuse a period without a day."""
        if self.end <= self.first:
            message = f"The period from {self.first} to {self.end} holds no day; name a later end."
            raise UsageError(message)

    @property
    def since(self) -> datetime:
        """The first moment, UTC."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The moment right after the last, UTC."""
        return _midnight(self.end, self.zone)

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - _DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    def before(self) -> Period:
        """Give the period of as many days right before."""
        return Period(self.first - (self.end - self.first), self.first, self.zone)

    def steps(self) -> list[date]:
        """Give the first days of its days, or of its weeks where it is long, and then its end."""
        stride = 1 if self.days <= DAYS_BY_DAY else 7
        starts = [self.first + n * _DAY for n in range(0, self.days, stride)]
        return [*starts, self.end]

    def edges(self) -> list[datetime]:
        """Give the moments, UTC, at which its `steps` begin."""
        return [_midnight(day, self.zone) for day in self.steps()]


def period_of(pill: Pill, now: datetime, zone: tzinfo) -> Period:
    """Give the period of a pill at `now`; of `Pill.CUSTOM`, which names none, the month."""
    today = now.astimezone(zone).date()
    days = PILL_DAYS.get(pill, PILL_DAYS[Pill.MONTH])
    return Period(today - (days - 1) * _DAY, today + _DAY, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
