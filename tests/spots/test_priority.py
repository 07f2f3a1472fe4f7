import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from heatmaps.complaints.record import Segment, Topic
from heatmaps.policy import packaged_policy
from heatmaps.region.objects import ObjectKind
from heatmaps.spots.priority import Setting, priority_of
from heatmaps.spots.worth import Behind

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=2)
POLICY = packaged_policy().priority
NAN = float("nan")
PARTS = (
    "complaints",
    "segment",
    "topic",
    "ltv",
    "repeats",
    "critical",
    "growth",
    "age",
    "duration",
    "silent",
    "vulnerable",
)

complaint = st.tuples(
    st.floats(-5, 400),
    st.integers(-1, len(Segment) - 1),
    st.integers(0, len(Topic) - 1),
    st.one_of(st.just(float("nan")), st.floats(0, 1)),
    st.integers(-3, 5),
    st.booleans(),
)
weights = st.floats(0, 50)
policies = st.builds(
    lambda low, **changed: POLICY.model_copy(
        update={**changed, "ltv": POLICY.ltv.model_copy(update={"low": low})}
    ),
    low=st.floats(0, 1.5),
    growth_points=weights,
    critical_points=weights,
    silent_points=weights,
    duration_points=weights,
    duration_half_h=st.floats(0.001, 500),
    repeat_factor=st.floats(0, 3),
    age_points_per_day=st.floats(0, 20),
    age_doubling_days=st.floats(1, 500),
    half_life_h=st.floats(1, 500),
    segment=st.fixed_dictionaries({each: st.floats(0, 5) for each in Segment}),
    topic=st.fixed_dictionaries({each: st.floats(0, 5) for each in Topic}),
    vulnerable=st.fixed_dictionaries(dict.fromkeys(ObjectKind, weights)),
)
vulnerable = st.dictionaries(st.sampled_from(ObjectKind), st.integers(0, 300))
surroundings = st.builds(
    Setting,
    st.floats(-1, 60).map(lambda days: NOW - timedelta(days=days)),
    st.one_of(st.none(), st.floats(0, 30).map(lambda days: NOW - timedelta(days=days))),
    st.integers(0, 10**6),
    vulnerable,
)
FRESH = Setting(OPENED, None, 0, {})


def behind(complaints, now=NOW):
    columns = list(zip(*complaints, strict=True)) or [()] * 6
    hours, segment, topic, rank, customer, critical = columns
    now_us = int(now.timestamp()) * 1_000_000
    return Behind(
        time=now_us - (np.array(hours, dtype=float) * 3.6e9).astype(np.int64),
        segment=np.array(segment, dtype=np.int8),
        topic=np.array(topic, dtype=np.int8),
        ltv_rank=np.array(rank, dtype=float),
        customer=np.array(customer, dtype=np.int64),
        critical=np.array(critical, dtype=bool),
    )


def points(complaints, setting=FRESH, policy=POLICY):
    priority = priority_of(behind(complaints), setting, NOW, policy)
    return {part.name: part.points for part in priority.parts} | {"total": priority.total}


def beside(**changed):
    return replace(FRESH, **changed)


MASS, VIP = 0, list(Segment).index(Segment.VIP)
SLOW, NO_SERVICE = list(Topic).index(Topic.SLOW_INTERNET), list(Topic).index(Topic.NO_SERVICE)


