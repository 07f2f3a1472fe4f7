"""What a zone brought: by hour against what was expected, by topic, and by week before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.insight.explanation.record import HourCount, TopicShare, Week
from heatmaps.region.grid import parents, resolution_of
from heatmaps.spots.rhythm import HOUR_US, hours_of_week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.expectation import Expectation
    from heatmaps.spots.record import ComplaintColumns

CURVE_H = 14 * 24
"""So many hours of a spot are shown at most, the last; a longer curve shows no hour."""

LEAD_H = 24
"""A younger spot is shown with the hours before it: alone it would be a single bar."""

WEEK_US = 7 * 24 * HOUR_US


def in_zone(columns: ComplaintColumns, cells: Sequence[int]) -> NDArray[np.intp]:
    """Give the complaints that lie in a zone for sure; its cells may differ in resolution."""
    zone = np.array(cells, dtype=np.int64)
    level, inside = resolution_of(zone), np.zeros(len(columns.time), dtype=np.bool_)
    for resolution in np.unique(level).tolist():
        fine = np.flatnonzero(columns.resolution >= resolution)
        owner = parents(columns.cell[fine], resolution)
        inside[fine] |= np.isin(owner, zone[level == resolution])
    return np.flatnonzero(inside)


def by_hour(
    time: NDArray[np.int64], hourly: float, fit: Expectation, since: int, until: int
) -> tuple[HourCount, ...]:
    """Give complaints by hour from `since` to `until`, beside the expected.

    A day of hours at least, `CURVE_H` at most, the last. `hourly` is what the zone brings in an
    hour of mean rhythm; times in microseconds.
    """
    last = -(-until // HOUR_US)
    first = max(min(since // HOUR_US, last - LEAD_H), last - CURVE_H)
    hour = time // HOUR_US - first
    seen = np.bincount(hour[(hour >= 0) & (hour < last - first)], minlength=last - first)
    usual = hourly * fit.rhythm[hours_of_week(fit.zone, first, last)]
    return tuple(
        HourCount(_moment((first + n) * HOUR_US), count, expected)
        for n, (count, expected) in enumerate(zip(seen.tolist(), usual.tolist(), strict=True))
    )


def by_topic(topic: NDArray[np.int8], usual: NDArray[np.float64]) -> tuple[TopicShare, ...]:
    """Give the topics of some complaints, the commonest first, beside their usual shares."""
    counts = np.bincount(topic, minlength=len(Topic))
    order = np.argsort(-counts, kind="stable")
    return tuple(
        TopicShare(
            list(Topic)[n], int(counts[n]), float(counts[n]) / max(len(topic), 1), float(usual[n])
        )
        for n in order.tolist()
        if counts[n]
    )


def by_week(time: NDArray[np.int64], since: int, until: int) -> tuple[Week, ...]:
    """Give complaints by week, in whole weeks that end at `until` and begin at `since` or later."""
    weeks = max((until - since) // WEEK_US, 0)
    first = until - weeks * WEEK_US
    inside = (time > first) & (time <= until)
    counts = np.bincount((time[inside] - first - 1) // WEEK_US, minlength=weeks)
    return tuple(
        Week(_moment(first + n * WEEK_US), count) for n, count in enumerate(counts.tolist())
    )


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
