"""Hours of detection are measured on a country that is what its size says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heatmaps.spots.rhythm import DAY_US
from pipelines.bench_hours import Size, bench, draw_country, figures

SMALL = Size(1_500, 400_000, 3_000, 21, 4, 3, times_usual=3.0)


@pytest.fixture(scope="module")
def country():
    return draw_country(SMALL, 1)


def test_a_country_is_as_large_as_asked_for(country):
    cell = country.exposure.cell
    assert len(cell) == SMALL.cells
    assert (np.diff(cell) > 0).all()
    assert country.exposure.subscribers.sum() == pytest.approx(SMALL.subscribers, rel=0.01)
    assert len(country.ticks) == SMALL.ticks


def test_its_last_week_brings_as_many_times_the_usual_as_asked_for(country):
    columns = country.columns
    day = (columns.time - columns.time[0]) // DAY_US
    usual, last = (day < 7).sum(), (day >= day[-1] - 6).sum()
    assert usual == pytest.approx(SMALL.complaints_a_week, rel=0.4)
    assert last / usual == pytest.approx(SMALL.times_usual, rel=0.3)
    assert (np.diff(columns.time) >= 0).all()
    assert (columns.available >= columns.time).all()


def test_the_same_seed_draws_the_same_and_another_another(country):
    same, other = draw_country(SMALL, 1), draw_country(SMALL, 2)
    assert (same.columns.cell == country.columns.cell).all()
    assert same.exposure.cell.tolist() != other.exposure.cell.tolist()


def test_every_hour_is_measured_and_calibration_apart():
    asked = []
    told = bench(replace(SMALL, times_usual=1.0), 1, lambda *done: asked.append(done))
    assert asked == [(number, SMALL.ticks) for number in range(1, SMALL.ticks + 1)]
    assert len(told.steps_s) == SMALL.ticks - 1
    assert told.calibration_s > 0
    assert told.total_s >= told.calibration_s + told.first_s
    assert told.peak_mb >= told.before_mb > 0
    assert {each.what for each in figures(told)} >= {"calibration", "columns to spots"}
