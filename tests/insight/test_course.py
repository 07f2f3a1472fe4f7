from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.insight.course import Pattern, courses
from heatmaps.insight.raised_weeks import RAISED, lasting, weeks_told
from heatmaps.insight.trend import mann_kendall
from heatmaps.policy import packaged_policy

POLICY = packaged_policy().planning
WEEKS = 52
TIMES, CHANGE = POLICY.times_usual, POLICY.change_worth


def rates(*parts):
    """Weekly multiples of what is usual: (weeks, multiple) one after the other."""
    return np.concatenate([np.full(weeks, float(many)) for weeks, many in parts])


def course_of(multiples, usual=1.0):
    """The course of a place where every week has just its mean."""
    weeks = len(multiples)
    [told] = courses(np.round(multiples * usual)[None], np.full((1, weeks), float(usual)), POLICY)
    return told


@pytest.mark.parametrize(
    ("multiples", "pattern", "first", "end"),
    [
        pytest.param(rates((42, 1), (10, 4)), Pattern.NEW, 42, None, id="new"),
        pytest.param(rates((22, 1), (30, 4)), Pattern.CONSECUTIVE, 22, None, id="consecutive"),
        pytest.param(rates((52, 4)), Pattern.PERSISTENT, 0, None, id="persistent"),
        pytest.param(np.linspace(2.4, 6, 52), Pattern.INTENSIFYING, 0, None, id="intensifying"),
        pytest.param(np.linspace(6, 2.4, 52), Pattern.DIMINISHING, 0, None, id="diminishing"),
        pytest.param(
            rates((8, 4), (16, 1), (10, 4), (8, 1), (10, 4)), Pattern.SPORADIC, 0, None,
            id="sporadic",
        ),
        pytest.param(
            rates((8, 4), (24, 0), (20, 4)), Pattern.OSCILLATING, 0, None, id="oscillating"
        ),
        pytest.param(rates((40, 4), (12, 1)), Pattern.HISTORICAL, 0, 40, id="historical"),
        pytest.param(rates((10, 1), (10, 4)), Pattern.UNTOLD, 10, None, id="young"),
    ],
)  # fmt: skip
def test_each_pattern_has_its_course(multiples, pattern, first, end):
    told = course_of(multiples, usual=3.0)
    assert told.pattern is pattern
    assert abs(told.first - first) <= 1
    assert (told.end is None) == (end is None)
    assert end is None or abs(told.end - end) <= 1


@pytest.mark.parametrize("weeks", [1, 2, 3])
@pytest.mark.parametrize("many", [10, 100, 10_000])
@pytest.mark.parametrize("ago", [0, 10, 30])
@pytest.mark.parametrize("usual", [0.5, 5.0])
def test_an_outage_is_no_gap_however_strong(weeks, many, ago, usual):
    observed = np.round(np.arange(1, WEEKS + 1) * usual) - np.round(np.arange(WEEKS) * usual)
    end = WEEKS - ago
    observed[end - weeks : end] += many
    assert list(courses(observed[None], np.full((1, WEEKS), usual), POLICY)) == [None]


def test_a_mended_place_leaves_the_list_when_the_policy_says():
    late, early = POLICY.historical_weeks, POLICY.historical_weeks + 2
    assert course_of(rates((52 - late, 4), (late, 1)), 3.0).pattern is Pattern.HISTORICAL
    assert course_of(rates((52 - early, 4), (early, 1)), 3.0) is None


def test_as_usual_is_no_course():
    rng = np.random.default_rng(0)
    usual = np.full((200, WEEKS), 0.5)
    told = list(courses(rng.poisson(usual).astype(float), usual, POLICY))
    assert sum(course is not None for course in told) <= 10


def test_a_season_of_the_whole_region_is_no_course():
    season = 2.0 + 1.5 * np.sin(np.arange(WEEKS) / WEEKS * 2 * np.pi)
    assert list(courses(np.round(season)[None] * 1.0, season[None], POLICY)) == [None]


@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_places_are_told_one_by_one(seed, weeks):
    rng = np.random.default_rng(seed)
    usual = rng.uniform(0.1, 3, (4, weeks))
    observed = rng.poisson(usual * rng.choice([1, 4], (4, 1))).astype(float)
    together = weeks_told(observed, usual, TIMES, CHANGE)
    alone = [weeks_told(observed[[n]], usual[[n]], TIMES, CHANGE)[0] for n in range(4)]
    assert np.array_equal(together, np.stack(alone))


@given(st.lists(st.integers(-1, 1), min_size=1, max_size=60), st.integers(1, 12))
def test_only_lasting_runs_stay(states, least):
    state = np.array([states], dtype=np.int8)
    kept = lasting(state, least)[0]
    runs = "".join("x" if s == RAISED else "." for s in kept.tolist()).replace(".", " ").split()
    assert all(len(run) >= least for run in runs)
    same = kept == state[0]
    assert (state[0][~same] == RAISED).all()


def test_the_trend_of_mann_and_kendall():
    """Against `scipy.stats.kendalltau`, which counts the same pairs."""
    from scipy import stats

    rng = np.random.default_rng(3)
    series = rng.poisson(2.0, (50, 13)).astype(float)
    z = mann_kendall(series)
    tau = [stats.kendalltau(np.arange(13), row, variant="b").statistic for row in series]
    assert np.array_equal(np.sign(z)[np.abs(z) > 0.2], np.sign(tau)[np.abs(z) > 0.2])
    assert mann_kendall(np.arange(13.0)[None])[0] == pytest.approx(77 / np.sqrt(13 * 12 * 31 / 18))
    assert mann_kendall(np.ones((1, 13)))[0] == 0.0
    assert mann_kendall(np.zeros((1, 2)))[0] == 0.0


def test_no_places_have_no_courses():
    none = np.zeros((0, WEEKS))
    assert list(courses(none, none, POLICY)) == []
