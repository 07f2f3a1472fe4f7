"""What came and went over time, and how fast spots are resolved, as charts.

Drawn by the chart library that the app carries with it, so no other host is asked. Dates and
numbers reach it as words, since it would tell the browser's clock and speak English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from babel.dates import format_skeleton

from heatmaps.insight.flow import flow
from heatmaps.insight.scene import ONE_DAY_H
from heatmaps.ui.manager.words import hours_in_words, share_in_words
from heatmaps.ui.markup import element, text

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from heatmaps.insight.flow import Flow
    from heatmaps.insight.survival import Curve
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.manager.reading import Reading

    Drawn = alt.LayerChart | alt.FacetChart

HEIGHT_PX = 230
OPENED, RESOLVED, WAITING = "#9db4cf", "#00795a", "#d55e00"
CURVE = "#1f4e8c"
INK, GRID = "#5b6675", "#e3e7ed"
DRAWN_STEPS = 400
"""A curve of more steps looks the same."""

WEEK_H = 168.0
LEAST_H = 48.0


def show_flow(reading: Reading, _: Translator) -> None:
    """Show spots opened, resolved and waiting by day or week; one step in words alone."""
    told = flow(reading.scene, reading.choice.period)
    st.html(element("h3", text(_("Opened, resolved, waiting")), css="part"))
    if len(told.steps) > 1:
        st.altair_chart(draw_flow(told, _), theme=None, width="stretch", height=HEIGHT_PX,
                        alt=_("Opened, resolved, waiting"))  # fmt: skip
        return
    said = _("Opened {opened}, resolved {resolved}, waiting now {waiting}.").format(
        opened=_.number(int(told.opened.sum())), resolved=_.number(int(told.resolved.sum())),
        waiting=_.number(int(told.waiting[-1]) if len(told.steps) else 0),
    )  # fmt: skip
    st.html(element("p", text(said), css="calm"))


def show_curve(reading: Reading, _: Translator) -> None:
    """Show the share resolved by each hour, with its interval and where open spots drop out."""
    curve = reading.scene.curve
    rest = _.plural("{n} spot", "{n} spots", curve.n)
    head = element("small", text(_("{spots}; ticks: still open").format(spots=rest)))
    st.html(element("h3", text(_("Share resolved by hours since opening")), head, css="part"))
    if curve.n == 0:
        st.html(element("p", text(_("No spot of this period counts yet.")), css="calm"))
        return
    st.altair_chart(draw_curve(curve, _), theme=None, width="stretch", height=HEIGHT_PX,
                    alt=_("Share resolved by hours since opening"))  # fmt: skip


def draw_flow(told: Flow, _: Translator) -> Drawn:
    """Give bars of spots opened and resolved, and a line of those waiting at the end of each."""
    kinds = {_("opened"): (told.opened, OPENED), _("resolved"): (told.resolved, RESOLVED),
             _("waiting"): (told.waiting, WAITING)}  # fmt: skip
    days, weekly = [_day(day, _) for day in told.steps], _is_weekly(told)
    rows = pd.DataFrame([
        {"day": day, "kind": kind, "n": int(n),
         "said": f"{_('week from {day}').format(day=day) if weekly else day}: {kind} {n}"}
        for kind, (counts, _colour) in kinds.items()
        for day, n in zip(days, counts, strict=True)
    ])  # fmt: skip
    *bars, waiting = kinds
    scale = alt.Scale(domain=list(kinds), range=[ink for _counts, ink in kinds.values()])
    colour = alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(orient="top"))
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=10, ticks=False)
    x = alt.X("day:O", sort=days, title=None, axis=axis)
    y = alt.Y("n:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=4, format="d"))
    hint = alt.Tooltip("said:N", title=" ")
    base = alt.Chart(rows).encode(x=x, y=y, color=colour, tooltip=hint)
    pillars = base.transform_filter(alt.FieldOneOfPredicate("kind", bars)).mark_bar()
    line = base.transform_filter(alt.FieldEqualPredicate(waiting, "kind"))
    drawn = alt.layer(
        pillars.encode(xOffset=alt.XOffset("kind:N", sort=bars, scale=alt.Scale(domain=bars))),
        line.mark_line(point=alt.OverlayMarkDef(size=22), strokeWidth=2),
    )
    return _calm(drawn)


def draw_curve(curve: Curve, _: Translator) -> Drawn:
    """Give the curve as steps, its interval as a band, and a tick where an open spot drops out."""
    end = min(max(LEAST_H, float(np.quantile(curve.hours, 0.95))), WEEK_H)
    known = min(end, curve.followed)
    rows = _steps(curve, known, _)
    percent = alt.Axis(format=".0%", tickCount=4)
    x = alt.X("hours:Q", title=_("hours since opening"), scale=alt.Scale(domain=[0, end]),
              axis=alt.Axis(values=list(range(0, int(end) + 1, 24 if end > LEAST_H else 6)),
                            format="d"))  # fmt: skip
    y = alt.Y("resolved:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=percent)
    base = alt.Chart(rows).encode(x=x)
    band = base.mark_area(interpolate="step-after", opacity=0.16, color=CURVE).encode(
        y=alt.Y("low:Q", title=None, axis=percent), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2, color=CURVE).encode(y=y)
    hover = base.mark_point(size=60, opacity=0, filled=True, color=CURVE).encode(
        y=y, tooltip=alt.Tooltip("said:N", title=" ")
    )
    ticks = alt.Chart(_censored(curve, known, _)).mark_tick(
        orient="vertical", height=9, thickness=1.4, color=CURVE
    ).encode(x=x, y=y, tooltip=alt.Tooltip("said:N", title=" "))  # fmt: skip
    marks = pd.DataFrame({"hours": [ONE_DAY_H], "resolved": [0.5]})
    dashes: dict[str, Any] = {"strokeDash": [4, 3], "color": "#93a1b1"}
    rules = (alt.Chart(marks).mark_rule(**dashes).encode(x="hours:Q"),
             alt.Chart(marks).mark_rule(**dashes).encode(y="resolved:Q"))  # fmt: skip
    return _calm(alt.layer(*rules, band, line, ticks, hover))


def _steps(curve: Curve, end: float, _: Translator) -> pd.DataFrame:
    """Give the curve up to `end`, thinned to what can be seen, and its last value there."""
    within = np.flatnonzero(curve.hours <= end)
    if len(within) > DRAWN_STEPS:
        within = np.unique(within[np.linspace(0, len(within) - 1, DRAWN_STEPS).astype(int)])
    last = within[-1:]
    places = np.concatenate([within, last])
    hours = np.concatenate([curve.hours[within], [end]])
    said = [
        f"{hours_in_words(hour, _)}: {share_in_words(share, _)}"
        for hour, share in zip(hours.tolist(), curve.resolved[places].tolist(), strict=True)
    ]
    columns = {"hours": hours, "resolved": curve.resolved[places], "low": curve.low[places],
               "high": curve.high[places], "said": said}  # fmt: skip
    return pd.DataFrame(columns)


def _censored(curve: Curve, end: float, _: Translator) -> pd.DataFrame:
    hours = curve.censored[curve.censored <= end]
    if len(hours) > DRAWN_STEPS:
        hours = hours[np.linspace(0, len(hours) - 1, DRAWN_STEPS).astype(int)]
    at = np.searchsorted(curve.hours, hours, side="right") - 1
    said = [_("open for {span}").format(span=hours_in_words(hour, _)) for hour in hours.tolist()]
    resolved: NDArray[np.float64] = curve.resolved[at]
    return pd.DataFrame({"hours": hours, "resolved": resolved, "said": said})


def _calm(chart: Drawn) -> Drawn:
    """Dress a chart like the page around it."""
    words: dict[str, Any] = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12,
                             "titleFontSize": 12, "titleFontWeight": 400}  # fmt: skip
    calm: Drawn = (
        chart.configure(
            font="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
        )
        .configure_axis(**words, gridColor=GRID, domainColor="#93a1b1", tickColor="#93a1b1")
        .configure_axisX(grid=False)
        .configure_legend(labelColor=INK, labelFontSize=12, symbolType="square", offset=2)
        .configure_view(stroke=None)
    )
    return calm


def _is_weekly(told: Flow) -> bool:
    return len(told.steps) > 1 and (told.steps[1] - told.steps[0]).days > 1


def _day(day: date, _: Translator) -> str:
    return str(format_skeleton("MMMd", day, locale=_.locale))
