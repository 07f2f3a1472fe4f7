from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.ui.engineer.curve import LEAST_HOURS, MOST_HOURS, curve, per_hour
from heatmaps.ui.locale import translator
from heatmaps.ui.spot_words import Reader

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ages_h", "hours"),
    [([], LEAST_HOURS), ([0.5], LEAST_HOURS), ([30.5], 33), ([500.0], MOST_HOURS)],
)
def test_a_day_at_least_and_a_week_at_most(ages_h, hours):
    assert len(per_hour([UNTIL - age * HOUR for age in ages_h], UNTIL)) == hours


def test_complaints_count_in_their_hour():
    counts = per_hour([UNTIL - 0.5 * HOUR, UNTIL - 0.9 * HOUR, UNTIL - 3.2 * HOUR], UNTIL)
    assert [counts[-1], counts[-2], counts[-5]] == [0, 2, 1]
    assert sum(counts) == 3


def test_later_complaints_and_those_of_long_ago_are_left_out():
    assert sum(per_hour([UNTIL + 2 * HOUR, UNTIL - 400 * HOUR], UNTIL)) == 0


def test_hours_are_named_by_the_clock_of_the_region():
    reader = Reader(translator("ru"), UNTIL, ZoneInfo("Asia/Vladivostok"))
    drawn = curve([UNTIL - HOUR], 0.25, UNTIL, reader)
    assert "20.11 22:00" in drawn
    assert "пунктир — обычно здесь: 0,25 в час" in drawn
