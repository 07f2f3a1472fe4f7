from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.census import inside
from heatmaps.spots.mixture import SUBSTANTIAL, one_mixture
from heatmaps.spots.record import Signal
from heatmaps.spots.tracking import (
    Reading,
    Sighting,
    added,
    follow,
    match,
    overlap,
    reshape,
    united,
)

from .region import CENTRE

TICK = datetime(2024, 3, 4, 12, tzinfo=UTC)
LATER = TICK + timedelta(hours=1)
FAR = h3.latlng_to_cell(60.5, 31.0, 9)


def sighting(centre=CENTRE, ring=1, score=20.0, ids=(1, 2, 3), topic="all"):
    return Sighting(
        topic=topic,
        resolution=h3.get_resolution(centre),
        cells=tuple(sorted(h3.grid_disk(centre, ring))),
        window_h=6,
        observed=len(ids),
        expected=0.1,
        score=score,
        recurrence_days=30.0,
        complaint_ids=ids,
    )


def nothing_alike(_ids, _others):
    """Whatever people say, it tells nothing."""
    return False


def saying(spot, sighting):
    """Ids below ten are of those who name the topics `spot`, those above of `sighting`."""
    counts = {True: np.bincount(spot, minlength=7), False: np.bincount(sighting, minlength=7)}

    def alike(ids, others):
        one, other = (counts[min(of) < 10] for of in (ids, others))
        return one_mixture(one, other, np.full(7, 1 / 7)) > SUBSTANTIAL

    return alike


def opened(*sightings, next_id=1):
    return match((), sightings, TICK, next_id, nothing_alike).spots


def quiet(spot):
    return follow(spot, Reading(0, 0.1, 0.0, 0.0, ()), 5.0, LATER)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ((CENTRE, 1), (CENTRE, 1), 1.0),
        ((CENTRE, 0), (CENTRE, 3), 1.0),
        ((CENTRE, 1), (FAR, 1), 0.0),
        (
            (h3.cell_to_center_child(h3.cell_to_parent(CENTRE, 8), 9), 1),
            (h3.cell_to_parent(CENTRE, 8), 0),
            1.0,
        ),
        (
            (h3.cell_to_center_child(h3.cell_to_parent(CENTRE, 8), 9), 2),
            (h3.cell_to_parent(CENTRE, 8), 0),
            1.0,
        ),
        (
            (h3.cell_to_center_child(h3.cell_to_parent(CENTRE, 8), 9), 0),
            (h3.cell_to_parent(CENTRE, 7), 4),
            1.0,
        ),
    ],
)
def test_overlap_is_a_share_of_either(one, other, share):
    a, b = (
        (h3.grid_disk(*one), h3.get_resolution(one[0])),
        (h3.grid_disk(*other), h3.get_resolution(other[0])),
    )
    there, back = overlap(*a, *b), overlap(*b, *a)
    assert there.of_smaller == back.of_smaller == pytest.approx(share)
    assert (there.of_one, there.of_other) == (back.of_other, back.of_one)
    assert 0 <= there.of_larger <= there.of_smaller


def test_a_coarse_place_is_inside_only_as_a_whole():
    block = h3.cell_to_parent(CENTRE, 8)
    children = h3.cell_to_children(block, 9)
    cell = np.array([block, CENTRE, FAR], dtype=np.int64)
    resolution = np.array([8, 9, 9], dtype=np.int8)
    assert inside(cell, resolution, children, 9).tolist() == [True, True, False]
    partly = [c for c in children if c != CENTRE]
    assert inside(cell, resolution, partly, 9).tolist() == [False, False, False]


def test_a_sighting_alone_opens_a_spot_with_the_next_id():
    result = match((), [sighting(), sighting(FAR, ids=(7, 8, 9))], TICK, 40, nothing_alike)
    assert result.opened == (40, 41)
    assert [spot.complaint_ids for spot in result.spots] == [(1, 2, 3), (7, 8, 9)]
    assert result.spots[0].cells == result.spots[0].cells_opened
    assert result.spots[0].opened_at == TICK


def test_unexplained_complaints_by_a_living_spot_join_it():
    spots = opened(sighting())
    beside = sighting(h3.grid_ring(CENTRE, 1)[0], ids=(8, 9))
    result = match(spots, [beside], LATER, 2, nothing_alike)
    assert result.opened == ()
    assert result.spots[0].complaint_ids == (1, 2, 3, 8, 9)
    assert result.spots[0].cells == spots[0].cells


def test_what_touches_a_living_spot_at_its_edge_is_another():
    spots = opened(sighting())
    result = match(
        spots, [sighting(h3.grid_ring(CENTRE, 2)[0], ids=(8, 9))], LATER, 2, nothing_alike
    )
    assert result.opened == (2,)


