"""What a user would pick instead does what its name says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from heatmaps.region.grid import parents
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials import Wanted, draw_trial
from heatmaps.spots.record import ComplaintColumns
from pipelines.bench_detection import cell_poisson, clusters, fixed_number, hot_spots
from pipelines.bench_detection.alarms import judge, standing_apart
from pipelines.bench_detection.arrivals import Arrivals, grid_of, hours_of, strongest_apart
from pipelines.bench_detection.usual import Usual


@pytest.fixture(scope="module")
def trial():
    return draw_trial(12, Wanted(subscribers=120_000, faults=24, history_days=21, days=4))


def only(trial, places, *, customers=None, late_h=0):
    """The trial with nothing but a complaint at each place, at the first tick that counts."""
    count = len(places)
    second = trial.counts_from + np.arange(count) * 60
    time = second.astype(np.int64) * 1_000_000
    columns = ComplaintColumns(
        complaint_id=np.arange(1, count + 1),
        customer=np.arange(count) if customers is None else np.array(customers),
        cell=trial.land.cell[places],
        resolution=np.full(count, 9, dtype=np.int8),
        time=time,
        available=time + late_h * HOUR_S * 1_000_000,
        topic=np.zeros(count, dtype=np.int8),
    )
    return replace(trial, columns=columns, fault=np.full(count, -1, dtype=np.int32))


@pytest.fixture(scope="module")
def neighbours(trial):
    """Two populated cells side by side."""
    grid = grid_of(trial.land, 9)
    return next(grid.ring(cell)[:2] for cell in range(len(grid.cell)) if len(grid.ring(cell)) > 1)


def test_a_fixed_number_counts_a_cell_and_its_ring_for_a_day(trial, neighbours):
    one, other = neighbours.tolist()
    alarms = fixed_number.alarms(only(trial, [one, one, other, other, other]))
    first = trial.counts_from // HOUR_S + 1
    assert {alarm.hour for alarm in alarms} == set(range(first, first + 24))
    assert {alarm.score for alarm in alarms} == {5.0}
    assert all({one, other} <= set(alarm.places.tolist()) for alarm in alarms)


def test_a_customer_counts_once_and_a_late_complaint_when_it_has_come(trial, neighbours):
    one, other = neighbours.tolist()
    assert not fixed_number.alarms(only(trial, [one] * 3 + [other] * 2, customers=[1, 2, 3, 3, 3]))
    late = fixed_number.alarms(only(trial, [one, one, other, other], late_h=5))
    assert min(alarm.hour for alarm in late) == trial.counts_from // HOUR_S + 6


def test_what_is_known_to_half_a_kilometre_stands_where_most_live_and_less_nowhere(trial):
    arrivals = Arrivals(trial)
    columns, land = trial.columns, trial.land
    fine = columns.resolution == 9
    assert np.array_equal(land.cell[arrivals.place[fine]], columns.cell[fine])
    vague = np.flatnonzero(columns.resolution == 8)[:20]
    for row in vague.tolist():
        held = np.flatnonzero(parents(land.cell, 8) == columns.cell[row])
        assert arrivals.place[row] == held[land.subscribers[held].argmax()]
    assert (arrivals.place[columns.resolution < 8] == -1).all()


def test_zones_that_do_not_touch_stand_by_strength():
    zones = {0: [0, 1], 1: [0, 1, 2], 2: [1, 2, 3], 3: [2, 3], 4: [4]}
    score = np.array([5.0, 9.0, 8.0, 7.0, 1.0])
    kept = strongest_apart(score, 2.0, lambda cell: np.array(zones[cell]))
    assert [cell for cell, _ in kept] == [1]
    score[1] = 6.0
    kept = strongest_apart(score, 1.0, lambda cell: np.array(zones[cell]))
    assert [cell for cell, _ in kept] == [2, 4]


@pytest.mark.filterwarnings("ignore")  # of numba, that it is not there
def test_gi_star_is_that_of_esda_at_a_tick(trial):
    import esda
    from libpysal.weights import W

    grid, arrivals = grid_of(trial.land, 9), Arrivals(trial)
    rows = arrivals.placed(hours_of(trial)[-1], 72)
    number = np.bincount(arrivals.place[rows], minlength=len(grid.cell)).astype(float)
    near = {
        cell: [other for other in grid.ring(cell).tolist() if other != cell]
        for cell in range(len(grid.cell))
    }
    theirs = esda.G_Local(
        number, W(near, silence_warnings=True), transform="B", permutations=0, star=True
    )
    ours = hot_spots.gi_star(number, grid.around)
    assert ours == pytest.approx(theirs.Zs)
    chance = stats.norm.sf(ours)
    cut = esda.fdr(chance, 0.05)
    assert np.array_equal(stats.false_discovery_control(chance) <= 0.05, chance <= cut)
    assert 0 < (chance <= cut).sum() < len(chance)


@pytest.mark.parametrize(("observed", "expected"), [(3, 0.2), (8, 8.0), (40, 2.5)])
def test_a_cell_s_score_is_the_poisson_tail(observed, expected):
    score = cell_poisson.tails(np.array([float(observed)]), np.array([expected]))
    assert 10 ** -score[0] == pytest.approx(stats.poisson.sf(observed - 1, expected))


def test_two_complaints_are_never_unlikely_enough():
    assert cell_poisson.tails(np.array([2.0]), np.array([1e-6]))[0] == 0


def test_clusters_hold_as_many_points_as_their_number_asks(trial, neighbours):
    one = int(neighbours[0])
    far = int(trial.land.away(one).argmax())
    alarms = clusters.alarms(only(trial, [one] * 6 + [far] * 2))
    assert {alarm.score for alarm in alarms} == {4, 5, 6}
    assert {tuple(alarm.places.tolist()) for alarm in alarms} == {(one,)}
    assert all(len(alarm.rows) == 6 for alarm in alarms)


def test_what_is_usual_adds_up_to_what_was_complained(trial):
    usual, hour = Usual(trial), hours_of(trial)[-1]
    assert usual.learn(hour)
    assert not usual.learn(hour)
    rows = trial.columns.time // 3_600_000_000 < hour - 48
    hours = hour - 48 - trial.columns.time[0] // 3_600_000_000
    assert usual.hourly[:, 0].sum() * hours == pytest.approx((usual.first & rows).sum(), rel=0.25)
    assert usual.hourly[:, 1:].sum(axis=1) == pytest.approx(usual.hourly[:, 0])
    week = usual.weight(hour, np.array([3, 168]))
    assert week[1] == pytest.approx(168)


@pytest.mark.parametrize(
    ("method", "threshold"), [(fixed_number, 4), (hot_spots, 10.0), (cell_poisson, 4.0)]
)
def test_each_finds_faults_and_a_higher_bar_opens_less(trial, method, threshold):
    alarms = method.alarms(trial)
    opened = standing_apart(alarms, threshold)
    assert judge(trial, opened).found.sum() >= 3
    assert len(standing_apart(alarms, 2 * threshold)) < len(opened)
