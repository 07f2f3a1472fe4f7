"""The first form of the search for gaps, kept to measure against: an excess over half a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.look_back import WEEK_DAYS, once_a_month
from heatmaps.insight.recurrence import COARSEST_RESOLUTION, finest_of
from heatmaps.insight.weekly_counts import GROUP_OF_TOPIC, PLANES, THIN_SHARE, positions
from heatmaps.region.grid import parents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import PastComplaints, Span
    from heatmaps.insight.tuning import PlanningPolicy
    from heatmaps.spots.record import Exposure

_WORST_WEEKS = 2
_FAR_OUT = 3.0
_LEAST_SPREAD, _MOST_SPREAD = 1e-3, 2.0


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

    A cell comes back when it has complaints in enough different periods, from enough customers, and
    more customers complained than its subscribers times the region's rate let expect, all topics
    together or in one group of them. Its worst fortnight is left out, since one outage is no gap,
    and a customer counts once, since nobody makes one alone. The test is the upper tail of a Gamma-
    Poisson (negative binomial) count, whose spread between ordinary places is estimated by moments
    (Marshall 1991, Appl. Statist. 40:283); the smallest of its p-values times their number
    (Bonferroni) is the cell's, and over all cells the false discovery rate is controlled (Benjamini
    and Hochberg 1995, J. R. Statist. Soc. B 57:289). A cell is given where no finer one in it is. A
    complaint known only to a coarser cell is counted from that one's resolution on; one coarser
    than all the policy's resolutions has its cell tested with everything known inside it. Without
    exposure nothing can be expected, and nothing is found.
    """
    if not exposure.subscribers.sum() > 0 or not len(complaints.time):
        return _nothing()
    finest = max(policy.resolutions)
    levels = list(_levels(complaints, exposure, span, policy.resolutions))
    size = float(levels[0].subscribers.sum())
    kept = 1 - _WORST_WEEKS * WEEK_DAYS / span.days
    tail = _tails(levels, _customers(complaints, finest) / size, kept, len(set(policy.resolutions)))
    whole = _joined(levels)
    often = (whole.periods >= policy.least_periods) & (whole.counts[0] >= policy.min_customers)
    from scipy import stats

    chance = stats.false_discovery_control(
        np.where(often, np.minimum(tail.min(axis=0) * len(PLANES), 1.0), 1.0)
    )
    found = np.flatnonzero(often & (chance <= policy.false_share))
    found = found[finest_of(whole.cell[found])]
    found = found[np.argsort(whole.cell[found])]
    return Recurring(
        cell=whole.cell[found],
        expected=whole.subscribers[found] * _complaints(complaints, finest) / size,
        chance=chance[found],
        plane=tail[:, found].argmin(axis=0).astype(np.int8),
        judged=len(whole.cell),
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Cells of one or several resolutions and what is counted there.

    `counts` of customers over the span, `rest` without the worst fortnight, shape (`PLANES`,
    cells); `periods` how many different ones have complaints.
    """

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]
    counts: NDArray[np.int64]
    rest: NDArray[np.int64]
    periods: NDArray[np.int64]


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
            place, held = positions(parents(exposure.cell, level), cells)
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
    place, held = positions(parents(complaints.cell[fine], resolution), cells)
    rows = fine[held]
    customer, moment = complaints.customer[rows], complaints.time[rows]
    week, group = span.period_of(moment, WEEK_DAYS), GROUP_OF_TOPIC[complaints.topic[rows]]
    counts = np.zeros((len(PLANES), len(cells)), dtype=np.int64)
    rest = np.zeros_like(counts)
    for plane in range(len(PLANES)):
        among = np.flatnonzero(group == plane) if plane else np.arange(len(rows))
        once = among[_first_of_each(place[among], customer[among])]
        counts[plane] = np.bincount(place[once], minlength=len(cells))
        worst = _worst_fortnight(place[once], week[once], len(cells), span.count(WEEK_DAYS))
        rest[plane] = counts[plane] - worst
    period = span.period_of(moment, span.period_days)
    periods = np.bincount(place[_first_of_each(place, period)], minlength=len(cells))
    return _Counts(cells, subscribers, counts, rest, periods)


def _first_of_each(place: NDArray[np.int64], what: NDArray[np.int64]) -> NDArray[np.intp]:
    """Give the first row of each combination of two small codes."""
    many = int(what.max(initial=0)) + 1
    first: NDArray[np.intp] = np.unique(place * many + what, return_index=True)[1]
    return first


def _worst_fortnight(
    place: NDArray[np.int64], week: NDArray[np.int64], places: int, weeks: int
) -> NDArray[np.int64]:
    """Give the most that any two neighbouring weeks hold, by place: an outage may straddle them."""
    by_week = np.bincount(place * weeks + week, minlength=places * weeks).reshape(places, weeks)
    pairs: NDArray[np.int64] = (by_week[:, 1:] + by_week[:, :-1]).max(axis=1, initial=0)
    return pairs


def _own_place(complaints: PastComplaints, finest: int) -> NDArray[np.int64]:
    """Give a code of the cell each complaint is known to, no finer than `finest`."""
    own = complaints.cell.copy()
    fine = complaints.resolution > finest
    own[fine] = parents(own[fine], finest)
    return np.unique(own, return_inverse=True)[1].astype(np.int64)


def _customers(complaints: PastComplaints, finest: int) -> NDArray[np.float64]:
    """Give the customers of the whole region, each once in a cell, by plane."""
    place, group = _own_place(complaints, finest), GROUP_OF_TOPIC[complaints.topic]
    total = np.zeros(len(PLANES))
    for plane in range(len(PLANES)):
        among = np.flatnonzero(group == plane) if plane else np.arange(len(place))
        total[plane] = len(_first_of_each(place[among], complaints.customer[among]))
    return total


def _complaints(complaints: PastComplaints, finest: int) -> int:
    """Give the complaints of the whole region, a customer once a month in a cell."""
    place = _own_place(complaints, finest)
    return len(once_a_month(place, complaints.customer, complaints.time))


def _tails(
    levels: Sequence[_Counts], rate: NDArray[np.float64], kept: float, full: int
) -> NDArray[np.float64]:
    """Give how likely ordinary cells have as many or more, shape (`PLANES`, cells of all levels).

    `kept` is the part of the span that is left without the worst fortnight. The first `full`
    levels hold the whole region and tell the spread of their own cells; the coarser ones hold a
    few cells and take it from the last of those.
    """
    spread = np.full(len(PLANES), _LEAST_SPREAD)
    tails = []
    for number, level in enumerate(levels):
        expected = level.subscribers[None, :] * rate[:, None]
        if number < full:
            pairs = zip(level.counts, expected, strict=True)
            spread = np.array([_spread(counts, usual) for counts, usual in pairs])
        tails.append(_tail(level.rest, expected * kept, spread[:, None]))
    return np.concatenate(tails, axis=1)


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
    observed: NDArray[np.int64], expected: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the probability of as many or more, of a Gamma-Poisson count."""
    from scipy import stats

    shape = 1 / spread
    return np.asarray(stats.nbinom.sf(observed - 1, shape, shape / (shape + expected)))


def _joined(levels: list[_Counts]) -> _Counts:
    return _Counts(
        *(
            np.concatenate([getattr(one, name) for one in levels], axis=-1)
            for name in _Counts.__slots__
        )
    )


def _sum(place: NDArray[np.int64], weight: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    return np.bincount(place, weights=weight, minlength=places).astype(np.float64)


def _nothing() -> Recurring:
    empty = np.zeros(0)
    return Recurring(empty.astype(np.int64), empty, empty, empty.astype(np.int8), 0)
