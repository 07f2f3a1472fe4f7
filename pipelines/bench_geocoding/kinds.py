"""Queries of every kind put to a geocoder: how many come back right, and how fast."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.gazetteer import text_column
from heatmaps.simulation.dirty_addresses import Queries
from pipelines.bench_geocoding.judging import Judged, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.result import Geocoder, GeocodeResult

MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: shares in per cent, speeds in addresses a second on one core.

    `right_accepted` is the share of queries answered by the house meant at a confidence that nobody
    looks at again, `wrong_of_houses` the share of houses given that are not the one meant; both
    None where no house was meant. `wrong_accepted` is the share of queries with a wrong place at
    such a confidence. Speed is told by CPU time and by the clock on the wall.
    """

    kind: str
    queries: int
    right: float
    right_accepted: float | None
    wrong_of_houses: float | None
    wrong_accepted: float
    ambiguous: float
    per_cpu_second: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Failure:
    """One query that was not answered as it should be."""

    kind: str
    text: str
    city: str | None
    meant: str
    answer: str
    confidence: float


class Timed(NamedTuple):
    """Answers and the seconds they took, by CPU time and by the clock."""

    results: list[GeocodeResult]
    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The queries of one kind with their answers, their judgement and its line of the table."""

    queries: Queries
    results: Sequence[GeocodeResult]
    judged: Judged
    row: Row


def ask(geocoder: Geocoder, queries: Queries) -> Timed:
    """Put the queries to a geocoder as one batch."""
    addresses, cities = queries.text.tolist(), queries.city.tolist()
    wall, cpu = time.perf_counter(), time.process_time()
    results = geocoder.geocode_batch(addresses, cities)
    return Timed(results, time.process_time() - cpu, time.perf_counter() - wall)


def answered(queries: Queries, timed: Timed, gazetteer: Gazetteer) -> Answered:
    """Give the queries with their answers judged."""
    judged = judge(queries, timed.results, gazetteer)
    return Answered(queries, timed.results, judged, row(queries.kind, [judged], timed))


def row(kind: str, judged: Sequence[Judged], timed: Timed) -> Row:
    """Give the line of the table for these judgements together."""
    asked = sum(len(each) for each in judged)
    means = [each for each in judged if each.kind.means_a_house]
    houses = sum(int(each.house.sum()) for each in means)
    wrong = sum(int(each.wrong.sum()) for each in means)
    taken = sum(int((each.right & each.accepted).sum()) for each in means)
    return Row(
        str(kind),
        asked,
        _share(sum(int(each.right.sum()) for each in judged), asked),
        _share(taken, sum(len(each) for each in means)) if means else None,
        _share(wrong, houses) if means else None,
        _share(sum(int(each.accepted_wrong.sum()) for each in judged), asked),
        _share(sum(int(each.ambiguous.sum()) for each in judged), asked),
        asked / max(timed.cpu_s, 1e-9),
        asked / max(timed.wall_s, 1e-9),
    )


def ask_mixed(
    geocoder: Geocoder, parts: Sequence[Queries], gazetteer: Gazetteer, rng: np.random.Generator
) -> Row:
    """Give the line of all these queries put as one batch in an order of chance."""
    text = np.concatenate([part.text for part in parts])
    city = np.concatenate([part.city for part in parts])
    order = rng.permutation(len(text))
    timed = ask(geocoder, Queries(parts[0].kind, text[order], city[order], order))
    results = text_column([None] * len(order))
    results[order] = timed.results
    ends = np.cumsum([len(part) for part in parts])
    judged = [
        judge(part, results[end - len(part) : end].tolist(), gazetteer)
        for part, end in zip(parts, ends, strict=True)
    ]
    return row(MIXED, judged, timed)


def failures(answers: Answered, gazetteer: Gazetteer, most: int) -> list[Failure]:
    """Give up to `most` queries of the kind that were not answered as they should be."""
    rows = np.flatnonzero(~answers.judged.right | answers.judged.accepted_wrong)[:most]
    return [_failure(answers, gazetteer, int(i)) for i in rows]


def _failure(answers: Answered, gazetteer: Gazetteer, i: int) -> Failure:
    queries, result = answers.queries, answers.results[i]
    said = f"{result.level}: {result.matched or '-'}"
    notes = " ".join((*result.changes, *result.faults))
    return Failure(
        str(queries.kind),
        queries.text[i],
        queries.city[i],
        _meant(gazetteer, int(queries.house[i])),
        f"{said} ({notes})" if notes else said,
        result.confidence,
    )


def _meant(gazetteer: Gazetteer, house: int) -> str:
    if house < 0:
        return "no house"
    houses = gazetteer.houses
    return ", ".join(
        (
            gazetteer.settlements.name[houses.settlement[house]],
            gazetteer.streets.name[houses.street[house]],
            houses.number[house],
        )
    )


def _share(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
