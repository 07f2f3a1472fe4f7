"""Sites, coverage, events, customers; default points and likeness; coverage gaps.

Revision ID: 0002
Revises: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from heatmaps.store.types import UtcTime, geometry

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

ONE_OF_TWO = "(complaint_id IS NULL) <> (quarantine_id IS NULL)"
ONE_OF_THREE = (
    "(CASE WHEN complaint_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN quarantine_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN customer_address_id IS NULL THEN 0 ELSE 1 END) = 1"
)

COMPLAINT_COLUMNS: dict[str, TypeEngine[Any]] = {
    "given_lat": sa.Double(),
    "given_lon": sa.Double(),
    "given_accuracy_m": sa.Double(),
    "address_key": sa.BigInteger(),
    "likeness": sa.BigInteger(),
}

PLANNER_VIEWS = {
    "planner_sector": """
        SELECT row_number() OVER (ORDER BY sector_id)::integer AS fid,
               sector_id, site_id, name, technology, band, azimuth AS azimuth_deg, status, point
        FROM sector
    """,
    "planner_coverage": """
        SELECT id::integer AS fid, technology, name, shape FROM coverage_area
    """,
    "planner_coverage_gap": """
        SELECT gap_id::integer AS fid, gap_id, gap_class AS class, technology, territory_id,
               first_seen, last_seen, months, complaints, customers_complained, expected,
               chance, topic, subscribers, ltv_sum, predicted_coverage, nearest_site_m, spots,
               rank, outline
        FROM coverage_gap WHERE gone_at IS NULL
    """,
}


def upgrade() -> None:
    postgis = op.get_bind().dialect.name == "postgresql"

    def gist(name: str, table: str, column: str) -> None:
        if postgis:
            op.create_index(name, table, [column], postgresql_using="gist")

    op.create_table(
        "sector",
        sa.Column("sector_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("technology", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("azimuth", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("point", geometry("POINT"), nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("sector_id", name=op.f("pk_sector")),
    )
    op.create_index(op.f("ix_sector_site_id"), "sector", ["site_id"])
    op.create_index("ix_sector_cell", "sector", ["cell"])
    gist("ix_sector_point", "sector", "point")
    op.create_table(
        "coverage_area",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("technology", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("shape", geometry("MULTIPOLYGON"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_area")),
    )
    op.create_index(op.f("ix_coverage_area_technology"), "coverage_area", ["technology"])
    gist("ix_coverage_area_shape", "coverage_area", "shape")
    op.create_table(
        "coverage_cell",
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("technology", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "technology", name=op.f("pk_coverage_cell")),
    )
    op.create_table(
        "network_event",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("site_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_network_event")),
    )
    op.create_index("ix_network_event_time", "network_event", ["ends_at", "starts_at"])
    op.create_table(
        "customer_address",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("address_kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("ltv", sa.Double(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("consent_until", UtcTime(), nullable=True),
        sa.Column("location_level", sa.Text(), nullable=False),
        sa.Column("location_source", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("uncertainty_m", sa.Double(), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.BigInteger(), nullable=True),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_address")),
        sa.UniqueConstraint(
            "customer_id", "address_kind", "number", name=op.f("uq_customer_address_customer_id")
        ),
    )
    op.create_index("ix_customer_address_cell", "customer_address", ["cell"])
    op.create_table(
        "default_point",
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("addresses", sa.BigInteger(), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("lat", "lon", name=op.f("pk_default_point")),
    )
    op.create_table(
        "gap_search",
        sa.Column("until", UtcTime(), autoincrement=False, nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("period_days", sa.BigInteger(), nullable=False),
        sa.Column("cells", sa.BigInteger(), nullable=False),
        sa.Column("complaints", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policy_version.version"],
            name=op.f("fk_gap_search_policy_version_policy_version"),
        ),
        sa.PrimaryKeyConstraint("until", name=op.f("pk_gap_search")),
    )
    op.create_table(
        "coverage_gap",
        sa.Column("gap_id", ID, autoincrement=False, nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.Column("gone_at", UtcTime(), nullable=True),
        sa.Column("gap_class", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("technology", sa.Text(), nullable=True),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("first_seen", UtcTime(), nullable=False),
        sa.Column("last_seen", UtcTime(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("per_period", JSON, nullable=False),
        sa.Column("complaints", sa.BigInteger(), nullable=False),
        sa.Column("customers_complained", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("subscribers", sa.Double(), nullable=False),
        sa.Column("ltv_sum", sa.Double(), nullable=True),
        sa.Column("predicted_coverage", sa.Text(), nullable=True),
        sa.Column("nearest_site_m", sa.Double(), nullable=True),
        sa.Column("spots", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("outline", geometry("MULTIPOLYGON"), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territory.territory_id"],
            name=op.f("fk_coverage_gap_territory_id_territory"),
        ),
        sa.PrimaryKeyConstraint("gap_id", name=op.f("pk_coverage_gap")),
    )
    op.create_index(op.f("ix_coverage_gap_gone_at"), "coverage_gap", ["gone_at"])
    gist("ix_coverage_gap_outline", "coverage_gap", "outline")

    for name, kind in COMPLAINT_COLUMNS.items():
        op.add_column("complaint", sa.Column(name, kind, nullable=True))
    op.create_index("ix_complaint_given", "complaint", ["given_lat", "given_lon", "address_key"])
    op.add_column(
        "quarantine", sa.Column("kind", sa.Text(), nullable=False, server_default="complaints")
    )
    op.add_column("quarantine", sa.Column("identity", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_quarantine_identity"), "quarantine", ["identity"])
    with op.batch_alter_table("personal") as personal:
        personal.drop_constraint(op.f("ck_personal_one_owner"), type_="check")
        personal.add_column(sa.Column("extra", sa.Text(), nullable=True))
        personal.add_column(sa.Column("customer_address_id", ID, nullable=True))
        personal.create_foreign_key(
            op.f("fk_personal_customer_address_id_customer_address"),
            "customer_address",
            ["customer_address_id"],
            ["id"],
        )
        personal.create_unique_constraint(
            op.f("uq_personal_customer_address_id"), ["customer_address_id"]
        )
        personal.create_check_constraint(op.f("ck_personal_one_owner"), ONE_OF_THREE)
    if postgis:
        for name, query in PLANNER_VIEWS.items():
            op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in PLANNER_VIEWS:
            op.execute(f"DROP VIEW {name}")
    op.execute("DELETE FROM personal WHERE customer_address_id IS NOT NULL")
    with op.batch_alter_table("personal") as personal:
        personal.drop_constraint(op.f("ck_personal_one_owner"), type_="check")
        personal.drop_constraint(op.f("uq_personal_customer_address_id"), type_="unique")
        personal.drop_constraint(
            op.f("fk_personal_customer_address_id_customer_address"), type_="foreignkey"
        )
        personal.drop_column("customer_address_id")
        personal.drop_column("extra")
        personal.create_check_constraint(op.f("ck_personal_one_owner"), ONE_OF_TWO)
    op.drop_index(op.f("ix_quarantine_identity"), "quarantine")
    op.drop_column("quarantine", "identity")
    op.drop_column("quarantine", "kind")
    op.drop_index("ix_complaint_given", "complaint")
    for name in COMPLAINT_COLUMNS:
        op.drop_column("complaint", name)
    for table in [
        "coverage_gap",
        "gap_search",
        "default_point",
        "customer_address",
        "network_event",
        "coverage_cell",
        "coverage_area",
        "sector",
    ]:
        op.drop_table(table)
