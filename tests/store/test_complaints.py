from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from batches import MADE, at_given_points, batch
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from heatmaps.complaints.record import ComplaintBatch
from heatmaps.quarantine import Refused
from heatmaps.store import complaints, quarantine
from heatmaps.store.complaints import Compared
from heatmaps.store.detection import note_ticks
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import (
    ComplaintRevision,
    Personal,
    QuarantinedRow,
    StoredComplaint,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORIGIN = quarantine.Origin("crm", "a.csv", "default")


def take_in(store, rows: ComplaintBatch, now=NOW) -> tuple[int, int, int]:
    """Take a batch in as a pipeline does; gives new, updated, unchanged."""
    counts = [0, 0, 0]
    with store.writing() as connection:
        for part in complaints.rounds(rows):
            chosen = rows.take(part)
            compared = complaints.compare(connection, chosen)
            located = at_given_points(chosen.take(compared.to_write))
            complaints.write(connection, chosen, compared, located, now)
            fresh = (len(compared.new), len(compared.updated), compared.unchanged)
            counts = [a + b for a, b in zip(counts, fresh, strict=True)]
    return tuple(counts)


def stored(store, *columns):
    with store.reading() as connection:
        return connection.execute(select(*columns).order_by(StoredComplaint.id)).all()


def test_new_then_unchanged_then_updated(store):
    rows = [
        {"external_id": "1", "text": "нет связи 📵"},
        {"external_id": "2", "lat": 59.9, "lon": 30.3},
    ]
    assert take_in(store, batch(*rows)) == (2, 0, 0)
    assert take_in(store, batch(*rows)) == (0, 0, 2)
    rows[0]["text"] = "связь появилась"
    assert take_in(store, batch(*rows)) == (0, 1, 1)


def test_every_character_is_kept_as_it_was_told(store):
    told = ["a\tb", "a\nb\r", "\\", "\\N", "\\.", "'\"{}[],%s?", "нет связи 📵", "\x01\u2028"]
    rows = batch(*({"external_id": text, "text": text, "ltv": 1.5} for text in told))
    assert take_in(store, rows) == (len(told), 0, 0)
    assert take_in(store, rows) == (0, 0, len(told))
    query = select(StoredComplaint.external_id, Personal.text, Personal.name, StoredComplaint.ltv)
    with store.reading() as connection:
        read = connection.execute(query.join(Personal, Personal.complaint_id == StoredComplaint.id))
        assert sorted(map(tuple, read)) == sorted((text, text, None, 1.5) for text in told)


def test_identity_is_source_and_external_id(store):
    assert take_in(store, batch({"external_id": "1"}, {"external_id": "1", "source": "app"})) == (
        2,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("stored_at", "told_at", "wins"),
    [
        (2, 1, False),
        (1, 2, True),
        (1, 1, True),
        (None, 1, True),
        (1, None, False),
        (None, None, True),
    ],
)
def test_an_older_telling_never_overwrites(store, stored_at, told_at, wins):
    def told(at, topic):
        when = None if at is None else MADE + at * HOUR
        return batch({"external_id": "1", "updated_at": when, "topic": topic})

    take_in(store, told(stored_at, "no_service"))
    counts = take_in(store, told(told_at, "slow_internet"))
    assert counts == ((0, 1, 0) if wins else (0, 0, 1))
    [(topic,)] = stored(store, StoredComplaint.topic)
    assert topic == ("slow_internet" if wins else "no_service")


def test_one_file_may_tell_of_a_complaint_several_times(store):
    rows = batch(
        {"external_id": "1", "topic": "other", "updated_at": MADE + HOUR},
        {"external_id": "1", "topic": "no_service", "updated_at": MADE + 3 * HOUR},
        {"external_id": "1", "topic": "slow_internet", "updated_at": MADE + 2 * HOUR},
        {"external_id": "2"},
    )
    assert take_in(store, rows) == (2, 1, 1)
    assert stored(store, StoredComplaint.topic, StoredComplaint.revision)[0] == ("no_service", 2)


def test_history_keeps_what_was_replaced_and_personal_fields_stay_in_their_place(store):
    take_in(store, batch({"external_id": "1", "address": "Мира, 5", "topic": "other", "text": "a"}))
    take_in(store, batch({"external_id": "1", "address": "Мира, 7", "topic": "no_service"}))
    with store.reading() as connection:
        earlier = connection.execute(
            select(ComplaintRevision.revision, ComplaintRevision.earlier)
        ).one()
        addresses = connection.execute(
            select(Personal.revision, Personal.address, Personal.text).order_by(Personal.revision)
        ).all()
    assert earlier.revision == 1
    assert earlier.earlier["topic"] == "other"
    assert "Мира" not in str(earlier.earlier)
    assert addresses == [(1, "Мира, 5", "a"), (2, "Мира, 7", None)]


def test_no_personal_column_stands_outside_the_private_table(store):
    private = {"name", "contact", "address", "text", "raw_row", "extra"}
    of_places = {"territory", "settlement", "street", "sector", "coverage_area", "network_event",
                 "vulnerable_object"}  # fmt: skip
    for table in StoredComplaint.metadata.tables.values():
        if table.name not in {"personal"} | of_places:
            assert not private & set(table.c.keys()), table.name


def test_a_late_complaint_becomes_available_right_after_the_last_tick(store):
    tick = MADE + 5 * HOUR
    with store.writing() as connection:
        seed_policy(connection, NOW)
        note_ticks(connection, [tick], NOW, 1)
    take_in(
        store, batch({"external_id": "late"}, {"external_id": "prompt", "created_at": tick + HOUR})
    )
    assert stored(store, StoredComplaint.available_at, StoredComplaint.received_at) == [
        (tick + timedelta(microseconds=1), NOW), (tick + HOUR, NOW)
    ]  # fmt: skip


def test_a_killed_write_leaves_nothing(store):
    rows = batch({"external_id": "1"})
    with pytest.raises(KeyboardInterrupt), store.writing() as connection:
        compared = complaints.compare(connection, rows)
        complaints.write(connection, rows, compared, at_given_points(rows), NOW)
        raise KeyboardInterrupt
    assert stored(store, StoredComplaint.id) == []
    assert take_in(store, rows) == (1, 0, 0)


def test_the_store_itself_refuses_a_double(store):
    rows = batch({"external_id": "1"})
    take_in(store, rows)
    with pytest.raises(IntegrityError), store.writing() as connection:
        nothing_known = Compared(*(np.zeros(n, dtype=np.int64) for n in (1, 0, 0, 0)), unchanged=0)
        complaints.write(connection, rows, nothing_known, at_given_points(rows), NOW)


def keep(store, *rows: Refused) -> int:
    with store.writing() as connection:
        return quarantine.keep(connection, rows, ORIGIN, NOW)


def test_a_refused_row_is_kept_once_with_its_newest_reason(store):
    row = Refused(3, "no id", '{"created_at": "2026-11-01"}')
    assert keep(store, row, Refused(9, "no time", '{"external_id": "7"}')) == 2
    assert keep(store, Refused(3, "no external_id", row.raw)) == 0
    with store.reading() as connection:
        waiting = quarantine.waiting(connection)
        assert quarantine.count_waiting(connection) == 2
    assert [(w.line, w.reason) for w in waiting] == [(3, "no external_id"), (9, "no time")]
    assert waiting[0].raw_row == row.raw


def test_a_released_row_waits_no_more_and_its_text_is_forgotten(store):
    keep(store, Refused(3, "no id", '{"text": "secret"}'))
    with store.writing() as connection:
        [row] = quarantine.waiting(connection)
        quarantine.release(connection, [row.id], NOW)
    with store.reading() as connection:
        assert quarantine.count_waiting(connection) == 0
        assert connection.scalar(select(func.count()).select_from(QuarantinedRow)) == 1
        assert connection.scalar(select(Personal.raw_row)) is None
