import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots import calibration as calibrating
from heatmaps.spots.calibration import Calibration, calibrate
from heatmaps.spots.record import Exposure
from heatmaps.spots.tail import Tail, tail_of_scan

from .region import CENTRE, ground_of

CALIBRATION = Calibration(np.linspace(15, 5, 120), 25.0, Tail(4.0, 1.0))


@given(st.floats(0.01, 1e6))
def test_a_threshold_recurs_as_it_says(days):
    score = CALIBRATION.threshold(days)
    assert CALIBRATION.recurrence_days(score) >= min(days, 25.0 / 121) * 0.97


@given(st.lists(st.floats(0, 60), min_size=2, max_size=6))
def test_higher_scores_recur_less_often(values):
    days = [CALIBRATION.recurrence_days(score) for score in sorted(values)]
    assert days == sorted(days)


def test_no_peaks_at_all_is_still_a_calibration():
    nothing = Calibration(np.zeros(0), 3.0, tail_of_scan(np.zeros(0)))
    assert nothing.threshold(3.0) == 0
    assert nothing.threshold(30.0) == pytest.approx(np.log(10))
    assert nothing.recurrence_days(0.0) == 3.0


def test_the_same_seed_gives_the_same_calibration(town, small):
    one, other = (calibrate(ground_of(town, small), 0, 7) for _ in range(2))
    assert one.tail == other.tail
    assert (one.peaks == other.peaks).all()
    assert 5 < one.threshold(1.0) < one.threshold(7.0) < 25


@pytest.mark.parametrize("people", [[], [0.5], [3.0]])
def test_almost_empty_regions_calibrate(small, people):
    exposure = Exposure(np.array([CENTRE] * len(people), dtype=np.int64), np.array(people))
    calibration = calibrate(ground_of(exposure, small), 0, 7)
    assert np.isfinite(calibration.threshold(7.0))
    assert calibration.recurrence_days(3.0) > 0


@pytest.mark.parametrize("a_week", [40, 400])
def test_hours_scanned_together_have_the_peaks_of_each(town, small, monkeypatch, a_week):
    monkeypatch.setattr(calibrating, "SIMULATED_COMPLAINTS", 200)
    monkeypatch.setattr(calibrating, "_HIGH_PEAK", 3.0)
    size = a_week / (ground_of(town, small).total[0] * 168)
    ground = ground_of(Exposure(town.cell, town.subscribers * size), small)
    made = []
    for at_once in (100, 250, 10_000):  # the first looks at prospects where there is one world
        if at_once > 200 or a_week > 200:
            monkeypatch.setattr(calibrating, "_SCANNED_AT_ONCE", at_once)
            peaks = calibrate(ground, 0, 7).peaks
            made.append(peaks[peaks >= 3])  # below, an hour with a higher one is not looked at
    assert len(made[0]) > 5
    assert all(other.tolist() == made[0].tolist() for other in made)


def test_a_large_region_is_calibrated_like_a_small_one(town, small, monkeypatch):
    """Thresholds are per million, however few hours of a region are simulated."""
    monkeypatch.setattr(calibrating, "SIMULATED_COMPLAINTS", 500)
    middles = [h3.latlng_to_cell(59.94, 30.3 + 2 * i, 9) for i in range(20)]
    twenty = np.unique(np.concatenate([h3.grid_disk(middle, 12) for middle in middles]))
    one, many = (
        np.mean([calibrate(ground_of(place, small), 0, seed).threshold(7.0) for seed in range(3)])
        for place in (Exposure(cells, np.full(len(cells), 200.0)) for cells in (town.cell, twenty))
    )
    assert many == pytest.approx(one, abs=2.5)
