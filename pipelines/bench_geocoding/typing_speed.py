"""How long a person waits for suggestions while typing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.geocoding.result import Geocoder
    from heatmaps.simulation.dirty_addresses import Queries

_LEAST_TYPED = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """Milliseconds until suggestions are there: half the keystrokes wait less than `median`."""

    keystrokes: int
    first: float
    median: float
    p95: float


def suggestion_times(geocoder: Geocoder, queries: Queries) -> Waiting:
    """Give how long each keystroke of these addresses waits, typed letter by letter.

    The very first one is told apart: whatever is prepared once is prepared then.
    """
    waits = [_wait_ms(geocoder, typed) for typed in _typed(queries)]
    first, *others = waits
    median, p95 = np.percentile(others or waits, [50, 95])
    return Waiting(len(waits), first, float(median), float(p95))


def _typed(queries: Queries) -> Iterator[str]:
    """Give what stands in the box after each keystroke, the city left out as it is known."""
    for text in queries.text:
        street = text.split(", ", 1)[-1]
        yield from (street[:end] for end in range(_LEAST_TYPED, len(street) + 1))


def _wait_ms(geocoder: Geocoder, typed: str) -> float:
    started = time.perf_counter()
    geocoder.suggest(typed)
    return 1000 * (time.perf_counter() - started)
