"""Default points and repeated entries: neither becomes a spot, and both are told of."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from itertools import count

import h3.api.basic_int as h3
import numpy as np
import pytest
from sqlalchemy import func, select
from town import CENTRE, CLOCK, FAULT_AT, rows, settle, tell
from typer.testing import CliRunner

from heatmaps.cli.main import app
from heatmaps.complaints.record import State
from heatmaps.policy import PACKAGED_POLICY
from heatmaps.store import complaints, detection, spots
from heatmaps.store.data_quality import load_quality
from heatmaps.store.detection_rows import read_rows
from heatmaps.store.policies import save_policy
from heatmaps.store.tables import DefaultPoint, Personal, SpotComplaint, StoredComplaint
from pipelines import find_spots
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import load_gazetteer_file

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CITY = "Островск"
HERE = (59.94012, 30.25034)
STREETS = [f"{name}ская улица" for name in (
    "Берёзов", "Кленов", "Липов", "Дубов", "Сосен", "Рябинов", "Ольхов", "Ясенев", "Еловай",
    "Вишнёв", "Слив", "Груше", "Яблоне", "Гранатов", "Малинов", "Тополе", "Осинов", "Вязов",
    "Кедров", "Пихтов", "Буков", "Ивов", "Каштано", "Черёмухов", "Бузинов", "Жасминов", "Розов",
    "Лилей", "Пионов", "Астр", "Ромашков", "Василько", "Маков", "Лютиков", "Клевер", "Мятн",
)]  # fmt: skip
FILES = count()


def silent(*_):
    pass


@pytest.fixture
def town(store):
    """A store of each kind with the town's people and a policy that looks at few zones, fast."""
    settle(store)
    body = PACKAGED_POLICY.read_text(encoding="utf-8")
    for name, value in {"windows_h": [1, 6, 24], "resolutions": [9], "max_ring": 2}.items():
        body = re.sub(rf"(?m)^{name} = \S.*?(?=  +#|$)", f"{name} = {value}", body)
    with store.writing() as connection:
        save_policy(connection, body, "fast", CLOCK.now)
    return store


def row(number, street=None, at=HERE, when=FAULT_AT, **more):
    """Give a row: a named customer's complaint at a house of a street, with coordinates."""
    address = street if street is None or "," in street else f"{street}, {number % 90 + 1}"
    return {
        "external_id": f"n{number}", "customer_id": f"c{number}", "topic": "no_internet",
        "created_at": when.isoformat(), "address": address or "", "city": CITY,
        "lat": at[0] if at else "", "lon": at[1] if at else "", **more,
    }  # fmt: skip


def take_in(store, folder, *told):
    """Take rows in as a file."""
    number = next(FILES)
    path = folder / f"complaints{number}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for each in told for name in each)))
        writer.writeheader()
        writer.writerows(told)
    now = CLOCK.now + timedelta(minutes=number)
    given = Circumstances(now, CLOCK.zone, GeocoderOfStore(store, None).current)
    return import_file(store, path, given, silent).counts


def crowd(streets, first=0, **more):
    """Give a complaint from each of so many streets, all on one point."""
    return [row(first + n, STREETS[first + n], **more) for n in range(streets)]


def stored(store, *columns):
    with store.reading() as connection:
        query = select(*(getattr(StoredComplaint, name) for name in columns))
        return connection.execute(query.order_by(StoredComplaint.id)).all()


def points(store):
    with store.reading() as connection:
        return [tuple(each) for each in connection.execute(
            select(DefaultPoint.lat, DefaultPoint.lon, DefaultPoint.addresses))]  # fmt: skip


def detect(store, until):
    """Go on from shortly before the fault, as if all hours before had been done."""
    with store.writing() as connection:
        if detection.last_tick(connection) is None:
            detection.note_ticks(connection, [FAULT_AT - 3 * HOUR], CLOCK.now, 1)
    return find_spots.detect(store, until, CLOCK, silent)


def cases(store):
    with store.reading() as connection:
        return spots.load_cases(connection)


