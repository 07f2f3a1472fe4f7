"""A region that lives: eight weeks of complaints, the faults behind some, and their truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.simulation.faults import (
    DAY_S,
    FAULTS_PER_WEEK,
    MOST_AT_ONCE,
    WEEK_S,
    Fault,
    current_faults,
    past_faults,
)
from heatmaps.simulation.holes import Hole, coverage_holes
from heatmaps.simulation.seeding import Purpose, generator
from heatmaps.simulation.stream import (
    REPEAT,
    REPEAT_LATE_DAYS,
    Stream,
    fault_stream,
    habits,
    hole_stream,
    quiet_day,
)
from heatmaps.simulation.telling import Complaint, Origin, Told, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.simulation.region import Region

DAYS = 56
COMPLAINTS_PER_1000_MONTH = 3.0
MONTH_DAYS = 30
MIN_DAYS = 7
# The fictional phone numbers, split so that customers of one simulation hardly share one: so many
# for each day in turn, then for each past fault in turn, for each current one, and for the holes.
_DAY_NUMBERS, _DAYS = 95, 80
_FAULT_NUMBERS, _WEEKS = 36, 11
_PAST_FROM = _DAY_NUMBERS * _DAYS
_CURRENT_FROM = _PAST_FROM + _FAULT_NUMBERS * _WEEKS * FAULTS_PER_WEEK
_CURRENT_NUMBERS = 40
_HOLES_FROM, _HOLE_NUMBERS = 9_900, 100


@dataclass(frozen=True, slots=True)
class Simulation:
    """What happened in (`since`, `until`]: complaints by time and id, faults by start.

    `houses[i]` is the position in `region.houses` of the house complaint i is really about,
    `fault_ids[i]` the fault and `hole_ids[i]` the hole in the coverage behind it, None where there
    is none.
    """

    region: Region
    since: datetime
    until: datetime
    seed: int
    complaints: tuple[Complaint, ...]
    houses: tuple[int, ...]
    fault_ids: tuple[str | None, ...]
    hole_ids: tuple[str | None, ...]
    faults: tuple[Fault, ...]
    holes: tuple[Hole, ...]

    def planted(self) -> dict[str, int]:
        """Give how many complaints each fault caused so far, repeats included."""
        counts = dict.fromkeys((fault.fault_id for fault in self.faults), 0)
        for fault_id in self.fault_ids:
            if fault_id is not None:
                counts[fault_id] += 1
        return counts


def simulate(region: Region, until: datetime, seed: int = 1, days: int = DAYS) -> Simulation:
    """Give the simulation that ends at `until`; the same arguments give the same simulation.

    A later `until` tells the same past with the same ids; only what is alive at the end is made
    anew. UsageError where `until` has no zone, `days` is below seven or `seed` negative.
    """
    _check(until, seed, days)
    end = int(until.timestamp())
    start = end - days * DAY_S
    faults, holes = _faults(region, seed, start, end), coverage_holes(region, seed)
    told = [
        *_quiet(region, seed, start, end),
        *(one for fault in faults for one in _caused(region, seed, fault, end)),
        *(one for hole in holes for one in _lacked(region, seed, hole, start, end)),
    ]
    first, last = datetime.fromtimestamp(start, tz=UTC), datetime.fromtimestamp(end, tz=UTC)
    told = [one for one in told if first < one.complaint.created_at <= last]
    told.sort(key=lambda one: (one.complaint.created_at, one.complaint.external_id))
    heard = {one.fault_id for one in told}
    return Simulation(
        region=region,
        since=first,
        until=last,
        seed=seed,
        complaints=tuple(one.complaint for one in told),
        houses=tuple(one.house for one in told),
        fault_ids=tuple(one.fault_id for one in told),
        hole_ids=tuple(one.hole_id for one in told),
        faults=tuple(fault for fault in faults if fault.fault_id in heard),
        holes=holes,
    )


def _check(until: datetime, seed: int, days: int) -> None:
    if until.tzinfo is None:
        message = f"until {until.isoformat()} has no time zone; add one, such as +03:00."
        raise UsageError(message)
    if seed < 0:
        message = f"seed {seed} is negative; give 0 or more."
        raise UsageError(message)
    if days < MIN_DAYS:
        message = f"{days} days are too few to know what is usual; give at least {MIN_DAYS}."
        raise UsageError(message)


def _daily(region: Region) -> float:
    """Give the mean first complaints of a quiet day, so that with repeats the rate is kept."""
    month = float(region.subscribers.sum()) * COMPLAINTS_PER_1000_MONTH / 1000
    return month / MONTH_DAYS / (1 + REPEAT)


def _faults(region: Region, seed: int, start: int, end: int) -> list[Fault]:
    usual = COMPLAINTS_PER_1000_MONTH / 1000 / MONTH_DAYS / DAY_S
    past = past_faults(region, seed, start, end, usual)
    return [*past, *current_faults(region, seed, end, usual, past)]


def _quiet(region: Region, seed: int, start: int, end: int) -> Iterator[Told]:
    """Give the quiet days' complaints, from early enough that late repeats are there."""
    usual = habits(region.houses, seed)
    day = datetime.fromtimestamp(start, tz=region.zone).date()
    day -= timedelta(days=REPEAT_LATE_DAYS)
    last = datetime.fromtimestamp(end, tz=region.zone).date()
    while day <= last:
        stream = quiet_day(usual, day, region.zone, _daily(region), seed)
        yield from _told_day(region, seed, day, stream, end)
        day += timedelta(days=1)


def _told_day(region: Region, seed: int, day: date, stream: Stream, end: int) -> list[Told]:
    ordinal = day.toordinal()
    rng = generator(seed, Purpose.DAY_WORDS, ordinal)
    return tell(rng, region, stream, Origin(f"1{ordinal:07d}", ordinal % _DAYS * _DAY_NUMBERS), end)


def _caused(region: Region, seed: int, fault: Fault, end: int) -> list[Told]:
    rng = generator(seed, Purpose.FAULT_WORDS, fault.current, fault.number)
    origin = Origin(
        prefix=f"{'3' if fault.current else '2'}{fault.number:07d}",
        first_number=_fault_numbers(fault),
        fault_id=fault.fault_id,
        over_at=fault.ends_at,
    )
    return tell(rng, region, fault_stream(fault, region.houses, region.zone, seed), origin, end)


def _lacked(region: Region, seed: int, hole: Hole, start: int, end: int) -> Iterator[Told]:
    """Give a hole's complaints, from early enough that late repeats are there."""
    for week in range((start - int(REPEAT_LATE_DAYS) * DAY_S) // WEEK_S, end // WEEK_S + 1):
        stream = hole_stream(hole, region.houses, week, region.zone, seed)
        origin = Origin(
            prefix=f"4{hole.number:02d}{week:05d}",
            first_number=_HOLES_FROM + (week * MOST_AT_ONCE + hole.number) % _HOLE_NUMBERS,
            hole_id=hole.hole_id,
        )
        rng = generator(seed, Purpose.HOLE_WORDS, hole.number, week)
        yield from tell(rng, region, stream, origin, end)


def _fault_numbers(fault: Fault) -> int:
    """Give the first fictional phone of a fault's customers."""
    moment, position = divmod(fault.number, MOST_AT_ONCE)
    if fault.current:
        return _CURRENT_FROM + position * _CURRENT_NUMBERS
    return _PAST_FROM + (moment % _WEEKS * FAULTS_PER_WEEK + position) * _FAULT_NUMBERS
