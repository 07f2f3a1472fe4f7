"""Which period and which spots a manager looks at; it stands in the URL and lasts the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st
from babel.dates import format_interval

from heatmaps.desk.words import Cause
from heatmaps.insight.period import PILL_DAYS, Period, Pill, period_of
from heatmaps.store.timelines import Filters
from heatmaps.ui.markup import element, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Choices
    from heatmaps.ui.spot_words import Reader

EVERY = "every"
PERIOD, DAYS = "period", "days"
PLACE_PX, FILTER_PX, DATES_PX = 168, 133, 230


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen."""

    period: Period
    filters: Filters


def choose(choices: Choices, reader: Reader) -> Choice:
    """Show the period pills and the filters; gives what is chosen."""
    _ = reader.translate
    period = _choose_period(reader)
    indent = "\N{EM SPACE}"
    places = {place: indent * depth + name for place, name, depth in choices.territories}
    causes = [str(cause) for cause in Cause]
    return Choice(period, Filters(
        territory_id=_choose("territory", list(places), _("All territories"), places.__getitem__),
        topic=_choose("topic", choices.topics, _("Every topic"), lambda one: _.word("topic", one)),
        cause=_choose("cause", causes, _("Every cause"), lambda one: _.word("cause", one)),
        queue=_choose("queue", choices.queues, _("All queues"), lambda one: _.word("queue", one)),
    ))  # fmt: skip


def period_in_words(period: Period, _: Translator) -> str:
    """Give the first and the last day, one day once."""
    return str(format_interval(period.first, period.last, "yMMMd", locale=_.locale))


def _choose_period(reader: Reader) -> Period:
    _ = reader.translate
    names = {
        Pill.TODAY: _("Today"),
        Pill.WEEK: _.plural("{n} day", "{n} days", PILL_DAYS[Pill.WEEK]),
        Pill.MONTH: _.plural("{n} day", "{n} days", PILL_DAYS[Pill.MONTH]),
        Pill.QUARTER: _("Quarter"),
        Pill.CUSTOM: _("Own dates"),
    }
    _take_up(PERIOD, list(Pill), Pill.MONTH)
    chosen = Pill(st.segmented_control(
        _("Period"), list(Pill), key=PERIOD, required=True, wrap=False,
        format_func=names.__getitem__, label_visibility="collapsed", persist_state="session",
    ) or Pill.MONTH)  # fmt: skip
    _put_in_url(PERIOD, chosen, Pill.MONTH)
    usual = period_of(chosen, reader.now, reader.zone)
    if chosen is Pill.CUSTOM:
        return _choose_days(usual, reader)
    _put_in_url(DAYS, "", "")
    st.html(element("p", text(period_in_words(usual, _)), css="aside"), width="content")
    return usual


def _choose_days(usual: Period, reader: Reader) -> Period:
    """Ask for the first and the last day; until both are named it is the usual period."""
    if DAYS not in st.session_state:
        st.session_state[DAYS] = _days_of(st.query_params.get(DAYS, ""), usual)
    days = st.date_input(
        reader.translate("Days"), max_value=usual.last, key=DAYS, format="DD.MM.YYYY",
        label_visibility="collapsed", persist_state="session", width=DATES_PX,
    )  # fmt: skip
    match days:
        case (first, last):
            _put_in_url(DAYS, f"{first}_{last}", "")
            return Period(first, last + timedelta(days=1), reader.zone)
    return usual


def _days_of(words: str, usual: Period) -> tuple[date, date]:
    """Read the days out of the URL, the usual ones where it names none that can be."""
    try:
        first, last = (date.fromisoformat(word) for word in words.split("_"))
    except ValueError:
        return usual.first, usual.last
    return (first, last) if first <= last <= usual.last else (usual.first, usual.last)


def _choose(what: str, values: Sequence[str], every: str, name: Callable[[str], str]) -> str | None:
    key = f"only-{what}"
    _take_up(key, values, EVERY)
    chosen = st.selectbox(
        every, [EVERY, *values], key=key, label_visibility="collapsed",
        width=PLACE_PX if what == "territory" else FILTER_PX,
        format_func=lambda one: every if one == EVERY else name(one), persist_state="session",
    )  # fmt: skip
    _put_in_url(key, chosen, EVERY)
    return None if chosen == EVERY else chosen


def _take_up(key: str, values: Sequence[str], otherwise: str) -> None:
    """Take a choice over from the URL when the session has made none, or one that is gone."""
    if st.session_state.get(key) in {*values, otherwise}:
        return
    named = {str(value): value for value in values}
    st.session_state[key] = named.get(st.query_params.get(key, ""), otherwise)


def _put_in_url(key: str, chosen: str, usual: str) -> None:
    """Let the URL name a choice that is not the usual one, by its language-free word."""
    if chosen != usual:
        st.query_params[key] = str(chosen)
    elif key in st.query_params:
        del st.query_params[key]
