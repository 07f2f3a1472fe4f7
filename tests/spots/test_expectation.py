from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.expectation import History, baseline_complaints, baseline_span, fit_expectation
from heatmaps.spots.ground import Ground, lattices_for
from heatmaps.spots.record import Exposure

from .region import CENTRE, HOUR_US, START_US, make_columns

ZONE = ZoneInfo("Europe/Moscow")
NOTHING = np.zeros(0, dtype=np.int64)
NOBODY = Exposure(NOTHING, np.zeros(0))
DAY_H = 60 * 24
DAY = START_US + DAY_H * HOUR_US


def fitted(exposure, columns, policy, left_out=NOTHING, day=DAY):
    history = History(columns, np.where(np.isin(columns.complaint_id, left_out), 0, 1))
    return fit_expectation(exposure, history, day, policy, ZONE)


def monthly(fit):
    return float(fit.hourly[:, 0].sum()) * 720


def scattered(exposure, count, seed=1, last_h=DAY_H):
    rng = np.random.default_rng(seed)
    cells = rng.choice(exposure.cell, count)
    return cells, rng.uniform(0, last_h, count)


def test_without_history_the_prior_speaks(town, policy):
    fit = fitted(town, make_columns(CENTRE, []), policy)
    subscribers = town.subscribers.sum()
    assert monthly(fit) == pytest.approx(
        subscribers * policy.prior_complaints_per_1000_month / 1000, rel=1e-3
    )
    assert fit.subscribers == subscribers
    assert (fit.rhythm == 1).all()


def test_with_history_the_region_gets_its_own_rate(town, policy):
    fit = fitted(town, make_columns(*scattered(town, 4000)), policy)
    assert monthly(fit) == pytest.approx(2000, rel=0.1)


def test_topics_share_what_a_cell_expects(town, policy):
    fit = fitted(town, make_columns(*scattered(town, 500), topic=4), policy)
    assert fit.hourly[:, 1:].sum(axis=1) == pytest.approx(fit.hourly[:, 0], rel=1e-5)
    assert fit.hourly[:, 5].sum() / fit.hourly[:, 0].sum() > 0.95


def test_a_chronic_place_is_expected_to_go_on_and_its_neighbours_as_before(town, policy):
    cells, hours = scattered(town, 1500)
    cells[:120] = CENTRE
    fit = fitted(town, make_columns(cells, hours), policy)
    of = dict(zip(fit.cell.tolist(), fit.hourly[:, 0].tolist(), strict=True))
    block = [c for c in h3.cell_to_children(h3.cell_to_parent(CENTRE, 8), 9) if c != CENTRE]
    usual = float(np.median(fit.hourly[:, 0]))
    expected = 120 * 42 / 60 / (42 * 24)
    assert 0.5 * expected < of[CENTRE] < 1.1 * expected
    assert np.mean([of[c] for c in block]) > 0.7 * usual


def test_left_out_guard_band_future_and_late_ones_teach_nothing(town, policy):
    usual, hours = scattered(town, 300, last_h=DAY_H - 50)
    quiet = make_columns(usual, hours)
    in_guard = [DAY_H - 5.0] * 50
    loud = make_columns(
        np.concatenate([usual, [CENTRE] * 150]),
        np.concatenate([hours, [DAY_H - 100.0] * 50, in_guard, [DAY_H - 100.0] * 50]),
        available_h=np.concatenate([hours, [0.0] * 100, [DAY_H + 1.0] * 50]),
    )
    ids = np.arange(301, 351)
    one, other = fitted(town, quiet, policy), fitted(town, loud, policy, left_out=ids)
    assert (one.hourly == other.hourly).all()
    assert (one.rhythm == other.rhythm).all()


def baseline(columns, policy):
    span = baseline_span(columns, DAY, policy)
    rows, part = baseline_complaints(History(columns, np.ones(len(columns.time))), span)
    assert (part == 1).all()
    return rows, span.start, span.end


@pytest.mark.parametrize("spread", [1, 10**15])
def test_a_customer_teaches_with_the_first_complaint_of_a_week(policy, spread):
    rng = np.random.default_rng(3)
    customer = rng.integers(-60, 60, 400) * spread
    columns = make_columns(CENTRE, rng.uniform(DAY_H - 900, DAY_H - 60, 400), customer=customer)
    rows, start, end = baseline(columns, policy)
    firsts = {}
    for row in np.flatnonzero((columns.time >= start) & (columns.time < end)).tolist():
        week = (columns.time[row] - start) // (168 * HOUR_US)
        firsts.setdefault((columns.customer[row], week), row)
    assert rows.tolist() == sorted(firsts.values())


def test_one_customer_counts_once_a_week(town, policy):
    columns = make_columns(CENTRE, np.linspace(DAY_H - 500, DAY_H - 100, 10_000), customer=7)
    rows, start, end = baseline(columns, policy)
    assert len(rows) == 3
    assert end - start <= 500 * HOUR_US


@pytest.mark.parametrize(("history_h", "guard_h"), [(24, 12), (60, 30), (400, 48)])
def test_a_young_history_keeps_half_for_learning(policy, history_h, guard_h):
    columns = make_columns(CENTRE, np.linspace(DAY_H - history_h, DAY_H - 0.5, 100))
    _, start, end = baseline(columns, policy)
    assert (DAY - end) // HOUR_US == guard_h
    assert (end - start) // HOUR_US == history_h - guard_h


