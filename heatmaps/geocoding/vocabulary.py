"""Words and the words like them: those that a few slips of the finger lead to.

Symmetric deletion: every word is kept under all spellings that lack up to two of its first
letters; a misspelt word loses letters the same way and meets it at one of them. What meets is
then measured by the optimal string alignment distance, in which a swap of neighbours is one slip.
Method: https://wolfgarbe.medium.com/1000x-faster-spelling-correction-algorithm-2012-8701fcd87a5f
"""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PREFIX = 8
"""Deletions are made among so many first letters; what follows is measured all the same."""

MOST_SLIPS = 2

_MULTIPLIER = 0x9E3779B97F4A7C15
_WEIGHTS = np.array([pow(_MULTIPLIER, i + 1, 1 << 64) for i in range(PREFIX)], np.uint64)
"""A spelling's fingerprint is the sum of its letters' code points, each times that of its place."""
_HALF = np.uint64(32)
_PACKED_AT_ONCE = 4096

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
    alike: dict[tuple[int, int], list[int]] = {}
    for term, word in enumerate(words):
        if may_slip(word):
            alike.setdefault(_shape(word), []).append(term)
    parts = [np.empty(0, np.uint64)]
    for shape, terms in alike.items():
        for start in range(0, len(terms), _PACKED_AT_ONCE):
            chunk = terms[start : start + _PACKED_AT_ONCE]
            codes = np.stack([_codes(words[term]) for term in chunk])
            prints = _fingerprints(codes, *shape).astype(np.uint64) << _HALF
            parts.append((prints | np.array(chunk, np.uint64)[:, np.newaxis]).ravel())
    held = np.unique(np.concatenate(parts))
    deleted, start_of = np.unique((held >> _HALF).astype(np.uint32), return_index=True)
    return {
        **pack_texts(f"{name}.words", words),
        **pack_keys(f"{name}.keys", words),
        f"{name}.deleted": deleted,
        f"{name}.start": np.append(start_of, len(held)).astype(np.uint32),
        f"{name}.term": held.astype(np.uint32),
    }


class Vocabulary:
    """Different words, found exactly or by likeness."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self.words = Texts(arrays, f"{name}.words")
        self._keys = Keys(arrays, f"{name}.keys")
        self._deleted = arrays[f"{name}.deleted"]
        self._start = view(arrays, f"{name}.start")
        self._term = view(arrays, f"{name}.term")

    def exact(self, word: str) -> int | None:
        """Give the term that is this word, None where there is none."""
        return self._keys.first(word)

    def like(self, word: str, most: int = MOST_SLIPS) -> list[Like]:
        """Give the terms one to `most` slips away from a word, the nearest first."""
        if not may_slip(word) or not len(self._deleted):
            return []
        length, deletions = _shape(word)
        prints = _fingerprints(_codes(word), length, min(most, deletions))
        places = self._deleted.searchsorted(prints)
        places = places[self._deleted.take(places, mode="clip") == prints]
        met: set[int] = set()
        for place in places.tolist():
            met.update(self._term[self._start[place] : self._start[place + 1]])
        found = [
            Like(term, distance)
            for term in met
            if (distance := slips(word, self.words[term], most)) is not None and distance
        ]
        if len(found) > 1:
            found.sort(key=lambda like: (like.slips, like.term))
        return found


def _shape(word: str) -> tuple[int, int]:
    """Give how many letters of a word count, and how many of them are deleted at most."""
    return min(len(word), PREFIX), 2 if len(word) >= _TWO_SLIPS_FROM - 1 else 1


def _codes(word: str) -> NDArray[np.uint64]:
    """Give the code points of a word's beginning, and zeros behind them up to one more place."""
    begin = word[:PREFIX].ljust(PREFIX + 1, "\0").encode("utf-32-le", "surrogatepass")
    return np.frombuffer(begin, np.uint32).astype(np.uint64)


def _fingerprints(codes: NDArray[np.uint64], length: int, most: int) -> NDArray[np.uint32]:
    """Give the fingerprints of beginnings without up to `most` of their letters."""
    left = codes.take(_left(length, most), axis=-1)
    return (left @ _WEIGHTS >> _HALF).astype(np.uint32)


@cache
def _left(length: int, most: int) -> NDArray[np.intp]:
    """Give the places of the letters that each deletion leaves, a row each; the last is empty."""
    rows = [
        [at for at in range(length) if at not in gone]
        for count in range(most + 1)
        for gone in combinations(range(length), count)
    ]
    return np.array([row + [PREFIX] * (PREFIX - len(row)) for row in rows], np.intp)
