"""How alike two policies order the same queue, from day to day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from heatmaps.insight.replayed import Queue

COMPARED_FROM = 3
"""A day's rank correlation says something from so many spots in both queues."""


@dataclass(frozen=True, slots=True)
class QueueOrder:
    """How alike the queues of a day are, over the spots that wait in both.

    Of `pairs` of spots that wait together on a day, `swapped` stand the other way round.
    `kendall` (tau-b) and `spearman` are means over the `days` with enough spots in both queues,
    1 where the order is the same and -1 where it is reversed; None without such a day. The same
    spot comes `first` on so many of the `busy_days` on which somebody waits in both queues.
    """

    pairs: int
    swapped: int
    days: int
    kendall: float | None
    spearman: float | None
    busy_days: int
    first: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a spot stands in two queues of one moment: rank from 1 and points, None if absent."""

    ruling_id: int | None
    new_id: int | None
    ruling: tuple[int, float] | None
    new: tuple[int, float] | None


def queue_order(
    ruling: Sequence[Queue], new: Sequence[Queue], pairs: Mapping[int, int]
) -> QueueOrder:
    """Compare the queues of the same moments; `pairs` says which spots are the same."""
    days = [_in_both(one, other, pairs) for one, other in zip(ruling, new, strict=True)]
    swaps = [_swapped(points) for points in days]
    kendall, spearman = _correlations([p for p in days if len(p) >= COMPARED_FROM])
    heads = [
        pairs.get(one.waiting[0][0]) == other.waiting[0][0]
        for one, other in zip(ruling, new, strict=True)
        if one.waiting and other.waiting
    ]
    return QueueOrder(
        pairs=sum(total for total, _ in swaps),
        swapped=sum(count for _, count in swaps),
        days=len(kendall),
        kendall=fmean(kendall) if kendall else None,
        spearman=fmean(spearman) if spearman else None,
        busy_days=len(heads),
        first=sum(heads),
    )


def places(ruling: Queue, new: Queue, pairs: Mapping[int, int]) -> list[Place]:
    """Give who waits in either queue: as the new one orders them, then who waits in the old alone.

    A spot that waits in one queue has a number for the other where the other policy opened it too.
    """
    old, fresh = _ranked(ruling), _ranked(new)
    same = {other: one for one, other in pairs.items()}
    found = [
        Place(same.get(spot), spot, old.get(same.get(spot, -1)), place)
        for spot, place in fresh.items()
    ]
    left = [spot for spot in old if pairs.get(spot) not in fresh]
    return found + [Place(spot, pairs.get(spot), old[spot], None) for spot in left]


def _ranked(queue: Queue) -> dict[int, tuple[int, float]]:
    return {spot: (rank, points) for rank, (spot, points) in enumerate(queue.waiting, start=1)}


def _in_both(ruling: Queue, new: Queue, pairs: Mapping[int, int]) -> list[tuple[int, int]]:
    """Give both ranks of each spot that waits in both queues."""
    return [
        (place.ruling[0], place.new[0])
        for place in places(ruling, new, pairs)
        if place.ruling is not None and place.new is not None
    ]


def _swapped(ranks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    turned = [(a[0] < b[0]) != (a[1] < b[1]) for a, b in combinations(ranks, 2)]
    return len(turned), sum(turned)


def _correlations(
    days: Iterable[Sequence[tuple[int, int]]],
) -> tuple[list[float], list[float]]:
    from scipy import stats

    taus, rhos = [], []
    for ranks in days:
        old, new = zip(*ranks, strict=True)
        taus.append(float(stats.kendalltau(old, new).statistic))
        rhos.append(float(stats.spearmanr(old, new).statistic))
    return taus, rhos
