"""Which complaints spots explain, and how much of each a baseline may still learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.rhythm import DAY_US
from heatmaps.spots.roll import ById
from heatmaps.spots.tracking import added

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.spots.record import ComplaintColumns, DetectedSpot

UNJUDGED_DAYS = 7.0
"""A spot that nobody takes up lifts nothing off the baseline after so many days: what goes on for
longer without anybody caring is what the place now usually produces."""


@dataclass(frozen=True, slots=True)
class _Lift:
    """Complaints of a spot opened then, microseconds, and the part of them that was usual."""

    opened_us: float
    rows: NDArray[np.intp]
    part: float


class Explained:
    """What spots living and past say of some complaints, row by row of their columns.

    `by_spot` says which were ever counted in a spot, or left out. `usual` is the part of each, 0 to
    1, that its place would have brought anyhow: of a spot that stood out with `observed` customers
    where `expected` were usual, the part expected / observed. So a fault leaves the baseline, and
    the usual complaints of its place stay in it. `unjudged` is the same as if nobody had judged any
    spot: what is calibrated for weeks shall not change with a verdict.
    """

    def __init__(self, columns: ComplaintColumns) -> None:
        self.columns = columns
        self._by_id = ById(columns.complaint_id)
        self.forget()

    def forget(self) -> None:
        """Have nothing noted."""
        self.by_spot = np.zeros(len(self.columns.time), dtype=np.bool_)
        self.usual = np.ones(len(self.columns.time), dtype=np.float32)
        self.unjudged = self.usual.copy()
        self._seen: dict[int, tuple[int, ...]] = {}
        self._kept = self.usual.copy()
        self._lifts: list[_Lift] = []
        self._of_day = (0, 0, self._kept.copy())

    def usual_on(self, day: int) -> NDArray[np.float32]:
        """Give `usual` as it holds for the whole of a day: as if no spot of that day had opened.

        `day` is its first moment, in microseconds as in the columns. So one expectation serves all
        the day, also of a run that goes on in the middle of it, unless an older spot takes in
        complaints that are older than the guard band.
        """
        known, noted, usual = self._of_day
        if day != known:
            noted, usual = 0, self._kept.copy()
        for lift in self._lifts[noted:]:
            if lift.opened_us <= day:  # a day begins after its first moment
                usual[lift.rows] = np.minimum(usual[lift.rows], lift.part)
        self._of_day = (day, len(self._lifts), usual)
        return usual

    def take_in(self, spot: DetectedSpot, lifted_days: float = UNJUDGED_DAYS) -> None:
        """Note what a spot holds now; what was noted of it before stays as it is.

        Its complaints up to `lifted_days` after it opened are lifted off the baseline.
        """
        before = self._seen.get(spot.spot_id)
        new = added(before, spot.complaint_ids) if before else spot.complaint_ids
        self._seen[spot.spot_id] = spot.complaint_ids
        if new:
            ids = np.array(new, dtype=np.int64)
            self.note(ids, usual_part(spot.observed, spot.expected), spot.opened_at, lifted_days)

    def note(
        self, ids: NDArray[np.int64], part: float, opened_at: datetime, lifted_days: float
    ) -> None:
        """Note complaints of one spot; of several spots the one that leaves least holds."""
        rows, opened_us = self._by_id.rows(ids), opened_at.timestamp() * 1e6
        self.by_spot[rows] = True
        age_days = (self.columns.time[rows] - opened_us) / DAY_US
        for usual, days in ((self.usual, lifted_days), (self.unjudged, UNJUDGED_DAYS)):
            lifted = rows[age_days < days] if days else rows[:0]
            usual[lifted] = np.minimum(usual[lifted], part)
            if usual is self.usual:
                self._lifts.append(_Lift(opened_us, lifted, part))

    def leave_out(self, rows: NDArray[np.intp]) -> None:
        """Note complaints that something other than a spot accounts for: they teach nothing."""
        self.by_spot[rows] = True
        self.usual[rows] = self.unjudged[rows] = self._kept[rows] = 0
        self._of_day = (0, 0, self._kept.copy())


def usual_part(observed: int, expected: float) -> float:
    """Give the part of a zone's customers that was to be expected, 0 to 1."""
    return min(expected / max(observed, 1), 1.0)
