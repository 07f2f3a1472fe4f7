from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.insight.survival import kaplan_meier, quantile, share

NAN = float("nan")


def test_a_curve_by_hand():
    """Textbook product limit: 5 spots, one out of sight between the ends of the others."""
    curve = kaplan_meier(np.array([1.0, 2.0, NAN, 4.0, NAN]), np.array([9.0, 9.0, 3.0, 9.0, 9.0]))
    assert curve.hours.tolist() == [0, 1, 2, 3, 4, 9]
    assert curve.resolved == pytest.approx([0, 0.2, 0.4, 0.4, 0.7, 0.7])
    assert curve.censored.tolist() == [3, 9]
    assert curve.median() == 4


@pytest.mark.parametrize(
    ("hour", "known"), [(0.5, 0.0), (1, 0.5), (5, 0.5), (6, 0.5), (6.1, None), (24, None)]
)
def test_nothing_is_said_beyond_what_was_watched(hour, known):
    found = kaplan_meier(np.array([1.0, NAN]), np.array([9.0, 6.0])).at(hour)
    assert (found and found[0]) == known


def test_when_all_have_ended_the_curve_is_known_for_ever():
    assert kaplan_meier(np.array([1.0, 2.0]), np.array([9.0, 9.0])).at(1000) == (1, 1, 1)


def test_no_spot_no_curve():
    curve = kaplan_meier(np.zeros(0), np.zeros(0))
    assert (curve.n, curve.at(24), curve.median()) == (0, None, None)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=30))
def test_a_curve_rises_and_stays_within_its_interval(pairs):
    took, followed = (np.array(column) for column in zip(*pairs, strict=True))
    curve = kaplan_meier(np.where(took > followed, NAN, took), followed)
    assert (np.diff(curve.resolved) >= -1e-12).all()
    assert (curve.low <= curve.resolved + 1e-12).all()
    assert (curve.resolved <= curve.high + 1e-12).all()
    assert not np.isnan([curve.low, curve.high, curve.resolved]).any()


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30))
def test_with_nothing_censored_all_ways_agree(hours):
    took = np.array(hours)
    curve = kaplan_meier(took, np.full(len(took), 2000.0))
    assert curve.at(24)[0] == pytest.approx(share(took <= 24).value)
    assert curve.median() == pytest.approx(quantile(took, 0.5))


@pytest.mark.parametrize(
    ("took", "half"),
    [
        ([], None),
        ([NAN], None),
        ([3.0], 3),
        ([3.0, NAN], 3),
        ([3.0, NAN, NAN], None),
        ([-2, 5], -2),
    ],
)
def test_a_median_takes_half_of_all(took, half):
    assert quantile(np.array(took, dtype=float), 0.5) == half


def test_a_share_of_nothing_is_unknown():
    assert share(np.zeros(0, dtype=bool)).value is None
