"""Spots with a history in a few words, as the columns managers read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.period import Period, Pill, period_of
from heatmaps.insight.scene import Scene, scene_of
from heatmaps.insight.timeline import Timelines

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
CONFIRMED_AFTER_H = 24


def microseconds(moment: datetime | None) -> int:
    return ABSENT_TIME if moment is None else round(moment.timestamp() * 1e6)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def spot(  # noqa: PLR0913 - a history has as many turns
    opened_h: float,
    took_h: float | None = None,
    status: str | None = None,
    *,
    taken_h: float | None = None,
    named_h: float | None = None,
    term_h: float = 24,
    **fields,
) -> dict:
    """Give a spot opened so many hours ago; further hours count from its opening.

    It is resolved where it took less time than it is old, else open, unless a status is given.
    """
    opened = ago(opened_h)

    def later(hours: float | None) -> datetime | None:
        return None if hours is None or hours > opened_h else opened + timedelta(hours=hours)

    resolved = later(took_h)
    status = status or ("resolved" if resolved else "new")
    over = {"rejected", "subsided", "merged", "confirmed"}
    row = {
        "status": status, "topic": "no_service", "cause": None, "queue": "q", "territory": None,
        "opened": opened, "acknowledged": later(taken_h), "named": later(named_h),
        "first_term": opened + timedelta(hours=term_h), "term": opened + timedelta(hours=term_h),
        "resolved": resolved if status in {"resolved", "confirmed"} else None,
        "closed": (resolved or NOW) if status in over else None,
        "term_changes": 0, "reopenings": 0, "complained": 5, "silent": 100,
    }  # fmt: skip
    return row | fields


TIMES = ("opened", "acknowledged", "named", "first_term", "term", "resolved", "closed")
WORDS = ("status", "topic", "cause", "queue", "territory")


def timelines(*rows: dict) -> Timelines:
    """Give the spots as columns, numbered from 1."""

    def column(name: str) -> np.ndarray:
        values = [row[name] for row in rows]
        if name in TIMES:
            return np.array([microseconds(value) for value in values], dtype=np.int64)
        if name in WORDS:
            texts = np.empty(len(rows), dtype=object)
            texts[:] = values
            return texts
        return np.array(values, dtype=np.int64)

    names = Timelines.__slots__[1:]
    ids = np.arange(1, len(rows) + 1, dtype=np.int64)
    return Timelines(ids, *(column(name) for name in names))


def last_days(days: int) -> Period:
    period = period_of(Pill.TODAY, NOW, MOSCOW)
    return Period(period.end - timedelta(days=days), period.end, MOSCOW)


def scene(*rows: dict, days: int = 28) -> Scene:
    return scene_of(timelines(*rows), last_days(days), NOW)
