"""The whole measurement: a gazetteer, its report, a peer beside it, the labelled sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.simulation.dirty_addresses import Sampler
from heatmaps.simulation.many_cities import blown_up
from heatmaps.store.gazetteer import load_gazetteer
from pipelines.bench_geocoding.labelled import SETS, check_set
from pipelines.bench_geocoding.peer import PEER_KINDS, ask_addok, check_addok
from pipelines.bench_geocoding.report import Sample, report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from heatmaps.store.engine import Store
    from pipelines.bench_geocoding.kinds import Row
    from pipelines.bench_geocoding.labelled import Verdict
    from pipelines.bench_geocoding.report import Report


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: the queries, houses to blow the gazetteer up to, the peer's Python.

    `scale` is None for the gazetteer as it is, `addok_python` where addok is not asked.
    """

    sample: Sample
    scale: int | None = None
    addok_python: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the geocoder did, and what addok did with the same queries, if it was asked."""

    report: Report
    addok: list[Row]


def bench(store: Store, asked: Asked, told: Callable[[int, int], None]) -> Measured:
    """Measure on the store's gazetteer or a larger one made of it; the store is only read.

    Raises UsageError where the gazetteer holds no house, or addok is asked for and not there.
    """
    if asked.addok_python is not None:
        check_addok(asked.addok_python)
    with store.reading() as connection:
        gazetteer = load_gazetteer(connection)
    if not (gazetteer.houses.street != NO_STREET).any():
        message = "The gazetteer holds no house on a street; run `heatmaps gazetteer load` first."
        raise UsageError(message)
    if asked.scale is not None:
        gazetteer = blown_up(gazetteer, asked.scale, asked.sample.seed)
    measured = report(gazetteer, asked.sample, told)
    if asked.addok_python is None:
        return Measured(measured, [])
    sampler = Sampler(gazetteer, asked.sample.seed)
    queries = [sampler.draw(kind, asked.sample.queries) for kind in PEER_KINDS]
    return Measured(measured, ask_addok(gazetteer, queries, asked.addok_python))


def labelled_sets(folder: Path) -> dict[str, list[Verdict]]:
    """Give the verdicts on each labelled set of the folder, none where there is no such folder.

    Raises UsageError where a file of a set is missing.
    """
    return {name: check_set(folder, name) for name in SETS} if folder.is_dir() else {}
