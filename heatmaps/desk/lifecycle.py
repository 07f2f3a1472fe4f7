"""The life of a spot at the desk: one table of moves, and the rules that guard them.

Rules come in pairs: `check_move` raises with the reason, `can_move` asks it, so that a button and
its enforcement share one truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from heatmaps.desk.words import CLOSED_STATUSES, OPEN_STATUSES, Cause, Refusal, Status
from heatmaps.errors import RuleError

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.tuning import LifePolicy

PEOPLE_MOVES: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.ACKNOWLEDGED, Status.REJECTED}),
    Status.ACKNOWLEDGED: frozenset(
        {Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.REJECTED}
    ),
    Status.IN_PROGRESS: frozenset({Status.ON_HOLD, Status.RESOLVED, Status.REJECTED}),
    Status.ON_HOLD: frozenset({Status.IN_PROGRESS, Status.RESOLVED, Status.REJECTED}),
    Status.REOPENED: frozenset({Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.REOPENED}),
}
"""Which status a person may move a spot to, from each; a status that is absent is final."""

RULE_MOVES: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.SUBSIDED, Status.MERGED}),
    Status.ACKNOWLEDGED: frozenset({Status.MERGED}),
    Status.IN_PROGRESS: frozenset({Status.MERGED}),
    Status.ON_HOLD: frozenset({Status.MERGED}),
    Status.REOPENED: frozenset({Status.MERGED}),
    Status.RESOLVED: frozenset({Status.CONFIRMED, Status.REOPENED, Status.MERGED}),
}
"""Which status the rules may move a spot to by themselves."""


@dataclass(frozen=True, slots=True)
class Work:
    """What people and rules did with a spot; times are aware, UTC."""

    spot_id: int
    status: Status
    status_at: datetime
    queue: str
    closed_at: datetime | None = None
    owner: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    cause: Cause | None = None
    eta: datetime | None = None
    eta_first: datetime | None = None
    done: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants of a spot; None leaves a field as it is."""

    status: Status | None = None
    cause: Cause | None = None
    eta: datetime | None = None
    done: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody does with a spot, and when; `at` aware, UTC."""

    spot_id: int
    at: datetime
    actor: str
    change: Change


def can_move(work: Work, change: Change, now: datetime) -> bool:
    """Whether `check_move` would let a person make this change."""
    try:
        check_move(work, change, now)
    except RuleError:
        return False
    return True


def check_move(work: Work, change: Change, now: datetime) -> None:
    """RuleError with the reason where a person may not make this change."""
    if work.status in CLOSED_STATUSES:
        message = (
            f"Spot {work.spot_id} is {work.status} and closed; "
            "new complaints there will open a new spot."
        )
        raise RuleError(message, Refusal.CLOSED)
    if change.status is not None:
        _check_status(work, change.status)
    if change.eta is not None and change.eta <= now:
        message = f"The term {change.eta.isoformat()} has already passed; name a later one."
        raise RuleError(message, Refusal.TERM_PASSED)
    if change.status in {Status.RESOLVED, Status.REJECTED}:
        _check_ending(work, change)


def apply_change(work: Work, change: Change, now: datetime) -> Work:
    """Give the work after a person's change; RuleError where none is allowed or none is made."""
    check_move(work, change, now)
    status = change.status or work.status
    moved = status is not work.status
    eta = change.eta or work.eta
    after = replace(
        work,
        status=status,
        status_at=now if moved else work.status_at,
        closed_at=now if status in CLOSED_STATUSES else None,
        owner=change.owner or work.owner,
        acknowledged_at=work.acknowledged_at or (now if status is not Status.NEW else None),
        resolved_at=_resolved_at(work, status, now) if moved else work.resolved_at,
        cause=change.cause or work.cause,
        eta=eta,
        eta_first=work.eta_first or eta,
        done=change.done or work.done,
    )
    if after == work:
        message = f"Nothing would change about spot {work.spot_id}; name a status, cause or term."
        raise RuleError(message, Refusal.NOTHING_NEW)
    return after


