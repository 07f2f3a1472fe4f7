"""Customers who call again: a baseline counts them once a week, a window once in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.rhythm import HOUR_US, WEEK_H

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PRIOR = 20.0
_MOST = 2.0
"""More than this is the work of a few who call all day, and is nothing to expect elsewhere."""


def customers_in_windows(
    customer: NDArray[np.int64],
    time: NDArray[np.int64],
    part: NDArray[np.float32],
    counted: float,
) -> NDArray[np.float64]:
    """Give how many times more customers a window holds than are counted once a week.

    Shape (168,), a factor for each length from an hour on, 1 to 2. A customer stands in a window
    with the last complaint in it; so each complaint stands in as many of the windows of a length
    as there are moments before the customer's next one, at most that length. `time` ascends, in
    microseconds; the baseline learns from `part` of each complaint, and of `counted` customers in
    all.
    """
    order = np.argsort(customer, kind="stable")
    gap = np.full(len(order), np.inf)
    again = np.flatnonzero(np.diff(customer[order]) == 0)
    gap[again] = (time[order[again + 1]] - time[order[again]]) / HOUR_US
    ascending = np.argsort(gap)
    gap, weight = gap[ascending], part[order[ascending]].astype(np.float64)
    length = np.arange(1, WEEK_H + 1)
    shorter = np.searchsorted(gap, length)
    before = np.cumsum(np.append(0.0, weight * np.minimum(gap, WEEK_H)))[shorter]
    stood = before + length * (weight.sum() - np.cumsum(np.append(0.0, weight))[shorter])
    times = (stood / length + _PRIOR) / (counted + _PRIOR)
    return np.asarray(np.clip(times, 1.0, _MOST))
