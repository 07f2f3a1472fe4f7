"""Making a store and changing its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.store.engine import Store, upgrade_store
from heatmaps.store.policies import seed_policy

if TYPE_CHECKING:
    from datetime import datetime


def set_up_store(url: str, now: datetime) -> Store:
    """Create or migrate the store and seed its policy where it has none; safe to repeat."""
    store = upgrade_store(url)
    with store.writing() as connection:
        seed_policy(connection, now)
    return store