@pytest.mark.parametrize(
    ("complaints", "part", "expected"),
    [
        ([(0, MASS, SLOW, 0.5, 1, False)], "complaints", 1.0),
        ([(72, MASS, SLOW, 0.5, 1, False)], "complaints", 0.5),
        ([(-1, MASS, SLOW, 0.5, 1, False)], "complaints", 0.0),
        ([(0, VIP, SLOW, 0.5, 1, False)], "segment", 1.5),
        ([(0, -1, SLOW, 0.5, 1, False)], "segment", 0.0),
        ([(0, MASS, NO_SERVICE, 0.5, 1, False)], "topic", 1.0),
        ([(0, MASS, SLOW, 1.0, 1, False)], "ltv", 0.5),
        ([(0, MASS, SLOW, float("nan"), 1, False)], "ltv", 0.125),
        ([(0, MASS, SLOW, 0.0, 1, False)] * 2, "repeats", 0.375),
        ([(0, MASS, SLOW, 0.5, 1, True)] * 2, "critical", 30.0),
        ([(72, MASS, SLOW, 0.5, 1, True)], "critical", 7.5),
        ([(0, MASS, SLOW, 0.5, -1, True)] * 2, "critical", 15.0),
        (
            [(72, MASS, SLOW, 0.5, -1, True), (0, MASS, SLOW, 0.5, -1, True)],
            "critical",
            15.0,
        ),
        ([(72, MASS, SLOW, 0.5, -1, False), (0, MASS, SLOW, 0.5, -1, False)], "complaints", 1.0),
        ([(0, MASS, SLOW, 0.0, -1, False)] * 2, "repeats", 0.0),
        ([(0, MASS, SLOW, 0.5, -1, False)] * 9, "growth", 10.0),
        ([(0, MASS, SLOW, 0.5, -c, False) for c in range(1, 4)], "growth", 20.0),
        ([(0, MASS, SLOW, 0.5, c, False) for c in range(3)], "growth", 20.0),
        ([(25, MASS, SLOW, 0.5, 1, False)], "growth", 0.0),
        ([(72, MASS, SLOW, 0.5, 1, False)], "duration", 11.25),
        ([(0, MASS, SLOW, 0.5, 1, False)], "duration", 10.0),
        ([], "age", 6.2),
        ([], "complaints", 0.0),
        ([], "vulnerable", 0.0),
    ],
)
def test_each_part_by_the_packaged_weights(complaints, part, expected):
    assert points(complaints)[part] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ({ObjectKind.SCHOOL: 1}, 4.0),
        ({ObjectKind.SCHOOL: 3}, 7.0),
        ({ObjectKind.SCHOOL: 100_000}, 8.0),
        ({ObjectKind.HOSPITAL: 1, ObjectKind.SCHOOL: 2}, 12 + 2 + 1),
        ({ObjectKind.SCHOOL: 2, ObjectKind.HOSPITAL: 1, ObjectKind.POLICE: 0}, 15.0),
    ],
)
def test_vulnerable_objects_count_the_weightiest_first_each_further_one_half(objects, expected):
    assert points([], beside(vulnerable=objects))["vulnerable"] == pytest.approx(expected, abs=1e-3)


@settings(max_examples=40)
@given(vulnerable, st.sampled_from(ObjectKind), policies)
def test_one_more_object_never_lowers_priority_and_all_stay_within_twice_one(objects, more, policy):
    before = points([], beside(vulnerable=objects), policy)["vulnerable"]
    after = {**objects, more: objects.get(more, 0) + 1}
    assert before <= points([], beside(vulnerable=after), policy)["vulnerable"]
    assert before <= 2 * max(policy.vulnerable.values()) + 1e-3


@pytest.mark.parametrize(
    ("began_h", "quiet_h", "hours"),
    [
        (50, None, 50),
        (10, None, 48),  # the zone stood out before those complaints that are known
        (50, 20, 30),
        (50, 49, 1),
        (50, 60, 0),
        (50, -3, 50),  # nobody knows yet that it will turn quiet
    ],
)
def test_duration_runs_from_the_first_complaint_while_the_signal_is_active(began_h, quiet_h, hours):
    quiet = None if quiet_h is None else NOW - timedelta(hours=quiet_h)
    told = behind([(began_h, MASS, SLOW, 0.5, 1, False)])
    priority = priority_of(told, beside(quiet_since=quiet), NOW, POLICY)
    [part] = [part for part in priority.parts if part.name == "duration"]
    assert part.because == {"hours": pytest.approx(hours)}
    most, half = POLICY.duration_points, POLICY.duration_half_h
    assert part.points == pytest.approx(most * hours / (hours + half), abs=1e-3)


def test_duration_never_exceeds_its_points_while_age_grows_without_end():
    long_ago = beside(opened_at=NOW - timedelta(days=3650))
    assert points([], long_ago)["duration"] <= POLICY.duration_points
    assert points([], long_ago)["age"] > 3650 * POLICY.age_points_per_day


def test_exposed_customers_count_by_their_doublings():
    rate = POLICY.silent_points
    assert points([], beside(exposed=100))["silent"] == pytest.approx(rate, abs=0.001)
    assert points([], beside(exposed=700))["silent"] == pytest.approx(3 * rate, abs=0.001)


def test_a_vast_zone_does_not_outweigh_a_crowd_of_complaints():
    assert points([], beside(exposed=300_000))["silent"] < 40 * POLICY.complaint_points


def test_parts_are_named_in_order_and_explained_by_numbers():
    setting = beside(exposed=10, vulnerable={ObjectKind.SCHOOL: 2})
    priority = priority_of(behind([(1, 0, 0, 0.2, 1, True)]), setting, NOW, POLICY)
    assert tuple(part.name for part in priority.parts) == PARTS
    assert priority.parts[-1].because == {"school": 2.0}
    crowded = beside(vulnerable={ObjectKind.SCHOOL: 20, ObjectKind.HOSPITAL: 9})
    told = priority_of(behind([]), crowded, NOW, POLICY).parts[-1].because
    assert told == {"hospital": 9.0}
    numbers = [number for part in priority.parts for number in part.because.values()]
    assert all(isinstance(number, float) for number in numbers)