def replayed(store):
    ticks = find_spots.hours_between(FAULT_AT, FAULT_AT + 9 * HOUR)
    return find_spots.replay(store, ticks, CLOCK.zone, silent)


def columns_of(store, days=1):
    """Give what detection counts of the days around the fault."""
    with store.reading() as connection:
        rows = read_rows(connection, FAULT_AT - DAY, FAULT_AT + days * DAY)
    return detection.columns_of(rows, count_registration=False, duplicate_within=DAY)[0]


# --- default points -------------------------------------------------------------------------


def test_a_point_of_many_streets_places_nothing_and_says_so(town, tmp_path):
    honest = row(900, STREETS[0], at=(59.94512, 30.24034))
    counts = take_in(town, tmp_path, *crowd(20), honest)
    assert (counts.new, counts.unlocated) == (21, 20)
    *lost, kept = stored(town, "cell", "lat", "given_lat", "location_level", "location_faults")
    assert {tuple(each)[:4] for each in lost} == {(None, None, HERE[0], "none")}
    assert all(each.location_faults.endswith("default_point") for each in lost)
    assert kept.cell is not None
    assert "default_point" not in kept.location_faults
    assert points(town) == [(*HERE, 20)]


def test_a_stream_finds_the_point_when_it_is_one_street_too_many(town, tmp_path):
    for start in range(0, 15, 5):
        assert take_in(town, tmp_path, *crowd(5, start)).unlocated == 0
    assert points(town) == []
    assert all(each.cell is not None for each in stored(town, "cell"))
    before = generation(town)
    assert take_in(town, tmp_path, *crowd(1, 15)).unlocated == 1
    assert [each.cell for each in stored(town, "cell")] == [None] * 16
    assert generation(town) > before
    later = row(500, None, address="", created_at=(FAULT_AT + DAY).isoformat())
    assert take_in(town, tmp_path, later).unlocated == 1
    assert len(points(town)) == 1


def generation(store):
    with store.reading() as connection:
        return complaints.generation(connection)


def test_taking_the_same_file_in_again_changes_nothing(town, tmp_path):
    told = crowd(20)
    take_in(town, tmp_path, *told)
    before = stored(town, "id", "cell", "location_faults", "available_at"), points(town)
    counts = take_in(town, tmp_path, *told)
    assert (counts.new, counts.updated, counts.unchanged) == (0, 0, 20)
    assert (stored(town, "id", "cell", "location_faults", "available_at"), points(town)) == before


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"state": "withdrawn"}, "a withdrawn complaint's address may be the mistake"),
        ({"address_kind": "home"}, "where people live is not where the trouble was"),
        ({"accuracy_m": "1500"}, "coordinates that are said to be coarse claim no house"),
    ],
    ids=["withdrawn", "home", "coarse"],
)
def test_what_does_not_claim_to_be_the_place_is_no_evidence(town, tmp_path, more, why):
    take_in(town, tmp_path, *crowd(20, **more))
    assert points(town) == [], why
    take_in(town, tmp_path, *crowd(15, 20))
    assert points(town) == [], why


def test_a_tower_block_a_village_and_landmarks_are_no_default_points(town, tmp_path):
    tower = [row(n, f"{STREETS[0]}, 5, кв. {n}") for n in range(200)]
    village = [row(1000 + n, f"деревня Мшага, {n}", at=(59.93012, 30.22034)) for n in range(60)]
    hospital = [
        row(2000 + n, f"{STREETS[1]}, 3 к{n}", at=(59.93512, 30.23034)) for n in range(1, 40)
    ]
    shops = [row(3000 + n, f"ТЦ Остров магазин {s}", at=(59.93912, 30.24034))
             for n, s in enumerate(STREETS)]  # fmt: skip
    assert take_in(town, tmp_path, *tower, *village, *hospital, *shops).unlocated == 0
    assert points(town) == []


