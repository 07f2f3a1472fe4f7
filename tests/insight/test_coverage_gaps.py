from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
from chronic_region import DAY_US, UNTIL, at_cells, us
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.record import Topic
from heatmaps.insight.course import Pattern
from heatmaps.insight.coverage_gaps import SpotZones, Surroundings, gaps_of, ranked
from heatmaps.insight.gap import GapClass, read_coverage
from heatmaps.insight.gap_tracking import KnownGap, keep_numbers
from heatmaps.insight.gap_zones import Evidence, clusters
from heatmaps.insight.look_back import Span
from heatmaps.insight.recurrence import Recurring
from heatmaps.policy import packaged_policy
from heatmaps.region.technology import Technology
from heatmaps.spots.record import Exposure

POLICY = packaged_policy()
CENTRE = h3.latlng_to_cell(55.0, 50.0, 8)
NEXT, FAR = h3.grid_ring(CENTRE, 1)[0], h3.grid_ring(CENTRE, 5)[0]
SPAN = Span(UNTIL - timedelta(days=180), UNTIL, 30)
SLOW = list(Topic).index(Topic.SLOW_INTERNET)
NO_SERVICE = list(Topic).index(Topic.NO_SERVICE)
G3, G4 = 1, 2
LEVEL = np.full((4, SPAN.count(7)), 0.5 / 350 / SPAN.count(7))
"""Of 350 subscribers half a complaint is usual in the span."""

