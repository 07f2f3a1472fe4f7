"""All streets of a gazetteer, found by settlement and name."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heatmaps.geocoding import shares
from heatmaps.geocoding.initials import weighed_by_initials
from heatmaps.geocoding.name_prints import NamePrints
from heatmaps.geocoding.name_words import (
    LEAST_SHARE,
    LikeName,
    NameWords,
    pack_name_words,
)
from heatmaps.geocoding.normal_form import StreetName, street_name
from heatmaps.geocoding.packed import Arrays, Texts, fingerprint, pack_texts, view
from heatmaps.geocoding.stems import stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Streets

_EITHER = {"пр": ("проспект", "проезд")}
_STREET = "улица"
_SAME_KIND = {
    "street": "улица", "ulica": "улица", "ulitsa": "улица", "vulica": "улица", "rue": "улица",
    "avenue": "проспект", "prospekt": "проспект", "praspekt": "проспект",
    "boulevard": "бульвар", "lane": "переулок", "square": "площадь", "highway": "шоссе",
    "road": "дорога", "embankment": "набережная",
}  # fmt: skip
"""Types of street that are one in two languages."""

TYPE_MISSING = "type_missing"
TYPE_PRESUMED = "type_presumed:улица"
"""Changes: no type was written; no type was written, and of several the commonest was taken."""

LIKE_AS_WHOLE = 0.8
_NAMES_KEPT = 8_192
_LETTERS = 64
_ROUNDING = 1e-9
_LATIN = re.compile("[a-z]")


class FoundStreet(NamedTuple):
    """A street that a name may mean, how surely, and what had to be changed for it."""

    street: int
    confidence: float
    changes: tuple[str, ...]


_Row = tuple[int, float, tuple[str, ...]]
"""A name's row, how surely its words are those asked for, and what was changed."""


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
    cores, glued = [name.core for name in names], [_glued(name) for name in names]
    of_name = np.array([street for street, _ in named], np.uint32)
    town = streets.settlement[of_name].astype(np.int32)
    prints = np.fromiter((fingerprint(core) for core in cores), np.uint64, len(cores))
    order = np.lexsort((town, prints))
    bare = np.fromiter((fingerprint(stems(core)) for core in cores), np.uint64, len(cores))
    by_stem = np.lexsort((town, bare))
    by_town = np.argsort(town, kind="stable")
    return {
        "street.settlement": streets.settlement.astype(np.int32),
        "street.lat": streets.lat.astype(np.float64),
        "street.lon": streets.lon.astype(np.float64),
        "street.uncertainty_m": streets.uncertainty_m.astype(np.float64),
        **pack_texts("street.name", streets.name),
        **pack_texts("street.key", keys),
        "street.latin": np.array([any(_LATIN.search(core) for core in cores)], np.uint8),
        "name.street": of_name,
        **_pack_choices("name.kind", [_SAME_KIND.get(n.kind, n.kind) for n in names]),
        **_pack_choices("name.tail", [n.tail for n in names]),
        **pack_texts("name.core", cores),
        **pack_texts("name.glued", glued),
        "core.print": prints[order],
        "core.town": town[order],
        "core.row": order.astype(np.uint32),
        "stem.print": bare[by_stem],
        "stem.town": town[by_stem],
        "stem.row": by_stem.astype(np.uint32),
        "town.town": town[by_town],
        "town.row": by_town.astype(np.uint32),
        "town.letters": np.array([_letters(glued[row]) for row in by_town], np.uint64),
        "town.length": np.array([len(glued[row]) for row in by_town], np.uint16),
        **pack_name_words("word", cores, town, bones=False),
        **pack_name_words("bone", cores, town, bones=True),
    }