@pytest.mark.parametrize(("decimals", "coarser_than_m"), [(3, 50), (2, 400)])
def test_rounded_coordinates_are_no_default_points_but_coarse(
    town, tmp_path, decimals, coarser_than_m
):
    rng = np.random.default_rng(7)
    street_of_square = 12 if decimals == 3 else len(STREETS)
    grid = [(59.9 + i * 10**-decimals, 30.2 + j * 10**-decimals)
            for i in range(5) for j in range(5)]  # fmt: skip
    told = [
        row(n, STREETS[int(rng.integers(street_of_square))],
            at=tuple(round(x, decimals) for x in grid[n % len(grid)]))
        for n in range(1500)
    ]  # fmt: skip
    assert take_in(town, tmp_path, *told).unlocated == 0
    assert points(town) == []
    assert min(each.uncertainty_m for each in stored(town, "uncertainty_m")) > coarser_than_m


def test_a_round_default_point_among_fine_coordinates_is_found(town, tmp_path):
    centre = (59.94, 30.25)
    fine = [
        row(100 + n, STREETS[n % 9], at=(59.9301 + n / 1e4, 30.2203 + n / 1e4)) for n in range(40)
    ]
    take_in(town, tmp_path, *crowd(20, at=centre))
    assert points(town) == [], "nothing is known yet of how this source writes coordinates"
    take_in(town, tmp_path, *fine, row(700, STREETS[21], at=centre))
    assert points(town) == [(*centre, 21)]


def test_complaints_on_it_are_placed_by_their_address_where_that_is_found(town, tmp_path):
    gazetteer = tmp_path / "gazetteer.csv"
    known = {STREETS[n]: (59.93 + n / 1000, 30.23 + n / 1000) for n in range(4)}
    lines = [f"{CITY},{street},{n + 1},{lat},{lon}"
             for n, (street, (lat, lon)) in enumerate(known.items())]  # fmt: skip
    head = ["city,street,house,lat,lon", f"{CITY},Дальняя улица,1,60.09,30.3"]
    gazetteer.write_text("\n".join([*head, *lines[:2]]), encoding="utf-8")
    load_gazetteer_file(town, gazetteer, CLOCK.now)
    # Coordinates given as very exact win over the house, until they prove to be a default point.
    take_in(town, tmp_path, *crowd(15, accuracy_m="5"))
    assert {each.location_source for each in stored(town, "location_source")} == {"coordinates"}
    take_in(town, tmp_path, *crowd(1, 15, accuracy_m="5"))
    found = stored(town, "location_level", "location_source", "lat", "location_faults")
    assert [(each.location_level, each.location_source) for each in found[:3]] == [
        ("house", "address"), ("house", "address"), ("settlement", "address")
    ]  # fmt: skip
    assert [each.cell is None for each in stored(town, "cell")] == [False, False, *[True] * 14]
    assert found[1].lat == pytest.approx(59.931)
    assert all("default_point" in each.location_faults for each in found)

    gazetteer.write_text("\n".join([*head, *lines]), encoding="utf-8")
    before = generation(town)
    assert load_gazetteer_file(town, gazetteer, CLOCK.now).complaints.placed == 2
    assert generation(town) > before, "a running detection has to think again"
    found = stored(town, "location_level", "location_faults")
    assert found[3] == ("house", "default_point")


def test_a_spot_on_a_default_point_never_opens(town, tmp_path):
    tell(town, rows(fault=False))
    take_in(town, tmp_path, *crowd(30))
    detect(town, FAULT_AT + 9 * HOUR)
    assert [c for c in cases(town) if len(c.detected.complaint_ids) >= 10] == []


