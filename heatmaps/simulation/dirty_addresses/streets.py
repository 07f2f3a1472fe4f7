"""What must be known of a gazetteer's names before one of them is misspelled fairly."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.simulation.dirty_addresses.words import TYPE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Gazetteer

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
_DESCRIBING = ("ая", "яя", "ый", "ий", "ое", "ее")
_NUMBER = re.compile(r"(?:вл|к|с|соор)?\d+[^,;]*")


def words_of(name: str) -> Words:
    """Give a name's words folded and sorted: two names with the same words are one to people."""
    return tuple(sorted(_WORD.findall(name.casefold().replace("ё", "е"))))


def bare(words: Words) -> Words:
    """Give the words without the type."""
    return tuple(word for word in words if word not in TYPE_WORDS)


class _City(NamedTuple):
    """The streets of one city.

    `names` are those with type, `bare` counts those without it, `after_whom` holds the names of
    persons by their last word.
    """

    names: frozenset[Words]
    bare: Counter[Words]
    after_whom: dict[Words, list[Words]]


class KnownNames:
    """The names of a gazetteer as people tell them apart."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._streets, self._settlements = gazetteer.streets, gazetteer.settlements
        self.words = [words_of(name) for name in gazetteer.streets.name]
        self._persons = [_after_whom(name) for name in gazetteer.streets.name]
        self._cities = _cities(gazetteer, self.words, self._persons)
        self._city_names = Counter(words_of(name) for name in self._settlements.name)
        self._in_cities = Counter(name for city in self._cities.values() for name in city.bare)
        self.usable = _usable(gazetteer)

    def alone(self, street: int) -> bool:
        """Tell whether no other street of its city has its name but for the type."""
        bare_name = bare(self.words[street])
        return bool(bare_name) and self._city_of(street).bare[bare_name] == 1

    def only_here(self, street: int) -> bool:
        """Tell whether no other street of the whole gazetteer has its name but for the type."""
        return self.alone(street) and self._in_cities[bare(self.words[street])] == 1

    def taken(self, street: int, name: str) -> bool:
        """Tell whether another street of its city bears this name, with or without a type."""
        given = bare(words_of(name))
        return given != bare(self.words[street]) and given in self._city_of(street).bare

    def has(self, settlement: int, street: int) -> bool:
        """Tell whether a city has a street of this very name and type."""
        city = self._cities.get(settlement)
        return city is not None and self.words[street] in city.names

    def has_namesake(self, settlement: int, street: int) -> bool:
        """Tell whether a city has a street called after the same person in more or fewer words.

        ``улица Королёва`` means ``улица Академика Королёва`` where there is no other; so a city
        that has one does not lack the other.
        """
        city = self._cities.get(settlement)
        name = self._persons[street]
        return city is not None and any(
            name[-len(other) :] == other or other[-len(name) :] == name
            for other in city.after_whom.get(name[-1:], ())
        )

    def is_city(self, name: str) -> bool:
        """Tell whether a settlement is called so."""
        return words_of(name) in self._city_names

    def region_needed(self, settlement: int) -> bool:
        """Tell whether the city's name alone does not say which one is meant."""
        return self._city_names[words_of(self._settlements.name[settlement])] > 1

    def _city_of(self, street: int) -> _City:
        return self._cities[int(self._streets.settlement[street])]


def homes(gazetteer: Gazetteer, words: list[Words]) -> NDArray[np.int64]:
    """Give for each house in how many cities its street, type and number are found; 0 for none."""
    houses = gazetteer.houses
    named = houses.street != NO_STREET
    name_of_street = pd.factorize(np.array([" ".join(w) for w in words], dtype=object))[0]
    number = pd.factorize(houses.number)[0].astype(np.int64)
    name = (
        np.where(named, name_of_street[houses.street], -1)
        if len(words)
        else np.full(len(named), -1)
    )
    address = name * (number.max(initial=0) + 1) + number
    pairs = pd.DataFrame({"address": address, "city": houses.settlement})
    cities = pairs.drop_duplicates().groupby("address")["city"].size()
    found = cities.reindex(address).to_numpy(dtype=np.int64)
    return np.where(named, found, 0)


def _cities(gazetteer: Gazetteer, words: list[Words], persons: list[Words]) -> dict[int, _City]:
    held: dict[int, list[int]] = {}
    for street, settlement in enumerate(gazetteer.streets.settlement.tolist()):
        held.setdefault(settlement, []).append(street)
    return {
        settlement: _City(
            frozenset(words[street] for street in rows),
            Counter(bare(words[street]) for street in rows),
            _by_last_word(persons[street] for street in rows),
        )
        for settlement, rows in held.items()
    }


def _by_last_word(names: Iterable[Words]) -> dict[Words, list[Words]]:
    by_last: dict[Words, list[Words]] = {}
    for name in names:
        if name:
            by_last.setdefault(name[-1:], []).append(name)
    return by_last


def _after_whom(name: str) -> Words:
    """Give a name's words in their order, without type, where none describes or counts."""
    words = _WORD.findall(name.casefold().replace("ё", "е"))
    named = tuple(word for word in words if word not in TYPE_WORDS)
    describes = any(word.endswith(_DESCRIBING) or not word.isalpha() for word in named)
    return () if describes else named


def _usable(gazetteer: Gazetteer) -> NDArray[np.intp]:
    """Give the rows of houses that stand on a street and have a number one would write."""
    houses = gazetteer.houses
    numbered = np.fromiter(
        (_NUMBER.fullmatch(number) is not None for number in houses.number), bool, len(houses)
    )
    return np.flatnonzero(numbered & (houses.street != NO_STREET))
