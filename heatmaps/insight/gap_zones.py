"""Recurring cells joined to places, and what their own complaints tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.insight.course import Pattern
from heatmaps.insight.gap import Gap, GapClass
from heatmaps.insight.look_back import MONTH_DAYS, WEEK_DAYS, once_a_month
from heatmaps.insight.weekly_counts import PLANES, of_plane
from heatmaps.region.grid import GRID_RESOLUTION, child_range, parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import PastComplaints, Span
    from heatmaps.insight.recurrence import Recurring
    from heatmaps.spots.record import Exposure

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOW = tuple(Topic).index(Topic.SLOW_INTERNET)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gaps are told from: the complaints of a span and who could complain."""

    complaints: PastComplaints
    exposure: Exposure
    span: Span


def clusters(cells: Sequence[int]) -> list[tuple[int, ...]]:
    """Join cells that touch, those of one resolution alone, each cluster sorted, in order."""
    waiting, joined = set(cells), []
    for first in sorted(cells):
        if first not in waiting:
            continue
        waiting.discard(first)
        cluster, edge = [first], [first]
        while edge:
            near = waiting.intersection(h3.grid_disk(edge.pop(), 1))
            waiting -= near
            cluster += near
            edge += near
        joined.append(tuple(sorted(cluster)))
    return joined


@dataclass(frozen=True, slots=True)
class Zone:
    """Cells joined to one place, and its complaints.

    `grid` are its populated cells of resolution 9, all of them where nobody lives; `rows` its
    complaints and `counted` those that count, a customer once in 30 days; `technology` the codes
    of these, `slow` and `indoor` their shares of slow internet and of being indoors, among those
    who said where they were. `weekly` are those of its topic by week of the span, and
    `usual_weekly` as many as are usual; `level` what is usual there of all topics.
    """

    cells: tuple[int, ...]
    middle: tuple[float, float]
    grid: NDArray[np.int64]
    rows: NDArray[np.intp]
    counted: NDArray[np.intp]
    technology: NDArray[np.int8]
    slow: float
    indoor: float
    chance: float
    topic: str
    weekly: NDArray[np.float64]
    usual_weekly: NDArray[np.float64]
    level: NDArray[np.float64]

    def told(self, evidence: Evidence) -> Gap:
        """Give the gap as far as its own complaints tell it."""
        complaints, span = evidence.complaints, evidence.span
        moment = complaints.time[self.counted]
        period = span.period_of(moment, span.period_days)
        return Gap(
            gap_id=0,
            cells=self.cells,
            lat=self.middle[0],
            lon=self.middle[1],
            gap_class=GapClass.UNEXPLAINED,
            technology=None,
            topic=self.topic,
            territory_id=None,
            first_seen=_moment(moment.min()),
            last_seen=_moment(moment.max()),
            months=len(np.unique(span.period_of(moment, MONTH_DAYS))),
            per_period=tuple(np.bincount(period, minlength=span.count(span.period_days)).tolist()),
            usual=tuple(_by_period(self.level, span).tolist()),
            pattern=Pattern.UNTOLD,
            since=span.since,
            ended=None,
            complaints=len(self.counted),
            customers_complained=len(np.unique(complaints.customer[self.rows])),
            expected=float(self.level.sum()),
            chance=self.chance,
            subscribers=_subscribers(evidence.exposure, self.grid),
            ltv_sum=_ltv_sum(complaints.customer[self.rows], complaints.ltv[self.rows]),
            coverage=None,
            nearest_site_m=None,
            spots=0,
            rank=0,
        )


def zones_of(recurring: Recurring, evidence: Evidence) -> Iterator[Zone]:
    """Give the places that the cells make, each with its complaints."""
    complaints = evidence.complaints
    found = clusters(recurring.cell.tolist())
    owner = np.full(len(complaints.time), -1, dtype=np.int64)
    number = {cell: n for n, cells in enumerate(found) for cell in cells}
    level = resolution_of(recurring.cell)
    for resolution in np.unique(level).tolist():
        cells = recurring.cell[level == resolution]
        fine = np.flatnonzero(complaints.resolution >= resolution)
        above = parents(complaints.cell[fine], resolution)
        place = np.minimum(np.searchsorted(cells, above), len(cells) - 1)
        held = cells[place] == above
        numbers = np.array([number[cell] for cell in cells.tolist()], dtype=np.int64)
        owner[fine[held]] = numbers[place[held]]
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(len(found) + 1))
    populated = evidence.exposure.cell[evidence.exposure.subscribers > 0]
    for n, cells in enumerate(found):
        yield _zone(recurring, evidence, populated, cells, order[ends[n] : ends[n + 1]])


