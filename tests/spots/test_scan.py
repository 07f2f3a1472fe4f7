import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.attendance import Attendance, Standing
from heatmaps.spots.census import inside
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.grown import PRICE, zone_cells
from heatmaps.spots.record import Exposure
from heatmaps.spots.scan import scan
from heatmaps.spots.score import scores, standing_out
from heatmaps.spots.zones import DISK, strongest

from .region import CENTRE, HOUR_US, NOW, NOW_H, ground_of, make_columns


def view(columns, ground):
    everything = np.ones(len(columns.time), dtype=np.bool_)
    fresh = columns.time > NOW - HOUR_US
    attendance = Attendance(columns, NOW, ground.windows_h)
    crowd = Standing(attendance, everything, fresh).crowd()
    weight = ground.expectation.weight_of_windows(NOW // HOUR_US, ground.windows_h)
    return scan(ground, crowd, weight, 1.0)


def counted(columns, zone, plane, window_h, *, fine=False):
    """Customers in a zone and window, one by one: the latest complaint of each is what counts.

    `fine` leaves out who is known more coarsely than to a cell of the zone.
    """
    cells, resolution = zone
    latest = {}
    for i in range(len(columns.time)):
        if plane == 0 or columns.topic[i] == plane - 1:
            latest[int(columns.customer[i])] = i
    rows = np.array(sorted(latest.values()), dtype=np.intp)
    held = inside(columns.cell[rows], columns.resolution[rows], cells, resolution)
    if fine:
        held &= columns.resolution[rows] >= resolution
    return int((held & (columns.time[rows] > NOW - window_h * HOUR_US)).sum())


@pytest.mark.usefixtures("everything_grows")
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
    everywhere = sorted({h3.cell_to_parent(cell, 7) for cell in h3.grid_disk(CENTRE, 8)})
    grown = 0
    for i in range(len(zones.score)):
        centre, ring, shape = (int(of[i]) for of in (zones.centre, zones.ring, zones.shape))
        disk, fine = zone_cells(centre, ring, shape), shape != DISK
        resolution, plane = int(zones.resolution[i]), int(zones.plane[i])
        window_h = int(ground.windows_h[zones.window[i]])
        assert zones.observed[i] == counted(columns, (disk, resolution), plane, window_h, fine=fine)
        base = ground.at(np.array(disk), resolution)[:, plane].sum() * window_h
        others = counted(columns, (everywhere, 7), plane, window_h) - zones.observed[i]
        usual = ground.total[plane] * window_h - base
        expected, score = _standing_out(zones.observed[i], base, others, usual)
        assert zones.expected[i] == pytest.approx(expected, rel=1e-4)
        price = PRICE * (len(disk) - 1) * fine
        assert zones.score[i] == pytest.approx(score - price, rel=1e-4)
        grown += fine
    assert 0 < grown < len(zones.score)


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


def _standing_out(observed, expected, others, usual):
    columns = (np.array([float(number)]) for number in (observed, expected, others, usual))
    return tuple(float(column[0]) for column in standing_out(*columns))


@pytest.mark.parametrize(
    ("others", "usual", "level"),
    [(0, 10, 1), (14, 10, 1), (400, 40, 10), (60, 40, 1.5), (3, 0.8, 1), (9, 0.8, 11.25)],
)
def test_a_region_has_a_level_of_its_own_only_where_chance_hardly_raised_it(others, usual, level):
    expected, _ = _standing_out(30, 0.5, others, usual)
    assert expected == pytest.approx(0.5 * level)


def test_a_bad_hour_begun_in_half_the_region_is_no_spot():
    """Nine against a quarter of one; two others against a third leave it open whether it is all."""
    _, alone = _standing_out(9, 0.26, 0, 1e3)
    _, begun = _standing_out(9, 0.26, 2, 0.34)
    assert alone > 20
    assert begun < 7


@pytest.mark.parametrize("share", [0.3, 0.499, 0.501, 0.7, 0.9])
def test_a_bad_day_of_the_whole_region_is_no_zone_however_much_of_it_one_holds(share):
    usual = 100.0
    _, score = _standing_out(300 * share, usual * share, 300 * (1 - share), usual * (1 - share))
    assert score < 1.5


def test_one_stray_caller_outside_hides_no_fault_that_holds_the_region():
    expected, score = _standing_out(9, 0.1, 1, 1e-3)
    assert expected < 0.3
    assert score > 20


def test_what_few_others_cannot_deny_in_a_large_region_stands_out():
    assert _standing_out(5, 0.05, 0, 2.0)[1] == _standing_out(5, 0.05, 0, 200.0)[1]


@given(
    st.integers(0, 60),
    st.floats(1e-3, 20),
    st.integers(0, 60),
    st.floats(0, 200),
    st.integers(1, 9),
)
def test_others_who_complain_too_only_lower_a_score(observed, expected, others, usual, more):
    _, before = _standing_out(observed, expected, others, usual)
    _, after = _standing_out(observed, expected, others + more, usual)
    alone = float(scores(np.array([float(observed)]), np.array([expected]))[0])
    assert 0 <= after <= before + 1e-9 <= alone + 2e-9


def test_score_is_the_expectation_based_poisson_ratio():
    assert scores(np.array([6.0, 2.0]), np.array([2.0, 2.0])) == pytest.approx(
        [6 * np.log(3) - 4, 0]
    )
    assert PLANES == 8


@given(st.floats(0.001, 50), st.floats(1, 20), st.integers(1, 200))
def test_a_higher_expectation_only_lowers_a_score(expected, level, observed):
    count, usual = np.array([float(observed)]), np.array([expected])
    assert (scores(count, usual * level) <= scores(count, usual) + 1e-9).all()
