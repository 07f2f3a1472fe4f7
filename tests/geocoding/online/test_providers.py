"""Each provider's own words for how exact a place is come down to ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from provider_server import FakeTime, ProviderServer, answers

from heatmaps.geocoding.online import dadata, nominatim, pelias, photon, yandex
from heatmaps.geocoding.online.account import Account
from heatmaps.geocoding.online.finding import HOUSE_M, NEAR_M
from heatmaps.geocoding.online.provider import PROVIDERS, connect
from heatmaps.geocoding.result import Level

TEXT = "химки, улица мира, 5 к2"


def of_nominatim(**told: Any) -> dict[str, Any]:
    address = {"road": "улица Мира", "city": "Химки", "state": "Московская область"}
    address |= told.pop("address", {})
    return {"lat": "55.9", "lon": "37.4", "class": "place", "display_name": "x",
            "boundingbox": ["55.89", "55.91", "37.39", "37.41"],
            "address": address} | told  # fmt: skip


def of_photon(**told: Any) -> dict[str, Any]:
    place = {"city": "Химки", "street": "улица Мира", "state": "Московская область"}
    return {"geometry": {"coordinates": [37.4, 55.9]}, "properties": place | told}


def of_pelias(**told: Any) -> dict[str, Any]:
    place = {"locality": "Химки", "street": "улица Мира", "region": "Московская область",
             "match_type": "exact", "accuracy": "point", "name": "x", "label": "x"}  # fmt: skip
    return {"geometry": {"coordinates": [37.4, 55.9]}, "properties": place | told}


def of_yandex(kind: str, precision: str, house: str = "") -> dict[str, Any]:
    parts = [("country", "Россия"), ("province", "Центральный федеральный округ"),
             ("province", "Московская область"), ("locality", "Химки"),
             ("street", "улица Мира")]  # fmt: skip
    parts += [("house", house)] if house else []
    meta = {"kind": kind, "precision": precision, "text": "x",
            "Address": {"Components": [{"kind": k, "name": n} for k, n in parts]}}  # fmt: skip
    return {"metaDataProperty": {"GeocoderMetaData": meta}, "Point": {"pos": "37.4 55.9"},
            "boundedBy": {"Envelope": {"lowerCorner": "37.39 55.89",
                                       "upperCorner": "37.41 55.91"}}}  # fmt: skip


def of_dadata(qc_geo: Any, **told: Any) -> dict[str, Any]:
    return {"qc_geo": qc_geo, "geo_lat": "55.9", "geo_lon": "37.4", "city_with_type": "г Химки",
            "region_with_type": "Московская обл", "region_type_full": "область",
            "street_with_type": "ул Мира", "house": "5", "block_type": "к",
            "block": "2"} | told  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (of_nominatim(type="yes", place_rank=30, address={"house_number": "5 к2"}), Level.HOUSE),
        (of_nominatim(type="houses", place_rank=30, address={"house_number": "5"}), Level.NEAR),
        (of_nominatim(type="cafe", place_rank=30), Level.NEAR),
        (of_nominatim(type="residential", place_rank=26, addresstype="road"), Level.STREET),
        (of_nominatim(type="administrative", place_rank=16, addresstype="city"), Level.SETTLEMENT),
        (of_nominatim(type="village"), Level.SETTLEMENT),
        (of_nominatim(type="administrative", place_rank=8, addresstype="state"), Level.REGION),
        ({**of_nominatim(type="residential"), "class": "highway"}, Level.STREET),
    ],
)
def test_levels_of_nominatim(raw: dict[str, Any], level: Level) -> None:
    assert nominatim.read(raw).level is level


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (of_photon(type="house", housenumber="5 к2"), Level.HOUSE),
        (of_photon(type="house", name="Кафе", osm_value="cafe"), Level.NEAR),
        (of_photon(type="street", name="улица Мира"), Level.STREET),
        (of_photon(type="city", name="Химки"), Level.SETTLEMENT),
        (of_photon(type="district"), Level.SETTLEMENT),
        (of_photon(type="state"), Level.REGION),
        (of_photon(), Level.REGION),
    ],
)
def test_levels_of_photon(raw: dict[str, Any], level: Level) -> None:
    assert photon.read(raw).level is level


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (of_pelias(layer="address", housenumber="5"), Level.HOUSE),
        (of_pelias(layer="address", housenumber="5", match_type="interpolated"), Level.NEAR),
        (of_pelias(layer="address", housenumber="5", match_type="fallback"), Level.NEAR),
        (of_pelias(layer="address", housenumber="5", accuracy="centroid"), Level.NEAR),
        (of_pelias(layer="venue"), Level.NEAR),
        (of_pelias(layer="street", accuracy="centroid"), Level.STREET),
        (of_pelias(layer="locality", accuracy="centroid"), Level.SETTLEMENT),
        (of_pelias(layer="region"), Level.REGION),
        (of_pelias(layer="something new"), Level.REGION),
    ],
)
def test_levels_of_pelias(raw: dict[str, Any], level: Level) -> None:
    assert pelias.read(raw).level is level


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (of_yandex("house", "exact", "5к2"), Level.HOUSE),
        (of_yandex("house", "number", "5"), Level.NEAR),
        (of_yandex("house", "near", "7"), Level.NEAR),
        (of_yandex("house", "range", "5"), Level.STREET),
        (of_yandex("street", "street"), Level.STREET),
        (of_yandex("locality", "other"), Level.SETTLEMENT),
        (of_yandex("district", "other"), Level.SETTLEMENT),
        (of_yandex("province", "other"), Level.REGION),
        (of_yandex("metro", "exact"), Level.NEAR),
    ],
)
def test_levels_of_yandex(raw: dict[str, Any], level: Level) -> None:
    assert yandex.read(raw).level is level


@pytest.mark.parametrize(
    ("qc_geo", "level"),
    [(0, Level.HOUSE), ("1", Level.NEAR), (2, Level.STREET), ("3", Level.SETTLEMENT),
     (4, Level.SETTLEMENT)],
)  # fmt: skip
def test_levels_of_dadata(qc_geo: object, level: Level) -> None:
    found = dadata.read(of_dadata(qc_geo), "x")
    assert (found.level, found.street, found.house) == (level, "ул Мира", "5 к 2")


def test_a_federal_city_is_a_settlement() -> None:
    told = of_dadata(0, city_with_type=None, region_with_type="г Москва", region_type_full="город")
    assert dadata.read(told, "x").settlements == ("г Москва",)


def test_uncertainty_follows_the_level() -> None:
    house = nominatim.read(of_nominatim(type="yes", address={"house_number": "5"}))
    near = yandex.read(of_yandex("house", "near", "7"))
    street = yandex.read(of_yandex("street", "street"))
    assert (house.uncertainty_m, near.uncertainty_m) == (HOUSE_M, NEAR_M)
    assert 1_200 < street.uncertainty_m < 1_400  # to the corner of its box: 1112 by 624 m


ANSWERS: dict[str, Any] = {
    "nominatim": [of_nominatim(type="yes", address={"house_number": "5 к2"})],
    "photon": {"features": [of_photon(type="house", housenumber="5 к2")]},
    "pelias": {"features": [of_pelias(layer="address", housenumber="5 к2")]},
    "yandex": {"response": {"GeoObjectCollection": {
        "featureMember": [{"GeoObject": of_yandex("house", "exact", "5к2")}]}}},
    "dadata": {"suggestions": [{"value": "x", "data": of_dadata("0")}]},
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "nominatim": [],
    "photon": {"features": []},
    "pelias": {"features": []},
    "yandex": {"response": {"GeoObjectCollection": {"featureMember": []}}},
    "dadata": {"suggestions": [{"value": "x", "data": {"qc_geo": "5", "geo_lat": None}}]},
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_asked_and_understood(server: ProviderServer, name: str) -> None:
    account = Account(name, server.url, "the-key", user_agent="operator test@example.org")
    server.will(answers(ANSWERS[name]), answers(EMPTY[name]))
    ask = connect(account)
    [found] = ask(TEXT)
    assert (found.level, found.lat, found.lon) == (Level.HOUSE, 55.9, 37.4)
    assert any("Химки" in each for each in found.settlements)
    assert "Мира" in found.street
    assert ask(TEXT) == []
    sent = server.received[0]
    assert TEXT in {*sent.query.values()} or json.loads(sent.body)["query"] == TEXT
    assert sent.headers["user-agent"] == "operator test@example.org"
    assert sent.headers["accept-encoding"] == "identity"
    assert "cookie" not in sent.headers


def test_dadata_cleans_where_a_secret_is_given(server: ProviderServer) -> None:
    account = Account("dadata", server.url, "the-key", "the-secret")
    server.will(answers([{**of_dadata(1), "result": "г Химки"}]), answers([{"qc_geo": 5}]))
    ask = connect(account)
    [found] = ask(TEXT)
    assert (found.level, found.label) == (Level.NEAR, "г Химки")
    assert ask(TEXT) == []
    sent = server.received[0]
    assert (sent.method, sent.path) == ("POST", "/api/v1/clean/address")
    assert json.loads(sent.body) == [TEXT]
    assert sent.headers["authorization"] == "Token the-key"
    assert sent.headers["x-secret"] == "the-secret"


def test_a_server_may_stand_under_a_path(server: ProviderServer, passing: FakeTime) -> None:
    server.will(answers([]))
    assert connect(Account("nominatim", f"{server.url}/maps/"))(TEXT) == []
    assert server.received[0].path == "/maps/search"
