"""Tables written in each format and read back with the tools their readers use."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from heatmaps.errors import FileError, UsageError
from heatmaps.insight.csv_file import disarmed
from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.insight.writers import SUFFIXES, check_suffix, sheets_as_bytes, write_sheets

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GEO = (".geojson", ".gpkg", ".parquet")
FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]")
HOSTILE = (
    "=1+1", "+7 921 000", "-71.05", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a",
    "  =1", '"=1', "'=1", "x;=1", "x\n=1", "-", "=", "#N/A", "#REF!", "_x003D_1", "{1: 2}", "[1]",
    "\x00=1", "a\x00b", "\x1f", "\ud800", "\ufffe", "😀" * 3, "Мира, 5", "Абай көшесі, 5",
    '=HYPERLINK("http://example.org","x")', "true", "1e5", "2026-03-01", " ", "a\r\nb",
    "\xa0=1", "\x85=1", "\u3000＝1",
)  # fmt: skip

texts = st.text(max_size=30) | st.sampled_from(HOSTILE) | st.text("=+-@\t\r\n;'\" ＝a1", max_size=8)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sheet_of(*columns: Column, shapes=None, name="things") -> Sheet:
    return Sheet(name, columns, shapes)


def full() -> Sheet:
    """One column of each kind with a value and without, on two shapes."""
    return Sheet(
        "things",
        (
            Column("id", "number of the thing", [1, 2]),
            Column("name", "what it is called", ["Мира, 5", None]),
            Column("size_m", "how large it is, metres", np.array([1.5, np.nan])),
            Column("at", "when it was", [NOON, None]),
            Column("ok", "whether it is", [True, None]),
        ),
        np.array([shapely.box(30, 59, 31, 60), shapely.MultiPolygon([shapely.box(0, -2, 1, -1)])]),
        "Things to be read back",
    )


def read(path: Path) -> pd.DataFrame:
    return geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path)


def cells_of(path: Path, sheet: str = "things") -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def as_excel_shows(text: object) -> object:
    """Undo the escapes of ECMA-376 22.9.2.19, which openpyxl leaves in inline texts."""
    if not isinstance(text, str):
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


# Each format, whole


@pytest.mark.parametrize("suffix", GEO)
def test_shapes_kinds_and_values_come_back(tmp_path, suffix):
    [path] = write_sheets([full()], tmp_path / f"t{suffix}")
    frame = read(path)
    assert frame.crs.to_epsg() == 4326
    assert frame["id"].tolist() == [1, 2]
    assert frame["name"].tolist()[0] == "Мира, 5"
    assert pd.isna(frame["name"][1])
    assert frame["size_m"][0] == 1.5
    assert np.isnan(frame["size_m"][1])
    assert pd.Timestamp(frame["at"][0]) == NOON
    assert pd.isna(frame["at"][1])
    assert bool(frame["ok"][0]) is True
    assert frame.geometry[0].equals(shapely.box(30, 59, 31, 60))
    assert shapely.area(frame.geometry[1]) == 1


def test_csv_comes_back(tmp_path):
    [path] = write_sheets([full()], tmp_path / "t.csv")
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    assert rows[0] == ["id", "name", "size_m", "at", "ok", "geometry"]
    assert rows[1][:5] == ["1", "Мира, 5", "1.5", "2026-03-01T12:00:00+00:00", "true"]
    assert rows[2][:5] == ["2", "", "", "", ""]
    assert shapely.from_wkt(rows[1][5]).equals(shapely.box(30, 59, 31, 60))


def test_xlsx_holds_real_numbers_and_local_times(tmp_path):
    [path] = write_sheets([full()], tmp_path / "t.xlsx", MOSCOW)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["things", "columns"]
    things = book["things"]
    assert things.freeze_panes == "A2"
    assert things.auto_filter.ref == "A1:F3"
    assert all(cell.font.bold for cell in things[1])
    assert [cell.value for cell in things[2]][:5] == [
        1, "Мира, 5", 1.5, datetime(2026, 3, 1, 15), True,  # noqa: DTZ001 - Excel has no zones
    ]  # fmt: skip
    assert [cell.data_type for cell in things[2]] == ["n", "s", "n", "d", "b", "s"]
    assert [cell.value for cell in things[3]][:5] == [2, None, None, None, None]
    told = {row[1]: row[2] for row in book["columns"].iter_rows(values_only=True)}
    assert told["size_m"] == "how large it is, metres"
    assert "Europe/Moscow" in " ".join(str(row[2]) for row in cells_of(path, "columns"))


def test_gpkg_says_what_columns_hold(tmp_path):
    [path] = write_sheets([full()], tmp_path / "t.gpkg")
    connection = sqlite3.connect(path)
    told = dict(connection.execute("SELECT column_name, description FROM gpkg_data_columns"))
    connection.close()
    assert told["size_m"] == "how large it is, metres"


def test_parquet_says_what_columns_hold_and_is_geoparquet(tmp_path):
    [path] = write_sheets([full()], tmp_path / "t.parquet")
    schema = pq.read_schema(path)
    assert schema.field("size_m").metadata[b"description"] == b"how large it is, metres"
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["geometry_types"] == ["MultiPolygon"]
    assert geo["columns"]["geometry"]["bbox"] == [0, -2, 31, 60]


def test_geojson_is_lon_lat_and_counterclockwise(tmp_path):
    [path] = write_sheets([full()], tmp_path / "t.geojson")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in told  # RFC 7946 knows one reference system
    shape = shapely.geometry.shape(told["features"][0]["geometry"])
    assert shape.bounds == (30, 59, 31, 60)
    assert shape.geoms[0].exterior.is_ccw
    assert told["features"][0]["properties"]["at"] == "2026-03-01T12:00:00+00:00"


def test_a_place_in_columns_needs_no_shape_in_text(tmp_path):
    placed = sheet_of(Column("lat", "", [60.0]), Column("lon", "", [30.0]),
                      shapes=shapely.points([[30.0, 60.0]]))  # fmt: skip
    [path] = write_sheets([placed], tmp_path / "t.csv")
    assert path.read_text(encoding="utf-8").splitlines() == ["lat,lon", "60.0,30.0"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_sheet_keeps_its_columns_and_kinds(tmp_path, suffix):
    columns = [Column(kind, "", [], kind) for kind in Kind]
    empty = sheet_of(*columns, shapes=np.empty(0, dtype=object))
    [path] = write_sheets([empty], tmp_path / f"t{suffix}")
    names = [str(kind) for kind in Kind]
    if suffix == ".csv":
        [header] = path.read_text(encoding="utf-8").splitlines()
        assert header == ",".join([*names, "geometry"])
    elif suffix == ".xlsx":
        assert cells_of(path) == [(*names, "geometry")]
    elif suffix == ".geojson":
        assert json.loads(path.read_text(encoding="utf-8"))["features"] == []
    elif suffix == ".gpkg":
        info = pyogrio.read_info(path)
        assert list(info["fields"]) == names
        assert list(info["ogr_types"])[:3] == ["OFTString", "OFTInteger64", "OFTReal"]
    else:
        schema = pq.read_schema(path)
        assert [schema.field(n).type for n in names] == [
            pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.timestamp("us", "UTC"),
        ]  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_sheet_without_shapes_is_a_table(tmp_path, suffix, recwarn):
    [path] = write_sheets([sheet_of(Column("id", "", [1, 2]))], tmp_path / f"t{suffix}")
    assert path.stat().st_size
    if suffix == ".gpkg":
        assert pyogrio.list_layers(path).tolist() == [["things", None]]
    assert not [w for w in recwarn if "SRS" in str(w.message)]


def test_a_shape_may_be_missing(tmp_path):
    shapes = np.array([shapely.Point(30, 60), None], dtype=object)
    for suffix in GEO:
        [path] = write_sheets([sheet_of(Column("id", "", [1, 2]), shapes=shapes)],
                              tmp_path / f"t{suffix}")  # fmt: skip
        frame = read(path)
        assert frame["id"].tolist() == [1, 2]
        assert frame.geometry.isna().tolist() == [False, True]


# Properties


ids = st.integers(-(2**53), 2**53)
coordinates = st.tuples(st.floats(-179, 179), st.floats(-85, 85))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them plain


@pytest.mark.parametrize("suffix", GEO)
@quick
@given(
    rows=st.lists(
        st.tuples(ids, coordinates, moments), min_size=1, max_size=8, unique_by=lambda row: row[0]
    )
)
def test_export_then_read_keeps_ids_coordinates_and_times(tmp_path_factory, suffix, rows):
    numbers, places, times = (list(column) for column in zip(*rows, strict=True))
    points = shapely.points(places)
    things = sheet_of(Column("id", "", numbers), Column("at", "", times), shapes=points)
    [path] = write_sheets([things], tmp_path_factory.mktemp("w") / f"t{suffix}")
    frame = read(path)
    assert frame["id"].tolist() == numbers
    precision = 5e-8 if suffix == ".geojson" else 0  # RFC 7946 advises seven decimals
    found = shapely.get_coordinates(frame.geometry.to_numpy())
    assert np.abs(found - np.array(places)).max() <= precision
    exact = timedelta(milliseconds=0 if suffix == ".parquet" else 1)  # others keep milliseconds
    for told, meant in zip(pd.to_datetime(frame["at"], utc=True, format="ISO8601"), times,
                           strict=True):  # fmt: skip
        assert abs(told - meant) <= exact


@quick
@given(values=st.lists(texts, min_size=1, max_size=6))
@example(values=list(HOSTILE))
def test_no_text_of_a_workbook_is_a_formula(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("w") / "t.xlsx"
    write_sheets([sheet_of(Column("id", "", range(len(values))), Column("text", "", values))], path)
    things = openpyxl.load_workbook(path)["things"]
    for meant, (_, cell) in zip(values, list(things.iter_rows(min_row=2)), strict=True):
        if cell.value is None:
            assert meant == ""
            continue
        assert cell.data_type == "s"
        shown = as_excel_shows(cell.value)
        if FORMULA.match(shown):
            assert cell.quotePrefix
        assert shown.replace("\r\n", "\n").replace("\r", "\n") == seen(meant).replace(
            "\r\n", "\n"
        ).replace("\r", "\n")


@quick
@given(values=st.lists(texts, min_size=1, max_size=6))
@example(values=list(HOSTILE))
def test_no_text_of_a_csv_begins_a_formula(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("w") / "t.csv"
    write_sheets([sheet_of(Column("id", "", range(len(values))), Column("text", "", values))], path)
    content = path.read_bytes().decode()
    [_, *rows] = csv.reader(io.StringIO(content, newline=""))
    for meant, (_, told) in zip(values, rows, strict=True):
        assert not FORMULA.match(told) or told.startswith("'")
        for piece in re.split(r"[;\t\r\n]", told):  # where a spreadsheet may begin a cell anew
            assert not re.match(r"[ \"]*[=+\-@＝＋－＠]", piece), told
        if "'" not in meant:
            assert told.replace("'", "") == seen(meant)


def seen(text: str) -> str:
    """Give the text as a table can hold it: what cannot be written is seen."""
    shown = (chr(0x2400 + ord(c)) if c < " " and c not in "\t\n\r" else c for c in text)
    shown = ("\u2421" if c == "\x7f" else c for c in shown)
    return "".join(
        "\ufffd" if "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" else c for c in shown
    )


@pytest.mark.parametrize("suffix", GEO)
def test_hostile_texts_come_back_as_they_were(tmp_path, suffix):
    values = [text for text in HOSTILE if suffix != ".geojson" or "2026" not in text]
    things = sheet_of(Column("id", "", range(len(values))), Column("text", "", values))
    [path] = write_sheets([things], tmp_path / f"t{suffix}")
    frame = pd.read_parquet(path) if suffix == ".parquet" else pyogrio.read_dataframe(path)
    assert frame["text"].tolist() == [seen(text) for text in values]


def test_numbers_stay_numbers(tmp_path):
    numbers = sheet_of(Column("lon", "", [-71.05]), Column("delta", "", [-5]))
    [path] = write_sheets([numbers], tmp_path / "t.csv")
    assert path.read_text(encoding="utf-8").splitlines()[1] == "-71.05,-5"
    [path] = write_sheets([numbers], tmp_path / "t.xlsx")
    assert cells_of(path)[1] == (-71.05, -5)


@given(text=texts)
@settings(deadline=None)
def test_disarming_leaves_peaceful_texts_alone(text):
    plain = seen(text)
    [told] = disarmed(pa.array([plain])).to_pylist()
    risky = FORMULA.match(plain) or re.search(r"[;\t\r\n][\s'\"]*[=+\-@＝＋－＠]", plain)
    assert (told == plain) == (not risky)


# Limits


def test_a_number_too_long_for_excel_is_written_as_text(tmp_path):
    [path] = write_sheets(
        [sheet_of(Column("cell", "", [0x89110614B5BFFFF, 5]))], tmp_path / "t.xlsx"
    )
    assert cells_of(path)[1:] == [(str(0x89110614B5BFFFF),), (5,)]


@pytest.mark.parametrize("letter", ["a", "ж", "😀"])
def test_a_text_too_long_for_a_cell_is_cut_visibly(tmp_path, letter):
    [path] = write_sheets([sheet_of(Column("text", "", [letter * 40_000, "short"]))],
                          tmp_path / "t.xlsx")  # fmt: skip
    [_, (told,), (short,)] = cells_of(path)
    assert told.endswith("… (cut, 40,000 characters)")
    assert len(told.encode("utf-16-le")) // 2 <= 32_767
    assert short == "short"
    assert any("1 texts are longer" in str(row) for row in cells_of(path, "columns"))
    [path] = write_sheets([sheet_of(Column("text", "", [letter * 40_000]))], tmp_path / "t.csv")
    assert len(path.read_text(encoding="utf-8").splitlines()[1]) == 40_000


def test_too_many_rows_for_excel_are_refused(tmp_path):
    many = sheet_of(Column("id", "", np.arange(1_048_576)))
    with pytest.raises(UsageError, match=r"1,048,576.*write \.csv"):
        write_sheets([many], tmp_path / "t.xlsx")
    assert not list(tmp_path.iterdir())


def test_an_infinite_number_is_no_value():
    with pytest.raises(ValueError, match="speed"):
        sheets_as_bytes([sheet_of(Column("speed", "", [float("inf")]))], ".csv")


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ((Column("a", "", [1]), Column("b", "", [1, 2])), "x"),
        ((Column("a", "", [1]), Column("a", "", [1])), "x"),
        ((Column("a", "", [1]),), "x" * 32),
        ((Column("a", "", [1]),), "a/b"),
        ((Column("a", "", [1]),), ""),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, name):
    with pytest.raises(ValueError, match="sheet"):
        Sheet(name, columns)


# Files


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_many_sheets_go_together_or_side_by_side(tmp_path, suffix):
    one, two = full(), sheet_of(Column("id", "", [7]), name="others")
    files = write_sheets([one, two], tmp_path / f"t{suffix}")
    if check_suffix(files[0]).holds_many:
        assert files == [tmp_path / f"t{suffix}"]
        layers = (
            openpyxl.load_workbook(files[0]).sheetnames[:2]
            if suffix == ".xlsx"
            else sorted(pyogrio.list_layers(files[0])[:, 0], reverse=True)
        )
        assert layers == ["things", "others"]
    else:
        assert files == [tmp_path / f"t{suffix}", tmp_path / f"t.others{suffix}"]
    assert sorted(tmp_path.iterdir()) == sorted(files)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_download_is_the_same_file(tmp_path, suffix):
    content = sheets_as_bytes([full()], suffix, MOSCOW)
    [path] = write_sheets([full()], tmp_path / f"things{suffix}", MOSCOW)
    assert content[:2] == path.read_bytes()[:2]
    (tmp_path / f"d{suffix}").write_bytes(content)
    if suffix == ".xlsx":
        assert cells_of(tmp_path / "d.xlsx") == cells_of(path)
    elif suffix == ".csv":
        assert content == path.read_bytes()
    else:
        assert read(tmp_path / f"d{suffix}").equals(read(path))


def test_a_download_of_many_tables_needs_a_format_that_holds_them():
    with pytest.raises(UsageError, match=r"use \.xlsx"):
        sheets_as_bytes([full(), sheet_of(Column("id", "", [1]), name="b")], ".csv")


def test_an_unknown_suffix_is_told_with_the_known_ones(tmp_path):
    for name in ("t.pdf", "t", "t.csv.gz"):
        with pytest.raises(UsageError, match=r"\.csv, \.xlsx, \.geojson, \.gpkg, \.parquet"):
            check_suffix(tmp_path / name)
    check_suffix(tmp_path / "T.CSV")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_folder_is_made_and_an_old_file_replaced(tmp_path, suffix):
    path = tmp_path / "new" / "deep" / f"t{suffix}"
    write_sheets([full()], path)
    first = path.stat().st_size
    write_sheets([sheet_of(Column("id", "", [1]))], path)
    assert path.stat().st_size != first
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_export_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    path.write_text("old", encoding="utf-8")
    broken = sheet_of(Column("speed", "", [1.0, float("inf")]))
    with pytest.raises(ValueError, match="speed"):
        write_sheets([broken], path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_where_no_file_can_be_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "file" / "t.csv", tmp_path / "folder.csv", Path("/proc/t.gpkg")):
        with pytest.raises(FileError, match=f"{re.escape(str(path))} cannot be written"):
            write_sheets([full()], path)


def test_progress_ends_with_all_rows(tmp_path):
    told = []
    many = sheet_of(Column("id", "", np.arange(45_000)))
    write_sheets([many], tmp_path / "t.csv", advance=lambda *step: told.append(step))
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1] == (45_000, 45_000)


def test_arrow_and_numpy_columns_are_taken_as_they_are(tmp_path):
    at = np.array(["2026-03-01T12:00", "NaT"], dtype="datetime64[m]")
    things = sheet_of(
        Column("a", "", pa.chunked_array([["x"], [None]]), Kind.TEXT),
        Column("b", "", pa.array([1, None]), Kind.INTEGER),
        Column("at", "", at),
    )
    [path] = write_sheets([things], tmp_path / "t.parquet")
    table = pq.read_table(path)
    assert table.to_pydict() == {"a": ["x", None], "b": [1, None], "at": [NOON, None]}
    assert pc.all(pc.is_valid(table["at"])).as_py() is False
