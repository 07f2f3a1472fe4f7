from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.spots.free_days import HOLIDAY, day_of_rest, kind_of_day
from heatmaps.spots.rhythm import RHYTHM_H, WEEK_H, hours_of_week, weekly_rhythm


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
        ("Europe/Berlin", "2024-10-27T00:30", 6 * 24 + 2),
        ("Europe/Berlin", "2024-10-27T01:30", 6 * 24 + 2),
        ("Asia/Kolkata", "2024-03-04T19:00", 24),
        ("Europe/Moscow", "2024-06-11T21:00", WEEK_H),
        ("Europe/Moscow", "2024-06-12T20:00", WEEK_H + 23),
        ("Asia/Almaty", "2024-06-12T03:00", 48 + 8),
        ("Europe/Moscow", "2024-04-27T09:00", 4 * 24 + 12),
        ("Asia/Almaty", "2024-04-27T09:00", 5 * 24 + 14),
        ("UTC", "2024-01-01T05:00", 5),
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


@pytest.mark.parametrize(
    ("zone", "day", "kind"),
    [
        ("Europe/Moscow", date(2025, 1, 4), HOLIDAY),
        ("Europe/Moscow", date(2025, 5, 2), HOLIDAY),
        ("Europe/Moscow", date(2025, 11, 1), 4),
        ("Europe/Moscow", date(2025, 11, 8), 5),
        ("Asia/Vladivostok", date(2024, 12, 31), HOLIDAY),
        ("Asia/Almaty", date(2025, 3, 21), HOLIDAY),
        ("Europe/Moscow", date(2025, 3, 21), 4),
        ("Europe/Amsterdam", date(2024, 12, 25), HOLIDAY),
        ("Etc/GMT-3", date(2024, 12, 25), 2),
        ("W-SU", date(2025, 1, 4), HOLIDAY),
        ("W-SU", date(2025, 11, 1), 4),
        ("Europe/Kiev", date(2021, 8, 24), HOLIDAY),
        ("US/Eastern", date(2025, 7, 4), HOLIDAY),
        ("Asia/Calcutta", date(2025, 8, 15), HOLIDAY),
        ("UTC", date(2025, 1, 1), 2),
        ("Asia/Almaty", date(2025, 1, 5), 0),
        ("Asia/Shanghai", date(2025, 9, 28), 0),
        ("Asia/Shanghai", date(2025, 10, 11), 4),
    ],
)
def test_the_law_of_the_country_says_what_a_day_is_like(zone, day, kind):
    assert kind_of_day(ZoneInfo(zone), day) == kind


@pytest.mark.parametrize(
    ("zone", "year", "rest"),
    [
        ("Europe/Moscow", 2025, 6),
        ("Asia/Jerusalem", 2025, 5),
        ("Asia/Tel_Aviv", 2025, 5),
        ("Africa/Cairo", 2025, 5),
        ("Asia/Dubai", 2020, 5),
        ("Asia/Dubai", 2025, 6),
        ("Asia/Tehran", 2025, 4),
        ("UTC", 2025, 6),
    ],
)
def test_a_weekend_ends_when_the_law_has_it(zone, year, rest):
    assert day_of_rest(ZoneInfo(zone), date(year, 3, 4)) == rest


def test_a_holiday_is_like_the_day_of_rest():
    hours = np.tile(np.arange(WEEK_H), 6)
    counts = np.where(hours // 24 == 5, 2.0, 10.0)
    rhythm = weekly_rhythm(counts, hours, 5)
    assert rhythm[WEEK_H:] == pytest.approx(rhythm[5 * 24 : 6 * 24])
    free = np.tile(np.arange(WEEK_H, RHYTHM_H), 4)
    only = weekly_rhythm(np.where(free % 24 > 11, 30.0, 1.0), free, 5)
    assert (only[WEEK_H + 12 :] > 3 * only[WEEK_H : WEEK_H + 12].mean()).all()


def test_nothing_known_is_flat():
    assert (weekly_rhythm(np.zeros(0), np.zeros(0, dtype=np.intp)) == 1).all()
    assert (weekly_rhythm(np.zeros(30), np.arange(30)) == 1).all()


def test_a_week_gives_the_day_its_shape_but_no_hour_its_own():
    hours = np.arange(WEEK_H)
    counts = np.where(hours % 24 >= 12, 3.0, 1.0)
    counts[30] = 12.0
    rhythm = weekly_rhythm(counts, hours)[:WEEK_H].reshape(7, 24)
    assert rhythm.mean() == pytest.approx(1)
    assert rhythm[:, 15:23].min() > 1.3
    assert rhythm[:, 1:5].max() < 0.8
    assert rhythm[1, 6] < 2 * rhythm[2, 6]


def test_a_year_gives_back_the_true_rhythm():
    rng = np.random.default_rng(3)
    truth = 1 + 0.8 * np.sin(np.arange(WEEK_H) / WEEK_H * 14 * np.pi)
    hours = np.tile(np.arange(WEEK_H), 52)
    found = weekly_rhythm(rng.poisson(20 * truth[hours]).astype(float), hours)
    assert np.abs(found[:WEEK_H] - truth).max() < 0.2


def test_a_holiday_is_a_sunday_until_one_was_seen():
    hours = np.tile(np.arange(WEEK_H), 6)
    counts = np.where(hours >= 6 * 24, 2.0, 10.0)
    rhythm = weekly_rhythm(counts, hours)
    assert rhythm[WEEK_H:] == pytest.approx(rhythm[WEEK_H - 24 : WEEK_H])
    seen = np.append(hours, np.arange(WEEK_H, RHYTHM_H))
    quiet = weekly_rhythm(np.append(counts, np.full(24, 1.0)), seen)
    assert quiet[:WEEK_H] == pytest.approx(rhythm[:WEEK_H])
    assert 0.6 < quiet[WEEK_H:].sum() / rhythm[WEEK_H:].sum() < 0.8


def test_nothing_but_holidays_stands_for_sundays():
    hours = np.tile(np.arange(WEEK_H, RHYTHM_H), 4)
    rhythm = weekly_rhythm(np.where(hours % 24 > 11, 30.0, 1.0), hours)
    assert (rhythm[WEEK_H + 12 :] > 3 * rhythm[WEEK_H : WEEK_H + 12].mean()).all()
    assert np.isfinite(rhythm).all()
