"""Planned works, outages and mass events: when they are, and which places they reach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class EventKind(StrEnum):
    """What happens to the network or to the crowd that uses it."""

    PLANNED_WORK = "planned_work"
    OUTAGE = "outage"
    MASS_EVENT = "mass_event"


@dataclass(frozen=True, slots=True)
class NetworkEvent:
    """One event; times are aware, UTC, and `ends_at` is None for an outage without a known end.

    It is in exactly one kind of place: a circle (`lat`, `lon` in WGS 84 degrees, `radius_m` in
    metres), a territory, or a site.
    """

    event_id: str
    kind: EventKind
    starts_at: datetime
    ends_at: datetime | None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    territory_id: str | None = None
    site_id: str | None = None
    text: str | None = None

    @property
    def circle(self) -> tuple[float, float, float] | None:
        """Latitude, longitude and radius of an event in a circle, None of any other."""
        if self.lat is None or self.lon is None or self.radius_m is None:
            return None
        return self.lat, self.lon, self.radius_m

    def is_on(self, now: datetime) -> bool:
        """Whether it has begun and not ended."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
