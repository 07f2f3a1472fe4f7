"""Moments and terms in words, in the reader's language and the place's zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton, format_time, format_timedelta

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from heatmaps.ui.locale import Translator

_COARSER_FROM = 2.0
"""A larger unit is used from two of it on: 47 hours stay hours, 48 become two days."""


def moment_in_words(moment: datetime, now: datetime, zone: tzinfo, _: Translator) -> str:
    """Give an aware moment as the clock of `zone` shows it: today at 18:40."""
    local = moment.astimezone(zone)
    time = format_time(local, "HH:mm", locale=_.locale)
    days = (local.date() - now.astimezone(zone).date()).days
    pattern = {
        -1: _("yesterday at {time}"),
        0: _("today at {time}"),
        1: _("tomorrow at {time}"),
    }.get(days, _("{date} at {time}"))
    return pattern.format(time=time, date=_date(local.date(), now.astimezone(zone).year, _))


def term_in_words(term: datetime, now: datetime, _: Translator) -> str:
    """Give how far a promised moment is: in 3 hours, or overdue by 2 h."""
    left = term - now
    if left >= timedelta():
        return _span_with_direction(left, _)
    span = format_timedelta(-left, threshold=_COARSER_FROM, format="short", locale=_.locale)
    return _("overdue by {span}").format(span=span)


def age_in_words(moment: datetime, now: datetime, _: Translator) -> str:
    """Give how long ago a moment was: 3 hours ago."""
    return _span_with_direction(moment - now, _)


def _span_with_direction(span: timedelta, _: Translator) -> str:
    return format_timedelta(span, threshold=_COARSER_FROM, add_direction=True, locale=_.locale)


def _date(day: date, this_year: int, _: Translator) -> str:
    if day.year == this_year:
        return format_skeleton("MMMMd", day, locale=_.locale)
    return format_date(day, "long", locale=_.locale)
