"""The stream of complaints before anybody words them: when, where, about what, by whom."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Place, Technology, Topic
from heatmaps.region.grid import parents
from heatmaps.simulation.faults import DAY_S, WEEK_S, Fault, Onset
from heatmaps.simulation.rhythm import (
    HOUR_S,
    day_level,
    hour_shares,
    hourly_levels,
    midnight,
    weekday_level,
)
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from heatmaps.simulation.holes import Hole
    from heatmaps.simulation.region import Houses

TOPICS = tuple(Topic)
TECHNOLOGIES = (None, *Technology)
PLACES = (None, *Place)

_PLACE_SHARES = (0.17, 0.53, 0.22, 0.08)
_TOPIC_SHARES = (0.08, 0.09, 0.20, 0.35, 0.12, 0.11, 0.05)
# Rows as `Topic`, columns as `TECHNOLOGIES`: which radio generation the customer or the CRM names.
_TECHNOLOGY_SHARES = np.array(
    [
        [0.60, 0.08, 0.10, 0.20, 0.02],
        [0.45, 0.05, 0.10, 0.36, 0.04],
        [0.22, 0.02, 0.12, 0.58, 0.06],
        [0.15, 0.01, 0.09, 0.67, 0.08],
        [0.40, 0.14, 0.16, 0.30, 0.00],
        [0.40, 0.14, 0.18, 0.28, 0.00],
        [0.80, 0.02, 0.04, 0.13, 0.01],
    ]
)
# What else people call the same fault, beside its own topic.
_ALSO_CALLED = {
    Topic.NO_SERVICE: (Topic.NO_INTERNET, Topic.NO_COVERAGE),
    Topic.NO_COVERAGE: (Topic.NO_SERVICE, Topic.NO_INTERNET),
    Topic.NO_INTERNET: (Topic.SLOW_INTERNET, Topic.NO_SERVICE),
    Topic.SLOW_INTERNET: (Topic.NO_INTERNET, Topic.OTHER),
    Topic.VOICE_QUALITY: (Topic.DROPPED_CALLS, Topic.OTHER),
    Topic.DROPPED_CALLS: (Topic.VOICE_QUALITY, Topic.NO_SERVICE),
    Topic.OTHER: (Topic.SLOW_INTERNET, Topic.NO_SERVICE),
}
OWN_TOPIC = 0.8
OWN_TECHNOLOGY = 0.75
OWN_PLACE = 0.75
WEEK_H = 168
CHRONIC_FOR_S = 60 * DAY_S
"""Who lives in a hole of the coverage has borne it for up to this long when complaining."""
CHRONIC_SPREAD = 0.45
"""Standard deviation of the logarithm of how much a place complains when nothing is wrong."""
CHRONIC_TOPIC_SPREAD = 0.4
_TOPIC_RESOLUTION = 8
RUSH_H = 6.0
"""A fault that breaks out is reported most in its first hours."""
REPEAT = 0.12
REPEAT_SOON = 0.75
REPEAT_SOON_H = 30.0
REPEAT_LATE_DAYS = 21.0


@dataclass(frozen=True, slots=True)
class Stream:
    """Complaints as equally long columns.

    `time` in seconds since 1970-01-01 UTC, `house` a position in `Houses`, `topic`, `technology`
    and `place` positions in `TOPICS`, `TECHNOLOGIES` and `PLACES`, `customer` a number within
    the stream that returns where a customer calls again, `elapsed` the seconds the trouble has
    lasted when it is told.
    """

    time: NDArray[np.int64]
    house: NDArray[np.int64]
    topic: NDArray[np.int64]
    technology: NDArray[np.int64]
    place: NDArray[np.int64]
    customer: NDArray[np.int64]
    elapsed: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Stream:
        """Give the named rows in the order named."""
        return Stream(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Habits:
    """What each place usually does.

    `house_shares` are the houses' shares of all complaints, shape (houses,); `topic_steps` the
    topics' shares at each house, cumulated, shape (houses, topics).
    """

    house_shares: NDArray[np.float64]
    topic_steps: NDArray[np.float64]


def habits(houses: Houses, seed: int) -> Habits:
    """Give the chronic differences between places, the same for a seed at any time."""
    rng = generator(seed, Purpose.HABITS)
    _, cell = np.unique(houses.cell, return_inverse=True)
    level = rng.lognormal(0.0, CHRONIC_SPREAD, cell.max() + 1)[cell]
    weight = houses.subscribers * level
    _, area = np.unique(parents(houses.cell, _TOPIC_RESOLUTION), return_inverse=True)
    bent = rng.lognormal(0.0, CHRONIC_TOPIC_SPREAD, (area.max() + 1, len(TOPICS)))
    mix = np.array(_TOPIC_SHARES) * bent
    steps = np.cumsum(mix / mix.sum(axis=1, keepdims=True), axis=1)
    return Habits(house_shares=weight / weight.sum(), topic_steps=steps[area])


def quiet_day(habits: Habits, day: date, zone: ZoneInfo, daily: float, seed: int) -> Stream:
    """Give what one local day brings when nothing is wrong.

    `daily` is the mean number of first complaints in a day; repeats may fall on later days. The
    day depends on the seed and its date alone.
    """
    rng = generator(seed, Purpose.DAY, day.toordinal())
    count = int(rng.poisson(daily * weekday_level(day) * day_level(day, seed, rng)))
    hour = rng.choice(24, count, p=hour_shares(day))
    house = rng.choice(habits.house_shares.size, count, p=habits.house_shares)
    topic = _steps_taken(rng, habits.topic_steps[house])
    stream = Stream(
        time=np.sort(midnight(day, zone) + hour * HOUR_S + rng.integers(HOUR_S, size=count)),
        house=house,
        topic=topic,
        technology=_technologies(rng, topic),
        place=rng.choice(len(PLACES), count, p=_PLACE_SHARES),
        customer=np.arange(count),
        elapsed=_usual_elapsed(rng, topic),
    )
    return with_repeats(stream, rng, until=None)


def fault_stream(fault: Fault, houses: Houses, zone: ZoneInfo, seed: int) -> Stream:
    """Give the complaints a fault causes, repeats included, all within its life."""
    rng = generator(seed, Purpose.FAULT, fault.current, fault.number)
    count = fault.complaints
    near = houses.within(fault.house, fault.radius_m)
    weight = houses.subscribers[near]
    topic = _fault_topics(rng, fault, count)
    technology = _technologies(rng, topic)
    if fault.symptom.technology is not None:
        own = TECHNOLOGIES.index(fault.symptom.technology)
        technology = np.where(rng.random(count) < OWN_TECHNOLOGY, own, technology)
    time = _fault_times(rng, fault, zone)
    stream = Stream(
        time=time,
        house=near[rng.choice(near.size, count, p=weight / weight.sum())],
        topic=topic,
        technology=technology,
        place=rng.choice(len(PLACES), count, p=_PLACE_SHARES),
        customer=np.arange(count),
        elapsed=(rng.beta(1.2, 0.6, count) * (time - fault.starts_at)).astype(np.int64),
    )
    return with_repeats(stream, rng, until=fault.reported_by)


def hole_stream(hole: Hole, houses: Houses, week: int, zone: ZoneInfo, seed: int) -> Stream:
    """Give what a hole in the coverage brings in one week since 1970; the week alone decides."""
    rng = generator(seed, Purpose.HOLE, hole.number, week)
    count = int(rng.poisson(7 * hole.a_day))
    level = hourly_levels(week * WEEK_S, WEEK_H, zone)
    hour = rng.choice(WEEK_H, count, p=level / level.sum())
    near = houses.within(hole.house, hole.radius_m)
    weight = houses.subscribers[near]
    topics, shares = zip(*hole.lack.topics.items(), strict=True)
    topic = np.array([TOPICS.index(each) for each in topics])[
        rng.choice(len(topics), count, p=np.array(shares) / sum(shares))
    ]
    own_technology = rng.random(count) < OWN_TECHNOLOGY
    own_place = rng.random(count) < OWN_PLACE
    stream = Stream(
        time=np.sort(week * WEEK_S + hour * HOUR_S + rng.integers(HOUR_S, size=count)),
        house=near[rng.choice(near.size, count, p=weight / weight.sum())],
        topic=topic,
        technology=np.where(
            own_technology, TECHNOLOGIES.index(hole.lack.named), _technologies(rng, topic)
        ),
        place=np.where(
            own_place,
            PLACES.index(hole.lack.place),
            rng.choice(len(PLACES), count, p=_PLACE_SHARES),
        ),
        customer=np.arange(count),
        elapsed=rng.integers(DAY_S, CHRONIC_FOR_S, count),
    )
    return with_repeats(stream, rng, until=None)


def with_repeats(stream: Stream, rng: np.random.Generator, until: int | None) -> Stream:
    """Give the stream with some customers calling again, none after `until`, by time."""
    again = np.flatnonzero(rng.random(stream.time.size) < REPEAT)
    soon = rng.random(again.size) < REPEAT_SOON
    delay = np.where(
        soon,
        HOUR_S + rng.exponential(REPEAT_SOON_H * HOUR_S, again.size),
        rng.uniform(2 * DAY_S, REPEAT_LATE_DAYS * DAY_S, again.size),
    ).astype(np.int64)
    if until is not None:
        fits = stream.time[again] + delay < until
        again, delay = again[fits], delay[fits]
    shift = np.concatenate([np.zeros(stream.time.size, dtype=np.int64), delay])
    first = stream.take(np.concatenate([np.arange(stream.time.size), again]))
    told = replace(first, time=first.time + shift, elapsed=first.elapsed + shift)
    return told.take(np.argsort(told.time, kind="stable"))


def _steps_taken(rng: np.random.Generator, steps: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give one draw per row of cumulated shares, shape (rows, choices); shape (rows,)."""
    drawn: NDArray[np.int64] = (rng.random((len(steps), 1)) > steps[:, :-1]).sum(axis=1)
    return drawn


