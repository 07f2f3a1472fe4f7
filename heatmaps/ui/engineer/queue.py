"""The queue of an engineer: its spots by priority, and which of them is being worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.board import board, ground
from heatmaps.ui.locale import translator
from heatmaps.ui.rows import choose_row
from heatmaps.ui.spot_words import Reader, spot_row
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.ui.locale import Translator

RENEWED_EVERY_S = 30
ACTOR = "actor"
EVERY = "every"
WAITING, ENDED = "waiting", "ended"
_SPOT = "spot"


def ask_who(_: Translator) -> None:
    """Ask for the name that stands in the history beside what is done, until there is a login."""
    st.text_input(
        _("Who you are"), key=ACTOR, max_chars=80, placeholder=_("Name, as colleagues know it"),
        persist_state="session", autocomplete="name",
    )  # fmt: skip


def actor() -> str:
    """Give the name entered, empty where none was."""
    return str(st.session_state.get(ACTOR) or "").strip()


def chosen_spot() -> int | None:
    """Give the number of the spot that is being worked on, which stands in the URL.

    Where none does, the most urgent of the queue goes there: it stays on the page when it is
    resolved and leaves the queue.
    """
    number = st.query_params.get(_SPOT, "")
    if number.isascii() and number.isdigit():
        return int(number)
    first = next(iter(_queue_cards()), None)
    if first is None:
        return None
    st.query_params[_SPOT] = str(first.spot_id)
    return first.spot_id


@st.fragment(run_every=RENEWED_EVERY_S)
def show_queue() -> None:
    """Show the queue by priority; a spot chosen here becomes the page's."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    st.selectbox(
        _("Queue"), [EVERY, *_queues()], key="queue", persist_state="session",
        format_func=lambda one: _("All queues") if one == EVERY else _.word("queue", one),
    )  # fmt: skip
    st.segmented_control(
        _("Show"), (WAITING, ENDED), key="stage", default=WAITING, required=True,
        format_func=lambda one: _("Waiting") if one == WAITING else _("Ended lately"),
        label_visibility="collapsed", width="stretch",
    )  # fmt: skip
    spot_id = chosen_spot()
    chosen = choose_row(
        [spot_row(card, reader) for card in _queue_cards()],
        label=_("Spots by priority"),
        key="queue-spots",
        selected=str(spot_id) if spot_id is not None else None,
        empty=_("Nothing waits in this queue."),
        height="calc(100vh - 17rem)",
    )
    if chosen is not None:
        st.query_params[_SPOT] = chosen
        st.rerun()


def _queues() -> list[str]:
    routing = ground().policy.routing
    named = [routing.default_queue, *(rule.queue for rule in routing.rules)]
    return list(dict.fromkeys([*named, *(card.work.queue for card in board().cards)]))


def _queue_cards() -> list[SpotCard]:
    queue = st.session_state.get("queue", EVERY)
    waiting = st.session_state.get("stage", WAITING) == WAITING
    return [
        card
        for card in board().cards
        if queue in {EVERY, card.work.queue} and card.is_open == waiting
    ]
