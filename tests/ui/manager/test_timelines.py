from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.period import Pill, period_of
from heatmaps.insight.scene import scene_of
from heatmaps.insight.timeline import Timelines
from heatmaps.store.timelines import Filters
from heatmaps.ui.locale import translator
from heatmaps.ui.manager.choice import Choice
from heatmaps.ui.manager.reading import Reading
from heatmaps.ui.manager.timelines import timeline_rows
from heatmaps.ui.spot_words import Reader

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Vladivostok")
READER = Reader(translator("ru"), NOW, ZONE)
EVIL = "<img src=x onerror=alert(1)>"


def hour(n: float | None) -> int:
    """Give a moment so many hours from the opening, two days ago."""
    if n is None:
        return ABSENT_TIME
    return round((NOW + timedelta(hours=n - 48)).timestamp() * 1e6)


def row_of(status: str, *, taken=None, named=None, resolved=None, closed=None):
    words = [np.array([word], dtype=object) for word in (status, "no_service", None, "q", "t")]
    times = [0, taken, named, 24, 24, resolved, closed]
    spots = Timelines(
        np.array([7]), *words, *(np.array([hour(n)]) for n in times),
        *(np.array([n]) for n in (0, 0, 12, 300)),
    )  # fmt: skip
    period = period_of(Pill.MONTH, NOW, ZONE)
    scene = scene_of(spots, period, NOW)
    reading = Reading(Choice(period, Filters()), scene, scene, {"t": EVIL})
    [row] = timeline_rows(spots, reading, READER)
    json.dumps(asdict(row), allow_nan=False)
    return row


def said(row) -> list[str]:
    return [cell.said.replace("\xa0", " ") for cell in row.cells]


def test_a_resolved_spot_tells_its_way_by_the_clock_of_the_region():
    row = row_of("resolved", taken=1, named=3, resolved=20)
    assert said(row) == [
        f"№ 7 · нет связи · {EVIL}", "решено", "18.11 22:00", "", "20 ч", "−4 ч", "12",
    ]  # fmt: skip
    assert [(leg, hours) for leg, hours, _ in row.legs] == [
        ("waiting", 1), ("finding", 2), ("fixing", 17), ("watching", 28),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "late", "tone"),
    [
        (row_of("new"), "+24 ч", "late"),
        (row_of("resolved", taken=1, resolved=30), "+6 ч", "late"),
        (row_of("resolved", taken=1, resolved=10), "−14 ч", ""),
        (row_of("subsided", closed=30), "—", ""),
    ],
    ids=["open", "late", "early", "subsided"],
)
def test_how_a_spot_stands_against_its_first_term(row, late, tone):
    cell = row.cells[5]
    assert (cell.said.replace("\xa0", " "), cell.tone) == (late, tone)


def test_an_open_spot_is_sorted_as_not_resolved():
    assert row_of("new").cells[4].by is None
