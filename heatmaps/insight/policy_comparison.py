"""Two policies side by side, by what each makes of the same history.

People have only judged what some policy opened: a spot that the new policy alone opens has no
verdict, so its false alarms are counted from below and the unjudged spots stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from heatmaps.insight.queue_order import Place, QueueOrder, places, queue_order
from heatmaps.insight.replayed import matches, paired
from heatmaps.insight.verdicts import Verdict, found_again, judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from heatmaps.insight.replayed import Replay, ReplayedSpot
    from heatmaps.insight.verdicts import WorkedSpot

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Side:
    """What one policy makes of history.

    `opened` spots are `real` or `false` by the verdicts on the same spots of the store, or
    `unjudged`. Of the `real_known` spots that people found real, `real_found` are among them.
    `delay_h` is the median time from the first complaint to the opening, over the spots that
    `Delay` compares. `waiting` spots are open at the last hour.
    """

    opened: int
    real: int
    false: int
    unjudged: int
    real_found: int
    real_known: int
    delay_h: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Delay:
    """How much later the new policy opens the `spots` that both open and nobody rejected.

    `median_h` is the median difference, above 0 where the new policy is later; None without any.
    """

    spots: int
    median_h: float | None
    earlier: int
    same: int
    later: int


@dataclass(frozen=True, slots=True)
class NamedSpot:
    """A replayed spot as people know it.

    `known_as` is the number of the same spot in the store, None where it has none there; `verdict`
    what people said of that one, None where nobody has decided.
    """

    opened_at: datetime
    topic: str
    territory_id: str | None
    queue: str
    complaints: int
    known_as: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A spot in the queue of the last hour, and its rank and points under either policy."""

    spot: NamedSpot
    ruling: tuple[int, float] | None
    new: tuple[int, float] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ruling policy and the new one.

    `gone` are the spots of the ruling one of whose trouble the new one opens no spot at all, and
    `fresh` the reverse; a spot that is only divided otherwise is in neither. `queue` is as the new
    policy orders it, then what waits under the ruling one alone.
    """

    ruling: Side
    new: Side
    delay: Delay
    order: QueueOrder
    queue: tuple[Waiting, ...]
    gone: tuple[NamedSpot, ...]
    fresh: tuple[NamedSpot, ...]


def compare(
    ruling: Replay, new: Replay, worked: Sequence[WorkedSpot], since: datetime
) -> Comparison:
    """Compare two replays of the same hours; `worked` are the store's spots of that time.

    Those opened before `since`, the first hour, are none that a replay could have found.
    """
    pairs = paired(ruling.spots, new.spots)
    old, fresh = _named(ruling.spots, worked), _named(new.spots, worked)
    delays = _delays(ruling.spots, new.spots, pairs, old)
    known = [w for w in worked if w.verdict is Verdict.REAL and w.opened_at >= since]
    return Comparison(
        ruling=_side(ruling, old, known, [before for before, _ in delays]),
        new=_side(new, fresh, known, [after for _, after in delays]),
        delay=_difference([after - before for before, after in delays]),
        order=queue_order(ruling.queues, new.queues, pairs),
        queue=tuple(
            Waiting(_either(place, old, fresh), place.ruling, place.new)
            for place in places(ruling.queues[-1], new.queues[-1], pairs)
        ),
        gone=_without(ruling.spots, new.spots, old, fresh),
        fresh=_without(new.spots, ruling.spots, fresh, old),
    )


def _named(spots: Sequence[ReplayedSpot], worked: Sequence[WorkedSpot]) -> dict[int, NamedSpot]:
    known = judged(spots, worked)
    return {
        spot.spot_id: NamedSpot(
            opened_at=spot.opened_at,
            topic=spot.topic,
            territory_id=spot.territory_id,
            queue=spot.queue,
            complaints=len(spot.complaint_ids),
            known_as=known[spot.spot_id].spot_id if spot.spot_id in known else None,
            verdict=known[spot.spot_id].verdict if spot.spot_id in known else None,
        )
        for spot in spots
    }


def _without(
    spots: Sequence[ReplayedSpot],
    others: Sequence[ReplayedSpot],
    named: Mapping[int, NamedSpot],
    other_named: Mapping[int, NamedSpot],
) -> tuple[NamedSpot, ...]:
    """Give the spots that are the same as none of the others, nor known as what one of them is."""
    again = {number for number, *_ in matches(spots, others)}
    known = {spot.known_as for spot in other_named.values()} - {None}
    return tuple(spot for n, spot in named.items() if n not in again and spot.known_as not in known)


def _either(
    place: Place, old: Mapping[int, NamedSpot], fresh: Mapping[int, NamedSpot]
) -> NamedSpot:
    """Give the spot as the new policy has it where it waits under that, else as the ruling one."""
    if place.new is not None and place.new_id is not None:
        return fresh[place.new_id]
    return old[place.ruling_id or 0]


def _side(
    replay: Replay,
    named: Mapping[int, NamedSpot],
    real: Sequence[WorkedSpot],
    delays_h: Sequence[float],
) -> Side:
    verdicts = [spot.verdict for spot in named.values()]
    return Side(
        opened=len(verdicts),
        real=verdicts.count(Verdict.REAL),
        false=verdicts.count(Verdict.FALSE),
        unjudged=verdicts.count(None),
        real_found=len(found_again(real, replay.spots)),
        real_known=len(real),
        delay_h=median(delays_h) if delays_h else None,
        waiting=len(replay.queues[-1].waiting),
    )


def _delays(
    ruling: Sequence[ReplayedSpot],
    new: Sequence[ReplayedSpot],
    pairs: Mapping[int, int],
    named: Mapping[int, NamedSpot],
) -> list[tuple[float, float]]:
    """Give the hours either policy took from the first complaint that one of them counted."""
    old, fresh = ({spot.spot_id: spot for spot in side} for side in (ruling, new))
    found = []
    for number, other in pairs.items():
        if named[number].verdict is Verdict.FALSE:
            continue
        both = old[number], fresh[other]
        first = min(spot.first_complaint_at for spot in both)
        before, after = ((spot.opened_at - first).total_seconds() / _HOUR_S for spot in both)
        found.append((before, after))
    return found


def _difference(hours: Sequence[float]) -> Delay:
    return Delay(
        spots=len(hours),
        median_h=median(hours) if hours else None,
        earlier=sum(each < 0 for each in hours),
        same=sum(each == 0 for each in hours),
        later=sum(each > 0 for each in hours),
    )
