"""What every method gives: alarms, judged alike by the truth of the trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials.trial import GATHERED, NO_FAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

SHARE = 0.25
"""An alarm is a fault's when at least this share of its complaints, and two, are the fault's."""
FEWEST = 2
ALIVE_H = 24
"""An alarm lives on as long as its place stands out again within so many hours."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A place that a method says something is wrong with.

    `hour` is the tick, hours since 1970 UTC; `places` positions in the trial's land, sorted;
    `rows` the complaints it rests on, positions in the trial's columns.
    """

    hour: int
    score: float
    places: NDArray[np.intp]
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of the alarms of one trial.

    `delay_h[i]` is how long after its beginning fault i was found, NaN where it was not;
    `precision[i]` the share of the populated cells named that are the fault's, `recall[i]` that of
    the fault's that were named, NaN too. `false` counts alarms for nothing, `gathered` those for a
    mass event, `again` those for a fault already found.
    """

    delay_h: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    false: int
    gathered: int
    again: int

    @property
    def found(self) -> NDArray[np.bool_]:
        """Say of each fault whether it was found."""
        return ~np.isnan(self.delay_h)

    @property
    def overlap(self) -> NDArray[np.float64]:
        """Give the F1 of the cells named, NaN where a fault was not found."""
        both = np.where(self.found, np.maximum(self.precision + self.recall, 1e-9), np.nan)
        return np.asarray(2 * self.precision * self.recall / both)


def judge(trial: Trial, alarms: Iterable[Alarm]) -> Judged:
    """Judge alarms, in order of time, by the complaints they rest on.

    A fault is found at its first alarm while it lasts or within `ALIVE_H` after its end. A later
    one, and one for a fault that began before the days that count, is neither found nor false; an
    alarm before those days is nothing. One for a mass event is counted apart: people do complain
    there, though nothing is broken.
    """
    count = len(trial.faults)
    delay, precision, recall = (np.full(count, np.nan) for _ in range(3))
    false = gathered = again = 0
    for alarm in sorted(alarms, key=lambda one: (one.hour, -one.score)):
        if alarm.hour * HOUR_S <= trial.counts_from:
            continue
        number = _behind(trial, alarm)
        if number == NO_FAULT:
            false += 1
        elif number < 0:
            gathered += 1
        elif number >= count:
            continue
        elif np.isnan(delay[number]):
            fault = trial.faults[number]
            if alarm.hour > fault.ends_at / HOUR_S + ALIVE_H:
                continue
            delay[number] = alarm.hour - fault.starts_at / HOUR_S
            both = len(np.intersect1d(alarm.places, fault.places))
            precision[number] = both / max(len(alarm.places), 1)
            recall[number] = both / len(fault.places)
        else:
            again += 1
    return Judged(delay, precision, recall, false, gathered, again)


def standing_apart(alarms: Iterable[Alarm], threshold: float) -> list[Alarm]:
    """Give the alarms that open, of all that reach a threshold hour by hour.

    One whose place met a living alarm keeps that one alive, and its place is where that lives on.
    """
    opened: list[Alarm] = []
    alive: list[tuple[int, set[int]]] = []
    for alarm in sorted(alarms, key=lambda one: (one.hour, -one.score)):
        if alarm.score < threshold:
            continue
        alive = [(last, places) for last, places in alive if alarm.hour - last <= ALIVE_H]
        here = set(alarm.places.tolist())
        met = [position for position, (_, places) in enumerate(alive) if places & here]
        if not met:
            opened.append(alarm)
        alive = [one for position, one in enumerate(alive) if position not in met]
        alive.append((alarm.hour, here))
    return opened


def _behind(trial: Trial, alarm: Alarm) -> int:
    """Give the number of the fault behind an alarm, else that of a mass event, else `NO_FAULT`."""
    behind = trial.fault[alarm.rows]
    for among in (behind[behind >= 0], behind[behind <= GATHERED]):
        numbers, counts = np.unique(among, return_counts=True)
        if len(numbers) and counts.max() >= max(FEWEST, SHARE * len(behind)):
            return int(numbers[counts.argmax()])
    return NO_FAULT
