import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.ltv import LtvOrder


def ltv_ranks(ltv, segment, among=None):
    every = np.ones(len(ltv), dtype=np.bool_)
    return LtvOrder(ltv, segment).ranks(every if among is None else among)


def test_ranks_share_ties_fill_gaps_by_segment_and_do_not_see_outliers():
    nan = float("nan")
    ltv = np.array([10.0, 20.0, 20.0, 1e12, nan, nan, nan])
    segment = np.array([0, 0, 1, 1, 0, 1, 2], dtype=np.int8)
    ranks = ltv_ranks(ltv, segment)
    assert ranks.tolist() == pytest.approx([0, 0.5, 0.5, 1, 0.25, 0.75, 0.5])


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-1e9, 1e9)), max_size=30))
def test_ranks_are_shares(values):
    ranks = ltv_ranks(np.array(values, dtype=float), np.zeros(len(values), dtype=np.int8))
    assert ((ranks >= 0) & (ranks <= 1)).all()


def test_an_outsider_is_ranked_among_the_others_without_moving_them():
    ltv, segment = np.array([10.0, 20.0, 30.0, 25.0, 999.0]), np.zeros(5, dtype=np.int8)
    among = np.array([True, True, True, False, False])
    assert ltv_ranks(ltv, segment, among).tolist() == [0.0, 0.5, 1.0, 0.75, 1.0]
