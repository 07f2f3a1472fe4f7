"""What is counted where and when: complaints by cell, week and group of topics, outages limited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.insight.look_back import WEEK_DAYS
from heatmaps.region.grid import parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import PastComplaints, Span
    from heatmaps.spots.record import Exposure

    Codes = NDArray[np.int64]
    Once = Callable[[Codes, Codes, Codes], NDArray[np.intp]]

ALL = "all"
TOPIC_GROUPS: dict[str, tuple[Topic, ...]] = {
    "coverage": (Topic.NO_SERVICE, Topic.NO_COVERAGE),
    "internet": (Topic.NO_INTERNET, Topic.SLOW_INTERNET),
    "voice": (Topic.VOICE_QUALITY, Topic.DROPPED_CALLS),
}
"""Topics that one lack of the network brings forth together; `other` counts among all alone."""

PLANES = (ALL, *TOPIC_GROUPS)
"""What each cell is judged on: all topics together, then each group."""

THIN_SHARE = 0.1
"""A cell with less than this part of the median cell's subscribers counts as having so many: a
lone house must not turn any one complaint into a rate."""

USUAL_WEEK = 0.99
"""A week counts for no more than this share of ordinary weeks stays within, or one complaint: an
outage is one bad week or two, however many complain. (So Lucas and Crosier 1982, Technometrics
24:199, kept single bad samples from setting off a CUSUM.)"""

STRONGEST_TIMES = 4.0
"""Nor less than so many times the usual, which a large cell's ordinary weeks never come near."""

GROUP_OF_TOPIC = np.array(
    [next((n for n, g in enumerate(TOPIC_GROUPS.values(), 1) if t in g), 0) for t in Topic],
    dtype=np.int8,
)
"""The plane of each topic's group by its code, 0 where it has none."""


@dataclass(frozen=True, slots=True)
class WeeklyCounts:
    """What is counted in some cells, a customer once in each.

    `count` stands for the week `week` of the cell at position `place`, in the plane `plane`; where
    nothing was complained there is no entry. `customers` and `periods` are how many different ones
    each cell has, `subscribers` who counts as living there.
    """

    subscribers: NDArray[np.float64]
    customers: Codes
    periods: Codes
    plane: Codes
    place: Codes
    week: Codes
    count: NDArray[np.float64]

    def totals(self, since_week: int) -> NDArray[np.float64]:
        """Give the counts from a week on, shape (`PLANES`, cells)."""
        cells = len(self.subscribers)
        late = self.week >= since_week
        key = self.plane[late] * cells + self.place[late]
        total = np.bincount(key, self.count[late], len(PLANES) * cells).astype(np.float64)
        return total.reshape(len(PLANES), cells)


