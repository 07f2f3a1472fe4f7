"""The queue of a reviewer: addresses in doubt by complaints, and which one is being decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.store import aliases, review_queue
from heatmaps.ui.reviewer.doubt_words import parted, why
from heatmaps.ui.rows import Row, choose_row
from heatmaps.ui.workplace import workplace
from pipelines.review_addresses import answered, place_gone

if TYPE_CHECKING:
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.store.aliases import Decided
    from heatmaps.store.review_queue import DoubtfulForm, Waiting
    from heatmaps.ui.locale import Translator

LISTED = 100
FRESH_S = 20
"""The queue is read again after this long, or when this page changed it."""

LAST_DECISIONS = 4
_CHOSEN = "review-chosen"


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, the first of it with what the gazetteer says, and the last decisions.

    `gone` are the numbers of those whose place the gazetteer no longer holds.
    """

    waiting: Waiting
    forms: tuple[DoubtfulForm, ...]
    answers: tuple[GeocodeResult, ...]
    decisions: tuple[Decided, ...]
    gone: frozenset[int]


def queue() -> Queue:
    """Give the queue as it is, at most `FRESH_S` old."""
    place = workplace()
    return _queue(place.settings.database_url)


def forget_queue() -> None:
    """Read the queue anew next time, since somebody just decided."""
    _queue.clear()


def chosen_form(forms: tuple[DoubtfulForm, ...]) -> DoubtfulForm | None:
    """Give the address that is being decided: the chosen one, else the first that waits."""
    number = st.session_state.get(_CHOSEN)
    first = forms[0] if forms else None
    return next((form for form in forms if form.number == number), first)


def choose_form(number: str | None) -> None:
    """Go to an address of the queue, or to its first."""
    st.session_state[_CHOSEN] = number


def choose_next(form: DoubtfulForm) -> None:
    """Go to the address below this one; from the last to the first."""
    forms = queue().forms
    at = next((row for row, one in enumerate(forms) if one.number == form.number), -1)
    choose_form(forms[(at + 1) % len(forms)].number if forms else None)


def show_queue(shown: Queue, _: Translator) -> None:
    """Show the queue; an address chosen here becomes the page's."""
    form = chosen_form(shown.forms)
    chosen = choose_row(
        [_row(one, answer, _) for one, answer in zip(shown.forms, shown.answers, strict=True)],
        label=_("Addresses in doubt, by complaints"),
        key="review-forms",
        selected=form.number if form is not None else None,
        empty=_("No address is in doubt."),
        height="calc(100vh - 13.2rem)",
    )  # fmt: skip
    if chosen is not None:
        choose_form(chosen)
        st.rerun()


def _row(form: DoubtfulForm, answer: GeocodeResult, _: Translator) -> Row:
    title, where = parted(form.normal_form)
    detail = " · ".join(part for part in (where, why(answer, _)) if part)
    return Row(id=form.number, title=title, detail=detail, tag=_.number(form.complaints))


@st.cache_data(ttl=FRESH_S, show_spinner=False)
def _queue(url: str) -> Queue:  # noqa: ARG001 - tells one store's from another's
    place = workplace()
    with place.store.reading() as connection:
        forms = tuple(review_queue.doubtful_forms(connection, LISTED))
        waiting = review_queue.count_waiting(connection)
        decisions = tuple(aliases.last_decisions(connection, LAST_DECISIONS))
    answers = tuple(answered(place.geocoder, [form.normal_form for form in forms]))
    gone = frozenset(
        known.decision.number
        for known in decisions
        if known.in_force and place_gone(place.geocoder, known.decision)
    )
    return Queue(waiting, forms, answers, decisions, gone)
