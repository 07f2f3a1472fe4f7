"""How places went over time: since when, until when, and as which kind of emerging hot spot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.raised_weeks import QUIET, RAISED, lasting, weeks_told
from heatmaps.insight.trend import mann_kendall
from heatmaps.insight.weekly_counts import limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heatmaps.insight.tuning import PlanningPolicy

TOLD_FROM_WEEKS = 25
"""Shorter histories, less than half a year, tell since when at most, not what kind of course."""

NEARLY_ALWAYS = 0.9
STEP_WEEKS = 4
"""Trends are judged by steps of so many weeks."""

SURE_TREND = 1.96
"""A trend as strong comes by chance once in twenty places (two-sided)."""


class Pattern(StrEnum):
    """How a place went over time: the hot spots of Esri's Emerging Hot Spot Analysis.

    ("How Emerging Hot Spot Analysis works", ArcGIS Pro, Space Time Pattern Mining; the first that
    fits.) Hot is here a week in a raised run (`weeks_told`), cold one in a quiet run. What differs
    from Esri stands with the pattern.
    """

    HISTORICAL = "historical"
    """Not hot at the end. Esri asks 90 % of all steps to have been hot, and leaves a place that was
    mended after half a year without a name; here whatever has ended is historical."""

    INTENSIFYING = "intensifying"
    """Hot in 90 % of the weeks and at the end, and rising significantly over all."""

    DIMINISHING = "diminishing"
    """Hot in 90 % of the weeks and at the end, and falling significantly over all."""

    PERSISTENT = "persistent"
    """Hot in 90 % of the weeks and at the end, without a trend."""

    NEW = "new"
    """Hot at the end and never before. Esri's end is the last step; here the policy's
    `new_weeks`, for a month cannot tell a lack of the network from an outage."""

    CONSECUTIVE = "consecutive"
    """Hot in one run up to the end, longer than a new one, in less than 90 % of the weeks."""

    OSCILLATING = "oscillating"
    """Hot at the end and on and off before, and cold at times."""

    SPORADIC = "sporadic"
    """Hot at the end and on and off before, never cold."""

    UNTOLD = "untold"
    """Less than half a year is looked back on: too short to tell one from the other."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one place, in weeks of the span counted from 0.

    `first` is the first raised week, `end` the one after the last raised one, None where it goes
    on. `first` 0 means that it was so before the span already, for all one knows.
    """

    pattern: Pattern
    first: int
    end: int | None


def courses(
    observed: NDArray[np.float64], usual: NDArray[np.float64], policy: PlanningPolicy
) -> Iterator[Course | None]:
    """Give the course of each place, of complaints a week, both of shape (places, weeks).

    None where no raised run lasts, or the last one ended too long ago to be told.
    """
    held = limited(observed, usual)
    told = weeks_told(held, usual, policy.times_usual, policy.change_worth)
    state = lasting(told, policy.lasting_weeks)
    trends = mann_kendall(_steps(observed, usual))  # ranks bear an outage, and limits hide a rise
    for row, trend in zip(state, trends.tolist(), strict=True):
        raised = np.flatnonzero(row == RAISED)
        if not len(raised) or len(row) - 1 - raised[-1] > policy.historical_weeks:
            yield None
            continue
        end = int(raised[-1]) + 1
        goes_on = end == len(row)
        pattern = _pattern(row, raised, trend, policy.new_weeks)
        yield Course(pattern, int(raised[0]), None if goes_on else end)


def _pattern(
    row: NDArray[np.int8], raised: NDArray[np.intp], trend: float, new_weeks: int
) -> Pattern:
    weeks = len(row)
    if weeks < TOLD_FROM_WEEKS:
        return Pattern.UNTOLD
    if raised[-1] < weeks - 1:
        return Pattern.HISTORICAL
    if len(raised) >= NEARLY_ALWAYS * weeks:
        if abs(trend) < SURE_TREND:
            return Pattern.PERSISTENT
        return Pattern.INTENSIFYING if trend > 0 else Pattern.DIMINISHING
    if weeks - raised[0] == len(raised):
        return Pattern.NEW if len(raised) <= new_weeks else Pattern.CONSECUTIVE
    return Pattern.OSCILLATING if (row == QUIET).any() else Pattern.SPORADIC


def _steps(observed: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give complaints over usual ones by steps from the end; weeks that make no step are left."""
    places, weeks = observed.shape
    kept = slice(weeks % STEP_WEEKS, None)
    parts = (places, weeks // STEP_WEEKS, STEP_WEEKS)
    count, level = (each[:, kept].reshape(parts).sum(axis=2) for each in (observed, usual))
    ratio: NDArray[np.float64] = np.divide(count, level, out=np.zeros_like(count), where=level > 0)
    return ratio
