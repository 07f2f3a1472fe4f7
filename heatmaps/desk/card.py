"""A spot as everybody at a desk sees it: what the detector says beside what people did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heatmaps.desk.words import OPEN_STATUSES

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.lifecycle import Work


@dataclass(frozen=True, slots=True)
class SpotCard:
    """One spot, ready to be shown; times are aware, UTC; `lat`, `lon` WGS 84 degrees.

    `cells` is the zone now, H3 cells as integers. `priority_parts` are the named parts that sum
    to `priority`, as they were stored; `policy_version` is the policy they were weighed by.
    """

    work: Work
    signal: str
    quiet_since: datetime | None
    topic: str
    technology: str | None
    territory_id: str | None
    territory_name: str | None
    opened_at: datetime
    last_tick: datetime
    lat: float
    lon: float
    cells: tuple[int, ...]
    window_h: int
    observed: int
    expected: float
    score: float
    recurrence_days: float
    observed_last: int
    expected_last: float
    observed_peak: int
    customers_complained: int
    customers_silent: int
    priority: float
    priority_parts: tuple[dict[str, Any], ...]
    policy_version: int

    @property
    def spot_id(self) -> int:
        """The spot's number, which people say to each other."""
        return self.work.spot_id

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.work.status in OPEN_STATUSES

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promised term has passed while the spot is open."""
        return self.is_open and self.work.eta is not None and self.work.eta < now
