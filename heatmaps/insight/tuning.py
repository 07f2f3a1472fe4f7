"""What the business tunes about planning."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heatmaps.tuning import Section

Share = Annotated[float, Field(ge=0, le=1)]


class PlanningPolicy(Section):
    """When a place counts as one that keeps coming back, and what is said of it."""

    resolutions: Annotated[tuple[Annotated[int, Field(ge=5, le=9)], ...], Field(min_length=1)]
    months: Annotated[int, Field(ge=2, le=24)]
    least_periods: Annotated[int, Field(ge=2, le=12)]
    min_customers: Annotated[int, Field(ge=1, le=1000)]
    false_share: Annotated[float, Field(ge=1e-6, le=0.5)]
    missing_below: Share
    mostly: Share
