"""How a gap went over time: in words, and as a small curve against what is usual."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.course import Pattern
from heatmaps.insight.look_back import MONTH_DAYS
from heatmaps.ui.board import ground
from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from heatmaps.insight.gap import Gap
    from heatmaps.store.planning import Search
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader


def course_told(gap: Gap, search: Search | None, reader: Reader) -> str:
    """Give its pattern, since when, until when, and what the pattern means."""
    _ = reader.translate
    word = _.word("pattern", gap.pattern)
    begun = _day(gap.since, reader)
    known_from_start = search is not None and gap.since <= search.since
    since = (_("since {date} or earlier") if known_from_start else _("since {date}")).format(
        date=begun
    )
    until = (
        "" if gap.ended is None else ", " + _("until {date}").format(date=_day(gap.ended, reader))
    )
    return f"{word[:1].upper()}{word[1:]}, {since}{until}. {_meaning(gap.pattern, _)}"


def show_course(gap: Gap, search: Search, reader: Reader) -> None:
    """Show the complaints of each period against what is usual then, the raised ones marked."""
    _, counts = reader.translate, gap.per_period
    monthly = search.period_days >= MONTH_DAYS
    name = _("Complaints per month of 30 days") if monthly else _("Complaints per week")
    top = max(*counts, *gap.usual, 1.0)
    heights = [f"height:{100 * count / top:.1f}%" for count in counts]
    marks = [' class="raised"' if raised else "" for raised in _raised(gap, search)]
    bars = "".join(
        f'<i{mark} style="{height}"></i>' for mark, height in zip(marks, heights, strict=True)
    )
    steps = "".join(f'<i style="height:{100 * usual / top:.1f}%"></i>' for usual in gap.usual)
    ends = (_day(moment, reader) for moment in (search.since, search.until))
    told = (
        _("line: usual there; dark: months that count as raised")
        if monthly
        else _("line: usual there; dark: weeks that count as raised")
    )
    drawn = element(
        "div",
        element("div", element("span", text(_.number(top))), element("span", text("0")),
                css="scale"),
        element("div", Html(bars), element("div", Html(steps), css="steps"), css="bars"),
        element("div", *(element("span", text(end)) for end in ends), css="hours"),
        element("div", text(told), css="usual"),
        css="curve low course",
    )  # fmt: skip
    st.html(element("section", element("h3", text(name), css="part"), drawn))


def _raised(gap: Gap, search: Search) -> Iterator[bool]:
    """Say of each period whether most of it lies between beginning and end."""
    length = timedelta(days=search.period_days)
    for back in range(len(gap.per_period), 0, -1):
        middle = search.until - back * length + length / 2
        yield gap.since <= middle and (gap.ended is None or middle < gap.ended)


def _meaning(pattern: Pattern, _: Translator) -> str:
    planning = ground().policy.planning
    meanings = {
        Pattern.NEW: _("Complaints have been raised for {n} weeks at most, and never before."),
        Pattern.CONSECUTIVE: _("Complaints were usual once and have been raised ever since."),
        Pattern.INTENSIFYING: _("Complaints are raised nearly all the time, and more and more."),
        Pattern.PERSISTENT: _("Complaints are raised nearly all the time, without a trend."),
        Pattern.DIMINISHING: _("Complaints are raised nearly all the time, but less and less."),
        Pattern.SPORADIC: _("Complaints come and go, and are raised now."),
        Pattern.OSCILLATING: _("Complaints go from below the usual to above it, where they are."),
        Pattern.HISTORICAL: _(
            "Complaints are as usual again; it leaves the list {n} weeks after they became so."
        ),
        Pattern.UNTOLD: _("Less than half a year is looked back on: too short to tell its course."),
    }
    weeks = planning.historical_weeks if pattern is Pattern.HISTORICAL else planning.new_weeks
    return meanings[pattern].format(n=weeks)


def _day(moment: datetime, reader: Reader) -> str:
    return f"{moment.astimezone(reader.zone):%d.%m.%Y}"
