"""Doubtful addresses and what was decided of them; other names; online providers' answers.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from heatmaps.store.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

PLACED = ("complaint", "customer_address")
TEXTS = (
    ("settlement", "aliases"),
    ("street", "aliases"),
    ("settlement", "datasets"),
    ("street", "datasets"),
    ("house", "datasets"),
)


GIVEN = ["given_lat", "given_lon", "address_key"]


def upgrade() -> None:
    given = sa.text("given_lat IS NOT NULL")
    op.drop_index("ix_complaint_given", "complaint")
    op.create_index(
        "ix_complaint_given", "complaint", GIVEN, postgresql_where=given, sqlite_where=given
    )
    by_provider = sa.text("substr(location_source, 1, 9) = 'provider:'")
    for table in PLACED:
        op.add_column(table, sa.Column("confidence", sa.Double(), nullable=True))
        op.add_column(table, sa.Column("form_key", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("match_key", sa.BigInteger(), nullable=True))
        op.add_column(
            table,
            sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
        op.create_index(f"ix_{table}_doubtful", table, ["doubtful", "form_key"])
        op.create_index(
            f"ix_{table}_provider",
            table,
            ["form_key"],
            postgresql_where=by_provider,
            sqlite_where=by_provider,
        )
    op.add_column("personal", sa.Column("normal_form", sa.Text(), nullable=True))
    for table, column in TEXTS:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "gazetteer_load",
        sa.Column("norm_version", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "address_alias",
        sa.Column("id", ID, nullable=False),
        sa.Column("normal_form", sa.Text(), nullable=False),
        sa.Column("norm_version", sa.BigInteger(), nullable=False),
        sa.Column("default_city", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("uncertainty_m", sa.Double(), nullable=True),
        sa.Column("complaints", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("replaced_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_alias")),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["address_alias.id"], name="fk_address_alias_replaced_by_address_alias"
        ),
    )
    in_force = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_address_alias_in_force",
        "address_alias",
        ["normal_form"],
        postgresql_where=in_force,
        sqlite_where=in_force,
    )
    op.create_table(
        "provider_answer",
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("answer", JSON, nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_provider_answer")),
    )
    op.create_table(
        "provider_usage",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("questions", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "day", name=op.f("pk_provider_usage")),
    )
    op.create_table(
        "provider_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("not_found", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("left_over", sa.BigInteger(), nullable=False),
        sa.Column("complaints", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_run")),
    )


def downgrade() -> None:
    op.drop_index("ix_complaint_given", "complaint")
    op.create_index("ix_complaint_given", "complaint", GIVEN)
    for table in ("provider_run", "provider_usage", "provider_answer", "address_alias"):
        op.drop_table(table)
    for table, column in TEXTS:
        op.drop_column(table, column)
    op.drop_column("gazetteer_load", "norm_version")
    op.drop_column("personal", "normal_form")
    for table in PLACED:
        op.drop_index(f"ix_{table}_provider", table)
        op.drop_index(f"ix_{table}_doubtful", table)
        for column in ("doubtful", "match_key", "form_key", "confidence"):
            op.drop_column(table, column)
