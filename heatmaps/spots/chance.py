"""Complaints as chance alone would bring them, drawn from an expectation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import GRID_RESOLUTION
from heatmaps.spots.places import Places
from heatmaps.spots.rhythm import WEEK_H, hours_of_week

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Stream:
    """Null complaints of several worlds: columns of one length; `place` is a row of `places`.

    `time` in hours since 1970, ascending.
    """

    time: NDArray[np.float64]
    world: NDArray[np.intp]
    places: Places
    place: NDArray[np.int32]
    topic: NDArray[np.intp]


def chance(
    expectation: Expectation, first_h: int, hours: int, worlds: int, rng: np.random.Generator
) -> Stream:
    """Draw the complaints of some hours in as many worlds, everybody's first and only one.

    The rate of each cell is as uncertain as its evidence leaves it. Where counts are negative
    binomial, complaints come in clumps, a Poisson number of them of logarithmic size (Quenouille
    1949, Biometrics 5:162), at one cell and in the week from its first complaint on: it is by the
    week that the dispersion is known.
    """
    hour = hours_of_week(expectation.zone, first_h, first_h + hours)
    beat = expectation.rhythm[hour]
    mean = expectation.hourly[:, 0].astype(np.float64) * beat.sum()
    uncertain = rng.gamma(expectation.evidence, size=(worlds, len(mean))) / expectation.evidence
    clumps = rng.poisson(mean * uncertain / clump_size(expectation.dispersion))
    world, place = np.nonzero(clumps)
    times = clumps[world, place]
    world, place = np.repeat(world, times), np.repeat(place, times)
    time = first_h + rng.choice(len(beat), len(world), p=beat / beat.sum()) + rng.random(len(world))
    if expectation.dispersion > 1:
        more = rng.logseries(1 - 1 / expectation.dispersion, len(time)) - 1
        after = np.repeat(np.arange(len(time)), more)
        time = np.append(time, time[after] + WEEK_H * rng.random(len(after)))
        world, place = np.append(world, world[after]), np.append(place, place[after])
    shares = np.cumsum(expectation.hourly[place, 1:], axis=1, dtype=np.float64)
    topic = (shares < rng.random((len(place), 1)) * shares[:, -1:]).sum(axis=1)
    order = np.argsort(time)
    cells = expectation.cell
    places = Places(cells, np.full(len(cells), GRID_RESOLUTION, dtype=np.int8))
    at = place[order].astype(np.int32)
    return Stream(time[order], world[order], places, at, topic[order])


def clump_size(dispersion: float) -> float:
    """Give the mean size of the clumps that make counts of a dispersion; 1 where it is 1."""
    return (dispersion - 1) / float(np.log(dispersion)) if dispersion > 1 else 1.0
