"""How long each leg of the way takes: waiting, finding the cause, fixing, watching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.flow import leg_times
from heatmaps.ui.manager.words import hours_in_words
from heatmaps.ui.markup import Html, element, table, text

if TYPE_CHECKING:
    from heatmaps.insight.flow import LegTimes
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading


def show_legs(reading: Reading, _: Translator) -> None:
    """Show quartiles of each leg; what is under way counts as longer than what has ended."""
    ripe = reading.scene.ripe
    rest = _.plural("{n} spot", "{n} spots", len(ripe))
    small = element("small", text(_("{spots}, opened a day ago or earlier").format(spots=rest)))
    head = element("h3", text(_("Legs of the way")), small, css="part")
    names = ("", _("ended of begun"), "¼", "½", "¾")
    rows = [_row(each, _) for each in leg_times(ripe)]
    said = element("p", text(_(
        "¼, ½, ¾ of the spots took no longer; what is under way counts as longer than what ended."
    )), css="aside")  # fmt: skip
    st.html(element("section", head, table(names, rows, css="figures"), said))


def _row(leg: LegTimes, _: Translator) -> list[Html]:
    swatch = element("i", css=f"swatch {leg.leg}")
    return [
        Html(swatch + text(_.word("leg", leg.leg))),
        text(f"{_.number(leg.ended)} / {_.number(leg.begun)}"),
        *(text(hours_in_words(hours, _)) for hours in leg.quartiles),
    ]
