from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.chance import chance, clump_size
from heatmaps.spots.dispersion import OVERDISPERSED, dispersion
from heatmaps.spots.expectation import Expectation

from .region import CENTRE

WEEKS = 6
CELLS = np.array(sorted(h3.cell_to_children(h3.cell_to_parent(CENTRE, 5), 9)), dtype=np.int64)


def spread(rng, count):
    """Complaints over some 2,400 cells, some of which always complain, and over six weeks."""
    rate = rng.gamma(1.0, 1.0, len(CELLS))
    cell = rng.choice(CELLS, count, p=rate / rate.sum())
    return cell, rng.choice(WEEKS, count, p=np.array([3, 2, 1, 1, 1, 1]) / 9)


def measured(cell, week):
    return dispersion(cell, week, np.ones(len(cell)))


@pytest.mark.parametrize("seed", range(3))
def test_chronic_places_and_bad_weeks_are_no_dispersion(seed):
    assert measured(*spread(np.random.default_rng(seed), 4000)) == 1.0


@pytest.mark.parametrize(("share", "least"), [(0.4, 1.2), (1.0, 1.5)])
def test_neighbours_who_join_in_are(share, least):
    rng = np.random.default_rng(1)
    cell, week = spread(rng, 4000)
    joins = rng.random(len(cell)) < share
    found = measured(np.append(cell, cell[joins]), np.append(week, week[joins]))
    assert least < found < 2 * least


def test_faults_hardly_are():
    rng = np.random.default_rng(4)
    cell, week = spread(rng, 4000)
    middle = rng.choice(CELLS, 25)
    around = [rng.choice(h3.grid_disk(m, int(rng.integers(2, 6))), 20) for m in middle.tolist()]
    when = np.repeat(rng.integers(0, WEEKS, 25), 20)
    assert measured(np.concatenate([cell, *around]), np.append(week, when)) == 1.0


def test_a_handful_says_nothing():
    nothing = np.zeros(0, dtype=np.int64)
    assert measured(nothing, nothing) == 1.0
    assert measured(np.full(30, CENTRE), np.zeros(30, dtype=np.int64)) == 1.0
    assert measured(np.repeat(CELLS[:10], 3), np.repeat(np.arange(10) % WEEKS, 3)) == 1.0


@pytest.mark.parametrize("phi", [1.0, 1.3, 2.0])
def test_chance_is_drawn_with_the_mean_and_the_dispersion_of_the_expectation(phi):
    cells = CELLS[:400]
    hourly = np.full((len(cells), 8), 1 / 168, dtype=np.float32)
    fit = Expectation(
        cell=cells,
        hourly=hourly,
        evidence=np.full(len(cells), 1e6),
        rhythm=np.ones(192),
        repeats=np.ones(168),
        stray=np.zeros(8),
        subscribers=1.0,
        zone=ZoneInfo("UTC"),
        dispersion=phi,
    )
    drawn = chance(fit, 0, 4 * 168, 5, np.random.default_rng(1))
    assert len(drawn.time) == pytest.approx(4 * 5 * len(cells), rel=0.1)
    assert (np.diff(drawn.time) >= 0).all()
    each = np.bincount(drawn.world * len(cells) + drawn.place, minlength=5 * len(cells))
    assert each.var() / each.mean() == pytest.approx(phi, rel=0.15)
    assert clump_size(phi) >= 1
    assert OVERDISPERSED > 1