def _zone(
    recurring: Recurring,
    evidence: Evidence,
    populated: NDArray[np.int64],
    cells: tuple[int, ...],
    rows: NDArray[np.intp],
) -> Zone:
    complaints, span = evidence.complaints, evidence.span
    own = np.searchsorted(recurring.cell, np.array(cells, dtype=np.int64))
    surest = own[recurring.chance[own].argmin()]
    customer, moment = complaints.customer[rows], complaints.time[rows]
    counted = rows[once_a_month(np.zeros(len(rows), dtype=np.int64), customer, moment)]
    indoor = complaints.indoor[counted]
    plane, people = int(recurring.plane[surest]), float(recurring.subscribers[own].sum())
    told = counted[of_plane(complaints.topic[counted], plane)]
    week = span.period_of(complaints.time[told], WEEK_DAYS)
    return Zone(
        cells=cells,
        middle=_middle(cells),
        grid=_grid(cells, populated),
        rows=rows,
        counted=counted,
        technology=complaints.technology[counted],
        slow=float((complaints.topic[counted] == _SLOW).mean()),
        indoor=float((indoor[indoor >= 0] == 1).mean()) if (indoor >= 0).any() else 0.0,
        chance=float(recurring.chance[surest]),
        topic=PLANES[plane],
        weekly=np.bincount(week, minlength=span.count(WEEK_DAYS)).astype(np.float64),
        usual_weekly=people * recurring.level[plane],
        level=people * recurring.level[0],
    )


def _by_period(weekly: NDArray[np.float64], span: Span) -> NDArray[np.float64]:
    """Give what weeks hold by periods of the span, each day of a week alike."""
    days = np.repeat(weekly / WEEK_DAYS, WEEK_DAYS)
    back = np.arange(len(days))[::-1] // span.period_days
    periods = span.count(span.period_days)
    period = periods - 1 - np.minimum(back, periods - 1)
    return np.bincount(period, days, periods).astype(np.float64)


def _grid(cells: Sequence[int], populated: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the cells of the grid where people live inside, or all of them where nobody does."""
    spans = [child_range(cell, GRID_RESOLUTION) for cell in cells]
    lived_in = [
        populated[np.searchsorted(populated, low) : np.searchsorted(populated, high, "right")]
        for low, high in spans
    ]
    if any(len(part) for part in lived_in):
        return np.concatenate(lived_in)
    children = [child for cell in cells for child in h3.cell_to_children(cell, GRID_RESOLUTION)]
    return np.array(sorted(children), dtype=np.int64)


def _subscribers(exposure: Exposure, grid: NDArray[np.int64]) -> float:
    place = np.minimum(np.searchsorted(exposure.cell, grid), len(exposure.cell) - 1)
    return float(exposure.subscribers[place[exposure.cell[place] == grid]].sum())


def _middle(cells: Sequence[int]) -> tuple[float, float]:
    """Give the mean of the cells' middles, on the sphere, so that no meridian divides it."""
    lat, lon = np.radians(np.array([h3.cell_to_latlng(cell) for cell in cells])).T
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    middle = np.arctan2(z.mean(), np.hypot(x.mean(), y.mean())), np.arctan2(y.mean(), x.mean())
    return float(np.degrees(middle[0])), float(np.degrees(middle[1]))


def _ltv_sum(customer: NDArray[np.int64], ltv: NDArray[np.float64]) -> float | None:
    """Sum the LTV of customers, each once, the highest that was ever said of them."""
    known = np.flatnonzero(~np.isnan(ltv))
    if not len(known):
        return None
    order = known[np.lexsort((-ltv[known], customer[known]))]
    once = np.diff(customer[order], prepend=-1) != 0
    return float(ltv[order][once].sum())


def _moment(microseconds: np.int64) -> datetime:
    return _EPOCH + timedelta(microseconds=int(microseconds))
