import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.region.grid import cell_of
from heatmaps.spots.gatherings import COMPLAINTS_AN_HOUR, Gathering, cells_within, gathered

from .region import CENTRE, HOUR_US, START_US, make_columns

AROUND = np.array(h3.grid_disk(CENTRE, 1), dtype=np.int64)


def evening(since_h=10, until_h=14):
    return Gathering(AROUND, START_US + since_h * HOUR_US, START_US + until_h * HOUR_US)


def test_an_event_accounts_for_so_many_an_hour_there_and_then():
    hours = np.linspace(9.05, 16.95, 80)
    rows = gathered(make_columns(CENTRE, hours), [evening()])
    inside = hours[rows]
    assert len(rows) == 5 * COMPLAINTS_AN_HOUR  # its four hours and the way home
    assert inside.min() >= 10
    assert inside.max() < 15


def test_elsewhere_at_other_times_and_coarsely_nothing_is_accounted_for():
    far = h3.grid_ring(CENTRE, 4)[0]
    cells = [far, h3.cell_to_parent(CENTRE, 8), CENTRE, CENTRE]
    columns = make_columns(cells, [11.0, 11.0, 9.9, 15.1])
    assert gathered(columns, [evening()]).tolist() == []
    assert gathered(columns, []).tolist() == []


def test_who_comes_in_late_takes_nobodys_place():
    hours = np.array([11.1, 11.2, 11.3, 11.4])
    known = np.array([20.0, 11.2, 11.3, 11.4])
    rows = gathered(make_columns(CENTRE, hours, available_h=known), [evening()], an_hour=3)
    assert rows.tolist() == [1, 2, 3]


def test_two_events_at_once_account_for_either_ones_complaints_once():
    columns = make_columns(CENTRE, np.full(4, 11.5))
    assert gathered(columns, [evening(), evening(11, 12)]).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("radius_m", "fewest", "most"), [(0, 1, 1), (400, 4, 8), (2000, 100, 140)])
def test_a_circle_holds_the_cells_whose_centres_it_holds(radius_m, fewest, most):
    cells = cells_within(55.75, 37.6, radius_m)
    assert cell_of(55.75, 37.6, 9) in cells
    assert fewest <= len(cells) <= most
