"""What an engineer can do with a spot: take it, name cause and term, end it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.desk.lifecycle import Change, can_move
from heatmaps.desk.words import Cause, Refusal, Status
from heatmaps.ui.board import forget_board, ground
from heatmaps.ui.engineer.background import event_in_words
from heatmaps.ui.engineer.handling import DONE, carry_out
from heatmaps.ui.engineer.queue import actor
from heatmaps.ui.markup import element, text
from heatmaps.ui.workplace import clock, workplace

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.desk.lifecycle import Work
    from heatmaps.ui.engineer.dossier import Dossier
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

TERM_STEP = timedelta(minutes=15)
MAX_WORDS = 2000
ANY_WORDS = "…"
"""Stands for words not written yet when asking whether a spot could be ended."""

MOVES = (Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.ON_HOLD, Status.REOPENED)
ANY_CHANGE = Change(cause=Cause.UNKNOWN)

NAMELESS = "nameless"
"""What becomes of a change by nobody."""

_OUTCOME = "outcome"
_TAKING = {Status.ACKNOWLEDGED, Status.IN_PROGRESS}


def show_actions(card: SpotCard, reader: Reader) -> None:
    """Show the moves, the cause with its term, and how to end the spot."""
    work, _ = card.work, reader.translate
    if not (can_move(work, ANY_CHANGE, reader.now) or work.status is Status.RESOLVED):
        return
    moves, plan, end = st.columns([4, 12, 11], gap="small")
    with moves, st.container(key="moves", gap="xsmall"):
        for status in MOVES:
            _move_button(work, status, reader)
    if work.status is Status.RESOLVED:
        return
    with plan, st.container(border=True, key="plan", gap="xsmall"):
        _plan(card, reader)
    with end, st.container(border=True, key="end", gap="xsmall"):
        _end(work, _, reader.now)


def show_outcome(dossier: Dossier, reader: Reader) -> None:
    """Say once what became of the last change to this spot."""
    spot_id, outcome = st.session_state.pop(_OUTCOME, (None, None))
    if spot_id != dossier.card.spot_id or outcome is None:
        return
    words = reader.translate.word("outcome", outcome)
    if outcome == DONE:
        st.toast(words, icon=":material/check:")
        return
    said = [element("p", element("b", text(words)))]
    if outcome == Refusal.OVERTAKEN and dossier.events:
        said.append(element("p", event_in_words(dossier.events[-1], reader)))
    st.html(element("section", *said, css="notice bad"))


def _move_button(work: Work, status: Status, reader: Reader) -> None:
    _, change = reader.translate, Change(status=status)
    if status is Status.REOPENED and work.status is not Status.RESOLVED:
        return
    st.button(
        _.word("move", status),
        key=f"move-{status}",
        type="primary" if _is_next(work, status) else "secondary",
        disabled=work.status is status or not can_move(work, change, reader.now),
        width="stretch",
        on_click=_do,
        args=(work, change),
    )


def _is_next(work: Work, status: Status) -> bool:
    usual = {Status.NEW: Status.ACKNOWLEDGED, Status.ON_HOLD: Status.IN_PROGRESS}
    return usual.get(work.status, Status.IN_PROGRESS) is status


def _plan(card: SpotCard, reader: Reader) -> None:
    """Ask for cause and term; another cause proposes its usual term."""
    _, work, spot_id = reader.translate, card.work, card.spot_id
    eta_h = ground().policy.eta_h
    causes = sorted(Cause, key=lambda cause: _.word("cause", cause))
    hours = {cause: _.plural("{n} hour", "{n} hours", round(eta_h[cause])) for cause in causes}
    _propose_cause(work)
    _propose_term(work, reader)
    st.selectbox(
        _("Cause and its usual term"), causes, key=f"cause-{spot_id}",
        index=None,
        format_func=lambda cause: f"{_.word('cause', cause)} · {hours[cause]}",
        placeholder=_("not named"), on_change=_propose_usual_term, args=(spot_id,),
    )  # fmt: skip
    day_side, time_side, save_side = st.columns(
        [12, 8, 11], gap="small", vertical_alignment="bottom"
    )
    day_side.date_input(
        _("Term, date"), key=f"day-{spot_id}", format="DD.MM.YYYY", on_change="ignore"
    )
    time_side.time_input(_("Time"), key=f"time-{spot_id}", step=TERM_STEP, on_change="ignore")
    save_side.button(
        _("Save"), key="save", on_click=_save_plan, args=(work,), width="stretch",
        type="primary" if work.cause is None and work.status is not Status.NEW else "secondary",
    )  # fmt: skip


def _propose_cause(work: Work) -> None:
    """Show the cause that is named; a choice made meanwhile stays until another one is."""
    state, spot_id = st.session_state, work.spot_id
    if f"cause-{spot_id}" not in state or state.get(f"named-{spot_id}") != work.cause:
        state[f"cause-{spot_id}"] = state[f"named-{spot_id}"] = work.cause


def _propose_term(work: Work, reader: Reader) -> None:
    """Fill date and time when a spot is first seen: its own term, or the usual one if passed."""
    if f"day-{work.spot_id}" in st.session_state:
        return
    if work.eta is not None and work.eta > reader.now:
        _set_term(work.spot_id, work.eta)
    else:
        _set_term(work.spot_id, _usual_term(work.cause or Cause.UNKNOWN))


def _propose_usual_term(spot_id: int) -> None:
    cause = st.session_state[f"cause-{spot_id}"]
    if cause is not None:
        _set_term(spot_id, _usual_term(cause))


def _usual_term(cause: Cause) -> datetime:
    return clock() + timedelta(hours=ground().policy.eta_h[cause])


def _set_term(spot_id: int, term: datetime) -> None:
    """Set the inputs, rounded up to a whole step, by the clock of the region."""
    over = timedelta(minutes=term.minute, seconds=term.second, microseconds=term.microsecond)
    whole = term - over + -(-over // TERM_STEP) * TERM_STEP
    local = whole.astimezone(ground().zone)
    st.session_state[f"day-{spot_id}"] = local.date()
    st.session_state[f"time-{spot_id}"] = local.time().replace(tzinfo=None)


def _save_plan(seen: Work) -> None:
    state, spot_id = st.session_state, seen.spot_id
    day, time = state[f"day-{spot_id}"], state[f"time-{spot_id}"]
    term = datetime.combine(day, time, ground().zone).astimezone(clock().tzinfo)
    _do(seen, Change(cause=state[f"cause-{spot_id}"], eta=term))


def take_cause(seen: Work, cause: Cause) -> None:
    """Name a suggested cause with its usual term: somebody's decision, as if chosen by hand."""
    _do(seen, Change(cause=cause, eta=_usual_term(cause)))


