"""Detection against what most would pick, on a region of its own, with generous bounds.

The measured figures stand in the project's documents; this only notices when they are lost.
"""

import numpy as np
import pytest

from heatmaps.spots.detector import Detector

from .region import ZONE, Setting, fixed_n, judge, make_region, replay

SETTING = Setting(subscribers=150_000, days=10, history_days=28, faults_per_week=14.0)


@pytest.fixture(scope="module")
def region():
    return make_region(77, SETTING)


@pytest.fixture(scope="module")
def ours(region, policy):
    detector = Detector(region.exposure, policy, ZONE)
    return judge(region, replay(detector, region.columns, region.first_tick, region.last_tick))


def test_most_faults_are_found_soon_and_where_they_are(region, ours):
    found, _ = ours
    delay, f1 = np.array(list(found.values())).T
    assert len(found) >= 0.7 * len(region.faults)
    assert np.median(delay) <= 8
    assert f1.mean() >= 0.6


def test_chance_opens_few(ours):
    _, alarms = ours
    assert alarms <= 3


def test_more_is_found_than_by_a_fixed_number(region, ours):
    theirs, _ = judge(region, fixed_n(region, 6))
    assert len(ours[0]) > 1.2 * len(theirs)
