"""How a whole region does, as a bound: what a zone's score can be at most in a bad week.

Where a region may have a level of its own, most that stands out against the usual only keeps pace.
To see it, nobody needs to be counted twice: `standing_out` falls with the customers seen everywhere
and rises with what was expected of them, so bounds of both bound the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.expectation import PLANES
from heatmaps.spots.score import BAD_HOURS, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads
    from heatmaps.spots.lattice import Lattice

SPARE = 0.03
"""This part of the customers may be taken out before a bound does not hold any longer."""

FEWEST = 10_000
"""Fewer customers in a window have no level here: one fault makes it, and is then taken out."""

_PRICE = -np.log(BAD_HOURS)
_SLACK = 2e-3
"""More than an expectation that was rounded down, and its double, lack of the whole."""

_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Level:
    """A region as one lattice sees it: arrays of the shape (`PLANES`, windows).

    At least `seen` customers stand in each window, with all that a shorter one holds; `hourly` is
    the most that is expected of them in a mean hour and `strays` what of it may be expected where
    nobody lives, both of the shape (`PLANES`,). `weight` is how many mean hours each window is
    worth.
    """

    seen: NDArray[np.float64]
    hourly: NDArray[np.float64]
    strays: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def raised(self) -> NDArray[np.bool_]:
        """Say where the region may well have a level of its own."""
        whole: NDArray[np.bool_] = scores(self.seen, self._expected) > _PRICE
        return whole

    @property
    def _expected(self) -> NDArray[np.float64]:
        return np.maximum(self.hourly[:, None] * self.weight, _LEAST)

    def least(self, most: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give how many times the usual zones of at most `most` customers are expected, 1 or more.

        Only where the others surely are raised, too, whatever zone is left out of them.
        """
        sure = scores(np.maximum(self.seen - most, 0.0), self._expected) > _PRICE
        return np.where(sure, self.seen / self._expected, 1.0)

    def compares(self, usual: NDArray[np.floating], plane: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Say which zones are surely set against the others: less than half of the region.

        `usual` is expected of them in a mean hour, rounded down.
        """
        known = self.hourly - self.strays
        most = (2 + _SLACK) * usual + self.strays[plane]
        return np.asarray(most <= known[plane])

    def highest(
        self,
        count: NDArray[np.float64],
        usual: NDArray[np.floating],
        plane: NDArray[np.intp],
        window: NDArray[np.intp],
    ) -> NDArray[np.float64]:
        """Give the most that zones may score which hold at most `count` and expect `usual` or more.

        The score is S(C, B) + R(O, U) - R(C + O, B + U) of customers C against B and others O
        against U, where S is `scores` and R what of it exceeds the price of a bad hour. A zone that
        scores has C / B > O / U. Then, of fixed totals, it rises with C by
        ln(C / B) - ln(O / U) and falls with B by C / B - O / U; it falls with the total of
        customers by ln((C + O) / (B + U)) - ln(O / U) and rises with that of expectation by
        (C + O) / (B + U) - O / U; terms in O / U are missing where the others are not raised.
        """
        expected = np.maximum(usual * self.weight[window], _LEAST)
        alone = scores(count, expected)
        seen, whole = self.seen[plane, window], self._expected[plane, window]
        others = scores(np.maximum(seen - count, 0.0), np.maximum(whole - expected, _LEAST))
        together = np.maximum(scores(seen, whole) - _PRICE, 0.0)
        against = alone + np.maximum(others - _PRICE, 0.0) - together
        return np.where(self.compares(usual, plane), against, alone)


class Levels:
    """The level of a region on each of its lattices, as long as few customers are taken out.

    `heads` are customers, each once in a plane; nothing is raised where they are not told, nor
    where a zone's own count adds to what is expected of it.
    """

    def __init__(self, ground: Ground, heads: Heads | None, weight: NDArray[np.float64]) -> None:
        if heads is not None and heads.table[:, 0, :-1].sum() < FEWEST:
            heads = None
        self._of = {
            resolution: _level(ground, lattice, heads, weight)
            for resolution, lattice in ground.lattices.items()
        }

    def on(self, resolution: int) -> Level:
        """Give the level on a lattice."""
        return self._of[resolution]

    def hold(self, gone: NDArray[np.float64]) -> bool:
        """Say whether bounds hold after so many were taken out, shape (`PLANES`, windows)."""
        return all(
            bool((~level.raised | (gone * (1 - SPARE) <= SPARE * level.seen)).all())
            for level in self._of.values()
        )


def _level(
    ground: Ground, lattice: Lattice, heads: Heads | None, weight: NDArray[np.float64]
) -> Level:
    if heads is None or ground.expectation.own_share:
        return Level(np.zeros((PLANES, len(weight))), ground.total, np.zeros(PLANES), weight)
    slots, offsets = heads.places.on(lattice)
    within = (offsets[heads.at] <= lattice.max_ring).astype(np.float32)
    counts = np.einsum("i,ijk->jk", within, heads.table)[:, :-1].astype(np.float64)
    present = np.zeros(len(lattice.cells), dtype=np.bool_)
    present[slots[heads.at]] = True
    unexpected = ground.base(lattice.resolution)[np.flatnonzero(present), 0] == 0
    strays = int(unexpected.sum()) * ground.expectation.stray
    seen = np.cumsum(counts, axis=1)
    seen[seen < FEWEST] = 0
    return Level((1 - SPARE) * seen, ground.total + strays, strays, weight)
