"""Sites, coverage, events and customers: files as they come, good and bad."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from shapely.geometry import GeometryCollection, MultiPolygon, Point, box

SITE = {
    "site_id": "s1", "sector_id": "s1-1", "name": "Башня", "lat": "59.94", "lon": "30.31",
    "technology": "4g", "band": "1800", "azimuth": "120", "status": "active",
}  # fmt: skip
EVENT = {
    "event_id": "e1", "kind": "planned_work", "starts_at": "2026-03-01T01:00:00+03:00",
    "ends_at": "2026-03-01T05:00:00+03:00", "lat": "59.94", "lon": "30.31", "radius_m": "800",
    "territory_id": "", "site_id": "", "text": "замена",
}  # fmt: skip
OBJECT = {
    "object_id": "o1", "kind": "hospital", "name": "Городская больница", "lat": "59.94",
    "lon": "30.31",
}  # fmt: skip
CUSTOMER = {
    "customer_id": "c1", "address_kind": "home", "address": "", "city": "", "lat": "59.94",
    "lon": "30.31", "segment": "mass", "ltv": "100", "language": "ru", "channel": "call",
    "contact": "+79000000001", "consent_until": "2027-12-31",
}  # fmt: skip
AT_SITE = {"lat": "", "lon": "", "radius_m": ""}

# What is wrong with a row, and what its reason has to name.
BAD = {
    "sites": {
        "no site": ({"site_id": ""}, "site_id"),
        "no sector": ({"sector_id": " "}, "sector_id"),
        "no place": ({"lat": "", "lon": ""}, "lat"),
        "half a place": ({"lon": ""}, "lon"),
        "swapped": ({"lat": "30.31", "lon": "59.94"}, "swapped"),
        "off the globe": ({"lat": "95", "lon": "200"}, "globe"),
        "unset pair": ({"lat": "0", "lon": "0"}, "unset"),
        "no technology": ({"technology": ""}, "technology"),
        "unknown technology": ({"technology": "6g"}, "6g"),
        "unknown status": ({"status": "asleep"}, "asleep"),
        "azimuth beyond": ({"azimuth": "361"}, "361"),
        "azimuth below": ({"azimuth": "-1"}, "-1"),
        "azimuth a word": ({"azimuth": "север"}, "север"),
        "azimuth no number": ({"azimuth": "nan"}, "nan"),
        "NUL": ({"name": "a\0b"}, "NUL"),
        "long id": ({"site_id": "s" * 65}, "longer"),
        "came before": ({"sector_id": "s1-1"}, "came before"),
    },
    "events": {
        "no id": ({"event_id": ""}, "event_id"),
        "unknown kind": ({"kind": "party"}, "party"),
        "no kind": ({"kind": ""}, "kind"),
        "no start": ({"starts_at": ""}, "starts_at"),
        "start no time": ({"starts_at": "soon"}, "soon"),
        "end no time": ({"ends_at": "2026-02-30"}, "2026-02-30"),
        "backwards": ({"ends_at": "2026-02-28T00:00:00+03:00"}, "no time between"),
        "no length": ({"ends_at": EVENT["starts_at"]}, "no time between"),
        "1970": ({"starts_at": "1970-01-01T00:00:00Z"}, "1970"),
        "2190": ({"ends_at": "2190-01-01T00:00:00Z"}, "2190"),
        "work without end": ({"ends_at": ""}, "ends_at"),
        "no place": (AT_SITE, "no place"),
        "two places": ({"site_id": "s1"}, "two places"),
        "no radius": ({"radius_m": ""}, "radius_m"),
        "radius zero": ({"radius_m": "0"}, "radius_m '0'"),
        "radius below": ({"radius_m": "-5"}, "-5"),
        "radius of a country": ({"radius_m": "5000000"}, "5000000"),
        "radius without a middle": ({**AT_SITE, "radius_m": "9", "site_id": "s1"}, "belongs to no"),
        "swapped": ({"lat": "30.31", "lon": "59.94"}, "swapped"),
        "unknown site": ({**AT_SITE, "site_id": "s9"}, "s9"),
        "unknown territory": ({**AT_SITE, "territory_id": "t9"}, "t9"),
        "came before": ({"event_id": "e1"}, "came before"),
    },
    "objects": {
        "no id": ({"object_id": ""}, "object_id"),
        "no kind": ({"kind": ""}, "kind"),
        "unknown kind": ({"kind": "castle"}, "castle"),
        "no place": ({"lat": "", "lon": ""}, "lat"),
        "half a place": ({"lon": ""}, "lon"),
        "swapped": ({"lat": "30.31", "lon": "59.94"}, "swapped"),
        "off the globe": ({"lat": "95", "lon": "200"}, "globe"),
        "latitude no number": ({"lat": "nan"}, "nan"),
        "NUL": ({"name": "a\0b"}, "NUL"),
        "came before": ({"object_id": "o1"}, "came before"),
    },
    "customers": {
        "no id": ({"customer_id": ""}, "customer_id"),
        "no place": ({"lat": "", "lon": ""}, "neither address"),
        "half a place": ({"lat": ""}, "lat"),
        "swapped": ({"lat": "30.31", "lon": "59.94"}, "swapped"),
        "unknown kind": ({"address_kind": "castle"}, "castle"),
        "unknown segment": ({"segment": "royal"}, "royal"),
        "unknown language": ({"language": "tlh"}, "tlh"),
        "unknown channel": ({"channel": "pigeon"}, "pigeon"),
        "LTV below zero": ({"ltv": "-1"}, "-1"),
        "LTV a word": ({"ltv": "much"}, "much"),
        "consent no time": ({"consent_until": "yes"}, "yes"),
        "consent of 1900": ({"consent_until": "1900-01-01"}, "1900"),
        "NUL": ({"contact": "+7\0"}, "NUL"),
    },
}  # fmt: skip
GOOD = {"sites": (SITE, "sector_id"), "events": (EVENT, "event_id"),
        "objects": (OBJECT, "object_id"), "customers": (CUSTOMER, "customer_id")}  # fmt: skip


def territories(shell):
    rows = {"territory_id": ["t"], "name": ["Город"], "parent_id": [None],
            "timezone": ["Europe/Moscow"]}  # fmt: skip
    path = shell.folder / "territories.geojson"
    gpd.GeoDataFrame(rows, geometry=[box(30.0, 59.8, 30.6, 60.1)], crs=4326).to_file(path)
    shell("territories", "load", path).done()


@pytest.fixture
def known(fresh):
    """Give a prompt at a store that knows a territory and a site."""
    territories(fresh)
    fresh("sites", "load", fresh.table("known.csv", {**SITE, "sector_id": "s1-9"})).done()
    return fresh


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_quarantined_with_its_reason_and_the_rest_loads(known, kind):
    good, identity = GOOD[kind]
    bad = BAD[kind]
    rows = [{**good, identity: f"b{n}", **wrong} for n, (wrong, _) in enumerate(bad.values())]
    file = known.table("file.csv", good, *rows, {**good, identity: "z"})
    told = known(kind, "load", file, "--json").done().json
    assert (told["rows_in"], told["new"], told["quarantined"]) == (len(bad) + 2, 2, len(bad))
    assert told["kind"] == kind
    held = known("quarantine", "list", "--json").done().json["rows"]
    assert {row["kind"] for row in held} == {kind}
    reasons = {row["line"]: row["reason"] for row in held}
    for line, (name, (_, named)) in enumerate(bad.items(), start=3):
        assert named in reasons[line], (name, reasons[line])
        assert reasons[line].endswith(".")
    again = known(kind, "load", file, "--json").done().json
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert len(known("quarantine", "list", "--json").done().json["rows"]) == len(bad)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("sites", {"azimuth": "240"}),
        ("sites", {"lat": "59.95"}),
        ("sites", {"status": "off"}),
        ("events", {"ends_at": "2026-03-01T06:00:00+03:00"}),
        ("events", {"text": ""}),
        ("objects", {"kind": "clinic"}),
        ("objects", {"name": ""}),
        ("objects", {"lon": "30.32"}),
        ("customers", {"lat": "59.95"}),
        ("customers", {"consent_until": ""}),
        ("customers", {"contact": "+79000000002"}),
    ],
)
def test_a_changed_row_is_written_over_and_counted(known, kind, change):
    row, _ = GOOD[kind]
    known(kind, "load", known.table("first.csv", row)).done()
    told = known(kind, "load", known.table("then.csv", {**row, **change}), "--json").done().json
    assert (told["new"], told["updated"], told["unchanged"], told["gone"]) == (0, 1, 0, 0)
    back = known(kind, "load", known.table("then.csv", {**row, **change}), "--json").done().json
    assert (back["updated"], back["unchanged"]) == (0, 1)


@pytest.mark.parametrize("kind", BAD)
def test_a_dry_run_tells_the_same_and_keeps_nothing(known, kind):
    row, identity = GOOD[kind]
    file = known.table("file.csv", row, {**row, identity: ""})
    before = known.dump()
    told = known(kind, "load", file, "--json", "--dry-run").done().json
    assert (told["new"], told["quarantined"], told["dry_run"]) == (1, 1, True)
    assert known.dump() == before


def test_foreign_columns_and_words_are_mapped_by_a_profile(embedded):
    profile = embedded.file("rnp.toml", """
        kind = "sites"
        [columns]
        sector_id = "CELL"
        site_id = "BS"
        technology = "RAT"
        status = "STATE"
        [values.technology]
        LTE = "4g"
        [values.status]
        "On Air" = "active"
        "*" = "off"
    """)  # fmt: skip
    file = embedded.table(
        "rnp.csv",
        {"CELL": "1", "BS": "A", "RAT": "LTE", "STATE": "On air", "lat": "59,94", "lon": "30,31"},
        {"CELL": "2", "BS": "A", "RAT": "4g", "STATE": "Off", "lat": "59.94", "lon": "30.31"},
        delimiter=";",
    )
    embedded("sites", "load", file, "--profile", profile).done()
    rows = embedded.rows("SELECT technology, status, lat FROM sector ORDER BY sector_id")
    assert rows == [("4g", "active", 59.94), ("4g", "off", 59.94)]


def test_kinds_of_objects_are_mapped_by_a_profile_and_no_others(embedded):
    text = """
        kind = "objects"
        [columns]
        object_id = "Код"
        kind = "Тип"
        [values.kind]
        "Школа" = "%s"
    """
    row = {"Код": "7", "Тип": "школа", "lat": "59.94", "lon": "30.31"}
    file = embedded.table("objects.csv", row)
    embedded("objects", "load", file, "--profile", embedded.file("p.toml", text % "school")).done()
    assert embedded.rows("SELECT object_id, kind FROM vulnerable_object") == [("7", "school")]
    wrong = embedded.file("wrong.toml", text % "outage")
    embedded("objects", "load", file, "--profile", wrong).refused("outage", "school")


def test_a_whole_file_of_objects_removes_what_it_does_not_name_unless_rows_were_refused(known):
    rows = [{**OBJECT, "object_id": f"o{n}"} for n in range(4)]
    known("objects", "load", known.table("all.csv", *rows)).done()
    half = known.table("half.csv", *rows[:2])
    count = "SELECT count(*) FROM vulnerable_object"
    assert known("objects", "load", half, "--json").done().json["gone"] == 0
    torn = known.table("torn.csv", rows[0], {**rows[1], "kind": "castle"})
    told = known("objects", "load", torn, "--replace").done()
    assert "Nothing was removed" in told.err
    assert known("objects", "load", half, "--replace", "--json", "--dry-run").json["gone"] == 2
    assert known.rows(count) == [(4,)]
    assert "2 objects" in known("objects", "load", half, "--replace").done().out
    assert known.rows(count) == [(2,)]
    again = known("objects", "load", half, "--replace", "--json").done().json
    assert (again["unchanged"], again["gone"]) == (2, 0)


def test_no_object_goes_for_a_row_that_the_profile_left_out_or_a_file_without_rows(known):
    profile = known.file("p.toml", 'kind = "objects"\n[only]\nname = ["kept"]\n')
    rows = [{**OBJECT, "object_id": f"o{n}", "name": "kept"} for n in range(3)]
    known("objects", "load", known.table("all.csv", *rows)).done()
    renamed = known.table("some.csv", *rows[:2], {**rows[2], "name": "other"})
    told = known("objects", "load", renamed, "--profile", profile, "--replace").done()
    assert "1 rows of the file were refused or left out" in told.err
    empty = known.file("empty.csv", ",".join(OBJECT) + "\n")
    told = known("objects", "load", empty, "--replace").done()
    assert "names no object" in told.err
    assert known.rows("SELECT count(*) FROM vulnerable_object") == [(3,)]


def test_a_replay_of_objects_overwrites_nothing_that_came_later(known):
    known("objects", "load", known.table("a.csv", OBJECT, {**OBJECT, "kind": "school"})).done()
    known("objects", "load", known.table("b.csv", {**OBJECT, "kind": "clinic"})).done()
    told = known("quarantine", "replay", "--json").done().json
    assert (told["new"], told["updated"]) == (0, 0)
    assert known.rows("SELECT kind FROM vulnerable_object") == [("clinic",)]


@pytest.mark.parametrize("kind", BAD)
def test_a_profile_of_another_kind_is_refused(embedded, kind):
    row, _ = GOOD[kind]
    file = embedded.table("file.csv", row)
    embedded(kind, "load", file, "--profile", "default").refused("complaints", kind)
    embedded(kind, "load", "nowhere.csv").refused("nowhere.csv")


def test_a_replay_takes_what_can_be_used_now_and_overwrites_nothing(known):
    late = {**EVENT, **AT_SITE, "site_id": "s2"}
    twice = {**SITE, "name": "другое имя"}
    known("sites", "load", known.table("sites.csv", SITE, twice)).done()
    assert known("events", "load", known.table("events.csv", late)).code == 1
    known("sites", "load", known.table("more.csv", {**SITE, "site_id": "s2", "sector_id": "n"}))
    told = known("quarantine", "replay", "--json").done().json
    assert (told["new"], told["updated"], told["quarantined"]) == (1, 0, 1)
    assert known.rows("SELECT site_id FROM network_event") == [("s2",)]
    assert known.rows("SELECT name FROM sector WHERE sector_id = 's1-1'") == [("Башня",)]
    [left] = known("quarantine", "list", "--json").done().json["rows"]
    assert "stored already" in left["reason"]


def home(customer="c1", lat="59.94", kind="home", **more):
    return {**CUSTOMER, "customer_id": customer, "lat": lat, "address_kind": kind, **more}


def test_a_moved_home_leaves_no_ghost(known):
    first = known.table(
        "first.csv", home(), home(lat="59.95"), home(kind="work"), home("c2"), home("c3")
    )
    assert known("customers", "load", first, "--json").done().json["new"] == 5
    then = known.table("then.csv", home(lat="59.96"), home("c2"), home("c4"))
    told = known("customers", "load", then, "--json").done().json
    counts = [told[name] for name in ("new", "updated", "unchanged", "gone")]
    assert counts == [1, 1, 1, 1]
    kept = known.rows(
        "SELECT customer_id, address_kind, lat FROM customer_address ORDER BY 1, 2, 3"
    )
    assert kept == [("c1", "home", 59.96), ("c1", "work", 59.94), ("c2", "home", 59.94),
                    ("c3", "home", 59.94), ("c4", "home", 59.94)]  # fmt: skip
    private = known.rows("SELECT count(*) FROM personal WHERE customer_address_id IS NOT NULL")
    assert private == [(5,)]


def waiting(shell):
    return shell("quarantine", "list", "--json").done().json["rows"]


def test_sites_name_technologies_as_coverage_does(known):
    said = ["GSM", "umts", "Lte", "NR", "2G", "3g", "4G", "5g"]
    rows = [{**SITE, "sector_id": str(n), "technology": word} for n, word in enumerate(said)]
    known("sites", "load", known.table("s.csv", *rows)).done()
    stored = known.rows("SELECT technology FROM sector WHERE site_id = 's1' AND sector_id < 's'"
                        " ORDER BY sector_id")  # fmt: skip
    assert [word for (word,) in stored] == ["2g", "3g", "4g", "5g"] * 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"radius_m": ""}, "lat '59.94', lon '30.31' have no radius_m"),
        ({"territory_id": "t"}, "lat '59.94', territory_id 't' are two places"),
        ({"lon": ""}, "lat '59.94', lon (empty) are half a coordinate"),
    ],
)
def test_a_reason_names_what_stands_in_the_row(embedded, wrong, said):
    territories(embedded)
    assert embedded("events", "load", embedded.table("e.csv", {**EVENT, **wrong})).code == 1
    [row] = waiting(embedded)
    assert row["reason"].startswith(said)
    assert "None" not in row["reason"]


def test_a_second_address_that_was_refused_comes_back_beside_the_first(known):
    """The first one is of the same file; that of an earlier file is replaced, as by the file."""
    known("customers", "load", known.table("a.csv", home(lat="59.91"))).done()
    profile = known.file("mine.toml", 'kind = "customers"\n')
    file = known.table("b.csv", home(), home(lat="59.95", segment="gold"))
    known("customers", "load", file, "--profile", profile).done()
    known.file("mine.toml", 'kind = "customers"\n[values.segment]\ngold = "vip"\n')
    told = known("quarantine", "replay", "--json").done().json
    assert (told["new"], told["updated"], told["quarantined"]) == (1, 0, 0)
    assert known.rows("SELECT lat FROM customer_address ORDER BY lat") == [(59.94,), (59.95,)]
    assert waiting(known) == []


@pytest.mark.parametrize(("kind", "name"), [("sites", "band"), ("events", "text"),
                                            ("customers", "contact")])  # fmt: skip
def test_a_replayed_row_replaces_what_is_older_than_itself(known, kind, name):
    row, _ = GOOD[kind]
    word = {"sites": "technology", "events": "kind", "customers": "segment"}[kind]
    profile = known.file("mine.toml", f'kind = "{kind}"\n')
    known(kind, "load", known.table("a.csv", row)).done()
    file = known.table("b.csv", {**row, name: "other", word: "strange"})
    assert known(kind, "load", file, "--profile", profile).code == 1
    known.file("mine.toml", f'kind = "{kind}"\n[values.{word}]\nstrange = "{row[word]}"\n')
    told = known("quarantine", "replay", "--json").done().json
    assert (told["new"], told["updated"], told["quarantined"]) == (0, 1, 0)


@pytest.mark.parametrize("kind", BAD)
def test_a_row_leaves_quarantine_once_a_good_one_takes_its_place(known, kind):
    row, _ = GOOD[kind]
    wrong = {"lat": "30.31", "lon": "59.94"}
    other = {**row, **wrong, GOOD[kind][1]: "other"}
    assert known(kind, "load", known.table("a.csv", {**row, **wrong}, other)).code == 1
    before = known.dump()
    good = known.table("b.csv", row)
    assert known(kind, "load", good, "--json", "--dry-run").done().json["released"] == 1
    assert known.dump() == before
    assert known(kind, "load", good, "--json").done().json["released"] == 1
    [left] = waiting(known)
    assert left["line"] == 3
    private = known.rows(
        "SELECT count(raw_row), count(*) FROM personal WHERE quarantine_id IS NOT NULL"
    )
    assert private == [(1, 2)]
    again = known(kind, "load", good, "--json").done().json
    assert (again["released"], again["unchanged"]) == (0, 1)


def test_one_row_told_twice_is_one_address(known):
    told = known("customers", "load", known.table("f.csv", home(), home()), "--json").done().json
    assert (told["new"], told["unchanged"]) == (1, 1)


def test_contact_and_address_of_a_customer_stand_in_one_private_place(known):
    known(
        "customers", "load", known.table("f.csv", home(address="Мира, 5", contact="тайна"))
    ).done()
    for table, rows in known.dump().items():
        assert table == "personal" or not any("тайна" in row or "Мира" in row for row in rows)
    assert known.rows("SELECT contact, address FROM personal") == [("тайна", "Мира, 5")]


def test_customers_that_came_before_their_gazetteer_are_placed_by_it(known):
    there = home(lat="", lon="", address="улица Мира 5", city="Город")
    file = known.table("f.csv", there)
    assert "no usable place" in known("customers", "load", file).done().err
    house = {"city": "Город", "street": "улица Мира", "house": "5", "lat": 59.94, "lon": 30.31}
    told = known("gazetteer", "load", known.table("g.csv", house), "--json").done().json
    assert told["placed_customers"] == 1
    assert known.rows("SELECT location_level, lat FROM customer_address") == [("house", 59.94)]
    assert known("customers", "load", file, "--json").done().json["unchanged"] == 1


def coverage(shell, name, *areas, crs=4326):
    rows = {"technology": [t for t, _ in areas], "name": [None] * len(areas)}
    path = shell.folder / name
    frame = gpd.GeoDataFrame(rows, geometry=[shape for _, shape in areas], crs=4326).to_crs(crs)
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_file(path)
    return path


WEST, EAST = box(30.2, 59.9, 30.3, 59.95), box(30.3, 59.9, 30.4, 59.95)


def cells(shell):
    return dict(shell.rows("SELECT technology, count(*) FROM coverage_cell GROUP BY technology"))


@pytest.mark.parametrize("name", ["c.gpkg", "c.geojson", "c.parquet", "c.fgb", "c.shp"])
def test_coverage_of_every_format_is_the_same(embedded, name):
    crs = 4326 if name.endswith("json") else 32636
    path = coverage(embedded, name, ("LTE", WEST), ("5g", EAST), crs=crs)
    told = embedded("coverage", "load", path, "--json").done().json
    assert (told["new"], told["refused"]) == (2, 0)
    assert embedded.rows("SELECT technology FROM coverage_area ORDER BY 1") == [("4g",), ("5g",)]
    assert set(cells(embedded)) == {"4g", "5g"}


def test_coverage_replaces_that_of_its_technologies_and_add_keeps_it(known):
    known("coverage", "load", coverage(known, "a.gpkg", ("4g", WEST), ("2g", WEST))).done()
    before = cells(known)
    file = coverage(known, "b.gpkg", ("4g", EAST))
    added = known("coverage", "load", file, "--add", "--json").done().json
    assert (added["new"], added["gone"]) == (1, 0)
    assert cells(known)["4g"] > before["4g"]
    told = known("coverage", "load", file, "--json").done().json
    assert (told["new"], told["unchanged"], told["gone"]) == (0, 1, 1)
    assert cells(known)["2g"] == before["2g"]
    dump = known.dump()
    again = known("coverage", "load", file, "--json").done().json
    assert (again["new"], again["unchanged"], again["gone"]) == (0, 1, 0)
    known("coverage", "load", coverage(known, "c.gpkg", ("4g", WEST)), "--dry-run").done()
    assert known.dump() == dump


def test_bad_areas_are_refused_and_the_rest_loads(embedded):
    path = coverage(embedded, "a.geojson", ("4g", WEST), ("6g", WEST), (None, WEST), ("4g", None))
    told = embedded("coverage", "load", path, "--json").done()
    assert (told.json["new"], told.json["refused"]) == (1, 3)
    for named in ("'6g'", "no technology", "no polygon"):
        assert named in told.err
    given = embedded("coverage", "load", path, "--technology", "2g", "--json").done().json
    assert (given["new"], given["refused"]) == (1, 2)


@pytest.mark.parametrize("broken", [("4g", None), ("6g", WEST), (None, WEST)])
def test_a_file_refused_in_part_takes_no_coverage_away(known, broken):
    """What is known of a technology is not replaced by what little of it can be read."""
    known("coverage", "load", coverage(known, "a.gpkg", ("4g", WEST), ("4g", EAST))).done()
    before = cells(known)
    part = coverage(known, "b.geojson", ("4g", EAST), broken, ("5g", EAST))
    told = known("coverage", "load", part, "--json")
    assert told.code == 1
    found = told.json
    names = ("rows", "new", "unchanged", "refused", "held_back", "gone")
    assert [found[name] for name in names] == [3, 1, 0, 1, 1, 0]
    assert found["incomplete"] == ["4g"]
    assert found["refusals"][0]["line"] == 2
    assert "not replaced" in told.err
    assert cells(known)["4g"] == before["4g"]
    assert "5g" in cells(known)
    added = known("coverage", "load", part, "--add", "--json").done().json
    assert (added["unchanged"], added["held_back"], added["gone"]) == (2, 0, 0)
    told = known("coverage", "load", part, "--despite-refused", "--json").done().json
    assert (told["unchanged"], told["refused"], told["gone"]) == (2, 1, 1)
    assert cells(known)["4g"] < before["4g"]
    again = known("coverage", "load", part, "--json").done().json
    assert (again["unchanged"], again["held_back"]) == (2, 0)


def test_a_layer_is_chosen_by_its_name(embedded):
    path = embedded.folder / "c.gpkg"
    for name, shape in (("west", WEST), ("east", EAST)):
        frame = gpd.GeoDataFrame({"technology": ["4g"]}, geometry=[shape], crs=4326)
        frame.to_file(path, layer=name)
    embedded("coverage", "load", path).refused("west", "east", "--layer")
    embedded("coverage", "load", path, "--layer", "north").refused("north", "west", "east")
    told = embedded("coverage", "load", path, "--layer", "east", "--json").done().json
    assert told["new"] == 1


@pytest.mark.parametrize("name", ["c.geojson", "c.parquet", "c.gpkg"])
def test_the_polygons_of_a_collection_are_taken(embedded, name):
    mixed = GeometryCollection([Point(30.2, 59.9), WEST, MultiPolygon([EAST])])
    path = coverage(embedded, name, ("4g", mixed))
    told = embedded("coverage", "load", path, "--json").done().json
    assert (told["new"], told["refused"]) == (1, 0)


def test_coverage_with_exchanged_axes_is_told(known):
    path = coverage(known, "a.gpkg", ("4g", box(59.9, 30.2, 59.95, 30.3)))
    known("coverage", "load", path).refused("exchanged")


def test_coverage_without_technology_is_refused(embedded):
    path = embedded.folder / "a.geojson"
    gpd.GeoDataFrame({"name": ["x"]}, geometry=[WEST], crs=4326).to_file(path)
    embedded("coverage", "load", path).refused("technology")
    embedded("coverage", "load", path, "--technology", "4g").done()


def test_an_address_is_answered_with_its_network(known):
    rows = {"city": "Город", "street": "улица Мира", "house": "5", "lat": 59.94, "lon": 30.31}
    known("gazetteer", "load", known.table("g.csv", rows)).done()

    def lookup(*more):
        return known("lookup", "улица Мира 5", "--city", "Город", "--json", *more).done().json

    bare = lookup()
    assert (bare["covered"], bare["events"], bare["verdict"]) == ({}, [], "nothing_known")
    areas = ("4g", box(30.3, 59.9, 30.4, 59.95)), ("5g", box(30.35, 59.9, 30.4, 59.95))
    known("coverage", "load", coverage(known, "c.gpkg", *areas)).done()
    assert lookup()["covered"] == {"4g": True, "5g": False}
    assert lookup()["sentence"] == bare["sentence"]
    assert "сети 5G" in lookup("--technology", "5g")["sentence"]
    outage = {**EVENT, **AT_SITE, "site_id": "s1", "kind": "outage", "ends_at": ""}
    known("events", "load", known.table("e.csv", outage)).done()
    given = lookup()
    assert given["verdict"] == "network_event"
    assert [event["event_id"] for event in given["events"]] == ["e1"]


def test_the_demo_files_load_without_a_refusal(embedded_region, sample):
    for kind, name in (("sites", "sites.csv"), ("coverage", "coverage.geojson"),
                       ("events", "events.csv"), ("objects", "objects.csv"),
                       ("customers", "customers.csv")):  # fmt: skip
        told = embedded_region(kind, "load", sample / name, "--json").done().json
        assert told["new"] == told["rows_in"] > 0
    places = embedded_region.rows("SELECT count(*) FROM customer_address WHERE cell IS NULL")
    assert places == [(0,)]
    assert json.loads((sample / "coverage.geojson").read_text())["features"]
