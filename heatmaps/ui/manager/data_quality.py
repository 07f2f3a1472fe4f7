"""How far the complaints of a period can be trusted: places, repeated entries, contradictions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.geocoding.location import DISAGREE
from heatmaps.store.data_quality import load_quality
from heatmaps.ui.board import ground
from heatmaps.ui.markup import element, facts, table, text
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.insight.data_quality import DataQuality
    from heatmaps.insight.period import Period
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.markup import Html

FRESH_S = 300
"""The section is at most this old."""


def data_quality_section(period: Period, _: Translator) -> None:
    """Show the data quality of the complaints made in a period."""
    quality = _quality(workplace().settings.database_url, period.since, period.until)
    st.html(element("h3", text(_("Data quality")), css="part"))
    st.html(quality_facts(quality, _))
    if quality.default_points:
        st.html(default_points_table(quality, _))


def quality_facts(quality: DataQuality, _: Translator) -> Html:
    """Give what came in and what is doubtful about it, as names with figures."""
    doubts = {
        _("without a place on the map"): quality.unlocated,
        _("on default points"): quality.on_default_points,
        _("address and coordinates disagree"): quality.location_faults.get(DISAGREE, 0),
        _("entered again, nobody named"): quality.repeats.repeats,
    }
    pairs = [(_("complaints in the period"), text(_.number(quality.complaints)))]
    pairs += [(name, _figure(count, quality.complaints, _)) for name, count in doubts.items()]
    waiting = text(_.number(quality.quarantine_waiting))
    return facts([*pairs, (_("rows waiting in quarantine now"), waiting)])


def default_points_table(quality: DataQuality, _: Translator) -> Html:
    """Give the coordinates that stand for "unknown", those with most complaints first."""
    head = (_("default point"), _("complaints"), _("addresses"))
    rows = [
        [
            text(f"{point.lat:.5f}, {point.lon:.5f}"),
            text(_.number(point.complaints)),
            text(_.number(point.addresses)),
        ]
        for point in quality.default_points
    ]
    return element("div", table(head, rows, css="figures"), css="scrolls")


def _figure(count: int, total: int, _: Translator) -> Html:
    shown = text(_.number(count))
    if not count or not total:
        return shown
    share = _.number(100 * count / total, digits=1)
    return element("span", shown, element("small", text(f" {share} %")))


@st.cache_data(ttl=FRESH_S, show_spinner=False, max_entries=20)
def _quality(url: str, since: datetime, until: datetime) -> DataQuality:  # noqa: ARG001 - tells one store's from another's
    within = timedelta(hours=ground().policy.quality.duplicate_within_h)
    with workplace().store.reading() as connection:
        return load_quality(connection, since, until, within)
