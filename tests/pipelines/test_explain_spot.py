"""A spot explained from the store: the town's fault, with and without anything around it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import pytest
import town
from explained import LAT, LON, NOW, OPENED, keep, resolved, spot

from heatmaps.desk.words import Cause, Status
from heatmaps.errors import UsageError
from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.sites import SectorColumns
from heatmaps.store import events, network
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import Personal
from pipelines.explain_spot import explain, past_suggestions

HOUR = timedelta(hours=1)
ZONE = town.CLOCK.zone


@pytest.fixture
def told(store):
    town.settle(store)
    town.tell(store, town.rows())
    return store


def surround(store) -> None:
    sectors = SectorColumns(
        sector_id=["a", "b"], site_id=["A", "A"], name=[None, None], technology=["4g", "4g"],
        band=[None, None], azimuth=np.array([0.0, np.nan]), status=["active", "active"],
        lat=np.array([LAT, LAT]), lon=np.array([LON, LON]),
    )  # fmt: skip
    broken = NetworkEvent("N1", EventKind.OUTAGE, town.FAULT_AT - HOUR, None, site_id="A",
                          text="Отключено питание")  # fmt: skip
    elsewhere = NetworkEvent("N2", EventKind.PLANNED_WORK, OPENED, None, 10.0, 10.0, 500.0)
    long_ago = NetworkEvent("N3", EventKind.OUTAGE, OPENED - 90 * HOUR, OPENED - 80 * HOUR,
                            site_id="A")  # fmt: skip
    with store.writing() as connection:
        network.save_sectors(connection, sectors, NOW)
        events.save_events(connection, [broken, elsewhere, long_ago], NOW)


def test_a_spot_is_explained_by_what_it_is_made_of_and_what_surrounds_it(told):
    surround(told)
    keep(told, lambda c: spot(c, 7), resolved(2, Cause.POWER))
    found = explain(told, 7, ZONE)
    assert found.as_of == NOW
    assert (found.window_until - found.window_since, found.observed) == (4 * HOUR, 6)
    assert len(found.hours) == 24
    lived = [hour.observed for hour in found.hours if hour.start >= found.window_since]
    assert sum(lived) == found.complaints_in_all
    assert 0 < sum(hour.expected for hour in found.hours) < 1
    assert found.topics[0].topic == "no_internet"
    assert found.topics[0].share > 0.8 > found.topics[0].usual
    assert found.customers == found.complaints_in_all
    assert found.called_again == 0
    assert [week.complaints for week in found.weeks][-1] < 10
    assert 0 < found.week_expected < 10
    assert [one.spot_id for one in found.earlier] == [2]
    assert found.earlier[0].cause == "power"
    assert [event.event_id for event in found.events] == ["N1"]
    said = {one.sign: one.outcome for one in found.evidence}
    assert said["topics"] == "no_internet"
    assert (said["works"], said["notice"]) == ("outage", "power")
    assert said["earlier"] == "power"
    assert "coverage" not in said
    assert found.suggestion is not None
    assert found.suggestion.learnt_from == 1


def test_nothing_personal_is_told(told):
    keep(told, lambda c: spot(c, 7))
    found = explain(told, 7, ZONE)
    names = {name for row in found.complaints for name in row}
    kept = {"id", "complaint_id", "revision", "quarantine_id", "customer_address_id"}
    assert not names & ({column.name for column in Personal.__table__.c} - kept)
    assert not names & {"customer_id", "ltv", "lat", "lon"}
    assert len(found.complaints) == found.complaints_in_all


def test_a_closed_spot_is_explained_as_of_its_end(told):
    ended = OPENED + 3 * HOUR
    keep(told, lambda c: spot(c, 7, status=Status.REJECTED, closed_at=ended))
    found = explain(told, 7, ZONE)
    assert (found.as_of, found.status) == (ended, "rejected")
    assert found.hours[-1].start == ended - HOUR


def test_a_merged_spot_names_the_one_it_went_into(told):
    def gone(connection):
        one = spot(connection, 7, status=Status.MERGED, closed_at=OPENED + HOUR)
        return replace(one, detected=replace(one.detected, merged_into=8))

    keep(told, gone, lambda c: spot(c, 8))
    assert explain(told, 7, ZONE).merged_into == 8
    assert [one.spot_id for one in explain(told, 8, ZONE).earlier] == []


def test_a_store_with_nothing_around_it_says_less(store):
    """No exposure, sites, events or customers' names, one day of history, no tick."""
    with store.writing() as connection:
        seed_policy(connection, NOW)
    rows = [row | {"customer_id": None, "technology": None} for row in town.rows()
            if row["external_id"].startswith("f")]  # fmt: skip
    town.tell(store, rows)
    keep(store, lambda c: spot(c, 7), tick=None)
    found = explain(store, 7, ZONE)
    said = {one.sign for one in found.evidence}
    assert said <= {"topics", "onset", "extent", "region", "hours"}
    assert found.weeks == ()
    assert found.suggestion is not None
    assert (found.suggestion.alike, found.suggestion.learnt_from) == (0, 0)


def test_a_spot_of_nothing_at_all(store):
    with store.writing() as connection:
        seed_policy(connection, NOW)
    keep(store, lambda c: spot(c, 7, prefix=""))
    found = explain(store, 7, ZONE)
    assert (found.complaints, found.topics, found.customers) == ((), (), 0)
    assert found.suggestion is not None


def test_a_spot_that_is_not_there_is_told_so(told):
    with pytest.raises(UsageError, match="There is no spot 99"):
        explain(told, 99, ZONE)


@pytest.mark.parametrize(
    ("days_on", "ended"),
    [(0, {}), (35, {}), (90, {"status": Status.REJECTED, "closed_at": OPENED + 3 * HOUR})],
    ids=["all kept", "part of it kept", "nothing kept"],
)
def test_what_detection_keeps_makes_no_difference(told, tmp_path, days_on, ended):
    tick = NOW + timedelta(days=days_on)
    keep(told, lambda c: spot(c, 7, **ended), resolved(2, Cause.OVERLOAD, 9), tick=tick)
    plain = asdict(explain(told, 7, ZONE))
    assert sum(hour["observed"] for hour in plain["hours"]) > 0 or days_on == 35
    assert asdict(explain(told, 7, ZONE, tmp_path)) == plain
    assert asdict(explain(told, 7, ZONE, tmp_path)) == plain


def test_suggestions_are_held_against_the_causes_people_gave(told):
    keep(told, resolved(1, Cause.POWER, 9), resolved(2, Cause.OVERLOAD, 6),
         resolved(3, Cause.UNKNOWN, 4), lambda c: spot(c, 7))  # fmt: skip
    found, summed = past_suggestions(told, ZONE, 6 * HOUR)
    assert found.spot_id.tolist() == [1, 2]
    assert summed.spots == 2
    assert summed.table.sum() == 2


def test_where_nothing_is_resolved_nothing_is_checked(told):
    assert past_suggestions(told, ZONE, HOUR)[1].spots == 0
    keep(told, lambda c: spot(c, 7))
    assert past_suggestions(told, ZONE, HOUR)[1].spots == 0
