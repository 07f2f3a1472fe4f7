"""The gaps as files, in every format, made when a button is pressed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.writers import FORMATS, sheets_as_bytes
from heatmaps.ui.markup import element, text
from heatmaps.ui.workplace import workplace
from pipelines.export_gaps import gap_sheets

if TYPE_CHECKING:
    from heatmaps.ui.planner.gap_board import GapBoard
    from heatmaps.ui.spot_words import Reader

FILE_NAME = "coverage-gaps"


def show_downloads(board: GapBoard, reader: Reader) -> None:
    """Show a button for each format; the files hold all gaps, whatever the filters say."""
    _ = reader.translate
    if not board.gaps:
        return
    head = element("h3", text(_("All gaps as a file")), css="part")
    told = _("GeoPackage and XLSX also hold the cells, the spots and the sectors.")
    st.html(element("section", head, element("p", text(told), css="aside")))
    with st.container(horizontal=True, gap="small"):
        for suffix in FORMATS:
            st.download_button(
                suffix.removeprefix("."),
                partial(file_of_gaps, suffix, reader),
                file_name=f"{FILE_NAME}{suffix}",
                key=f"download{suffix}",
                on_click="ignore",
                icon=":material/download:",
            )


def file_of_gaps(suffix: str, reader: Reader) -> bytes:
    """Give the file of a format as it is now; times of XLSX by the region's clock."""
    sheets = gap_sheets(workplace().store)
    kept = sheets if FORMATS[suffix].holds_many else sheets[:1]
    return sheets_as_bytes(kept, suffix, reader.zone)
