"""A spot explained: what it is made of, what surrounds it, and a cause suggested with its evidence.

Everything is worked out from the store whenever somebody asks; nothing is written.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.errors import UsageError
from heatmaps.insight.explanation import history
from heatmaps.insight.explanation.cause import marks
from heatmaps.insight.explanation.record import Explanation
from heatmaps.insight.explanation.reliability import (
    NOTHING_JUDGED,
    Judged,
    Reliability,
    judged,
    reliability,
)
from heatmaps.insight.explanation.suggestion import suggest
from heatmaps.region.grid import to_text
from heatmaps.spots.record import ALL_TOPICS
from heatmaps.spots.rhythm import WEEK_H
from heatmaps.store import detection, explanation, policies, spots
from heatmaps.store.types import to_microseconds
from pipelines.find_spots import Clockwork
from pipelines.spot_signs import read_signs
from pipelines.usual_there import usual_on

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from heatmaps.desk.case import SpotCase
    from heatmaps.spots.record import DetectedSpot
    from heatmaps.store.engine import Store
    from pipelines.spot_signs import SignsRead
    from pipelines.usual_there import Usual

LISTED = 500
"""So many complaints of a spot are listed, the newest; all of them are counted."""

EARLIER = 10
"""So many earlier spots of a place are told, the last."""


def explain(
    store: Store, spot_id: int, zone: ZoneInfo, cache_dir: Path | None = None
) -> Explanation:
    """Explain a spot as of the hour that detection did last, or as of its end.

    `zone` is that of hours where no territory names one; complaints that detection keeps in
    `cache_dir` need not be read again. UsageError where there is no such spot.
    """
    with store.reading() as connection:
        case = _case(connection, spot_id)
        now = detection.last_tick(connection) or case.detected.last_tick
        as_of = min(now, case.work.closed_at or now)
        policy = policies.current_policy(connection).policy
        read = explanation.load_spots(connection, spot_id, policy.explanation.learn_from)
        clock = Clockwork(now, zone, cache_dir)
        usual = usual_on(connection, case.detected.opened_at, as_of, clock, policy)
        age = to_microseconds(as_of) - to_microseconds(case.detected.opened_at)
        signs = read_signs(connection, read, usual, age, to_microseconds(now))
        which = int(np.searchsorted(signs.spots.spot_id, spot_id))
        opened = case.detected.opened_at
        cells = case.detected.cells_opened
        earlier = explanation.earlier_spots(connection, cells, opened, EARLIER)
        listed = explanation.masked_complaints(connection, spot_id, LISTED)
    suggestion, evidence = suggest(signs.spots, signs.signs, which, policy.explanation)
    return Explanation(
        **_told(case),
        **_brought(case.detected, usual, signs, which, as_of),
        as_of=as_of,
        earlier=earlier,
        events=signs.events_of(which),
        suggestion=suggestion,
        evidence=evidence,
        complaints=tuple(listed),
        complaints_in_all=len(case.detected.complaint_ids),
    )


def past_suggestions(
    store: Store, zone: ZoneInfo, age: timedelta, cache_dir: Path | None = None
) -> tuple[Judged, Reliability]:
    """Suggest causes for the resolved spots as they stood at an age, and hold them against given.

    Each rests on the spots resolved before it opened alone. Nothing where no spot is resolved.
    """
    with store.reading() as connection:
        policy = policies.current_policy(connection).policy
        read = explanation.load_spots(connection, None, policy.explanation.learn_from)
        now = detection.last_tick(connection)
        if now is None or not len(read.spots):
            return NOTHING_JUDGED, reliability(NOTHING_JUDGED)
        usual = usual_on(connection, now, now, Clockwork(now, zone, cache_dir), policy)
        age_us = age // timedelta(microseconds=1)
        signs = read_signs(connection, read, usual, age_us, to_microseconds(now))
    found = judged(signs.spots, marks(signs.signs, policy.explanation))
    return found, reliability(found)


def _case(connection: Connection, spot_id: int) -> SpotCase:
    found = spots.load_chosen(connection, [spot_id])
    if not found:
        message = f"There is no spot {spot_id}; `heatmaps export spots` lists them all."
        raise UsageError(message)
    return found[0]


def _told(case: SpotCase) -> dict[str, Any]:
    """Give what the spot itself tells."""
    seen = case.detected
    return {
        "spot_id": seen.spot_id,
        "opened_at": seen.opened_at,
        "topic": seen.topic,
        "status": str(case.work.status),
        "signal": str(seen.signal),
        "merged_into": seen.merged_into,
        "cause": case.work.cause and str(case.work.cause),
        "cells": tuple(map(to_text, seen.cells_opened)),
        "window_since": seen.opened_at - timedelta(hours=seen.window_h),
        "window_until": seen.opened_at,
        "observed": seen.observed,
        "expected": seen.expected,
        "recurrence_days": seen.recurrence_days,
    }


def _brought(
    seen: DetectedSpot, usual: Usual, signs: SignsRead, which: int, as_of: datetime
) -> dict[str, Any]:
    """Give what the zone brought: by hour, by topic, by customer, and by week before."""
    columns, hourly = usual.columns, signs.hourly[which]
    own = signs.reports.take(signs.reports.spot == which)
    plane = 0 if seen.topic == ALL_TOPICS else 1 + list(Topic).index(Topic(seen.topic))
    began, until = int(signs.spots.began[which]), to_microseconds(as_of)
    here = history.in_zone(columns, seen.cells_opened)
    time = columns.time[here]
    lived = here[(time > began) & (time <= until)]
    alike = (plane == 0) | (columns.topic[here] == plane - 1)
    made = np.concatenate([time[alike & (time <= began)], own.time])
    _, calls = np.unique(own.customer, return_counts=True)
    share = hourly[1:] / max(float(hourly[1:].sum()), 1e-12)
    return {
        "hours": history.by_hour(made, float(hourly[plane]), usual.fit, began, until),
        "topics": history.by_topic(columns.topic[lived], share),
        "customers": len(calls),
        "called_again": int((calls > 1).sum()),
        "weeks": history.by_week(time, usual.since, began),
        "week_expected": float(hourly[0]) * WEEK_H,
    }
