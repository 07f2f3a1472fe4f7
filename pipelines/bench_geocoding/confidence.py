"""What the geocoder says of its own answers, held against how often they are right.

By bins of confidence, and by the evidence an answer rests on: from the latter the shares are set
that the confidence is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.bench_geocoding.judging import Judged
    from pipelines.bench_geocoding.kinds import Answered

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


@dataclass(frozen=True, slots=True)
class Evidence:
    """Houses given on the same evidence: the words of their changes, without what was changed."""

    changes: str
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


def by_evidence(answers: Sequence[Answered]) -> list[Evidence]:
    """Give what answers at house level rest on, the commonest first."""
    held: dict[str, list[tuple[float, bool]]] = {}
    for each in answers:
        rows = np.flatnonzero(each.judged.house)
        for i in rows.tolist():
            changes = " ".join(sorted({c.partition(":")[0] for c in each.results[i].changes}))
            told = each.results[i].confidence, bool(each.judged.right[i])
            held.setdefault(changes, []).append(told)
    return [
        Evidence(changes, len(told), *np.mean(told, axis=0).tolist())
        for changes, told in sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
