"""The agent's address check: is a spot known here, and what to tell the caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.desk import network_script, script
from heatmaps.desk.words import Cause, Status
from heatmaps.geocoding.result import Level
from heatmaps.region.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from heatmaps.desk.card import SpotCard
    from heatmaps.desk.tuning import LookupPolicy
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.region.events import NetworkEvent
    from heatmaps.region.technology import Technology


class Verdict(StrEnum):
    """What is known at an address."""

    WORKS_GO_ON = "works_go_on"
    OVERDUE = "overdue"
    RESTRICTED = "restricted"
    FINISHED = "finished"
    NETWORK_EVENT = "network_event"
    NOTHING_KNOWN = "nothing_known"
    ADDRESS_UNCLEAR = "address_unclear"


@dataclass(frozen=True, slots=True)
class NearSpot:
    """A spot near the address that does not cover it; the distance is to the spot's centre."""

    card: SpotCard
    distance_m: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent sees and says.

    `certain` is False where the address is known so coarsely that the spot only may cover it.
    `control_at` is the term told to the caller: the ETA, the new control date once it passed, or
    the end of the event that is on. `events` are on now or come soon. `covered` tells whether each
    technology is predicted to work here, and is empty where nothing is known of coverage.
    """

    verdict: Verdict
    sentence: str
    geocoded: GeocodeResult
    spot: SpotCard | None = None
    control_at: datetime | None = None
    certain: bool = True
    near: tuple[NearSpot, ...] = ()
    events: tuple[NetworkEvent, ...] = ()
    covered: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is at an address: spots that cover it and those around, events, predicted coverage.

    `certain` is False where the address is known so coarsely that `here` only may cover it.
    `events` hold there now or soon; `covered` has the technologies whose coverage is known.
    """

    here: Sequence[SpotCard] = ()
    near: Sequence[NearSpot] = ()
    certain: bool = True
    events: Sequence[NetworkEvent] = ()
    covered: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Circumstances of a question: when, in whose zone and language, of which technology."""

    now: datetime
    zone: ZoneInfo
    language: str
    technology: Technology | None = None


VILLAGE_M = 3_200.0
"""A place known to within this is worth an answer: a village is one point, a city is not."""


def is_placed(geocoded: GeocodeResult) -> bool:
    """Whether an address was found well enough to say what is known there.

    A street that was not found leaves only the settlement, and telling a caller about a spot
    somewhere in it would be a guess.
    """
    if geocoded.level in {Level.NONE, Level.AMBIGUOUS, Level.REGION}:
        return False
    if geocoded.level is Level.SETTLEMENT and "street_not_found" in geocoded.faults:
        return False
    return geocoded.uncertainty_m is not None and geocoded.uncertainty_m <= VILLAGE_M


def answer(
    geocoded: GeocodeResult, around: Surroundings, asked: Asked, policy: LookupPolicy
) -> Answer:
    """Give the answer for an address, from what is there and around.

    Of several spots here an open one comes before a finished one, then the higher priority. The
    spot's sentence comes first; an event that is on is told as its reason, and where there is no
    spot, for itself. What is planned and what lies outside coverage is told after that.
    """
    if not is_placed(geocoded):
        return Answer(Verdict.ADDRESS_UNCLEAR, script.ASK_AGAIN[asked.language], geocoded)
    spot = _most_telling(around.here, asked.now, policy)
    event = _most_reason(around.events, asked.now)
    if spot is not None:
        verdict, sentence, control_at = _about(spot, event, asked, policy)
    elif event is not None:
        verdict, control_at = Verdict.NETWORK_EVENT, event.ends_at
        sentence = network_script.on_now(event, asked.now, asked.zone, asked.language)
    else:
        verdict, control_at = Verdict.NOTHING_KNOWN, None
        sentence = script.NOTHING_KNOWN[asked.language]
    return Answer(
        verdict=verdict,
        sentence=" ".join([sentence, *_besides(verdict, around, asked)]),
        geocoded=geocoded,
        spot=spot,
        control_at=control_at,
        certain=around.certain or (spot is None and event is None),
        near=tuple(around.near),
        events=tuple(around.events),
        covered=around.covered,
    )


_REASONS_FIRST = (EventKind.OUTAGE, EventKind.PLANNED_WORK, EventKind.MASS_EVENT)
_SAID_ALONE = frozenset({Verdict.RESTRICTED, Verdict.FINISHED})
"""Verdicts after which the network is not spoken of: one is no fault of it, the other mended."""


def _most_reason(events: Sequence[NetworkEvent], now: datetime) -> NetworkEvent | None:
    """Give the event that is on and explains most: what is broken, then what lasts longest."""
    on = [event for event in events if event.is_on(now)]

    def telling(event: NetworkEvent) -> tuple[int, float, str]:
        lasts = float("inf") if event.ends_at is None else event.ends_at.timestamp()
        return -_REASONS_FIRST.index(event.kind), lasts, event.event_id

    return max(on, key=telling, default=None)


def _besides(verdict: Verdict, around: Surroundings, asked: Asked) -> list[str]:
    """Give the sentences after the main one: the next thing planned, and coverage."""
    if verdict in _SAID_ALONE:
        return []
    coming = (event for event in around.events if event.starts_at > asked.now)
    planned = (network_script.soon(event, asked.zone, asked.language) for event in coming)
    first = next((sentence for sentence in planned if sentence), None)
    outside = network_script.coverage(around.covered, asked.technology, asked.language)
    return [sentence for sentence in (first, outside if around.certain else None) if sentence]


def _most_telling(here: Sequence[SpotCard], now: datetime, policy: LookupPolicy) -> SpotCard | None:
    told = [card for card in here if card.is_open or _finished_lately(card, now, policy)]
    return max(told, key=lambda card: (card.is_open, card.priority, -card.spot_id), default=None)


def _finished_lately(card: SpotCard, now: datetime, policy: LookupPolicy) -> bool:
    work = card.work
    if work.status not in {Status.RESOLVED, Status.CONFIRMED} or work.resolved_at is None:
        return False
    return now - work.resolved_at <= timedelta(hours=policy.resolved_shown_h)


def _about(
    spot: SpotCard, event: NetworkEvent | None, asked: Asked, policy: LookupPolicy
) -> tuple[Verdict, str, datetime | None]:
    work, now, zone, language = spot.work, asked.now, asked.zone, asked.language
    if not spot.is_open and work.resolved_at is not None:
        return Verdict.FINISHED, script.finished(work.resolved_at, zone, language), None
    if work.cause is Cause.ORDERED_RESTRICTION:
        return Verdict.RESTRICTED, script.RESTRICTED[language], work.eta
    control = now + timedelta(hours=policy.overdue_control_h)
    known = work.cause not in {None, Cause.UNKNOWN}
    cause = network_script.CAUSE_OF[event.kind] if event and not known else work.cause
    if spot.is_overdue(now):
        return Verdict.OVERDUE, script.overdue(cause, control, zone, language), control
    eta = work.eta or control
    sentence = script.works_go_on(eta, now, zone, language)
    if event is not None and cause is not None:
        sentence += f" {script.REASONS[language].get(cause, '')}".rstrip()
    return Verdict.WORKS_GO_ON, sentence, eta
