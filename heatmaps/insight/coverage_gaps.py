"""Coverage gaps: neighbouring cells that keep coming back, joined with the network, told in words.

A gap is found by its complaints alone (`heatmaps.insight.recurrence`); predicted coverage, sites
and spots only say what kind of place it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.insight.course import Course, courses
from heatmaps.insight.gap import Gap, GapClass
from heatmaps.insight.gap_zones import Evidence, Zone, zones_of
from heatmaps.insight.look_back import WEEK_DAYS
from heatmaps.region.grid import resolution_of
from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import Span
    from heatmaps.insight.recurrence import Recurring
    from heatmaps.insight.tuning import PlanningPolicy
    from heatmaps.spots.tuning import LtvWeights


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


def gaps_of(
    recurring: Recurring,
    evidence: Evidence,
    around: Surroundings,
    policy: PlanningPolicy,
    weights: LtvWeights,
) -> list[Gap]:
    """Give the gaps that the cells make, by rank, numbered in that order from 1.

    Cells whose complaints were raised for no lasting time make none, nor those where it ended
    longer ago than the policy tells.
    """
    going, zones = _lasting(list(zones_of(recurring, evidence)), policy)
    shares = _shares([zone.grid for zone in zones], around)
    middles = np.array([zone.middle for zone in zones], dtype=np.float64).reshape(-1, 2)
    lat, lon = middles[:, 0], middles[:, 1]
    away, land = around.nearest_site_m(lat, lon).tolist(), around.territories(lat, lon)
    spots = spots_in([zone.cells for zone in zones], around.zones)
    gaps = []
    for zone, course, coverage, metres, territory, touching in zip(
        zones, going, shares, away, land, spots, strict=True
    ):
        technology = _technology(zone, coverage, policy)
        gap = replace(
            zone.told(evidence),
            pattern=course.pattern,
            since=max(_start_of(course.first, evidence.span), evidence.span.since),
            ended=None if course.end is None else _start_of(course.end, evidence.span),
            coverage=coverage,
            technology=technology,
            gap_class=_class(zone, technology, coverage, policy),
            nearest_site_m=None if metres != metres else metres,  # noqa: PLR0124 - NaN
            territory_id=territory,
            spots=len(touching),
        )
        gaps.append(gap)
    return ranked(gaps, weights)


def _lasting(zones: Sequence[Zone], policy: PlanningPolicy) -> tuple[list[Course], list[Zone]]:
    """Give the zones whose course is worth telling, and these courses."""
    if not zones:
        return [], []
    observed = np.stack([zone.weekly for zone in zones])
    usual = np.stack([zone.usual_weekly for zone in zones])
    pairs = zip(courses(observed, usual, policy), zones, strict=True)
    told = [(course, zone) for course, zone in pairs if course is not None]
    return [course for course, _ in told], [zone for _, zone in told]


def _start_of(week: int, span: Span) -> datetime:
    """Give when a week of the span begins; the first may begin before it."""
    return span.until - timedelta(days=WEEK_DAYS * (span.count(WEEK_DAYS) - week))


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
    zone: Zone, coverage: Mapping[Technology, float] | None, policy: PlanningPolicy
) -> Technology | None:
    """Give the technology most complained of; where none is named, the oldest that is missing."""
    named = zone.technology[zone.technology >= 0]
    if len(named):
        return tuple(Technology)[int(np.bincount(named).argmax())]
    missing = (t for t, share in (coverage or {}).items() if share < policy.missing_below)
    return next(missing, None)


def _class(
    zone: Zone,
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
