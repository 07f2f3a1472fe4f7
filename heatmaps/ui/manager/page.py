"""The manager's page: figures with their definitions, timelines, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.board import board, ground
from heatmaps.ui.locale import translator
from heatmaps.ui.manager.backlog import show_backlog
from heatmaps.ui.manager.charts import show_curve, show_flow
from heatmaps.ui.manager.choice import choose
from heatmaps.ui.manager.data_quality import data_quality_section
from heatmaps.ui.manager.legs import show_legs
from heatmaps.ui.manager.reading import choices, read, workbook
from heatmaps.ui.manager.story import chosen_story, open_story, show_story
from heatmaps.ui.manager.sums import show_sum
from heatmaps.ui.manager.tiles import show_tiles
from heatmaps.ui.manager.timelines import choose_timeline
from heatmaps.ui.markup import element, text
from heatmaps.ui.spot_words import Reader
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def manager_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="choice"):
        reading = read(choose(choices(), reader), reader.now)
        _offer_workbook(reading, _)
    if board().last_tick is None and not len(reading.scene.spots):
        said = _("Nothing has been calculated yet: the administrator starts “heatmaps detect”.")
        st.html(element("p", text(said), css="calm"))
    else:
        _show_figures(reading, reader)


def _show_figures(reading: Reading, reader: Reader) -> None:
    _ = reader.translate
    show_tiles(reading, _)
    show_sum(reading, _)
    over_time, by_hours = st.columns([7, 5], gap="medium")
    with over_time:
        show_flow(reading, _)
    with by_hours:
        show_curve(reading, _)
    _timelines_and_story(reader, reading)
    how_long, what_waits = st.columns([5, 7], gap="medium")
    with how_long:
        show_legs(reading, _)
    with what_waits:
        show_backlog(reading, _)
    data_quality_section(reading.choice.period, _)


def _timelines_and_story(reader: Reader, reading: Reading) -> None:
    table, story = st.columns([8, 4], gap="medium")
    with table:
        chosen = choose_timeline(reading, reader, chosen_story())
    if chosen is not None:
        open_story(chosen)
        st.rerun()
    with story:
        show_story(chosen_story(), reader)


def _offer_workbook(reading: Reading, _: Translator) -> None:
    period = reading.choice.period
    st.download_button(
        _("Excel"), lambda: workbook(reading), mime=XLSX, icon=":material/download:",
        file_name=f"kpi_{period.first}_{period.last}.xlsx", on_click="ignore",
        help=_("All figures with their definitions, and every spot behind them"),
    )  # fmt: skip
