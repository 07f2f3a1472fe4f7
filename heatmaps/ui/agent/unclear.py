"""An address that was not understood: what is wrong with it, and which ones it may be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.rows import Row, choose_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.result import Alternative, GeocodeResult
    from heatmaps.ui.locale import Translator

TELLING_FAULTS = (
    "junk",
    "unknown_settlement",
    "city_contradicted",
    "no_city",
    "street_not_found",
    "several_streets",
    "several_addresses",
    "excel_date",
    "no_street",
    "no_house",
)
"""Faults an agent can do something about, the gravest first."""

HOUSE_UNKNOWN = "house_unknown"
"""The change that says: the street is known, the house is not."""

_DIGITS = 5


def faults_in_words(place: GeocodeResult, _: Translator) -> str:
    """Give what is wrong with the address in one sentence; empty where nothing is."""
    found = [fault for fault in TELLING_FAULTS if fault in place.faults]
    if "street_not_found" in found and "no_house" in found:
        found.remove("no_house")
    if HOUSE_UNKNOWN in place.changes:
        found.append(HOUSE_UNKNOWN)
    return " ".join(_.word("fault", fault) for fault in found)


def show_alternatives(
    alternatives: Sequence[Alternative],
    ask: Callable[[str, str | None], None],
    _: Translator,
) -> None:
    """Show the places an address may mean; the chosen one is asked at once."""
    rows = [
        Row(id=str(number), title=each.label, detail=_.word("level", each.level))
        for number, each in enumerate(alternatives)
    ]
    chosen = choose_row(rows, label=_("Which of these addresses?"), key="alternatives")
    if chosen is None or int(chosen) >= len(alternatives):
        return
    meant = alternatives[int(chosen)]
    ask(_unmistakable(meant, alternatives), meant.label)
    st.rerun()


def _unmistakable(meant: Alternative, alternatives: Sequence[Alternative]) -> str:
    """Give the label, or the coordinates where several places bear the same one."""
    if Counter(each.label for each in alternatives)[meant.label] == 1:
        return meant.label
    return f"{round(meant.lat, _DIGITS)}, {round(meant.lon, _DIGITS)}"
