"""Trying the draft on history: under way in a process of its own, and kept for the session."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.store import complaints
from heatmaps.store.detection import last_tick
from heatmaps.ui.administrator.draft import ORIGIN
from heatmaps.ui.locale import translator
from heatmaps.ui.markup import element, text
from heatmaps.ui.workplace import clock, workplace
from pipelines.find_spots import Clockwork
from pipelines.preview_beside import PreviewBeside, Task

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.ui.administrator.draft import Draft
    from pipelines.preview_policy import Preview

SPANS_DAYS = (30, 90, 365)
KEPT = 12
"""So many of the latest results stay in a session, so that going back to one costs nothing."""

RENEWED_EVERY_S = 1.0
_DAYS = "policy-days"
_RUNNING = "policy-running"
_SEEN = "policy-seen"
_KNOWN = "policy-known"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tried: a text against a version, over days that end now."""

    digest: str
    version: int
    days: int


@dataclass(frozen=True, slots=True)
class History:
    """The state of the store that a replay stands on."""

    generation: int
    last_tick: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """A trial under way, and what it is of."""

    subject: Subject
    history: History
    beside: PreviewBeside


def ask_days() -> None:
    """Ask how far back to look."""
    _ = translator(load_settings().locale)
    st.segmented_control(
        _("How far back"), SPANS_DAYS, key=_DAYS, default=SPANS_DAYS[1], required=True,
        format_func=lambda days: _.plural("{n} day", "{n} days", days),
        label_visibility="collapsed", persist_state="session", wrap=False,
    )  # fmt: skip


def begin(draft: Draft) -> None:
    """Try a draft, unless its result is known or it is being tried; any other trial is ended."""
    subject, history = _subject(draft), _history()
    running = _running()
    if _seen().get((subject, history)) or (running and running.subject == subject):
        return
    stop()
    settings = load_settings()
    now = Clockwork(clock(), settings.zone, settings.cache_dir)
    known = st.session_state.get(_KNOWN)
    task = Task(settings.database_url, draft.text, ORIGIN, now, subject.days, known)
    st.session_state[_RUNNING] = Running(subject, history, PreviewBeside(task))


def stop() -> None:
    """End the trial under way, if there is one."""
    running = st.session_state.pop(_RUNNING, None)
    if running is not None:
        running.beside.stop()


def result_for(draft: Draft) -> Preview | None:
    """Give the newest result of the very text, None where it was not tried."""
    subject = _subject(draft)
    found = [preview for (of, _), preview in _seen().items() if of == subject]
    return found[-1] if found else None


def is_running() -> bool:
    """Tell whether a trial is under way."""
    return _running() is not None


def show_progress() -> None:
    """Show how far the trial under way is; when it ends the page is drawn anew."""
    running = _running()
    if running is None:
        return
    if running.beside.runs:
        _show_running()
    else:
        _end(running)


@st.fragment(run_every=RENEWED_EVERY_S)
def _show_running() -> None:
    running, _ = _running(), translator(load_settings().locale)
    if running is None or not running.beside.runs:
        st.rerun()
    beside = running.beside
    share = beside.done / beside.total if beside.total else 0.0
    told = _("History is replayed: {done} of {total} hours").format(
        done=_.number(beside.done), total=_.number(beside.total)
    )
    bar, button = st.columns([9, 2], gap="small", vertical_alignment="center")
    bar.progress(share, told if beside.total else _("History is read…"))
    if button.button(_("Stop"), key="policy-stop", width="stretch"):
        stop()
        st.rerun()


def _end(running: Running) -> None:
    """Keep what came of a trial, or say why nothing did."""
    del st.session_state[_RUNNING]
    _ = translator(load_settings().locale)
    if running.beside.preview is None:
        said = running.beside.fault or _("The trial ended before its time; begin it again.")
        st.html(element("section", element("p", text(said)), css="notice bad"))
        return
    seen, st.session_state[_KNOWN] = _seen(), running.beside.preview.known
    seen[running.subject, running.history] = running.beside.preview
    for oldest in list(seen)[:-KEPT]:
        del seen[oldest]


def _subject(draft: Draft) -> Subject:
    digest = blake2b(draft.text.encode(), digest_size=16).hexdigest()
    return Subject(digest, draft.ruling.version, st.session_state.get(_DAYS) or SPANS_DAYS[1])


def _history() -> History:
    with workplace().store.reading() as connection:
        return History(complaints.generation(connection), last_tick(connection))


def _running() -> Running | None:
    running: Running | None = st.session_state.get(_RUNNING)
    return running


def _seen() -> dict[tuple[Subject, History], Preview]:
    seen: dict[tuple[Subject, History], Preview] = st.session_state.setdefault(_SEEN, {})
    return seen
