"""Who complains: made-up customers with their segment, value, language and way to answer them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from heatmaps.complaints.record import Channel, Language, Segment

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")

NUMBERS = 10_000
"""The range +7 900 000-00-00 to +7 900 000-99-99, which stands for nobody here."""
_SEGMENTS = {
    Segment.MASS: 0.85,
    Segment.HIGH_VALUE: 0.06,
    Segment.B2B: 0.06,
    Segment.B2G: 0.01,
    Segment.VIP: 0.02,
}
_LANGUAGES = {Language.RU: 0.955, Language.KK: 0.025, Language.EN: 0.02}
_CHANNELS = {
    Channel.CALL: 0.52,
    Channel.APP: 0.15,
    Channel.CHAT: 0.11,
    Channel.MESSENGER: 0.08,
    Channel.OFFICE: 0.04,
    Channel.WEB: 0.035,
    Channel.SOCIAL: 0.03,
    Channel.EMAIL: 0.03,
    Channel.LETTER: 0.005,
}
# Median in roubles and spread (standard deviation of the logarithm) of the lifetime value.
_LTV = {
    Segment.MASS: (9_500.0, 0.75),
    Segment.HIGH_VALUE: (42_000.0, 0.5),
    Segment.B2B: (58_000.0, 1.0),
    Segment.B2G: (75_000.0, 0.9),
    Segment.VIP: (140_000.0, 0.7),
}
LTV_MISSING = 0.11
LTV_OUTLIER = 0.006
FLAT_KNOWN = 0.45
SWITCHES_CHANNEL = 0.2
OFFICE_HOURS = range(10, 21)
LAST_FLAT = 160


@dataclass(frozen=True, slots=True)
class Customer:
    """One made-up customer; `channel` is the way this customer usually comes."""

    customer_id: str
    contact: str
    segment: Segment
    ltv: float | None
    language: Language
    channel: Channel
    flat: int | None

    def channel_today(self, rng: np.random.Generator, hour: int) -> Channel:
        """Give the usual channel, now and then another; a call where the office is shut."""
        channel = pick(rng, _CHANNELS) if rng.random() < SWITCHES_CHANNEL else self.channel
        shut = channel is Channel.OFFICE and hour not in OFFICE_HOURS
        return Channel.CALL if shut else channel


def pick(rng: np.random.Generator, weights: dict[T, float]) -> T:
    """Give one key, drawn by weight."""
    drawn = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        drawn -= weight
        if drawn < 0:
            return key
    return key


def draw_customer(rng: np.random.Generator, customer_id: str, number: int) -> Customer:
    """Give a customer with the fictional phone `number`, 0 to 9999."""
    segment = pick(rng, _SEGMENTS)
    channel = pick(rng, _CHANNELS)
    contact = f"+7900000{number % NUMBERS:04d}"
    if channel is Channel.EMAIL:
        contact = f"client{number % NUMBERS:04d}@example.com"
    return Customer(
        customer_id=customer_id,
        contact=contact,
        segment=segment,
        ltv=_draw_ltv(rng, segment),
        language=pick(rng, _LANGUAGES),
        channel=channel,
        flat=int(rng.integers(1, LAST_FLAT)) if rng.random() < FLAT_KNOWN else None,
    )


def _draw_ltv(rng: np.random.Generator, segment: Segment) -> float | None:
    median, spread = _LTV[segment]
    value = median * float(rng.lognormal(0.0, spread))
    chance = rng.random()
    if chance < LTV_MISSING:
        return None
    if chance < LTV_MISSING + LTV_OUTLIER:
        value *= 40.0
    return round(value, 2)
