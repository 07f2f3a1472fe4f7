"""Complaints to spots: detection, facts, rules and routes, one hourly tick after another.

`detect` does the hours since the last one and writes them to the store; `replay` does the same
over stored history and writes nothing. Both walk with one `Watch`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from heatmaps.desk.case import SpotCase
from heatmaps.desk.lifecycle import Action, Work, apply_change, apply_rule, difference, due_status
from heatmaps.desk.routing import queue_for
from heatmaps.desk.words import Cause, Status
from heatmaps.errors import UsageError
from heatmaps.spots.calibration import calibrate
from heatmaps.spots.detector import Detector, reach_back
from heatmaps.spots.explained import Explained
from heatmaps.store import complaints, detection, policies, region, spots
from heatmaps.store.engine import lock
from heatmaps.store.objects import load_objects
from heatmaps.store.spots import Event
from pipelines.find_gaps import refresh_when_due
from pipelines.kept_calibrations import KeptCalibrations
from pipelines.kept_complaints import rows_between
from pipelines.lifted import known_gatherings, lifted_days, note_gatherings, note_spots
from pipelines.weigh_spots import Scales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from heatmaps.spots.detector import Calibrate
    from heatmaps.spots.gatherings import Gathering
    from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure
    from heatmaps.store.detection import PastSpot
    from heatmaps.store.engine import Store
    from heatmaps.store.policies import CurrentPolicy

HOUR = timedelta(hours=1)
TRIES = 3
"""How often a part is thought over again because somebody wrote meanwhile."""

TICKS_A_TRANSACTION = 24
"""A killed run loses at most this many hours of work, and does them again the same way."""

DETECTOR = "detector"
RULES = "rules"

Crew: TypeAlias = "Callable[[Sequence[SpotCase], datetime], Iterable[Action]]"
"""People who are simulated: given living spots as they are at a tick, what they do within the hour
after it, in order of time. The same spots and tick must give the same, for hours are thought over.
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a run stands on, read once; `columns` reach over all its ticks and baselines.

    `gatherings` are the mass events that are known of; `calibrated` calibrates, or takes what an
    earlier run kept.
    """

    columns: ComplaintColumns
    scales: Scales
    exposure: Exposure
    ruling: CurrentPolicy
    zone: ZoneInfo
    gatherings: Sequence[Gathering] = ()
    calibrated: Calibrate = calibrate


@dataclass(frozen=True, slots=True)
class Detected:
    """What a run did; `acted` is how many steps its crew took."""

    ticks: int
    first_tick: datetime | None
    last_tick: datetime | None
    complaints: int
    opened: int
    living: int
    acted: int = 0


class Watch:
    """The spots of a region from tick to tick; all it knows can be read back from the store.

    What a living spot weighs is worked out only when somebody asks, by `weigh`: hours that are
    caught up one after another need it of the last alone. `explained` is what its spots and past
    ones say of the complaints.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        policy = ground.ruling.policy.detection
        self._detector = Detector(ground.exposure, policy, ground.zone, ground.calibrated)
        self.explained = Explained(ground.columns)
        self._past: dict[int, PastSpot] = {}
        self._next_id = 1
        self._unweighed: dict[int, datetime] = {}
        self.living: dict[int, SpotCase] = {}
        self.closed: dict[int, SpotCase] = {}
        self._explain()

    def take_up(self, connection: Connection, tick: datetime) -> list[SpotCase]:
        """Go on, at `tick`, from what the store holds; gives the living spots as they are there."""
        stored = spots.load_living(connection)
        since = tick - reach_back(self._ground.ruling.policy.detection)
        self.living = {case.detected.spot_id: case for case in stored}
        self.closed = {}
        self._unweighed = {}
        self._past |= detection.past_spots(connection, since, self._past)
        self._explain()
        self._next_id = spots.next_spot_id(connection)
        return stored

    def let_work(self, crew: Crew, since: datetime) -> list[Event]:
        """Let the crew do the hour that begins at `since`; gives what happened."""
        self.weigh()
        events, judged = list[Event](), False
        for action in crew([self.living[number] for number in sorted(self.living)], since):
            case = self.living[action.spot_id]
            work = apply_change(case.work, action.change, action.at)
            what = difference(case.work, work)
            events.append(Event(action.spot_id, action.at, "work", action.actor, what))
            shelf = self.closed if work.closed_at else self.living
            del self.living[action.spot_id]
            shelf[action.spot_id] = replace(case, work=work)
            judged |= lifted_days(work) != lifted_days(case.work)
        if judged:
            self._explain()
        return events

    def _explain(self) -> None:
        """Note anew what all spots explain."""
        self.explained.forget()
        cases = (*self.closed.values(), *self.living.values())
        note_spots(self.explained, self._past.values(), cases)
        note_gatherings(self.explained, self._ground.gatherings)

    def advance(self, tick: datetime) -> list[Event]:
        """Bring every living spot to `tick` and open new ones; gives what happened."""
        seen = tuple(self.living[spot_id].detected for spot_id in sorted(self.living))
        found = self._detector.step(self._ground.columns, tick, seen, self.explained, self._next_id)
        self._next_id = found.next_id
        self._unweighed = {}
        events: list[Event] = []
        merged = False
        for spot in found.spots:
            case, happened = self._follow(spot, tick)
            events += happened
            shelf = self.closed if case.work.closed_at else self.living
            self.living.pop(spot.spot_id, None)
            shelf[spot.spot_id] = case
            merged |= case.work.status is Status.MERGED
            self.explained.take_in(case.detected, lifted_days(case.work))
        if merged:
            self._explain()
        return events

    def _follow(self, spot: DetectedSpot, tick: datetime) -> tuple[SpotCase, list[Event]]:
        before = self.living.get(spot.spot_id)
        case = self._open(spot, tick) if before is None else self._update(before, spot)
        events = _signal_events(before, spot, tick)
        due = due_status(
            case.work,
            merged=spot.merged_into is not None,
            quiet_since=spot.quiet_since,
            now=tick,
            policy=self._ground.ruling.policy.life,
        )
        if due is not None:
            moved = {"status": [str(case.work.status), str(due)]}
            case = replace(case, work=apply_rule(case.work, due, tick))
            events.append(Event(spot.spot_id, tick, "work", RULES, moved))
        if before is not None and case.work.closed_at:
            case = self._weighed(case, tick)
        elif before is not None:
            self._unweighed[spot.spot_id] = tick
        return case, events

    def weigh(self) -> None:
        """Bring what every living spot weighs to the last tick."""
        for spot_id, tick in self._unweighed.items():
            self.living[spot_id] = self._weighed(self.living[spot_id], tick)
        self._unweighed = {}

    def _weighed(self, case: SpotCase, tick: datetime) -> SpotCase:
        policy = self._ground.ruling.policy.priority
        return replace(case, now=self._ground.scales.facts(case.detected, tick, policy))

    def _open(self, spot: DetectedSpot, tick: datetime) -> SpotCase:
        policy, scales = self._ground.ruling.policy, self._ground.scales
        facts = scales.facts(spot, tick, policy.priority)
        technology = scales.technology(spot)
        lat, lon = scales.centre(spot)
        territories = scales.territories(spot)
        eta = tick + timedelta(hours=policy.eta_h[Cause.UNKNOWN])
        work = Work(
            spot_id=spot.spot_id,
            status=Status.NEW,
            status_at=tick,
            queue=queue_for(spot.topic, technology, territories, policy.routing),
            eta=eta,
            eta_first=eta,
        )
        return SpotCase(
            detected=spot,
            work=work,
            at_opening=facts,
            now=facts,
            technology=technology,
            territory_id=territories[0] if territories else None,
            lat=lat,
            lon=lon,
            policy_version=self._ground.ruling.version,
        )

    def _update(self, case: SpotCase, spot: DetectedSpot) -> SpotCase:
        if spot.cells == case.detected.cells:
            return replace(case, detected=spot)
        lat, lon = self._ground.scales.centre(spot)
        return replace(case, detected=spot, lat=lat, lon=lon)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The clock at the start of a run, and the zone of hours where no territory names one.

    Calibrations are kept for later runs in `cache_dir`, if it is given.
    """

    now: datetime
    zone: ZoneInfo
    cache_dir: Path | None = None


def detect(
    store: Store,
    until: datetime,
    clock: Clockwork,
    progress: Callable[[int, int], None],
    crew: Crew | None = None,
) -> Detected:
    """Do every hour after the last tick up to `until`, and write what came of it.

    The first run starts at the hour after the first complaint. A `crew` acts within the hours,
    between one tick and the next. Coverage gaps are found anew once a day. UsageError where
    `until` lies before the last tick: past ticks are never rewritten.
    """
    with store.reading() as connection:
        last = detection.last_tick(connection)
        ticks = _ticks_to_do(connection, last, until)
        living = len(spots.load_living(connection)) if not ticks else 0
    if not ticks:
        if last is not None:  # a run that was killed may have left this to do
            refresh_when_due(store, last, clock.zone)
        return Detected(0, None, last, 0, 0, living)
    run, opened, acted, living = _Run(store, clock, ticks, crew), 0, 0, 0
    for start in range(0, len(ticks), TICKS_A_TRANSACTION):
        events, living = run.do(ticks[start : start + TICKS_A_TRANSACTION])
        opened += _opened_in(events)
        acted += _acted_in(events)
        progress(min(start + TICKS_A_TRANSACTION, len(ticks)), len(ticks))
    refresh_when_due(store, ticks[-1], clock.zone)
    return Detected(len(ticks), ticks[0], ticks[-1], run.complaints, opened, living, acted)


def rehearse(
    store: Store,
    until: datetime,
    clock: Clockwork,
    progress: Callable[[int, int], None],
    crew: Crew | None = None,
) -> Detected:
    """Give what `detect` would do, and write nothing."""
    with store.reading() as connection:
        last = detection.last_tick(connection)
        ticks = _ticks_to_do(connection, last, until)
        if not ticks:
            return Detected(0, None, last, 0, 0, len(spots.load_living(connection)))
        ground = _ground(connection, ticks[0], ticks[-1], clock)
        watch, events = Watch(ground), list[Event]()
        watch.take_up(connection, ticks[0])
    for number, tick in enumerate(ticks, start=1):
        events += _next_hour(watch, tick, crew)
        progress(number, len(ticks))
    opened, acted = _opened_in(events), _acted_in(events)
    seen, living = len(ground.columns.time), len(watch.living)
    return Detected(len(ticks), ticks[0], ticks[-1], seen, opened, living, acted)


def _next_hour(watch: Watch, tick: datetime, crew: Crew | None) -> list[Event]:
    worked = watch.let_work(crew, tick - HOUR) if crew else []
    return worked + watch.advance(tick)


def _opened_in(events: Iterable[Event]) -> int:
    return sum(event.kind == "opened" for event in events)


def _acted_in(events: Iterable[Event]) -> int:
    return sum(event.kind == "work" and event.actor != RULES for event in events)


class _Run:
    """Does hours part by part: thinks on what it has read, and writes only if that still holds.

    Thinking takes long and writing does not, so other writers (an intake, an engineer) get in
    between; what they wrote is seen by thinking again.
    """

    def __init__(
        self, store: Store, clock: Clockwork, ticks: Sequence[datetime], crew: Crew | None
    ) -> None:
        self._store, self._clock, self._crew = store, clock, crew
        self._first, self._last = ticks[0], ticks[-1]
        self._read_at = -1
        self._ground: Ground | None = None
        self._watch: Watch | None = None

    @property
    def complaints(self) -> int:
        """How many complaints the run stood on."""
        return len(self._ground.columns.time) if self._ground else 0

    def do(self, part: Sequence[datetime]) -> tuple[list[Event], int]:
        """Do some hours; gives what happened and how many spots live."""
        for _ in range(TRIES):
            with self._store.reading() as connection:
                thought = self._think(connection, part)
            with self._store.writing() as connection:
                _hold(connection)
                if self._still_holds(connection, thought):
                    return self._write(connection, thought)
        with self._store.writing() as connection:  # others write all the time: let them wait once
            _hold(connection)
            return self._write(connection, self._think(connection, part))

    def _think(self, connection: Connection, part: Sequence[datetime]) -> _Thought:
        generation = complaints.generation(connection)
        if self._watch is None or self._ground is None or generation != self._read_at:
            ground = _ground(connection, self._first, self._last, self._clock)
            self._ground, self._watch, self._read_at = ground, Watch(ground), generation
        watch = self._watch
        done = detection.last_tick(connection)
        ticks = [tick for tick in part if done is None or tick > done]
        before = watch.take_up(connection, part[0])
        events = [event for tick in ticks for event in _next_hour(watch, tick, self._crew)]
        watch.weigh()
        after = [*watch.living.values(), *watch.closed.values()] if ticks else before
        return _Thought(generation, done, tuple(ticks), before, after, events)

    def _still_holds(self, connection: Connection, thought: _Thought) -> bool:
        return (
            complaints.generation(connection) == thought.generation
            and detection.last_tick(connection) == thought.done
            and spots.load_living(connection, hold=True) == thought.before
        )

    def _write(self, connection: Connection, thought: _Thought) -> tuple[list[Event], int]:
        if not thought.ticks or self._ground is None:
            return [], len(thought.before)
        spots.save_cases(connection, thought.before, thought.after)
        spots.save_events(connection, thought.events)
        version = self._ground.ruling.version
        detection.note_ticks(connection, thought.ticks, self._clock.now, version)
        return thought.events, sum(case.work.closed_at is None for case in thought.after)


@dataclass(frozen=True, slots=True)
class _Thought:
    """What some hours would change, and what it was thought on."""

    generation: int
    done: datetime | None
    ticks: tuple[datetime, ...]
    before: list[SpotCase]
    after: list[SpotCase]
    events: list[Event]


def _hold(connection: Connection) -> None:
    """Let nobody else detect, and no complaint come in, until the transaction ends.

    A complaint judges by the last tick whether it comes late, so it must not slip in beside one.
    """
    lock(connection, "intake")
    lock(connection, "detection")


def replay(
    store: Store,
    ticks: Sequence[datetime],
    zone: ZoneInfo,
    progress: Callable[[int, int], None],
    *,
    cache_dir: Path | None = None,
) -> list[SpotCase]:
    """Give the spots that detection would have found at these ticks, writing nothing.

    Every complaint counts from the hour it was made: late arrivals are taken as prompt.
    """
    if not ticks:
        return []
    with store.reading() as connection:
        ground = ground_to_replay(connection, ticks, Clockwork(ticks[-1], zone, cache_dir))
    watch = Watch(ground)
    for number, tick in enumerate(ticks, start=1):
        watch.advance(tick)
        progress(number, len(ticks))
    watch.weigh()
    everything = {**watch.living, **watch.closed}
    return [everything[spot_id] for spot_id in sorted(everything)]


def ground_to_replay(
    connection: Connection,
    ticks: Sequence[datetime],
    clock: Clockwork,
    ruling: CurrentPolicy | None = None,
) -> Ground:
    """Give what a replay of these ticks stands on; under the store's policy unless told another."""
    ground = _ground(connection, ticks[0], ticks[-1], clock, ruling)
    return replace(ground, columns=replace(ground.columns, available=ground.columns.time))


