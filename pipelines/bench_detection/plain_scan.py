"""The plain expectation-based scan: exposure, a shrunk rate a cell, hours of the week, disks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import parents
from heatmaps.simulation.trials.land import rows_of
from heatmaps.spots.rhythm import WEEK_H
from heatmaps.spots.score import scores
from pipelines.bench_detection.alarms import Alarm
from pipelines.bench_detection.arrivals import Arrivals, hours_of
from pipelines.bench_detection.usual import Usual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.simulation.trials import Trial

WINDOWS_H = np.array([3, 6, 12, 24, 48, 72, 120, 168])
RINGS = 5
RESOLUTIONS = (9, 8, 7)
LOWEST = 5.0
"""Scores from which on alarms are kept, to be held against thresholds afterwards."""
_PLANES = 1 + len(Topic)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Populated cells of one resolution: each place's cell, its places, and the disks around it.

    Where a disk reaches a cell that is not populated, it holds -1, the last row of a table with
    one row more than there are cells, which stays empty.
    """

    resolution: int
    cell: NDArray[np.int64]
    of_place: NDArray[np.intp]
    places: list[NDArray[np.intp]]
    disks: NDArray[np.intp]
    ring: NDArray[np.intp]

    def places_in(self, inside: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the places of some cells, sorted."""
        return np.sort(np.concatenate([self.places[cell] for cell in inside.tolist()]))


@dataclass(frozen=True, slots=True)
class _Held:
    """The complaints that count on a grid: row, cell, age in hours and topic of each."""

    grid: _Grid
    row: NDArray[np.intp]
    slot: NDArray[np.intp]
    age: NDArray[np.int64]
    topic: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Zone:
    """A disk of cells that stands out in a plane, 0 for all topics, and a window."""

    score: float
    inside: NDArray[np.intp]
    plane: int
    wide: int
    held: _Held

    def rows(self) -> NDArray[np.intp]:
        """Give the complaints it rests on."""
        among = np.zeros(len(self.held.grid.cell), dtype=np.bool_)
        among[self.inside] = True
        held = among[self.held.slot] & (self.held.age < WINDOWS_H[self.wide])
        if self.plane:
            held &= self.held.topic == self.plane - 1
        return np.asarray(self.held.row[held])


def alarms(trial: Trial) -> list[Alarm]:
    """Give every zone that reaches `LOWEST` at a tick: the strongest, then those apart from it."""
    scan = _Scan(trial)
    return [alarm for hour in hours_of(trial) for alarm in scan.at(hour)]


class _Scan:
    """The scan of one trial, its expectation learnt once a day."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._arrivals, self._usual = Arrivals(trial), Usual(trial)
        self._hour = self._arrivals.hour
        self._grids = [_grid(trial, resolution) for resolution in RESOLUTIONS]
        self._base: dict[int, NDArray[np.float64]] = {}

    def at(self, hour: int) -> list[Alarm]:
        """Give the alarms of the tick at the end of `hour` - 1."""
        if self._usual.learn(hour):
            hourly = self._usual.hourly
            self._base = {grid.resolution: _summed(grid, hourly) for grid in self._grids}
        rows = self._arrivals.known(hour, WEEK_H)
        rows = rows[self._usual.first[rows]]
        fresh = rows[self._arrivals.arrived[rows] == hour - 1]
        found: list[_Zone] = []
        if len(fresh):
            for grid in self._grids:
                found += self._zones(grid, rows, fresh, hour)
        return self._apart(found, hour)

    def _zones(
        self, grid: _Grid, rows: NDArray[np.intp], fresh: NDArray[np.intp], hour: int
    ) -> list[_Zone]:
        columns = self._trial.columns
        fits = columns.resolution[rows] >= grid.resolution
        rows = rows[fits]
        slot = rows_of(grid.cell, parents(columns.cell[rows], grid.resolution))
        known = slot >= 0
        rows, slot = rows[known], slot[known]
        window = np.searchsorted(WINDOWS_H, hour - 1 - self._hour[rows], side="right")
        counts = np.zeros((len(grid.cell) + 1, _PLANES, len(WINDOWS_H)))
        for plane in (np.zeros(len(rows), dtype=np.intp), 1 + columns.topic[rows].astype(np.intp)):
            np.add.at(counts, (slot, plane, np.minimum(window, len(WINDOWS_H) - 1)), 1)
        hot = np.unique(grid.disks[slot[np.isin(rows, fresh)]])
        hot = hot[hot >= 0]
        if not len(hot):
            return []
        around = grid.disks[hot]
        observed = np.cumsum(np.add.reduceat(counts[around], grid.ring, axis=1), axis=1).cumsum(3)
        base = self._base[grid.resolution][around]
        expected = np.cumsum(np.add.reduceat(base, grid.ring, axis=1), axis=1)
        expected = expected[..., None] * self._usual.weight(hour, WINDOWS_H)
        score = scores(observed, np.maximum(expected, 1e-9))
        score[observed < 3] = 0  # noqa: PLR2004, as the policy's fewest customers
        flat = score.reshape(len(hot), -1)
        best = flat.argmax(axis=1)
        found = []
        held = _Held(grid, rows, slot, hour - 1 - self._hour[rows], columns.topic[rows])
        for centre in np.flatnonzero(flat.max(axis=1) >= LOWEST).tolist():
            ring, plane, wide = np.unravel_index(best[centre], score.shape[1:])
            inside = around[centre][: 1 + 3 * int(ring) * (int(ring) + 1)]
            best_score = float(flat[centre, best[centre]])
            found.append(_Zone(best_score, inside[inside >= 0], int(plane), int(wide), held))
        return found

    def _apart(self, zones: list[_Zone], hour: int) -> list[Alarm]:
        """Give the strongest, and each weaker one that shares no complaint and no cell with it."""
        kept = []
        counted = np.zeros(len(self._hour), dtype=np.bool_)
        taken = np.zeros(len(self._trial.land.cell), dtype=np.bool_)
        for zone in sorted(zones, key=lambda one: (-one.score, len(one.inside))):
            places = zone.held.grid.places_in(zone.inside)
            if taken[places].any():
                continue
            rows = zone.rows()
            if not counted[rows].any():
                taken[places] = counted[rows] = True
                kept.append(Alarm(hour, zone.score, places, rows))
        return kept


def _grid(trial: Trial, resolution: int) -> _Grid:
    cell, of_place = np.unique(parents(trial.land.cell, resolution), return_inverse=True)
    starts = [0] + [1 + 3 * k * (k - 1) for k in range(1, RINGS)]
    disks = np.full((len(cell), 1 + 3 * RINGS * (RINGS - 1)), -1, dtype=np.intp)
    for slot, one in enumerate(cell.tolist()):
        for ring in range(RINGS):
            around = np.array(h3.grid_ring(one, ring), dtype=np.int64)
            disks[slot, starts[ring] : starts[ring] + len(around)] = rows_of(cell, around)
    ends = np.searchsorted(np.sort(of_place), np.arange(1, len(cell)))
    places = np.split(np.argsort(of_place, kind="stable"), ends)
    return _Grid(resolution, cell, of_place, places, disks, np.array(starts, dtype=np.intp))


def _summed(grid: _Grid, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give what is expected in each cell of a grid, and in its empty last row."""
    sums = np.zeros((len(grid.cell) + 1, _PLANES))
    np.add.at(sums, grid.of_place, expected)
    return sums
