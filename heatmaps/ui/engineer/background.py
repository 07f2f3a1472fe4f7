"""What lies behind a spot: complaints over time, complaints in their words, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from heatmaps.ui.engineer.curve import curve
from heatmaps.ui.engineer.evidence_words import percent
from heatmaps.ui.markup import Html, element, table, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from heatmaps.insight.explanation.record import Explanation
    from heatmaps.store.spots import Event
    from heatmaps.ui.engineer.dossier import Dossier
    from heatmaps.ui.spot_words import Reader

WITHDRAWN = "withdrawn"
SHOWN_COMPLAINTS = 200


def show_curve(told: Explanation, reader: Reader) -> None:
    """Show the complaints per hour against the expected, why it opened, topics and repeats."""
    _ = reader.translate
    head = element("h3", text(_("Complaints per hour")), css="part")
    topics = " · ".join(
        _("{topic} {n} ({share}, usually {usual})").format(
            topic=_.word("topic", each.topic), n=_.number(each.complaints),
            share=percent(each.share, _), usual=percent(each.usual, _),
        )
        for each in told.topics
    )  # fmt: skip
    again = _("called again: {again} of {customers} ({share})").format(
        again=_.number(told.called_again), customers=_.number(told.customers),
        share=percent(told.called_again / max(told.customers, 1), _),
    )  # fmt: skip
    said = (_opening(told, reader), topics, again)
    lines = (element("p", text(line), css="aside") for line in said if line)
    st.html(element("section", head, curve(told.hours, reader), *lines))


def _opening(told: Explanation, reader: Reader) -> str:
    """Give the zone and window that opened the spot."""
    _ = reader.translate
    hours = round((told.window_until - told.window_since).total_seconds() / 3600)
    return _("opened by {seen} in {hours} where {usual} is usual; {cells}").format(
        seen=_.plural("{n} customer", "{n} customers", told.observed),
        hours=_.plural("{n} hour", "{n} hours", hours),
        usual=_.number(told.expected, digits=2),
        cells=_.plural("zone of {n} cell", "zone of {n} cells", len(told.cells)),
    )


def show_history(dossier: Dossier, reader: Reader) -> None:
    """Show what happened to the spot, the newest first."""
    _ = reader.translate
    items = (element("li", event_in_words(event, reader)) for event in reversed(dossier.events))
    head = element("h3", text(_("History")), css="part")
    st.html(element("section", head, element("ol", *items, css="history")))


def show_complaints(dossier: Dossier, reader: Reader) -> None:
    """Show the complaints with address and words; contact and name are never read."""
    _, complaints = reader.translate, dossier.complaints[:SHOWN_COMPLAINTS]
    count = element("small", text(_.number(len(dossier.complaints))))
    head = element("h3", text(_("Complaints behind the spot")), count, css="part")
    names = (_("Time"), _("Topic"), _("Customer"), _("Address"), _("What was said"))
    rows = (_complaint(row, reader) for row in complaints)
    st.html(element("section", head, table(names, rows, css="complaints")))


def event_in_words(event: Event, reader: Reader) -> Html:
    """Give when, who and what, in one line."""
    _ = reader.translate
    who = _.word("actor", event.actor) if event.kind != "work" or event.actor == "rules" else None
    what = _HAPPENED.get(event.kind, _as_it_is)(event.detail, reader)
    return Html(
        element("time", text(reader.moment(event.at)))
        + element("b", text(who or event.actor))
        + element("span", text(what))
    )


def _complaint(row: Mapping[str, Any], reader: Reader) -> list[Html]:
    _ = reader.translate
    channel = _.word("channel", row["channel"]) if row["channel"] else ""
    segment = _.word("segment", row["segment"]) if row["segment"] else ""
    said = text(row["text"] or "")
    if row["critical"]:
        said = Html(element("b", text(_("critical")), css="critical") + said)
    if row["state"] == WITHDRAWN:
        said = element("del", said)
    return [
        text(reader.moment(row["created_at"])),
        text(_.word("topic", row["topic"])),
        text(" · ".join(word for word in (segment, channel) if word)),
        text(row["address"] or ""),
        said,
    ]


def _opened(detail: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.translate
    observed = _.plural("{n} customer complained", "{n} customers complained", detail["observed"])
    hours = _.plural("{n} hour", "{n} hours", detail["window_h"])
    usual = _("usual in {hours}: {n}").format(hours=hours, n=_.number(detail["expected"], digits=2))
    return f"{_('spot opened')}: {observed}, {usual}"


def _signal(detail: Mapping[str, Any], reader: Reader) -> str:
    return reader.translate.word("signal", detail["signal"][1])


def _zone(detail: Mapping[str, Any], reader: Reader) -> str:
    before, after = detail["cells"]
    return reader.translate("zone: {before} → {after} cells").format(before=before, after=after)


def _merged(detail: Mapping[str, Any], reader: Reader) -> str:
    return reader.translate("merged into spot {n}").format(n=detail["into"])


def _work(detail: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.translate
    said: list[str] = []
    if "status" in detail:
        said.append(_.word("status", detail["status"][1]))
    if detail.get("cause", (None, None))[1]:
        said.append(_("cause: {cause}").format(cause=_.word("cause", detail["cause"][1])))
    if detail.get("eta", (None, None))[1]:
        term = datetime.fromisoformat(detail["eta"][1])
        said.append(_("term: {when}").format(when=reader.moment(term)))
    if detail.get("owner", (None, None))[1]:
        said.append(_("owner: {owner}").format(owner=detail["owner"][1]))
    if detail.get("done", (None, None))[1]:
        said.append(f"«{detail['done'][1]}»")
    return ", ".join(said)


def _as_it_is(detail: Mapping[str, Any], _reader: Reader) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())


_HAPPENED: dict[str, Callable[[Mapping[str, Any], Reader], str]] = {
    "opened": _opened,
    "signal": _signal,
    "zone": _zone,
    "merged": _merged,
    "work": _work,
}
