"""Batches of complaints for tests: say only what matters, the rest is plain."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME, ComplaintBatch
from heatmaps.region.grid import cells_of
from heatmaps.store.complaints import LocationColumns
from heatmaps.store.types import to_microseconds

MADE = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLAIN = {
    "source": "crm", "state": "open", "address_kind": "problem", "topic": "no_service",
    "critical": False, "created_at": MADE, "flags": (),
}  # fmt: skip
TIMES = ("created_at", "updated_at", "occurred_at", "closed_at")
FLOATS = ("lat", "lon", "accuracy_m", "ltv")


def batch(*rows: dict) -> ComplaintBatch:
    """Give the rows, each a dict with at least ``external_id``, as a batch."""
    columns = {}
    names = [n for n in ComplaintBatch.__slots__ if n not in {"content_hash", "line"}]
    for name in names:
        values = [row.get(name, PLAIN.get(name)) for row in rows]
        if name in TIMES:
            stamps = [ABSENT_TIME if v is None else to_microseconds(v) for v in values]
            columns[name] = np.array(stamps, dtype=np.int64)
        elif name in FLOATS:
            columns[name] = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
        elif name == "critical":
            columns[name] = np.array(values, dtype=np.bool_)
        else:
            columns[name] = values
    return ComplaintBatch(line=np.arange(2, len(rows) + 2), **columns)


def at_given_points(chosen: ComplaintBatch, resolution: int = 9) -> LocationColumns:
    """Place every complaint at its own coordinates, one without any nowhere."""
    placed = ~np.isnan(chosen.lat)
    cells = iter(cells_of(chosen.lat[placed], chosen.lon[placed], resolution).tolist())
    return LocationColumns(
        location_level=["house" if p else "none" for p in placed],
        location_source=["crm" if p else None for p in placed],
        lat=chosen.lat,
        lon=chosen.lon,
        uncertainty_m=np.where(placed, 20.0, np.nan),
        location_faults=[None] * len(chosen),
        cell=[next(cells) if p else None for p in placed],
        resolution=[resolution if p else None for p in placed],
        address_key=[None] * len(chosen),
        confidence=np.full(len(chosen), np.nan),
        form_key=[None] * len(chosen),
        match_key=[None] * len(chosen),
        doubtful=np.zeros(len(chosen), dtype=np.bool_),
        normal_form=[None] * len(chosen),
    )
