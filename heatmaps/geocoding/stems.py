"""Russian words without their endings, by which ``Перми`` is ``Пермь`` and ``невском`` невский."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from heatmaps.geocoding.normal_form.pack import word_set

_ENDINGS = sorted(
    word_set(
        "ого его ому ему ыми ими ами ями ая яя ую юю ой ей ое ее ий ый ые ие ых их ом ем ым им ам"
        " ям ах ях ия ии ию ью а я у ю е и ы о ь й"
    ),
    key=lambda ending: (-len(ending), ending),
)
_SHORTEST = 3
_GENDERS = (("ий", "ый", "ой"), ("ая", "яя"), ("ое", "ее"))
"""Endings of adjectives of each gender."""
_LONGEST_GENDER = 2


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


def is_of_another_gender(written: str, known: str) -> bool:
    """Tell whether a word may as well be another gender of an adjective as a slip in it.

    ``советская`` and ``советскя`` for советский, but not ``советски``.
    """
    of_known = next((forms for forms in _GENDERS if known.endswith(forms)), ())
    bare = known[:-_LONGEST_GENDER]
    if not of_known or len(bare) < _SHORTEST or not written.startswith(bare[:-1]):
        return False
    apart = OSA.distance(written, known)
    others = (form for forms in _GENDERS if forms is not of_known for form in forms)
    return any(OSA.distance(written, bare + form) <= apart for form in others)
