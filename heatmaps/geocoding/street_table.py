"""All streets of a gazetteer, found by settlement and name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.initials import explained_by_initials, weighed_by_initials
from heatmaps.geocoding.name_prints import NamePrints
from heatmaps.geocoding.name_words import (
    LEAST_SHARE,
    LikeName,
    NameWords,
    pack_name_words,
)
from heatmaps.geocoding.normal_form import StreetName, street_name
from heatmaps.geocoding.packed import Arrays, Texts, fingerprint, pack_texts, view
from heatmaps.geocoding.short_streets import Beginnings, shortened_share
from heatmaps.geocoding.stems import stems
from heatmaps.geocoding.street_types import (
    TYPE_MISSING,
    TYPE_PRESUMED,
    FoundStreet,
    Row,
    StreetTypes,
    pack_street_types,
)
from heatmaps.geocoding.whole_names import WholeNames, pack_whole_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Streets

__all__ = [
    "TYPE_MISSING",
    "TYPE_PRESUMED",
    "FoundStreet",
    "StreetTable",
    "pack_streets",
]

MOST_SEARCHED = 64
"""Of more settlements, those of a region, names are looked for anywhere and picked out."""
_NAMES_KEPT = 16_384
_SETTLEMENTS_KEPT = 256
_LATIN = re.compile("[a-z]")


def pack_streets(streets: Streets) -> Arrays:
    """Give the packed street table: a row for every street, and one for every name of each."""
    named = [(i, street_name(name)) for i, name in enumerate(streets.name)]
    keys = [name.key for _, name in named]
    for street, others in enumerate(streets.aliases):
        known = {named[street][1]}
        for other in others.splitlines() if others else ():
            name = street_name(other)
            if name and name not in known:
                known.add(name)
                named.append((street, name))
    names = [name for _, name in named]
    cores = [name.core for name in names]
    of_name = np.array([street for street, _ in named], np.uint32)
    town = streets.settlement[of_name].astype(np.int32)
    prints = np.fromiter((fingerprint(core) for core in cores), np.uint64, len(cores))
    order = np.lexsort((town, prints))
    bare = np.fromiter((fingerprint(stems(core)) for core in cores), np.uint64, len(cores))
    by_stem = np.lexsort((town, bare))
    return {
        "street.settlement": streets.settlement.astype(np.int32),
        "street.lat": streets.lat.astype(np.float64),
        "street.lon": streets.lon.astype(np.float64),
        "street.uncertainty_m": streets.uncertainty_m.astype(np.float64),
        **pack_texts("street.name", streets.name),
        **pack_texts("street.key", keys),
        "street.latin": np.array([any(_LATIN.search(core) for core in cores)], np.uint8),
        "name.street": of_name,
        **pack_street_types(names),
        **pack_texts("name.core", cores),
        "core.print": prints[order],
        "core.town": town[order],
        "core.row": order.astype(np.uint32),
        "stem.print": bare[by_stem],
        "stem.town": town[by_stem],
        "stem.row": by_stem.astype(np.uint32),
        **pack_whole_names(names, town),
        **pack_name_words("word", cores, town, bones=False),
        **pack_name_words("bone", cores, town, bones=True),
    }


class StreetTable:
    """Streets by the core of their name, within settlements or anywhere."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.settlement = view(arrays, "street.settlement")
        self.lat = view(arrays, "street.lat")
        self.lon = view(arrays, "street.lon")
        self.uncertainty_m = view(arrays, "street.uncertainty_m")
        self.name = Texts(arrays, "street.name")
        self.key = Texts(arrays, "street.key")
        self.core = Texts(arrays, "name.core")
        self.street_of = view(arrays, "name.street")
        self._short_names = lru_cache(_SETTLEMENTS_KEPT)(self._short_names_in)
        self._cores = NamePrints(arrays, "core")
        self._stems = NamePrints(arrays, "stem")
        self.has_latin = bool(arrays["street.latin"][0])
        self._words = NameWords(arrays, "word", self.core, bones=False)
        self._bones = NameWords(arrays, "bone", self.core, bones=True)
        self._types = StreetTypes(arrays)
        self._whole_names = WholeNames(arrays)
        self._exact = lru_cache(maxsize=_NAMES_KEPT)(self._find_exactly)

    def __len__(self) -> int:
        """Give the number of streets."""
        return len(self.settlement)

    def of_key(self, settlement: int, key: str) -> int | None:
        """Give the street with this lasting key in a settlement, None where there is none."""
        core = key.partition(":")[2]
        for row in self._whole_names.rows_in(settlement):
            street = self.street_of[row]
            if core.startswith(self.core[row]) and self.key[street] == key:
                return int(street)
        return None

    def find(
        self, name: StreetName, settlements: tuple[int, ...] | None
    ) -> tuple[FoundStreet, ...]:
        """Give the streets of exactly that name in those settlements, or anywhere for None.

        A type or part of town that was left out or is another is no obstacle; it lowers the
        confidence. The likeliest first.
        """
        return self._exact(name, settlements)

    def find_in_case(
        self, name: StreetName, settlements: Sequence[int] | None
    ) -> Sequence[FoundStreet]:
        """Give the streets of that name in another case or gender, the likeliest first."""
        rows = self._stems.rows(stems(name.core), settlements)
        change = (f"case:{name.core}",)
        found = [(row, shares.OTHER_CASE, change) for row in rows]
        return self._types.fitting(name.kind, name.tail, name.initials, found)

    def find_shortened(self, name: StreetName, settlements: Sequence[int]) -> Sequence[FoundStreet]:
        """Give the streets whose name this one is short for, the likeliest first."""
        written = name.core.split()
        found = [
            (row, share, (f"shortened:{name.core}",))
            for settlement in settlements
            for row in self._short_names(settlement).which_may_be(written)
            if (share := shortened_share(written, name.initials, self.core[row].split()))
        ]
        return self._types.fitting(name.kind, name.tail, name.initials, found)

    def _short_names_in(self, settlement: int) -> Beginnings:
        rows = self._whole_names.rows_in(settlement)
        return Beginnings({int(row): self.core[row].split() for row in rows})

    def find_like(
        self,
        name: StreetName,
        settlements: Sequence[int] | None,
        *,
        by_sound: bool,
        may_add: bool,
    ) -> Sequence[FoundStreet]:
        """Give the streets of nearly that name, the likeliest first.

        With `by_sound` spellings of other scripts and transliterations count as the same; with
        `may_add` a word that the street has not is overlooked.
        """
        core = name.core
        if not core:
            return ()
        if settlements is not None and len(settlements) > MOST_SEARCHED:
            within = frozenset(settlements)
            anywhere = self.find_like(name, None, by_sound=by_sound, may_add=may_add)
            return [one for one in anywhere if self.settlement[one.street] in within]
        found = self._words.find(core, settlements, may_add=may_add)
        if by_sound:
            best: dict[int, LikeName] = {}
            for one in (*self._bones.find(core, settlements, may_add=may_add), *found):
                if one.row not in best or best[one.row].share < one.share:
                    best[one.row] = one
            found = sorted(best.values(), key=lambda r: (-r.share, r.row))
        if name.initials:
            found = weighed_by_initials(name.initials, found)
        rows: Sequence[Row] = found
        if not rows and settlements is not None:
            rows = [row for town in settlements for row in self._whole_names.like(name, town)]
        fitting = self._types.fitting(name.kind, name.tail, name.initials, rows)
        return [one for one in fitting if one.confidence >= LEAST_SHARE]

    def prepare(self, asked: Iterable[tuple[StreetName, tuple[int, ...] | None, bool]]) -> None:
        """Look up at once what is like the words of names that no street bears to the letter.

        Each is asked for in settlements as by `find_like`, and by sound or not.
        """
        misspelt = [
            (name.core, by_sound)
            for name, settlements, by_sound in asked
            if not self.find(name, settlements)
        ]
        self._words.learn(core for core, _ in misspelt)
        self._bones.learn(core for core, by_sound in misspelt if by_sound or self.has_latin)

    def _find_exactly(
        self, name: StreetName, settlements: tuple[int, ...] | None
    ) -> tuple[FoundStreet, ...]:
        rows: list[Row] = [(row, 1.0, ()) for row in self._cores.rows(name.core, settlements)]
        if name.initials and name.core:
            like = self._words.find(name.core, settlements, may_add=False)
            rows += explained_by_initials(name.initials, like)
        return self._types.fitting(name.kind, name.tail, name.initials, rows) if rows else ()
