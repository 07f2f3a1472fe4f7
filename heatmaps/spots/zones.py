"""Zones that were scored, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Zones:
    """The best zone of each centre and plane: columns of one length.

    `centre` is an H3 cell of `resolution`, the zone its disk of `ring` rings; `window` a position
    in the policy's windows; `observed` customers against `expected`; `score` = C ln(C/B) + B - C.
    """

    world: NDArray[np.intp]
    centre: NDArray[np.int64]
    resolution: NDArray[np.int8]
    ring: NDArray[np.intp]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    score: NDArray[np.float64]

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Zones:
        """Give the zones at the positions asked for."""
        return Zones(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


NO_ZONES = Zones(
    world=np.zeros(0, dtype=np.intp),
    centre=np.zeros(0, dtype=np.int64),
    resolution=np.zeros(0, dtype=np.int8),
    ring=np.zeros(0, dtype=np.intp),
    plane=np.zeros(0, dtype=np.intp),
    window=np.zeros(0, dtype=np.intp),
    observed=np.zeros(0, dtype=np.int64),
    expected=np.zeros(0),
    score=np.zeros(0),
)


def strongest(zones: Zones) -> int:
    """Give the position of the highest score; of equals the finest, then by its place."""
    score = zones.score.round(9)
    equal = np.flatnonzero(score == score.max())
    keys = (zones.ring, zones.centre, zones.plane, -zones.resolution)
    return int(equal[np.lexsort([key[equal] for key in keys])[0]])


def joined(zones: list[Zones]) -> Zones:
    """Give the zones of several scans as one."""
    names = Zones.__dataclass_fields__
    zones = [*zones, NO_ZONES]
    return Zones(*(np.concatenate([getattr(z, name) for z in zones]) for name in names))
