"""The bound on scores: whatever it leaves out could not have stood out."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.attendance import Attendance, Standing
from heatmaps.spots.census import Census, inside
from heatmaps.spots.prospects import prospects_of
from heatmaps.spots.record import Exposure
from heatmaps.spots.roll import roll_of
from heatmaps.spots.scan import scan
from heatmaps.spots.survey import Survey
from heatmaps.spots.zones import strongest

from .region import CENTRE, HOUR_US, NOW, NOW_H, ground_of, make_columns


def complaints(seed, count):
    """Complaints near and far, some known coarsely, some of callers who call again elsewhere."""
    rng = np.random.default_rng(seed)
    cells = rng.choice(np.array(h3.grid_disk(CENTRE, 6), dtype=np.int64), count)
    coarse = rng.random(count) < 0.15
    cells[coarse] = [h3.cell_to_parent(c, 8) for c in cells[coarse].tolist()]
    cells[: count // 6] = rng.choice(np.array(h3.grid_disk(CENTRE, 1), dtype=np.int64), count // 6)
    hours = np.append(
        rng.uniform(NOW_H - 168, NOW_H, count // 2),
        rng.uniform(NOW_H - 5, NOW_H, count - count // 2),
    )
    topic, customer = rng.integers(0, 7, count), rng.integers(0, count // 2, count)
    return make_columns(cells, hours, topic=topic, customer=customer)


def told(zones, least):
    """Zones that reach a score, as comparable rows."""
    kept = zones.take(zones.score >= least)
    return sorted(
        zip(kept.centre.tolist(), kept.plane.tolist(), kept.ring.tolist(), kept.window.tolist(),
            kept.shape.tolist(), kept.observed.tolist(), kept.score.tolist(), strict=True)
    )  # fmt: skip


def taken_apart(columns, policy, exposure, seed):
    """What a customer counts by, and the survey's scene, of complaints that partly count."""
    ground = ground_of(exposure, policy)
    weight = ground.expectation.weight_of_windows(NOW // HOUR_US, ground.windows_h)
    counted = np.random.default_rng(seed).random(len(columns.time)) < 0.8
    fresh = columns.time > NOW - HOUR_US
    return ground, weight, counted, fresh, Attendance(columns, NOW, ground.windows_h)


@pytest.mark.parametrize("count", [60, 600])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("least", [1.0, 4.0, 9.0])
def test_what_stands_out_is_what_a_scan_of_all_finds_whoever_is_taken_out(
    town, small, seed, count, least
):
    columns = complaints(seed, count)
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, seed)
    standing = Standing(attendance, counted, fresh)
    survey = Survey(ground, standing, weight=weight, threshold=least)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(counted))
    for rows in np.array_split(order, 6):
        crowd = Standing(attendance, counted, fresh).crowd()
        assert told(survey.zones(), least) == told(scan(ground, crowd, weight, least), least)
        assert (standing.by_window == Standing(attendance, counted, fresh).by_window).all()
        survey.take_out(np.sort(rows))
        counted[rows] = False
    assert not len(survey.zones().score)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("least", [1.0, 4.0])
def test_what_stands_out_apart_from_zones_seen_is_what_a_scan_of_all_finds(
    town, small, seed, least
):
    columns = complaints(seed, 600)
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, seed)
    survey = Survey(ground, Standing(attendance, counted, fresh), weight=weight, threshold=least)
    seen = 0
    while len((zones := survey.zones()).score):
        crowd = Standing(attendance, counted, fresh).crowd()
        of_all = survey.unseen(scan(ground, crowd, weight, least))
        assert told(zones, least) == told(of_all, least)
        top = strongest(zones)
        resolution = int(zones.resolution[top])
        zone = h3.grid_disk(int(zones.centre[top]), int(zones.ring[top]))
        survey.see(zone, resolution)
        gone = counted & inside(columns.cell, columns.resolution, zone, resolution)
        survey.take_out(np.flatnonzero(gone))
        counted &= ~gone
        seen += 1
    assert seen > 1


def test_what_may_stand_out_is_less_than_all(town, small):
    columns = complaints(0, 600)
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, 0)
    everybody = attendance.heads(counted, fresh)
    sizes = [sum(map(len, prospects_of(ground, everybody, weight, least).values()))
             for least in (1.0, 9.0, 1e6)]  # fmt: skip
    assert sizes[0] > sizes[1] > sizes[2]