def difference(before: Work, after: Work) -> dict[str, list[str | None]]:
    """Give what a change made of the work, as histories hold it: field, then both values."""
    names = (name for name in before.__slots__ if getattr(before, name) != getattr(after, name))
    return {name: [_plain(getattr(before, name)), _plain(getattr(after, name))] for name in names}


def due_status(
    work: Work,
    *,
    merged: bool,
    quiet_since: datetime | None,
    now: datetime,
    policy: LifePolicy,
) -> Status | None:
    """Give the status the rules move a spot to at `now`; None where they leave it.

    A quiet signal never changes a status, with one exception: a new spot that stays quiet is
    subsided. A resolved spot that stays quiet is confirmed, one that stays active is reopened.
    """
    if work.status in CLOSED_STATUSES:
        return None
    if merged:
        return Status.MERGED
    quiet_h = _hours(now - quiet_since) if quiet_since else None
    if work.status is Status.NEW:
        long_enough = quiet_h is not None and quiet_h >= policy.subsided_after_quiet_h
        return Status.SUBSIDED if long_enough else None
    if work.status is not Status.RESOLVED or work.resolved_at is None:
        return None
    since_h = _hours(now - work.resolved_at)
    if quiet_h is None:
        return Status.REOPENED if since_h >= policy.reopened_after_active_h else None
    watched_h = min(quiet_h, since_h)
    return Status.CONFIRMED if watched_h >= policy.confirmed_after_quiet_h else None


def apply_rule(work: Work, status: Status, now: datetime) -> Work:
    """Give the work after a rule moved it; RuleError where no rule may."""
    if status not in RULE_MOVES.get(work.status, frozenset()):
        message = f"No rule moves spot {work.spot_id} from {work.status} to {status}."
        raise RuleError(message, Refusal.NO_SUCH_MOVE)
    return replace(
        work,
        status=status,
        status_at=now,
        closed_at=now if status in CLOSED_STATUSES else None,
        resolved_at=_resolved_at(work, status, now),
    )


def diagram() -> str:
    """Give the life cycle as a Mermaid state diagram, drawn from the tables of moves."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    for moves, arrow in ((PEOPLE_MOVES, ""), (RULE_MOVES, " : by rule")):
        for start in Status:
            ends = sorted(moves.get(start, frozenset()))
            lines += [f"    {start} --> {end}{arrow}" for end in ends]
    lines += [f"    {status} --> [*]" for status in Status if status in CLOSED_STATUSES]
    return "\n".join(lines)


def _check_status(work: Work, wanted: Status) -> None:
    if wanted is work.status and work.status in OPEN_STATUSES:
        return
    allowed = PEOPLE_MOVES.get(work.status, frozenset())
    if wanted not in allowed:
        names = ", ".join(sorted(allowed))
        message = (
            f"Spot {work.spot_id} is {work.status} and cannot become {wanted}; "
            f"from here it may become {names}."
        )
        raise RuleError(message, Refusal.NO_SUCH_MOVE)


def _check_ending(work: Work, change: Change) -> None:
    """Refuse an ending that nobody could explain to a customer afterwards."""
    if change.status is Status.RESOLVED and (change.cause or work.cause) is None:
        message = f"Spot {work.spot_id} has no cause; name one before it is resolved."
        raise RuleError(message, Refusal.NO_CAUSE)
    if not (change.done or work.done or "").strip():
        message = f"Say what was done about spot {work.spot_id}, or why it is rejected."
        raise RuleError(message, Refusal.NO_WORDS)


def _resolved_at(work: Work, status: Status, now: datetime) -> datetime | None:
    if status is Status.RESOLVED:
        return now
    return None if status is Status.REOPENED else work.resolved_at


def _plain(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
