"""`heatmaps geocode IN OUT`: own columns untouched, then what was found, in a fixed order."""

from __future__ import annotations

import csv

import pytest

ADDED = [
    "geocode_level", "geocode_lat", "geocode_lon", "geocode_uncertainty_m", "geocode_confidence",
    "geocode_normal_form", "geocode_matched", "geocode_changes", "geocode_faults",
    "geocode_alternatives",
]  # fmt: skip
LEVELS = {"house", "near", "street", "settlement", "region", "none", "ambiguous"}
CITY = "Санкт-Петербург"


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def known_house(sample):
    """Give street, house, lat, lon of a house of the gazetteer that stands there once."""
    with (sample / "gazetteer.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["street"] == "Средний проспект В.О."]
    plain = [r for r in rows if r["house"].isdigit()]
    once = [r for r in plain if [p["house"] for p in plain].count(r["house"]) == 1]
    return once[0]["street"], once[0]["house"], float(once[0]["lat"]), float(once[0]["lon"])


def test_own_columns_stay_and_new_ones_follow(region, sample):
    street, house, lat, lon = known_house(sample)
    own = [
        {"no": "007", "address": f"{street}, {house}", "note": " spaces "},
        {"no": "1e5", "address": f"ул. Сердобольная, 999, {CITY}", "note": 'a "quote", a comma'},
        {"no": "", "address": "", "note": "two\nlines"},
        {"no": "=1+1", "address": "📵", "note": "0.10"},
        {"no": "5", "address": f"{CITY}, {street}", "note": "NaN"},
    ]
    source = region.table("in.csv", *own)
    before, kept = region.dump(), source.read_bytes()
    told = region("geocode", "in.csv", "out.csv", "--city", CITY, "--json").done().json
    header, found = read(region.folder / "out.csv")
    assert header == ["no", "address", "note", *ADDED]
    assert [{k: row[k] for k in ("no", "address", "note")} for row in found] == own
    assert source.read_bytes() == kept
    assert region.dump() == before
    assert told["rows_in" if "rows_in" in told else "rows"] == 5

    exact = found[0]
    assert exact["geocode_level"] == "house"
    assert float(exact["geocode_lat"]) == pytest.approx(lat, abs=1e-5)
    assert float(exact["geocode_lon"]) == pytest.approx(lon, abs=1e-5)
    assert 0 < float(exact["geocode_uncertainty_m"]) <= 100
    assert float(exact["geocode_confidence"]) > 0.5
    assert house in exact["geocode_matched"]
    for row in found:
        assert row["geocode_level"] in LEVELS
        assert 0 <= float(row["geocode_confidence"]) <= 1
        assert (row["geocode_lat"] == "") == (row["geocode_lon"] == "")
    for nothing in (found[2], found[3]):
        assert nothing["geocode_level"] == "none"
        assert nothing["geocode_lat"] == nothing["geocode_uncertainty_m"] == ""
    assert found[4]["geocode_level"] == "street"
    assert float(found[4]["geocode_uncertainty_m"]) > float(exact["geocode_uncertainty_m"])


def test_lists_are_parted_by_a_bar(region):
    """Two settlements have the street and the house; which is meant is not guessed."""
    region.file(
        "more.csv",
        "city,street,house,lat,lon\n"
        "Выборг,улица Космонавтов,1,60.711,28.745\nПушкин,улица Космонавтов,1,59.722,30.416\n"
        "Колпино,улица Космонавтов,1,59.75,30.58\n",
    )
    region("gazetteer", "load", "more.csv").done()
    region.table("in.csv", {"address": "ул. Космонавтов, д. 1"})
    region("geocode", "in.csv", "out.csv").done()
    _, [row] = read(region.folder / "out.csv")
    assert row["geocode_level"] == "ambiguous"
    assert row["geocode_lat"] == ""
    alternatives = row["geocode_alternatives"].split("|")
    assert len(alternatives) == 3
    assert all("космонавтов" in a.lower() for a in alternatives)
    for city in ("Выборг", "Пушкин", "Колпино"):
        assert any(city.lower() in a.lower() for a in alternatives)


def test_named_columns_and_a_foreign_file(embedded_region, sample):
    street, house, lat, _ = known_house(sample)
    embedded_region.table(
        "in.csv", {"Адрес": f"{street}, {house}", "Город": CITY, "№": "1"},
        delimiter=";", encoding="cp1251",
    )  # fmt: skip
    embedded_region(
        "geocode", "in.csv", "out.csv", "--address-column", "Адрес", "--city-column", "Город"
    ).done()
    raw = (embedded_region.folder / "out.csv").read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1251")
    delimiter = ";" if text.startswith("Адрес;") else ","
    [row] = csv.DictReader(text.splitlines(), delimiter=delimiter)
    assert (row["Адрес"], row["Город"], row["№"]) == (f"{street}, {house}", CITY, "1")
    assert row["geocode_level"] == "house"
    assert float(row["geocode_lat"]) == pytest.approx(lat, abs=1e-5)


def test_spellings_of_one_house_are_one_place(embedded_region, sample):
    _, house, lat, lon = known_house(sample)
    spellings = [
        f"Средний проспект В.О., {house}", f"Средний пр-т ВО, д. {house}",
        f"СРЕДНИЙ ПР. В.О. Д.{house}", f"средний проспект васильевского острова {house}",
        f"г. Санкт-Петербург, Средний пр., В.О., дом {house}, кв. 15", f"Спб Средний пр во {house}",
    ]  # fmt: skip
    embedded_region.table("in.csv", *({"address": s} for s in spellings))
    embedded_region("geocode", "in.csv", "out.csv", "--city", CITY).done()
    _, found = read(embedded_region.folder / "out.csv")
    places = [(r["geocode_level"], r["geocode_lat"], r["geocode_lon"]) for r in found]
    assert {level for level, _, _ in places} == {"house"}, places
    for _, found_lat, found_lon in places:
        assert (float(found_lat), float(found_lon)) == pytest.approx((lat, lon), abs=1e-5)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("missing.csv", "out.csv"), "missing.csv"),
        (("folder", "out.csv"), "folder"),
        (("empty.csv", "out.csv"), "empty.csv"),
        (("in.csv", "out.csv", "--address-column", "adres"), "adres"),
        (("in.csv", "out.csv", "--city-column", "gorod"), "gorod"),
        (("bytes.csv", "out.csv"), "bytes.csv"),
        (("in.csv", "in.csv"), "in.csv"),
        (("in.csv", "folder"), "folder"),
        (("in.csv", "./folder/../in.csv"), "in.csv"),
    ],
)
def test_what_cannot_be_geocoded(embedded, args, named):
    source = embedded.table("in.csv", {"address": "Мира, 5"})
    embedded.file("empty.csv", b"")
    embedded.file("bytes.csv", b"address\n\x98\xff\xd0\x98\n")
    (embedded.folder / "folder").mkdir()
    kept = source.read_bytes()
    embedded("geocode", *args).refused(named)
    assert source.read_bytes() == kept
    assert not (embedded.folder / "out.csv").exists()


