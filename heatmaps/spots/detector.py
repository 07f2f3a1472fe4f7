"""The detector: one hourly tick after another turns complaints into living spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from heatmaps.policy import DetectionPolicy
    from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one tick made of the spots.

    `spots` holds every spot that was living, as it is after the tick, and then the new ones; a
    spot with `merged_into` set is over. `opened` are the ids of the new ones, `next_id` the id
    the next new spot will get.
    """

    spots: tuple[DetectedSpot, ...]
    opened: tuple[int, ...]
    next_id: int


class Detector:
    """Expectation-based space-time scan of one region, in fixed hourly ticks.

    Holds no state beyond caches that are functions of what `step` is given, so that a run
    stopped anywhere and resumed from its records finds the same spots.
    """

    def __init__(self, exposure: Exposure, policy: DetectionPolicy, zone: ZoneInfo) -> None:
        self._exposure = exposure
        self._policy = policy
        self._zone = zone

    def step(
        self,
        columns: ComplaintColumns,
        tick: datetime,
        living: tuple[DetectedSpot, ...],
        left_out: NDArray[np.int64],
        next_id: int,
    ) -> StepResult:
        """Give the spots after `tick`, an aware time on the full hour.

        `columns` must reach back at least `baseline_days` and the guard band before `tick`; only
        complaints with `time` and `available` not after `tick` count. `living` are the spots
        that may still grow or relapse, of whatever status; `left_out` the ids of all complaints
        in living and past spots, in any order.
        """
        raise NotImplementedError
