from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.insight.explanation.record import HourCount
from heatmaps.ui.engineer.curve import MOST_HOURS, curve
from heatmaps.ui.locale import translator
from heatmaps.ui.spot_words import Reader

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
READER = Reader(translator("ru"), UNTIL, ZoneInfo("Asia/Vladivostok"))


def hours(*observed: int, expected: float = 0.25) -> list[HourCount]:
    first = UNTIL - len(observed) * HOUR
    return [HourCount(first + n * HOUR, seen, expected) for n, seen in enumerate(observed)]


@pytest.mark.parametrize(("given", "shown"), [(1, 1), (30, 30), (400, MOST_HOURS)])
def test_a_bar_and_a_step_an_hour_and_a_week_at_most(given, shown):
    assert curve(hours(*[1] * given), READER).count("<i ") == 2 * shown


def test_no_hour_is_no_drawing():
    assert curve([], READER) == ""


def test_bars_and_steps_stand_to_one_scale():
    drawn = curve(hours(0, 4, expected=1.0), READER)
    heights = [part.split("%")[0] for part in drawn.split("height:")[1:]]
    assert heights == ["0.0", "100.0", "25.0", "25.0"]


def test_hours_are_named_by_the_clock_of_the_region():
    drawn = curve(hours(0, 3), READER)
    assert "20.11 20:00" in drawn
    assert "20.11 21:00" in drawn
    assert "столбцы: жалоб 3; линия: ожидалось 0,50" in drawn
