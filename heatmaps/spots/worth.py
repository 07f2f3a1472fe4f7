"""What the complaints behind a spot are worth, factor by factor, in points."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from heatmaps.complaints.record import Segment, Topic
from heatmaps.spots.ltv import MIDDLE_RANK
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.tuning import PriorityPolicy

_DAY_H = 24.0
_SEGMENTS = tuple(Segment)
_TOPICS = tuple(Topic)
_UNITS = 1024


@dataclass(frozen=True, slots=True)
class Behind:
    """The complaints behind a spot, as equally long columns in any order.

    `time` int64 microseconds since 1970-01-01 UTC; `segment` the position in `Segment`, -1 where
    unknown (counts as mass); `topic` the position in `Topic`; `ltv_rank` 0 to 1 as `LtvOrder`
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

    def until(self, moment_us: int) -> Self:
        """Give the complaints made until a moment, microseconds since 1970-01-01 UTC."""
        seen = self.time <= moment_us
        return type(self)(*(getattr(self, each.name)[seen] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a priority: its name, its points and the numbers that explain them."""

    name: str
    points: float
    because: dict[str, float]


def parts_of_complaints(behind: Behind, now_us: int, policy: PriorityPolicy) -> tuple[Part, ...]:
    """Give the parts that complaints add, none of them made after `now_us`, in their order."""
    age_h = (now_us - behind.time) / HOUR_US
    lasting = 0.5 ** (age_h / policy.half_life_h)
    return (
        *_by_factor(behind, lasting, policy),
        _critical(behind, lasting, policy),
        _growth(behind.customer, age_h, policy),
    )


def in_points(points: float) -> float:
    """Give points in whole 1024ths, whose sums are exact in any order."""
    return math.floor(points * _UNITS + 0.5) / _UNITS


def _by_factor(
    behind: Behind, lasting: NDArray[np.float64], policy: PriorityPolicy
) -> tuple[Part, ...]:
    """Give the parts that stack up to every complaint's worth: what each factor adds in turn."""
    segment = np.array([policy.segment[s] for s in (*_SEGMENTS, Segment.MASS)])
    topic = np.array([policy.topic[t] for t in _TOPICS])
    rank = behind.ltv_rank
    missing = np.isnan(rank)
    ltv = policy.ltv.low + (policy.ltv.high - policy.ltv.low) * np.where(missing, MIDDLE_RANK, rank)
    first = policy.complaint_points * lasting
    by_segment = first * segment[behind.segment]
    by_topic = by_segment * topic[behind.topic]
    by_ltv = by_topic * ltv
    repeats = _repeats(behind.customer, by_ltv, by_topic, by_segment, first, missing)
    once = ~repeats | (behind.customer >= 0)
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
        after = in_points(math.fsum(worth[once]))
        factor = {"mean_factor": after / before} if before else {}
        parts.append(Part(name, after - before, {**because, **factor}))
        before = after
    return tuple(parts)


def _repeats(
    customer: NDArray[np.int64], worth: NDArray[np.float64], *then: NDArray[Any]
) -> NDArray[np.bool_]:
    """Say which complaints are not their customer's weightiest, which counts as the first one.

    Of equal ones that with most of what comes `then`, so that the order of rows says nothing.
    """
    repeats = np.ones(len(customer), dtype=np.bool_)
    order = np.lexsort((*(-1.0 * each for each in reversed(then)), -worth, customer))
    repeats[order[np.unique(customer[order], return_index=True)[1]]] = False
    return repeats


def _critical(behind: Behind, lasting: NDArray[np.float64], policy: PriorityPolicy) -> Part:
    """Give points for critical complaints; of one entered several times the latest entry counts."""
    critical = behind.critical
    customer, lasting = behind.customer[critical], lasting[critical]
    once = (customer >= 0) | ~_repeats(customer, lasting)
    points = policy.critical_points * math.fsum(lasting[once])
    return Part("critical", in_points(points), {"critical": float(once.sum())})


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
        in_points(policy.growth_points * doublings),
        {"last_day": float(recent), "doublings": doublings},
    )
