from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heatmaps.geocoding import crew as crews
from heatmaps.geocoding.crew import Crew
from heatmaps.geocoding.gazetteer import Gazetteer, Houses, Streets, empty_gazetteer, take
from heatmaps.geocoding.index import GazetteerIndex, build_index, pack_gazetteer
from heatmaps.geocoding.snapshot import Snapshot, open_file

QUERIES = [
    "Москва, Ленина 7", "Москва Лнина 7", "СПб, Институтский пер 5", "Ленина 5к2", "тест", "",
    "Moskva, ul. Lenina, 7", "Тверь, Московская 6", "55.75 37.61", "Ленина возле рынка", "\ud800",
    "Исаково, 2", "Зеленоград корп 1144", "Москва, Неведомая 1", "Hauptstr. 2, München",
]  # fmt: skip


@pytest.fixture
def snapshot(gazetteer, tmp_path):
    snapshot = Snapshot(tmp_path / "cache", "store", "1")
    snapshot.write(pack_gazetteer(gazetteer))
    return snapshot


def test_a_snapshot_gives_back_what_was_written(snapshot, gazetteer):
    arrays, written = snapshot.read(), pack_gazetteer(gazetteer)
    assert arrays.keys() == written.keys()
    for name, array in written.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)


def test_a_snapshot_of_another_state_is_not_opened(snapshot):
    for store, stamp in (("store", "2"), ("other", "1")):
        other = Snapshot(snapshot.directory, store, stamp)
        assert other.read() is None
        snapshot.path.replace(other.path)
        assert other.read() is None
        other.path.replace(snapshot.path)
    assert snapshot.read() is not None


@pytest.mark.parametrize("where", [0, 10, 20, 300, -100, -1])
def test_a_damaged_snapshot_is_not_opened(snapshot, where):
    data = bytearray(snapshot.path.read_bytes())
    data[where] ^= 0x41
    snapshot.path.write_bytes(data)
    assert snapshot.read() is None


@pytest.mark.parametrize("size", [0, 5, 100, 10_000])
def test_a_snapshot_cut_short_is_not_opened(snapshot, size):
    snapshot.path.write_bytes(snapshot.path.read_bytes()[:size])
    assert snapshot.read() is None
    assert open_file(snapshot.path) is None


def test_what_the_store_left_before_is_removed(snapshot):
    arrays = snapshot.read()
    left = snapshot.directory / f"{snapshot.path.name.split('-')[0]}-killed.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    other = Snapshot(snapshot.directory, "other", "1")
    other.write(arrays)
    later = Snapshot(snapshot.directory, "store", "2")
    later.write(arrays)
    assert sorted(snapshot.directory.iterdir()) == sorted([other.path, later.path])


def test_a_directory_that_cannot_be_written_is_told(tmp_path, gazetteer):
    occupied = tmp_path / "file"
    occupied.write_text("")
    with pytest.raises(OSError, match="file"):
        Snapshot(occupied / "cache", "store", "1").write(pack_gazetteer(gazetteer))


@given(
    st.lists(st.sampled_from(QUERIES), max_size=12),
    st.sampled_from([None, "Москва", "Химки"]),
    st.randoms(use_true_random=False),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_neither_snapshot_nor_batch_nor_order_of_rows_changes_an_answer(
    gazetteer, tmp_path_factory, queries, default, random
):
    snapshot = Snapshot(tmp_path_factory.mktemp("snapshot"), "store", "1")
    snapshot.write(pack_gazetteer(gazetteer))
    index = build_index(gazetteer, default)
    answers = [index.geocode(query) for query in queries]
    nowhere = [None] * len(queries)
    assert index.geocode_batch(queries, nowhere) == answers
    mapped = GazetteerIndex(snapshot.read(), default)
    assert mapped.geocode_batch(queries, nowhere) == answers
    shuffled = build_index(_shuffled(gazetteer, random), default)
    assert shuffled.geocode_batch(queries, nowhere) == answers


def _shuffled(gazetteer, random):
    """Give the same gazetteer with the rows of every table in another order."""
    towns, streets, houses = (
        np.array(random.sample(range(len(table)), len(table)), dtype=np.intp)
        for table in (gazetteer.settlements, gazetteer.streets, gazetteer.houses)
    )
    town_at, street_at = np.argsort(towns), np.argsort(streets)
    of_street, of_house = take(gazetteer.streets, streets), take(gazetteer.houses, houses)
    on_street = np.where(of_house.street < 0, -1, street_at[of_house.street])
    columns = {name: getattr(of_street, name) for name in Streets.__slots__}
    columns |= {"settlement": town_at[of_street.settlement].astype(np.int32)}
    of_houses = {name: getattr(of_house, name) for name in Houses.__slots__}
    of_houses |= {
        "settlement": town_at[of_house.settlement].astype(np.int32),
        "street": on_street.astype(np.int32),
    }
    return Gazetteer(take(gazetteer.settlements, towns), Streets(**columns), Houses(**of_houses))


def test_an_empty_gazetteer_has_a_snapshot_too(tmp_path):
    snapshot = Snapshot(tmp_path, "store", "1")
    snapshot.write(pack_gazetteer(empty_gazetteer()))
    assert GazetteerIndex(snapshot.read()).geocode("Москва, Ленина 5").level == "none"


@pytest.fixture
def crew(snapshot, monkeypatch):
    monkeypatch.setattr(crews, "WORTH_STARTING", 2)
    monkeypatch.setattr(crews, "CHUNK", 3)
    crew = Crew(snapshot.path, None, 2)
    yield crew
    crew.close()


def test_a_crew_answers_as_one_does(crew, index):
    addresses = [query for i in range(40) for query in (*QUERIES, f"Москва, Ленина {i}")]
    cities = [None] * len(addresses)
    alone = index.geocode_batch(addresses, cities)
    assert index.with_crew(crew).geocode_batch(addresses, cities) == alone
    assert len(crew._started) == 2


def test_the_work_of_a_member_that_dies_is_done_by_the_caller(crew, index):
    pairs = [(f"Москва, Ленина {i}", None) for i in range(30)]
    index.with_crew(crew).geocode_batch(*zip(*pairs, strict=True))
    crew._started[0].kill()
    alone = [index.geocode(*pair) for pair in pairs]
    assert crew._shared(pairs, lambda some: [index.geocode(*pair) for pair in some]) == alone


PARENT = """
import os, sys
from pathlib import Path
from heatmaps.geocoding.crew import Crew

crew = Crew(Path(sys.argv[1]), None, 1)
crew._start()
print(crew._started[0].pid, flush=True)
os._exit(9)
"""


def test_a_member_ends_with_its_parent(snapshot):
    parent = subprocess.run(  # noqa: S603 - our own interpreter and text
        [
            sys.executable,
            "-c",
            PARENT,
            snapshot.path,
        ],
        capture_output=True,
        check=False,
        timeout=60,
    )
    member = int(parent.stdout)
    for _ in range(200):
        if not _alive(member):
            return
        time.sleep(0.05)
    pytest.fail(f"member {member} outlived its parent")


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
