"""What must hold of the labelled addresses, so that nobody measures against a wrong label."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ADDRESS_COLUMNS = [
    "trouble",
    "query",
    "city_hint",
    "settlement",
    "street",
    "house",
    "level",
    "note",
]
GAZETTEER_COLUMNS = ["city", "street", "house", "lat", "lon", "region", "postcode", "source"]
LEVELS = {"house", "near", "street", "settlement", "ambiguous", "none"}
FEWEST_ROWS = {"ru": 600, "foreign": 120}
FEWEST_OF_A_TROUBLE = 8
MOST_BYTES = 600_000
REGION = re.compile(r"\bregion: ([^;]+)")


def rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(row: dict[str, str]) -> str:
    return f"{row['query']!r} (column {row['city_hint']!r}, {row['trouble']})"


@pytest.fixture(params=["ru", "foreign"], scope="module")
def country(request):
    return request.param


@pytest.fixture(scope="module")
def addresses(country):
    return rows(f"addresses_{country}.csv")


@pytest.fixture(scope="module")
def gazetteer(country):
    return rows(f"gazetteer_{country}.csv")


@pytest.fixture(scope="module")
def regions(gazetteer):
    """By (settlement, street, house), with blanks for what is left open, where it stands."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in gazetteer:
        city, street, house = row["city"], row["street"], row["house"]
        for key in ((city, street, house), (city, street, ""), (city, "", "")):
            found.setdefault(key, set()).add(row["region"])
    return found


def test_the_columns_are_the_agreed_ones(addresses, gazetteer):
    assert list(addresses[0]) == ADDRESS_COLUMNS
    assert list(gazetteer[0]) == GAZETTEER_COLUMNS
    # DictReader puts cells too many under None and fills cells too few with None.
    for row in addresses + gazetteer:
        assert None not in row, row
        assert None not in row.values(), row


def test_there_are_rows_enough(country, addresses):
    assert len(addresses) >= FEWEST_ROWS[country]


def test_each_trouble_has_rows_enough(addresses):
    counts = Counter(row["trouble"] for row in addresses)
    assert {name: n for name, n in counts.items() if n < FEWEST_OF_A_TROUBLE} == {}


def test_no_question_is_asked_twice(addresses):
    asked = Counter((row["query"], row["city_hint"]) for row in addresses)
    assert [pair for pair, n in asked.items() if n > 1] == []


def test_levels_are_known(addresses):
    assert [told(row) for row in addresses if row["level"] not in LEVELS] == []


def test_a_level_says_how_much_is_expected(addresses):
    parts = {
        "house": (True, None, True),
        "near": (True, None, False),
        "street": (True, True, False),
        "settlement": (True, False, False),
        "ambiguous": (None, None, False),
        "none": (False, False, False),
    }
    wrong = []
    for row in addresses:
        given = (row["settlement"], row["street"], row["house"])
        wanted = parts[row["level"]]
        if any(
            want is not None and want != bool(part)
            for want, part in zip(wanted, given, strict=True)
        ):
            wrong.append(told(row))
    assert wrong == []


def test_what_is_expected_stands_in_the_gazetteer(addresses, regions):
    missing = [
        told(row)
        for row in addresses
        if row["settlement"] and (row["settlement"], row["street"], row["house"]) not in regions
    ]
    assert missing == []


def test_a_namesake_says_its_region(addresses, regions):
    unclear = []
    for row in addresses:
        where = regions.get((row["settlement"], row["street"], row["house"]), set())
        named = REGION.search(row["note"])
        if named and named[1].strip() not in where:
            unclear.append(told(row))
        if row["level"] in {"house", "near", "street"} and len(where) > 1 and not named:
            unclear.append(told(row))
    assert unclear == []


def test_a_gazetteer_is_small_and_names_no_place_twice(country, gazetteer):
    assert (EXAMPLES / f"gazetteer_{country}.csv").stat().st_size <= MOST_BYTES
    places = Counter((row["city"], row["region"], row["street"], row["house"]) for row in gazetteer)
    assert [place for place, n in places.items() if n > 1] == []


def test_a_gazetteer_has_coordinates_and_a_known_source(gazetteer):
    assert {row["source"] for row in gazetteer} == {"osm", "synthetic"}
    for row in gazetteer:
        assert row["city"], row
        assert -90 <= float(row["lat"]) <= 90, row
        assert -180 <= float(row["lon"]) <= 180, row


def test_invented_houses_stand_apart(gazetteer):
    spots = Counter(
        (row["lat"], row["lon"])
        for row in gazetteer
        if row["source"] == "synthetic" and row["house"]
    )
    assert [spot for spot, n in spots.items() if n > 1] == []