def _technologies(rng: np.random.Generator, topic: NDArray[np.int64]) -> NDArray[np.int64]:
    steps = np.cumsum(_TECHNOLOGY_SHARES, axis=1)[topic]
    return _steps_taken(rng, steps)


def _usual_elapsed(rng: np.random.Generator, topic: NDArray[np.int64]) -> NDArray[np.int64]:
    hours = rng.lognormal(math.log(8.0), 1.5, topic.size)
    hours = np.where(topic == TOPICS.index(Topic.NO_COVERAGE), hours * 8, hours)
    return (np.clip(hours, 0.1, 24 * 21) * HOUR_S).astype(np.int64)


def _fault_topics(rng: np.random.Generator, fault: Fault, count: int) -> NDArray[np.int64]:
    own = fault.symptom.topic
    also = np.array([TOPICS.index(topic) for topic in _ALSO_CALLED[own]])
    other = also[rng.integers(also.size, size=count)]
    return np.where(rng.random(count) < OWN_TOPIC, TOPICS.index(own), other)


def _fault_times(rng: np.random.Generator, fault: Fault, zone: ZoneInfo) -> NDArray[np.int64]:
    """Give sorted times in [starts_at, reported_by): the usual rhythm times the fault's course."""
    life = fault.reported_by - fault.starts_at
    hours = math.ceil(life / HOUR_S)
    middle = np.arange(hours) + 0.5
    if fault.symptom.onset is Onset.STEP:
        course = 1.0 + 3.0 * np.exp(-middle / RUSH_H)
    else:
        course = 0.15 + middle / hours
    weight = course * (0.1 + hourly_levels(fault.starts_at, hours, zone))
    hour = rng.choice(hours, fault.complaints, p=weight / weight.sum())
    width = np.minimum(HOUR_S, life - hour * HOUR_S)
    seconds = hour * HOUR_S + (rng.random(hour.size) * width).astype(np.int64)
    return fault.starts_at + np.sort(seconds)
