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


def _telling(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in name.split()) - _TYPES


@lru_cache(maxsize=1)
def _usual_names() -> dict[frozenset[str], frozenset[str]]:
    text = files(__package__).joinpath("tables", "regions.csv").read_text(encoding="utf-8")
    usual: dict[frozenset[str], frozenset[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        known = _telling(row["name"])
        usual.setdefault(known, known)
        for other in row["others"].split("|") if row["others"] else ():
            usual.setdefault(_telling(other), known)
    return usual
