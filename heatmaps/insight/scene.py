"""What a manager looks at: the spots of a period, and which of them count.

Spots that subsided by themselves count in no figure, nor do those merged into another (which
stands for both, and is the older one), nor those where the network is off by order. A rejected
spot counts as not resolved, a reopened one until it is resolved again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.survival import Curve, kaplan_meier
from heatmaps.insight.timeline import HOUR_US, Fate, Timelines, hours_between

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.insight.period import Period

ONE_DAY_H = 24.0


@dataclass(frozen=True)
class Scene:
    """Spots as of `now`, and the period they are looked at in; times in microseconds UTC."""

    spots: Timelines
    since: int
    until: int
    now: int

    @cached_property
    def opened(self) -> Timelines:
        """The spots opened in the period, whatever became of them."""
        return self.spots.take((self.spots.opened >= self.since) & (self.spots.opened < self.until))

    @cached_property
    def judged(self) -> Timelines:
        """Those of them that count: not subsided, not merged, not off by order."""
        return self.opened.take(_counts(self.opened))

    @cached_property
    def ripe(self) -> Timelines:
        """Those of them that were opened at least a day ago, so that they have had their day."""
        return self.judged.take(self.now - self.judged.opened >= ONE_DAY_H * HOUR_US)

    @cached_property
    def promised(self) -> Timelines:
        """Those that count and whose first promised term has passed."""
        term = self.judged.first_term
        return self.judged.take((term != ABSENT_TIME) & (term <= self.now))

    @cached_property
    def resolved_meanwhile(self) -> Timelines:
        """The spots resolved in the period, whenever they were opened."""
        chosen = self.spots.has_fate(Fate.RESOLVED) & _counts(self.spots)
        at = self.spots.resolved
        return self.spots.take(chosen & (at >= self.since) & (at < self.until))

    @cached_property
    def curve(self) -> Curve:
        """The share resolved by each hour, as Kaplan and Meier estimate it from all that count."""
        started = self.judged.opened
        return kaplan_meier(hours_to_resolve(self.judged), (self.now - started) / HOUR_US)


def scene_of(spots: Timelines, period: Period, now: datetime) -> Scene:
    """Give the spots as they are looked at in a period."""
    moments = (period.since, period.until, now)
    return Scene(spots, *(round(moment.timestamp() * 1e6) for moment in moments))


def hours_to_resolve(spots: Timelines) -> NDArray[np.float64]:
    """Give the hours from opening to the resolution that lasts, NaN where there is none."""
    resolved = np.where(spots.has_fate(Fate.RESOLVED), spots.resolved, ABSENT_TIME)
    return hours_between(spots.opened, resolved)


def hours_late(spots: Timelines) -> NDArray[np.float64]:
    """Give the hours from the first promised term to the resolution that lasts, NaN without one."""
    resolved = np.where(spots.has_fate(Fate.RESOLVED), spots.resolved, ABSENT_TIME)
    return hours_between(spots.first_term, resolved)


def _counts(spots: Timelines) -> NDArray[np.bool_]:
    return ~spots.has_fate(Fate.SUBSIDED, Fate.MERGED) & ~spots.by_order()
