"""Doubtful complaints to a provider on loopback and back, on both stores."""

from __future__ import annotations

import threading
from dataclasses import asdict, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from provider_server import FakeTime, answers, running, status
from sqlalchemy import select, text

from heatmaps.errors import UsageError
from heatmaps.geocoding.online.account import Account
from heatmaps.geocoding.online.finding import Finding
from heatmaps.geocoding.result import ACCEPTED, Level
from heatmaps.store import provider_answers
from heatmaps.store.complaints import generation
from heatmaps.store.engine import open_store
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import PLACED_BY_PROVIDER, ProviderRun, StoredComplaint
from pipelines.ask_providers import (
    KEEP_FOUND,
    KEEP_NOT_FOUND,
    PROVIDER_FAILED,
    PROVIDER_LEFT,
    GeocoderWithProvider,
    StoredAnswers,
    StoredBudget,
    ask_about_queue,
    names_of,
    open_enquiry,
)
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances, import_file
from pipelines.keep_provider_places import with_places
from pipelines.load_region import load_gazetteer_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GAZETTEER = """city,street,house,lat,lon,region
Химки,улица Ленина,1,55.8890,37.4440,Московская область
Химки,улица Ленина,3,55.8892,37.4444,Московская область
Химки,улица Победы,10,55.8950,37.4300,Московская область
"""
COMPLAINTS = """external_id,created_at,address,city,name,contact
1,2026-03-01T10:00+03:00,"ул. Мира, д. 5, подъезд 2, этаж 9, кв. 77",Химки,Петрова Анна,+79161234567
2,2026-03-01T10:01+03:00,"Химки, Мира ул 5",,Сидоров Пётр,sidorov@example.org
3,2026-03-01T10:02+03:00,"ул Мира 12-45 Иванов Иван тел 89031112233",Химки,,
4,2026-03-01T10:03+03:00,"Химки, улица Ленина, 1, кв 3",,,
5,2026-03-01T10:04+03:00,тест,Химки,,
6,2026-03-01T10:05+03:00,"Мира, 8",,,
"""
PRIVATE = ("кв", "77", "подъезд", "этаж", "петров", "анна", "сидоров", "иванов", "916", "903",
           "45", "@", "тел", "тест", "ленина")  # fmt: skip


def place(house, street="улица Мира", city="Химки", **told):
    return {
        "lat": "55.8899", "lon": "37.4455", "class": "building", "type": "yes", "place_rank": 30,
        "display_name": f"{house}, {street}, {city}",
        "address": {"house_number": house, "road": street, "city": city},
    } | told  # fmt: skip


@pytest.fixture
def server():
    with running() as state:
        yield state


@pytest.fixture
def passing():
    return FakeTime()


@pytest.fixture
def town(store, tmp_path):
    """A store with a small gazetteer and six complaints, of which three may be asked about."""
    with store.writing() as connection:
        seed_policy(connection, NOW)
    (tmp_path / "gazetteer.csv").write_text(GAZETTEER)
    (tmp_path / "complaints.csv").write_text(COMPLAINTS)
    load_gazetteer_file(store, tmp_path / "gazetteer.csv", NOW)
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), GeocoderOfStore(store, None).current)
    assert import_file(store, tmp_path / "complaints.csv", given, silent).counts.new == 6
    return store


def silent(*_):
    pass


def online(store, server, passing, *, asks=True, **told):
    account = Account("nominatim", server.url, **({"per_second": 100.0} | told))
    enquiry = open_enquiry(store, account, passing.clock())
    ours = GeocoderOfStore(store, None).current()
    return GeocoderWithProvider(ours, enquiry, names_of(store), None, asks=asks)


def ask(store, server, passing, limit=100, **told):
    return ask_about_queue(store, online(store, server, passing, **told), limit, silent)


def places(store):
    row = StoredComplaint
    with store.reading() as connection:
        query = select(row.external_id, row.location_level, row.lat, row.location_source,
                       row.confidence, row.doubtful, row.cell)  # fmt: skip
        return {name: tuple(told) for name, *told in connection.execute(query)}


def adds_up(counts):
    return counts.asked == counts.found + counts.not_found + counts.failed + counts.left_over


