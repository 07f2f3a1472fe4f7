import csv
import json
import re
from collections import Counter
from datetime import datetime, timedelta

import h3.api.basic_int as h3
import pytest
import shapely

from heatmaps.region.events import EventKind
from heatmaps.region.objects import ObjectKind
from heatmaps.region.technology import Technology
from heatmaps.simulation import simulate
from heatmaps.simulation.customer_base import customer_base
from heatmaps.simulation.network import build_network
from heatmaps.simulation.network_files import network_files
from heatmaps.simulation.objects import vulnerable_objects
from heatmaps.simulation.works import network_events

from .conftest import UNTIL


@pytest.fixture(scope="module")
def network(simulation):
    return build_network(simulation.region, simulation.holes, simulation.seed)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_bytes_and_another_another(region, simulation, simulated):
    files = network_files(simulation)
    assert network_files(simulate(region, UNTIL, seed=7)) == files
    other = network_files(simulated(UNTIL, 8))
    assert all(other[name] != text for name, text in files.items())


def test_sites_stand_on_real_houses_with_three_faces(region, network):
    lat, lon = region.houses.lat.tolist(), region.houses.lon.tolist()
    houses = {(round(y, 6), round(x, 6)) for y, x in zip(lat, lon, strict=True)}
    faces = Counter()
    for sector in network.sectors:
        assert (sector.lat, sector.lon) in houses
        assert 0 <= sector.azimuth < 360
        faces[sector.site_id, sector.technology] += 1
    assert set(faces.values()) == {3}
    share = Counter(technology for _, technology in faces)
    assert share[Technology.G4] > share[Technology.G2] > share[Technology.G5] > 0


def test_vulnerable_objects_of_every_kind_stand_on_houses_of_their_own(region, simulation):
    objects = vulnerable_objects(region, simulation.seed)
    lat, lon = region.houses.lat.tolist(), region.houses.lon.tolist()
    houses = {(round(y, 6), round(x, 6)) for y, x in zip(lat, lon, strict=True)}
    assert {(each.lat, each.lon) for each in objects} <= houses
    assert {each.kind for each in objects} == set(ObjectKind)
    assert len({each.object_id for each in objects}) == len(objects)
    assert all("смоделировано" in each.name for each in objects)
    kinds = Counter(each.kind for each in objects)
    assert kinds[ObjectKind.SCHOOL] > kinds[ObjectKind.HOSPITAL]


def test_most_people_are_covered_and_5g_is_in_patches(region, network):
    lit = {
        each: shapely.contains_xy(area, region.houses.lon, region.houses.lat).mean()
        for each, area in network.coverage.items()
    }
    assert lit[Technology.G4] > 0.95
    assert 0.2 < lit[Technology.G5] < 0.6


def test_coverage_is_open_in_the_planted_holes(simulation, network):
    assert simulation.holes
    for hole in simulation.holes:
        for cell in hole.cells:
            lat, lon = h3.cell_to_latlng(cell)
            for each, area in network.coverage.items():
                held = shapely.contains_xy(area, lon, lat)
                assert not (held and each in hole.lack.missing)


def test_something_is_on_now_something_comes_and_something_is_past(simulation, network):
    events = network_events(simulation, network)
    on = {event.kind for event in events if event.is_on(simulation.until)}
    assert {EventKind.PLANNED_WORK, EventKind.MASS_EVENT} <= on
    past = [event for event in events if event.ends_at < simulation.until]
    assert {event.kind for event in past} == set(EventKind)
    assert len({event.event_id for event in events}) == len(events)
    assert all(event.starts_at < event.ends_at for event in events)


def test_a_later_end_tells_the_same_past(region):
    early = simulate(region, UNTIL, seed=5)
    late = simulate(region, UNTIL + timedelta(days=3), seed=5)
    network = build_network(region, early.holes, 5)
    assert build_network(region, late.holes, 5) == network
    nights = [
        {e.event_id: e for e in network_events(each, network) if e.event_id.startswith("W")}
        for each in (early, late)
    ]
    since = late.since
    kept = {name: event for name, event in nights[0].items() if event.starts_at > since}
    assert kept
    assert kept.items() <= nights[1].items()


def test_everybody_who_complained_is_in_the_base_with_silent_ones(simulation):
    base = customer_base(simulation)
    ids = [row.customer_id for row in base]
    assert len(set(ids)) == len(ids)
    complained = {complaint.customer_id for complaint in simulation.complaints}
    assert complained < set(ids)
    consents = sum(row.consent_until is not None for row in base) / len(base)
    assert 0.75 < consents < 0.85
    assert all((row.address is None) != (row.lat is None) for row in base)


def test_no_customer_of_the_base_can_be_reached(written):
    fiction = re.compile(r"\+7900000\d{4}|client\d{4}@example\.com")
    assert all(fiction.fullmatch(row["contact"]) for row in rows_of(written / "customers.csv"))


def test_the_folder_says_that_the_network_is_made_up(written):
    assert "СЕТЬ ТОЖЕ СМОДЕЛИРОВАНА" in (written / "README.txt").read_text(encoding="utf-8")
    areas = json.loads((written / "coverage.geojson").read_text(encoding="utf-8"))["features"]
    assert all("смоделировано" in area["properties"]["name"] for area in areas)
    for row in rows_of(written / "events.csv"):
        assert "смоделировано" in row["text"]
        assert datetime.fromisoformat(row["starts_at"]).utcoffset() == timedelta(hours=3)
