from __future__ import annotations

import gzip

import numpy as np
import pytest

from heatmaps.errors import FileError
from heatmaps.geocoding.assembly import circles
from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.from_osm import read_osm
from heatmaps.geocoding.gazetteer import NO_STREET

CSV = """city,street,house,lat,lon,region,postcode,source
Тверь,ул. Ленина,5,56.85,35.90,Тверская область,170000,kadastr
Тверь,улица Ленина,д. 5,56.8501,35.90,Тверская область,,
Тверь,улица Ленина,"5, корп. 2",56.851,35.90,Тверская область,,
Тверь,проспект Мира,,56.86,35.91,Тверская область,,
Заря,,,56.9,35.8,,,
Заря,,7,56.901,35.8,,,
,улица Ленина,1,56.85,35.90,,,
Тверь,улица Ленина,9,нет,35.90,,,
Тверь,улица Ленина,9,0,0,,,
Тверь,улица Ленина,без номера,56.85,35.90,,,
"""


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_csv_counts_add_up_and_numbers_are_normal(tmp_path):
    gazetteer, report = read_csv(write(tmp_path / "g.csv", CSV))
    assert report.rows == 10
    assert report.houses + report.points + sum(report.left_out.values()) == report.rows
    assert report.left_out == {
        "no_settlement": 1,
        "bad_coordinates": 2,
        "bad_number": 1,
        "duplicate": 1,
    }
    assert list(gazetteer.houses.number) == ["5", "5 к2", "7"]
    assert list(gazetteer.streets.name) == ["ул. Ленина", "проспект Мира"]
    assert gazetteer.houses.street[2] == NO_STREET
    assert list(gazetteer.settlements.region) == ["Тверская область", ""]
    assert gazetteer.houses.source[0] == "kadastr"
    assert gazetteer.houses.postcode[0] == "170000"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_in_other_clothes(tmp_path, encoding, delimiter):
    text = delimiter.join(["city", "street", "house", "lat", "lon"]) + "\r\n"
    text += delimiter.join(["Орёл", "Зелёная улица", "5а", "52,97", "36.06"]) + "\r\n"
    path = tmp_path / "g.csv.gz"
    path.write_bytes(gzip.compress(text.encode(encoding)))
    gazetteer, _ = read_csv(path)
    assert (gazetteer.houses.number[0], gazetteer.houses.lat[0]) == ("5А", 52.97)
    assert gazetteer.settlements.name[0] == "Орёл"


@pytest.mark.parametrize("read", [read_csv, read_osm])
def test_a_missing_file_a_directory_and_a_foreign_file_are_refused(tmp_path, read):
    for path in (tmp_path / "no.csv", tmp_path, write(tmp_path / "a.txt", "x")):
        with pytest.raises(FileError, match=r"\.$"):
            read(path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("b.csv", "city,street,lat\nА,Б,1".encode(), "no column house, lon"),
        ("c.csv", "city,street,house,lat,lon\nА".encode("utf-16"), "neither UTF-8 nor CP1251"),
        ("d.csv.gz", gzip.compress(b"city,street,house" * 99, mtime=0)[:-9], "truncated"),
        ("e.csv", b"city,street,house,lat,lon\n,x,1,55,37\n", "no_settlement: 1"),
        ("f.csv", b'city,street,house,lat,lon\nA,"' + b"x" * 200_000, "line"),
    ],
)
def test_a_csv_that_cannot_be_used_says_why(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=said):
        read_csv(path)


HEAD = "city,street,house,lat,lon\n"


def test_a_quote_that_swallows_lines_is_refused_with_its_line(tmp_path):
    rows = ["А,Лесная,1,56,44", 'А,"Полевая,2,56,44', "А,Лесная,3,56,44", 'А,"Лесная",4,56,44']
    with pytest.raises(FileError, match=r"line 3 opens a quote .* line 5"):
        read_csv(write(tmp_path / "g.csv", HEAD + "\n".join(rows)))


