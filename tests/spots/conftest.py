import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.policy import packaged_policy
from heatmaps.spots import calibration, grown
from heatmaps.spots.record import Exposure

from .region import CENTRE


@pytest.fixture
def coarse_calibration(monkeypatch):
    """Calibrate on fewer complaints: for tests of everything but how honest a threshold is."""
    monkeypatch.setattr(calibration, "SIMULATED_COMPLAINTS", 500)


@pytest.fixture
def everything_grows(monkeypatch):
    """Let shapes grow where disks stand out by far, too: for tests of what a shape holds."""
    monkeypatch.setattr(grown, "FAR", np.inf)


@pytest.fixture(scope="session")
def policy():
    return packaged_policy().detection


@pytest.fixture(scope="session")
def small(policy):
    """A policy whose scan is quick: fewer zones and windows, else as packaged."""
    return policy.model_copy(
        update={"windows_h": (3, 24, 168), "resolutions": (9, 8), "max_ring": 2}
    )


@pytest.fixture(scope="session")
def town():
    """Thirty subscribers in each cell of a disk of twelve rings."""
    cell = np.array(sorted(h3.grid_disk(CENTRE, 12)), dtype=np.int64)
    return Exposure(cell, np.full(len(cell), 30.0))
