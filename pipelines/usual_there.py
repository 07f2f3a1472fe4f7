"""What is usual where spots are: the expectation of a day, and the region's complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.insight.explanation.evidence import Clock
from heatmaps.insight.explanation.surroundings import RegionColumns
from heatmaps.region.grid import GRID_RESOLUTION, child_range
from heatmaps.spots.detector import reach_back
from heatmaps.spots.expectation import History, fit_expectation
from heatmaps.spots.exposure import sound_exposure
from heatmaps.spots.rhythm import DAY_US, HOUR_US
from heatmaps.store import detection, explanation, region
from heatmaps.store.detection_rows import read_rows
from heatmaps.store.types import to_microseconds
from pipelines.kept_complaints import rows_between
from pipelines.lifted import explained_of

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from heatmaps.insight.explanation.columns import SpotColumns, ZoneCells
    from heatmaps.policy import Policy
    from heatmaps.region.territories import Territory
    from heatmaps.spots.expectation import Expectation
    from heatmaps.spots.record import ComplaintColumns, Exposure
    from pipelines.find_spots import Clockwork


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual on a day: `fit` is its expectation, from complaints of `since` to `day`.

    `columns` go on to the present; `technologies` and `places` are the usual shares of what
    complaints name. Times are microseconds.
    """

    fit: Expectation
    columns: ComplaintColumns
    exposure: Exposure
    territories: list[Territory]
    technologies: NDArray[np.float64]
    places: NDArray[np.float64]
    since: int
    day: int

    def hourly(self, zones: ZoneCells, number: int) -> NDArray[np.float64]:
        """Give what each zone brings in an hour of mean rhythm, shape (spots, planes)."""
        sums = np.concatenate([np.zeros((1, self.fit.hourly.shape[1])),
                               np.cumsum(self.fit.hourly, axis=0, dtype=np.float64)])  # fmt: skip
        return _in_zones(self.fit.cell, sums, zones, number)

    def times_usual(
        self, hourly: NDArray[np.float64], zones: ZoneCells, number: int
    ) -> NDArray[np.float64]:
        """Give how many times as much each zone brings as the region does for its subscribers."""
        people = np.concatenate([[[0.0]], np.cumsum(self.exposure.subscribers)[:, None]])
        here = _in_zones(self.exposure.cell, people, zones, number)[:, 0]
        total = float(self.exposure.subscribers.sum())
        if not total:
            return np.full(number, np.nan)
        rate = float(self.fit.hourly[:, 0].sum(dtype=np.float64)) / total
        return np.where(here > 0, hourly[:, 0] / np.maximum(here * rate, 1e-12), np.nan)

    def around(self) -> RegionColumns:
        """Give the region's complaints, with what it usually brings."""
        hourly = self.fit.hourly.sum(axis=0, dtype=np.float64)
        topic = self.columns.topic.astype(np.int64)
        return RegionColumns(self.columns.time, topic, hourly, self.since)

    def clock(self, spots_asked: SpotColumns, until: int) -> Clock:
        """Give the clock over all moments of some spots."""
        first = min(int(spots_asked.began.min(initial=until)), self.since)
        return Clock(self.fit.rhythm, self.fit.zone, first, until + HOUR_US)


def usual_on(
    connection: Connection, moment: datetime, until: datetime, clock: Clockwork, policy: Policy
) -> Usual:
    """Give what was usual on the day that the hour before a moment lies in.

    Its complaints reach to `until`; the clock's `now` is the hour that detection did last.
    """
    day = (to_microseconds(moment) - HOUR_US) // DAY_US * DAY_US
    back = timedelta(days=policy.detection.baseline_days + 1, hours=policy.detection.guard_band_h)
    since = moment - back
    columns, _ = detection.columns_of(
        _rows(connection, since, until, clock, policy),
        count_registration=policy.detection.count_registration_addresses,
        duplicate_within=timedelta(hours=policy.quality.duplicate_within_h),
    )
    territories = region.load_territories(connection)
    exposure = sound_exposure(region.load_exposure(connection))
    named = ZoneInfo(territories[0].timezone) if territories else clock.zone
    history = History(columns, explained_of(connection, columns, since).usual)
    fit = fit_expectation(exposure, history, day, policy.detection, named)
    shares = explanation.usual_shares(connection, since, moment)
    first = int(columns.time[0]) if len(columns.time) else to_microseconds(since)
    return Usual(fit, columns, exposure, territories, *shares, first, day)


def _rows(
    connection: Connection, since: datetime, until: datetime, clock: Clockwork, policy: Policy
) -> NDArray[np.void]:
    """Give the complaints of a span, from what detection keeps as far as that reaches.

    Older ones are read from the store: what is kept shall not grow for one old spot. Where nothing
    is kept yet, all that detection needs is: one reading then serves every spot.
    """
    kept_since = clock.now - reach_back(policy.detection)
    if clock.cache_dir is None or until <= kept_since:
        return read_rows(connection, since, until)
    kept = rows_between(connection, kept_since, until, clock.cache_dir)
    if since >= kept_since:
        return kept[np.searchsorted(kept["time"], to_microseconds(since), side="right") :]
    return np.concatenate([read_rows(connection, since, kept_since), kept])


def _in_zones(
    cell: NDArray[np.int64], sums: NDArray[np.float64], zones: ZoneCells, number: int
) -> NDArray[np.float64]:
    """Give what the zones hold of some cells, sorted, whose `sums` begin with nothing."""
    ranges = np.array([child_range(each, GRID_RESOLUTION) for each in zones.cell.tolist()],
                      dtype=np.int64).reshape(-1, 2)  # fmt: skip
    first = np.searchsorted(cell, ranges[:, 0], side="left")
    end = np.searchsorted(cell, ranges[:, 1], side="right")
    total = np.zeros((number, sums.shape[1]))
    np.add.at(total, zones.spot, sums[end] - sums[first])
    return total
