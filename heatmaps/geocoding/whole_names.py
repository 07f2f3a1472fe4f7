"""Street names of a settlement that are like one as a whole, whatever the spaces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heatmaps.geocoding import shares
from heatmaps.geocoding.packed import Arrays, Texts, pack_texts, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.normal_form import StreetName
    from heatmaps.geocoding.street_types import Row

LIKE_AS_WHOLE = 0.8
_NAMES_KEPT = 8_192
_LETTERS = 64
_ROUNDING = 1e-9


def pack_whole_names(names: Sequence[StreetName], town: NDArray[np.int32]) -> Arrays:
    """Give the names without spaces, and by settlement which letters each holds and how many."""
    glued = [_glued(name) for name in names]
    by_town = np.argsort(town, kind="stable")
    return {
        **pack_texts("name.glued", glued),
        "town.town": town[by_town],
        "town.row": by_town.astype(np.uint32),
        "town.letters": np.array([_letters(glued[row]) for row in by_town], np.uint64),
        "town.length": np.array([len(glued[row]) for row in by_town], np.uint16),
    }


class WholeNames:
    """The names of a settlement by all of their letters."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._glued_name = Texts(arrays, "name.glued")
        self._town = view(arrays, "town.town")
        self._row = view(arrays, "town.row")
        self._letters = arrays["town.letters"]
        self._length = arrays["town.length"]
        self._whole = lru_cache(maxsize=_NAMES_KEPT)(self._like_whole)

    def rows_in(self, town: int) -> list[int]:
        """Give the rows of a settlement's names."""
        rows: list[int] = self._row[self._span(town)].tolist()
        return rows

    def like(self, name: StreetName, town: int) -> list[Row]:
        """Give the names of a settlement that are like one."""
        return self._whole(_glued(name), " ".join((*name.ordinals, *name.words)), town)

    def _span(self, town: int) -> slice:
        low = bisect_left(self._town, town)
        return slice(low, bisect_right(self._town, town, low))

    def _like_whole(self, asked: str, written: str, town: int) -> list[Row]:
        digits = _digits(asked)
        span = self._span(town)
        rows = [self._row[span.start + i] for i in self._alike(asked, span)]
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
