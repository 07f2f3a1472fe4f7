"""Every cell for itself: how unlikely is its count under a Poisson law of its expectation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammainc

from pipelines.bench_detection.alarms import Alarm
from pipelines.bench_detection.arrivals import Arrivals, grid_of, hours_of, strongest_apart
from pipelines.bench_detection.usual import Usual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

WINDOWS_H = np.array([3, 6, 12, 24, 48, 72, 120, 168])
RESOLUTION = 8
"""Cells of 0.7 km2 find more at the same false alarms than those of 0.1 km2."""
LOWEST = 3.0
_FEWEST = 3
_UNDERFLOW = 1e-300


def alarms(trial: Trial, resolution: int = RESOLUTION) -> list[Alarm]:
    """Give cells with an unlikely count in some window; the score is -log10 of the probability."""
    grid, arrivals, usual = grid_of(trial.land, resolution), Arrivals(trial), Usual(trial)
    expected: NDArray[np.float64] = np.zeros(len(grid.cell))
    found = []
    for hour in hours_of(trial):
        if usual.learn(hour):
            expected = np.bincount(grid.of_place, weights=usual.hourly[:, 0]).astype(float)
        rows = arrivals.placed(hour, int(WINDOWS_H[-1]))
        cell = grid.of_place[arrivals.place[rows]]
        window = np.searchsorted(WINDOWS_H, hour - 1 - arrivals.hour[rows], side="right")
        count = np.zeros((len(grid.cell), len(WINDOWS_H)))
        np.add.at(count, (cell, window), 1)
        score = tails(count.cumsum(axis=1), np.outer(expected, usual.weight(hour, WINDOWS_H)))
        best = score.argmax(axis=1)
        for one, zone in strongest_apart(score.max(axis=1), LOWEST, lambda cell: np.array([cell])):
            held = (cell == one) & (window <= best[one])
            places = grid.places_in(zone)
            found.append(Alarm(hour, float(score[zone].max()), places, rows[held]))
    return found


def tails(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give -log10 of the probability of so many or more, 0 where fewer than three complained."""
    score = np.zeros(observed.shape)
    enough = observed >= _FEWEST
    chance = gammainc(observed[enough], expected[enough])
    score[enough] = -np.log10(np.maximum(chance, _UNDERFLOW))
    return score
