from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount

from heatmaps.api.app import MAX_BODY_BYTES, create_api
from heatmaps.api.health import health_routes
from heatmaps.api.models import LookupAnswer
from heatmaps.errors import RuleError, StoreError, UsageError
from heatmaps.geocoding.result import Level, Suggestion
from heatmaps.ui.assets import ASSETS_URL, Assets

HOST = "http://heatmaps.example:8501"
SENTENCE = "This is wrong; do that."
PRIVATE = "Тайная улица, 7"
OPENED = datetime(2026, 11, 21, 12, tzinfo=UTC)
SPOT = {
    "spot_id": 34,
    "status": "in_progress",
    "signal": "active",
    "topic": "no_internet",
    "cause": "power",
    "opened_at": OPENED,
    "eta": None,
    "priority": 41.5,
    "distance_m": 0.0,
}
PLACE = {
    "level": "house",
    "lat": 59.94,
    "lon": 30.28,
    "uncertainty_m": 15.0,
    "confidence": 0.98,
    "normal_form": "большой проспект во 18",
    "matched": "Большой проспект В.О., 18",
    "alternatives": [],
}
EVENT = {
    "event_id": "e1",
    "kind": "planned_work",
    "starts_at": OPENED,
    "ends_at": None,
    "text": None,
}
LOOKED_UP = {
    "place": PLACE,
    "verdict": "works_go_on",
    "certain": True,
    "control_at": OPENED,
    "spots": [SPOT],
    "nearest": [],
    "events": [EVENT],
    "covered": {"4g": True, "5g": False},
}


def lookup(address, city, technology):
    if address == "поломка":
        raise RuntimeError(PRIVATE)
    script = f"{address} / {city} / {technology}"
    return LookupAnswer.model_validate({**LOOKED_UP, "script": script})


def suggest(text, limit):
    if not text:
        return []
    return [Suggestion(f"{text} {n}", Level.HOUSE, 59.94, 30.28) for n in range(limit)]


def client(base_url=HOST, hosts=("heatmaps.example", "*.heatmaps.example")):
    api = create_api(lookup=lookup, suggest=suggest, allowed_hosts=hosts)
    app = Starlette(routes=[Mount("/api", api), Mount(ASSETS_URL, Assets())])
    return TestClient(app, base_url=base_url, raise_server_exceptions=False)


def test_lookup_gives_what_an_agent_sees():
    answer = client().post(
        "/api/v1/lookup",
        json={"address": " Большой пр., 18 ", "city": "Санкт-Петербург", "technology": "5g"},
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["place"]["level"] == "house"
    assert body["spots"][0]["cause"] == "power"
    assert body["spots"][0]["opened_at"] == "2026-11-21T12:00:00Z"
    assert body["events"][0]["kind"] == "planned_work"
    assert body["covered"] == {"4g": True, "5g": False}
    assert body["script"] == "Большой пр., 18 / Санкт-Петербург / 5g"


def test_suggest_gives_at_most_so_many():
    answer = client().post("/api/v1/suggest", json={"text": "Большой", "limit": 2})
    assert [one["value"] for one in answer.json()["suggestions"]] == ["Большой 0", "Большой 1"]
    assert len(client().post("/api/v1/suggest", json={"text": "Б"}).json()["suggestions"]) == 8
    assert client().post("/api/v1/suggest", json={"text": ""}).json() == {"suggestions": []}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("lookup", {}, "address"),
        ("lookup", {"address": ""}, "address"),
        ("lookup", {"address": "   "}, "address"),
        ("lookup", {"address": "ы" * 501}, "address"),
        ("lookup", {"address": PRIVATE, "city": "ы" * 201}, "city"),
        ("lookup", {"address": 7}, "address"),
        ("lookup", {"address": PRIVATE, "technology": "6g"}, "technology"),
        ("lookup", {"address": PRIVATE, "adress": PRIVATE}, "adress"),
        ("suggest", {"text": "ы" * 501}, "text"),
        ("suggest", {"text": PRIVATE, "limit": 0}, "limit"),
        ("suggest", {"text": PRIVATE, "limit": 21}, "limit"),
        ("suggest", [PRIVATE], "body"),
    ],
)
def test_a_bad_field_is_named_in_one_sentence_without_its_value(path, body, field):
    answer = client().post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]
    sentence = answer.json()["error"]
    assert sentence.startswith(f"Field {field} cannot be used: ")
    assert sentence.endswith(".")
    assert PRIVATE not in sentence
    assert "ы" not in sentence


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError(SENTENCE), 503),
        (RuleError(SENTENCE, "closed"), 409),
        (UsageError(SENTENCE), 400),
    ],
)
def test_an_error_of_ours_becomes_its_sentence(error, status):
    def broken(_address, _city, _technology):
        raise error

    api = create_api(lookup=broken, suggest=suggest, allowed_hosts=["heatmaps.example"])
    answer = TestClient(api, base_url=HOST).post("/v1/lookup", json={"address": "x"})
    assert (answer.status_code, answer.json()) == (status, {"error": SENTENCE})


