"""What is to be seen at one tick: zones that stand out, and what living spots' zones show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.spots.attendance import Attendance, Standing
from heatmaps.spots.grown import zone_cells
from heatmaps.spots.outline import outline, patch_around
from heatmaps.spots.record import ALL_TOPICS, Signal, taken
from heatmaps.spots.rhythm import HOUR_US, WEEK_H
from heatmaps.spots.score import standing_out
from heatmaps.spots.survey import Survey
from heatmaps.spots.tracking import Reading, Sighting
from heatmaps.spots.zones import strongest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.spots.calibration import Calibration
    from heatmaps.spots.ground import Ground
    from heatmaps.spots.record import DetectedSpot
    from heatmaps.spots.roll import Register
    from heatmaps.spots.zones import Zones

QUIET_LOOK_H = 12
"""A signal turns quiet by the spot's own window or this, whichever is longer: a night passes."""

MOST_SIGHTINGS = 20
"""Zones taken from one tick; what is left stands out again in the next."""

CUSTOMERS_AN_HOUR = 50
"""A spot is drawn anew every hour for so many customers that it has, a spot of a thousand every
twenty hours: a few more callers do not change its outline. At least once a day, and in any hour
that brings `BURST` of its customers."""

BURST = 0.2

_TOPICS = (ALL_TOPICS, *(str(topic) for topic in Topic))


