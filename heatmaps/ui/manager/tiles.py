"""The figures, each with what it rests on, what it was before, and its definition a click away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.kpi import kpi_named
from heatmaps.ui.manager.words import rest_in_words, value_in_words
from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from heatmaps.insight.kpi import Figure, Kpi
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure in large, and those that belong beside it in small."""

    main: str
    beside: tuple[str, ...] = ()
    has_past: bool = True


TILES = (
    Tile("one_day_of_opened", ("one_day_estimated",)),
    Tile("one_day_of_resolved"),
    Tile("median_to_resolve", ("median_estimated",)),
    Tile("term_kept", ("median_late",)),
    Tile("complained_helped", ("silent_helped",)),
    Tile("reopened_share"),
    Tile("open_now", ("overdue_now",), has_past=False),
)


def show_tiles(reading: Reading, _: Translator) -> None:
    """Show all tiles in a row."""
    with st.container(key="kpi"):
        sides = st.columns(len(TILES), gap="xsmall")
        for side, tile in zip(sides, TILES, strict=True):
            with side, st.container(border=True, gap=None, height="stretch"):
                _show(tile, reading, _)


def _show(tile: Tile, reading: Reading, _: Translator) -> None:
    main = kpi_named(tile.main)
    with st.popover(_(main.title), type="tertiary", width="stretch", wrap=True):
        for name in (tile.main, *tile.beside):
            _define(kpi_named(name), _)
    figure = main.measure(reading.scene)
    value = element("b", text(value_in_words(figure.value, main.unit, _)), css="value")
    rest = [] if main.unit == "spots" else [text(rest_in_words(figure, main.unit, _))]
    lines = [element("span", each) for each in rest]
    lines += [_beside(kpi_named(name), reading, _) for name in tile.beside]
    if tile.has_past:
        lines.append(_past(main, figure, reading, _))
    st.html(element("div", value, *lines, css="tile"))


def _define(kpi: Kpi, _: Translator) -> None:
    st.html(
        element(
            "section",
            element("h3", text(_(kpi.title)), css="part"),
            element("p", text(_(kpi.formula))),
            *(element("p", text(_(said)), css="aside") for said in kpi.counted),
            element("p", text(_("Source: {source}").format(source=_(kpi.source))), css="aside"),
            css="definition",
        )
    )


def _beside(kpi: Kpi, reading: Reading, _: Translator) -> Html:
    figure = kpi.measure(reading.scene)
    name = _.word("beside", kpi.kpi)
    value = value_in_words(figure.value, kpi.unit, _)
    return element("span", text(f"{name} "), element("b", text(value)))


def _past(kpi: Kpi, figure: Figure, reading: Reading, _: Translator) -> Html:
    """Say what it was in the equal period before; coloured where the change is beyond chance."""
    past = kpi.measure(reading.before)
    said = _("before: {value}").format(value=value_in_words(past.value, kpi.unit, _))
    return element("span", text(said), css=_tone(kpi, figure, past))


def _tone(kpi: Kpi, figure: Figure, past: Figure) -> str:
    if not kpi.achievement or None in {figure.low, figure.high, past.low, past.high}:
        return "past"
    grown = figure.low > past.high  # type: ignore[operator]  # None was told apart above
    shrunk = figure.high < past.low  # type: ignore[operator]
    better = grown if kpi.better == "more" else shrunk
    worse = shrunk if kpi.better == "more" else grown
    return "past good" if better else "past late" if worse else "past"
