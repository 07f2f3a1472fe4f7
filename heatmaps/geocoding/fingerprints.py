"""Numbers that stand for what an answer says: equal where the normal form, or the match, is.

A house's number holds its street's in the upper half, so that all of a street are one range.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.geocoding.result import GeocodeResult

STREET_BITS = 32
"""The upper bits of a number are the street's alone, the lower bits the whole's."""

PLACE_IGNORED = "place_ignored:"
"""Begins the changes that tell which words beside the settlement belong to no place known here."""

_STREET_AND_HOUSE = 2
_MOST_PLACES = 6
_STREET_BARS = 2
_KEPT = 1 << 18
"""Numbers kept at hand: in a file the same house comes again and again."""
_STREETS_KEPT = 1 << 14


def form_keys(results: Iterable[GeocodeResult | None]) -> list[int | None]:
    """Give each answer a signed 64-bit fingerprint of its `shared_form`; None where it has none."""
    return [form_key(shared_form(r)) if r is not None and r.normal_form else None for r in results]


def shared_form(result: GeocodeResult) -> str:
    """Give the normal form by which addresses wait together and are decided.

    It leaves out the words that belong to no place known here, for they may be a person's name,
    where a settlement, a street and a house remain.
    """
    ignored = {_spaced(c[len(PLACE_IGNORED) :]) for c in ignored_places(result)}
    parts = result.normal_form.split(", ") if ignored else []
    places, rest = parts[:-_STREET_AND_HOUSE], parts[-_STREET_AND_HOUSE:]
    kept = [place for place in places if _spaced(place) not in ignored]
    if not kept or not any(letter.isdigit() for letter in rest[-1]):
        return result.normal_form
    return ", ".join((*kept, *rest))


def ignored_places(result: GeocodeResult) -> tuple[str, ...]:
    """Give the changes of an answer that tell which words belong to no place known here."""
    return tuple(change for change in result.changes if change.startswith(PLACE_IGNORED))


def form_of_key(normal_form: str, key: int) -> str:
    """Give the `shared_form` that has this fingerprint, found by leaving out places.

    The whole normal form where none has, as when an earlier normaliser wrote it.
    """
    parts = normal_form.split(", ")
    places, rest = parts[:-_STREET_AND_HOUSE], parts[-_STREET_AND_HOUSE:]
    if len(places) > _MOST_PLACES or form_key(normal_form) == key:
        return normal_form
    shorter = (
        ", ".join((*kept, *rest))
        for count in range(len(places) - 1, 0, -1)
        for kept in combinations(places, count)
    )
    return next((text for text in shorter if form_key(text) == key), normal_form)


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


def _spaced(name: str) -> str:
    return name.replace("-", " ")


def _digest(text: str, size: int) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
