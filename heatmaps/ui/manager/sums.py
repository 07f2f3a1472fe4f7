"""What became of the spots opened: every one of them is in exactly one part of the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.timeline import Fate, tally
from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading


def show_sum(reading: Reading, _: Translator) -> None:
    """Show the sum in words, and as a bar where there is anything to show."""
    counted = tally(reading.scene.opened)
    parts = [
        element("span", element("i", css=f"swatch {fate}"), text(f"{_.word('fate', fate)} "),
                element("b", text(_.number(count))))
        for fate, count in counted.by_fate.items()
    ]  # fmt: skip
    plus = element("em", text("+"))
    sum_of = [each for part in parts for each in (plus, part)][1:]
    head = element("span", text(_("Opened in the period") + " "),
                   element("b", text(_.number(counted.opened))))  # fmt: skip
    said = [head, element("em", text("=")), *sum_of]
    if counted.by_order:
        order = _("of them off by order, not judged: {n}").format(n=_.number(counted.by_order))
        said.append(element("span", text(order), css="aside"))
    bar = Html("".join(
        f'<i class="{fate}" style="flex:{counted.by_fate[fate]}"></i>'
        for fate in Fate if counted.by_fate[fate]
    ))  # fmt: skip
    st.html(element("div", element("div", *said, css="line"), element("div", bar, css="bar"),
                    css="sum"))  # fmt: skip
