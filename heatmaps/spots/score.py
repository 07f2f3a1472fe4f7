"""What a zone's score is: how much likelier its customers are with a trouble than without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAD_HOURS = 0.02
"""The share of hours in which a whole region may complain at a level of its own: a bad day a
quarter, and its likes. What other hours are taken for it must be that much likelier."""

_LEAST = 1e-9


def scores(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give C ln(C/B) + B - C where C > B, else 0 (expectation-based Poisson, Neill 2009).

    Where counts are negative binomial, the score is the same and chance has more of it (see
    `chance`): the ratio of negative binomials (Tango 2011) is no more honest then, and forgives
    a fault in few cells what a clump in one does.
    """
    more = np.maximum(observed, expected)
    return np.asarray(more * np.log(more / expected) + expected - more)


def standing_out(
    observed: NDArray[np.float64],
    expected: NDArray[np.float64],
    others: NDArray[np.float64],
    usual: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what zones let expect at the region's level, and their score.

    `others` customers are seen outside against `usual`. The region may have a level of its own, at
    the price of `BAD_HOURS`; then the score is how much likelier the zone has one apart than that
    all have one in common (Kulldorff 1997, Commun. Stat. 26:1481), so that how surely the others
    tell the level counts, too. Else it is `scores`, which it never exceeds. Where a zone is more
    than half the region, the others are too few to be set against it; they tell the level alone,
    drawn towards one by one complaint.
    """
    compared = usual >= expected
    usual = np.maximum(usual, _LEAST)
    price = -np.log(BAD_HOURS)
    raised = np.maximum(scores(np.maximum(others, 0.0), usual) - price, 0.0)
    together = np.maximum(scores(observed + others, expected + usual) - price, 0.0)
    level = np.where(compared, others / usual, (others + 1) / (usual + 1))
    expected_now = expected * np.where(raised > 0, level, 1.0)
    against_others = scores(observed, expected) + raised - together
    score = np.where(compared, against_others, scores(observed, expected_now))
    return expected_now, np.where(observed > expected_now, np.maximum(score, 0.0), 0.0)
