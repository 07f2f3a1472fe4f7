"""The engineer's page: the queue at the left, one spot and the work on it at the right."""

from __future__ import annotations

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.board import ground
from heatmaps.ui.engineer.actions import show_actions, show_outcome
from heatmaps.ui.engineer.background import show_complaints, show_curve, show_history
from heatmaps.ui.engineer.dossier import Dossier, read_dossier
from heatmaps.ui.engineer.explanation import read_explanation, show_before, show_suggestion
from heatmaps.ui.engineer.heading import show_heading
from heatmaps.ui.engineer.network import show_sectors, show_works
from heatmaps.ui.engineer.parts import show_parts
from heatmaps.ui.engineer.queue import ask_who, chosen_spot, show_queue
from heatmaps.ui.engineer.spot_map import show_spot_map
from heatmaps.ui.locale import translator
from heatmaps.ui.markup import element, text
from heatmaps.ui.spot_words import Reader
from heatmaps.ui.workplace import clock


def engineer_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    left, right = st.columns([3, 8], gap="medium")
    with left:
        ask_who(_)
        show_queue()
    with right:
        spot_id = chosen_spot()
        dossier = read_dossier(spot_id) if spot_id is not None else None
        if dossier is None:
            st.html(element("p", text(_("Choose a spot from the queue.")), css="verdict start"))
        else:
            _show_spot(dossier, reader)


def _show_spot(dossier: Dossier, reader: Reader) -> None:
    show_heading(dossier.card, reader)
    with st.container():  # always there, so that what follows keeps its place on the page
        show_outcome(dossier, reader)
    show_actions(dossier.card, reader)
    told = read_explanation(dossier.card)
    when, why = st.columns([6, 5], gap="medium")
    with when:
        show_curve(told, reader)
    with why, st.container(key="suggestion", gap="xsmall"):
        show_suggestion(dossier.card, told, reader)
    parts, where = st.columns([6, 5], gap="medium")
    with parts:
        show_parts(dossier.card, reader)
    with where:
        show_spot_map(dossier, reader)
    before, history = st.columns([6, 5], gap="medium")
    with before:
        show_before(told, reader)
    with history:
        show_history(dossier, reader)
    show_works(dossier, reader)
    show_sectors(dossier, reader)
    show_complaints(dossier, reader)
