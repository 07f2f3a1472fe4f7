"""Which period and which spots a manager looks at; it stands in the URL and lasts the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import streamlit as st
from babel.dates import format_interval

from heatmaps.desk.words import Cause
from heatmaps.insight.period import PILL_DAYS, Period, Pill, period_of
from heatmaps.store.timelines import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Choices
    from heatmaps.ui.spot_words import Reader

EVERY = "every"
PERIOD, DAYS = "period", "days"
_PERIOD_PARTS = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen."""

    period: Period
    filters: Filters


def choose(choices: Choices, reader: Reader) -> Choice:
    """Show the period pills and the filters in one line; gives what is chosen."""
    _ = reader.translate
    when, where, topic, cause, queue = st.columns(
        [26, 13, 9, 9, 10], gap="small", vertical_alignment="bottom"
    )
    with when:
        period = _period(reader)
    indent = "\N{EM SPACE}"
    places = {place: indent * depth + name for place, name, depth in choices.territories}
    return Choice(period, Filters(
        territory_id=_filter(where, "territory", list(places), _("All territories"), places.get),
        topic=_filter(topic, "topic", choices.topics, _("Every topic"),
                      lambda one: _.word("topic", one)),
        cause=_filter(cause, "cause", [str(one) for one in Cause], _("Every cause"),
                      lambda one: _.word("cause", one)),
        queue=_filter(queue, "queue", choices.queues, _("All queues"),
                      lambda one: _.word("queue", one)),
    ))  # fmt: skip


def period_in_words(period: Period, _: Translator) -> str:
    """Give the first and the last day, one day once."""
    return str(format_interval(period.first, period.last, "yMMMd", locale=_.locale))


def _period(reader: Reader) -> Period:
    _ = reader.translate
    names = {
        Pill.TODAY: _("Today"),
        Pill.WEEK: _.plural("{n} day", "{n} days", PILL_DAYS[Pill.WEEK]),
        Pill.MONTH: _.plural("{n} day", "{n} days", PILL_DAYS[Pill.MONTH]),
        Pill.QUARTER: _("Quarter"),
        Pill.CUSTOM: _("Own dates"),
    }
    pills, dates = st.columns([16, 10], gap="small", vertical_alignment="bottom")
    chosen = pills.segmented_control(
        _("Period"), list(Pill), key=PERIOD, default=Pill.MONTH, required=True, wrap=False,
        format_func=lambda pill: names[pill], label_visibility="collapsed",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    usual = period_of(Pill(chosen or Pill.MONTH), reader.now, reader.zone)
    if chosen != Pill.CUSTOM:
        dates.markdown(f":gray[:small[{period_in_words(usual, _)}]]")
        return usual
    days: Sequence[date] = dates.date_input(
        _("Days"), value=(usual.first, usual.last), max_value=usual.last, key=DAYS,
        format="DD.MM.YYYY", label_visibility="collapsed", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    if len(days) < _PERIOD_PARTS:  # the second day is not chosen yet
        return usual
    return Period(days[0], days[1] + timedelta(days=1), reader.zone)


def _filter(
    side: st.delta_generator.DeltaGenerator,
    what: Literal["territory", "topic", "cause", "queue"],
    values: Sequence[str],
    every: str,
    name: Callable[[str], str | None],
) -> str | None:
    chosen = side.selectbox(
        every, [EVERY, *values], key=f"only-{what}", label_visibility="collapsed",
        format_func=lambda one: every if one == EVERY else str(name(one)),
        bind="query-params", persist_state="session",
    )  # fmt: skip
    return None if chosen == EVERY else chosen
