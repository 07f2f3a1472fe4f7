"""Priority: how urgent a spot is, as a sum of named parts, in points.

Significance opened the spot; priority orders the queue. Segment and LTV weigh here and nowhere
else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Segment, Topic

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.spots.tuning import PriorityPolicy

_HOUR_US = 3_600_000_000
_DAY_H = 24.0
_SEGMENTS = tuple(Segment)
_TOPICS = tuple(Topic)
_MIDDLE_RANK = 0.5
_FEW_SILENT = 100
_UNITS = 1024


@dataclass(frozen=True, slots=True)
class Behind:
    """The complaints behind a spot, as equally long columns in any order.

    `time` int64 microseconds since 1970-01-01 UTC; `segment` the position in `Segment`, -1 where
    unknown (counts as mass); `topic` the position in `Topic`; `ltv_rank` 0 to 1 as `ltv_ranks`
    gives it, NaN where there is none (counts as the middle); `customer` a code equal for one
    customer's complaints, below 0 where nobody is named: then equal codes are one complaint
    entered several times.
    """

    time: NDArray[np.int64]
    segment: NDArray[np.int8]
    topic: NDArray[np.int8]
    ltv_rank: NDArray[np.float64]
    customer: NDArray[np.int64]
    critical: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a priority: its name, its points and the numbers that explain them."""

    name: str
    points: float
    because: dict[str, float]


@dataclass(frozen=True, slots=True)
class Priority:
    """The urgency of a spot in points; `parts` sum to `total` exactly, in their order."""

    total: float
    parts: tuple[Part, ...]


def priority_of(
    behind: Behind, silent: int, opened_at: datetime, now: datetime, policy: PriorityPolicy
) -> Priority:
    """Give the priority of a spot at `now`.

    Each complaint is worth `complaint_points`, times the weights of its segment, its topic and
    its customer's LTV rank, times `repeat_factor` for a customer's further complaints, and halves
    every `half_life_h`. The parts tell how much each of these factors adds. `silent` customers
    are those exposed who did not complain. A complaint after `now` does not count yet, and one
    entered several times counts once, as its weightiest entry.

    One more complaint, whenever it was made, never lowers the total. Age points grow without end,
    so a spot in a poor district outranks in time any other that does not wait as long.
    """
    now_us = int(now.timestamp() * 1_000_000)
    seen = np.flatnonzero(behind.time <= now_us)
    age_h = (now_us - behind.time[seen]) / _HOUR_US
    parts = (
        *_complaint_parts(behind, seen, age_h, policy),
        _critical(behind, seen, policy),
        _age(opened_at, now, policy),
        _growth(behind.customer[seen], age_h, policy),
        _silent(silent, policy),
    )
    return Priority(sum(part.points for part in parts), parts)