NO_SPOTS = SpotZones(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def around(coverage=None, metres=np.nan, zones=NO_SPOTS):
    def covered(cells):
        shares = coverage or {}
        return {t: np.arange(len(cells)) < round(s * len(cells)) for t, s in shares.items()}

    return Surroundings(
        covered,
        lambda lat, _lon: np.full(len(lat), metres),
        lambda lat, _lon: ["T1"] * len(lat),
        zones,
    )


def told(cells=(CENTRE,), rows=12, surroundings=None, plane=0, **given):
    """Gaps of these cells, with one complaint after another in their middles."""
    where = [h3.cell_to_center_child(cells[n % len(cells)], 9) for n in range(rows)]
    time = us(SPAN.since) + np.arange(1, rows + 1) * int(170 / rows * DAY_US)
    complaints = at_cells(where, time=time, **given)
    grid = np.array(sorted(c for b in cells for c in h3.cell_to_children(b, 9)), dtype=np.int64)
    evidence = Evidence(complaints, Exposure(grid, np.full(len(grid), 50.0)), SPAN)
    many = len(cells)
    recurring = Recurring(
        cell=np.array(sorted(cells), dtype=np.int64), subscribers=np.full(many, 350.0),
        chance=np.full(many, 0.01), plane=np.full(many, plane, dtype=np.int8), level=LEVEL,
        judged=100,
    )  # fmt: skip
    surroundings = surroundings or around()
    return gaps_of(recurring, evidence, surroundings, POLICY.planning, POLICY.priority.ltv)


def one(**given):
    [gap] = told(**given)
    return gap


def test_a_gap_tells_what_is_known_of_it():
    ltv = [100.0, np.nan, 300.0, 50.0]
    customer = [1, 2, 3, 1]
    gap = one(
        rows=4,
        plane=1,
        ltv=ltv,
        customer=customer,
        surroundings=around({"4g": 0.0, "3g": 1.0}, 1500),
    )
    assert gap.cells == (CENTRE,)
    assert (gap.complaints, gap.customers_complained) == (4, 3)
    assert gap.expected == pytest.approx(0.5)
    assert sum(gap.usual) == pytest.approx(0.5)
    assert len(gap.usual) == len(gap.per_period)
    assert gap.ltv_sum == 400.0  # each customer once, with the highest value
    assert gap.subscribers == pytest.approx(350)
    assert gap.predicted_coverage == "3g:1.00 4g:0.00"
    assert gap.nearest_site_m == 1500
    assert gap.territory_id == "T1"
    assert gap.topic == "coverage"
    assert sum(gap.per_period) == 4
    assert len(gap.per_period) == 6
    assert gap.months == 4
    assert SPAN.since < gap.first_seen < gap.last_seen <= SPAN.until
    lat, lon = h3.cell_to_latlng(CENTRE)
    assert (gap.lat, gap.lon) == pytest.approx((lat, lon))


def test_what_is_unknown_stays_unknown():
    gap = one()
    assert gap.predicted_coverage is None
    assert gap.nearest_site_m is None
    assert gap.ltv_sum is None
    assert gap.technology is None
    assert gap.gap_class is GapClass.UNEXPLAINED


@pytest.mark.parametrize(
    ("coverage", "given", "gap_class", "technology"),
    [
        pytest.param({"4g": 0.3}, {"technology": [G4] * 12}, "no_coverage", "4g", id="missing"),
        pytest.param({"4g": 0.5}, {"technology": [G4] * 12}, "unexplained", "4g", id="half there"),
        pytest.param(
            {"3g": 0.0}, {"technology": [G4] * 12}, "unexplained", "4g", id="not loaded for 4g"
        ),
        pytest.param({"3g": 0.0, "4g": 0.0}, {}, "no_coverage", "3g", id="the oldest missing"),
        pytest.param({"4g": 1.0}, {"topic": [SLOW] * 12}, "capacity", None, id="slow"),
        pytest.param({"4g": 1.0}, {"indoor": [1] * 3 + [-1] * 9}, "indoor", None, id="indoors"),
        pytest.param(
            {"4g": 1.0}, {"topic": [SLOW] * 12, "indoor": [1] * 12}, "capacity", None,
            id="slow before indoors",
        ),
        pytest.param({"4g": 1.0}, {"indoor": [0] * 12}, "unexplained", None, id="outdoors"),
        pytest.param(None, {"topic": [SLOW] * 12}, "unexplained", None, id="coverage unknown"),
        pytest.param(
            {"3g": 1.0, "4g": 0.0}, {"technology": [G3] * 5 + [G4] * 5 + [-1] * 2},
            "unexplained", "3g", id="of a tie the older",
        ),
    ],
)  # fmt: skip
def test_the_rules_of_the_classes(coverage, given, gap_class, technology):
    gap = one(surroundings=around(coverage), **given)
    assert (gap.gap_class, gap.technology) == (gap_class, technology)


def test_neighbours_are_one_gap_and_others_are_not():
    gaps = told(cells=(CENTRE, NEXT, FAR), rows=30)
    assert sorted(len(gap.cells) for gap in gaps) == [1, 2]
    assert sum(gap.complaints for gap in gaps) == 30
    assert [gap.expected for gap in gaps] == pytest.approx([1.0, 0.5])


def test_cells_of_two_resolutions_are_two_gaps():
    coarse = h3.cell_to_parent(h3.grid_ring(CENTRE, 9)[0], 7)
    assert clusters([CENTRE, NEXT, coarse]) == clusters([coarse, NEXT, CENTRE])
    assert len(clusters([CENTRE, NEXT, coarse])) == 2


@pytest.mark.parametrize("resolution", [6, 7, 8, 9])
def test_spots_that_touch_a_gap_are_counted_whatever_their_resolution(resolution):
    here = (
        h3.cell_to_parent(CENTRE, resolution) if resolution <= 8
        else h3.cell_to_center_child(CENTRE, 9)
    )  # fmt: skip
    away = h3.cell_to_parent(h3.grid_ring(CENTRE, 200)[0], min(resolution, 8))
    cells = np.array([here, here, away], dtype=np.int64)
    zones = SpotZones(np.array([4, 9, 5]), cells)
    assert one(surroundings=around(zones=zones)).spots == 2


def test_value_weighs_within_bounds_and_never_decides_alone():
    base = one(rows=12)
    many = replace(base, complaints=40, expected=4.0, ltv_sum=10.0)
    rich = replace(base, complaints=10, expected=4.0, ltv_sum=1e9)
    unknown = replace(base, complaints=24, expected=4.0, ltv_sum=None)
    ordered = ranked([rich, unknown, many], POLICY.priority.ltv)
    assert [gap.complaints for gap in ordered] == [40, 24, 10]
    assert [gap.rank for gap in ordered] == [1, 2, 3]
    alike = [replace(base, ltv_sum=5.0, cells=(NEXT,)), replace(base, ltv_sum=9.0)]
    assert [gap.ltv_sum for gap in ranked(alike, POLICY.priority.ltv)] == [9.0, 5.0]


def test_nothing_found_makes_no_gaps():
    empty = np.zeros(0)
    nothing = Recurring(empty.astype(np.int64), empty, empty, empty.astype(np.int8), LEVEL, 0)
    evidence = Evidence(at_cells([], time=[]), Exposure(empty.astype(np.int64), empty), SPAN)
    assert gaps_of(nothing, evidence, around(), POLICY.planning, POLICY.priority.ltv) == []


@given(st.dictionaries(st.sampled_from(list(Technology)), st.floats(0, 1), min_size=1))
def test_predicted_coverage_is_read_back_to_two_decimals(shares):
    gap = replace(one_known, coverage=shares)
    back = read_coverage(gap.predicted_coverage)
    assert back.keys() == shares.keys()
    assert all(abs(back[t] - share) <= 0.005 + 1e-9 for t, share in shares.items())


one_known = one()


# --- numbers that survive ---------------------------------------------------------------------


def gap_at(*cells, first=SPAN.since):
    return replace(one_known, cells=tuple(sorted(cells)), first_seen=first)


def known(gap_id, *cells, first=SPAN.since):
    return KnownGap(gap_id, tuple(sorted(cells)), first)


def numbers(gaps, before):
    return [gap.gap_id for gap in keep_numbers(gaps, before)]


def test_a_gap_keeps_its_number_as_long_as_the_places_overlap():
    disk = h3.grid_disk(CENTRE, 1)
    assert numbers([gap_at(*disk)], [known(7, CENTRE)]) == [7]
    assert numbers([gap_at(NEXT)], [known(7, *disk)]) == [7]
    assert numbers([gap_at(FAR)], [known(7, *disk)]) == [8]
    assert numbers([gap_at(h3.cell_to_center_child(CENTRE, 9))], [known(7, CENTRE)]) == [7]
    assert numbers([gap_at(CENTRE)], [known(7, h3.cell_to_center_child(CENTRE, 9))]) == [7]


def test_the_larger_overlap_wins_then_the_lower_number():
    disk = list(h3.grid_disk(CENTRE, 1))
    merged = gap_at(*disk)
    assert numbers([merged], [known(2, disk[0]), known(5, *disk[1:])]) == [5]
    assert numbers([merged], [known(9, disk[0]), known(3, disk[1])]) == [3]
    halves = [gap_at(*disk[:2]), gap_at(*disk[2:])]
    assert numbers(halves, [known(4, *disk)]) == [5, 4]


def test_a_number_that_was_used_is_never_given_to_another_place():
    assert numbers([gap_at(FAR)], [known(3, CENTRE), known(11, NEXT)]) == [12]


def test_when_it_was_first_seen_survives_too():
    long_ago = SPAN.since - timedelta(days=300)
    [kept] = keep_numbers([gap_at(CENTRE)], [known(1, CENTRE, first=long_ago)])
    assert kept.first_seen == long_ago


@given(st.lists(st.sets(st.integers(0, 18), min_size=1), max_size=6), st.randoms())
def test_numbers_are_unique_and_do_not_depend_on_the_order_known_ones_come_in(groups, random):
    disk = h3.grid_disk(CENTRE, 2)
    before = [known(n + 1, *(disk[i] for i in group)) for n, group in enumerate(groups)]
    taken: set[int] = set()
    now = []
    for group in reversed(groups):
        free = sorted(group - taken)
        taken.update(free)
        if free:
            now.append(gap_at(*(disk[i] for i in free)))
    given_numbers = numbers(now, before)
    assert len(set(given_numbers)) == len(given_numbers)
    random.shuffle(before)
    assert numbers(now, before) == given_numbers


# --- how it went over time --------------------------------------------------------------------


def weekly(*days):
    """Gaps of one cell complained of on these days of the span."""
    where = [h3.cell_to_center_child(CENTRE, 9)] * len(days)
    complaints = at_cells(where, time=us(SPAN.since) + (np.array(days) * DAY_US).astype(np.int64))
    grid = np.array(sorted(h3.cell_to_children(CENTRE, 9)), dtype=np.int64)
    evidence = Evidence(complaints, Exposure(grid, np.full(7, 50.0)), SPAN)
    recurring = Recurring(
        cell=np.array([CENTRE]), subscribers=np.array([350.0]), chance=np.array([0.01]),
        plane=np.zeros(1, dtype=np.int8), level=LEVEL * 10, judged=100,
    )  # fmt: skip
    return gaps_of(recurring, evidence, around(), POLICY.planning, POLICY.priority.ltv)


def test_a_gap_says_since_when_and_until_when():
    [gap] = weekly(*range(60, 180, 3))
    assert abs(gap.since - (SPAN.since + timedelta(days=60))) <= timedelta(days=7)
    assert (gap.ended, gap.pattern) == (None, Pattern.CONSECUTIVE)
    [mended] = weekly(*range(3, 130, 3))
    assert mended.since == SPAN.since
    assert abs(mended.ended - (SPAN.since + timedelta(days=130))) <= timedelta(days=7)
    assert mended.pattern is Pattern.HISTORICAL


def test_a_place_mended_long_ago_and_two_outages_make_no_gap():
    assert weekly(*range(3, 70, 3)) == []
    assert weekly(*np.linspace(30, 36, 60), *np.linspace(120, 130, 60)) == []
