"""What a region may hand the detector that it should not: no crash, no flood."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.errors import ConfigError
from heatmaps.spots.detector import Detector
from heatmaps.spots.record import Exposure

from .region import CENTRE, START, make_columns, replay

ZONE = ZoneInfo("Europe/Moscow")
NOBODY = Exposure(np.zeros(0, dtype=np.int64), np.zeros(0))
EXPOSURES = ("loaded", "none", "zero")

pytestmark = pytest.mark.usefixtures("coarse_calibration")


@pytest.fixture(params=EXPOSURES)
def exposure(request, town):
    zero = Exposure(town.cell, np.zeros(len(town.cell)))
    return {"loaded": town, "none": NOBODY, "zero": zero}[request.param]


def usual(town, days, a_day, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(town.cell, days * a_day), rng.uniform(0, 24 * days, days * a_day)


def opened(exposure, policy, columns, first_h, hours):
    first = START + timedelta(hours=first_h)
    run = replay(Detector(exposure, policy, ZONE), columns, first, first + timedelta(hours=hours))
    return list(run.opened.values())


def test_no_complaints_open_nothing(exposure, small):
    assert opened(exposure, small, make_columns(CENTRE, []), 24, 3) == []


def test_one_day_of_history_opens_hardly_anything(exposure, town, small):
    columns = make_columns(*usual(town, 2, 30))
    assert len(opened(exposure, small, columns, 24, 23)) <= 1


def test_ten_thousand_complaints_of_one_customer_are_one_customer(exposure, town, small):
    cells, hours = usual(town, 30, 6)
    many = np.linspace(29 * 24, 30 * 24, 10_000)
    columns = make_columns(
        np.append(cells, np.full(10_000, CENTRE)),
        np.append(hours, many),
        customer=np.append(np.arange(len(cells)), np.full(10_000, -1)),
    )
    found = opened(exposure, small, columns, 30 * 24 - 4, 4)
    assert all(spot.observed < 20 for spot in found)
    assert len(found) <= 1


def test_ten_thousand_complaints_on_one_point_are_one_spot(exposure, town, small):
    cells, hours = usual(town, 30, 6)
    columns = make_columns(
        np.append(cells, np.full(10_000, CENTRE)),
        np.append(hours, np.linspace(29 * 24, 30 * 24, 10_000)),
    )
    found = opened(exposure, small, columns, 29 * 24 + 1, 5)
    assert 1 <= len(found) <= 2
    assert any(CENTRE in spot.cells or spot.resolution < 9 for spot in found)


def test_exposure_coarser_than_the_grid_is_refused(town, small):
    coarse = Exposure(np.array([h3.cell_to_parent(CENTRE, 8)]), np.array([900.0]))
    with pytest.raises(ConfigError, match="has resolution 8, not 9; spread"):
        Detector(coarse, small, ZONE)


@pytest.mark.parametrize("number", [-1.0, np.nan, np.inf])
def test_exposure_that_is_no_number_of_people_is_refused(small, number):
    with pytest.raises(ConfigError, match="subscribers are a number from 0 up"):
        Detector(Exposure(np.array([CENTRE]), np.array([number])), small, ZONE)
