"""The way a user would write it in an hour: pandas, a dictionary, h3 a row, DBSCAN a day.

Run as a program of its own, so that its memory can be measured: gazetteer, complaints, as CSV.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import h3
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_M = 6_371_000.0
EPS_M = 300.0
RESOLUTION = 9
FAR_OUT = 3.0
"""A cluster needs as many complaints as the busiest usual cell of its day."""


def naive(gazetteer: str, complaints: str) -> dict[str, int]:
    """Give how many rows there were, how many were located, and how many clusters found."""
    from sklearn.cluster import DBSCAN  # type: ignore[import-untyped]  # it has no types

    houses = pd.read_csv(gazetteer, dtype={"house": str})
    keys = houses.city + ", " + houses.street + ", " + houses.house
    points = dict(zip(keys, zip(houses.lat, houses.lon, strict=True), strict=True))
    rows = pd.read_csv(complaints)
    found = [points.get(key) for key in rows.city + ", " + rows.address]
    located = np.array([point is not None for point in found])
    rows = rows[located]
    lat, lon = np.array([point for point in found if point]).reshape(-1, 2).T
    rows["cell"] = [h3.latlng_to_cell(a, b, RESOLUTION) for a, b in zip(lat, lon, strict=True)]
    rows["day"] = rows.created_at.str[:10]
    radians, spots = np.radians(np.column_stack([lat, lon])), 0
    for _, of_day in rows.reset_index(drop=True).groupby("day"):
        usual = of_day.groupby("cell").size()
        fewest = max(int(usual.mean() + FAR_OUT * usual.std(ddof=0)), 3)
        model = DBSCAN(eps=EPS_M / EARTH_M, min_samples=fewest, metric="haversine",
                       algorithm="ball_tree")  # fmt: skip
        spots += _clusters(model.fit_predict(radians[of_day.index.to_numpy()]))
    return {"rows": len(located), "located": int(located.sum()), "spots": spots}


def _clusters(labels: NDArray[np.int64]) -> int:
    return len(set(labels.tolist()) - {-1})


if __name__ == "__main__":
    print(json.dumps(naive(*sys.argv[1:])))  # noqa: T201 - its only answer
