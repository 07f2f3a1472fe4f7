"""Words and the words like them: those that a few slips of the finger lead to.

Symmetric deletion: every word is kept under all spellings that lack up to two of its first
letters; a misspelt word loses letters the same way and meets it at one of them. What meets is
then measured by the optimal string alignment distance, in which a swap of neighbours is one slip.
Method: https://wolfgarbe.medium.com/1000x-faster-spelling-correction-algorithm-2012-8701fcd87a5f
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

PREFIX = 8
"""Deletions are made among so many first letters; what follows is measured all the same."""

MOST_SLIPS = 2

WORTH_LEARNING = 16

_MULTIPLIER = 0x9E3779B97F4A7C15
_WEIGHTS = np.array([pow(_MULTIPLIER, i + 1, 1 << 64) for i in range(PREFIX)], np.uint64)
"""A spelling's fingerprint is the sum of its letters' code points, each times that of its place."""
_HALF = np.uint64(32)
_LOWER_HALF = np.uint64((1 << 32) - 1)
_PACKED_AT_ONCE = 4096
_WORDS_KEPT = 32_768

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


@lru_cache(maxsize=65_536)
def may_slip(word: str) -> bool:
    """Tell whether a word is ever matched other than exactly: numbers never are."""
    return len(word) >= _SHORTEST and (word.isalpha() or not _DIGIT.search(word))


def slips(word: str, other: str, most: int = MOST_SLIPS) -> int | None:
    """Give the distance of two words, None where it is more than `most` or their lengths allow."""
    allowed = _allowed(len(word), len(other), most)
    distance = OSA.distance(word, other, score_cutoff=allowed)
    return distance if distance <= allowed else None


def _allowed(length: int, other: int, most: int = MOST_SLIPS) -> int:
    """Give how many slips may lie between words of these lengths, and no more than `most`."""
    short, long = (other, length) if length > other else (length, other)
    return min(most, slips_allowed(long), 1 if short < _TWO_SLIPS_FROM - 1 else MOST_SLIPS)


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
            codes = _codes("".join(_begin(words[term]) for term in chunk))
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
        self._start = arrays[f"{name}.start"]
        self._term = arrays[f"{name}.term"]
        self._starts, self._terms = self._start.data, self._term.data
        self._known: dict[str, list[Like]] = {}
        self._spelt: dict[str, int | None] = {}

    def exact(self, word: str) -> int | None:
        """Give the term that is this word, None where there is none."""
        return self._spelt.get(word) if word in self._spelt else self._keys.first(word)

    def like(self, word: str, most: int = MOST_SLIPS) -> list[Like]:
        """Give the terms one to `most` slips away from a word, the nearest first."""
        found = self._known.get(word)
        if found is not None:
            return found if most >= MOST_SLIPS else [like for like in found if like.slips <= most]
        found = []
        for term in self._met(word, most):
            distance = slips(word, self.words[term], most)
            if distance:
                found.append(Like(term, distance))
        return _nearest_first(found)

    def learn(self, words: Iterable[str]) -> None:
        """Look up what is like these words, all at once, so that `like` has it at hand.

        Fewer than `WORTH_LEARNING` come as soon one by one.
        """
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        if len(new) < WORTH_LEARNING:
            return
        found: dict[str, list[Like]] = {word: [] for word in new}
        spelt: dict[str, int | None] = dict.fromkeys(word for word in new if may_slip(word))
        asked, terms = self._pairs(new)
        known = [self.words[term] for term in terms]
        distances = process.cpdist(
            asked, known, scorer=OSA.distance, score_cutoff=MOST_SLIPS, dtype=np.uint8
        )
        for word, term, right, distance in zip(
            asked, terms, known, distances.tolist(), strict=True
        ):
            if not distance:
                spelt[word] = term
            elif distance <= _allowed(len(word), len(right)):
                found[word].append(Like(term, distance))
        if len(self._known) > _WORDS_KEPT:
            self._known, self._spelt = {}, {}
        self._spelt.update(spelt)
        self._known.update((word, _nearest_first(likes)) for word, likes in found.items())

    def _met(self, word: str, most: int) -> set[int]:
        """Give the terms that have a deletion in common with a word."""
        if not may_slip(word) or not len(self._deleted):
            return set()
        length, deletions = _shape(word)
        prints = _fingerprints(_codes(_begin(word))[0], length, min(most, deletions))
        places = self._deleted.searchsorted(prints)
        places = places[self._deleted.take(places, mode="clip") == prints]
        met: set[int] = set()
        for place in places.tolist():
            met.update(self._terms[self._starts[place] : self._starts[place + 1]])
        return met

    def _pairs(self, words: Sequence[str]) -> tuple[list[str], list[int]]:
        """Give the pairs of a word and a term that have a deletion in common, as two columns."""
        alike: dict[tuple[int, int], list[str]] = {}
        for word in words if len(self._deleted) else ():
            if may_slip(word):
                alike.setdefault(_shape(word), []).append(word)
        asked: list[str] = []
        terms: list[int] = []
        for shape, chunk in alike.items():
            prints = _fingerprints(_codes("".join(map(_begin, chunk))), *shape)
            order = prints.argsort(axis=None)
            ordered = prints.ravel()[order]
            places = self._deleted.searchsorted(ordered)
            held = self._deleted.take(places, mode="clip") == ordered
            which, term = self._terms_at(places[held], order[held] // prints.shape[1])
            asked += [chunk[i] for i in which]
            terms += term
        return asked, terms

    def _terms_at(
        self, places: NDArray[np.intp], which: NDArray[np.intp]
    ) -> tuple[list[int], list[int]]:
        """Give each word's terms at its places, once each, as two columns."""
        start = self._start[places].astype(np.intp)
        count = self._start[places + 1] - start
        skipped = np.repeat(start - np.cumsum(count) + count, count)
        terms = self._term[np.arange(len(skipped)) + skipped]
        pairs = np.unique(np.repeat(which, count).astype(np.uint64) << _HALF | terms)
        return (pairs >> _HALF).tolist(), (pairs & _LOWER_HALF).tolist()


def _nearest_first(found: list[Like]) -> list[Like]:
    if len(found) > 1:
        found.sort(key=lambda like: (like.slips, like.term))
    return found


def _shape(word: str) -> tuple[int, int]:
    """Give how many letters of a word count, and how many of them are deleted at most."""
    return min(len(word), PREFIX), 2 if len(word) >= _TWO_SLIPS_FROM - 1 else 1


def _begin(word: str) -> str:
    """Give a word's beginning, and zeros behind it up to one more place."""
    return word[:PREFIX].ljust(PREFIX + 1, "\0")


def _codes(begun: str) -> NDArray[np.uint64]:
    """Give the code points of beginnings one behind the other, a row each."""
    codes = np.frombuffer(begun.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes.reshape(-1, PREFIX + 1).astype(np.uint64)


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
