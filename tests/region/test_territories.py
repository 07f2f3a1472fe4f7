import json
import shutil

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from heatmaps.errors import FileError
from heatmaps.region.territories import Territory, TerritoryIndex, read_territories

TOP = {"territory_id": "spb", "name": "Санкт-Петербург", "parent_id": None, "level": 0}
CITY = box(29.4, 59.6, 30.8, 60.3)
ISLAND = box(30.18, 59.92, 30.31, 59.97)
BLOCK = box(30.27, 59.93, 30.29, 59.95)
BOW_TIE = Polygon([(30, 59.9), (30.2, 60.1), (30.2, 59.9), (30, 60.1)])


def part(**changed):
    sound = {"territory_id": "vo", "name": "Васильевский остров", "parent_id": "spb"}
    return {**sound, "level": 1, "geometry": ISLAND, **changed}


def frame(*parts, crs="EPSG:4326", **top):
    rows = [{**TOP, "timezone": "Europe/Moscow", "geometry": CITY, **top}, *parts]
    columns = {name: [row.get(name) for row in rows] for name in rows[0] if name != "geometry"}
    return gpd.GeoDataFrame(columns, geometry=[row["geometry"] for row in rows], crs=crs)


@pytest.fixture
def read(tmp_path):
    def run(*parts, **top):
        path = tmp_path / "territories.gpkg"
        rows = frame(*parts, **top)
        rows.to_file(path)
        done = read_territories(path)
        assert len(done.territories) + len(done.refused) == len(rows)
        return done

    return run


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "fgb", "parquet", "kml", "zip"])
@pytest.mark.filterwarnings("ignore:Column names longer", "ignore:Normalized/laundered")
def test_every_format_gives_the_same_territories(tmp_path, suffix):
    path = tmp_path / f"territories.{suffix}"
    rows = frame(part(), part(territory_id="block", parent_id="vo", level=2, geometry=BLOCK))
    if suffix == "parquet":
        rows.to_parquet(path)
    elif suffix == "zip":
        (tmp_path / "parts").mkdir()
        rows.to_file(tmp_path / "parts" / "territories.shp", driver="ESRI Shapefile")
        shutil.make_archive(str(path.with_suffix("")), "zip", tmp_path / "parts")
    else:
        rows.to_file(path)
    done = read_territories(path)
    assert done.refused == []
    told = [(t.territory_id, t.name, t.parent_id, t.level, t.timezone) for t in done.territories]
    assert told == [
        ("spb", "Санкт-Петербург", None, 0, "Europe/Moscow"),
        ("vo", "Васильевский остров", "spb", 1, "Europe/Moscow"),
        ("block", "Васильевский остров", "vo", 2, "Europe/Moscow"),
    ]
    for territory, drawn in zip(done.territories, (CITY, ISLAND, BLOCK), strict=True):
        area = shapely.from_wkb(territory.wkb)
        assert isinstance(area, MultiPolygon)
        assert area.symmetric_difference(drawn).area < 1e-9


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"territory_id": None}, "no territory_id"),
        ({"territory_id": " "}, "no territory_id"),
        ({"name": None}, "no name"),
        ({"territory_id": "spb"}, "'spb' stands on row 1 too"),
        ({"parent_id": "msk"}, "parent_id 'msk' is no usable territory"),
        ({"parent_id": "vo"}, "does not lead to the region"),
        ({"timezone": "Europe/Piter"}, "timezone 'Europe/Piter' is unknown"),
        ({"level": 0}, "level 0 is not below the 0"),
        ({"geometry": None}, "'vo' has no polygon"),
        ({"geometry": Polygon()}, "'vo' has no polygon"),
        ({"geometry": Point(30, 60)}, "'vo' has no polygon"),
        ({"geometry": LineString([(30, 60), (31, 60)])}, "'vo' has no polygon"),
        ({"geometry": Polygon([(30, 60), (31, 60), (30, 60)])}, "'vo' has no polygon"),
    ],
)
def test_a_row_that_is_no_territory_is_refused(read, changed, said):
    done = read(part(**changed), part(territory_id="kr", name="Кронштадт"))
    assert [each.territory_id for each in done.territories] == ["spb", "kr"]
    (refused,) = done.refused
    assert refused.line == 2
    assert said in refused.reason
    assert refused.reason.endswith(".")
    assert "name" in json.loads(refused.raw)


def test_what_hangs_on_a_refused_territory_is_refused_too(read):
    done = read(
        part(timezone="Nowhere"), part(territory_id="block", parent_id="vo", level=2),
        part(territory_id="a", parent_id="b"), part(territory_id="b", parent_id="a"),
    )  # fmt: skip
    assert [each.territory_id for each in done.territories] == ["spb"]
    assert [each.line for each in done.refused] == [2, 3, 4, 5]


def test_level_and_zone_come_from_the_parent(read):
    done = read(
        part(level=None, timezone="Asia/Yekaterinburg"),
        part(territory_id="block", parent_id="vo", level=None),
        level=4,
    )
    assert [each.level for each in done.territories] == [4, 5, 6]
    assert [each.timezone for each in done.territories] == [
        "Europe/Moscow",
        "Asia/Yekaterinburg",
        "Asia/Yekaterinburg",
    ]


