"""The detector of this project, walked over a trial as `replay` walks over a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.detector import Detector
from heatmaps.spots.explained import Explained
from heatmaps.spots.record import Signal
from pipelines.bench_detection.alarms import Alarm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial
    from heatmaps.spots.record import DetectedSpot
    from heatmaps.spots.tuning import DetectionPolicy

_SUBSIDED_H = 24


def alarms(trial: Trial, policy: DetectionPolicy) -> list[Alarm]:
    """Give an alarm for each spot that opens; nobody works on any of them."""
    detector = Detector(trial.exposure, policy, trial.zone)
    living: tuple[DetectedSpot, ...] = ()
    explained, next_id, found = Explained(trial.columns), 1, []
    for tick in trial.ticks():
        step = detector.step(trial.columns, tick, living, explained, next_id)
        next_id = step.next_id
        opened = set(step.opened)
        found += [_alarm(trial, spot) for spot in step.spots if spot.spot_id in opened]
        for spot in step.spots:
            explained.take_in(spot)
        living = tuple(spot for spot in step.spots if not _over(spot))
    return found


def _over(spot: DetectedSpot) -> bool:
    if spot.merged_into is not None:
        return True
    if spot.signal is not Signal.QUIET or spot.quiet_since is None:
        return False
    return (spot.last_tick - spot.quiet_since).total_seconds() >= _SUBSIDED_H * 3600


def _alarm(trial: Trial, spot: DetectedSpot) -> Alarm:
    zone = np.array(spot.cells_opened, dtype=np.int64)
    places = np.flatnonzero(np.isin(parents(trial.land.cell, spot.resolution), zone))
    hour = int(spot.opened_at.timestamp()) // 3600
    return Alarm(hour, spot.score, places, _rows(trial, spot.complaint_ids))


def _rows(trial: Trial, ids: tuple[int, ...]) -> NDArray[np.intp]:
    return np.flatnonzero(np.isin(trial.columns.complaint_id, ids))
