"""Faults of a file as a whole: one sentence with the remedy, exit 1 or 2, nothing written."""

from __future__ import annotations

import gzip
import json
import random
import time

import pytest

HEADER = "external_id,created_at,lat,lon,text\n"
ROW = "{},2026-02-20T10:00:00+03:00,59.93,30.33,{}\n"
GOOD = HEADER + ROW.format(1, "нет связи")
MANY = 20_000  # more than any sensible batch, so that a late fault finds rows already read


def many_rows() -> str:
    noise = random.Random(1)
    return HEADER + "".join(ROW.format(n, f"{noise.random()}") for n in range(MANY))


def wrong_encoding() -> bytes:
    return HEADER.encode() + b"1,2026-02-20T10:00:00+03:00,59.93,30.33,\xd0\x98\xff\xfe\x98\n"


FILES = {
    "empty": (b"", "empty"),
    "only blank lines": (b"\n\n  \n", "empty"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-"),
    "wrong encoding": (wrong_encoding(), "line 2"),
    "no id column": (GOOD.replace("external_id", "ticket").encode(), "external_id"),
    "no time column": (GOOD.replace("created_at", "opened").encode(), "created_at"),
    "no header": (ROW.format(1, "нет связи").encode(), "external_id"),
    "a column twice": (GOOD.replace("text", "lat", 1).encode(), "lat"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, ""),
    "a workbook's inside": (b"PK\x03\x04" + bytes(range(256)) * 20, ""),
    "a page of the web": (b"<!DOCTYPE html>\n<html><body>Login, please</body></html>\n", ""),
}


@pytest.mark.parametrize("fault", FILES)
def test_a_file_that_cannot_be_used(embedded, fault):
    content, named = FILES[fault]
    embedded.file("жалобы.csv", content)
    before = embedded.dump()
    embedded("ingest", "жалобы.csv").refused("жалобы.csv", named, code=1)
    assert embedded.dump() == before
    embedded("ingest", "жалобы.csv", "--json").refused("жалобы.csv")
    embedded("ingest", "жалобы.csv", "--dry-run").refused("жалобы.csv")


GZIPPED = {
    "truncated gzip": lambda whole: whole[: len(whole) // 2],
    "gzip without its end": lambda whole: whole[:-6],
    "broken gzip": lambda whole: whole[: len(whole) // 2] + b"\0" * 40 + whole[len(whole) // 2 :],
    "empty gzip": lambda _: b"",
    "gzip of nothing": lambda _: gzip.compress(b""),
}


@pytest.mark.parametrize("fault", GZIPPED)
def test_a_gzip_that_cannot_be_used(embedded, fault):
    whole = gzip.compress((HEADER + ROW.format(1, random.Random(2).randbytes(3000).hex())).encode())
    embedded.file("c.csv.gz", GZIPPED[fault](whole))
    before = embedded.dump()
    embedded("ingest", "c.csv.gz").refused("c.csv.gz", code=1)
    assert embedded.dump() == before


def test_a_whole_gzip_is_read(embedded):
    embedded.file("c.csv.gz", gzip.compress(GOOD.encode()))
    assert embedded("ingest", "c.csv.gz", "--json").done().json["new"] == 1


def test_a_quiet_hour_of_a_header_only_is_no_fault(embedded):
    embedded.file("quiet.csv", HEADER)
    counts = embedded("ingest", "quiet.csv", "--json").done().json
    assert (counts["rows_in"], counts["new"], counts["quarantined"]) == (0, 0, 0)


@pytest.mark.parametrize("fault", ["wrong encoding", "truncated gzip"])
def test_a_fault_far_into_a_file_leaves_nothing_behind(fresh, fault):
    text = many_rows().encode()
    if fault == "wrong encoding":
        path, named = fresh.file("late.csv", text + wrong_encoding()[len(HEADER) :]), str(MANY + 2)
    else:
        path, named = fresh.file("late.csv.gz", gzip.compress(text, 1)[:-2000]), "late.csv.gz"
    before = fresh.dump()
    fresh("ingest", path).refused(path.name, named, code=1)
    assert fresh.dump() == before


def test_a_file_that_is_not_there(embedded):
    before = embedded.dump()
    embedded("ingest", "no/such.csv").refused("no/such.csv")
    assert embedded.dump() == before


def test_a_folder_instead_of_a_file(embedded):
    (embedded.folder / "c.csv").mkdir()
    before = embedded.dump()
    embedded("ingest", "c.csv").refused("c.csv")
    assert embedded.dump() == before


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("place", ["header", "row", "quoted"])
def test_a_line_of_200_megabytes(embedded, place, packed):
    path = embedded.folder / ("c.csv.gz" if packed else "c.csv")
    start = {"header": "", "row": GOOD + "2,", "quoted": GOOD + '2,"'}[place].encode()
    block = b"x" * 2**20
    with gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb") as file:
        file.write(start)
        for _ in range(200):
            file.write(block)
    before, began = embedded.dump(), time.monotonic()
    embedded("ingest", path).refused(path.name, code=1)
    assert time.monotonic() - began < 10
    assert embedded.dump() == before
    path.unlink()


def test_a_quote_that_never_closes(embedded):
    text = HEADER + ROW.format(1, "ok") + ROW.format(2, '"never closed')
    path = embedded.file("c.csv", text + ROW.format(3, "ok"))
    told = embedded("ingest", path, "--json")
    if told.code:
        told.refused("c.csv")
        return
    counts = told.json  # nothing is lost silently: what the quote swallowed is in quarantine
    assert counts["quarantined"] >= 1


def feature(geometry: dict[str, object], **properties: object) -> bytes:
    told = {"name": "A", "timezone": "Europe/Moscow", **properties}
    one = {"type": "Feature", "properties": told, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [one]}).encode()


POINT = {"type": "Point", "coordinates": [30, 60]}
AREA = {"type": "Polygon", "coordinates": [[[30, 60], [31, 60], [31, 61], [30, 60]]]}

REGION_FAULTS = {
    ("subscribers", "no such column"): (
        "s.csv", b"cell,people\n89110614b5bffff,10\n", "subscribers",
    ),
    ("subscribers", "empty"): ("s.csv", b"", "s.csv"),
    ("subscribers", "a picture"): ("s.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "s.csv"),
    ("territories", "no polygons"): (
        "t.geojson", feature(POINT, territory_id="a", parent_id=None, level=0), "polygon",
    ),
    ("territories", "no such column"): ("t.geojson", feature(AREA), "territory_id"),
    ("territories", "not a map"): ("t.geojson", b"cell,subscribers\n1,2\n", "t.geojson"),
    ("territories", "empty"): ("t.geojson", b"", "t.geojson"),
    ("gazetteer", "no such column"): (
        "g.csv", "city,road,house\nМосква,Мира,5\n".encode(), "street",
    ),
    ("gazetteer", "empty"): ("g.csv", b"", "g.csv"),
    ("gazetteer", "truncated gzip"): (
        "g.osm.gz", gzip.compress(random.Random(1).randbytes(9000))[:4000], "g.osm.gz",
    ),
    ("gazetteer", "not a map"): ("g.osm", b"hello", "g.osm"),
    ("gazetteer", "not a map, packed"): ("g.osm.pbf", b"hello" * 99, "g.osm.pbf"),
    ("gazetteer", "unknown format"): ("g.docx", b"hello", ".csv"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REGION_FAULTS, ids=" ".join)
def test_files_of_the_region(embedded, fault):
    name, content, named = REGION_FAULTS[fault]
    embedded.file(name, content)
    before = embedded.dump()
    embedded(fault[0], "load", name).refused(name, named)
    assert embedded.dump() == before


@pytest.mark.parametrize("group", ["subscribers", "territories", "gazetteer"])
@pytest.mark.parametrize("fault", ["missing", "folder"])
def test_files_of_the_region_that_are_no_files(embedded, group, fault):
    name = {"subscribers": "x.csv", "territories": "x.geojson", "gazetteer": "x.osm"}[group]
    if fault == "folder":
        (embedded.folder / name).mkdir()
    before = embedded.dump()
    embedded(group, "load", name).refused(name)
    assert embedded.dump() == before
