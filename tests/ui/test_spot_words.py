from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.desk.card import SpotCard
from heatmaps.desk.lifecycle import Work
from heatmaps.desk.words import Status
from heatmaps.ui.locale import translator
from heatmaps.ui.spot_words import Reader, spot_row, spot_shape

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READER = Reader(translator("ru"), NOW, ZoneInfo("Europe/Moscow"))
SPACE = "\N{NO-BREAK SPACE}"


def card(status: Status = Status.NEW, **work) -> SpotCard:
    return SpotCard(
        work=Work(spot_id=7, status=status, status_at=NOW, queue="q", **work),
        signal="active", quiet_since=None, topic="no_service", technology="4g",
        territory_id="t", territory_name="Гавань", opened_at=NOW, last_tick=NOW,
        lat=59.94, lon=30.25, cells=(617292633977126911,), window_h=6, observed=5, expected=0.4,
        score=9.0, recurrence_days=99.0, observed_last=5, expected_last=0.4, observed_peak=5,
        customers_complained=5, customers_silent=900, priority=41.6, priority_parts=(),
        policy_version=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spot", "tag", "tone", "news", "badge"),
    [
        (card(), "новое", "wait", "срока пока нет", "42"),
        (card(eta=NOW + timedelta(hours=5)), "новое", "wait", "через 5 часов", "42"),
        (card(Status.IN_PROGRESS, eta=NOW - timedelta(hours=2)), "в работе", "late",
         "просрочено на 2 ч", "42"),
        (card(Status.RESOLVED, resolved_at=NOW), "решено", "good", "сегодня в 15:00", "✓"),
        (card(Status.REJECTED, closed_at=NOW), "отклонено", "plain", "сегодня в 15:00", "42"),
    ],
)  # fmt: skip
def test_a_row_says_what_matters_now(spot, tag, tone, news, badge):
    row = spot_row(spot, READER)
    assert (row.tag, row.tone, row.badge, row.title) == (tag, tone, badge, "нет связи")
    assert row.detail.replace(SPACE, " ") == f"{news} · № 7 · Гавань"


def test_the_tooltip_on_the_map_says_the_same():
    lines = spot_shape(card(), READER).label.replace(SPACE, " ").splitlines()
    assert lines == ["№ 7 · нет связи · новое", "Гавань", "пожаловались 5 клиентов",
                     "срока пока нет"]  # fmt: skip
