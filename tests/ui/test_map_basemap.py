import json

import pytest
import shapely

from heatmaps.ui.map.basemap import Territory, base_map

CORNER = ((59.0, 30.0), (60.0, 32.0))


def box(west, south, east, north):
    return json.loads(shapely.to_geojson(shapely.box(west, south, east, north)))


def wavy(west, east):
    """A territory whose border with its neighbour at `east` or `west` has detail to drop."""
    border = [(31.0 + 0.0001 * (step % 2), 59.0 + step / 500) for step in range(501)]
    outer = [(west, 60.0), (west, 59.0)] if east == 31.0 else [(east, 60.0), (east, 59.0)]
    return json.loads(shapely.to_geojson(shapely.Polygon([*outer, *border])))


def territories(base):
    return base.drawing.data["territories"]


def test_points_are_latitude_first_and_the_name_stands_inside():
    base = base_map([Territory("Центр", box(30, 59, 31, 60))], "©")
    (drawn,) = territories(base)
    (ring,) = drawn["outline"][0]
    assert {lat for lat, _ in ring} == {59.0, 60.0}
    assert {lon for _, lon in ring} == {30.0, 31.0}
    assert 59 < drawn["middle"][0] < 60
    assert 30 < drawn["middle"][1] < 31
    assert base.bounds == ((59.0, 30.0), (60.0, 31.0))


def test_neighbours_keep_a_common_border_when_simplified():
    base = base_map([Territory("з", wavy(30.0, 31.0)), Territory("в", wavy(31.0, 32.0))], "©")
    west, east = ({*one["outline"][0][0]} for one in territories(base))
    assert len(west) < 250
    border = {point for point in west if 30.9 < point[1] < 31.1}
    assert border == {point for point in east if 30.9 < point[1] < 31.1}


def test_parts_and_holes_are_kept_and_the_name_goes_to_the_largest_part():
    holed = shapely.box(30, 59, 31, 60).difference(shapely.box(30.4, 59.4, 30.6, 59.6))
    both = shapely.MultiPolygon([holed, shapely.box(31.5, 59, 31.6, 59.1)])
    (drawn,) = territories(base_map([Territory("x", json.loads(shapely.to_geojson(both)))], "©"))
    assert sorted(len(polygon) for polygon in drawn["outline"]) == [1, 2]
    assert drawn["middle"][1] < 31


def test_without_territories_bounds_are_enough():
    base = base_map([], "©", bounds=CORNER)
    assert territories(base) == []
    assert base.bounds == CORNER


def test_with_neither_it_says_what_to_do():
    with pytest.raises(ValueError, match="territories load"):
        base_map([], "©")


def test_equal_input_gives_equal_base_maps():
    one, other = (base_map([Territory("x", box(30, 59, 31, 60))], "©") for _ in range(2))
    assert one == other
