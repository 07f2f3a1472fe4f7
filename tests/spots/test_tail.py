"""How chance thins out beyond its highest peaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.tail import Tail, exponential, tail_of_scan

LOWEST = 8.0


def peaks_of(tail, number, seed):
    """Draw peaks above `LOWEST` by inversion: as rare as the tail has them."""
    times = 1 / np.random.default_rng(seed).random(number - 1)
    drawn = [tail.times_rarer(LOWEST, float(one)) for one in times]
    return np.array(sorted([LOWEST, *drawn], reverse=True))


@given(st.floats(0.0, 6.0), st.floats(0.5, 3.0), st.floats(1.0, 1e9))
def test_a_score_so_many_times_rarer_is_just_that(power, scale, times):
    tail = Tail(power, scale)
    lowest = 2 * power * scale + 1
    rarer = tail.rarity(tail.times_rarer(lowest, times)) - tail.rarity(lowest)
    assert rarer == pytest.approx(np.log(times), abs=1e-6)


@given(st.floats(1.0, 1e9))
def test_without_a_power_it_is_exponential(times):
    assert Tail(0.0, 1.4).times_rarer(5.0, times) == pytest.approx(5 + 1.4 * np.log(times))


@pytest.mark.parametrize("power", [3.0, 4.0, 5.0])
def test_many_peaks_tell_their_power(power):
    assert tail_of_scan(peaks_of(Tail(power, 1.0), 2000, 1)).power == pytest.approx(power, abs=0.4)


def test_few_peaks_promise_what_many_do():
    """Sixty peaks of a scan say within a factor of two what comes a hundred times less often."""
    true = Tail(3.5, 1.0)
    wanted = true.times_rarer(LOWEST, 100.0)
    found = [tail_of_scan(peaks_of(true, 60, seed)) for seed in range(20)]
    off = [tail.rarity(wanted) - tail.rarity(LOWEST) - np.log(100) for tail in found]
    assert np.abs(off).max() < np.log(2)
    assert np.mean(off) == pytest.approx(0, abs=0.25)


def test_an_exponential_tail_would_promise_too_little():
    true = Tail(4.0, 1.0)
    wanted = true.times_rarer(LOWEST, 1000.0)
    tail = exponential(peaks_of(true, 2000, 3))
    assert tail.rarity(wanted) - tail.rarity(LOWEST) < np.log(1000 / 2)


@pytest.mark.parametrize("peaks", [[], [3.0], [0.0, 0.0], [2.5, 2.5, 2.5]])
def test_hardly_any_peaks_still_have_a_tail(peaks):
    for of in (tail_of_scan, exponential):
        tail = of(np.array(peaks))
        lowest = peaks[-1] if peaks else 0.0
        assert np.isfinite(tail.times_rarer(lowest, 1e6))
        assert tail.times_rarer(lowest, 1e6) > lowest
