"""Which cells keep coming back: complaints over months against what their exposure lets expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from heatmaps.insight.tuning import PlanningPolicy
    from heatmaps.spots.record import Exposure

MONTH_DAYS, WEEK_DAYS = 30, 7
ALL = "all"
TOPIC_GROUPS: dict[str, tuple[Topic, ...]] = {
    "coverage": (Topic.NO_SERVICE, Topic.NO_COVERAGE),
    "internet": (Topic.NO_INTERNET, Topic.SLOW_INTERNET),
    "voice": (Topic.VOICE_QUALITY, Topic.DROPPED_CALLS),
}
"""Topics that one lack of the network brings forth together; `other` counts among all alone."""

PLANES = (ALL, *TOPIC_GROUPS)
"""What each cell is tested on: all topics together, then each group."""

LEAST_WEEKS = 4
"""A younger store cannot tell what comes back from what happened once."""

THIN_SHARE = 0.1
"""A cell with less than this part of the median cell's subscribers counts as having so many: a
road or a station has passers-by, and a lone house must not turn any one complaint into a rate."""

COARSEST_RESOLUTION = 5
_MINUTE_US = 60_000_000
_DAY_US = 24 * 60 * _MINUTE_US
_MONTH_MIN = MONTH_DAYS * 24 * 60
_WORST_WEEKS = 2
_FAR_OUT = 3.0
_LEAST_SPREAD, _MOST_SPREAD = 1e-3, 2.0
_GROUP_OF_TOPIC = np.array(
    [next((n for n, g in enumerate(TOPIC_GROUPS.values(), 1) if t in g), 0) for t in Topic],
    dtype=np.int8,
)


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
        return self.count(days) - 1 - (end - moment) // (days * _DAY_US)


def span_of(first: datetime, as_of: datetime, zone: tzinfo, months: int) -> Span | None:
    """Give the `months` of 30 days up to the last midnight of `zone`, or what there is of them.

    `first` is the time of the first complaint known. Periods are months, and weeks where history
    is younger; None where it is younger than `LEAST_WEEKS`.
    """
    until = last_midnight(as_of, zone)
    since = until - timedelta(days=months * MONTH_DAYS)
    if first <= since:
        return Span(since, until, MONTH_DAYS)
    since = last_midnight(first, zone)
    young = Span(since, until, WEEK_DAYS)
    return young if young.days >= LEAST_WEEKS * WEEK_DAYS else None


def last_midnight(moment: datetime, zone: tzinfo) -> datetime:
    """Give the moment, UTC, at which the day of `moment` began in `zone`."""
    return datetime.combine(moment.astimezone(zone).date(), time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Recurring:
    """The cells that keep coming back, sorted; `judged` is how many were tested.

    `expected` complaints, one a customer and month, in the span; `chance` the false discovery rate
    at which the cell is just found; `plane` the position in `PLANES` where it stands out most.
    """

    cell: NDArray[np.int64]
    expected: NDArray[np.float64]
    chance: NDArray[np.float64]
    plane: NDArray[np.int8]
    judged: int


def recurring_cells(
    complaints: PastComplaints, exposure: Exposure, span: Span, policy: PlanningPolicy
) -> Recurring:
    """Give the cells that come back, of the policy's resolutions and coarser where needed.

    A customer counts once a month in a cell. A cell comes back when it has complaints in enough
    different periods, from enough customers, and stands significantly above its subscribers times
    the region's rate, all topics together or in one group of them, even when its worst fortnight
    is left out: one outage is no gap. The test is the upper tail of a Gamma-Poisson (negative
    binomial) count, whose spread between ordinary places is estimated by moments (Marshall 1991,
    Appl. Statist. 40:283); the smallest of its p-values times their number (Bonferroni) is the
    cell's, and over all cells the false discovery rate is controlled (Benjamini and Hochberg 1995,
    J. R. Statist. Soc. B 57:289). A cell is given where no finer one in it is. A complaint known
    only to a coarser cell is counted from that one's resolution on; one coarser than all the
    policy's resolutions has its cell tested with everything known inside it. Without exposure
    nothing can be expected, and nothing is found.
    """
    if not exposure.subscribers.sum() > 0 or not len(complaints.time):
        return _nothing()
    finest = max(policy.resolutions)
    levels = list(_levels(complaints, exposure, span, policy.resolutions))
    rate = _rate(complaints, finest) / levels[0].subscribers.sum()
    kept = 1 - _WORST_WEEKS * WEEK_DAYS / span.days
    tail = np.concatenate([_tails(level, rate, kept) for level in levels], axis=1)
    whole = _joined(levels)
    often = (whole.periods >= policy.least_periods) & (whole.customers >= policy.min_customers)
    chance = stats.false_discovery_control(
        np.where(often, np.minimum(tail.min(axis=0) * len(PLANES), 1.0), 1.0)
    )
    found = np.flatnonzero(often & (chance <= policy.false_share))
    found = found[_finest(whole.cell[found])]
    found = found[np.argsort(whole.cell[found])]
    return Recurring(
        cell=whole.cell[found],
        expected=whole.subscribers[found] * rate[0],
        chance=chance[found],
        plane=tail[:, found].argmin(axis=0).astype(np.int8),
        judged=len(whole.cell),
    )


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
    order = np.lexsort((minute, customer, place))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(place[order]) != 0) | (np.diff(customer[order]) != 0)
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


@dataclass(frozen=True, slots=True)
class _Counts:
    """Cells of one or several resolutions and what is counted there.

    `counts` over the span and `rest` without the worst fortnight, shape (`PLANES`, cells);
    `periods` and `customers` how many different ones.
    """

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]
    counts: NDArray[np.int64]
    rest: NDArray[np.int64]
    periods: NDArray[np.int64]
    customers: NDArray[np.int64]


def _levels(
    complaints: PastComplaints, exposure: Exposure, span: Span, resolutions: Sequence[int]
) -> Iterator[_Counts]:
    """Count at every cell of the resolutions, the finest first, then at those of coarse places."""
    for level in range(max(resolutions), COARSEST_RESOLUTION - 1, -1):
        exact = complaints.cell[complaints.resolution == level]
        if level in resolutions:
            known = parents(complaints.cell[complaints.resolution >= level], level)
            cells = np.union1d(parents(exposure.cell, level), known)
        else:
            cells = np.unique(exact) if level < min(resolutions) else exact[:0]
        if len(cells):
            place, held = _places(parents(exposure.cell, level), cells)
            subscribers = _sum(place, exposure.subscribers[held], len(cells))
            yield _counted(complaints, span, level, cells, _floored(subscribers))


def _floored(subscribers: NDArray[np.float64]) -> NDArray[np.float64]:
    populated = subscribers[subscribers > 0]
    usual = float(np.median(populated)) if len(populated) else 0.0
    return np.maximum(subscribers, max(1.0, THIN_SHARE * usual))


def _counted(
    complaints: PastComplaints,
    span: Span,
    resolution: int,
    cells: NDArray[np.int64],
    subscribers: NDArray[np.float64],
) -> _Counts:
    fine = np.flatnonzero(complaints.resolution >= resolution)
    place, held = _places(parents(complaints.cell[fine], resolution), cells)
    rows = fine[held]
    customer, moment = complaints.customer[rows], complaints.time[rows]
    week, group = span.period_of(moment, WEEK_DAYS), _GROUP_OF_TOPIC[complaints.topic[rows]]
    counts = np.zeros((len(PLANES), len(cells)), dtype=np.int64)
    rest = np.zeros_like(counts)
    for plane in range(len(PLANES)):
        among = np.flatnonzero(group == plane) if plane else np.arange(len(rows))
        once = among[once_a_month(place[among], customer[among], moment[among])]
        counts[plane] = np.bincount(place[once], minlength=len(cells))
        worst = _worst_fortnight(place[once], week[once], len(cells), span.count(WEEK_DAYS))
        rest[plane] = counts[plane] - worst
    period = span.period_of(moment, span.period_days)
    return _Counts(
        cells,
        subscribers,
        counts,
        rest,
        periods=_different(place, period, len(cells)),
        customers=_different(place, customer, len(cells)),
    )


def _different(place: NDArray[np.int64], what: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    """Give how many different values there are, by place."""
    many = int(what.max(initial=0)) + 1
    return np.bincount(np.unique(place * many + what) // many, minlength=places).astype(np.int64)


def _worst_fortnight(
    place: NDArray[np.int64], week: NDArray[np.int64], places: int, weeks: int
) -> NDArray[np.int64]:
    """Give the most that any two neighbouring weeks hold, by place: an outage may straddle them."""
    by_week = np.bincount(place * weeks + week, minlength=places * weeks).reshape(places, weeks)
    pairs: NDArray[np.int64] = (by_week[:, 1:] + by_week[:, :-1]).max(axis=1, initial=0)
    return pairs


def _rate(complaints: PastComplaints, finest: int) -> NDArray[np.float64]:
    """Give the complaints of the whole region, a customer once a month in a cell, by plane."""
    own = complaints.cell.copy()
    fine = complaints.resolution > finest
    own[fine] = parents(own[fine], finest)
    _, place = np.unique(own, return_inverse=True)
    group = _GROUP_OF_TOPIC[complaints.topic]
    total = np.zeros(len(PLANES))
    for plane in range(len(PLANES)):
        among = np.flatnonzero(group == plane) if plane else np.arange(len(own))
        customer, moment = complaints.customer[among], complaints.time[among]
        total[plane] = len(once_a_month(place[among], customer, moment))
    return total


def _tails(level: _Counts, rate: NDArray[np.float64], kept: float) -> NDArray[np.float64]:
    """Give how likely ordinary cells of one level have as many or more, shape as `counts`.

    `kept` is the part of the span that is left without the worst fortnight.
    """
    tails = np.ones(level.counts.shape)
    for plane in range(len(PLANES)):
        expected = level.subscribers * rate[plane]
        spread = _spread(level.counts[plane], expected)
        tails[plane] = _tail(level.rest[plane], expected * kept, spread)
    return tails


def _spread(observed: NDArray[np.int64], expected: NDArray[np.float64]) -> float:
    """Give the variance of true over expected rates between ordinary places.

    Counts far out are drawn in, lest the very places looked for make everything look ordinary.
    """
    drawn_in = np.maximum(expected + _FAR_OUT * (1 + np.sqrt(expected)), _FAR_OUT * expected)
    usual = np.minimum(observed, drawn_in)
    excess = float(((usual - expected) ** 2 - expected).sum())
    most = float((expected**2).sum())
    return min(max(excess / most if most > 0 else 0.0, _LEAST_SPREAD), _MOST_SPREAD)


def _tail(
    observed: NDArray[np.int64], expected: NDArray[np.float64], spread: float
) -> NDArray[np.float64]:
    """Give the probability of as many or more, of a Gamma-Poisson count."""
    shape = 1 / spread
    return np.asarray(stats.nbinom.sf(observed - 1, shape, shape / (shape + expected)))


def _finest(cell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which cells hold no finer one of them."""
    level = resolution_of(cell)
    finest = np.ones(len(cell), dtype=np.bool_)
    for resolution in np.unique(level).tolist():
        inside = parents(cell[level > resolution], resolution)
        finest &= (level != resolution) | ~np.isin(cell, inside)
    return finest


def _joined(levels: list[_Counts]) -> _Counts:
    return _Counts(
        *(
            np.concatenate([getattr(one, name) for one in levels], axis=-1)
            for name in _Counts.__slots__
        )
    )


def _places(
    owner: NDArray[np.int64], cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give the position among sorted cells of those owners that are there, and which are."""
    place = np.minimum(np.searchsorted(cells, owner), len(cells) - 1)
    held = cells[place] == owner
    return place[held].astype(np.int64), held


def _sum(place: NDArray[np.int64], weight: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    return np.bincount(place, weights=weight, minlength=places).astype(np.float64)


def _nothing() -> Recurring:
    empty = np.zeros(0)
    return Recurring(empty.astype(np.int64), empty, empty, empty.astype(np.int8), 0)
