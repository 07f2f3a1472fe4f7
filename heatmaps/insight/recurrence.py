"""Which cells keep coming back: complaints over months against what their exposure lets expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.look_back import WEEK_DAYS, once_a_month
from heatmaps.insight.weekly_counts import PLANES, LookedBack, first_of_each
from heatmaps.region.grid import parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.look_back import PastComplaints, Span
    from heatmaps.insight.tuning import PlanningPolicy
    from heatmaps.insight.weekly_counts import WeeklyCounts
    from heatmaps.spots.record import Exposure

COARSEST_RESOLUTION = 5
WINDOWS = (1, 2, 4)
"""A cell is tested over the whole span and its last half and quarter: what began lately must not
wait until it outweighs a quiet year."""

SHORTEST_WINDOW_WEEKS = 12
_ORDINARY = 0.01
"""Cells less likely than this are left out where the spread of ordinary ones is estimated again."""

_ROUNDS = 3
_FAR_OUT = 3.0
_LEAST_SPREAD, _MOST_SPREAD = 1e-3, 2.0


@dataclass(frozen=True, slots=True)
class Recurring:
    """The cells that keep coming back, sorted; `judged` is how many were tested.

    `subscribers` as they were counted; `chance` the false discovery rate at which the cell is just
    found; `plane` the position in `PLANES` where it stands out most. `level` is what the region
    lets expect, complaints a subscriber, a customer once in 30 days, shape (`PLANES`, weeks).
    """

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]
    chance: NDArray[np.float64]
    plane: NDArray[np.int8]
    level: NDArray[np.float64]
    judged: int


def recurring_cells(
    complaints: PastComplaints, exposure: Exposure, span: Span, policy: PlanningPolicy
) -> Recurring:
    """Give the cells that come back, of the policy's resolutions and coarser where needed.

    A cell comes back when it has complaints in enough different periods, from enough customers, and
    more customers complained than its subscribers times the region's rate of the same weeks let
    expect: so season, growth and bad days of the region cancel. A customer counts once, since
    nobody makes a gap alone, and a week no more than an ordinary one may (`limited`), since one
    outage is no gap. The test is the upper tail of a Gamma-Poisson (negative binomial) count, whose
    spread between ordinary places is estimated by moments (Marshall 1991, Appl. Statist. 40:283),
    of all topics and of each group, over the whole span and its end (`WINDOWS`). The smallest of
    the p-values times their number (Bonferroni) is the cell's; over all cells the false discovery
    rate is controlled (Benjamini and Hochberg 1995, J. R. Statist. Soc. B 57:289), which is what a
    planner cares for: how much of the list is wrong, not how long one cell runs without an alarm. A
    cell is given where no finer one in it is. A complaint known only to a coarser cell is counted
    from that one's resolution on; one coarser than all the policy's resolutions has its cell tested
    with everything known inside it. Without exposure nothing can be expected, and nothing is found.
    """
    if not exposure.subscribers.sum() > 0 or not len(complaints.time):
        return _nothing(span)
    past = LookedBack(complaints, exposure, span)
    full = sorted(set(policy.resolutions), reverse=True)
    level = past.level(full[0], first_of_each)
    spread = np.full(len(PLANES), _MOST_SPREAD)
    judged: list[_Judged] = []
    for resolution, cell in _places(complaints, exposure, full):
        counts = past.counts(resolution, cell, level)
        tail = _tail(counts, level, spread)
        for _ in range(_ROUNDS if resolution in full else 0):  # coarser ones are too few for it
            spread = _spread(counts, level, tail.min(axis=0) > _ORDINARY)
            tail = _tail(counts, level, spread)
        enough = counts.customers >= policy.min_customers
        often = enough & (counts.periods >= policy.least_periods)
        judged.append(_Judged(cell, counts.subscribers, tail, often))
    return _found(judged, past.level(full[0], once_a_month), policy)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Cells of one resolution with what the test says, `tail` of shape (`PLANES`, cells)."""

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]
    tail: NDArray[np.float64]
    often: NDArray[np.bool_]


