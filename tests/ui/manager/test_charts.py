from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from heatmaps.insight.flow import Flow
from heatmaps.insight.survival import kaplan_meier
from heatmaps.ui.locale import translator
from heatmaps.ui.manager.charts import DRAWN_STEPS, draw_curve, draw_flow

RU = translator("ru")


def rows_of(chart):
    """Give the rows of all the chart's data, as they go to the browser."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_days_are_told_in_the_language_of_the_screen_and_not_by_the_browser():
    counts = np.array([1, 2])
    told = Flow((date(2026, 11, 19), date(2026, 11, 20)), counts, counts, counts, counts)
    drawn = draw_flow(told, RU)
    rows = rows_of(drawn)
    assert {row["day"] for row in rows} == {"19 нояб.", "20 нояб."}
    assert "20 нояб.: ждёт 2" in {row["said"] for row in rows}
    assert '"temporal"' not in drawn.to_json()


def test_weeks_are_told_as_weeks():
    counts = np.array([1, 2])
    told = Flow((date(2026, 11, 9), date(2026, 11, 16)), counts, counts, counts, counts)
    assert "неделя с 9 нояб.: открыто 1" in {row["said"] for row in rows_of(draw_flow(told, RU))}


@pytest.mark.parametrize("spots", [1, 50, 20_000])
def test_a_curve_is_thinned_to_what_can_be_seen(spots):
    rng = np.random.default_rng(1)
    took, followed = rng.exponential(20, spots), rng.uniform(0, 100, spots)
    rows = rows_of(draw_curve(kaplan_meier(np.where(took > followed, np.nan, took), followed), RU))
    assert len(rows) <= 2 * DRAWN_STEPS + 10
    assert all(0 <= row["resolved"] <= 1 for row in rows)
    assert not any(value != value for row in rows for value in row.values())  # noqa: PLR0124 - NaN


def test_every_open_spot_has_its_tick():
    curve = kaplan_meier(np.array([3.0, np.nan, np.nan]), np.array([50.0, 20.0, 40.0]))
    said = [row.get("said", "") for row in rows_of(draw_curve(curve, RU))]
    assert sum(words.startswith("открыто уже") for words in said) == 2
