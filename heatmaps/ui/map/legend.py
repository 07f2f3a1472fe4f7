"""The map's legend, drawn on the page beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.map.colour import CLASS_COLOURS, CLASS_INKS, PRIORITY_BREAKS, class_ranges
from heatmaps.ui.map.text import map_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.ui.locale import Translator

_SWATCH = (
    '<span style="display:inline-block;padding:0 .5em;border-radius:3px;margin-right:2px;'
    'background:{fill};color:{ink};border:1px solid #1b2430">{text}</span>'
)
_ROW = '<div style="font-size:.87rem;line-height:1.9">{label} {swatches}<br>{marks}</div>'


def show_legend(_: Translator, breaks: Sequence[float] = PRIORITY_BREAKS) -> None:
    """Show the classes of priority with their numbers, and what the marks on the map mean."""
    swatches = "".join(
        _SWATCH.format(fill=fill, ink=ink, text=map_text(_range_text(*edges)))
        for fill, ink, edges in zip(CLASS_COLOURS, CLASS_INKS, class_ranges(breaks), strict=True)
    )
    marks = [_("dashed: complaints no longer above the usual"), _("tick: solved")]
    st.html(
        _ROW.format(
            label=map_text(_("Priority, points")),
            swatches=swatches,
            marks=map_text(" · ".join(marks)),
        )
    )


def _range_text(start: float | None, below: float | None) -> str:
    if start is None:
        return f"< {below:g}"
    return f"≥ {start:g}" if below is None else f"{start:g}–{below:g}"
