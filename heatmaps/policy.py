"""The policy: weights, thresholds, routes and terms, validated and versioned.

The packaged ``policy.toml`` only seeds an empty store; the store's current version rules.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from heatmaps.desk.tuning import LifePolicy, LookupPolicy, RoutingPolicy
from heatmaps.desk.words import Cause
from heatmaps.errors import ConfigError
from heatmaps.spots.tuning import DetectionPolicy, PriorityPolicy
from heatmaps.tuning import Hours, Section

PACKAGED_POLICY = Path(__file__).with_name("policy.toml")


class Policy(Section):
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
    # A misspelt key is both unknown and missing; the unknown one is what the user wrote.
    fault = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
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
