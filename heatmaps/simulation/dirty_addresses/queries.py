"""Queries of each kind drawn from a gazetteer, with the house each one means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import text_column
from heatmaps.simulation.dirty_addresses import writing
from heatmaps.simulation.dirty_addresses.alphabets import (
    SCHEMES,
    has_cyrillic,
    on_wrong_layout,
    transliterated,
    with_look_alikes,
    without_accents,
)
from heatmaps.simulation.dirty_addresses.junk import junk
from heatmaps.simulation.dirty_addresses.kind import Kind
from heatmaps.simulation.dirty_addresses.streets import KnownNames, homes
from heatmaps.simulation.dirty_addresses.typing_errors import SHORTEST, can_be_mistyped, mistyped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Gazetteer, Text

NO_HOUSE = -1
SHORTEST_FOR_TWO = 6
"""Letters of the shortest word with two slips in it: in a shorter one half the word is gone."""

_CITY_MISTYPED = 0.15
_HIGHEST_NUMBER = 400
_DRAWS_OF_A_SLIP = 20


@dataclass(frozen=True, slots=True)
class Queries:
    """Addresses of one kind, a column each, no two alike.

    `text` is what was written, `city` what stands in the column of that name or None; `house` the
    row in the gazetteer's houses that is meant, or `NO_HOUSE` where no house may be given.
    """

    kind: Kind
    text: Text
    city: Text
    house: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of queries."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    city: str | None = None
    house: int = NO_HOUSE


class Sampler:
    """Draws queries from one gazetteer; the same seed gives the same queries."""

    def __init__(self, gazetteer: Gazetteer, seed: int) -> None:
        self._gazetteer = gazetteer
        self._seed = seed
        self._names = KnownNames(gazetteer)
        self._homes: NDArray[np.int64] | None = None
        self._write: dict[Kind, Callable[[np.random.Generator, int], _Query | None]] = {
            Kind.CLEAN: self._written(lambda _, address: writing.clean(address)),
            Kind.ABBREVIATED: self._written(writing.abbreviated),
            Kind.SWAPPED: self._written(writing.swapped),
            Kind.CAPITALS: self._written(_capitals),
            Kind.NO_TYPE: self._no_type,
            Kind.ONE_TYPO: self._one_typo,
            Kind.TWO_TYPOS: self._two_typos,
            Kind.TRANSLITERATED: self._written(_in_latin),
            Kind.WRONG_LAYOUT: self._written(_on_wrong_layout),
            Kind.LOOK_ALIKE: self._written(_with_look_alikes),
            Kind.CITY_COLUMN: self._city_column,
            Kind.DEFAULT_CITY: self._default_city,
            Kind.NO_CITY: self._no_city,
            Kind.SEVERAL_FIT: self._several_fit,
            Kind.STREET_ABSENT: self._street_absent,
            Kind.HOUSE_ABSENT: self._house_absent,
            Kind.JUNK: lambda rng, _: _Query(junk(rng)),
        }

    def draw(self, kind: Kind, count: int) -> Queries:
        """Give up to `count` queries of a kind, fewer where the gazetteer does not hold as many.

        Only houses are drawn whose address can be told from the text: none without its type where
        two streets of the city differ in nothing else.
        """
        rng = np.random.default_rng([self._seed, list(Kind).index(kind)])
        found: dict[tuple[str, str | None], _Query] = {}
        for row in self._rows(rng, kind):
            if len(found) == count:
                break
            query = self._write[kind](rng, row)
            if query is not None:
                found.setdefault((query.text, query.city), query)
        drawn = list(found.values())
        return Queries(
            kind,
            text_column([query.text for query in drawn]),
            text_column([query.city for query in drawn]),
            np.array([query.house for query in drawn], dtype=np.int64),
        )

    @property
    def default_city(self) -> str:
        """The settlement with the most houses: the default of the queries that name none."""
        return str(self._gazetteer.settlements.name[self._largest])

    @property
    def _largest(self) -> int:
        rows = self._names.usable
        return int(np.bincount(self._gazetteer.houses.settlement[rows]).argmax())

    def _rows(self, rng: np.random.Generator, kind: Kind) -> Iterator[int]:
        rows = self._names.usable
        houses = self._gazetteer.houses
        if kind is Kind.DEFAULT_CITY:
            rows = rows[houses.settlement[rows] == self._largest]
        if kind is Kind.SEVERAL_FIT:
            if self._homes is None:
                self._homes = homes(self._gazetteer, self._names.words)
            rows = rows[self._homes[rows] > 1]
        return iter(rng.permutation(rows).tolist())

    def _address(self, row: int) -> writing.Address:
        houses = self._gazetteer.houses
        return self._address_of(int(houses.settlement[row]), int(houses.street[row]), row)

    def _address_of(self, settlement: int, street: int, row: int) -> writing.Address:
        settlements = self._gazetteer.settlements
        region = settlements.region[settlement] if self._names.region_needed(settlement) else ""
        return writing.Address(
            region,
            settlements.name[settlement],
            settlements.kind[settlement],
            self._gazetteer.streets.name[street],
            self._gazetteer.houses.number[row],
            self._names.alone(street),
        )

    def _written(
        self, write: Callable[[np.random.Generator, writing.Address], str | None]
    ) -> Callable[[np.random.Generator, int], _Query | None]:
        def query(rng: np.random.Generator, row: int) -> _Query | None:
            text = write(rng, self._address(row))
            return None if text is None else _Query(text, house=row)

        return query

    def _no_type(self, rng: np.random.Generator, row: int) -> _Query | None:
        address = self._address(row)
        typed = any(writing.is_type(word) for word in address.street.split())
        if not (address.alone and typed):
            return None
        return _Query(writing.without_type(rng, address), house=row)

    def _one_typo(self, rng: np.random.Generator, row: int) -> _Query | None:
        return self._mistyped(rng, row, SHORTEST, 1)

    def _two_typos(self, rng: np.random.Generator, row: int) -> _Query | None:
        return self._mistyped(rng, row, SHORTEST_FOR_TWO, 2)

    def _mistyped(
        self, rng: np.random.Generator, row: int, shortest: int, slips: int
    ) -> _Query | None:
        """Give the address with slips in one word; None where they would make another name."""
        address = self._address(row)
        text = writing.plain(rng, address)
        street = int(self._gazetteer.houses.street[row])
        in_city = rng.random() < _CITY_MISTYPED
        of = address.city if in_city else address.street
        words = [word for word in re.findall(r"\w+", of) if can_be_mistyped(word, shortest)]
        words = [word for word in words if re.search(rf"\b{word}\b", text)]
        if not words:
            return None
        word = words[int(rng.integers(len(words)))]
        for _ in range(_DRAWS_OF_A_SLIP):
            wrong = mistyped(rng, word, slips)
            other = re.sub(rf"\b{word}\b", wrong, of, count=1)
            taken = self._names.is_city(other) if in_city else self._names.taken(street, other)
            if not taken:
                return _Query(re.sub(rf"\b{word}\b", wrong, text, count=1), house=row)
        return None

    def _city_column(self, rng: np.random.Generator, row: int) -> _Query | None:
        address = self._address(row)
        if address.region:
            return None
        return _Query(writing.without_city(rng, address), address.city, row)

    def _default_city(self, rng: np.random.Generator, row: int) -> _Query:
        return _Query(writing.without_city(rng, self._address(row)), house=row)

    def _no_city(self, rng: np.random.Generator, row: int) -> _Query | None:
        if not self._names.only_here(int(self._gazetteer.houses.street[row])):
            return None
        return _Query(writing.without_city(rng, self._address(row)), house=row)

    def _several_fit(self, rng: np.random.Generator, row: int) -> _Query:
        return _Query(writing.without_city(rng, self._address(row)))

    def _street_absent(self, rng: np.random.Generator, row: int) -> _Query | None:
        """Give a street of one city in another that has none of that name and type."""
        houses = self._gazetteer.houses
        street = int(houses.street[row])
        other = int(houses.settlement[rng.choice(self._names.usable)])
        if self._names.has(other, street) or self._names.has_namesake(other, street):
            return None
        return _Query(writing.plain(rng, self._address_of(other, street, row)))

    def _house_absent(self, rng: np.random.Generator, row: int) -> _Query | None:
        """Give a number that no house of the street begins with."""
        address = self._address(row)
        taken = self._numbers_of(int(self._gazetteer.houses.street[row]))
        number = str(rng.integers(1, _HIGHEST_NUMBER))
        if number in taken:
            return None
        absent = writing.Address(
            address.region, address.city, address.city_kind, address.street, number, address.alone
        )
        return _Query(writing.plain(rng, absent))

    def _numbers_of(self, street: int) -> set[str]:
        numbers = self._gazetteer.houses.number[self._gazetteer.houses.street == street]
        return {digits for number in numbers for digits in re.findall(r"\d+", number)}


def _capitals(rng: np.random.Generator, address: writing.Address) -> str:
    return writing.one(rng, (writing.clean(address), writing.abbreviated(rng, address))).upper()


def _in_latin(rng: np.random.Generator, address: writing.Address) -> str | None:
    """Give Russian by one of the schemes, and other Latin without its accents; None for English."""
    text = writing.plain(rng, address)
    if has_cyrillic(text):
        return transliterated(text, writing.one(rng, tuple(SCHEMES)))
    plain = without_accents(text, spelled_out=bool(rng.integers(2)))
    return plain if plain != text else None


def _on_wrong_layout(rng: np.random.Generator, address: writing.Address) -> str | None:
    return on_wrong_layout(writing.hurried(rng, address)) if address.cyrillic else None


def _with_look_alikes(rng: np.random.Generator, address: writing.Address) -> str | None:
    text = writing.plain(rng, address)
    return with_look_alikes(rng, text) if address.cyrillic else None
