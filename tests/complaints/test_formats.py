"""Workbooks, JSON Lines and Parquet: the same rows as from CSV, and what is wrong with them."""

import csv
import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatmaps.complaints.profiles import Profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.sources import Format
from heatmaps.complaints.validation import validate
from heatmaps.errors import FileError

WHEN = "2026-02-01T10:00:00+03:00"


def as_csv(rows, path):
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows({name: in_csv(value) for name, value in row.items()} for row in rows)


def in_csv(value):
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value


def as_xlsx(rows, path):
    names = list(dict.fromkeys(name for row in rows for name in row))
    book = openpyxl.Workbook()
    book.active.append(names)
    for row in rows:
        book.active.append([row.get(name) for name in names])
    book.save(path)


def as_jsonl(rows, path):
    lines = ({k: v.isoformat() if isinstance(v, date) else v for k, v in r.items()} for r in rows)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def as_parquet(rows, path):
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=3)


WRITERS = {
    "c.csv": as_csv,
    "c.xlsx": as_xlsx,
    "c.jsonl": as_jsonl,
    "c.jsonl.gz": as_jsonl,
    "c.parquet": as_parquet,
}


def read(path, profile=None, **sizes):
    return list(read_batches(check_file(path, profile or Profile()), **sizes))


def column(batches, name):
    return [value for batch in batches for value in batch.column(name)]


def refused(batches):
    return {each.line: each.reason for batch in batches for each in batch.refused}


LOCAL = datetime(2020, 1, 1)  # noqa: DTZ001 - cells of a sheet have no zone
PLAIN = st.text(st.sampled_from("абвГДЕ №1234 -,.;\"'ёәқ+"), max_size=9).map(str.strip)
ROW = st.fixed_dictionaries(
    {
        "external_id": st.integers(1, 10**12),
        "created_at": st.integers(0, 10**8).map(lambda seconds: LOCAL + timedelta(seconds=seconds)),
        "address": PLAIN,
        "text": PLAIN,
        "lat": st.integers(-8_000_000, 8_000_000).map(lambda n: n / 1e5),
        "lon": st.integers(1, 17_000_000).map(lambda n: n / 1e5),
        "ltv": st.none() | st.integers(0, 10**6).map(lambda n: n / 4),
        "critical": st.booleans(),
        "mood": PLAIN,
    }
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROW, min_size=1, max_size=7))
def test_the_same_rows_have_the_same_content_in_every_format(tmp_path, intake, rows):
    profile = Profile(keep=("mood",))
    told = {}
    for name, write in WRITERS.items():
        write(rows, tmp_path / name)
        done = [validate(batch, intake(profile)) for batch in read(tmp_path / name, profile)]
        assert not [each for one in done for each in one.refused]
        told[name] = [
            identity
            for one in done
            for identity in zip(
                one.complaints.external_id, one.complaints.content_hash.tolist(), strict=True
            )
        ]
    assert all(hashes == told["c.csv"] for hashes in told.values()), told


@pytest.mark.parametrize("name", WRITERS)
def test_a_format_is_told_by_content_and_a_wrong_suffix_is_said(tmp_path, name):
    rows = [{"external_id": 1, "created_at": WHEN}]
    path = tmp_path / "c.csv"
    WRITERS[name](rows, tmp_path / name)
    if name == "c.csv":
        path = tmp_path / "c.xlsx"
    (tmp_path / name).rename(path)
    if path.suffix != ".csv" or not name.endswith(".gz"):
        checked = check_file(path, Profile())
        assert f"is not {Format.XLSX if name == 'c.csv' else Format.CSV}" in checked.notes[0]
        assert column(read_batches(checked), "external_id") == ["1"]


def book(*rows, title="Лист1", **more):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for name, others in more.items():
        sheet = made.create_sheet(name)
        for row in others:
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


HEADER = ["external_id", "created_at", "text"]


def test_cells_of_a_sheet_are_texts_as_a_csv_would_hold_them(file):
    moment = LOCAL.replace(year=2026, month=2, hour=9, minute=30, second=15)
    cells = [1.0, 2.5, True, moment, date(2026, 2, 1), "=1+1", "#N/A", None, "a\nb", 10**15]
    names = [*HEADER[:2], *"abcdefghij"]
    profile = Profile(columns={"text": "d", "owner": "a", "city": "c", "address": "b",
                               "brand": "i", "serving_cell": "e", "segment": "g", "place": "h",
                               "ltv": "j"})  # fmt: skip
    path = file(book(names, ["x1", WHEN, *cells]), "c.xlsx")
    (batch,) = read(path, profile)
    assert [batch.column(n)[0] for n in ("owner", "address", "city", "text", "serving_cell")] == [
        "1", "2.5", "true", "2026-02-01T09:30:15", "2026-02-01",
    ]  # fmt: skip
    assert [batch.column(n)[0] for n in ("segment", "place", "brand", "ltv")] == [
        "#N/A", None, "a\nb", "1000000000000000",
    ]  # fmt: skip


