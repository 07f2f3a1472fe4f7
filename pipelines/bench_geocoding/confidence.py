"""What the geocoder says of its own answers, held against how often they are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.bench_geocoding.judging import Judged

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Houses given with a confidence in [`low`, `high`): how sure they were, how many were right.

    `stated` is the mean confidence, `observed` the share that is right, both 0 to 1.
    """

    low: float
    high: float
    houses: int
    stated: float
    observed: float


def reliability(judged: Sequence[Judged]) -> list[Bin]:
    """Give the table of all answers at house level, a line for each bin that holds any."""
    house = np.concatenate([each.house for each in judged])
    confidence = np.concatenate([each.confidence for each in judged])[house]
    right = np.concatenate([each.right for each in judged])[house]
    which = np.digitize(confidence, EDGES[1:-1])
    return [
        Bin(
            EDGES[i],
            EDGES[i + 1],
            int(held.sum()),
            float(confidence[held].mean()),
            float(right[held].mean()),
        )
        for i in range(len(EDGES) - 1)
        if (held := which == i).any()
    ]
