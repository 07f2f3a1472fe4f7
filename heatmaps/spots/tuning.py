"""What the business tunes about detection and priority."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from heatmaps.complaints.record import Segment, Topic
from heatmaps.region.objects import ObjectKind
from heatmaps.tuning import Positive, Section, Weight


class DetectionPolicy(Section):
    """When complaints become a spot."""

    recurrence_days_per_million: Positive
    min_customers: Annotated[int, Field(ge=1, le=1000)]
    windows_h: Annotated[tuple[Annotated[int, Field(ge=1, le=168)], ...], Field(min_length=1)]
    resolutions: Annotated[tuple[Annotated[int, Field(ge=5, le=9)], ...], Field(min_length=1)]
    max_ring: Annotated[int, Field(ge=0, le=6)]
    baseline_days: Annotated[int, Field(ge=7, le=366)]
    guard_band_h: Annotated[int, Field(ge=0, le=24 * 28)]
    quiet_recurrence_days: Positive
    count_registration_addresses: bool
    prior_complaints_per_1000_month: Positive
    prior_days: Positive

    @model_validator(mode="after")
    def _hysteresis(self) -> Self:
        if self.quiet_recurrence_days > self.recurrence_days_per_million:
            message = (
                f"quiet_recurrence_days {self.quiet_recurrence_days} is above "
                f"recurrence_days_per_million {self.recurrence_days_per_million}; a spot would "
                "turn quiet the moment it opens"
            )
            raise ValueError(message)
        return self


class LtvWeights(Section):
    """How the LTV rank within the region, 0 to 1, multiplies a complaint's points."""

    low: Weight
    high: Weight

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            message = f"low {self.low} is above high {self.high}; a higher LTV may not weigh less"
            raise ValueError(message)
        return self


class PriorityPolicy(Section):
    """What makes one spot more urgent than another."""

    half_life_h: Positive
    growth_points: Weight
    age_points_per_day: Weight
    age_doubling_days: Positive
    duration_points: Weight
    duration_half_h: Positive
    silent_points: Weight
    repeat_factor: Weight
    critical_points: Weight
    complaint_points: Weight
    ltv: LtvWeights
    segment: dict[Segment, Weight]
    topic: dict[Topic, Weight]
    vulnerable: dict[ObjectKind, Weight]

    @model_validator(mode="after")
    def _all_named(self) -> Self:
        missing = [str(s) for s in Segment if s not in self.segment]
        missing += [str(t) for t in Topic if t not in self.topic]
        missing += [str(kind) for kind in ObjectKind if kind not in self.vulnerable]
        if missing:
            message = (
                f"no weight for {', '.join(missing)}; every segment, topic and kind of vulnerable "
                "object needs one"
            )
            raise ValueError(message)
        return self
