"""What a load changed in the gazetteer, and which answers that can change.

An answer hangs on what its address speaks of. It can change where it stands on something that
changed, or where a changed name is like a word of the address: a namesake, a better match, the end
of one. Being wrong on the safe side costs a lookup; on the other, a complaint in the wrong place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from heatmaps.geocoding.fingerprints import STREET_BITS, match_key
from heatmaps.geocoding.normal_form import settlement_key, street_name
from heatmaps.geocoding.other_names import listed_names
from heatmaps.geocoding.result import ACCEPTED
from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

MOST_STREETS = 20_000
"""A load that changes more streets than this can change nearly every answer."""

EXACT = 1.0
"""The confidence of an answer that hangs on no likeness of words."""

NUMBERS_APART = 10
"""A house can serve for another one only where their numbers differ by no more."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_TWO_SLIPS_FROM = 5


@dataclass(slots=True)
class Changes:
    """What a load changed, by lasting keys; names are lines.

    `settlements` and `streets` were added, removed or named otherwise; those `moved` only were
    drawn elsewhere or larger. `houses` are the numbers added, removed or moved by street
    (``settlement key|`` for those without one). `others` are the other names of settlements. With
    `everything` no answer can be relied on.
    """

    settlements: dict[str, str] = field(default_factory=dict)
    streets: dict[str, str] = field(default_factory=dict)
    houses: dict[str, set[str]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)
    everything: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        rows = (self.settlements, self.streets, self.houses, self.moved)
        return self.everything or any(rows)

    def concern(self, key: str) -> bool:
        """Tell whether the place of this lasting key was added, removed, moved or drawn anew."""
        parts = key.split("|")
        town, street = "|".join(parts[:2]), "|".join(parts[:3])
        above = {town, street}
        return (
            self.everything
            or not above.isdisjoint(self.settlements.keys() | self.streets.keys() | self.moved)
            or parts[-1] in self.houses.get(street, ())
        )

    @property
    def are_many(self) -> bool:
        """Tell whether it is not worth while to ask which answers can change."""
        return self.everything or len(self.streets) + len(self.houses) > MOST_STREETS


@dataclass(slots=True)
class _Street:
    """A changed street: itself (`whole`), or only houses of these leading numbers."""

    whole: bool = False
    numbers: set[int] = field(default_factory=set)

    def concerns(self, number: int | None) -> bool:
        """Tell whether an address with this number can have to do with what changed."""
        if self.whole or number is None:
            return True
        return any(abs(number - other) <= NUMBERS_APART for other in self.numbers)


class Affected:
    """Tells which answers a load can have changed.

    `names` are the normal forms of all settlements' names, `others` included; `words` those of
    the streets that did not change.
    """

    def __init__(self, changes: Changes, names: AbstractSet[str], words: AbstractSet[str]) -> None:
        self._names = names
        self._streets: dict[str, _Street] = {}
        for key in changes.streets:
            self._streets.setdefault(key, _Street()).whole = True
        for key, numbers in changes.houses.items():
            told = self._streets.setdefault(key, _Street())
            found = [leading_number(number) for number in numbers]
            told.whole |= None in found
            told.numbers.update(number for number in found if number is not None)
        touched = {_settlement(key) for key in self._streets} | set(changes.settlements)
        self._halves = {_half(key): street for key, street in self._streets.items()}
        self._whole_halves = {_half(key) for key in touched | changes.moved}
        self._settlements = _Sketches(
            (key, _names_of(key, changes.settlements.get(key, ""))) for key in changes.settlements
        )
        self._touched = _Sketches(
            (key, _names_of(key, changes.others.get(key, ""))) for key in touched
        )
        self._named = _Sketches(
            (key, _street_names(key, changes.streets.get(key, ""))) for key in self._streets
        )
        self._words = street_words(changes.streets.items()) - words
        self._known: dict[str, _Spoken] = {}

    def __call__(self, form: str | None, match: int | None, confidence: float) -> bool:
        """Tell of one answer whether it can be another one now.

        `form` is the normal form it was given for, `match` the fingerprint of what it found.
        """
        if form is None:
            return match is not None
        spoken = self._known.get(form)
        if spoken is None:
            spoken = self._known[form] = self._spoken(form)
        sure = confidence >= ACCEPTED
        return (
            (spoken.of_changes if confidence < EXACT else spoken.of_names)
            or (not sure and spoken.of_touched)
            or (confidence < EXACT and spoken.of_words)
            or self._stands_on(match, spoken, sure=sure)
        )

    def _stands_on(self, match: int | None, spoken: _Spoken, *, sure: bool) -> bool:
        if match is None:
            return False
        half = match >> STREET_BITS & ((1 << STREET_BITS) - 1)
        street = self._halves.get(half)
        if street is not None and (not sure or street.concerns(spoken.number)):
            return True
        return not sure and half in self._whole_halves

    def _spoken(self, form: str) -> _Spoken:
        """Give whether an address speaks of what changed, or of a settlement where it did."""
        words = _sketched(form)
        parts = form.split(", ")
        number = leading_number(parts[-1])
        told_where = any(_place(part) in self._names for part in parts[: len(parts) - 1])
        towns = self._touched.like(words)
        anywhere = not told_where or bool(_LATIN.search(form))
        near = [
            key
            for key in self._named.like(words)
            if (anywhere or _settlement(key) in towns) and self._streets[key].concerns(number)
        ]
        of_places = bool(self._settlements.like(words))
        of_changes = of_places or bool(near)
        written = set(_WORD.findall(form))
        of_names = of_places or any(
            self._streets[key].whole or _core_words(key) <= written for key in near
        )
        of_words = not self._words.isdisjoint(_bones(form))
        return _Spoken(number, of_changes, of_names, bool(towns) or anywhere, of_words)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What an address speaks of: a number, something changed, a settlement where it changed.

    `of_names`: a change that a name found to the letter can hang on. `of_words`: it holds a word
    that no street bore before, or none bears now, anywhere.
    """

    number: int | None
    of_changes: bool
    of_names: bool
    of_touched: bool
    of_words: bool


class _Sketches:
    """Keys by the sketches of the words of their names."""

    def __init__(self, named: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._keys: dict[str, list[str]] = {}
        for key, names in named:
            for sketch in {sketch for name in names for sketch in _sketched(name)}:
                self._keys.setdefault(sketch, []).append(key)

    def like(self, sketches: Iterable[str]) -> set[str]:
        """Give the keys whose names hold a word like one of these."""
        return {key for sketch in sketches for key in self._keys.get(sketch, ())}


def leading_number(text: str) -> int | None:
    """Give the first whole number in a text, None where there is none."""
    found = _NUMBER.search(text)
    return int(found[0]) if found else None


def known_names(rows: Iterable[tuple[str, str]]) -> set[str]:
    """Give the normal forms of settlements' names and of their other names, given as lines."""
    return {
        settlement_key(one)
        for name, others in rows
        for one in (name, *(others.split("\n") if others else ()))
    }


