"""Spots in the tests' town, saved without detection: one open, others resolved before it."""

from __future__ import annotations

from datetime import timedelta

import h3.api.basic_int as h3
import town
from sqlalchemy import select

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.words import Cause, Status
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import detection, spots
from heatmaps.store.complaints import COMPLAINT

OPENED = town.FAULT_AT + timedelta(hours=4)
NOW = OPENED + timedelta(hours=10)
HOUR = timedelta(hours=1)
LAT, LON = h3.cell_to_latlng(town.CENTRE)


def ids_of(connection, prefix: str, until=NOW) -> tuple[int, ...]:
    c = COMPLAINT.c
    chosen = c.external_id.like(f"{prefix}%") & (c.created_at <= until)
    return tuple(connection.scalars(select(c.id).where(chosen).order_by(c.id)))


def spot(connection, spot_id: int, opened=OPENED, prefix="f", topic="no_internet", **work):
    """Give a spot of the town's fault, 4 hours after it began."""
    ids = ids_of(connection, prefix, work.get("closed_at", NOW)) if prefix else ()
    cells = tuple(town.FAULT_CELLS)
    seen = DetectedSpot(
        spot_id=spot_id, opened_at=opened, topic=topic, resolution=9, cells=cells,
        cells_opened=cells, window_h=4, observed=6, expected=0.25, score=9.5,
        recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=6, expected_last=0.25,
        score_last=9.5, observed_peak=6, last_tick=NOW, quiet_since=None, complaint_ids=ids,
    )  # fmt: skip
    plain = {"status": Status.NEW, "status_at": opened, "queue": "q"}
    facts = Facts(6, 900, 12.5, ())
    return SpotCase(seen, Work(spot_id=spot_id, **{**plain, **work}), facts, facts, "4g", None,
                    LAT, LON, 1)  # fmt: skip


def keep(store, *made, tick=NOW) -> None:
    with store.writing() as connection:
        spots.save_cases(connection, [], [one(connection) for one in made])
        if tick:
            detection.note_ticks(connection, [tick], tick, 1)


def resolved(spot_id: int, cause: Cause, days: int = 3):
    opened = OPENED - timedelta(days=days)
    ended = opened + timedelta(days=1)
    return lambda c: spot(c, spot_id, opened, prefix="", status=Status.CONFIRMED, cause=cause,
                          resolved_at=ended, closed_at=ended)  # fmt: skip
