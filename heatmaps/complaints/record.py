"""The complaint: its words with fixed values and the record that intake makes of a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """Where the CRM stands with a complaint."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class AddressKind(StrEnum):
    """The address of what: a registration address says little about where the trouble is."""

    PROBLEM = "problem"
    HOME = "home"
    WORK = "work"
    REGISTRATION = "registration"


class Place(StrEnum):
    """Where the customer was."""

    INDOOR = "indoor"
    OUTDOOR = "outdoor"
    TRANSPORT = "transport"


class Technology(StrEnum):
    """Radio generation."""

    G2 = "2g"
    G3 = "3g"
    G4 = "4g"
    G5 = "5g"


class Channel(StrEnum):
    """How the complaint came, and so how its answer goes."""

    CALL = "call"
    CHAT = "chat"
    APP = "app"
    OFFICE = "office"
    MESSENGER = "messenger"
    SOCIAL = "social"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"


class Language(StrEnum):
    """The customer's language."""

    RU = "ru"
    KK = "kk"
    EN = "en"


class Segment(StrEnum):
    """Market segment."""

    MASS = "mass"
    HIGH_VALUE = "high_value"
    B2B = "b2b"
    B2G = "b2g"
    VIP = "vip"


class Topic(StrEnum):
    """What the complaint is about. The order is the code order used in batch columns."""

    NO_SERVICE = "no_service"
    NO_COVERAGE = "no_coverage"
    NO_INTERNET = "no_internet"
    SLOW_INTERNET = "slow_internet"
    VOICE_QUALITY = "voice_quality"
    DROPPED_CALLS = "dropped_calls"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint as the CRM tells it, validated; times are aware and in UTC.

    Identity is (`source`, `external_id`). `lat` and `lon` are what the CRM gave, WGS 84 degrees;
    where the complaint finally stands is decided by geocoding. `flags` names what intake noticed
    without refusing the row, such as ``fold_hour``.
    """

    source: str
    external_id: str
    created_at: datetime
    updated_at: datetime | None = None
    occurred_at: datetime | None = None
    state: State = State.OPEN
    closed_at: datetime | None = None
    owner: str | None = None
    transferred_to: str | None = None
    customer_id: str | None = None
    name: str | None = None
    contact: str | None = None
    address: str | None = None
    city: str | None = None
    address_kind: AddressKind = AddressKind.PROBLEM
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    location_source: str | None = None
    place: Place | None = None
    technology: Technology | None = None
    serving_cell: str | None = None
    roaming: bool | None = None
    brand: str | None = None
    channel: Channel | None = None
    language: Language | None = None
    segment: Segment | None = None
    topic: Topic = Topic.OTHER
    ltv: float | None = None
    critical: bool = False
    text: str | None = None
    flags: tuple[str, ...] = ()
