"""Getis and Ord's Gi* over a day's complaints, with the false discovery rate held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from heatmaps.region.grid import GRID_RESOLUTION
from pipelines.bench_detection.alarms import Alarm
from pipelines.bench_detection.arrivals import (
    DAY_H,
    Arrivals,
    grid_of,
    hours_of,
    strongest_apart,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from heatmaps.simulation.trials import Trial

LOWEST = 1.3
"""Alarms are kept from a false discovery rate of 5 % on."""
_UNDERFLOW = 1e-300


def alarms(trial: Trial, resolution: int = GRID_RESOLUTION) -> list[Alarm]:
    """Give hot spots: cells with their rings; the score is -log10 of the rate that admits them.

    The p-values are those of the normal approximation: permutations for every hour of every trial
    would take days. Where rings meet, the hottest stands.
    """
    grid, arrivals = grid_of(trial.land, resolution), Arrivals(trial)
    found = []
    for hour in hours_of(trial):
        rows = arrivals.placed(hour, DAY_H)
        cell = grid.of_place[arrivals.place[rows]]
        number = np.bincount(cell, minlength=len(grid.cell)).astype(np.float64)
        if not number.any():
            continue
        rate = stats.false_discovery_control(stats.norm.sf(gi_star(number, grid.around)))
        score = -np.log10(np.maximum(rate, _UNDERFLOW))
        for middle, zone in strongest_apart(score, LOWEST, grid.ring):
            places = grid.places_in(zone)
            found.append(Alarm(hour, float(score[middle]), places, rows[np.isin(cell, zone)]))
    return found


def gi_star(values: NDArray[np.float64], around: sparse.csr_array) -> NDArray[np.float64]:
    """Give the z of each cell's Gi* under binary weights (Ord and Getis 1995, formula 14).

    `around`, shape (cells, cells), is 1 where a cell is another's neighbour or itself; `values`
    may not all be equal.
    """
    count = len(values)
    near = np.asarray(around.sum(axis=1), dtype=np.float64).ravel()
    spread = np.sqrt(np.mean(values**2) - values.mean() ** 2)
    deviation = spread * np.sqrt(near * (count - near) / (count - 1))
    return np.asarray((around @ values - near * values.mean()) / deviation)
