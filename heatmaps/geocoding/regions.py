"""Regions by any of their names: ``Башкирия`` is Башкортостан, ``МО`` the Московская область."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from heatmaps.geocoding.normal_form.pack import word_set
from heatmaps.geocoding.stems import stem

REGION_TYPES = word_set(
    "область области обл облысы вобласць край края республика республики автономный автономная"
    " округ ао штат state province county город"
)
"""Words that say that a region is named, not which."""

_RUSSIA = "россия"
_COUNTRIES = {"белоруссия": "беларусь", "россии": _RUSSIA, "федерация": _RUSSIA}
"""Other words for a country."""

_TYPES = frozenset(stem(word) for word in REGION_TYPES)


@lru_cache(maxsize=65_536)
def region_words(name: str) -> frozenset[str]:
    """Give the stems that tell a region in normal form from others, of its usual name.

    ``башкирия`` gives what ``республика башкортостан`` does.
    """
    words = _telling(name)
    return _usual_names().get(words, words)


@lru_cache(maxsize=65_536)
def names_region(name: str) -> bool:
    """Tell whether a name is listed as a region's, with a type word or without."""
    return _telling(name) in _usual_names()


def may_lie_in(country: str, words: frozenset[str]) -> bool | None:
    """Tell of a region's words whether it lies in a country, None where that is not known.

    What is listed as no other country's may be any region of Russia.
    """
    asked = _COUNTRIES.get(country, country)
    known = _countries().get(words)
    if known is None:
        return True if asked == _RUSSIA else None
    return known == asked


def _telling(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in name.split()) - _TYPES


@lru_cache(maxsize=1)
def _usual_names() -> dict[frozenset[str], frozenset[str]]:
    usual: dict[frozenset[str], frozenset[str]] = {}
    for row in _rows():
        known = _telling(row["name"])
        usual.setdefault(known, known)
        for other in row["others"].split("|") if row["others"] else ():
            usual.setdefault(_telling(other), known)
    return usual


@lru_cache(maxsize=1)
def _countries() -> dict[frozenset[str], str]:
    return {_telling(row["name"]): row["country"] for row in _rows()}


def _rows() -> list[dict[str, str]]:
    text = files(__package__).joinpath("tables", "regions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
