"""Answers held against the house that was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.result import ACCEPTED, Level
from heatmaps.simulation.dirty_addresses import NO_HOUSE, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.simulation.dirty_addresses import Queries

RIGHT_WITHIN_M = 50.0
NEVER_PLACED = frozenset({Kind.SEVERAL_FIT, Kind.JUNK})
"""Kinds for which any street or house is a guess; the one settlement there is may be named."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers to queries of one kind, a column each.

    `right` tells whether the answer is what it should be: the house within `RIGHT_WITHIN_M` where
    one was meant; no house where the street or the house is absent; neither street nor house for a
    kind of `NEVER_PLACED`. `house` tells whether a house was given, `wrong` whether a place was
    that should not have been: a house elsewhere, a house or its neighbour where the street is
    absent, a street too for a kind of `NEVER_PLACED`. `away_m` is the distance from the house
    meant, NaN where there is none or no place was given.
    """

    kind: Kind
    right: NDArray[np.bool_]
    house: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    ambiguous: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    away_m: NDArray[np.float64]

    def __len__(self) -> int:
        """Give the number of answers."""
        return len(self.right)

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """Which answers would be taken without a person looking at them."""
        return self.confidence >= ACCEPTED

    @property
    def accepted_wrong(self) -> NDArray[np.bool_]:
        """Which of those are a wrong place."""
        return self.wrong & self.accepted


def judge(queries: Queries, results: Sequence[GeocodeResult], gazetteer: Gazetteer) -> Judged:
    """Give how the answers, in the order of the queries, hold against the truth."""
    level = np.array([result.level for result in results], dtype=object)
    house, near = level == Level.HOUSE, level == Level.NEAR
    placed = house | near | (level == Level.STREET)
    away_m = _away_m(queries, results, gazetteer)
    if queries.kind.means_a_house:
        right = house & (away_m <= RIGHT_WITHIN_M)
        wrong = house & ~right
    elif queries.kind in NEVER_PLACED:
        right, wrong = ~placed, placed
    else:
        right = ~house
        wrong = house | near if queries.kind is Kind.STREET_ABSENT else house
    confidence = np.array([result.confidence for result in results], dtype=np.float64)
    ambiguous = level == Level.AMBIGUOUS
    return Judged(queries.kind, right, house, wrong, ambiguous, confidence, away_m)


def _away_m(
    queries: Queries, results: Sequence[GeocodeResult], gazetteer: Gazetteer
) -> NDArray[np.float64]:
    lat = np.array([np.nan if r.lat is None else r.lat for r in results], dtype=np.float64)
    lon = np.array([np.nan if r.lon is None else r.lon for r in results], dtype=np.float64)
    if not len(gazetteer.houses):
        return np.full(len(lat), np.nan)
    meant = queries.house
    away = distance_m(lat, lon, gazetteer.houses.lat[meant], gazetteer.houses.lon[meant])
    return np.where(meant == NO_HOUSE, np.nan, away)
