"""What operators do: so many complaints within a day in a cell and its neighbours are a spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
    from heatmaps.simulation.trials import Trial

FEWEST = 4
"""Below it, a day's chance alone raises alarms in every city."""


def alarms(trial: Trial, resolution: int = GRID_RESOLUTION) -> list[Alarm]:
    """Give every cell that holds `FEWEST` customers or more with its ring; the score is how many.

    Where rings meet, the fullest stands.
    """
    grid, arrivals = grid_of(trial.land, resolution), Arrivals(trial)
    found = []
    for hour in hours_of(trial):
        rows = arrivals.placed(hour, DAY_H)
        cell = grid.of_place[arrivals.place[rows]]
        number = grid.around @ np.bincount(cell, minlength=len(grid.cell)).astype(np.float64)
        for middle, zone in strongest_apart(number, FEWEST, grid.ring):
            places = grid.places_in(zone)
            found.append(Alarm(hour, float(number[middle]), places, rows[np.isin(cell, zone)]))
    return found
