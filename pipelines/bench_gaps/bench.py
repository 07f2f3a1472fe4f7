"""Finding planted chronic places: the detector as it is, beside the first form it replaced."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.coverage_gaps import SpotZones, Surroundings, gaps_of
from heatmaps.insight.gap_zones import Evidence, clusters
from heatmaps.insight.look_back import MONTH_DAYS, PastComplaints, Span, span_of
from heatmaps.insight.recurrence import recurring_cells
from heatmaps.region.grid import parents
from pipelines.bench_gaps import first_form
from pipelines.bench_gaps.history import BLOCK_RESOLUTION, UNTIL, history

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.policy import Policy
    from pipelines.bench_gaps.history import History, Wanted

FIRST, OURS = "first form", "emerging hot spots"
FIRST_MONTHS = 6
YOUNG_DAYS = 90.0
LOOKED_BACK_DAYS = 360.0
HISTORY_DAYS = 730
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: the policy, the seed of the first of so many histories, and what is in."""

    policy: Policy
    seed: int
    trials: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Listed:
    """One gap as a method lists it: its blocks, days ago it began, and the pattern told if any."""

    blocks: frozenset[int]
    since_days: float
    pattern: str | None


@dataclass(slots=True)
class Score:
    """What a method did, added up over histories.

    `found` of `there` by kind of place (strength, or course); `false` gaps by what they stand on;
    `late` days between the truth's beginning and the told one; `told` pattern by kind.
    """

    method: str
    gaps: int
    seconds: float
    found: Counter[str]
    there: Counter[str]
    false: Counter[str]
    late: list[float]
    told: Counter[tuple[str, str]]


def bench(asked: Asked, progress: Callable[[int, int], None]) -> list[Score]:
    """Give the scores of both forms on the same histories."""
    scores = [_score(FIRST), _score(OURS)]
    for trial in range(asked.trials):
        past = history(asked.seed + trial, asked.wanted)
        for score, method in zip(scores, (_first_form, _ours), strict=True):
            started = time.process_time()
            span, listed = method(past, asked.policy)
            score.seconds += time.process_time() - started
            _judge(score, past, listed, span.days)
        progress(trial + 1, asked.trials)
    return scores


def _score(method: str) -> Score:
    return Score(method, 0, 0.0, Counter(), Counter(), Counter(), [], Counter())


def _first_form(past: History, policy: Policy) -> tuple[Span, list[Listed]]:
    span, complaints = _looked_back(past.complaints, FIRST_MONTHS)
    found = first_form.recurring_cells(complaints, past.exposure, span, policy.planning)
    listed = []
    for cells in clusters(found.cell.tolist()):
        blocks = _blocks(cells)
        inside = np.isin(parents(complaints.cell, BLOCK_RESOLUTION), list(blocks))
        ago = (_end() - complaints.time[inside].min()) / (_DAY // timedelta(microseconds=1))
        listed.append(Listed(blocks, float(ago), None))
    return span, listed


def _ours(past: History, policy: Policy) -> tuple[Span, list[Listed]]:
    span, complaints = _looked_back(past.complaints, policy.planning.months)
    evidence = Evidence(complaints, past.exposure, span)
    recurring = recurring_cells(complaints, past.exposure, span, policy.planning)
    gaps = gaps_of(recurring, evidence, _nothing_around(), policy.planning, policy.priority.ltv)
    return span, [
        Listed(_blocks(gap.cells), (UNTIL - gap.since) / _DAY, gap.pattern) for gap in gaps
    ]


def _looked_back(complaints: PastComplaints, months: int) -> tuple[Span, PastComplaints]:
    span = span_of(UNTIL - timedelta(days=HISTORY_DAYS), UNTIL, UTC, months)
    if span is None:
        message = "a history of two years is never too young"
        raise AssertionError(message)
    late = complaints.time > _end() - months * MONTH_DAYS * (_DAY // timedelta(microseconds=1))
    columns = (getattr(complaints, name)[late] for name in PastComplaints.__slots__)
    return span, PastComplaints(*columns)


def _judge(score: Score, past: History, listed: list[Listed], days: float) -> None:
    planted = past.planted
    by_block = {block: one for one in listed for block in one.blocks}
    score.gaps += len(listed)
    for n, block in enumerate(planted.block.tolist()):
        one = by_block.get(block)
        kind, strength = _kind(past, n), f"{planted.times[n]:g} times"
        keys = [kind] if planted.ended[n] or planted.began[n] < YOUNG_DAYS else [kind, strength]
        score.there.update(keys)
        if one is not None:
            score.found.update(keys)
            score.told[kind, one.pattern or "-"] += 1
            if not planted.slope[n] and kind != "mended long ago":
                score.late.append(float(min(planted.began[n], days) - one.since_days))
    truth = {block for n, block in enumerate(planted.block.tolist())
             if _kind(past, n) != "mended long ago"}  # fmt: skip
    for one in listed:
        if not one.blocks & truth:
            score.false[_blame(past, one)] += 1


def _kind(past: History, n: int) -> str:
    planted = past.planted
    if planted.ended[n] >= 2 * YOUNG_DAYS - 30:
        return "mended long ago"
    if planted.ended[n]:
        return "mended lately"
    if planted.slope[n]:
        return "growing" if planted.slope[n] > 0 else "falling"
    if planted.began[n] < YOUNG_DAYS:
        return "young"
    return "all along" if planted.began[n] >= LOOKED_BACK_DAYS else "begun within"


def _blame(past: History, one: Listed) -> str:
    if one.blocks & set(past.unknown.tolist()):
        return "nobody loaded"
    if one.blocks & set(past.planted.block.tolist()):
        return "mended long ago"
    return "outage" if one.blocks & set(past.outages.tolist()) else "chance"


def _blocks(cells: tuple[int, ...]) -> frozenset[int]:
    return frozenset(parents(np.array(cells, dtype=np.int64), BLOCK_RESOLUTION).tolist())


def _end() -> int:
    return round(UNTIL.timestamp()) * 1_000_000


def _nothing_around() -> Surroundings:
    empty = np.zeros(0, dtype=np.int64)
    return Surroundings(
        lambda _: {},
        lambda lat, _: np.full(len(lat), np.nan),
        lambda lat, _: [None] * len(lat),
        SpotZones(empty, empty),
    )
