from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from h3.api.basic_str import is_valid_cell

from heatmaps.complaints.profiles import load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.record import (
    AddressKind,
    Channel,
    Language,
    Place,
    Segment,
    State,
    Technology,
    Topic,
)
from heatmaps.complaints.validation import Intake, validate
from heatmaps.desk.words import Cause
from heatmaps.errors import UsageError
from heatmaps.region.territories import read_territories
from heatmaps.simulation import simulate, write

UNTIL = datetime.fromisoformat("2026-03-20T21:00:00+03:00")
ENDS = [UNTIL + timedelta(hours=17 * seed) for seed in range(5)]
"""The end of each seed's simulation, at several hours of the day."""
COLUMNS = {
    "external_id",
    "source",
    "created_at",
    "updated_at",
    "occurred_at",
    "state",
    "closed_at",
    "owner",
    "transferred_to",
    "customer_id",
    "address",
    "city",
    "address_kind",
    "lat",
    "lon",
    "accuracy_m",
    "location_source",
    "place",
    "technology",
    "serving_cell",
    "roaming",
    "brand",
    "channel",
    "language",
    "contact",
    "segment",
    "topic",
    "ltv",
    "critical",
    "text",
}
PHONE = re.compile(r"\+7900000\d{4}")
MAIL = re.compile(r"client\d{4}@example\.com")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bytes_of(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def quiet(simulation):
    rows = zip(simulation.complaints, simulation.fault_ids, simulation.hole_ids, strict=True)
    return [complaint for complaint, *behind in rows if behind == [None, None]]


def test_same_arguments_same_bytes(region, written, tmp_path):
    write(simulate(region, UNTIL, seed=7), tmp_path)
    assert bytes_of(tmp_path) == bytes_of(written)


def test_another_seed_another_story(simulated, simulation):
    other = simulated(UNTIL, 8)
    assert {c.text for c in other.complaints} != {c.text for c in simulation.complaints}


@pytest.mark.parametrize("later_h", [1, 24, 24 * 9])
def test_a_later_end_tells_the_same_past(region, simulation, later_h):
    later = simulate(region, UNTIL + timedelta(hours=later_h), seed=7)
    alive = {fault.fault_id for fault in simulation.faults if fault.current}
    known = {complaint.external_id: complaint for complaint in later.complaints}
    pairs = zip(simulation.complaints, simulation.fault_ids, strict=True)
    gone = {fault.fault_id for fault in simulation.faults} - {f.fault_id for f in later.faults}
    for complaint, fault_id in pairs:
        if fault_id in alive | gone or complaint.created_at <= later.since:
            continue
        again = known[complaint.external_id]
        if complaint.state is State.OPEN:
            assert again.updated_at >= complaint.updated_at
            again = replace(again, state=State.OPEN, closed_at=None, updated_at=again.created_at)
        assert again == complaint


def test_ids_are_unique_and_rows_in_order(simulation):
    ids = [complaint.external_id for complaint in simulation.complaints]
    assert len(set(ids)) == len(ids)
    times = [complaint.created_at for complaint in simulation.complaints]
    assert times == sorted(times)
    assert simulation.since < times[0]
    assert times[-1] <= simulation.until


def test_the_quiet_rate_is_three_in_a_thousand_a_month(region, simulated):
    counts = [len(quiet(simulated(at, seed))) for seed, at in enumerate(ENDS[:4])]
    expected = region.subscribers.sum() * 0.003 / 30 * 56
    assert np.mean(counts) == pytest.approx(expected, rel=0.08)


def test_evenings_and_mondays_complain_more(simulation):
    hours = Counter(complaint.created_at.hour for complaint in quiet(simulation))
    evening = sum(hours[hour] for hour in range(18, 22)) / 4
    night = sum(hours[hour] for hour in range(2, 5)) / 3
    assert evening > 5 * night
    weekdays = Counter(complaint.created_at.weekday() for complaint in quiet(simulation))
    assert weekdays[0] > 1.15 * weekdays[6]


def test_places_differ_chronically(region, simulation):
    houses = np.array(simulation.houses)[
        [
            f is None and h is None
            for f, h in zip(simulation.fault_ids, simulation.hole_ids, strict=True)
        ]
    ]
    cells, position = np.unique(region.houses.cell, return_inverse=True)
    people = np.bincount(position, region.houses.subscribers)
    seen = np.bincount(position[houses], minlength=cells.size)
    expected = people / people.sum() * houses.size
    large = expected > 8
    # A Poisson stream of equal rates has a variance-to-mean ratio of 1.
    assert np.mean((seen[large] - expected[large]) ** 2 / expected[large]) > 1.5


@pytest.mark.parametrize(("seed", "until"), enumerate(ENDS), ids=map(str, range(len(ENDS))))
def test_faults_of_every_kind_seven_alive_and_one_just_mended(simulated, seed, until):
    simulation = simulated(until, seed)
    assert 36 <= len(simulation.faults) <= 54
    end = until.timestamp()
    current = [fault for fault in simulation.faults if fault.current]
    alive = [fault for fault in current if fault.starts_at < end < fault.ends_at]
    [mended] = [fault for fault in current if fault not in alive]
    assert len(alive) == 7
    assert 6 < (end - mended.ends_at) / 3600 < 24
    ages = sorted((end - fault.starts_at) / 3600 for fault in alive)
    assert ages[0] <= 1.0
    assert 72 < ages[-1] <= 96
    assert {fault.symptom.onset for fault in simulation.faults} == {"step", "ramp"}
    assert len({fault.symptom.topic for fault in simulation.faults}) >= 4
    for fault in simulation.faults:
        assert 250 <= fault.radius_m <= 1500
        assert fault.current or 3 <= (fault.ends_at - fault.starts_at) / 3600 <= 168


@pytest.mark.parametrize("shift_d", [0, 3, 11, 30])
def test_just_one_restriction_is_ordered_in_eight_weeks(simulated, shift_d):
    simulation = simulated(UNTIL + timedelta(days=shift_d), 7)
    causes = Counter(fault.symptom.cause for fault in simulation.faults)
    assert causes[Cause.ORDERED_RESTRICTION] == 1


def test_living_faults_keep_apart(region, simulation):
    now = simulation.until.timestamp()
    alive = [fault for fault in simulation.faults if fault.current and fault.ends_at > now]
    houses = region.houses
    for i, one in enumerate(alive):
        for other in alive[i + 1 :]:
            away = np.hypot(
                houses.east[one.house] - houses.east[other.house],
                houses.north[one.house] - houses.north[other.house],
            )
            assert away > one.radius_m + other.radius_m


def test_a_faults_cells_and_life_hold_its_complaints(region, simulation):
    faults = {fault.fault_id: fault for fault in simulation.faults}
    rows = zip(simulation.complaints, simulation.houses, simulation.fault_ids, strict=True)
    caused = Counter()
    for complaint, house, fault_id in rows:
        if fault_id is None:
            continue
        fault = faults[fault_id]
        caused[fault_id] += 1
        assert int(region.houses.cell[house]) in fault.cells
        assert fault.starts_at <= complaint.created_at.timestamp() <= fault.ends_at
        if complaint.occurred_at:
            assert fault.starts_at <= complaint.occurred_at.timestamp()
    assert caused == simulation.planted()
    for fault in simulation.faults:
        if fault.reported_by <= simulation.until.timestamp():
            assert caused[fault.fault_id] >= fault.complaints


def test_one_customer_calls_from_one_place(simulation):
    calls = Counter(complaint.customer_id for complaint in simulation.complaints)
    again = [customer for customer, count in calls.items() if count > 1]
    assert 0.05 < len(again) / len(calls) < 0.2
    owned = {}
    for complaint, house in zip(simulation.complaints, simulation.houses, strict=True):
        who = (house, complaint.contact, complaint.segment, complaint.ltv, complaint.language)
        assert owned.setdefault(complaint.customer_id, who) == who


def test_shares_are_those_of_an_operator(simulation):
    complaints = simulation.complaints
    share = Counter(c.segment for c in complaints)[Segment.MASS] / len(complaints)
    assert share == pytest.approx(0.85, abs=0.03)
    ltv = [c.ltv for c in complaints if c.ltv is not None]
    assert 0.05 < 1 - len(ltv) / len(complaints) < 0.2
    assert max(ltv) > 30 * float(np.median(ltv))
    assert 0 < sum(c.critical for c in complaints) / len(complaints) < 0.02
    kinds = Counter(c.address_kind for c in complaints)
    assert 0.01 < kinds[AddressKind.REGISTRATION] / len(complaints) < 0.06
    only_point = [c for c in complaints if c.address is None and c.lat is not None]
    assert 0.01 < len(only_point) / len(complaints) < 0.06
    assert all(c.accuracy_m for c in only_point)


def test_complaints_file_has_the_words_of_the_interface(written):
    rows = rows_of(written / "complaints.csv")
    assert set(rows[0]) <= COLUMNS
    words = {
        "state": State,
        "address_kind": AddressKind,
        "place": Place,
        "technology": Technology,
        "channel": Channel,
        "language": Language,
        "segment": Segment,
        "topic": Topic,
    }
    for row in rows:
        assert row["source"] == "simulation"
        assert row["external_id"]
        for column, allowed in words.items():
            assert not row[column] or allowed(row[column])
        assert row["critical"] in {"true", "false"}
        created, updated = (datetime.fromisoformat(row[c]) for c in ("created_at", "updated_at"))
        assert created.utcoffset() == timedelta(hours=3)
        assert created <= updated <= UNTIL
        assert (row["state"] == "open") == (not row["closed_at"])
        assert bool(row["lat"]) == bool(row["lon"])
        assert not row["ltv"] or float(row["ltv"]) > 0


def test_other_files_parse(written, simulation, region):
    faults = rows_of(written / "faults.csv")
    assert len(faults) == len(simulation.faults)
    for row in faults:
        assert datetime.fromisoformat(row["starts_at"]) < datetime.fromisoformat(row["ends_at"])
        assert Topic(row["topic"])
        assert Cause(row["cause"])
        assert all(map(is_valid_cell, row["cells"].split()))
        assert int(row["complaints_planted"]) > 0
    subscribers = rows_of(written / "subscribers.csv")
    assert sum(int(row["subscribers"]) for row in subscribers) == region.subscribers.sum()
    assert all(is_valid_cell(row["cell"]) for row in subscribers)
    gazetteer = rows_of(written / "gazetteer.csv")
    assert {"city", "street", "house", "lat", "lon", "region", "postcode", "source"} == set(
        gazetteer[0]
    )
    assert "СМОДЕЛИРОВАНЫ" in (written / "README.txt").read_text(encoding="utf-8")


def test_intake_takes_every_complaint(written, simulation):
    profile = load_profile("default")
    intake = Intake(profile, simulation.until, ZoneInfo("UTC"))
    checked = check_file(written / "complaints.csv", profile)
    results = [validate(batch, intake) for batch in read_batches(checked)]
    assert [refused for _, refused in results] == [[]]
    assert [len(batch) for batch, _ in results] == [len(simulation.complaints)]
    assert not any(flags for batch, _ in results for flags in batch.flags)


def test_territories_load(written):
    read = read_territories(written / "territories.geojson")
    assert not read.refused
    assert not read.notes
    assert [t.name for t in read.territories if t.parent_id is None] == ["Санкт-Петербург"]


def test_every_complaint_is_about_a_house_of_the_gazetteer(written):
    known = {(row["street"], row["house"]) for row in rows_of(written / "gazetteer.csv")}
    truth = rows_of(written / "truth.csv")
    assert {(row["street"], row["house"]) for row in truth} <= known
    complaints = rows_of(written / "complaints.csv")
    assert [r["external_id"] for r in truth] == [r["external_id"] for r in complaints]
    named = [
        (complaint["address"], row["house"])
        for complaint, row in zip(complaints, truth, strict=True)
        if complaint["address"] and complaint["address_kind"] != "registration"
    ]
    with_number = sum(
        re.match(r"\d+", house)[0] in re.findall(r"\d+", text) for text, house in named
    )
    assert with_number / len(named) > 0.94


def test_nobody_real_can_be_reached(written):
    for row in rows_of(written / "complaints.csv"):
        assert PHONE.fullmatch(row["contact"]) or MAIL.fullmatch(row["contact"])
        assert not re.search(r"\d{5}|@|https?:", row["text"])
        assert not re.search(r"\d{7}|@", row["address"])


@pytest.mark.parametrize(
    ("until", "seed", "days", "fault"),
    [
        (UNTIL.replace(tzinfo=None), 1, 56, "no time zone"),
        (UNTIL, -1, 56, "seed -1 is negative"),
        (UNTIL, 1, 3, "3 days are too few"),
    ],
)
def test_wrong_use_is_told(region, until, seed, days, fault):
    with pytest.raises(UsageError, match=fault):
        simulate(region, until, seed, days)
