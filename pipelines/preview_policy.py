"""A policy tried on history before it is saved: replayed beside the one that rules.

Where the new policy only weighs otherwise, the spots are the same under both, so history is
replayed once and every queue weighed twice; else each policy has a replay of its own. A replay is
not what happened: every complaint counts from when it was made, and nobody works on a spot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.policy_comparison import compare
from heatmaps.insight.replayed import Queue, Replay, ReplayedSpot
from heatmaps.policy import parse_policy
from heatmaps.policy_changes import policy_changes
from heatmaps.store import complaints, detection
from heatmaps.store.policies import current_policy
from heatmaps.store.types import from_microseconds, to_microseconds
from heatmaps.store.worked_spots import worked_spots
from pipelines.find_spots import HOUR, Watch, ground_to_replay, hours_between

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from heatmaps.desk.case import SpotCase
    from heatmaps.insight.policy_comparison import Comparison
    from heatmaps.insight.verdicts import WorkedSpot
    from heatmaps.policy import Policy
    from heatmaps.policy_changes import PolicyChange
    from heatmaps.spots.tuning import PriorityPolicy
    from heatmaps.store.engine import Store
    from heatmaps.store.policies import CurrentPolicy
    from pipelines.find_spots import Clockwork, Ground

DAYS = 90
"""How far back a preview looks unless told."""

DAY_H = 24

OPENING = {"quality", "detection", "life", "routing"}
"""Sections by which a replay opens, ends or routes spots."""

WEIGHING = {"priority"}
"""Sections by which it weighs them; what any other section says is seen elsewhere."""

UNSEEN = frozenset(
    {
        "quality.default_point_streets",
        "life.confirmed_after_quiet_h",
        "life.reopened_after_active_h",
    }
)
"""Fields of these that no replay shows: they act when addresses are placed, or after people did."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ruling policy makes of some history, and of which state of the store that is."""

    version: int
    generation: int
    first: datetime
    last: datetime
    replay: Replay


@dataclass(frozen=True, slots=True)
class Preview:
    """A policy beside the ruling `version`, over `hours` of history up to `last`.

    `changes` are the fields that differ, `not_replayed` those of them whose effect a replay cannot
    show. `days` were asked for; history may be shorter. `comparison` is None where there is no
    history at all, and `first` and `last` with it. With `same_spots` the policies only weigh
    otherwise. `known` saves the next preview its replay of the ruling policy.
    """

    version: int
    changes: tuple[PolicyChange, ...]
    not_replayed: tuple[str, ...]
    days: int
    hours: int
    first: datetime | None
    last: datetime | None
    complaints: int
    same_spots: bool
    comparison: Comparison | None
    known: Known | None


