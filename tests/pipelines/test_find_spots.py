from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
from sqlalchemy import func, select
from town import CENTRE, CLOCK, END, FAULT_AT, FAULT_CELLS, FAULT_H, complaint, rows, settle, tell

from heatmaps.desk.lifecycle import Change
from heatmaps.desk.words import Cause, Status
from heatmaps.errors import UsageError
from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.grid import parent
from heatmaps.spots.explained import Explained
from heatmaps.store import desk, spots
from heatmaps.store.engine import open_store
from heatmaps.store.events import save_events
from heatmaps.store.tables import Spot, SpotComplaint, Tick
from heatmaps.store.types import to_microseconds
from pipelines import find_spots
from pipelines.lifted import note_spots
from pipelines.set_up import set_up_store

HOUR = timedelta(hours=1)
SEEN_BY = FAULT_AT + timedelta(hours=FAULT_H)


def detect(store, until):
    return find_spots.detect(store, until, CLOCK, lambda *_: None)


def cases(store):
    with store.reading() as connection:
        return spots.load_cases(connection)


@pytest.fixture(scope="session")
def watched_sqlite(tmp_path_factory):
    path = tmp_path_factory.mktemp("watched") / "heatmaps.db"
    watch(set_up_store(f"sqlite:///{path}", CLOCK.now))
    return path


@pytest.fixture(scope="session")
def watched_postgis(postgis_databases):
    url = postgis_databases.make()
    watch(open_store(url))
    return url


def watch(store):
    settle(store)
    tell(store, rows())
    detect(store, SEEN_BY)
    store.close()


@pytest.fixture(params=["sqlite", "postgis"])
def watched(request, tmp_path):
    """A store of each kind in which the planted fault has been found."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("watched_sqlite"), tmp_path / "w.db")
        url = f"sqlite:///{path}"
    else:
        databases = request.getfixturevalue("postgis_databases")
        url = databases.copy(request.getfixturevalue("watched_postgis"))
    opened = open_store(url)
    yield opened
    opened.close()
    if request.param == "postgis":
        databases.drop(url)


@pytest.fixture
def fresh(tmp_path):
    """A SQLite store with a policy and the town's exposure."""
    opened = set_up_store(f"sqlite:///{tmp_path}/fresh.db", CLOCK.now)
    settle(opened)
    yield opened
    opened.close()


def the_fault(store):
    zone = {parent(cell, resolution) for cell in FAULT_CELLS for resolution in (7, 8, 9)}
    [case] = [
        case
        for case in cases(store)
        if case.detected.opened_at >= FAULT_AT and zone & set(case.detected.cells_opened)
    ]
    return case


def test_a_planted_fault_becomes_one_spot_with_its_facts(watched):
    case = the_fault(watched)
    assert case.detected.opened_at <= FAULT_AT + timedelta(hours=8)
    assert case.detected.topic == "no_internet"
    assert case.technology == "4g"
    assert case.now.customers_complained >= 12
    assert case.work.status is Status.NEW
    assert case.work.eta_first == case.work.eta
    assert sum(part["points"] for part in case.now.parts) == pytest.approx(case.now.priority)


def test_a_quiet_town_is_left_in_peace(fresh):
    tell(fresh, rows(fault=False))
    assert detect(fresh, END).opened <= 1  # promised: one in a month for so few people


@pytest.mark.parametrize("watched", ["postgis"], indirect=True)
def test_stopping_and_going_on_finds_the_same_spots_in_the_other_store(fresh, watched):
    tell(fresh, rows())
    first = rows()[0]["created_at"]
    for stop in (first + 400 * HOUR, first + 401 * HOUR, FAULT_AT + 5 * HOUR, SEEN_BY):
        detect(fresh, stop)
    assert cases(fresh) == cases(watched)


def test_doing_it_again_does_nothing(watched):
    before = cases(watched)
    again = detect(watched, SEEN_BY)
    assert (again.ticks, again.opened) == (0, 0)
    assert cases(watched) == before


def test_looking_back_is_refused_with_the_way_to_do_it(watched):
    with pytest.raises(UsageError, match="heatmaps replay"):
        detect(watched, SEEN_BY - 2 * HOUR)


def test_a_run_killed_in_the_middle_keeps_whole_days_and_goes_on(fresh):
    def killed(done, _total):
        if done >= 48:
            raise KeyboardInterrupt

    tell(fresh, rows())
    with pytest.raises(KeyboardInterrupt):
        find_spots.detect(fresh, SEEN_BY, CLOCK, killed)
    with fresh.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Tick)) == 48
    again = detect(fresh, SEEN_BY)
    with fresh.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Tick)) == 48 + again.ticks
    the_fault(fresh)


