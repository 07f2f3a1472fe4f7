"""An engineer's change carried out, or the reason why it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.errors import RuleError
from heatmaps.store import desk

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.lifecycle import Change, Work
    from heatmaps.store.engine import Store

DONE = "done"
"""Outcome of a change that was made; every other one is a `Refusal`."""


def carry_out(store: Store, seen: Work, change: Change, actor: str, now: datetime) -> str:
    """Make the change to the work as it was `seen`; gives `DONE` or why it was refused."""
    try:
        with store.writing() as connection:
            desk.change_work(connection, seen, change, actor=actor, now=now)
    except RuleError as refused:
        return refused.reason
    return DONE
