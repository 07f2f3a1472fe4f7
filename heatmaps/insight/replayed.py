"""Spots as a replay finds them, and which of them are the same as other spots.

Two spots are the same where their lives overlap and they share at least half of the complaints of
the one that has fewer (the overlap coefficient of Szymkiewicz and Simpson): a threshold that
widens a zone or opens it later still finds the same trouble.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

SAME_FROM = 0.5
"""Spots that share this part of the complaints of the smaller one are the same."""


class Traced(Protocol):
    """A spot with its life, both ends included, and all complaints ever counted in it."""

    @property
    def spot_id(self) -> int:
        """Its number among its own kind."""
        ...

    @property
    def opened_at(self) -> datetime:
        """When it opened."""
        ...

    @property
    def lived_until(self) -> datetime:
        """When it closed, or until when it is known to have lived."""
        ...

    @property
    def complaint_ids(self) -> frozenset[int]:
        """The complaints counted in it."""
        ...


@dataclass(frozen=True, slots=True)
class ReplayedSpot:
    """A spot that a replay opened; `first_complaint_at` is the earliest complaint counted in it."""

    spot_id: int
    opened_at: datetime
    lived_until: datetime
    first_complaint_at: datetime
    complaint_ids: frozenset[int]
    topic: str
    territory_id: str | None
    queue: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The spots open at a moment with their priorities, the most urgent first."""

    at: datetime
    waiting: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """What a policy makes of history: the spots by number, the queue once a day to the last hour.

    Nobody works on a replayed spot: it waits until its signal has been quiet long enough.
    """

    spots: tuple[ReplayedSpot, ...]
    queues: tuple[Queue, ...]


def matches(
    first: Sequence[Traced], second: Sequence[Traced]
) -> Iterator[tuple[int, int, int, float]]:
    """Give all pairs of the same spots: both numbers, shared complaints, and how far they agree.

    In no particular order.
    """
    holders: dict[int, list[int]] = {}
    for place, spot in enumerate(second):
        for complaint in spot.complaint_ids:
            holders.setdefault(complaint, []).append(place)
    for one in first:
        shared = Counter(place for c in one.complaint_ids for place in holders.get(c, ()))
        for place, count in shared.items():
            other = second[place]
            agree = count / min(len(one.complaint_ids), len(other.complaint_ids))
            apart = one.opened_at > other.lived_until or other.opened_at > one.lived_until
            if agree >= SAME_FROM and not apart:
                yield one.spot_id, other.spot_id, count, agree


def paired(first: Sequence[Traced], second: Sequence[Traced]) -> dict[int, int]:
    """Give for spots of `first` the same one of `second`, each at most once, the surest first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    surest = sorted(matches(first, second), key=lambda one: (-one[2], -one[3], one[0], one[1]))
    for one, other, _shared, _agree in surest:
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found
