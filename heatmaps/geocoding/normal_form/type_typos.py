"""Type words written with a slip or two: ``улциа``, ``проспкт``, ``3-я лииня``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from heatmaps.geocoding.normal_form.pack import Pack

_SHORTEST, _LONGEST = 4, 13
_ALONE = {"улица": 1, "шоссе": 1, "проезд": 1, "бульвар": 1}
"""Shorter type words that hardly a name is so many slips away from."""
_LONG, _LONGER = 6, 8
_MOST = 2
_NAMES = ("набережн", "территор", "магистральн")
"""Adjectives of these stems are names: ``Набережные Челны``."""


def mended_type(word: str, pack: Pack) -> str:
    """Give the full type word that `word` is a slip away from, a long one by two, or nothing."""
    return _mended(word, pack, counted=False)


def counted_type(word: str, pack: Pack) -> str:
    """Give the type word that `word` is beside an ordinal, where names are short of letters."""
    return _mended(word, pack, counted=True)


def _mended(word: str, pack: Pack, *, counted: bool) -> str:
    for full, slips in _near_types(word, pack):
        if slips <= _allowed(full, counted=counted):
            return full
    return ""


@lru_cache(maxsize=65_536)
def _near_types(word: str, pack: Pack) -> tuple[tuple[str, int], ...]:
    """Give the type words at most two slips away and the slips, the nearest first."""
    if not (_SHORTEST <= len(word) <= _LONGEST and word.isalpha()) or word.startswith(_NAMES):
        return ()
    found = process.extract(
        word,
        _full_types(word[0], word[1], pack),
        scorer=OSA.distance,
        score_cutoff=_MOST,
        limit=None,
    )
    return tuple([(full, slips) for full, slips, _ in found])


def _allowed(full: str, *, counted: bool) -> int:
    """Give how many slips a type word may bear."""
    if counted:
        return 2 if len(full) >= _LONG else 1
    return 2 if len(full) >= _LONGER else 1 if len(full) >= _LONG else _ALONE.get(full, 0)


@lru_cache(maxsize=4_096)
def _full_types(first: str, second: str, pack: Pack) -> tuple[str, ...]:
    """Give the long type words that begin with one of two letters, those with the first ahead.

    A slip seldom hits the first letter, and then mostly swaps it with the second.
    """
    by_first = _by_first_letter(pack)
    return tuple(dict.fromkeys((*by_first.get(first, ()), *by_first.get(second, ()))))


@lru_cache(maxsize=16)
def _by_first_letter(pack: Pack) -> dict[str, list[str]]:
    """Give the long type words by first letter, the commonest first, as the tables have them."""
    meant = (*pack.street_types.values(), *(full for _, full in pack.types.values()))
    found: dict[str, list[str]] = {}
    for full in dict.fromkeys(meant):
        if len(full) > _SHORTEST:
            found.setdefault(full[0], []).append(full)
    return found
