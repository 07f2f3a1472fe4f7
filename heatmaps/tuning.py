"""What every section of the policy shares; each stage declares the section it is tuned by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Hours = Annotated[int, Field(gt=0)]


class Section(BaseModel):
    """A part of the policy: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
