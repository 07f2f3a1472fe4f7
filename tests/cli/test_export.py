"""The export commands, as a user meets them."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas
import openpyxl
import pyogrio
import pytest

WHAT = ("spots", "complaints", "cells", "coverage-gaps", "kpi")
SUFFIXES = (".csv", ".xlsx", ".geojson", ".gpkg", ".parquet")
PERIOD = ("--from", "2026-02-28", "--to", "2026-03-01")


@pytest.fixture(scope="module", params=("sqlite", "postgis"))
def detected(request, made, prompt_at, tmp_path_factory):
    """Give a prompt at a store with complaints and spots that no test writes to."""
    return prompt_at(tmp_path_factory.mktemp("exports"), made("detected", request.param))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_everything_goes_into_every_format(detected, what, suffix):
    out = detected.folder / f"{what}{suffix}"
    told = detected("export", what, "--out", out, "--json").done().json
    assert told["out"] == str(out)
    assert told["files"][0] == str(out)
    assert all(Path(file).stat().st_size for file in told["files"])
    [count] = [value for name, value in told.items() if name not in {"out", "files"}]
    if suffix == ".csv":
        assert len(table(out)) == count
    elif suffix == ".xlsx":
        book = openpyxl.load_workbook(out, read_only=True)
        assert book.sheetnames[-1] == "columns"
        assert sum(1 for _ in book.worksheets[0].rows) == count + 1
    elif suffix == ".parquet" and what != "kpi":
        assert len(geopandas.read_parquet(out)) == count
    elif suffix in {".geojson", ".gpkg"}:
        assert len(pyogrio.read_dataframe(out, layer=pyogrio.list_layers(out)[0][0])) == count


@pytest.mark.parametrize("what", WHAT)
def test_help_shows_an_example(anywhere, what):
    told = " ".join(anywhere("export", what, "--help").done().out.split())
    assert f"Example: heatmaps export {what} " in told
    assert "--json" in told


def test_the_sentence_names_count_and_file(detected):
    said = detected("export", "cells", "--out", "said.csv").done().out
    count = len(table(detected.folder / "said.csv"))
    assert said == f"{count:,} cells written to said.csv.\n"


def test_only_living_spots_on_demand(detected):
    detected("export", "spots", "--out", "all.csv").done()
    detected("export", "spots", "--open", "--out", "open.csv").done()
    every, living = (table(detected.folder / name) for name in ("all.csv", "open.csv"))
    assert living == [spot for spot in every if not spot["closed_at"]]


def test_a_period_is_in_the_zone_of_the_region(detected):
    detected("export", "complaints", *PERIOD, "--out", "day.csv").done()
    detected("export", "complaints", "--out", "all.csv").done()
    day, every = (table(detected.folder / name) for name in ("day.csv", "all.csv"))
    assert 0 < len(day) < len(every)
    first, end = "2026-02-27T21:00:00+00:00", "2026-02-28T21:00:00+00:00"
    assert day == [row for row in every if first <= row["created_at"] < end]


def test_cells_and_complaints_agree(detected):
    detected("export", "complaints", *PERIOD, "--out", "c.csv").done()
    detected("export", "cells", *PERIOD, "--out", "h.csv").done()
    complaints, cells = (table(detected.folder / name) for name in ("c.csv", "h.csv"))
    placed = [c["cell"] for c in complaints if c["cell"] and c["state"] != "withdrawn"]
    assert {c["cell"]: int(c["complaints"]) for c in cells if c["complaints"] != "0"} == {
        cell: placed.count(cell) for cell in placed
    }


def test_both_stores_export_the_same(made, prompt_at, tmp_path):
    for what in ("complaints", "cells"):
        texts = []
        for kind in ("sqlite", "postgis"):
            shell = prompt_at(tmp_path, made("detected", kind))
            shell("export", what, "--out", f"{kind}.csv").done()
            rows = table(tmp_path / f"{kind}.csv")
            texts.append([{k: v for k, v in row.items() if k != "received_at"} for row in rows])
        assert texts[0] == texts[1]


def test_a_time_in_a_workbook_is_local(detected):
    detected("export", "complaints", "--out", "c.csv").done()
    detected("export", "complaints", "--out", "c.xlsx").done()
    first = table(detected.folder / "c.csv")[0]
    book = openpyxl.load_workbook(detected.folder / "c.xlsx", read_only=True)
    header, row = (
        [cell.value for cell in cells] for cells in book["complaints"].iter_rows(max_row=2)
    )
    local = dict(zip(header, row, strict=True))["created_at"].isoformat()
    assert f"{local}+03:00" == _in_moscow(first["created_at"])
    assert "Europe/Moscow" in str([c.value for cells in book["columns"].rows for c in cells])


def _in_moscow(text: str) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Moscow")).isoformat()


@pytest.mark.parametrize("what", WHAT)
def test_an_unknown_format_is_refused_before_the_work(anywhere, what):
    anywhere("export", what, "--out", "spots.pdf").refused("spots.pdf", ".xlsx", code=2)


@pytest.mark.parametrize("what", WHAT)
def test_where_no_file_can_be_is_told(embedded, what):
    (embedded.folder / "file").write_text("", encoding="utf-8")
    embedded("export", what, "--out", "file/x.csv").refused("x.csv", code=1)


@pytest.mark.parametrize("what", ["complaints", "cells", "kpi"])
def test_a_period_that_ends_before_it_begins_is_refused(embedded, what):
    embedded(
        "export", what, "--out", "x.csv", "--from", "2026-03-02", "--to", "2026-03-01"
    ).refused("2026-03-01", "2026-03-02", code=2)
    embedded("export", what, "--out", "x.csv", "--from", "yesterday").refused("yesterday", code=2)
    assert not (embedded.folder / "x.csv").exists()


def test_figures_are_about_whole_days(embedded):
    embedded("export", "kpi", "--out", "x.csv", "--from", "2026-03-01T12:00").refused(
        "whole days", code=2
    )


def test_an_empty_store_gives_empty_tables(embedded):
    for what in ("spots", "complaints", "cells", "coverage-gaps"):
        for suffix in SUFFIXES:
            embedded("export", what, "--out", f"{what}{suffix}").done()
        assert table(embedded.folder / f"{what}.csv") == []


def test_no_export_changes_the_store(detected):
    before = detected.dump()
    for what in WHAT:
        detected("export", what, "--out", "x.gpkg").done()
    assert detected.dump() == before
