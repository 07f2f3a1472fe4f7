"""A country of any size from a seed: who lives where, and who complains.

It is no likeness of a place and has no truth to be found: what counts is that it is as large, as
uneven and as troubled as a real one. Trials (`heatmaps.simulation.trials`) say how well faults are
found; their drawing takes minutes where this one takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import h3.api.memview_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import GRID_RESOLUTION, cell_of, parents
from heatmaps.simulation.rhythm import HOUR_S, hourly_levels
from heatmaps.spots.record import ComplaintColumns, Exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZONE = ZoneInfo("Europe/Moscow")
FIRST_TICK = datetime(2025, 6, 2, tzinfo=UTC)
"""The first of the hours that are detected; complaints begin `Size.history_days` before."""

_DAY_S, _WEEK_H = 24 * HOUR_S, 168
_SOUTH, _WEST, _DEGREES = 48.0, 30.0, 12.0
_KM2_PER_CELL = 2.0
"""One populated cell of 0.1 km2 stands in so much land."""
_KM_PER_DEGREE = 111.2
_LARGEST_RINGS = 45
"""Around the middle of the largest settlement: some 15 km."""
_SMALLEST_RINGS, _TAIL = 0.7, 1.3
_POPULATED = 0.7
_PLACE_SHAPE = 3.0
"""Gamma shape of how a cell complains."""
_TOPICS = (0.14, 0.10, 0.20, 0.28, 0.12, 0.10, 0.06)
_REPEATED, _REPEAT_DAYS = 0.15, 1.5
_COARSE, _COARSE_RESOLUTION = 0.05, 8
_LATE, _LATE_H = 0.05, 12.0
_OWN_TOPIC = 0.8
_FAULT_RINGS = 8


@dataclass(frozen=True, slots=True)
class Size:
    """A country that is to be drawn.

    So many populated cells of resolution 9 and subscribers; complaints in a usual week, repeated
    ones aside; days before the first tick and hourly ticks. In the last week the usual and the
    faults are `times_usual`. `faults_a_day` bring one of `a_fault` complaints each within
    `fault_h` hours, from the shortest to the longest.
    """

    cells: int
    subscribers: float
    complaints_a_week: float
    history_days: int
    ticks: int
    faults_a_day: float
    times_usual: float = 1.0
    a_fault: tuple[int, ...] = (5, 10, 20, 40)
    fault_h: tuple[float, float] = (2.0, 168.0)


SIZES = {
    "step": Size(100_000, 12e6, 15_000, 80, 48, 20),
    "region": Size(42_000, 5e6, 6_250, 80, 28 * 24, 8),
    "nation": Size(2_000_000, 80e6, 100_000, 80, 6, 136, times_usual=5.0),
    "crowded": Size(2_100, 6e6, 225_000, 0, 28 * 24, 18, a_fault=(200,), fault_h=(6.0, 6.0)),
}
"""What is to be reached: an hour over 100,000 cells; four weeks of five million subscribers; an
hour of a country in its worst week; and a million complaints in four weeks on hardly any ground."""


@dataclass(frozen=True, slots=True)
class Country:
    """Who could complain, who did, and the hours at whose end detection is asked."""

    exposure: Exposure
    columns: ComplaintColumns
    zone: ZoneInfo
    ticks: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Complaints in the making: second since the first, position of the cell and topic of each."""

    second: NDArray[np.int64]
    place: NDArray[np.intp]
    topic: NDArray[np.int8]


def draw_country(size: Size, seed: int) -> Country:
    """Draw a country; the same size and seed give the same."""
    rng = np.random.default_rng(seed)
    cell = _populated(rng, size.cells)
    people = rng.lognormal(0, 1, len(cell)) * _density(cell)
    people *= size.subscribers / people.sum()
    exposure = Exposure(cell, np.maximum(np.round(people), 1.0))
    ticks = tuple(FIRST_TICK + timedelta(hours=hour) for hour in range(1, size.ticks + 1))
    return Country(exposure, _complaints(rng, exposure, size), ZONE, ticks)


