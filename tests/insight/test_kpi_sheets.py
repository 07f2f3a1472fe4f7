from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from heatmaps.insight.kpi import KPIS
from heatmaps.insight.kpi_sheets import sheets_of
from heatmaps.insight.timeline import Fate
from heatmaps.insight.writers import sheets_as_bytes

from .histories import MOSCOW, last_days, scene, spot

ROWS = (
    spot(100, 3, territory="a", cause="power"),
    spot(100, 30, territory="a", taken_h=1, named_h=2),
    spot(50, territory="b"),
    spot(900, 880, territory="b"),
    spot(20, status="subsided"),
)


def sheets(*rows):
    return {each.name: each for each in sheets_of(scene(*rows), last_days(28), {"a": "Первый"})}


def rows_of(sheet):
    names = [column.name for column in sheet.columns]
    lists = [list(column.values) for column in sheet.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]


def test_figures_stand_one_a_row_for_all_and_for_each_group():
    told = rows_of(sheets(*ROWS)["kpi"])
    assert {row["kpi"] for row in told} >= {each.kpi for each in KPIS}
    whole = {row["kpi"]: row for row in told if row["group"] == "all"}
    assert (whole["one_day_of_opened"]["value"], whole["one_day_of_opened"]["n"]) == (1 / 3, 3)
    assert whole["opened"]["value"] == sum(whole[f"opened_{fate}"]["value"] for fate in Fate) == 4
    assert all(row["definition"] and row["from"] < row["to"] for row in told)


@pytest.mark.parametrize("group", ["territory", "cause", "topic", "queue"])
def test_groups_sum_to_the_whole(group):
    told = [row for row in rows_of(sheets(*ROWS)["kpi"]) if row["kpi"] == "opened"]
    whole = next(row["value"] for row in told if row["group"] == "all")
    assert sum(row["value"] for row in told if row["group"] == group) == whole


def test_the_spots_behind_the_figures_go_along():
    told = rows_of(sheets(*ROWS)["timelines"])
    assert [row["spot_id"] for row in told] == [1, 2, 3, 4, 5]
    assert told[0]["territory"] == "Первый"


def test_without_spots_every_sheet_is_there_and_can_be_written():
    made = sheets()
    assert set(made) == {"kpi", "timelines", "backlog", "flow", "legs", "curve"}
    assert sheets_as_bytes(list(made.values()), ".xlsx", MOSCOW)


def test_a_workbook_holds_them_all():
    book = openpyxl.load_workbook(BytesIO(sheets_as_bytes(list(sheets(*ROWS).values()), ".xlsx",
                                                          MOSCOW)))  # fmt: skip
    assert {"kpi", "timelines", "backlog", "flow", "legs", "curve"} <= set(book.sheetnames)
    assert book["kpi"].max_row > len(KPIS)