def _pack_choices(name: str, texts: Sequence[str]) -> Arrays:
    """Give a column of few different texts: the texts, and which of them each row has."""
    different = sorted(set(texts))
    choice = {text: i for i, text in enumerate(different)}
    which = np.fromiter((choice[t] for t in texts), np.uint16, len(texts))
    return {**pack_texts(f"{name}s", different), name: which}


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
        self._glued_name = Texts(arrays, "name.glued")
        self.street_of = view(arrays, "name.street")
        self._kind = view(arrays, "name.kind")
        self._tail = view(arrays, "name.tail")
        self._kinds = list(Texts(arrays, "name.kinds"))
        self._tails = list(Texts(arrays, "name.tails"))
        self._tail_of = {tail: i for i, tail in enumerate(self._tails)}
        self._meant: dict[str, tuple[int, ...]] = {}
        self._cores = NamePrints(arrays, "core")
        self._stems = NamePrints(arrays, "stem")
        self._by_town = view(arrays, "town.town")
        self._row_by_town = view(arrays, "town.row")
        self._letters = arrays["town.letters"]
        self._length = arrays["town.length"]
        self.has_latin = bool(arrays["street.latin"][0])
        self._words = NameWords(arrays, "word", self.core, bones=False)
        self._bones = NameWords(arrays, "bone", self.core, bones=True)
        self._whole = lru_cache(maxsize=_NAMES_KEPT)(self._like_whole)

    def __len__(self) -> int:
        """Give the number of streets."""
        return len(self.settlement)

    def of_key(self, settlement: int, key: str) -> int | None:
        """Give the street with this lasting key in a settlement, None where there is none."""
        core = key.partition(":")[2]
        for row in self._rows_in(settlement):
            street = self.street_of[row]
            if core.startswith(self.core[row]) and self.key[street] == key:
                return int(street)
        return None

    def find(self, name: StreetName, settlements: Sequence[int] | None) -> list[FoundStreet]:
        """Give the streets of exactly that name in those settlements, or anywhere for None.

        A type or part of town that was left out or is another is no obstacle; it lowers the
        confidence. The likeliest first.
        """
        rows = self._cores.rows(name.core, settlements)
        return self._fitting(name, [(row, 1.0, ()) for row in rows])

    def find_in_case(
        self, name: StreetName, settlements: Sequence[int] | None
    ) -> list[FoundStreet]:
        """Give the streets of that name in another case or gender, the likeliest first."""
        rows = self._stems.rows(stems(name.core), settlements)
        change = (f"case:{name.core}",)
        return self._fitting(name, [(row, shares.OTHER_CASE, change) for row in rows])

    def find_like(
        self,
        name: StreetName,
        settlements: Sequence[int] | None,
        *,
        by_sound: bool,
        may_add: bool,
    ) -> list[FoundStreet]:
        """Give the streets of nearly that name, the likeliest first.

        With `by_sound` spellings of other scripts and transliterations count as the same; with
        `may_add` a word that the street has not is overlooked.
        """
        core = name.core
        if not core:
            return []
        found = self._words.find(core, settlements, may_add=may_add)
        if by_sound:
            best: dict[int, LikeName] = {}
            for one in (*self._bones.find(core, settlements, may_add=may_add), *found):
                if one.row not in best or best[one.row].share < one.share:
                    best[one.row] = one
            found = sorted(best.values(), key=lambda r: (-r.share, r.row))
        if name.initials:
            found = weighed_by_initials(name.initials, found)
        rows: Sequence[_Row] = found
        if not rows and settlements is not None:
            asked, written = _glued(name), " ".join((*name.ordinals, *name.words))
            rows = [row for town in settlements for row in self._whole(asked, written, town)]
        return [one for one in self._fitting(name, rows) if one.confidence >= LEAST_SHARE]

    def _rows_in(self, town: int) -> list[int]:
        rows: list[int] = self._row_by_town[self._span(town)].tolist()
        return rows

    def _span(self, town: int) -> slice:
        low = bisect_left(self._by_town, town)
        return slice(low, bisect_right(self._by_town, town, low))

    def _like_whole(self, asked: str, written: str, town: int) -> list[_Row]:
        """Give the names of a town that are like one as a whole, whatever the spaces."""
        digits = _digits(asked)
        span = self._span(town)
        rows = [self._row_by_town[span.start + i] for i in self._alike(asked, span)]
        if not rows:
            return []
        close = process.extract(
            asked,
            [self._glued_name[row] for row in rows],
            scorer=OSA.normalized_similarity,
            score_cutoff=LIKE_AS_WHOLE,
            limit=5,
        )
        return [
            (
                rows[at],
                shares.GLUED if alike == 1 else shares.FAR_SPELLING,
                (f"typo:{written.capitalize()}→{known.capitalize()}",),
            )
            for known, alike, at in close
            if _digits(known) == digits
        ]

    def _alike(self, asked: str, span: slice) -> list[int]:
        """Give the names of a span that may be like one: a slip changes two letters at most."""
        length = self._length[span]
        longer = np.maximum(length, len(asked)) * (1 - LIKE_AS_WHOLE) + _ROUNDING
        others = np.bitwise_count(self._letters[span] ^ _letters(asked))
        apart = np.abs(length.astype(np.int32) - len(asked))
        alike: list[int] = np.flatnonzero((others <= 2 * longer) & (apart <= longer)).tolist()
        return alike

    def _fitting(self, name: StreetName, rows: Iterable[_Row]) -> list[FoundStreet]:
        """Give the streets of these rows with what their type and part of town say."""
        best: dict[int, FoundStreet] = {}
        kinds, tail = self._kinds_meant(name.kind), self._tail_of.get(name.tail)
        for row, share, changes in rows:
            found: FoundStreet | None
            if self._tail[row] == tail and self._kind[row] in kinds:
                found = FoundStreet(self.street_of[row], share, changes)
            else:
                found = self._otherwise(name, kinds, row, share, changes)
                if found is None:
                    continue
            known = best.get(found.street)
            if known is None or known.confidence < found.confidence:
                best[found.street] = found
        if len(best) < 2:  # noqa: PLR2004, one needs no order
            return list(best.values())
        found_all = list(best.values()) if name.kind else self._presumed(list(best.values()))
        return sorted(found_all, key=lambda f: (-f.confidence, f.street))

    def _kinds_meant(self, kind: str) -> tuple[int, ...]:
        """Give the types that one written may stand for."""
        meant = self._meant.get(kind)
        if meant is None:
            same = _SAME_KIND.get(kind, kind)
            either = _EITHER.get(same, (same,))
            meant = tuple(i for i, known in enumerate(self._kinds) if known in either)
            self._meant[kind] = meant
        return meant

    def _presumed(self, found: list[FoundStreet]) -> list[FoundStreet]:
        """Say of a ``улица`` among namesakes of other types that it was presumed.

        A namesake that has no type either goes before all of them.
        """
        if any(not f.changes for f in found):
            return [
                f._replace(confidence=f.confidence * shares.TYPE_NOT_NAMED)
                if TYPE_MISSING in f.changes
                else f
                for f in found
            ]
        plain = {f.street for f in found if self.key[f.street].startswith(f"{_STREET}:")}
        if not plain or len(plain) == len(found):
            return found
        return [
            f._replace(changes=_presuming(f.changes)) if f.street in plain else f for f in found
        ]

    def _otherwise(
        self,
        name: StreetName,
        kinds: tuple[int, ...],
        row: int,
        share: float,
        changes: tuple[str, ...],
    ) -> FoundStreet | None:
        """Give a street of another type or part of town, None where the part contradicts."""
        tail = self._tails[self._tail[row]]
        if tail != name.tail:
            if tail and name.tail:
                return None
            share *= shares.TAIL_MISSING
            changes = (*changes, "tail_unknown" if name.tail else "tail_missing")
        if self._kind[row] in kinds:
            return FoundStreet(self.street_of[row], share, changes)
        if not name.kind:
            share *= shares.TYPE_MISSING
            return FoundStreet(self.street_of[row], share, (*changes, TYPE_MISSING))
        share *= shares.TYPE_MISMATCH * (shares.MISMATCH_AND_MORE if changes else 1.0)
        change = f"type:{name.kind}→{self._kinds[self._kind[row]]}"
        return FoundStreet(self.street_of[row], share, (*changes, change))


def _presuming(changes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(TYPE_PRESUMED if change == TYPE_MISSING else change for change in changes)


def _glued(name: StreetName) -> str:
    return "".join((*name.ordinals, *name.words))


def _letters(text: str) -> np.uint64:
    """Give the letters of a text as bits; letters far apart in the alphabet may share one."""
    bits = 0
    for char in text:
        bits |= 1 << ord(char) % _LETTERS
    return np.uint64(bits)


def _digits(text: str) -> str:
    return "".join(char if char.isdigit() else " " for char in text).strip()
