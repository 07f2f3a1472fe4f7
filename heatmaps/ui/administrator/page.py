"""The administrator's page: the policy as text, what a change does to history, and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.administrator.changes import show_changes
from heatmaps.ui.administrator.draft import draft, offer_file, offer_ruling, show_editor
from heatmaps.ui.administrator.fault_words import fault_in_words
from heatmaps.ui.administrator.sides import show_sides
from heatmaps.ui.administrator.trial import ask_days, begin, is_running, result_for, show_progress
from heatmaps.ui.administrator.versions import (
    CHANGE,
    VERSIONS,
    VIEW,
    save,
    show_outcome,
    show_versions,
)
from heatmaps.ui.board import ground
from heatmaps.ui.engineer.queue import ask_who
from heatmaps.ui.locale import translator
from heatmaps.ui.manager.reading import choices
from heatmaps.ui.markup import element, text
from heatmaps.ui.spot_words import Reader
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from heatmaps.ui.administrator.draft import Draft
    from heatmaps.ui.locale import Translator
    from pipelines.preview_policy import Preview


def administrator_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    text_side, result_side = st.columns([5, 8], gap="medium")
    edited = draft()
    with result_side:
        names = {CHANGE: _("The change"), VERSIONS: _("Versions")}
        view = st.segmented_control(
            _("Show"), list(names), key=VIEW, default=CHANGE, required=True,
            format_func=names.__getitem__, label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        show_outcome(_)
        show_progress()
    seen = result_for(edited)  # what has just ended is known by now
    with text_side:
        _show_text_side(edited, seen, _)
    with result_side:
        if view == VERSIONS:
            show_versions(reader)
        else:
            _show_change(edited, seen, reader)


def _show_text_side(edited: Draft, seen: Preview | None, _: Translator) -> None:
    ask_who(_)
    with st.container(key="policy-try", horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            _("Try on history"), key="policy-check", type="secondary" if seen else "primary",
            icon=":material/history:", on_click=_try,
        )  # fmt: skip
        ask_days()
    keep, file, discard = st.columns(3, gap="small")
    keep.button(
        _("Save"), key="policy-save", type="primary" if seen and edited.is_new else "secondary",
        on_click=save, args=(edited.ruling.version,), width="stretch",
        icon=":material/save:",
    )  # fmt: skip
    with file:
        offer_file(_)
    with discard:
        offer_ruling(edited.ruling, _)
    with st.container(key="policy-editor"):
        show_editor(_)


def _try() -> None:
    """Try the text as it is in the editor now, not as it was when the button was drawn."""
    edited = draft()
    if edited.fault is None:
        begin(edited)


def _show_change(edited: Draft, seen: Preview | None, reader: Reader) -> None:
    _ = reader.translate
    if edited.fault is not None:
        said = fault_in_words(edited.fault, _)
        title = element("p", element("b", text(_("This text cannot rule."))))
        st.html(element("section", title, element("p", text(said)), css="notice bad"))
        return
    show_changes(edited, _)
    if seen is not None:
        names = {place: name for place, name, _depth in choices().territories}
        show_sides(seen, names, reader)
    elif not is_running():
        said = _("Not tried on history yet: press “Try on history” to see what would have been.")
        st.html(element("p", text(said), css="calm"))
