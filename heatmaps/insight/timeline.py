"""Spots through time as columns: when each step was made, and how long the legs between took.

A spot that was reopened was not resolved: its time runs from opening to the resolution that
lasted. So its first, hasty one can improve no figure.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import numpy as np

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.desk.words import OPEN_STATUSES, Cause, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_US = 3_600_000_000


class Fate(StrEnum):
    """What has become of a spot by now; every spot has exactly one."""

    RESOLVED = "resolved"
    OPEN = "open"
    SUBSIDED = "subsided"
    MERGED = "merged"
    REJECTED = "rejected"


FATE_OF = {
    **dict.fromkeys(OPEN_STATUSES, Fate.OPEN),
    Status.RESOLVED: Fate.RESOLVED,
    Status.CONFIRMED: Fate.RESOLVED,
    Status.SUBSIDED: Fate.SUBSIDED,
    Status.MERGED: Fate.MERGED,
    Status.REJECTED: Fate.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Timelines:
    """Spots as equally long columns; times are int64 microseconds since 1970 UTC or `ABSENT_TIME`.

    `named` is when a person first named a term, `first_term` the term first promised (from
    opening on, by the policy), `term` the one promised now, `term_changes` how often a person
    named another. `resolved` is the resolution that lasts, `reopenings` how many did not.
    `complained` and `silent` are customers, as they are counted now.
    """

    spot_id: NDArray[np.int64]
    status: NDArray[np.object_]
    topic: NDArray[np.object_]
    cause: NDArray[np.object_]
    queue: NDArray[np.object_]
    territory: NDArray[np.object_]
    opened: NDArray[np.int64]
    acknowledged: NDArray[np.int64]
    named: NDArray[np.int64]
    first_term: NDArray[np.int64]
    term: NDArray[np.int64]
    resolved: NDArray[np.int64]
    closed: NDArray[np.int64]
    term_changes: NDArray[np.int64]
    reopenings: NDArray[np.int64]
    complained: NDArray[np.int64]
    silent: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of spots."""
        return len(self.spot_id)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Give the chosen spots."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def has_fate(self, *fates: Fate) -> NDArray[np.bool_]:
        """Say of each spot whether it met one of these fates."""
        words = [str(status) for status, fate in FATE_OF.items() if fate in fates]
        return np.isin(self.status.astype(str), words)

    def left(self) -> NDArray[np.int64]:
        """Give when nobody had to do anything about a spot any more; absent while it is open."""
        ended = np.where(self.has_fate(Fate.RESOLVED), self.resolved, self.closed)
        return np.where(self.has_fate(Fate.OPEN), ABSENT_TIME, ended)

    def by_order(self) -> NDArray[np.bool_]:
        """Say of each spot whether the network was off by order: no fault, so never judged."""
        return np.asarray(self.cause == str(Cause.ORDERED_RESTRICTION), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Tally:
    """Spots by fate; `opened` is the sum of the fates, and `by_order` are among them."""

    opened: int
    by_fate: dict[Fate, int]
    by_order: int


class Leg(StrEnum):
    """A part of a spot's way, from one step to the next."""

    WAITING = "waiting"
    FINDING = "finding"
    FIXING = "fixing"
    WATCHING = "watching"


def tally(spots: Timelines) -> Tally:
    """Count the spots by fate; none is left out."""
    counts = {fate: int(spots.has_fate(fate).sum()) for fate in Fate}
    return Tally(len(spots), counts, int(spots.by_order().sum()))


def hours_between(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the hours from start to end, NaN where one of the two is absent."""
    absent = (start == ABSENT_TIME) | (end == ABSENT_TIME)
    return np.where(absent, np.nan, (end - np.where(absent, end, start)) / HOUR_US)


def leg_bounds(spots: Timelines) -> dict[Leg, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give when each leg began and ended, absent where it has not.

    Waiting: opened to acknowledged. Finding: to the first term a person named. Fixing: to the
    resolution that lasts; where nobody named a term it begins when the spot was acknowledged.
    Watching: to the confirmation by the signal. A step made early shortens its leg to nothing.
    """
    taken = spots.acknowledged
    named = np.where(spots.named == ABSENT_TIME, ABSENT_TIME, np.maximum(spots.named, taken))
    fate = spots.has_fate(Fate.RESOLVED)
    resolved = np.where(fate, spots.resolved, ABSENT_TIME)
    confirmed = np.asarray(spots.status == str(Status.CONFIRMED), dtype=np.bool_)
    return {
        Leg.WAITING: (spots.opened, taken),
        Leg.FINDING: (taken, named),
        Leg.FIXING: (np.where(named == ABSENT_TIME, taken, named), resolved),
        Leg.WATCHING: (resolved, np.where(confirmed, spots.closed, ABSENT_TIME)),
    }