def test_a_spot_on_a_point_found_out_later_lets_go_and_subsides(town, tmp_path):
    tell(town, rows(fault=False))
    take_in(town, tmp_path, *crowd(15))
    detect(town, FAULT_AT + 2 * HOUR)
    [spot] = [c for c in cases(town) if c.detected.observed >= 10]
    opened_at, spot_id = spot.detected.opened_at, spot.detected.spot_id
    assert spot.now.customers_complained >= 15

    take_in(town, tmp_path, *crowd(6, 15, when=FAULT_AT + 2 * HOUR + timedelta(minutes=9)))
    with town.reading() as connection:
        linked = connection.scalars(
            select(SpotComplaint.complaint_id)
            .join(StoredComplaint, StoredComplaint.id == SpotComplaint.complaint_id)
            .where(StoredComplaint.given_lat == HERE[0])
        ).all()  # fmt: skip
    assert linked == []
    detect(town, FAULT_AT + 60 * HOUR)
    [after] = [c for c in cases(town) if c.detected.spot_id == spot_id]
    assert after.detected.opened_at == opened_at, "the past is not rewritten"
    assert after.work.status == "subsided"
    assert after.now.customers_complained < 5
    assert len(cases(town)) == 1


# --- repeated entries -----------------------------------------------------------------------


def entries(number, **more):
    """Give one complaint entered so many times, a minute apart, nobody named."""
    return [
        row(5000 + n, f"{STREETS[0]}, 5", at=h3.cell_to_latlng(CENTRE), customer_id="",
            created_at=(FAULT_AT + n * timedelta(minutes=1)).isoformat(), text="Нет сети", **more)
        for n in range(number)
    ]  # fmt: skip


def households(number):
    """Give complaints of so many flats of the same house, nobody named."""
    return [{**each, "external_id": f"h{n}", "address": f"{STREETS[0]}, 5, кв. {n}"}
            for n, each in enumerate(entries(number))]  # fmt: skip


def test_one_complaint_entered_thirty_times_is_no_spot(town, tmp_path):
    tell(town, rows(fault=False))
    take_in(town, tmp_path, *entries(30))
    detect(town, FAULT_AT + 9 * HOUR)
    assert cases(town) == []
    assert replayed(town) == []


def test_thirty_flats_that_complain_are_a_spot(town, tmp_path):
    tell(town, rows(fault=False))
    take_in(town, tmp_path, *households(30))
    detect(town, FAULT_AT + 9 * HOUR)
    [spot] = cases(town)
    assert spot.detected.observed_peak >= 30
    assert [c.detected.observed for c in replayed(town)] == [spot.detected.observed]


def test_repeated_entries_move_neither_facts_nor_priority(town, tmp_path):
    tell(town, rows(fault=False))
    told = households(12)
    take_in(town, tmp_path, *told)
    until = FAULT_AT + 3 * HOUR
    [alone] = find_spots_of(town, until)
    again = [{**each, "external_id": f"again{n}"} for n, each in enumerate([*told, *told])]
    take_in(town, tmp_path, *again)
    [repeated] = find_spots_of(town, until)
    assert len(repeated.detected.complaint_ids) == 3 * len(alone.detected.complaint_ids)
    assert repeated.now == alone.now
    assert repeated.detected.observed == alone.detected.observed


def find_spots_of(store, until):
    ticks = find_spots.hours_between(FAULT_AT, until)
    return find_spots.replay(store, ticks, CLOCK.zone, silent)


@pytest.mark.parametrize(
    ("gap_h", "customers"), [(0, 1), (24, 1), (25, 3)], ids=["at once", "a day", "longer"]
)
def test_entries_are_one_as_long_as_each_follows_within_the_day(town, tmp_path, gap_h, customers):
    told = entries(3)
    for n, each in enumerate(told):
        each["created_at"] = (FAULT_AT + n * gap_h * HOUR).isoformat()
    take_in(town, tmp_path, *told)
    found = columns_of(town, days=4)
    assert len(np.unique(found.customer)) == customers
    assert (found.customer < 0).all()


