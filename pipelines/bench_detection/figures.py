"""Figures of a comparison: how much is found, how soon and where, at equal false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from heatmaps.simulation.trials.trouble import SIZES
from pipelines.bench_detection.methods import ORACLE, OURS, PLAIN, methods
from pipelines.bench_detection.taking import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.bench_detection.alarms import Judged
    from pipelines.bench_detection.methods import Method
    from pipelines.bench_detection.taking import Asked, Taken

LEVEL = 0.95
AS_SHIPPED = "ours, as shipped"
"""At the recurrence of the policy, whatever false alarms that brings."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and the bounds between which it lies with a confidence of 95 %."""

    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One method at one threshold, over all trials.

    Shares are of 1. `false` alarms are a week per million subscribers, `gathered` those raised for
    each mass event; `gain` is the share found less the plain scan's, paired by trial;
    `delay_h` is the median of what was found; `median_h` and `p90_h` are over all faults, a missed
    one later than any, None where that is what they fall on. `seconds` is the processor's time a
    trial. What is not defined is None.
    """

    name: str
    threshold: float
    false: float | None
    gathered: float | None
    found: float
    gain: Interval | None
    of_oracle: float
    by_size: dict[int, float]
    by_kind: dict[str, float]
    delay_h: float | None
    median_h: float | None
    p90_h: float | None
    f1: float | None
    precision: float | None
    recall: float | None
    ppv: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Point:
    """A method at a threshold: false alarms against what is found, and how soon."""

    threshold: float
    false: float
    found: float
    delay_h: float | None
    median_h: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """How often chance opens a spot by its recurrence interval, and how often it did.

    Alarms a week per million subscribers on trials without faults; `gathered` those for mass
    events, which are not among the `seen`.
    """

    recurrence_days: float
    promised: float
    seen: Interval
    gathered: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a comparison."""

    rows: tuple[Row, ...]
    curves: dict[str, tuple[Point, ...]]
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Delays of a method's finds at a threshold, a part for each trial; its verdicts, if any."""

    name: str
    threshold: float
    delay_h: list[NDArray[np.float64]]
    verdicts: list[Judged]
    seconds: float

    @property
    def shares(self) -> NDArray[np.float64]:
        """Give the share found in each trial."""
        return np.array([np.mean(~np.isnan(part)) for part in self.delay_h])


def figures(asked: Asked, trials: Sequence[Taken]) -> Figures:
    """Give the figures of some trials, null ones among them."""
    planted = [one for one in trials if len(one.extra)]
    null = [one for one in trials if not len(one.extra)]
    compared = methods(asked.policy, quick=asked.quick)
    if not planted:
        return Figures((), {}, _promises(compared, null))
    curves = {method.name: _curve(method, planted) for method in compared}
    chosen = {name: _threshold(points, asked.false_alarms) for name, points in curves.items()}
    plain = next(method for method in compared if method.name == PLAIN)
    at_plain = plain.thresholds.index(chosen[PLAIN])
    known = _Found(ORACLE, chosen[PLAIN], [one.oracle_h[at_plain] for one in planted], [],
                   _mean([one.seconds[ORACLE] for one in planted]))  # fmt: skip
    finds = [_find(method, chosen[method.name], planted) for method in compared]
    own = asked.policy.recurrence_days_per_million
    by_us = next(method for method in compared if method.name == OURS)
    finds += [_find(by_us, own, planted, AS_SHIPPED), known]
    against = next(one for one in finds if one.name == PLAIN)
    rows = tuple(_row(one, against, known, planted) for one in finds)
    return Figures(rows, curves, _promises(compared, null))


def paired(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Interval:
    """Give the mean difference of pairs with its t interval, open where there is but one pair."""
    gain = ours - theirs
    mean = float(gain.mean())
    if len(gain) < 2:  # noqa: PLR2004 - one pair has no spread
        return Interval(mean, None, None)
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(gain) - 1)) * float(stats.sem(gain))
    return Interval(mean, mean - half, mean + half)


