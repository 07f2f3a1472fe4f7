"""One decision places all that wait with an address, answers from then on, and can be undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from heatmaps.complaints.profiles import Kind
from heatmaps.errors import RuleError, UsageError
from heatmaps.geocoding.aliases import Decision
from heatmaps.geocoding.candidates import candidate_of
from heatmaps.geocoding.fingerprints import form_key
from heatmaps.store import aliases, complaints, review_queue
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import Personal, StoredComplaint, Tick
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_network import RowsFile, load_rows_file
from pipelines.load_region import Wish, load_gazetteer_file
from pipelines.review_addresses import (
    Signed,
    decision_named,
    examine,
    far_off,
    named_form,
    place_gone,
    resolve,
    undo,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA, BORIS = Signed("Анна", NOW), Signed("Борис", NOW + timedelta(minutes=1))
CITY = "Верхнереченск"
GAZETTEER = (
    "city,street,house,lat,lon\n"
    f"{CITY},улица Гончарова,7,58.1000,49.2000\n"
    f"{CITY},улица Гончарова,11,58.1020,49.2000\n"
    f"{CITY},Парковая улица,3,58.1300,49.2600\n"
)
WAITING = f"{CITY}, улица Гончарова 9"
ROWS = (
    (1, f"{CITY}, ул. Гончарова, д. 9, кв. 4", "", ""),
    (2, f"г. {CITY}, улица Гончарова 9", "", ""),
    (3, f"{CITY}, Гончарова ул., 9", "58.20011", "49.30022"),
    (4, f"{CITY}, Неведомая 5", "", ""),
    (5, f"{CITY}, Парковая 3", "", ""),
)
POINT = (58.1011, 49.2003)


def silent(*_):
    pass


def take_in(store, folder, geocoder, rows=ROWS, name="complaints.csv"):
    file = folder / name
    lines = [f'{n},2026-11-20T10:00+03:00,"{a}",{lat},{lon}\n' for n, a, lat, lon in rows]
    file.write_text("external_id,created_at,address,lat,lon\n" + "".join(lines), encoding="utf-8")
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), geocoder.current)
    return import_file(store, file, given, silent).counts


def load(store, folder, text=GAZETTEER):
    file = folder / "gazetteer.csv"
    file.write_text(text, encoding="utf-8")
    load_gazetteer_file(store, file, NOW, Wish(shrink=True, moved=True))


@pytest.fixture
def geocoder(store, tmp_path):
    """A store with complaints in doubt, and its geocoder."""
    with store.writing() as connection:
        seed_policy(connection, NOW)
    load(store, tmp_path)
    geocoder = GeocoderOfStore(store, None)
    take_in(store, tmp_path, geocoder)
    return geocoder


def queue(store):
    with store.reading() as connection:
        return review_queue.doubtful_forms(connection, 10)


def first(store):
    return queue(store)[0].normal_form


def found(store, *names):
    """Give columns of each complaint by its number."""
    c = StoredComplaint
    with store.reading() as connection:
        query = select(c.external_id, *(getattr(c, name) for name in names))
        return {number: tuple(rest) for number, *rest in connection.execute(query)}


def test_the_queue_holds_what_is_in_doubt_by_complaints(store, geocoder, tmp_path):
    forms = queue(store)
    assert [form.complaints for form in forms] == [2, 1], "the third has coordinates of its own"
    assert [form.form_key for form in forms] == [form_key(form.normal_form) for form in forms]
    assert "кв" not in forms[0].normal_form
    assert "street_not_found" in forms[1].faults
    with store.reading() as connection:
        assert review_queue.count_waiting(connection) == review_queue.Waiting(2, 3, 0)
        assert review_queue.doubtful_forms(connection, 1, skip=1) == forms[1:]
        for form in forms:
            for named in (form.number, form.number[:5].upper(), form.normal_form):
                assert named_form(connection, named) == form
        assert named_form(connection, f"ГОРОД {WAITING}") == forms[0]
        assert named_form(connection, "улица нигде") is None
        assert named_form(connection, "") is None
    labels = [one.label for one in examine(geocoder, forms[0].normal_form).candidates]
    assert f"{CITY}, улица Гончарова, 7" in labels
    assert f"{CITY}, улица Гончарова, 11" in labels


def test_a_decision_places_all_and_what_comes_after_and_tells_detection(store, geocoder, tmp_path):
    with store.writing() as connection:
        connection.execute(Tick.__table__.insert().values(tick_at=NOW, done_at=NOW,
                                                          policy_version=1))  # fmt: skip
        before = complaints.generation(connection)
    form = first(store)
    done = resolve(store, geocoder, Decision.pointed(form, *POINT, 20.0), ANNA)
    assert (done.placed.complaints, done.is_new) == (3, True)
    assert done.placed.moved == 3
    rows = found(store, "lat", "lon", "doubtful", "confidence", "location_level", "available_at")
    assert {rows[number][:5] for number in "123"} == {(*POINT, False, 1.0, "house")}
    assert all(rows[number][5] > NOW for number in "123"), "newly come to detection"
    assert [one.normal_form for one in queue(store)] != [form]
    assert len(queue(store)) == 1

    take_in(
        store, tmp_path, geocoder, [(6, f"{CITY} ул Гончарова дом 9 кв 77", "", "")], "more.csv"
    )
    assert found(store, "lat", "lon")["6"] == POINT
    assert geocoder.current().geocode(WAITING).lat == POINT[0]
    with store.reading() as connection:
        assert complaints.generation(connection) > before
        kept = aliases.last_decisions(connection, 5)
    assert [(one.complaints, one.by, one.in_force) for one in kept] == [(3, "Анна", True)]
    assert take_in(store, tmp_path, geocoder).unchanged == len(ROWS)


def test_a_picked_house_moves_with_the_gazetteer(store, geocoder, tmp_path):
    form = first(store)
    offered = examine(geocoder, form).candidates
    house = next(one for one in offered if one.label.endswith("Гончарова, 11"))
    resolve(store, geocoder, Decision.picked(form, house), ANNA)
    assert found(store, "lat", "match_key")["1"][0] == 58.102
    load(store, tmp_path, GAZETTEER.replace("11,58.1020", "11,58.1060"))
    assert geocoder.current().geocode(WAITING).lat == 58.106
    other = GeocoderOfStore(store, None).current().geocode(WAITING)
    assert other == geocoder.current().geocode(WAITING)


def test_undoing_puts_everything_back_and_is_safe_to_repeat(store, geocoder):
    before, waiting = found(store, "lat", "cell", "doubtful", "confidence"), queue(store)
    number = resolve(store, geocoder, Decision.junk(first(store)), ANNA).number
    assert found(store, "cell", "location_level")["1"] == (None, "none")
    assert found(store, "lat")["3"] == (58.20011,), "its coordinates still tell where it is"
    done = undo(store, geocoder, number, BORIS)
    assert (done.placed.complaints, done.is_new) == (3, True)
    assert found(store, "lat", "cell", "doubtful", "confidence") == before
    assert queue(store) == waiting
    again = undo(store, geocoder, number, BORIS)
    assert (again.is_new, again.placed.complaints, again.decided.ended_by) == (False, 0, "Борис")
    with pytest.raises(UsageError, match="no decision 99"):
        undo(store, geocoder, 99, BORIS)


def test_the_second_of_two_is_told_and_may_replace(store, geocoder):
    form = first(store)
    number = resolve(store, geocoder, Decision.pointed(form, *POINT), ANNA).number
    assert not resolve(store, geocoder, Decision.pointed(form, *POINT), BORIS).is_new
    with pytest.raises(RuleError, match="Анна has decided") as refused:
        resolve(store, geocoder, Decision.junk(form), BORIS)
    assert refused.value.reason == "overtaken"
    assert found(store, "lat")["1"] == (POINT[0],)

    second = resolve(store, geocoder, Decision.junk(form), BORIS, seen=number)
    assert second.placed.complaints == 3
    with store.reading() as connection:
        history = aliases.last_decisions(connection, 5)
        assert aliases.count_decisions(connection) == (2, 1)
        assert decision_named(connection, review_queue.number_of(form_key(form)), "") == history[0]
        assert decision_named(connection, "нигде", "") is None
    assert (history[1].replaced_by, history[1].ended_by) == (second.number, "Борис")
    with pytest.raises(RuleError, match=f"replaced by decision {second.number}"):
        undo(store, geocoder, number, ANNA)
    undo(store, geocoder, second.number, ANNA)
    assert queue(store)[0].normal_form == form, "the first one does not come back by itself"


def test_a_dry_run_and_a_nameless_decision_change_nothing(store, geocoder):
    form, before = first(store), found(store, "lat", "doubtful", "available_at")
    tried = resolve(store, geocoder, Decision.pointed(form, *POINT), ANNA, keep=False)
    assert tried.placed.complaints == 3
    with pytest.raises(UsageError, match="--by"):
        resolve(store, geocoder, Decision.junk(form), Signed(" ", NOW))
    assert found(store, "lat", "doubtful", "available_at") == before
    with store.reading() as connection:
        assert aliases.count_decisions(connection) == (0, 0)
    assert geocoder.current().geocode(WAITING).level != "house"


def test_a_decision_of_an_older_normaliser_holds_and_places_what_reads_like_it(
    store, geocoder, monkeypatch
):
    """As if normal forms had been written otherwise when the complaints came."""
    form, older = first(store), "г. верхнереченск улица гончарова дом 9"
    with store.writing() as connection:
        c, p = StoredComplaint.__table__, Personal.__table__
        connection.execute(c.update().where(c.c.doubtful, c.c.external_id.in_(["1", "2"]))
                           .values(form_key=form_key(older)))  # fmt: skip
        connection.execute(p.update().where(p.c.normal_form == form).values(normal_form=older))
    waiting = queue(store)[0]
    assert waiting.normal_form == older
    done = resolve(store, geocoder, Decision(older, "house", "там", None, *POINT, 20.0,
                                             norm_version=0), ANNA)  # fmt: skip
    assert (done.placed.complaints, done.placed.moved) == (3, 3)
    assert geocoder.current().geocode(WAITING).lat == POINT[0]
    with store.reading() as connection:
        texts = set(connection.scalars(select(Personal.normal_form)))
    assert older not in texts
    assert form in texts
    undo(store, geocoder, done.number, BORIS)
    assert queue(store)[0].normal_form == form


def test_customers_wait_and_are_placed_with_the_complaints(store, geocoder, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text(
        f'customer_id,address_kind,address\nc1,home,"{WAITING}"\n'
        f'c2,home,"{CITY}, Неведомая 5"\nc3,home,"{CITY}, Забытая 1"\n',
        encoding="utf-8",
    )
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), geocoder.current, "customers")
    load_rows_file(store, RowsFile(file, Kind.CUSTOMERS), given, silent)
    waiting = queue(store)
    assert [(one.complaints, one.customers) for one in waiting] == [(2, 1), (1, 1), (0, 1)]
    alone = waiting[2].normal_form
    assert "забытая" in alone
    done = resolve(store, geocoder, Decision.pointed(alone, *POINT), ANNA)
    assert (done.placed.complaints, done.placed.customers) == (0, 1)
    assert resolve(store, geocoder, Decision.junk(first(store)), ANNA).placed.customers == 1
    with store.reading() as connection:
        assert review_queue.count_waiting(connection) == review_queue.Waiting(1, 1, 1)


TWO_CITIES = GAZETTEER + (
    "Зареченск,Кольцевая улица,1,58.3000,49.9000\nНижнеозёрск,Кольцевая улица,1,58.6000,49.9500\n"
)


@pytest.fixture
def in_cities(store, tmp_path):
    """Give the geocoder of a store with one street in two cities, by default city."""
    with store.writing() as connection:
        seed_policy(connection, NOW)
    load(store, tmp_path, TWO_CITIES)
    return lambda city: GeocoderOfStore(store, city)


def test_a_decision_on_an_address_without_a_city_holds_in_its_default_city_only(
    store, in_cities, tmp_path
):
    nowhere, there = in_cities(None), in_cities("Зареченск")
    take_in(store, tmp_path, nowhere, [(1, "Кольцевая, 1", "", "")])
    form = first(store)
    house = next(
        one for one in examine(nowhere, form).candidates if one.label.startswith("Нижнеозёрск")
    )
    resolve(store, nowhere, Decision.picked(form, house), ANNA)
    assert nowhere.current().geocode("Кольцевая, 1").lat == house.lat
    assert there.current().geocode("Кольцевая, 1").lat == 58.3
    assert in_cities("Нижнеозёрск").current().geocode("Кольцевая, 1").lat == house.lat
    assert nowhere.current().geocode("Кольцевая, 1", "Зареченск").lat == 58.3
    done = resolve(store, there, Decision.junk(form), BORIS)
    assert done.is_new, "in another city nobody has decided it"
    assert there.current().geocode("Кольцевая, 1").lat is None
    assert nowhere.current().geocode("Кольцевая, 1").lat == house.lat
    with store.reading() as connection:
        assert decision_named(connection, form, "зареченск").by == "Борис"
        assert decision_named(connection, form, "").by == "Анна"
        assert decision_named(connection, form, "нижнеозерск") is None


def test_a_decision_on_an_address_with_a_city_holds_whatever_the_default(store, geocoder):
    form = first(store)
    resolve(store, geocoder, Decision.pointed(form, *POINT), ANNA)
    assert GeocoderOfStore(store, CITY).current().geocode(WAITING).lat == POINT[0]


def test_a_number_that_names_several_decisions_is_refused(store, geocoder):
    for form in queue(store):
        resolve(store, geocoder, Decision.junk(form.normal_form), ANNA)
    texts, number = [], 0
    while len(texts) < 2:
        text = f"{CITY}, никакая улица, {(number := number + 1)}"
        if review_queue.number_of(form_key(text)).startswith("a"):
            texts.append(text)
    for text in texts:
        resolve(store, geocoder, Decision.junk(text), ANNA)
    with store.reading() as connection:
        with pytest.raises(UsageError, match="Several numbers of decided addresses begin"):
            decision_named(connection, "a", "")
        whole = review_queue.number_of(form_key(texts[0]))
        assert decision_named(connection, whole, "").decision.normal_form == texts[0]
        assert decision_named(connection, texts[1], "").decision.normal_form == texts[1]


def test_a_decided_house_that_moved_and_then_went_stays_where_it_stood_last(
    store, geocoder, tmp_path
):
    """The house is far in number from what was written: only the decision leads to it."""
    far = GAZETTEER + f"{CITY},улица Гончарова,77,58.1100,49.2000\n"
    load(store, tmp_path, far)
    form = first(store)
    place = geocoder.current().geocode(f"{CITY}, улица Гончарова, 77")
    resolve(store, geocoder, Decision.picked(form, candidate_of(place)), ANNA)
    load(store, tmp_path, far.replace("77,58.1100", "77,58.1140"))
    assert found(store, "lat")["1"] == (58.114,)
    load(store, tmp_path)
    answer = geocoder.current().geocode(WAITING)
    assert (answer.lat, answer.uncertainty_m) == (58.114, 50.0)
    assert "decided_place_gone" in answer.changes
    assert found(store, "lat", "uncertainty_m")["1"] == (58.114, 50.0)
    with store.reading() as connection:
        decision = aliases.last_decisions(connection, 1)[0].decision
    assert (decision.lat, place_gone(geocoder, decision)) == (58.114, True)
    assert not place_gone(geocoder, Decision.pointed(form, *POINT))


@pytest.mark.parametrize(
    ("text", "point", "far"),
    [
        (f"{CITY}, улица гончарова, 9", POINT, False),
        (f"{CITY}, улица гончарова, 9", (POINT[1], POINT[0]), True),
        ("улица гончарова, 9", (POINT[1], POINT[0]), False),
        ("неведомск, улица гончарова, 9", (POINT[1], POINT[0]), False),
    ],
    ids=["near", "swapped", "no-city", "unknown-city"],
)
def test_a_point_far_from_the_settlement_named_is_told(store, geocoder, text, point, far):
    away = far_off(geocoder, Decision.pointed(text, *point))
    assert (away is not None) == far
    if away is not None:
        assert (away.settlement, round(away.metres / 1e5)) == (CITY, 11)


NAMED = (
    (1, f"{CITY}, Петрова Мария, ул. Гончарова, д. 9", "", ""),
    (2, f"Сидоров, {CITY}, улица Гончарова 9, кв. 5", "", ""),
    (3, f"{CITY}, улица Гончарова 9", "", ""),
)


def test_words_that_may_be_a_name_stand_in_no_queue_and_one_decision_places_all(
    store, geocoder, tmp_path
):
    rows = [(number + 10, *rest) for number, *rest in NAMED]
    take_in(store, tmp_path, geocoder, rows, "named.csv")
    before = queue(store)
    counts = {one.normal_form: one.complaints for one in before if "гончарова" in one.normal_form}
    assert counts == {f"{CITY.lower()}, улица гончарова, 9": 5}
    form = before[0].normal_form
    number = resolve(store, geocoder, Decision.pointed(form, *POINT), ANNA).number
    assert {found(store, "lat")[each] for each in ("1", "11", "12", "13")} == {(POINT[0],)}
    with store.reading() as connection:
        assert aliases.last_decisions(connection, 1)[0].decision.normal_form == form
    answers = geocoder.current().geocode_batch([row[1] for row in NAMED], [None] * 3)
    assert [answer.lat for answer in answers] == [POINT[0]] * 3
    undo(store, geocoder, number, BORIS)
    assert queue(store) == before
    load(store, tmp_path, GAZETTEER + f"{CITY},улица Гончарова,9,58.1010,49.2000\n")
    assert found(store, "lat")["12"] == (58.101,)
