"""Coverage gaps: neighbouring cells that keep coming back, joined with the network, told in words.

A gap is found by its complaints alone (`heatmaps.insight.recurrence`); predicted coverage, sites
and spots only say what kind of place it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.insight.look_back import MONTH_DAYS, once_a_month
from heatmaps.insight.recurrence import PLANES
from heatmaps.region.grid import GRID_RESOLUTION, child_range, parents, resolution_of
from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import PastComplaints, Span
    from heatmaps.insight.recurrence import Recurring
    from heatmaps.insight.tuning import PlanningPolicy
    from heatmaps.spots.record import Exposure
    from heatmaps.spots.tuning import LtvWeights

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOW = tuple(Topic).index(Topic.SLOW_INTERNET)


class GapClass(StrEnum):
    """What a gap most likely lacks; the first that fits."""

    NO_COVERAGE = "no_coverage"
    """The technology complained of is predicted for less than `missing_below` of its cells."""

    CAPACITY = "capacity"
    """It is predicted there, and mostly slow internet is complained of."""

    INDOOR = "indoor"
    """It is predicted there, and those who say where they were are mostly indoors."""

    UNEXPLAINED = "unexplained"
    """It is predicted there and neither tells, or its coverage was never loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place that keeps coming back.

    `cells` are H3 cells of one resolution, sorted; `lat`, `lon` the mean of their middles, WGS 84
    degrees. `complaints` count a customer once in 30 days, as `expected` does; `per_period` are
    they in each period of the span, the earliest first, and `months` how many of its months of 30
    days have some. `topic` is where the gap stands out most, one of `PLANES`; `chance` the false
    discovery rate at which its surest cell is just found. `ltv_sum` is over the customers who
    complained, each once, None where none is known; `coverage` the predicted share of its cells by
    technology, None where none was ever loaded; `nearest_site_m` None without active sectors.
    """

    gap_id: int
    cells: tuple[int, ...]
    lat: float
    lon: float
    gap_class: GapClass
    technology: Technology | None
    topic: str
    territory_id: str | None
    first_seen: datetime
    last_seen: datetime
    months: int
    per_period: tuple[int, ...]
    complaints: int
    customers_complained: int
    expected: float
    chance: float
    subscribers: float
    ltv_sum: float | None
    coverage: Mapping[Technology, float] | None
    nearest_site_m: float | None
    spots: int
    rank: int

    @property
    def predicted_coverage(self) -> str | None:
        """The predicted shares as text, such as ``3g:1.00 4g:0.35``; None where unknown."""
        if self.coverage is None:
            return None
        return " ".join(f"{name}:{share:.2f}" for name, share in self.coverage.items())


def read_coverage(text: str | None) -> dict[Technology, float] | None:
    """Read `Gap.predicted_coverage` back, to its two decimals."""
    if text is None:
        return None
    pairs = (pair.split(":") for pair in text.split())
    return {Technology(name): float(share) for name, share in pairs}


@dataclass(frozen=True, slots=True)
class SpotZones:
    """The cells of spots, of any resolution, row by row: spot and cell."""

    spot_id: NDArray[np.int64]
    cell: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around places, asked for by columns of cells or points.

    `coverage` gives, for cells of the grid, whether each is predicted to be covered, by
    technology; one whose coverage was never loaded is absent. `nearest_site_m` gives metres, NaN
    without sites; `territories` ids or None. Both take latitudes and longitudes.
    """

    coverage: Callable[[NDArray[np.int64]], Mapping[str, NDArray[np.bool_]]]
    nearest_site_m: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    territories: Callable[[NDArray[np.float64], NDArray[np.float64]], Sequence[str | None]]
    zones: SpotZones


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gaps are told from: the complaints of a span and who could complain."""

    complaints: PastComplaints
    exposure: Exposure
    span: Span


def gaps_of(
    recurring: Recurring,
    evidence: Evidence,
    around: Surroundings,
    policy: PlanningPolicy,
    weights: LtvWeights,
) -> list[Gap]:
    """Give the gaps that the cells make, by rank, numbered in that order from 1."""
    zones = list(_zones(recurring, evidence))
    shares = _shares([zone.grid for zone in zones], around)
    middles = np.array([zone.middle for zone in zones], dtype=np.float64).reshape(-1, 2)
    lat, lon = middles[:, 0], middles[:, 1]
    away, land = around.nearest_site_m(lat, lon).tolist(), around.territories(lat, lon)
    spots = spots_in([zone.cells for zone in zones], around.zones)
    gaps = []
    for zone, coverage, metres, territory, touching in zip(
        zones, shares, away, land, spots, strict=True
    ):
        technology = _technology(zone, coverage, policy)
        gap = replace(
            zone.told(evidence),
            coverage=coverage,
            technology=technology,
            gap_class=_class(zone, technology, coverage, policy),
            nearest_site_m=None if metres != metres else metres,  # noqa: PLR0124 - NaN
            territory_id=territory,
            spots=len(touching),
        )
        gaps.append(gap)
    return ranked(gaps, weights)


def ranked(gaps: Sequence[Gap], weights: LtvWeights) -> list[Gap]:
    """Give the gaps by what they cost, the worst first, with their ranks.

    Suffering = (complaints - expected) x (low + (high - low) x r). The first factor is what the
    subscribers there complain beyond the region's rate; r, 0 to 1, is the rank of the gap's LTV
    per customer who complained among all gaps, one half where unknown: value weighs within bounds,
    as it does for spots, and never decides alone.
    """
    value = np.array([_value(gap) for gap in gaps], dtype=np.float64)
    known = np.sort(value[~np.isnan(value)])
    below = np.searchsorted(known, value, "left") + np.searchsorted(known, value, "right")
    r = np.where(np.isnan(value), 0.5, below / max(2 * len(known), 1))
    factor = weights.low + (weights.high - weights.low) * r
    cost = np.array([gap.complaints - gap.expected for gap in gaps]) * factor
    order = sorted(range(len(gaps)), key=lambda n: (-cost[n], gaps[n].cells))
    return [replace(gaps[n], rank=rank, gap_id=rank) for rank, n in enumerate(order, start=1)]


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
class _Zone:
    """Cells joined to one place, and its complaints: all of them and those that count."""

    cells: tuple[int, ...]
    middle: tuple[float, float]
    grid: NDArray[np.int64]
    rows: NDArray[np.intp]
    counted: NDArray[np.intp]
    technology: NDArray[np.int8]
    slow: float
    indoor: float
    expected: float
    chance: float
    topic: str

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
            complaints=len(self.counted),
            customers_complained=len(np.unique(complaints.customer[self.rows])),
            expected=self.expected,
            chance=self.chance,
            subscribers=_subscribers(evidence.exposure, self.grid),
            ltv_sum=_ltv_sum(complaints.customer[self.rows], complaints.ltv[self.rows]),
            coverage=None,
            nearest_site_m=None,
            spots=0,
            rank=0,
        )


def _zones(recurring: Recurring, evidence: Evidence) -> Iterator[_Zone]:
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
        yield _zone(recurring, complaints, populated, cells, order[ends[n] : ends[n + 1]])


def _zone(
    recurring: Recurring,
    complaints: PastComplaints,
    populated: NDArray[np.int64],
    cells: tuple[int, ...],
    rows: NDArray[np.intp],
) -> _Zone:
    own = np.searchsorted(recurring.cell, np.array(cells, dtype=np.int64))
    surest = own[recurring.chance[own].argmin()]
    customer, moment = complaints.customer[rows], complaints.time[rows]
    counted = rows[once_a_month(np.zeros(len(rows), dtype=np.int64), customer, moment)]
    indoor = complaints.indoor[counted]
    return _Zone(
        cells=cells,
        middle=_middle(cells),
        grid=_grid(cells, populated),
        rows=rows,
        counted=counted,
        technology=complaints.technology[counted],
        slow=float((complaints.topic[counted] == _SLOW).mean()),
        indoor=float((indoor[indoor >= 0] == 1).mean()) if (indoor >= 0).any() else 0.0,
        expected=float(recurring.expected[own].sum()),
        chance=float(recurring.chance[surest]),
        topic=PLANES[recurring.plane[surest]],
    )


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


def _shares(
    grids: Sequence[NDArray[np.int64]], around: Surroundings
) -> list[dict[Technology, float] | None]:
    """Give the covered share of each zone by technology, in order of generations."""
    if not grids:
        return []
    covered = around.coverage(np.concatenate(grids))
    ends = np.cumsum([len(grid) for grid in grids])
    parts = {
        technology: [float(part.mean()) for part in np.split(covered[technology], ends[:-1])]
        for technology in Technology
        if technology in covered
    }
    return [
        {technology: shares[n] for technology, shares in parts.items()} or None
        for n in range(len(grids))
    ]


def _technology(
    zone: _Zone, coverage: Mapping[Technology, float] | None, policy: PlanningPolicy
) -> Technology | None:
    """Give the technology most complained of; where none is named, the oldest that is missing."""
    named = zone.technology[zone.technology >= 0]
    if len(named):
        return tuple(Technology)[int(np.bincount(named).argmax())]
    missing = (t for t, share in (coverage or {}).items() if share < policy.missing_below)
    return next(missing, None)


def _class(
    zone: _Zone,
    technology: Technology | None,
    coverage: Mapping[Technology, float] | None,
    policy: PlanningPolicy,
) -> GapClass:
    known = coverage or {}
    if not known or (technology is not None and technology not in known):
        return GapClass.UNEXPLAINED
    if technology is not None and known[technology] < policy.missing_below:
        return GapClass.NO_COVERAGE
    if zone.slow >= policy.mostly:
        return GapClass.CAPACITY
    return GapClass.INDOOR if zone.indoor >= policy.mostly else GapClass.UNEXPLAINED


def spots_in(places: Sequence[tuple[int, ...]], zones: SpotZones) -> list[set[int]]:
    """Give the spots that touch each place, cells of one resolution."""
    touching: list[set[int]] = [set() for _ in places]
    by_cell: dict[int, set[int]] = {}
    for spot_id, cell in zip(zones.spot_id.tolist(), zones.cell.tolist(), strict=True):
        by_cell.setdefault(cell, set()).add(spot_id)
    level = resolution_of(zones.cell)
    levels = np.unique(level).tolist()
    for n, cells in enumerate(places):
        own = h3.get_resolution(cells[0])
        for resolution in levels:
            if resolution <= own:
                held = {h3.cell_to_parent(cell, resolution) for cell in cells}
            else:
                held = {c for cell in cells for c in h3.cell_to_children(cell, resolution)}
            for cell in held & by_cell.keys():
                touching[n] |= by_cell[cell]
    return touching


def _value(gap: Gap) -> float:
    return np.nan if gap.ltv_sum is None else gap.ltv_sum / gap.customers_complained


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
