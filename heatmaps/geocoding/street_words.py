"""Words that many Russian streets are called by: hardly one is a slip in another street's name.

A small gazetteer lacks most of them, so that Рубиновая would pass for a misspelt Рябиновая where
it is the only one known.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.stems import stem


def is_another_word(written: str, known: str) -> bool:
    """Tell whether a word is listed as one of streets' names, and no form of the one known.

    Either may be a skeleton in Latin letters. Where but о and а differ it is one word, as people
    write it by ear and as Belarusian spells it.
    """
    if written.isascii():
        return written != known and written in _skeletons()
    if written.replace("о", "а") == known.replace("о", "а"):
        return False
    bare = stem(written)
    if bare != stem(known):
        return bare in _stems()
    return written != known and {written, known} <= _words()


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    text = files(__package__).joinpath("tables", "street_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    return frozenset(stem(word) for word in _words())


@lru_cache(maxsize=1)
def _skeletons() -> frozenset[str]:
    return frozenset(skeleton(word) for word in _words())