def test_replay_finds_what_detection_found_and_writes_nothing(watched):
    with watched.reading() as connection:
        ticks = list(connection.scalars(select(Tick.tick_at).order_by(Tick.tick_at)))
        before = connection.scalar(select(func.count()).select_from(SpotComplaint))
    kept = CLOCK.cache_dir
    found = find_spots.replay(watched, ticks, CLOCK.zone, lambda *_: None, cache_dir=kept)
    assert [case.detected for case in found] == [case.detected for case in cases(watched)]
    assert [case.at_opening.priority for case in found] == [
        case.at_opening.priority for case in cases(watched)
    ]
    with watched.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(SpotComplaint)) == before


def test_detection_never_overwrites_what_people_did(watched):
    work = the_fault(watched).work
    eta = SEEN_BY + timedelta(days=3)
    with watched.writing() as connection:
        desk.change_work(
            connection, work, Change(status=Status.ACKNOWLEDGED, owner="Лист", cause=Cause.POWER,
                                        eta=eta), actor="Лист", now=SEEN_BY,
        )  # fmt: skip
    detect(watched, SEEN_BY + timedelta(days=2))
    after = the_fault(watched)
    assert str(after.detected.signal) == "quiet"
    assert (after.work.status, after.work.owner, after.work.cause, after.work.eta) == (
        Status.ACKNOWLEDGED, "Лист", Cause.POWER, eta
    )  # fmt: skip
    assert after.work.closed_at is None


def test_a_spot_nobody_took_subsides_after_its_quiet_time_and_tells_so(watched):
    detect(watched, END)
    case = the_fault(watched)
    assert case.work.status is Status.SUBSIDED
    quiet_h = (case.work.closed_at - case.detected.quiet_since) / HOUR
    assert quiet_h == 24
    with watched.reading() as connection:
        kinds = [event.kind for event in desk.events(connection, case.detected.spot_id)]
    assert kinds[0] == "opened"
    assert {"signal", "work"} <= set(kinds)


@pytest.mark.parametrize(
    ("status", "lifted"), [(None, True), (Status.ACKNOWLEDGED, True), (Status.REJECTED, False)]
)
def test_what_people_reject_stays_in_the_baseline(watched, status, lifted):
    spot = the_fault(watched).detected
    others = [i for one in cases(watched) for i in one.detected.complaint_ids]
    if status is not None:
        change = Change(status=status, cause=Cause.CUSTOMER_DEVICE, done="Сеть в порядке")
        with watched.writing() as connection:
            desk.change_work(connection, the_fault(watched).work, change, actor="Лист", now=SEEN_BY)
    with watched.reading() as connection:
        ground = find_spots._ground(connection, SEEN_BY, SEEN_BY + HOUR, CLOCK)
        watch = find_spots.Watch(ground)
        watch.take_up(connection, SEEN_BY + HOUR)
    held = np.isin(ground.columns.complaint_id, spot.complaint_ids)
    by_spot = np.isin(ground.columns.complaint_id, others)
    assert (watch.explained.by_spot == by_spot).all()
    part = spot.expected / spot.observed if lifted else 1.0
    assert watch.explained.usual[held] == pytest.approx(part)
    assert (watch.explained.usual[~by_spot] == 1).all()


@pytest.mark.parametrize("every_h", [12, 24 * 9])
def test_where_events_are_the_rule_the_crowd_is_usual(fresh, every_h):
    tell(fresh, rows(fault=False))
    lat, lon = h3.cell_to_latlng(CENTRE)
    begins = [END - timedelta(hours=n) for n in range(every_h, 24 * 20, every_h)]
    events = [NetworkEvent(f"fair {n}", EventKind.MASS_EVENT, at, at + 8 * HOUR, lat, lon, 300.0)
              for n, at in enumerate(begins)]  # fmt: skip
    with fresh.writing() as connection:
        save_events(connection, events, END)
    with fresh.reading() as connection:
        known = find_spots._ground(connection, END, END + HOUR, CLOCK).gatherings
    assert len(known) == (0 if every_h == 12 else len(events))