def _populated(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Give so many cells, sorted: settlements of all sizes, small ones by far the most."""
    height = _DEGREES
    area = count * _KM2_PER_CELL
    width = area / (height * _KM_PER_DEGREE) / (_KM_PER_DEGREE * np.cos(np.radians(54)))
    held = np.zeros(0, dtype=np.int64)
    parts: list[NDArray[np.int64]] = []
    while len(held) < count:
        for _ in range(max(count // 100, 10)):
            at = _SOUTH + height * rng.random(), _WEST + width * rng.random()
            rings = int(min(_SMALLEST_RINGS * (1 + rng.pareto(_TAIL)), _LARGEST_RINGS))
            around = h3.grid_disk(cell_of(*at, GRID_RESOLUTION), rings)
            parts.append(np.array(around, dtype=np.int64))
        drawn = np.unique(np.concatenate(parts))
        held = drawn[rng.random(len(drawn)) < _POPULATED]
    first = int(rng.integers(len(held) - count + 1))
    return held[first : first + count]


def _density(cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how much denser people live where more cells around are populated."""
    _, owner, number = np.unique(parents(cell, 7), return_inverse=True, return_counts=True)
    return number[owner].astype(np.float64)


def _complaints(rng: np.random.Generator, exposure: Exposure, size: Size) -> ComplaintColumns:
    hours = 24 * size.history_days + size.ticks
    since = int(FIRST_TICK.timestamp()) - size.history_days * _DAY_S
    level = hourly_levels(since, hours, ZONE)
    level[max(hours - _WEEK_H, 0) :] *= size.times_usual
    usual = _usual(rng, exposure, level * size.complaints_a_week / _WEEK_H)
    faults = _faults(rng, exposure, size, hours)
    second = np.concatenate([usual.second, faults.second])
    place = np.concatenate([usual.place, faults.place])
    topic = np.concatenate([usual.topic, faults.topic])
    customer = np.arange(len(second))
    again = np.flatnonzero(rng.random(len(second)) < _REPEATED)
    later = second[again] + (rng.exponential(_REPEAT_DAYS, len(again)) * _DAY_S).astype(np.int64)
    rows, second = np.append(customer, again), np.append(second, later)
    rows, second = rows[second < hours * HOUR_S], second[second < hours * HOUR_S]
    order = np.argsort(second, kind="stable")
    rows, time = rows[order], (since + second[order]) * 1_000_000
    cell, resolution = _as_geocoded(rng, exposure.cell[place])
    late = np.where(rng.random(len(rows)) < _LATE, rng.exponential(_LATE_H, len(rows)), 0.0)
    available = time + (late * HOUR_S).astype(np.int64) * 1_000_000
    number = np.arange(1, len(rows) + 1)
    return ComplaintColumns(
        number, rows, cell[rows], resolution[rows], time, available, topic[rows]
    )


def _usual(rng: np.random.Generator, exposure: Exposure, hourly: NDArray[np.float64]) -> _Drawn:
    """Draw complaints that no fault is behind, so many an hour."""
    counts = rng.poisson(hourly)
    hour = np.repeat(np.arange(len(counts)), counts)
    rate = exposure.subscribers * rng.gamma(_PLACE_SHAPE, size=len(exposure.cell))
    place = rng.choice(len(rate), len(hour), p=rate / rate.sum())
    topic = rng.choice(len(Topic), len(hour), p=_TOPICS)
    second = hour * HOUR_S + rng.integers(HOUR_S, size=len(hour))
    return _Drawn(second, place, topic.astype(np.int8))


def _faults(rng: np.random.Generator, exposure: Exposure, size: Size, hours: int) -> _Drawn:
    """Draw complaints that faults bring."""
    share = exposure.subscribers / exposure.subscribers.sum()
    usual, more = size.faults_a_day * hours / 24, size.faults_a_day * 7 * (size.times_usual - 1)
    start = np.concatenate(
        [
            rng.integers(hours, size=round(usual)),
            rng.integers(max(hours - _WEEK_H, 0), hours, size=round(more)),
        ]
    )
    middle = rng.choice(len(share), len(start), p=share)
    seconds, places, topics = [], [], []
    for first, at in zip(start.tolist(), exposure.cell[middle].tolist(), strict=True):
        extra = int(rng.choice(size.a_fault))
        low, high = size.fault_h
        lasts = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        disk = np.array(h3.grid_disk(at, int(rng.integers(1, _FAULT_RINGS))), dtype=np.int64)
        near = np.minimum(np.searchsorted(exposure.cell, disk), len(share) - 1)
        near = near[exposure.cell[near] == disk]
        own, topic = rng.random(extra) < _OWN_TOPIC, int(rng.integers(len(Topic) - 1))
        seconds.append(((first + lasts * rng.random(extra)) * HOUR_S).astype(np.int64))
        places.append(rng.choice(near, extra, p=share[near] / share[near].sum()))
        topics.append(np.where(own, topic, rng.integers(len(Topic), size=extra)).astype(np.int8))
    return _Drawn(np.concatenate(seconds), np.concatenate(places), np.concatenate(topics))


def _as_geocoded(
    rng: np.random.Generator, cell: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Give cell and resolution of each complaint, some known only coarsely."""
    coarse = rng.random(len(cell)) < _COARSE
    resolution = np.where(coarse, _COARSE_RESOLUTION, GRID_RESOLUTION).astype(np.int8)
    return np.where(coarse, parents(cell, _COARSE_RESOLUTION), cell), resolution
