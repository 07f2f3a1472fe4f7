"""A trial: some weeks of complaints over a land, and the truth behind each of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION, parents
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials.habits import draw_habits, topic_codes
from heatmaps.simulation.trials.land import VILLAGE, draw_land
from heatmaps.simulation.trials.trouble import draw_faults, draw_gatherings, moments
from heatmaps.spots.record import ComplaintColumns, Exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials.habits import Habits
    from heatmaps.simulation.trials.land import Land
    from heatmaps.simulation.trials.trouble import Fault, Gathering

NO_FAULT, GATHERED = -1, -2
DAY_S = 24 * HOUR_S
WARM_UP_S = 3 * DAY_S
"""So long before the days that count detection begins, and finds what is there already."""
_REPEATS, _REPEAT_DAYS = 0.15, 1.5
_MISPLACED, _COARSE = (0.05, 0.15), (0.0, 0.12)
_COARSE_SHARES = {8: 0.5, 7: 0.35, 6: 0.15}
_POINT_VILLAGES = 0.5
"""The share of villages the gazetteer knows as one point, so that a complaint fills their cell."""
_POINT_RESOLUTION = 8
_CLUMPING = (0.0, 0.04)
"""The share of complaints after which a neighbour complains, too, for no fault of the network."""
_LATE, _LATE_H = (0.0, 0.10), 12.0
"""The share of complaints that reach the detector late, and after how many hours on the mean."""
_GATHERINGS_A_DAY = 1 / 14
_ZONES = ("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg",
          "Asia/Novosibirsk", "Asia/Vladivostok")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a trial is to be: a size, faults in its last days, and how long it is."""

    subscribers: float = 1_000_000
    faults: int = 48
    history_days: int = 56
    days: int = 28


@dataclass(frozen=True, slots=True)
class Trial:
    """Complaints over history and the days that count, which begin at `counts_from`, UTC seconds.

    `fault` is the number of the fault behind each complaint: that of one of `faults`, which are to
    be found, or, from `len(faults)` on, of one that began in history. It is below 0 where nothing
    is broken: `GATHERED` - n where `gatherings[n]` is behind the complaint, else `NO_FAULT`.
    """

    land: Land
    zone: ZoneInfo
    exposure: Exposure
    columns: ComplaintColumns
    fault: NDArray[np.int32]
    faults: tuple[Fault, ...]
    gatherings: tuple[Gathering, ...]
    counts_from: int
    counts_to: int

    def ticks(self) -> list[datetime]:
        """Give the hours at whose end detection is asked, some days before those that count."""
        first = datetime.fromtimestamp(self.counts_from - WARM_UP_S, tz=UTC)
        hours = (self.counts_to - self.counts_from + WARM_UP_S) // HOUR_S
        return [first + timedelta(hours=hour) for hour in range(1, hours + 1)]


@dataclass(slots=True)
class _Drawn:
    """Complaints in the making, in parts: second, place, topic and fault of each."""

    time: list[NDArray[np.int64]] = field(default_factory=list)
    place: list[NDArray[np.intp]] = field(default_factory=list)
    topic: list[NDArray[np.int8]] = field(default_factory=list)
    fault: list[NDArray[np.int32]] = field(default_factory=list)

    def add(
        self, time: NDArray[np.int64], place: NDArray[np.intp], topic: NDArray[np.int8], fault: int
    ) -> None:
        self.time.append(time)
        self.place.append(place)
        self.topic.append(topic)
        self.fault.append(np.full(len(time), fault, dtype=np.int32))


def draw_trial(seed: int, wanted: Wanted = Wanted()) -> Trial:
    """Draw a trial; the same seed and wishes give the same trial."""
    rng = np.random.default_rng([seed, int(wanted.subscribers), wanted.faults])
    land = draw_land(rng, wanted.subscribers)
    zone = ZoneInfo(str(rng.choice(_ZONES)))
    days = _days(rng, zone, wanted.history_days + wanted.days)
    free = holidays.country_holidays("RU", years=range(2023, 2027))
    habits = draw_habits(rng, land, days, zone, free)
    since, counts_from = int(days[0]), int(days[wanted.history_days])
    until = int(days[-1]) + DAY_S
    drawn = _Drawn()
    _add_usual(rng, habits, since, drawn)
    rate = wanted.faults / max(wanted.days, 1)
    past = draw_faults(rng, land, since, counts_from, round(rate * wanted.history_days))
    faults = draw_faults(rng, land, counts_from, until, wanted.faults)
    earlier = [replace(one, number=len(faults) + one.number) for one in past]
    for one in (*earlier, *faults):
        _add_fault(rng, land.subscribers, habits, one, drawn)
    gatherings = draw_gatherings(rng, land, days, _GATHERINGS_A_DAY)
    for number, gathering in enumerate(gatherings):
        _add_gathering(rng, habits, gathering, GATHERED - number, drawn)
    columns, fault = _complaints(rng, land, drawn, since, until)
    exposure = Exposure(land.cell, np.round(land.subscribers))
    return Trial(land, zone, exposure, columns, fault, tuple(faults), tuple(gatherings),
                 counts_from, until)  # fmt: skip


