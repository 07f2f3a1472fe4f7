from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from heatmaps.errors import UsageError
from heatmaps.store.policies import seed_policy
from pipelines.read_kpi import kpi_sheets, whole_days

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def test_by_default_the_last_four_weeks_count():
    period = whole_days(None, None, NOW, MOSCOW)
    assert (period.first, period.last) == (date(2026, 10, 25), date(2026, 11, 21))


def test_days_are_those_of_the_region():
    period = whole_days(moment("2026-11-01"), moment("2026-11-08"), NOW, MOSCOW)
    assert (period.first, period.end) == (date(2026, 11, 1), date(2026, 11, 8))


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [("2026-11-01T05:00", None, "within a day"), ("2026-11-08", "2026-11-01", "holds no day")],
)
def test_what_is_no_period_is_refused(since, until, said):
    with pytest.raises(UsageError, match=said):
        whole_days(moment(since), moment(until) if until else None, NOW, MOSCOW)


def test_an_empty_store_has_figures_without_values(store):
    with store.writing() as connection:
        seed_policy(connection, NOW)
    [figures, timelines, *_] = kpi_sheets(store, whole_days(None, None, NOW, MOSCOW), NOW)
    assert len(figures) > 10
    assert len(timelines) == 0
