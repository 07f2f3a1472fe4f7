from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import numpy as np
from batches import at_given_points, batch
from sqlalchemy import text, update

from heatmaps.complaints.record import Topic
from heatmaps.insight.course import Pattern
from heatmaps.insight.gap import Gap, GapClass
from heatmaps.insight.gap_tracking import KnownGap
from heatmaps.region.grid import cell_of
from heatmaps.region.technology import Technology
from heatmaps.store import complaints, planning
from heatmaps.store.planning import Search
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import Spot, SpotComplaint

UNTIL = datetime(2026, 11, 20, 21, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=180)
CENTRE = cell_of(59.94, 30.25, 8)
SEARCH = Search(SINCE, UNTIL, 30, 900, 5000, 1)


def gap(gap_id=1, rank=1, cells=(CENTRE,)) -> Gap:
    lat, lon = h3.cell_to_latlng(cells[0])
    return Gap(
        gap_id=gap_id, cells=tuple(sorted(cells)), lat=lat, lon=lon,
        gap_class=GapClass.NO_COVERAGE, technology=Technology.G4, topic="coverage",
        territory_id=None, first_seen=SINCE + timedelta(days=3), last_seen=UNTIL, months=5,
        per_period=(0, 3, 2, 4, 1, 2), usual=(0.4, 0.4, 0.4, 0.4, 0.4, 0.5),
        pattern=Pattern.HISTORICAL, since=SINCE + timedelta(days=4),
        ended=UNTIL - timedelta(days=20), complaints=12, customers_complained=9, expected=2.5,
        chance=0.001, subscribers=800.0, ltv_sum=45_000.5, coverage={Technology.G4: 0.25},
        nearest_site_m=1234.5, spots=2, rank=rank,
    )  # fmt: skip


def write(store, gaps, search=SEARCH):
    with store.writing() as connection:
        seed_policy(connection, UNTIL)
        planning.replace_gaps(connection, gaps, search)


def read(store):
    with store.reading() as connection:
        return planning.load_gaps(connection)


def told(store, *rows):
    taken = batch(*rows)
    with store.writing() as connection:
        compared = complaints.compare(connection, taken)
        complaints.write(connection, taken, compared, at_given_points(taken), UNTIL)


def past(store, *, registration=False):
    with store.reading() as connection:
        return planning.load_past(connection, SINCE, UNTIL, count_registration=registration)


def row(external_id, **fields):
    plain = {"lat": 59.94, "lon": 30.25, "created_at": UNTIL - timedelta(days=9)}
    return {"external_id": external_id, **plain, **fields}


def test_what_is_written_comes_back_by_rank(store):
    bare = replace(gap(2, 1), coverage=None, nearest_site_m=None, ltv_sum=None, technology=None)
    write(store, [gap(7, 2), bare])
    assert read(store) == [bare, gap(7, 2)]
    with store.reading() as connection:
        assert planning.last_search(connection) == SEARCH


def test_writing_the_same_again_changes_nothing(store):
    write(store, [gap()])
    write(store, [gap()])
    assert read(store) == [gap()]


def test_a_gap_that_is_gone_keeps_its_number_and_may_come_back(store):
    write(store, [gap(1), gap(2, 2)])
    later = replace(SEARCH, until=UNTIL + timedelta(days=1))
    write(store, [gap(1)], later)
    assert read(store) == [gap(1)]
    with store.reading() as connection:
        known = planning.load_known(connection, SINCE)
        forgotten = planning.load_known(connection, later.until)
    assert [one.gap_id for one in known] == [1, 2]
    assert known[0] == KnownGap(1, gap().cells, gap().first_seen)
    assert [one.gap_id for one in forgotten] == [1, 2]  # the highest number is never forgotten
    write(store, [gap(1), gap(2, 2)], later)
    assert len(read(store)) == 2


def test_no_gap_is_written_as_none(store):
    write(store, [gap()])
    write(store, [])
    assert read(store) == []


