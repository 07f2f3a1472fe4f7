"""The coverage gap: what is told of a place that keeps coming back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from heatmaps.insight.course import Pattern


class GapClass(StrEnum):
    """What a gap most likely lacks; the first that fits."""

    NO_COVERAGE = "no_coverage"
    """The technology complained of is predicted for less than `missing_below` of its cells."""

    CAPACITY = "capacity"
    """It is predicted there, and mostly slow internet is complained of."""

    INDOOR = "indoor"
    """It is predicted there, and those who say where they were are mostly indoors."""

    UNEXPLAINED = "unexplained"
    """It is predicted there and neither tells, or its coverage was never loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place that keeps coming back.

    `cells` are H3 cells of one resolution, sorted; `lat`, `lon` the mean of their middles, WGS 84
    degrees. `complaints` count a customer once in 30 days, as `expected` does; `per_period` are
    they in each period of the span, the earliest first, `usual` as many as are usual then, and
    `months` how many of its months of 30 days have some. `since` begins the first week in which it
    was raised, the span where it was before; `ended` the first week after, None where it goes on.
    `topic` is where the gap stands out most, one of `PLANES`; `chance` the false discovery rate at
    which its surest cell is just found. `ltv_sum` is over the customers who complained, each once,
    None where none is known; `coverage` the predicted share of its cells by technology, None where
    none was ever loaded; `nearest_site_m` None without active sectors.
    """

    gap_id: int
    cells: tuple[int, ...]
    lat: float
    lon: float
    gap_class: GapClass
    technology: Technology | None
    topic: str
    territory_id: str | None
    first_seen: datetime
    last_seen: datetime
    months: int
    per_period: tuple[int, ...]
    usual: tuple[float, ...]
    pattern: Pattern
    since: datetime
    ended: datetime | None
    complaints: int
    customers_complained: int
    expected: float
    chance: float
    subscribers: float
    ltv_sum: float | None
    coverage: Mapping[Technology, float] | None
    nearest_site_m: float | None
    spots: int
    rank: int

    @property
    def predicted_coverage(self) -> str | None:
        """The predicted shares as text, such as ``3g:1.00 4g:0.35``; None where unknown."""
        if self.coverage is None:
            return None
        return " ".join(f"{name}:{share:.2f}" for name, share in self.coverage.items())


def read_coverage(text: str | None) -> dict[Technology, float] | None:
    """Read `Gap.predicted_coverage` back, to its two decimals."""
    if text is None:
        return None
    pairs = (pair.split(":") for pair in text.split())
    return {Technology(name): float(share) for name, share in pairs}
