"""What the business tunes about work on spots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heatmaps.complaints.record import Technology, Topic
from heatmaps.tuning import Hours, Name, Positive, Section


class LifePolicy(Section):
    """What the rules do to a status when nobody does."""

    subsided_after_quiet_h: Hours
    confirmed_after_quiet_h: Hours
    reopened_after_active_h: Hours


class Route(Section):
    """One routing rule; an absent key fits everything."""

    queue: Name
    territory: str | None = None
    technology: Technology | None = None
    topic: Topic | None = None


class RoutingPolicy(Section):
    """Which queue a spot goes to."""

    default_queue: Name
    rules: tuple[Route, ...] = ()


class LookupPolicy(Section):
    """What an agent is shown around an address."""

    nearest_spots: Annotated[int, Field(ge=0, le=20)]
    nearest_within_km: Positive
    resolved_shown_h: Hours
    overdue_control_h: Hours
    planned_within_h: Hours
