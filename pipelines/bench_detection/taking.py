"""Trials taken: every method on the same ones, in one process or several."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.simulation.trials import Wanted, draw_trial
from pipelines.bench_detection import oracle
from pipelines.bench_detection.alarms import judge
from pipelines.bench_detection.methods import ORACLE, OURS, PLAIN, methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial
    from heatmaps.spots.tuning import DetectionPolicy
    from pipelines.bench_detection.alarms import Judged
    from pipelines.bench_detection.methods import Method

KINDS = ("city", "town", "country")
"""Where a fault's middle lies, in the order of the land's kinds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured: trials from `seed` on, and null ones without faults from there, too.

    `false_alarms` a week per million subscribers is what a method may raise; `quick` leaves out
    all methods but the plain scan, ours as the policy has it, and the oracle.
    """

    policy: DetectionPolicy
    seed: int
    trials: int = 20
    null_trials: int = 10
    wanted: Wanted = field(default_factory=Wanted)
    false_alarms: float = 1.0
    quick: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What each method made of one trial, at each of its thresholds.

    `million_weeks` is the time that counts times the subscribers in millions. `extra` and `kind`
    are size and surroundings of each fault, `kind` a position in `KINDS`. `judged[name]` has a
    verdict for each threshold of the method; `seconds[name]` is the processor's time for one
    threshold. The oracle's thresholds are those of the plain scan; `gatherings` is how many mass
    events there were.
    """

    seed: int
    million_weeks: float
    ticks: int
    cells: int
    complaints: int
    extra: NDArray[np.intp]
    kind: NDArray[np.intp]
    gatherings: int
    judged: dict[str, tuple[Judged, ...]]
    seconds: dict[str, float]
    oracle_h: NDArray[np.float64]


def taken(asked: Asked) -> Iterator[Taken]:
    """Take the trials, then the null ones; give each as it is done, in the order of the seeds."""
    null = replace(asked.wanted, faults=0)
    work = [(asked, asked.seed + number, asked.wanted) for number in range(asked.trials)]
    work += [(asked, asked.seed + number, null) for number in range(asked.null_trials)]
    if asked.processes == 1:
        yield from (_take(*one) for one in work)
        return
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_take, *zip(*work, strict=True))


def _take(asked: Asked, seed: int, wanted: Wanted) -> Taken:
    """Take one trial; a null one with ours alone, whose promise it is about."""
    trial = draw_trial(seed, wanted)
    compared = methods(asked.policy, quick=asked.quick)
    judged, seconds = {}, {}
    for method in compared:
        if trial.faults or method.name == OURS:
            judged[method.name], seconds[method.name] = _judged(trial, method)
    started = time.process_time()
    plain = next(method for method in compared if method.name == PLAIN)
    known = [oracle.delays(trial, threshold) for threshold in plain.thresholds]
    seconds[ORACLE] = (time.process_time() - started) / len(known)
    weeks = (trial.counts_to - trial.counts_from) / (7 * 86_400)
    within = [one for one in trial.gatherings if one.starts_at >= trial.counts_from]
    return Taken(
        seed=seed,
        million_weeks=weeks * float(trial.land.subscribers.sum()) / 1e6,
        ticks=len(trial.ticks()),
        cells=len(trial.land.cell),
        complaints=len(trial.columns.time),
        extra=np.array([fault.extra for fault in trial.faults], dtype=np.intp),
        kind=np.array([_kind(trial, fault.places[0]) for fault in trial.faults], dtype=np.intp),
        gatherings=len(within),
        judged=judged,
        seconds=seconds,
        oracle_h=np.array(known),
    )


def _judged(trial: Trial, method: Method) -> tuple[tuple[Judged, ...], float]:
    """Give a verdict for each threshold, and the processor's time until the first."""
    started = time.process_time()
    opening = method.on(trial)
    verdicts = [judge(trial, opening(method.thresholds[0]))]
    spent = time.process_time() - started
    verdicts += [judge(trial, opening(threshold)) for threshold in method.thresholds[1:]]
    return tuple(verdicts), spent


def _kind(trial: Trial, middle: np.intp) -> int:
    return int(trial.land.kind[middle])
