"""Sets of addresses labelled by hand, put to the geocoder."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.errors import UsageError
from heatmaps.geocoding.from_csv import read_csv
from heatmaps.geocoding.gazetteer import NO_STREET, house_keys, settlement_keys, street_keys
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.normal_form import normal_house
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.geocoding.result import Geocoder, GeocodeResult

SETS = ("ru", "foreign")
_REGION = re.compile(r"\bregion: ([^;]+)")
_PLACED = frozenset({Level.HOUSE, Level.NEAR, Level.STREET})


class _Place(NamedTuple):
    """A place as the gazetteer spells it; what is blank is left open."""

    region: str
    settlement: str
    street: str = ""
    house: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One address and what it means; `levels` are those an answer may have, no more and no less.

    `city_hint` is what stands in the column of the city, empty where there is none; `place` is
    spelled as in the gazetteer of the set.
    """

    line: int
    trouble: str
    query: str
    city_hint: str
    place: _Place
    levels: frozenset[Level]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A labelled address, its answer, and whether that is right.

    `guessed` tells that a place was given although none, or several, fit.
    """

    labelled: Labelled
    answer: GeocodeResult
    right: bool
    guessed: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """How many addresses with one trouble were answered right."""

    trouble: str
    asked: int
    right: int
    guessed: int


_Names = dict[_Place, set[str]]


def read_labelled(path: Path) -> list[Labelled]:
    """Give the labelled addresses of a CSV file.

    Its columns are trouble, query, city_hint, settlement, street, house, level, note; several
    levels that would all do are parted by a bar, and a note ``region: …`` says which of several
    settlements of a name is meant. Raises UsageError where a level is unknown.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [_labelled(path, line, row) for line, row in enumerate(csv.DictReader(file), 2)]


def check_set(folder: Path, name: str) -> list[Verdict]:
    """Give the verdicts on the set of that name, asked of the gazetteer that lies beside it.

    Raises UsageError where a file is missing or a label names what the gazetteer does not hold.
    """
    path, beside = folder / f"addresses_{name}.csv", folder / f"gazetteer_{name}.csv"
    for file in (path, beside):
        if not file.is_file():
            message = (
                f"{file} is not there; the labelled sets lie in tests/examples of a checkout: "
                "name the folder with --examples."
            )
            raise UsageError(message)
    gazetteer = read_csv(beside)[0]
    return verdicts(read_labelled(path), gazetteer, build_index(gazetteer))


def verdicts(
    labelled: Sequence[Labelled], gazetteer: Gazetteer, geocoder: Geocoder
) -> list[Verdict]:
    """Give the verdict on each labelled address, in their order."""
    names = _names(gazetteer)
    answers = geocoder.geocode_batch(
        [each.query for each in labelled], [each.city_hint or None for each in labelled]
    )
    return [_verdict(each, answer, names) for each, answer in zip(labelled, answers, strict=True)]


def by_trouble(given: Iterable[Verdict]) -> list[Passed]:
    """Give how many passed by trouble, in the order the troubles come."""
    held = list(given)
    asked = Counter(each.labelled.trouble for each in held)
    right = Counter(each.labelled.trouble for each in held if each.right)
    guessed = Counter(each.labelled.trouble for each in held if each.guessed)
    return [Passed(name, asked[name], right[name], guessed[name]) for name in asked]


def _labelled(path: Path, line: int, row: dict[str, str]) -> Labelled:
    try:
        levels = frozenset(Level(level.strip()) for level in row["level"].split("|"))
    except ValueError as error:
        known = ", ".join(Level)
        message = f"{path.name}, line {line}: level {row['level']!r} is unknown; use {known}."
        raise UsageError(message) from error
    region = _REGION.search(row["note"])
    place = _Place(
        region[1].strip() if region else "",
        row["settlement"].strip(),
        row["street"].strip(),
        normal_house(row["house"]) if row["house"] else "",
    )
    return Labelled(line, row["trouble"], row["query"], row["city_hint"].strip(), place, levels)


def _names(gazetteer: Gazetteer) -> _Names:
    settlements, streets, houses = gazetteer.settlements, gazetteer.streets, gazetteer.houses
    keys: _Names = {}
    for row, key in enumerate(settlement_keys(gazetteer)):
        place = _Place(settlements.region[row], settlements.name[row])
        keys.setdefault(place, set()).add(key)
    for row, key in enumerate(street_keys(gazetteer)):
        town = streets.settlement[row]
        place = _Place(settlements.region[town], settlements.name[town], streets.name[row])
        keys.setdefault(place, set()).add(key)
    for row, key in enumerate(house_keys(gazetteer)):
        street, town = houses.street[row], houses.settlement[row]
        name = streets.name[street] if street != NO_STREET else ""
        place = _Place(settlements.region[town], settlements.name[town], name, houses.number[row])
        keys.setdefault(place, set()).add(key)
    anywhere: _Names = {}
    for place, held in keys.items():
        anywhere.setdefault(place._replace(region=""), set()).update(held)
    return anywhere | {place: held for place, held in keys.items() if place.region}


def _verdict(labelled: Labelled, answer: GeocodeResult, names: _Names) -> Verdict:
    if "coordinates" in answer.changes:
        # Coordinates typed as an address are no address, and yet they are a place.
        return Verdict(labelled, answer, Level.NONE in labelled.levels, guessed=False)
    right = answer.level in labelled.levels and (
        answer.lat is None or _is_there(labelled, answer, names)
    )
    guessed = answer.level in _PLACED and not (labelled.levels & _PLACED)
    return Verdict(labelled, answer, right, guessed)


def _is_there(labelled: Labelled, answer: GeocodeResult, names: _Names) -> bool:
    """Tell whether the answer is the place of the label, as precise as the answer's level says."""
    meant = labelled.place
    settlement = meant._replace(street="", house="")
    street = meant._replace(house="")
    match answer.level:
        case Level.HOUSE:
            return answer.key in _keys(labelled, meant, names)
        case Level.NEAR if meant.street:
            return answer.key.rpartition("|")[0] in _keys(labelled, street, names)
        case Level.NEAR:
            return answer.key.rpartition("||")[0] in _keys(labelled, settlement, names)
        case Level.STREET:
            return answer.key in _keys(labelled, street, names)
        case Level.SETTLEMENT:
            return answer.key in _keys(labelled, settlement, names)
        case _:
            return True


def _keys(labelled: Labelled, meant: _Place, names: _Names) -> set[str]:
    """Give the keys of what is meant; UsageError where the gazetteer does not hold it."""
    keys = names.get(meant)
    if not keys:
        message = (
            f"Line {labelled.line} of the labelled set ({labelled.query!r}) means "
            f"{', '.join(part for part in meant if part)!r}, which its gazetteer does not hold; "
            "correct the label or add the place."
        )
        raise UsageError(message)
    return keys
