"""The reviewer's page: the queue, one address of it, and the map of the places it may mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.geocoding.candidates import candidate_of
from heatmaps.settings import load_settings
from heatmaps.ui.address_box import address_box, address_box_texts
from heatmaps.ui.board import ground
from heatmaps.ui.engineer.queue import ask_who
from heatmaps.ui.locale import translator
from heatmaps.ui.markup import element, text
from heatmaps.ui.reviewer.candidate_map import show_candidate_map
from heatmaps.ui.reviewer.choice import add_found, choice_for, pick
from heatmaps.ui.reviewer.decisions import show_buttons, show_decisions, show_outcome
from heatmaps.ui.reviewer.doubt_words import parted, precision, why
from heatmaps.ui.reviewer.queue import chosen_form, queue, show_queue
from heatmaps.ui.rows import Row, choose_row
from heatmaps.ui.spot_words import Reader
from heatmaps.ui.workplace import clock, workplace
from pipelines.review_addresses import answered, examine

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.store.review_queue import DoubtfulForm, Waiting
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.reviewer.choice import Choice

_SHOWN = "review-shown"


def reviewer_page() -> None:
    """Show the page."""
    _ = translator(load_settings().locale)
    reader = Reader(_, clock(), ground().zone)
    list_side, choice_side, map_side = st.columns([34, 34, 48], gap="small")
    shown = queue()
    with list_side:
        ask_who(_)
        st.html(element("p", text(_waiting(shown.waiting, _)), css="aside"))
        show_queue(shown, _)
    form = chosen_form(shown.forms)
    with choice_side, st.container():  # always there, so that what follows keeps its place
        show_outcome(reader)
    if form is None:
        with choice_side:
            told = element("p", text(_("Nothing waits for you.")), css="verdict start")
            st.html(told)
    else:
        _show_form(form, _, choice_side, map_side)
    with map_side:
        show_decisions(shown.decisions, shown.gone, reader)


def _show_form(
    form: DoubtfulForm, _: Translator, choice_side: DeltaGenerator, map_side: DeltaGenerator
) -> None:
    examined = examine(workplace().geocoder, form.normal_form)
    choice = choice_for(form.normal_form, tuple(examined.candidates))
    with map_side:
        clicked = show_candidate_map(choice, _times_shown(form.normal_form))
    with choice_side:
        _show_heading(form, examined.answer, _)
        show_buttons(form, choice, _)  # above what grows, so that they stay where they are
        found = _search(choice, _)
        chosen = _show_places(choice, _)
    if clicked or chosen or found:
        st.rerun()


def _waiting(waiting: Waiting, _: Translator) -> str:
    addresses = _.plural("{n} address", "{n} addresses", waiting.forms)
    told = _.plural("{n} complaint", "{n} complaints", waiting.complaints)
    return _("In doubt: {addresses}, {complaints}").format(addresses=addresses, complaints=told)


def _show_heading(form: DoubtfulForm, answer: GeocodeResult, _: Translator) -> None:
    behind = [_.plural("{n} complaint", "{n} complaints", form.complaints)]
    if form.customers:
        behind.append(_.plural("{n} customer", "{n} customers", form.customers))
    st.html(
        element(
            "section",
            element("h2", text(form.normal_form)),
            element("p", text(", ".join(behind)), css="aside"),
            element("p", text(why(_with_faults(answer, form), _)), css="wrong"),
            css="verdict wait review",
        )
    )


def _with_faults(answer: GeocodeResult, form: DoubtfulForm) -> GeocodeResult:
    """Give the answer with what intake found wrong with the address as it was written."""
    return replace(answer, faults=tuple(dict.fromkeys((*answer.faults, *form.faults))))


def _show_places(choice: Choice, _: Translator) -> bool:
    """Show the places to choose from; tells whether one was chosen just now."""
    rows = [_row(position, place, _) for position, place in enumerate(choice.places)]
    if choice.point is not None:
        at = "{:.5f}, {:.5f}".format(*choice.point)
        rows.append(
            Row(id=str(len(rows)), title=_("The point on the map"), detail=at,
                badge=str(len(rows) + 1))
        )  # fmt: skip
    chosen = choose_row(
        rows,
        label=_("Where is it?"),
        key="review-places",
        selected=str(choice.picked) if choice.picked is not None else None,
        empty=_("No place comes to mind: search for it or click on the map."),
        height="calc(100vh - 22.6rem)",
        digits=True,
    )
    if chosen is not None:
        pick(choice, int(chosen))
    return chosen is not None


def _row(position: int, place: Candidate, _: Translator) -> Row:
    title, where = parted(place.label)
    detail = " · ".join(part for part in (where, precision(place, _)) if part)
    return Row(id=str(position), title=title, detail=detail, badge=str(position + 1))


def _search(choice: Choice, _: Translator) -> bool:
    """Show the search for another address; tells whether one was found just now."""
    texts = replace(
        address_box_texts(_), label=_("Another address"), placeholder=_("Street and house")
    )
    address = address_box(texts, key="review-search", autofocus=False, leaves=True)
    if address is None:
        return False
    place = candidate_of(answered(workplace().geocoder, [address])[0])
    if place is None:
        st.toast(_("No such address is known."), icon=":material/search_off:")
        return False
    add_found(choice, place)
    return True


def _times_shown(normal_form: str) -> int:
    """Count the addresses this session has shown; the same one in a row counts once."""
    last, times = st.session_state.get(_SHOWN, ("", 0))
    if last != normal_form:
        times += 1
        st.session_state[_SHOWN] = (normal_form, times)
    return int(times)
