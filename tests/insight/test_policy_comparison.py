"""Two policies compared on spots made up for it, so that every figure can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.desk.words import Status
from heatmaps.insight.policy_comparison import compare
from heatmaps.insight.queue_order import queue_order
from heatmaps.insight.replayed import Queue, Replay, ReplayedSpot, matches, paired
from heatmaps.insight.verdicts import Verdict, WorkedSpot, judged

START = datetime(2026, 3, 1, tzinfo=UTC)
EMPTY = Replay((), (Queue(START, ()),))


def at(hours):
    return START + timedelta(hours=hours)


def spot(number, opened, complaints, *, until=None, first=0):
    return ReplayedSpot(
        number, at(opened), at(until or opened + 24), at(first), frozenset(complaints),
        "no_service", None, "radio",
    )  # fmt: skip


def worked(number, complaints, status=Status.NEW, *, opened=1, until=48):
    return WorkedSpot(number, at(opened), at(until), status, frozenset(complaints))


def replay(*spots, queue=()):
    return Replay(spots, (Queue(at(100), tuple(queue)),))


@pytest.mark.parametrize(
    ("complaints", "opened", "same"),
    [
        ({1, 2, 3, 4}, 5, True),
        ({1, 2}, 5, True),  # a smaller zone of the same trouble
        ({1, 2, 8, 9}, 5, True),
        ({1, 7, 8, 9}, 5, False),
        ({7, 8, 9}, 5, False),
        ({1, 2, 3, 4}, 25, False),  # the other was over by then
        ({1, 2, 3, 4}, 24, True),
    ],
)
def test_the_same_spot_shares_half_of_the_fewer_complaints_while_both_live(
    complaints, opened, same
):
    found = list(matches([spot(1, 0, {1, 2, 3, 4})], [spot(7, opened, complaints)]))
    assert [pair[:2] for pair in found] == [(1, 7)] * same


def test_each_spot_is_paired_once_and_the_surest_first():
    first = [spot(1, 0, {1, 2, 3}), spot(2, 0, {1, 2, 3, 4, 5, 6})]
    second = [spot(5, 0, {1, 2, 3, 4, 5, 6, 7})]
    assert paired(first, second) == {2: 5}
    assert paired(second, first) == {5: 2}


def test_a_judged_spot_tells_more_than_one_nobody_decided_on():
    known = [worked(3, {1, 2, 3, 4}), worked(4, {1, 2}, Status.REJECTED)]
    assert judged([spot(1, 0, {1, 2, 3, 4})], known)[1].verdict is Verdict.FALSE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.REJECTED, Verdict.FALSE),
        (Status.RESOLVED, Verdict.REAL),
        (Status.CONFIRMED, Verdict.REAL),
        (Status.REOPENED, Verdict.REAL),
        (Status.NEW, None),
        (Status.SUBSIDED, None),
        (Status.IN_PROGRESS, None),
    ],
)
def test_what_people_did_is_their_verdict(status, verdict):
    assert worked(1, {1}, status).verdict is verdict


def test_opened_false_found_and_delay_are_counted_side_by_side():
    ruling = replay(
        spot(1, 4, {1, 2, 3}), spot(2, 4, {11, 12}), spot(3, 4, {21, 22}), queue=[(1, 9.0)]
    )
    new = replay(spot(1, 7, {1, 2, 3}), spot(2, 5, {31}))
    known = [
        worked(81, {1, 2, 3}, Status.RESOLVED),
        worked(82, {11, 12}, Status.REJECTED),
        worked(83, {41, 42}, Status.CONFIRMED),
        worked(84, {51}, Status.CONFIRMED, opened=-3),  # before the first hour
    ]
    seen = compare(ruling, new, known, START)
    assert (seen.ruling.opened, seen.ruling.real, seen.ruling.false) == (3, 1, 1)
    assert (seen.new.opened, seen.new.real, seen.new.false, seen.new.unjudged) == (2, 1, 0, 1)
    assert (seen.ruling.real_found, seen.new.real_found, seen.new.real_known) == (1, 1, 2)
    assert (seen.ruling.delay_h, seen.new.delay_h) == (4.0, 7.0)
    assert (seen.delay.spots, seen.delay.median_h, seen.delay.later) == (1, 3.0, 1)
    assert [(one.known_as, one.verdict) for one in seen.gone] == [(82, Verdict.FALSE), (None, None)]
    assert [one.known_as for one in seen.fresh] == [None]


def test_a_spot_rejected_by_people_says_nothing_of_delay():
    known = [worked(81, {1, 2}, Status.REJECTED)]
    seen = compare(replay(spot(1, 4, {1, 2})), replay(spot(1, 9, {1, 2})), known, START)
    assert seen.delay.median_h is None
    assert seen.new.delay_h is None


def test_a_trouble_that_is_divided_otherwise_is_neither_gone_nor_fresh():
    ruling = replay(spot(1, 0, {1, 2, 3, 4}))
    new = replay(spot(1, 0, {1, 2}), spot(2, 0, {3, 4}))
    seen = compare(ruling, new, [], START)
    assert (seen.gone, seen.fresh) == ((), ())


def test_the_queue_names_who_waits_under_either_policy():
    ruling = replay(spot(1, 0, {1}), spot(2, 0, {2}), queue=[(1, 9.0), (2, 5.0)])
    new = replay(spot(1, 0, {2}), spot(2, 0, {3}), queue=[(2, 7.0), (1, 6.0)])
    seen = compare(ruling, new, [worked(80, {2})], START)
    assert [(one.new, one.ruling) for one in seen.queue] == [
        ((1, 7.0), None),
        ((2, 6.0), (2, 5.0)),
        (None, (1, 9.0)),
    ]
    assert [one.spot.known_as for one in seen.queue] == [None, 80, None]


def test_nothing_on_either_side_compares_to_nothing():
    seen = compare(EMPTY, EMPTY, [], START)
    assert (seen.new.opened, seen.delay.spots, seen.order.pairs, seen.queue) == (0, 0, 0, ())
    assert seen.order.kendall is None


def queues(*orders):
    return [
        Queue(at(n), tuple((s, -float(r)) for r, s in enumerate(o))) for n, o in enumerate(orders)
    ]


@pytest.mark.parametrize(
    ("new", "swapped", "kendall", "first"),
    [([1, 2, 3], 0, 1.0, 1), ([3, 2, 1], 3, -1.0, 0), ([1, 3, 2], 1, 1 / 3, 1)],
)
def test_order_is_told_by_swaps_and_rank_correlation(new, swapped, kendall, first):
    seen = queue_order(queues([1, 2, 3]), queues(new), {1: 1, 2: 2, 3: 3})
    assert (seen.pairs, seen.swapped, seen.first, seen.busy_days) == (3, swapped, first, 1)
    assert seen.kendall == pytest.approx(kendall)


@given(st.lists(st.permutations(range(6)).map(lambda one: one[:4]), min_size=1, max_size=4))
def test_a_queue_is_ordered_as_itself(orders):
    same = {number: number for number in range(6)}
    seen = queue_order(queues(*orders), queues(*orders), same)
    assert (seen.swapped, seen.first) == (0, len(orders))
    assert seen.kendall == pytest.approx(1.0)
    assert seen.spearman == pytest.approx(1.0)
