"""Spots to files, one row a spot; the format follows the suffix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
import shapely

from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.insight.writers import write_sheets
from heatmaps.region.grid import to_text
from heatmaps.store.region import outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from numpy.typing import NDArray

    from heatmaps.desk.case import SpotCase


@dataclass(frozen=True, slots=True)
class Field:
    """One exported column: its name, kind and meaning, and where in a case it stands."""

    name: str
    kind: Kind
    says: str
    value: Callable[[SpotCase], object]


INTEGER, NUMBER, TEXT, MOMENT = Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.MOMENT

AT_OPENING = (
    Field("spot_id", INTEGER, "number of the spot", lambda c: c.detected.spot_id),
    Field("opened_at", MOMENT, "tick at which it opened", lambda c: c.detected.opened_at),
    Field("closed_at", MOMENT, "when it was over; empty while it lives",
          lambda c: c.work.closed_at),
    Field("status", TEXT, "what people and rules made of it, as now", lambda c: c.work.status),
    Field("signal", TEXT, "what the detector sees now: active or quiet",
          lambda c: c.detected.signal),
    Field("cells", TEXT, "H3 cells of its zone at opening, space between",
          lambda c: _cells(c.detected.cells_opened)),
    Field("observed", INTEGER, "customers who complained in the window at opening",
          lambda c: c.detected.observed),
    Field("expected", NUMBER, "customers expected there in the same window",
          lambda c: round(c.detected.expected, 4)),
    Field("score", NUMBER, "log likelihood ratio of observed against expected",
          lambda c: round(c.detected.score, 3)),
    Field("recurrence_days", NUMBER, "days in which chance alone shows one as strong",
          lambda c: round(c.detected.recurrence_days, 2)),
    Field("topic", TEXT, "topic that stands out; all: no single one", lambda c: c.detected.topic),
    Field("technology", TEXT, "technology most complaints name", lambda c: c.technology),
    Field("territory", TEXT, "id of the territory", lambda c: c.territory_id),
    Field("priority", NUMBER, "priority at opening, points",
          lambda c: round(c.at_opening.priority, 2)),
    Field("customers_complained", INTEGER, "customers who had complained at opening",
          lambda c: c.at_opening.customers_complained),
    Field("customers_silent", INTEGER, "customers there who had not, at opening",
          lambda c: c.at_opening.customers_silent),
)  # fmt: skip

SINCE_THEN = (
    Field("cells_last", TEXT, "H3 cells of its zone now, space between",
          lambda c: _cells(c.detected.cells)),
    Field("observed_peak", INTEGER, "most customers seen in one window",
          lambda c: c.detected.observed_peak),
    Field("priority_last", NUMBER, "priority now, points", lambda c: round(c.now.priority, 2)),
    Field("acknowledged_at", MOMENT, "when an engineer took it", lambda c: c.work.acknowledged_at),
    Field("resolved_at", MOMENT, "when it was said to be mended", lambda c: c.work.resolved_at),
    Field("cause", TEXT, "cause the engineer named", lambda c: c.work.cause),
    Field("eta", MOMENT, "when it is promised to be mended", lambda c: c.work.eta),
    Field("queue", TEXT, "queue it is routed to", lambda c: c.work.queue),
    Field("policy_version", INTEGER, "version of the policy at opening",
          lambda c: c.policy_version),
    Field("lat", NUMBER, "latitude of its centre now, degrees", lambda c: round(c.lat, 6)),
    Field("lon", NUMBER, "longitude of its centre now, degrees", lambda c: round(c.lon, 6)),
)  # fmt: skip

FIELDS = AT_OPENING + SINCE_THEN
"""As at opening, then as they are now; the order others rely on."""


def spot_sheet(cases: Sequence[SpotCase]) -> Sheet:
    """Give the spots as a sheet; shapes are their zones now, multipolygons of cell outlines."""
    columns = (
        Column(field.name, field.says, [field.value(case) for case in cases], field.kind)
        for field in FIELDS
    )
    says = "Spots: gatherings of complaints beyond what their places normally produce"
    return Sheet("spots", tuple(columns), _zones(cases), says)


def write_spots(cases: Sequence[SpotCase], path: Path, zone: tzinfo = UTC) -> int:
    """Write the spots and give their number; errors as those of `write_sheets`."""
    write_sheets([spot_sheet(cases)], path, zone)
    return len(cases)


def _zones(cases: Sequence[SpotCase]) -> NDArray[np.object_]:
    zones = np.empty(len(cases), dtype=object)
    for row, case in enumerate(cases):
        whole = shapely.union_all([outline(cell) for cell in case.detected.cells])
        zones[row] = shapely.multipolygons(shapely.get_parts(whole))
    return zones


def _cells(cells: Sequence[int]) -> str:
    return " ".join(to_text(cell) for cell in sorted(cells))
