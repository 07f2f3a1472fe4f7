"""The answer beside the map: what is known at the address, and what to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.desk.answer import Verdict
from heatmaps.desk.script import ASK_AGAIN, LANGUAGES
from heatmaps.geocoding.result import Level
from heatmaps.settings import load_settings
from heatmaps.ui.agent.question import last_question
from heatmaps.ui.agent.unclear import faults_in_words, show_alternatives
from heatmaps.ui.board import board, ground
from heatmaps.ui.focus import go_to_shape
from heatmaps.ui.locale import translator
from heatmaps.ui.markup import Html, element, facts, text
from heatmaps.ui.network_words import coverage_in_words, event_in_words, metres_in_words
from heatmaps.ui.rows import Row, choose_row
from heatmaps.ui.sentence import show_sentence
from heatmaps.ui.spot_words import Reader, spot_number, spot_place, spot_row, spot_shape
from heatmaps.ui.workplace import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from heatmaps.desk.answer import Answer, NearSpot
    from heatmaps.desk.card import SpotCard
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.ui.locale import Translator

RENEWED_EVERY_S = 60

_TONES = {
    Verdict.WORKS_GO_ON: "work",
    Verdict.OVERDUE: "late",
    Verdict.RESTRICTED: "plain",
    Verdict.FINISHED: "good",
    Verdict.NETWORK_EVENT: "work",
    Verdict.NOTHING_KNOWN: "plain",
    Verdict.ADDRESS_UNCLEAR: "wait",
}


@st.fragment(run_every=RENEWED_EVERY_S)
def answer_panel(ask: Callable[[str, str | None], None]) -> None:
    """Show the answer to the last question; `ask` takes another address and how it is shown."""
    question = last_question()
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    if question is None:
        _show_start(reader)
        return
    answer = question.answer(_.locale)
    sentences = {language: question.answer(language).sentence for language in LANGUAGES}
    _show_verdict(answer, question.shown, reader)
    if answer.certain:
        show_sentence(sentences, _, key="sentence")
    else:
        _show_uncertain(sentences, _)
    if answer.spot is not None:
        st.html(_facts(answer, answer.spot, reader))
    if network := _network(answer, reader):
        st.html(facts(network))
    if answer.geocoded.alternatives:
        show_alternatives(answer.geocoded.alternatives, ask, _)
    if answer.verdict in {Verdict.NOTHING_KNOWN, Verdict.NETWORK_EVENT}:
        _show_nearest(answer.near, reader)


def _show_start(reader: Reader) -> None:
    _ = reader.translate
    waiting = [card for card in board().cards if card.is_open]
    late = sum(card.is_overdue(reader.now) for card in waiting)
    counted = _.plural("{n} open spot now", "{n} open spots now", len(waiting))
    if late:
        counted += _.plural(", {n} of them overdue", ", {n} of them overdue", late)
    lines = [
        text(_("Type the caller's address: the answer will stand here.")),
        text(f"{counted}."),
    ]
    if not ground().has_addresses:
        lines = [text(_("The gazetteer is empty: no address can be found yet."))]
    st.html(element("section", *(element("p", line) for line in lines), css="verdict start"))


def _show_verdict(answer: Answer, shown: str, reader: Reader) -> None:
    _, place = reader.translate, answer.geocoded
    what = element("h2", text(_headline(answer, _)))
    where = element("p", _place_in_words(place, shown, _), css="where")
    wrong = faults_in_words(place, _)
    notes = [element("p", text(wrong), css="wrong")] if wrong else []
    tone = _TONES[answer.verdict] if answer.certain else "wait"
    st.html(element("section", what, where, *notes, css=f"verdict {tone}"))


def _headline(answer: Answer, _: Translator) -> str:
    if answer.verdict is Verdict.ADDRESS_UNCLEAR and answer.geocoded.alternatives:
        return _("Which of these addresses?")
    headline = _.word("verdict", answer.verdict)
    if answer.certain or answer.spot is None:
        return headline
    return _("Ask for the exact address")


def _place_in_words(place: GeocodeResult, shown: str, _: Translator) -> Html:
    if place.lat is None or place.uncertainty_m is None:
        return text(f"«{shown}»")
    name = element("b", text(place.matched or shown))
    level = _.word("level", place.level)
    if place.level is Level.HOUSE:
        return name
    return Html(name + text(f" · {level}, ±{metres_in_words(place.uncertainty_m, _)}"))


def _show_uncertain(sentences: Mapping[str, str], _: Translator) -> None:
    show_sentence({language: ASK_AGAIN[language] for language in LANGUAGES}, _, key="ask-again")
    st.html(element("p", text(_("If the caller cannot be more exact, this may be it:")), css="or"))
    show_sentence(sentences, _, key="sentence")


def _facts(answer: Answer, card: SpotCard, reader: Reader) -> Html:
    _, work = reader.translate, card.work
    status = f"{_.word('status', work.status)}, {reader.moment(work.status_at)}"
    pairs = [(_("Status"), text(status))]
    cause = _.word("cause", work.cause) if work.cause else _("being established")
    pairs.append((_("Cause"), text(cause)))
    if work.eta is not None and card.is_open:
        pairs.append((_("Term"), element("b", text(reader.term(work.eta)))))
    if answer.verdict is Verdict.OVERDUE and answer.control_at is not None:
        pairs.append((_("New control date"), element("b", text(reader.term(answer.control_at)))))
    if work.done and not card.is_open:
        pairs.append((_("Done"), text(work.done)))
    topic = _.word("topic", card.topic)
    if card.technology:
        topic += f", {_.word('technology', card.technology)}"
    complained = _.plural("{n} customer", "{n} customers", card.customers_complained)
    pairs += [
        (_("Since"), text(reader.past(card.opened_at))),
        (_("Topic"), text(topic)),
        (_("Complained"), text(complained)),
        (_("Spot"), text(f"{spot_number(card)}, {spot_place(card, _)}")),
    ]
    return facts(pairs)


def _network(answer: Answer, reader: Reader) -> list[tuple[str, Html]]:
    """Give predicted coverage and the events here, so far as anything is known of them."""
    _ = reader.translate
    events = [(_("On the network"), event_in_words(event, reader)) for event in answer.events]
    if not answer.covered:
        return events
    return [(_("Coverage"), text(coverage_in_words(answer.covered, _))), *events]


def _show_nearest(near: tuple[NearSpot, ...], reader: Reader) -> None:
    _ = reader.translate
    cards = {str(spot.card.spot_id): spot.card for spot in near}
    st.html(element("h3", text(_("Nearest spots")), css="part"))
    rows = [_near_row(spot, reader) for spot in near]
    chosen = choose_row(
        rows, label=_("Nearest spots"), key="nearest", empty=_("None within reach.")
    )
    if chosen in cards:
        go_to_shape(int(chosen), [spot_shape(cards[chosen], reader)])
        st.rerun()


def _near_row(spot: NearSpot, reader: Reader) -> Row:
    _ = reader.translate
    row = spot_row(spot.card, reader)
    detail = f"{_.word('status', spot.card.work.status)} · {row.detail}"
    return replace(row, tag=metres_in_words(spot.distance_m, _), tone="plain", detail=detail)
