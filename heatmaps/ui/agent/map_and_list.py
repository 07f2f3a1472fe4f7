"""The spots on a map and in a list that are always in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.desk.answer import is_placed
from heatmaps.settings import load_settings
from heatmaps.ui.agent.question import last_question
from heatmaps.ui.board import board, ground
from heatmaps.ui.focus import focus, go_to_shape, look_at_all_once, select
from heatmaps.ui.locale import translator
from heatmaps.ui.map.drawing import draw_address, draw_cells, draw_spots
from heatmaps.ui.map.legend import show_legend
from heatmaps.ui.map.shape import spot_at
from heatmaps.ui.map.show import show_map
from heatmaps.ui.markup import element, text
from heatmaps.ui.rows import choose_row
from heatmaps.ui.spot_words import Reader, spot_row, spot_shape
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.desk.card import SpotCard
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.map.drawing import Drawing
    from heatmaps.ui.map.shape import SpotShape

RENEWED_EVERY_S = 30
OPEN, EVERY = "open", "every"
HEAT = "heat"


@st.fragment(run_every=RENEWED_EVERY_S)
def map_and_list() -> None:
    """Show map and list; choosing in one selects in the other and reruns nothing else."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    map_side, list_side = st.columns([8, 5], gap="small")
    with list_side:
        cards = _filtered(board().cards, _)
        shapes = [spot_shape(card, reader) for card in cards]
        look_at_all_once(shapes)
        listed = _show_list(cards, reader)
    with map_side:
        with st.container(key="agent-map"):
            clicked = show_map(ground().base, _drawings(shapes, _), key="map")
        show_legend(_)
    if clicked is not None:
        select(spot_at(clicked, shapes))
    elif listed is not None:
        go_to_shape(listed, shapes)
    else:
        return
    st.rerun(scope="fragment")


def _filtered(cards: Sequence[SpotCard], _: Translator) -> list[SpotCard]:
    statuses = list(dict.fromkeys(str(card.work.status) for card in cards))
    topics = sorted({card.topic for card in cards}, key=lambda topic: _.word("topic", topic))
    status_side, topic_side = st.columns(2, gap="small")
    status = status_side.selectbox(
        _("Status"), [OPEN, EVERY, *statuses], key="status",
        format_func=lambda one: _status_choice(one, _), label_visibility="collapsed",
    )  # fmt: skip
    topic = topic_side.selectbox(
        _("Topic"), [EVERY, *topics], key="topic", label_visibility="collapsed",
        format_func=lambda one: _("Every topic") if one == EVERY else _.word("topic", one),
    )  # fmt: skip
    answered = _answered_spot(_)
    return [
        card
        for card in cards
        if card.spot_id == answered or (_has_status(card, status) and topic in {EVERY, card.topic})
    ]


def _answered_spot(_: Translator) -> int | None:
    """Give the spot the last answer tells of, which is shown whatever the filters say."""
    question = last_question()
    spot = question.answer(_.locale).spot if question else None
    return spot.spot_id if spot else None


def _has_status(card: SpotCard, choice: str) -> bool:
    return card.is_open if choice == OPEN else choice in {EVERY, card.work.status}


def _status_choice(choice: str, _: Translator) -> str:
    if choice == OPEN:
        return _("Open ones")
    return _("Every status") if choice == EVERY else _.word("status", choice)


def _show_list(cards: Sequence[SpotCard], reader: Reader) -> int | None:
    _, selected = reader.translate, focus().selected
    last = board().last_tick
    calm = _("No spots: nothing stands out from the usual.") if last else ""
    chosen = choose_row(
        [spot_row(card, reader) for card in cards],
        label=_("Spots by priority"),
        key="spots",
        selected=str(selected) if selected is not None else None,
        empty=calm,
        height="calc(100vh - 12rem)",
    )
    calculated = (
        _("Calculated {when}").format(when=reader.moment(last))
        if last
        else _("Nothing has been calculated yet: the administrator starts “heatmaps detect”.")
    )
    st.html(element("p", text(calculated), css="aside"))
    st.toggle(_("Complaints of the last day"), key=HEAT)
    return int(chosen) if chosen else None


def _drawings(shapes: Sequence[SpotShape], _: Translator) -> list[Drawing]:
    drawings = [draw_spots(shapes, selected=focus().selected)]
    if st.session_state.get(HEAT):
        drawings.insert(0, draw_cells(board().cells, board().counts))
    question = last_question()
    if question is not None:
        place = question.answer(_.locale).geocoded
        if place.lat is not None and place.lon is not None and is_placed(place):
            point, reach_m = (place.lat, place.lon), place.uncertainty_m or 0.0
            drawings.append(draw_address(point, reach_m, question.shown))
    look = focus().look
    return [*drawings, look] if look else drawings