@dataclass(frozen=True, slots=True)
class LookedBack:
    """Everything that is looked back on: complaints, who could complain, and over which time."""

    complaints: PastComplaints
    exposure: Exposure
    span: Span

    def level(self, finest: int, once: Once) -> NDArray[np.float64]:
        """Give the complaints a subscriber of the whole region, shape (`PLANES`, weeks).

        Each is counted at the cell it is known to, none finer than `finest`; `once` says which of a
        customer's complaints at a place count. Weeks of outages are limited.
        """
        complaints = self.complaints
        own = complaints.cell.copy()
        fine = complaints.resolution > finest
        own[fine] = parents(own[fine], finest)
        cells, place = np.unique(own, return_inverse=True)
        rows = once(place, complaints.customer, complaints.time)
        place = place[rows]
        plane, at, week, count = self._entries(rows, place)
        size, weeks = float(self.exposure.subscribers.sum()), self.span.count(WEEK_DAYS)
        rate = np.bincount(plane, count, len(PLANES)) / size / weeks
        subscribers = np.zeros(len(cells))
        for resolution in np.unique(resolution_of(cells)).tolist():
            there = np.flatnonzero(resolution_of(cells) == resolution)
            inner = np.searchsorted(there, place[np.isin(place, there)])
            subscribers[there] = self._subscribers(resolution, cells[there], inner)
        kept = limited(count, subscribers[at] * rate[plane])
        total = np.bincount(plane * weeks + week, kept, len(PLANES) * weeks)
        return total.reshape(len(PLANES), weeks) / size

    def counts(self, resolution: int, cells: Codes, level: NDArray[np.float64]) -> WeeklyCounts:
        """Count at sorted cells of one resolution whatever is known to lie inside them."""
        complaints, span = self.complaints, self.span
        fine = np.flatnonzero(complaints.resolution >= resolution)
        place, held = positions(parents(complaints.cell[fine], resolution), cells)
        rows = fine[held]
        moment = complaints.time[rows]
        periods = _different(place, span.period_of(moment, span.period_days), len(cells))
        first = first_of_each(place, complaints.customer[rows], moment)
        place, rows = place[first], rows[first]
        subscribers = self._subscribers(resolution, cells, place)
        plane, at, week, count = self._entries(rows, place)
        kept = limited(count, subscribers[at] * level.mean(axis=1)[plane])
        customers = np.bincount(place, minlength=len(cells))
        return WeeklyCounts(subscribers, customers, periods, plane, at, week, kept)

    def _subscribers(self, resolution: int, cells: Codes, place: Codes) -> NDArray[np.float64]:
        """Give who counts as living in each cell; `place` is the one of each counted complaint.

        Where nobody is loaded people are there all the same, passing by or in houses nobody told us
        of: such cells are compared with each other, each having as many as the complaints in them
        speak of on average.
        """
        exposure = self.exposure
        everywhere, inside = np.unique(parents(exposure.cell, resolution), return_inverse=True)
        total = np.bincount(inside, exposure.subscribers, len(everywhere))
        floor = max(1.0, THIN_SHARE * float(np.median(total[total > 0])))
        at = np.minimum(np.searchsorted(everywhere, cells), len(everywhere) - 1)
        own = np.where(everywhere[at] == cells, total[at], 0.0)
        complained = np.bincount(place, minlength=len(cells))
        unknown = (own == 0) & (complained > 0)
        if unknown.any():
            rate = len(self.complaints.time) / float(total.sum())
            own[unknown] = float(complained[unknown].mean()) / rate
        return np.maximum(own, floor)

    def _entries(self, rows: NDArray[np.intp], place: Codes) -> tuple[Codes, Codes, Codes, Codes]:
        """Give plane, place, week and number of complaints wherever there are some."""
        weeks, places = self.span.count(WEEK_DAYS), int(place.max(initial=0)) + 1
        group = GROUP_OF_TOPIC[self.complaints.topic[rows]].astype(np.int64)
        key = place * weeks + self.span.period_of(self.complaints.time[rows], WEEK_DAYS)
        own, count = np.unique(group * places * weeks + key, return_counts=True)
        of_all, back = np.unique(own % (places * weeks), return_inverse=True)
        total = np.bincount(back, count).astype(np.int64)
        grouped = own >= places * weeks
        plane, rest = np.divmod(np.concatenate([of_all, own[grouped]]), places * weeks)
        return plane, *np.divmod(rest, weeks), np.concatenate([total, count[grouped]])


def limited(count: NDArray[Any], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give complaints of weeks, each limited by `USUAL_WEEK`; `usual` is what each has on average.

    The limit is a quantile of a Poisson count.
    """
    from scipy import special

    kept = count.astype(np.float64)
    many = count > 1
    most = np.ceil(special.pdtrik(USUAL_WEEK, usual[many]))
    floor = np.maximum(1.0, STRONGEST_TIMES * usual[many])
    kept[many] = np.minimum(kept[many], np.fmax(most, floor))
    return kept


def of_plane(topic: NDArray[np.int8], plane: int) -> NDArray[np.bool_]:
    """Say which topics, as positions in `Topic`, count in a plane."""
    return np.asarray((GROUP_OF_TOPIC[topic] == plane) | (plane == 0))


def first_of_each(place: Codes, customer: Codes, moment: Codes) -> NDArray[np.intp]:
    """Give the row of each customer's first complaint at each place, ascending."""
    who = place * (int(customer.max(initial=0)) + 1) + customer
    order = np.lexsort((moment, who))
    return np.sort(order[np.diff(who[order], prepend=-1) != 0])


def _different(place: Codes, what: Codes, places: int) -> Codes:
    """Give how many different codes each place has."""
    many = int(what.max(initial=0)) + 1
    return np.bincount(np.unique(place * many + what) // many, minlength=places)


def positions(owner: Codes, cells: Codes) -> tuple[Codes, NDArray[np.bool_]]:
    """Give the position among sorted cells of those owners that are there, and which are."""
    place = np.minimum(np.searchsorted(cells, owner), len(cells) - 1)
    held = cells[place] == owner
    return place[held].astype(np.int64), held
