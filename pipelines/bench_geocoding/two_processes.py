"""How much sooner two processes answer a batch than one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.geocoding.crew import CHUNK, Crew

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from heatmaps.geocoding.index import GazetteerIndex
    from heatmaps.geocoding.result import GeocodeResult

    Pair = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Together:
    """Addresses a second by the clock: this process alone, and with one more beside it."""

    addresses: int
    alone_per_s: float
    together_per_s: float

    @property
    def gain(self) -> float:
        """How many times as fast two are as one."""
        return self.together_per_s / self.alone_per_s


def two_processes(
    snapshot: Path, geocoder: GazetteerIndex, first: Sequence[Pair], second: Sequence[Pair]
) -> Together:
    """Give the speeds of this process on `first` and of two on `second`, a batch like it.

    The second process is started and has answered a chunk before the clock runs: what is measured
    is the work, `WORTH_STARTING` of the crew is about the start.
    """

    def alone(pairs: Sequence[Pair]) -> list[GeocodeResult]:
        return [geocoder.geocode(*pair) for pair in pairs]

    started = time.perf_counter()
    alone(first)
    alone_s = time.perf_counter() - started
    crew = Crew(snapshot, None, members=1)
    try:
        crew.geocode([*first[:CHUNK], *first[:CHUNK]], alone)
        started = time.perf_counter()
        crew.geocode(second, alone)
        together_s = time.perf_counter() - started
    finally:
        crew.close()
    return Together(len(second), len(first) / alone_s, len(second) / together_s)
