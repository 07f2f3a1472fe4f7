"""Zones of any shape: connected, told cell by cell, and paid for."""

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.attendance import Attendance, Standing
from heatmaps.spots.grown import FAR, PRICE, Patches, grown, seeds, seeds_from, zone_cells
from heatmaps.spots.lattice import Lattice
from heatmaps.spots.score import scores
from heatmaps.spots.survey import Survey
from heatmaps.spots.zones import DISK, disks_of_lanes, strongest

from .region import CENTRE, HOUR_US, NOW, NOW_H, ground_of, make_columns

WIDTH = 61


def patch(count, usual=0.05):
    """One patch of four rings around `CENTRE`, with customers in some of its cells."""
    disk = list(h3.grid_disk(CENTRE, 4))
    counts = np.zeros((1, WIDTH))
    for cell, number in count.items():
        counts[0, disk.index(cell)] = number
    alone = np.full((1, WIDTH), usual)
    return Patches(counts, counts > 0, alone / 24, alone)


def grown_on(around, least=1):
    at = np.zeros(1, dtype=np.intp)
    return grown(around, at, at, least)


def cells_of(zones):
    return zone_cells(CENTRE, int(zones.ring[0]), int(zones.shape[0]))


def away(*steps):
    """The cells met by going straight on from `CENTRE`, after so many steps."""
    end = max(h3.grid_ring(CENTRE, 4), key=lambda cell: h3.cell_to_latlng(cell)[1])
    path = h3.grid_path_cells(CENTRE, end)
    return [path[step] for step in steps]


def test_a_zone_follows_a_line():
    line = [CENTRE, *away(1, 2, 3, 4)]
    zones = grown_on(patch(dict.fromkeys(line, 1)))
    assert cells_of(zones) == tuple(sorted(line))
    assert zones.count[0] == 5
    assert zones.alone[0] == pytest.approx(5 * 0.05)
    assert zones.base[0] == pytest.approx(5 * 0.05 / 24)
    assert zones.price[0] == pytest.approx(4 * PRICE)


def test_a_zone_takes_one_empty_cell_along_and_not_two():
    one, three = away(2, 3)
    assert cells_of(grown_on(patch({CENTRE: 2, one: 3}))) == tuple(sorted([CENTRE, *away(1), one]))
    assert not len(grown_on(patch({CENTRE: 2, three: 3})).lane)


def test_of_cells_between_the_one_is_taken_that_lets_expect_least():
    far = next(c for c in h3.grid_ring(CENTRE, 2) if len(h3.grid_path_cells(CENTRE, c)) == 3
               and len(set(h3.grid_ring(c, 1)) & set(h3.grid_ring(CENTRE, 1))) == 2)  # fmt: skip
    ways = set(h3.grid_ring(far, 1)) & set(h3.grid_ring(CENTRE, 1))
    disk = list(h3.grid_disk(CENTRE, 4))
    for cheap in ways:
        around = patch({CENTRE: 3, far: 3})
        around.alone[0, disk.index(cheap)] = 0.01
        assert cells_of(grown_on(around)) == tuple(sorted([CENTRE, cheap, far]))


def test_nothing_grows_where_a_cell_more_is_not_worth_its_price():
    (beside,) = away(1)
    assert not len(grown_on(patch({CENTRE: 9, beside: 1}, usual=1.0)).lane)


def test_nothing_grows_without_customers_in_the_middle_or_enough_or_a_fresh_one():
    one, two = away(1, 2)
    assert not len(grown_on(patch({one: 3, two: 3})).lane)
    around = patch({CENTRE: 2, one: 2})
    assert not len(grown_on(around, least=5).lane)
    assert len(grown_on(around, least=4).lane)
    stale = Patches(around.count, np.zeros_like(around.fresh), around.base, around.alone)
    assert not len(grown_on(stale).lane)