def test_a_house_unknown_to_us_is_placed(town, server, passing):
    before = places(town)
    assert before["1"][0] != "house"
    server.will(answers([place("5")]), answers([]))
    with town.reading() as connection:
        seen = generation(connection)
    told = ask(town, server, passing)
    assert asdict(told.counts) == {"asked": 2, "found": 1, "not_found": 1, "failed": 0,
                                   "left_over": 0, "withheld": 1}  # fmt: skip
    assert (told.requests, told.placed.complaints, told.placed.moved) == (2, 2, 2)
    after = places(town)
    for name in ("1", "2"):  # two spellings of one address: one question
        level, lat, source, confidence, doubtful, cell = after[name]
        assert (level, lat, source, doubtful) == ("house", 55.8899, "provider:nominatim", False)
        assert confidence >= ACCEPTED
        assert cell is not None
    assert {name: after[name] for name in "3456"} == {name: before[name] for name in "3456"}
    with town.reading() as connection:
        [run] = connection.execute(select(ProviderRun)).mappings()
        assert generation(connection) > seen
    assert (run["asked"], run["found"], run["complaints"]) == (2, 1, 2)


def test_nothing_personal_reaches_the_server(town, server, passing):
    server.usual = answers([])
    ask(town, server, passing)
    sent = [each.query["q"] for each in server.received]
    assert sorted(sent) == ["химки, улица мира, 12", "химки, улица мира, 5"]
    for each in server.received:
        assert not [word for word in PRIVATE if word in each.everything.casefold()]
        assert set(each.query) == {"q", "format", "limit", "addressdetails"}
        assert set(each.headers) == {"accept-encoding", "host", "user-agent", "connection"}


def test_asking_again_asks_nobody_and_changes_nothing(town, server, passing):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    before = places(town)
    told = ask(town, server, passing)
    assert (told.counts.asked, told.counts.not_found, told.requests) == (1, 1, 0)
    assert told.placed.complaints == 0
    assert places(town) == before
    assert len(server.received) == 2


def test_a_doubtful_answer_stays_in_the_queue_and_is_not_written_twice(town, server, passing):
    server.will(answers([place("7")]), answers([]))
    assert ask(town, server, passing).placed.complaints == 2
    level, _, source, confidence, doubtful, _ = places(town)["1"]
    assert (level, source, doubtful) == ("near", "provider:nominatim", True)
    assert confidence < ACCEPTED
    assert ask(town, server, passing).placed.complaints == 0


@pytest.mark.parametrize(
    "wrong", [place("5", city="Пермь"), place("5", "улица Победы"), place("5", lat="58.0")],
    ids=["city", "street", "far away"],
)  # fmt: skip
def test_another_place_moves_nobody(town, server, passing, wrong):
    before = places(town)
    server.usual = answers([wrong])
    told = ask(town, server, passing)
    assert (told.counts.not_found, told.placed.complaints) == (2, 0)
    assert places(town) == before


def test_a_failure_is_counted_and_never_kept(town, server, passing):
    before = places(town)
    server.usual = status(404)
    told = ask(town, server, passing)
    assert (told.counts.failed, told.counts.not_found) == (2, 0)
    assert adds_up(told.counts)
    assert "404" in told.why
    assert places(town) == before
    server.usual = answers([place("5")])
    assert ask(town, server, passing).counts.found == 2


def test_a_budget_leaves_the_rest_for_later(town, server, passing):
    server.usual = answers([place("5")])
    told = ask(town, server, passing, per_day=1)
    assert (told.counts.asked, told.counts.found, told.counts.left_over) == (2, 1, 1)
    assert adds_up(told.counts)
    assert places(town)["1"][0] == "house"  # with two complaints, so it came first
    assert ask(town, server, passing, per_day=1).counts.left_over == 1
    assert len(server.received) == 1
    passing.sleep(12 * 3600)  # midnight, UTC
    assert ask(town, server, passing, per_day=1).counts.left_over == 0
    assert len(server.received) == 2


def test_a_dry_run_asks_nobody(town, server, passing):
    before = places(town)
    told = ask(town, server, passing, asks=False)
    assert (told.counts.asked, told.counts.left_over, told.requests) == (2, 2, 0)
    assert not server.received
    assert places(town) == before


def test_what_was_answered_before_a_kill_is_not_asked_again(town, server, passing):
    server.will(answers([place("5")]), answers([]))
    killed = online(town, server, passing)
    killed.geocode_batch(["ул Мира 5", "ул Мира 12"], ["Химки"] * 2)
    before = places(town)
    dry = ask(town, server, passing, asks=False)
    assert (dry.counts.found, dry.placed.complaints) == (1, 0)
    assert places(town) == before
    told = ask(town, server, passing)
    assert (told.requests, told.placed.complaints) == (0, 2)
    assert places(town)["1"][0] == "house"
    assert len(server.received) == 2


