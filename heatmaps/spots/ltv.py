"""The rank of a customer's LTV among those who complained: what priority weighs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIDDLE_RANK = 0.5
"""The rank of an LTV that nothing is known of."""


class LtvOrder:
    """The LTVs of complaints in order, to be ranked among changing parts of them."""

    def __init__(self, ltv: NDArray[np.float64], segment: NDArray[np.int8]) -> None:
        self._segment = segment
        self._missing = np.isnan(ltv)
        values, self._place = np.unique(ltv, return_inverse=True)
        self._values = len(values)

    def ranks(self, among: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give each customer's LTV rank within the region, 0 (lowest) to 1, a row a complaint.

        The order is that of the rows `among` marks; a row outside gets the rank it would have
        there. Equal values share their middle rank, so an outlier is worth no more than being
        first. A missing value (NaN) gets the median rank of its segment, or 0.5 where the segment
        has none; so does everybody where fewer than two can be compared.
        """
        missing, segment = self._missing, self._segment
        known = ~missing & among
        not_above = np.cumsum(np.bincount(self._place[known], minlength=self._values))
        count = int(known.sum())
        if count <= 1:
            return np.full(len(missing), MIDDLE_RANK)
        below = np.concatenate([[0], not_above[:-1]])
        middle = (below + not_above - 1) / 2
        ranks: NDArray[np.float64] = np.clip(middle / (count - 1), 0.0, 1.0)[self._place]
        for code in np.unique(segment[missing]).tolist():
            own = ranks[known & (segment == code)]
            ranks[missing & (segment == code)] = np.median(own) if len(own) else MIDDLE_RANK
        return ranks
