"""How much more complaints vary than chance has them: whether one brings its neighbours along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.grid import parents

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERDISPERSED = 1.2
"""Variance over mean from which counts are taken for negative binomial; below, for Poisson."""

_SURROUNDINGS = 8
_CALM = 2.0
"""Standard errors by which a week's count around a cell may stand out, and still be a calm one."""
_FAR_OUT = 2.5
_FEWEST = 50.0
"""So much variance, in complaints, must be there to be compared."""


def dispersion(
    cell: NDArray[np.int64], week: NDArray[np.int64], weight: NDArray[np.float64]
) -> float:
    """Give the variance of a cell's complaints in a week over their mean, 1 if not `OVERDISPERSED`.

    Complaints of one cell are compared with what the totals of the cell and of its surroundings
    in that week let expect of them, if chance alone had shared them out: their variance is then
    hypergeometric. So neither a place that always complains, a rhythm nor a bad day counts, and a
    fault, which brings complaints to several cells, hardly does; weeks in which the surroundings
    are not calm are left out. `weight` is how much of each complaint counts.
    """
    if not len(cell):
        return 1.0
    cells, place = np.unique(cell, return_inverse=True)
    owners, owner = np.unique(parents(cells, _SURROUNDINGS), return_inverse=True)
    weeks = int(week.max()) + 1
    seen = np.bincount(place * weeks + week, weight, len(cells) * weeks).reshape(-1, weeks)
    around = np.zeros((len(owners), weeks))
    np.add.at(around, owner, seen)
    whole = around.sum(axis=1)
    usual = whole[:, None] * (around.sum(axis=0) / around.sum())
    calm = (around <= usual + _CALM * np.sqrt(usual) + 0.5)[owner]
    around, whole, own = around[owner], whole[owner][:, None], seen.sum(axis=1)[:, None]
    expected = own * around / whole
    variance = expected * (1 - own / whole) * (whole - around) / np.maximum(whole - 1, 1)
    excess = np.minimum(seen - expected, _FAR_OUT) ** 2
    compared = float(variance[calm].sum())
    found = float(excess[calm].sum()) / compared if compared >= _FEWEST else 1.0
    return found if found > OVERDISPERSED else 1.0
