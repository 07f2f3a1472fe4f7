"""Vulnerable objects: what must not be without connection. How coverage gaps went over time.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from heatmaps.store.types import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

PLANNER_COVERAGE_GAP = """
    CREATE OR REPLACE VIEW planner_coverage_gap AS
    SELECT gap_id::integer AS fid, gap_id, gap_class AS class, technology, territory_id,
           first_seen, last_seen, months, complaints, customers_complained, expected,
           chance, topic, subscribers, ltv_sum, predicted_coverage, nearest_site_m, spots,
           rank, outline{course}
    FROM coverage_gap WHERE gone_at IS NULL
"""


def upgrade() -> None:
    for column in (
        sa.Column("pattern", sa.Text(), nullable=False, server_default="untold"),
        sa.Column("since", UtcTime(), nullable=True),
        sa.Column("ended", UtcTime(), nullable=True),
        sa.Column("usual", JSON, nullable=False, server_default="[]"),
    ):
        op.add_column("coverage_gap", column)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(PLANNER_COVERAGE_GAP.format(course=", pattern, since, ended"))
    op.create_table(
        "vulnerable_object",
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_vulnerable_object")),
    )


def downgrade() -> None:
    postgis = op.get_bind().dialect.name == "postgresql"
    if postgis:
        op.execute("DROP VIEW planner_coverage_gap")
    for column in ("usual", "ended", "since", "pattern"):
        op.drop_column("coverage_gap", column)
    if postgis:
        op.execute(PLANNER_COVERAGE_GAP.format(course=""))
    op.drop_table("vulnerable_object")
