"""An engineer's change carried out: nobody's work is overwritten unseen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.desk.lifecycle import check_move
from heatmaps.desk.words import CLOSED_STATUSES, Status
from heatmaps.errors import RuleError
from heatmaps.store import desk
from heatmaps.store.engine import lock

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.lifecycle import Change, Work
    from heatmaps.store.engine import Store


class Outcome(StrEnum):
    """What became of a change; all but the first changed nothing."""

    DONE = "done"
    OVERTAKEN = "overtaken"
    NOTHING_NEW = "nothing_new"
    CLOSED = "closed"
    TERM_PASSED = "term_passed"
    NO_CAUSE = "no_cause"
    NO_WORDS = "no_words"
    NO_SUCH_MOVE = "no_such_move"


def carry_out(store: Store, seen: Work, change: Change, actor: str, now: datetime) -> Outcome:
    """Make the change, unless the spot is no longer as it was `seen` or a rule forbids it."""
    with store.writing() as connection:
        lock(connection, f"spot {seen.spot_id}")
        if desk.card(connection, seen.spot_id).work != seen:
            return Outcome.OVERTAKEN
        try:
            check_move(seen, change, now)
        except RuleError:
            return _reason(seen, change, now)
        try:
            desk.change_work(connection, seen.spot_id, change, actor=actor, now=now)
        except RuleError:
            return Outcome.NOTHING_NEW
    return Outcome.DONE


def _reason(work: Work, change: Change, now: datetime) -> Outcome:
    """Say why `check_move` refused, in the order in which it checks."""
    if work.status in CLOSED_STATUSES:
        return Outcome.CLOSED
    if change.eta is not None and change.eta <= now:
        return Outcome.TERM_PASSED
    if change.status is Status.RESOLVED and not (change.cause or work.cause):
        return Outcome.NO_CAUSE
    if change.status is Status.RESOLVED and not (change.done or work.done or "").strip():
        return Outcome.NO_WORDS
    return Outcome.NO_SUCH_MOVE
