"""Planted faults of the network: where, how wide, how long, and what people notice of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Technology, Topic
from heatmaps.desk.words import Cause
from heatmaps.errors import UsageError
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.simulation.region import Region

DAY_S = 24 * HOUR_S
WEEK_S = 7 * DAY_S
FAULTS_PER_WEEK = 5
MOST_AT_ONCE = 10
"""Room for numbers between one week, or one hour, and the next."""
SIZES = (5, 6, 8, 10, 12, 15, 20, 25, 30, 40)
RADII_M = (250.0, 1500.0)
DURATIONS_H = (3.0, 100.0)
AFFECTED_REPORT = 0.05
"""No more than this share of those affected ever reports."""
APART_M = 500.0
"""Faults that live at the same time keep this distance between their borders."""
STANDS_OUT = 2.0
"""A fault makes at least this many complaints and standard deviations of the usual count."""
TRIES = 400


class Onset(StrEnum):
    """How a fault begins: at once, or getting worse by and by."""

    STEP = "step"
    RAMP = "ramp"


@dataclass(frozen=True, slots=True)
class Symptom:
    """What people notice of a fault, and why it happened."""

    topic: Topic
    technology: Technology | None
    cause: Cause
    onset: Onset


SYMPTOMS = (
    Symptom(Topic.NO_SERVICE, None, Cause.POWER, Onset.STEP),
    Symptom(Topic.NO_INTERNET, Technology.G4, Cause.TRANSPORT_LINE, Onset.STEP),
    Symptom(Topic.SLOW_INTERNET, Technology.G4, Cause.OVERLOAD, Onset.RAMP),
    Symptom(Topic.VOICE_QUALITY, Technology.G4, Cause.INTERFERENCE, Onset.RAMP),
    Symptom(Topic.DROPPED_CALLS, Technology.G3, Cause.EQUIPMENT, Onset.STEP),
    Symptom(Topic.NO_INTERNET, Technology.G3, Cause.EQUIPMENT, Onset.STEP),
    Symptom(Topic.SLOW_INTERNET, Technology.G5, Cause.EQUIPMENT, Onset.RAMP),
    Symptom(Topic.NO_SERVICE, Technology.G2, Cause.PLANNED_WORK, Onset.STEP),
    Symptom(Topic.NO_SERVICE, None, Cause.EMERGENCY, Onset.STEP),
    Symptom(Topic.NO_COVERAGE, Technology.G4, Cause.EQUIPMENT, Onset.STEP),
    Symptom(Topic.SLOW_INTERNET, Technology.G4, Cause.INTERFERENCE, Onset.RAMP),
    Symptom(Topic.DROPPED_CALLS, Technology.G4, Cause.OVERLOAD, Onset.RAMP),
)

RESTRICTION = Symptom(Topic.NO_INTERNET, None, Cause.ORDERED_RESTRICTION, Onset.STEP)
RESTRICTION_EVERY_WEEKS = 8
"""Once in so many weeks mobile internet is switched off somewhere by order of an authority."""

# Age in hours, complaints so far, radius in metres, symptom, hours since it was mended: what a demo
# always finds, from one that broke out within the hour to a weak one and one just mended; the
# widest first, since room is scarcest for it.
CURRENT = (
    (15.0, 20, 800.0, SYMPTOMS[2], 0.0),
    (5.0, 14, 650.0, SYMPTOMS[1], 0.0),
    (43.0, 16, 500.0, SYMPTOMS[3], 0.0),
    (66.0, 22, 400.0, SYMPTOMS[5], 14.0),
    (54.0, 18, 350.0, SYMPTOMS[4], 0.0),
    (1.0, 9, 350.0, SYMPTOMS[0], 0.0),
    (92.0, 12, 300.0, SYMPTOMS[9], 0.0),
    (22.0, 11, 300.0, SYMPTOMS[11], 0.0),
)
CURRENT_USUAL = 0.5
"""A current fault's place usually makes no more than this share of its complaints meanwhile."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault and its truth.

    `number` is unique among the past faults and among the `current`, each for itself; a current
    fault is planted for the moment the simulation ends, whenever that is.
    `starts_at` and `ends_at` are seconds since 1970-01-01 UTC, the end excluded; `lat`, `lon`
    WGS 84 degrees; `cells` every H3 cell of resolution 9 it touches; `house` the position of the
    house in its middle. `complaints` is how many different customers it makes complain within
    its life, or, where it still lives when the simulation ends, by `reported_by`.
    """

    number: int
    current: bool
    starts_at: int
    ends_at: int
    reported_by: int
    radius_m: float
    symptom: Symptom
    complaints: int
    house: int = -1
    lat: float = 0.0
    lon: float = 0.0
    cells: tuple[int, ...] = ()

    @property
    def fault_id(self) -> str:
        """Give the id that stands in files."""
        return f"{'L' if self.current else 'P'}{self.number}"


def past_faults(region: Region, seed: int, since: int, until: int, rate: float) -> list[Fault]:
    """Give the faults that begin in [since, until), seconds UTC, by start.

    A week's faults depend on the seed and the week alone, so that a later simulation tells the
    same past. `rate` is what one subscriber complains in a second when nothing is wrong.
    """
    weeks = range(since // WEEK_S, until // WEEK_S + 1)
    planned = [fault for week in weeks for fault in _week_of_faults(region, seed, week, rate)]
    inside = [fault for fault in planned if since <= fault.starts_at < until]
    return sorted(inside, key=lambda fault: fault.starts_at)


def current_faults(
    region: Region, seed: int, until: int, rate: float, past: Iterable[Fault]
) -> list[Fault]:
    """Give the faults of `CURRENT` at `until`, apart from each other and from `past`."""
    hour = until // HOUR_S
    rng = generator(seed, Purpose.CURRENT_FAULTS, hour)
    taken = [fault for fault in past if fault.ends_at > until - 2 * WEEK_S]
    current: list[Fault] = []
    for position, (age_h, complaints, radius_m, symptom, over_h) in enumerate(CURRENT):
        lasts_on = int(rng.integers(6 * HOUR_S, 2 * DAY_S))
        end = until - round(over_h * HOUR_S) if over_h else until + lasts_on
        fault = Fault(
            number=hour * MOST_AT_ONCE + position,
            current=True,
            starts_at=until - round(age_h * HOUR_S),
            ends_at=end,
            reported_by=min(end, until),
            radius_m=radius_m,
            symptom=symptom,
            complaints=complaints,
        )
        most = CURRENT_USUAL * complaints / (rate * age_h * HOUR_S)
        current.append(_placed(region, rng, fault, [*taken, *current], most))
    return current


def _week_of_faults(region: Region, seed: int, week: int, rate: float) -> list[Fault]:
    rng = generator(seed, Purpose.WEEK_OF_FAULTS, week)
    faults: list[Fault] = []
    for position, symptom in enumerate(rng.permutation(len(SYMPTOMS))[:FAULTS_PER_WEEK]):
        start = week * WEEK_S + int(rng.integers(WEEK_S))
        bare = Fault(
            number=week * MOST_AT_ONCE + position,
            current=False,
            starts_at=start,
            ends_at=start,
            reported_by=start,
            radius_m=0.0,
            symptom=SYMPTOMS[symptom],
            complaints=0,
        )
        if position == 0 and week % RESTRICTION_EVERY_WEEKS == seed % RESTRICTION_EVERY_WEEKS:
            bare = _by_order(bare, seed, week)
        faults.append(_noticed(region, rng, bare, faults, rate))
    return faults


def _by_order(fault: Fault, seed: int, week: int) -> Fault:
    """Give the fault as an ordered restriction, at an hour of the week that the seed alone decides.

    Whenever a simulation ends, just one begins in each `RESTRICTION_EVERY_WEEKS` of it.
    """
    start = week * WEEK_S + int(generator(seed, Purpose.RESTRICTION).integers(WEEK_S))
    return replace(fault, symptom=RESTRICTION, starts_at=start, ends_at=start, reported_by=start)


def _noticed(
    region: Region, rng: np.random.Generator, bare: Fault, others: list[Fault], rate: float
) -> Fault:
    """Give the fault a size that can be told from what its place usually complains."""
    for _ in range(TRIES):
        end = bare.starts_at + round(_log_uniform(rng, DURATIONS_H) * HOUR_S)
        sized = replace(
            bare,
            ends_at=end,
            reported_by=end,
            radius_m=round(_log_uniform(rng, RADII_M)),
            complaints=int(rng.choice(SIZES)),
        )
        fault = _placed(region, rng, sized, others)
        usual = _affected(region, fault) * rate * (end - fault.starts_at)
        if fault.complaints >= STANDS_OUT + STANDS_OUT * math.sqrt(usual):
            return fault
    raise _too_small(region)


def _placed(
    region: Region,
    rng: np.random.Generator,
    fault: Fault,
    others: list[Fault],
    most: float = math.inf,
) -> Fault:
    """Give the fault a place with enough subscribers, `most` at most, away from the others.

    Where there is no room for `APART_M`, the place drawn that leaves the most.
    """
    share = region.houses.subscribers / region.houses.subscribers.sum()
    best, best_room = fault, -math.inf
    for house in rng.choice(share.size, TRIES, p=share):
        placed = replace(fault, house=int(house))
        if not fault.complaints / AFFECTED_REPORT <= _affected(region, placed) <= most:
            continue
        room = min((_room(region, placed, other) for other in others), default=math.inf)
        if room > best_room:
            best, best_room = placed, room
        if room >= APART_M:
            break
    if best.house < 0:
        raise _too_small(region)
    lat, lon = float(region.houses.lat[best.house]), float(region.houses.lon[best.house])
    return replace(
        best, lat=lat, lon=lon, cells=region.houses.cells_within(best.house, best.radius_m)
    )


def _too_small(region: Region) -> UsageError:
    message = (
        f"A region of {len(region.houses.street)} houses and {region.subscribers.sum()} "
        "subscribers has no room for its faults; simulate a larger one."
    )
    return UsageError(message)


def _affected(region: Region, fault: Fault) -> float:
    near = region.houses.within(fault.house, fault.radius_m)
    return float(region.houses.subscribers[near].sum())


def _room(region: Region, one: Fault, other: Fault) -> float:
    """Give the metres between two faults' borders; infinite where they never live together."""
    if one.starts_at >= other.ends_at or other.starts_at >= one.ends_at:
        return math.inf
    houses = region.houses
    away = math.hypot(
        houses.east[one.house] - houses.east[other.house],
        houses.north[one.house] - houses.north[other.house],
    )
    return away - one.radius_m - other.radius_m


def _log_uniform(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(*np.log(bounds))))
