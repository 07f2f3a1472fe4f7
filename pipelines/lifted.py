"""What spots lift off the baseline, by what people did with them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heatmaps.desk.words import Status
from heatmaps.region.events import EventKind
from heatmaps.spots.explained import UNJUDGED_DAYS, usual_part
from heatmaps.spots.gatherings import Gathering, cells_within, gathered
from heatmaps.store.events import events_between
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from heatmaps.desk.case import SpotCase
    from heatmaps.desk.lifecycle import Work
    from heatmaps.spots.explained import Explained
    from heatmaps.spots.record import ComplaintColumns
    from heatmaps.store.detection import PastSpot


def lifted_days(work: Work | PastSpot) -> float:
    """Give for how many days after it opened a spot lifts its complaints off the baseline.

    All of them where people took it up, none where they rejected it.
    """
    if work.status is Status.REJECTED:
        return 0.0
    return math.inf if work.acknowledged_at else UNJUDGED_DAYS


def note_spots(
    explained: Explained, past: Iterable[PastSpot], cases: Iterable[SpotCase]
) -> Explained:
    """Note what closed spots and these cases explain; gives the same `explained`."""
    for spot in past:
        part = usual_part(spot.observed, spot.expected)
        explained.note(spot.complaint_id, part, spot.opened_at, lifted_days(spot))
    for case in cases:
        explained.take_in(case.detected, lifted_days(case.work))
    return explained


def known_gatherings(connection: Connection, columns: ComplaintColumns) -> list[Gathering]:
    """Give the mass events in a circle that some complaints fall into the time of.

    One in a territory or at a site is told beside the spot (see `events_near`) and lifts nothing:
    a crowd has a place.
    """
    if not len(columns.time):
        return []
    first, last = (datetime.fromtimestamp(us / 1e6, UTC) for us in columns.time[[0, -1]].tolist())
    return [
        Gathering(
            cells_within(event.lat, event.lon, event.radius_m),
            to_microseconds(event.starts_at),
            to_microseconds(event.ends_at),
        )
        for event in events_between(connection, first, last)
        if event.kind is EventKind.MASS_EVENT
        and event.lat is not None
        and event.lon is not None
        and event.radius_m is not None
        and event.ends_at is not None
    ]


def note_gatherings(explained: Explained, gatherings: Iterable[Gathering]) -> None:
    """Note the complaints that mass events account for: they open no spot and teach nothing."""
    columns = explained.columns
    rows = gathered(columns, gatherings)
    if len(rows):
        latest = datetime.fromtimestamp(int(columns.time[rows].max()) / 1e6, UTC)
        explained.note(columns.complaint_id[rows], 0.0, latest, 1.0)