def test_what_is_noted_hour_by_hour_is_what_is_read_back(watched):
    """With merged, rejected and living spots, as the next part of a run would read them."""
    one = the_fault(watched)
    with watched.reading() as connection:
        ground = find_spots._ground(connection, SEEN_BY, SEEN_BY + HOUR, CLOCK)
        watch = find_spots.Watch(ground)
        watch.take_up(connection, SEEN_BY + HOUR)
    half = one.detected.complaint_ids[::2]
    child = replace(one, detected=replace(one.detected, spot_id=9, complaint_ids=half, observed=90),
                    work=replace(one.work, status=Status.MERGED, closed_at=SEEN_BY))  # fmt: skip
    watch.closed[9] = child
    watch._explain()
    alone = Explained(ground.columns)
    note_spots(alone, (), cases(watched))
    assert (watch.explained.usual == alone.usual).all()
    assert (watch.explained.by_spot == alone.by_spot).all()


def test_a_known_crowd_opens_nothing_and_teaches_nothing(fresh):
    lat, lon = h3.cell_to_latlng(CENTRE)
    crowd = [complaint(f"crowd {n}", END - timedelta(minutes=15 * n), CENTRE) for n in range(12)]
    tell(fresh, rows(fault=False) + crowd)
    match = NetworkEvent("match", EventKind.MASS_EVENT, END - 4 * HOUR, END, lat, lon, 300.0)
    with fresh.writing() as connection:
        save_events(connection, [match], END)
    detect(fresh, END)
    assert not [one for one in cases(fresh) if one.detected.opened_at > match.starts_at]
    with fresh.reading() as connection:
        ground = find_spots._ground(connection, END, END + HOUR, CLOCK)
    watch = find_spots.Watch(ground)
    held = watch.explained.by_spot
    assert held.sum() >= len(crowd)
    assert (watch.explained.usual == np.where(held, 0, 1)).all()
    began = to_microseconds(match.starts_at)
    assert (ground.columns.time[held] >= began).all()


def test_a_late_complaint_enters_the_next_tick_and_changes_no_past_one(watched):
    before = the_fault(watched)
    inside = before.detected.cells[0]
    late = complaint("late", SEEN_BY - 2 * HOUR, inside, topic="no_internet")
    tell(watched, [late])
    assert the_fault(watched) == before
    detect(watched, SEEN_BY + HOUR)
    after = the_fault(watched)
    assert set(after.detected.complaint_ids) - set(before.detected.complaint_ids)
    assert after.at_opening == before.at_opening


@pytest.mark.parametrize("watched", ["sqlite"], indirect=True)
def test_the_same_complaints_in_another_order_of_rows_make_the_same_spots(fresh, watched):
    told = rows()
    tell(fresh, told[1::2] + told[::2])
    detect(fresh, SEEN_BY)

    def shape(case):
        return replace(case.detected, complaint_ids=()), case.work, case.now

    assert list(map(shape, cases(fresh))) == list(map(shape, cases(watched)))


def test_an_empty_store_has_nothing_to_detect(store):
    settle(store)
    done = detect(store, END)
    assert (done.ticks, done.opened, done.living) == (0, 0, 0)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Spot)) == 0


def test_complaints_that_come_in_while_detection_thinks_are_not_lost(watched, monkeypatch):
    far = min(h3.grid_ring(CENTRE, 6))
    burst = [
        complaint(f"b{n}", SEEN_BY + HOUR * (1 + n / 10), far, topic="no_service")
        for n in range(12)
    ]
    advance, told = find_spots.Watch.advance, []

    def advance_and_meanwhile(watch, tick):
        if tick == SEEN_BY + 6 * HOUR and not told:
            told.append(tick)
            tell(watched, burst)
        return advance(watch, tick)

    monkeypatch.setattr(find_spots.Watch, "advance", advance_and_meanwhile)
    detect(watched, SEEN_BY + 12 * HOUR)
    assert told
    fresh = [case.detected for case in cases(watched) if case.detected.opened_at > SEEN_BY]
    near = set(h3.grid_disk(far, 2)) | {parent(far, 8), parent(far, 7)}
    assert any(near & set(spot.cells_opened) for spot in fresh)


def test_closing_a_whole_history_tells_detection_nothing_new(watched):
    before = cases(watched)
    closed = [{**row, "state": "closed", "updated_at": SEEN_BY} for row in rows()]
    tell(watched, closed)
    done = detect(watched, SEEN_BY + 3 * HOUR)
    assert done.opened == 0
    assert [c.detected.complaint_ids for c in cases(watched)] == [
        c.detected.complaint_ids for c in before
    ]


@pytest.mark.parametrize("watched", ["sqlite"], indirect=True)
def test_a_rehearsal_tells_what_detection_would_do_and_writes_nothing(watched):
    before = cases(watched)
    told = find_spots.rehearse(watched, END, CLOCK, lambda *_: None)
    assert cases(watched) == before
    assert told == detect(watched, END)
