"""DBSCAN over a day's complaints: clusters of points within half a kilometre of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.errors import UsageError
from pipelines.bench_detection.alarms import Alarm
from pipelines.bench_detection.arrivals import DAY_H, Arrivals, hours_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

REACH_KM = 0.5
FEWEST, MOST = 4, 20
_IN_CELL_KM = 0.17
"""A house lies somewhere in its cell, not in its middle."""


def alarms(trial: Trial) -> list[Alarm]:
    """Give the clusters of every hour for each fewest number of points from `FEWEST` to `MOST`.

    The score is that number, and clusters of another number are none of its alarms.
    """
    arrivals = Arrivals(trial)
    at = _points(trial, arrivals.place)
    found = []
    for hour in hours_of(trial):
        rows = arrivals.placed(hour, DAY_H)
        if len(rows) >= FEWEST:
            for number, cluster in _clusters(at[rows]):
                places = np.unique(arrivals.place[rows[cluster]])
                found.append(Alarm(hour, number, places, rows[cluster]))
    return found


def _clusters(points: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Give each number of points that makes a cluster, and the points of each such cluster."""
    try:
        from sklearn.cluster import DBSCAN  # type: ignore[import-untyped]  # it has no types
        from sklearn.neighbors import (  # type: ignore[import-untyped]  # nor has it
            radius_neighbors_graph,
        )
    except ImportError as error:
        message = "DBSCAN needs scikit-learn; install it with: pip install heatmaps[dev]"
        raise UsageError(message) from error
    near = radius_neighbors_graph(points, REACH_KM, mode="distance", include_self=True)
    crowd = int(np.diff(near.indptr).max())
    for number in range(FEWEST, min(crowd, MOST) + 1):
        made = DBSCAN(eps=REACH_KM, min_samples=number, metric="precomputed").fit(near)
        for label in range(int(made.labels_.max()) + 1):
            yield number, np.flatnonzero(made.labels_ == label)


def _points(trial: Trial, place: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give kilometres east and north of each complaint, shape (complaints, 2)."""
    rng = np.random.default_rng(len(place))
    away, bearing = (
        _IN_CELL_KM * np.sqrt(rng.random(len(place))),
        rng.random(len(place)) * 2 * np.pi,
    )
    east = trial.land.east[place] + away * np.sin(bearing)
    return np.column_stack([east, trial.land.north[place] + away * np.cos(bearing)])