def test_a_fault_of_ours_tells_nothing_of_itself():
    answer = client().post("/api/v1/lookup", json={"address": "поломка"})
    assert answer.status_code == 500
    assert PRIVATE not in answer.text
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/lookup", 405), ("GET", "/api/v1/nothing", 404), ("POST", "/api/v2", 404)],
)
def test_wrong_addresses_are_answered_in_a_sentence(method, path, status):
    answer = client().request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"].endswith("see /api/docs.")


@pytest.mark.parametrize(
    ("base_url", "headers", "status"),
    [
        (HOST, {}, 200),
        (HOST, {"Origin": HOST}, 200),
        (HOST, {"Origin": "https://heatmaps.example:8501"}, 200),
        ("http://desk.heatmaps.example", {}, 200),
        ("http://HEATMAPS.example", {}, 200),
        ("http://evil.example", {}, 400),
        ("http://notheatmaps.example", {}, 400),
        ("http://heatmaps.example.evil.example", {}, 400),
        (HOST, {"Host": ""}, 400),
        (HOST, {"Host": "["}, 400),
        (HOST, {"Origin": "http://evil.example"}, 403),
        (HOST, {"Origin": "http://heatmaps.example:9999"}, 403),
        (HOST, {"Origin": "null"}, 403),
        (HOST, {"Content-Type": "text/plain"}, 422),
    ],
)
def test_only_our_own_pages_and_names_are_answered(base_url, headers, status):
    answer = client(base_url).post(
        "/api/v1/suggest", content=b'{"text": "a"}', headers=_JSON | headers
    )
    assert answer.status_code == status
    assert status == 200 or list(answer.json()) == ["error"]


_JSON = {"Content-Type": "application/json"}


def test_no_host_is_answered_unless_named():
    assert client(hosts=()).post("/api/v1/suggest", json={"text": "a"}).status_code == 400
    assert client(hosts=("*",)).post("/api/v1/suggest", json={"text": "a"}).status_code == 200


def test_a_body_too_long_is_refused_whether_announced_or_streamed():
    announced = client().post("/api/v1/suggest", content=b" " * (MAX_BODY_BYTES + 1), headers=_JSON)
    pieces = (b" " * 1024 for _ in range(MAX_BODY_BYTES // 1024 + 1))
    streamed = client().post("/api/v1/suggest", content=pieces, headers=_JSON)
    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert announced.json() == streamed.json()


def test_addresses_stand_in_no_url():
    schema = client().get("/api/v1/openapi.json").json()
    for methods in schema["paths"].values():
        assert list(methods) == ["post"]
        assert "parameters" not in methods["post"]


def test_docs_load_our_own_scripts_only():
    page = client().get("/api/docs").text
    assert "http" not in page.replace("http-equiv", "")
    for line in page.splitlines():
        for quote in ('src="', 'href="'):
            if quote in line:
                url = line.split(quote)[1].split('"')[0]
                assert client().get(url).status_code == 200


def test_versioned_assets_are_kept_for_ever_and_ours_asked_for_again():
    kept = client().get("/assets/leaflet-1.9.4/leaflet.js")
    ours = client().get("/assets/map.js")
    assert "immutable" in kept.headers["cache-control"]
    assert ours.headers["cache-control"] == "no-cache"
    again = client().get("/assets/map.js", headers={"If-None-Match": ours.headers["etag"]})
    assert again.status_code == 304
    assert client().get("/assets/../app.py").status_code == 404


def test_health_says_alive_and_whether_ready():
    def not_ready():
        raise StoreError(SENTENCE)

    waiting = TestClient(Starlette(routes=health_routes(not_ready)))
    ready = TestClient(Starlette(routes=health_routes(lambda: None)))
    assert waiting.get("/healthz").status_code == 200
    assert waiting.get("/readyz").status_code == 503
    assert waiting.get("/readyz").json() == {"error": SENTENCE}
    assert ready.get("/readyz").status_code == 200
