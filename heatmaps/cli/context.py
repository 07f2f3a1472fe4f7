"""What commands share: settings, the open store, the clock, moments typed by people."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.settings import load_settings
from heatmaps.store.engine import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo


def clock() -> datetime:
    """Give the present moment, UTC."""
    return datetime.now(UTC)


@contextmanager
def opened() -> Iterator[Store]:
    """Give the store of the settings, and close it afterwards."""
    store = open_store(load_settings().database_url)
    try:
        yield store
    finally:
        store.close()


def moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Read a moment typed as ISO 8601; one without offset is in `zone`. UsageError otherwise."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{option} {text!r} is no ISO 8601 moment; write it like 2026-03-01T12:00+03:00."
        raise UsageError(message) from error
    return (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)
