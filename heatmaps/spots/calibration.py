"""How often chance alone would do as much: the recurrence interval of a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.chance import Stream, chance
from heatmaps.spots.crowd import Crowd
from heatmaps.spots.grown import seeds_from
from heatmaps.spots.heads import heads_of
from heatmaps.spots.peaks import distinct, highest
from heatmaps.spots.prospects import prospects_of
from heatmaps.spots.rhythm import WEEK_H
from heatmaps.spots.scan import scan
from heatmaps.spots.tail import Tail, exponential, tail_of_scan
from heatmaps.spots.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.ground import Ground
    from heatmaps.spots.heads import Heads
    from heatmaps.spots.peaks import Peak

SIMULATED_COMPLAINTS = 1500
"""Null complaints scanned for one calibration: some 15 days of a region of a million."""

TAIL_PEAKS = 60
"""The highest distinct peaks of chance that the tail is fitted to."""

_MOST_WORLDS = 400
_SMALLEST_RATE = 1e-6
_SCANNED_AT_ONCE = 10_000
"""So many complaints are scanned together, those of several hours where these have few."""

_HIGH_PEAK, _LOW_PEAK = 7.0, 0.5
"""Scores among which the highest of an hour are looked for, by halves; a tail begins above the
first."""
_FURTHEST = 500.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The upper tail of what chance does in one region.

    In `days` days of a million subscribers chance alone made `len(peaks)` distinct peaks, sorted
    descending; beyond the `TAIL_PEAKS` highest they thin out as `tail` says.
    """

    peaks: NDArray[np.float64]
    days: float
    tail: Tail

    def _highest(self) -> tuple[int, float]:
        """Give how many peaks the tail begins with, and the lowest of them.

        Where chance made no peak at all, as if it had made one of score 0.
        """
        tail = min(TAIL_PEAKS, len(self.peaks))
        return (tail, float(self.peaks[tail - 1])) if tail else (1, 0.0)

    def recurrence_days(self, score: float) -> float:
        """Give the days between chance openings of at least `score`, per million subscribers."""
        number, lowest = self._highest()
        if score < lowest:
            return self.days / (1 + int((self.peaks >= score).sum()))
        further = self.tail.rarity(score) - self.tail.rarity(lowest)
        return self.days / number * float(np.exp(min(further, _FURTHEST)))

    def threshold(self, recurrence_days: float) -> float:
        """Give the score that chance reaches once in so many days per million subscribers."""
        number, lowest = self._highest()
        if recurrence_days >= self.days / number:
            rarer = recurrence_days * number / self.days
            return self.tail.times_rarer(lowest, rarer)
        if not len(self.peaks):
            return 0.0
        higher = int(self.days / recurrence_days)
        return float(self.peaks[min(higher, len(self.peaks) - 1)])


