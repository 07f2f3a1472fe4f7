"""How a complaint says where the trouble is: address, coordinates, street, or hardly anything."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from heatmaps.complaints.record import AddressKind, Channel
from heatmaps.simulation.customers import pick
from heatmaps.simulation.region import METRES_PER_DEGREE
from heatmaps.simulation.spelling import write_address, write_street

if TYPE_CHECKING:
    import numpy as np

    from heatmaps.simulation.customers import Customer
    from heatmaps.simulation.region import Houses


class Manner(Enum):
    """In what form a place is told."""

    HOUSE = auto()
    HOUSE_AND_POINT = auto()
    POINT = auto()
    STREET = auto()
    JUNK = auto()
    NOTHING = auto()


# The app sends its position where the customer allows it; other channels know the address.
_APP_MANNERS = {
    Manner.HOUSE: 0.56,
    Manner.HOUSE_AND_POINT: 0.24,
    Manner.POINT: 0.17,
    Manner.STREET: 0.01,
    Manner.JUNK: 0.01,
    Manner.NOTHING: 0.01,
}
_MANNERS = {
    Manner.HOUSE: 0.95,
    Manner.HOUSE_AND_POINT: 0.0,
    Manner.POINT: 0.008,
    Manner.STREET: 0.022,
    Manner.JUNK: 0.012,
    Manner.NOTHING: 0.008,
}
_KINDS = {
    AddressKind.PROBLEM: 0.84,
    AddressKind.HOME: 0.09,
    AddressKind.WORK: 0.04,
    AddressKind.REGISTRATION: 0.03,
}
_JUNK = (
    "у метро",
    "дома",
    "адрес в договоре",
    "не указан",
    "см. предыдущее обращение",
    "возле торгового центра, где парковка",
    "ул.",
    "везде",
    "рядом с работой",
    "СПб, уточню позже",
)
_ACCURACY_M = (8, 12, 15, 20, 25, 35, 50, 65, 100, 150, 300)
_WITHIN_ACCURACY = 0.68
"""Share of positions that lie within the accuracy a phone states (Android's own definition)."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a complaint says of its place; `lat`, `lon` WGS 84 degrees, accuracy in metres."""

    kind: AddressKind
    address: str | None = None
    city: str | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    location_source: str | None = None


def tell_whereabouts(
    rng: np.random.Generator, houses: Houses, house: int, customer: Customer, channel: Channel
) -> Whereabouts:
    """Give what a customer whose trouble is at `house` says of the place."""
    manner = pick(rng, _APP_MANNERS if channel is Channel.APP else _MANNERS)
    told = Whereabouts(AddressKind.PROBLEM)
    if manner in {Manner.HOUSE, Manner.HOUSE_AND_POINT}:
        told = _address(rng, houses, house, customer)
    elif manner is Manner.STREET:
        written = write_street(rng, houses.city[house], houses.street[house])
        told = replace(told, address=written.address, city=written.city)
    elif manner is Manner.JUNK:
        told = replace(told, address=_JUNK[int(rng.integers(len(_JUNK)))])
    if manner in {Manner.POINT, Manner.HOUSE_AND_POINT}:
        told = _pointed(rng, houses, house, channel, told)
    return told


def _address(
    rng: np.random.Generator, houses: Houses, house: int, customer: Customer
) -> Whereabouts:
    """Give an address of the house, or of the customer's registration, which may be anywhere."""
    kind = pick(rng, _KINDS)
    if kind is AddressKind.REGISTRATION:
        house = int(rng.integers(len(houses.street)))
    written = write_address(
        rng, houses.city[house], houses.street[house], houses.house[house], customer.flat
    )
    return Whereabouts(kind, written.address, written.city)


def _pointed(
    rng: np.random.Generator, houses: Houses, house: int, channel: Channel, told: Whereabouts
) -> Whereabouts:
    """Add the position of a phone, or of an agent's pin, off by its accuracy (Rayleigh law)."""
    accuracy = float(_ACCURACY_M[int(rng.integers(len(_ACCURACY_M)))])
    spread = accuracy / math.sqrt(-2 * math.log(1 - _WITHIN_ACCURACY))
    north, east = rng.normal(0.0, spread, 2)
    lat = float(houses.lat[house])
    lon = float(houses.lon[house])
    return replace(
        told,
        lat=round(lat + north / METRES_PER_DEGREE, 6),
        lon=round(lon + east / (METRES_PER_DEGREE * math.cos(math.radians(lat))), 6),
        accuracy_m=accuracy,
        location_source="app" if channel is Channel.APP else "map",
    )
