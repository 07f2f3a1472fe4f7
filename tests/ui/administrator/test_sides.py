"""What came of a trial, as the page shows it."""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.testing.v1 import AppTest


def page(which):
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    from heatmaps.desk.words import Status
    from heatmaps.insight.policy_comparison import compare
    from heatmaps.insight.replayed import Queue, Replay, ReplayedSpot
    from heatmaps.insight.verdicts import WorkedSpot
    from heatmaps.ui.administrator.sides import show_sides
    from heatmaps.ui.locale import translator
    from heatmaps.ui.spot_words import Reader
    from pipelines.preview_policy import Preview

    now = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def spot(number, complaints, hours):
        opened = now - timedelta(hours=hours)
        first = opened - timedelta(hours=2)
        held = frozenset(complaints)
        return ReplayedSpot(number, opened, now, first, held, "no_service", "north", "radio")

    def worked(number, complaints, status):
        return WorkedSpot(number, now - timedelta(hours=9), now, status, frozenset(complaints))

    def replay(*spots, order):
        return Replay(spots, (Queue(now, tuple((n, 50.0 - i) for i, n in enumerate(order))),))

    full = compare(
        replay(spot(1, {1, 2}, 9), spot(2, {3, 4}, 9), spot(3, {5, 6}, 5), order=[1, 2]),
        replay(spot(1, {1, 2}, 6), spot(2, {3, 4}, 9), spot(4, {9}, 1), order=[2, 4, 1]),
        [worked(71, {1, 2}, Status.RESOLVED), worked(72, {5, 6}, Status.REJECTED)],
        now - timedelta(hours=24),
    )
    none = compare(replay(order=[]), replay(order=[]), [], now)

    def seen(comparison, **other):
        facts = {"version": 1, "changes": (), "not_replayed": (), "days": 90, "hours": 24,
                 "first": now, "last": now, "complaints": 9, "same_spots": False,
                 "known": None}  # fmt: skip
        return Preview(comparison=comparison, **{**facts, **other})

    reader = Reader(translator("ru"), now, ZoneInfo("Europe/Moscow"))
    names = {"north": "<b>Север</b>"}
    shown = {
        "full": seen(full),
        "none": seen(none, same_spots=True, not_replayed=("eta_h.power",)),
        "no history": seen(None, hours=0, first=None, last=None),
    }
    show_sides(shown[which], names, reader)


@pytest.fixture(scope="module")
def told():
    """Give a function that shows a preview and gives what stands on the page."""

    @cache
    def shown(which):
        app = AppTest.from_function(page, kwargs={"which": which}, default_timeout=30).run()
        assert not app.exception
        return " ".join(one.value for one in app.html).replace("\xa0", " ")

    return shown


def test_figures_stand_side_by_side_and_worse_and_better_are_told_apart(told):
    full = told("full")
    assert '<b class="value good">0</b><span>сейчас: 1</span>' in full  # false alarms
    assert '<b class="value">1 из 1</b><span>сейчас: 1 из 1</span>' in full  # real ones found
    assert '<b class="value late">3,5 ч</b><span>сейчас: 2 ч</span>' in full  # delay
    assert "переставлено пар: 1 из 1" in full
    assert "История короче запрошенной" in full


def test_the_queue_tells_who_moves_and_what_people_said(told):
    full = told("full")
    queue = full[full.index("Очередь в последний час") : full.index("Больше не откроются")]
    rows = queue.split("<tr>")[2:]
    assert ["2 ▲" in rows[0], "—" in rows[1], "1 ▼" in rows[2]] == [True] * 3
    assert "№ 71 · нет связи · &lt;b&gt;Север&lt;/b&gt;" in rows[2]
    assert "настоящее" in rows[2]


def test_spots_that_come_and_go_are_listed(told):
    full = told("full")
    gone, fresh = full[full.index("Больше не откроются") :].split("Откроются новые")
    assert "№ 72" in gone
    assert "отклонено" in gone
    assert "не было" in fresh


def test_two_policies_without_a_spot_show_dashes_and_words(told):
    none = told("none")
    assert '<b class="value">—</b>' in none
    assert "Ни при одной из политик никто не ждёт" in none
    assert "не показывает действия полей: eta_h.power" in none
    assert "Пятна открываются те же" in none


def test_no_history_is_said(told):
    assert "Проверять пока не на чем" in told("no history")
