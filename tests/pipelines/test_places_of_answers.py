from __future__ import annotations

import numpy as np
import pytest

from heatmaps.geocoding.result import GeocodeResult, Level
from pipelines.place_complaints import by_address
from pipelines.places_of_answers import PlacesOfAnswers

HOUSES = [
    GeocodeResult(
        Level.HOUSE, 59.9 + n / 1000, 30.3, 20.0, 0.99, f"город, улица, {n}", key=f"г||улица|{n}"
    )
    for n in range(5)
]
NOWHERE = GeocodeResult(Level.NONE, faults=("junk",))
BATCHES = ([*HOUSES[:3], None], [NOWHERE, *HOUSES[1:], *HOUSES[:2]], [], [None, None])


def columns(places):
    return {
        name: np.asarray(getattr(places, name), dtype=object).tolist() for name in places.__slots__
    }


@pytest.mark.parametrize("most", [1, 4, 100])
def test_places_are_those_of_each_batch_alone_however_few_are_kept(most):
    places = PlacesOfAnswers(by_address, most)
    for batch in BATCHES:
        alone, kept = columns(by_address(batch)), columns(places.of(batch))
        assert repr(kept) == repr(alone)


def test_an_answer_is_placed_once():
    asked = []
    places = PlacesOfAnswers(lambda answers: asked.append(len(answers)) or by_address(answers))
    for batch in BATCHES:
        places.of(batch)
    assert asked == [4, 3]
