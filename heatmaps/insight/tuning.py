"""What the business tunes about planning, and about explaining spots."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from heatmaps.desk.words import Cause
from heatmaps.insight.explanation.signs import OUTCOMES
from heatmaps.tuning import Positive, Section, Weight

Share = Annotated[float, Field(ge=0, le=1)]


class PlanningPolicy(Section):
    """When a place counts as one that keeps coming back, and what is said of it."""

    resolutions: Annotated[tuple[Annotated[int, Field(ge=5, le=9)], ...], Field(min_length=1)]
    months: Annotated[int, Field(ge=2, le=24)]
    least_periods: Annotated[int, Field(ge=2, le=12)]
    min_customers: Annotated[int, Field(ge=1, le=1000)]
    false_share: Annotated[float, Field(ge=1e-6, le=0.5)]
    times_usual: Annotated[float, Field(ge=1.2, le=20)]
    change_worth: Annotated[float, Field(gt=0, le=50)]
    lasting_weeks: Annotated[int, Field(ge=1, le=52)]
    new_weeks: Annotated[int, Field(ge=1, le=52)]
    historical_weeks: Annotated[int, Field(ge=0, le=104)]
    missing_below: Share
    mostly: Share


class ExplanationPolicy(Section):
    """What speaks for which cause of a spot, and what that is worth beside resolved spots.

    `signs` give, by sign and outcome, how many times likelier it makes a cause; 1 where absent.
    """

    learn_from: Annotated[int, Field(ge=0, le=2000)]
    worth_spots: Positive
    worth_suggestions: Positive
    weight_of_a_sign: Annotated[float, Field(gt=0, le=1)]
    same_again: Share
    notice_right: Share
    tell_from: Share
    usual: dict[Cause, Weight]
    signs: dict[str, dict[str, dict[Cause, Positive]]]

    @model_validator(mode="after")
    def _known_signs(self) -> Self:
        for sign, outcomes in self.signs.items():
            known = OUTCOMES.get(sign, ())
            odd = next((each for each in outcomes if each not in known), None)
            if not known:
                message = f"there is no sign {sign!r}; there are {', '.join(OUTCOMES)}"
                raise ValueError(message)
            if odd is not None:
                message = f"sign {sign!r} never says {odd!r}; it says {', '.join(known)}"
                raise ValueError(message)
        return self