def preview_policy(  # noqa: PLR0913 - what is tried, over which history, and who waits for it
    store: Store,
    body: str,
    origin: str,
    clock: Clockwork,
    progress: Callable[[int, int], None],
    *,
    days: int = DAYS,
    known: Known | None = None,
) -> Preview:
    """Replay the last days under the ruling policy and under `body`, and compare; writes nothing.

    The days end with the last hour of detection, or now where there was none. `known` is of an
    earlier preview, and used where it still holds. PolicyError where the text is no valid policy;
    `origin` names it there.
    """
    new = parse_policy(body, origin)
    with store.reading() as connection:
        past = _past(connection, new, clock, days, known)
        changes = tuple(policy_changes(past.ruling.body, body))
    replays = _replays(past, new, progress)
    return Preview(
        version=past.ruling.version,
        changes=changes,
        not_replayed=tuple(c.field for c in changes if not _is_replayed(c.field)),
        days=days,
        hours=len(past.ticks),
        first=past.ticks[0] if past.ticks else None,
        last=past.ticks[-1] if past.ticks else None,
        complaints=past.complaints(),
        same_spots=past.same_spots,
        comparison=_compared(replays, past),
        known=past.known_after(replays[0]) if replays else None,
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """The history that both policies see, and a ground for each replay of it that is needed."""

    ruling: CurrentPolicy
    generation: int
    same_spots: bool
    known: Known | None
    ticks: list[datetime]
    grounds: list[Ground]
    worked: list[WorkedSpot]

    def known_after(self, replay: Replay) -> Known:
        """Give what is known of the ruling policy now."""
        return Known(self.ruling.version, self.generation, self.ticks[0], self.ticks[-1], replay)

    def complaints(self) -> int:
        """Count those that may be counted in a spot, made in the hours that are replayed."""
        if not self.grounds:
            return 0
        since = to_microseconds(self.ticks[0] - HOUR)
        return int((self.grounds[0].columns.time > since).sum())


def _past(
    connection: Connection, new: Policy, clock: Clockwork, days: int, known: Known | None
) -> _Past:
    ruling, ticks = current_policy(connection), _ticks(connection, clock.now, days)
    generation = complaints.generation(connection)
    same_spots = _opens_alike(ruling.policy, new)
    if not ticks:
        return _Past(ruling, generation, same_spots, None, [], [], [])
    state = (ruling.version, generation, ticks[0], ticks[-1])
    if known and (known.version, known.generation, known.first, known.last) != state:
        known = None
    changed = replace(ruling, policy=new)
    sides = [ruling] if same_spots else [changed] if known else [ruling, changed]
    grounds = [ground_to_replay(connection, ticks, clock, side) for side in sides]
    worked = worked_spots(connection, ticks[0], ticks[-1])
    return _Past(ruling, generation, same_spots, known, ticks, grounds, worked)


def _ticks(connection: Connection, now: datetime, days: int) -> list[datetime]:
    first = detection.first_complaint_at(connection)
    last = detection.last_tick(connection) or now
    if first is None:
        return []
    return hours_between(max(first, last - timedelta(days=days) + HOUR), last)


def _opens_alike(ruling: Policy, new: Policy) -> bool:
    """Say whether both policies open the same spots, since they agree in all of `OPENING`."""
    return ruling.model_dump(include=OPENING) == new.model_dump(include=OPENING)


def _is_replayed(field: str) -> bool:
    return field.partition(".")[0] in OPENING | WEIGHING and field not in UNSEEN


def _compared(replays: Sequence[Replay], past: _Past) -> Comparison | None:
    return compare(replays[0], replays[1], past.worked, past.ticks[0]) if replays else None


def _replays(past: _Past, new: Policy, progress: Callable[[int, int], None]) -> list[Replay]:
    """Give what the ruling and the new policy make of history; nothing where there is none."""
    steps, done = len(past.ticks) * len(past.grounds), count(1)

    def advance() -> None:
        progress(next(done), steps)

    if past.same_spots:  # found once, weighed twice
        weights = [past.ruling.policy.priority, new.priority]
        return [
            both for ground in past.grounds for both in _walk(ground, past.ticks, weights, advance)
        ]
    found = [past.known.replay] if past.known else []
    for ground in past.grounds:
        found += _walk(ground, past.ticks, [ground.ruling.policy.priority], advance)
    return found


def _walk(
    ground: Ground,
    ticks: Sequence[datetime],
    weights: Sequence[PriorityPolicy],
    advance: Callable[[], None],
) -> list[Replay]:
    """Replay history once; gives what it is by each of the weights."""
    watch, looks = Watch(ground), frozenset(ticks[::-DAY_H])
    queues = [list[Queue]() for _ in weights]
    for tick in ticks:
        watch.advance(tick)
        if tick in looks:
            for seen, weight in zip(queues, weights, strict=True):
                seen.append(_queue(watch, ground, tick, weight))
        advance()
    everything = {**watch.living, **watch.closed}
    spots = _replayed([everything[number] for number in sorted(everything)], ground)
    return [Replay(spots, tuple(seen)) for seen in queues]


def _queue(watch: Watch, ground: Ground, tick: datetime, weights: PriorityPolicy) -> Queue:
    """Give the queue of a moment in the order in which the desk shows it."""
    points = {
        number: ground.scales.facts(case.detected, tick, weights).priority
        for number, case in watch.living.items()
    }
    return Queue(tick, tuple(sorted(points.items(), key=lambda one: (-one[1], one[0]))))


def _replayed(cases: Sequence[SpotCase], ground: Ground) -> tuple[ReplayedSpot, ...]:
    order = np.argsort(ground.columns.complaint_id)
    ids, times = ground.columns.complaint_id[order], ground.columns.time[order]
    found = []
    for case in cases:
        seen = case.detected
        rows = np.searchsorted(ids, seen.complaint_ids)  # a replay counts none but its ground's
        found.append(
            ReplayedSpot(
                spot_id=seen.spot_id,
                opened_at=seen.opened_at,
                lived_until=case.work.closed_at or seen.last_tick,
                first_complaint_at=from_microseconds(int(times[rows].min())),
                complaint_ids=frozenset(seen.complaint_ids),
                topic=seen.topic,
                territory_id=case.territory_id,
                queue=case.work.queue,
            )
        )
    return tuple(found)
