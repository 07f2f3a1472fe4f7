"""Russian words without their endings, by which ``Перми`` is ``Пермь`` and ``невском`` невский."""

from __future__ import annotations

from functools import lru_cache

from heatmaps.geocoding.normal_form.pack import word_set

_ENDINGS = sorted(
    word_set(
        "ого его ому ему ыми ими ами ями ая яя ую юю ой ей ое ее ий ый ые ие ых их ом ем ым им ам"
        " ям ах ях ия ии ию ью а я у ю е и ы о ь й"
    ),
    key=lambda ending: (-len(ending), ending),
)
_SHORTEST = 3


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Give a folded word without its ending, of which three letters stay; Latin as it is."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def stems(text: str) -> str:
    """Give the stems of a text's words, in alphabetical order."""
    return " ".join(sorted(stem(word) for word in text.split()))