def street_words(rows: Iterable[tuple[str, str]]) -> set[str]:
    """Give the words, as skeletons, of streets given by their lasting key and other names."""
    return {
        bone for key, others in rows for name in _street_names(key, others) for bone in _bones(name)
    }


def _sketched(text: str) -> set[str]:
    """Give the sketches of a text's words and of each two that stand side by side."""
    words = _WORD.findall(text.casefold())
    spelt = [*words, *(a + b for a, b in pairwise(words))]
    return {sketch for word in spelt for sketch in _sketches(word)}


def _bones(text: str) -> set[str]:
    """Give the skeletons of a text's words, numbers left out."""
    words = _WORD.findall(text.casefold())
    return {skeleton(word) or word for word in words if not word.isdigit()}


@lru_cache(maxsize=32_768)
def _sketches(word: str) -> frozenset[str]:
    """Give a word's skeleton and what is left of it without one or two letters.

    Words that two slips lead from one to the other share one of these, as do two cases of one.
    """
    bone = skeleton(word) or word
    if bone.isdigit():
        return frozenset((bone,))
    found = {bone, skeleton(stem(word))}
    shorter = {bone}
    for _ in range(1 + (len(bone) >= _TWO_SLIPS_FROM)):
        shorter = {text[:i] + text[i + 1 :] for text in shorter for i in range(len(text))}
        found |= shorter
    return frozenset(found - {""})


def _half(key: str) -> int:
    """Give what the fingerprints of all matches on a street, or of a settlement, begin with."""
    return match_key(f"{key}|" if key.count("|") > 1 else key) >> STREET_BITS & (
        (1 << STREET_BITS) - 1
    )


def _core_words(key: str) -> set[str]:
    """Give the words of a street's name but its numbers, which are written in other ways."""
    return set(_telling_words(key.split("|", 2)[2]))


def _telling_words(street_key: str) -> list[str]:
    """Give the words of a street's key, without its type, numbers and initials."""
    core = street_key.partition(":")[2] or street_key
    return [word for word in core.split() if not (word.isdigit() or word[-1] == ".")]


def _settlement(key: str) -> str:
    return "|".join(key.split("|", 2)[:2])


def _place(part: str) -> str:
    return settlement_key(part)


def _names_of(key: str, others: str) -> Iterator[str]:
    name = key.partition("|")[0]
    yield name
    yield from listed_names(name)
    yield from others.split("\n") if others else ()


def _street_names(key: str, others: str) -> Iterator[str]:
    """Give the words of a street's names without its type, which too many share."""
    own = key.split("|", 2)[2] if key.count("|") > 1 else ""
    yield " ".join(_telling_words(own)) or own.replace(":", " ")
    for other in others.split("\n") if others else ():
        name = street_name(other)
        yield " ".join(name.words) or other
