from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.desk.case import Facts, SpotCase
from heatmaps.desk.lifecycle import Work, apply_change, apply_rule
from heatmaps.desk.words import CLOSED_STATUSES, Cause, Status
from heatmaps.policy import packaged_policy
from heatmaps.simulation.engineers import STEPS_BY_DAY, STEPS_BY_NIGHT, Engineers
from heatmaps.simulation.handling import Behind
from heatmaps.spots.record import DetectedSpot, Signal

HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)  # nine in the morning
EVENING = datetime(2026, 3, 2, 17, tzinfo=UTC)
QUEUES = ("network_operations", "radio_optimisation", "coverage_planning", "another_queue")
USUAL_H = packaged_policy().eta_h
INVENTED = re.compile(r"Смена [1-4], инженер .+-[1-3]")


def case(
    spot_id: int = 1, opened: datetime = MONDAY, topic: str = "no_service",
    queue: str = QUEUES[0], priority: float = 50.0,
) -> SpotCase:  # fmt: skip
    detected = DetectedSpot(
        spot_id=spot_id, opened_at=opened, topic=topic, resolution=9, cells=(1,), cells_opened=(1,),
        window_h=6, observed=9, expected=0.5, score=12.0, recurrence_days=90.0,
        signal=Signal.ACTIVE, observed_last=9, expected_last=0.5, score_last=12.0, observed_peak=9,
        last_tick=opened, quiet_since=None, complaint_ids=(spot_id,),
    )  # fmt: skip
    eta = opened + timedelta(hours=24)
    work = Work(spot_id, Status.NEW, opened, queue, eta=eta, eta_first=eta)
    facts = Facts(9, 100, priority, ())
    return SpotCase(detected, work, facts, facts, None, None, 59.9, 30.3, 1)


def behind(cause: Cause = Cause.POWER, start: datetime = MONDAY, hours: float = 20.0) -> Behind:
    return Behind(cause, start - 2 * HOUR, start + timedelta(hours=hours))


def crew(truth: Behind | None, seed: int = 1) -> Engineers:
    """Everybody who works, where the same is behind every spot."""
    return Engineers(seed, ZONE, USUAL_H, lambda _: truth)


def live(
    engineers: Engineers, cases: list[SpotCase], hours: int, quiet_from: datetime | None = None
) -> dict[int, list]:
    """Let the engineers work alone for some hours; gives each spot's actions and works."""
    now = min(each.detected.opened_at for each in cases)
    living = {each.work.spot_id: each for each in cases}
    history: dict[int, list] = {spot_id: [] for spot_id in living}
    for _ in range(hours):
        if quiet_from is not None and now >= quiet_from:
            living = {
                i: replace(c, detected=replace(c.detected, signal=Signal.QUIET))
                for i, c in living.items()
            }
        for action in engineers(list(living.values()), now):
            assert now < action.at < now + HOUR
            before = living[action.spot_id]
            work = apply_change(before.work, action.change, action.at)
            history[action.spot_id].append((action, work))
            living[action.spot_id] = replace(before, work=work)
            if work.status in CLOSED_STATUSES:
                del living[action.spot_id]
        now += HOUR
        if all(each.work.status is Status.RESOLVED for each in living.values()):
            break
    return history


def ends(history: dict[int, list]) -> list[Work]:
    """The work as it stood when each spot was first called solved or rejected."""
    last = {Status.RESOLVED, Status.REJECTED}
    found = ((work for _, work in steps if work.status in last) for steps in history.values())
    return [work for work in (next(each, None) for each in found) if work is not None]


def many(count: int = 120, **kinds) -> list[SpotCase]:
    """Spots that open one a day, so that hands are never short."""
    return [case(n, MONDAY + timedelta(days=n), **kinds) for n in range(1, count + 1)]


@pytest.fixture(scope="module")
def solved() -> list[tuple[Work, Behind]]:
    """How a hundred and twenty spots of power faults ended."""
    found = []
    for each in many():
        truth = behind(start=each.detected.opened_at)
        [work] = ends(live(crew(truth), [each], 300, quiet_from=truth.ends_at + 6 * HOUR))
        found.append((work, truth))
    return found


def test_the_same_spots_and_hour_give_the_same_actions_in_any_order():
    spots = [case(n, queue=QUEUES[n % 4], priority=n) for n in range(30)]
    once = crew(behind())(spots, MONDAY)
    assert once
    assert crew(behind())(spots[::-1], MONDAY) == once
    assert crew(behind(), seed=2)(spots, MONDAY) != once


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(list(Cause)),
    st.floats(1, 200),
    st.sampled_from(["fault", "hole", "chance"]),
    st.sampled_from(QUEUES),
)
def test_engineers_never_ask_for_what_the_rules_refuse(seed, cause, hours, kind, queue):
    truth = {
        "fault": behind(cause, hours=hours),
        "hole": Behind(Cause.NO_COVERAGE, MONDAY, None),
        "chance": None,
    }[kind]
    spots = [case(n, queue=queue, priority=n, topic="no_internet") for n in range(3)]
    for steps in live(crew(truth, seed), spots, 240, MONDAY + timedelta(hours=hours)).values():
        for action, _ in steps:
            assert INVENTED.fullmatch(action.actor)