def test_a_zone_seen_hides_those_that_touch_it_and_no_others(town, small):
    columns = complaints(1, 600)
    ground, weight, counted, fresh, attendance = taken_apart(columns, small, town, 1)
    standing = Standing(attendance, counted, fresh)
    survey = Survey(ground, standing, weight=weight, threshold=1.0)
    before = survey.zones()
    for resolution in (8, 9):
        seen = h3.grid_disk(h3.cell_to_parent(CENTRE, resolution), 1)
        survey = Survey(ground, standing, weight=weight, threshold=1.0)
        survey.see(seen, resolution)
        under = {child for cell in seen for child in h3.cell_to_children(cell, 9)}
        apart = [
            under.isdisjoint(
                child
                for cell in h3.grid_disk(centre, ring)
                for child in h3.cell_to_children(cell, 9)
            )
            for centre, ring in zip(before.centre.tolist(), before.ring.tolist(), strict=True)
        ]
        assert told(survey.zones(), 0) == told(before.take(np.array(apart)), 0)


@pytest.mark.parametrize("seed", range(3))
def test_the_census_finds_whom_a_zone_holds_whole(seed):
    columns = complaints(seed, 400)
    roll = roll_of(columns)
    census = Census(roll)
    for resolution, ring in ((9, 0), (9, 4), (8, 1), (7, 0)):
        zone = h3.grid_disk(h3.cell_to_parent(CENTRE, resolution), ring)
        held = inside(columns.cell, columns.resolution, zone, resolution)
        places = census.places(zone, resolution)
        for within in (slice(0, 400), slice(150, 270)):
            rows, number = census.rows(places, within)
            assert np.sort(rows).tolist() == np.flatnonzero(held[within]).tolist()
            assert number.sum() == len(rows)


def test_of_a_customer_the_latest_counted_complaint_stands():
    hours = [NOW_H - 9, NOW_H - 8, NOW_H - 7]
    columns = make_columns(CENTRE, hours, customer=[1, 1, 2], topic=[3, 3, 4])
    fresh = np.zeros(3, dtype=np.bool_)
    for counted, all_topics in (([1, 1, 1], 2), ([1, 0, 1], 2), ([0, 0, 1], 1), ([0, 0, 0], 0)):
        attendance = Attendance(columns, NOW, np.array([24]))
        standing = Standing(attendance, np.array(counted, dtype=np.bool_), fresh)
        assert standing.by_window[0, 0] == all_topics
        assert standing.heads.table[:, 0, :-1].sum() == all_topics


@pytest.mark.usefixtures("everything_grows")
@pytest.mark.parametrize("seed", range(12))
def test_in_a_small_region_what_stands_out_is_what_a_scan_of_all_finds(policy, seed):
    """Where disks hold half the region, and shapes pass for narrower than these."""
    rng = np.random.default_rng(seed)
    cells = np.array(sorted(h3.grid_disk(CENTRE, int(rng.integers(1, 5)))), dtype=np.int64)
    exposure = Exposure(cells, rng.lognormal(3, 1.5, len(cells)))
    rings = int(rng.choice([0, 1, 2, 4, 6]))
    zoned = {"windows_h": (3, 24, 168), "resolutions": (9, 8), "max_ring": rings}
    columns = complaints(seed, 60)
    narrow = policy.model_copy(update=zoned)
    ground, weight, counted, fresh, attendance = taken_apart(columns, narrow, exposure, seed)
    survey = Survey(ground, Standing(attendance, counted, fresh), weight=weight, threshold=1.0)
    crowd = Standing(attendance, counted, fresh).crowd()
    assert told(survey.zones(), 1.0) == told(scan(ground, crowd, weight, 1.0), 1.0)


@pytest.mark.usefixtures("everything_grows")
@pytest.mark.parametrize("level", [1.2, 1.35, 1.6])
@pytest.mark.parametrize("least", [15.0, 40.0])
def test_in_a_bad_week_shapes_stand_out_as_a_scan_of_all_finds(policy, level, least):
    """A region a little above its usual: everything exceeds that, and a line exceeds the region."""
    only = policy.model_copy(update={"windows_h": (24,), "resolutions": (9,), "max_ring": 4})
    cells = np.array(sorted(h3.grid_disk(CENTRE, 14)), dtype=np.int64)
    people = np.full(len(cells), 30.0)
    first = ground_of(Exposure(cells, people), only)
    mean_h = first.expectation.weight_of_windows(NOW // HOUR_US, first.windows_h)[0]
    usual, rng, topic = 24_000 / level, np.random.default_rng(1), 1
    ends = h3.grid_ring(CENTRE, 4)
    line = np.repeat(np.array(h3.grid_path_cells(ends[0], ends[12])), 90)
    at = np.append(rng.choice(cells, 24_000), line)
    columns = make_columns(at, rng.uniform(NOW_H - 23.9, NOW_H, len(at)), topic=topic)
    exposure = Exposure(cells, people * usual / (first.total[1 + topic] * mean_h))
    ground, weight, _, fresh, attendance = taken_apart(columns, only, exposure, 0)
    standing = Standing(attendance, np.ones(len(at), dtype=np.bool_), fresh)
    survey = Survey(ground, standing, weight=weight, threshold=least)
    zones = scan(ground, standing.crowd(), weight, least)
    assert told(survey.zones(), least) == told(zones, least)
    assert len(told(zones, least))
