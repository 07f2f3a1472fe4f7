"""Deciding on the screen: placing, junk, undoing; and saying what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.errors import RuleError
from heatmaps.geocoding.aliases import Decision
from heatmaps.geocoding.fingerprints import form_key
from heatmaps.store.aliases import decision_on
from heatmaps.store.review_queue import number_of
from heatmaps.ui.engineer.actions import NAMELESS
from heatmaps.ui.engineer.queue import actor
from heatmaps.ui.markup import Html, element, text
from heatmaps.ui.reviewer.doubt_words import meaning, parted
from heatmaps.ui.reviewer.queue import choose_form, choose_next, forget_queue
from heatmaps.ui.workplace import clock, workplace
from pipelines.review_addresses import Signed, far_off, resolve, undo

if TYPE_CHECKING:
    from heatmaps.store.aliases import Decided
    from heatmaps.store.review_queue import DoubtfulForm
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.reviewer.choice import Choice
    from heatmaps.ui.spot_words import Reader
    from pipelines.review_addresses import FarOff

PLACE_KEY, JUNK_KEY, SKIP_KEY = "Enter", "Delete", "PageDown"
"""They are where they are on every keyboard layout, Russian or Latin."""

_OUTCOME = "review-outcome"
_ASKED = "review-asked"
"""The decision on a point far off that a second click confirms."""
_METRES_A_KM = 1000.0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a decision: `decided` is None where one was undone, `other` who was faster.

    `away` tells that nothing was decided yet: the point lies far off, and is to be confirmed.
    """

    normal_form: str
    decided: Decision | None = None
    complaints: int = 0
    other: Decided | None = None
    away: FarOff | None = None


def show_buttons(form: DoubtfulForm, choice: Choice, _: Translator) -> None:
    """Show what can be done with the address; the next one comes by itself."""
    decision = choice.decision
    place = _("Place at {number}").format(number=(choice.picked or 0) + 1)
    st.button(
        place if decision is not None else _("Place"), key="review-place", type="primary",
        disabled=decision is None, shortcut=PLACE_KEY, on_click=_decide, args=(form, decision),
        width="stretch",
    )  # fmt: skip
    junk_side, skip_side = st.columns([11, 9], gap="small")
    junk_side.button(
        _("Not an address"), key="review-junk", shortcut=JUNK_KEY, on_click=_decide,
        args=(form, Decision.junk(form.normal_form)), width="stretch",
    )  # fmt: skip
    skip_side.button(
        _("Later"), key="review-skip", shortcut=SKIP_KEY, on_click=choose_next, args=(form,),
        width="stretch",
    )  # fmt: skip


def show_outcome(reader: Reader) -> None:
    """Say once what became of the last decision."""
    outcome: _Outcome | str | None = st.session_state.pop(_OUTCOME, None)
    _ = reader.translate
    if outcome is None:
        return
    if isinstance(outcome, str):
        told = _.word("outcome", outcome)
        st.html(element("section", element("p", text(told)), css="notice bad"))
    elif outcome.away is not None:
        told = _far_off(outcome.away, _)
        st.html(element("section", element("p", text(told)), css="notice bad"))
    elif outcome.other is not None:
        st.html(_overtaken(outcome.normal_form, outcome.other, reader))
    else:
        st.toast(_done(outcome, _), icon=":material/check:")


def show_decisions(decisions: tuple[Decided, ...], gone: frozenset[int], reader: Reader) -> None:
    """Show the last decisions; those in force can be undone, of those in `gone` it is said."""
    _ = reader.translate
    st.html(element("h3", text(_("Decided last")), css="part"))
    if not decisions:
        st.html(element("p", text(_("Nothing has been decided yet.")), css="aside"))
    for known in decisions:
        _show_decision(known, reader, gone=known.decision.number in gone)


def _show_decision(known: Decided, reader: Reader, *, gone: bool) -> None:
    _, number = reader.translate, known.decision.number
    count = _.plural("{n} complaint", "{n} complaints", known.complaints)
    address, place = parted(known.decision.normal_form)[0], parted(meaning(known.decision, _))[0]
    told = f"{count} · {known.by} · {reader.moment(known.at)}"
    if gone:
        told += " · " + _("no longer in the gazetteer")
    said = element(
        "p",
        text(f"{address} → "),
        element("b", text(place)),
        element("small", text(told)),
        css="decision" if known.in_force else "decision ended",
        title=f"{known.decision.normal_form} → {meaning(known.decision, _)}",
    )
    words, button = st.columns([9, 2], gap="small", vertical_alignment="center")
    words.html(said)
    if known.in_force:
        button.button(
            _("Undo"), key=f"review-undo-{number}", type="tertiary", on_click=_undo, args=(known,)
        )


def _decide(form: DoubtfulForm, decision: Decision) -> None:
    """Put a decision in force and go on to the next address.

    A point far from the settlement named is asked about first.
    """
    if not (by := actor()):
        st.session_state[_OUTCOME] = NAMELESS
        return
    place = workplace()
    confirmed = st.session_state.pop(_ASKED, None) == decision
    away = None if confirmed else far_off(place.geocoder, decision)
    if away is not None:
        st.session_state[_ASKED] = decision
        st.session_state[_OUTCOME] = _Outcome(form.normal_form, away=away)
        return
    choose_next(form)
    try:
        done = resolve(place.store, place.geocoder, decision, Signed(by, clock()))
        outcome = _Outcome(form.normal_form, decision, done.placed.complaints)
    except RuleError:
        outcome = _Outcome(form.normal_form, other=_decision_on(form.normal_form))
    st.session_state[_OUTCOME] = outcome
    forget_queue()


def _undo(known: Decided) -> None:
    """End a decision and go back to its address."""
    if not (by := actor()):
        st.session_state[_OUTCOME] = NAMELESS
        return
    place, normal_form = workplace(), known.decision.normal_form
    try:
        done = undo(place.store, place.geocoder, known.decision.number, Signed(by, clock()))
        outcome = _Outcome(normal_form, complaints=done.placed.complaints)
    except RuleError:
        outcome = _Outcome(normal_form, other=_decision_on(normal_form))
    st.session_state[_OUTCOME] = outcome
    choose_form(number_of(form_key(normal_form)))
    forget_queue()


def _far_off(away: FarOff, _: Translator) -> str:
    said = _(
        "Not written yet: the point lies {km} km from {place}, which the address names; "
        "press once more if it is meant so."
    )
    return said.format(km=_.number(round(away.metres / _METRES_A_KM)), place=away.settlement)


def _decision_on(normal_form: str) -> Decided | None:
    place = workplace()
    default_city = place.geocoder.current().default_city
    with place.store.reading() as connection:
        return decision_on(connection, normal_form, default_city)


def _overtaken(normal_form: str, other: Decided, reader: Reader) -> Html:
    """Say that somebody was faster, and what they decided."""
    _ = reader.translate
    title = _("Not written: {name} has just decided this address.").format(name=other.by)
    decided = f"{normal_form} → {meaning(other.decision, _)}, {reader.moment(other.at)}"
    return element(
        "section", element("p", element("b", text(title))), element("p", text(decided)),
        css="notice bad",
    )  # fmt: skip


def _done(outcome: _Outcome, _: Translator) -> str:
    """Say what was done without a word of any address: a toast would read it as Markdown."""
    count = _.plural("{n} complaint", "{n} complaints", outcome.complaints)
    said = _("Undone: {complaints}.") if outcome.decided is None else _("Decided: {complaints}.")
    return said.format(complaints=count)