def test_numbers_longer_than_a_cell_or_a_float_holds_are_no_ids(file, intake):
    cells = [10**15, 1234567890123456, 123456789012345678, 1.234567890123457e17, "1234567890123456"]
    path = file(book(HEADER[:2], *([cell, WHEN] for cell in cells)), "c.xlsx")
    (batch,) = read(path)
    done = validate(batch, intake())
    assert done.complaints.external_id == ["1000000000000000", "1234567890123456"]
    assert [each.line for each in done.refused] == [3, 4, 5]

    for kind, exact in ((pa.float64(), 2**53), (pa.float32(), 2**24)):
        ids = pa.array([float(exact), exact * 2.0]).cast(kind)
        (batch,) = read(file(parquet(external_id=ids), "c.parquet"))
        done = validate(batch, intake())
        assert done.complaints.external_id == [str(exact)]
        assert "was cut by a spreadsheet" in done.refused[0].reason


def test_blank_rows_above_between_and_below_are_no_rows(file):
    rows = [[], [None, " "], HEADER, ["1", WHEN, "a"], [], ["2", WHEN], [], ["", "", ""]]
    (batch,) = read(file(book(*rows), "c.xlsx"))
    assert batch.line.tolist() == [4, 6]
    assert batch.column("text") == ["a", None]


def test_a_cell_beyond_the_header_is_refused_and_kept(file):
    (batch,) = read(file(book(HEADER, ["1", WHEN, "a", None, "beyond"], ["2", WHEN]), "c.xlsx"))
    assert batch.column("external_id") == ["2"]
    assert json.loads(batch.refused[0].raw)[""] == ["", "beyond"]


def test_the_profile_names_sheet_and_header_row(file):
    path = file(book(["no"], Data=[["Report of"], [], HEADER, ["7", WHEN, "x"]]), "c.xlsx")
    batches = read(path, Profile(sheet="data", header_row=2))
    assert column(batches, "external_id") == ["7"]
    with pytest.raises(FileError, match=r"no sheet 'other', only 'Лист1', 'Data'"):
        check_file(path, Profile(sheet="other"))
    text = file("A report\n\nexternal_id,created_at\n7,2026-02-01\n")
    assert column(read(text, Profile(header_row=2)), "external_id") == ["7"]


