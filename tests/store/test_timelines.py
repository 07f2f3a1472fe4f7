"""The manager's columns, of spots with a life through the public functions of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import shapely

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Change, Work
from heatmaps.desk.words import Cause, Status
from heatmaps.insight.timeline import HOUR_US, Fate, tally
from heatmaps.region.grid import cell_of
from heatmaps.region.territories import Territory
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import desk, region, spots
from heatmaps.store.policies import seed_policy
from heatmaps.store.timelines import Filters, load_timelines

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CELLS = (cell_of(59.94, 30.25),)
LONG_AGO = AT - timedelta(days=400)
SQUARE = shapely.to_wkb(shapely.MultiPolygon([shapely.box(30, 59, 31, 60)]))


def hours(n: float) -> datetime:
    return AT + timedelta(hours=n)


def case(spot_id: int, opened: datetime = AT, territory: str | None = None, **fields) -> SpotCase:
    seen = DetectedSpot(
        spot_id=spot_id, opened_at=opened, topic="no_service", resolution=9, cells=CELLS,
        cells_opened=CELLS, window_h=6, observed=5, expected=0.25, score=9.5,
        recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=5, expected_last=0.25,
        score_last=9.5, observed_peak=5, last_tick=opened, quiet_since=None, complaint_ids=(),
    )  # fmt: skip
    term = opened + timedelta(hours=24)
    work = Work(**{"spot_id": spot_id, "status": Status.NEW, "status_at": opened, "queue": "q",
                   "eta": term, "eta_first": term, **fields})  # fmt: skip
    facts = Facts(5, 900, 12.5, ())
    return SpotCase(seen, work, facts, facts, "4g", territory, 59.94, 30.25, 1)


@pytest.fixture
def filled(store):
    """Spot 1 is worked on and reopened, 2 is new in a town, 3 and 4 ended long ago and lately."""
    land = [Territory("land", "Край", None, 0, "Europe/Moscow", SQUARE),
            Territory("town", "Город", "land", 1, "Europe/Moscow", SQUARE)]  # fmt: skip
    over = {"status": Status.CONFIRMED, "cause": Cause.POWER}
    cases = [
        case(1), case(2, territory="town"),
        case(3, LONG_AGO, closed_at=LONG_AGO + timedelta(days=2), **over),
        case(4, AT - timedelta(days=9), closed_at=AT, resolved_at=AT - timedelta(days=1),
             queue="r", **over),
    ]  # fmt: skip
    with store.writing() as connection:
        seed_policy(connection, AT)
        region.save_territories(connection, land)
        spots.save_cases(connection, [], cases)
        work = cases[0].work
        for at, change in [
            (1, Change(Status.ACKNOWLEDGED, owner="A")),
            (2, Change(cause=Cause.POWER, eta=hours(8))),
            (7, Change(eta=hours(12))),
            (9, Change(Status.RESOLVED, done="включили")),
            (15, Change(Status.REOPENED)),
        ]:
            work = desk.change_work(connection, work, change, actor="A", now=hours(at))
    return store


def load(store, since=AT - timedelta(days=30), **filters):
    with store.reading() as connection:
        return load_timelines(connection, since, Filters(**filters))


def test_steps_are_read_from_the_history(filled):
    one = load(filled).take([0])
    opened = one.opened[0]
    assert one.acknowledged[0] == opened + HOUR_US
    assert one.named[0] == opened + 2 * HOUR_US
    assert one.first_term[0] == opened + 24 * HOUR_US
    assert one.term[0] == opened + 12 * HOUR_US
    assert (one.term_changes[0], one.reopenings[0]) == (1, 1)
    assert one.resolved[0] == ABSENT_TIME
    assert (one.complained[0], one.silent[0]) == (5, 900)


def test_a_spot_nobody_touched_has_no_steps(filled):
    two = load(filled).take([1])
    assert two.acknowledged[0] == two.named[0] == two.closed[0] == ABSENT_TIME
    assert (two.term_changes[0], two.reopenings[0]) == (0, 0)
    assert two.cause[0] is None


def test_what_was_over_before_is_left_out(filled):
    assert load(filled).spot_id.tolist() == [1, 2, 4]
    assert load(filled, LONG_AGO).spot_id.tolist() == [1, 2, 3, 4]
    assert tally(load(filled, LONG_AGO)).by_fate[Fate.RESOLVED] == 2


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"territory_id": "land"}, [2]),
        ({"territory_id": "town"}, [2]),
        ({"territory_id": "x' OR '1'='1"}, []),
        ({"cause": "power"}, [1, 4]),
        ({"queue": "r"}, [4]),
        ({"topic": "no_service", "queue": "q"}, [1, 2]),
        ({"topic": "other"}, []),
    ],
    ids=str,
)
def test_filters(filled, filters, ids):
    assert load(filled, **filters).spot_id.tolist() == ids


def test_an_empty_store_gives_empty_columns(store):
    assert len(load(store)) == 0


def test_order_of_numbers_is_kept_whatever_the_store_does(store):
    with store.writing() as connection:
        seed_policy(connection, AT)
        spots.save_cases(connection, [], [case(9), case(10), case(2), case(1)])
        change = Change(Status.ACKNOWLEDGED, eta=hours(5))
        for spot_id in (10, 1):
            work = replace(case(spot_id).work)
            desk.change_work(connection, work, change, actor="A", now=hours(spot_id / 4))
    found = load(store)
    assert found.spot_id.tolist() == [1, 2, 9, 10]
    assert (found.named != ABSENT_TIME).tolist() == [True, False, False, True]