def test_a_provider_s_place_stays_until_ours_is_as_sure(town, server, passing, tmp_path):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    before = places(town)["1"]
    file = tmp_path / "more.csv"
    file.write_text(more := GAZETTEER + "Химки,улица Мира,90,55.896,37.431,Московская область\n")
    load_gazetteer_file(town, file, NOW)
    assert places(town)["1"] == before
    file.write_text(more + "Химки,улица Мира,5,55.8961,37.4311,Московская область\n")
    load_gazetteer_file(town, file, NOW)
    level, lat, source, *_ = places(town)["1"]
    assert (level, lat, source) == ("house", 55.8961, "address")


def take_in(store, folder, *rows):
    (folder / "later.csv").write_text(
        "external_id,created_at,updated_at,state,address,city,lat,lon\n" + "\n".join(rows) + "\n"
    )
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), GeocoderOfStore(store, None).current)
    return import_file(store, folder / "later.csv", given, silent).counts


def test_an_update_keeps_a_provider_s_place(town, server, passing, tmp_path):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    before = places(town)
    closed = '1,2026-03-01T10:00+03:00,2026-03-01T11:00+03:00,closed,"ул. Мира, д. 5",Химки,,'
    assert take_in(town, tmp_path, closed).updated == 1
    assert places(town)["1"] == before["1"]
    moved = "2,2026-03-01T10:01+03:00,2026-03-01T11:00+03:00,open,ул Победы 10,Химки,,"
    assert take_in(town, tmp_path, moved).updated == 1
    assert places(town)["2"][1:3] == (55.8950, "address")
    assert len(server.received) == 2


def test_an_update_keeps_a_provider_s_doubtful_place(town, server, passing, tmp_path):
    server.will(answers([place("7")]), answers([]))
    ask(town, server, passing)
    before = places(town)["1"]
    closed = '1,2026-03-01T10:00+03:00,2026-03-01T11:00+03:00,closed,"ул. Мира, д. 5",Химки,,'
    assert take_in(town, tmp_path, closed).updated == 1
    assert places(town)["1"] == before
    assert before[4]


def test_new_complaints_take_a_provider_s_place_over(town, server, passing, tmp_path):
    new = '9,2026-03-01T10:09+03:00,,open,"Химки, ул Мира, 5, кв 9",,,'
    near = '10,2026-03-01T10:09+03:00,,open,"Химки, ул Мира, 5, кв 9",,55.8801,37.4301'
    take_in(town, tmp_path, new.replace("9,2026", "8,2026", 1))
    assert places(town)["8"][0] != "house"
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    other = '11,2026-03-01T10:09+03:00,,open,"Химки, ул Мира, 12",,,'
    assert take_in(town, tmp_path, new, near, other).new == 3
    found = places(town)
    assert found["9"] == found["1"] == found["8"]
    assert found["10"][2] in {"provider:nominatim", "coordinates"}
    assert found["11"][:3] == found["3"][:3]  # nobody found it
    assert len(server.received) == 2


def test_our_own_house_takes_the_place_of_a_provider_s_at_an_update(
    town, server, passing, tmp_path
):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    file = tmp_path / "more.csv"
    file.write_text(GAZETTEER + "Химки,улица Мира,5,55.8961,37.4311,Московская область\n")
    load_gazetteer_file(town, file, NOW)
    assert take_in(town, tmp_path, '9,2026-03-01T10:09+03:00,,open,"ул Мира, 5",Химки,,').new == 1
    assert places(town)["9"][1:3] == (55.8961, "address")


def test_customers_take_a_provider_s_place_over(town, server, passing):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    with town.writing() as connection:
        geocoder = with_places(connection, GeocoderOfStore(town, None).current)()
        found, *_ = geocoder.geocode_batch(["ул Мира 5", "тест"], ["Химки"] * 2)
    assert (found.level, found.lat, found.changes) == (
        Level.HOUSE,
        55.8899,
        ("provider:nominatim",),
    )


def test_places_of_providers_are_found_by_their_index(town, server, passing):
    server.will(answers([place("5")]), answers([]))
    ask(town, server, passing)
    query = f"SELECT form_key FROM complaint WHERE form_key IN (1, 2) AND {PLACED_BY_PROVIDER}"
    with town.reading() as connection:
        if town.is_postgis:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN " if town.is_postgis else "EXPLAIN QUERY PLAN "
        plan = " ".join(map(str, connection.execute(text(explain + query)).all()))
    assert "ix_complaint_provider" in plan


