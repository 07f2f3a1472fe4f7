"""Hours of detection walked over a drawn country, as `replay` walks over a store."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.policy import packaged_policy
from heatmaps.spots import calibration
from heatmaps.store.detection import WeightColumns
from heatmaps.store.policies import CurrentPolicy
from pipelines.bench_hours.country import draw_country
from pipelines.benchmarks import Measured
from pipelines.find_spots import Ground, Watch
from pipelines.weigh_spots import Scales

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.spots.calibration import Calibration
    from heatmaps.spots.ground import Ground as Fitted
    from pipelines.bench_hours.country import Country, Size

_KIB = 1 if sys.platform != "darwin" else 1024
"""What the system counts the largest resident size in, kibibytes on Linux and bytes on a Mac."""


@dataclass(frozen=True, slots=True)
class Told:
    """What it took, seconds of the processor (`time.process_time`).

    `first_s` is that of the first tick without the calibration it needs, `steps_s` those of all
    further ones, `calibration_s` of all calibrations. `peak_mb` is the most memory that the process
    had resident, `before_mb` what it was when the country was drawn and nothing detected yet.
    """

    cells: int
    complaints: int
    last_week: int
    ticks: int
    opened: int
    living: int
    read_s: float
    calibration_s: float
    first_s: float
    steps_s: tuple[float, ...]
    before_mb: float
    peak_mb: float

    @property
    def total_s(self) -> float:
        """All of detection: from columns to spots."""
        return self.read_s + self.calibration_s + self.first_s + sum(self.steps_s)


def bench(size: Size, seed: int, progress: Callable[[int, int], None]) -> Told:
    """Draw a country and walk over its hours; nothing is written, no calibration is kept."""
    country = draw_country(size, seed)
    before_mb, stamps = _peak_mb(), [time.process_time()]
    watched, opened = _Timed(country), 0
    stamps.append(time.process_time())
    for number, tick in enumerate(country.ticks, start=1):
        events = watched.watch.advance(tick)
        opened += sum(event.kind == "opened" for event in events)
        stamps.append(time.process_time() - watched.calibration_s)
        progress(number, len(country.ticks))
    steps = np.diff(stamps).tolist()
    week_ago = country.columns.time[-1] - 7 * 24 * 3_600_000_000
    return Told(
        cells=len(country.exposure.cell),
        complaints=len(country.columns.time),
        last_week=int((country.columns.time > week_ago).sum()),
        ticks=len(country.ticks),
        opened=opened,
        living=len(watched.watch.living),
        read_s=steps[0],
        calibration_s=watched.calibration_s,
        first_s=steps[1],
        steps_s=tuple(steps[2:]),
        before_mb=before_mb,
        peak_mb=_peak_mb(),
    )


def figures(told: Told) -> list[Measured]:
    """Give what was told as figures with their units."""
    middle, high, most = np.percentile(told.steps_s, [50, 95, 100]).tolist()
    return [
        Measured("populated cells", told.cells, ""),
        Measured("complaints", told.complaints, ""),
        Measured("complaints of the last week", told.last_week, ""),
        Measured("hourly steps", told.ticks, ""),
        Measured("spots opened", told.opened, ""),
        Measured("spots living at the end", told.living, ""),
        Measured("calibration", told.calibration_s, "s"),
        Measured("first step without it", told.first_s, "s"),
        Measured("a further step, median", middle, "s"),
        Measured("a further step, p95", high, "s"),
        Measured("a further step, longest", most, "s"),
        Measured("columns to spots", told.total_s, "s"),
        Measured("most memory, with the drawing", told.peak_mb, "MB"),
        Measured("most memory of the drawing", told.before_mb, "MB"),
    ]


class _Timed:
    """A watch over a country that tells how long its calibrations took."""

    def __init__(self, country: Country) -> None:
        self.calibration_s = 0.0
        columns, policy = country.columns, packaged_policy()
        none = np.zeros(len(columns.time))
        weights = WeightColumns(none.astype(np.int8), none, none > 0, np.full(len(none), None))
        scales = Scales(columns, weights, country.exposure, ())
        ruling = CurrentPolicy(1, "", policy)
        ground = Ground(columns, scales, country.exposure, ruling, country.zone, (), self.calibrate)
        self.watch = Watch(ground)

    def calibrate(self, ground: Fitted, first_h: int, seed: int) -> Calibration:
        """Give `calibrate` of the same and note what it took."""
        started = time.process_time()
        made = calibration.calibrate(ground, first_h, seed)
        self.calibration_s += time.process_time() - started
        return made


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB / 1024
