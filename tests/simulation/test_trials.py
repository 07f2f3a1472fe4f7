"""Trials are what they say: sizes add up, shapes hold, truth belongs to its complaints."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from heatmaps.region.grid import parents, resolution_of
from heatmaps.simulation.trials import Shape, Wanted, draw_trial
from heatmaps.simulation.trials.land import CITY, TOWN, VILLAGE
from heatmaps.simulation.trials.trial import GATHERED
from heatmaps.simulation.trials.trouble import AFFECTED, DURATION_H, REACH_KM, REPORTING, SIZES

SMALL = Wanted(subscribers=300_000, faults=24, history_days=21, days=14)


@pytest.fixture(scope="module")
def trial():
    return draw_trial(7, SMALL)


def test_the_same_seed_draws_the_same_trial(trial):
    again, other = draw_trial(7, SMALL), draw_trial(8, SMALL)
    for column in fields(trial.columns):
        mine = getattr(trial.columns, column.name)
        assert np.array_equal(mine, getattr(again.columns, column.name))
    assert len(other.columns.time) != len(trial.columns.time)


def test_a_land_has_a_city_towns_and_villages_of_the_size_wanted(trial):
    land = trial.land
    assert (np.diff(land.cell) > 0).all()
    assert land.subscribers.sum() == pytest.approx(SMALL.subscribers, rel=0.03)
    density = [land.subscribers[land.kind == kind].mean() for kind in (VILLAGE, TOWN, CITY)]
    assert density == sorted(density)
    assert land.settlement.max() > 100


def test_complaints_are_in_order_and_stand_in_cells_of_their_resolution(trial):
    columns = trial.columns
    assert (np.diff(columns.time) >= 0).all()
    assert (np.diff(columns.complaint_id) == 1).all()
    assert np.array_equal(resolution_of(columns.cell), columns.resolution)
    assert len(set(columns.resolution.tolist())) > 2
    fine = columns.cell[columns.resolution == 9]
    assert np.isin(fine, trial.land.cell).all()


def test_some_customers_complain_again_and_keep_place_and_topic(trial):
    columns = trial.columns
    customers, counts = np.unique(columns.customer, return_counts=True)
    assert 0.1 < (counts > 1).mean() < 0.2
    twice = np.flatnonzero(columns.customer == customers[counts > 1][0])
    assert len(set(columns.cell[twice].tolist())) == 1


def test_a_fault_s_complaints_lie_in_its_life_and_mostly_in_its_cells(trial):
    assert len(trial.faults) == SMALL.faults
    inside = 0
    for fault in trial.faults:
        rows = np.flatnonzero(trial.fault == fault.number)
        own = np.unique(trial.columns.customer[rows], return_index=True)[1]
        first = rows[own]
        seconds = trial.columns.time[first] // 1_000_000
        assert (seconds >= fault.starts_at).all()
        assert (seconds < fault.ends_at).all()
        assert len(first) <= fault.extra
        cells = set(parents(trial.land.cell[fault.places], 6).tolist())
        inside += sum(cell in cells for cell in parents(trial.columns.cell[first], 6).tolist())
    told = int(((trial.fault >= 0) & (trial.fault < SMALL.faults)).sum())
    assert told > 0.7 * sum(fault.extra for fault in trial.faults)
    assert inside > 0.6 * told


def test_faults_are_as_wide_long_and_large_as_told(trial):
    for fault in trial.faults:
        low, high = REACH_KM[fault.country]
        assert low <= fault.reach_km <= high
        assert fault.extra in SIZES
        hours = (fault.ends_at - fault.starts_at) / 3600
        assert DURATION_H[0] - 0.01 <= hours <= DURATION_H[1]
        away = trial.land.away(int(fault.places[0]))[fault.places]
        assert away.max() <= max(fault.reach_km, 0.25) + 1e-9
    assert {fault.shape for fault in trial.faults} == set(Shape)
    assert {fault.country for fault in trial.faults} == {False, True}


def test_who_complains_is_a_share_of_those_touched_who_are_a_share_of_those_who_live_there(trial):
    for fault in trial.faults:
        assert AFFECTED[0] <= fault.affected <= AFFECTED[1]
        assert REPORTING[0] <= fault.reporting <= REPORTING[1]
        people = trial.land.subscribers[fault.places]
        touched = fault.extra / fault.reporting / fault.affected
        assert people.sum() - people[-1] <= touched <= people.sum()


def test_some_faults_begin_side_by_side(trial):
    pairs = [
        (one, two)
        for one in trial.faults
        for two in trial.faults[one.number + 1 :]
        if two.starts_at - one.starts_at < 6 * 3600
        and 3 < trial.land.away(int(one.places[0]))[two.places[0]] < 12
    ]
    assert pairs


def test_a_mass_event_brings_complaints_to_its_place_and_is_no_fault(trial):
    assert trial.gatherings
    for number, gathering in enumerate(trial.gatherings):
        rows = np.flatnonzero(trial.fault == GATHERED - number)
        first = rows[np.unique(trial.columns.customer[rows], return_index=True)[1]]
        seconds = trial.columns.time[first] // 1_000_000
        assert 0 < len(first) <= gathering.extra
        assert ((seconds >= gathering.starts_at) & (seconds < gathering.ends_at)).all()


def test_some_complaints_become_known_late_and_none_before_its_time(trial):
    late = (trial.columns.available - trial.columns.time) / 3.6e9
    assert (late >= 0).all()
    assert 0 < (late > 0).mean() < 0.12
    assert 6 < late[late > 0].mean() < 24


def test_faults_begin_in_the_days_that_count(trial):
    starts = [fault.starts_at for fault in trial.faults]
    assert starts == sorted(starts)
    assert trial.counts_from <= starts[0]
    assert starts[-1] < trial.counts_to + 6 * 3600
    ticks = trial.ticks()
    assert len(ticks) == (SMALL.days + 3) * 24
    assert int(ticks[-1].timestamp()) == trial.counts_to


def test_a_trial_without_faults_has_none():
    quiet = draw_trial(7, Wanted(subscribers=200_000, faults=0, history_days=14, days=7))
    assert not quiet.faults
    assert (quiet.fault < 0).all()
    assert len(quiet.columns.time) > 100