def calibrate(ground: Ground, first_h: int, seed: int) -> Calibration:
    """Give the calibration of an expectation from at most a week of chance, seeded.

    Draws complaints from the fitted expectation, each cell's rate uncertain as its evidence
    leaves it, in as many copies of the region as give `SIMULATED_COMPLAINTS`; scans them hour by
    hour exactly as real ones, all windows, zones and topics, so that every multiplicity is
    inside; and keeps the distinct peaks of all neighbourhoods: a cluster that stays above a score
    for hours is one, and a large region has several at once.
    The tail beyond is that of a scan (see `tail_of_scan`); where complaints come in clumps it is
    exponential, Gumbel's upper tail (Abrams et al. 2010, Int. J. Health Geogr. 9:61). `first_h` is
    the first UTC hour of the simulated week.
    """
    expectation = ground.expectation
    weekly = max(float(ground.total[0]) * WEEK_H, _SMALLEST_RATE)
    worlds = int(np.clip(round(SIMULATED_COMPLAINTS / weekly), 1, _MOST_WORLDS))
    rng = np.random.default_rng(seed)
    days = int(np.clip(round(7 * SIMULATED_COMPLAINTS / weekly), 1, 7))
    stream = chance(ground.expectation, first_h - WEEK_H, WEEK_H + 24 * days, worlds, rng)
    hours = range(first_h + 1, first_h + 24 * days + 1)
    at_once = int(_SCANNED_AT_ONCE // max(weekly * worlds, SIMULATED_COMPLAINTS))
    if at_once:
        parts = (hours[start : start + at_once] for start in range(0, len(hours), at_once))
        peaks = [peak for part in parts for peak in _peaks(ground, stream, part, worlds)]
    else:
        peaks = _peaks_of_many(ground, stream, hours)
    score = distinct(peaks, ground)
    seen = score[:TAIL_PEAKS]
    tail = exponential(seen) if expectation.dispersion > 1 else tail_of_scan(seen)
    millions = max(expectation.subscribers, 1.0) / 1e6
    return Calibration(score, worlds * days * millions, tail)


def _part(ground: Ground, stream: Stream, hour: int) -> tuple[slice, NDArray[np.intp]]:
    """Give the rows of the longest window that ends at an hour, and the window of each."""
    longest = int(ground.windows_h[-1])
    rows = slice(*np.searchsorted(stream.time, [hour - longest, hour], side="right").tolist())
    return rows, np.searchsorted(ground.windows_h, hour - stream.time[rows], side="right")


def _peaks(ground: Ground, stream: Stream, hours: range, worlds: int) -> list[Peak]:
    """Give the peaks of some hours, which are scanned together as so many more worlds."""
    weight = [ground.expectation.mean_hours(hour, ground.windows_h) for hour in hours]
    crowd = _crowd(ground, stream, hours, worlds)
    zones = scan(ground, crowd, np.repeat(weight, worlds, axis=0), _HIGH_PEAK)
    return highest(zones, hours, worlds)


def _crowd(ground: Ground, stream: Stream, hours: range, worlds: int) -> Crowd:
    """Give the crowds of some hours, the worlds of each after those of the one before."""
    parts = [_part(ground, stream, hour) for hour in hours]
    of = np.concatenate([np.arange(rows.start, rows.stop) for rows, _ in parts])
    at = np.repeat(np.arange(len(hours)), [rows.stop - rows.start for rows, _ in parts])
    window = np.concatenate([window for _, window in parts])
    fresh = np.array(hours)[at] - stream.time[of] < 1
    world, place = at * worlds + stream.world[of], stream.place[of]
    plane = np.concatenate([np.zeros(len(of), dtype=np.intp), 1 + stream.topic[of]])
    twice, number = (np.tile(of_each, 2) for of_each in (world, np.ones(len(of), dtype=np.int64)))
    return Crowd(twice, stream.places, np.tile(place, 2), plane, np.tile(window, 2),
                 np.tile(fresh, 2), number, worlds * len(hours))  # fmt: skip


def _peaks_of_many(ground: Ground, stream: Stream, hours: range) -> list[Peak]:
    """Give the peaks of hours of a single world with many complaints, down to some score.

    Only what may reach the score is scanned; it is lowered for all hours alike, so that the tail is
    whole, until it has enough peaks.
    """
    score = _HIGH_PEAK
    while score > _LOW_PEAK:
        peaks = [peak for hour in hours for peak in _peaks_above(ground, stream, hour, score)]
        if len(distinct(peaks, ground)) >= TAIL_PEAKS:
            return peaks
        score /= 2
    return [peak for hour in hours
            for peak in _peaks(ground, stream, range(hour, hour + 1), 1)]  # fmt: skip


def _peaks_above(ground: Ground, stream: Stream, hour: int, score: float) -> list[Peak]:
    """Give the peaks of an hour that reach a score."""
    weight = ground.expectation.mean_hours(hour, ground.windows_h)
    heads = _heads(ground, stream, hour)
    among = prospects_of(ground, heads, weight, seeds_from(score))
    if not among:
        return []
    tally = Tally(ground, heads, weight=weight, among=among, threshold=score)
    return highest(tally.zones(), range(hour, hour + 1), 1)


def _heads(ground: Ground, stream: Stream, hour: int) -> Heads:
    rows, window = _part(ground, stream, hour)
    topic, fresh = stream.topic[rows].astype(np.int8), hour - stream.time[rows] < 1
    who = (stream.place[rows], topic, window, fresh)
    return heads_of(stream.places, len(ground.windows_h), who)
