"""Foreign and former names of cities: ``Munich`` is München, ``Свердловск`` Екатеринбург."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from heatmaps.geocoding.normal_form import settlement_key
from heatmaps.geocoding.normal_form.russian import RUSSIAN


class OtherName(NamedTuple):
    """The normal form of a city's own name, and whether the other one is a former name."""

    own: str
    former: bool


def other_name(name: str) -> OtherName | None:
    """Give the city that a foreign or former name in normal form stands for, None for others."""
    return _other_names().get(name)


def listed_names(own: str) -> tuple[str, ...]:
    """Give the short, foreign and former names listed of a city, all in normal form."""
    return _listed_names().get(own, ())


@lru_cache(maxsize=1)
def _listed_names() -> dict[str, tuple[str, ...]]:
    pairs = [(other, name.own) for other, name in _other_names().items()]
    names: dict[str, tuple[str, ...]] = {}
    for other, own in (*RUSSIAN.settlement_aliases.items(), *pairs):
        names[own] = (*names.get(own, ()), other)
    return names


@lru_cache(maxsize=1)
def _other_names() -> dict[str, OtherName]:
    text = files(__package__).joinpath("tables", "exonyms.csv").read_text(encoding="utf-8")
    return {
        settlement_key(other): OtherName(settlement_key(row["name"]), column == "old")
        for row in csv.DictReader(text.splitlines())
        for column in ("others", "old")
        for other in (row[column].split("|") if row[column] else ())
    }
