"""Complaints per hour as a small drawing: bars, and a line at what is usual there.

Drawn by hand rather than by a chart library, which would load a megabyte onto thin clients, speak
English in its menus, and tell the browser's clock instead of the region's.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from heatmaps.ui.markup import Html, element, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.ui.spot_words import Reader

LEAST_HOURS, MOST_HOURS = 24, 168
MARKS = 5
_HOUR = timedelta(hours=1)


def curve(made: Sequence[datetime], usual: float, until: datetime, reader: Reader) -> Html:
    """Give the drawing of the hours up to `until`, at most a week; `usual` is per hour."""
    _, counts = reader.translate, per_hour(made, until)
    top = max(*counts, usual, 1.0)
    bars = "".join(f'<i style="height:{100 * count / top:.1f}%"></i>' for count in counts)
    level = Html(f'<s style="bottom:{100 * usual / top:.1f}%"></s>')
    told = _("dashes: usual there, {n} an hour").format(n=_.number(usual, digits=2))
    return element(
        "div",
        element("div", _line(_.number(top)), _line("0"), css="scale"),
        element("div", Html(bars), level, css="bars"),
        element("div", *map(_line, _hours(len(counts), until, reader)), css="hours"),
        element("div", text(told), css="usual"),
        css="curve",
    )


def per_hour(made: Sequence[datetime], until: datetime) -> list[int]:
    """Give complaints in each hour up to that of `until`: a day, or back to the first complaint.

    Never more than `MOST_HOURS`; earlier and later complaints are left out.
    """
    last = _full_hour(until)
    ages = Counter((last - _full_hour(moment)) // _HOUR for moment in made)
    hours = min(max(max(ages, default=0) + 2, LEAST_HOURS), MOST_HOURS)
    return [ages[age] for age in range(hours - 1, -1, -1)]


def _full_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(hours: int, until: datetime, reader: Reader) -> list[str]:
    """Name some hours from the first to the last, by the region's clock."""
    last = _full_hour(until)
    ages = [round((hours - 1) * (1 - step / (MARKS - 1))) for step in range(MARKS)]
    return [f"{(last - age * _HOUR).astimezone(reader.zone):%d.%m %H:%M}" for age in ages]


def _line(words: str) -> Html:
    return element("span", text(words))
