from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.complaints.record import Segment, Topic
from heatmaps.policy import packaged_policy
from heatmaps.spots.priority import Behind, ltv_ranks, priority_of

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=2)
POLICY = packaged_policy().priority
PARTS = (
    "complaints",
    "segment",
    "topic",
    "ltv",
    "repeats",
    "critical",
    "age",
    "growth",
    "silent",
)

complaint = st.tuples(
    st.floats(-5, 400),
    st.integers(-1, len(Segment) - 1),
    st.integers(0, len(Topic) - 1),
    st.one_of(st.just(float("nan")), st.floats(0, 1)),
    st.integers(-3, 5),
    st.booleans(),
)
policies = st.builds(
    lambda growth, repeat, age, low, half_life: POLICY.model_copy(
        update={
            "growth_points": growth,
            "repeat_factor": repeat,
            "age_points_per_day": age,
            "half_life_h": half_life,
            "ltv": POLICY.ltv.model_copy(update={"low": low}),
        }
    ),
    st.floats(0, 50),
    st.floats(0, 3),
    st.floats(0, 20),
    st.floats(0, 2),
    st.floats(1, 500),
)


def behind(complaints):
    columns = list(zip(*complaints, strict=True)) or [()] * 6
    hours, segment, topic, rank, customer, critical = columns
    now = int(NOW.timestamp()) * 1_000_000
    return Behind(
        time=now - (np.array(hours, dtype=float) * 3.6e9).astype(np.int64),
        segment=np.array(segment, dtype=np.int8),
        topic=np.array(topic, dtype=np.int8),
        ltv_rank=np.array(rank, dtype=float),
        customer=np.array(customer, dtype=np.int64),
        critical=np.array(critical, dtype=bool),
    )


def points(complaints, silent=0, opened=OPENED, policy=POLICY):
    priority = priority_of(behind(complaints), silent, opened, NOW, policy)
    return {part.name: part.points for part in priority.parts} | {"total": priority.total}


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
        ([(0, MASS, SLOW, 0.5, -1, True)] * 2, "critical", 15.0),
        ([(72, MASS, SLOW, 0.5, -1, False), (0, MASS, SLOW, 0.5, -1, False)], "complaints", 1.0),
        ([(0, MASS, SLOW, 0.0, -1, False)] * 2, "repeats", 0.0),
        ([(0, MASS, SLOW, 0.5, -1, False)] * 9, "growth", 10.0),
        ([(0, MASS, SLOW, 0.5, -c, False) for c in range(1, 4)], "growth", 20.0),
        ([(0, MASS, SLOW, 0.5, c, False) for c in range(3)], "growth", 20.0),
        ([(25, MASS, SLOW, 0.5, 1, False)], "growth", 0.0),
        ([], "age", 6.0),
        ([], "complaints", 0.0),
    ],
)
def test_each_part_by_the_packaged_weights(complaints, part, expected):
    assert points(complaints)[part] == pytest.approx(expected, abs=1e-3)


def test_silent_customers_count_by_their_doublings():
    rate = POLICY.silent_points
    assert points([], silent=100)["silent"] == pytest.approx(rate, abs=0.001)
    assert points([], silent=700)["silent"] == pytest.approx(3 * rate, abs=0.001)


def test_a_vast_zone_does_not_outweigh_a_crowd_of_complaints():
    assert points([], silent=300_000)["silent"] < 40 * POLICY.complaint_points


def test_parts_are_named_in_order_and_explained_by_numbers():
    priority = priority_of(behind([(1, 0, 0, 0.2, 1, True)]), 10, OPENED, NOW, POLICY)
    assert tuple(part.name for part in priority.parts) == PARTS
    numbers = [number for part in priority.parts for number in part.because.values()]
    assert all(isinstance(number, float) for number in numbers)


@given(st.lists(complaint, max_size=12), complaint, policies)
def test_one_more_complaint_never_lowers_priority(complaints, more, policy):
    before = points(complaints, policy=policy)["total"]
    assert points([*complaints, more], policy=policy)["total"] >= before


@given(st.lists(complaint, max_size=12), st.randoms(use_true_random=False), policies)
def test_input_order_does_not_matter(complaints, random, policy):
    shuffled = random.sample(complaints, len(complaints))
    one = priority_of(behind(complaints), 3, OPENED, NOW, policy)
    assert priority_of(behind(shuffled), 3, OPENED, NOW, policy) == one


@given(st.lists(complaint, max_size=12), st.integers(0, 10**6), policies)
def test_parts_sum_to_the_total_exactly(complaints, silent, policy):
    priority = priority_of(behind(complaints), silent, OPENED, NOW, policy)
    assert sum(part.points for part in reversed(priority.parts)) == priority.total


def test_waiting_long_enough_outranks_any_newcomer():
    newcomer = points([(1, VIP, NO_SERVICE, 1.0, c, True) for c in range(20)], opened=NOW)
    days = newcomer["total"] / POLICY.age_points_per_day
    waiting = points([], opened=NOW - timedelta(days=days + 1))
    assert waiting["total"] > newcomer["total"]


def test_a_spot_opened_after_now_is_not_older_than_new():
    assert points([], opened=NOW + timedelta(days=1))["age"] == 0


def test_ranks_share_ties_fill_gaps_by_segment_and_do_not_see_outliers():
    nan = float("nan")
    ltv = np.array([10.0, 20.0, 20.0, 1e12, nan, nan, nan])
    segment = np.array([0, 0, 1, 1, 0, 1, 2], dtype=np.int8)
    ranks = ltv_ranks(ltv, segment)
    assert ranks.tolist() == pytest.approx([0, 0.5, 0.5, 1, 0.25, 0.75, 0.5])


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-1e9, 1e9)), max_size=30))
def test_ranks_are_shares(values):
    ranks = ltv_ranks(np.array(values, dtype=float), np.zeros(len(values), dtype=np.int8))
    assert ((ranks >= 0) & (ranks <= 1)).all()


def test_an_outsider_is_ranked_among_the_others_without_moving_them():
    ltv, segment = np.array([10.0, 20.0, 30.0, 25.0, 999.0]), np.zeros(5, dtype=np.int8)
    among = np.array([True, True, True, False, False])
    assert ltv_ranks(ltv, segment, among).tolist() == [0.0, 0.5, 1.0, 0.75, 1.0]