def _signal_events(before: SpotCase | None, spot: DetectedSpot, tick: datetime) -> list[Event]:
    """Give what the detector did with a spot at this tick."""
    if before is None:
        detail = {"observed": spot.observed, "expected": round(spot.expected, 3),
                  "window_h": spot.window_h, "topic": spot.topic,
                  "recurrence_days": round(spot.recurrence_days, 1)}  # fmt: skip
        return [Event(spot.spot_id, tick, "opened", DETECTOR, detail)]
    earlier, events = before.detected, []
    if spot.merged_into is not None and earlier.merged_into is None:
        merged = {"into": spot.merged_into}
        events.append(Event(spot.spot_id, tick, "merged", DETECTOR, merged))
    if spot.signal != earlier.signal:
        signal = {"signal": [str(earlier.signal), str(spot.signal)]}
        events.append(Event(spot.spot_id, tick, "signal", DETECTOR, signal))
    if spot.cells != earlier.cells:
        zone = {"cells": [len(earlier.cells), len(spot.cells)], "observed": spot.observed_last}
        events.append(Event(spot.spot_id, tick, "zone", DETECTOR, zone))
    return events


def _ticks_to_do(connection: Connection, last: datetime | None, until: datetime) -> list[datetime]:
    if last is not None:
        if until < last:
            message = (
                f"Detection has already done {last.isoformat()} and {until.isoformat()} lies "
                "before it; past hours are never done again, use `heatmaps replay` to look back."
            )
            raise UsageError(message)
        return hours_between(last + HOUR, until)
    first = detection.first_complaint_at(connection)
    if first is None:
        return []
    return hours_between(_full_hour(first) + HOUR, until)


