"""`heatmaps review list|resolve|undo`: what is in doubt, and deciding it."""

from __future__ import annotations

import pytest

CITY = "Верхнереченск"
HOUSES = [
    {"city": CITY, "street": "улица Гончарова", "house": "7", "lat": 58.1, "lon": 49.2},
    {"city": CITY, "street": "улица Гончарова", "house": "11", "lat": 58.102, "lon": 49.2},
]
COMPLAINTS = [
    {"external_id": number, "created_at": "2026-11-20T10:00+03:00", "address": address}
    for number, address in enumerate(
        [f"{CITY}, улица Гончарова 9"] * 3 + [f"{CITY}, улица Неведомая 5, кв. 31"], start=1
    )
]


@pytest.fixture
def desk(fresh):
    """A prompt at a store with four complaints in doubt, of both kinds."""
    fresh("gazetteer", "load", fresh.table("houses.csv", *HOUSES)).done()
    fresh("policy", "show").done()
    fresh("ingest", fresh.table("complaints.csv", *COMPLAINTS)).done()
    return fresh


def test_from_the_queue_to_a_decision_and_back(desk):
    listed = desk("review", "list", "--json").done().json
    assert (listed["addresses"], listed["complaints"], listed["customers"]) == (2, 4, 0)
    first, second = listed["rows"]
    assert (first["complaints"], second["complaints"]) == (3, 1)
    assert "31" not in second["normal_form"], "a flat is nobody's business"
    assert [one["pick"] for one in first["candidates"]] == list(
        range(1, len(first["candidates"]) + 1)
    )
    told = desk("review", "list", "--limit", "1").done().out
    for shown in (first["number"], first["normal_form"], "3 complaints", "1. ", "2 addresses wait"):
        assert shown in told

    pick = next(one["pick"] for one in first["candidates"] if one["label"].endswith("11"))
    resolve = ("review", "resolve", first["number"], "--pick", pick, "--by", "Анна", "--json")
    before = desk.dump()
    assert desk(*resolve, "--dry-run").done().json["complaints"] == 3
    assert desk.dump() == before
    done = desk(*resolve).done().json
    assert (done["complaints"], done["moved"], done["is_new"]) == (3, 3, True)
    assert not desk(*resolve).done().json["is_new"], "safe to repeat"
    assert desk("lookup", f"{CITY}, ул. Гончарова, д. 9", "--json").done().json["geocoded"][
        "lat"] == 58.102  # fmt: skip
    csv_in, csv_out = desk.table("in.csv", {"address": COMPLAINTS[0]["address"]}), "out.csv"
    desk("geocode", csv_in, csv_out).done()
    assert "58.102" in (desk.folder / csv_out).read_text(encoding="utf-8")

    known = desk("review", "list", "--decided", "--json").done().json
    assert (known["decisions"], known["in_force"]) == (1, 1)
    assert known["rows"][0]["by"] == "Анна"
    undo = ("review", "undo", known["rows"][0]["decision"], "--by", "Борис", "--json")
    assert desk(*undo).done().json["complaints"] == 3
    assert not desk(*undo).done().json["is_new"]
    away = ("review", "resolve", first["number"], "--at", "49.2,58.1", "--by", "Анна", "--dry-run")
    desk(*away).refused("--far", code=2)
    assert desk(*away, "--far", "--json").done().json["lat"] == 49.2
    assert "undone, Борис" in desk("review", "list", "--decided").done().out
    assert desk("review", "list", "--json").done().json["rows"][0]["number"] == first["number"]


def test_by_normal_form_by_point_as_junk_and_anew(desk):
    first, second = desk("review", "list", "--json").done().json["rows"]
    by = ("--by", "Анна")
    done = desk("review", "resolve", second["normal_form"], "--junk", *by).done().out
    assert "junk" in done
    assert "1 complaints placed = 1 moved + 0" in done
    at = ("--at", "58.1011,49.2003", "--uncertainty-m", "200")
    done = desk("review", "resolve", first["normal_form"].upper(), *at, *by, "--json").done().json
    assert (done["level"], done["lat"], done["lon"]) == ("near", 58.1011, 49.2003)
    refused = desk("review", "resolve", first["number"], "--junk", "--by", "Борис")
    refused.refused("Анна", "--replace", code=1)
    anew = ("review", "resolve", first["number"], "--junk", "--by", "Борис", "--replace", "--json")
    assert desk(*anew).done().json["replaced"] == done["decision"]
    desk("review", "undo", done["decision"], *by).refused("Борис", code=1)
    assert "0 addresses wait" in desk("review", "list").done().out


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("resolve", "zz", "--junk"), "zz"),
        (("resolve", "zz"), "--pick"),
        (("resolve", "zz", "--junk", "--pick", 1), "--junk"),
        (("resolve", "zz", "--junk", "--uncertainty-m", 5), "--at"),
        (("undo", 7), "decision 7"),
    ],
    ids=["unknown", "nothing", "two", "radius", "undo"],
)
def test_what_cannot_be_decided_is_said_in_a_sentence(embedded, args, named):
    embedded("review", *args, "--by", "Анна").refused(named, code=2)


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        (("--pick", 99), "99"),
        (("--at", "95,200"), "95"),
        (("--at", "0,0"), "0, 0"),
        (("--at", "58.1,49.2", "--uncertainty-m", 0), "0.0 m"),
        (("--at", "49.2,58.1"), "swapped"),
        (("--at", "somewhere"), "somewhere"),
    ],
    ids=["candidate", "point", "nowhere", "radius", "swapped", "words"],
)
def test_a_place_that_is_none_is_refused(embedded, choice, named):
    embedded("gazetteer", "load", embedded.table("houses.csv", *HOUSES)).done()
    embedded("ingest", embedded.table("complaints.csv", *COMPLAINTS)).done()
    number = embedded("review", "list", "--json").done().json["rows"][0]["number"]
    embedded("review", "resolve", number, *choice, "--by", "Анна").refused(named, code=2)
    embedded("review", "resolve", number, "--junk", "--by", " ").refused("--by", code=2)