@given(st.lists(complaint, max_size=12), complaint, surroundings, policies)
def test_one_more_complaint_never_lowers_priority(complaints, more, setting, policy):
    before = points(complaints, setting, policy)["total"]
    assert points([*complaints, more], setting, policy)["total"] >= before


@settings(max_examples=40)
@given(st.lists(complaint, min_size=1, max_size=12), st.data(), surroundings, policies)
def test_an_entry_made_again_never_lowers_priority(complaints, data, setting, policy):
    again = data.draw(st.sampled_from(complaints))
    before = points(complaints, setting, policy)["total"]
    after = points([*complaints, again], setting, policy)["total"]
    assert after >= before
    if again[4] < 0:
        assert after == before


@settings(max_examples=40)
@given(st.lists(complaint, max_size=12), st.randoms(use_true_random=False), surroundings, policies)
def test_input_order_does_not_matter(complaints, random, setting, policy):
    shuffled = random.sample(complaints, len(complaints))
    one = priority_of(behind(complaints), setting, NOW, policy)
    assert priority_of(behind(shuffled), setting, NOW, policy) == one


def test_of_entries_worth_alike_the_latest_counts_in_any_order():
    """A weight of nothing makes all of them worth nothing, and yet one is the first."""
    policy = POLICY.model_copy(update={"segment": dict.fromkeys(Segment, 0.0)})
    entries = [(float(hours), 0, 0, rank, -1, False) for hours in (1, 30) for rank in (0.5, NAN)]
    one, other = (
        priority_of(behind(rows), FRESH, NOW, policy) for rows in (entries, entries[::-1])
    )
    assert one == other
    assert one.parts[0].points == pytest.approx(0.5 ** (1 / POLICY.half_life_h), abs=1e-3)


@settings(max_examples=40)
@given(st.lists(complaint, max_size=12), surroundings, policies)
def test_parts_sum_to_the_total_exactly_and_all_but_age_are_never_below_nothing(
    complaints, setting, policy
):
    priority = priority_of(behind(complaints), setting, NOW, policy)
    assert sum(part.points for part in reversed(priority.parts)) == priority.total
    assert priority.total >= sum(part.points for part in priority.parts if part.name == "age")


def most_without_age(complaints_a_day, exposed, policy):
    """Give the bound that the docstring of `priority_of` puts on all parts but age."""
    one = (
        policy.complaint_points
        * max(policy.segment.values())
        * max(policy.topic.values())
        * policy.ltv.high
        * max(policy.repeat_factor, 1.0)
        + policy.critical_points
    )
    return (
        complaints_a_day * one / (1 - 2 ** (-24 / policy.half_life_h))
        + policy.growth_points * math.log2(1 + complaints_a_day)
        + policy.silent_points * math.log2(1 + exposed / 100)
        + policy.duration_points
        + 2 * max(policy.vulnerable.values())
    )


@given(policies, st.floats(1 / 24, 60), st.integers(0, 6), surroundings, st.floats(0, 1e3))
def test_of_two_spots_the_older_outranks_after_a_time_that_can_be_told(
    policy, gap, complaints_a_day, around, later
):
    pace = policy.age_points_per_day
    assume(pace > 0.01)
    most = (
        most_without_age(complaints_a_day, around.exposed, policy) + 0.01
    )  # for rounding to 1024ths
    enough = policy.age_doubling_days * (most / (pace * gap) - 1) + gap / 2
    assume(enough < 1e6)
    opened = datetime(1, 1, 1, tzinfo=UTC)
    now = opened + timedelta(days=max(enough, gap) + later)
    hours = 24 / complaints_a_day if complaints_a_day else 1.0
    # The newer one is told of as often as is allowed, always at its worst, and never turns quiet.
    stream = [(n * hours, VIP, NO_SERVICE, 1.0, n % 3, True) for n in range(complaints_a_day * 60)]
    newer = replace(around, opened_at=opened + timedelta(days=gap), quiet_since=None)
    after = priority_of(behind(stream, now), newer, now, policy)
    alone = priority_of(behind([]), Setting(opened, opened, 0, {}), now, policy)
    assert alone.total > after.total
    rest = sum(part.points for part in after.parts if part.name != "age")
    assert rest <= most


def test_a_spot_opened_after_now_is_not_older_than_new():
    new = points([], beside(opened_at=NOW + timedelta(days=1)))
    assert (new["age"], new["duration"]) == (0, 0)
