"""The policy: weights, thresholds, routes and terms, validated and versioned.

The packaged ``policy.toml`` only seeds an empty store; the store's current version rules.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from heatmaps.complaints.record import Segment, Technology, Topic
from heatmaps.desk.words import Cause
from heatmaps.errors import ConfigError

PACKAGED_POLICY = Path(__file__).with_name("policy.toml")

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Hours = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DetectionPolicy(_Section):
    """When complaints become a spot."""

    recurrence_days_per_million: Positive
    min_customers: Annotated[int, Field(ge=1)]
    windows_h: Annotated[tuple[Annotated[int, Field(ge=1, le=168)], ...], Field(min_length=1)]
    resolutions: Annotated[tuple[Annotated[int, Field(ge=5, le=9)], ...], Field(min_length=1)]
    max_ring: Annotated[int, Field(ge=0, le=6)]
    baseline_days: Annotated[int, Field(ge=7, le=366)]
    guard_band_h: Annotated[int, Field(ge=0)]
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


class LifePolicy(_Section):
    """What the rules do to a status when nobody does."""

    subsided_after_quiet_h: Hours
    confirmed_after_quiet_h: Hours
    reopened_after_active_h: Hours


class LtvWeights(_Section):
    """How the LTV rank within the region, 0 to 1, multiplies a complaint's points."""

    low: Weight
    high: Weight


class PriorityPolicy(_Section):
    """What makes one spot more urgent than another."""

    half_life_h: Positive
    growth_points: Weight
    age_points_per_day: Weight
    silent_points_per_1000: Weight
    repeat_factor: Weight
    critical_points: Weight
    complaint_points: Weight
    ltv: LtvWeights
    segment: dict[Segment, Weight]
    topic: dict[Topic, Weight]

    @model_validator(mode="after")
    def _all_named(self) -> Self:
        missing = [str(s) for s in Segment if s not in self.segment]
        missing += [str(t) for t in Topic if t not in self.topic]
        if missing:
            message = f"no weight for {', '.join(missing)}; every segment and topic needs one"
            raise ValueError(message)
        return self


class Route(_Section):
    """One routing rule; an absent key fits everything."""

    queue: Annotated[str, Field(min_length=1)]
    territory: str | None = None
    technology: Technology | None = None
    topic: Topic | None = None


class RoutingPolicy(_Section):
    """Which queue a spot goes to."""

    default_queue: Annotated[str, Field(min_length=1)]
    rules: tuple[Route, ...] = ()


class LookupPolicy(_Section):
    """What an agent is shown around an address."""

    nearest_spots: Annotated[int, Field(ge=0, le=20)]
    nearest_within_km: Positive
    resolved_shown_h: Hours


class Policy(_Section):
    """One version of everything the business tunes."""

    detection: DetectionPolicy
    life: LifePolicy
    priority: PriorityPolicy
    routing: RoutingPolicy
    eta_h: dict[Cause, Hours]
    lookup: LookupPolicy

    @model_validator(mode="after")
    def _all_causes(self) -> Self:
        missing = [str(c) for c in Cause if c not in self.eta_h]
        if missing:
            message = f"no term for {', '.join(missing)}; every cause needs one"
            raise ValueError(message)
        return self


def parse_policy(text: str, origin: str) -> Policy:
    """Read a policy from TOML; `origin` names it in errors. ConfigError where it is wrong."""
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"Policy {origin} is not valid TOML: {error}; mend the file and load it again."
        raise ConfigError(message) from error
    except ValidationError as error:
        message = f"Policy {origin} cannot be used: {_first_fault(error)}"
        raise ConfigError(message) from error


def packaged_policy() -> Policy:
    """Give the policy that seeds an empty store."""
    return parse_policy(PACKAGED_POLICY.read_text(encoding="utf-8"), str(PACKAGED_POLICY))


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"]) or "policy"
    more = error.error_count() - 1
    rest = f" ({more} more like it)" if more else ""
    if fault["type"] == "extra_forbidden":
        return f"unknown key {where}; remove it or see `heatmaps policy show`{rest}."
    if fault["type"] == "missing":
        return f"{where} is missing; copy it from `heatmaps policy show`{rest}."
    reason = fault["msg"].removeprefix("Value error, ")
    given = fault["input"]
    shown = f" = {given!r}" if not isinstance(given, dict) else ""
    return f"{where}{shown}: {reason}; correct it and load again{rest}."
