"""Settlements whose name is shortened: ``Н. Новгород``, ``К-Уральский``, ``Минводы``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form.form import ADJECTIVE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

_TELLING = 4
"""At least one word has to be written with so many letters, or out."""
_GLUED_LETTERS = (2, 4)
_STEM = 4


class ShortTowns:
    """The names of several words among some, found by the first letters of their words."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_letter: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for name in names:
            words = tuple(name.split())
            if len(words) > 1:
                self._by_letter.setdefault(name[0], []).append((name, words))

    def meant_by(self, written: str) -> list[str]:
        """Give the names that this one may be short for; the words are in normal form."""
        words = written.split()
        among = self._by_letter.get(written[:1], ())
        if len(words) == 1:
            return [name for name, known in among if _is_glued(written, known)]
        return [name for name, known in among if _is_short_for(words, known)]


def _is_short_for(words: list[str], known: tuple[str, ...]) -> bool:
    if len(words) != len(known) or tuple(words) == known:
        return False
    pairs = list(zip(words, known, strict=True))
    return all(_shortens(*pair) for pair in pairs) and any(
        word == whole or len(word) >= _TELLING for word, whole in pairs if len(word) > 1
    )


def _shortens(word: str, whole: str) -> bool:
    """Tell whether a word is another's beginning, or the same adjective in another gender."""
    if whole.startswith(word):
        return True
    both = word.endswith(ADJECTIVE_ENDINGS) and whole.endswith((*ADJECTIVE_ENDINGS, "ые", "ие"))
    return both and word[:_STEM] == whole[:_STEM]


def _is_glued(word: str, known: tuple[str, ...]) -> bool:
    """Tell ``минводы`` for ``минеральные воды``."""
    if len(known) != len(("минеральные", "воды")):
        return False
    start = word.removesuffix(known[1])
    shortest, longest = _GLUED_LETTERS
    return start != word and shortest <= len(start) <= longest and known[0].startswith(start)
