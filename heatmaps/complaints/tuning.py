"""What the business tunes about the quality of what comes in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heatmaps.tuning import Section


class QualityPolicy(Section):
    """When a coordinate stands for "unknown", and when an entry is only the last one repeated."""

    default_point_streets: Annotated[int, Field(ge=5, le=1000)]
    duplicate_within_h: Annotated[int, Field(ge=0, le=24 * 28)]
