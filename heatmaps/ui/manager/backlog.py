"""The spots that wait now, by age and by cause, territory, topic or queue."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.backlog import AGE_BREAKS_H, Group, backlog
from heatmaps.ui.manager.words import hours_in_words
from heatmaps.ui.markup import Html, element, table, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.insight.backlog import BacklogRow
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading

SHOWN_ROWS = 200


def show_backlog(reading: Reading, _: Translator) -> None:
    """Show the table; its rows sum to all that wait."""
    names = {Group.CAUSE: _("by cause"), Group.TERRITORY: _("by territory"),
             Group.TOPIC: _("by topic"), Group.QUEUE: _("by queue")}  # fmt: skip
    title, pills = st.columns([4, 7], gap="small", vertical_alignment="center")
    title.html(element("h3", text(_("Waiting now, by age")), css="part"))
    group = pills.segmented_control(
        _("Waiting now, by age"), list(Group), key="backlog-by", default=Group.CAUSE,
        required=True, format_func=lambda one: names[one], label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    chosen = Group(group or Group.CAUSE)
    rows = backlog(reading.scene.spots, reading.scene.now, chosen)
    if not rows:
        st.html(element("p", text(_("Nothing waits.")), css="calm"))
        return
    most = max(max(row.by_age) for row in rows)
    told = [_row(_name(row, chosen, reading, _), row, most, _) for row in rows[:SHOWN_ROWS]]
    head = ("", *_ages(_), _("in all"), _("overdue"), _("complained"))
    st.html(element("div", table(head, [*told, _sum(rows, _)], css="figures heat"), css="scrolls"))


def _ages(_: Translator) -> list[str]:
    spans = [hours_in_words(hours, _) for hours in AGE_BREAKS_H]
    between = [f"{low} – {high}" for low, high in pairwise(spans)]
    return [f"< {spans[0]}", *between, f"≥ {spans[-1]}"]


def _name(row: BacklogRow, group: Group, reading: Reading, _: Translator) -> str:
    if group is Group.TERRITORY:
        place = reading.names.get(row.value) if row.value else None
        return place or _("outside all territories")
    if row.value is None:
        return _("not named")
    if group is Group.CAUSE:
        return _.word("cause", row.value)
    return _.word("topic" if group is Group.TOPIC else "queue", row.value)


def _row(name: str, row: BacklogRow, most: int, _: Translator) -> list[Html]:
    return [
        text(name),
        *(_cell(count, most, _) for count in row.by_age),
        element("b", text(_.number(row.open))),
        element("span", text(_.number(row.overdue)), css="late" if row.overdue else ""),
        text(_.number(row.people)),
    ]


def _sum(rows: Sequence[BacklogRow], _: Translator) -> list[Html]:
    ages = [sum(counts) for counts in zip(*(row.by_age for row in rows), strict=True)]
    figures = (*ages, sum(row.open for row in rows), sum(row.overdue for row in rows),
               sum(row.people for row in rows))  # fmt: skip
    return [element("b", text(_("in all"))), *(element("b", text(_.number(n))) for n in figures)]


def _cell(count: int, most: int, _: Translator) -> Html:
    if not count:
        return Html("")
    share = 0.08 + 0.42 * count / most
    return Html(f'<span class="shade" style="--share:{share:.2f}">{_.number(count)}</span>')
