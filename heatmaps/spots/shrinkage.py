"""What few complaints say of a place: its own rate and topics, drawn towards its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import GRID_RESOLUTION, parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARENTS = (7, 8)
_TOPIC_PRIOR = 20.0
_SPREAD_PRIOR = 0.05
_SPREAD_PRIOR_WEIGHT = 5.0
_SPREAD_MOST = 2.0
_FAR_OUT = 3.0
_LIMIT = 2.0


def place_factors(
    cells: NDArray[np.int64], observed: NDArray[np.float64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give each cell's rate over the region's, and the complaints that rest on.

    Empirical Bayes from coarse to fine: the parent of resolution 7 is drawn towards the region,
    the parent of resolution 8 (a cell and its ring) towards that, the cell towards it; the
    spread between places is estimated by moments at each level (Marshall 1991, Appl. Statist.
    40:283, with the Gamma-Poisson estimate, which stays sound where almost all counts are 0). No
    cell is drawn below what it surely produces, two standard errors under its own count (limited
    translation, Efron and Morris 1972, JASA 67:130): a station is a station among quiet streets.
    """
    factor = np.ones(len(cells))
    shape = np.inf
    for resolution in (*_PARENTS, GRID_RESOLUTION):
        _, owner = np.unique(parents(cells, resolution), return_inverse=True)
        seen = np.bincount(owner, weights=observed).astype(np.float64)
        usual = np.bincount(owner, weights=expected * factor).astype(np.float64)
        shape = 1 / _spread(seen, usual)
        factor = factor * ((shape + seen) / (shape + usual))[owner]
    surely = np.maximum(np.sqrt(observed) - _LIMIT / 2, 0) ** 2
    return np.maximum(factor, surely / np.maximum(expected, 1e-12)), shape + observed


def _spread(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Give the variance of true over expected rates; a weak prior speaks where data is thin.

    Counts far out are drawn in, lest one station make every quiet cell look special.
    """
    usual = np.minimum(observed, expected + _FAR_OUT * (1 + np.sqrt(expected)))
    excess = float(((usual - expected) ** 2 - expected).sum())
    prior = _SPREAD_PRIOR * _SPREAD_PRIOR_WEIGHT
    spread = (prior + excess) / (_SPREAD_PRIOR_WEIGHT + float((expected**2).sum()))
    return min(max(spread, 1e-3), _SPREAD_MOST)


def topic_shares(
    cells: NDArray[np.int64], observed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give topic shares of each cell, rows summing to 1, and those of the region."""
    counts = observed.sum(axis=0) + 1.0
    usual = counts / counts.sum()
    _, owner = np.unique(parents(cells, _PARENTS[0]), return_inverse=True)
    nearby = np.zeros((int(owner.max(initial=-1)) + 1, len(Topic)))
    np.add.at(nearby, owner, observed)
    nearby = (nearby + _TOPIC_PRIOR * usual) / (nearby.sum(axis=1) + _TOPIC_PRIOR)[:, None]
    own = observed + _TOPIC_PRIOR * nearby[owner]
    return own / own.sum(axis=1)[:, None], usual
