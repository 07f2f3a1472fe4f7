"""Whether a series rises or falls: the test of Mann and Kendall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mann_kendall(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how surely each series, shape (places, steps), rises (above 0) or falls, as a z-score.

    S counts the pairs of steps that rise less those that fall; its variance is corrected for ties
    and S for continuity (Mann 1945, Econometrica 13:245; Kendall 1975, Rank Correlation Methods;
    Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, 16.4). 0 where a
    series has fewer than three steps or all are alike.
    """
    places, steps = series.shape
    s, ties = np.zeros(places), np.zeros(places)
    for step in range(1, steps):
        s += np.sign(series[:, [step]] - series[:, :step]).sum(axis=1)
    for step in range(steps):
        alike = (series == series[:, [step]]).sum(axis=1)
        ties += (alike - 1) * (2 * alike + 5)  # every member of a tie of t adds its t-th part
    variance = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    known = (variance > 0) & (steps > 2)  # noqa: PLR2004 - two steps have no trend
    z = np.zeros(places)
    z[known] = (s - np.sign(s))[known] / np.sqrt(variance[known])
    return z
