"""`heatmaps bench geocoding`: what it prints, and what it refuses."""

from __future__ import annotations

import json
import sys

import pytest

ROWS = """city,region,street,house,lat,lon
Клин,,улица Гайдара,5 к2,56.3300,36.7300
Клин,,улица Гайдара,7,56.3310,36.7300
Дубна,,улица Гайдара,7,56.7400,37.1700
Дубна,,Лесная улица,14,56.7410,37.1700
"""


@pytest.fixture
def loaded(embedded):
    (embedded.folder / "towns.csv").write_text(ROWS, encoding="utf-8")
    embedded("gazetteer", "load", "towns.csv").done()
    return embedded


def test_it_measures_every_kind_and_tells_it_as_json(loaded):
    told = loaded(
        "bench", "geocoding", "--sample", 2, "--examples", "none", "--failures", 1, "--json"
    ).done()
    measured = json.loads(told.out)["measured"]
    report = measured["report"]
    assert (report["houses"], report["settlements"]) == (4, 2)
    clean = next(row for row in report["rows"] if row["kind"] == "clean")
    assert (clean["queries"], clean["right"], clean["wrong_accepted"]) == (2, 100.0, 0.0)
    assert measured["addok"] == []


def test_without_a_gazetteer_it_is_refused(embedded):
    embedded("bench", "geocoding").refused("gazetteer load")


def test_without_addok_it_says_what_to_install(loaded):
    loaded("bench", "geocoding", "--sample", 1, "--examples", "none", "--against", "addok").refused(
        sys.executable, "pip install addok"
    )


def test_a_folder_without_the_sets_is_refused(loaded):
    loaded("bench", "geocoding", "--sample", 1, "--examples", ".").refused("addresses_ru.csv")
