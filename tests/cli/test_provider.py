"""Online providers from the prompt: off by default, never shown a key, never told a flat."""

from __future__ import annotations

import csv

import pytest
from provider_server import answers, running, status

CITY = "Санкт-Петербург"
KEY = "s3cr3t-key"
PUBLIC = {
    "HEATMAPS_PROVIDER": "nominatim",
    "HEATMAPS_PROVIDER_USER_AGENT": "operator gis@example.org",
}


@pytest.fixture
def server():
    with running() as state:
        yield state


def settings(server, provider="nominatim"):
    return {
        "HEATMAPS_PROVIDER": provider, "HEATMAPS_PROVIDER_URL": server.url,
        "HEATMAPS_PROVIDER_KEY": KEY, "HEATMAPS_PROVIDER_PER_SECOND": "1000",
    }  # fmt: skip


def house(number, street="улица Неведомая"):
    return {
        "lat": "59.9401", "lon": "30.2503", "type": "yes", "display_name": f"{street}, {number}",
        "address": {"house_number": number, "road": street, "city": CITY},
    }  # fmt: skip


def test_without_a_provider_nothing_is_asked(embedded_region):
    embedded_region.table("in.csv", {"address": f"{CITY}, ул Неведомая, 5"})
    told = embedded_region("geocode", "in.csv", "out.csv", "--json").done().json
    assert "online" not in told
    for command in (("geocode", "in.csv", "out2.csv", "--online"), ("provider", "ask"),
                    ("provider", "status"), ("provider", "check", "x")):  # fmt: skip
        embedded_region(*command).refused("HEATMAPS_PROVIDER")


def test_batches_on_public_nominatim_are_wrong_use(embedded_region):
    embedded_region.table("in.csv", {"address": f"{CITY}, ул Неведомая, 5"})
    for command in (("geocode", "in.csv", "out.csv", "--online"), ("provider", "ask")):
        embedded_region(*command, **PUBLIC).refused("nominatim.openstreetmap.org", code=2)
    assert not (embedded_region.folder / "out.csv").exists()


def test_a_file_is_geocoded_with_a_provider(region, server):
    rows = [f"{CITY}, ул. Неведомая, д. 5, кв. {n}" for n in (77, 78)]
    rows += [f"{CITY}, ул. Неведомая, 9", f"{CITY}, ул. Неведомая, 11", f"{CITY}, 7 линия ВО, 34"]
    region.table("in.csv", *({"address": each} for each in rows))
    server.will(answers([house("5")]), answers([]), status(403))
    dry = region("geocode", "in.csv", "out.csv", "--online", "--dry-run", **settings(server))
    assert "0 requests sent" in dry.done().out
    assert not server.received
    done = region("geocode", "in.csv", "out.csv", "--online", "--json", **settings(server)).done()
    told = done.json["online"]
    assert {name: told[name] for name in ("asked", "found", "not_found", "failed")} == {
        "asked": 3, "found": 1, "not_found": 1, "failed": 1,
    }  # fmt: skip
    assert "403" in done.err
    assert KEY not in done.out + done.err
    with (region.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["geocode_level"] for row in found[:2]] == ["house", "house"]
    assert found[0]["geocode_lat"] == "59.9401000"
    assert "provider:nominatim" in found[0]["geocode_changes"]
    assert "provider_failed" in found[3]["geocode_faults"]
    assert "provider" not in found[4]["geocode_changes"] + found[4]["geocode_faults"]
    assert not [each for each in server.received if "77" in each.everything]


def test_one_address_is_checked(embedded_region, server):
    server.usual = answers([house("5")])
    asked = ("provider", "check", f"{CITY}, ул. Неведомая, д. 5, кв. 77")
    told = embedded_region(*asked, "--json", **settings(server)).done().json
    assert told["asked"].endswith(", 5")
    assert "неведомая" in told["asked"]
    assert (told["theirs"]["level"], told["requests"]) == ("house", 1)
    again = embedded_region(*asked, **settings(server)).done()
    assert "[house] 59.940100, 30.250300 ± 50 m, 0.90" in again.out
    assert len(server.received) == 1
    spent = embedded_region("provider", "status", "--json", **settings(server)).done().json
    assert (spent["spent"], spent["keeps"]) == (1, True)


def test_a_provider_that_fails_is_no_answer(embedded_region, server):
    server.usual = status(401)
    asked = ("provider", "check", f"{CITY}, ул. Неведомая, 5")
    embedded_region(*asked, **settings(server)).refused("401", code=1)
    embedded_region("provider", "check", "Неведомая 5", **settings(server)).refused(
        "--city", code=2
    )


def test_what_yandex_says_is_not_kept_unless_allowed(embedded_region, server):
    given = settings(server, "yandex")
    server.usual = answers({"response": {"GeoObjectCollection": {"featureMember": []}}})
    embedded_region("provider", "ask", **given).refused("HEATMAPS_PROVIDER_STORE", code=2)
    asked = ("provider", "check", f"{CITY}, ул. Неведомая, 5")
    for _ in range(2):
        embedded_region(*asked, **given).done()
    assert len(server.received) == 2
    assert embedded_region.count()["provider_answer"] == 0
    for _ in range(2):
        embedded_region(*asked, **given, HEATMAPS_PROVIDER_STORE="true").done()
    assert len(server.received) == 3
    assert embedded_region("provider", "ask", **given, HEATMAPS_PROVIDER_STORE="true").done()


def test_the_doctor_hides_keys_and_tells_what_is_wrong(embedded, server):
    well = embedded("doctor", **settings(server)).done()
    assert "HEATMAPS_PROVIDER_KEY = ***" in well.out
    assert embedded("doctor", "--json", **settings(server)).json["faults"] == []
    ill = embedded("doctor", HEATMAPS_PROVIDER="dadata", HEATMAPS_PROVIDER_SECRET=KEY)
    assert ill.code == 1
    assert "set HEATMAPS_PROVIDER_KEY" in ill.out
    assert KEY not in well.out + well.err + ill.out + ill.err


@pytest.mark.parametrize(
    "given",
    [
        {"HEATMAPS_PROVIDER": "gogle"},
        {"HEATMAPS_PROVIDER_PER_SECOND": "0"},
        {"HEATMAPS_PROVIDER_PER_SECOND": "nan"},
        {"HEATMAPS_PROVIDER_PER_DAY": "-1"},
        {"HEATMAPS_PROVIDER_STORE": "perhaps"},
        {"HEATMAPS_PROVIDER_URL": f"https://u:{KEY}@geo.example.org"},
        {"HEATMAPS_PROVIDER_URL": f"https://geo.example.org/?apikey={KEY}"},
    ],
    ids="-".join,
)
def test_settings_that_cannot_be_are_named(anywhere, given):
    refused = anywhere("doctor", **given).refused(*given)
    assert KEY not in refused.err


def test_a_key_in_the_path_is_not_shown(embedded_region):
    told = {"HEATMAPS_PROVIDER": "photon", "HEATMAPS_PROVIDER_URL": f"https://x.org/{KEY}/v1"}
    for command in ("doctor",), ("provider", "status"):
        for how in (), ("--json",):
            done = embedded_region(*command, *how, **told).done()
            assert "https://x.org/" in done.out
            assert KEY not in done.out + done.err
    told["HEATMAPS_PROVIDER_URL"] += "?x"
    assert KEY not in embedded_region("doctor", **told).refused("HEATMAPS_PROVIDER_URL").err
