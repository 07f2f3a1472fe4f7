from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Change, Work
from heatmaps.desk.words import Cause, Refusal, Status
from heatmaps.region.grid import cell_of
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import desk, spots
from heatmaps.store.policies import seed_policy
from heatmaps.ui.engineer.handling import DONE, carry_out

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CELLS = (cell_of(59.94, 30.25),)
SOON, PAST = AT + timedelta(hours=4), AT - timedelta(hours=1)


@pytest.fixture
def spot(store):
    """Give a function that puts one spot into the store and gives the work on it."""

    def put(status=Status.ACKNOWLEDGED, **fields) -> Work:
        seen = DetectedSpot(
            spot_id=1, opened_at=AT, topic="no_service", resolution=9, cells=CELLS,
            cells_opened=CELLS, window_h=6, observed=5, expected=0.25, score=9.5,
            recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=5, expected_last=0.25,
            score_last=9.5, observed_peak=5, last_tick=AT, quiet_since=None, complaint_ids=(),
        )  # fmt: skip
        facts = Facts(5, 900, 12.5, ())
        work = Work(1, status, AT, "q", **fields)
        case = SpotCase(seen, work, facts, facts, "4g", None, 59.94, 30.25, 1)
        with store.writing() as connection:
            seed_policy(connection, AT)
            spots.save_cases(connection, [], [case])
        return work

    return put


def work_now(store) -> Work:
    with store.reading() as connection:
        return desk.card(connection, 1).work


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (Change(status=Status.IN_PROGRESS), DONE),
        (Change(cause=Cause.POWER, eta=SOON), DONE),
        (Change(status=Status.RESOLVED, cause=Cause.POWER, done="починили"), DONE),
        (Change(cause=Cause.POWER, eta=PAST), Refusal.TERM_PASSED),
        (Change(status=Status.RESOLVED, done="починили"), Refusal.NO_CAUSE),
        (Change(status=Status.RESOLVED, cause=Cause.POWER), Refusal.NO_WORDS),
        (Change(status=Status.RESOLVED, cause=Cause.POWER, done="  "), Refusal.NO_WORDS),
        (Change(status=Status.REOPENED), Refusal.NO_SUCH_MOVE),
        (Change(), Refusal.NOTHING_NEW),
    ],
    ids=str,
)
def test_what_becomes_of_a_change(store, spot, change, outcome):
    seen = spot(acknowledged_at=AT)
    assert carry_out(store, seen, change, "Анна", AT) is outcome
    assert (work_now(store) == seen) is (outcome != DONE)


def test_a_closed_spot_stays_as_it_is(store, spot):
    seen = spot(Status.REJECTED, closed_at=AT)
    outcome = carry_out(store, seen, Change(status=Status.IN_PROGRESS), "Анна", AT)
    assert outcome == Refusal.CLOSED


def test_a_change_made_on_an_old_view_overwrites_nothing(store, spot):
    seen = spot()
    first = Change(cause=Cause.POWER, eta=SOON)
    assert carry_out(store, seen, first, "Первый", AT) == DONE
    second = Change(cause=Cause.OVERLOAD, eta=SOON)
    assert carry_out(store, seen, second, "Вторая", AT) == Refusal.OVERTAKEN
    assert work_now(store).cause is Cause.POWER


def test_of_many_at_once_exactly_one_gets_through(store, spot):
    seen, outcomes = spot(Status.NEW), []

    def take(name: str) -> None:
        change = Change(status=Status.ACKNOWLEDGED, owner=name)
        outcomes.append((carry_out(store, seen, change, name, AT), name))

    threads = [threading.Thread(target=take, args=(f"№ {number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [name for outcome, name in outcomes if outcome == DONE]
    assert done == [work_now(store).owner]
    assert [outcome for outcome, _ in outcomes].count(Refusal.OVERTAKEN) == 4