def test_rows_without_the_headers_fields_are_left_out_and_lines_add_up(tmp_path):
    rows = [
        "А,Лесная,1,56,44", "А,Лесная,2,56", 'А,"Лесная,3,56,44"', "А,Лесная,4,56,44,лишнее", "",
        "А,Лесная,5,56,44,, ,",
        'А,"Лесная,6,56,44',
    ]  # fmt: skip
    gazetteer, report = read_csv(write(tmp_path / "g.csv", HEAD + "\n".join(rows)))
    assert gazetteer.houses.number.tolist() == ["1", "5"]
    assert report.left_out == {"too_few_fields": 3, "too_many_fields": 1}
    assert report.rows == 6
    assert gazetteer.houses.source_id.tolist() == ["2", "7"]


def test_unnamed_columns_at_the_end_may_be_missing(tmp_path):
    file = write(
        tmp_path / "g.csv", "city,street,house,lat,lon,,\nА,Лесная,1,56,44\nА,Лесная,2,56,44,,\n"
    )
    assert read_csv(file)[1].houses == 2


@pytest.mark.parametrize("extra", ["lat", " LAT ", "housenumber", "note,note"])
def test_a_header_that_names_a_column_twice_is_refused(tmp_path, extra):
    file = write(tmp_path / "g.csv", f"city,street,house,lat,lon,{extra}\nА,Лесная,1,56,44,1,2\n")
    with pytest.raises(FileError, match=f"column {'house' if 'h' in extra else '(lat|note)'};"):
        read_csv(file)


def test_rows_with_swapped_coordinates_are_left_out(tmp_path):
    rows = [f"Омск,Лесная,{n},{54.999 + n / 1e3},73.3" for n in range(3)]
    rows += [
        "Омск,Лесная,8,73.3,55.0",
        "Чита,Лесная,1,52.0,113.5",
        "Чита,Лесная,2,113.5,52.0",
        "Омск,Лесная,9,95,95",
    ]
    gazetteer, report = read_csv(write(tmp_path / "g.csv", HEAD + "\n".join(rows)))
    assert report.left_out == {"coordinates_swapped": 2, "bad_coordinates": 1}
    assert report.houses == 4
    assert gazetteer.settlements.uncertainty_m.max() < 5_000


def test_a_namesake_far_away_is_not_taken_for_swapped(tmp_path):
    rows = ["Троицк,Лесная,1,55.5,37.3", "Троицк,Лесная,2,55.5,37.3", "Троицк,Лесная,3,54.1,61.5"]
    assert read_csv(write(tmp_path / "g.csv", HEAD + "\n".join(rows)))[1].houses == 3


@pytest.mark.filterwarnings("error")
def test_a_place_without_points_has_no_middle_and_warns_of_nothing():
    lat, lon, radius = circles(*np.array([[1.0, np.inf], [1, np.inf], [3, -np.inf], [3, -np.inf]]))
    assert (lat[0], lon[0], np.isnan([lat[1], lon[1], radius[1]]).all()) == (2.0, 2.0, True)


class Osm:
    """Writes a small OSM file, one element a call."""

    def __init__(self):
        self.nodes, self.rest, self.last = [], [], 0

    def node(self, lat, lon, **tags):
        self.last += 1
        self.nodes.append(f'<node id="{self.last}" version="1" lat="{lat}" lon="{lon}">')
        self.nodes.append(self.tags(tags) + "</node>")
        return self.last

    def ring(self, lat, lon, size, **tags):
        corners = [(0, 0), (0, size), (size, size), (size, 0)]
        ids = [self.node(lat + dy, lon + dx) for dy, dx in corners]
        self.last += 1
        refs = "".join(f'<nd ref="{i}"/>' for i in [*ids, ids[0]])
        self.rest.append(f'<way id="{self.last}" version="1">{refs}{self.tags(tags)}</way>')
        return self.last

    def line(self, points, **tags):
        ids = [self.node(*p) for p in points]
        self.last += 1
        refs = "".join(f'<nd ref="{i}"/>' for i in ids)
        self.rest.append(f'<way id="{self.last}" version="1">{refs}{self.tags(tags)}</way>')

    @staticmethod
    def tags(tags):
        return "".join(f'<tag k="{k.replace("_", ":")}" v="{v}"/>' for k, v in tags.items())

    def write(self, path):
        text = '<osm version="0.6">' + "".join(self.nodes + self.rest) + "</osm>"
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
        return path


