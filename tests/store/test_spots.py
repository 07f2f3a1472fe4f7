from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import pytest
from batches import at_given_points, batch

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Change, Work
from heatmaps.desk.words import Cause, Refusal, Status
from heatmaps.errors import RuleError, UsageError
from heatmaps.region.grid import cell_of, parent
from heatmaps.spots.record import DetectedSpot, Signal
from heatmaps.store import complaints, desk, detection, spots
from heatmaps.store.policies import seed_policy

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CENTRE = cell_of(59.94, 30.25)


def case(spot_id: int, *, cells=(CENTRE,), merged_into=None, parent_id=None, **fields) -> SpotCase:
    seen = DetectedSpot(
        spot_id=spot_id, opened_at=AT, topic="no_service", resolution=9, cells=tuple(sorted(cells)),
        cells_opened=tuple(sorted(cells)), window_h=6, observed=5, expected=0.25, score=9.5,
        recurrence_days=40.0, signal=Signal.ACTIVE, observed_last=5, expected_last=0.25,
        score_last=9.5, observed_peak=5, last_tick=AT, quiet_since=None, complaint_ids=(),
        merged_into=merged_into, parent_id=parent_id,
    )  # fmt: skip
    part = {"name": "complaints", "points": 12.5, "because": {"complaints": 5.0}}
    work = {"status": Status.NEW, "status_at": AT, "queue": "q", "eta": AT + timedelta(hours=24)}
    return SpotCase(
        detected=seen,
        work=Work(spot_id=spot_id, **{**work, **fields}),
        at_opening=Facts(5, 900, 12.5, ()),
        now=Facts(5, 900, 12.5, (part,)),
        technology="4g", territory_id=None, lat=59.94, lon=30.25, policy_version=1,
    )  # fmt: skip


def save(store, before, after):
    with store.writing() as connection:
        seed_policy(connection, AT)
        spots.save_cases(connection, before, after)


def saved(store):
    with store.reading() as connection:
        return spots.load_cases(connection)


def test_what_is_saved_comes_back(store):
    wanted = [case(1), case(2, cells=h3.grid_disk(CENTRE, 2))]
    save(store, [], wanted)
    assert saved(store) == wanted


def test_spots_born_together_may_refer_to_each_other(store):
    over = {"status": Status.MERGED, "closed_at": AT}
    wanted = [case(1, merged_into=2, **over), case(2, parent_id=3), case(3)]
    save(store, [], wanted)
    assert saved(store) == wanted


def test_a_zone_that_moves_keeps_what_it_was_at_opening(store):
    before = case(1)
    save(store, [], [before])
    moved = tuple(sorted(h3.grid_ring(CENTRE, 1)))
    after = replace(before, detected=replace(before.detected, cells=moved))
    save(store, [before], [after])
    assert saved(store) == [after]
    with store.reading() as connection:
        assert desk.covering_cards(connection, CENTRE, 9) == []
        assert len(desk.covering_cards(connection, moved[0], 9)) == 1


@pytest.mark.parametrize("zone_resolution", [7, 8, 9])
@pytest.mark.parametrize("asked_resolution", [6, 7, 8, 9])
def test_a_place_is_found_in_a_zone_of_any_resolution(store, zone_resolution, asked_resolution):
    save(store, [], [case(1, cells=[parent(CENTRE, zone_resolution)])])
    with store.reading() as connection:
        [found] = desk.covering_cards(
            connection, parent(CENTRE, asked_resolution), asked_resolution
        )
        far = cell_of(59.99, 30.60, asked_resolution)
        assert desk.covering_cards(connection, far, asked_resolution) == []
    assert found.spot_id == 1


def test_cards_come_by_priority_and_only_open_ones_wait(store):
    urgent = replace(case(2), now=Facts(9, 900, 99.0, ()))
    done = case(3, status=Status.SUBSIDED, closed_at=AT)
    save(store, [], [case(1), urgent, done])
    with store.reading() as connection:
        assert [card.spot_id for card in desk.open_cards(connection)] == [2, 1]
        assert {c.spot_id for c in desk.recent_cards(connection, AT - timedelta(days=1))} == {
            1,
            2,
            3,
        }


