"""What a spot weighs at a moment: its complaints, who is exposed, its place."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.desk.case import Facts
from heatmaps.region.grid import GRID_RESOLUTION, child_range
from heatmaps.region.objects import ObjectIndex
from heatmaps.region.territories import TerritoryIndex
from heatmaps.spots.ltv import LtvOrder
from heatmaps.spots.priority import Setting, priority_of
from heatmaps.spots.worth import Behind
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.region.objects import VulnerableObject
    from heatmaps.region.territories import Territory
    from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure
    from heatmaps.spots.tuning import PriorityPolicy
    from heatmaps.store.detection import WeightColumns

RANKED_OVER = timedelta(days=42)
"""A customer's LTV is ranked among those who complained in this time before the day."""

MAIN_SHARE = 0.5
"""A technology is a spot's own when at least this share of its complaints that name one name it."""


class Scales:
    """Weighs spots against the complaints and the region they stand on.

    `columns` and `weights` describe the same complaints, row by row.
    """

    def __init__(
        self,
        columns: ComplaintColumns,
        weights: WeightColumns,
        exposure: Exposure,
        territories: Sequence[Territory],
        objects: Sequence[VulnerableObject] = (),
    ) -> None:
        self._columns = columns
        self._weights = weights
        self._ltv = LtvOrder(weights.ltv, weights.segment)
        self._by_id = np.argsort(columns.complaint_id)
        self._ids = columns.complaint_id[self._by_id]
        self._exposed = exposure.cell
        self._people = np.concatenate([[0.0], np.cumsum(exposure.subscribers)])
        self._objects = ObjectIndex(objects)
        self._territory_index = TerritoryIndex(territories)
        self._parents = {each.territory_id: each.parent_id for each in territories}
        self._ranked: tuple[int, NDArray[np.float64]] | None = None

    def facts(self, spot: DetectedSpot, tick: datetime, policy: PriorityPolicy) -> Facts:
        """Give what the spot weighs at `tick`."""
        rows = self._rows(spot)
        rows = rows[self._columns.time[rows] <= to_microseconds(tick)]
        customers = len(np.unique(self._columns.customer[rows]))
        exposed = max(round(self.subscribers(spot.cells)), customers)
        behind = Behind(
            time=self._columns.time[rows],
            segment=self._weights.segment[rows],
            topic=self._columns.topic[rows],
            ltv_rank=self._ranks(tick)[rows],
            customer=self._columns.customer[rows],
            critical=self._weights.critical[rows],
        )
        setting = Setting(
            spot.opened_at, spot.quiet_since, exposed, self._objects.within(spot.cells)
        )
        priority = priority_of(behind, setting, tick, policy)
        parts = tuple(
            {"name": part.name, "points": part.points, "because": part.because}
            for part in priority.parts
        )
        return Facts(customers, exposed - customers, priority.total, parts)

    def subscribers(self, cells: Sequence[int]) -> float:
        """Give how many subscribers the cells hold; they may be of any resolution, not nested."""
        ranges = np.array([child_range(cell, GRID_RESOLUTION) for cell in cells], dtype=np.int64)
        first = np.searchsorted(self._exposed, ranges[:, 0], side="left")
        end = np.searchsorted(self._exposed, ranges[:, 1], side="right")
        return float((self._people[end] - self._people[first]).sum())

    def technology(self, spot: DetectedSpot) -> str | None:
        """Give the technology most complaints name; None where none stands out."""
        named = [name for name in self._weights.technology[self._rows(spot)] if name]
        counts = {name: named.count(name) for name in sorted(set(named))}
        best = max(counts, key=lambda name: counts[name], default=None)
        return best if best and counts[best] >= MAIN_SHARE * len(named) else None

    def centre(self, spot: DetectedSpot) -> tuple[float, float]:
        """Give the mean of the zone's cell centres, latitude and longitude in degrees."""
        lat, lon = np.array([h3.cell_to_latlng(cell) for cell in spot.cells]).mean(axis=0)
        return float(lat), float(lon)

    def territories(self, spot: DetectedSpot) -> list[str]:
        """Give the ids of the deepest territory that holds most of a zone and of all its parents.

        Cells outside all territories do not vote: the middle of a zone may lie in a river.
        """
        found: list[str] = []
        cells = np.array(spot.cells, dtype=np.int64)
        named = self._territory_index.territory_of_cells(cells)
        votes = Counter(name for name in named if name is not None)
        here = min(votes, key=lambda name: (-votes[name], name), default=None)
        while here is not None:
            found.append(here)
            here = self._parents[here]
        return found

    def _rows(self, spot: DetectedSpot) -> NDArray[np.intp]:
        """Give where the spot's complaints stand; those before the columns begin are left out."""
        wanted = np.array(spot.complaint_ids, dtype=np.int64)
        place = np.searchsorted(self._ids, wanted)
        inside = place < len(self._ids)
        place, wanted = place[inside], wanted[inside]
        rows: NDArray[np.intp] = self._by_id[place[self._ids[place] == wanted]]
        return rows

    def _ranks(self, tick: datetime) -> NDArray[np.float64]:
        """Give LTV ranks among those who complained before this day, made once a day.

        Only the past counts, and only a fixed stretch of it, so that a run that is stopped and
        taken up again weighs alike.
        """
        day = to_microseconds(tick.replace(hour=0, minute=0, second=0, microsecond=0))
        if self._ranked is None or self._ranked[0] != day:
            time = self._columns.time
            before = (time <= day) & (time > day - RANKED_OVER // timedelta(microseconds=1))
            self._ranked = (day, self._ltv.ranks(before))
        return self._ranked[1]
