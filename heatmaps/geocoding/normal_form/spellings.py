"""As what an address may have been meant: in the wrong keyboard layout, or transliterated."""

from __future__ import annotations

import re
from typing import NamedTuple

from heatmaps.geocoding.normal_form import layout, transliteration
from heatmaps.geocoding.normal_form.latin_types import LATIN_TYPES, parted
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.normal_form.steps import LONGEST

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_DIGRAPH = re.compile(r"(?<=[b-df-hj-np-tv-z])(?:ae|oe|ue)(?=[b-df-hj-np-tv-z])")
_TELLING = 3
_NOT_RUSSIAN = -2


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
    retyped = layout.as_russian_keys(address)
    words = _WORD.findall(retyped)
    telling = any(len(word) >= _TELLING and word in RUSSIAN.types for word in words)
    if _LATIN.search(retyped):
        return ()
    sayable = all(not layout.is_odd(w) or w in RUSSIAN.types or w in RUSSIAN.parts for w in words)
    return (Spelling(retyped, "layout"),) if sayable and (telling or _mostly_odd(address)) else ()


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