def test_work_is_written_with_its_event(store):
    save(store, [], [case(1)])
    taken = Change(status=Status.ACKNOWLEDGED, cause=Cause.POWER, owner="Лист")
    with store.writing() as connection:
        after = desk.change_work(connection, case(1).work, taken, actor="Лист", now=AT)
    with store.reading() as connection:
        assert desk.card(connection, 1).work == after
        [event] = desk.events(connection, 1)
    assert (event.kind, event.actor) == ("work", "Лист")
    assert event.detail["status"] == ["new", "acknowledged"]
    assert event.detail["cause"] == [None, "power"]


def test_a_forbidden_change_writes_nothing(store):
    save(store, [], [case(1)])
    with pytest.raises(RuleError), store.writing() as connection:
        confirmed = Change(status=Status.CONFIRMED)
        desk.change_work(connection, case(1).work, confirmed, actor="x", now=AT)
    with store.reading() as connection:
        assert desk.card(connection, 1).work.status is Status.NEW
        assert desk.events(connection, 1) == []


def test_a_spot_that_is_not_there_is_named(store):
    with store.reading() as connection, pytest.raises(UsageError, match="no spot 41"):
        desk.card(connection, 41)


def test_complaints_behind_a_spot_tell_no_contact(store):
    rows = batch({"external_id": "a", "lat": 59.94, "lon": 30.25, "text": "нет сети",
                  "contact": "+70000000000", "name": "Имя", "address": "Мира, 5"})  # fmt: skip
    with store.writing() as connection:
        compared = complaints.compare(connection, rows)
        complaints.write(connection, rows, compared, at_given_points(rows), AT)
    wanted = case(1)
    linked = replace(wanted, detected=replace(wanted.detected, complaint_ids=(1,)))
    save(store, [], [linked])
    with store.reading() as connection:
        [behind] = desk.complaints_behind(connection, 1)
    assert (behind["text"], behind["address"]) == ("нет сети", "Мира, 5")
    assert not {"contact", "name"} & set(behind)


def test_closed_spots_are_told_once_with_their_complaints(store):
    rows = batch(*({"external_id": str(n), "lat": 59.94, "lon": 30.25} for n in range(3)))
    with store.writing() as connection:
        compared = complaints.compare(connection, rows)
        complaints.write(connection, rows, compared, at_given_points(rows), AT)
    closed = {"status": Status.REJECTED, "closed_at": AT + timedelta(hours=2)}
    held = {1: (1, 3), 2: (), 3: (2, 3), 4: (2,)}
    fields = {1: closed, 2: closed | {"acknowledged_at": AT}, 3: {},
              4: closed | {"closed_at": AT - timedelta(days=60)}}  # fmt: skip
    wanted = [case(number, **fields[number]) for number in held]
    linked = [replace(one, detected=replace(one.detected, complaint_ids=held[number]))
              for number, one in zip(held, wanted, strict=True)]  # fmt: skip
    save(store, [], linked)
    with store.reading() as connection:
        told = detection.past_spots(connection, AT - timedelta(days=40), ())
        again = detection.past_spots(connection, AT - timedelta(days=40), {1})
    assert {number: tuple(sorted(one.complaint_id)) for number, one in told.items()} == {
        1: held[1],
        2: (),
    }
    assert (told[1].observed, told[1].expected, told[1].opened_at) == (5, 0.25, AT)
    assert (told[1].status, told[2].acknowledged_at) == (Status.REJECTED, AT)
    assert list(again) == [2]


def test_nobody_overwrites_what_another_did_meanwhile(store):
    save(store, [], [case(1)])
    seen = case(1).work
    with store.writing() as connection:
        first = desk.change_work(
            connection, seen, Change(status=Status.ACKNOWLEDGED, owner="Первый"), actor="1", now=AT
        )
    with pytest.raises(RuleError, match="meanwhile") as refused, store.writing() as connection:
        desk.change_work(connection, seen, Change(status=Status.REJECTED), actor="2", now=AT)
    assert refused.value.reason == Refusal.OVERTAKEN
    with store.reading() as connection:
        assert desk.card(connection, 1).work == first
