"""Files of every kind through the commands: identity, quarantine, kept columns, preview."""

from __future__ import annotations

import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

WHEN = "2026-02-20T10:00:00+03:00"
ROWS = [
    {"external_id": str(n), "created_at": WHEN, "lat": 59.9387, "lon": round(30.2733 + n / 1000, 4),
     "topic": "no_service", "text": f"нет связи {n}", "contact": f"+7900000000{n}",
     "Тариф": "Смарт" if n % 2 else ""}
    for n in range(6)
]  # fmt: skip
PROFILE = 'keep = ["Тариф"]\n'


def xlsx(rows):
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(rows):
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), stream, row_group_size=4)
    return stream.getvalue()


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


FORMATS = {"c.xlsx": xlsx, "c.jsonl": jsonl, "c.parquet": parquet}


def counts(told):
    found = told.json
    four = tuple(found[name] for name in ("new", "updated", "unchanged", "quarantined"))
    assert found["rows_in"] == sum(four)
    return four


def test_a_file_in_another_format_changes_nothing(fresh):
    fresh.file("p.toml", PROFILE)
    fresh.table("c.csv", *ROWS)
    assert counts(fresh("ingest", "c.csv", "-p", "p.toml", "--json").done()) == (6, 0, 0, 0)
    for name, write in FORMATS.items():
        fresh.file(name, write(ROWS))
        told = fresh("ingest", name, "-p", "p.toml", "--json").done()
        assert counts(told) == (0, 0, 6, 0), name
    extra = [row[0] for row in fresh.rows("SELECT extra FROM personal ORDER BY id")]
    assert extra == [None, '{"Тариф":"Смарт"}'] * 3


def test_what_is_kept_is_content(fresh):
    fresh.file("p.toml", PROFILE)
    fresh.table("c.csv", *ROWS)
    assert counts(fresh("ingest", "c.csv", "--json").done()) == (6, 0, 0, 0)
    told = fresh("ingest", "c.csv", "-p", "p.toml", "--json").done()
    assert counts(told) == (0, 3, 3, 0)
    assert not told.json["dropped_columns"]


@pytest.mark.parametrize("name", FORMATS)
def test_rows_of_any_format_are_replayed(fresh, name):
    bad = [{**row, "topic": "связь"} if n == 2 else row for n, row in enumerate(ROWS)]
    content = FORMATS[name](bad)
    lost = 0
    if name == "c.jsonl":
        content, lost = content + "{broken\n", 1
    fresh.file(name, content)
    fresh.file("p.toml", PROFILE)
    assert counts(fresh("ingest", name, "-p", "p.toml", "--json")) == (5, 0, 0, 1 + lost)
    listed = fresh("quarantine", "list", "--json").done().json["rows"]
    line = {"c.xlsx": 4, "c.jsonl": 3, "c.parquet": 3}[name]
    assert [row["line"] for row in listed] == [line, 7][: 1 + lost]
    fresh.file("p.toml", PROFILE + '[values.topic]\n"связь" = "no_service"\n')
    replayed = fresh("quarantine", "replay", "--json").done().json
    assert (replayed["new"], replayed["quarantined"]) == (1, lost)
    assert counts(fresh("ingest", name, "-p", "p.toml", "--json")) == (0, 0, 6, lost)
    assert fresh.rows("SELECT count(*) FROM complaint WHERE topic = 'no_service'") == [(6,)]


def test_a_dry_run_shows_rows_as_mapped_and_groups_what_is_refused(fresh):
    rows = [{**row, "who": "Анна Иванова", "topic": "тарифы" if n < 4 else "no_service"}
            for n, row in enumerate(ROWS)]  # fmt: skip
    fresh.file("c.jsonl", jsonl([*rows, {**rows[5], "external_id": None}]))
    fresh.file("p.toml", PROFILE + '[columns]\nname = "who"\n[defaults]\ncity = "Псков"\n')
    before = fresh.dump()
    told = fresh("ingest", "c.jsonl", "-p", "p.toml", "--dry-run", "--json").done()
    assert fresh.dump() == before
    assert counts(told) == (2, 0, 0, 5)
    shown = {each["ours"]: each for each in told.json["preview"]["columns"]}
    assert told.json["preview"]["lines"] == [1, 2, 3, 4, 5]
    assert shown["name"]["values"] == ["А•••"] * 5
    assert shown["contact"]["values"] == ["+•••"] * 5
    assert shown["extra"]["values"][:2] == [None, "Тариф=•••"]
    assert (shown["city"]["theirs"], shown["city"]["found"]) == (None, "default of the profile")
    assert (shown["name"]["theirs"], shown["name"]["found"]) == ("who", "named by the profile")
    assert shown["lat"]["found"] == "same name"
    first, second = told.json["refusals"]
    assert (first["count"], second["count"]) == (4, 1)
    assert first["reason"].startswith("topic … is not one of")
    assert first["examples"][0].startswith("line 1: topic 'тарифы'")
    said = fresh("ingest", "c.jsonl", "-p", "p.toml", "--dry-run").done()
    assert "4 × topic …" in said.out
    assert "our column" in said.out
    assert "Nothing was kept: dry run." in said.out
    everything = told.out + told.err + said.out + said.err
    assert "Иванова" not in everything
    assert "+7900" not in everything


def test_a_wrong_suffix_is_said_and_read_all_the_same(embedded):
    embedded.file("c.csv", xlsx(ROWS))
    told = embedded("ingest", "c.csv", "--json").done()
    assert counts(told) == (6, 0, 0, 0)
    assert "c.csv is not CSV but XLSX" in told.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
        ("c.xlsx", b"PK\x03\x04" + bytes(600), "damaged"),
        ("c.xlsx", b"", "empty"),
        ("c.jsonl", b'[{"external_id": 1}]', "one JSON array"),
        ("c.parquet", b"PAR1" + bytes(60), "damaged Parquet"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_and_nothing_is_written(
    embedded, name, content, said
):
    embedded.file(name, content)
    before = embedded.dump()
    embedded("ingest", name).refused(name, said, code=1)
    embedded("profile", "suggest", name).refused(name, said, code=1)
    assert embedded.dump() == before


def test_a_dry_run_says_of_days_and_joins_what_tells_the_time(fresh):
    fresh.file("d.csv", "external_id;Дата;Время\n1;05.01.2026;10:30\n2;06.01.2026;\n")
    start = 'time_formats = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]\n[columns]\ncreated_at = '
    fresh.file("days.toml", f'{start}"Дата"')
    fresh.file("whole.toml", f'{start}{{ join = ["Дата", "Время"] }}')
    days = fresh("ingest", "d.csv", "-p", "days.toml", "--dry-run").done()
    assert "2 of the first 2 rows tell a day but no time of day" in days.out
    assert "columns not used: Время" in days.err
    told = fresh("ingest", "d.csv", "-p", "whole.toml", "--dry-run", "--json").done().json
    assert (told["preview"]["date_only"], told["preview"]["looked"]) == (1, 2)
    (created,) = [each for each in told["preview"]["columns"] if each["ours"] == "created_at"]
    assert created["theirs"] == "Дата + Время"
    assert created["values"] == ["05.01.2026 10:30", "06.01.2026"]
