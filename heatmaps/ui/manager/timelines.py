"""Every spot's way as a row of legs, to be sorted and opened."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from babel.dates import format_datetime

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.flow import leg_hours
from heatmaps.insight.kpi_sheets import shown
from heatmaps.insight.scene import hours_late, hours_to_resolve
from heatmaps.insight.timeline import FATE_OF, HOUR_US, Fate, Leg
from heatmaps.store.types import from_microseconds
from heatmaps.ui.manager.words import hours_in_words
from heatmaps.ui.markup import element, text

if TYPE_CHECKING:
    from heatmaps.insight.scene import Scene
    from heatmaps.insight.timeline import Timelines
    from heatmaps.ui.manager.reading import Reading
    from heatmaps.ui.spot_words import Reader

SHOWN_ROWS = 300
"""The newest of them; the workbook holds all."""

USUAL_PART = 0.9
"""The longest bar is that of the spot at this quantile; longer ones are cut off with a mark."""

_HERE = Path(__file__)
_component = st.components.v2.component(
    "heatmaps_timelines",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, and by what it is sorted; None is always last."""

    said: str
    by: float | str | None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One spot: its cells in the order of the columns, and its legs in hours."""

    id: str
    cells: tuple[Cell, ...]
    legs: tuple[tuple[str, float, str], ...]


def choose_timeline(reading: Reading, reader: Reader, selected: str | None) -> str | None:
    """Show the spots, the newest first; gives a number in the one run after it was chosen."""
    _ = reader.translate
    spots = shown(reading.scene)
    order = np.argsort(-spots.opened, kind="stable")[:SHOWN_ROWS]
    newest = spots.take(order)
    count = _.plural("{n} spot", "{n} spots", len(spots))
    if len(spots) > SHOWN_ROWS:
        count = _("the newest {shown} of {all}; the workbook holds every one").format(
            shown=_.number(SHOWN_ROWS), all=count
        )
    small = element("small", text(count))
    st.html(element("h3", text(_("Timelines")), small, css="part"))
    rows = timeline_rows(newest, reading, reader)
    totals = [sum(hours for _leg, hours, _said in row.legs) for row in rows]
    longest = float(np.quantile(totals, USUAL_PART)) if totals else 1.0
    result = _component(
        key="timelines",
        data={
            "rows": [asdict(row) for row in rows],
            "columns": [_("Spot"), _("Status"), _("Opened"), _("Way"), _("Until resolved"),
                        _("Against term"), _("Complaints")],
            "longest": max(longest, 1.0),
            "selected": selected,
            "empty": _("No spot was opened or resolved in this period, and none waits."),
            "label": _("Timelines"),
        },
        on_row_change=lambda: None,
    )  # fmt: skip
    chosen: str | None = result.row
    return chosen


def timeline_rows(spots: Timelines, reading: Reading, reader: Reader) -> list[TimelineRow]:
    """Give the rows of these spots, in their order."""
    columns = _Columns.of(spots, reading.scene)
    return [_row(place, spots, columns, reading, reader) for place in range(len(spots))]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is worked out for all spots at once."""

    legs: dict[Leg, np.ndarray]
    took: np.ndarray
    late: np.ndarray
    age: np.ndarray

    @classmethod
    def of(cls, spots: Timelines, scene: Scene) -> _Columns:
        age = (scene.now - spots.opened) / HOUR_US
        is_open = spots.has_fate(Fate.OPEN)
        behind = np.where(spots.first_term == ABSENT_TIME, np.nan,
                          (scene.now - np.maximum(spots.first_term, 0)) / HOUR_US)  # fmt: skip
        late = np.where(is_open & (behind > 0), behind, hours_late(spots))
        return cls(leg_hours(spots, scene.now), hours_to_resolve(spots), late, age)


def _row(
    place: int, spots: Timelines, columns: _Columns, reading: Reading, reader: Reader
) -> TimelineRow:
    _, spot_id = reader.translate, int(spots.spot_id[place])
    status, territory = str(spots.status[place]), spots.territory[place]
    where = reading.names.get(territory) or _("outside all territories")
    opened = from_microseconds(int(spots.opened[place])).astimezone(reader.zone)
    took, late = float(columns.took[place]), float(columns.late[place])
    complained = int(spots.complained[place])
    name = f"№\N{NO-BREAK SPACE}{spot_id} · {_.word('topic', spots.topic[place])} · {where}"
    return TimelineRow(
        id=str(spot_id),
        cells=(
            Cell(name, spot_id),
            Cell(_.word("status", status), status, _tone(status)),
            Cell(format_datetime(opened, "dd.MM HH:mm", locale=_.locale),
                 float(spots.opened[place])),
            Cell("", float(columns.age[place])),
            Cell(hours_in_words(took, _), _known(took)),
            Cell(_against_term(late, reader), _known(late), "late" if late > 0 else ""),
            Cell(_.number(complained), complained),
        ),
        legs=tuple(_legs(place, columns, reader)),
    )  # fmt: skip


def _legs(place: int, columns: _Columns, reader: Reader) -> list[tuple[str, float, str]]:
    _ = reader.translate
    spent = ((leg, float(hours[place])) for leg, hours in columns.legs.items())
    return [
        (str(leg), hours, f"{_.word('leg', leg)}: {hours_in_words(hours, _)}")
        for leg, hours in spent
        if hours > 0
    ]


def _against_term(late: float, reader: Reader) -> str:
    if _known(late) is None:
        return hours_in_words(None, reader.translate)
    sign = "+" if late > 0 else "−"
    return f"{sign}{hours_in_words(abs(late), reader.translate)}"


def _known(hours: float) -> float | None:
    return None if math.isnan(hours) else hours


def _tone(status: str) -> str:
    fate = FATE_OF[status]  # type: ignore[index]  # a status hashes like its text
    tones = {Fate.OPEN: "wait", Fate.RESOLVED: "good"}
    return tones.get(fate, "")
