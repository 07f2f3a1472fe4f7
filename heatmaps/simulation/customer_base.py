"""The customer base of a simulated region: everybody who complained, and some who never did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from heatmaps.complaints.record import AddressKind
from heatmaps.simulation.customers import draw_customer
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    import numpy as np

    from heatmaps.complaints.record import Channel, Language, Segment
    from heatmaps.simulation.customers import Customer
    from heatmaps.simulation.region import Region
    from heatmaps.simulation.simulation import Simulation

SILENT = 5_000
CONSENTS = 0.8
"""Share of the customers who may be messaged."""
CONSENT_DAYS = (200, 1_100)
BY_POINT = 0.3
"""Share of the addresses that the base holds as coordinates alone."""


@dataclass(frozen=True, slots=True)
class BaseCustomer:
    """One row of the customer base: a customer at an address, of a house or its coordinates."""

    customer_id: str
    address_kind: AddressKind
    address: str | None
    city: str | None
    lat: float | None
    lon: float | None
    segment: Segment
    ltv: float | None
    language: Language
    channel: Channel
    contact: str
    consent_until: date | None


def customer_base(simulation: Simulation) -> tuple[BaseCustomer, ...]:
    """Give the customers by id: those who complained, then a seeded sample of silent ones.

    Contacts are of the made-up range that complaints use, so nobody can be reached by them.
    """
    rng = generator(simulation.seed, Purpose.CUSTOMER_BASE)
    return (*_silent(simulation, rng), *_complained(simulation))


def _complained(simulation: Simulation) -> list[BaseCustomer]:
    rows: dict[str, BaseCustomer] = {}
    for told, house in zip(simulation.complaints, simulation.houses, strict=True):
        if told.customer_id in rows:
            continue
        # A draw of its own for each, so that a longer past changes nobody else.
        number = int.from_bytes(told.customer_id.encode(), "big") % 2**32
        rng = generator(simulation.seed, Purpose.CUSTOMER_BASE, number)
        kind = told.address_kind
        known = AddressKind.HOME if kind is AddressKind.PROBLEM else kind
        customer = (told.segment, told.ltv, told.language, told.channel, told.contact)
        since = told.created_at.date()
        rows[told.customer_id] = _row(
            simulation.region, rng, (told.customer_id, known, house), customer, since
        )
    return [rows[key] for key in sorted(rows)]


def _silent(simulation: Simulation, rng: np.random.Generator) -> list[BaseCustomer]:
    region = simulation.region
    weight = region.houses.subscribers / region.houses.subscribers.sum()
    houses = rng.choice(len(weight), size=SILENT, p=weight).tolist()
    since = simulation.since.date()
    rows: list[BaseCustomer] = []
    for number, house in enumerate(houses):
        made: Customer = draw_customer(rng, f"B{number:06d}", number)
        facts = (made.segment, made.ltv, made.language, made.channel, made.contact)
        kind = AddressKind.WORK if rng.random() < 0.1 else AddressKind.HOME  # noqa: PLR2004 - one in ten
        rows.append(_row(region, rng, (made.customer_id, kind, house), facts, since))
    return rows


def _row(
    region: Region,
    rng: np.random.Generator,
    who: tuple[str, AddressKind, int],
    facts: tuple[Segment, float | None, Language, Channel, str],
    since: date,
) -> BaseCustomer:
    customer_id, kind, house = who
    segment, ltv, language, channel, contact = facts
    by_point, consents = bool(rng.random() < BY_POINT), bool(rng.random() < CONSENTS)
    until = since + timedelta(days=int(rng.integers(*CONSENT_DAYS)))
    houses = region.houses
    return BaseCustomer(
        customer_id=customer_id,
        address_kind=kind,
        address=None if by_point else f"{houses.street[house]}, {houses.house[house]}",
        city=None if by_point else houses.city[house],
        lat=float(houses.lat[house]) if by_point else None,
        lon=float(houses.lon[house]) if by_point else None,
        segment=segment,
        ltv=ltv,
        language=language,
        channel=channel,
        contact=contact,
        consent_until=until if consents else None,
    )
