"""What geocoding gives back: the interface between an address and a location."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


ACCEPTED = 0.85
"""From this confidence on an answer is taken as it is; below it is doubtful."""


class Level(StrEnum):
    """How precisely an address was placed."""

    HOUSE = "house"
    NEAR = "near"
    STREET = "street"
    SETTLEMENT = "settlement"
    REGION = "region"
    NONE = "none"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place the address may mean; WGS 84 degrees."""

    label: str
    level: Level
    lat: float
    lon: float
    confidence: float


@dataclass(frozen=True, slots=True)
class GeocodeResult:
    """Where an address is, how well that is known, and what was done to it.

    `lat`, `lon` are WGS 84 degrees, None for the levels none and ambiguous. `uncertainty_m` is
    the radius in metres that holds the true place; None where there is no place. `confidence`
    is 0 to 1: the chance that the match is the address meant. `normal_form` is the address as it
    was understood, without flat; `matched` the gazetteer's own name of what was found. `changes`
    says what was altered to match, `faults` what is wrong with the input, as short words. `key` is
    the lasting key of what was matched (`gazetteer.house_keys`), empty where nothing was.
    """

    level: Level
    lat: float | None = None
    lon: float | None = None
    uncertainty_m: float | None = None
    confidence: float = 0.0
    normal_form: str = ""
    matched: str = ""
    changes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion of what an agent is typing; `value` geocodes to this very place."""

    value: str
    level: Level
    lat: float
    lon: float


class Geocoder(Protocol):
    """Answers alike for one address and for many."""

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address; `city` is what a structured column said."""
        ...

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order, equal to `geocode` of each."""
        ...

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give up to `limit` completions of `text`, the likeliest first."""
        ...
