"""A reference that cannot be had: it knows place, start and topic of every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import parents
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.spots.rhythm import HOUR_US
from heatmaps.spots.score import scores
from pipelines.bench_detection.usual import GUARD_H

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Fault, Trial


def delays(trial: Trial, threshold: float) -> NDArray[np.float64]:
    """Give after how many hours each fault's own zone and topic reach a score, NaN where never.

    Its rate is flat: complaints per subscriber, topic and hour over the history. As every scan it
    knows a complaint once it has arrived, counts a customer once, and one known only coarsely
    where the zone holds all that is populated of its cell.
    """
    columns = trial.columns
    hour, arrived = columns.time // HOUR_US, columns.available // HOUR_US
    begin, until = int(hour[0]), trial.counts_to // HOUR_S
    people = trial.exposure.subscribers
    delay = np.full(len(trial.faults), np.nan)
    for fault in trial.faults:
        start, end = fault.starts_at // HOUR_S, min(-(-fault.ends_at // HOUR_S), until)
        past = max(start - GUARD_H - begin, 1)
        of_topic = columns.topic == fault.topic
        rate = (of_topic & (hour < start - GUARD_H)).sum() / people.sum() / past
        during = np.flatnonzero(of_topic & (hour >= start) & (hour < end))
        inside = during[np.isin(columns.cell[during], _cells_of(trial, fault))]
        inside = inside[columns.time[inside] >= fault.starts_at * 10**6]
        inside = inside[np.argsort(arrived[inside], kind="stable")]
        first = np.sort(np.unique(columns.customer[inside], return_index=True)[1])
        ticks = np.arange(start + 1, end + 1)
        observed = np.searchsorted(arrived[inside[first]], ticks, side="left").astype(np.float64)
        expected = np.maximum(rate * people[fault.places].sum() * (ticks - start), 1e-9)
        reached = np.flatnonzero(scores(observed, expected) >= threshold)
        if len(reached):
            delay[fault.number] = ticks[reached[0]] - fault.starts_at / HOUR_S
    return delay


def _cells_of(trial: Trial, fault: Fault) -> NDArray[np.int64]:
    """Give the cells of a fault, and the coarser ones that hold no populated cell beside them."""
    cells = [trial.land.cell[fault.places]]
    others = np.delete(trial.land.cell, fault.places)
    for resolution in np.unique(trial.columns.resolution).tolist():
        held = np.unique(parents(cells[0], resolution))
        cells.append(np.setdiff1d(held, parents(others, resolution)))
    return np.concatenate(cells)