def test_a_limit_takes_the_most_complaints_first(town, server, passing):
    server.usual = answers([place("5")])
    assert ask(town, server, passing, limit=1).counts.asked == 1
    assert server.received[0].query["q"] == "химки, улица мира, 5"


def test_batches_and_keeping_may_be_forbidden(town, server, passing):
    session = online(town, server, passing)
    public = replace(session.enquiry.account, url="https://nominatim.openstreetmap.org")
    session.enquiry.account = public
    with pytest.raises(UsageError, match="forbids batches"):
        ask_about_queue(town, session, 10, silent)
    with pytest.raises(UsageError, match="HEATMAPS_PROVIDER_STORE"):
        ask(town, server, passing, keeps=False)
    assert not server.received


def test_single_and_batch_agree_and_ask_once(town, server, passing):
    rows = [("Химки, ул Мира, 5", None), ("Химки, ул Мира, 5, кв 3", None), ("ул Мира 7", "Химки"),
            ("Химки, Ленина, 1", None), ("Мира 5", None)]  # fmt: skip
    server.usual = answers([place("5")])
    batch = online(town, server, passing)
    results = batch.geocode_batch(*map(list, zip(*rows, strict=True)))
    assert results == [online(town, server, passing).geocode(*row) for row in rows]
    assert [r.level for r in results[:4]] == [Level.HOUSE, Level.HOUSE, Level.NEAR, Level.HOUSE]
    assert "provider:nominatim" not in results[3].changes
    assert (batch.counts.asked, batch.counts.withheld, len(server.received)) == (2, 1, 2)


def test_failed_and_left_addresses_keep_our_answer_and_say_so(town, server, passing):
    server.usual = status(404)
    session = online(town, server, passing, per_day=1)
    ours = session.ours.geocode("Химки, ул Мира, 5")
    failed, left = session.geocode_batch(["Химки, ул Мира, 5", "Химки, ул Мира, 7"], [None] * 2)
    assert failed == replace(ours, faults=(*ours.faults, PROVIDER_FAILED))
    assert PROVIDER_LEFT in left.faults
    assert adds_up(session.counts)


# --- the store's part ---------------------------------------------------------------------------

FOUND = Finding(Level.HOUSE, 55.5, 37.5, 50.0, ("Химки",), (), "", "улица Мира", "5", "x")


def test_answers_are_kept_for_their_time(store, passing):
    memory = StoredAnswers(store, "photon", passing.clock())
    assert memory.recall("a") is None
    memory.keep("a", [FOUND])
    memory.keep("b", [])
    assert (memory.recall("a"), memory.recall("b")) == ([FOUND], [])
    passing.sleep(KEEP_NOT_FOUND.total_seconds())
    assert (memory.recall("a"), memory.recall("b")) == ([FOUND], None)
    memory.keep("a", [FOUND, FOUND])
    assert memory.recall("a") == [FOUND, FOUND]
    passing.sleep(KEEP_FOUND.total_seconds())
    assert memory.recall("a") is None


@pytest.mark.parametrize(
    "damage", [{}, {"level": "palace"}, {"lat": 200.0}, {"lat": None}, {"unheard": 1}]
)
def test_a_kept_answer_that_cannot_be_read_is_none(store, passing, damage):
    kept = provider_answers.Kept("a", "x", [FOUND.written() | damage if damage else {}], NOW, None)
    with store.writing() as connection:
        provider_answers.keep(connection, kept)
    assert StoredAnswers(store, "x", passing.clock()).recall("a") is None


def test_the_budget_holds_across_processes(store_url, passing):
    account = Account("photon", "http://127.0.0.1", per_day=10)
    granted: list[bool] = []

    def spend():
        store = open_store(store_url)
        budget = StoredBudget(store, account, passing.clock())
        granted.extend(budget.take() for _ in range(4))
        store.close()

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(granted), len(granted)) == (10, 16)
    store = open_store(store_url)
    with store.reading() as connection:
        assert provider_answers.requests_of(connection, "photon", "2026-03-01") == 10
        assert provider_answers.requests_of(connection, "pelias", "2026-03-01") == 0
    assert not StoredBudget(store, replace(account, per_day=0), passing.clock()).take()
    passing.sleep(86_400)
    assert StoredBudget(store, account, passing.clock()).take()
    store.close()
