"""Complaints found by customer and by id are those that a look at every row finds."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from heatmaps.spots.explained import Explained
from heatmaps.spots.roll import Register, roll_of

from .region import CENTRE, make_columns


def complaints(seed, count=300):
    rng = np.random.default_rng(seed)
    return make_columns(
        CENTRE,
        rng.uniform(0, 100, count),
        topic=rng.integers(0, 7, count),
        customer=rng.integers(-90, 90, count),
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("part", [slice(0, 300), slice(80, 210)])
def test_of_each_group_a_customers_latest_stays(seed, part):
    columns, rng = complaints(seed), np.random.default_rng(seed + 10)
    customer = columns.customer[part]
    which, rows = np.nonzero(rng.random((4, len(customer))) < 0.4)
    latest = {}
    for group, row in zip(which.tolist(), rows.tolist(), strict=True):
        latest[group, customer[row]] = row
    found = roll_of(columns).part(part).latest_of_each(which, rows, customer)
    told = {(which[at], customer[rows[at]]): rows[at] for at in found.tolist()}
    assert told == latest
    assert len(found) == len(latest)


@pytest.mark.parametrize("apart", [1, 5, 10**12])
def test_ids_are_found_whether_close_together_or_far_apart(apart):
    columns = complaints(1)
    ids = columns.complaint_id * apart
    columns = replace(columns, complaint_id=ids)
    explained, register = Explained(columns), Register(columns)
    asked = np.array([ids[7], ids[250], ids.max() + 1, ids.min() - 1, -5], dtype=np.int64)
    explained.note(asked, 0.5, datetime(2100, 1, 1, tzinfo=UTC), 7)
    assert np.flatnonzero(explained.by_spot).tolist() == [7, 250]
    assert asked[-1] == -5, "what is asked stays as it is"
    spot = SimpleNamespace(spot_id=3, complaint_ids=tuple(ids[[10, 20, 30]].tolist()))
    assert np.flatnonzero(register.of_spots([spot], slice(15, 40))).tolist() == [5, 15]
    grown = SimpleNamespace(spot_id=3, complaint_ids=(*spot.complaint_ids, int(ids[39])))
    assert np.flatnonzero(register.of_spots([grown], slice(15, 40))).tolist() == [5, 15, 24]


@pytest.mark.parametrize("since_h", [0, 40])
def test_a_customer_counts_by_the_topic_of_the_last_complaint_of_some(since_h):
    columns = complaints(1)
    since = int(columns.time[0]) + since_h * 3_600_000_000
    wanted = {*columns.complaint_id[::3].tolist(), 9999}
    last = {
        who: topic
        for number, who, at, topic in zip(
            columns.complaint_id.tolist(),
            columns.customer.tolist(),
            columns.time.tolist(),
            columns.topic.tolist(),
            strict=True,
        )
        if number in wanted and at > since
    }
    told = Register(columns).topics(tuple(sorted(wanted)), since)
    assert told.tolist() == np.bincount(list(last.values()), minlength=7).tolist()
