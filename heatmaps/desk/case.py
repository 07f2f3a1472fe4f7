"""A spot with everything known of it: what the detector sees, its facts, and the work on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heatmaps.desk.lifecycle import Work
    from heatmaps.spots.record import DetectedSpot


@dataclass(frozen=True, slots=True)
class Facts:
    """What a spot weighs at a moment; `parts` sum to `priority`."""

    customers_complained: int
    customers_silent: int
    priority: float
    parts: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SpotCase:
    """One spot through its life; `technology`, `territory_id` and `policy_version` as at opening.

    `lat`, `lon` are the centre of the zone now, WGS 84 degrees.
    """

    detected: DetectedSpot
    work: Work
    at_opening: Facts
    now: Facts
    technology: str | None
    territory_id: str | None
    lat: float
    lon: float
    policy_version: int
