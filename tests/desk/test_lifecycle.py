from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.desk.lifecycle import (
    PEOPLE_MOVES,
    RULE_MOVES,
    Change,
    Work,
    apply_change,
    apply_rule,
    can_move,
    check_move,
    diagram,
    due_status,
)
from heatmaps.desk.words import CLOSED_STATUSES, OPEN_STATUSES, Cause, Status
from heatmaps.errors import RuleError
from heatmaps.policy import packaged_policy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIFE = packaged_policy().life


def work(status: Status = Status.NEW, **fields) -> Work:
    fields.setdefault("status_at", NOW)
    return Work(spot_id=7, status=status, queue="q", **fields)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_every_status_is_reachable_and_owned_by_open_resolved_or_closed():
    reached = {Status.NEW}
    for moves in (PEOPLE_MOVES, RULE_MOVES):
        for ends in moves.values():
            reached |= ends
    assert reached == set(Status)
    assert OPEN_STATUSES | CLOSED_STATUSES | {Status.RESOLVED} == set(Status)
    assert not OPEN_STATUSES & CLOSED_STATUSES


def test_closed_statuses_are_final_and_all_others_are_not():
    for status in Status:
        leads_on = bool(PEOPLE_MOVES.get(status) or RULE_MOVES.get(status))
        assert leads_on == (status not in CLOSED_STATUSES)


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("end", Status)
def test_a_person_moves_a_spot_only_along_the_table(start, end):
    change = Change(status=end, cause=Cause.POWER, done="Включили генератор")
    allowed = end in PEOPLE_MOVES.get(start, ()) or (start is end and start in OPEN_STATUSES)
    assert can_move(work(start), change, NOW) == allowed
    if not allowed:
        with pytest.raises(RuleError, match=r"spot|Spot"):
            check_move(work(start), change, NOW)


def test_resolving_needs_a_cause_and_what_was_done():
    taken = work(Status.IN_PROGRESS)
    with pytest.raises(RuleError, match="no cause"):
        apply_change(taken, Change(status=Status.RESOLVED, done="Заменили модуль"), NOW)
    with pytest.raises(RuleError, match="what was done"):
        apply_change(taken, Change(status=Status.RESOLVED, cause=Cause.EQUIPMENT, done="  "), NOW)
    with pytest.raises(RuleError, match="why it is rejected"):
        apply_change(taken, Change(status=Status.REJECTED), NOW)
    solved = apply_change(
        taken, Change(status=Status.RESOLVED, cause=Cause.EQUIPMENT, done="Заменили модуль"), NOW
    )
    assert (solved.status, solved.resolved_at, solved.closed_at) == (Status.RESOLVED, NOW, None)


def test_the_first_promised_term_is_kept_when_it_moves():
    first, second = NOW + hours(4), NOW + hours(9)
    promised = apply_change(work(Status.ACKNOWLEDGED), Change(eta=first), NOW)
    moved = apply_change(promised, Change(eta=second), NOW)
    assert (moved.eta_first, moved.eta) == (first, second)


def test_a_term_in_the_past_is_refused_with_its_value():
    with pytest.raises(RuleError, match="2026-11-20T11:00:00"):
        apply_change(work(), Change(eta=NOW - hours(1)), NOW)


def test_acknowledging_notes_when_and_who():
    taken = apply_change(work(), Change(status=Status.ACKNOWLEDGED, owner="ivanova"), NOW)
    again = apply_change(taken, Change(status=Status.IN_PROGRESS), NOW + hours(1))
    assert (again.acknowledged_at, again.owner, again.status_at) == (NOW, "ivanova", NOW + hours(1))


@pytest.mark.parametrize("status", sorted(set(Status) - CLOSED_STATUSES))
def test_a_quiet_signal_changes_no_status_but_new_and_resolved(status):
    fields = {"resolved_at": NOW - hours(99)} if status is Status.RESOLVED else {}
    due = due_status(
        work(status, **fields), merged=False, quiet_since=NOW - hours(99), now=NOW, policy=LIFE
    )
    expected = {Status.NEW: Status.SUBSIDED, Status.RESOLVED: Status.CONFIRMED}
    assert due == expected.get(status)


@pytest.mark.parametrize(
    ("quiet_h", "resolved_h", "due"),
    [
        (23.9, 99, None),
        (24, 99, Status.CONFIRMED),
        (99, 23.9, None),
        (None, 5.9, None),
        (None, 6, Status.REOPENED),
    ],
)
def test_a_resolved_spot_is_watched(quiet_h, resolved_h, due):
    resolved = work(Status.RESOLVED, resolved_at=NOW - hours(resolved_h))
    quiet_since = None if quiet_h is None else NOW - hours(quiet_h)
    assert due == due_status(resolved, merged=False, quiet_since=quiet_since, now=NOW, policy=LIFE)


def test_a_new_spot_waits_its_full_quiet_time_before_it_subsides():
    early = due_status(work(), merged=False, quiet_since=NOW - hours(23), now=NOW, policy=LIFE)
    late = due_status(work(), merged=False, quiet_since=NOW - hours(24), now=NOW, policy=LIFE)
    assert (early, late) == (None, Status.SUBSIDED)


@given(st.sampled_from(sorted(Status)), st.booleans(), st.none() | st.floats(0, 500))
def test_every_move_the_rules_ask_for_is_one_they_may_make(status, merged, quiet_h):
    at_work = work(status, resolved_at=NOW - hours(48) if status is Status.RESOLVED else None)
    quiet_since = None if quiet_h is None else NOW - hours(quiet_h)
    due = due_status(at_work, merged=merged, quiet_since=quiet_since, now=NOW, policy=LIFE)
    if due is not None:
        moved = apply_rule(at_work, due, NOW)
        assert moved.status is due
        assert (moved.closed_at is not None) == (due in CLOSED_STATUSES)


def test_a_reopened_spot_is_no_longer_resolved():
    resolved = work(Status.RESOLVED, resolved_at=NOW - hours(7), cause=Cause.POWER, done="x")
    reopened = apply_rule(resolved, Status.REOPENED, NOW)
    assert reopened == replace(
        resolved, status=Status.REOPENED, resolved_at=None, status_at=NOW, closed_at=None
    )


def test_no_rule_skips_a_step():
    with pytest.raises(RuleError, match="from new to confirmed"):
        apply_rule(work(), Status.CONFIRMED, NOW)


def test_the_diagram_shows_every_status():
    drawn = diagram()
    assert all(f" {status}" in drawn for status in Status)
