"""Street names whose words are shortened: ``Сов. Армии``, ``Степ. Разина``, ``Оренб. тракт``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding import shares
from heatmaps.geocoding.normal_form.russian import RUSSIAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHORTEST = 2
_TELLING = 5
"""So many letters of a name's only word, or another word written out, say which is meant."""
_STEM = 4
_WRITTEN_OUT = frozenset(RUSSIAN.words.values())


class Beginnings:
    """The names of a settlement by the first letters of their words, whoever may be shortened."""

    def __init__(self, words_of: Mapping[int, Sequence[str]]) -> None:
        self._rows: dict[str, set[int]] = {}
        for row, words in words_of.items():
            for word in words:
                self._rows.setdefault(word[:_SHORTEST], set()).add(row)

    def which_may_be(self, written: Sequence[str]) -> list[int]:
        """Give the rows, ascending, of names that have a word beginning like each one written."""
        none: set[int] = set()
        sets = [self._rows.get(word[:_SHORTEST], none) for word in written]
        return sorted(set.intersection(*sets)) if sets else []


def shortened_share(written: Sequence[str], initials: str, known: Sequence[str]) -> float:
    """Give how surely a name is short for a known one, 0 where it is not.

    Each word is the beginning of another one of the known name, whatever their order; so are the
    initials, ``р.``, where the known name has those words written out.
    """
    letters = [letter for letter in initials.split(".") if letter]
    left = list(known)
    if len(letters) == len(known) - len(written):
        for letter in letters:
            begun = next((w for w in left if w.startswith(letter) and w not in written), "")
            left = [word for word in left if word != begun]
    if len(written) != len(left):
        return 0.0
    told = 0
    for word in sorted(written, key=len, reverse=True):
        whole = word if word in left else next((w for w in left if _shortens(word, w)), None)
        if whole is None:
            return 0.0
        left.remove(whole)
        told = max(told, len(word) if whole != word or word.isalpha() else 0)
    return shares.SHORTENED if told >= _TELLING else shares.SHORTENED_MUCH


def _shortens(word: str, whole: str) -> bool:
    """Tell whether a word is another's beginning, or was one before its letters were spelt out."""
    if len(word) >= _SHORTEST and word.isalpha() and whole.startswith(word):
        return True
    return word in _WRITTEN_OUT and len(word) > _STEM and whole[:_STEM] == word[:_STEM]