def hours_between(first: datetime, last: datetime, step: timedelta = HOUR) -> list[datetime]:
    """Give the full hours from `first` to `last`, both included, every `step` of whole hours."""
    start = _full_hour(first)
    start += HOUR if start < first else timedelta()
    return [start + number * step for number in range((last - start) // step + 1)]


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _ground(
    connection: Connection,
    first: datetime,
    last: datetime,
    clock: Clockwork,
    ruling: CurrentPolicy | None = None,
) -> Ground:
    ruling = ruling or policies.current_policy(connection)
    since = first - reach_back(ruling.policy.detection)
    columns, weights = detection.columns_of(
        rows_between(connection, since, last, clock.cache_dir),
        count_registration=ruling.policy.detection.count_registration_addresses,
        duplicate_within=timedelta(hours=ruling.policy.quality.duplicate_within_h),
    )
    exposure = region.load_exposure(connection)
    territories = region.load_territories(connection)
    scales = Scales(columns, weights, exposure, territories, load_objects(connection))
    zone = ZoneInfo(territories[0].timezone) if territories else clock.zone
    calibrated = KeptCalibrations(clock.cache_dir).calibrate if clock.cache_dir else calibrate
    crowds = known_gatherings(connection, columns)
    return Ground(columns, scales, exposure, ruling, zone, crowds, calibrated)
