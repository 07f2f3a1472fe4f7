"""Priority: how urgent a spot is, as a sum of named parts, in points.

Significance opened the spot; priority orders the queue. Segment and LTV weigh here and nowhere
else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.objects import ObjectKind
from heatmaps.spots.rhythm import HOUR_US
from heatmaps.spots.worth import Part, in_points, parts_of_complaints

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from heatmaps.spots.tuning import PriorityPolicy
    from heatmaps.spots.worth import Behind

_DAY_S = 86_400
_FEW_EXPOSED = 100
_SEEN = 0.05
"""Fewer points than this are shown as none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and since when a spot stands.

    `quiet_since` is None while its signal is active. `exposed` customers are in its zone, those who
    complained among them, and `vulnerable` objects, by kind.
    """

    opened_at: datetime
    quiet_since: datetime | None
    exposed: int
    vulnerable: Mapping[ObjectKind, int]


@dataclass(frozen=True, slots=True)
class Priority:
    """The urgency of a spot in points; `parts` sum to `total` exactly, in their order."""

    total: float
    parts: tuple[Part, ...]


def priority_of(
    behind: Behind, setting: Setting, now: datetime, policy: PriorityPolicy
) -> Priority:
    """Give the priority of a spot at `now`.

    Each complaint is worth `complaint_points`, times the weights of its segment, its topic and
    its customer's LTV rank, times `repeat_factor` for a customer's further complaints, and a
    critical one `critical_points` more; all of it halves every `half_life_h`. The parts tell how
    much each of these factors adds. A complaint after `now` does not count yet, and one entered
    several times counts once, as its weightiest entry. One more complaint, whenever it was made
    and whoever made it, never lowers the total of a zone, its ranks given.

    **No spot waits for ever.** After w days in the queue a spot has r (w + w² / 2q) points of age,
    r being `age_points_per_day` and q `age_doubling_days`. All other parts together are at least 0
    and, while at most n complaints come in any 24 hours, at most

        M = n c / (1 - 2^(-24 / half_life_h)) + `growth_points` log2(1 + n)
            + `silent_points` log2(1 + exposed / 100) + `duration_points` + 2 v

    where c is the most that one complaint can be worth and v the weightiest kind of vulnerable
    object. So whichever spot opened d days later than another, and whatever comes in there, the
    older one outranks it as soon as it has waited

        w > q (M / (r d) - 1) + d / 2  days,

    since their ages differ by r d (1 + (2w - d) / 2q) points, which grow without end; and a spot
    that opens M / r days after another never stands before it. Where r is 0 there is no such word.
    """
    now_us = _microseconds(now)
    seen = behind.until(now_us)
    parts = (
        *parts_of_complaints(seen, now_us, policy),
        _age(setting, now, policy),
        _duration(seen.time, setting, now_us, policy),
        _silent(setting.exposed, policy),
        _vulnerable(setting.vulnerable, policy),
    )
    return Priority(sum(part.points for part in parts), parts)


def _age(setting: Setting, now: datetime, policy: PriorityPolicy) -> Part:
    """Give points for waiting, which come the faster the longer it lasts.

    At one pace for all, two spots would keep their distance for ever.
    """
    days = max((now - setting.opened_at).total_seconds() / _DAY_S, 0.0)
    waited = days + days**2 / (2 * policy.age_doubling_days)
    return Part("age", in_points(policy.age_points_per_day * waited), {"days": days})


def _duration(
    time: NDArray[np.int64], setting: Setting, now_us: int, policy: PriorityPolicy
) -> Part:
    """Give points for how long people have suffered, half of them after `duration_half_h`.

    From the first complaint until the signal turned quiet; the points never exceed
    `duration_points`, so that a trouble of a week is not worth seven of a day.
    """
    began = min(time.min(initial=now_us), _microseconds(setting.opened_at))
    quiet = setting.quiet_since
    ended = now_us if quiet is None else min(_microseconds(quiet), now_us)
    hours = max(float(ended - began) / HOUR_US, 0.0)
    share = hours / (hours + policy.duration_half_h)
    return Part("duration", in_points(policy.duration_points * share), {"hours": hours})


def _silent(exposed: int, policy: PriorityPolicy) -> Part:
    """Give points for each doubling of the customers exposed, counted from `_FEW_EXPOSED` up.

    In proportion, a zone that covers a quarter of a city would outweigh any number of complaints.
    Who complains stays exposed: counted among the silent alone, each would take points away.
    """
    doublings = float(np.log2(1 + max(exposed, 0) / _FEW_EXPOSED))
    points = in_points(policy.silent_points * doublings)
    return Part("silent", points, {"exposed": float(exposed), "doublings": doublings})


def _vulnerable(objects: Mapping[ObjectKind, int], policy: PriorityPolicy) -> Part:
    """Give points for vulnerable objects, each further one worth half of the one before.

    The weightiest count first, so all of them together never reach twice the weightiest: a centre
    full of schools does not outweigh everything. A kind whose points nobody would see is not told.
    """
    by_weight = sorted(
        (each for each in ObjectKind if objects.get(each)),
        key=lambda each: -policy.vulnerable[each],
    )
    points, rank, numbers = 0.0, 0, dict[str, float]()
    for each in by_weight:
        here = objects[each]
        # The sum of 2^-rank over the next `here` ranks.
        added = policy.vulnerable[each] * 2.0 ** (1 - rank) * (1 - 2.0**-here)
        points += added
        rank += here
        if added >= _SEEN:
            numbers[str(each)] = float(here)
    return Part("vulnerable", in_points(points), numbers)


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
