"""How long things take when some of them have not ended yet.

Two ways side by side, since they answer different questions. `kaplan_meier` estimates the curve
from everything known, the youngest spots included (Kaplan and Meier 1958, through
`scipy.stats.ecdf`). `share` and `quantile` look only at spots that have had their time and hold
an open one to be unresolved. They say less of today; but ending a spot later, or never, cannot
improve them, which Kaplan and Meier do not promise: a spot that ends after a younger one has
dropped out of sight weighs more than one that ends before.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95

# Where all or none have ended the formula has no interval; the curve then shows the value alone.
warnings.filterwarnings("ignore", message="The confidence interval is undefined")


@dataclass(frozen=True, slots=True)
class Share:
    """`count` out of `n`, with Wilson's interval (1927) at `CONFIDENCE`; None where `n` is 0."""

    value: float | None
    n: int
    count: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The share resolved by each hour after opening, as Kaplan and Meier estimate it.

    `hours` rise from 0; `resolved`, `low` and `high` hold from each hour to the next, the
    interval by Greenwood on the log-log scale. `censored` are the hours at which open spots drop
    out of sight, `followed` is the last hour anything is known of, `n` the number of spots.
    """

    hours: NDArray[np.float64]
    resolved: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    censored: NDArray[np.float64]
    followed: float
    n: int

    def at(self, hour: float) -> tuple[float, float, float] | None:
        """Give the share resolved by an hour, low and high; None where nothing is known of it."""
        if self.n == 0 or (hour > self.followed and self.resolved[-1] < 1):
            return None
        place = int(np.searchsorted(self.hours, hour, side="right")) - 1
        return float(self.resolved[place]), float(self.low[place]), float(self.high[place])

    def median(self) -> float | None:
        """Give the hour by which half are resolved, None where the curve does not reach it."""
        reached = np.flatnonzero(self.resolved >= 0.5)  # noqa: PLR2004 - a half
        return float(self.hours[reached[0]]) if len(reached) else None


def share(yes: NDArray[np.bool_]) -> Share:
    """Give the share of True."""
    n, count = len(yes), int(yes.sum())
    if n == 0:
        return Share(None, 0, 0, None, None)
    from scipy import stats

    interval = stats.binomtest(count, n).proportion_ci(CONFIDENCE, method="wilson")
    return Share(count / n, n, count, float(interval.low), float(interval.high))


def quantile(took: NDArray[np.float64], part: float) -> float | None:
    """Give the time within which `part` of all have ended; NaN has not, and counts all the same.

    None where fewer have ended than that.
    """
    needed = max(math.ceil(part * len(took)), 1)
    ended = np.sort(took[~np.isnan(took)])
    return float(ended[needed - 1]) if len(ended) >= needed else None


def kaplan_meier(took: NDArray[np.float64], followed: NDArray[np.float64]) -> Curve:
    """Give the curve of spots that took so many hours (NaN: open), each watched `followed` hours.

    An open spot is censored at the hour up to which it has been watched.
    """
    is_open = np.isnan(took)
    seen = np.where(is_open, followed, took)
    if not len(seen):
        start = np.zeros(1)
        return Curve(start, start, start, start, np.zeros(0), 0.0, 0)
    from scipy import stats

    survival = stats.ecdf(stats.CensoredData.right_censored(seen, is_open)).sf
    interval: Any = survival.confidence_interval(CONFIDENCE, method="log-log")
    resolved = np.concatenate([[0.0], 1 - survival.probabilities])
    low = np.concatenate([[0.0], 1 - interval.high.probabilities])
    high = np.concatenate([[0.0], 1 - interval.low.probabilities])
    return Curve(
        hours=np.concatenate([[0.0], survival.quantiles]),
        resolved=resolved,
        low=np.where(np.isnan(low), resolved, low),
        high=np.where(np.isnan(high), resolved, high),
        censored=np.sort(seen[is_open]),
        followed=float(seen.max()),
        n=len(seen),
    )
