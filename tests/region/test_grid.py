import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.region.grid import (
    GRID_RESOLUTION,
    cell_of,
    child_range,
    from_text,
    parent,
    parents,
    resolution_of,
    to_text,
)

LAT, LON = st.floats(-90, 90), st.floats(-180, 180)


@given(LAT, LON, st.integers(0, 12), st.data())
def test_bit_arithmetic_gives_the_ancestors_of_h3(lat, lon, resolution, data):
    coarser = data.draw(st.integers(0, resolution))
    cell = cell_of(lat, lon, resolution)
    assert resolution_of(np.array([cell])).tolist() == [resolution]
    assert parent(cell, coarser) == h3.cell_to_parent(cell, coarser)
    assert parents(np.array([cell, cell]), coarser).tolist() == [parent(cell, coarser)] * 2


@pytest.mark.parametrize("resolution", [6, 7, 8, 9])
def test_descendants_are_one_range_that_holds_no_stranger(resolution):
    for cell in (cell_of(59.94, 30.28, resolution), *h3.get_pentagons(resolution)[:2]):
        first, last = child_range(cell, GRID_RESOLUTION)
        children = h3.cell_to_children(cell, GRID_RESOLUTION)
        assert first == min(children)
        assert last == max(children)
        ring = [each for each in h3.grid_disk(cell, 1) if each != cell]
        strangers = [each for near in ring for each in h3.cell_to_children(near, GRID_RESOLUTION)]
        assert not any(first <= each <= last for each in strangers)


@given(LAT, LON)
def test_text_and_integer_are_one(lat, lon):
    cell = cell_of(lat, lon)
    assert from_text(to_text(cell)) == cell
    assert to_text(cell) == h3.int_to_str(cell)


@pytest.mark.parametrize("text", ["", "zz", "8811", "0"])
def test_what_is_no_cell_is_refused(text):
    with pytest.raises(ValueError, match=r"not a valid H3 cell|invalid literal"):
        from_text(text)
