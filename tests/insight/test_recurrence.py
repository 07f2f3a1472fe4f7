from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest
from chronic_region import DAY_US, UNTIL, Setting, at_cells, make_region, us
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.insight.look_back import Span, once_a_month, span_of
from heatmaps.insight.recurrence import recurring_cells
from heatmaps.policy import packaged_policy
from heatmaps.region.grid import parents
from heatmaps.spots.record import Exposure

POLICY = packaged_policy().planning
SEEDS = range(20)
CENTRE = h3.latlng_to_cell(55.0, 50.0, 8)
SPAN = Span(UNTIL - timedelta(days=180), UNTIL, 30)


def found_in(region):
    """Give the cells of resolution 8 in which something was found."""
    found = recurring_cells(region.complaints, region.exposure, region.span, POLICY)
    return set(parents(found.cell, 8).tolist())


@pytest.mark.parametrize("days", [180, 56])
def test_chronic_places_are_found_and_false_ones_stay_within_the_promise(days):
    found, false = [], []
    for seed in SEEDS:
        region = make_region(seed, Setting(blocks=400, days=days))
        here = found_in(region)
        found.append(len(here & region.chronic) / len(region.chronic))
        false.append(len(here - region.chronic) / max(len(here), 1))
    print(f"{days} days: found {np.mean(found):.1%}, false {np.mean(false):.1%}")  # noqa: T201 - the figures are the point
    assert np.mean(found) >= (0.7 if days == 180 else 0.2)
    assert np.mean(false) <= 0.10


@pytest.mark.parametrize("spread", [0.15, 0.4])
def test_a_region_without_gaps_shows_one_in_few_seeds(spread):
    regions = [make_region(seed, Setting(blocks=400, gaps=0, spread=spread)) for seed in SEEDS]
    any_found = np.mean([bool(found_in(region)) for region in regions])
    print(f"spread {spread}: a gap in {any_found:.0%} of regions without any")  # noqa: T201 - the same
    assert any_found <= 0.15


def town(extra, *, people=300.0, ring=6):
    """Even cells, three quiet complaints in each over the months, and these extra rows."""
    blocks = sorted(h3.grid_disk(CENTRE, ring))
    cells = np.array(sorted(c for b in blocks for c in h3.cell_to_children(b, 9)), dtype=np.int64)
    exposure = Exposure(cells, np.full(len(cells), people / 7))
    rng = np.random.default_rng(1)
    quiet = [
        (int(rng.choice(h3.cell_to_children(block, 9))), float(day), -1)
        for block in blocks
        for day in rng.uniform(1, 179, 3)
    ]
    rows = sorted([*quiet, *extra], key=lambda row: row[1])
    customer = [n if who < 0 else 10_000 + who for n, (_, _, who) in enumerate(rows)]
    time = [us(SPAN.since) + int(day * DAY_US) for _, day, _ in rows]
    return at_cells([row[0] for row in rows], time=time, customer=customer), exposure


def cells_found(extra):
    complaints, exposure = town(extra)
    return recurring_cells(complaints, exposure, SPAN, POLICY)


def test_a_place_that_complains_every_month_is_found_in_the_finest_cell():
    here = h3.cell_to_center_child(CENTRE, 9)
    found = cells_found([(here, 6.0 * n + 2, n) for n in range(28)])
    assert found.cell.tolist() == [here]
    assert found.chance[0] < 0.01


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param([(0, 90 + n / 8, n) for n in range(56)], id="one outage of a week"),
        pytest.param([(0, 6.0 * n + 2, 1) for n in range(28)], id="one customer again and again"),
        pytest.param([(0, 6.0 * n + 2, n % 2) for n in range(28)], id="two customers"),
    ],
)
def test_what_does_not_come_back_is_no_gap(extra):
    here = h3.cell_to_center_child(CENTRE, 9)
    assert not len(cells_found([(here, day, who) for _, day, who in extra]).cell)


@pytest.mark.parametrize("resolution", [7, 6])
def test_a_village_known_only_coarsely_is_found_at_its_own_cell(resolution):
    village = h3.cell_to_parent(h3.latlng_to_cell(57.0, 52.0, 9), resolution)
    complaints, exposure = town([(village, 6.0 * n + 2, n) for n in range(28)])
    house = h3.cell_to_center_child(village, 9)
    everybody = Exposure(
        np.append(exposure.cell, house), np.append(exposure.subscribers, 200.0)
    )  # fmt: skip
    order = np.argsort(everybody.cell)
    everybody = Exposure(everybody.cell[order], everybody.subscribers[order])
    found = recurring_cells(complaints, everybody, SPAN, POLICY)
    assert found.cell.tolist() == [village]


def test_without_subscribers_or_complaints_nothing_is_found():
    complaints, exposure = town([])
    nobody = Exposure(np.zeros(0, dtype=np.int64), np.zeros(0))
    assert recurring_cells(complaints, nobody, SPAN, POLICY).judged == 0
    assert recurring_cells(at_cells([], time=[]), exposure, SPAN, POLICY).judged == 0


def test_the_order_of_rows_of_one_moment_changes_nothing():
    region = make_region(3, Setting(blocks=200))
    base = recurring_cells(region.complaints, region.exposure, region.span, POLICY)
    shuffled = np.random.default_rng(0).permutation(len(region.complaints.time))
    columns = {n: getattr(region.complaints, n)[shuffled] for n in region.complaints.__slots__}
    other = recurring_cells(
        type(region.complaints)(**columns), region.exposure, region.span, POLICY
    )
    assert other.cell.tolist() == base.cell.tolist()
    assert other.chance.tolist() == pytest.approx(base.chance.tolist())
    assert other.level == pytest.approx(base.level)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 200 * 24 * 60)),
        max_size=40,
    )
)
def test_a_customer_counts_at_a_place_once_in_thirty_days(rows):
    place, customer, minute = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    counted = once_a_month(place, customer, minute * 60_000_000)
    expected, last = [], {}
    for row in sorted(range(len(rows)), key=lambda n: (minute[n], n)):
        who = (place[row], customer[row])
        if who not in last or minute[row] - last[who] >= 30 * 24 * 60:
            last[who] = minute[row]
            expected.append(row)
    assert len(counted) == len(expected)
    assert sorted(minute[counted].tolist()) == sorted(minute[expected].tolist())


@pytest.mark.parametrize(
    ("first", "period_days", "days"),
    [
        (UNTIL - timedelta(days=400), 30, 180),
        (UNTIL - timedelta(days=60), 7, 60),
        (UNTIL - timedelta(days=27), None, None),
    ],
    ids=["old", "young", "too young"],
)
def test_a_young_history_counts_by_weeks(first, period_days, days):
    span = span_of(first, UNTIL + timedelta(hours=5), UTC, 6)
    assert (span and span.period_days) == period_days
    assert (span and span.days) == days


def test_a_day_ends_at_midnight_of_the_region():
    as_of = datetime(2026, 7, 1, 22, tzinfo=UTC)  # one hour past midnight in Moscow
    span = span_of(UNTIL - timedelta(days=400), as_of, ZoneInfo("Europe/Moscow"), 6)
    assert span.until == datetime(2026, 7, 1, 21, tzinfo=UTC)
