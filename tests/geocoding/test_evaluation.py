"""The labelled sets put to the geocoder: floors that no change may break.

The floors lie below what was measured when they were set, by about what a few addresses weigh;
raise them when the geocoder has become better. `heatmaps bench geocoding` prints the shares and
every failure.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from heatmaps.geocoding.result import ACCEPTED, Level
from pipelines.bench_geocoding.labelled import SETS, check_set

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

RIGHT_AT_LEAST = {"ru": 0.92, "foreign": 0.88}
WRONG_ACCEPTED_AT_MOST = {"ru": 0.01, "foreign": 0.01}
NEVER_GUESSED = frozenset({"city_missing", "namesakes", "junk", "absent", "house_absent"})
ALL_RIGHT = {
    "ru": ("clean", "typo_deletion", "typo_insertion", "typo_transposition"),
    "foreign": ("clean",),
}


@pytest.fixture(scope="module", params=SETS)
def country(request):
    return request.param


@pytest.fixture(scope="module")
def verdicts(country):
    return check_set(EXAMPLES, country)


def _told(verdict):
    return f"{verdict.labelled.query!r} → {verdict.answer.level} {verdict.answer.matched}"


def test_most_labelled_addresses_are_answered_right(country, verdicts):
    right = sum(verdict.right for verdict in verdicts) / len(verdicts)
    assert right >= RIGHT_AT_LEAST[country]


def test_hardly_a_wrong_house_is_taken_without_a_person_looking(country, verdicts):
    wrong = [
        _told(verdict)
        for verdict in verdicts
        if not verdict.right
        and verdict.answer.level is Level.HOUSE
        and verdict.answer.confidence >= ACCEPTED
    ]
    assert len(wrong) <= WRONG_ACCEPTED_AT_MOST[country] * len(verdicts), wrong


def test_where_none_or_several_fit_nothing_is_guessed(verdicts):
    guessed = [
        _told(verdict)
        for verdict in verdicts
        if verdict.guessed and verdict.labelled.trouble in NEVER_GUESSED
    ]
    assert guessed == []


def test_what_is_easy_is_always_right(country, verdicts):
    wrong = [
        _told(verdict)
        for verdict in verdicts
        if verdict.labelled.trouble in ALL_RIGHT[country] and not verdict.right
    ]
    assert wrong == []