def _places(
    complaints: PastComplaints, exposure: Exposure, full: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Give the cells to judge, the finest first, then those complaints are only known to."""
    for level in range(full[0], COARSEST_RESOLUTION - 1, -1):
        if level in full:
            known = parents(complaints.cell[complaints.resolution >= level], level)
            yield level, np.union1d(parents(exposure.cell, level), known)
        elif level < full[-1] and (exact := complaints.resolution == level).any():
            yield level, np.unique(complaints.cell[exact])


def _tail(
    counts: WeeklyCounts, level: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give how likely ordinary cells have as many or more, shape (`PLANES`, cells).

    Of a Gamma-Poisson count, the smallest of all windows times the number of tests of a cell; one
    where there are no more than usual.
    """
    from scipy import special

    weeks = level.shape[1]
    lengths = {max(weeks // part, min(weeks, SHORTEST_WINDOW_WEEKS)) for part in WINDOWS}
    tail = np.ones((len(PLANES), len(counts.subscribers)))
    shape = 1 / spread
    for length in sorted(lengths):
        observed = counts.totals(weeks - length)
        rate = level[:, weeks - length :].sum(axis=1)
        expected = counts.subscribers[None, :] * rate[:, None]
        plane, cell = np.nonzero(observed > np.maximum(expected, 1.0))
        usual, own = expected[plane, cell], shape[plane]
        # the tail of a negative binomial count (NIST DLMF 8.17, regularised incomplete beta)
        chance = special.betainc(observed[plane, cell], own, usual / (own + usual))
        tail[plane, cell] = np.minimum(tail[plane, cell], chance * len(lengths) * len(PLANES))
    return tail


def _spread(
    counts: WeeklyCounts, level: NDArray[np.float64], ordinary: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give the variance of true over expected rates between ordinary places, by plane.

    Counts far out are drawn in, lest the very places looked for make everything look ordinary.
    """
    observed = counts.totals(0)[:, ordinary]
    expected = counts.subscribers[None, ordinary] * level.sum(axis=1)[:, None]
    drawn_in = np.maximum(expected + _FAR_OUT * (1 + np.sqrt(expected)), _FAR_OUT * expected)
    usual = np.minimum(observed, drawn_in)
    excess = ((usual - expected) ** 2 - expected).sum(axis=1)
    most = (expected**2).sum(axis=1)
    share = np.divide(excess, most, out=np.zeros_like(excess), where=most > 0)
    return np.asarray(share.clip(_LEAST_SPREAD, _MOST_SPREAD))


def _found(
    judged: Sequence[_Judged], level: NDArray[np.float64], policy: PlanningPolicy
) -> Recurring:
    """Choose among the cells of all resolutions together."""
    cell = np.concatenate([one.cell for one in judged])
    tail = np.concatenate([one.tail for one in judged], axis=1)
    often = np.concatenate([one.often for one in judged])
    chance = _false_discovery_rate(np.where(often, tail.min(axis=0), 1.0))
    row = np.flatnonzero(often & (chance <= policy.false_share))
    row = row[finest_of(cell[row])]
    row = row[np.argsort(cell[row])]
    return Recurring(
        cell=cell[row],
        subscribers=np.concatenate([one.subscribers for one in judged])[row],
        chance=chance[row],
        plane=tail[:, row].argmin(axis=0).astype(np.int8),
        level=level,
        judged=len(cell),
    )


def _false_discovery_rate(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the rate at which each test is just found among all (Benjamini and Hochberg 1995).

    As `scipy.stats.false_discovery_control`, whose module takes longer to load than a search lasts.
    """
    order = np.argsort(chance)[::-1]
    share = chance[order] * len(chance) / np.arange(len(chance), 0, -1)
    rate = np.empty_like(chance)
    rate[order] = np.minimum.accumulate(np.minimum(share, 1.0))
    return rate


def finest_of(cell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which cells hold no finer one of them."""
    level = resolution_of(cell)
    finest = np.ones(len(cell), dtype=np.bool_)
    for resolution in np.unique(level).tolist():
        inside = parents(cell[level > resolution], resolution)
        finest &= (level != resolution) | ~np.isin(cell, inside)
    return finest


def _nothing(span: Span) -> Recurring:
    empty = np.zeros(0)
    level = np.zeros((len(PLANES), span.count(WEEK_DAYS)))
    return Recurring(empty.astype(np.int64), empty, empty, empty.astype(np.int8), level, 0)
