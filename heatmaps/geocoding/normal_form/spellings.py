"""As what an address may have been meant: in the wrong keyboard layout, or transliterated."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form import layout, transliteration
from heatmaps.geocoding.normal_form.cities import city_aliases, city_names
from heatmaps.geocoding.normal_form.latin_types import LATIN_TYPES, parted
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.steps import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_DIGRAPH = re.compile(r"(?<=[b-df-hj-np-tv-z])(?:ae|oe|ue)(?=[b-df-hj-np-tv-z])")
_TELLING = 3
_TOWNS = frozenset(name for name in (*city_names(), *city_aliases()) if len(name) >= _TELLING)
_NOT_RUSSIAN = -2
_ACRONYMS = frozenset({"ссср", "рсфср", "влксм", "гсс", "мопр"})
"""Words of street names that nobody could say, and yet right."""


class Spelling(NamedTuple):
    """A text to read, and the change that led to it, or nothing for the text as it stands."""

    text: str
    change: str = ""


def spellings_of(address: str) -> tuple[Spelling, ...]:
    """Give the spellings of an address, the likeliest first."""
    as_it_stands = Spelling(address)
    address = address[:LONGEST]
    if _CYRILLIC.search(address):
        return (*_in_latin_layout(address), as_it_stands)
    if not _LATIN.search(address):
        return (as_it_stands,)
    retyped = _in_russian_layout(address)
    if retyped:
        return (*retyped, as_it_stands)
    lowered = address.lower()
    evidence = transliteration.evidence(lowered)
    if evidence < _NOT_RUSSIAN:
        return (as_it_stands, *_without_digraphs(lowered))
    russian = Spelling(transliteration.as_cyrillic(lowered), "transliterated")
    if evidence > 0:
        return russian, as_it_stands
    return (as_it_stands, *_without_digraphs(lowered), russian)


def _in_russian_layout(address: str) -> tuple[Spelling, ...]:
    """Give the text of the same keys in the Russian layout where only that can be said aloud."""
    if not all(map(_may_be_retyped, address.lower().split())):
        return ()
    retyped = layout.as_russian_keys(address, _is_known)
    if _LATIN.search(retyped):
        return ()
    written, words = _WORD.findall(address.lower()), _WORD.findall(retyped)
    if not all(not layout.is_odd(w) or _is_known(w) or w in RUSSIAN.parts for w in words):
        return ()
    told = _tells_keys(words) or _mostly_odd(address)
    if told or (_has_street_type(words) and not _tells_script(address.lower(), written)):
        return (Spelling(retyped, "layout"),)
    return ()


@lru_cache(maxsize=65_536)
def _may_be_retyped(word: str) -> bool:
    """Tell whether a word between spaces could be Russian; with punctuation keys it always may."""
    word = word.rstrip(",?")
    if not word.isalpha():
        return True
    retyped = layout.as_russian_keys(word)
    known = _is_known(retyped) or _is_known(f"{retyped}б") or retyped in RUSSIAN.parts
    return known or not layout.is_odd(retyped)


def _is_known(word: str) -> bool:
    return word in RUSSIAN.types or word in _TOWNS or word in RUSSIAN.words or word in _ACRONYMS


def _tells_keys(words: Sequence[str]) -> bool:
    """Tell whether retyped words hold a long type word or a town, which no chance brings about."""
    if any(len(word) >= _TELLING and word in RUSSIAN.types for word in words):
        return True
    return not _TOWNS.isdisjoint((*words, *map(" ".join, pairwise(words))))


def _has_street_type(words: Sequence[str]) -> bool:
    return any(len(word) > 1 and word in RUSSIAN.street_types for word in words)


def _tells_script(lowered: str, written: Sequence[str]) -> bool:
    """Tell whether a text makes sense in Latin letters, as Russian or as another language."""
    foreign = any(word in LATIN_TYPES or parted(word)[1] for word in written)
    return foreign or transliteration.evidence(lowered) > 0


def _without_digraphs(text: str) -> tuple[Spelling, ...]:
    """Give ``muenchen`` as ``munchen``, which ``münchen`` is folded to."""
    folded = _DIGRAPH.sub(lambda match: match[0][0], text)
    return (Spelling(folded, "umlaut"),) if folded != text else ()


def _mostly_odd(address: str) -> bool:
    """Tell whether half of the letters stand in words that nobody could say."""
    words = _WORD.findall(address.lower())
    odd = [w for w in words if layout.is_odd(w) and not (w in LATIN_TYPES or parted(w)[1])]
    return sum(map(len, odd)) * 2 >= sum(map(len, words)) > 0


def _in_latin_layout(address: str) -> tuple[Spelling, ...]:
    """Give the text of the same keys in the Latin layout where it names a foreign street."""
    if _LATIN.search(address):
        return ()
    retyped = layout.as_latin_keys(address)
    words = _WORD.findall(retyped)
    telling = any(len(word) >= _TELLING and LATIN_TYPES.get(word) for word in words)
    return (Spelling(retyped, "layout"),) if telling and layout.all_sayable(retyped) else ()
