"""Figures, spans and shares in the words of the screens."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from babel.units import format_unit

if TYPE_CHECKING:
    from heatmaps.insight.kpi import Figure, Unit
    from heatmaps.ui.locale import Translator

NOTHING = "—"
HOURS_A_DAY = 24
DAYS_FROM_H = 72
"""Longer spans are told in days."""

_MINUTES_BELOW_H = 1


def value_in_words(value: float | None, unit: Unit, _: Translator) -> str:
    """Give a figure's value with its unit; a dash where it is not known."""
    if value is None:
        return NOTHING
    if unit == "share":
        return share_in_words(value, _)
    return hours_in_words(value, _) if unit == "hours" else _.number(value)


def share_in_words(share: float, _: Translator, digits: int = 1) -> str:
    """Give a share in per cent."""
    return f"{_.number(100 * share, digits=digits)}\N{NO-BREAK SPACE}%"


def hours_in_words(hours: float | None, _: Translator) -> str:
    """Give a span: minutes below an hour, days from three of them on; a dash where unknown."""
    if hours is None or math.isnan(hours):
        return NOTHING
    size = abs(hours)
    if size < _MINUTES_BELOW_H:
        return _unit(round(hours * 60), "duration-minute", _)
    if size < DAYS_FROM_H:
        return _unit(round(hours, 1 if size < 10 else 0), "duration-hour", _)  # noqa: PLR2004 - two digits tell enough
    return _unit(round(hours / HOURS_A_DAY, 1), "duration-day", _)


def rest_in_words(figure: Figure, unit: Unit, _: Translator) -> str:
    """Give what a figure rests on: how many spots, and its interval where there is one."""
    said = f"n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{_.number(figure.n)}"
    if figure.low is None or figure.high is None or unit != "share":
        return said
    low, high = _.number(100 * figure.low), share_in_words(figure.high, _, digits=0)
    return f"{said} · {low}–{high}"


def _unit(value: float, unit: str, _: Translator) -> str:
    said = format_unit(value, unit, "short", locale=_.locale)
    return said.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{MINUS SIGN}")
