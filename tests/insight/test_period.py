from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from heatmaps.errors import UsageError
from heatmaps.insight.period import Period, Pill, period_of

LATE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pill", "days"), [(Pill.TODAY, 1), (Pill.WEEK, 7), (Pill.MONTH, 28), (Pill.QUARTER, 91)]
)
def test_a_pill_ends_with_today_by_the_clock_of_the_region(pill, days):
    period = period_of(pill, LATE, ZoneInfo("Europe/Moscow"))
    assert (period.last, period.days) == (date(2026, 11, 21), days)
    assert period.since <= LATE < period.until


def test_days_are_days_also_where_the_clock_is_changed():
    period = Period(date(2026, 3, 28), date(2026, 3, 31), ZoneInfo("Europe/Berlin"))
    hours = [(b - a).total_seconds() / 3600 for a, b in
             zip(period.edges(), period.edges()[1:], strict=False)]  # fmt: skip
    assert hours == [24, 23, 24]


def test_the_period_before_touches_this_one():
    period = period_of(Pill.WEEK, LATE, UTC)
    assert (period.before().until, period.before().days) == (period.since, 7)


def test_long_periods_go_by_weeks_and_the_last_may_be_short():
    period = Period(date(2026, 1, 1), date(2026, 2, 10), UTC)
    assert [(b - a).days for a, b in zip(period.steps(), period.steps()[1:], strict=False)] == [
        7, 7, 7, 7, 7, 5,
    ]  # fmt: skip


def test_a_period_without_a_day_is_refused():
    with pytest.raises(UsageError, match="holds no day"):
        Period(date(2026, 1, 2), date(2026, 1, 2), UTC)
