from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from heatmaps.simulation import Region, Simulation, load_region, simulate, write

DATA = Path(__file__).parents[2] / "data"
UNTIL = datetime.fromisoformat("2026-03-20T21:00:00+03:00")


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region(DATA / "spb")


@pytest.fixture(scope="session")
def simulation(region) -> Simulation:
    return simulate(region, UNTIL, seed=7)


@pytest.fixture(scope="session")
def written(simulation, tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("simulation") / "new"
    write(simulation, directory)
    return directory
