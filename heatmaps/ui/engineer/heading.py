"""What an engineer reads first about a spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.markup import element, text
from heatmaps.ui.spot_words import spot_place, spot_title, spot_tone

if TYPE_CHECKING:
    from heatmaps.desk.card import SpotCard
    from heatmaps.ui.markup import Html
    from heatmaps.ui.spot_words import Reader


def show_heading(card: SpotCard, reader: Reader) -> None:
    """Show number, topic, place, status and term in one line, and the figures in a second."""
    _, work = reader.translate, card.work
    tone = spot_tone(card, reader.now)
    status = _.word("status", work.status)
    title = element("h2", text(f"{spot_title(card, _)} · {spot_place(card, _)}"))
    marks = [element("span", text(status), css=f"mark {tone}")]
    if work.eta is not None and card.is_open:
        term = _("term: {when}").format(when=reader.term(work.eta))
        marks.append(element("span", text(term), css="term late" if tone == "late" else "term"))
    line = element("div", title, *marks, css="line")
    st.html(element("section", line, _figures(card, reader), css="heading"))


def _figures(card: SpotCard, reader: Reader) -> Html:
    _, work = reader.translate, card.work
    words = [
        _("opened {when}").format(when=reader.past(card.opened_at)),
        _.plural("{n} customer complained", "{n} customers complained", card.customers_complained),
        _.plural("{n} silent subscriber", "{n} silent subscribers", card.customers_silent),
        _.word("signal", card.signal),
    ]
    if card.technology:
        words.insert(0, _.word("technology", card.technology))
    if work.cause:
        words.append(_("cause: {cause}").format(cause=_.word("cause", work.cause)))
    if work.owner:
        words.append(_("owner: {owner}").format(owner=work.owner))
    return element("p", text(" · ".join(words)), css="aside")