@pytest.mark.parametrize(
    "other",
    [
        {"topic": "voice_quality"}, {"source": "app"}, {"contact": "+7 900 000-00-01"},
        {"text": "Нет сети уже час"}, {"address": f"{STREETS[0]}, 5, кв. 2"},
        {"customer_id": "c1"}, {"address": f"{STREETS[0]}, 6"}, {"state": str(State.WITHDRAWN)},
    ],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_what_differs_is_another_complaint(town, tmp_path, other):
    first, second = entries(2)
    take_in(town, tmp_path, first, {**second, **other})
    found = columns_of(town).customer
    assert len(np.unique(found)) == len(found) == (1 if "state" in other else 2)


@pytest.mark.parametrize(
    "other",
    [{"text": "  НЕТ сети!"}, {"address": f"{STREETS[0].upper()}  5"}, {"state": "closed"}],
    ids=["text", "address", "state"],
)
def test_what_differs_in_spelling_alone_is_the_same(town, tmp_path, other):
    first, second = entries(2)
    take_in(town, tmp_path, first, {**second, **other})
    assert len(np.unique(columns_of(town).customer)) == 1


@pytest.mark.parametrize(
    ("at", "text"), [((59.941, 30.253), "Нет сети"), ((59.94112, 30.25345), "")],
    ids=["rounded", "without a word"],
)  # fmt: skip
def test_people_at_coordinates_alone_stay_many(town, tmp_path, at, text):
    told = [row(n, None, at=at, customer_id="", text=text) for n in range(5)]
    take_in(town, tmp_path, *told)
    assert len(np.unique(columns_of(town).customer)) == 5


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_ten_thousand_entries_of_one_source_are_one_customer(town, tmp_path):
    told = [row(n, None, at=(59.94012, 30.25345), customer_id="", text="Нет сети",
                when=FAULT_AT + n * timedelta(seconds=2)) for n in range(10_000)]  # fmt: skip
    assert take_in(town, tmp_path, *told).new == 10_000
    tell(town, rows(fault=False))
    assert len(np.unique(columns_of(town).customer[columns_of(town).customer < 0])) == 1
    detect(town, FAULT_AT + 8 * HOUR)
    assert cases(town) == []


# --- told as data quality -------------------------------------------------------------------


def test_quality_tells_of_all_of_it_and_its_counts_add_up(town, tmp_path):
    told = [*crowd(20), *entries(4), *households(2)]
    doubtful = row(800, None, at=(59.941, 30.253), closed_at=(FAULT_AT - DAY).isoformat())
    refused = row(801, None, created_at="нет")
    take_in(town, tmp_path, *told, {**doubtful}, refused)
    with town.reading() as connection:
        found = load_quality(connection, FAULT_AT - DAY, FAULT_AT + DAY, DAY)
        nothing = load_quality(connection, FAULT_AT - 9 * DAY, FAULT_AT - 8 * DAY, DAY)
    assert found.complaints == sum(found.by_level.values()) == 27
    assert (found.unlocated, found.on_default_points) == (20, 20)
    [point] = found.default_points
    assert (point.lat, point.lon, point.complaints, point.addresses) == (*HERE, 20, 20)
    assert (found.repeats.groups, found.repeats.repeats) == (1, 3)
    [place] = found.repeats.places
    assert (place.cell, place.repeats) == (CENTRE, 3)
    assert found.flags["closed_before_created"] == 1
    assert found.quarantine_waiting == 1
    assert (nothing.complaints, nothing.default_points, nothing.repeats.groups) == (0, (), 0)


def test_the_command_tells_it_without_any_address(town, tmp_path, store_url, monkeypatch):
    take_in(town, tmp_path, *crowd(20), *entries(4))
    monkeypatch.setenv("HEATMAPS_DATABASE_URL", store_url)
    until = (FAULT_AT + DAY).isoformat()
    said = CliRunner().invoke(app, ["quality", "--as-of", until])
    assert said.exit_code == 0, said.output
    assert f"{HERE[0]}, {HERE[1]}: 20 complaints, 20 addresses" in said.output
    facts = json.loads(CliRunner().invoke(app, ["quality", "--as-of", until, "--json"]).output)
    assert facts["repeats"]["places"][0]["cell"] == f"{CENTRE:x}"
    with town.reading() as connection:
        for address in connection.scalars(select(func.lower(Personal.address))):
            assert address.split(",")[0] not in f"{said.output}{facts}".lower()
