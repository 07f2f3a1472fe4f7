"""Words and the words like them: those that a few slips of the finger lead to.

Symmetric deletion: every word is kept under all spellings that lack up to two of its first
letters; a misspelt word loses letters the same way and meets it at one of them. What meets is
then measured by the optimal string alignment distance, in which a swap of neighbours is one slip.
Method: https://wolfgarbe.medium.com/1000x-faster-spelling-correction-algorithm-2012-8701fcd87a5f
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import numpy as np
from rapidfuzz.distance import OSA

from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PREFIX = 8
"""Deletions are made among so many first letters; what follows is measured all the same."""

_ONE_SLIP_FROM = 4
_TWO_SLIPS_FROM = 6
_SHORTEST = 3


class Like(NamedTuple):
    """A word of the vocabulary and the slips between it and the one asked for."""

    term: int
    slips: int


def slips_allowed(length: int) -> int:
    """Give how many slips a word of this length may hold and still be known."""
    return (length >= _ONE_SLIP_FROM) + (length >= _TWO_SLIPS_FROM)


def may_slip(word: str) -> bool:
    """Tell whether a word is ever matched other than exactly: numbers never are."""
    return len(word) >= _SHORTEST and not any(char.isdigit() for char in word)


def slips(word: str, other: str) -> int | None:
    """Give the distance of two words, None where it is more than their lengths allow."""
    allowed = slips_allowed(max(len(word), len(other)))
    if min(len(word), len(other)) < _TWO_SLIPS_FROM - 1:
        allowed = min(allowed, 1)
    distance = OSA.distance(word, other, score_cutoff=allowed)
    return distance if distance <= allowed else None


def pack_vocabulary(name: str, words: Sequence[str]) -> Arrays:
    """Give the packed vocabulary of different words."""
    prints: list[int] = []
    terms: list[int] = []
    for term, word in enumerate(words):
        if may_slip(word):
            found = _deletions(word)
            prints += found
            terms += [term] * len(found)
    deleted, term_of = np.array(prints, np.uint32), np.array(terms, np.uint32)
    order = np.lexsort((term_of, deleted))
    return {
        **pack_texts(f"{name}.words", words),
        **pack_keys(f"{name}.keys", words),
        f"{name}.deleted": deleted[order],
        f"{name}.term": term_of[order],
    }


class Vocabulary:
    """Different words, found exactly or by likeness."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self.words = Texts(arrays, f"{name}.words")
        self._keys = Keys(arrays, f"{name}.keys")
        self._deleted = arrays[f"{name}.deleted"]
        self._term = arrays[f"{name}.term"]

    def exact(self, word: str) -> int | None:
        """Give the term that is this word, None where there is none."""
        return self._keys.first(word)

    def like(self, word: str) -> list[Like]:
        """Give the terms a few slips away from a word, itself not among them, the nearest first."""
        if not may_slip(word):
            return []
        prints = np.array(_deletions(word), np.uint32)
        low = np.searchsorted(self._deleted, prints, "left")
        high = np.searchsorted(self._deleted, prints, "right")
        met: set[int] = set()
        for start, end in zip(low.tolist(), high.tolist(), strict=True):
            if start < end:
                met.update(self._term[start:end].tolist())
        found = [
            Like(term, distance)
            for term in met
            if (distance := slips(word, self.words[term])) is not None and distance
        ]
        found.sort(key=lambda like: (like.slips, like.term))
        return found


def _deletions(word: str) -> list[int]:
    """Give the fingerprints of a word's beginning without up to as many letters as may slip."""
    begin = word[:PREFIX]
    count = 2 if len(word) >= _TWO_SLIPS_FROM - 1 else 1
    spelt = {begin}
    for less in range(1, count + 1):
        for gone in combinations(range(len(begin)), less):
            kept = begin
            for i in reversed(gone):
                kept = kept[:i] + kept[i + 1 :]
            spelt.add(kept)
    return [crc32(text.encode()) for text in spelt]
