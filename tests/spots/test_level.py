"""The bound of a region's level: no zone scores more than it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.spots.attendance import Standing
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.grown import seeds_from
from heatmaps.spots.level import SPARE, Level, Levels
from heatmaps.spots.prospects import _needed, prospects_of
from heatmaps.spots.scan import scan
from heatmaps.spots.score import standing_out
from heatmaps.spots.survey import Survey

from .test_prospects import complaints, taken_apart, told

SHARES = st.floats(1e-4, 0.999)
ROUNDED_DOWN = 0.999


@st.composite
def zones(draw):
    """A zone and the others, and what is known of both: bounds, some of them tight."""
    whole, share = draw(st.floats(0.1, 2000.0)), draw(SHARES)
    expected = whole * share
    times = draw(st.floats(0.2, 8.0))
    others = float(round((whole - expected) * times))
    observed = float(round(expected * draw(st.floats(0.5, 12.0)))) + draw(st.integers(0, 6))
    twice = draw(st.integers(0, 5))
    missing = draw(st.sampled_from([0.0, 0.01, 0.3]))
    strays = draw(st.sampled_from([0.0, 0.02])) * whole
    return whole, expected, observed, others, twice, missing, strays


def level_of(whole, seen, strays, weight=1.0):
    return Level(
        np.array([[seen]]), np.array([whole + strays]), np.array([strays]), np.array([weight])
    )


@settings(max_examples=400, deadline=None)
@given(zones(), st.sampled_from([0.5, 3.0, 10.0]))
def test_no_zone_scores_more_than_the_bound(zone, threshold):
    whole, expected, observed, others, twice, missing, strays = zone
    usual = np.array([expected * ROUNDED_DOWN])
    level = level_of(whole, (observed + others) * (1 - missing), strays)
    none = np.zeros(1, dtype=np.intp)
    count = np.array([observed + twice])
    _, score = standing_out(
        np.array([observed]), np.array([expected]), np.array([others]), np.array([whole - expected])
    )
    assert level.highest(count, usual, none, none) >= score - 1e-6
    if score >= threshold:
        low = usual.astype(np.float32)[:, None]
        least = _needed(low, none, level, threshold, count.astype(np.float32))
        assert count >= least[0, 0, 0]


def test_at_five_times_the_usual_what_keeps_pace_needs_no_look():
    level = level_of(1000.0, 5000.0, 0.0)
    usual, none = np.array([10.0]), np.zeros(1, dtype=np.intp)
    quiet = level_of(1000.0, 1000.0, 0.0)
    assert level.raised.all()
    assert not quiet.raised.any()
    assert quiet.highest(np.array([50.0]), usual, none, none) > 40
    assert level.highest(np.array([50.0]), usual, none, none) < 0.1
    assert level.highest(np.array([100.0]), usual, none, none) > 15
    few = _needed(np.array([[10.0]]), none, level, 10.0, np.array([100.0]))
    assert few > 70


@pytest.mark.parametrize(("share", "held"), [(0.0, True), (SPARE * 0.9, True), (0.2, False)])
def test_bounds_hold_while_few_are_taken_out(share, held):
    seen = np.array([[5000.0]])
    levels = Levels.__new__(Levels)
    levels._of = {9: level_of(1000.0, 5000.0 * (1 - SPARE), 0.0)}
    assert levels.hold(share * seen) is held
    levels._of = {9: level_of(1000.0, 900.0, 0.0)}
    assert levels.hold(share * seen), "nothing rests on a level that is usual"


@pytest.mark.parametrize("least", [2.0, 8.0])
def test_at_a_level_of_its_own_nothing_is_dropped_that_stands_out(town, small, least):
    columns = complaints(2, 40_000)
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, 2)
    standing = Standing(attendance, counted, fresh)
    levels = Levels(ground, standing.heads, weight)
    assert levels.on(9).raised.any()
    among = prospects_of(ground, standing.everybody, weight, seeds_from(least), levels)
    zones = scan(ground, standing.crowd(), weight, least)
    zones = zones.take(zones.score >= least)
    assert len(zones.score)
    for resolution, lattice in ground.lattices.items():
        of = zones.take(zones.resolution == resolution)
        keys = lattice.slots(of.centre) * np.intp(PLANES) + of.plane
        assert np.isin(keys, among.get(resolution, [])).all()


def test_what_stands_out_at_a_level_is_what_a_scan_of_all_finds_whoever_is_taken_out(town, small):
    columns, least = complaints(3, 25_000), 40.0
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, 3)
    survey = Survey(ground, Standing(attendance, counted, fresh), weight=weight, threshold=least)
    order = np.random.default_rng(3).permutation(np.flatnonzero(counted))
    for rows in np.array_split(order, 4)[:2]:
        crowd = Standing(attendance, counted, fresh).crowd()
        assert told(survey.zones(), least) == told(scan(ground, crowd, weight, least), least)
        survey.take_out(np.sort(rows))
        counted[rows] = False