def _days(rng: np.random.Generator, zone: ZoneInfo, count: int) -> NDArray[np.int64]:
    """Give the seconds, UTC, at which consecutive local days begin that end within 2025 or so.

    Days of a zone that moves its clock would differ in length; none of `_ZONES` does.
    """
    start = datetime(2024, 1, 1, tzinfo=zone) + timedelta(days=int(rng.integers(0, 600)))
    return int(start.timestamp()) + np.arange(count, dtype=np.int64) * DAY_S


def _add_usual(rng: np.random.Generator, habits: Habits, since: int, drawn: _Drawn) -> None:
    counts = rng.poisson(habits.rate.sum() * habits.level)
    hour = np.repeat(np.arange(len(counts)), counts)
    time = since + hour * HOUR_S + (rng.random(len(hour)) * HOUR_S).astype(np.int64)
    place = rng.choice(len(habits.rate), len(hour), p=habits.rate / habits.rate.sum())
    after = rng.random(len(hour)) < rng.uniform(*_CLUMPING)
    late = time[after] + (rng.random(int(after.sum())) * DAY_S).astype(np.int64)
    time, place = np.concatenate([time, late]), np.concatenate([place, place[after]])
    drawn.add(time, place, topic_codes(rng, habits.topics[place]), NO_FAULT)


def _add_fault(
    rng: np.random.Generator, people: NDArray[np.float64], habits: Habits, fault: Fault,
    drawn: _Drawn,
) -> None:  # fmt: skip
    beat = habits.beat(fault.starts_at, fault.ends_at)
    time = moments(rng, fault, beat)
    share = people[fault.places] / people[fault.places].sum()
    place = rng.choice(fault.places, fault.extra, p=share)
    other = topic_codes(rng, habits.topics[place])
    own = rng.random(fault.extra) < fault.own_topic
    drawn.add(time, place, np.where(own, fault.topic, other).astype(np.int8), fault.number)


def _add_gathering(
    rng: np.random.Generator, habits: Habits, gathering: Gathering, number: int, drawn: _Drawn
) -> None:
    beat = np.ones(-(-(gathering.ends_at - gathering.starts_at) // HOUR_S))
    time = moments(rng, gathering, beat)
    place = rng.choice(gathering.places, gathering.extra)
    drawn.add(time, place, topic_codes(rng, habits.topics[place]), number)


def _complaints(
    rng: np.random.Generator, land: Land, drawn: _Drawn, since: int, until: int
) -> tuple[ComplaintColumns, NDArray[np.int32]]:
    """Give the complaints as a CRM would: repeated, misplaced, vague, late; and their faults."""
    time, place = np.concatenate(drawn.time), np.concatenate(drawn.place)
    topic, fault = np.concatenate(drawn.topic), np.concatenate(drawn.fault)
    customer = np.arange(len(time), dtype=np.int64)
    cell, resolution = _as_geocoded(rng, land, place)
    again = np.flatnonzero(rng.random(len(time)) < _REPEATS)
    later = time[again] + (rng.exponential(_REPEAT_DAYS, len(again)) * DAY_S).astype(np.int64)
    rows = np.concatenate([np.arange(len(time)), again])
    time = np.concatenate([time, later])
    inside = np.flatnonzero((time >= since) & (time < until))
    order = inside[np.argsort(time[inside], kind="stable")]
    rows, time = rows[order], time[order] * 1_000_000
    is_late = rng.random(len(rows)) < rng.uniform(*_LATE)
    late = np.where(is_late, rng.exponential(_LATE_H, len(rows)), 0.0)
    columns = ComplaintColumns(
        complaint_id=np.arange(1, len(rows) + 1, dtype=np.int64),
        customer=customer[rows],
        cell=cell[rows],
        resolution=resolution[rows],
        time=time,
        available=time + (late * HOUR_S).astype(np.int64) * 1_000_000,
        topic=topic[rows],
    )
    return columns, fault[rows]


def _as_geocoded(
    rng: np.random.Generator, land: Land, place: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Give cell and resolution of each complaint: some land wrong, some are known only coarsely."""
    wrong = np.flatnonzero(rng.random(len(place)) < rng.uniform(*_MISPLACED))
    place = place.copy()
    people = land.subscribers / land.subscribers.sum()
    place[wrong] = rng.choice(len(land.cell), len(wrong), p=people)
    resolution = np.full(len(place), GRID_RESOLUTION, dtype=np.int8)
    points = rng.random(int(land.settlement.max()) + 1) < _POINT_VILLAGES
    is_point = (land.kind[place] == VILLAGE) & points[land.settlement[place]]
    resolution[is_point] = _POINT_RESOLUTION
    coarse = rng.random(len(place)) < rng.uniform(*_COARSE)
    drawn = rng.choice(list(_COARSE_SHARES), len(place), p=list(_COARSE_SHARES.values()))
    resolution[coarse] = np.minimum(resolution, drawn)[coarse]
    cell = land.cell[place].copy()
    for level in _COARSE_SHARES:
        rows = resolution == level
        cell[rows] = parents(cell[rows], level)
    return cell, resolution
