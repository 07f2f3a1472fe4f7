"""A period in the large: spots opened, resolved and waiting, and how long the legs took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.survival import quantile
from heatmaps.insight.timeline import Fate, Leg, Timelines, hours_between, leg_bounds

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from heatmaps.insight.period import Period
    from heatmaps.insight.scene import Scene

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Flow:
    """Days or weeks, `steps` their first days; `waiting` are the spots open at the end of each.

    `opened` = what `waiting` grew by + `ended`; `resolved` are those ended by a resolution. A
    step that has not begun by now is left out.
    """

    steps: tuple[date, ...]
    opened: NDArray[np.int64]
    resolved: NDArray[np.int64]
    ended: NDArray[np.int64]
    waiting: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LegTimes:
    """How long a leg took, in hours: quartiles over the `begun`; those under way count as longer.

    None where too few have ended to tell.
    """

    leg: Leg
    begun: int
    ended: int
    quartiles: tuple[float | None, float | None, float | None]


def flow(scene: Scene, period: Period) -> Flow:
    """Give how many spots came and went by day or week of the period."""
    edges = [round(moment.timestamp() * 1e6) for moment in period.edges()]
    begun = sum(edge <= scene.now for edge in edges[:-1])
    bounds = np.array(edges[: begun + 1], dtype=np.int64)
    spots, left = scene.spots, scene.spots.left()
    resolved = spots.resolved[spots.has_fate(Fate.RESOLVED)]
    gone = left[left != ABSENT_TIME]
    came_by, gone_by = (_up_to(column, bounds[1:]) for column in (spots.opened, gone))
    return Flow(
        steps=tuple(period.steps()[:begun]),
        opened=_within(spots.opened, bounds),
        resolved=_within(resolved, bounds),
        ended=_within(gone, bounds),
        waiting=came_by - gone_by,
    )


def leg_times(spots: Timelines) -> list[LegTimes]:
    """Give the quartiles of each leg over these spots, in the order of the way."""
    found = []
    for leg, (start, end) in leg_bounds(spots).items():
        begun = start != ABSENT_TIME
        took = hours_between(start, end)[begun]
        low, middle, high = (quantile(took, part) for part in QUARTILES)
        ended = int((~np.isnan(took)).sum())
        found.append(LegTimes(leg, int(begun.sum()), ended, (low, middle, high)))
    return found


def leg_hours(spots: Timelines, now: int) -> dict[Leg, NDArray[np.float64]]:
    """Give the hours each spot has spent on each leg so far, NaN where it has not begun.

    A leg that a closed spot did not finish ends with the spot. Where nobody named a term there was
    no finding: the fixing began at once.
    """
    left = spots.left()
    over = np.where(left == ABSENT_TIME, now, left)
    hours = {}
    for leg, (start, end) in leg_bounds(spots).items():
        stop = np.where(end == ABSENT_TIME, now if leg is Leg.WATCHING else over, end)
        hours[leg] = np.maximum(hours_between(start, end if leg is Leg.FINDING else stop), 0.0)
    return hours


def _within(column: NDArray[np.int64], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(_up_to(column, bounds))


def _up_to(column: NDArray[np.int64], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give how many lie before each bound."""
    return np.searchsorted(np.sort(column), bounds, side="left").astype(np.int64)
