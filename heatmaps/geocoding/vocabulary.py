"""Words and the words like them: those that a few slips of the finger lead to.

Symmetric deletion: every word is kept under all spellings that lack up to two of its first
letters; a misspelt word loses letters the same way and meets it at one of them. What meets is
then measured by the optimal string alignment distance, in which a swap of neighbours is one slip.
Method: https://wolfgarbe.medium.com/1000x-faster-spelling-correction-algorithm-2012-8701fcd87a5f
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import numpy as np
from rapidfuzz.distance import OSA

from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PREFIX = 8
"""Deletions are made among so many first letters; what follows is measured all the same."""

MOST_SLIPS = 2

_DIGIT = re.compile(r"\d")
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
    return len(word) >= _SHORTEST and (word.isalpha() or not _DIGIT.search(word))


def slips(word: str, other: str, most: int = MOST_SLIPS) -> int | None:
    """Give the distance of two words, None where it is more than `most` or their lengths allow."""
    short, long = len(word), len(other)
    if short > long:
        short, long = long, short
    allowed = min(most, slips_allowed(long), 1 if short < _TWO_SLIPS_FROM - 1 else MOST_SLIPS)
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
        self._term = view(arrays, f"{name}.term")

    def exact(self, word: str) -> int | None:
        """Give the term that is this word, None where there is none."""
        return self._keys.first(word)

    def like(self, word: str, most: int = MOST_SLIPS) -> list[Like]:
        """Give the terms one to `most` slips away from a word, the nearest first."""
        if not may_slip(word):
            return []
        prints = np.array(_deletions(word, most), np.uint32)
        low = self._deleted.searchsorted(prints, "left").tolist()
        high = self._deleted.searchsorted(prints, "right").tolist()
        met: set[int] = set()
        for start, end in zip(low, high, strict=True):
            if start < end:
                met.update(self._term[start:end])
        found = [
            Like(term, distance)
            for term in met
            if (distance := slips(word, self.words[term], most)) is not None and distance
        ]
        if len(found) > 1:
            found.sort(key=lambda like: (like.slips, like.term))
        return found


def _deletions(word: str, most: int = MOST_SLIPS) -> list[int]:
    """Give the fingerprints of a word's beginning without up to as many letters as may slip."""
    begin = word[:PREFIX]
    spelt = {begin}
    shorter = [begin]
    for _ in range(min(most, 2 if len(word) >= _TWO_SLIPS_FROM - 1 else 1)):
        shorter = [text[:i] + text[i + 1 :] for text in shorter for i in range(len(text))]
        spelt.update(shorter)
    return [crc32(text.encode(errors="surrogatepass")) for text in spelt]
