"""How fast the journey is, measured on the store at hand or on a simulated one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.errors import UsageError
from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.store.detection import last_tick
from heatmaps.store.gazetteer import load_gazetteer
from pipelines import find_spots
from pipelines.check_address import GeocoderOfStore, check_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.desk.answer import Asked
    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.store.engine import Store
    from pipelines.find_spots import Clockwork

SEED = 20260301
TYPED = 6
"""Letters typed when suggestions are measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a benchmark with its unit."""

    what: str
    figure: float
    unit: str


def bench_lookup(store: Store, asked: Asked, sample: int) -> list[Measured]:
    """Check addresses one by one, as an agent does, with the index warm."""
    with store.reading() as connection:
        _, addresses = _addresses(load_gazetteer(connection), sample)
    geocoder = GeocoderOfStore(store, None)
    check_address(store, geocoder, addresses[0], None, asked)
    checks = [_timed(check_address, store, geocoder, a, None, asked) for a in addresses]
    index = geocoder.current()
    typed = [_timed(index.suggest, a.split(", ", 1)[1][:TYPED]) for a in addresses]
    return [
        *_spread_of("address check", checks),
        *_spread_of("suggestions while typing", typed),
    ]


def bench_detection(store: Store, clock: Clockwork, days: int) -> list[Measured]:
    """Replay the last days before the last tick hour by hour; nothing is written."""
    with store.reading() as connection:
        last = last_tick(connection)
    if last is None:
        message = "Nothing has been detected in this store; run `heatmaps detect` first."
        raise UsageError(message)
    ticks = find_spots.hours_between(last - timedelta(days=days), last)
    stamps = [time.perf_counter()]
    find_spots.replay(store, ticks, clock.zone, lambda *_: stamps.append(time.perf_counter()))
    steps = np.diff(stamps).tolist()
    return [
        Measured("hourly steps", len(ticks), ""),
        Measured("first step, with reading and calibration", steps[0], "s"),
        *_spread_of("a further step", steps[1:]),
        Measured("all steps", float(sum(steps)), "s"),
    ]


def _addresses(gazetteer: Gazetteer, sample: int) -> tuple[np.ndarray, list[str]]:
    """Give positions of some houses on streets, and their addresses as one writes them."""
    houses = gazetteer.houses
    on_street = np.flatnonzero(houses.street != NO_STREET)
    if not len(on_street):
        message = "The gazetteer holds no house on a street; run `heatmaps gazetteer load` first."
        raise UsageError(message)
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.choice(on_street, min(sample, len(on_street)), replace=False))
    city = gazetteer.settlements.name[houses.settlement[rows]]
    street = gazetteer.streets.name[houses.street[rows]]
    parts = zip(city, street, houses.number[rows], strict=True)
    return rows, [f"{city}, {street}, {number}" for city, street, number in parts]


def _timed(work: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    work(*given)
    return time.perf_counter() - started


def _spread_of(what: str, seconds: list[float]) -> list[Measured]:
    middle, high = np.percentile(seconds, [50, 95]) * 1000
    return [
        Measured(f"{what}, median", float(middle), "ms"),
        Measured(f"{what}, p95", float(high), "ms"),
    ]
