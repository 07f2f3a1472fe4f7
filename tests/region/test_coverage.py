import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.region.coverage import cells_held, pack
from heatmaps.region.grid import GRID_RESOLUTION, cell_of

CENTRE = cell_of(59.94, 30.31)
PENTAGON = h3.get_pentagons(5)[0]
BOX = shapely.box(30.2, 59.9, 30.4, 60.0)


def held(*shapes):
    return cells_held([shapely.to_wkb(shapely.MultiPolygon([shape])) for shape in shapes])


def fine(cells):
    return set(h3.uncompact_cells(cells.tolist(), GRID_RESOLUTION))


def test_a_cell_is_held_where_its_centre_is():
    near = h3.grid_disk(h3.cell_to_parent(CENTRE, 7), 12)
    every = {child for cell in near for child in h3.cell_to_children(cell, GRID_RESOLUTION)}
    inside = {c for c in every if shapely.contains_xy(BOX, *reversed(h3.cell_to_latlng(c)))}
    assert fine(held(BOX)) == inside
    assert len(held(BOX)) < len(inside) / 3


def test_areas_that_touch_share_no_cell_and_leave_none_between():
    west, east = shapely.box(30.2, 59.9, 30.3, 60.0), shapely.box(30.3, 59.9, 30.4, 60.0)
    assert not fine(held(west)) & fine(held(east))
    assert fine(held(west)) | fine(held(east)) == fine(held(BOX)) == fine(held(west, east))


def test_a_large_area_is_filled_without_seams():
    large = shapely.box(30.0, 58.0, 34.7, 58.2)
    assert fine(held(large)) == set(h3.geo_to_cells(large, GRID_RESOLUTION))


@pytest.mark.parametrize("side", [1e-6, 1e-4])
def test_an_area_too_small_for_any_centre_still_covers_its_place(side):
    spot = shapely.box(30.3150, 59.9400, 30.3150 + side, 59.9400 + side)
    assert held(spot).tolist() == [cell_of(59.94 + side / 2, 30.315 + side / 2)]


def test_a_hole_is_not_covered():
    lat, lon = h3.cell_to_latlng(CENTRE)
    hole = shapely.Point(lon, lat).buffer(0.01)
    assert CENTRE in fine(held(BOX))
    assert CENTRE not in fine(held(BOX.difference(hole)))


def test_nothing_covers_nothing():
    assert not len(cells_held([]))


@given(st.sets(st.integers(0, 48)), st.integers(0, 6))
def test_packing_keeps_the_ground_and_cannot_be_packed_further(picked, whole):
    families = h3.cell_to_children(h3.cell_to_parent(CENTRE, 7), 8)
    every = sorted(h3.cell_to_children(h3.cell_to_parent(CENTRE, 7), 9))
    cells = [every[place] for place in sorted(picked)] + h3.cell_to_children(families[whole], 9)
    packed = pack(np.array(cells, dtype=np.int64))
    assert fine(packed) == set(cells)
    assert packed.tolist() == sorted(h3.compact_cells(set(cells)))


def test_a_pentagon_has_six_children():
    children = np.array(h3.cell_to_children(PENTAGON, GRID_RESOLUTION), dtype=np.int64)
    assert pack(children).tolist() == [PENTAGON]
