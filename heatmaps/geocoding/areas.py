"""Which settlements lie in the region or district that an address names, as far as is known."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.normal_form import settlement_key
from heatmaps.geocoding.normal_form.pack import word_set
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.regions import may_lie_in, names_region, region_words
from heatmaps.geocoding.stems import stem
from heatmaps.geocoding.vocabulary import slips

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heatmaps.geocoding.town_table import TownTable

_SLIP_FROM = 6
"""Shorter names of regions are too like each other (Омская, Томская) to be taken for misspelt."""
_CAPITAL_FROM = 4
_AFTER_TOWNS = ("", "ск", "ьск", "овск", "евск", "инск")
"""Endings that make a town's stem a district's: ``перм``, ``пермск``."""
_IN_MANY_CITIES = frozenset(
    map(stem, word_set(
        "ленинский советский октябрьский кировский калининский дзержинский свердловский московский"
        " первомайский красноармейский пролетарский куйбышевский орджоникидзевский ворошиловский"
        " волжский железнодорожный центральный промышленный заводской индустриальный южный северный"
        " ленинградский невский приморский ломоносовский"
    ))
)  # fmt: skip
"""Districts within cities that are called after no town beside them."""


class Told(NamedTuple):
    """Settlements parted by an area: they lie in it, or nobody knows where they lie."""

    within: tuple[int, ...]
    unknown: tuple[int, ...]


class Areas:
    """Parts settlements by the region or district named."""

    def __init__(self, table: TownTable) -> None:
        self._table = table

    def parted(self, area: str, towns: Iterable[int]) -> Told:
        """Give those of the settlements that lie in an area, and those that may."""
        words = _words(area)
        within, unknown = list[int](), list[int]()
        for town in towns:
            known = self._table.region_words(town)
            if known and _alike(words, known, area):
                within.append(town)
            elif not known:
                name = self._table.key(town).partition("|")[0]
                (within if any(_is_capital(w, name) for w in words) else unknown).append(town)
        return Told(tuple(within), tuple(unknown))

    def in_country(self, country: str, towns: Sequence[int] | None) -> Told:
        """Give those of settlements, of all for None, that lie in a country, and those that may."""
        parted = dict[bool | None, list[int]]()
        for town in range(len(self._table)) if towns is None else towns:
            region = self._table.key(town).partition("|")[2].split(", ")[0]
            parted.setdefault(may_lie_in(country, region_words(region)), []).append(town)
        return Told(tuple(parted.get(True, ())), tuple(parted.get(None, ())))

    def everywhere(self, area: str) -> Told:
        """Give all settlements that lie in an area, and all that may."""
        parted = [self.parted(area, towns[:1]) for towns in self._by_region]
        pairs = list(zip(parted, self._by_region, strict=True))
        within = [town for told, towns in pairs if told.within for town in towns]
        unknown = [town for told, towns in pairs if told.unknown for town in towns]
        return Told(tuple(within), tuple(unknown))

    def is_of_others(self, district: str, towns: tuple[int, ...]) -> bool:
        """Tell whether a district is called after a town that is none of these."""
        own = {stem(self._table.key(town).partition("|")[0]) for town in towns}
        bare = {
            word.removesuffix(ending)
            for word in _words(district) - _IN_MANY_CITIES
            for ending in _AFTER_TOWNS
            if word.endswith(ending)
        }
        if not own.isdisjoint(bare):
            return False
        return any(word in _cities() or self._table.of_stem(word) for word in bare)

    def is_around(self, outer: int, inner: int) -> bool:
        """Tell whether a settlement is, or lies within, another one."""
        table = self._table
        at = np.array([table.lat[inner]]), np.array([table.lon[inner]])
        apart_m = float(distance_m(*at, table.lat[outer], table.lon[outer])[0])
        return outer == inner or bool(apart_m <= table.uncertainty_m[outer])

    @cached_property
    def _by_region(self) -> list[list[int]]:
        """The settlements of each region; those of an unknown one each for itself."""
        alike: dict[object, list[int]] = {}
        for town in range(len(self._table)):
            alike.setdefault(self._table.region_key(town) or town, []).append(town)
        return list(alike.values())


@lru_cache(maxsize=1)
def _cities() -> frozenset[str]:
    """Give the stems of the names of large cities."""
    return frozenset(map(stem, RUSSIAN.settlement_cases.values()))


def _words(area: str) -> frozenset[str]:
    return region_words(settlement_key(area) or area)


def _alike(words: frozenset[str], known: frozenset[str], area: str) -> bool:
    """Tell whether an area is the one known, or a slip away from it where it is none listed."""
    if words & known or names_region(area):
        return bool(words & known)
    return any(_is_slip(word, other) for word in words for other in known)


def _is_slip(word: str, other: str) -> bool:
    long = min(len(word), len(other)) >= _SLIP_FROM
    return long and word[0] == other[0] and slips(word, other, 1) is not None


def _is_capital(word: str, town: str) -> bool:
    """Tell whether a region is called after a settlement: ``пермск`` after ``пермь``."""
    bare = stem(town)
    return len(bare) >= _CAPITAL_FROM and word.startswith(bare)