@pytest.mark.parametrize(
    ("spot", "said", "opens"),
    [
        ([2, 2, 2], [2, 2, 2], False),
        ([2, 2, 2, 1, 0], [2, 2, 2, 2], False),
        ([1, 1, 1], [2, 2, 2], True),
        ([1, 1, 1, 3], [2, 2, 2, 5], True),
    ],
)
@pytest.mark.parametrize("asleep", [False, True])
def test_what_a_spot_crosses_is_its_own_where_people_say_the_same(asleep, spot, said, opens):
    [first] = opened(sighting(topic="no_internet"))
    wide = sighting(h3.grid_ring(CENTRE, 5)[0], ring=4, ids=(11, 12, 13), topic="no_internet")
    living = quiet(first) if asleep else first
    result = match([living], [wide], LATER, 2, saying(spot=spot, sighting=said))
    assert bool(result.opened) is opens
    one = result.spots[0]
    if opens:
        assert one == living
    else:
        assert (one.spot_id, one.signal, one.quiet_since) == (1, Signal.ACTIVE, None)
        assert one.complaint_ids == (1, 2, 3, 11, 12, 13)
        assert one.cells == (wide.cells if asleep else first.cells)


@pytest.mark.parametrize(
    ("rings", "asleep", "other"), [(3, False, ()), (3, True, (2,)), (4, False, (2,))]
)
def test_what_borders_on_a_spot_may_be_its_own_while_it_goes_on(rings, asleep, other):
    [spot] = opened(sighting())
    beside = sighting(h3.grid_ring(CENTRE, rings)[0], ids=(11, 12, 13))
    alike = saying(spot=[2] * 9, sighting=[2] * 9)
    living = quiet(spot) if asleep else spot
    assert match([living], [beside], LATER, 2, alike).opened == other


def test_a_fault_in_the_wide_zone_of_a_quiet_spot_is_another():
    wide = quiet(opened(sighting(ring=4))[0])
    result = match((wide,), [sighting(ids=(8, 9))], LATER, 2, nothing_alike)
    assert result.opened == (2,)
    assert result.spots[0] == wide


def test_a_zone_within_a_spot_that_says_more_than_it_opens_nothing():
    """The spot keeps its shape for the first of them, and so still explains the second."""
    spots = opened(sighting(ring=4))
    inner = [sighting(score=15.0, ids=(1, 2)), sighting(h3.grid_ring(CENTRE, 3)[0], score=12.0)]
    result = reshape(spots, inner, {1: 20.0}, LATER, 2)
    assert result.opened == ()
    assert result.spots == spots


@pytest.mark.parametrize("topic", ["all", "no_service"])
def test_a_growing_spot_leaves_a_quiet_one_alone(topic):
    over = quiet(opened(sighting(ring=0, topic=topic))[0])
    [fault] = opened(sighting(h3.grid_ring(CENTRE, 2)[0], ids=(7, 8, 9)), next_id=2)
    wider = sighting(ring=3, score=50.0, ids=(7, 8, 9, 10))
    result = reshape((over, fault), [wider], {1: 0.0, 2: 20.0}, LATER, 3)
    assert result.spots[0] == over
    assert (result.spots[1].cells, result.spots[1].merged_into) == (wider.cells, None)


def test_a_quiet_spot_relapses_where_it_is_sighted_again():
    spot = quiet(opened(sighting())[0])
    assert (spot.signal, spot.quiet_since) == (Signal.QUIET, LATER)
    again = sighting(h3.grid_ring(CENTRE, 1)[0], ids=(8, 9))
    woken = match((spot,), [again], LATER, 2, nothing_alike).spots[0]
    assert (woken.spot_id, woken.signal, woken.quiet_since) == (1, Signal.ACTIVE, None)
    assert woken.cells == again.cells
    assert woken.complaint_ids == (1, 2, 3, 8, 9)


def test_hysteresis_a_signal_holds_above_the_lower_threshold_and_wakes_by_sighting_only():
    spot = opened(sighting())[0]
    held = follow(spot, Reading(3, 1.0, 6.0, 6.0, (5,)), 5.0, LATER)
    assert (held.signal, held.score_last, held.complaint_ids) == (Signal.ACTIVE, 6.0, (1, 2, 3, 5))
    down = follow(held, Reading(1, 1.0, 4.0, 6.0, (7,)), 5.0, LATER)
    assert (down.signal, down.complaint_ids) == (Signal.QUIET, (1, 2, 3, 5, 7))
    up = follow(down, Reading(9, 1.0, 9.0, 9.0, (6,)), 5.0, LATER + timedelta(hours=1))
    assert (up.signal, up.quiet_since) == (Signal.QUIET, LATER)
    assert up.complaint_ids == down.complaint_ids


