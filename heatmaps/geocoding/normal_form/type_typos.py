"""Long type words written with one slip: ``улциа``, ``проспкт``, ``переуллок``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatmaps.geocoding.normal_form.pack import Pack

_SHORTEST, _LONGEST = 4, 13
_LONG = 6
_TELLING = frozenset({"улица", "шоссе"})
"""Shorter type words that no name is one letter away from."""


def mended_type(word: str, pack: Pack) -> str:
    """Give the type word that `word` is one letter or one swap away from, or nothing."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return ""
    shortened = _shortened_types(pack)
    if word in shortened:
        return shortened[word]
    for i in range(len(word)):
        less = word[:i] + word[i + 1 :]
        if less in pack.types and _is_long(less):
            return less
        meant = shortened.get(less, "")
        if len(meant) == len(word) and _one_slip(word, meant):
            return meant
    return ""


@lru_cache(maxsize=16)
def _shortened_types(pack: Pack) -> dict[str, str]:
    full = {meaning for _, meaning in pack.types.values()}
    return {
        word[:i] + word[i + 1 :]: word
        for word in sorted(full)
        if _is_long(word)
        for i in range(len(word))
    }


def _is_long(word: str) -> bool:
    return len(word) >= _LONG or word in _TELLING


def _one_slip(word: str, meant: str) -> bool:
    """Tell whether two words of one length differ in one letter or by one swap of neighbours."""
    differ = [i for i, pair in enumerate(zip(word, meant, strict=True)) if pair[0] != pair[1]]
    if len(differ) == 1:
        return True
    first, *others = differ or [0]
    return others == [first + 1] and word[first : first + 2] == meant[first : first + 2][::-1]
