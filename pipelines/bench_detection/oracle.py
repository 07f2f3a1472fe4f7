"""A reference that cannot be had: it knows place, start and topic of every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.rhythm import HOUR_US
from heatmaps.spots.scan import scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

_GUARD_H = 48


def delays(trial: Trial, threshold: float) -> NDArray[np.float64]:
    """Give after how many hours each fault's own zone and topic reach a score, NaN where never.

    Its rate is flat: complaints per subscriber, topic and hour over the history.
    """
    columns = trial.columns
    hour = columns.time // HOUR_US
    place = trial.land.find(columns.cell)
    begin = int(hour[0])
    people = trial.exposure.subscribers
    delay = np.full(len(trial.faults), np.nan)
    for fault in trial.faults:
        start = fault.starts_at // 3600
        past = max(start - _GUARD_H - begin, 1)
        of_topic = columns.topic == fault.topic
        rate = (of_topic & (hour < start - _GUARD_H)).sum() / people.sum() / past
        inside = of_topic & np.isin(place, fault.places) & (columns.time >= fault.starts_at * 10**6)
        inside &= hour < -(-fault.ends_at // 3600)
        ticks = np.arange(start + 1, -(-fault.ends_at // 3600) + 1)
        first = np.unique(columns.customer[inside], return_index=True)[1]
        at = np.sort(hour[inside][first])
        observed = np.searchsorted(at, ticks, side="left").astype(np.float64)
        expected = rate * people[fault.places].sum() * (ticks - start)
        reached = np.flatnonzero(scores(observed, np.maximum(expected, 1e-9)) >= threshold)
        enough = reached[observed[reached] > expected[reached]]
        if len(enough):
            delay[fault.number] = ticks[enough[0]] - fault.starts_at / 3600
    return delay
