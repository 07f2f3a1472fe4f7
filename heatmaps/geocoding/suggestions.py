"""Completion of streets and houses while an address is being typed."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.normal_form import normalise, settlement_key, street_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.house_table import HouseTable
    from heatmaps.geocoding.normal_form import StreetName
    from heatmaps.geocoding.street_table import StreetTable
    from heatmaps.geocoding.town_table import TownTable

_AFTER_ALL = "\U0010ffff"
_MAX_TOWN_WORDS = 3


class Completion:
    """Streets by the beginning of any word of their name; those of the default city first."""

    def __init__(
        self,
        streets: StreetTable,
        houses: HouseTable,
        towns: TownTable,
    ) -> None:
        self._streets = streets
        self._houses = houses
        self._towns = towns
        posts = sorted({(word, i) for i, name in enumerate(streets.names) for word in _words(name)})
        self._word = [word for word, _ in posts]
        self._street = np.array([street for _, street in posts], dtype=np.int32)
        self._town = np.array(streets.settlement, dtype=np.int32)
        counts = np.array([len(houses.rows(s)) for s in range(len(streets.names))], dtype=np.int64)
        at_home = np.isin(self._town, np.array(towns.default, dtype=np.int32))
        self._weight = counts + at_home * (counts.max(initial=0) + 1)

    def complete(self, text: str, limit: int) -> Iterator[tuple[int, int | None]]:
        """Give up to `limit` pairs of street and house row, the row None for the street itself."""
        house = normalise(text).house
        if house:
            rows = self._houses_of(text, house, limit)
            if rows:
                yield from rows
                return
        for street in self._streets_of(text, limit):
            yield street, None

    def _houses_of(self, text: str, house: str, limit: int) -> list[tuple[int, int | None]]:
        form = normalise(text)
        towns = self._towns.named(form).settlements if form.places else None
        streets = [f.street for f in self._streets.find(form.street, towns)]
        if not streets:
            towns, words = self._split_town(list(form.street.words))
            rest = street_name(" ".join([form.street.kind, *form.street.ordinals, *words]))
            streets = [f.street for f in self._streets.find(rest, towns)] if towns else []
        streets.sort(key=lambda s: -self._weight[s])
        begun = house.replace(" ", "").lower()
        rows: list[tuple[int, int | None]] = []
        for street in streets:
            for row in self._houses.rows(street):
                if self._houses.number(row).replace(" ", "").lower().startswith(begun):
                    rows.append((street, row))
                    if len(rows) == limit:
                        return rows
        return rows

    def _streets_of(self, text: str, limit: int) -> list[int]:
        *towns_named, last = [part.strip() for part in text.split(",") if part.strip()] or [""]
        words = _words(street_name(last)) or last.casefold().replace("ё", "е").split()
        towns = None
        for part in towns_named:
            towns = self._towns.of_name(settlement_key(part)) or towns
        found = self._beginning_with(words)
        if not len(found) and towns is None:
            towns, words = self._split_town(words)
            found = self._beginning_with(words) if towns else found
        if towns is not None:
            found = found[np.isin(self._town[found], np.array(towns, dtype=np.int32))]
        best = np.lexsort((found, -self._weight[found]))[:limit]
        return [int(street) for street in found[best]]

    def _split_town(self, words: list[str]) -> tuple[tuple[int, ...] | None, list[str]]:
        for count in range(_MAX_TOWN_WORDS, 0, -1):
            towns = self._towns.of_name(" ".join(words[:count]))
            if towns:
                return towns, words[count:]
        return None, words

    def _beginning_with(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Give the streets that have, for every word, a word beginning with it."""
        found: NDArray[np.int32] | None = None
        for word in sorted(words, key=len, reverse=True):
            low = bisect_left(self._word, word)
            high = bisect_left(self._word, word + _AFTER_ALL, low)
            streets = np.unique(self._street[low:high])
            found = streets if found is None else np.intersect1d(found, streets, assume_unique=True)
            if not len(found):
                break
        return found if found is not None else np.empty(0, dtype=np.int32)


def _words(name: StreetName) -> list[str]:
    kind = [name.kind] if name.kind else []
    return [*name.ordinals, *name.words, *name.tail.split(), *kind]
