"""All that `heatmaps bench geocoding` measures on one gazetteer."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.index import GazetteerIndex, pack_gazetteer
from heatmaps.geocoding.snapshot import Snapshot
from heatmaps.simulation.dirty_addresses import Kind, Sampler
from pipelines.bench_geocoding.confidence import Bin, Evidence, by_evidence, reliability
from pipelines.bench_geocoding.fresh_start import Start, fresh_start, read_snapshot
from pipelines.bench_geocoding.kinds import (
    Answered,
    Failure,
    Row,
    answered,
    ask,
    ask_mixed,
    failures,
)
from pipelines.bench_geocoding.two_processes import Together, two_processes
from pipelines.bench_geocoding.typing_speed import Waiting, suggestion_times

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.packed import Arrays
    from heatmaps.geocoding.result import Geocoder
    from heatmaps.simulation.dirty_addresses import Queries

_MIXED, _FIRST_BATCH, _SECOND_BATCH = 1, 2, 3
"""Added to the seed: each batch draws addresses of its own, so that no answer is remembered."""
_BATCHES = 5
"""How many times as many addresses one and two processes are given as there are of a kind."""
_TYPED_ADDRESSES = 40


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured: a line for each kind and for all mixed, and all that is no line."""

    settlements: int
    streets: int
    houses: int
    built_s: float
    start: Start
    rows: list[Row]
    together: Together
    bins: list[Bin]
    evidence: list[Evidence]
    waiting: Waiting
    failures: list[Failure]


@dataclass(frozen=True, slots=True)
class Sample:
    """What to ask: queries of each kind, the seed they are drawn by, failures kept of each."""

    queries: int
    seed: int
    failures: int


def report(gazetteer: Gazetteer, asked: Sample, told: Callable[[int, int], None]) -> Report:
    """Put queries of every kind to the index of a gazetteer, and as many mixed.

    `told` hears how many kinds are done, of how many.
    """
    sampler = Sampler(gazetteer, asked.seed)
    typed = sampler.draw(Kind.CLEAN, _TYPED_ADDRESSES)
    with tempfile.TemporaryDirectory(prefix="heatmaps-bench-") as folder:
        snapshot = Snapshot(Path(folder), "bench", "once")
        started = time.perf_counter()
        snapshot.write(pack_gazetteer(gazetteer))
        built_s = time.perf_counter() - started
        start = fresh_start(snapshot.path, typed.text[0])
        arrays = read_snapshot(snapshot.path)
        geocoder = GazetteerIndex(arrays)
        answers = _answers(gazetteer, sampler, arrays, asked.queries, told)
        mixed = _mixed(geocoder, gazetteer, asked)
        batches = [_pairs(gazetteer, asked, batch) for batch in (_FIRST_BATCH, _SECOND_BATCH)]
        together = two_processes(snapshot.path, geocoder, *batches)
    return Report(
        len(gazetteer.settlements),
        len(gazetteer.streets),
        len(gazetteer.houses),
        built_s,
        start,
        [*(each.row for each in answers), mixed],
        together,
        reliability([each.judged for each in answers]),
        by_evidence(answers),
        suggestion_times(geocoder, typed),
        [each for held in answers for each in failures(held, gazetteer, asked.failures)],
    )


def mixed_queries(gazetteer: Gazetteer, seed: int, count: int) -> list[Queries]:
    """Give queries of every kind that needs no default city, in all about `count` of them."""
    sampler = Sampler(gazetteer, seed)
    kinds = [kind for kind in Kind if kind is not Kind.DEFAULT_CITY]
    drawn = [sampler.draw(kind, max(1, count // len(kinds))) for kind in kinds]
    return [queries for queries in drawn if len(queries)]


def _answers(
    gazetteer: Gazetteer,
    sampler: Sampler,
    arrays: Arrays,
    sample: int,
    told: Callable[[int, int], None],
) -> list[Answered]:
    """Put the queries of each kind to an index that has answered none of that kind before."""
    geocoder = GazetteerIndex(arrays)
    by_default = GazetteerIndex(arrays, sampler.default_city)
    answers = []
    for done, kind in enumerate(Kind):
        queries = sampler.draw(kind, sample)
        if len(queries):
            asked = by_default if kind is Kind.DEFAULT_CITY else geocoder
            answers.append(answered(queries, ask(asked, queries), gazetteer))
        told(done + 1, len(Kind))
    return answers


def _mixed(geocoder: Geocoder, gazetteer: Gazetteer, asked: Sample) -> Row:
    parts = mixed_queries(gazetteer, asked.seed + _MIXED, asked.queries)
    return ask_mixed(geocoder, parts, gazetteer, np.random.default_rng(asked.seed))


def _pairs(gazetteer: Gazetteer, asked: Sample, batch: int) -> list[tuple[str, str | None]]:
    """Give addresses of all kinds with their cities, in an order of chance."""
    parts = mixed_queries(gazetteer, asked.seed + batch, asked.queries * _BATCHES)
    pairs = [pair for part in parts for pair in zip(part.text, part.city, strict=True)]
    return [pairs[i] for i in np.random.default_rng(batch).permutation(len(pairs))]
