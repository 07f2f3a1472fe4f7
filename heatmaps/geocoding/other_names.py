"""Foreign and former names of cities: ``Munich`` is München, ``Свердловск`` Екатеринбург."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from heatmaps.geocoding.normal_form import settlement_key


class OtherName(NamedTuple):
    """The normal form of a city's own name, and whether the other one is a former name."""

    own: str
    former: bool


def other_name(name: str) -> OtherName | None:
    """Give the city that a foreign or former name in normal form stands for, None for others."""
    return _other_names().get(name)


@lru_cache(maxsize=1)
def _other_names() -> dict[str, OtherName]:
    text = files(__package__).joinpath("tables", "exonyms.csv").read_text(encoding="utf-8")
    return {
        settlement_key(other): OtherName(settlement_key(row["name"]), column == "old")
        for row in csv.DictReader(text.splitlines())
        for column in ("others", "old")
        for other in (row[column].split("|") if row[column] else ())
    }
