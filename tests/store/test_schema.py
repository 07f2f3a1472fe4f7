from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, inspect, select, text
from sqlalchemy.exc import IntegrityError

from heatmaps.errors import ConfigError, StoreError
from heatmaps.store import schema
from heatmaps.store.engine import open_store, upgrade_store
from heatmaps.store.policies import seed_policy
from heatmaps.store.tables import Base, Personal, QuarantinedRow, Tick
from heatmaps.store.types import UtcTime, from_microseconds, microseconds, to_microseconds

PLUS_FIVE = timezone(timedelta(hours=5))
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_migrations_and_tables_agree(store):
    def ours(thing, name, kind, _reflected, _other):
        foreign_table = kind == "table" and name == "spatial_ref_sys"
        gist_on_sqlite = kind == "index" and not store.is_postgis and thing.kwargs.get(
            "postgresql_using"
        ) == "gist"  # fmt: skip
        return not foreign_table and not gist_on_sqlite

    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_makes_a_store_and_is_safe_to_repeat(empty_url):
    with pytest.raises(StoreError, match="heatmaps db upgrade"):
        open_store(empty_url)
    upgrade_store(empty_url).close()
    upgrade_store(empty_url).close()
    open_store(empty_url).close()


def test_a_store_of_the_first_schema_keeps_its_rows(empty_url):
    first = upgrade_store(empty_url, "0001")
    with first.writing() as connection:
        connection.execute(text(
            "INSERT INTO quarantine (id, source, row_hash, file, profile, line, reason,"
            " quarantined_at) VALUES (1, 'crm', 7, 'a.csv', 'default', 3, 'no id', :at)"
        ).bindparams(bindparam("at", AT, UtcTime())))  # fmt: skip
        connection.execute(text(
            "INSERT INTO personal (id, quarantine_id, raw_row) VALUES (5, 1, 'the row')"
        ))  # fmt: skip
    first.close()
    second = upgrade_store(empty_url)
    with second.reading() as connection:
        kept = connection.execute(
            select(QuarantinedRow.kind, QuarantinedRow.reason, Personal.id, Personal.raw_row).join(
                Personal, Personal.quarantine_id == QuarantinedRow.id
            )
        ).all()
    assert kept == [("complaints", "no id", 5, "the row")]
    with pytest.raises(IntegrityError), second.writing() as connection:
        connection.execute(text("INSERT INTO personal (id, raw_row) VALUES (6, 'of nobody')"))
    second.close()


def test_a_missing_file_is_named_with_its_absolute_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError) as fault:
        open_store("sqlite:///var/none.db")
    assert str(tmp_path / "var" / "none.db") in str(fault.value)
    assert not (tmp_path / "var").exists()


def test_a_store_of_a_newer_version_is_refused(store_url):
    store = open_store(store_url)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="does not know"):
        open_store(store_url)
    store.close()


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("nonsense", ConfigError, "no database URL"),
        ("mysql://host/name", ConfigError, "only sqlite and postgresql"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", StoreError, "refused"),
        ("postgres://u:secret@127.0.0.1:1/x", ConfigError, "only sqlite and postgresql"),
    ],
)
def test_an_unusable_url_is_told_in_one_sentence_without_its_password(url, error, says):
    with pytest.raises(error, match=says) as fault:
        open_store(url)
    assert "secret" not in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are only notes, and long enough")
    with pytest.raises(StoreError, match="not a store"):
        open_store(f"sqlite:///{path}")
    assert path.read_text().startswith("these are only notes")


def test_sqlite_is_durable_and_keeps_references(tmp_path):
    store = upgrade_store(f"sqlite:///{tmp_path}/a.db")
    with store.reading() as connection:
        facts = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert facts == ["wal", 2, 1]
    store.close()


def test_times_come_back_in_utc_and_order_by_the_moment(store):
    moments = [
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        datetime(2026, 3, 1, 16, 30, tzinfo=PLUS_FIVE),
        datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    with store.writing() as connection:
        seed_policy(connection, moments[0])
        for moment in moments:
            connection.execute(
                Tick.__table__.insert().values(tick_at=moment, done_at=moment, policy_version=1)
            )
    with store.reading() as connection:
        back = list(connection.scalars(select(Tick.tick_at).order_by(Tick.tick_at)))
        counted = list(
            connection.scalars(select(microseconds(Tick.tick_at)).order_by(Tick.tick_at))
        )
        later = connection.scalars(select(Tick.tick_at).where(Tick.tick_at > moments[0])).all()
    assert back == sorted(moments)
    assert all(moment.utcoffset() == timedelta(0) for moment in back)
    assert counted == [to_microseconds(moment) for moment in sorted(moments)]
    assert [from_microseconds(number) for number in counted] == sorted(moments)
    assert later == [moments[2]]


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        to_microseconds(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_postgis_has_real_geometry_with_gist_and_views_for_planners(store):
    if not store.is_postgis:
        pytest.skip("SQLite keeps well-known binary")
    with store.reading() as connection:
        typed = dict(
            connection.execute(
                text("SELECT f_table_name || '.' || f_geometry_column, type FROM geometry_columns")
            ).all()
        )
        indexes = {
            index["name"]
            for table in ("territory", "cell_exposure", "spot", "complaint")
            for index in inspect(connection).get_indexes(table)
            if index.get("dialect_options", {}).get("postgresql_using") == "gist"
        }
    assert typed["spot.outline"] == "MULTIPOLYGON"
    assert typed["complaint.point"] == "POINT"
    assert {
        "planner_spot.outline", "planner_cell.outline", "planner_territory.boundary",
        "planner_complaint_cell.centre", "planner_sector.point", "planner_coverage.shape",
        "planner_coverage_gap.outline",
    } <= set(typed)  # fmt: skip
    assert indexes == {
        "ix_territory_boundary", "ix_cell_exposure_outline", "ix_spot_outline", "ix_complaint_point"
    }  # fmt: skip


def test_the_head_is_the_only_one():
    assert ScriptDirectory(str(schema.MIGRATIONS)).get_heads() == [schema.head()]