def test_a_place_where_nobody_lives_gets_what_its_history_implies(town, policy):
    station, field = (h3.latlng_to_cell(60.2, 30.3 + d, 9) for d in (0, 0.3))
    cells, hours = scattered(town, 1000)
    cells[:60], cells[60], hours[60] = station, field, 900
    fit = fitted(town, make_columns(cells, hours), policy)
    of = dict(zip(fit.cell.tolist(), (fit.hourly[:, 0] * 720).tolist(), strict=True))
    assert 10 < of[station] < 35
    assert 0 < of[field] < 1
    assert (fit.stray > 0).all()


def test_coarse_places_are_spread_over_where_people_live(policy):
    block = h3.cell_to_parent(CENTRE, 8)
    children = sorted(h3.cell_to_children(block, 9))
    people = np.array([100.0] * 3 + [0.0] * 4)
    town = Exposure(np.array(children[:3], dtype=np.int64), people[:3])
    fit = fitted(town, make_columns(block, np.linspace(1, DAY_H - 50, 90)), policy)
    assert fit.cell.tolist() == children[:3]
    assert np.ptp(fit.hourly[:, 0]) < 1e-3 * fit.hourly[0, 0]


def test_a_coarse_place_with_cells_but_nobody_in_them_stands_at_its_centre(policy):
    block = h3.cell_to_parent(CENTRE, 8)
    far = sorted(h3.grid_disk(h3.grid_ring(CENTRE, 12)[0], 1))
    cells = np.array(sorted([*h3.cell_to_children(block, 9), *far]), dtype=np.int64)
    town = Exposure(cells, np.where(np.isin(cells, far), 500.0, 0.0))
    fit = fitted(town, make_columns(block, np.linspace(1, DAY_H - 50, 90)), policy)
    assert np.isfinite(fit.hourly).all()
    middle = h3.cell_to_center_child(block, 9)
    assert fit.hourly[np.searchsorted(fit.cell, middle), 0] == fit.hourly[:, 0].max()


def test_without_exposure_a_place_expects_its_share_of_the_whole(policy):
    other = h3.grid_ring(CENTRE, 30)[0]
    cells = np.repeat([CENTRE, other], [150, 50])
    fit = fitted(
        NOBODY, make_columns(cells, np.resize(np.linspace(1, DAY_H - 50, 50), 200)), policy
    )
    of = dict(zip(fit.cell.tolist(), fit.hourly[:, 0].tolist(), strict=True))
    assert set(of) == {CENTRE, other}
    assert of[CENTRE] == pytest.approx(3 * of[other], rel=0.02)
    assert monthly(fit) == pytest.approx(100, rel=0.05)
    assert 1 / fit.own_share == pytest.approx(42 * 24, rel=0.1)
    assert fit.subscribers > 0


def test_the_permutation_expects_of_a_zone_its_total_times_the_windows_share(policy):
    """Kulldorff 2005: of n complaints in a zone, w of W hours are expected to bring n w / W."""
    columns = make_columns(CENTRE, np.linspace(0, DAY_H - 1, 600))
    ground = Ground(fitted(NOBODY, columns, policy), policy, lattices_for(policy))
    base = np.array([ground.zone_sum((CENTRE,), 9, 0)])
    observed = np.array([[7.0, 9.0]])
    fit, hours = ground.expectation, np.array([3.0, 24.0])
    seen = base[0] / fit.own_share
    assert ground.hourly(base, observed) * hours == pytest.approx(
        (seen + observed) * hours * fit.own_share
    )
    known = fitted(Exposure(np.array([CENTRE]), np.array([900.0])), columns, policy)
    assert Ground(known, policy, lattices_for(policy)).hourly(base, observed) == base


def test_nothing_at_all_divides_by_nothing(policy):
    fit = fitted(NOBODY, make_columns(CENTRE, []), policy)
    assert len(fit.cell) == 0
    assert np.isfinite(fit.stray).all()
    assert (fit.stray > 0).all()


def test_windows_weigh_by_the_rhythm(town, policy):
    fit = fitted(town, make_columns(*scattered(town, 2000)), policy)
    windows = np.array([1, 24, 168])
    weight = fit.weight_of_windows(DAY // HOUR_US - 20 * 24, windows)  # a week without holidays
    assert weight[2] == pytest.approx(168)
    assert (np.diff(weight) > 0).all()


def test_who_calls_again_stands_in_short_windows_more_often(town, policy):
    cells, hours = scattered(town, 600, last_h=DAY_H - 60)
    who = np.arange(600)
    again = np.sort(np.random.default_rng(2).choice(600, 120, replace=False))
    columns = make_columns(
        np.concatenate([cells, cells[again]]),
        np.concatenate([hours, hours[again] + 10]),
        customer=np.concatenate([who, who[again]]),
    )
    repeats = fitted(town, columns, policy).repeats
    assert repeats[0] == pytest.approx(1.2, abs=0.03)
    assert (np.diff(repeats) <= 1e-9).all()
    assert repeats[-1] == pytest.approx(1, abs=0.02)


def test_one_who_calls_all_day_lifts_no_window_beyond_measure(town, policy):
    columns = make_columns(CENTRE, np.linspace(DAY_H - 900, DAY_H - 60, 10_000), customer=7)
    repeats = fitted(town, columns, policy).repeats
    assert ((repeats >= 1) & (repeats <= 2)).all()
    assert (fitted(town, make_columns(CENTRE, []), policy).repeats == 1).all()