def test_a_header_that_names_a_column_twice_is_refused(embedded):
    embedded.file("in.csv", "address,Address\nМира 5,Мира 6\n")
    embedded("geocode", "in.csv", "out.csv").refused("column address;")
    assert not (embedded.folder / "out.csv").exists()


def test_a_failed_run_leaves_an_older_output_alone(embedded):
    out = embedded.file("out.csv", "older work\n")
    embedded.file("in.csv", b"address\n" + b"a street\n" * 9000 + b"\x98\xff\xd0\x98\n")
    embedded("geocode", "in.csv", "out.csv").refused("in.csv")
    assert out.read_text(encoding="utf-8") == "older work\n"


def test_a_row_longer_than_the_header_is_told_and_nothing_slips(embedded_region):
    embedded_region.file("in.csv", "no,address\n1,Мира 5,more,and more\n2,Мира 6\n")
    told = embedded_region("geocode", "in.csv", "out.csv", "--city", CITY)
    if told.code:
        told.refused("in.csv", "2")
        return
    with (embedded_region.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["geocode_level"] in LEVELS for row in rows)


def test_its_own_output_geocoded_again_has_each_column_once(embedded_region, sample):
    street, house, _, _ = known_house(sample)
    embedded_region.table("in.csv", {"address": f"{street}, {house}"})
    embedded_region("geocode", "in.csv", "out.csv", "--city", CITY).done()
    told = embedded_region("geocode", "out.csv", "again.csv", "--city", CITY)
    if told.code:
        told.refused("geocode_level")
        return
    header, _ = read(embedded_region.folder / "again.csv")
    assert len(header) == len(set(header))
