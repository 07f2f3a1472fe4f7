"""What goes wrong in a trial: faults of several shapes, and gatherings that are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials.land import CITY, VILLAGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials.land import Land

DAY_H = 24
SIZES = (5, 10, 20, 40)
AFFECTED = (0.1, 1.0)
"""The share of those who live in a fault's cells whom it touches: a technology, a carrier, all."""
REPORTING = (0.01, 0.05)
"""The share of those affected who complain within a fault's life."""
REACH_KM = {True: (3.0, 15.0), False: (0.25, 3.0)}
"""Radius of a fault in the country, and elsewhere."""
DURATION_H = (2.0, 14 * 24.0)
OWN_TOPIC = (0.7, 0.95)
TWIN = 0.2
"""The share of faults at whose side another begins within hours."""
_TWIN_H, _TWIN_KM = 6.0, (3.0, 12.0)
_COUNTRY = 0.25
"""The share of faults planted in villages."""
_TRIES = 300
_SECTOR = np.radians(60.0)
"""Half the angle of a sector's beam."""
_LINE_KM = 0.4
"""Half the width of a line: what lies along a street or a railway."""
_RUSH_H = 2.0
_STEADY = 0.6
"""The share of faults that are there at once."""
_GATHERED_KM = 0.45
"""A cell and its neighbours."""
_GATHERED = (5, 20)
_TOPICS = (Topic.NO_SERVICE, Topic.NO_COVERAGE, Topic.NO_INTERNET, Topic.SLOW_INTERNET,
           Topic.VOICE_QUALITY, Topic.DROPPED_CALLS)  # fmt: skip
_CODES = tuple(Topic)


class Shape(StrEnum):
    """The outline of a fault."""

    DISK = "disk"
    SECTOR = "sector"
    LINE = "line"


_SHAPES, _SHAPE_SHARES = (Shape.DISK, Shape.SECTOR, Shape.LINE), (0.6, 0.25, 0.15)


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: `extra` different customers complain because of it.

    They are the share `reporting` of those it touches, and these the share `affected` of those who
    live in its cells. `starts_at` and `ends_at` are seconds since 1970-01-01 UTC; `places` the
    positions in the land of all cells it touches; `topic` the code of what most say of it; `steady`
    tells a fault that is there at once from one that grows.
    """

    number: int
    starts_at: int
    ends_at: int
    shape: Shape
    reach_km: float
    extra: int
    affected: float
    reporting: float
    topic: int
    own_topic: float
    steady: bool
    country: bool
    places: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Gathering:
    """A mass event: people crowd at `places` for some hours, and some complain; nothing is broken.

    `starts_at` and `ends_at` as of a fault; `extra` complaints more than usual.
    """

    starts_at: int
    ends_at: int
    places: NDArray[np.intp]
    extra: int


def draw_faults(
    rng: np.random.Generator, land: Land, since: int, until: int, count: int
) -> list[Fault]:
    """Draw faults that begin in [since, until), seconds UTC, by start; some come in pairs."""
    drawn: list[Fault] = []
    while len(drawn) < count:
        start = int(rng.integers(since, until))
        first = _drawn(rng, land, start, near=None)
        drawn.append(first)
        if len(drawn) < count and rng.random() < TWIN:
            later = start + int(rng.uniform(0, _TWIN_H * HOUR_S))
            drawn.append(_drawn(rng, land, later, near=int(first.places[0])))
    drawn.sort(key=lambda fault: fault.starts_at)
    return [replace(one, number=number) for number, one in enumerate(drawn)]


def draw_gatherings(
    rng: np.random.Generator, land: Land, days: NDArray[np.int64], each: float
) -> list[Gathering]:
    """Draw mass events in the city, `each` of them a day on the mean; `days` begin at midnight."""
    city = np.flatnonzero(land.kind == CITY)
    share = land.subscribers[city] / land.subscribers[city].sum()
    drawn = []
    for midnight in days.tolist():
        for _ in range(int(rng.poisson(each))):
            middle = int(rng.choice(city, p=share))
            start = midnight + int(rng.uniform(16, 20) * HOUR_S)
            places = np.flatnonzero(land.away(middle) < _GATHERED_KM)
            hours = rng.uniform(3, 6)
            drawn.append(Gathering(start, start + int(hours * HOUR_S), places,
                                   int(rng.integers(*_GATHERED))))  # fmt: skip
    return drawn


def moments(
    rng: np.random.Generator, trouble: Fault | Gathering, beat: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give when people complain of a trouble, sorted, in seconds.

    `beat` is the usual level of each hour from its beginning on. The first hours of a steady
    fault see a rush; another grows; a gathering is the same all the time.
    """
    starts_at, ends_at, count = trouble.starts_at, trouble.ends_at, trouble.extra
    steady = trouble.steady if isinstance(trouble, Fault) else None
    hours = np.arange(len(beat)) + 0.5
    course = np.ones(len(beat))
    if steady is not None:
        course = 1 + 3 * np.exp(-hours / _RUSH_H) if steady else 0.15 + hours / len(beat)
    weight = course * (0.1 + beat)
    hour = rng.choice(len(beat), count, p=weight / weight.sum())
    within = np.minimum(HOUR_S, ends_at - starts_at - hour * HOUR_S)
    drawn = starts_at + hour * HOUR_S + (rng.random(count) * within).astype(np.int64)
    return np.sort(drawn).astype(np.int64)


