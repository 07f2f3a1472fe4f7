"""The first schema: region, gazetteer, complaints, policy, spots; views for planners.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from heatmaps.store.types import UtcTime, geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

PLANNER_VIEWS = {
    "planner_territory": """
        SELECT row_number() OVER (ORDER BY territory_id)::integer AS fid,
               territory_id, name, parent_id, level, timezone, boundary
        FROM territory
    """,
    "planner_cell": """
        SELECT row_number() OVER (ORDER BY e.cell)::integer AS fid,
               to_hex(e.cell) AS cell, e.subscribers,
               count(c.id)::integer AS complaints,
               count(DISTINCT coalesce(c.customer_id, c.id::text))::integer AS customers_complained,
               min(c.created_at) AS first_at, max(c.created_at) AS last_at,
               e.outline
        FROM cell_exposure e
        LEFT JOIN complaint c ON c.cell = e.cell AND c.state <> 'withdrawn'
        GROUP BY e.cell, e.subscribers, e.outline
    """,
    "planner_complaint_cell": """
        SELECT row_number() OVER (ORDER BY cell)::integer AS fid,
               to_hex(cell) AS cell, resolution::integer AS resolution,
               count(*)::integer AS complaints,
               count(DISTINCT coalesce(customer_id, id::text))::integer AS customers_complained,
               min(created_at) AS first_at, max(created_at) AS last_at,
               ST_Centroid(ST_Collect(point))::geometry(POINT, 4326) AS centre
        FROM complaint
        WHERE cell IS NOT NULL AND state <> 'withdrawn'
        GROUP BY cell, resolution
    """,
    "planner_spot": """
        SELECT id::integer AS fid, id AS spot_id, status, signal, topic, technology, territory_id,
               queue, cause, priority, customers_complained, customers_silent,
               observed, expected, score, recurrence_days,
               opened_at, acknowledged_at, eta, resolved_at, closed_at, outline
        FROM spot
    """,
}


def upgrade() -> None:
    postgis = op.get_bind().dialect.name == "postgresql"

    def gist(name: str, table: str, column: str) -> None:
        if postgis:
            op.create_index(name, table, [column], postgresql_using="gist")

    op.create_table(
        "cell_exposure",
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subscribers", sa.Double(), nullable=False),
        sa.Column("outline", geometry("POLYGON"), nullable=False),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_cell_exposure")),
    )
    gist("ix_cell_exposure_outline", "cell_exposure", "outline")
    op.create_table(
        "gazetteer_load",
        sa.Column("version", ID, nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_gazetteer_load")),
    )
    op.create_table(
        "intake_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_run")),
    )
    op.create_table(
        "policy_version",
        sa.Column("version", ID, nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quarantined_at", UtcTime(), nullable=False),
        sa.Column("replayed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source", "row_hash", name=op.f("uq_quarantine_source")),
    )
    op.create_table(
        "settlement",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("uncertainty_m", sa.Double(), nullable=False),
        sa.Column("boundary", geometry("MULTIPOLYGON"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("key", name=op.f("uq_settlement_key")),
    )
    gist("ix_settlement_boundary", "settlement", "boundary")
    op.create_table(
        "subscriber_count",
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subscribers", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_subscriber_count")),
    )
    op.create_table(
        "territory",
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("boundary", geometry("MULTIPOLYGON"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["territory.territory_id"], name=op.f("fk_territory_parent_id_territory")
        ),
        sa.PrimaryKeyConstraint("territory_id", name=op.f("pk_territory")),
    )
    gist("ix_territory_boundary", "territory", "boundary")
    op.create_index(op.f("ix_territory_parent_id"), "territory", ["parent_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("occurred_at", UtcTime(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("available_at", UtcTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("transferred_to", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("address_kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("technology", sa.Text(), nullable=True),
        sa.Column("serving_cell", sa.Text(), nullable=True),
        sa.Column("roaming", sa.Boolean(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("ltv", sa.Double(), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=True),
        sa.Column("location_level", sa.Text(), nullable=False),
        sa.Column("location_source", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("uncertainty_m", sa.Double(), nullable=True),
        sa.Column("location_faults", sa.Text(), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.BigInteger(), nullable=True),
        sa.Column("point", geometry("POINT"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_complaint_source")),
    )
    op.create_index("ix_complaint_cell_time", "complaint", ["cell", "created_at"], unique=False)
    op.create_index("ix_complaint_created_at", "complaint", ["created_at"], unique=False)
    op.create_index(op.f("ix_complaint_customer_id"), "complaint", ["customer_id"], unique=False)
    gist("ix_complaint_point", "complaint", "point")
    op.create_table(
        "spot",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("quiet_since", UtcTime(), nullable=True),
        sa.Column("last_tick", UtcTime(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("resolution", sa.BigInteger(), nullable=False),
        sa.Column("window_h", sa.BigInteger(), nullable=False),
        sa.Column("observed", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("recurrence_days", sa.Double(), nullable=False),
        sa.Column("observed_last", sa.BigInteger(), nullable=False),
        sa.Column("expected_last", sa.Double(), nullable=False),
        sa.Column("score_last", sa.Double(), nullable=False),
        sa.Column("observed_peak", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("technology", sa.Text(), nullable=True),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("outline", geometry("MULTIPOLYGON"), nullable=False),
        sa.Column("customers_complained_opened", sa.BigInteger(), nullable=False),
        sa.Column("customers_silent_opened", sa.BigInteger(), nullable=False),
        sa.Column("customers_complained", sa.BigInteger(), nullable=False),
        sa.Column("customers_silent", sa.BigInteger(), nullable=False),
        sa.Column("priority_opened", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("priority_parts", JSON, nullable=False),
        sa.Column("policy_version", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UtcTime(), nullable=True),
        sa.Column("resolved_at", UtcTime(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("eta", UtcTime(), nullable=True),
        sa.Column("eta_first", UtcTime(), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["spot.id"], name=op.f("fk_spot_merged_into_spot")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["spot.id"], name=op.f("fk_spot_parent_id_spot")),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policy_version.version"],
            name=op.f("fk_spot_policy_version_policy_version"),
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territory.territory_id"],
            name=op.f("fk_spot_territory_id_territory"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot")),
    )
    op.create_index("ix_spot_open", "spot", ["closed_at", "priority"], unique=False)
    gist("ix_spot_outline", "spot", "outline")
    op.create_table(
        "street",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("settlement_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("uncertainty_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_street_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("settlement_id", "key", name=op.f("uq_street_settlement_id")),
    )
    op.create_table(
        "tick",
        sa.Column("tick_at", UtcTime(), autoincrement=False, nullable=False),
        sa.Column("done_at", UtcTime(), nullable=False),
        sa.Column("policy_version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policy_version.version"],
            name=op.f("fk_tick_policy_version_policy_version"),
        ),
        sa.PrimaryKeyConstraint("tick_at", name=op.f("pk_tick")),
    )
    op.create_table(
        "complaint_revision",
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", UtcTime(), nullable=False),
        sa.Column("earlier", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_revision_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("complaint_id", "revision", name=op.f("pk_complaint_revision")),
    )
    op.create_table(
        "house",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("settlement_id", ID, nullable=False),
        sa.Column("street_id", ID, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_house_settlement_id_settlement")
        ),
        sa.ForeignKeyConstraint(
            ["street_id"], ["street.id"], name=op.f("fk_house_street_id_street")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house")),
        sa.UniqueConstraint("key", name=op.f("uq_house_key")),
    )
    op.create_index("ix_house_settlement_id", "house", ["settlement_id"], unique=False)
    op.create_index(op.f("ix_house_street_id"), "house", ["street_id"], unique=False)
    op.create_table(
        "personal",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("complaint_id", ID, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("quarantine_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("raw_row", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(complaint_id IS NULL) <> (quarantine_id IS NULL)", name=op.f("ck_personal_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_personal_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["quarantine_id"], ["quarantine.id"], name=op.f("fk_personal_quarantine_id_quarantine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal")),
        sa.UniqueConstraint("complaint_id", "revision", name=op.f("uq_personal_complaint_id")),
        sa.UniqueConstraint("quarantine_id", name=op.f("uq_personal_quarantine_id")),
    )
    op.create_table(
        "spot_cell",
        sa.Column("spot_id", ID, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["spot_id"], ["spot.id"], name=op.f("fk_spot_cell_spot_id_spot")),
        sa.PrimaryKeyConstraint("spot_id", "cell", name=op.f("pk_spot_cell")),
    )
    op.create_index("ix_spot_cell_cell", "spot_cell", ["cell"], unique=False)
    op.create_table(
        "spot_complaint",
        sa.Column("spot_id", ID, nullable=False),
        sa.Column("complaint_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_spot_complaint_complaint_id_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["spot_id"], ["spot.id"], name=op.f("fk_spot_complaint_spot_id_spot")
        ),
        sa.PrimaryKeyConstraint("spot_id", "complaint_id", name=op.f("pk_spot_complaint")),
    )
    op.create_index(
        op.f("ix_spot_complaint_complaint_id"), "spot_complaint", ["complaint_id"], unique=False
    )
    op.create_table(
        "spot_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("spot_id", ID, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.ForeignKeyConstraint(["spot_id"], ["spot.id"], name=op.f("fk_spot_event_spot_id_spot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_event")),
    )
    op.create_index("ix_spot_event_spot_id_at", "spot_event", ["spot_id", "at"], unique=False)
    if postgis:
        for name, query in PLANNER_VIEWS.items():
            op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in PLANNER_VIEWS:
            op.execute(f"DROP VIEW {name}")
    for table in [
        "spot_event",
        "spot_complaint",
        "spot_cell",
        "personal",
        "house",
        "complaint_revision",
        "tick",
        "street",
        "spot",
        "complaint",
        "territory",
        "subscriber_count",
        "settlement",
        "quarantine",
        "policy_version",
        "intake_run",
        "gazetteer_load",
        "cell_exposure",
    ]:
        op.drop_table(table)
