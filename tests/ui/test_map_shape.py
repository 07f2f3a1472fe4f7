import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.desk.words import Status
from heatmaps.spots.record import Signal
from heatmaps.ui.map.shape import SpotShape, badge_points, bounds_of, outline, spot_at

PETERSBURG = (59.94, 30.3)


def cell(lat=PETERSBURG[0], lon=PETERSBURG[1], resolution=9):
    return h3.latlng_to_cell(lat, lon, resolution)


def spot(spot_id, cells, priority=10.0, status=Status.NEW):
    lat, lon = h3.cell_to_latlng(cells[0])
    return SpotShape(spot_id, lat, lon, tuple(cells), priority, status, Signal.ACTIVE, "")


def test_outline_of_one_cell_is_its_hexagon():
    ((ring,),) = outline((cell(),))
    assert len(ring) == 6
    assert all(abs(lat - 59.94) < 0.01 and abs(lon - 30.3) < 0.01 for lat, lon in ring)


def test_outline_joins_neighbours_and_keeps_holes_and_parts():
    disk = tuple(h3.grid_disk(cell(), 1))
    ring = tuple(h3.grid_ring(cell(), 1))
    far = cell(59.99, 30.5)
    assert [len(polygon) for polygon in outline(disk)] == [1]
    assert [len(polygon) for polygon in outline(ring)] == [2]
    assert len(outline((*disk, far))) == 2


def test_badge_lies_in_the_spot_even_where_its_middle_does_not():
    ring = tuple(h3.grid_ring(cell(), 2))
    shape = SpotShape(1, *PETERSBURG, ring, 1.0, Status.NEW, Signal.ACTIVE, "")
    (badge,) = badge_points([shape])
    assert h3.latlng_to_cell(*badge, 9) in ring


@given(st.integers(1, 40))
def test_spots_of_one_cell_get_badges_of_their_own_and_answer_to_them(count):
    shapes = [spot(i, [cell()], priority=i) for i in range(count)]
    badges = badge_points(shapes)
    assert len(set(badges)) == count
    assert [spot_at(badge, shapes) for badge in badges] == list(range(count))
    assert all(h3.latlng_to_cell(*badge, 9) == cell() for badge in badges)


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_a_click_anywhere_in_a_spot_finds_it_whatever_its_resolution(resolution):
    shapes = [spot(7, [cell(resolution=resolution)]), spot(8, [cell(60.2, 31.0)])]
    inside = h3.cell_to_latlng(cell())
    assert spot_at(inside, shapes) == 7
    assert spot_at((59.0, 29.0), shapes) is None
    assert spot_at(inside, []) is None


def test_of_overlapping_spots_a_click_finds_the_one_drawn_on_top():
    around = list(h3.grid_disk(cell(), 2))
    edge = h3.cell_to_boundary(cell())[0]
    point = (edge[0] * 0.01 + PETERSBURG[0] * 0.99, edge[1] * 0.01 + PETERSBURG[1] * 0.99)
    low, high = spot(1, around, priority=5), spot(2, around, priority=50)
    solved = spot(3, around, priority=500, status=Status.RESOLVED)
    assert spot_at(point, [low, high, solved]) == 2
    assert spot_at(point, [high, low]) == 2


def test_bounds_hold_every_cell():
    shapes = [spot(1, [cell()]), spot(2, [cell(60.1, 30.6)])]
    south_west, north_east = bounds_of(shapes)
    for shape in shapes:
        assert south_west[0] < shape.lat < north_east[0]
        assert south_west[1] < shape.lon < north_east[1]
    assert bounds_of([]) is None
