"""Why a spot stands where it stands: the parts of its priority, in points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.desk.card import SpotCard
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

_WHOLE = 1e-9


def show_parts(card: SpotCard, reader: Reader) -> None:
    """Show each part with its bar, its points and the numbers it comes from."""
    _ = reader.translate
    parts = [part for part in card.priority_parts if abs(part["points"]) > _WHOLE]
    most = max((abs(part["points"]) for part in parts), default=1.0)
    total = _("Priority {n}").format(n=_.number(card.priority, digits=1))
    version = _("policy version {n}").format(n=card.policy_version)
    head = element("h3", text(total), element("small", text(version)), css="part")
    rows = (_row(part, most, _) for part in parts)
    st.html(element("section", head, element("table", *rows, css="parts")))


def _row(part: Mapping[str, Any], most: float, _: Translator) -> Html:
    width = round(100 * abs(part["points"]) / most)
    bar = Html(f'<i style="width:{max(width, 1)}%"></i>')
    because = " · ".join(
        f"{_.word('because', name)} {_in_digits(value, _)}"
        for name, value in part["because"].items()
        if value or name != "without_ltv"
    )
    return element(
        "tr",
        element("th", text(_.word("part", part["name"]))),
        element("td", bar, css="bar"),
        element("td", text(_.number(part["points"], digits=1)), css="points"),
        element("td", text(because), css="because"),
    )


def _in_digits(value: float, _: Translator) -> str:
    whole = abs(value - round(value)) < _WHOLE
    return _.number(value, digits=0 if whole else 2)
