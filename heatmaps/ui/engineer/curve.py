"""Complaints per hour as a small drawing: bars, and a line of steps at what is expected.

Drawn by hand rather than by a chart library, which would load a megabyte onto thin clients, speak
English in its menus, and tell the browser's clock instead of the region's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.insight.explanation.record import HourCount
    from heatmaps.ui.spot_words import Reader

MOST_HOURS = 168
MARKS = 5


def curve(hours: Sequence[HourCount], reader: Reader) -> Html:
    """Give the drawing of some consecutive hours, the last week of them; empty where none are."""
    _, shown = reader.translate, hours[-MOST_HOURS:]
    if not shown:
        return Html("")
    top = max(1.0, *(max(hour.observed, hour.expected) for hour in shown))
    bars = "".join(f'<i style="height:{100 * hour.observed / top:.1f}%"></i>' for hour in shown)
    steps = "".join(f'<i style="height:{100 * hour.expected / top:.1f}%"></i>' for hour in shown)
    usual = sum(hour.expected for hour in shown)
    seen = sum(hour.observed for hour in shown)
    told = _("bars: {seen} complaints; line: {n} expected").format(
        seen=_.number(seen), n=_.number(usual, digits=2)
    )
    return element(
        "div",
        element("div", _line(_.number(top)), _line("0"), css="scale"),
        element("div", Html(bars), element("div", Html(steps), css="steps"), css="bars"),
        element("div", *map(_line, _named(shown, reader)), css="hours"),
        element("div", text(told), css="usual"),
        css="curve",
    )


def _named(hours: Sequence[HourCount], reader: Reader) -> list[str]:
    """Name some hours from the first to the last, by the region's clock."""
    last = len(hours) - 1
    rows = sorted({round(last * step / (MARKS - 1)) for step in range(MARKS)})
    return [f"{hours[row].start.astimezone(reader.zone):%d.%m %H:%M}" for row in rows]


def _line(words: str) -> Html:
    return element("span", text(words))
