"""Completion of streets and houses while an address is being typed."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heatmaps.geocoding.normal_form import readings, settlement_key, street_name
from heatmaps.geocoding.normal_form.layout import as_russian_keys
from heatmaps.geocoding.packed import Arrays, Texts, pack_texts
from heatmaps.geocoding.vocabulary import slips_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Streets
    from heatmaps.geocoding.house_table import HouseTable
    from heatmaps.geocoding.normal_form import NormalForm, StreetName
    from heatmaps.geocoding.street_table import StreetTable
    from heatmaps.geocoding.towns_named import TownsNamed

_AFTER_ALL = "\U0010ffff"
_MAX_TOWN_WORDS = 3
_OTHERWISE = frozenset({"layout", "transliterated"})
"""Changes that make another text of what is being typed."""

_MOST_LIKE = 8
_BEGINNINGS_KEPT = 8


def pack_completion(streets: Streets) -> Arrays:
    """Give every word of street names in order, and the streets that have it."""
    posts: dict[str, list[int]] = {}
    for street, name in enumerate(streets.name):
        for word in dict.fromkeys(_words(street_name(name))):
            posts.setdefault(word, []).append(street)
    words = sorted(posts)
    ends = np.cumsum([len(posts[word]) for word in words], dtype=np.uint32)
    held = [np.array(posts[word], np.int32) for word in words]
    return {
        **pack_texts("begun", words),
        "begun.start": np.concatenate(([0], ends)).astype(np.uint32),
        "begun.street": np.concatenate(held) if held else np.empty(0, np.int32),
    }


class Completion:
    """Streets by the beginning of any word of their name; those of the default city first."""

    def __init__(
        self,
        arrays: Mapping[str, NDArray[Any]],
        streets: StreetTable,
        houses: HouseTable,
        towns: TownsNamed,
    ) -> None:
        self._streets = streets
        self._houses = houses
        self._named_in = towns
        self._towns = towns.table
        self._word = Texts(arrays, "begun")
        self._start = arrays["begun.start"]
        self._street = arrays["begun.street"]
        self._town = arrays["street.settlement"]
        counts = np.diff(arrays["house.start"][: len(streets) + 1].astype(np.int64))
        at_home = np.isin(self._town, np.array(towns.table.default, dtype=np.int32))
        self._weight = counts + at_home * (counts.max(initial=0) + 1)
        self._beginnings = lru_cache(maxsize=_BEGINNINGS_KEPT)(self._beginnings_of)

    def complete(self, text: str, limit: int) -> Iterator[tuple[int, int | None]]:
        """Give up to `limit` pairs of street and house row, the row None for the street itself."""
        forms = readings(text)
        for form in forms:
            rows = self._houses_of(form, limit) if form.house else []
            if rows:
                yield from rows
                return
        others = [form.text for form in forms if _OTHERWISE.intersection(form.changes)]
        other_keys = [as_russian_keys(text)] if text.isascii() else []
        for spelt in dict.fromkeys((text, *others, *other_keys)):
            streets = self._streets_of(spelt, limit, spelling=False)
            if streets:
                break
        else:
            streets = self._streets_of(text, limit, spelling=True)
        for street in streets:
            yield street, None

    def _houses_of(self, form: NormalForm, limit: int) -> list[tuple[int, int | None]]:
        towns = self._named_in.named(form).settlements if form.places else None
        streets = self._named(form.street, towns)
        if not streets:
            towns, words = self._split_town(list(form.street.words))
            rest = street_name(" ".join([form.street.kind, *form.street.ordinals, *words]))
            streets = self._named(rest, towns) if towns else []
        begun = form.house.replace(" ", "").lower()
        rows: list[tuple[int, int | None]] = []
        for street in streets:
            for row in self._houses.rows(street):
                if self._houses.number(row).replace(" ", "").lower().startswith(begun):
                    rows.append((street, row))
                    if len(rows) == limit:
                        return rows
        return rows

    def _named(self, name: StreetName, towns: tuple[int, ...] | None) -> list[int]:
        found = self._streets.find(name, towns) or self._streets.find_like(
            name, towns, by_sound=False, may_add=False
        )
        likeliest = sorted(found, key=lambda f: (-f.confidence, -self._weight[f.street]))
        return [f.street for f in likeliest]

    def _streets_of(self, text: str, limit: int, *, spelling: bool) -> list[int]:
        *towns_named, last = [part.strip() for part in text.split(",") if part.strip()] or [""]
        words = _words(street_name(last)) or last.casefold().replace("ё", "е").split()
        towns = None
        for part in towns_named:
            key = settlement_key(part)
            towns = self._towns.of_name(key) or self._like_town(key, spelling=spelling) or towns
        found = self._beginning_with(words, spelling=spelling)
        if not len(found) and towns is None:
            towns, words = self._split_town(words)
            found = self._beginning_with(words, spelling=spelling) if towns else found
        if towns is not None:
            found = found[np.isin(self._town[found], np.array(towns, dtype=np.int32))]
        best = np.lexsort((found, -self._weight[found]))[:limit]
        return [int(street) for street in found[best]]

    def _like_town(self, key: str, *, spelling: bool) -> tuple[int, ...] | None:
        return self._towns.like(key, by_sound=True).settlements if spelling else None

    def _split_town(self, words: list[str]) -> tuple[tuple[int, ...] | None, list[str]]:
        for count in range(_MAX_TOWN_WORDS, 0, -1):
            towns = self._towns.of_name(" ".join(words[:count]))
            if towns:
                return towns, words[count:]
        return None, words

    def _beginning_with(self, words: Sequence[str], *, spelling: bool) -> NDArray[np.int32]:
        """Give the streets that have, for every word, a word beginning with it.

        With `spelling` a word that begins none may be misspelt.
        """
        found: NDArray[np.int32] | None = None
        for word in sorted(words, key=len, reverse=True):
            streets = self._begun(word)
            if not len(streets) and spelling:
                streets = self._begun_like(word)
            found = streets if found is None else np.intersect1d(found, streets, assume_unique=True)
            if not len(found):
                break
        return found if found is not None else np.empty(0, dtype=np.int32)

    def _begun(self, word: str) -> NDArray[np.int32]:
        low = bisect_left(self._word, word)
        high = bisect_left(self._word, word + _AFTER_ALL, low)
        return np.unique(self._street[self._start[low] : self._start[high]])

    def _begun_like(self, word: str) -> NDArray[np.int32]:
        allowed = slips_allowed(len(word))
        if not allowed:
            return np.empty(0, dtype=np.int32)
        like = process.extract(
            word,
            self._beginnings(len(word)),
            scorer=OSA.distance,
            score_cutoff=allowed,
            limit=_MOST_LIKE,
        )
        nearest = [spelt for spelt, slips, _ in like if slips == like[0][1]]
        parts = [self._begun(spelt) for spelt in nearest]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int32)

    def _beginnings_of(self, length: int) -> list[str]:
        """Give the different beginnings of so many letters that words have."""
        return list(dict.fromkeys(word[:length] for word in self._word))


def _words(name: StreetName) -> list[str]:
    kind = [name.kind] if name.kind else []
    return [*name.ordinals, *name.words, *name.tail.split(), *kind]
