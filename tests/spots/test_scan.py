from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.attendance import Attendance, Standing
from heatmaps.spots.census import inside
from heatmaps.spots.expectation import PLANES, History, fit_expectation
from heatmaps.spots.ground import Ground, lattices_for
from heatmaps.spots.record import Exposure
from heatmaps.spots.scan import region_level, scan, scores
from heatmaps.spots.zones import strongest

from .region import CENTRE, HOUR_US, START_US, make_columns

ZONE = ZoneInfo("Europe/Moscow")
NOW_H = 400
NOW = START_US + NOW_H * HOUR_US


def ground_of(exposure, policy):
    history = History(make_columns(CENTRE, []), np.ones(0))
    fit = fit_expectation(exposure, history, START_US, policy, ZONE)
    return Ground(fit, policy, lattices_for(policy))


def view(columns, ground):
    everything = np.ones(len(columns.time), dtype=np.bool_)
    fresh = columns.time > NOW - HOUR_US
    attendance = Attendance(columns, NOW, ground.windows_h)
    crowd = Standing(attendance, everything, fresh).crowd()
    weight = ground.expectation.weight_of_windows(NOW // HOUR_US, ground.windows_h)
    return scan(ground, crowd, weight)


def counted(columns, cells, resolution, plane, window_h):
    """Customers in a zone and window, one by one: the latest complaint of each is what counts."""
    latest = {}
    for i in range(len(columns.time)):
        if plane == 0 or columns.topic[i] == plane - 1:
            latest[int(columns.customer[i])] = i
    rows = np.array(sorted(latest.values()), dtype=np.intp)
    held = inside(columns.cell[rows], columns.resolution[rows], cells, resolution)
    return int((held & (columns.time[rows] > NOW - window_h * HOUR_US)).sum())


@pytest.mark.parametrize("seed", range(4))
def test_every_zone_counts_what_counting_one_by_one_gives(town, small, seed):
    rng = np.random.default_rng(seed)
    near = np.array(h3.grid_disk(CENTRE, 5), dtype=np.int64)
    cells = rng.choice(near, 120)
    coarse = rng.random(120) < 0.2
    cells[coarse] = [h3.cell_to_parent(c, 8) for c in cells[coarse].tolist()]
    hours = np.append(rng.uniform(NOW_H - 168, NOW_H, 110), rng.uniform(NOW_H - 1, NOW_H, 10))
    columns = make_columns(
        cells, hours, topic=rng.integers(0, 7, 120), customer=rng.integers(0, 90, 120)
    )
    ground = ground_of(town, small)
    zones = view(columns, ground)
    assert len(zones.score) > 20
    for i in range(len(zones.score)):
        disk = h3.grid_disk(int(zones.centre[i]), int(zones.ring[i]))
        resolution, plane = int(zones.resolution[i]), int(zones.plane[i])
        window_h = int(ground.windows_h[zones.window[i]])
        assert zones.observed[i] == counted(columns, disk, resolution, plane, window_h)
        base = ground.at(np.array(disk), resolution)[:, plane].sum() * window_h
        assert zones.expected[i] >= base * (1 - 1e-6)
    assert zones.score == pytest.approx(scores(zones.observed, zones.expected))


def test_a_cluster_is_the_strongest_zone_in_its_own_topic(town, small):
    rng = np.random.default_rng(1)
    cells = np.concatenate([rng.choice(town.cell, 60), h3.grid_disk(CENTRE, 1)])
    hours = np.concatenate([rng.uniform(NOW_H - 168, NOW_H, 60), np.full(7, NOW_H - 0.5)])
    topic = np.concatenate([rng.integers(0, 7, 60), np.full(7, 2)])
    zones = view(make_columns(cells, hours, topic=topic), ground_of(town, small))
    best = strongest(zones)
    assert zones.plane[best] == 3
    assert zones.observed[best] == 7
    zone = h3.grid_disk(int(zones.centre[best]), int(zones.ring[best]))
    assert zones.resolution[best] == 8 or set(zone) >= set(h3.grid_disk(CENTRE, 1))


def test_nothing_fresh_is_nothing_to_score(town, small):
    columns = make_columns(CENTRE, np.full(20, NOW_H - 3.0))
    assert len(view(columns, ground_of(town, small)).score) == 0


def test_one_customer_is_one_however_often(town, small):
    columns = make_columns(CENTRE, np.linspace(NOW_H - 3, NOW_H, 500), customer=1)
    assert len(view(columns, ground_of(town, small)).score) == 0


def test_input_order_changes_no_score(town, small):
    rng = np.random.default_rng(5)
    cells, hours = rng.choice(town.cell, 80), rng.uniform(NOW_H - 30, NOW_H, 80)
    columns = make_columns(cells, hours)
    warm = ground_of(town, small)
    for lattice in warm.lattices.values():
        lattice.disks(
            lattice.slots(
                np.array(
                    [h3.cell_to_parent(c, lattice.resolution) for c in town.cell[::-1].tolist()]
                )
            )
        )
    cold, again = view(columns, ground_of(town, small)), view(columns, warm)
    one, other = (
        np.lexsort((zones.centre, zones.plane, zones.resolution)) for zones in (cold, again)
    )
    assert (cold.score[one] == again.score[other]).all()
    assert strongest(cold.take(one)) == strongest(again.take(other))


def test_what_happens_everywhere_is_no_zone(town, small):
    rng = np.random.default_rng(2)
    cells = rng.choice(town.cell, 3000)
    zones = view(make_columns(cells, rng.uniform(NOW_H - 12, NOW_H, 3000)), ground_of(town, small))
    assert zones.score.max() < 12


def test_a_single_populated_cell_is_scored_all_the_same(small):
    alone = Exposure(np.array([CENTRE]), np.array([2000.0]))
    zones = view(make_columns(CENTRE, np.full(9, NOW_H - 0.5)), ground_of(alone, small))
    assert zones.score.max() > 20


@pytest.mark.parametrize(
    ("observed", "expected", "level"), [(0, 10, 1), (12, 10, 1), (400, 40, 9.5), (5, 0, 1)]
)
def test_the_level_rises_only_when_it_surely_has(observed, expected, level):
    found = region_level(np.array([float(observed)]), np.array([float(expected)]))[0]
    assert found >= 1
    assert found == pytest.approx(level, rel=0.02) or expected == 0


def test_score_is_the_expectation_based_poisson_ratio():
    assert scores(np.array([6.0, 2.0]), np.array([2.0, 2.0])) == pytest.approx(
        [6 * np.log(3) - 4, 0]
    )
    assert PLANES == 8


@given(st.floats(0.001, 50), st.floats(1, 20), st.integers(1, 200))
def test_a_higher_expectation_only_lowers_a_score(expected, level, observed):
    count, usual = np.array([float(observed)]), np.array([expected])
    assert (scores(count, usual * level) <= scores(count, usual) + 1e-9).all()
