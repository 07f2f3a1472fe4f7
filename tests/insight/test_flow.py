from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.insight.backlog import Group, backlog
from heatmaps.insight.flow import flow, leg_hours, leg_times
from heatmaps.insight.timeline import Leg

from .histories import NOW, last_days, microseconds, scene, spot, timelines

AT = microseconds(NOW)
hours = st.floats(0.1, 28 * 24, allow_nan=False)
rows_of_any_kind = st.builds(
    spot, hours, st.none() | hours, st.none() | st.sampled_from(["subsided", "merged", "rejected"])
)


def test_a_day_tells_what_came_and_went_and_what_waits_at_its_end():
    rows = [spot(60, 30), spot(60), spot(10, 2), spot(10, status="rejected")]
    told = flow(scene(*rows, days=4), last_days(4))
    assert [day.day for day in told.steps] == [17, 18, 19, 20]
    assert told.opened.tolist() == [0, 2, 0, 2]
    assert told.resolved.tolist() == [0, 0, 1, 1]
    assert told.ended.tolist() == [0, 0, 1, 2]
    assert told.waiting.tolist() == [0, 2, 1, 1]


def test_days_that_have_not_begun_are_not_told():
    period = last_days(2)
    longer = replace(period, end=period.end + timedelta(days=5))
    assert len(flow(scene(spot(3)), longer).steps) == 2


@given(st.lists(rows_of_any_kind, max_size=15), st.integers(1, 60))
def test_what_waits_changes_by_what_came_and_what_went(rows, days):
    made = scene(*rows, days=days)
    told = flow(made, last_days(days))
    grown = np.diff(told.waiting)
    assert (grown == (told.opened - told.ended)[1:]).all()
    assert told.waiting[-1] == sum(row["status"] == "new" for row in rows)
    assert (told.resolved <= told.ended).all()


def test_legs_follow_each_other():
    one = spot(100, 20, "confirmed", taken_h=2, named_h=5)
    row = timelines(one | {"closed": one["resolved"]})
    spent = {leg: column[0] for leg, column in leg_hours(row, AT).items()}
    assert spent == {Leg.WAITING: 2, Leg.FINDING: 3, Leg.FIXING: 15, Leg.WATCHING: 0}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (spot(50), [50, None, None, None]),
        (spot(50, taken_h=10), [10, None, 40, None]),
        (spot(50, taken_h=10, named_h=4), [10, 0, 40, None]),
        (spot(50, 30, taken_h=10, named_h=12), [10, 2, 18, 20]),
        (spot(50, status="rejected", taken_h=10), [10, None, 40, None]),
    ],
    ids=["untouched", "no term", "term first", "resolved", "rejected"],
)
def test_legs_under_way_run_until_now(row, wanted):
    spent = [column[0] for column in leg_hours(timelines(row), AT).values()]
    assert [None if np.isnan(value) else value for value in spent] == wanted


def test_a_leg_under_way_counts_as_longer_than_those_that_ended():
    rows = [spot(100, taken_h=1), spot(100, taken_h=3), spot(100), spot(100)]
    [leg, *_] = leg_times(timelines(*rows))
    assert (leg.leg, leg.begun, leg.ended) == (Leg.WAITING, 4, 2)
    assert leg.quartiles == (1, 3, None)


def test_the_backlog_by_age_and_cause_with_what_is_late():
    rows = [spot(2), spot(30, cause="power"), spot(80, cause="power", term_h=100), spot(500, 400)]
    told = backlog(timelines(*rows), AT, Group.CAUSE)
    assert [(row.value, row.by_age, row.open, row.overdue) for row in told] == [
        ("power", (0, 0, 1, 1, 0), 2, 1),
        (None, (1, 0, 0, 0, 0), 1, 0),
    ]


@given(st.lists(rows_of_any_kind, max_size=15), st.sampled_from(Group))
def test_the_backlog_adds_up_by_whatever_it_is_told(rows, group):
    spots = timelines(*rows)
    told = backlog(spots, AT, group)
    assert sum(row.open for row in told) == sum(row["status"] == "new" for row in rows)
    assert all(sum(row.by_age) == row.open for row in told)
