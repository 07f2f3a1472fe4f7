"""Complaints that lie in a folder are the very ones that the store holds, whatever became of it."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import delete, text
from town import CELLS, CLOCK, START, complaint, settle, tell

from heatmaps.complaints.record import State
from heatmaps.store import complaints, detection_rows
from heatmaps.store.default_points import Crowded, save_default_points
from heatmaps.store.tables import Personal, StoredComplaint
from pipelines import kept_complaints
from pipelines.kept_complaints import KeptComplaints

HOUR = timedelta(hours=1)
SINCE, UNTIL = START + 20 * HOUR, START + 300 * HOUR


@pytest.fixture
def town(store):
    settle(store)
    tell(store, [row(n, n) for n in range(200)])
    return store


def row(number, hour, **more):
    cell = CELLS[number * 7 % len(CELLS)]
    return complaint(f"n{number}", START + hour * HOUR, cell) | more


def later(number, hour, **more):
    return row(number, hour, updated_at=START + (1000 + hour) * HOUR, **more)


def known(store, folder, since=SINCE, until=UNTIL, name="here"):
    """Give what the folder and the store say together; fails where the store alone differs."""
    with store.reading() as connection:
        alone = detection_rows.read_rows(connection, since, until)
        found = KeptComplaints(folder, name).rows(connection, since, until)
    assert found.tobytes() == alone.tobytes()
    return found


@pytest.fixture
def read_whole(monkeypatch):
    """How often all complaints were read rather than found."""
    asked = []

    def read_rows(*given):
        asked.append(given)
        return detection_rows.read_rows(*given)

    monkeypatch.setattr(kept_complaints, "read_rows", read_rows)
    return asked


def come(store, rng):
    tell(store, [row(int(n), float(n)) for n in np.unique(rng.integers(200, 290, 6))])


def corrected(store, rng):
    told = [later(int(n), float(rng.uniform(0, 290)), topic="other", customer_id=f"c{n // 2}")
            for n in np.unique(rng.integers(0, 250, 9))]  # fmt: skip
    tell(store, told)


def withdrawn(store, rng):
    tell(store, [later(int(n), float(n), state=State.WITHDRAWN)
                 for n in np.unique(rng.integers(0, 250, 5))])  # fmt: skip


def without_place(store, rng):
    tell(store, [later(int(rng.integers(0, 250)), 50.0, lat=None, lon=None)])


CHANGES = (come, corrected, withdrawn, without_place)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_they_are_what_the_store_holds(town, tmp_path, read_whole, seed):
    rng = np.random.default_rng(seed)
    seen = [known(town, tmp_path)]
    for _ in range(8):
        CHANGES[rng.integers(len(CHANGES))](town, rng)
        seen.append(known(town, tmp_path))
    assert len(read_whole) == 1
    assert all(before.tobytes() != after.tobytes() for before, after in pairwise(seen[:3]))


def test_a_later_stretch_is_found_and_an_earlier_one_read(town, tmp_path, read_whole):
    known(town, tmp_path)
    known(town, tmp_path, SINCE + 30 * HOUR, UNTIL - HOUR)
    assert len(read_whole) == 1
    assert len(known(town, tmp_path, START, UNTIL)) > len(known(town, tmp_path))
    assert len(read_whole) == 2


def moved(connection):
    """Place a complaint again, as with its address on a default point."""
    some = complaints.replaceable(connection, StoredComplaint.id == 60)
    connection.execute(text(f"UPDATE complaint SET cell = {CELLS[5]} WHERE id = {some.id[0]}"))
    save_default_points(connection, [Crowded(59.9, 30.2, 40, "crm")], CLOCK.now)


def erased(connection):
    connection.execute(delete(Personal).where(Personal.complaint_id == 60))
    connection.execute(delete(StoredComplaint).where(StoredComplaint.id == 60))


def masked(connection):
    nothing = dict.fromkeys(("name", "contact", "address", "text"))
    connection.execute(Personal.__table__.update().values(**nothing))


@pytest.mark.parametrize(("what", "reads"), [(moved, 2), (erased, 2), (masked, 1)])
def test_what_no_intake_did_is_seen(town, tmp_path, read_whole, what, reads):
    known(town, tmp_path)
    with town.writing() as connection:
        what(connection)
    known(town, tmp_path)
    assert len(read_whole) == reads


def test_another_store_in_the_same_place_is_another(store, tmp_path, read_whole):
    settle(store)
    tell(store, [row(n, n) for n in range(40)])
    known(store, tmp_path)
    with store.writing() as connection:
        connection.execute(delete(Personal))
        connection.execute(delete(StoredComplaint))
    tell(store, [row(n, n / 2) for n in range(100, 150)])
    known(store, tmp_path)
    assert len(read_whole) == 2


@pytest.mark.parametrize("damage", [
    lambda content: content[:-1],
    lambda content: content[:10],
    lambda content: content[:0],
    lambda content: content + b"x",
    lambda content: content[:-500] + bytes([content[-500] ^ 1]) + content[-499:],
])  # fmt: skip
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_damaged_file_is_read_anew(town, tmp_path, read_whole, damage):
    known(town, tmp_path)
    [file] = tmp_path.glob("complaints/*.rows")
    file.write_bytes(damage(file.read_bytes()))
    known(town, tmp_path)
    known(town, tmp_path)
    assert len(read_whole) == 2


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_another_store_s_file_is_left_alone(town, tmp_path, read_whole):
    known(town, tmp_path)
    [file] = tmp_path.glob("complaints/*.rows")
    known(town, tmp_path, name="there")
    for other in set(tmp_path.glob("complaints/*.rows")) - {file}:
        other.write_bytes(file.read_bytes())
    known(town, tmp_path, name="there")
    assert len(read_whole) == 3


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_files_of_stores_long_gone_are_removed(town, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_complaints, "MOST_STORES", 2)
    for number in range(4):
        known(town, tmp_path, name=f"store {number}")
    assert len(list(tmp_path.glob("complaints/*"))) == 2


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_folder_that_cannot_be_written_costs_only_time(town, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    known(town, tmp_path / "file")
    assert "HEATMAPS_CACHE_DIR" in caplog.text


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_file_tells_no_name(town, tmp_path):
    tell(town, [row(300, 40, customer_id="SECRET-NUMBER", name="Анна", text="тайна")])
    known(town, tmp_path)
    [file] = tmp_path.glob("complaints/*.rows")
    assert not any(word.encode() in file.read_bytes() for word in ("SECRET", "Анна", "тайна"))