class View:
    """What is to be seen at one tick: the complaints of the longest window and whose they are.

    `unexplained` belong to no spot; `own` to a spot whose signal is active, some of them only
    since this hour (`joining`, inside its zone). Those of past spots and of quiet ones are over.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all that a tick rests on
        self,
        register: Register,
        explained: NDArray[np.bool_],
        now: int,
        ground: Ground,
        calibration: Calibration,
        living: Sequence[DetectedSpot],
    ) -> None:
        self.ground, self.calibration = ground, calibration
        self._census, columns = register.census, register.columns
        first, end = np.searchsorted(columns.time, [now - WEEK_H * HOUR_US, now], side="right")
        self._rows = rows = slice(int(first), int(end))
        self.columns = columns = taken(columns, rows)
        self._known_for = now - np.maximum(columns.available, columns.time)
        self._fresh = self._known_for < HOUR_US
        self.weight = ground.expectation.weight_of_windows(now // HOUR_US, ground.windows_h)
        part = register.roll.part(rows)
        self.attendance = Attendance(columns, now, ground.windows_h, roll=part)
        known = columns.available <= now
        spots = [spot for spot in living if spot.merged_into is None]
        active = np.array([spot.signal is Signal.ACTIVE for spot in spots], dtype=np.bool_)
        own = known & register.of_spots((s for s in spots if s.signal is Signal.ACTIVE), rows)
        self._unexplained = known & ~own & ~explained[rows] & ~register.of_spots(living, rows)
        self._spots = spots
        self._zones = self._members_of_spots()
        which, members = self._zones
        joining = np.zeros(len(known), dtype=np.bool_)
        joining[members[active[which]]] = True
        self._joining = joining & self._fresh & self._unexplained
        self._unexplained &= ~self._joining
        self._shaping = self._shaping_of(now // HOUR_US, own | self._joining)
        self._everybody = Standing(
            self.attendance, own | self._joining | self._unexplained, self._shaping
        )
        self.seen = self._everybody.by_window

    def growth(self, threshold: float) -> list[Sighting]:
        """Give the zones around complaints that shape a spot they just joined, strongest first."""
        if not self._shaping.any():
            return []
        return self._zones_of(self._everybody, threshold)

    def sightings(self, threshold: float) -> list[Sighting]:
        """Give the zones in which unexplained complaints stand out, strongest first.

        None of them counts a complaint of another, and the disks behind them lie apart; outlines
        may overlap a little.
        """
        if not (self._unexplained & self._fresh).any():
            return []
        standing = Standing(self.attendance, self._unexplained, self._fresh)
        return self._zones_of(standing, threshold)

    def _zones_of(self, standing: Standing, threshold: float) -> list[Sighting]:
        """Take the strongest zone; while another stands out apart from it, score the rest again.

        Where nothing is expected anywhere yet, no exposure and no history, nothing stands out.
        """
        found: list[Sighting] = []
        if not len(self.ground.expectation.cell):
            return found
        survey = Survey(self.ground, standing, weight=self.weight, threshold=threshold)
        while len(found) < MOST_SIGHTINGS and len((zones := survey.zones()).score):
            sighting, members = self._sighting(zones, strongest(zones), standing)
            found.append(sighting)
            survey.see(sighting.cells, sighting.resolution)
            if not len(survey.unseen(zones).score):
                break
            survey.take_out(members)
        return found

    def _sighting(
        self, zones: Zones, which: int, standing: Standing
    ) -> tuple[Sighting, NDArray[np.intp]]:
        """Give the place a zone stands for, and its complaints, ascending.

        Score and recurrence are the zone's, whose chance was calibrated; cells, customers seen and
        expected are the outline's.
        """
        plane, window = int(zones.plane[which]), int(zones.window[which])
        cells, resolution, held = self._outlined(zones, which, standing)
        observed, expected, _ = self._scored(
            self._by_window(np.zeros_like(held), held, 1),
            np.array([self.ground.zone_sum(cells, resolution, plane)]),
            np.array([plane]),
            standing.by_window[[plane]],
        )
        highest = float(zones.score[which])
        sighting = Sighting(
            topic=_TOPICS[plane],
            resolution=resolution,
            cells=cells,
            window_h=int(self.ground.windows_h[window]),
            observed=int(observed[0, window]),
            expected=float(expected[0, window]),
            score=highest,
            recurrence_days=self.calibration.recurrence_days(highest),
            complaint_ids=tuple(self.columns.complaint_id[held].tolist()),
        )
        return sighting, held

    def _outlined(
        self, zones: Zones, which: int, standing: Standing
    ) -> tuple[tuple[int, ...], int, NDArray[np.intp]]:
        """Give the outline of what a zone stands for, its resolution, and the complaints in it.

        The zone itself where the outline holds too few customers, or a pentagon is near.
        """
        ground, centre, ring = self.ground, int(zones.centre[which]), int(zones.ring[which])
        resolution = int(zones.resolution[which])
        zone = zone_cells(centre, ring, int(zones.shape[which]))
        plane, window = int(zones.plane[which]), int(zones.window[which])

        def members(cells: tuple[int, ...], resolution: int) -> NDArray[np.intp]:
            return self._members(cells, resolution, plane, window, standing)

        patch = patch_around(centre, ring, max(ground.lattices))
        if patch:
            stray, weight = ground.expectation.stray[plane], self.weight[window]
            own = np.array([max(ground.zone_sum(zone, resolution, plane), stray)])
            alone = ground.hourly(own, zones.observed[[which]][None].astype(float)) * weight
            times = float(weight * zones.expected[which] / alone[0, 0])
            near = members(tuple(patch.cell.tolist()), patch.resolution)
            likely = outline(
                patch,
                patch.seats(self.columns.cell[near[self._latest(near)]]),
                ground.at(patch.cell, patch.resolution)[:, plane],
                lambda usual, held: (
                    times * ground.hourly(np.maximum(usual, stray), held[:, None])[:, 0]
                ),
            )
            cells = tuple(np.sort(patch.cell[likely]).tolist())
            held = members(cells, patch.resolution)
            if len(self._latest(held)) >= ground.min_customers:
                return cells, patch.resolution, held
        return zone, resolution, members(zone, resolution)

    def readings(self) -> dict[int, Reading]:
        """Give what the zone of every living spot shows, by its id."""
        spots, (which, rows) = self._spots, self._zones
        plane = np.array([_TOPICS.index(spot.topic) for spot in spots], dtype=np.intp)
        joined = self._joining[rows]
        of_spot = np.split(rows[joined], np.searchsorted(which[joined], np.arange(1, len(spots))))
        quiet = np.array([spot.signal is Signal.QUIET for spot in spots], dtype=np.bool_)
        counted = self._everybody.counts(rows) & (self._unexplained[rows] | ~quiet[which])
        count = self._by_window(which[counted], rows[counted], len(spots))
        bases = np.array([self.ground.zone_sum(spot.cells, spot.resolution, row)
                          for spot, row in zip(spots, plane.tolist(), strict=True)])  # fmt: skip
        scored = self._scored(count, bases, plane, self.seen[plane])
        return {
            spot.spot_id: self._reading(spot, of_spot[i], *(of_all[i] for of_all in scored))
            for i, spot in enumerate(spots)
        }

    def _reading(
        self,
        spot: DetectedSpot,
        joined: NDArray[np.intp],
        observed: NDArray[np.float64],
        expected: NDArray[np.float64],
        score: NDArray[np.float64],
    ) -> Reading:
        within = int((self.ground.windows_h <= max(QUIET_LOOK_H, spot.window_h)).sum())
        look = score[: max(within, 1)]
        best = int(np.argmax(look)) if look.any() else len(look) - 1
        return Reading(
            observed=int(observed[best]),
            expected=float(expected[best]),
            score=float(score[best]),
            zone_score=float(score.max()),
            complaint_ids=tuple(self.columns.complaint_id[joined].tolist()),
        )

    def _shaping_of(self, hour: int, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which counted complaints came to a spot since it was last drawn, if that is now due.

        These are those known since then in its zone; of most spots, those of this hour.
        """
        which, members = self._zones
        gain = np.bincount(which[self._joining[members]], minlength=len(self._spots))
        size = np.array([spot.observed_last for spot in self._spots], dtype=np.float64)
        number = np.array([spot.spot_id for spot in self._spots], dtype=np.int64)
        active = np.array([s.signal is Signal.ACTIVE for s in self._spots], dtype=np.bool_)
        every_h = np.clip(size // CUSTOMERS_AN_HOUR, 1, 24).astype(np.int64)
        due = active & (((hour + number) % every_h == 0) | (gain >= BURST * size))
        new = counted[members] & (self._known_for[members] < every_h[which] * HOUR_US)
        shaping = np.zeros(len(counted), dtype=np.bool_)
        shaping[members[new & due[which]]] = True
        return shaping

    def _members_of_spots(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the complaints in the zone and topic of each spot: its position and their rows."""
        none = np.zeros(0, dtype=np.intp)
        places = [self._census.places(spot.cells, spot.resolution) for spot in self._spots]
        rows, number = self._census.rows(np.concatenate([none, *places]), self._rows)
        spot = np.repeat(np.arange(len(places)), [len(held) for held in places])
        which = np.repeat(spot, number)
        topic = np.array([_TOPICS.index(spot.topic) - 1 for spot in self._spots], dtype=np.int8)
        alike = (topic[which] < 0) | (topic[which] == self.columns.topic[rows])
        return which[alike], rows[alike]

    def _members(
        self, cells: tuple[int, ...], resolution: int, plane: int, window: int, standing: Standing
    ) -> NDArray[np.intp]:
        """Give the complaints of a topic and window that count in a zone, ascending."""
        rows, _ = self._census.rows(self._census.places(cells, resolution), self._rows)
        held = (self.attendance.window[rows] <= window) & standing.counts(rows)
        if plane:
            held &= self.columns.topic[rows] == plane - 1
        return np.sort(rows[held])

    def _latest(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the positions of those of some complaints that are their customer's last."""
        roll, customer = self.attendance.roll, self.columns.customer
        return roll.latest_of_each(np.zeros_like(rows), rows, customer)

    def _by_window(
        self, which: NDArray[np.intp], rows: NDArray[np.intp], count: int
    ) -> NDArray[np.float64]:
        """Count the customers of so many groups of complaints, shape (groups, windows).

        A window counts all that a shorter one holds.
        """
        latest = self.attendance.roll.latest_of_each(which, rows, self.columns.customer)
        windows = self.attendance.windows
        key = which[latest] * (windows + 1) + self.attendance.window[rows[latest]]
        counts = np.bincount(key, minlength=count * (windows + 1)).reshape(count, windows + 1)
        return np.cumsum(counts, axis=1)[:, :windows].astype(np.float64)

    def _scored(
        self,
        observed: NDArray[np.float64],
        base: NDArray[np.float64],
        plane: NDArray[np.intp],
        everywhere: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give observed, expected and score of zones, shape (zones, windows).

        `base` is the hourly expectation of each; `everywhere` counts the customers of its plane.
        """
        ground = self.ground
        base = np.maximum(base, ground.expectation.stray[plane])
        expected = ground.hourly(base, observed) * self.weight
        usual = (ground.total[plane] - base)[:, None] * self.weight
        expected, score = standing_out(observed, expected, everywhere - observed, usual)
        return observed, expected, score
