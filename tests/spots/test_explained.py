"""A fault leaves the baseline; what is usual there, and what nobody cares for, stays in it."""

import math
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from heatmaps.spots.detector import Detector
from heatmaps.spots.expectation import History, fit_expectation
from heatmaps.spots.explained import UNJUDGED_DAYS, Explained, usual_part
from heatmaps.spots.record import Signal

from .region import CENTRE, HOUR_US, START, START_US, make_columns, replay

ZONE = ZoneInfo("Europe/Moscow")


def spot(ids, observed=20, expected=5.0, spot_id=1):
    return SimpleNamespace(spot_id=spot_id, complaint_ids=tuple(ids), opened_at=START,
                           observed=observed, expected=expected)  # fmt: skip


def test_a_spot_leaves_the_part_that_was_to_be_expected():
    columns = make_columns(CENTRE, [1.0, 2.0, 3.0])
    explained = Explained(columns)
    explained.take_in(spot([1, 3]))
    assert explained.by_spot.tolist() == [True, False, True]
    assert explained.usual.tolist() == [0.25, 1.0, 0.25]


@pytest.mark.parametrize(("days", "usual"), [(0.0, [1, 1]), (UNJUDGED_DAYS, [0.25, 1]),
                                             (math.inf, [0.25, 0.25])])  # fmt: skip
def test_what_nobody_takes_up_becomes_usual_after_a_week(days, usual):
    columns = make_columns(CENTRE, [24.0 * UNJUDGED_DAYS - 1, 24.0 * UNJUDGED_DAYS + 1])
    explained = Explained(columns)
    explained.take_in(spot([1, 2]), days)
    assert explained.by_spot.all()
    assert explained.usual.tolist() == usual


def test_what_is_unjudged_does_not_change_with_a_verdict():
    columns = make_columns(CENTRE, [1.0, 24.0 * UNJUDGED_DAYS + 1])
    told = []
    for days in (0.0, UNJUDGED_DAYS, math.inf):
        explained = Explained(columns)
        explained.take_in(spot([1, 2]), days)
        told.append(explained.unjudged.tolist())
    assert told == [[0.25, 1]] * 3


def test_what_is_left_out_opens_and_teaches_nothing():
    explained = Explained(make_columns(CENTRE, [1.0, 2.0]))
    explained.leave_out(np.array([1]))
    assert explained.by_spot.tolist() == [False, True]
    assert explained.usual.tolist() == explained.unjudged.tolist() == [1, 0]


def test_of_several_spots_the_one_that_leaves_least_holds():
    explained = Explained(make_columns(CENTRE, [1.0]))
    for spot_id, expected in enumerate((10.0, 2.0, 15.0)):
        explained.take_in(spot([1], expected=expected, spot_id=spot_id))
    assert explained.usual.tolist() == [pytest.approx(0.1)]


def test_a_spot_lifts_its_complaints_from_the_day_after_it_opened():
    explained = Explained(make_columns(CENTRE, [1.0, 2.0, 3.0, 4.0]))
    explained.leave_out(np.array([3]))
    explained.take_in(spot([1]))
    before, day = START_US - 24 * HOUR_US, START_US
    assert explained.usual_on(before).tolist() == [1, 1, 1, 0], "it opened at the last of its ticks"
    assert explained.usual_on(day).tolist() == [0.25, 1, 1, 0]
    explained.take_in(spot([1, 2]))
    later = spot([2, 3], observed=50, spot_id=2)
    later.opened_at += timedelta(hours=1)
    explained.take_in(later)
    assert explained.usual_on(day).tolist() == pytest.approx([0.25, 0.25, 1, 0])
    assert explained.usual_on(day + 24 * HOUR_US).tolist() == pytest.approx([0.25, 0.1, 0.1, 0])
    assert explained.usual_on(before).tolist() == [1, 1, 1, 0]
    assert explained.usual.tolist() == pytest.approx([0.25, 0.1, 0.1, 0])


def test_nothing_is_left_once_forgotten():
    explained = Explained(make_columns(CENTRE, [1.0]))
    explained.take_in(spot([1]))
    explained.forget()
    assert not explained.by_spot.any()
    assert (explained.usual == 1).all()
    explained.take_in(spot([1]))
    assert explained.by_spot.all()


@pytest.mark.parametrize(
    ("observed", "expected", "part"), [(4, 1.0, 0.25), (0, 0.5, 0.5), (3, 9.0, 1)]
)
def test_the_usual_part_is_a_share(observed, expected, part):
    assert usual_part(observed, expected) == part


def test_a_baseline_keeps_the_usual_complaints_of_a_long_fault(town, policy):
    """Three weeks of twice the usual, all of it counted in a spot: the rate stays what it was."""
    rng = np.random.default_rng(4)
    hours = rng.uniform(0, 42 * 24, 4000)
    more = rng.uniform(10 * 24, 31 * 24, 2000)
    hours = np.concatenate([hours, more])
    columns = make_columns(rng.choice(town.cell, len(hours)), hours)
    end = START_US + 44 * 24 * HOUR_US
    held = (columns.time >= START_US + 240 * HOUR_US) & (columns.time < START_US + 744 * HOUR_US)
    explained = Explained(columns)
    explained.take_in(spot(columns.complaint_id[held].tolist(), 2000, 1000.0), math.inf)
    kept, all_of_them = (
        fit_expectation(town, History(columns, usual), end, policy, ZONE).hourly[:, 0].sum()
        for usual in (explained.usual, np.ones_like(explained.usual))
    )
    assert kept == pytest.approx(4000 / (42 * 24), rel=0.1)
    assert all_of_them > 1.3 * kept


def test_a_place_that_stays_louder_is_usual_in_the_end_if_nobody_takes_it_up(town, small):
    rng = np.random.default_rng(8)
    quick = small.model_copy(update={"baseline_days": 14})
    quarter = np.sort(town.cell)[: len(town.cell) // 8]
    louder = rng.uniform(15 * 24, 48 * 24, 660)
    columns = make_columns(
        np.concatenate([rng.choice(town.cell, 720), rng.choice(quarter, len(louder))]),
        np.concatenate([rng.uniform(0, 48 * 24, 720), louder]),
    )
    first, last = START + timedelta(days=15), START + timedelta(days=46)
    run = replay(Detector(town, quick, ZONE), columns, first, last)
    assert run.opened, "it stood out at first"
    assert not [one for one in run.living if one.signal is Signal.ACTIVE]
