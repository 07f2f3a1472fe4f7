"""The story of one spot, beside the table it was chosen in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.engineer.background import show_history
from heatmaps.ui.engineer.dossier import read_dossier
from heatmaps.ui.engineer.heading import show_heading
from heatmaps.ui.markup import element, text

if TYPE_CHECKING:
    from heatmaps.ui.spot_words import Reader

_SPOT = "spot"


def chosen_story() -> str | None:
    """Give the number of the spot whose story is open, which stands in the URL."""
    number = st.query_params.get(_SPOT, "")
    return number if number.isascii() and number.isdigit() else None


def open_story(number: str) -> None:
    """Open the story of a spot."""
    st.query_params[_SPOT] = number


def show_story(number: str | None, reader: Reader) -> None:
    """Show what is known of the spot and what happened to it."""
    _ = reader.translate
    dossier = read_dossier(int(number)) if number is not None else None
    with st.container(key="story"):
        if dossier is None:
            hint = _("Choose a spot in the table: its story will stand here.")
            st.html(element("p", text(hint), css="calm"))
            return
        show_heading(dossier.card, reader)
        show_history(dossier, reader)