def ltv_ranks(
    ltv: NDArray[np.float64], segment: NDArray[np.int8], among: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Give the `LtvOrder.ranks` of columns that are ranked only once."""
    every = np.ones(len(ltv), dtype=np.bool_)
    return LtvOrder(ltv, segment).ranks(every if among is None else among)


class LtvOrder:
    """The LTVs of complaints in order, to be ranked among changing parts of them."""

    def __init__(self, ltv: NDArray[np.float64], segment: NDArray[np.int8]) -> None:
        self._segment = segment
        self._missing = np.isnan(ltv)
        values, self._place = np.unique(ltv, return_inverse=True)
        self._values = len(values)

    def ranks(self, among: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give each customer's LTV rank within the region, 0 (lowest) to 1, a row a complaint.

        The order is that of the rows `among` marks; a row outside gets the rank it would have
        there. Equal values share their middle rank, so an outlier is worth no more than being
        first. A missing value (NaN) gets the median rank of its segment, or 0.5 where the segment
        has none; so does everybody where fewer than two can be compared.
        """
        missing, segment = self._missing, self._segment
        known = ~missing & among
        not_above = np.cumsum(np.bincount(self._place[known], minlength=self._values))
        count = int(known.sum())
        if count <= 1:
            return np.full(len(missing), _MIDDLE_RANK)
        below = np.concatenate([[0], not_above[:-1]])
        middle = (below + not_above - 1) / 2
        ranks: NDArray[np.float64] = np.clip(middle / (count - 1), 0.0, 1.0)[self._place]
        for code in np.unique(segment[missing]).tolist():
            own = ranks[known & (segment == code)]
            ranks[missing & (segment == code)] = np.median(own) if len(own) else _MIDDLE_RANK
        return ranks


def _complaint_parts(
    behind: Behind, seen: NDArray[np.intp], age_h: NDArray[np.float64], policy: PriorityPolicy
) -> tuple[Part, ...]:
    """Give the parts that stack up to every complaint's worth: what each factor adds in turn."""
    segment = np.array([policy.segment[s] for s in (*_SEGMENTS, Segment.MASS)])
    topic = np.array([policy.topic[t] for t in _TOPICS])
    rank = behind.ltv_rank[seen]
    missing = np.isnan(rank)
    ltv = policy.ltv.low + (policy.ltv.high - policy.ltv.low) * np.where(
        missing, _MIDDLE_RANK, rank
    )
    first = policy.complaint_points * 0.5 ** (age_h / policy.half_life_h)
    by_segment = first * segment[behind.segment[seen]]
    by_topic = by_segment * topic[behind.topic[seen]]
    by_ltv = by_topic * ltv
    repeats = _repeats(behind.customer[seen], by_ltv)
    once = ~repeats | (behind.customer[seen] >= 0)
    repeats &= once
    by_repeat = by_ltv * np.where(repeats, policy.repeat_factor, 1.0)
    numbers = {"complaints": int(once.sum()), "customers": int((once & ~repeats).sum())}
    stack: tuple[tuple[str, NDArray[np.float64], dict[str, float]], ...] = (
        ("complaints", first, {name: float(number) for name, number in numbers.items()}),
        ("segment", by_segment, {}),
        ("topic", by_topic, {}),
        ("ltv", by_ltv, {"without_ltv": float((missing & once).sum())}),
        ("repeats", by_repeat, {"repeats": float(repeats.sum())}),
    )
    parts, before = [], 0.0
    for name, worth, because in stack:
        after = _points(math.fsum(worth[once]))
        factor = {"mean_factor": after / before} if before else {}
        parts.append(Part(name, after - before, {**because, **factor}))
        before = after
    return tuple(parts)


def _repeats(customer: NDArray[np.int64], worth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which complaints are not their customer's weightiest, which counts as the first one."""
    repeats = np.ones(len(customer), dtype=np.bool_)
    order = np.lexsort((-worth, customer))
    repeats[order[np.unique(customer[order], return_index=True)[1]]] = False
    return repeats


def _points(points: float) -> float:
    """Give points in whole 1024ths, whose sums are exact in any order."""
    return math.floor(points * _UNITS + 0.5) / _UNITS


def _critical(behind: Behind, seen: NDArray[np.intp], policy: PriorityPolicy) -> Part:
    count = _told(behind.customer[seen], behind.critical[seen])
    return Part("critical", _points(policy.critical_points * count), {"critical": float(count)})


def _age(opened_at: datetime, now: datetime, policy: PriorityPolicy) -> Part:
    days = max((now - opened_at).total_seconds() / 86_400, 0.0)
    return Part("age", _points(policy.age_points_per_day * days), {"days": days})


def _told(customer: NDArray[np.int64], which: NDArray[np.bool_]) -> int:
    """Count complaints, each once however often it was entered."""
    named = customer[which] >= 0
    return int(named.sum()) + len(np.unique(customer[which][~named]))


def _growth(
    customer: NDArray[np.int64], age_h: NDArray[np.float64], policy: PriorityPolicy
) -> Part:
    """Give points for each doubling of one plus the last day's complaints.

    Not of all complaints: then an old one that arrives late would lower the priority.
    """
    recent = _told(customer, age_h < _DAY_H)
    doublings = math.log2(1 + recent)
    return Part(
        "growth",
        _points(policy.growth_points * doublings),
        {"last_day": float(recent), "doublings": doublings},
    )


def _silent(silent: int, policy: PriorityPolicy) -> Part:
    """Give points for each doubling of the silent customers, counted from `_FEW_SILENT` up.

    In proportion, a zone that covers a quarter of a city would outweigh any number of complaints.
    """
    doublings = float(np.log2(1 + max(silent, 0) / _FEW_SILENT))
    points = _points(policy.silent_points * doublings)
    return Part("silent", points, {"silent": float(silent), "doublings": doublings})