def _drawn(rng: np.random.Generator, land: Land, start: int, near: int | None) -> Fault:
    country = bool(rng.random() < _COUNTRY if near is None else land.kind[near] == VILLAGE)
    for _ in range(_TRIES):
        middle = _middle(rng, land, near, country=country)
        shape = Shape(rng.choice(_SHAPES, p=_SHAPE_SHARES))
        extra = int(rng.choice(SIZES))
        affected, reporting = _log_uniform(rng, AFFECTED), _log_uniform(rng, REPORTING)
        places, reach = _around(rng, land, middle, shape, extra / reporting / affected)
        low, high = REACH_KM[country]
        if not len(places) or not low <= reach <= high:
            continue
        hours = _log_uniform(rng, DURATION_H)
        return Fault(
            number=-1,
            starts_at=start,
            ends_at=start + int(hours * HOUR_S),
            shape=shape,
            reach_km=reach,
            extra=extra,
            affected=affected,
            reporting=reporting,
            topic=_CODES.index(_TOPICS[int(rng.integers(len(_TOPICS)))]),
            own_topic=float(rng.uniform(*OWN_TOPIC)),
            steady=bool(rng.random() < _STEADY),
            country=country,
            places=places,
        )
    message = f"a land of {len(land.cell)} cells has no room for a fault"
    raise ValueError(message)


def _middle(rng: np.random.Generator, land: Land, near: int | None, *, country: bool) -> int:
    if near is not None:
        away = land.away(near)
        ring = np.flatnonzero((away > _TWIN_KM[0]) & (away < _TWIN_KM[1]))
        if len(ring):
            return int(rng.choice(ring))
    among = np.flatnonzero((land.kind == VILLAGE) == country)
    share = land.subscribers[among]
    return int(rng.choice(among, p=share / share.sum()))


def _around(
    rng: np.random.Generator, land: Land, middle: int, shape: Shape, people: float
) -> tuple[NDArray[np.intp], float]:
    """Give the nearest cells of a shape that hold so many subscribers, and how far they reach."""
    east, north = land.east - land.east[middle], land.north - land.north[middle]
    away, bearing = np.hypot(east, north), np.arctan2(east, north)
    turned = np.abs((bearing - rng.uniform(-np.pi, np.pi) + np.pi) % (2 * np.pi) - np.pi)
    inside = np.ones(len(away), dtype=np.bool_)
    if shape is Shape.SECTOR:
        inside = (turned <= _SECTOR) | (away < _LINE_KM)
    elif shape is Shape.LINE:
        inside = (np.abs(np.sin(turned)) * away <= _LINE_KM) & (away <= REACH_KM[True][1])
    order = np.flatnonzero(inside)[np.argsort(away[inside], kind="stable")]
    held = np.cumsum(land.subscribers[order])
    last = int(np.searchsorted(held, people))
    if last >= len(order):
        return order[:0], 0.0
    return order[: last + 1], max(float(away[order[last]]), REACH_KM[False][0])


def _log_uniform(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(*np.log(bounds))))
