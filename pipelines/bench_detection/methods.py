"""The methods compared: what each is called, and what raises its alarms at a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pipelines.bench_detection import (
    cell_poisson,
    clusters,
    fixed_number,
    hot_spots,
    ours,
    plain_scan,
)
from pipelines.bench_detection.alarms import standing_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.simulation.trials import Trial
    from heatmaps.spots.tuning import DetectionPolicy
    from pipelines.bench_detection.alarms import Alarm

Opening: TypeAlias = "Callable[[float], list[Alarm]]"
"""Gives the alarms that open at a threshold."""

OURS, PLAIN, ORACLE = "ours", "plain scan", "oracle"
_RECURRENCES = (1.0, 0.7, 2.0)
"""Of the policy's own, which goes first and is timed.

Ours is run anew for each: what opens changes what is open afterwards.
"""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to find faults; higher thresholds, whose unit `unit` tells, open less."""

    name: str
    unit: str
    thresholds: tuple[float, ...]
    on: Callable[[Trial], Opening]


def methods(policy: DetectionPolicy, *, quick: bool = False) -> tuple[Method, ...]:
    """Give all methods, or where `quick` the plain scan and ours as the policy has it."""
    scores = tuple(np.arange(plain_scan.LOWEST, 30, 0.5).tolist())
    plain = Method(PLAIN, "log likelihood ratio", scores, _scored(plain_scan.alarms))
    own = policy.recurrence_days_per_million
    recurrences = (own,) if quick else tuple(own * times for times in _RECURRENCES)
    by_us = Method(OURS, "days of recurrence", recurrences, lambda trial: _ours(trial, policy))
    if quick:
        return plain, by_us
    numbers = tuple(float(number) for number in range(clusters.FEWEST, clusters.MOST + 1))
    tails = tuple(np.arange(cell_poisson.LOWEST, 15, 0.25).tolist())
    rates = (hot_spots.LOWEST, *np.arange(10.0, 150.0, 5.0).tolist())
    return (
        Method("fixed N", "complaints", numbers, _scored(fixed_number.alarms)),
        Method("DBSCAN", "complaints", numbers, _clustered),
        Method("Gi* with FDR", "-log10 q", rates, _scored(hot_spots.alarms)),
        Method("cell Poisson", "-log10 p", tails, _scored(cell_poisson.alarms)),
        plain,
        by_us,
    )


def _scored(raised: Callable[[Trial], list[Alarm]]) -> Callable[[Trial], Opening]:
    def on(trial: Trial) -> Opening:
        alarms = raised(trial)
        return lambda threshold: standing_apart(alarms, threshold)

    return on


def _clustered(trial: Trial) -> Opening:
    alarms = clusters.alarms(trial)
    return lambda number: standing_apart((one for one in alarms if one.score == number), number)


def _ours(trial: Trial, policy: DetectionPolicy) -> Opening:
    def opened(recurrence: float) -> list[Alarm]:
        quiet = min(policy.quiet_recurrence_days, recurrence)
        changed = {"recurrence_days_per_million": recurrence, "quiet_recurrence_days": quiet}
        return ours.alarms(trial, policy.model_copy(update=changed))

    return opened
