from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.geocoding.location import (
    NO_CELL,
    NO_RESOLUTION,
    Coordinates,
    Source,
    finest_resolution,
    locate,
    locate_batch,
)
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.region.grid import parent

HOUSE = GeocodeResult(Level.HOUSE, 59.94, 30.28, 20.0, 1.0)
STREET = GeocodeResult(Level.STREET, 59.94, 30.28, 400.0, 0.7, faults=("no_house",))
CITY = GeocodeResult(Level.SETTLEMENT, 59.94, 30.31, 15_000.0, 0.5)
NOTHING = GeocodeResult(Level.NONE, faults=("junk",))


@pytest.mark.parametrize(
    ("uncertainty_m", "resolution"),
    [
        (0, 9),
        (100, 9),
        (173, 9),
        (180, 8),
        (460, 8),
        (470, 7),
        (1_200, 7),
        (1_500, 6),
        (3_200, 6),
        (5_000, 5),
        (8_500, 5),
        (8_600, None),
        (15_000, None),
        (float("nan"), None),
    ],
)
def test_finest_resolution(uncertainty_m, resolution):
    assert finest_resolution(uncertainty_m) == resolution


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_a_less_certain_place_never_gets_a_finer_cell(one, other):
    low, high = sorted((one, other))
    assert (finest_resolution(low) or 0) >= (finest_resolution(high) or 0)


@pytest.mark.parametrize(
    ("result", "coordinates", "source", "level", "resolution"),
    [
        (HOUSE, None, Source.ADDRESS, Level.HOUSE, 9),
        (STREET, None, Source.ADDRESS, Level.STREET, 8),
        (CITY, None, Source.ADDRESS, Level.SETTLEMENT, None),
        (NOTHING, None, Source.NONE, Level.NONE, None),
        (None, None, Source.NONE, Level.NONE, None),
        (None, Coordinates(59.94012, 30.28034), Source.COORDINATES, Level.HOUSE, 9),
        (HOUSE, Coordinates(59.94012, 30.28034), Source.ADDRESS, Level.HOUSE, 9),
        (HOUSE, Coordinates(59.94012, 30.28034, 5.0), Source.COORDINATES, Level.HOUSE, 9),
        (STREET, Coordinates(59.94012, 30.28034), Source.COORDINATES, Level.HOUSE, 9),
        (STREET, Coordinates(59.94012, 30.28034, 2_000.0), Source.ADDRESS, Level.STREET, 8),
        (NOTHING, Coordinates(59.94012, 30.28034, 2e3), Source.COORDINATES, Level.SETTLEMENT, 6),
        (None, Coordinates(59.94, 30.28), Source.COORDINATES, Level.SETTLEMENT, 7),
        (None, Coordinates(59.94, 30.28, 30.0), Source.COORDINATES, Level.HOUSE, 9),
        (None, Coordinates(59.941, 30.283), Source.COORDINATES, Level.NEAR, 9),
    ],
)
def test_the_surer_of_address_and_coordinates_wins(result, coordinates, source, level, resolution):
    found = locate(result, coordinates)
    assert (found.source, found.level, found.resolution) == (source, level, resolution)
    assert (found.cell is None) == (resolution is None)
    if found.cell is not None:
        assert h3.get_resolution(found.cell) == resolution
        assert found.cell == h3.latlng_to_cell(found.lat, found.lon, resolution)


def test_disagreement_is_a_fault_only_beyond_both_circles():
    far, near = Coordinates(59.95, 30.28), Coordinates(59.9405, 30.28)
    assert locate(HOUSE, far).faults == ("address_and_coordinates_disagree",)
    assert locate(HOUSE, near).faults == ()
    assert locate(STREET, near).faults == ("no_house",)


results = st.sampled_from([None, HOUSE, STREET, CITY, NOTHING])
degrees = st.one_of(st.just(float("nan")), st.floats(59, 61))


@given(st.lists(st.tuples(results, degrees, st.sampled_from([float("nan"), 5.0, 900.0]))))
def test_batch_equals_single(rows):
    lat = np.array([r[1] for r in rows], dtype=float)
    accuracy = np.array([r[2] for r in rows], dtype=float)
    columns = locate_batch([r[0] for r in rows], lat, np.full(len(rows), 30.28), accuracy)
    for i, (result, at, accuracy_m) in enumerate(rows):
        given_point = None
        if not np.isnan(at):
            given_point = Coordinates(at, 30.28, None if np.isnan(accuracy_m) else accuracy_m)
        one = locate(result, given_point)
        assert (one.level, one.source) == (columns.level[i], columns.source[i])
        assert columns.cell[i] == (one.cell or NO_CELL)
        assert columns.resolution[i] == (one.resolution or NO_RESOLUTION)
        assert columns.disagree[i] == ("address_and_coordinates_disagree" in one.faults)


@given(
    st.floats(41, 70), st.floats(20, 170), st.sampled_from([100.0, 400.0, 1000.0, 3000.0, 8000.0])
)
def test_a_coarse_cell_is_the_ancestor_of_the_fine_one_at_the_same_place(lat, lon, accuracy):
    fine = locate(None, Coordinates(lat, lon, 10.0))
    coarse = locate(None, Coordinates(lat, lon, accuracy))
    assert coarse.cell == parent(fine.cell, coarse.resolution)