def _end(work: Work, _: Translator, now: datetime) -> None:
    st.text_area(
        _("What was done, or why it is rejected"), key=f"done-{work.spot_id}", height=68,
        max_chars=MAX_WORDS, on_change="ignore",
    )  # fmt: skip
    ends = {
        Status.RESOLVED: Change(
            status=Status.RESOLVED, cause=work.cause or Cause.UNKNOWN, done=ANY_WORDS
        ),
        Status.REJECTED: Change(status=Status.REJECTED),
    }
    with st.container(horizontal=True, gap="small"):
        for status, change in ends.items():
            st.button(
                _.word("move", status), key=f"move-{status}", on_click=_finish,
                args=(work, status), disabled=not can_move(work, change, now),
                type="primary" if status is Status.RESOLVED and work.cause else "secondary",
            )  # fmt: skip


def _finish(seen: Work, status: Status) -> None:
    """Resolve or reject with the words written and the cause chosen."""
    state = st.session_state
    words = (state[f"done-{seen.spot_id}"] or "").strip()
    cause = state.get(f"cause-{seen.spot_id}") if status is Status.RESOLVED else None
    _do(seen, Change(status=status, cause=cause, done=words or None))


def _do(seen: Work, change: Change) -> None:
    """Carry out a change made of what was on the screen; the page then says what became of it.

    What was typed stays until it is written.
    """
    if not actor():
        st.session_state[_OUTCOME] = (seen.spot_id, NAMELESS)
        return
    if change.status in _TAKING:
        change = Change(change.status, change.cause, change.eta, change.done, owner=actor())
    outcome = carry_out(workplace().store, seen, change, actor(), clock())
    st.session_state[_OUTCOME] = (seen.spot_id, outcome)
    if outcome == DONE:
        forget_board()
        written = ("day", "time", "cause", *(("done",) if change.done else ()))
        for name in written:
            st.session_state.pop(f"{name}-{seen.spot_id}", None)
