"""The spots that wait for somebody now: how old they are, where, why, and whose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.timeline import HOUR_US, Fate, Timelines

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGE_BREAKS_H = (4, 24, 72, 168)
"""Ages from here up to the next; the first class is younger than all."""


class Group(StrEnum):
    """By what spots are told apart."""

    CAUSE = "cause"
    TERRITORY = "territory"
    TOPIC = "topic"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """The open spots of one group: `by_age` has one more class than `AGE_BREAKS_H` has breaks.

    `value` is None for spots without one (no cause named, outside all territories). `people` are
    customers who complained, each spot's once.
    """

    value: str | None
    by_age: tuple[int, ...]
    open: int
    overdue: int
    people: int


def waiting(spots: Timelines) -> Timelines:
    """Give the spots that wait for somebody."""
    return spots.take(spots.has_fate(Fate.OPEN))


def age_class(spots: Timelines, now: int) -> NDArray[np.intp]:
    """Give each spot's class of age at `now`, 0 the youngest."""
    return np.searchsorted(AGE_BREAKS_H, (now - spots.opened) / HOUR_US, side="right")


def backlog(spots: Timelines, now: int, group: Group) -> list[BacklogRow]:
    """Give the open spots by group and age, the largest group first; the rows sum to all open."""
    still = waiting(spots)
    values, ages = getattr(still, group), age_class(still, now)
    late = (still.term != ABSENT_TIME) & (still.term < now)
    rows = []
    for value, count in Counter(values.tolist()).items():
        here = np.asarray([each == value for each in values.tolist()], dtype=np.bool_)
        by_age = np.bincount(ages[here], minlength=len(AGE_BREAKS_H) + 1)
        people = int(still.complained[here].sum())
        rows.append(BacklogRow(value, tuple(by_age.tolist()), count, int(late[here].sum()), people))
    return sorted(rows, key=lambda row: (-row.open, row.value or ""))