def rate(count: int, over: float) -> Interval:
    """Give counts a unit with the exact interval of their Poisson mean (Garwood 1936)."""
    low = float(stats.chi2.ppf((1 - LEVEL) / 2, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.ppf((1 + LEVEL) / 2, 2 * count + 2)) / 2
    return Interval(count / over, low / over, high / over)


def _threshold(points: Sequence[Point], allowed: float) -> float:
    """Give the threshold that finds most at no more than the false alarms allowed.

    Where none keeps to them, the one with the fewest.
    """
    within = [point for point in points if point.false <= allowed]
    if not within:
        return min(points, key=lambda point: point.false).threshold
    return max(within, key=lambda point: (point.found, -point.threshold)).threshold


def _curve(method: Method, trials: Sequence[Taken]) -> tuple[Point, ...]:
    points = []
    weeks = sum(one.million_weeks for one in trials)
    for threshold in sorted(method.thresholds):
        find = _find(method, threshold, trials)
        delay = np.concatenate(find.delay_h)
        false = sum(verdict.false for verdict in find.verdicts) / weeks
        points.append(Point(threshold, false, float(np.mean(~np.isnan(delay))),
                            _median(delay), _late(delay, 0.5)))  # fmt: skip
    return tuple(points)


def _find(
    method: Method, threshold: float, trials: Sequence[Taken], name: str | None = None
) -> _Found:
    at = method.thresholds.index(threshold)
    verdicts = [one.judged[method.name][at] for one in trials]
    seconds = _mean([one.seconds[method.name] for one in trials])
    delay = [verdict.delay_h for verdict in verdicts]
    return _Found(name or method.name, threshold, delay, verdicts, seconds)


def _row(find: _Found, plain: _Found, known: _Found, trials: Sequence[Taken]) -> Row:
    delay = np.concatenate(find.delay_h)
    found = ~np.isnan(delay)
    extra = np.concatenate([one.extra for one in trials])
    kind = np.concatenate([one.kind for one in trials])
    verdicts, weeks = find.verdicts, sum(one.million_weeks for one in trials)
    false, gathered, again = (
        sum(getattr(verdict, name) for verdict in verdicts)
        for name in ("false", "gathered", "again")
    )
    right = int(found.sum()) + again
    events = sum(one.gatherings for one in trials)
    overlap, precision, recall = (
        [getattr(verdict, name) for verdict in verdicts]
        for name in ("overlap", "precision", "recall")
    )
    return Row(
        name=find.name,
        threshold=find.threshold,
        false=false / weeks if verdicts else None,
        gathered=gathered / events if verdicts and events else None,
        found=float(found.mean()),
        gain=None if find.name == PLAIN else paired(find.shares, plain.shares),
        of_oracle=float(find.shares.mean() / max(known.shares.mean(), 1e-9)),
        by_size={size: float(found[extra == size].mean()) for size in SIZES if size in extra},
        by_kind={
            name: float(found[kind == code].mean())
            for code, name in enumerate(KINDS)
            if code in kind
        },
        delay_h=_median(delay),
        median_h=_late(delay, 0.5),
        p90_h=_late(delay, 0.9),
        f1=_known_mean(overlap),
        precision=_known_mean(precision),
        recall=_known_mean(recall),
        ppv=right / max(right + false + gathered, 1) if verdicts else None,
        seconds=find.seconds,
    )


def _promises(compared: Sequence[Method], null: Sequence[Taken]) -> tuple[Promise, ...]:
    if not null:
        return ()
    by_us = next(method for method in compared if method.name == OURS)
    weeks = sum(one.million_weeks for one in null)
    told = []
    for recurrence in sorted(by_us.thresholds):
        at = by_us.thresholds.index(recurrence)
        verdicts = [one.judged[OURS][at] for one in null]
        seen = rate(sum(verdict.false for verdict in verdicts), weeks)
        gathered = sum(verdict.gathered for verdict in verdicts) / weeks
        told.append(Promise(recurrence, 7 / recurrence, seen, gathered))
    return tuple(told)


def _median(delay: NDArray[np.float64]) -> float | None:
    found = delay[~np.isnan(delay)]
    return float(np.median(found)) if len(found) else None


def _late(delay: NDArray[np.float64], share: float) -> float | None:
    """Give a quantile of the delay where a missed fault is later than any found one."""
    at = float(np.quantile(np.where(np.isnan(delay), np.inf, delay), share, method="inverted_cdf"))
    return at if np.isfinite(at) else None


def _known_mean(parts: list[NDArray[np.float64]]) -> float | None:
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else None


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
