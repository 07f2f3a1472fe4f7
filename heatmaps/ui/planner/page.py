"""The planner's page: gaps on the map and in a list, one of them in full, all of them as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.board import ground
from heatmaps.ui.locale import translator
from heatmaps.ui.map.drawing import draw_cells, look_at_bounds
from heatmaps.ui.map.show import show_map
from heatmaps.ui.markup import Html, element, text
from heatmaps.ui.planner.choice import EVERY, ask_filters, choose_gap, chosen_gap
from heatmaps.ui.planner.details import show_details
from heatmaps.ui.planner.downloads import show_downloads
from heatmaps.ui.planner.gap_board import gap_board
from heatmaps.ui.planner.gap_map import (
    HOLE_COLOUR,
    MAX_GAPS,
    bounds_of_gaps,
    draw_gaps,
    draw_holes,
    draw_sites,
    gap_at,
    widened,
)
from heatmaps.ui.planner.gap_words import COLOURS, gap_row
from heatmaps.ui.rows import choose_row
from heatmaps.ui.spot_words import Reader
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.insight.gap import Gap
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.map.drawing import Drawing
    from heatmaps.ui.map.shape import Point
    from heatmaps.ui.planner.choice import Filters
    from heatmaps.ui.planner.gap_board import GapBoard

HOLES, SITES, COMPLAINTS = "holes", "sites", "complaints"
HEIGHT_PX = 470
_LOOKED = "planner-looked"


def planner_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    board = gap_board()
    filters = ask_filters(board, _)
    gaps = [gap for gap in board.gaps if filters.fit(gap)]
    map_side, list_side = st.columns([8, 5], gap="small")
    with list_side:
        listed = _show_list(gaps, board, reader)
    with map_side:
        layers = _ask_layers(board, _)
        clicked = show_map(
            ground().base, _drawings(gaps, board, filters, layers, _), key="gaps",
            height=HEIGHT_PX,
        )  # fmt: skip
        _show_legend(board, filters, _)
    if clicked is not None:
        _choose(gap_at(clicked, gaps), board, moving=False)
    elif listed is not None:
        _choose(int(listed), board, moving=True)
    chosen = board.gap(chosen_gap())
    if chosen is not None:
        show_details(chosen, board, reader)
    show_downloads(board, reader)


def _choose(gap_id: int | None, board: GapBoard, *, moving: bool) -> None:
    """Choose a gap; from the list, the map moves there."""
    choose_gap(gap_id)
    gap = board.gap(gap_id)
    if moving and gap is not None:
        _look(widened(bounds_of_gaps([gap])))
    st.rerun()


def _look(bounds: tuple[Point, Point] | None) -> None:
    if bounds is not None:
        times = st.session_state.get(_LOOKED, (None, 0))[1] + 1
        st.session_state[_LOOKED] = (bounds, times)


def _show_list(gaps: Sequence[Gap], board: GapBoard, reader: Reader) -> str | None:
    _ = reader.translate
    chosen = choose_row(
        [gap_row(gap, board.territories, _) for gap in gaps[:MAX_GAPS]],
        label=_("Coverage gaps by rank"),
        key="gap-rows",
        selected=str(chosen_gap()) if chosen_gap() is not None else None,
        empty=_nothing(board, _),
        height=f"{HEIGHT_PX}px",
    )
    st.html(element("p", text(_told(gaps, board, reader)), css="aside"))
    return chosen


def _nothing(board: GapBoard, _: Translator) -> str:
    """Say why the list is empty."""
    if board.gaps:
        return _("No gap fits the filters.")
    if not board.has_subscribers:
        return _(
            "Without subscribers nothing can be expected of a place: the administrator loads them "
            "with “heatmaps subscribers load”."
        )
    if board.search is None:
        return _("Not looked for yet: that takes four weeks of complaints and one detection.")
    return _("No place keeps coming back beyond the usual.")


def _told(gaps: Sequence[Gap], board: GapBoard, reader: Reader) -> str:
    """Say what was looked back on, and how much of it is shown."""
    _, search = reader.translate, board.search
    if search is None:
        return ""
    said = [
        _("Looked back from {since} to {until}: {complaints} at {cells} cells.").format(
            since=f"{search.since.astimezone(reader.zone):%d.%m.%Y}",
            until=f"{search.until.astimezone(reader.zone):%d.%m.%Y}",
            complaints=_.plural("{n} complaint", "{n} complaints", search.complaints),
            cells=_.number(search.cells),
        )
    ]
    if search.period_days < 30:  # noqa: PLR2004 - days of a month, as `MONTH_DAYS`
        said.append(_("The history is younger than the policy asks, so weeks count for months."))
    if len(gaps) > MAX_GAPS:
        said.append(
            _("The {shown} worst of {all} gaps are shown; the files hold all.").format(
                shown=_.number(MAX_GAPS), all=_.number(len(gaps))
            )
        )
    return " ".join(said)


def _ask_layers(board: GapBoard, _: Translator) -> list[str]:
    names = {
        HOLES: _("Holes in predicted coverage"),
        SITES: _("Sites"),
        COMPLAINTS: _("Complaints"),
    }
    there = {HOLES: bool(board.holes), SITES: len(board.sites.name) > 0, COMPLAINTS: True}
    offered = [layer for layer in names if there[layer]]
    chosen = st.pills(
        _("Below the gaps"), offered, selection_mode="multi", key="gap-layers",
        default=[layer for layer in offered if layer != COMPLAINTS],
        format_func=names.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    return list(chosen)


def _drawings(
    gaps: Sequence[Gap], board: GapBoard, filters: Filters, layers: Sequence[str], _: Translator
) -> list[Drawing]:
    drawings: list[Drawing] = []
    if COMPLAINTS in layers:
        drawings.append(draw_cells(board.cells, board.counts))
    if HOLES in layers:
        technology = _technology_of_holes(board, filters)
        name = _.word("technology", technology)
        label = _("{technology}: no coverage predicted").format(technology=name)
        drawings.append(draw_holes(board.holes[technology], label))
    selected = chosen_gap()
    gap = board.gap(selected)
    if SITES in layers:
        drawings.append(draw_sites(board.sites, (gap.lat, gap.lon) if gap else None))
    drawings.append(draw_gaps(gaps, board.territories, _, selected=selected))
    if _LOOKED not in st.session_state:
        _look(widened(bounds_of_gaps([gap])) if gap else bounds_of_gaps(gaps[:MAX_GAPS]))
    bounds, times = st.session_state.get(_LOOKED, (None, 0))
    return [*drawings, look_at_bounds(bounds, asked=times)] if bounds else drawings


def _technology_of_holes(board: GapBoard, filters: Filters) -> str:
    """Give the technology asked for, else that of the chosen gap, else the one most missing."""
    gap = board.gap(chosen_gap())
    wanted = filters.technology if filters.technology != EVERY else gap.technology if gap else None
    if wanted in board.holes:
        return str(wanted)
    return "4g" if "4g" in board.holes else next(iter(board.holes))


def _show_legend(board: GapBoard, filters: Filters, _: Translator) -> None:
    marks = [
        _mark(fill, ink, _.word("gap_class", gap_class))
        for gap_class, (fill, ink) in COLOURS.items()
    ]
    if board.holes:
        name = _.word("technology", _technology_of_holes(board, filters))
        told = _("{technology}: no coverage predicted").format(technology=name)
        marks.append(_mark(HOLE_COLOUR, "#1b2430", told))
    else:
        marks.append(element("span", text(_("Predicted coverage was never loaded."))))
    st.html(element("p", *marks, css="aside"))


def _mark(fill: str, ink: str, words: str) -> Html:
    style = f"background:{fill};color:{ink}"
    return Html(f'<span class="gap-mark" style="{style}">{text(words)}</span>')
