"""One address written in the ways people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.simulation.dirty_addresses.alphabets import has_cyrillic
from heatmaps.simulation.dirty_addresses.words import (
    BEFORE_CITY,
    BEFORE_FLAT,
    BEFORE_HOUSE,
    COMPOUND_TYPES,
    ESTATE_MARKS,
    GROWN_MARKS,
    PART_MARKS,
    SHARED_SHORT,
    TYPE_WORDS,
)

if TYPE_CHECKING:
    import numpy as np

_PART = re.compile(r"(к|с|лит|соор)(\w+)")
_ESTATE = re.compile(r"(вл)(\d.*)")
_HIGHEST_FLAT = 400
_WITH_INDEX = 0.4
_WITH_FLAT = 0.6
_GROWN = 0.4
_GLUED = 0.2
"""How often nothing but commas stands between the parts, as many registries export them."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as the gazetteer spells it.

    `region` is given where the city's name alone does not say which city is meant. `alone` tells
    that no other street of the city has the same name but for the type.
    """

    region: str
    city: str
    city_kind: str
    street: str
    house: str
    alone: bool

    @property
    def cyrillic(self) -> bool:
        """Whether the street is written in Cyrillic."""
        return has_cyrillic(self.street)


def is_type(word: str) -> bool:
    """Tell whether a word of a street's name is its type."""
    return word.casefold() in TYPE_WORDS


def clean(address: Address) -> str:
    """Give the address as its country writes it: city first in Russian, last in Latin."""
    if not address.cyrillic:
        return ", ".join(_given(f"{address.street} {address.house}", address.city, address.region))
    return ", ".join(_given(address.region, address.city, address.street, address.house))


def without_city(rng: np.random.Generator, address: Address) -> str:
    """Give street and house alone."""
    if not address.cyrillic:
        return f"{address.street} {address.house}"
    return f"{_maybe_short(rng, address)}, {one(rng, ('', 'д. ', 'д.'))}{address.house}"


def abbreviated(rng: np.random.Generator, address: Address) -> str:
    """Give types and marks in short, now and then with index and flat."""
    street = _short_street(rng, address)
    house = _house(rng, address)
    if not address.cyrillic:
        return ", ".join(_given(f"{street} {house}", address.city, address.region))
    index = f"{int(rng.integers(101_000, 695_000))}" if rng.random() < _WITH_INDEX else ""
    flat = _flat(rng) if rng.random() < _WITH_FLAT else ""
    comma = "," if rng.random() < _GLUED else ", "
    return comma.join(_given(index, address.region, _city(rng, address), street, house, flat))


def swapped(rng: np.random.Generator, address: Address) -> str:
    """Give the parts in another order: city last, house first, type on its other side."""
    if not address.cyrillic:
        city = ", ".join(_given(address.city, address.region))
        return one(
            rng,
            (
                f"{city}, {address.street} {address.house}",
                f"{address.house} {address.street}, {city}",
            ),
        )
    city = ", ".join(_given(_city(rng, address), address.region))
    street, house = _short_street(rng, address), _house(rng, address, marked=True)
    match int(rng.integers(4)):
        case 0:
            return f"{street}, {house}, {city}"
        case 1:
            return f"{house}, {street}, {city}"
        case 2:
            return f"{_flat(rng)}, {house}, {street}, {city}"
        case _:
            return f"{city}, {_type_elsewhere(street)}, {house}"


def without_type(rng: np.random.Generator, address: Address) -> str:
    """Give the address without the street's type, at times without commas."""
    name = " ".join(word for word in address.street.split() if not is_type(word))
    if not address.cyrillic:
        return ", ".join(_given(f"{name} {address.house}", address.city, address.region))
    comma = one(rng, (", ", ", ", " "))
    return comma.join(_given(address.region, address.city, name, address.house))


def plain(rng: np.random.Generator, address: Address) -> str:
    """Give the address with its type written out or shortened: what other trouble is put upon."""
    if not address.cyrillic:
        return clean(address)
    street = _maybe_short(rng, address)
    return ", ".join(_given(address.region, address.city, street, address.house))


def hurried(rng: np.random.Generator, address: Address) -> str:
    """Give the address in small letters, mostly without commas."""
    text = plain(rng, address).lower()
    return text if rng.random() < _GLUED else re.sub(r"[,.]+", "", text)


def one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    """Give one of the choices, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def _maybe_short(rng: np.random.Generator, address: Address) -> str:
    return one(rng, (address.street, _short_street(rng, address)))


def _short_street(rng: np.random.Generator, address: Address) -> str:
    return " ".join(_short(rng, word, address.alone) for word in address.street.split())


def _short(rng: np.random.Generator, word: str, alone: bool) -> str:  # noqa: FBT001 - a column's value
    folded = word.casefold()
    ways = TYPE_WORDS.get(folded)
    if ways:
        return one(rng, tuple(way for way in ways if alone or way not in SHARED_SHORT))
    for ending, shorter in COMPOUND_TYPES.items():
        if folded.endswith(ending):
            return word[: -len(ending)] + one(rng, shorter)
    return word


def _type_elsewhere(street: str) -> str:
    """Give ``Ленина ул.`` for ``ул. Ленина`` and the other way round."""
    first, *rest = street.split()
    if rest and any(first in ways for ways in TYPE_WORDS.values()):
        return " ".join((*rest, first))
    *rest, last = street.split()
    return " ".join((last, *rest))


def _city(rng: np.random.Generator, address: Address) -> str:
    return one(rng, BEFORE_CITY.get(address.city_kind, ("",))) + address.city


def _house(rng: np.random.Generator, address: Address, *, marked: bool = False) -> str:
    """Give the house with its parts marked; `marked` asks for a word before the number."""
    number, *parts = address.house.split(" ")
    if not address.cyrillic:
        return address.house
    estate = _ESTATE.fullmatch(number)
    before = one(rng, BEFORE_HOUSE if marked else (*BEFORE_HOUSE, ""))
    if estate:
        text = one(rng, ESTATE_MARKS[estate[1]]) + estate[2]
    else:
        text = before + number if number[0].isdigit() else number
    for part in parts:
        text += _part(rng, part, after_digit=text[-1].isdigit())
    return text


def _part(rng: np.random.Generator, part: str, *, after_digit: bool) -> str:
    """Give a part of a number: ``к2`` grown to the number, ``, корп. 2`` set off from it."""
    known = _PART.fullmatch(part)
    if not known:
        return f" {part}"
    grown = GROWN_MARKS.get(known[1], ())
    if grown and after_digit and rng.random() < _GROWN:
        return one(rng, grown) + known[2]
    return one(rng, (" ", ", ")) + one(rng, PART_MARKS[known[1]]) + known[2]


def _flat(rng: np.random.Generator) -> str:
    return f"{one(rng, BEFORE_FLAT)}{int(rng.integers(1, _HIGHEST_FLAT))}"


def _given(*parts: str) -> list[str]:
    return [part for part in parts if part]