@given(
    st.dictionaries(st.integers(0, WIDTH - 1), st.integers(1, 5), max_size=20),
    st.floats(0.001, 2),
)
def test_a_zone_hangs_together_and_counts_what_its_cells_hold(held, usual):
    disk = list(h3.grid_disk(CENTRE, 4))
    counts = {disk[i]: number for i, number in held.items()} | {CENTRE: 1}
    zones = grown_on(patch(counts, usual))
    if not len(zones.lane):
        return
    cells = set(cells_of(zones))
    reached, border = {CENTRE}, {CENTRE}
    while border:
        border = {n for c in border for n in h3.grid_ring(c, 1) if n in cells} - reached
        reached |= border
    assert reached == cells
    assert zones.count[0] == sum(counts.get(cell, 0) for cell in cells)
    assert zones.price[0] == pytest.approx(PRICE * (len(cells) - 1))
    priced = scores(zones.count, zones.alone) - zones.price
    assert priced[0] > scores(np.array([1.0]), np.array([usual]))[0] - 1e-9


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_disks_far_from_pentagons_are_in_one_order_wherever_they_are(resolution):
    """What a bit of a shape means must not depend on the place."""
    rng = np.random.default_rng(resolution)
    lattice = Lattice(resolution, 4)
    for lat, lng in rng.uniform([-60, -180], [75, 180], size=(60, 2)).tolist():
        cell = h3.latlng_to_cell(lat, lng, resolution)
        slots = lattice.disks(lattice.slots(np.array([cell], dtype=np.int64)))[0]
        disk = lattice.cells[slots].tolist()
        if 0 in disk:
            continue
        assert disk == list(h3.grid_disk(cell, 4))
        line = h3.grid_path_cells(cell, disk[40])
        around = np.zeros((1, WIDTH))
        around[0, [disk.index(one) for one in line]] = 2
        zones = grown_on(Patches(around, around > 0, around + 0.01, np.full((1, WIDTH), 0.01)))
        shape = zone_cells(cell, int(zones.ring[0]), int(zones.shape[0]))
        assert shape == tuple(sorted(line))


@pytest.mark.usefixtures("everything_grows")
def test_a_trouble_along_a_line_stands_out_more_than_any_disk_around_it(town, small):
    (end,) = away(2)
    other = max(h3.grid_ring(CENTRE, 2), key=lambda cell: h3.grid_distance(cell, end))
    line = sorted(h3.grid_path_cells(end, other))
    columns = make_columns(line * 3, np.linspace(NOW_H - 2, NOW_H - 0.5, 15), topic=1)
    ground = ground_of(town, small)
    weight = ground.expectation.weight_of_windows(NOW // HOUR_US, ground.windows_h)
    everybody, fresh = np.ones(15, dtype=np.bool_), columns.time > NOW - HOUR_US
    standing = Standing(Attendance(columns, NOW, ground.windows_h), everybody, fresh)
    zones = Survey(ground, standing, weight=weight, threshold=10.0).zones()
    top = strongest(zones)
    cells = zone_cells(*(int(of[top]) for of in (zones.centre, zones.ring, zones.shape)))
    assert zones.shape[top] != DISK
    assert cells == tuple(line)
    assert zones.observed[top] == 15


def test_zones_grow_where_a_disk_is_near_the_threshold_and_none_is_far_beyond_it():
    """Lane 0 stays below, 1 comes near in its second window, 2 has a disk far beyond."""
    alone, threshold = np.full(5, 0.1), 10.0
    count = np.array([2.0, 3.0, 4.0, 4.0, 12.0])
    lane, window = np.array([0, 1, 1, 2, 2]), np.array([0, 0, 1, 0, 1])
    disks = disks_of_lanes(lane, np.zeros(5, dtype=np.intp), window, (count, alone, alone))
    score = scores(count, alone)
    assert score[0] < seeds_from(threshold) < score[1] < score[2] < FAR * threshold < score[4]
    assert [of.tolist() for of in seeds(disks, threshold)] == [[1], [1]]
