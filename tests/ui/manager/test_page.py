"""The manager's page inside a Streamlit script, on stores that have little to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Change, Work
from heatmaps.desk.words import Cause, Status
from heatmaps.region.grid import cell_of
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import desk, spots

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""The queries are tested on both stores beside the store; the page adds nothing to them."""

NOW = datetime.now(UTC).replace(microsecond=0)
CELLS = (cell_of(59.94, 30.25),)


@pytest.fixture
def page(page_of):
    """Give a function that runs the page over the store."""

    def run(**url):
        made = page_of("manager")
        for name, value in url.items():
            made.query_params[name.replace("_", "-")] = value
        made.run()
        assert not made.exception
        return made

    return run


def open_spot(store, spot_id: int, opened: datetime) -> Work:
    seen = DetectedSpot(
        spot_id=spot_id, opened_at=opened, topic="no_service", resolution=9, cells=CELLS,
        cells_opened=CELLS, window_h=6, observed=5, expected=0.25, score=9.5,
        recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=5, expected_last=0.25,
        score_last=9.5, observed_peak=5, last_tick=opened, quiet_since=None, complaint_ids=(),
    )  # fmt: skip
    term = opened + timedelta(hours=24)
    work = Work(spot_id, Status.NEW, opened, "network_operations", eta=term, eta_first=term)
    facts = Facts(5, 900, 12.5, ())
    case = SpotCase(seen, work, facts, facts, "4g", None, 59.94, 30.25, 1)
    with store.writing() as connection:
        spots.save_cases(connection, [], [case])
    return work


def resolve(store, work: Work, at: datetime) -> None:
    with store.writing() as connection:
        taken = desk.change_work(
            connection, work, Change(Status.ACKNOWLEDGED), actor="A", now=at - timedelta(hours=1)
        )
        done = Change(Status.RESOLVED, Cause.POWER, done="включили")
        desk.change_work(connection, taken, done, actor="A", now=at)


def said(page) -> str:
    return " ".join(" ".join(each.value for each in page.html).split()).replace("\xa0", " ")


def test_before_anything_is_calculated_the_page_says_so(page):
    shown = said(page())
    assert "Пятна ещё не рассчитаны" in shown
    assert "nan" not in shown.lower()


def test_one_spot_is_told_without_made_up_figures(store, page):
    open_spot(store, 1, NOW - timedelta(hours=2))
    shown = said(page())
    assert "Открыто за период <b>1</b>" in shown
    assert "<b>0</b>" in shown
    assert "—" in shown
    assert "nan" not in shown.lower()


def test_a_period_without_spots_says_so_and_still_shows_what_waits(store, page):
    open_spot(store, 1, NOW - timedelta(days=20))
    shown = said(page(period="today"))
    assert "Открыто за период <b>0</b>" in shown
    assert "оценивать ещё нечего" in shown
    assert "Открыто 0, решено 0, сейчас ждёт 1." in shown


def test_figures_and_sum_of_a_small_history(store, page):
    for number, hours in enumerate((3, 30), start=1):
        opened = NOW - timedelta(days=3)
        resolve(store, open_spot(store, number, opened), opened + timedelta(hours=hours))
    open_spot(store, 3, NOW - timedelta(days=2))
    shown = said(page())
    assert "33,3 %" in shown  # one of three within a day
    assert "50,0 %" in shown  # of the two resolved
    assert "решено <b>2</b>" in shown
    assert "просрочено: <b>1</b>" in shown


def test_choices_are_taken_from_the_url_and_what_is_no_choice_is_not(store, page):
    opened = NOW - timedelta(days=3)
    resolve(store, open_spot(store, 1, opened), opened + timedelta(hours=3))
    open_spot(store, 2, opened)
    made = page(only_cause="power", period="7d")
    assert "Открыто за период <b>1</b>" in said(made)
    wrong = page(only_cause="' OR 1=1", period="year", days="x_y")
    assert "Открыто за период <b>2</b>" in said(wrong)
    assert wrong.session_state["period"] == "28d"
    assert "period" not in wrong.query_params


@pytest.mark.parametrize("days", ["2026-02-30_2026-03-01", "2026-03-02_2026-03-01", "9999-01-01_x"])
def test_days_that_cannot_be_are_the_usual_ones(page, days):
    assert said(page(period="custom", days=days))


def test_every_figure_has_its_definition_on_the_page(store, page):
    from heatmaps.insight.kpi import KPIS
    from heatmaps.ui.locale import translator

    open_spot(store, 1, NOW - timedelta(hours=2))
    shown, _ = said(page()), translator("ru")
    assert [k.kpi for k in KPIS if _(k.formula).replace("\xa0", " ") not in shown] == []
