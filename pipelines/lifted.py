"""What spots lift off the baseline, by what people did with them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.desk.words import Status
from heatmaps.region.events import EventKind
from heatmaps.spots.explained import UNJUDGED_DAYS, Explained, usual_part
from heatmaps.spots.gatherings import Gathering, cells_within, gathered
from heatmaps.spots.rhythm import DAY_US
from heatmaps.store.detection import past_spots
from heatmaps.store.events import events_between
from heatmaps.store.spots import load_living
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from heatmaps.desk.case import SpotCase
    from heatmaps.desk.lifecycle import Work
    from heatmaps.spots.record import ComplaintColumns
    from heatmaps.store.detection import PastSpot


ORDINARY_SHARE = 0.05
"""A place with events for more of the time than this has crowds as a rule."""

SHORTEST_DAYS = 28
"""A shorter history is taken for this long: one match in its third day is no rule."""


def lifted_days(work: Work | PastSpot) -> float:
    """Give for how many days after it opened a spot lifts its complaints off the baseline.

    All of them where people took it up, none where they rejected it. A verdict counts from when it
    is given: hours that are caught up later see it, too.
    """
    if work.status is Status.REJECTED:
        return 0.0
    return math.inf if work.acknowledged_at else UNJUDGED_DAYS


def note_spots(
    explained: Explained, past: Iterable[PastSpot], cases: Iterable[SpotCase]
) -> Explained:
    """Note what closed spots and these cases explain; gives the same `explained`.

    A merged spot is told by the one that took it in, whose verdict is its own.
    """
    for spot in past:
        if spot.status is Status.MERGED:
            continue
        part = usual_part(spot.observed, spot.expected)
        explained.note(spot.complaint_id, part, spot.opened_at, lifted_days(spot))
    for case in cases:
        if case.work.status is not Status.MERGED:
            explained.take_in(case.detected, lifted_days(case.work))
    return explained


def known_gatherings(connection: Connection, columns: ComplaintColumns) -> list[Gathering]:
    """Give the mass events in a circle that some complaints fall into the time of.

    One in a territory or at a site is told beside the spot (see `events_near`) and lifts nothing:
    a crowd has a place. Where events fill more than `ORDINARY_SHARE` of the time, such as in an
    exhibition hall or at a fair of weeks, the crowd is what is usual there, and its complaints
    count as any.
    """
    if not len(columns.time):
        return []
    begin, end = columns.time[[0, -1]].tolist()
    first, last = (datetime.fromtimestamp(us / 1e6, UTC) for us in (begin, end))
    crowds = [
        Gathering(
            cells_within(*event.circle),
            to_microseconds(event.starts_at),
            to_microseconds(event.ends_at),
        )
        for event in events_between(connection, first, last)
        if event.kind is EventKind.MASS_EVENT and event.circle and event.ends_at
    ]
    most = ORDINARY_SHARE * max(end - begin, SHORTEST_DAYS * DAY_US)
    return [crowd for crowd in crowds if _busy_us(crowd, crowds) <= most]


def _busy_us(crowd: Gathering, crowds: Iterable[Gathering]) -> int:
    """Give for how long there are events at the place of one, microseconds."""
    return sum(
        other.until - other.since for other in crowds if np.isin(crowd.cells, other.cells).any()
    )


def note_gatherings(explained: Explained, gatherings: Iterable[Gathering]) -> None:
    """Note the complaints that mass events account for: they open no spot and teach nothing."""
    explained.leave_out(gathered(explained.columns, gatherings))


def explained_of(connection: Connection, columns: ComplaintColumns, since: datetime) -> Explained:
    """Give what the store's spots, closed after `since` or living, and events explain."""
    past = past_spots(connection, since, ()).values()
    explained = note_spots(Explained(columns), past, load_living(connection))
    note_gatherings(explained, known_gatherings(connection, columns))
    return explained
