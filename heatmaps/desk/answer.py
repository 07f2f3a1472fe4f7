"""The agent's address check: is a spot known here, and what to tell the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.desk import script
from heatmaps.desk.words import Cause, Status
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from heatmaps.desk.card import SpotCard
    from heatmaps.desk.tuning import LookupPolicy
    from heatmaps.geocoding.result import GeocodeResult


class Verdict(StrEnum):
    """What is known at an address."""

    WORKS_GO_ON = "works_go_on"
    OVERDUE = "overdue"
    RESTRICTED = "restricted"
    FINISHED = "finished"
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
    `control_at` is the term told to the caller: the ETA, or the new control date once it passed.
    """

    verdict: Verdict
    sentence: str
    geocoded: GeocodeResult
    spot: SpotCard | None = None
    control_at: datetime | None = None
    certain: bool = True
    near: tuple[NearSpot, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The spots that cover an address and those around it.

    `certain` is False where the address is known so coarsely that `here` only may cover it.
    """

    here: Sequence[SpotCard] = ()
    near: Sequence[NearSpot] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Circumstances of a question: when, in whose zone and language."""

    now: datetime
    zone: ZoneInfo
    language: str


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
    """Give the answer for an address, from the spots that cover it and those around.

    Of several spots here an open one comes before a finished one, then the higher priority.
    """
    near = tuple(around.near)
    if not is_placed(geocoded):
        return Answer(Verdict.ADDRESS_UNCLEAR, script.ASK_AGAIN[asked.language], geocoded)
    spot = _most_telling(around.here, asked.now, policy)
    if spot is None:
        sentence = script.NOTHING_KNOWN[asked.language]
        return Answer(Verdict.NOTHING_KNOWN, sentence, geocoded, near=near)
    verdict, sentence, control_at = _about(spot, asked, policy)
    return Answer(verdict, sentence, geocoded, spot, control_at, around.certain, near)


def _most_telling(here: Sequence[SpotCard], now: datetime, policy: LookupPolicy) -> SpotCard | None:
    told = [card for card in here if card.is_open or _finished_lately(card, now, policy)]
    return max(told, key=lambda card: (card.is_open, card.priority, -card.spot_id), default=None)


def _finished_lately(card: SpotCard, now: datetime, policy: LookupPolicy) -> bool:
    work = card.work
    if work.status not in {Status.RESOLVED, Status.CONFIRMED} or work.resolved_at is None:
        return False
    return now - work.resolved_at <= timedelta(hours=policy.resolved_shown_h)


def _about(
    spot: SpotCard, asked: Asked, policy: LookupPolicy
) -> tuple[Verdict, str, datetime | None]:
    work, now, zone, language = spot.work, asked.now, asked.zone, asked.language
    if not spot.is_open and work.resolved_at is not None:
        return Verdict.FINISHED, script.finished(work.resolved_at, zone, language), None
    if work.cause is Cause.ORDERED_RESTRICTION:
        return Verdict.RESTRICTED, script.RESTRICTED[language], work.eta
    control = now + timedelta(hours=policy.overdue_control_h)
    if spot.is_overdue(now):
        return Verdict.OVERDUE, script.overdue(work.cause, control, zone, language), control
    eta = work.eta or control
    return Verdict.WORKS_GO_ON, script.works_go_on(eta, now, zone, language), eta