def test_a_zone_that_says_more_becomes_the_spots_own():
    spots = opened(sighting())
    wider = sighting(ring=3, score=30.0, ids=(1, 2, 3, 4))
    grown = reshape(spots, [wider], {1: 21.0}, LATER, 2).spots[0]
    assert (grown.spot_id, grown.cells) == (1, wider.cells)
    assert grown.cells_opened == spots[0].cells_opened
    kept = reshape(spots, [wider], {1: 31.0}, LATER, 2).spots[0]
    assert kept.cells == spots[0].cells


def test_merging_keeps_the_lower_id_and_all_complaints():
    east = h3.grid_ring(CENTRE, 4)[0]
    spots = opened(sighting(), sighting(east, ids=(7, 8, 9)))
    assert [spot.spot_id for spot in spots] == [1, 2]
    both = sighting(ring=6, score=50.0, ids=(1, 2, 3, 7, 8, 9, 10))
    one, other = reshape(spots, [both], {1: 20.0, 2: 20.0}, LATER, 3).spots
    assert other.merged_into == 1
    assert one.merged_into is None
    assert one.complaint_ids == (1, 2, 3, 7, 8, 9, 10)


def test_a_wide_zone_takes_in_no_fault_of_another_kind():
    east = h3.grid_ring(CENTRE, 4)[0]
    spots = opened(sighting(topic="all"), sighting(east, ids=(7, 8, 9), topic="voice_quality"))
    both = sighting(ring=6, score=50.0, ids=(1, 2, 3, 7, 8, 9, 10), topic="all")
    assert reshape(spots, [both], {1: 20.0, 2: 20.0}, LATER, 3).spots == spots


def test_a_quiet_spot_is_not_woken_by_another_kind_of_trouble():
    (asleep,) = opened(sighting(topic="no_internet"))
    other = sighting(ids=(7, 8, 9), topic="no_service")
    same = sighting(ids=(7, 8, 9), topic="no_internet")
    assert match([quiet(asleep)], [other], LATER, 2, nothing_alike).opened == (2,)
    assert match([quiet(asleep)], [same], LATER, 2, nothing_alike).opened == ()


def test_splitting_keeps_the_lineage():
    spots = opened(sighting(ring=6))
    west, east = h3.grid_ring(CENTRE, 4)[0], h3.grid_ring(CENTRE, 4)[12]
    halves = [sighting(west, score=40.0, ids=(1, 2)), sighting(east, score=35.0, ids=(3, 4))]
    result = reshape(spots, halves, {1: 20.0}, LATER, 2)
    assert result.opened == (2,)
    one, other = result.spots
    assert (one.parent_id, other.parent_id) == (None, 1)
    assert one.cells == halves[0].cells


def test_order_of_the_living_changes_nothing():
    spots = opened(sighting(), sighting(FAR, ids=(7, 8, 9)))
    zones = [sighting(ring=2, score=30.0, ids=(4, 5))]
    forward = reshape(spots, zones, {1: 20.0, 2: 20.0}, LATER, 3)
    backward = reshape(spots[::-1], zones, {1: 20.0, 2: 20.0}, LATER, 3)
    assert sorted(forward.spots, key=lambda s: s.spot_id) == sorted(
        backward.spots, key=lambda s: s.spot_id
    )


@given(st.sets(st.integers(1, 60)), st.lists(st.integers(1, 60)))
def test_ids_are_joined_in_order_and_what_came_is_told(before, more):
    held = tuple(sorted(before))
    joined = united(held, tuple(more))
    assert joined == tuple(sorted({*before, *more}))
    assert added(held, joined) == sorted({*more} - before)


PLACES = h3.grid_disk(CENTRE, 6)


@st.composite
def zones(draw, first_id):
    """Draw zones around the centre, each of three complaints of its own."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(PLACES), st.integers(0, 3)), max_size=5))
    return [
        sighting(at, ring, ids=tuple(range(first_id + 3 * i, first_id + 3 * i + 3)))
        for i, (at, ring) in enumerate(drawn)
    ]


@given(zones(first_id=1), zones(first_id=101), st.sets(st.integers(1, 5)), st.booleans())
def test_every_complaint_is_in_one_spot_and_every_spot_lives_on(before, later, asleep, alike):
    """Whatever people say, nothing is lost or doubled, and the order of the living is nothing."""
    spots = [quiet(s) if s.spot_id in asleep else s for s in opened(*before)]

    def said(_ids, _others):
        return alike

    result = match(spots, later, LATER, 40, said)
    held = [number for spot in result.spots for number in spot.complaint_ids]
    assert sorted(held) == [n for zone in (*before, *later) for n in zone.complaint_ids]
    assert {spot.spot_id for spot in spots} <= {spot.spot_id for spot in result.spots}
    back = match(spots[::-1], later, LATER, 40, said)
    assert {s.spot_id: s for s in back.spots} == {s.spot_id: s for s in result.spots}