def test_complaints_come_in_codes_and_unnamed_customers_are_their_own(store):
    told(
        store,
        row("a", customer_id="c1", topic="slow_internet", technology="4g", place="indoor", ltv=5.0),
        row("b", customer_id="c1", created_at=UNTIL - timedelta(days=8), place="transport"),
        row("c", created_at=UNTIL - timedelta(days=7)),
        row("d", created_at=UNTIL - timedelta(days=6)),
    )
    columns = past(store)
    assert columns.customer[0] == columns.customer[1]
    assert len(set(columns.customer.tolist())) == 3
    assert columns.topic[0] == list(Topic).index(Topic.SLOW_INTERNET)
    assert columns.technology.tolist() == [2, -1, -1, -1]
    assert columns.indoor.tolist() == [1, 0, -1, -1]
    assert columns.ltv[0] == 5.0
    assert np.isnan(columns.ltv[1:]).all()
    assert (np.diff(columns.time) > 0).all()
    assert columns.cell[0] == cell_of(59.94, 30.25)


def test_the_same_said_again_by_nobody_named_is_one_customer(store):
    said = {"address": "7 линия, 34", "customer_id": None, "text": "темно"}
    told(
        store,
        row("1", **said),
        row("2", **said, channel="web"),
        row("3", **said | {"text": "пропадает сеть"}),
        row("4", **said | {"customer_id": "c4"}),
    )
    customers = past(store).customer.tolist()
    assert customers[0] == customers[1]
    assert len(set(customers)) == 3


def test_withdrawn_unplaced_late_and_registration_complaints_are_left_out(store):
    told(
        store,
        row("kept"),
        row("withdrawn", state="withdrawn"),
        row("nowhere", lat=None, lon=None),
        row("late", created_at=UNTIL + timedelta(hours=1)),
        row("early", created_at=SINCE),
        row("registered", address_kind="registration"),
    )
    assert len(past(store).time) == 1
    assert len(past(store, registration=True).time) == 2


def test_an_empty_store_gives_empty_columns(store):
    assert len(past(store).time) == 0
    with store.reading() as connection:
        assert planning.last_search(connection) is None
        assert len(planning.load_zones(connection, SINCE, UNTIL).cell) == 0


def test_spots_of_other_causes_and_their_complaints_are_left_out(store):
    from test_spots import case, save

    told(store, row("a"), row("b"))
    save(store, [], [case(1), case(2)])
    with store.writing() as connection:
        for number in (1, 2):
            link = {"spot_id": number, "complaint_id": number}
            connection.execute(SpotComplaint.__table__.insert().values(link))
    whole = UNTIL, UNTIL + timedelta(days=30)
    other = {"ordered_restriction", "planned_work"}
    for cause in (None, "power", *sorted(other)):
        spots, rows = ({1}, 1) if cause in other else ({1, 2}, 2)
        with store.writing() as connection:
            connection.execute(update(Spot).where(Spot.id == 2).values(cause=cause))
            opened = UNTIL + timedelta(days=1)
            connection.execute(update(Spot).values(opened_at=opened))
        with store.reading() as connection:
            zones = planning.load_zones(connection, *whole)
        assert set(zones.spot_id.tolist()) == spots
        assert len(past(store).time) == rows


def test_planners_see_the_living_gaps_in_a_view(store):
    write(store, [gap(1), gap(2, 2)])
    write(store, [gap(2)], replace(SEARCH, until=UNTIL + timedelta(days=1)))
    if not store.is_postgis:
        return
    with store.reading() as connection:
        found = connection.execute(text(
            "SELECT gap_id, class, ST_SRID(outline), GeometryType(outline),"
            " round(ST_Area(outline::geography)) FROM planner_coverage_gap"
        )).all()  # fmt: skip
    [(gap_id, gap_class, srid, kind, area)] = found
    assert (gap_id, gap_class, srid, kind) == (2, "no_coverage", 4326, "MULTIPOLYGON")
    assert area > 100_000
