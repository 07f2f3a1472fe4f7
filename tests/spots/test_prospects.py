"""The bound on scores: whatever it leaves out could not have stood out."""

from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.crowd import crowd_at, everybody_at, roll_of
from heatmaps.spots.expectation import History, fit_expectation
from heatmaps.spots.prospects import prospects_of
from heatmaps.spots.scan import Ground, lattices_for, scan

from .region import CENTRE, HOUR_US, START_US, make_columns

NOW_H = 400
NOW = START_US + NOW_H * HOUR_US


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


def ground_of(exposure, policy):
    history = History(make_columns(CENTRE, []), np.zeros(0, dtype=np.int64))
    fit = fit_expectation(exposure, history, START_US, policy, ZoneInfo("Europe/Moscow"))
    return Ground(fit, policy, lattices_for(policy))


def told(zones, least):
    """Zones that reach a score, as comparable rows."""
    kept = zones.take(zones.score >= least)
    return sorted(
        zip(kept.centre.tolist(), kept.plane.tolist(), kept.ring.tolist(), kept.window.tolist(),
            kept.observed.tolist(), kept.score.tolist(), strict=True)
    )  # fmt: skip


@pytest.mark.parametrize("count", [60, 600])
@pytest.mark.parametrize("seed", range(3))
def test_what_may_stand_out_holds_all_that_does(town, small, seed, count):
    columns = complaints(seed, count)
    ground, roll = ground_of(town, small), roll_of(columns)
    weight = ground.expectation.weight_of_windows(NOW // HOUR_US, ground.windows_h)
    fresh = columns.time > NOW - HOUR_US
    everyone = np.ones(len(columns.time), dtype=np.bool_)
    some = np.random.default_rng(seed).random(len(everyone)) < 0.7
    everybody = everybody_at(columns, everyone, fresh, NOW, ground.windows_h, roll=roll)
    for least in (1.0, 4.0, 9.0):
        among = prospects_of(ground, everybody, weight, least)
        for counted in (everyone, some):
            crowd = crowd_at(columns, counted, fresh, NOW, ground.windows_h, roll=roll)
            found = told(scan(ground, crowd, weight, among), least)
            assert found == told(scan(ground, crowd, weight), least)
    none = prospects_of(ground, everybody, weight, 1e6)
    assert sum(map(len, none.values())) < sum(map(len, among.values()))


def test_of_a_customer_the_latest_counted_complaint_stands():
    hours = [NOW_H - 9, NOW_H - 8, NOW_H - 7]
    columns = make_columns(CENTRE, hours, customer=[1, 1, 2], topic=[3, 3, 4])
    windows_h, fresh = np.array([24]), np.zeros(3, dtype=np.bool_)
    for counted, all_topics in (([1, 1, 1], 2), ([1, 0, 1], 2), ([0, 0, 1], 1), ([0, 0, 0], 0)):
        crowd = crowd_at(columns, np.array(counted, dtype=np.bool_), fresh, NOW, windows_h)
        assert crowd.number[crowd.plane == 0].sum() == all_topics
