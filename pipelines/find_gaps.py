"""Complaints and spots of months to coverage gaps, and these to sheets that planners open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from heatmaps.errors import UsageError
from heatmaps.insight.coverage_gaps import Surroundings, gaps_of
from heatmaps.insight.gap_tracking import keep_numbers
from heatmaps.insight.gap_zones import Evidence
from heatmaps.insight.look_back import last_midnight, span_of
from heatmaps.insight.recurrence import recurring_cells
from heatmaps.region.sites import nearest_m
from heatmaps.region.territories import TerritoryIndex
from heatmaps.store import detection, network, planning, policies, region
from heatmaps.store.planning import Search

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.insight.gap import Gap
    from heatmaps.insight.look_back import Span
    from heatmaps.store.engine import Store


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a search found; None of it where history is too young to tell what comes back."""

    search: Search | None
    gaps: tuple[Gap, ...]


def refresh(store: Store, as_of: datetime, otherwise: ZoneInfo, *, keep: bool = True) -> Refreshed:
    """Find the gaps up to the last midnight before `as_of`, and write them in one transaction.

    Midnight is that of the region, or of `otherwise` where no territory names its zone. Doing it
    again changes nothing that has not changed; with `keep` False nothing is written. UsageError
    where a later search was done: numbers of gaps go forward in time only.
    """
    with store.reading() as connection:
        search, found = _search(connection, as_of, otherwise)
    if search is None:
        return Refreshed(None, ())
    with store.writing(keep=keep) as connection:
        planning.hold_gaps(connection)
        _require_newest(planning.last_search(connection), search)
        gaps = keep_numbers(found, planning.load_known(connection, search.since))
        planning.replace_gaps(connection, gaps, search)
    return Refreshed(search, tuple(gaps))


def refresh_when_due(store: Store, as_of: datetime, otherwise: ZoneInfo) -> Refreshed | None:
    """Refresh once a day: past a midnight that no search has reached yet; None where none is."""
    with store.reading() as connection:
        last = planning.last_search(connection)
        zone = _zone(connection, otherwise)
    if last is not None and last.until >= last_midnight(as_of, zone):
        return None
    return refresh(store, as_of, otherwise)


def _search(
    connection: Connection, as_of: datetime, otherwise: ZoneInfo
) -> tuple[Search | None, list[Gap]]:
    ruling = policies.current_policy(connection)
    policy = ruling.policy.planning
    first = detection.first_complaint_at(connection)
    if first is None:
        return None, []
    span = span_of(first, as_of, _zone(connection, otherwise), policy.months)
    if span is None:
        return None, []
    past = planning.load_past(
        connection,
        span.since,
        span.until,
        count_registration=ruling.policy.detection.count_registration_addresses,
    )
    evidence = Evidence(past, region.load_exposure(connection), span)
    recurring = recurring_cells(past, evidence.exposure, span, policy)
    around = _surroundings(connection, span)
    gaps = gaps_of(recurring, evidence, around, policy, ruling.policy.priority.ltv)
    count = len(past.time)
    search = Search(span.since, span.until, span.period_days, recurring.judged, count,
                    ruling.version)  # fmt: skip
    return search, gaps


def _require_newest(last: Search | None, search: Search) -> None:
    if last is not None and last.until > search.until:
        message = (
            f"Coverage gaps are known up to {last.until.isoformat()} and "
            f"{search.until.isoformat()} lies before it; give that moment or a later one."
        )
        raise UsageError(message)


def _surroundings(connection: Connection, span: Span) -> Surroundings:
    sectors = network.load_sectors(connection)
    territories = TerritoryIndex(region.load_territories(connection))

    def coverage(cells: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
        return network.coverage_of(connection, cells)

    def nearest_site_m(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        return nearest_m(sectors, lat, lon)

    zones = planning.load_zones(connection, span.since, span.until)
    return Surroundings(coverage, nearest_site_m, territories.territory_of, zones)


def _zone(connection: Connection, otherwise: ZoneInfo) -> ZoneInfo:
    name = region.region_timezone(connection)
    return ZoneInfo(name) if name else otherwise