def house(street="улица Мира", number="1", **more):
    return {"addr_street": street, "addr_housenumber": number, **more}


def test_osm_gives_houses_streets_and_settlements(tmp_path):
    osm = Osm()
    osm.node(55.0, 37.0, place="village", name="Заря")
    osm.ring(56.0, 38.0, 0.1, place="town", name="Ясный")
    osm.node(55.001, 37.001, **house(number="1", name="Магазин"))
    osm.ring(55.001, 37.001, 0.0002, **house(number="1", building="yes"))
    osm.node(56.05, 38.05, **house(number="2к1"))
    osm.node(55.002, 37.0, addr_place="Заря", addr_housenumber="3")
    osm.node(50.0, 30.0, **house(number="4"))
    osm.node(50.0, 30.0, **house(number="5", addr_city="Далёкий"))
    osm.node(55.0, 37.0, addr_housenumber="6")
    osm.line([(55.0, 37.0), (55.004, 37.0)], highway="residential", name="Полевая улица")
    gazetteer, report = read_osm(osm.write(tmp_path / "a.osm.gz"))
    assert report.rows == 7
    assert report.left_out == {"no_settlement": 1, "no_street": 1, "duplicate": 1}
    assert report.houses == 4 == report.rows - sum(report.left_out.values())
    town = gazetteer.settlements.name[gazetteer.houses.settlement]
    at = dict(
        zip(
            gazetteer.houses.number, zip(town, gazetteer.houses.source_id, strict=True), strict=True
        )
    )
    assert at["1"][0] == "Заря"
    assert at["1"][1].startswith("w")
    assert at["2 к1"][0] == "Ясный"
    assert at["5"][0] == "Далёкий"
    assert gazetteer.houses.street[list(gazetteer.houses.number).index("3")] == NO_STREET
    road = list(gazetteer.streets.name).index("Полевая улица")
    assert gazetteer.streets.uncertainty_m[road] == pytest.approx(222, abs=2)
    boundary = gazetteer.settlements.boundary[list(gazetteer.settlements.name).index("Ясный")]
    assert isinstance(boundary, bytes)


def test_an_extract_without_places_says_what_it_assumed(tmp_path):
    osm = Osm()
    osm.node(55.0, 37.0, **house(number="1", addr_city="Москва"))
    osm.node(55.0, 37.001, **house(number="2"))
    osm.node(55.0, 37.002, **house(number="3", addr_city="Басманный район"))
    gazetteer, report = read_osm(osm.write(tmp_path / "a.osm"))
    assert list(gazetteer.settlements.name) == ["Москва"]
    assert (report.houses, report.assumed, report.assumed_settlement) == (3, 2, "Москва")
    assert np.all(gazetteer.settlements.uncertainty_m >= 15_000)


def test_an_extract_that_names_no_settlement_has_no_usable_row(tmp_path):
    osm = Osm()
    osm.node(55.0, 37.0, **house())
    with pytest.raises(FileError, match="no_settlement: 1"):
        read_osm(osm.write(tmp_path / "a.osm"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm.pbf", b"\x00\x00\x00\x0e\x0a\x09OSMHeader"),
        ("b.osm.gz", gzip.compress(b"<osm version='0.6'>" + b" " * 9999, mtime=0)[:-20]),
        ("c.osm", b"<osm version='0.6'><node id='1'"),
    ],
)
def test_osm_data_that_breaks_off_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match="cannot be read as OSM data"):
        read_osm(tmp_path / name)
