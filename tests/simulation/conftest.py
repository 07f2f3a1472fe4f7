from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from heatmaps.simulation import Region, Simulation, load_region, simulate, write

DATA = Path(__file__).parents[2] / "data"
UNTIL = datetime.fromisoformat("2026-03-20T21:00:00+03:00")


@pytest.fixture(scope="session")
def region() -> Region:
    return load_region(DATA / "spb")


@pytest.fixture(scope="session")
def simulated(region) -> Callable[[datetime, int], Simulation]:
    """Give a function that simulates until a time by a seed, once."""
    return cache(lambda until, seed: simulate(region, until, seed=seed))


@pytest.fixture(scope="session")
def simulation(simulated) -> Simulation:
    return simulated(UNTIL, 7)


@pytest.fixture(scope="session")
def written(simulation, tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("simulation") / "new"
    write(simulation, directory)
    return directory