def repacked(content, change):
    """Change parts of a package: `change` gives a part's new bytes."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


def sheet_with(old, new):
    def change(name, content):
        return content.replace(old, new) if name.startswith("xl/worksheets/sheet") else content

    return repacked(book(HEADER, ["1", WHEN, "x"]), change)


SOUND = book(HEADER, ["1", WHEN, "x"])
CELL = b'<c r="A2" t="inlineStr"><is><t>1</t></is></c>'
MANY_CELLS = b"<c/>" * 20_000
DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]><worksheet'
FAULTY_BOOKS = {
    "cut off": (SOUND[: len(SOUND) // 2], "damaged"),
    "no zip": (b"PK\x03\x04" + bytes(300), "damaged"),
    "another zip": (repacked(SOUND, lambda _, c: c).replace(b"xl/", b"yy/"), "no XLSX workbook"),
    "an empty sheet": (book(), "has no header"),
    "a header twice": (book(["external_id", "created_at", "External_ID "]), "more than one column"),
    "no id": (book(["created_at"], [WHEN]), "lacks the column external_id"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(999), "old Excel"),
    "a password": (
        b"\xd0\xcf\x11\xe0" + bytes(999) + "EncryptedPackage".encode("utf-16-le"), "password",
    ),
    "a cell far out": (sheet_with(b'r="A2"', b'r="AAAAAAA2"'), "beyond the 16,384"),
    "a million columns": (sheet_with(b"</row>", MANY_CELLS + b"</row>"), "beyond the 16,384"),
    "a row far down": (sheet_with(b'<row r="2"', b'<row r="2000000000"'), "a row numbered"),
    "rows out of order": (sheet_with(b'<row r="2"', b'<row r="1"'), "a row numbered"),
    "declared entities": (sheet_with(b"<worksheet", DOCTYPE), "document type"),
    "no XML": (sheet_with(b"</row>", b""), "no sound XML"),
    "a text of megabytes": (
        sheet_with(b"<row r", b" " * 2_000_000 + b"<row r"), "bytes in one cell",
    ),
    "no such text": (sheet_with(CELL, b'<c r="A2" t="s"><v>999</v></c>'), "damaged"),
    "no number": (sheet_with(CELL, b'<c r="A2"><v>one</v></c>'), "damaged"),
    "no sheet at all": (
        repacked(SOUND, lambda _, c: c.replace(b"worksheets/sheet1.xml", b"nothing.xml")), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTY_BOOKS)
def test_a_fault_of_a_workbook_is_told_in_one_sentence(file, fault):
    content, said = FAULTY_BOOKS[fault]
    path = file(content, "c.xlsx")
    with pytest.raises(FileError) as caught:
        check_file(path, Profile())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_package_that_would_burst_is_refused_before_it_is_unpacked(file):
    def change(name, content):
        blank = b" " * (80 << 20)
        return (
            content.replace(b"<sheetData", blank + b"<sheetData") if "sheet1" in name else content
        )

    with pytest.raises(FileError, match=r"would unpack xl/worksheets/sheet1\.xml to"):
        check_file(file(repacked(SOUND, change), "c.xlsx"), Profile())


def test_declared_dimensions_do_not_count(file):
    content = sheet_with(b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"')
    assert column(read(file(content, "c.xlsx")), "external_id") == ["1"]


def line(**values):
    return json.dumps({"external_id": "1", "created_at": WHEN, **values}, ensure_ascii=False)


JSON_LINES = {
    "broken": ('{"external_id": "9", ', "no JSON"),
    "no JSON": ("hello", "no JSON"),
    "an array": ('["9", "2026"]', "no object"),
    "a number": ("7", "no object"),
    "a text": ('"x"', "no object"),
    "a name twice": (line(text="a")[:-1] + ', "text": "b"}', "names 'text' twice"),
    "a name twice within": (line(more=0).replace(": 0", ': {"a": 1, "a": 2}'), "names 'a' twice"),
    "a name in two cases": (line(Text="a", text="b"), "in two spellings"),
    "a nested id": (line(external_id={"a": 1}), "external_id holds a nested value"),
    "a list": (line(topic=["a"]), "topic holds a nested value"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "a long number": (line(ltv=0).replace(": 0", ": " + "9" * 5_000), "thousands of digits"),
}


@pytest.mark.parametrize("fault", JSON_LINES)
def test_a_line_of_json_that_cannot_be_used_is_refused_and_the_others_load(file, fault):
    text, said = JSON_LINES[fault]
    content = f"{line()}\n\n{text}\n{line(external_id='3', mood=[1], more={'deep': {'er': 2}})}\n"
    batches = read(file(content, "c.jsonl"))
    assert column(batches, "external_id") == ["1", "3"]
    told = refused(batches)
    assert list(told) == [3]
    assert said in told[3]
    raw = [json.loads(each.raw) for batch in batches for each in batch.refused]
    assert isinstance(raw[0], dict)


def test_values_within_objects_have_dotted_names(file):
    path = file(line(via={"channel": "web", "source": {"rel": None}}, n=7.0, b=False), "c.jsonl")
    checked = check_file(path, Profile(columns={"channel": "via.channel", "brand": "n"}))
    (batch,) = read_batches(checked)
    assert batch.column("channel") == ["web"]
    assert batch.column("brand") == ["7"]
    assert checked.dropped == ("via.source.rel", "b")


def test_names_may_differ_in_case_from_line_to_line(file):
    lines = [line(Text="a", Mood=1, mood=2), line(text="b", MOOD=3), line(TEXT="c")]
    checked = check_file(file("\n".join(lines), "c.jsonl"), Profile())
    assert checked.header == ("external_id", "created_at", "Text", "Mood")
    (batch,) = read_batches(checked)
    assert batch.column("text") == ["a", "b", "c"]
    assert batch.refused == []
    assert json.loads(batch.raw(0))["mood"] == 2


@pytest.mark.parametrize("form", ["c.csv", "c.xlsx"])
def test_a_repeated_name_matters_only_where_it_is_read(file, form):
    header, row = [*HEADER[:2], "Phone", "phone ", "", ""], ["1", WHEN, "a", "b"]
    text = ",".join(header) + "\n" + ",".join(row) + "\n"
    path = file(book(header, row) if form == "c.xlsx" else text, form)
    checked = check_file(path, Profile())
    assert "more than one column 'phone'" in checked.notes[0]
    (batch,) = read_batches(checked)
    assert json.loads(batch.raw(0))["Phone (column 3)"] == "a"
    by_place = Profile(columns={"contact": "phone (column 4)"})
    assert column(read(path, by_place), "contact") == ["b"]
    for read_it in ({"columns": {"contact": "Phone"}}, {"keep": "phone"}, {"only": {"PHONE": "a"}}):
        with pytest.raises(FileError, match="more than one column 'phone'"):
            check_file(path, Profile.model_validate(read_it))


def test_rows_may_lack_what_stands_below_no_name(file):
    rows = "1,2026-01-01,x,,,\n2,2026-01-01,x\n3,2026-01-01,x,,\n4,2026-01-01\n"
    batches = read(file(f"external_id,created_at,text,,,\n{rows}"))
    assert column(batches, "external_id") == ["1", "2", "3"]
    assert column(batches, "text") == ["x"] * 3
    assert list(refused(batches)) == [5]


def test_objects_may_differ_in_their_names(file):
    content = "\n".join([line(text="a"), line(external_id=2, owner="Ира"), line(text=None)])
    batches = read(file(content, "c.ndjson"), size=1)
    assert column(batches, "external_id") == ["1", "2", "1"]
    assert column(batches, "text") == ["a", None, None]
    assert column(batches, "owner") == [None, "Ира", None]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"[{line()},\n{line()}]", "is one JSON array, not JSON Lines; write one object a line"),
        (f"[{line()}]", "one JSON array"),
        (json.dumps(json.loads(line()), indent=2), "one JSON object over many lines"),
        ("hello\n1\n", "no line that is a JSON object"),
        (b"", "is empty"),
        ((line(text="связь") + "\n").encode() + b'{"text": "\xd0"}', "not sound utf-8"),
        (gzip.compress(line().encode() * 90, mtime=0)[:-9], "ends too early"),
        (line() + "\n" + "x" * (1 + (1 << 20)), "bytes in line 2"),
        ('{"id": 1}', "lacks the column external_id"),
        ("\n".join(f'{{"key {n}": 1}}' for n in range(16_500)), "different names"),
    ],
)
def test_a_fault_of_a_json_file_is_told_in_one_sentence(file, content, said):
    with pytest.raises(FileError) as caught:
        check_file(file(content, "c.jsonl"), Profile())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def parquet(**columns):
    stream = io.BytesIO()
    whole = {"external_id": pa.array(["1", "2"]), "created_at": pa.array([WHEN, WHEN]), **columns}
    pq.write_table(pa.table(whole), stream)
    return stream.getvalue()


ALMATY = timezone(timedelta(hours=5))
MOMENT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
TYPES = {
    "text": (pa.array(["a", None]), ["a", None]),
    "categories": (pa.array(["a", None]).dictionary_encode(), ["a", None]),
    "whole": (pa.array([7, None], pa.int16()), ["7", None]),
    "floats": (pa.array([7.0, float("nan")]), ["7", None]),
    "short floats": (pa.array([59.93, None], pa.float32()), ["59.93", None]),
    "halves": (pa.array([1.5, None], pa.float16()), ["1.5", None]),
    "truths": (pa.array([True, None]), ["true", None]),
    "no values": (pa.nulls(2), [None, None]),
    "days": (pa.array([date(2026, 2, 1), None]), ["2026-02-01", None]),
    "moments": (pa.array([MOMENT.replace(tzinfo=None), None], pa.timestamp("ns")),
                ["2026-02-01T09:30:00", None]),
    "moments of a zone": (pa.array([MOMENT, None], pa.timestamp("ms", "Asia/Almaty")),
                          ["2026-02-01T09:30:00+00:00", None]),
    "decimals": (pa.array([1, None]).cast(pa.decimal128(21, 2)), ["1", None]),
    "bytes": (pa.array(["связь".encode(), None]), ["связь", None]),
    "large text": (pa.array(["a", None], pa.large_string()), ["a", None]),
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_a_typed_column_gives_texts_as_a_csv_would_hold_them(file, kind):
    column_given, texts = TYPES[kind]
    path = file(parquet(owner=column_given, box=pa.array([{"x": 5}, None])), "c.parquet")
    (batch,) = read(path, Profile(columns={"owner": "owner", "brand": "box.x"}))
    assert batch.column("owner") == texts
    assert batch.column("brand") == ["5", None]
    assert batch.line.tolist() == [1, 2]
    assert json.loads(batch.raw(0))["owner"] == (texts[0] or "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (parquet()[:-20], "damaged Parquet"),
        (b"PAR1" + bytes(64), "damaged Parquet"),
        (parquet().replace(b"external_id", b"external_no"), "lacks the column external_id"),
        (parquet(topic=pa.array([["a"], []])), "Column topic"),
    ],
)
def test_a_fault_of_a_parquet_file_is_told_in_one_sentence(file, content, said):
    with pytest.raises(FileError) as caught:
        check_file(file(content, "c.parquet"), Profile())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [SOUND, parquet(), gzip.compress(b"a,b\n1,2\n", mtime=0)])
def test_a_packed_file_of_another_format_is_told(file, content):
    with pytest.raises(FileError, match="unpack it"):
        check_file(file(gzip.compress(content, mtime=0), "c.gz"), Profile())


@pytest.mark.parametrize(
    ("pair", "name", "both"),
    [
        ("59.93, 30.33", "lat_lon", ("59.93", "30.33")),
        ("59,93; 30,33", "lat_lon", ("59,93", "30,33")),
        ("POINT(30.33 59.93)", "lon_lat", ("59.93", "30.33")),
        ("POINT (30.33 59.93)", "lat_lon", ("59.93", "30.33")),
        ("SRID=4326;point (-30.33 59.93)", "lat_lon", ("59.93", "-30.33")),
        ("30.33 59.93", "lon_lat", ("59.93", "30.33")),
        ("POINT EMPTY", "lat_lon", ("POINT EMPTY", None)),
        ("POINT Z (30 59 9)", "lat_lon", ("POINT Z (30 59 9)", None)),
        ("59.93", "lat_lon", ("59.93", None)),
        ("", "lat_lon", (None, None)),
        ("59°56'10\" 30°15'9\"", "lat_lon", ("59°56'10\" 30°15'9\"", None)),
    ],
)
def test_coordinates_in_one_column_are_parted(file, pair, name, both):
    path = file(json.dumps({"external_id": 1, "created_at": WHEN, "where": pair}), "c.jsonl")
    (batch,) = read(path, Profile(columns={name: "where"}))
    assert (batch.column("lat")[0], batch.column("lon")[0]) == both


def test_kept_columns_are_part_of_the_content(file, intake):
    def hashes(content, keep):
        (batch,) = read(file(content), Profile(keep=keep))
        return validate(batch, intake()).complaints

    plain = hashes("external_id,created_at,Тариф,Филиал\n1,2026-02-01,Смарт,\n", ())
    kept = hashes("external_id,created_at,Тариф,Филиал\n1,2026-02-01,Смарт,\n", ("Филиал", "Тариф"))
    other = hashes(
        "Филиал,Тариф,external_id,created_at\n,Смарт,1,2026-02-01\n", ("Тариф", "Филиал")
    )
    empty = hashes("external_id,created_at,Тариф,Филиал\n1,2026-02-01,,\n", ("Тариф",))
    assert kept.extra == ['{"Тариф":"Смарт"}']
    assert kept.content_hash == other.content_hash != plain.content_hash
    assert empty.extra == [None]
    assert empty.content_hash == plain.content_hash


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [("1,234", True, 1.234), ("1.234,5", True, 1234.5), ("1 234,5", False, 1234.5),
     ("1.5", True, 1.5), ("1,234", False, None), ("1.234,5", False, None)],
)  # fmt: skip
def test_what_a_comma_means_in_a_number_is_said_by_the_profile(accept, text, comma, value):
    done = accept({"ltv": text}, profile=Profile(decimal_comma=comma))
    assert done.complaints.ltv.tolist() == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("form", "text"), [("unix", "1769940000"), ("unix_ms", "1769940000000"), ("%d.%m.%Y", WHEN)]
)
def test_seconds_since_1970_and_typed_times_beside_other_forms(accept, form, text):
    when = accept({"created_at": text}, profile=Profile(time_formats=(form,))).complaints.created_at
    moment = (
        datetime.fromisoformat(WHEN) if text == WHEN else datetime.fromtimestamp(1769940000, UTC)
    )
    assert when.tolist() == [int(moment.timestamp()) * 1_000_000]