def test_whole_numbers_are_ids(read):
    done = read(part(territory_id=40, parent_id=7), territory_id=7)
    assert [(each.territory_id, each.parent_id) for each in done.territories] == [
        ("7", None),
        ("40", "7"),
    ]


def test_an_invalid_polygon_is_repaired_and_said_so(read):
    done = read(part(geometry=BOW_TIE))
    area = shapely.from_wkb(done.territories[1].wkb)
    assert area.is_valid
    assert area.area == pytest.approx(0.02)
    assert done.notes == ["Territory 'vo' had an invalid polygon; it was repaired."]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (frame({**TOP, "territory_id": "msk", "geometry": CITY}), "2 territories without parent"),
        (frame(parent_id="spb"), "no usable territory without parent_id"),
        (frame(timezone=None), "names no timezone for the region 'spb'"),
        (frame(geometry=Point(30, 60)), "'spb' has no polygon"),
        (frame().drop(columns="parent_id"), "lacks the column parent_id among territory_id"),
    ],
)
def test_a_file_without_one_region_is_refused(tmp_path, rows, said):
    path = tmp_path / "territories.geojson"
    rows.to_file(path)
    with pytest.raises(FileError, match=said) as caught:
        read_territories(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as polygons"),
        (b"id,name\n1,2\n", "holds a table without polygons|cannot be read as polygons"),
        (b'{"type": "FeatureCollection", "features": [', "cannot be read as polygons"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "only refers to other sources"),
        (b"<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>", "only refers"),
    ],
)
def test_what_is_no_polygon_file_is_refused(tmp_path, content, said):
    path = tmp_path / "territories.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=said) as caught:
        read_territories(path)
    assert str(caught.value).endswith(".")


def test_a_missing_file_and_several_layers_are_told(tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        read_territories(tmp_path / "none.gpkg")
    path = tmp_path / "two.gpkg"
    frame().to_file(path, layer="one")
    frame().to_file(path, layer="two")
    with pytest.raises(FileError, match="2 layers: one, two"):
        read_territories(path)


def test_metres_become_degrees(tmp_path):
    path = tmp_path / "territories.gpkg"
    frame(part()).to_crs("EPSG:32636").to_file(path)
    area = shapely.from_wkb(read_territories(path).territories[1].wkb)
    assert area.bounds == pytest.approx(ISLAND.bounds, abs=1e-6)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_a_coordinate_system_is_taken_as_wgs_84_only_where_it_fits(tmp_path):
    fitting, metric = tmp_path / "fitting.parquet", tmp_path / "metric.parquet"
    frame(crs=None).to_parquet(fitting)
    done = read_territories(fitting)
    assert done.notes == [
        "The file names no coordinate system; its coordinates are taken as WGS 84."
    ]
    frame(crs=None, geometry=box(3e5, 6e6, 4e5, 7e6)).to_parquet(metric)
    with pytest.raises(FileError, match="are no degrees"):
        read_territories(metric)


@pytest.fixture
def index(read):
    return TerritoryIndex(
        read(
            part(),
            part(territory_id="block", parent_id="vo", level=2, geometry=BLOCK),
            part(territory_id="ao", geometry=box(30.31, 59.92, 30.4, 59.97)),
        ).territories
    )


def test_the_deepest_territory_holds_a_point(index):
    points = {
        (59.94, 30.28): "block",
        (59.94, 30.20): "vo",
        (59.94, 30.31): "ao",  # on a common border: the first by id
        (59.70, 29.50): "spb",
        (55.75, 37.62): None,
        (30.28, 59.94): None,
        (np.nan, 30.28): None,
        (59.94, np.inf): None,
    }
    lat, lon = np.array(list(points), dtype=np.float64).T
    assert index.territory_of(lat, lon) == list(points.values())


def test_the_territory_of_a_cell_is_that_of_its_centre(index):
    cells = np.array([h3.latlng_to_cell(59.94, 30.28, 9), h3.latlng_to_cell(55.75, 37.62, 9)])
    assert index.territory_of_cells(cells) == ["block", None]
    assert index.territory_of_cells(np.zeros(0, dtype=np.int64)) == []


def test_bounds_are_south_west_north_east(index):
    assert index.bounds() == pytest.approx((59.6, 29.4, 60.3, 30.8))


def test_no_territories_hold_nothing():
    index = TerritoryIndex([])
    assert index.territory_of(np.array([59.94]), np.array([30.28])) == [None]
    assert index.bounds() is None


def area(territory_id, level, polygon):
    wkb = shapely.to_wkb(MultiPolygon([polygon]))
    return Territory(territory_id, territory_id, None, level, "Europe/Moscow", wkb)


TERRITORIES = [area("block", 2, BLOCK), area("spb", 0, CITY), area("vo", 1, ISLAND)]


@given(st.lists(st.tuples(st.floats(59, 61), st.floats(29, 31)), max_size=30))
def test_bulk_equals_one_by_one(points):
    index = TerritoryIndex(TERRITORIES)
    lat, lon = np.array(points, dtype=np.float64).reshape(-1, 2).T
    for (y, x), found in zip(points, index.territory_of(lat, lon), strict=True):
        holding = [t for t in TERRITORIES if shapely.from_wkb(t.wkb).intersects(Point(x, y))]
        deepest = max(holding, key=lambda t: t.level, default=None)
        assert found == (deepest.territory_id if deepest else None)
