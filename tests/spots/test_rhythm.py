from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.spots.rhythm import WEEK_H, hours_of_week, weekly_rhythm


def hour(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 3600


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Moscow", "2024-03-04T00:00", 3),
        ("Asia/Almaty", "2024-02-26T00:00", 6),
        ("Asia/Almaty", "2024-03-04T00:00", 5),
        ("Asia/Kamchatka", "2024-03-03T12:00", 0),
        ("America/New_York", "2024-03-10T06:00", 6 * 24 + 1),
        ("America/New_York", "2024-03-10T07:00", 6 * 24 + 3),
    ],
)
def test_hours_of_the_week_are_local(zone, moment, expected):
    first = hour(moment)
    assert hours_of_week(ZoneInfo(zone), first, first + 1).tolist() == [expected]


def test_a_span_joins_days_without_gap():
    first = hour("2024-03-04T05:00")
    hours = hours_of_week(ZoneInfo("UTC"), first, first + 2 * WEEK_H)
    assert hours.tolist() == [(5 + h) % WEEK_H for h in range(2 * WEEK_H)]
    assert hours_of_week(ZoneInfo("UTC"), first, first).tolist() == []


def test_nothing_known_is_flat():
    assert (weekly_rhythm(np.zeros(0), np.zeros(0, dtype=np.intp)) == 1).all()
    assert (weekly_rhythm(np.zeros(30), np.arange(30)) == 1).all()


def test_a_week_gives_the_day_its_shape_but_no_hour_its_own():
    hours = np.arange(WEEK_H)
    counts = np.where(hours % 24 >= 12, 3.0, 1.0)
    counts[30] = 12.0
    rhythm = weekly_rhythm(counts, hours).reshape(7, 24)
    assert rhythm.mean() == pytest.approx(1)
    assert rhythm[:, 15:23].min() > 1.3
    assert rhythm[:, 1:5].max() < 0.8
    assert rhythm[1, 6] < 2 * rhythm[2, 6]


def test_a_year_gives_back_the_true_rhythm():
    rng = np.random.default_rng(3)
    truth = 1 + 0.8 * np.sin(np.arange(WEEK_H) / WEEK_H * 14 * np.pi)
    hours = np.tile(np.arange(WEEK_H), 52)
    found = weekly_rhythm(rng.poisson(20 * truth[hours]).astype(float), hours)
    assert np.abs(found - truth).max() < 0.2
