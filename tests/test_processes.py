import os

import pytest

from heatmaps.processes import processors


@pytest.mark.parametrize(("there", "used"), [(3, 3), (None, 1)])
def test_a_system_without_affinity_counts_all_processors(monkeypatch, there, used):
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: there)
    assert processors() == used
