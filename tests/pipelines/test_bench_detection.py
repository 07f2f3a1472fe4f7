"""Methods of detection are judged alike, by the truth of the trial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heatmaps.simulation.rhythm import HOUR_S
from heatmaps.simulation.trials import Wanted, draw_trial
from heatmaps.simulation.trials.trial import GATHERED
from pipelines.bench_detection import oracle, plain_scan
from pipelines.bench_detection.alarms import Alarm, judge, standing_apart


@pytest.fixture(scope="module")
def trial():
    return draw_trial(11, Wanted(subscribers=120_000, faults=24, history_days=21, days=4))


def alarm(hour, rows=(), places=(0,), score=9.0):
    return Alarm(hour, score, np.array(places, dtype=np.intp), np.array(rows, dtype=np.intp))


@pytest.fixture(scope="module")
def fault(trial):
    """The fault with most complaints, and the rows of its own."""
    counts = [int((trial.fault == number).sum()) for number in range(len(trial.faults))]
    number = int(np.argmax(counts))
    return trial.faults[number], np.flatnonzero(trial.fault == number)


def first_hour(fault):
    return fault.starts_at // HOUR_S + 2


def nobody_s(trial):
    return np.flatnonzero(trial.fault < 0)


def test_an_alarm_on_a_fault_s_complaints_finds_it_and_tells_how_late(trial, fault):
    planted, rows = fault
    hour = first_hour(planted)
    judged = judge(trial, [alarm(hour, rows[:4], planted.places)])
    assert judged.found.sum() == 1
    assert judged.delay_h[planted.number] == pytest.approx(hour - planted.starts_at / HOUR_S)
    assert judged.overlap[planted.number] == 1.0
    assert (judged.false, judged.again) == (0, 0)


def test_the_first_alarm_counts_and_a_second_is_no_other_find(trial, fault):
    planted, rows = fault
    hour = first_hour(planted)
    judged = judge(trial, [alarm(hour + 1, rows[:4]), alarm(hour, rows[:4])])
    assert judged.delay_h[planted.number] == pytest.approx(hour - planted.starts_at / HOUR_S)
    assert (judged.false, judged.again) == (0, 1)


@pytest.mark.parametrize(("own", "others", "found"), [(2, 6, True), (2, 7, False), (1, 1, False)])
def test_a_fault_is_behind_an_alarm_by_two_complaints_and_a_quarter(
    trial, fault, own, others, found
):
    planted, rows = fault
    mixed = [*rows[:own], *nobody_s(trial)[:others]]
    judged = judge(trial, [alarm(first_hour(planted), mixed)])
    assert judged.found.any() == found
    assert judged.false == (not found)


def test_an_alarm_for_what_began_before_is_neither_found_nor_false(trial):
    earlier = np.flatnonzero(trial.fault >= len(trial.faults))
    assert len(earlier)
    same = earlier[trial.fault[earlier] == trial.fault[earlier[0]]]
    hour = trial.counts_from // HOUR_S + 5
    judged = judge(trial, [alarm(hour, same)])
    assert not judged.found.any()
    assert judged.false == 0


def test_alarms_before_the_days_that_count_are_nothing(trial):
    hour = trial.counts_from // HOUR_S
    rows = nobody_s(trial)[:5]
    assert judge(trial, [alarm(hour, rows)]).false == 0
    assert judge(trial, [alarm(hour + 1, rows)]).false == 1


def test_an_alarm_for_a_mass_event_is_counted_apart_from_those_for_nothing(trial):
    rows = nobody_s(trial)[:8]
    behind = trial.fault.copy()
    behind[rows[:2]] = GATHERED - 1
    crowded = replace(trial, fault=behind)
    hour = trial.counts_from // HOUR_S + 5
    judged = judge(crowded, [alarm(hour, rows), alarm(hour + 1, rows), alarm(hour, rows[2:])])
    assert (judged.false, judged.gathered, judged.again) == (1, 2, 0)
    assert not judged.found.any()


def test_the_overlap_weighs_cells_named_too_much_and_too_little(trial, fault):
    planted, rows = fault
    others = np.setdiff1d(np.arange(len(trial.land.cell)), planted.places)[: len(planted.places)]
    named = np.concatenate([planted.places, others])
    judged = judge(trial, [alarm(first_hour(planted), rows[:4], named)])
    assert judged.precision[planted.number] == pytest.approx(1 / 2)
    assert judged.recall[planted.number] == 1.0
    assert judged.overlap[planted.number] == pytest.approx(2 / 3)


def test_a_place_that_stands_out_hour_after_hour_opens_once():
    hours = [*range(100, 130), 200]
    opened = standing_apart([alarm(hour, places=(3, 4)) for hour in hours], 5.0)
    assert [one.hour for one in opened] == [100, 200]


def test_an_alarm_elsewhere_opens_beside_a_living_one_and_a_weak_one_never():
    given = [alarm(100, places=(1,)), alarm(101, places=(9,)), alarm(102, places=(20,), score=4.9)]
    assert [one.hour for one in standing_apart(given, 5.0)] == [100, 101]


def test_the_plain_scan_finds_faults_and_opens_less_at_a_higher_bar(trial):
    alarms = plain_scan.alarms(trial)
    low, high = (standing_apart(alarms, bar) for bar in (8.0, 16.0))
    assert judge(trial, low).found.sum() >= 5
    assert len(high) < len(low)


def test_the_oracle_finds_the_more_the_lower_the_bar_and_never_before_the_beginning(trial):
    low, high = oracle.delays(trial, 6.0), oracle.delays(trial, 14.0)
    assert (~np.isnan(low)).sum() >= (~np.isnan(high)).sum() > 0
    assert np.nanmin(low) > 0
    both = ~np.isnan(high)
    assert (low[both] <= high[both]).all()


def test_the_oracle_sees_no_fault_that_nobody_complained_of(trial):
    silent = replace(trial, columns=_without_faults(trial), fault=trial.fault[trial.fault < 0])
    found = ~np.isnan(oracle.delays(silent, 14.0))
    assert found.sum() < (~np.isnan(oracle.delays(trial, 14.0))).sum() / 2


def _without_faults(trial):
    kept = trial.fault < 0
    names = trial.columns.__dataclass_fields__
    return type(trial.columns)(**{name: getattr(trial.columns, name)[kept] for name in names})
