"""A provider's answer counts for as much as it agrees with the address asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heatmaps.geocoding.normal_form import street_key
from heatmaps.geocoding.online.finding import HOUSE_M, NEAR_M, Finding
from heatmaps.geocoding.online.question import KnownNames, Question, question
from heatmaps.geocoding.online.verdict import (
    ANSWER_ELSEWHERE,
    SEVERAL_ANSWERS,
    better,
    judged,
)
from heatmaps.geocoding.result import ACCEPTED, GeocodeResult, Level

KNOWN = KnownNames.of(["Химки", "Москва", "Троицк"], [street_key("улица Ленина")])
OURS = GeocodeResult(Level.SETTLEMENT, 55.89, 37.44, 6_000.0, 0.5, "химки, улица мира, 5")
HOUSE = Finding(
    Level.HOUSE, 55.9, 37.4, HOUSE_M, ("Химки",), (), "Московская область", "улица Мира", "5", "x"
)


def asked(address: str = "Химки, ул Мира, 5") -> Question:
    made = question(address, None, None, KNOWN)
    assert made is not None
    return made


def verdict(*findings: Finding, address: str = "Химки, ул Мира, 5") -> GeocodeResult:
    return judged(asked(address), findings, "photon", OURS)


def test_the_house_asked_for_is_accepted() -> None:
    result = verdict(HOUSE)
    assert (result.level, result.lat, result.lon, result.uncertainty_m) == (
        Level.HOUSE, 55.9, 37.4, HOUSE_M,
    )  # fmt: skip
    assert result.confidence >= ACCEPTED
    assert result.normal_form == OURS.normal_form
    assert "provider:photon" in result.changes
    assert not result.faults


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("Химки, ул Мира, 5 корп 2", {"house": "5к2"}),
        ("Химки, ул Мира, 5 корп 2", {"house": "5 к 2"}),
        ("Химки, Мира ул., д. 5А", {"house": "5а"}),
        ("Химки, ул Мира, 5", {"street": "ул Мира", "settlements": ("г Химки",)}),
        ("Химки, ул Мира, 5", {"region": ""}),
        ("Московская обл., Химки, ул Мира, 5", {"region": "Московская обл"}),
    ],
)
def test_the_same_address_spelled_otherwise_is_accepted(
    address: str, told: dict[str, object]
) -> None:
    result = verdict(replace(HOUSE, **told), address=address)
    assert result.level is Level.HOUSE
    assert result.confidence >= ACCEPTED


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"house": "7"}, Level.NEAR),  # the next one on the same side
        ({"house": "5А"}, Level.NEAR),
        ({"house": "5 с1"}, Level.NEAR),
        ({"house": "6"}, Level.STREET),
        ({"house": "51"}, Level.STREET),
        ({"house": ""}, Level.STREET),
        ({"level": Level.NEAR}, Level.NEAR),
        ({"level": Level.STREET}, Level.STREET),
        ({"level": Level.SETTLEMENT, "street": "", "house": ""}, Level.SETTLEMENT),
    ],
)
def test_another_house_is_never_the_house(told: dict[str, object], level: Level) -> None:
    result = verdict(replace(HOUSE, **told))
    assert result.level is level
    assert result.confidence < ACCEPTED
    assert result.uncertainty_m is not None
    assert result.uncertainty_m >= NEAR_M


@pytest.mark.parametrize(
    "told",
    [
        {"settlements": ("Пермь",), "region": "Пермский край"},
        {"settlements": ("Пермь",)},
        {"settlements": ()},
        {"settlements": ("Сходня",), "districts": ("район Химки",)},
        {"street": "улица Победы"},
        {"street": "проспект Мира"},
        {"street": "1-я улица Мира"},
        {"street": ""},
        {"lat": 58.0, "lon": 56.2},  # named alike, and a thousand kilometres from our Химки
        {"level": Level.REGION, "street": "", "house": ""},
    ],
)
def test_another_place_places_nothing(told: dict[str, object]) -> None:
    result = verdict(replace(HOUSE, **told))
    assert (result.level, result.lat, result.uncertainty_m) == (Level.AMBIGUOUS, None, None)
    assert ANSWER_ELSEWHERE in result.faults
    assert result.confidence < 0.5
    assert len(result.alternatives) == 1


def test_another_region_is_another_place() -> None:
    told = replace(HOUSE, region="Пермский край")
    assert verdict(told, address="Московская обл., Химки, ул Мира, 5").lat is None


def test_nothing_found_is_none() -> None:
    result = verdict()
    assert (result.level, result.lat, result.confidence) == (Level.NONE, None, 0.0)


def test_a_town_within_a_city_must_be_answered_with_it() -> None:
    address = "Москва, г Троицк, ул Мира, 5"
    told = replace(HOUSE, settlements=("Москва",), region="Москва")
    assert verdict(told, address=address).lat is None
    assert verdict(replace(told, districts=("Троицк",)), address=address).level is Level.HOUSE
    assert verdict(replace(told, settlements=("Троицк",)), address=address).level is Level.HOUSE


def test_the_right_one_of_several_is_taken() -> None:
    wrong = replace(HOUSE, street="улица Победы")
    street = replace(HOUSE, level=Level.STREET, house="", uncertainty_m=500.0)
    result = verdict(wrong, street, HOUSE)
    assert result.level is Level.HOUSE
    assert result.alternatives
    assert all(other.confidence < ACCEPTED for other in result.alternatives)


def test_two_places_that_both_fit_are_ambiguous() -> None:
    result = verdict(HOUSE, replace(HOUSE, lat=55.95))
    assert (result.level, result.lat) == (Level.AMBIGUOUS, None)
    assert SEVERAL_ANSWERS in result.faults
    assert len(result.alternatives) == 2
    assert verdict(HOUSE, replace(HOUSE, lat=55.9001)).level is Level.HOUSE


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("Химки, ул Мира, 5-30", {}),  # 30 may be the flat, or the house is 5-30
        ("Химки, Ленина, 5", {"street": "улица Ленина"}),  # there may be a проспект too
        ("Химки, ул Мира, 5, 2, 323", {"house": "5 к2"}),
    ],
)
def test_what_was_guessed_in_the_question_stays_doubtful(
    address: str, told: dict[str, object]
) -> None:
    result = verdict(replace(HOUSE, **told), address=address)
    assert result.level is Level.HOUSE
    assert result.confidence < ACCEPTED


def test_a_house_on_no_street() -> None:
    ours = GeocodeResult(Level.NONE)
    made = asked("деревня Исаково, 2")
    told = replace(HOUSE, settlements=("Исаково",), street="", house="2")
    assert judged(made, [told], "x", ours).confidence >= ACCEPTED
    assert judged(made, [replace(told, street="улица Мира")], "x", ours).lat is None


@pytest.mark.parametrize(
    ("found", "than", "wins"),
    [
        ((20.0, 0.9), (20.0, 0.7), True),
        ((50.0, 0.9), (20.0, 0.7), True),
        ((20.0, 0.9), (20.0, 0.9), False),
        ((150.0, 0.6), (400.0, 0.7), True),
        ((400.0, 0.7), (150.0, 0.6), False),
        ((5_000.0, 0.5), (None, 0.0), True),
        ((None, 0.0), (5_000.0, 0.5), False),
        ((None, 0.0), (None, 0.0), False),
    ],
)
def test_better_is_accepted_or_narrower(
    found: tuple[float | None, float], than: tuple[float | None, float], wins
) -> None:
    def result(metres: float | None, share: float) -> GeocodeResult:
        place = None if metres is None else 55.0
        return GeocodeResult(Level.HOUSE, place, place, metres, share)

    assert better(result(*found), result(*than)) is wins
