"""The signs of some spots, read off columns and the network around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.insight.explanation import evidence, surroundings
from heatmaps.insight.explanation.columns import UNKNOWN, at_age
from heatmaps.insight.explanation.works import notice, overlaps, works
from heatmaps.region.technology import Technology
from heatmaps.region.territories import TerritoryIndex
from heatmaps.store import events, explanation, network
from heatmaps.store.types import from_microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.insight.explanation.columns import ReportColumns, SpotColumns
    from heatmaps.insight.explanation.signs import Sign
    from heatmaps.insight.explanation.works import Overlaps
    from heatmaps.region.events import NetworkEvent
    from heatmaps.store.explanation import SpotsRead
    from pipelines.usual_there import Usual


@dataclass(frozen=True, slots=True)
class SignsRead:
    """Spots as they stood at an age, what the signs said of them, and which events touched them."""

    spots: SpotColumns
    reports: ReportColumns
    hourly: NDArray[np.float64]
    signs: Mapping[str, Sign]
    events: Sequence[NetworkEvent]
    overlaps: Overlaps

    def events_of(self, which: int) -> tuple[NetworkEvent, ...]:
        """Give the events that touch one spot, by start."""
        rows = self.overlaps.event[self.overlaps.spot == which].tolist()
        return tuple(self.events[row] for row in rows)


def read_signs(
    connection: Connection, read: SpotsRead, usual: Usual, age_us: int, now: int
) -> SignsRead:
    """Read every sign of every spot as it stood `age_us` after it opened, and not after `now`."""
    spots, reports = at_age(read.spots, read.reports, age_us)
    number = len(spots)
    hourly = usual.hourly(read.zones, number)
    clock = usual.clock(spots, now)
    topics = evidence.topics(spots, reports, _mix(hourly, usual))
    told, found = _overlaps(connection, spots, usual, now)
    standing = np.where(topics.outcome == len(Topic), UNKNOWN, topics.outcome).astype(np.int64)
    signs = {
        "topics": topics,
        "technology": evidence.technology(spots, reports, usual.technologies),
        "whereabouts": evidence.whereabouts(spots, reports, usual.places),
        "onset": evidence.onset(spots, reports, clock),
        "hours": evidence.hours(spots, reports, clock),
        "works": works(spots, told, found),
        "notice": notice(spots, told, found),
        "coverage": surroundings.coverage(spots, reports, _covered(connection, reports)),
        "sites": _sites(connection, spots, reports, read.sectors),
        "extent": evidence.extent(spots),
        "region": surroundings.region(spots, standing, usual.around(), clock),
        "place_before": evidence.place_before(usual.times_usual(hourly, read.zones, number)),
        "earlier": surroundings.earlier(spots),
    }
    return SignsRead(spots, reports, hourly, signs, told, found)


def _mix(hourly: NDArray[np.float64], usual: Usual) -> NDArray[np.float64]:
    """Give the usual shares of topics in each zone; those of the region where a zone has none."""
    whole = usual.fit.hourly[:, 1:].sum(axis=0, dtype=np.float64) + 1e-9
    total = hourly[:, 1:].sum(axis=1, keepdims=True)
    own = hourly[:, 1:] / np.maximum(total, 1e-12)
    return np.asarray(np.where(total > 0, own, whole / whole.sum()))


def _overlaps(
    connection: Connection, spots: SpotColumns, usual: Usual, now: int
) -> tuple[list[NetworkEvent], Overlaps]:
    first = int(spots.began.min(initial=now))
    known = events.events_between(connection, from_microseconds(first), from_microseconds(now))
    points = explanation.event_points(connection, known)
    asked = {event.territory_id for event in known if event.territory_id}
    shapes = {each.territory_id: each for each in usual.territories if each.territory_id in asked}
    held = {
        name: np.array([t is not None for t in
                        TerritoryIndex([shape]).territory_of(spots.lat, spots.lon)], dtype=np.bool_)
        for name, shape in shapes.items()
    }  # fmt: skip
    return known, overlaps(spots, known, points, held)


def _covered(connection: Connection, reports: ReportColumns) -> NDArray[np.int8]:
    """Say of each complaint and technology whether coverage is predicted where it was made."""
    covered = np.full((len(reports), len(Technology)), UNKNOWN, dtype=np.int8)
    for name, inside in network.coverage_of(connection, reports.cell).items():
        covered[:, list(Technology).index(Technology(name))] = inside
    return covered


def _sites(
    connection: Connection, spots: SpotColumns, reports: ReportColumns, names: Sequence[str]
) -> Sign:
    faces, position = explanation.load_faces(connection, reports.lat, reports.lon)
    code = np.array([*(position.get(name, UNKNOWN) for name in names), UNKNOWN], dtype=np.int64)
    known = replace(reports, sector=code[reports.sector])
    return surroundings.sites(spots, known, faces)
