"""All that `heatmaps bench geocoding` measures on one gazetteer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.index import build_index
from heatmaps.simulation.dirty_addresses import Kind, Sampler
from pipelines.bench_geocoding.confidence import Bin, reliability
from pipelines.bench_geocoding.kinds import Failure, Row, answered, ask, ask_mixed, failures
from pipelines.bench_geocoding.typing_speed import Waiting, suggestion_times

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.result import Geocoder
    from heatmaps.simulation.dirty_addresses import Queries

SEED = 20260301
_MIXED_SEED = 20260302
"""The mixed batch draws addresses of its own, so that nothing is remembered from the kinds."""
_TYPED_ADDRESSES = 40


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured: a line for each kind and for all mixed, and all that is no line."""

    settlements: int
    streets: int
    houses: int
    built_s: float
    rows: list[Row]
    bins: list[Bin]
    waiting: Waiting
    failures: list[Failure]


def report(
    gazetteer: Gazetteer, sample: int, failures_kept: int, told: Callable[[int, int], None]
) -> Report:
    """Put `sample` queries of every kind to the index of a gazetteer, and as many mixed.

    Up to `failures_kept` failures of each kind are kept. `told` hears how many kinds are done, of
    how many.
    """
    sampler = Sampler(gazetteer, SEED)
    started = time.perf_counter()
    geocoder = build_index(gazetteer)
    built_s = time.perf_counter() - started
    answers = []
    for done, kind in enumerate(Kind):
        queries = sampler.draw(kind, sample)
        if len(queries):
            timed = ask(_asked(geocoder, gazetteer, queries, sampler), queries)
            answers.append(answered(queries, timed, gazetteer))
        told(done + 1, len(Kind))
    judged = [each.judged for each in answers]
    return Report(
        len(gazetteer.settlements),
        len(gazetteer.streets),
        len(gazetteer.houses),
        built_s,
        [*(each.row for each in answers), _mixed(geocoder, gazetteer, sample)],
        reliability(judged),
        suggestion_times(geocoder, sampler.draw(Kind.CLEAN, _TYPED_ADDRESSES)),
        [each for held in answers for each in failures(held, gazetteer, failures_kept)],
    )


def mixed_queries(gazetteer: Gazetteer, sample: int) -> list[Queries]:
    """Give queries of every kind that needs no default city, in all about `sample` of them."""
    sampler = Sampler(gazetteer, _MIXED_SEED)
    kinds = [kind for kind in Kind if kind is not Kind.DEFAULT_CITY]
    drawn = [sampler.draw(kind, max(1, sample // len(kinds))) for kind in kinds]
    return [queries for queries in drawn if len(queries)]


def _mixed(geocoder: Geocoder, gazetteer: Gazetteer, sample: int) -> Row:
    parts = mixed_queries(gazetteer, sample)
    return ask_mixed(geocoder, parts, gazetteer, np.random.default_rng(_MIXED_SEED))


def _asked(
    geocoder: Geocoder, gazetteer: Gazetteer, queries: Queries, sampler: Sampler
) -> Geocoder:
    """Give the geocoder these queries are for: one with a default city where they name none."""
    if queries.kind is Kind.DEFAULT_CITY:
        return build_index(gazetteer, sampler.default_city)
    return geocoder
