"""The agent's page: one box, one answer, and the spots around on a map."""

from __future__ import annotations

import streamlit as st

from heatmaps.desk.answer import is_placed
from heatmaps.geocoding.result import Level
from heatmaps.settings import load_settings
from heatmaps.ui.address_box import address_box, address_box_texts
from heatmaps.ui.agent.answer_panel import answer_panel
from heatmaps.ui.agent.map_and_list import map_and_list
from heatmaps.ui.agent.question import ask, last_question
from heatmaps.ui.focus import go_to_point, select
from heatmaps.ui.locale import translator

_ZOOM = {Level.HOUSE: 14, Level.NEAR: 14, Level.STREET: 14, Level.SETTLEMENT: 11}


def agent_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    left, right = st.columns([4, 7], gap="medium")
    with left:
        last = last_question()
        entered = address_box(address_box_texts(_), key="address", value=last.shown if last else "")
        if entered:
            ask_and_look(entered)
        answer_panel(ask_and_look)
    with right:
        map_and_list()


def ask_and_look(address: str, shown: str | None = None) -> None:
    """Ask about an address, select the spot there and move the map to it."""
    answer = ask(address, shown).answer(load_settings().locale)
    select(answer.spot.spot_id if answer.spot else None)
    place = answer.geocoded
    if is_placed(place) and place.lat is not None and place.lon is not None:
        go_to_point((place.lat, place.lon), _ZOOM[place.level])
