"""Numbers that stand for what an answer says: equal where the normal form, or the match, is.

A house's number holds its street's in the upper half, so that all of a street are one range.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.geocoding.result import GeocodeResult

STREET_BITS = 32
"""The upper bits of a number are the street's alone, the lower bits the whole's."""

_STREET_BARS = 2
_KEPT = 1 << 18
"""Numbers kept at hand: in a file the same house comes again and again."""
_STREETS_KEPT = 1 << 14


def form_keys(results: Iterable[GeocodeResult | None]) -> list[int | None]:
    """Give each answer a signed 64-bit fingerprint of its normal form; None where it has none."""
    return [form_key(r.normal_form) if r is not None and r.normal_form else None for r in results]


def match_keys(results: Iterable[GeocodeResult | None]) -> list[int | None]:
    """Give each answer a signed 64-bit fingerprint of what it matched; None where nothing."""
    return [match_key(r.key) if r is not None and r.key else None for r in results]


@lru_cache(_KEPT)
def form_key(normal_form: str) -> int:
    """Give the fingerprint of a normal form, signed 64 bits."""
    return int.from_bytes(_digest(normal_form, 8), "little", signed=True)


@lru_cache(_KEPT)
def match_key(key: str) -> int:
    """Give the fingerprint of a lasting key of the gazetteer, signed 64 bits.

    The key of a house is that of its street (settlement, region, street), ``|`` and its number.
    """
    return paired(key.rpartition("|")[0] if key.count("|") > _STREET_BARS else key, key)


def paired(street: str, whole: str) -> int:
    """Give a signed 64-bit number, the street's fingerprint above that of the whole."""
    number = _street_half(street) << STREET_BITS | _half(whole)
    return number - (1 << 64) if number >= 1 << 63 else number


@lru_cache(_STREETS_KEPT)
def _street_half(street: str) -> int:
    return _half(street)


def _half(text: str) -> int:
    return int.from_bytes(_digest(text, STREET_BITS // 8), "little")


def _digest(text: str, size: int) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
