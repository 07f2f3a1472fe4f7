"""From a stream's columns to complaints as a CRM would hold them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import State, Topic
from heatmaps.simulation.customers import Customer, draw_customer
from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.stream import PLACES, TECHNOLOGIES, TOPICS, Stream
from heatmaps.simulation.whereabouts import tell_whereabouts
from heatmaps.simulation.wording import Trouble, word

if TYPE_CHECKING:
    from heatmaps.complaints.record import (
        AddressKind,
        Channel,
        Language,
        Place,
        Segment,
        Technology,
    )
    from heatmaps.simulation.region import Region

SOURCE = "simulation"
CRITICAL = 0.012
"""Share of the complaints without any connection that are critical."""
_CAN_BE_CRITICAL = frozenset({Topic.NO_SERVICE, Topic.NO_INTERNET})
BEGAN_KNOWN = 0.4
WITHDRAWN = 0.006
CLOSING_MEDIAN_H = 22.0
CLOSING_SPREAD = 0.9


@dataclass(frozen=True, slots=True)
class Complaint:
    """One row of a CRM's file; the fields are its columns, times in the region's zone."""

    source: str
    external_id: str
    created_at: datetime
    updated_at: datetime
    occurred_at: datetime | None
    state: State
    closed_at: datetime | None
    customer_id: str
    contact: str
    address: str | None
    city: str | None
    address_kind: AddressKind
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    location_source: str | None
    place: Place | None
    technology: Technology | None
    channel: Channel
    language: Language
    segment: Segment
    topic: Topic
    ltv: float | None
    critical: bool
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One complaint with its truth: the house it is really about, the fault or hole behind it."""

    complaint: Complaint
    house: int
    fault_id: str | None
    hole_id: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stream's ids come from and when its trouble ends.

    `prefix` makes the ids, `first_number` is the first customer's fictional phone, and no
    complaint of a fault is closed before `over_at`, seconds UTC.
    """

    prefix: str
    first_number: int
    fault_id: str | None = None
    hole_id: str | None = None
    over_at: int = 0


def tell(
    rng: np.random.Generator, region: Region, stream: Stream, origin: Origin, until: int
) -> list[Told]:
    """Give the stream's complaints in its order, states as the CRM knows them at `until`.

    Whatever `until` is, a row's id and words stay the same; only its state moves on.
    """
    teller = _Teller(rng, region, stream, origin, until)
    customers = _customers(rng, stream, origin)
    known: set[int] = set()
    told = []
    for row, number in enumerate(stream.customer.tolist()):
        complaint = teller.complaint(row, customers[number], again=number in known)
        known.add(number)
        house = int(stream.house[row])
        told.append(Told(complaint, house, origin.fault_id, origin.hole_id))
    return told


def _customers(rng: np.random.Generator, stream: Stream, origin: Origin) -> list[Customer]:
    return [
        draw_customer(rng, f"C{origin.prefix}{number:04d}", origin.first_number + number)
        for number in range(np.unique(stream.customer).size)
    ]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Turns the rows of one stream into complaints."""

    rng: np.random.Generator
    region: Region
    stream: Stream
    origin: Origin
    until: int

    def complaint(self, row: int, customer: Customer, *, again: bool) -> Complaint:
        """Give one row's complaint; `again` where the customer has complained before."""
        rng = self.rng
        trouble = self._trouble(row, again=again)
        channel = customer.channel_today(rng, trouble.told_at.hour)
        house = int(self.stream.house[row])
        where = tell_whereabouts(rng, self.region.houses, house, customer, channel)
        state, closed_at = self._state(trouble.told_at)
        return Complaint(
            source=SOURCE,
            external_id=f"S{self.origin.prefix}{row:04d}",
            created_at=trouble.told_at,
            updated_at=closed_at or trouble.told_at,
            occurred_at=trouble.began_at if rng.random() < BEGAN_KNOWN else None,
            state=state,
            closed_at=closed_at,
            customer_id=customer.customer_id,
            contact=customer.contact,
            address=where.address,
            city=where.city,
            address_kind=where.kind,
            lat=where.lat,
            lon=where.lon,
            accuracy_m=where.accuracy_m,
            location_source=where.location_source,
            place=trouble.place,
            technology=trouble.technology,
            channel=channel,
            language=customer.language,
            segment=customer.segment,
            topic=trouble.topic,
            ltv=customer.ltv,
            critical=trouble.critical,
            text=word(rng, customer.language, channel, trouble),
        )

    def _trouble(self, row: int, *, again: bool) -> Trouble:
        stream = self.stream
        told_at = datetime.fromtimestamp(int(stream.time[row]), tz=self.region.zone)
        topic = TOPICS[stream.topic[row]]
        return Trouble(
            topic=topic,
            technology=TECHNOLOGIES[stream.technology[row]],
            place=PLACES[stream.place[row]],
            told_at=told_at,
            began_at=datetime.fromtimestamp(
                int(stream.time[row] - stream.elapsed[row]), tz=self.region.zone
            ),
            critical=bool(self.rng.random() < CRITICAL) and topic in _CAN_BE_CRITICAL,
            again=again,
        )

    def _state(self, told_at: datetime) -> tuple[State, datetime | None]:
        """Give the state at `until` and, where it is over, since when."""
        worked = self.rng.lognormal(math.log(CLOSING_MEDIAN_H), CLOSING_SPREAD) * HOUR_S
        withdrawn = self.rng.random() < WITHDRAWN
        begun = told_at.timestamp()
        end = round((begun if withdrawn else max(begun, self.origin.over_at)) + worked)
        if end > self.until:
            return State.OPEN, None
        over = State.WITHDRAWN if withdrawn else State.CLOSED
        return over, datetime.fromtimestamp(end, tz=self.region.zone)