def test_a_spot_is_taken_then_begun_with_cause_and_term_then_ended_with_words(solved):
    for work, truth in solved:
        assert work.status is Status.RESOLVED
        assert work.cause is not None
        assert work.done
        assert INVENTED.fullmatch(work.owner)
        assert truth.starts_at < work.acknowledged_at < work.resolved_at
        assert work.eta != work.eta_first


def test_most_name_the_true_cause_and_some_do_not(solved):
    named = Counter(work.cause for work, _ in solved)
    assert 0.8 < named[Cause.POWER] / len(solved) < 1.0
    assert named[Cause.EQUIPMENT]


def test_most_are_solved_after_the_end_of_the_fault_some_early_and_some_long_after(solved):
    waits = [(work.resolved_at - truth.ends_at) / HOUR for work, truth in solved]
    early = sum(wait < 0 for wait in waits) / len(waits)
    forgotten = sum(wait > 24 for wait in waits) / len(waits)
    assert 0.05 < early < 0.3
    assert 0.05 < forgotten < 0.35
    assert sorted(waits)[len(waits) // 2] < 12


def test_chance_is_mostly_rejected_with_words():
    found = [end for each in many(80) for end in ends(live(crew(None), [each], 80))]
    counted = Counter(work.status for work in found)
    assert counted[Status.REJECTED] > counted[Status.RESOLVED] > 0
    assert all(work.done for work in found)


def test_a_hole_in_the_coverage_is_worked_for_days_and_called_so():
    truth = Behind(Cause.NO_COVERAGE, MONDAY - timedelta(days=50), None)
    found = [end for each in many(20) for end in ends(live(crew(truth), [each], 900, MONDAY))]
    assert len(found) == 20
    spans = [work.resolved_at - MONDAY - timedelta(days=work.spot_id) for work in found]
    assert min(spans) > timedelta(days=3)
    assert Counter(work.cause for work in found)[Cause.NO_COVERAGE] > 12


def test_an_order_of_an_authority_is_never_taken_for_a_fault():
    for each in many(30):
        start = each.detected.opened_at
        truth = behind(Cause.ORDERED_RESTRICTION, start, hours=30)
        steps = live(crew(truth), [each], 400, quiet_from=start + 30 * HOUR)
        assert {end.cause for end in ends(steps)} == {Cause.ORDERED_RESTRICTION}


def test_one_called_solved_too_early_is_taken_up_again_and_solved_after_the_end():
    truth = behind(hours=100)
    for each in many(60):
        begun = each.detected.opened_at
        told = replace(truth, starts_at=begun, ends_at=begun + 100 * HOUR)
        [*_, (action, work)] = live(crew(told), [each], 95)[each.work.spot_id]
        if work.status is Status.RESOLVED:
            break
    again = apply_rule(work, Status.REOPENED, action.at + 6 * HOUR)
    steps = live(crew(told), [replace(each, work=again)], 250, begun + 101 * HOUR)
    statuses = [after.status for _, after in steps[each.work.spot_id]]
    assert statuses[0] is Status.IN_PROGRESS
    [end] = ends(steps)
    assert end.resolved_at > told.ends_at


def touched(topic: str, since: datetime, **kinds) -> int:
    """How many of a hundred like spots, each alone, are taken in an hour."""
    spots = (case(n, topic=topic, **kinds) for n in range(100))
    return sum(bool(crew(behind())([each], since)) for each in spots)


def test_by_night_people_are_kept_for_emergencies():
    night, day = MONDAY - 7 * HOUR, MONDAY + 2 * HOUR
    assert touched("slow_internet", night) < 10 < touched("slow_internet", day)
    assert touched("no_service", night) > 4 * touched("slow_internet", night)
    assert touched("no_service", night) < touched("no_service", day)


def test_queues_differ_in_speed_and_rest_at_the_weekend():
    taken = [touched("other", MONDAY, queue=queue) for queue in QUEUES[:3]]
    assert taken == sorted(taken, reverse=True)
    assert taken[0] > 1.5 * taken[2]
    saturday = MONDAY + timedelta(days=5)
    assert touched("other", saturday) < 0.75 * touched("other", MONDAY)


@pytest.mark.parametrize(("since", "most"), [(MONDAY, STEPS_BY_DAY), (EVENING, STEPS_BY_NIGHT)])
def test_hands_are_short_and_the_urgent_come_first(since, most):
    spots = [case(n, priority=float(n)) for n in range(200)]
    actions = crew(behind())(spots, since)
    assert len(actions) == most
    assert min(action.spot_id for action in actions) > 180
    moments = [action.at for action in actions]
    assert moments == sorted(moments)


def test_what_waits_for_confirmation_is_left_alone():
    done = replace(case().work, status=Status.RESOLVED, resolved_at=MONDAY)
    assert not live(crew(behind()), [replace(case(), work=done)], 48)[1]
