from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from heatmaps.complaints import read_ahead
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import StoredComplaint
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import Wish, load_gazetteer_file

GAZETTEER = Path(__file__).parents[2] / "data" / "spb" / "gazetteer.csv.gz"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADER = "external_id,created_at,address,city,lat,lon\n"
ROWS = (
    '1,2026-11-20T10:00+03:00,"7-я линия ВО, д. 34",Санкт-Петербург,,\n'
    "2,2026-11-20T10:05+03:00,-,,,\n"
    "3,2026-11-20T10:06+03:00,,,59.94012,30.25034\n"
)


def silent(*_):
    pass


def test_complaints_that_came_before_their_gazetteer_are_placed_by_it(store, tmp_path):
    with store.writing() as connection:
        seed_policy(connection, NOW)
    file = tmp_path / "complaints.csv"
    file.write_text(HEADER + ROWS)
    geocoder = GeocoderOfStore(store, None)
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), geocoder.current)
    counts = import_file(store, file, given, silent).counts
    assert (counts.new, counts.unlocated) == (3, 2)

    dry = load_gazetteer_file(store, GAZETTEER, NOW, Wish(keep=False))
    assert dry.complaints.placed == 1
    assert load_gazetteer_file(store, GAZETTEER, NOW).complaints.placed == 1
    assert load_gazetteer_file(store, GAZETTEER, NOW).complaints.looked_at == 0
    with store.reading() as connection:
        row = StoredComplaint
        query = select(row.external_id, row.location_level, row.resolution, row.point)
        found = {name: rest for name, *rest in connection.execute(query)}
    assert found["1"][:2] == ["house", 9]
    assert found["1"][2] is not None
    assert found["2"][1] is None
    assert found["3"][1] == 9


def test_a_reader_ahead_takes_in_the_same(store, tmp_path, monkeypatch):
    with store.writing() as connection:
        seed_policy(connection, NOW)
    file = tmp_path / "complaints.csv"
    file.write_text(HEADER + ROWS + "4,never,,,,\n")
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), GeocoderOfStore(store, None).current)
    here = import_file(store, file, given, silent, keep=False)
    monkeypatch.setattr(read_ahead, "WORTH_STARTING", 1)
    there = import_file(store, file, given, silent, keep=False)
    assert there == here
    assert (there.counts.new, there.counts.quarantined) == (3, 1)
