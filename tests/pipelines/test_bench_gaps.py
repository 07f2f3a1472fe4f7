"""The benchmark of chronic places: seeded, and able to tell better from worse."""

from __future__ import annotations

import numpy as np
import pytest

from heatmaps.policy import packaged_policy
from pipelines.bench_gaps import Asked, Wanted, bench, figures, report
from pipelines.bench_gaps.history import history

SMALL = Wanted(blocks=250, chronic=16)


@pytest.fixture(scope="module")
def scores():
    return bench(Asked(packaged_policy(), 5, 2, SMALL), lambda *_: None)


def test_a_history_is_the_same_for_a_seed():
    one, same, other = (history(seed, SMALL) for seed in (1, 1, 2))
    for name in one.complaints.__slots__:
        columns = getattr(one.complaints, name), getattr(same.complaints, name)
        assert np.array_equal(*columns, equal_nan=name == "ltv")
    assert (np.diff(one.complaints.time) >= 0).all()
    assert set(one.planted.block.tolist()) != set(other.planted.block.tolist())
    assert not set(one.unknown.tolist()) & set(one.planted.block.tolist())


def test_both_forms_are_scored_on_the_same_places(scores):
    first, ours = map(figures, scores)
    assert {k: n for k, (_, n) in first["found"].items()} == {
        k: n for k, (_, n) in ours["found"].items()
    }
    assert ours["found"]["8 times"][0] >= first["found"]["8 times"][0]
    assert sum(ours["false"].values()) < ours["gaps"]
    assert ours["since_error_days"]["median"] < 60
    assert "emerging hot spots" in report(scores)


def test_mended_long_ago_is_mended(scores):
    assert scores[1].found["mended long ago"] == 0
