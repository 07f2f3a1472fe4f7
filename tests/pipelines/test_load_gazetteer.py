"""Loading files of the gazetteer: at once or not at all, in bounded memory, whatever the file."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from datetime import UTC, datetime

import osmium
import pytest
from osmium.osm import mutable
from sqlalchemy import text

from heatmaps.errors import FileError
from heatmaps.geocoding import from_csv
from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.from_osm import read_osm
from heatmaps.geocoding.gazetteer import house_keys, settlement_keys, street_keys
from heatmaps.store.gazetteer import load_gazetteer
from heatmaps.store.staging import Staged
from pipelines.load_region import Wish, dataset_of, load_gazetteer_file

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEAD = "city,region,street,house,lat,lon,aliases\n"


def csv_of(path, *rows):
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def houses(count, *, first=1):
    return [f"Город,Край,улица Мира,{n},{50 + n / 1e4},30.0," for n in range(first, first + count)]


def count_of(store):
    with store.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM house")).scalar_one()


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("russia-251120.osm.pbf", "russia"), ("russia-latest.osm.pbf", "russia"),
        ("Russia-2025-11-20.osm.bz2", "russia"), ("krai_20251120.csv.gz", "krai"),
        ("central-fed-district.osm", "central-fed-district"), ("251120.csv", "251120"),
        ("houses2.csv", "houses2"),
    ],
)  # fmt: skip
def test_a_file_is_a_delivery_of_what_its_name_says_without_the_date(name, dataset):
    assert dataset_of(name) == dataset


def test_readers_see_the_old_gazetteer_until_the_new_one_is_whole(store, tmp_path):
    load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(5)), NOW)
    seen = []

    def look(_rows):
        seen.append(count_of(store))

    newer = csv_of(tmp_path / "g-latest.csv", *houses(9))
    with store.reading() as connection:
        connection.execute(text("SELECT count(*) FROM house")).scalar_one()
        load_gazetteer_file(store, newer, NOW, advance=look)
        during = connection.execute(text("SELECT count(*) FROM house")).scalar_one()
    assert (seen[-1], during, count_of(store)) == (5, 5, 9)


@pytest.mark.parametrize("step", ["put", "settle"])
def test_a_load_that_breaks_off_leaves_nothing_behind(store, tmp_path, monkeypatch, step):
    load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(5)), NOW)

    def broken(self, *rest):
        real(self, *rest)
        raise KeyboardInterrupt

    real = getattr(Staged, step)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Staged, step, broken)
        load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(9)), NOW)
    assert count_of(store) == 5
    assert load_gazetteer_file(store, tmp_path / "g.csv", NOW).merge.houses_added == 4


def test_two_loads_at_once_wait_for_each_other(store, tmp_path):
    files = [csv_of(tmp_path / f"{n}.csv", *houses(40, first=n * 20)) for n in range(4)]
    faults = []

    def load(file):
        try:
            load_gazetteer_file(store, file, NOW)
        except Exception as fault:  # noqa: BLE001, told by the assertion
            faults.append(fault)

    threads = [threading.Thread(target=load, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert count_of(store) == 100


def test_loading_by_parts_gives_what_reading_at_once_gives(store, tmp_path, monkeypatch):
    rows = [
        *houses(30), *houses(3), "Город,Край,улица Мира,,50.05,30.1,Старая улица",
        "Город,Край,Старая улица,77,50.04,30,", "Город,Край,,,50.04,30,Town|Город-на-Реке",
        "Заря,,,3,51,31,", "Город,Край,Лесная,без номера,50,30,",
    ]  # fmt: skip
    file = csv_of(tmp_path / "g.csv", *rows)
    whole, report = read_csv(file)
    monkeypatch.setattr(from_csv, "PART", 7)
    loaded = load_gazetteer_file(store, file, NOW)
    assert loaded.report == {**loaded.report, "rows": len(rows), "houses": report.houses}
    assert loaded.report["left_out"] == report.left_out == {"bad_number": 1, "duplicate": 3}
    with store.reading() as connection:
        stored = load_gazetteer(connection)
    for keys in (house_keys, street_keys, settlement_keys):
        assert sorted(keys(stored)) == sorted(keys(whole))
    assert sorted(stored.streets.aliases) == sorted(whole.streets.aliases) == ["Старая улица"]
    assert sorted(stored.settlements.aliases) == sorted(whole.settlements.aliases)
    assert sorted(stored.streets.uncertainty_m) == pytest.approx(
        sorted(whole.streets.uncertainty_m)
    )


class Drawing:
    """Draws an OSM file, objects in the order that OSM files keep."""

    def __init__(self, path):
        self.path, self.nodes, self.ways, self.relations = path, [], [], []

    def node(self, lat, lon, **tags):
        self.nodes.append(
            mutable.Node(id=len(self.nodes) + 1, location=(lon, lat), tags=named(tags), version=1)
        )
        return len(self.nodes)

    def way(self, points, **tags):
        ids = [self.node(*point) for point in points]
        ids = [*ids, ids[0]] if len(ids) > 2 else ids
        way = mutable.Way(id=len(self.ways) + 1, nodes=ids, tags=named(tags), version=1)
        self.ways.append(way)
        return way.id

    def boundary(self, lat, lon, size, *, corners=((0, 0), (0, 1), (1, 1), (1, 0)), **tags):
        way = self.way([(lat + y * size, lon + x * size) for y, x in corners])
        self.relations.append(
            mutable.Relation(id=len(self.relations) + 1, members=[("w", way, "outer")], version=1,
                             tags={"type": "boundary", "boundary": "administrative", **named(tags)})
        )  # fmt: skip

    def write(self):
        with osmium.SimpleWriter(str(self.path), overwrite=True) as writer:
            for node in self.nodes:
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return self.path


def named(tags):
    return {key.replace("__", ":"): value for key, value in tags.items()}


def test_two_cities_of_one_name_are_told_apart_by_their_region(tmp_path):
    osm = Drawing(tmp_path / "a.osm.pbf")
    for lat, region in ((50.0, "Северный край"), (60.0, "Южный край")):
        osm.boundary(lat, 30.0, 2.0, admin_level="4", name=region)
        osm.node(lat + 1, 31.0, place="town", name="Троицк", alt_name="Троицкий Завод")
        osm.node(lat + 1, 31.001, addr__street="улица Мира", addr__housenumber="1")
        osm.node(lat + 1, 31.002, addr__street="улица Мира", addr__housenumber="2",
                 addr__city="Троицк")  # fmt: skip
    found, report = read_osm(osm.write())
    assert report.houses == 4
    assert sorted(found.settlements.region) == ["Северный край", "Южный край"]
    assert sorted(found.houses.settlement.tolist()) == [0, 0, 1, 1]
    assert len(set(house_keys(found))) == 4
    assert set(found.settlements.aliases) == {"Троицкий Завод"}


def test_villages_of_one_name_in_a_region_are_told_apart_by_their_district(tmp_path):
    osm = Drawing(tmp_path / "a.osm.pbf")
    osm.boundary(50.0, 30.0, 2.0, admin_level="4", name="Край")
    for lon, district in ((30.0, "Первый район"), (31.0, "Второй район")):
        osm.boundary(50.0, lon, 0.9, admin_level="6", name=district)
        osm.node(50.5, lon + 0.5, place="village", name="Ивановка")
        osm.node(50.5, lon + 0.501, addr__place="Ивановка", addr__housenumber="1")
    found, _ = read_osm(osm.write())
    assert sorted(found.settlements.region) == ["Край, Второй район", "Край, Первый район"]


def test_a_house_on_an_old_name_of_a_road_stands_on_the_road(tmp_path):
    osm = Drawing(tmp_path / "a.osm.pbf")
    osm.node(55.0, 37.0, place="town", name="Заря")
    osm.way([(55.0, 37.0), (55.004, 37.0)], highway="residential", name="улица Мира",
            old_name="улица Сталина;Базарная улица", name__en="Peace Street")  # fmt: skip
    osm.node(55.001, 37.0, addr__street="Базарная улица", addr__housenumber="7")
    found, _ = read_osm(osm.write())
    assert found.streets.name.tolist() == ["улица Мира"]
    assert found.streets.aliases.tolist() == ["Peace Street\nБазарная улица\nулица Сталина"]


def test_a_boundary_that_crosses_itself_is_mended_or_left_out(tmp_path):
    osm = Drawing(tmp_path / "a.osm.pbf")
    bow = ((0, 0), (1, 1), (1, 0), (0, 1))
    osm.boundary(55.0, 37.0, 0.1, corners=bow, admin_level="8", name="Заря")
    osm.node(55.05, 37.05, place="village", name="Заря")
    osm.node(55.051, 37.05, addr__street="улица Мира", addr__housenumber="7")
    assert read_osm(osm.write())[1].houses == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.osm.pbf", None, "cannot be read as OSM data"),
        ("b.csv.gz", gzip.compress((HEAD + "\n".join(houses(500))).encode())[:-99], "truncated"),
        ("c.osm", b"<osm version='0.6'></osm>", "it holds no addresses"),
        ("d.csv", (HEAD + "Город,,улица Мира,1,137,55,\n").encode(), "coordinates_swapped: 1"),
        ("e.csv", (HEAD + "А,,улица Мира,1,55,37,\n").encode("utf-16"), "save it as UTF-8"),
        ("f.csv", (HEAD + ",,улица Мира,1,55,37,\n").encode(), "no_settlement: 1"),
    ],
    ids=["pbf cut off", "gzip cut off", "no address", "swapped", "UTF-16", "no city"],
)
def test_a_file_that_cannot_be_used_changes_nothing(store, tmp_path, name, content, said):
    load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(5)), NOW)
    path = tmp_path / name
    if content is None:
        osm = Drawing(path)
        for n in range(3000):
            osm.node(55.0, 37.0 + n / 1e4, addr__street="улица", addr__housenumber=str(n))
        whole = osm.write().read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(FileError, match=said):
        load_gazetteer_file(store, path, NOW)
    assert count_of(store) == 5


def test_a_first_load_with_swapped_coordinates_of_known_settlements_is_refused(store, tmp_path):
    load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(5)), NOW)
    row = "Город,{},улица Лесная,1,30.0,50.0,"
    for region in ("Край", ""):
        file = csv_of(tmp_path / "other.csv", row.format(region))
        with pytest.raises(FileError, match=r"1 of the 1 settlements .* swapped.*--moved"):
            load_gazetteer_file(store, file, NOW)
        assert count_of(store) == 5
    assert load_gazetteer_file(store, file, NOW, Wish(moved=True)).merge.houses_added == 1


def test_rows_of_a_file_that_do_not_fit_are_counted_and_the_others_loaded(store, tmp_path):
    swapped = "Город,Край,улица Мира,99,30.0,50.0,"
    file = csv_of(tmp_path / "g.csv", *houses(5), swapped, 'Город,"Край,улица Мира,98,50,30,')
    report = load_gazetteer_file(store, file, NOW).report
    assert (report["rows"], report["houses"]) == (7, 5)
    assert report["left_out"] == {"coordinates_swapped": 1, "too_few_fields": 1}


def test_a_dry_run_tells_the_same_and_keeps_nothing(store, tmp_path):
    load_gazetteer_file(store, csv_of(tmp_path / "g.csv", *houses(5)), NOW)
    newer = csv_of(tmp_path / "g.csv", *houses(5, first=2))
    dry = load_gazetteer_file(store, newer, NOW, Wish(keep=False))
    assert count_of(store) == 5
    real = load_gazetteer_file(store, newer, NOW)
    assert replace(dry.merge, version=0) == replace(real.merge, version=0)
    assert (dry.report, dry.complaints) == (real.report, real.complaints)
    assert (real.merge.houses_added, real.merge.houses_gone) == (1, 1)
