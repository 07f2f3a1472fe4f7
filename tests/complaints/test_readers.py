import csv
import gzip
import io
import json
import resource
import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.delimited import MAX_FIELD
from heatmaps.complaints.encoding import MAX_LINE_BYTES
from heatmaps.complaints.profiles import Kind, Profile, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.errors import FileError

gzipped = partial(gzip.compress, mtime=0)  # test ids must not depend on the clock

HEADER = "external_id,created_at,text\n"
ROW = "A1,2026-02-01T10:00:00+03:00,нет связи\n"
RUSSIAN = HEADER + ROW * 20


def read(path, profile=None, **sizes):
    return list(read_batches(check_file(path, profile or Profile()), **sizes))


def joined(batches, name):
    return [value for batch in batches for value in batch.column(name)]


def columns(path, *names, profile=None):
    batches = read(path, profile)
    return [joined(batches, name) for name in names]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \r\n\n", "is empty"),
        (gzipped(b""), "is empty"),
        (b"id,when\n1,2\n", "lacks the column external_id, created_at among id, when"),
        (b"external_id\n1\n", "lacks the column created_at"),
        (b"external_id,created_at,Created_At \n", "more than one column 'created_at'"),
        (RUSSIAN.encode("utf-16"), "UTF-16"),
        (RUSSIAN.encode("utf-16-be"), "UTF-16"),
        (RUSSIAN.encode("cp866"), "neither in UTF-8 nor in CP1251"),
        ((HEADER + "1,2,Невский пр. 5\n").encode("koi8-r"), "neither in UTF-8 nor in CP1251"),
        ((HEADER + "1,2,Müller à Köln\n" * 9).encode("latin-1"), "neither in UTF-8 nor in CP1251"),
        (RUSSIAN.encode() + b"A9,,\xd0\n", "not sound utf-8 around line 22"),
        (b"\xef\xbb\xbf" + HEADER.encode() + RUSSIAN.encode("cp1251"), "not sound utf-8"),
        (RUSSIAN.encode()[:-2], "not sound utf-8"),
        (b"PK\x03\x04" + bytes(range(256)), "XLSX"),
        (b"PAR1" + bytes(64), "Parquet"),
        (bytes(range(1, 256)) * 40, "binary"),
        (gzipped(RUSSIAN.encode())[:-12], "gzip that ends too early"),
        (gzipped(RUSSIAN.encode())[:-8] + bytes(8), "damaged gzip"),
        (b"\x1f\x8b\x08" + bytes(40), "gzip"),
        (HEADER.encode() + b"x" * (MAX_LINE_BYTES + 1), "more than 1,048,576 bytes in line 2"),
        (b'"' + b"x,\n" * MAX_FIELD, "no readable header line"),
    ],
)
def test_a_fault_of_the_file_is_told_in_one_sentence_before_any_row(file, content, said):
    path = file(content)
    with pytest.raises(FileError) as caught:
        check_file(path, Profile())
    message = str(caught.value)
    assert said in message
    assert str(path) in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_missing_file_and_a_directory_are_told(tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        check_file(tmp_path / "none.csv", Profile())
    with pytest.raises(FileError, match="is a directory"):
        check_file(tmp_path, Profile())


def test_what_a_profile_names_must_be_there(file):
    path = file("case,open\n1,2026-02-01\n")
    profile = Profile(
        columns={"external_id": ("id", "nr"), "created_at": ("open",)}, only={"type": ("a",)}
    )
    with pytest.raises(FileError, match=r"external_id \(as id or nr\), type among case, open"):
        check_file(path, profile)


@pytest.mark.parametrize("packed", [True, False])
def test_a_line_of_200_mb_is_refused_fast_and_in_bounded_memory(tmp_path, packed):
    path = tmp_path / "long.csv"
    if packed:
        with gzip.open(path, "wb", compresslevel=1) as stream:
            stream.write(HEADER.encode() + b"1,")
            for _ in range(200):
                stream.write(b"x" * 1_000_000)
        assert path.stat().st_size < 2_000_000
    else:
        with path.open("wb") as stream:
            stream.write(HEADER.encode() + b"1,")
            stream.truncate(200_000_000)  # a hole on disk: a line of NULs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with pytest.raises(FileError, match=r"in line 2|UTF-16"):
        check_file(path, Profile())
    assert time.perf_counter() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_a_long_line_at_the_end_of_a_long_file_is_found(tmp_path):
    path = tmp_path / "late.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(HEADER.encode())
        stream.write(b"1,2026-02-01,a\n" * 200_000)
        stream.write(b"x" * (MAX_LINE_BYTES + 1) + b"\n1,2,3\n")
    with pytest.raises(FileError, match="in line 200002"):
        check_file(path, Profile())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", [True, False])
def test_encoding_delimiter_and_packing_are_recognised(file, delimiter, encoding, newline, packed):
    lines = ["external_id,created_at,text", "№1,2026-02-01,«Ёлка» — нет связи", "2,2026-02-02,"]
    text = newline.join(lines).replace(",", delimiter) + newline
    content = text.encode(encoding)
    path = file(gzipped(content) if packed else content, "no_suffix")
    checked = check_file(path, Profile())
    assert (checked.source.delimiter, checked.rows) == (delimiter, 2)
    assert checked.source.scan.text_bytes == len(content)
    ids, texts = columns(path, "external_id", "text")
    assert ids == ["№1", "2"]
    assert texts == ["«Ёлка» — нет связи", None]


def test_cyrillic_far_into_the_file_is_recognised(tmp_path):
    path = tmp_path / "late.csv"
    plain = HEADER.encode() + b"A1,2026-02-01,plain\n" * 120_000
    path.write_bytes(plain + "A2,2026-02-01,связь\n".encode("cp1251"))
    assert len(plain) > 2 * MAX_LINE_BYTES
    assert columns(path, "text")[0][-1] == "связь"


def test_a_profile_names_another_encoding_and_delimiter(file):
    path = file("external_id|created_at|text\n1|2026-02-01|связь\n".encode("koi8-r"))
    profile = Profile(encoding="koi8-r", delimiter="|")
    assert columns(path, "text", profile=profile) == [["связь"]]


def test_a_file_that_is_not_in_the_encoding_named_is_refused(file):
    path = file(RUSSIAN.encode("cp1251"))
    with pytest.raises(FileError, match="not sound utf-8"):
        check_file(path, Profile(encoding="utf-8"))


def test_a_delimiter_inside_a_quoted_name_does_not_mislead(file):
    path = file('external_id;created_at;"a,b,c,d,e"\n1;2026-02-01;x\n')
    assert check_file(path, Profile()).source.delimiter == ";"


def test_a_header_alone_is_a_file_of_no_rows(file):
    path = file(HEADER)
    assert check_file(path, Profile()).rows == 0
    assert read(path) == []


def test_dropped_columns_are_named(file):
    path = file("external_id,created_at,mood,,Type,name\n")
    checked = check_file(path, Profile(only={"type": ("a",)}))
    assert checked.dropped == ("mood", "column 4", "name")


def test_lines_are_those_of_the_file(file):
    path = file(
        '\nexternal_id,created_at,"a\nname"\n'
        '1,2026-02-01,"two\nlines"\n\n   \n2,2026-02-01,"three\r\n\nlines"\n3,2026-02-01,x'
    )
    (batch,) = read(path)
    assert batch.line.tolist() == [4, 8, 11]
    assert batch.column("external_id") == ["1", "2", "3"]
    assert batch.refused == []


@pytest.mark.parametrize(
    ("body", "ids", "refused"),
    [
        ("1,2,3\n4,5\n6,7,8\n", ["1", "6"], {3: "has 2 fields where the header has 3"}),
        ("1,2,3,4\n6,7,8\n", ["6"], {2: "has 4 fields where the header has 3"}),
        ("1,2,3,,\n6,7,8\n", ["1", "6"], {}),
        ('1,2,"never closed\n4,5,6\n7,8,9\n', ["4", "7"], {2: "close the quote"}),
        ('1,"2,3\n4,5,"6"\n7,8,9\n', ["4", "7"], {2: "close the quote"}),
        ('4,5,6\n7,8,"9', ["4"], {3: "close the quote"}),
        (f'1,2,"{"x" * MAX_FIELD}y"\n4,5,6\n', ["4"], {2: "more than 131,072 characters"}),
        ('1,2,"' + "x\n" * MAX_FIELD + "4,5,6\n", ["4"], None),
        ('1,2,"said ""no"""\n', ["1"], {}),
        ('1,2,ООО "Ромашка"\n', ["1"], {}),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_refused_and_the_others_load(
    file, body, ids, refused
):
    batches = read(file(HEADER + body))
    assert joined(batches, "external_id") == ids
    told = {each.line: each.reason for batch in batches for each in batch.refused}
    if refused is not None:
        assert told.keys() == refused.keys()
        assert all(said in told[line] for line, said in refused.items())
    raws = [json.loads(each.raw) for batch in batches for each in batch.refused]
    assert all(raw["external_id"] for raw in raws)


def test_a_refused_row_keeps_the_fields_beyond_the_header(file):
    (batch,) = read(file(HEADER + "1,2,3,4,5\n"))
    assert json.loads(batch.refused[0].raw) == {
        "external_id": "1",
        "created_at": "2",
        "text": "3",
        "": ["4", "5"],
    }


def test_a_raw_row_has_the_names_and_columns_of_the_file(file):
    (batch,) = read(file("Nr,Opened,mood\n1, 2026-02-01 ,sad\n"), FOREIGN)
    assert json.loads(batch.raw(0)) == {"Nr": "1", "Opened": " 2026-02-01 ", "mood": "sad"}


FOREIGN = Profile(columns={"external_id": ("nr",), "created_at": ("opened",)})


def test_batches_are_as_large_as_asked_and_lose_nothing(file):
    body = "".join(f"{n},2026-02-01,{'x,' if n % 3 == 0 else 'x'}\n" for n in range(100))
    batches = read(file(HEADER + body.replace("x,", "x,y")), size=7)
    assert [batch.rows_in for batch in batches] == [7] * 14 + [2]
    assert sum(len(batch) for batch in batches) == 66
    assert [n for batch in batches for n in batch.line.tolist()] == [
        n + 2 for n in range(100) if n % 3
    ]


def test_long_rows_make_small_batches(tmp_path):
    path = tmp_path / "wide.csv"
    texts = ",".join(["x" * 100_000] * 10)
    path.write_text(f"external_id,created_at,{','.join('abcdefghij')}\n" + f"1,2,{texts}\n" * 80)
    sizes = [len(batch) for batch in read(path)]
    assert sum(sizes) == 80
    assert max(sizes) <= 34


def test_a_row_of_many_lines_is_bounded_too(file):
    wide = ",".join(['"' + "x" * 100_000 + '\n"'] * 11)
    body = f"1,2,{wide}\n" + "3,4" + ",y" * 11 + "\n"
    batches = read(file(f"external_id,created_at,{','.join('abcdefghijk')}\n{body}"))
    assert joined(batches, "external_id") == ["3"]
    refused = [each for batch in batches for each in batch.refused]
    assert refused[0].line == 2
    assert "lines long" in refused[0].reason


def test_blank_lines_end_nothing_however_many(file):
    blank = (" " * 10_000 + "\n") * 4_000
    (batch,) = read(file(gzipped(f"{HEADER}{blank}{ROW}".encode(), compresslevel=1)))
    assert batch.line.tolist() == [4_002]


FIELD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\r\t"),
    max_size=12,
)


@given(st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=8), st.sampled_from(",;\t"))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("external_id", "created_at", "text"), *rows])
    path = tmp_path_factory.mktemp("round") / "trip.csv"
    path.write_bytes(stream.getvalue().encode())
    batches = read(path)
    for place, name in enumerate(("external_id", "created_at", "text")):
        assert joined(batches, name) == [row[place].strip() or None for row in rows]


