"""What simple methods expect: a shrunk rate for each place, shares of topics, hours of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.spots.rhythm import HOUR_US, WEEK_H

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

GUARD_H = 48
_SHRINK = 2.0
"""Complaints that a cell's own rate must outweigh."""


class Usual:
    """The expectation of a trial, learnt anew each day from all but the last two.

    `hourly`, shape (places, 1 + topics), is what an hour of mean level brings: over all and by
    topic.
    """

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        columns = trial.columns
        self._hour = columns.time // HOUR_US
        self._known = columns.available // HOUR_US
        self.first = _first_in_a_week(columns.customer, columns.time)
        self._place = trial.land.find(columns.cell)
        self._day = -1
        self.hourly = np.zeros((len(trial.land.cell), 1 + len(Topic)))
        self._beat = np.ones(WEEK_H)

    def learn(self, hour: int) -> bool:
        """Learn what is known at a tick, where its day is a new one; say whether it was."""
        if hour // 24 == self._day:
            return False
        self._day = hour // 24
        end = hour - GUARD_H
        seen = np.flatnonzero((self._hour < end) & (self._known < hour) & self.first)
        hours = end - self._hour[0]
        place = self._place[seen]
        own = np.bincount(place[place >= 0], minlength=len(self.hourly))
        people = self._trial.exposure.subscribers
        usual = people * len(seen) / people.sum()
        rate = usual * (own + _SHRINK) / (usual + _SHRINK)
        topic = self._trial.columns.topic[seen]
        shares = np.bincount(topic, minlength=len(Topic)) / max(len(seen), 1)
        self.hourly = rate[:, None] / hours * np.concatenate([[1.0], shares])
        beat = np.bincount(self._hour[seen] % WEEK_H, minlength=WEEK_H) + 1.0
        self._beat = beat / beat.mean()
        return True

    def weight(self, hour: int, windows_h: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give how many mean hours windows that end at a tick are worth."""
        beats = self._beat[np.arange(hour - 1, hour - 1 - windows_h.max(), -1) % WEEK_H].cumsum()
        return np.asarray(beats[windows_h - 1])


def _first_in_a_week(customer: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which complaints are not repeats of the same customer's within a week."""
    order = np.lexsort((time, customer))
    same = (np.diff(customer[order]) == 0) & (np.diff(time[order]) < WEEK_H * HOUR_US)
    first = np.ones(len(order), dtype=np.bool_)
    first[order[1:][same]] = False
    return first
