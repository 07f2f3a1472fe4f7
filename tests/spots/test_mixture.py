import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.spots.mixture import SUBSTANTIAL, one_mixture

COUNTS = st.lists(st.integers(0, 12), min_size=4, max_size=4).map(np.array)


USUAL = np.array([0.1, 0.2, 0.3, 0.4])
EVENLY = np.full(3, 1 / 3)


def urn(count, seen):
    """Give how likely counts are, drawn one by one after some were seen, in one order."""
    seen, chance = seen.astype(float), 0.0
    for topic in np.repeat(np.arange(len(count)), count):
        chance += np.log((seen[topic] + 2 * USUAL[topic]) / (seen.sum() + 2))
        seen[topic] += 1
    return chance


@given(COUNTS, COUNTS)
def test_it_is_how_much_better_one_group_foretells_the_other_than_nothing_does(one, other):
    usual = sum(
        max(float(count @ np.log(USUAL)) - urn(count, np.zeros(4)), 0) for count in (one, other)
    )
    expected = urn(other, one) - urn(other, np.zeros(4)) - usual
    assert one_mixture(one, other, USUAL) == pytest.approx(expected, abs=1e-9)
    assert one_mixture(other, one, USUAL) == pytest.approx(expected, abs=1e-9)


@given(COUNTS)
def test_nobody_says_nothing(count):
    assert one_mixture(count, np.zeros(4, dtype=int), USUAL) <= 1e-9


@pytest.mark.parametrize(("one", "other"), [(3, 5), (5, 20), (10, 50), (30, 100)])
def test_two_groups_of_the_usual_mixture_have_nothing_in_common(one, other):
    rng, usual = np.random.default_rng(one), np.array([0.12, 0.1, 0.2, 0.28, 0.1, 0.12, 0.08])
    drawn = [[rng.multinomial(number, usual) for number in (one, other)] for _ in range(300)]
    assert np.mean([one_mixture(*pair, usual) > SUBSTANTIAL for pair in drawn]) < 0.04


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ([3, 0, 0], [3, 0, 0], 1),
        ([30, 0, 0], [0, 0, 30], -1),
        ([3, 0, 0], [0, 3, 0], -1),
        ([8, 2, 1], [5, 1, 0], 1),
        ([1, 0, 0], [0, 1, 0], -1),
    ],
)
def test_who_says_the_same_is_of_one_mixture(one, other, sign):
    assert np.sign(one_mixture(np.array(one), np.array(other), EVENLY)) == sign


def test_the_more_people_agree_the_surer_it_is():
    told = [one_mixture(np.array([n, 0, 0]), np.array([n, 0, 0]), EVENLY) for n in (1, 3, 9, 27)]
    assert told == sorted(told)


@pytest.mark.parametrize("number", [3, 30, 300])
def test_who_says_what_everybody_says_tells_nothing(number):
    count = np.array([number, 0, 0])
    assert one_mixture(count, count, np.array([1.0, 0.0, 0.0])) < SUBSTANTIAL
    assert one_mixture(count, count, EVENLY) > SUBSTANTIAL
