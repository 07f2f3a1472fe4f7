"""What planning looks back on: complaints as columns, the span they are of, and what counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.rhythm import DAY_US

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

MONTH_DAYS, WEEK_DAYS = 30, 7
LEAST_WEEKS = 4
"""A younger store cannot tell what comes back from what happened once."""

LEAST_MONTHS = 6
"""In a younger store months are too few to see a course in, and weeks stand for them."""

_MINUTE_US = 60_000_000
_MONTH_MIN = MONTH_DAYS * 24 * 60


@dataclass(frozen=True, slots=True)
class PastComplaints:
    """Complaints as equally long columns, in order of time.

    `customer` is a code that is equal for one customer's complaints; `cell` the finest H3 cell
    the location's uncertainty allows and `resolution` its resolution; `time` int64 microseconds
    since 1970 UTC; `topic` and `technology` positions in `Topic` and `Technology`, the latter -1
    where unknown; `indoor` 1, 0, or -1 where unknown; `ltv` NaN where unknown.
    """

    customer: NDArray[np.int64]
    cell: NDArray[np.int64]
    resolution: NDArray[np.int8]
    time: NDArray[np.int64]
    topic: NDArray[np.int8]
    technology: NDArray[np.int8]
    indoor: NDArray[np.int8]
    ltv: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """The time looked back on, (`since`, `until`], in periods of `period_days` from its end."""

    since: datetime
    until: datetime
    period_days: int

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.until - self.since) / timedelta(days=1)

    def count(self, days: int) -> int:
        """Give how many periods of so many days it has; the earliest may be a part of one."""
        return max(int(np.ceil(self.days / days)), 1)

    def period_of(self, moment: NDArray[np.int64], days: int) -> NDArray[np.int64]:
        """Give the period of so many days each moment falls into, the earliest being 0."""
        end = round(self.until.timestamp()) * 1_000_000
        return self.count(days) - 1 - (end - moment) // (days * DAY_US)


def span_of(first: datetime, as_of: datetime, zone: tzinfo, months: int) -> Span | None:
    """Give the `months` of 30 days up to the last midnight of `zone`, or what there is of them.

    `first` is the time of the first complaint known. Periods are months where history has
    `LEAST_MONTHS` whole ones, or all that are asked for, and else weeks; None where it is younger
    than `LEAST_WEEKS`.
    """
    until = last_midnight(as_of, zone)
    whole = min((until - first) // timedelta(days=MONTH_DAYS), months)
    if whole >= min(months, LEAST_MONTHS):
        return Span(until - timedelta(days=whole * MONTH_DAYS), until, MONTH_DAYS)
    young = Span(last_midnight(first, zone), until, WEEK_DAYS)
    return young if young.days >= LEAST_WEEKS * WEEK_DAYS else None


def last_midnight(moment: datetime, zone: tzinfo) -> datetime:
    """Give the moment, UTC, at which the day of `moment` began in `zone`."""
    return datetime.combine(moment.astimezone(zone).date(), time(), zone).astimezone(UTC)


def once_a_month(
    place: NDArray[np.int64], customer: NDArray[np.int64], moment: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Give the rows that count, ascending: a customer's next one at a place after 30 days alone.

    `place` and `customer` are small codes, `moment` microseconds. A calendar's months would count
    those twice who called again about an outage at the end of one.
    """
    if not len(moment):
        return np.zeros(0, dtype=np.intp)
    minute = (moment - moment.min()) // _MINUTE_US
    who = place.astype(np.int64) * (int(customer.max()) + 1) + customer
    order = np.lexsort((minute, who)) if (np.diff(minute) < 0).any() else who.argsort(kind="stable")
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.diff(who[order]) != 0
    group = np.cumsum(new) - 1
    longest = int(minute.max()) + _MONTH_MIN + 1
    key = group * longest + minute[order]
    counted, row = [], np.flatnonzero(new)
    while len(row):
        counted.append(row)
        following = np.searchsorted(key, key[row] + _MONTH_MIN)
        within = following < len(key)
        row, following = row[within], following[within]
        row = following[group[following] == group[row]]
    return np.sort(order[np.concatenate(counted)])