LINE = st.sampled_from(
    ("1,2,a", '1,2,"a, b"', '1,2,"a', 'b",c', '1,2,5" pipe', "1,2", "1,2,a,", "1,2,a,b", "",
     ",,", "end", '"end"', '1,"2"x,a\r', '1,2,"a""b"')
)  # fmt: skip


@given(st.lists(LINE, max_size=12), st.integers(1, 4))
def test_many_rows_are_read_at_once_as_each_alone(tmp_path_factory, lines, size):
    path = tmp_path_factory.mktemp("lines") / "some.csv"
    path.write_bytes("\n".join(["external_id,created_at,text", *lines]).encode())
    at_once, in_parts = read(path), read(path, size=size)
    for name in ("external_id", "created_at", "text"):
        assert joined(at_once, name) == joined(in_parts, name)
    for told in ("line", "refused"):
        every = [[each for batch in read_ for each in getattr(batch, told)]
                 for read_ in (at_once, in_parts)]  # fmt: skip
        assert every[0] == every[1]


def test_boston_population_gives_cells_and_subscribers(file):
    path = file(
        "city,h3,population,lat,lon\nboston,882a339b6dfffff,201,42.2,-71.2\n"
        "moscow,8811aa78dbfffff,5,55.7,37.6\n"
    )
    (batch,) = read(path, load_profile("boston_population", Kind.SUBSCRIBERS))
    assert batch.columns == {"cell": ["882a339b6dfffff"], "subscribers": ["201"]}
    assert batch.left_out == 1
