"""Runs migrations on the connection that `heatmaps.store.schema.upgrade` hands over."""

from alembic import context

from heatmaps.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
