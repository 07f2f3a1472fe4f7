"""What every section of the policy shares; each stage declares the section it is tuned by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 1e6
"""No weight, number of days or of kilometres is larger: what is, is a slip of the keyboard."""

Weight = Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=1e-3, le=MOST, allow_inf_nan=False)]
Hours = Annotated[int, Field(gt=0, le=24 * 366)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Section(BaseModel):
    """A part of the policy: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
